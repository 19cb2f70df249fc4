"""The columns of a tab as a Pandera schema: readable, in range, present, unique.

All cells are judged at once (lazily), so that one cycle reports every bad cell. Cells are judged
after they were read: Pandera sees values, blanks and `Unread`s, never raw text.

Rules: `kind`, `required` and `key` of rules/columns.yaml.
Never: compares two cells of a row, or says anything to a person (`complaints`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pandas as pd
import pandera.pandas as pa
from babel.core import get_global
from pandera.errors import SchemaErrors

from sheetsync.core.columns.frames import RowFrame
from sheetsync.core.model import TabKind
from sheetsync.core.money import is_plausible
from sheetsync.core.reading import Amount, Identifier, Unread
from sheetsync.core.rulebook import CellKind, ColumnRules, ColumnSpec, TabSpec

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
        (TabKind.SUPPLIER, "proposed_price"),
        (TabKind.RECEIPTS, "accepted_quantity"),
        (TabKind.INVOICES, "unit_price"),
    }
)


class Schemas:
    """The schema of each kind of tab; making one takes milliseconds, so each is made once.

    Args:
        rules: The columns of every tab.
    """

    def __init__(self, rules: ColumnRules) -> None:
        self._rules = rules
        self._made: dict[TabKind, pa.DataFrameSchema] = {}

    def failures(self, frame: RowFrame) -> Iterator[Failure]:
        """Judge every cell; yields nothing where all is well."""
        kind = frame.kind
        if kind not in self._made:
            self._made[kind] = schema_of(kind, self._rules.tabs[kind])
        yield from _failures(self._made[kind], frame.cells)


def _failures(schema: pa.DataFrameSchema, cells: pd.DataFrame) -> Iterator[Failure]:
    if cells.empty:
        return
    try:
        schema.validate(cells, lazy=True)
    except SchemaErrors as errors:
        for column, check, row in errors.failure_cases[["column", "check", "index"]].itertuples(
            index=False
        ):
            yield Failure(row=int(row), field=str(column), fault=_FAULT_OF[str(check)])


def schema_of(kind: TabKind, spec: TabSpec) -> pa.DataFrameSchema:
    """The schema of the people's columns of a tab."""
    return pa.DataFrameSchema(
        {
            column.field: pa.Column(
                checks=list(_checks(kind, column)),
                nullable=not column.required,
                required=column.required,
            )
            for column in spec.columns
            if column.is_people_s
        }
    )


def _checks(kind: TabKind, column: ColumnSpec) -> Iterator[pa.Check]:
    yield _check(Fault.UNREAD, lambda cell: not isinstance(cell, Unread))
    place = (kind, column.field)
    if column.kind is CellKind.IDENTIFIER:
        yield _check(Fault.NUMBER, _is_not_number)
    if column.kind is CellKind.WHOLE_NUMBER:
        yield _check(Fault.NOT_WHOLE, _is_whole)
    if column.kind in {CellKind.QUANTITY, CellKind.MONEY}:
        yield _check(Fault.TOO_LONG, lambda cell: is_plausible(_number(cell, Decimal(0))))
    if column.kind is CellKind.CURRENCY:
        yield _check(Fault.NO_CURRENCY, _is_currency)
    if place in POSITIVE:
        yield _check(Fault.NOT_POSITIVE, lambda cell: _number(cell, Decimal(1)) > 0)
    if place in NOT_NEGATIVE:
        yield _check(Fault.NEGATIVE, lambda cell: _number(cell, Decimal(0)) >= 0)


def _check(fault: Fault, passes: Callable[[Any], bool]) -> pa.Check:
    return pa.Check(passes, element_wise=True, name=fault.value, error=fault.value)


_FAULT_OF = {
    **{fault.value: fault for fault in Fault},
    "not_nullable": Fault.BLANK,
}


def _is_not_number(cell: Any) -> bool:
    return not (isinstance(cell, Identifier) and cell.was_number)


def _is_whole(cell: Any) -> bool:
    if not isinstance(cell, Decimal):
        return True
    return cell == cell.to_integral_value() and 1 <= cell <= LARGEST_LINE_NUMBER


def _is_currency(cell: Any) -> bool:
    return not isinstance(cell, str) or cell in CURRENCIES


def _number(cell: Any, otherwise: Decimal) -> Decimal:
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
