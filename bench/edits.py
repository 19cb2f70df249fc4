"""What people do between two measured cycles: one of a hundred lines, by all kinds of edits.

Rows are typed through the API, as the input of a person. Never: edits what a lock would put back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gspread.utils import ValueInputOption, rowcol_to_a1

from bench.office import Office, as_values
from bench.workbook import BUYERS, Cells, OrderedLine, Workbook, invoice_of, receipt_of
from sheetsync.core.model import TabKind

SHARES = {"receipt": 0.35, "invoice": 0.25, "answer": 0.15, "quantity": 0.15, "new": 0.10}
"""Of all edits."""

Edit = dict[str, object]


@dataclass(slots=True, kw_only=True)
class Typed:
    """The ranges of one sitting, and how many lines they touch."""

    ranges: list[Edit] = field(default_factory=list)
    lines: int = 0


def edit(office: Office, book: Workbook, count: int) -> int:
    """Let people edit so many order lines; returns how many they found to edit."""
    wanted = {what: max(1, round(share * count)) for what, share in SHARES.items()}
    typed = Typed()
    _receipts(typed, office, book, wanted["receipt"])
    _invoices(typed, office, book, wanted["invoice"])
    _answers(typed, office, book, wanted["answer"])
    _quantities(typed, office, book, wanted["quantity"])
    _new_lines(typed, office, book, wanted["new"])
    office.owner.client.http_client.values_batch_update(
        office.hub.id,
        {"valueInputOption": ValueInputOption.user_entered, "data": typed.ranges},
    )
    return typed.lines


def _take(book: Workbook, count: int, lines: Iterable[OrderedLine]) -> list[OrderedLine]:
    """So many of the lines, none twice."""
    free = [line for line in lines if id(line) not in book.taken]
    chosen = book.rng.sample(free, min(count, len(free)))
    book.taken.update(id(line) for line in chosen)
    return chosen


def _receipts(typed: Typed, office: Office, book: Workbook, count: int) -> None:
    open_lines = (x for x in book.lines if x.stage == "confirmed" and not x.is_received)
    rows = []
    for line in _take(book, count, open_lines):
        book.receipts += 1
        rows.append(receipt_of(line, book))
    _append(typed, office, book, TabKind.RECEIPTS, rows)


def _invoices(typed: Typed, office: Office, book: Workbook, count: int) -> None:
    unbilled = (x for x in book.lines if x.is_received and not x.is_invoiced)
    rows = [row for line in _take(book, count, unbilled) for row in invoice_of([line], book)]
    _append(typed, office, book, TabKind.INVOICES, rows)


def _answers(typed: Typed, office: Office, book: Workbook, count: int) -> None:
    spec = office.rules.columns.tabs[TabKind.SUPPLIER]
    first, last = spec.index["po_number"] + 1, spec.index["line_number"] + 1
    column = spec.index["response"] + 1
    issued = _take(book, count, (x for x in book.lines if x.stage == "issued"))
    for supplier in sorted({line.supplier for line in issued}):
        keys = office.hub.worksheet(supplier).get_values(
            f"{rowcol_to_a1(1, first)}:{rowcol_to_a1(1, last).rstrip('1')}"
        )
        rows = {tuple(key): row for row, key in enumerate(keys, 1)}
        for line in (x for x in issued if x.supplier == supplier):
            row = rows[line.po_number, str(line.line_number)]
            _put(typed, supplier, row, column, "accept")


def _quantities(typed: Typed, office: Office, book: Workbook, count: int) -> None:
    spec = office.rules.columns.tabs[TabKind.ORDER_LINES]
    for line in _take(book, count, (x for x in book.lines if x.stage == "draft")):
        line.quantity += 1
        _put(typed, spec.title, line.row, spec.index["quantity"] + 1, line.quantity)


def _new_lines(typed: Typed, office: Office, book: Workbook, count: int) -> None:
    """Drafts of one to three lines under a mark; the worker numbers them."""
    rng = book.rng
    rows: list[Cells] = []
    while len(rows) < count:
        like = rng.choice(book.lines)
        book.orders += 1
        for _ in range(min(rng.randint(1, 3), count - len(rows))):
            rows.append(
                {
                    "po_number": f"new{book.orders}",
                    "requester": rng.choice(BUYERS),
                    "supplier": like.supplier,
                    "item": like.item,
                    "description": "as last time",
                    "quantity": rng.randint(1, 50),
                    "uom": like.uom,
                    "unit_price": like.unit_price,
                    "currency": like.currency,
                    "need_by": "2026-05-04",
                }
            )
            rows[-1]["requester"] = "ann"
    _append(typed, office, book, TabKind.ORDER_LINES, rows)


def _append(typed: Typed, office: Office, book: Workbook, kind: TabKind, rows: list[Cells]) -> None:
    if not rows:
        return
    first = len(book.tabs[kind]) + 2
    book.tabs[kind].extend(rows)
    title = office.rules.columns.tabs[kind].title
    values = as_values(rows, kind, office.rules)
    typed.ranges.append({"range": f"'{title}'!A{first}", "values": values})
    typed.lines += len(rows)


def _put(typed: Typed, title: str, row: int, column: int, value: object) -> None:
    typed.ranges.append({"range": f"'{title}'!{rowcol_to_a1(row, column)}", "values": [[value]]})
    typed.lines += 1
