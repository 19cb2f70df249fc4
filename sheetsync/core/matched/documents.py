"""Orders and validated rows as the documents that matching reads.

What is in force on a line (agreed, or else ordered) is what its invoices are held against.
Never: matches anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal

from sheetsync.core.matched.catalogue import Catalogue
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
from sheetsync.core.model import (
    InvoiceLine,
    OrderLine,
    OrderRow,
    Records,
    RowRef,
    Source,
    Supplier,
    TabAddress,
)
from sheetsync.core.orders import BEFORE_ISSUE, Line, Order, OrderBook

NO_ROW = OrderRow(source=Source(TabAddress("", ""), 0), ref=RowRef(), po_number="")
"""What an order says that has no row on Orders yet."""

InvoiceKey = tuple[str, str, str]
"""Supplier, type and number: the rows with one key are one document."""

Ordered = Mapping[tuple[str, int | str | None], OrderLine]
"""Order lines by their order and their number or item."""


def documents(
    book: OrderBook, records: Records, order_shows: tuple[str, ...], catalogue: Catalogue
) -> Documents:
    """Everything matching looks at, but for releases and payments."""
    ordered = _ordered(book)
    return Documents(
        purchase_orders=tuple(
            purchase_order(order, order_shows, records.suppliers, catalogue)
            for order in book.values()
            if order.supplier
        ),
        receipts=tuple(
            Receipt(
                receipt_number=row.receipt_number,
                kind=ReceiptKind(row.kind),
                po_number=row.po_number,
                line_number=row.line_number,
                quantity=row.quantity,
                uom=_unit(row.uom, ordered.get((row.po_number, row.line_number)), catalogue),
                received_date=row.received_date,
                accepted_quantity=row.accepted_quantity,
                rejected=row.is_rejected,
            )
            for row in records.receipts
        ),
        invoices=tuple(invoices(records.invoices, ordered, catalogue)),
        unreadable=(
            *(
                UnreadableDocument(
                    kind=UnreadableKind(row.kind),
                    supplier=row.supplier or _supplier_of(book, row.po_number),
                    po_number=row.po_number,
                    line_number=row.line_number,
                )
                for row in records.unreadable
            ),
            *_unreadable_terms(book),
        ),
    )


TERMS_OF_ORDERS = frozenset(
    {"match_level", "charges", "fx_rates", "value_limit", "valid_from", "valid_to"}
)
TERMS_OF_LINES = frozenset({"tax_rate", "price_includes_tax"})


def _unreadable_terms(book: OrderBook) -> Iterable[UnreadableDocument]:
    """Orders and lines on which a cell cannot be read that may be what would stop a payment."""
    for order in book.values():
        if order.row is not None and order.row.unread & TERMS_OF_ORDERS:
            yield UnreadableDocument(
                kind=UnreadableKind.INVOICE, supplier=order.supplier, po_number=order.po_number
            )
        for line in order.lines:
            if line.cells.unread & TERMS_OF_LINES:
                yield UnreadableDocument(
                    kind=UnreadableKind.INVOICE,
                    supplier=order.supplier,
                    po_number=order.po_number,
                    line_number=line.key.line_number,
                )


def purchase_order(
    order: Order,
    order_shows: tuple[str, ...],
    suppliers: Mapping[str, Supplier],
    catalogue: Catalogue,
) -> PurchaseOrder:
    """An order with the lines that were issued, or all of them while none is."""
    issued = tuple(line for line in order.lines if line.state.status not in BEFORE_ISSUE)
    lines = issued or order.lines
    status = Order(state=order.state, row=order.row, lines=lines).status(order_shows)
    closings = [line.state.closed_at for line in lines if line.state.closed_at is not None]
    row = order.row or NO_ROW
    supplier = suppliers.get(order.supplier or "")
    return PurchaseOrder(
        po_number=order.po_number,
        supplier=order.supplier or "",
        currency=order.currency or "EUR",
        status=status,
        match_level=MatchLevel(row.match_level or MatchLevel.THREE_WAY),
        lines=tuple(ordered_line(line, catalogue) for line in lines),
        closed_at=max(closings) if status in {"closed", "cancelled"} and closings else None,
        is_blanket=row.value_limit is not None,
        value_limit=row.value_limit,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        fx_rates=row.fx_rates,
        charges=tuple(
            Charge(code=charge_code(one.code), amount=one.amount, tax_rate_pct=one.tax_rate)
            for one in row.charges
        ),
        terms=row.terms or (supplier.terms if supplier is not None else None),
    )


def ordered_line(line: Line, catalogue: Catalogue) -> OrderedLine:
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
        tax_rate_pct=line.cells.tax_rate,
        price_includes_tax=line.cells.price_includes_tax,
        delivery_date=terms.promised_date,
        category=catalogue.category(line.cells.item),
    )


def _ordered(book: OrderBook) -> Ordered:
    """Every order line, by its number and, where no other line has it, by its item."""
    found: dict[tuple[str, int | str | None], OrderLine] = {}
    for order in book.values():
        items = Counter(line.cells.item for line in order.lines)
        for line in order.lines:
            found[order.po_number, line.key.line_number] = line.cells
            if line.cells.item is not None and items[line.cells.item] == 1:
                found[order.po_number, line.cells.item] = line.cells
    return found


def charge_code(typed: str) -> str:
    """One word for one charge: "Freight " is FREIGHT."""
    return " ".join(typed.split()).upper()


def invoice_key(row: InvoiceLine) -> InvoiceKey:
    """Which document the row belongs to."""
    return (row.supplier, row.type, row.invoice_number)


def invoice_id(key: InvoiceKey) -> str:
    """The document's key as one word."""
    return "|".join(key)


