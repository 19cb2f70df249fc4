"""Results for people: one block per invoice, its lines, and every hold with its sentence.

Never: decides anything, or shows a code without its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sheetsync.core.matching import Documents, HoldState, InvoiceMatch, InvoiceStatus, Matches
from sheetsync.core.matching.sentences import meaning, receipt_sentence, sentence
from sheetsync.core.matching.wording import money, plain, quantity

STATUSES = {
    InvoiceStatus.MATCHED: "matched",
    InvoiceStatus.MATCHED_WITH_VARIANCE: "matched, with a difference that passes",
    InvoiceStatus.HELD: "HELD",
    InvoiceStatus.REJECTED: "REJECTED",
}


def table(matches: Matches, documents: Documents) -> Iterator[str]:
    """Everything that was found, held invoices first."""
    names = {invoice.invoice_id: invoice for invoice in documents.invoices}
    uoms = {
        (order.po_number, line.line_number): line.uom
        for order in documents.purchase_orders
        for line in order.lines
    }
    currencies = {order.po_number: order.currency for order in documents.purchase_orders}
    ordered = sorted(matches.invoices.values(), key=lambda found: not found.holds)
    for found in ordered:
        invoice = names[found.invoice_id]
        yield (
            f"{invoice.type.replace('_', ' ').capitalize()} {invoice.invoice_number} of "
            f"{invoice.supplier}: {STATUSES[found.status]}"
        )
        yield from (f"  {line}" for line in _amounts(found))
        yield from (f"  {line}" for line in aligned(_lines(found, uoms, currencies)))
        yield from (f"  * {said}" for said in _said(found))
        yield ""
    for exception in matches.receipt_exceptions:
        yield f"Order line {exception.po_number}/{exception.line_number}"
        yield f"  * {receipt_sentence(exception)}"
        yield ""
    yield from aligned(_order_lines(matches, uoms, currencies))
    yield ""
    yield _counted(matches)


def _amounts(found: InvoiceMatch) -> Iterator[str]:
    paid = f", paid {money(found.paid_amount, found.currency)}" if found.paid_amount else ""
    yield (
        f"payable {money(found.payable_amount, found.currency)}{paid}, "
        f"open {money(found.open_amount, found.currency)}"
    )


def _lines(
    found: InvoiceMatch,
    uoms: dict[tuple[str, int], str],
    currencies: dict[str, str],
) -> Iterator[tuple[str, ...]]:
    for line in found.lines:
        where = f"{line.order_line[0]}/{line.order_line[1]}" if line.order_line else "no order line"
        uom = uoms.get(line.order_line) if line.order_line else None
        currency = currencies.get(line.order_line[0]) if line.order_line else found.currency
        yield (
            f"line {line.line_no}",
            where,
            f"matched {quantity(line.matched_quantity, uom)}",
            money(line.matched_amount, currency),
            ", ".join(meaning(code) for code in line.holds),
        )


def _said(found: InvoiceMatch) -> Iterator[str]:
    for hold in found.details:
        line = f"line {hold.line_no}: " if hold.line_no is not None else ""
        yield f"{line}{meaning(hold.code)}. {sentence(hold)}"


def _order_lines(
    matches: Matches, uoms: dict[tuple[str, int], str], currencies: dict[str, str]
) -> Iterator[tuple[str, ...]]:
    yield ("Order line", "Ordered", "Received", "Billed", "Received, not billed")
    for key, line in matches.order_lines.items():
        yield (
            f"{line.po_number}/{line.line_number}",
            "" if line.ordered is None else quantity(line.ordered, uoms.get(key)),
            plain(line.received_net),
            plain(line.invoiced_net),
            money(line.grni_amount, currencies.get(line.po_number)),
        )


def _counted(matches: Matches) -> str:
    counts = dict.fromkeys(InvoiceStatus, 0)
    for found in matches.invoices.values():
        counts[found.status] += 1
    holds = sum(
        hold.state is HoldState.HELD
        for found in matches.invoices.values()
        for hold in found.details
    )
    told = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())
    return f"{len(matches.invoices)} documents: {told}; {holds} holds."


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows of cells as lines of columns."""
    cells = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield line.rstrip()
