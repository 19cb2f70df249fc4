"""The words of the business as types: places, rows, records, states and changes.

Everything is a frozen value. Raw cells are what the Sheets API gives (unformatted, dates as serial
numbers); typed records hold `Decimal`, `date` and canonical words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

RawCell = str | int | float | bool | None
"""One cell as read: text, number, truth value, or `None` for a blank."""


class TabKind(StrEnum):
    """What a tab is for; the keys of `tabs` in rules/columns.yaml."""

    ORDER_LINES = "order_lines"
    ORDERS = "orders"
    SUPPLIER = "supplier"
    APPROVALS = "approvals"
    RECEIPTS = "receipts"
    INVOICES = "invoices"
    SUPPLIERS = "suppliers"
    PEOPLE = "people"
    EXCEPTIONS = "exceptions"
    HISTORY = "history"
    STATUS = "status"


HUB = "hub"
"""The name of the buyer's own spreadsheet; a private one is named by its supplier's number."""


@dataclass(frozen=True, slots=True)
class TabAddress:
    """Where a tab stands. `spreadsheet` is `HUB` or a supplier's number, `tab` the title."""

    spreadsheet: str
    tab: str

    def __str__(self) -> str:
        return self.tab if self.spreadsheet == HUB else f"{self.tab} ({self.spreadsheet})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TabPlace:
    """A tab of the configured workbook and what it is for."""

    address: TabAddress
    kind: TabKind
    supplier: str | None = None

    @property
    def is_private(self) -> bool:
        """Whether the tab stands in a spreadsheet shared with its supplier alone."""
        return self.address.spreadsheet != HUB


@dataclass(frozen=True, slots=True)
class LineKey:
    """Who an order line is; survives sorting and inserted rows."""

    po_number: str
    line_number: int

    def __str__(self) -> str:
        return f"{self.po_number}/{self.line_number}"


RowKey = tuple[str, ...]
"""The key cells of a row in comparable form (see `core.rows`)."""