def invoices(
    rows: Iterable[InvoiceLine], ordered: Ordered, catalogue: Catalogue
) -> Iterable[Invoice]:
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
            voided=head.voided,
            tax=next((line.tax for line in lines if line.tax is not None), None),
            total=next((line.total for line in lines if line.total is not None), None),
            lines=tuple(
                invoiced_line(line, ordered, catalogue) for line in lines if not line.charge
            ),
            charges=tuple(
                Charge(code=charge_code(line.charge), amount=line.amount or Decimal(0))
                for line in lines
                if line.charge
            ),
        )


def invoiced_line(row: InvoiceLine, ordered: Ordered, catalogue: Catalogue) -> InvoicedLine:
    """A row that bills goods, by the order line's number or, without one, by its item."""
    which = row.po_line if row.po_line is not None else row.item
    line = ordered.get((row.po_number, which)) if row.po_number is not None else None
    return InvoicedLine(
        line_no=row.invoice_line,
        po_number=row.po_number,
        line_number=row.po_line,
        item=row.item,
        quantity=row.quantity if row.quantity is not None else Decimal(0),
        uom=_unit(row.uom, line, catalogue),
        unit_price=row.unit_price if row.unit_price is not None else Decimal(0),
        price_includes_tax=row.price_includes_tax,
        amount=row.amount,
    )


def _unit(typed: str | None, line: OrderLine | None, catalogue: Catalogue) -> str:
    if line is None:
        return typed or ""
    return catalogue.unit(line.item, typed, line.uom)


def _received_at(lines: list[InvoiceLine]) -> datetime:
    days = [line.received_date for line in lines if line.received_date is not None]
    if days:
        return datetime.combine(min(days), time(), UTC)
    seen = [line.first_seen_at for line in lines if line.first_seen_at is not None]
    return min(seen) if seen else datetime.combine(lines[0].invoice_date, time(), UTC)


def _supplier_of(book: OrderBook, po_number: str | None) -> str | None:
    order = book.get(po_number) if po_number is not None else None
    return order.supplier if order is not None else None
