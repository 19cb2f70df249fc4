"""`ports.StateStore` over SQLite or PostgreSQL: one database per workbook, migrated on opening.

The same code serves both; `database.py` knows the two differences. Never: looks at a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from sheetsync.core.history.chain import Row
from sheetsync.core.model import Baseline
from sheetsync.core.plan import Event
from sheetsync.errors import SafetyStop, StateError
from sheetsync.ports import OutboxMail
from sheetsync.state import journal, lease, outbox, recall
from sheetsync.state.archive import Archiving
from sheetsync.state.database import Database
from sheetsync.state.history import archived_head, rows_after
from sheetsync.state.schema import prepare
from sheetsync.state.session import Memory, SqlSession, read_baseline


class SqlStateStore:
    """What the worker remembers between cycles; `ports.StateStore` says what it promises.

    Args:
        url: `sqlite:///state.db`, `postgresql://user@host/name` or any SQLAlchemy URL of these two.
        workbook_id: Whose state this is, such as the hub's spreadsheet id.
        worker_id: Names this worker; no two that run at the same time may share one. A worker
            that comes back under its name takes over its own lease at once.
        lease_s: How long a lease lasts without a sign of life, in seconds.
        resend_is_safe: The mailer may be given a mail twice with one result (files in a folder),
            so that a mail interrupted while it was sent is sent again without asking.
        history_key: With which the change history is chained. Whoever knows it can forge history,
            and everybody knows the empty one: that is for trials.
        archiving: When closed years leave the history tab, and where to; None keeps them there.
        may_be_anothers: Open the store of another workbook too, of which this one may be a copy;
            whoever takes the lease must ask for it (`Session.anothers`).

    Raises:
        SchemaTooNew: A newer sheetsync wrote the store.
        StateError: It cannot be opened.
        SafetyStop: It belongs to another workbook.
    """

    def __init__(  # noqa: PLR0913  # said once, in `wiring`
        self,
        url: str,
        *,
        workbook_id: str,
        worker_id: str,
        lease_s: float,
        resend_is_safe: bool = False,
        history_key: bytes = b"",
        archiving: Archiving | None = None,
        may_be_anothers: bool = False,
    ) -> None:
        self._workbook_id = workbook_id
        self._worker_id = worker_id
        self._term = timedelta(seconds=lease_s)
        self._resend_is_safe = resend_is_safe
        self._key = history_key
        self._archiving = archiving
        self._memory = Memory()
        self._database = Database(url)
        try:
            prepare(self._database, workbook_id, may_be_anothers=may_be_anothers)
        except (StateError, SafetyStop):
            self.close()
            raise

    @contextmanager
    def lease(self, now: datetime) -> Iterator[SqlSession]:
        """Hold the one lease on this workbook; given back when the block ends."""
        with self._database.writing() as connection:
            number = lease.take(connection, self._worker_id, now, self._term)
            outbox.recover(connection, now, resend_is_safe=self._resend_is_safe)
            if not self._memory.is_chained:
                journal.keep_chain(connection, self._key)
        self._memory.is_chained = True
        try:
            yield SqlSession(
                self._database,
                self._memory,
                worker_id=self._worker_id,
                number=number,
                term=self._term,
                history_key=self._key,
                archiving=self._archiving,
                workbook_id=self._workbook_id,
            )
        finally:
            # A lease that cannot be given back ends by itself; what went wrong before it matters.
            with suppress(StateError), self._database.writing() as connection:
                lease.release(connection, self._worker_id, number)

    def baseline(self) -> Baseline:
        """What was known at the end of the last settled cycle, for showing: needs no lease."""
        return read_baseline(self._database, self._memory)

    def events_of(self, po_number: str, line_number: str | None = None) -> Sequence[Event]:
        """The recorded life of an order, or of one of its lines, oldest first."""
        with self._database.reading() as connection:
            return journal.events_of(connection, po_number, line_number)

    def events_of_rows(self, rows: Collection[str]) -> Sequence[Event]:
        """Every event of the rows of these names, as `Event.tab` writes them, oldest first."""
        with self._database.reading() as connection:
            return recall.events_of_rows(connection, rows)

    def events_between(self, since: datetime, until: datetime | None = None) -> Sequence[Event]:
        """What was recorded from one instant to another, both included, oldest first."""
        with self._database.reading() as connection:
            return recall.events_between(connection, since, until)

    def event_of(self, event_id: str) -> Event | None:
        """The event of this id, if it was ever recorded."""
        with self._database.reading() as connection:
            return recall.event_of(connection, event_id)

    def known_orders(self) -> Sequence[str]:
        """Every order that the journal ever told of, in the order of their numbers."""
        with self._database.reading() as connection:
            return recall.known_orders(connection)

    def journal_rows(self) -> Sequence[Row]:
        """Every recorded event as a row of the change history, oldest first."""
        with self._database.reading() as connection:
            return tuple(rows_after(connection, 0))

    def archived(self) -> tuple[int, str]:
        """How many of those rows left the tab for archives, and the mac of the last of them."""
        with self._database.reading() as connection:
            return archived_head(connection)

    def due_mails(self, now: datetime) -> Sequence[OutboxMail]:
        """Mails whose time has come, oldest first."""
        with self._database.reading() as connection:
            return outbox.due(connection, now)

    def claim_mail(self, mail_id: str, now: datetime) -> bool:
        """Mark a mail as being sent, durably; False when it is not ours to send."""
        with self._database.writing() as connection:
            return outbox.claim(connection, mail_id, self._worker_id, now)

    def mail_sent(self, mail_id: str, now: datetime, message_id: str) -> None:
        """The mail was handed over."""
        with self._database.writing() as connection:
            outbox.sent(connection, mail_id, now, message_id)

    def mail_failed(self, mail_id: str, now: datetime, reason: str) -> None:
        """The mail was certainly not delivered; it is due again after 1, 5, 15, then 60 minutes."""
        with self._database.writing() as connection:
            outbox.failed(connection, mail_id, self._worker_id, now, reason)

    def mail_uncertain(self, mail_id: str, now: datetime, reason: str) -> None:
        """Nobody knows whether the mail was delivered: it waits for a person."""
        with self._database.writing() as connection:
            outbox.doubted(connection, mail_id, self._worker_id, now, reason)

    def mails_waiting(self) -> int:
        """How many mails are queued, or failed and will be tried again."""
        with self._database.reading() as connection:
            return outbox.waiting(connection)

    def mails_uncertain(self) -> Sequence[str]:
        """Ids of mails of unknown fate, oldest first."""
        with self._database.reading() as connection:
            return outbox.uncertain(connection)

    def release_uncertain(self, mail_id: str, now: datetime, *, send_again: bool) -> bool:
        """Queue an uncertain mail again, or drop it; False when it is not uncertain."""
        with self._database.writing() as connection:
            return outbox.release(connection, mail_id, now, send_again=send_again)

    def close(self) -> None:
        """Let go of the store."""
        self._database.close()
