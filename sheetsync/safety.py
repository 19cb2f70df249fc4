"""Time must go forward; and how the operator hears when all of the worker stands still.

What stops everything writes to no tab and mails nobody but the operator: once for each time that it
happens, however often the worker looks again or is started.

Never: looks at a rule, or at what people typed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sheetsync.core.model import Mandate
from sheetsync.core.plan import StopMail
from sheetsync.errors import SafetyStop
from sheetsync.ports import Session

Clock = Callable[[], datetime]
"""Tells the time, UTC."""


def time_of_cycle(session: Session, mandate: Mandate, clock: Clock, *, confirmed: bool) -> datetime:
    """The time of this cycle; stops when it is earlier than the last settled one's.

    Days of documents, deadlines, leases and the order of the history all hang on the clock. It is
    asked once the lease is held and the last settling is known: a worker that slept before that,
    while another one settled, would else be told that its clock went backwards.
    """
    last = session.settled_at()
    now = clock()
    is_back = last is not None and now < last - timedelta(seconds=mandate.clock_slack_s)
    if last is not None and is_back and not confirmed:
        seen = (
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but the last cycle was settled at "
            f"{last:%Y-%m-%d %H:%M} UTC: it went backwards."
        )
        raise SafetyStop(
            (seen,),
            remedy="Set the clock of this machine right. If it is right now and was wrong then, "
            "run `sheetsync run --once --confirm`.",
            cause="clock-back",
        )
    return now


def tell_operator(stop: SafetyStop, session: Session, mandate: Mandate, now: datetime) -> str:
    """Queue the operator's mail and return its id: the same until a cycle is settled again."""
    mail = StopMail(
        mail_id=stop_mail_id(stop, session),
        to=mandate.operator,
        recipient_name="",
        written_at=now,
        reasons=stop.reasons,
        remedy=stop.remedy,
    )
    session.queue_mail(mail, now)
    return mail.mail_id


def stop_mail_id(stop: SafetyStop, session: Session) -> str:
    """The same until a cycle is settled again, or something must be told again."""
    cause = (stop.cause, session.baseline().cycle, session.settled_at())
    whole = (*cause, stop.about) if stop.about else cause
    return "M-stop-" + hashlib.sha256(repr(whole).encode()).hexdigest()[:16]
