"""The outbox: every mail once, from queued over sending to sent, whatever dies in between.

    queued    ─ claimed ────────────────────────► sending
    sending   ─ handed over ────────────────────► sent
    sending   ─ certainly not delivered ────────► failed, due again after a pause
    sending   ─ nobody knows, or a worker died ─► uncertain, or queued where that does no harm
    uncertain ─ a person decides ───────────────► queued or dropped

A mail becomes `sending` in a transaction of its own before the network is touched, so a mail that
is found there after a crash may or may not have been delivered. Never: sends anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, select, update

from sheetsync.core.plan import DigestMail, Mail, OrderMail
from sheetsync.ports import OutboxMail
from sheetsync.state.rows import key_digest, mail_from_stored, mail_to_stored
from sheetsync.state.tables import outbox

QUEUED = "queued"
SENDING = "sending"
SENT = "sent"
FAILED = "failed"
UNCERTAIN = "uncertain"
DROPPED = "dropped"

_WAITING = (QUEUED, FAILED)
_UNDER_WAY = (SENDING, UNCERTAIN)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""How long a mail waits after its first, second, third and every later failure."""

_KNOWN = select(outbox.c.mail_id).where(
    outbox.c.mail_digest.in_(bindparam("digests", expanding=True))
)
_LAST = select(func.coalesce(func.max(outbox.c.seq), 0))
_QUEUE = insert(outbox)
_DUE = (
    select(outbox.c.mail, outbox.c.queued_at, outbox.c.attempts)
    .where(outbox.c.state.in_(_WAITING), outbox.c.due_at <= bindparam("by"))
    .order_by(outbox.c.seq)
)
_OF_MAIL = update(outbox).where(outbox.c.mail_digest == bindparam("digest"))
_CLAIM = _OF_MAIL.where(outbox.c.state.in_(_WAITING), outbox.c.due_at <= bindparam("by"))
_RECOVER = update(outbox).where(outbox.c.state == SENDING)
_COUNT_WAITING = select(func.count()).where(outbox.c.state.in_(_WAITING))
_UNCERTAIN = select(outbox.c.mail_id).where(outbox.c.state == UNCERTAIN).order_by(outbox.c.seq)


def queue(
    connection: Connection,
    mails: Sequence[Mail],
    cycle_id: int,
    now: datetime,
    *,
    state: str = QUEUED,
    reason: str | None = None,
) -> None:
    """Enter the mails whose ids were never entered before: to be sent, unless `state` differs."""
    if not mails:
        return
    unique = {mail.mail_id: mail for mail in mails}
    digests = [key_digest(mail_id) for mail_id in unique]
    for mail_id in connection.execute(_KNOWN, {"digests": digests}).scalars():
        del unique[mail_id]
    last = connection.execute(_LAST).scalar_one()
    rows = [
        {
            "seq": seq,
            "mail_digest": key_digest(mail.mail_id),
            "mail_id": mail.mail_id,
            "cycle_id": cycle_id,
            "state": state,
            "reason": reason,
            "queued_at": now,
            "due_at": now,
            "attempts": 0,
            "changed_at": now,
            "mail": mail_to_stored(mail),
        }
        for seq, mail in enumerate(unique.values(), start=last + 1)
    ]
    if rows:
        connection.execute(_QUEUE, rows)


def due(connection: Connection, now: datetime) -> tuple[OutboxMail, ...]:
    """The mails whose time has come, oldest first."""
    rows = connection.execute(_DUE, {"by": now})
    return tuple(
        OutboxMail(mail=mail_from_stored(row.mail), queued_at=row.queued_at, attempts=row.attempts)
        for row in rows
    )


def claim(connection: Connection, mail_id: str, worker_id: str, now: datetime) -> bool:
    """Take a due mail for sending; False when it is not due, or somebody else took it."""
    taken = {"state": SENDING, "claimed_by": worker_id, "changed_at": now}
    claimed = connection.execute(_CLAIM, {"digest": key_digest(mail_id), "by": now, **taken})
    return claimed.rowcount == 1


def sent(connection: Connection, mail_id: str, now: datetime, message_id: str) -> None:
    """The mail was handed over: a fact, whatever state it was thought to be in."""
    news = {"state": SENT, "message_id": message_id, "reason": None, "changed_at": now}
    connection.execute(_OF_MAIL, {"digest": key_digest(mail_id), **news})


def failed(
    connection: Connection, mail_id: str, worker_id: str, now: datetime, reason: str
) -> None:
    """The mail that this worker claimed was certainly not delivered."""
    ours = (
        outbox.c.mail_digest == key_digest(mail_id),
        outbox.c.state.in_(_UNDER_WAY),
        outbox.c.claimed_by == worker_id,
    )
    attempts = connection.execute(select(outbox.c.attempts).where(*ours)).scalar_one_or_none()
    if attempts is None:
        return
    pause = PAUSES[min(attempts, len(PAUSES) - 1)]
    connection.execute(
        update(outbox)
        .where(*ours)
        .values(
            state=FAILED,
            attempts=attempts + 1,
            due_at=now + pause,
            reason=reason,
            changed_at=now,
        )
    )


def doubted(
    connection: Connection, mail_id: str, worker_id: str, now: datetime, reason: str
) -> None:
    """The mail that this worker claimed may or may not have been delivered."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.mail_digest == key_digest(mail_id),
            outbox.c.state == SENDING,
            outbox.c.claimed_by == worker_id,
        )
        .values(state=UNCERTAIN, reason=reason, changed_at=now)
    )


def recover(connection: Connection, now: datetime, *, resend_is_safe: bool) -> None:
    """What a worker left in `sending`: send again where that does no harm, else ask a person."""
    becomes = QUEUED if resend_is_safe else UNCERTAIN
    connection.execute(_RECOVER, {"state": becomes, "changed_at": now})


def release(connection: Connection, mail_id: str, now: datetime, *, send_again: bool) -> bool:
    """A person's decision on an uncertain mail; False when the mail is not uncertain."""
    released = connection.execute(
        update(outbox)
        .where(outbox.c.mail_digest == key_digest(mail_id), outbox.c.state == UNCERTAIN)
        .values(state=QUEUED if send_again else DROPPED, due_at=now, changed_at=now)
    )
    return released.rowcount == 1


def hold_back(connection: Connection, now: datetime, reason: str) -> None:
    """What still waits may have been sent by a store that is gone: orders wait for a person.

    Digests of that time are dropped, because the next one tells what stands.
    """
    rows = connection.execute(
        select(outbox.c.seq, outbox.c.mail).where(outbox.c.state.in_(_WAITING))
    ).all()
    states = {OrderMail: UNCERTAIN, DigestMail: DROPPED}
    for row in rows:
        state = states.get(type(mail_from_stored(row.mail)))
        if state is not None:
            connection.execute(
                update(outbox)
                .where(outbox.c.seq == row.seq)
                .values(state=state, reason=reason, changed_at=now)
            )


def queued_at(connection: Connection, mail_id: str) -> datetime | None:
    """When the mail of this id was first queued; None where it never was."""
    known = select(outbox.c.queued_at).where(outbox.c.mail_digest == key_digest(mail_id))
    return connection.execute(known).scalar_one_or_none()


def waiting(connection: Connection) -> int:
    """How many mails are still to be sent."""
    return connection.execute(_COUNT_WAITING).scalar_one()


def uncertain(connection: Connection) -> tuple[str, ...]:
    """The ids of the uncertain mails, oldest first."""
    return tuple(connection.execute(_UNCERTAIN).scalars())