@dataclass(frozen=True, slots=True)
class RowRef:
    """A row by meaning: by its key, or by its content where the key is missing or not unique.

    `content` holds the raw cells of the people's columns, and `occurrence` counts equal rows from
    the top; such rows are interchangeable.
    """

    key: RowKey | None = None
    content: tuple[RawCell, ...] | None = None
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record stood when it was read, 1-based; for messages only."""

    tab: TabAddress
    row: int

    def __str__(self) -> str:
        return f"{self.tab} row {self.row}"


# -- one reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TabReading:
    """The cells of one tab at one reading.

    Args:
        place: Which tab.
        exists: False when the spreadsheet has no tab of that title; then `rows` is empty.
        fields: The columns of rules/columns.yaml for this kind of tab, in that order.
        present: Those of `fields` whose header stands in the sheet.
        duplicates: Headers that stand twice; the leftmost one was read.
        unknown: Headers that nobody knows; left alone.
        rows: Raw cells aligned with `fields`; `rows[i]` stands in sheet row `i + 2`.
    """

    place: TabPlace
    exists: bool = True
    fields: tuple[str, ...]
    present: frozenset[str]
    duplicates: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    rows: tuple[tuple[RawCell, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every tab at one reading; `read_at` in UTC."""

    read_at: datetime
    tabs: Mapping[TabAddress, TabReading]

    def of_kind(self, kind: TabKind) -> tuple[TabReading, ...]:
        """The readings of one kind of tab; several only for suppliers' tabs."""
        return tuple(reading for reading in self.tabs.values() if reading.place.kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabs:
    """Where each kind of tab stands, and each supplier's."""

    of_kind: Mapping[TabKind, TabAddress]
    of_supplier: Mapping[str, TabPlace]


def tabs_of(snapshot: Snapshot) -> Tabs:
    """The configured tabs by what they are for."""
    places = [reading.place for reading in snapshot.tabs.values()]
    return Tabs(
        of_kind={p.kind: p.address for p in places if p.kind is not TabKind.SUPPLIER},
        of_supplier={p.supplier: p for p in places if p.supplier is not None},
    )


# -- records: one validated row -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has: where it stood, which row it is, and which cells could not be read."""

    source: Source
    ref: RowRef
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine(Record):
    """A row of Order lines. `line_number` is None and `mark` set while it waits for its number."""

    po_number: str | None
    line_number: int | None
    mark: str | None = None
    requester: str | None = None
    supplier: str | None = None
    item: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    uom: str | None = None
    unit_price: Decimal | None = None
    currency: str | None = None
    need_by: date | None = None
    cost_code: str | None = None
    action: str | None = None
    reason: str | None = None

    @property
    def key(self) -> LineKey | None:
        """The line's key, once it has both halves."""
        if self.po_number is None or self.line_number is None:
            return None
        return LineKey(self.po_number, self.line_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow(Record):
    """A row of Orders, as far as the buyer fills it, and the status it showed (for adoption)."""

    po_number: str
    action: str | None = None
    reason: str | None = None
    match_level: str | None = None
    status: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierAnswer(Record):
    """A row of a supplier's tab, as far as the supplier fills it."""

    supplier: str
    key: LineKey
    response: str | None = None
    proposed_quantity: Decimal | None = None
    proposed_price: Decimal | None = None
    proposed_date: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """A row of Approvals."""

    po_number: str
    version: int
    tier: str
    approver: str
    decision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine(Record):
    """A row of Receipts: goods received (or returned) against an order line."""

    receipt_number: str
    kind: str
    po_number: str
    line_number: int
    quantity: Decimal
    uom: str | None
    received_date: date
    accepted_quantity: Decimal | None = None
    is_rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine(Record):
    """A row of Invoices: one line or one charge; header cells repeat on any of its rows."""

    supplier: str
    invoice_number: str
    invoice_line: int
    type: str
    credits: str | None
    invoice_date: date
    received_date: date | None
    first_seen_at: datetime | None
    currency: str
    po_number: str | None
    po_line: int | None
    item: str | None
    quantity: Decimal | None
    uom: str | None
    unit_price: Decimal | None
    amount: Decimal | None
    charge: str | None
    tax: Decimal | None
    total: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier(Record):
    """A row of Suppliers."""

    supplier: str
    name: str | None = None
    email: str | None = None
    number_notation: str | None = None
    date_notation: str | None = None
    is_approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """A row of People. `roles` are lower-case words such as buyer, approver, director."""

    person: str
    name: str | None = None
    email: str | None = None
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableRow:
    """A receipt, return or invoice row that could not be read, with what is known of it."""

    kind: str
    source: Source
    supplier: str | None = None
    po_number: str | None = None
    line_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The validated rows of all tabs, and the rows seen but unreadable."""

    order_lines: tuple[OrderLine, ...] = ()
    orders: Mapping[str, OrderRow] = field(default_factory=dict)
    answers: tuple[SupplierAnswer, ...] = ()
    decisions: tuple[Decision, ...] = ()
    receipts: tuple[ReceiptLine, ...] = ()
    invoices: tuple[InvoiceLine, ...] = ()
    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    unreadable: tuple[UnreadableRow, ...] = ()


# -- what the worker knows ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledRow:
    """A row as the worker last settled it: raw cells by field, blanks left out."""

    cells: Mapping[str, RawCell]
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed (or proposed) on a line; None where nothing is said."""

    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    promised_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """What the worker knows of an order line beyond its cells.

    Args:
        status: A status of rules/lifecycle.yaml.
        came_from: The status to return to from on_hold or change_proposed.
        agreed: The terms in force once confirmed.
        proposal: The terms a supplier proposes, with `proposal_reason`.
        cancelled_quantity: What a short-close gave up.
        closed_at: When the line was closed or cancelled, UTC.
    """

    status: str
    came_from: str | None = None
    agreed: Terms = Terms()
    proposal: Terms | None = None
    proposal_reason: str | None = None
    cancelled_quantity: Decimal = Decimal(0)
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One yes (or no) of an approver to one version of an order, up to `total` in base currency."""

    tier: str
    approver: str
    version: int
    total: Decimal
    is_granted: bool
    granted_at: datetime
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What the worker knows of an order beyond its lines.

    `mark` is the word under which its lines were typed, while the order is a draft.
    """

    po_number: str
    mark: str | None = None
    version: int = 1
    issued_version: int = 0
    grants: tuple[Grant, ...] = ()
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A finding that stands in Exceptions, with all that is needed to show it again.

    Args:
        opened_at: Since when it stands, UTC.
        keep_until: Until when a notice is kept, although its cause was mended.
        tab, key, document, field, rule, supplier, owner: As in `findings.Finding`.
        at_risk, currency: The money at risk, where it can be told.
    """

    finding_id: str
    code: str
    message: str
    opened_at: datetime
    keep_until: datetime | None = None
    tab: TabAddress | None = None
    key: RowKey | None = None
    document: str = ""
    field: str | None = None
    rule: str = ""
    supplier: str | None = None
    owner: str | None = None
    at_risk: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reader was last told of: when, and the findings that stood in that digest.

    `codes` and `documents` say by finding id what it was, so that its closing can be told.
    """

    at: datetime
    finding_ids: frozenset[str]
    codes: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the worker knew at the end of the last settled cycle.

    `cycle` counts settled cycles and is 0 for an empty store; `numbered` is the last number that
    was given to an order.
    """

    cycle: int = 0
    numbered: int = 0
    rows: Mapping[TabAddress, Mapping[RowKey, SettledRow]] = field(default_factory=dict)
    orders: Mapping[str, OrderState] = field(default_factory=dict)
    lines: Mapping[LineKey, LineState] = field(default_factory=dict)
    findings: Mapping[str, OpenFinding] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)


class Mode(StrEnum):
    """How far the worker may go: look only, serve the named suppliers, or serve all."""

    OBSERVE = "observe"
    PILOT = "pilot"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What the worker may do in this run, from config.yaml.

    Args:
        mode: See `Mode`.
        pilot_suppliers: The suppliers served in pilot mode.
        time_zone: IANA name; calendar days are counted there.
        heartbeat_s: Seconds between two heartbeats of an otherwise unchanged sheet.
        operator: Who is told of findings that belong to nobody: an address.
    """

    mode: Mode = Mode.LIVE
    pilot_suppliers: frozenset[str] = frozenset()
    time_zone: str = "UTC"
    heartbeat_s: int = 900
    operator: str = ""

    def serves(self, supplier: str | None) -> bool:
        """Whether orders with this supplier may be moved, written and mailed."""
        if self.mode is Mode.LIVE:
            return True
        return self.mode is Mode.PILOT and supplier in self.pilot_suppliers


# -- changes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A cell that differs from the baseline. `before` and `after` are raw cells.

    `document` is what people call the row: "PO-7/1".
    """

    place: TabPlace
    key: RowKey
    document: str
    ref: RowRef
    source: Source
    field: str
    before: RawCell
    after: RawCell


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One status transition of a line, and who asked for it by what."""

    key: LineKey
    from_status: str
    to_status: str
    actor: str
    proof: str
    because: str
    rule: str
