"""What the shell asks of the world: a workbook, a state store, a mailer.

The protocols say what each promises; the adapters in `sheets/`, `state/` and `mail/` keep it, and
one contract suite per port checks every implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sheetsync.core.history.chain import Journal, Row
from sheetsync.core.memory import Memory
from sheetsync.core.model import Baseline, Snapshot
from sheetsync.core.plan import Applied, ChainedEvent, Event, Mail, Plan, TakenOver, Write


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """API requests of a workbook since it was made."""

    reads: int
    writes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What tells the writes of one cycle under one lease from all others.

    Args:
        label: Names them; no two cycles or leases share one.
        heard: The witnesses of earlier writes that the state store has heard, so that their lines
            may be dropped.
    """

    label: str
    heard: frozenset[str] = frozenset()


Tell = Callable[[Collection[int]], Sequence[ChainedEvent]]
"""Given the indexes of the writes that take: the events for the history tab, in their order."""


class Workbook(Protocol):
    """The hub and the suppliers' spreadsheets, as one."""

    def read(self, now: datetime) -> Snapshot:
        """Read every configured tab.

        A missing tab is a reading that does not exist, not an error. Raises `WorkbookError`,
        `AccessDenied`.
        """

    def apply(self, writes: Sequence[Write], tell: Tell | None, batch: Batch) -> Applied:
        """Carry out the writes that still fit, and append what happened to the history tab.

        Keys and targets are read again first; a write whose cell no longer shows what was
        expected is skipped, one whose cell already shows the value counts as taken. `tell` is
        asked what happened when it is known which writes take, and None where nothing can have;
        an event whose id stands in the tab already is not written again. One atomic request per
        spreadsheet, more only for a plan over the payload limit; the hub last, and its history
        after its writes. `tell` is asked once for each. May run twice with one result. What a
        write landed on is witnessed in the sheet itself; one that landed on a row or column that
        had moved counts as skipped.
        """

    def calls(self) -> CallCount:
        """How many requests were made so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A plan that was stored before it was carried out, and is not settled yet."""

    cycle_id: int
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    """A mail to be sent; `attempts` counts failures so far."""

    mail: Mail
    queued_at: datetime
    attempts: int


class Session(Protocol):
    """The state store while this worker holds the lease; `number` is the lease's, and grows."""

    number: int

    def baseline(self) -> Baseline:
        """What was known at the end of the last settled cycle."""

    def interrupted(self) -> Intent | None:
        """The plan that was recorded and not settled, if a worker died in between.

        It comes without its findings: they are not needed to finish it.
        """

    def record_intent(self, plan: Plan, now: datetime) -> int:
        """Store the plan before anything leaves this machine; returns the cycle id.

        Counts the lease from now on again. An interrupted plan must be finished first. Raises
        `LeaseLost`.
        """

    def settle(self, cycle_id: int, plan: Plan, applied: Applied, now: datetime) -> int:
        """Record what took effect, in one transaction; returns the number of events recorded.

        The delta with the taken writes laid over it enters the baseline, events enter the
        journal, mails the outbox. A plan that is settled already adds nothing; an empty plan
        needs no intent and leaves no trace. Raises `LeaseLost` when another worker took over.
        """

    def settled_at(self) -> datetime | None:
        """When a plan was last settled; None for an empty store."""

    def queue_mail(self, mail: Mail, now: datetime) -> None:
        """Queue a mail that no plan decided; one whose id was queued before adds nothing."""

    def mail_queued_at(self, mail_id: str) -> datetime | None:
        """When the mail of this id was first queued; None where it never was."""

    def take_over(self, taken: TakenOver, now: datetime) -> None:
        """Bring the store up to what its sheet tells, in one transaction.

        Events enter the journal, the delta the baseline. A plan that waits to be finished is
        dropped, and no mail that may have been sent is sent by itself. Raises `LeaseLost`,
        `StateError`.
        """

    def anothers(self) -> str | None:
        """The spreadsheet that the store was made for, where that is another one."""

    def bind(self, now: datetime) -> None:
        """Make it this spreadsheet's store from now on. Raises `LeaseLost`."""

    def chained(self, events: Sequence[Event]) -> Sequence[ChainedEvent]:
        """Those that are not recorded yet, with the numbers and macs that settling gives them."""

    def journal(self, told: Collection[str]) -> Journal:
        """What the history tab, which shows events of these ids, is held against."""

    def archive_closed_years(self, now: datetime) -> Sequence[str]:
        """Write closed years to files when the history tab grew too long; returns their names.

        Their rows leave the tab when it is next held against the journal. Raises `LeaseLost`,
        `StateError`.
        """


