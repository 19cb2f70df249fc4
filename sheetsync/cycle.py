"""One pass of the corridor with its contact to the world: no rules, no SQL, no HTTP.

What was interrupted is finished first, the plan is stored before anything leaves this machine, and
what really took effect is recorded afterwards. Mail trouble never fails a cycle.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from sheetsync.core.decide import decide
from sheetsync.core.model import LaidCell, Mandate, Snapshot, TabKind
from sheetsync.core.plan import Applied, Event, Plan
from sheetsync.core.rulebook import Rulebook
from sheetsync.errors import (
    LeaseHeld,
    MailError,
    MailRefused,
    MailUncertain,
    SafetyStop,
    TemplateError,
)
from sheetsync.ports import Batch, Intent, Ports, Session, Workbook
from sheetsync.safety import stop_if_clock_went_back, tell_operator

log = structlog.get_logger("sheetsync.cycle")


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What one cycle did, for people and machines (`--json`).

    `writes_skipped` are cells that changed between reading and writing; the next cycle decides
    about them afresh. `finished_interrupted` is true when a plan of a worker that died was carried
    out first. `wants_another` asks for the next cycle at once. `still` names the tabs that stand
    still.
    """

    cycle_id: int
    reads: int
    writes: int
    cells_written: int
    writes_skipped: int
    history_rows: int
    findings: Mapping[str, int]
    mails_queued: int
    mails_sent: int = 0
    mails_failed: int = 0
    mails_uncertain: Sequence[str] = ()
    seconds: float = 0.0
    finished_interrupted: bool = False
    wants_another: bool = False
    skipped: Sequence[str] = field(default=())
    still: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)


def run_cycle(
    ports: Ports,
    rules: Rulebook,
    mandate: Mandate,
    now: datetime,
    *,
    confirmed: bool = False,
    asked: Sequence[LaidCell] = (),
) -> CycleReport:
    """Read, decide, record, apply, settle, and post what is due.

    Args:
        ports: The adapters.
        rules: The rules in force.
        mandate: How far this run may go.
        now: The time of the cycle, UTC.
        confirmed: An operator has looked into what stands still and lets it go on.
        asked: Cells that somebody asks for, as an undo does.

    Raises:
        SafetyStop: Nothing was written; a person must look first, and the operator was mailed.
        LeaseHeld: Another worker serves this spreadsheet.
    """
    began, calls = time.monotonic(), ports.workbook.calls()
    with standing_still_is_told(ports, mandate, now), ports.state.lease(now) as session:
        if not confirmed:
            stop_if_clock_went_back(session, mandate, now)
        snapshot, interrupted = ports.workbook.read(now), session.interrupted()
        stop_if_behind(snapshot, session, interrupted)
        if interrupted is not None:
            finish(interrupted, ports.workbook, session, now)
            snapshot = ports.workbook.read(now)
        plan = decide(
            snapshot,
            session.baseline(),
            rules,
            mandate,
            now,
            asked=asked,
            memory=ports.memory,
            confirmed=confirmed,
        )
        if plan.stops and not confirmed:
            raise SafetyStop(
                plan.stops,
                remedy="Mend the sheet; or, if it is meant so, run `sheetsync run --once "
                "--confirm`.",
                cause="first-cycle",
            )
        cycle_id, applied, history_rows = carry_out(plan, snapshot, ports.workbook, session, now)
    made = ports.workbook.calls()
    report = CycleReport(
        cycle_id=cycle_id,
        reads=made.reads - calls.reads,
        writes=made.writes - calls.writes,
        cells_written=applied.cells_written,
        writes_skipped=len(applied.skipped),
        history_rows=history_rows,
        findings=dict(sorted(Counter(str(f.code) for f in plan.findings).items())),
        mails_queued=len(plan.mails),
        finished_interrupted=interrupted is not None,
        wants_another=plan.wants_another or bool(applied.skipped),
        still=tuple(map(str, plan.still)),
        skipped=tuple(applied.skipped.values()),
    )
    sent, failed = post_due_mails(ports, now)
    return replace(
        report,
        mails_sent=sent,
        mails_failed=failed,
        mails_uncertain=tuple(ports.state.mails_uncertain()),
        seconds=round(time.monotonic() - began, 3),
    )


