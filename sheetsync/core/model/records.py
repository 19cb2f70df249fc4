"""One validated row of each tab: canonical words, `Decimal` and `date`; and all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.model.places import (
    LineKey,
    RowRef,
    Source,
)


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
    tax_rate: Decimal | None = None
    price_includes_tax: bool = False
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
    """A row of Orders, as far as the buyer fills it, and the status it showed (for adoption).

    An order with a `value_limit` is a blanket order. `fx_rates` says how many units of a currency
    one unit of the order's own buys.
    """

    po_number: str
    action: str | None = None
    reason: str | None = None
    match_level: str | None = None
    terms: str | None = None
    charges: tuple[PlannedCharge, ...] = ()
    fx_rates: Mapping[str, Decimal] = field(default_factory=dict)
    value_limit: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
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
    price_includes_tax: bool = False
    voided: bool = False
    amount: Decimal | None
    charge: str | None
    tax: Decimal | None
    total: Decimal | None
    bank_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow(Record):
    """A row of Releases: somebody lifts a hold of a document, or of one of its lines."""

    release: str
    supplier: str | None
    invoice_number: str | None
    invoice_line: int | None = None
    hold: str | None = None
    up_to: Decimal | None = None
    reason: str | None = None
    released_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow(Record):
    """A row of Payments: money that left for a document, or came back for a credit note.

    `currency` is None where the document's own is meant.
    """

    payment: str
    supplier: str
    invoice_number: str
    paid_date: date
    amount: Decimal
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier(Record):
    """A row of Suppliers."""

    supplier: str
    name: str | None = None
    email: str | None = None
    number_notation: str | None = None
    date_notation: str | None = None
    terms: str | None = None
    is_approved: bool = False
    bank_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """How many units `of` one `unit` holds, exactly."""

    unit: str
    of: str
    factor: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCharge:
    """A charge that an order plans, such as freight, with its tax where that is told."""

    code: str
    amount: Decimal
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Record):
    """A row of Items: its category, and how its units convert."""

    item: str
    category: str | None = None
    conversions: tuple[Conversion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """A row of People. `roles` are lower-case words such as buyer, approver, director.

    `release_limit` is up to how much money, in base currency, the person may release holds.
    """

    person: str
    name: str | None = None
    email: str | None = None
    roles: frozenset[str] = frozenset()
    release_limit: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableRow:
    """A row of receipts, invoices or payments that could not be read, with what is known of it."""

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
    releases: tuple[ReleaseRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    items: tuple[Item, ...] = ()
    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    unreadable: tuple[UnreadableRow, ...] = ()
