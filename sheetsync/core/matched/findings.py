"""What matching found, as findings on the rows that it is about.

Findings: the hold and warning codes of matching, over-receipt, proposal-waits.
Never: matches, or decides what is paid.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sheetsync.core.findings import Code, Finding, MoneyAtRisk
from sheetsync.core.matched.catalogue import Catalogue
from sheetsync.core.matched.documents import invoice_id, invoice_key
from sheetsync.core.matched.receipts import not_yet, receipt_findings
from sheetsync.core.matching import Hold, HoldCode, HoldState, InvoiceMatch, Matches
from sheetsync.core.matching.sentences import receipt_sentence, sentence
from sheetsync.core.model import InvoiceLine, LineKey, Records, TabKind, Tabs, Terms
from sheetsync.core.money import as_decimal, rounded
from sheetsync.core.orders import Line, Order, OrderBook, over
from sheetsync.core.wording import shown_terms


def match_findings(
    matches: Matches,
    book: OrderBook,
    records: Records,
    tabs: Tabs,
    catalogue: Catalogue,
    as_of: date,
) -> tuple[Finding, ...]:
    """Every hold and warning, every over-receipt, and every receipt that counts for nothing."""
    return (
        *_of_invoices(matches, book, records, tabs),
        *_over_received(matches, book, tabs),
        *receipt_findings(matches, book, records, tabs, catalogue),
        *not_yet(records, tabs, as_of),
        *_proposals(book, tabs),
    )


def _of_invoices(
    matches: Matches, book: OrderBook, records: Records, tabs: Tabs
) -> Iterable[Finding]:
    rows: dict[str, list[InvoiceLine]] = {}
    for row in records.invoices:
        rows.setdefault(invoice_id(invoice_key(row)), []).append(row)
    for document, invoice in matches.invoices.items():
        lines = sorted(rows.get(document, ()), key=lambda row: row.invoice_line)
        for hold in invoice.details:
            if hold.state is not HoldState.RELEASED and lines:
                yield _of_hold(hold, invoice, lines, book, tabs)


def _of_hold(
    hold: Hold, invoice: InvoiceMatch, rows: list[InvoiceLine], book: OrderBook, tabs: Tabs
) -> Finding:
    row = next((row for row in rows if row.invoice_line == hold.line_no), rows[0])
    order = book.get(hold.po_number or row.po_number or "")
    at_stake = [row] if hold.line_no is not None else rows
    amount = sum((billed(each) for each in at_stake), Decimal(0))
    line = f" line {hold.line_no}" if hold.line_no is not None else ""
    is_paid = hold.state is HoldState.OVERPAID
    because = f" ({hold.code})" if is_paid else ""
    return Finding(
        code=HoldCode.OVERPAID if is_paid else hold.code,
        tab=tabs.of_kind[TabKind.INVOICES],
        ref=row.ref,
        source=row.source,
        document=f"invoice {row.invoice_number}{line} of {row.supplier}{because}",
        message=sentence(hold),
        rule=hold.rule or f"matching.{str(hold.code).lower()}",
        supplier=row.supplier,
        owner=order.requester if order is not None else None,
        risk=MoneyAtRisk(amount=rounded(amount, invoice.currency), currency=invoice.currency),
    )


def billed(row: InvoiceLine) -> Decimal:
    """What a row bills, as stated or by quantity and price."""
    if row.amount is not None:
        return abs(row.amount)
    return abs((row.quantity or Decimal(0)) * (row.unit_price or Decimal(0)))


def _over_received(matches: Matches, book: OrderBook, tabs: Tabs) -> Iterable[Finding]:
    for found in matches.receipt_exceptions:
        order = book[found.po_number]
        line = _line(order, LineKey(found.po_number, found.line_number))
        price = line.in_force.unit_price or Decimal(0)
        over = as_decimal(found.received_net) - as_decimal(found.ordered)
        yield Finding(
            code=Code.OVER_RECEIPT,
            tab=tabs.of_kind[TabKind.ORDER_LINES],
            ref=line.cells.ref,
            source=line.cells.source,
            document=str(line.key),
            field="received_quantity",
            message=receipt_sentence(found),
            rule=found.rule,
            supplier=order.supplier,
            owner=order.requester,
            risk=MoneyAtRisk(
                amount=rounded(over * price, order.currency), currency=order.currency or ""
            ),
        )


def _line(order: Order, key: LineKey) -> Line:
    return next(line for line in order.lines if line.key == key)


def _proposals(book: OrderBook, tabs: Tabs) -> Iterable[Finding]:
    for order in book.values():
        for line in order.lines:
            if line.state.status == "change_proposed" and line.state.proposal is not None:
                yield _proposal(order, line, line.state.proposal, tabs)


def _proposal(order: Order, line: Line, proposal: Terms, tabs: Tabs) -> Finding:
    # What the order would come to is not asked: only this line's part of it differs.
    value = line.value(over(proposal, line.at_stake)) - line.value(line.at_stake)
    wants = shown_terms(proposal, line.cells.uom, order.currency)
    stands = shown_terms(line.in_force, line.cells.uom, order.currency)
    return Finding(
        code=Code.PROPOSAL_WAITS,
        tab=tabs.of_kind[TabKind.ORDER_LINES],
        ref=line.cells.ref,
        source=line.cells.source,
        document=str(line.key),
        field="action",
        message=(
            f"Supplier {order.supplier} proposes {wants} instead of {stands} "
            f"({line.state.proposal_reason}). Choose accept or decline in Action."
        ),
        rule="lifecycle.moves",
        supplier=order.supplier,
        owner=order.requester,
        risk=MoneyAtRisk(amount=abs(value), currency=order.currency or ""),
    )
