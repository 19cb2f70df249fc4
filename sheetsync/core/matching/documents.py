"""The documents of matching as values: orders, receipts, invoices, releases, payments.

One frozen dataclass per document, in the words of the house. Quantities stand in the unit the
document was written in; money stands in the document's currency; instants are read as UTC where
they carry no zone of their own.

Never: reads a file, converts a unit, or judges a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

OrderLineKey = tuple[str, int]
"""Order number and line number: who an order line is."""


class MatchLevel(StrEnum):
    """How many documents must agree before an invoice is paid."""

    TWO_WAY = "2way"
    THREE_WAY = "3way"
    FOUR_WAY = "4way"


class ReceiptKind(StrEnum):
    """Goods that came, or goods that went back."""

    RECEIPT = "receipt"
    RETURN = "return"


class InvoiceType(StrEnum):
    """A bill, or a bill taken back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class UnreadableKind(StrEnum):
    """What a row that could not be read was meant to be."""

    RECEIPT = "receipt"
    RETURN = "return"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Freight and the like: planned on an order, or billed on an invoice."""

    code: str
    amount: Decimal
    tax_rate_pct: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """One item on an order. Quantity and price may be blank on a blanket order only."""

    line_number: int
    item: str
    uom: str
    quantity: Decimal | None
    unit_price: Decimal | None
    cancelled: bool = False
    cancelled_quantity: Decimal = Decimal(0)
    tax_rate_pct: Decimal | None = None
    price_includes_tax: bool = False
    delivery_date: date | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder:
    """The buyer's order. `fx_rates` says how many units of a currency one unit of its own buys."""

    po_number: str
    supplier: str
    currency: str
    status: str
    match_level: MatchLevel
    lines: tuple[OrderedLine, ...]
    closed_at: datetime | None = None
    is_blanket: bool = False
    value_limit: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    fx_rates: Mapping[str, Decimal] = field(default_factory=dict)
    charges: tuple[Charge, ...] = ()
    terms: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Goods received or returned against one order line.

    `accepted_quantity` is what inspection passed, `None` while it is pending. `rejected` marks a
    return of goods that inspection had refused: they were never accepted.
    """

    receipt_number: str
    kind: ReceiptKind
    po_number: str
    line_number: int
    quantity: Decimal
    uom: str
    received_date: date
    accepted_quantity: Decimal | None = None
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicedLine:
    """One line of an invoice or credit note; `amount` where the supplier stated it."""

    line_no: int
    po_number: str | None
    line_number: int | None
    item: str | None
    quantity: Decimal
    uom: str
    unit_price: Decimal
    price_includes_tax: bool = False
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """The supplier's invoice or credit note.

    `invoice_id` is the document's own key (unique), `invoice_number` what the supplier wrote.
    `credits_invoice` names the invoice a credit note takes back: its id, or its number.
    """

    invoice_id: str
    supplier: str
    invoice_number: str
    type: InvoiceType
    invoice_date: date
    received_at: datetime
    currency: str
    lines: tuple[InvoicedLine, ...]
    credits_invoice: str | None = None
    first_seen_at: datetime | None = None
    voided: bool = False
    tax: Decimal | None = None
    total: Decimal | None = None
    charges: tuple[Charge, ...] = ()
    terms: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person lifts one hold, of a line or (without `line_no`) of the invoice, up to a limit."""

    invoice_id: str
    code: str
    line_no: int | None = None
    up_to: Decimal | None = None
    released_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that left (or, for a credit note, came back as a negative amount)."""

    invoice_id: str
    amount: Decimal
    paid_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableRow:
    """A row that could not be read, with as much of its address as could."""

    kind: UnreadableKind
    supplier: str | None
    po_number: str | None = None
    line_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Everything matching looks at; the order within each tuple carries no meaning."""

    purchase_orders: tuple[PurchaseOrder, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    releases: tuple[Release, ...] = ()
    payments: tuple[Payment, ...] = ()
    unreadable: tuple[UnreadableRow, ...] = ()
