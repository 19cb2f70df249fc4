"""Orders and validated rows as the documents that matching reads.

What is in force on a line (agreed, or else ordered) is what its invoices are held against.
Never: matches anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal

from sheetsync.core.matching.documents import (
    Charge,
    Documents,
    Invoice,
    InvoicedLine,
    InvoiceType,
    MatchLevel,
    OrderedLine,
    PurchaseOrder,
    Receipt,
    ReceiptKind,
    UnreadableKind,
)
from sheetsync.core.matching.documents import UnreadableRow as UnreadableDocument
from sheetsync.core.model import InvoiceLine, Records
from sheetsync.core.orders import BEFORE_ISSUE, Line, Order, OrderBook
from sheetsync.core.reading import normalise_key

InvoiceKey = tuple[str, str, str]
"""Supplier, type and number: the rows with one key are one document."""

Units = Mapping[tuple[str, int | str | None], str | None]
"""The units of order lines, by order and line number or item."""


def documents(book: OrderBook, records: Records, order_shows: tuple[str, ...]) -> Documents:
    """Everything matching looks at."""
    units = _units(book)
    return Documents(
        purchase_orders=tuple(
            purchase_order(order, order_shows) for order in book.values() if order.supplier
        ),
        receipts=tuple(
            Receipt(
                receipt_number=row.receipt_number,
                kind=ReceiptKind(row.kind),
                po_number=row.po_number,
                line_number=row.line_number,
                quantity=row.quantity,
                uom=unit(row.uom, units.get((row.po_number, row.line_number))),
                received_date=row.received_date,
                accepted_quantity=row.accepted_quantity,
                rejected=row.is_rejected,
            )
            for row in records.receipts
        ),
        invoices=tuple(invoices(records.invoices, units)),
        unreadable=tuple(
            UnreadableDocument(
                kind=UnreadableKind(row.kind),
                supplier=row.supplier or _supplier_of(book, row.po_number),
                po_number=row.po_number,
                line_number=row.line_number,
            )
            for row in records.unreadable
        ),
    )


def purchase_order(order: Order, order_shows: tuple[str, ...]) -> PurchaseOrder:
    """An order with the lines that were issued, or all of them while none is."""
    issued = tuple(line for line in order.lines if line.state.status not in BEFORE_ISSUE)
    lines = issued or order.lines
    status = Order(state=order.state, row=order.row, lines=lines).status(order_shows)
    closings = [line.state.closed_at for line in lines if line.state.closed_at is not None]
    level = order.row.match_level if order.row is not None else None
    return PurchaseOrder(
        po_number=order.po_number,
        supplier=order.supplier or "",
        currency=order.currency or "EUR",
        status=status,
        match_level=MatchLevel(level or MatchLevel.THREE_WAY),
        lines=tuple(ordered_line(line) for line in lines),
        closed_at=max(closings) if status in {"closed", "cancelled"} and closings else None,
    )


def ordered_line(line: Line) -> OrderedLine:
    """A line by what is in force on it."""
    terms = line.in_force
    return OrderedLine(
        line_number=line.key.line_number,
        item=line.cells.item or "",
        uom=line.cells.uom or "",
        quantity=terms.quantity if terms.quantity is not None else Decimal(0),
        unit_price=terms.unit_price if terms.unit_price is not None else Decimal(0),
        cancelled=line.is_given_up,
        cancelled_quantity=line.state.cancelled_quantity,
        delivery_date=terms.promised_date,
    )


def _units(book: OrderBook) -> Units:
    """The unit of every order line, by its number and, where no other line has it, by its item."""
    units: dict[tuple[str, int | str | None], str | None] = {}
    for order in book.values():
        items = Counter(line.cells.item for line in order.lines)
        for line in order.lines:
            units[order.po_number, line.key.line_number] = line.cells.uom
            if line.cells.item is not None and items[line.cells.item] == 1:
                units[order.po_number, line.cells.item] = line.cells.uom
    return units


def invoice_key(row: InvoiceLine) -> InvoiceKey:
    """Which document the row belongs to."""
    return (row.supplier, row.type, row.invoice_number)


def invoice_id(key: InvoiceKey) -> str:
    """The document's key as one word."""
    return "|".join(key)


def invoices(rows: Iterable[InvoiceLine], units: Units) -> Iterable[Invoice]:
    """Gather invoice rows into documents."""
    gathered: dict[InvoiceKey, list[InvoiceLine]] = defaultdict(list)
    for row in rows:
        gathered[invoice_key(row)].append(row)
    for key, lines in sorted(gathered.items()):
        head = min(lines, key=lambda line: line.invoice_line)
        yield Invoice(
            invoice_id=invoice_id(key),
            supplier=head.supplier,
            invoice_number=head.invoice_number,
            type=InvoiceType(head.type),
            credits_invoice=next((line.credits for line in lines if line.credits), None),
            invoice_date=head.invoice_date,
            received_at=_received_at(lines),
            first_seen_at=min(
                (line.first_seen_at for line in lines if line.first_seen_at), default=None
            ),
            currency=head.currency,
            tax=next((line.tax for line in lines if line.tax is not None), None),
            total=next((line.total for line in lines if line.total is not None), None),
            lines=tuple(invoiced_line(line, units) for line in lines if not line.charge),
            charges=tuple(
                Charge(code=line.charge, amount=line.amount or Decimal(0))
                for line in lines
                if line.charge
            ),
        )


def invoiced_line(row: InvoiceLine, units: Units) -> InvoicedLine:
    """A row that bills goods, by the order line's number or, without one, by its item."""
    ordered = None
    if row.po_number is not None:
        which = row.po_line if row.po_line is not None else row.item
        ordered = units.get((row.po_number, which))
    return InvoicedLine(
        line_no=row.invoice_line,
        po_number=row.po_number,
        line_number=row.po_line,
        item=row.item,
        quantity=row.quantity if row.quantity is not None else Decimal(0),
        uom=unit(row.uom, ordered),
        unit_price=row.unit_price if row.unit_price is not None else Decimal(0),
        amount=row.amount,
    )


def unit(typed: str | None, ordered: str | None) -> str:
    """The unit of a row: a blank one, or another spelling of it, means the order line's."""
    if ordered and (not typed or normalise_key(typed) == normalise_key(ordered)):
        return ordered
    return typed or ""


def _received_at(lines: list[InvoiceLine]) -> datetime:
    days = [line.received_date for line in lines if line.received_date is not None]
    if days:
        return datetime.combine(min(days), time(), UTC)
    seen = [line.first_seen_at for line in lines if line.first_seen_at is not None]
    return min(seen) if seen else datetime.combine(lines[0].invoice_date, time(), UTC)


def _supplier_of(book: OrderBook, po_number: str | None) -> str | None:
    order = book.get(po_number) if po_number is not None else None
    return order.supplier if order is not None else None
