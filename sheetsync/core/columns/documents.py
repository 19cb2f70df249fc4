"""Rows of Receipts, Invoices and Payments into records, or into unreadable rows.

Unreadable ones hold what they may stop. A receipt or a payment counts only when everything that
matters in it is readable. An invoice counts only as a whole: while one of its rows cannot be read,
or two of its rows disagree about the invoice, none of them is a record, because what is
missing may be what would have stopped the payment.

Never: compares documents with orders (matching).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sheetsync.core.columns.names import Named
from sheetsync.core.columns.rows import Row
from sheetsync.core.model import InvoiceLine, PaymentRow, ReceiptLine, UnreadableRow
from sheetsync.core.reading import normalise_key

RECEIPT_MAY = ("kind", "uom", "accepted_quantity", "is_rejected")
"""Cells of a receipt that may be blank, but not unreadable."""

INVOICE_MAY = (
    "type",
    "credits",
    "received_date",
    "po_number",
    "po_line",
    "item",
    "quantity",
    "uom",
    "unit_price",
    "price_includes_tax",
    "voided",
    "amount",
    "charge",
    "tax",
    "total",
)
"""The same for an invoice row."""

PAYMENT_MAY = ("currency",)
"""The same for a payment."""

ONE_PER_INVOICE = ("type", "credits", "invoice_date", "received_date", "currency", "tax", "total")
"""Cells about the whole invoice: they may stand on any of its rows, and must not disagree."""


def receipt(row: Row, named: Named) -> ReceiptLine | UnreadableRow:
    """A row of Receipts."""
    kind = row.text("kind") or "receipt"
    number, day = row.text("receipt_number"), row.day("received_date")
    line_number, quantity = row.whole("line_number"), row.number("quantity")
    po_number = named.po_number
    if (
        number is None
        or day is None
        or line_number is None
        or quantity is None
        or po_number is None
        or row.is_doubled
        or row.unread_of(RECEIPT_MAY)
    ):
        return UnreadableRow(
            kind=kind,
            source=row.source,
            supplier=named.facts.supplier,
            po_number=po_number,
            line_number=line_number,
        )
    return ReceiptLine(
        source=row.source,
        ref=row.ref,
        receipt_number=number,
        kind=kind,
        po_number=po_number,
        line_number=line_number,
        quantity=quantity,
        uom=row.text("uom"),
        received_date=day,
        accepted_quantity=row.number("accepted_quantity"),
        is_rejected=row.flag("is_rejected"),
    )


def payment(row: Row, named: Named) -> PaymentRow | UnreadableRow:
    """A row of Payments; one that cannot be read may have paid what stands open."""
    number, invoice_number = row.text("payment"), row.text("invoice_number")
    day, amount = row.day("paid_date"), row.number("amount")
    if (
        number is None
        or named.supplier is None
        or invoice_number is None
        or day is None
        or amount is None
        or row.is_doubled
        or row.unread_of(PAYMENT_MAY)
    ):
        return UnreadableRow(kind="invoice", source=row.source, supplier=named.supplier)
    return PaymentRow(
        source=row.source,
        ref=row.ref,
        payment=number,
        supplier=named.supplier,
        invoice_number=invoice_number,
        paid_date=day,
        amount=amount,
        currency=row.text("currency") or row.currency_said("amount"),
    )


InvoiceKey = tuple[str, str]
"""An invoice by its supplier and its number, both in comparable form."""


def by_invoice(rows: Iterable[Row]) -> dict[InvoiceKey, list[Row]]:
    """The rows of each invoice; a row without supplier or number stands alone."""
    groups: dict[InvoiceKey, list[Row]] = defaultdict(list)
    for row in rows:
        supplier, number = row.text("supplier"), row.text("invoice_number")
        if supplier is None or number is None:
            groups["", str(row.source)].append(row)
        else:
            groups[normalise_key(supplier), normalise_key(number)].append(row)
    return groups


def missing_together(row: Row) -> tuple[str, ...]:
    """The blank cells that an invoice row of its kind cannot do without.

    A charge needs its amount, a line its quantity and unit price. A row that tells only the
    invoice's tax or total needs neither.
    """
    if row.text("charge") is not None:
        needs: tuple[str, ...] = ("amount",)
    elif _tells_only_totals(row):
        needs = ()
    else:
        needs = ("quantity", "unit_price")
    return tuple(field for field in needs if field not in row.cells and field not in row.unread)


def _tells_only_totals(row: Row) -> bool:
    line = {"po_number", "po_line", "item", "quantity", "unit_price", "amount", "charge"}
    return not line & (row.cells.keys() | row.unread) and bool({"tax", "total"} & row.cells.keys())


def disagreements(group: Iterable[Row]) -> dict[str, list[Row]]:
    """The fields about the whole invoice in which its rows disagree, with the rows that speak."""
    rows = list(group)
    told = {field: [row for row in rows if field in row.cells] for field in ONE_PER_INVOICE}
    return {
        field: speaking
        for field, speaking in told.items()
        if len({_comparable(row, field) for row in speaking}) > 1
    }


def _comparable(row: Row, field: str) -> object:
    text = row.text(field)
    return normalise_key(text) if text is not None else (row.number(field), row.day(field))


def invoice(
    rows: Sequence[Row], named: Sequence[Named], seen: Sequence[datetime | None]
) -> tuple[InvoiceLine | UnreadableRow, ...]:
    """The rows of one invoice: all of them lines, or all unreadable.

    Args:
        rows: The rows.
        named: What each row says, in the spellings in force.
        seen: When each row was first settled.
    """
    head = _head(rows)
    lines = [_line(row, head, names, at) for row, names, at in zip(rows, named, seen, strict=True)]
    whole = tuple(line for line in lines if line is not None)
    if len(whole) == len(rows) and not disagreements(rows):
        return whole
    if head.voided:
        return ()  # nobody is going to pay it, so nothing waits for what it says
    return tuple(_unreadable(row, head, names) for row, names in zip(rows, named, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What any row of an invoice may tell about all of it."""

    invoice_number: str | None
    type: str
    credits: str | None
    received_date: date | None
    voided: bool


