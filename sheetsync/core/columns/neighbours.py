"""What two cells of one row, or the rows of one invoice, say together: each fine, the two at odds.

Pandera judges one cell or one column; what needs a second cell to be told wrong is told here, still
before any record is made. Findings: missing-value, invalid-value, ambiguous-value.

Never: compares a row with another document, which is the rule modules' work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sheetsync.core.columns.documents import by_invoice, disagreements, missing_together
from sheetsync.core.columns.rows import Row
from sheetsync.core.findings import Code
from sheetsync.core.model import TabKind
from sheetsync.core.reading import Unread, currency_agrees, read_notation
from sheetsync.core.rulebook import TabSpec

NOTATION_FIELDS = ("number_notation", "date_notation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Something wrong with a cell of a row, or (without `field`) with the row, in words."""

    row: Row
    code: Code
    field: str | None
    message: str


def without_currency_clashes(row: Row, spec: TabSpec) -> tuple[Row, tuple[Complaint, ...]]:
    """The row without the amounts whose typed currency is not the row's own, and why."""
    clashes = []
    for field in spec.money_fields:
        said = row.currency_said(field)
        own = row.text("currency") if said is not None else None
        if said is None or own is None or currency_agrees(said, own):
            continue
        header = spec.by_field[field].header
        message = (
            f"{header} is written in {said}, but the row's currency is {own}. "
            f"Write the amount in {own}, or correct the currency."
        )
        clashes.append(Complaint(row=row, code=Code.INVALID_VALUE, field=field, message=message))
    if not clashes:
        return row, ()
    bad = {clash.field for clash in clashes if clash.field is not None}
    kept = {field: value for field, value in row.cells.items() if field not in bad}
    return replace(row, cells=kept, unread=row.unread | bad), tuple(clashes)


def complaints(kind: TabKind, rows: Iterable[Row], spec: TabSpec) -> Iterator[Complaint]:
    """What is wrong between the cells of a tab of this kind."""
    match kind:
        case TabKind.ORDER_LINES:
            yield from _unnumbered(rows, spec)
        case TabKind.SUPPLIERS:
            yield from _notations(rows, spec)
        case TabKind.INVOICES:
            yield from _incomplete(rows := list(rows), spec)
            yield from _at_odds(rows, spec)
        case _:
            return


def _unnumbered(rows: Iterable[Row], spec: TabSpec) -> Iterator[Complaint]:
    """A line of an order that has its number already needs a number itself."""
    header = spec.by_field["line_number"].header
    for row in rows:
        numbered = "line_number" in row.cells or "line_number" in row.unread
        if row.is_marked or numbered or row.text("po_number") is None:
            continue
        message = f"{header} is empty. Write the line's number, one that its order has not got yet."
        yield Complaint(row=row, code=Code.MISSING_VALUE, field="line_number", message=message)


def _notations(rows: Iterable[Row], spec: TabSpec) -> Iterator[Complaint]:
    """How a supplier writes numbers and dates must be told so that it can be told from others."""
    for row in rows:
        cells = [row.text(field) for field in NOTATION_FIELDS]
        told: list[str | None] = []
        for field, cell in zip(NOTATION_FIELDS, cells, strict=True):
            trouble = read_notation(*told, cell)
            if isinstance(trouble, Unread):
                header = spec.by_field[field].header
                code = Code.AMBIGUOUS_VALUE if trouble.ambiguous else Code.INVALID_VALUE
                message = f'{header} shows "{trouble.seen}". {trouble.advice}'
                yield Complaint(row=row, code=code, field=field, message=message)
            else:
                told.append(cell)


def _incomplete(rows: Iterable[Row], spec: TabSpec) -> Iterator[Complaint]:
    for row in rows:
        what = "charge" if row.text("charge") is not None else "line"
        for field in missing_together(row):
            header = spec.by_field[field].header
            message = f"{header} is empty; the invoice waits. Fill it in, as a {what} needs it."
            yield Complaint(row=row, code=Code.MISSING_VALUE, field=field, message=message)


def _at_odds(rows: Iterable[Row], spec: TabSpec) -> Iterator[Complaint]:
    for group in by_invoice(rows).values():
        for field, speaking in disagreements(group).items():
            header = spec.by_field[field].header
            for row in speaking:
                message = (
                    f"{header} is not the same on all rows of this invoice; the invoice waits. "
                    f"Write it once, or alike on each of its rows."
                )
                yield Complaint(row=row, code=Code.INVALID_VALUE, field=field, message=message)
