"""The state store while this worker holds the lease: baseline, intent, settling, journal.

An intent is stored before anything leaves this machine, and settled in one transaction; whatever
dies in between, the next worker finds either the intent or its whole outcome. Never: judges.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from sheetsync.core.history.chain import MAC, Journal
from sheetsync.core.model import Baseline
from sheetsync.core.plan import (
    Applied,
    ChainedEvent,
    DigestMail,
    Event,
    HistoryMend,
    Mail,
    Plan,
    TakenOver,
)
from sheetsync.errors import StateError
from sheetsync.ports import Intent
from sheetsync.state import baseline as stored_baseline
from sheetsync.state import journal, lease, outbox
from sheetsync.state.archive import Archiving, closed_years, write_archive
from sheetsync.state.baseline import Stamp
from sheetsync.state.database import Database
from sheetsync.state.history import ShownRows
from sheetsync.state.rows import plan_from_stored, plan_to_stored
from sheetsync.state.settling import advance, settled_delta
from sheetsync.state.tables import intent, workbook

_INTERRUPTED = select(intent.c.cycle_id, intent.c.plan).where(intent.c.settled_at.is_(None))
_WAITING = select(intent.c.cycle_id).where(intent.c.settled_at.is_(None))
_SETTLED_AT = select(intent.c.settled_at).where(intent.c.cycle_id == bindparam("of_cycle"))
_INTEND = insert(intent)
_SETTLE = update(intent).where(intent.c.cycle_id == bindparam("of_cycle"))
_OF_WORKBOOK = update(workbook)
_LAST_SETTLED = select(workbook.c.settled_at)

TAKEN_OVER = "decided by a store that is gone; it may have been sent"
"""Why a mail waits for a person after a store was brought up to its sheet."""


@dataclass(slots=True)
class Memory:
    """What one process remembers between leases, so that it need not be read again."""

    stamp: Stamp | None = None
    baseline: Baseline = field(default_factory=Baseline)
    shown: ShownRows = field(default_factory=ShownRows)
    is_chained: bool = False


def read_baseline(database: Database, memory: Memory) -> Baseline:
    """The stored baseline, from memory where nobody else settled since."""
    with database.reading() as connection:
        stamp = stored_baseline.read_stamp(connection)
        if memory.stamp != stamp:
            memory.baseline = stored_baseline.load(connection)
            memory.stamp = stamp
    return memory.baseline


class SqlSession:
    """`ports.Session` under one lease; see there for what each method promises."""

    def __init__(  # noqa: PLR0913  # all that a session stands on
        self,
        database: Database,
        memory: Memory,
        *,
        worker_id: str,
        number: int,
        term: timedelta,
        history_key: bytes,
        archiving: Archiving | None,
        workbook_id: str,
    ) -> None:
        self._database = database
        self._workbook_id = workbook_id
        self._memory = memory
        self._worker_id = worker_id
        self.number = number
        self._term = term
        self._key = history_key
        self._archiving = archiving

    def baseline(self) -> Baseline:
        """What was known at the end of the last settled cycle."""
        return read_baseline(self._database, self._memory)

    def interrupted(self) -> Intent | None:
        """The plan that was recorded and not settled; its `findings` are empty."""
        with self._database.reading() as connection:
            row = connection.execute(_INTERRUPTED).one_or_none()
        if row is None:
            return None
        return Intent(cycle_id=row.cycle_id, plan=plan_from_stored(row.plan))

    def record_intent(self, plan: Plan, now: datetime) -> int:
        """Store the plan; returns the cycle id, which `Baseline.cycle` shows once it is settled.

        Raises:
            LeaseLost: Another worker took over.
            StateError: An earlier plan waits to be settled.
        """
        with self._database.writing() as connection:
            self._hold(connection, now)
            if _waits(connection):
                raise StateError(
                    "an earlier plan was recorded and not settled.",
                    subject=self._database.name,
                    remedy="Finish it first: it may have been carried out.",
                )
            cycle_id = stored_baseline.read_stamp(connection).cycle + 1
            connection.execute(
                _INTEND,
                {"cycle_id": cycle_id, "recorded_at": now, "plan": plan_to_stored(plan)},
            )
        return cycle_id

    def settle(self, cycle_id: int, plan: Plan, applied: Applied, now: datetime) -> int:
        """Record what took effect, in one transaction; returns the number of events recorded.

        A plan that is settled already adds nothing, and an empty plan needs no intent and leaves
        no trace.

        Raises:
            LeaseLost: Another worker took over.
            StateError: The plan was never recorded.
        """
        before = self.baseline()
        delta = settled_delta(before, plan, applied, now)
        stamp = Stamp(cycle_id, self.number)
        with self._database.writing() as connection:
            self._hold(connection, now)
            if self._is_done(connection, cycle_id, plan):
                return 0
            stored_baseline.save(connection, delta, stamp)
            recorded = journal.record(connection, plan.happened(applied.taken), cycle_id, self._key)
            outbox.queue(connection, _sealed(connection, plan.mails), cycle_id, now)
            connection.execute(_SETTLE, {"of_cycle": cycle_id, "plan": None, "settled_at": now})
            connection.execute(
                _OF_WORKBOOK, {"settled_at": now, **_shown(connection, plan, applied)}
            )
        self._memory.baseline = advance(before, delta, cycle_id)
        self._memory.stamp = stamp
        return recorded

    def settled_at(self) -> datetime | None:
        """When a plan was last settled, by the clock of the machine that did it."""
        with self._database.reading() as connection:
            settled_at: datetime | None = connection.execute(_LAST_SETTLED).scalar_one()
        return settled_at

    def queue_mail(self, mail: Mail, now: datetime) -> None:
        """Queue a mail that no plan decided, once for its id."""
        with self._database.writing() as connection:
            self._hold(connection, now)
            cycle_id = stored_baseline.read_stamp(connection).cycle
            known = select(intent.c.cycle_id).where(intent.c.cycle_id == cycle_id)
            if connection.execute(known).first() is None:
                # A mail belongs to a cycle, and an empty store has none: here is one of nothing.
                nothing = {"cycle_id": cycle_id, "recorded_at": now, "settled_at": now}
                connection.execute(insert(intent).values(nothing))
            outbox.queue(connection, (mail,), cycle_id, now)

    def mail_queued_at(self, mail_id: str) -> datetime | None:
        """When the mail of this id was first queued; None where it never was."""
        with self._database.reading() as connection:
            return outbox.queued_at(connection, mail_id)

    def take_over(self, taken: TakenOver, now: datetime) -> None:
        """Bring the store up to what its sheet tells, in one transaction.

        A plan that waits to be finished was finished by the store that is gone.

        Raises:
            LeaseLost: Another worker took over.
            StateError: The events do not follow the journal.
        """
        before, stamp = self.baseline(), Stamp(taken.cycle, self.number)
        with self._database.writing() as connection:
            self._hold(connection, now)
            connection.execute(
                update(intent)
                .where(intent.c.settled_at.is_(None))
                .values(plan=None, settled_at=now)
            )
            own = {"cycle_id": taken.cycle, "recorded_at": now, "settled_at": now}
            connection.execute(insert(intent).values(own))
            stored_baseline.save(connection, taken.delta, stamp)
            journal.record(connection, taken.events, taken.cycle, self._key)
            if journal.head(connection).mac != taken.head:
                raise StateError(
                    "the events of the change history do not follow the journal.",
                    subject=self._database.name,
                )
            shown_seq = journal.head(connection).seq
            journal.record(connection, (taken.told,), taken.cycle, self._key)
            outbox.hold_back(connection, now, TAKEN_OVER)
            for mails, state in (
                (taken.in_doubt, outbox.UNCERTAIN),
                (taken.over, outbox.DROPPED),
            ):
                outbox.queue(connection, mails, taken.cycle, now, state=state, reason=TAKEN_OVER)
            connection.execute(update(workbook).values(settled_at=now, shown_seq=shown_seq))
        self._memory.baseline = advance(before, taken.delta, taken.cycle)
        self._memory.stamp = stamp

    def anothers(self) -> str | None:
        """The spreadsheet that the store was made for, where that is another one."""
        with self._database.reading() as connection:
            owner: str = connection.execute(select(workbook.c.workbook_id)).scalar_one()
        return owner if owner != self._workbook_id else None

    def bind(self, now: datetime) -> None:
        """Make it this spreadsheet's store from now on. Raises `LeaseLost`."""
        with self._database.writing() as connection:
            self._hold(connection, now)
            connection.execute(update(workbook).values(workbook_id=self._workbook_id))

    def chained(self, events: Sequence[Event]) -> Sequence[ChainedEvent]:
        """The events that are not recorded yet, with the macs that settling them now records."""
        with self._database.reading() as connection:
            return journal.chained(connection, events, self._key)

    def journal(self, told: Collection[str]) -> Journal:
        """What the history tab, which shows events of these ids, is held against."""
        with self._database.reading() as connection:
            return self._memory.shown.journal(connection, told, self._key)

    def archive_closed_years(self, now: datetime) -> Sequence[str]:
        """Write closed years to files when the tab grew too long; returns the files' names.

        The rows themselves leave the tab when it is next held against the journal.

        Raises:
            LeaseLost: Another worker took over.
            StateError: The folder cannot be written.
        """
        archiving, shown = self._archiving, self._memory.shown
        if archiving is None:
            return ()
        with self._database.reading() as connection:
            rows = list(shown.read(connection))
        files, start, (first, after) = [], 0, shown.archived
        for year, until in closed_years(rows, archiving, now):
            files.append(write_archive(archiving.folder, year, after, rows[start:until]).name)
            start, after = until, str(rows[until - 1][MAC])
        if start:
            with self._database.writing() as connection:
                self._hold(connection, now)
                connection.execute(update(workbook).values(archived_seq=first + start))
        return files

    def _hold(self, connection: Connection, now: datetime) -> None:
        lease.check(connection, self._worker_id, self.number)
        lease.renew(connection, now, self._term)

    def _is_done(self, connection: Connection, cycle_id: int, plan: Plan) -> bool:
        row = connection.execute(_SETTLED_AT, {"of_cycle": cycle_id}).one_or_none()
        if row is not None:
            return row.settled_at is not None
        if plan.is_empty:
            return True
        raise StateError(
            f"cycle {cycle_id} was never recorded, so it cannot be settled.",
            subject=self._database.name,
        )


def _shown(connection: Connection, plan: Plan, applied: Applied) -> dict[str, int]:
    """How far the tab shows the journal by now, where that is known.

    A history that is laid right in several cycles is not yet whole; one that was laid right by a
    plan that tells nothing is.
    """
    mends = {index for index, w in enumerate(plan.writes) if isinstance(w, HistoryMend)}
    is_whole = applied.is_told or (not plan.events and bool(mends & applied.taken))
    is_half = plan.wants_another and bool(mends)
    return {"shown_seq": journal.head(connection).seq} if is_whole and not is_half else {}


def _sealed(connection: Connection, mails: Sequence[Mail]) -> list[Mail]:
    """Digests with the chain's head, so that its readers hold what nobody here can change."""
    head = journal.head(connection)
    if not head.seq:
        return list(mails)
    return [
        replace(mail, chain_head=head.mac) if isinstance(mail, DigestMail) else mail
        for mail in mails
    ]


def _waits(connection: Connection) -> bool:
    return connection.execute(_WAITING).first() is not None