def _head(group: Iterable[Row]) -> _Head:
    rows = list(group)
    numbers = [text for row in rows if (text := row.text("invoice_number")) is not None]
    types = [text for row in rows if (text := row.text("type")) is not None]
    credited = [text for row in rows if (text := row.text("credits")) is not None]
    received = [day for row in rows if (day := row.day("received_date")) is not None]
    # The smallest of several, so that the order of rows never counts; rows that disagree in more
    # than spelling make no invoice anyway.
    return _Head(
        invoice_number=min(numbers, default=None),
        type=min(types, default="invoice"),
        credits=min(credited, default=None),
        received_date=min(received, default=None),
        voided=any(row.flag("voided") for row in rows),
    )


def _line(row: Row, head: _Head, named: Named, seen: datetime | None) -> InvoiceLine | None:
    """The record of an invoice row; None when anything that it needs is missing or unreadable."""
    supplier, number, line = named.supplier, head.invoice_number, row.whole("invoice_line")
    day, currency = row.day("invoice_date"), row.text("currency")
    if supplier is None or number is None or line is None or day is None or currency is None:
        return None
    if row.is_doubled or row.unread_of(INVOICE_MAY) or missing_together(row):
        return None
    return InvoiceLine(
        source=row.source,
        ref=row.ref,
        supplier=supplier,
        invoice_number=number,
        invoice_line=line,
        type=head.type,
        credits=head.credits,
        invoice_date=day,
        received_date=head.received_date,
        first_seen_at=seen,
        currency=currency,
        po_number=named.po_number,
        po_line=row.whole("po_line"),
        item=row.text("item"),
        quantity=row.number("quantity"),
        uom=row.text("uom"),
        unit_price=row.number("unit_price"),
        price_includes_tax=row.flag("price_includes_tax"),
        voided=head.voided,
        amount=row.number("amount"),
        charge=row.text("charge"),
        tax=row.number("tax"),
        total=row.number("total"),
        bank_account=row.text("bank_account"),
    )


def _unreadable(row: Row, head: _Head, named: Named) -> UnreadableRow:
    return UnreadableRow(
        kind=head.type,
        source=row.source,
        supplier=named.supplier if named.supplier is not None else named.facts.supplier,
        po_number=named.po_number,
        line_number=row.whole("po_line"),
    )