class KnownState(Protocol):
    """What the worker remembers, for those who only look."""

    def baseline(self) -> Baseline:
        """What was known at the end of the last settled cycle, for showing: needs no lease."""

    def events_between(self, since: datetime, until: datetime | None = None) -> Sequence[Event]:
        """What was recorded from one instant to another, both included, oldest first."""


class StateStore(KnownState, Protocol):
    """What the worker remembers between cycles."""

    def lease(self, now: datetime) -> AbstractContextManager[Session]:
        """Hold the one lease on this workbook; raises `LeaseHeld` while another worker has it."""

    def due_mails(self, now: datetime) -> Sequence[OutboxMail]:
        """Mails whose time has come, oldest first."""

    def claim_mail(self, mail_id: str, now: datetime) -> bool:
        """Mark a mail as being sent, durably; False when it is not ours to send."""

    def mail_sent(self, mail_id: str, now: datetime, message_id: str) -> None:
        """The mail was handed over."""

    def mail_failed(self, mail_id: str, now: datetime, reason: str) -> None:
        """The mail was certainly not delivered; it is due again after a growing pause."""

    def mail_uncertain(self, mail_id: str, now: datetime, reason: str) -> None:
        """Nobody knows whether the mail was delivered: it waits for a person."""

    def mails_waiting(self) -> int:
        """How many mails are queued, or failed and will be tried again."""

    def mails_uncertain(self) -> Sequence[str]:
        """Ids of mails of unknown fate, such as after a worker died: a person must decide."""

    def release_uncertain(self, mail_id: str, now: datetime, *, send_again: bool) -> bool:
        """Queue an uncertain mail again, or drop it; False when it is not uncertain."""

    def events_of(self, po_number: str, line_number: str | None = None) -> Sequence[Event]:
        """The recorded life of an order, or of one of its lines, oldest first."""

    def events_of_rows(self, rows: Collection[str]) -> Sequence[Event]:
        """Every event of the rows of these names, as `Event.tab` writes them, oldest first."""

    def event_of(self, event_id: str) -> Event | None:
        """The event of this id, if it was ever recorded."""

    def known_orders(self) -> Sequence[str]:
        """Every order that the journal ever told of, in the order of their numbers."""

    def journal_rows(self) -> Sequence[Row]:
        """Every recorded event as a row of the change history, oldest first."""

    def archived(self) -> tuple[int, str]:
        """How many of those rows left the tab for archives, and the mac of the last of them."""

    def close(self) -> None:
        """Let go of the store."""


class Mailer(Protocol):
    """Where mails go."""

    def send(self, mail: Mail, queued_at: datetime) -> str:
        """Render and hand over one mail; returns its Message-ID.

        The same mail has the same Message-ID, and `queued_at` as its Date at every attempt. Raises
        `MailError` when it was certainly not delivered (`MailRefused` when trying again will not
        help), `MailUncertain` when it may have been, `TemplateError` when it cannot be rendered.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The adapters of one worker, and what it remembers from one cycle to the next."""

    workbook: Workbook
    state: StateStore
    mailer: Mailer
    memory: Memory = field(default_factory=Memory)
