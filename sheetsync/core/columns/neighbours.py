"""What two cells of one row, or the rows of one invoice, say together: each fine, the two at odds.

Pandera judges one cell or one column; what needs a second cell to be told wrong is told here, still
before any record is made. Findings: missing-value, invalid-value, ambiguous-value.

Never: compares a row with another document, which is the rule modules' work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sheetsync.core.columns.documents import disagreements, missing_together
from sheetsync.core.columns.rows import Complaint, Row
from sheetsync.core.findings import Code
from sheetsync.core.model import TabKind
from sheetsync.core.reading import Unread, currency_agrees, read_notation
from sheetsync.core.rulebook import TabSpec

NOTATION_FIELDS = ("number_notation", "date_notation")


def at_odds_with_itself(row: Row, spec: TabSpec) -> Row:
    """The row with what is wrong between its own cells, and without the amounts that clash."""
    clashes = tuple(_currency_clashes(row, spec))
    if clashes:
        bad = {clash.field for clash in clashes if clash.field is not None}
        kept = {field: value for field, value in row.cells.items() if field not in bad}
        row = replace(row, cells=kept, unread=row.unread | bad)
    complaints = (*clashes, *_complaints(row, spec))
    return replace(row, complaints=complaints) if complaints else row


def _currency_clashes(row: Row, spec: TabSpec) -> Iterator[Complaint]:
    """Amounts whose typed currency is not the row's own."""
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
        yield Complaint(code=Code.INVALID_VALUE, field=field, message=message)


def _complaints(row: Row, spec: TabSpec) -> Iterator[Complaint]:
    match row.place.kind:
        case TabKind.ORDER_LINES:
            yield from _unnumbered(row, spec)
        case TabKind.SUPPLIERS:
            yield from _notations(row, spec)
        case TabKind.INVOICES:
            yield from _incomplete(row, spec)
        case TabKind.ORDERS:
            yield from _without_limit(row, spec)
        case _:
            return


def _unnumbered(row: Row, spec: TabSpec) -> Iterator[Complaint]:
    """A line of an order that has its number already needs a number itself."""
    numbered = "line_number" in row.cells or "line_number" in row.unread
    if row.is_marked or numbered or row.text("po_number") is None:
        return
    header = spec.by_field["line_number"].header
    message = f"{header} is empty. Write the line's number, one that its order has not got yet."
    yield Complaint(code=Code.MISSING_VALUE, field="line_number", message=message)


def _notations(row: Row, spec: TabSpec) -> Iterator[Complaint]:
    """How a supplier writes numbers and dates must be told so that it can be told from others."""
    cells = [row.text(field) for field in NOTATION_FIELDS]
    told: list[str | None] = []
    for field, cell in zip(NOTATION_FIELDS, cells, strict=True):
        trouble = read_notation(*told, cell)
        if isinstance(trouble, Unread):
            header = spec.by_field[field].header
            code = Code.AMBIGUOUS_VALUE if trouble.ambiguous else Code.INVALID_VALUE
            message = f'{header} shows "{trouble.seen}". {trouble.advice}'
            yield Complaint(code=code, field=field, message=message)
        else:
            told.append(cell)


def _without_limit(row: Row, spec: TabSpec) -> Iterator[Complaint]:
    """Days of validity say something of a blanket order only, and that has a limit."""
    told = {"value_limit"} & (row.cells.keys() | row.unread)
    for field in ("valid_from", "valid_to"):
        if field in row.cells and not told:
            limit, header = spec.by_field["value_limit"].header, spec.by_field[field].header
            message = f"{limit} is empty, so {header} says nothing. Fill in the one or clear both."
            yield Complaint(code=Code.MISSING_VALUE, field=field, message=message)


def _incomplete(row: Row, spec: TabSpec) -> Iterator[Complaint]:
    what = "charge" if row.text("charge") is not None else "line"
    for field in missing_together(row):
        header = spec.by_field[field].header
        message = f"{header} is empty; the invoice waits. Fill it in, as a {what} needs it."
        yield Complaint(code=Code.MISSING_VALUE, field=field, message=message)


def at_odds(invoice: Sequence[Row], spec: TabSpec) -> Iterator[tuple[Row, Complaint]]:
    """What the rows of one invoice say against each other, with the rows that speak."""
    for field, speaking in disagreements(invoice).items():
        header = spec.by_field[field].header
        message = (
            f"{header} is not the same on all rows of this invoice; the invoice waits. "
            f"Write it once, or alike on each of its rows."
        )
        for row in speaking:
            yield row, Complaint(code=Code.INVALID_VALUE, field=field, message=message)
