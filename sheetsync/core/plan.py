"""What a cycle decided, as plain data: writes, events, findings, mails, stops and the new baseline.

A plan is stored before anything leaves this machine, so all of it can be written down as JSON
(see `state`). Never: carries anything out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sheetsync.core.findings import Finding
from sheetsync.core.model import (
    LineKey,
    LineState,
    OpenFinding,
    OrderState,
    RawCell,
    RowKey,
    RowRef,
    SettledRow,
    TabAddress,
    Told,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellWrite:
    """Write `value` into the cell, only if the cell still shows `expected`.

    `beside` are other cells of the row that must still show this, or be blank: a request is cleared
    as a whole, so that its word is not taken away from what somebody just typed beside it.
    `settles` is false for what is only laid back and is to be looked at again: what could not be
    read, or still asks for something.
    """

    tab: TabAddress
    ref: RowRef
    field: str
    expected: RawCell
    value: RawCell
    beside: Mapping[str, RawCell] = dataclasses.field(default_factory=dict)
    settles: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAppend:
    """Append a row, only if no row of the tab has its key; blanks are left out of `cells`.

    A row of that key that shows all that the worker writes on it was appended before. Any other one
    is somebody's, and nothing of the append counts.
    """

    tab: TabAddress
    key: RowKey
    cells: Mapping[str, RawCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryMend:
    """Lay the history tab right, only if it still shows the rows that the journal was held against.

    Rows are places below the header, counted from 0, as they stood at that reading.

    Args:
        tab: The history tab.
        seen: Stands for the ids that were shown, row by row.
        stood: Stands for what the cells showed that are written over; "" where nobody noted it.
        after: Stands for the ids once it is laid right, as many as `rows`.
        rows: How many rows there are then.
        cells: What to write over, by row and field; None clears.
        inserted: New rows, by the row before which they go.
        removed: Rows of archived events.
    """

    tab: TabAddress
    seen: str
    after: str
    rows: int
    stood: str = ""
    cells: Mapping[int, Mapping[str, RawCell]] = field(default_factory=dict, repr=False)
    inserted: Mapping[int, tuple[Mapping[str, RawCell], ...]] = field(
        default_factory=dict, repr=False
    )
    removed: tuple[int, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGone:
    """A row that the first reading missed: believed only if the second misses it too.

    `lines` are the order lines that are forgotten with it.
    """

    tab: TabAddress
    key: RowKey
    lines: tuple[LineKey, ...] = ()


Write = CellWrite | RowAppend | RowGone | HistoryMend


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the change history; the same cause gives the same `event_id`.

    `needs` is the index in `Plan.writes` of the write without which it did not happen.
    """

    event_id: str
    at: datetime
    po_number: str = ""
    line_number: str = ""
    tab: str
    field: str
    old: RawCell = None
    new: RawCell = None
    actor: str
    proof: str
    decision: str
    rule: str = ""
    order_version: int | None = None
    needs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """An event with its number in the journal and the mac that chains it to the one before."""

    event: Event
    seq: int
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """One order line as a mail shows it, all values in people's notation."""

    line_number: str
    item: str
    description: str
    quantity: str
    uom: str
    unit_price: str
    amount: str
    need_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMail:
    """An issued order for its supplier. `mail_id` is the same whenever the same mail is decided."""

    mail_id: str
    to: str
    recipient_name: str
    supplier: str
    po_number: str
    version: int
    currency: str
    total: str
    requester: str
    lines: tuple[MailLine, ...]

    @classmethod
    def named(cls, po_number: str, version: int) -> OrderMail:
        """Nothing but the name of a mail, to remember that it was decided once."""
        return cls(
            mail_id=order_mail_id(po_number, version),
            to="",
            recipient_name="",
            supplier="",
            po_number=po_number,
            version=version,
            currency="",
            total="",
            requester="",
            lines=(),
        )


def order_mail_id(po_number: str, version: int) -> str:
    """The same whenever the same version of an order goes out."""
    return f"order-{po_number}-v{version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One finding as a digest shows it. `state` is new, open or closed."""

    state: str
    severity: str
    code: str
    document: str
    place: str
    message: str
    at_risk: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMail:
    """The findings of one reader, by money at risk, then age; `summary` is its first line."""

    mail_id: str
    to: str
    recipient_name: str
    written_at: datetime
    lines: tuple[DigestLine, ...]
    summary: str = ""
    chain_head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMail:
    """To the operator: nothing goes on until a person has looked. One for each time it happens."""

    mail_id: str
    to: str
    recipient_name: str
    written_at: datetime
    reasons: tuple[str, ...]
    remedy: str


Mail = OrderMail | DigestMail | StopMail


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineDelta:
    """What changes in the baseline when the plan is settled; None as a value means: forget it.

    `rows` are the rows as they stand in the sheet without the plan's writes; `settle` lays the
    writes that took over them.
    """

    rows: Mapping[TabAddress, Mapping[RowKey, SettledRow | None]] = field(default_factory=dict)
    orders: Mapping[str, OrderState | None] = field(default_factory=dict)
    lines: Mapping[LineKey, LineState | None] = field(default_factory=dict)
    findings: Mapping[str, OpenFinding | None] = field(default_factory=dict)
    told: Mapping[str, Told | None] = field(default_factory=dict)
    numbered: int | None = None
    witnessed: frozenset[str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether settling it changes nothing."""
        parts = (self.rows, self.orders, self.lines, self.findings, self.told)
        return not any(parts) and self.numbered is None and self.witnessed is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that one cycle decided.

    `mends` says by witness which writes mend what it tells of; it is heard once they took.
    """

    writes: tuple[Write, ...] = ()
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    mails: tuple[Mail, ...] = ()
    stops: tuple[str, ...] = ()
    still: tuple[TabAddress, ...] = ()
    delta: BaselineDelta = BaselineDelta()
    mends: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    wants_another: bool = False

    def happened(self, taken: Collection[int]) -> tuple[Event, ...]:
        """The events that need no write, and those whose write took."""
        return tuple(each for each in self.events if each.needs is None or each.needs in taken)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write, record, send or remember."""
        return not (self.writes or self.events or self.mails) and self.delta.is_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of the writes: the indexes that took, and why the others were skipped.

    `askew` are new rows that took, while columns moved: the next reading tells how they stand.
    `is_told` says that the history tab shows all that the plan tells.
    """

    taken: frozenset[int] = frozenset()
    skipped: Mapping[int, str] = field(default_factory=dict)
    askew: frozenset[int] = frozenset()
    cells_written: int = 0
    history_rows: int = 0
    is_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What a store that is older than its sheet knows once it is brought up to it.

    Args:
        cycle: The number of this taking over; the next cycle has the one after it.
        events: The events of the tab that the journal did not have, in the order of the chain.
        head: The mac of the last of them.
        told: The event that tells of it.
        delta: From the old baseline to the new one.
        in_doubt: Mails of orders that went out meanwhile: nobody knows whether they arrived.
        over: Mails of versions that are no longer in force, by their names alone.
    """

    cycle: int
    events: tuple[Event, ...]
    head: str
    told: Event
    delta: BaselineDelta
    in_doubt: tuple[OrderMail, ...] = ()
    over: tuple[OrderMail, ...] = ()