def stop_if_behind(snapshot: Snapshot, session: Session, interrupted: Intent | None) -> None:
    """Stop when the sheet tells of events that this store never recorded.

    A restored or copied store would mail again what was mailed, and put back what was agreed since.
    What an interrupted plan was about to tell may stand there already.
    """
    planned = {event.event_id for event in interrupted.plan.events} if interrupted else set()
    unknown = session.unknown_events(shown_events(snapshot) - planned)
    if unknown:
        raise SafetyStop(
            (
                (
                    f"The change history shows {len(unknown)} events (such as {unknown[-1]}) that "
                    "the state store does not know: it is older than the sheet, or another's."
                ),
            ),
            remedy="See docs/for-operators.md, `It stands still`.",
            cause="store-behind",
        )


@contextmanager
def standing_still_is_told(ports: Ports, mandate: Mandate, now: datetime) -> Iterator[None]:
    """Mail the operator about a safety stop, and nobody about anything else."""
    try:
        yield
    except SafetyStop as stop:
        # Another worker that holds the lease meanwhile meets the same stop, and tells it.
        with suppress(LeaseHeld):
            with ports.state.lease(now) as session:
                mail_id = tell_operator(stop, session, mandate, now)
            post_due_mails(ports, now, only=mail_id)
        raise


def finish(intent: Intent, workbook: Workbook, session: Session, now: datetime) -> None:
    """Carry out a plan that was recorded and not settled; what took already counts as done."""
    log.warning("finishing an interrupted cycle", cycle_id=intent.cycle_id)
    batch = batch_of(intent.cycle_id, session)
    applied = workbook.apply(intent.plan.writes, intent.plan.events, batch)
    session.settle(intent.cycle_id, intent.plan, applied, now)


def carry_out(
    plan: Plan, snapshot: Snapshot, workbook: Workbook, session: Session, now: datetime
) -> tuple[int, Applied, int]:
    """Record the plan, apply it, settle what took.

    Returns:
        The cycle's id (0 where there was nothing to do), what was applied, and the number of rows
        added to the history tab.
    """
    missing = unshown_events(snapshot, session)
    cycle_id, applied = 0, Applied()
    if plan.is_empty:
        if missing:
            applied = workbook.apply((), missing, batch_of(cycle_id, session))
        return cycle_id, applied, applied.history_rows
    cycle_id = session.record_intent(plan, now)
    if plan.writes or plan.events or missing:
        events = (*missing, *plan.events)
        applied = workbook.apply(plan.writes, events, batch_of(cycle_id, session))
    session.settle(cycle_id, plan, applied, now)
    for index, why in applied.skipped.items():
        log.info("write skipped", cycle_id=cycle_id, write=repr(plan.writes[index]), why=why)
    return cycle_id, applied, applied.history_rows


def batch_of(cycle_id: int, session: Session) -> Batch:
    """What tells this cycle's writes from those of a worker that comes late."""
    heard = session.baseline().witnessed
    return Batch(label=f"{cycle_id}.{session.number}", heard=heard)


def shown_events(snapshot: Snapshot) -> frozenset[str]:
    """The event ids that the history tab shows."""
    return frozenset(
        str(row[reading.fields.index("event_id")])
        for reading in snapshot.of_kind(TabKind.HISTORY)
        for row in reading.rows
        if row[reading.fields.index("event_id")] is not None
    )


def unshown_events(snapshot: Snapshot, session: Session) -> tuple[Event, ...]:
    """Events of the journal that the history tab lost or never got; the tab follows the journal."""
    if not any(reading.exists for reading in snapshot.of_kind(TabKind.HISTORY)):
        return ()
    missing = session.missing_events(shown_events(snapshot))
    return tuple(replace(event, needs=None) for event in missing)


def post_due_mails(ports: Ports, now: datetime, *, only: str = "") -> tuple[int, int]:
    """Send what is due, or only that mail; returns how many were sent, and how many failed."""
    sent = failed = 0
    for due in ports.state.due_mails(now):
        mail_id = due.mail.mail_id
        if only not in ("", mail_id) or not ports.state.claim_mail(mail_id, now):
            continue
        try:
            message_id = ports.mailer.send(due.mail, due.queued_at)
        except MailUncertain as error:
            # Nobody knows whether it arrived: a person decides, it is not sent again by itself.
            ports.state.mail_uncertain(mail_id, now, str(error))
            log.warning("mail uncertain", mail_id=mail_id, why=str(error))
        except MailRefused as error:
            failed += 1
            ports.state.mail_uncertain(mail_id, now, str(error))
            log.warning("mail refused for good", mail_id=mail_id, why=str(error))
        except (MailError, TemplateError) as error:
            failed += 1
            ports.state.mail_failed(mail_id, now, str(error))
            log.warning("mail failed", mail_id=mail_id, why=str(error))
        else:
            sent += 1
            ports.state.mail_sent(mail_id, now, message_id)
    return sent, failed
