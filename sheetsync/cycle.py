"""One pass of the corridor with its contact to the world: no rules, no SQL, no HTTP.

What was interrupted is finished first, the plan is stored before anything leaves this machine, and
what really took effect is recorded afterwards. Mail trouble never fails a cycle.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from sheetsync.catching_up import (
    ANOTHERS,
    catch_up,
    go_over_to_copy,
    held_against_the_journal,
)
from sheetsync.core.decide import decide
from sheetsync.core.model import Laid, Mandate
from sheetsync.core.plan import Applied, ChainedEvent, Plan
from sheetsync.core.rulebook import Rulebook
from sheetsync.errors import (
    LeaseHeld,
    MailError,
    MailRefused,
    MailUncertain,
    SafetyStop,
    TemplateError,
)
from sheetsync.ports import Batch, Intent, Ports, Session, Tell, Workbook
from sheetsync.safety import Clock, tell_operator, time_of_cycle

log = structlog.get_logger("sheetsync.cycle")


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What one cycle did, for people and machines (`--json`).

    `writes_skipped` are cells that changed between reading and writing; the next cycle decides
    about them afresh. `finished_interrupted` is true when a plan of a worker that died was carried
    out first. `wants_another` asks for the next cycle at once. `still` names the tabs that stand
    still. `taken_over` counts the events that an older store took over from its sheet.
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
    taken_over: int = 0

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
    asked: Sequence[Laid] = (),
    clock: Clock | None = None,
) -> CycleReport:
    """Read, decide, record, apply, settle, and post what is due.

    Args:
        ports: The adapters.
        rules: The rules in force.
        mandate: How far this run may go.
        now: The time of the cycle, UTC.
        confirmed: An operator has looked into what stands still and lets it go on.
        asked: What somebody asks for, as an undo does.
        clock: Tells the time again when the lease is held, because this process may have slept
            before that; None where time stands still, as in a test.

    Raises:
        SafetyStop: Nothing was written; a person must look first, and the operator was mailed.
        LeaseHeld: Another worker serves this spreadsheet.
    """
    began, calls = time.monotonic(), ports.workbook.calls()
    tell_time = clock or (lambda: now)
    with standing_still_is_told(ports, mandate, tell_time), ports.state.lease(now) as session:
        now = time_of_cycle(session, mandate, tell_time, confirmed=confirmed)
        snapshot = ports.workbook.read(now)
        seen = held_against_the_journal(snapshot, session)
        go_over_to_copy(seen, session, now)
        taken_over = catch_up(seen, session, rules, mandate, now, confirmed=confirmed)
        # The yes was to that; what else stands still asks for itself.
        confirmed = confirmed and not taken_over
        interrupted = session.interrupted()
        if interrupted is not None:
            finish(interrupted, ports.workbook, session, now)
            snapshot = ports.workbook.read(now)
        archived = session.archive_closed_years(now)
        if interrupted is not None or archived or taken_over:
            seen = held_against_the_journal(snapshot, session)
        plan = decide(
            snapshot,
            session.baseline(),
            rules,
            mandate,
            now,
            asked=asked,
            memory=ports.memory,
            history=seen.history,
            confirmed=confirmed,
        )
        if plan.stops and not confirmed:
            raise SafetyStop(
                plan.stops,
                remedy="Mend the sheet; or, if it is meant so, run `sheetsync run --once "
                "--confirm`.",
                cause="first-cycle",
            )
        cycle_id, applied = carry_out(plan, ports.workbook, session, now)
    made = ports.workbook.calls()
    report = CycleReport(
        cycle_id=cycle_id,
        reads=made.reads - calls.reads,
        writes=made.writes - calls.writes,
        cells_written=applied.cells_written,
        writes_skipped=len(applied.skipped),
        history_rows=applied.history_rows,
        findings=dict(sorted(Counter(str(f.code) for f in plan.findings).items())),
        mails_queued=len(plan.mails),
        finished_interrupted=interrupted is not None,
        wants_another=plan.wants_another or bool(applied.skipped or applied.askew),
        still=tuple(map(str, plan.still)),
        taken_over=taken_over,
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


@contextmanager
def standing_still_is_told(ports: Ports, mandate: Mandate, clock: Clock) -> Iterator[None]:
    """Mail the operator about a safety stop, and nobody about anything else."""
    try:
        yield
    except SafetyStop as stop:
        if stop.cause == ANOTHERS:
            # The outbox is another's too: who confirms sits at the terminal, and reads it there.
            raise
        now = clock()
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
    applied = workbook.apply(intent.plan.writes, telling(intent.plan, session), batch)
    session.settle(intent.cycle_id, intent.plan, applied, now)


def carry_out(
    plan: Plan, workbook: Workbook, session: Session, now: datetime
) -> tuple[int, Applied]:
    """Record the plan, apply it, settle what took.

    Returns:
        The cycle's id (0 where there was nothing to do), and what was applied.
    """
    if plan.is_empty:
        return 0, Applied()
    cycle_id, applied = session.record_intent(plan, now), Applied()
    if plan.writes or plan.events:
        batch = batch_of(cycle_id, session)
        applied = workbook.apply(plan.writes, telling(plan, session), batch)
    session.settle(cycle_id, plan, applied, now)
    for index, why in applied.skipped.items():
        log.info("write skipped", cycle_id=cycle_id, write=repr(plan.writes[index]), why=why)
    return cycle_id, applied


def telling(plan: Plan, session: Session) -> Tell | None:
    """Which events the plan tells, once it is known which of its writes take."""
    if not plan.events:
        return None

    def tell(taken: Collection[int]) -> Sequence[ChainedEvent]:
        return session.chained(plan.happened(taken))

    return tell


def batch_of(cycle_id: int, session: Session) -> Batch:
    """What tells this cycle's writes from those of a worker that comes late."""
    heard = session.baseline().witnessed
    return Batch(label=f"{cycle_id}.{session.number}", heard=heard)


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
