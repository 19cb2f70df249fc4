"""Receipts that count for nothing, or that nobody expected, told on their rows.

Findings: unknown-order-received, received-before-issue, over-return, future-date, UOM.
Never: matches.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sheetsync.core.findings import Code, Finding
from sheetsync.core.matched.catalogue import Catalogue
from sheetsync.core.matching import HoldCode, Matches
from sheetsync.core.model import LineKey, ReceiptLine, Records, TabAddress, TabKind, Tabs
from sheetsync.core.money import as_decimal
from sheetsync.core.orders import BEFORE_ISSUE, Line, OrderBook
from sheetsync.core.reading import show_date, show_number

RETURN = "return"


def receipt_findings(
    matches: Matches, book: OrderBook, records: Records, tabs: Tabs, catalogue: Catalogue
) -> Iterable[Finding]:
    """What is wrong with each receipt, beyond its cells."""
    tab = tabs.of_kind[TabKind.RECEIPTS]
    lines = {line.key: line for order in book.values() for line in order.lines}
    for row in records.receipts:
        line = lines.get(LineKey(row.po_number, row.line_number))
        if line is None:
            yield _unknown_order(row, book, tab)
            continue
        if is_other_unit(row, line, catalogue):
            yield _other_unit(row, line, tab)
        if line.state.status in BEFORE_ISSUE or line.is_given_up:
            yield _before_issue(row, line, tab)
        match = matches.order_lines.get((row.po_number, row.line_number))
        if row.kind == RETURN and match is not None and match.received_net < 0:
            yield _over_return(row, show_number(-as_decimal(match.received_net)), tab)


def not_yet(records: Records, tabs: Tabs, as_of: date) -> Iterable[Finding]:
    """Receipts and invoices of a day that is still to come."""
    for row in records.receipts:
        if row.received_date > as_of:
            yield Finding(
                code=Code.FUTURE_DATE,
                tab=tabs.of_kind[TabKind.RECEIPTS],
                ref=row.ref,
                source=row.source,
                document=f"receipt {row.receipt_number} for {row.po_number}/{row.line_number}",
                field="received_date",
                message=_still_to_come(row.received_date),
                rule="columns.receipts.received_date",
            )
    for bill in records.invoices:
        if bill.received_date is not None and bill.received_date > as_of:
            yield Finding(
                code=Code.FUTURE_DATE,
                tab=tabs.of_kind[TabKind.INVOICES],
                ref=bill.ref,
                source=bill.source,
                document=f"invoice {bill.invoice_number} line {bill.invoice_line}",
                field="received_date",
                message=_still_to_come(bill.received_date),
                rule="columns.invoices.received_date",
                supplier=bill.supplier,
            )


def is_other_unit(row: ReceiptLine, line: Line, catalogue: Catalogue) -> bool:
    """Whether the receipt's unit cannot be turned into the order line's."""
    if row.uom is None or line.cells.uom is None:
        return False
    return not catalogue.converts(line.cells.item, row.uom, line.cells.uom)


def _still_to_come(day: date) -> str:
    return (
        f"{show_date(day)} is still to come, so this counts from that day on. "
        "Correct the day if it is wrong."
    )


def _about(row: ReceiptLine, code: Code | HoldCode, tab: TabAddress, message: str) -> Finding:
    fields: dict[str, tuple[str, str]] = {
        Code.UNKNOWN_ORDER_RECEIVED: ("po_number", "columns.receipts.po_number"),
        HoldCode.UOM: ("uom", "columns.items.conversions"),
        Code.RECEIVED_BEFORE_ISSUE: ("po_number", "lifecycle.statuses"),
        Code.OVER_RETURN: ("quantity", "columns.receipts.quantity"),
    }
    field, rule = fields[code]
    return Finding(
        code=code,
        tab=tab,
        ref=row.ref,
        source=row.source,
        document=f"receipt {row.receipt_number} for {row.po_number}/{row.line_number}",
        field=field,
        message=message,
        rule=rule,
    )


def _unknown_order(row: ReceiptLine, book: OrderBook, tab: TabAddress) -> Finding:
    is_known = row.po_number in book
    what = f"line {row.po_number}/{row.line_number}" if is_known else f"order {row.po_number}"
    return _about(
        row,
        Code.UNKNOWN_ORDER_RECEIVED,
        tab,
        f"There is no {what}, so this receipt counts for nothing. Correct the PO number or line.",
    )


def _other_unit(row: ReceiptLine, line: Line, tab: TabAddress) -> Finding:
    return _about(
        row,
        HoldCode.UOM,
        tab,
        f"The order line is in {line.cells.uom} and this receipt in {row.uom}, and nothing says "
        "how many of one make the other, so it counts for nothing. "
        f"Write the quantity in {line.cells.uom}, or have an admin say it (Items, Conversions).",
    )


def _before_issue(row: ReceiptLine, line: Line, tab: TabAddress) -> Finding:
    return _about(
        row,
        Code.RECEIVED_BEFORE_ISSUE,
        tab,
        f"Goods came for {line.key}, which is {line.state.status.replace('_', ' ')}. "
        "Correct the PO number, or ask the buyer about the order.",
    )


def _over_return(row: ReceiptLine, too_many: str, tab: TabAddress) -> Finding:
    return _about(
        row,
        Code.OVER_RETURN,
        tab,
        f"{too_many} more were sent back than ever came. Correct the quantity, or type the "
        "receipt that is missing.",
    )
