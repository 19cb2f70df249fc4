"""What a cell must be, as a Pandera schema: readable, in range, present.

All cells are judged at once (lazily), so that one cycle reports every bad cell. Cells are judged
after they were read: Pandera sees values, blanks and `Unread`s, never raw text. Each stands there
beside what its column asks for, so that one schema, made once, judges the cells of all columns; and
a value that a column says a thousand times is judged once.

Rules: `kind`, `required` and `key` of rules/columns.yaml.
Never: compares two cells of a row, or says anything to a person (`complaints`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import pandas as pd
import pandera.pandas as pa
from babel.core import get_global
from pandera.errors import SchemaErrors

from sheetsync.core.columns.cells import Value
from sheetsync.core.columns.frames import RowFrame
from sheetsync.core.model import TabKind
from sheetsync.core.money import is_plausible
from sheetsync.core.reading import Amount, Identifier, Unread
from sheetsync.core.rulebook import CellKind, ColumnSpec

LARGEST_LINE_NUMBER = 1_000_000


class Fault(StrEnum):
    """What a cell or a row failed."""

    UNREAD = "unread"
    NUMBER = "number"
    NOT_POSITIVE = "not_positive"
    NEGATIVE = "negative"
    NOT_WHOLE = "not_whole"
    TOO_LONG = "too_long"
    NO_CURRENCY = "no_currency"
    BLANK = "blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure: the row of the frame (from 0), the field, and what it failed."""

    row: int
    field: str
    fault: Fault


FAULTS_OF_KIND = {
    CellKind.IDENTIFIER: (Fault.NUMBER,),
    CellKind.WHOLE_NUMBER: (Fault.NOT_WHOLE,),
    CellKind.QUANTITY: (Fault.TOO_LONG,),
    CellKind.MONEY: (Fault.TOO_LONG,),
    CellKind.PERCENT: (Fault.TOO_LONG,),
    CellKind.CURRENCY: (Fault.NO_CURRENCY,),
}
POSITIVE = frozenset(
    {
        (TabKind.ORDER_LINES, "quantity"),
        (TabKind.SUPPLIER, "proposed_quantity"),
        (TabKind.RECEIPTS, "quantity"),
    }
)
NOT_NEGATIVE = frozenset(
    {
        (TabKind.ORDER_LINES, "unit_price"),
        (TabKind.ORDER_LINES, "tax_rate"),
        (TabKind.ORDERS, "value_limit"),
        (TabKind.SUPPLIER, "proposed_price"),
        (TabKind.RECEIPTS, "accepted_quantity"),
        (TabKind.INVOICES, "unit_price"),
        (TabKind.RELEASES, "up_to"),
        (TabKind.PEOPLE, "release_limit"),
    }
)


Cell = Value | Unread
Asked = tuple[Cell, frozenset[Fault]]
"""A cell, and the faults that its column does not bear."""


def failures(frames: Sequence[RowFrame]) -> list[list[Failure]]:
    """What failed in each frame, every cell of all of them judged at once.

    Those of one cell come in the order of `PASSES`, those of a row in the order of its columns.
    """
    asked = [_asked_of(frame) for frame in frames]
    cells = {
        (faults, id(cell)): (cell, faults)
        for frame, of_field in zip(frames, asked, strict=True)
        for field, faults in of_field.items()
        for cell in frame.columns[field]
        if cell is not None or Fault.BLANK in faults
    }
    found = zip(cells, _faults(list(cells.values())), strict=True)
    failed = {cell: faults for cell, faults in found if faults}
    return [list(_failures(*each, failed)) for each in zip(frames, asked, strict=True)]


def _failures(
    frame: RowFrame,
    asked: Mapping[str, frozenset[Fault]],
    failed: Mapping[tuple[frozenset[Fault], int], Sequence[Fault]],
) -> Iterator[Failure]:
    anywhere = {faults for faults, _ in failed}
    for field, faults in asked.items():
        if faults not in anywhere:
            continue
        for row, cell in enumerate(frame.columns[field]):
            for fault in failed.get((faults, id(cell)), ()):
                yield Failure(row=row, field=field, fault=fault)


def _faults(cells: list[Asked]) -> list[list[Fault]]:
    """What each cell failed, aligned with them."""
    found: list[list[Fault]] = [[] for _ in cells]
    if not cells:
        return found
    try:
        CELLS.validate(pd.Series(cells, dtype=object), lazy=True)
    except SchemaErrors as errors:
        for check, place in errors.failure_cases[["check", "index"]].itertuples(index=False):
            found[int(place)].append(Fault(check))
    return found


def _asked_of(frame: RowFrame) -> dict[str, frozenset[Fault]]:
    """What people's columns ask of their cells."""
    return {
        column.field: frozenset(_asked(frame.kind, column))
        for column in frame.spec.columns
        if column.is_people_s
    }


def _asked(kind: TabKind, column: ColumnSpec) -> Iterator[Fault]:
    yield Fault.UNREAD
    yield from FAULTS_OF_KIND.get(column.kind, ())
    if column.required:
        yield Fault.BLANK
    if (kind, column.field) in POSITIVE:
        yield Fault.NOT_POSITIVE
    if (kind, column.field) in NOT_NEGATIVE:
        yield Fault.NEGATIVE


def _is_not_number(cell: Cell) -> bool:
    return not (isinstance(cell, Identifier) and cell.was_number)


def _is_whole(cell: Cell) -> bool:
    if not isinstance(cell, Decimal):
        return True
    return cell == cell.to_integral_value() and 1 <= cell <= LARGEST_LINE_NUMBER


def _is_currency(cell: Cell) -> bool:
    return not isinstance(cell, str) or cell in CURRENCIES


def _number(cell: Cell, otherwise: Decimal) -> Decimal:
    """The number in the cell; an unread one is judged elsewhere, so it passes here."""
    if isinstance(cell, Amount):
        return cell.value
    return cell if isinstance(cell, Decimal) else otherwise


def _currencies_in_use() -> frozenset[str]:
    """The ISO 4217 codes that are money somewhere today; DEM and FRF are not."""
    return frozenset(
        code
        for used in get_global("territory_currencies").values()
        for code, _since, until, is_tender in used
        if until is None and is_tender
    )


CURRENCIES = _currencies_in_use()

PASSES: Mapping[Fault, Callable[[Cell], bool]] = {
    Fault.BLANK: lambda cell: cell is not None,
    Fault.UNREAD: lambda cell: not isinstance(cell, Unread),
    Fault.NUMBER: _is_not_number,
    Fault.NOT_WHOLE: _is_whole,
    Fault.TOO_LONG: lambda cell: is_plausible(_number(cell, Decimal(0))),
    Fault.NO_CURRENCY: _is_currency,
    Fault.NOT_POSITIVE: lambda cell: _number(cell, Decimal(1)) > 0,
    Fault.NEGATIVE: lambda cell: _number(cell, Decimal(0)) >= 0,
}


def _check(fault: Fault, passes: Callable[[Cell], bool]) -> pa.Check:
    def judge(cells: pd.Series) -> pd.Series:
        verdicts = [fault not in asked or passes(cell) for cell, asked in cells]
        return pd.Series(verdicts, index=cells.index)

    return pa.Check(judge, name=fault.value, error=fault.value)


CELLS = pa.SeriesSchema(checks=[_check(fault, passes) for fault, passes in PASSES.items()])
