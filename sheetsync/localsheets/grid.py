"""The cells of one tab.

Decides: how values and their decorations are kept so that ten million fit and a write costs
what it writes.
Never: parses input, shows a value or knows who is calling.

Plain values stand in one list per row, without trailing blanks, so that a row can be answered
as it is. Formulas, formats, notes and validation stand beside them, sparse, in immutable
`Extra` records which neighbouring cells may share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sheetsync.localsheets.undo import Undo

Scalar = str | int | float | bool
BLANK: Scalar = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """What a cell carries beside its value; never changed in place."""

    formula: str | None = None
    format: dict[str, Any] | None = None
    note: str | None = None
    validation: dict[str, Any] | None = None
    runs: list[dict[str, Any]] | None = None
    error: dict[str, Any] | None = None
    other: dict[str, Any] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost without it."""
        return (
            self.format is None
            and self.formula is None
            and self.note is None
            and self.validation is None
            and self.runs is None
            and self.error is None
            and self.other is None
        )


EMPTY = Extra()


class Row:
    """One row: values without trailing blanks, extras by column, size and visibility."""

    __slots__ = ("extras", "props", "shown", "values")

    def __init__(self) -> None:
        self.values: list[Scalar] = []
        self.extras: dict[int, Extra] | None = None
        self.shown: list[str] | None = None
        self.props: dict[str, Any] | None = None

    def value(self, column: int) -> Scalar:
        """The value at a column, "" where blank."""
        return self.values[column] if column < len(self.values) else BLANK

    def extra_at(self, column: int) -> Extra:
        """What the cell carries beside its value."""
        return self.extras.get(column, EMPTY) if self.extras else EMPTY

    def put(self, column: int, value: Scalar, extra: Extra) -> None:
        """Set value and extra, keeping the row without trailing blanks."""
        values = self.values
        size = len(values)
        if column < size:
            values[column] = value
            if value == "" and column == size - 1:
                trim(values)
        elif value != "":
            if column > size:
                values.extend([BLANK] * (column - size))
            values.append(value)
        self.shown = None
        if extra.is_empty:
            if self.extras and column in self.extras:
                del self.extras[column]
                self.extras = self.extras or None
        elif self.extras is None:
            self.extras = {column: extra}
        else:
            self.extras[column] = extra

    @property
    def width(self) -> int:
        """Columns up to the last value or extra."""
        last = max(self.extras) + 1 if self.extras else 0
        return max(len(self.values), last)

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing at all."""
        return not self.values and not self.extras and not self.props


def trim(values: list[Any]) -> None:
    """Drop trailing blanks in place."""
    while values and values[-1] == "":
        values.pop()


class Grid:
    """Rows of cells with undo."""

    def __init__(self, undo: Undo) -> None:
        self.undo = undo
        self.rows: list[Row | None] = []
        self.has_formulas = False
        self.has_validation = False

    # reading

    def row(self, index: int) -> Row | None:
        """The row, or None where nothing was ever written."""
        return self.rows[index] if index < len(self.rows) else None

    def value(self, row: int, column: int) -> Scalar:
        """The value of a cell, "" where blank."""
        found = self.row(row)
        return found.value(column) if found is not None else BLANK

    def extra_at(self, row: int, column: int) -> Extra:
        """What a cell carries beside its value."""
        found = self.row(row)
        return found.extra_at(column) if found is not None else EMPTY

    def last_row(self) -> int:
        """Rows up to the last one with a value."""
        for index in range(len(self.rows) - 1, -1, -1):
            row = self.rows[index]
            if row is not None and row.values:
                return index + 1
        return 0

    def formula_cells(self) -> Iterator[tuple[int, int, Row, Extra]]:
        """Every cell with a formula, in sheet order."""
        for index, row in enumerate(self.rows):
            if row is not None and row.extras:
                for column, extra in sorted(row.extras.items()):
                    if extra.formula is not None:
                        yield index, column, row, extra

    # writing

    def own_row(self, index: int) -> Row:
        """The row, made if it was not there."""
        rows = self.rows
        if index >= len(rows):
            rows.extend([None] * (index + 1 - len(rows)))
        row = rows[index]
        if row is None:
            row = rows[index] = Row()
        return row

    def put(self, row: int, column: int, value: Scalar, extra: Extra) -> None:
        """Write a cell."""
        if extra.formula is not None:
            self.has_formulas = True
        if extra.validation is not None:
            self.has_validation = True
        owned = self.own_row(row)
        self.undo.steps.append((owned.put, column, owned.value(column), owned.extra_at(column)))
        owned.put(column, value, extra)

    def put_value(self, row: int, column: int, value: Scalar) -> None:
        """Write a plain value: the formula goes, format, note and validation stay."""
        owned = self.own_row(row)
        old = owned.extra_at(column)
        self.undo.steps.append((owned.put, column, owned.value(column), old))
        if old is not EMPTY and (old.formula is not None or old.error or old.runs or old.other):
            old = Extra(format=old.format, note=old.note, validation=old.validation)
        owned.put(column, value, old)

    def put_plain(self, row: int, left: int, values: list[Scalar]) -> bool:
        """Write neighbouring plain values at once; says no where a cell carries more."""
        owned = self.own_row(row)
        if owned.extras:
            return False
        old = owned.values
        self.undo.steps.append((_restore_cells, owned, old, None))
        right = left + len(values)
        if left == 0 and right >= len(old):
            fresh = list(values)
        else:
            gap: list[Scalar] = [BLANK] * (left - len(old))
            fresh = [*old[:left], *gap, *values, *old[right:]]
        trim(fresh)
        owned.values, owned.shown = fresh, None
        return True

    def set_props(self, row: int, props: dict[str, Any] | None) -> None:
        """Set a row's size, visibility and the like."""
        self.undo.set(self.own_row(row), "props", props)

    # rows as a whole

    def insert_rows(self, at: int, rows: list[Row | None]) -> None:
        """Put rows in front of row `at`."""
        if at >= len(self.rows):
            if not any(rows):
                return
            self.rows.extend([None] * (at - len(self.rows)))
        self.rows[at:at] = rows
        self.undo.note(self._cut_rows, at, len(rows))

    def delete_rows(self, at: int, count: int) -> list[Row | None]:
        """Take rows out and give them back."""
        gone = self.rows[at : at + count]
        if gone:
            del self.rows[at : at + count]
            self.undo.note(self._paste_rows, at, gone)
        return gone + [None] * (count - len(gone))

    def replace_rows(self, at: int, rows: list[Row | None]) -> None:
        """Put other rows in the place of as many."""
        self.delete_rows(at, len(rows))
        self.insert_rows(at, rows)

    def _cut_rows(self, at: int, count: int) -> None:
        del self.rows[at : at + count]

    def _paste_rows(self, at: int, rows: list[Row | None]) -> None:
        self.rows[at:at] = rows

    # columns as a whole

    def insert_columns(self, at: int, count: int) -> None:
        """Push the cells from column `at` on to the right."""
        for row in self.rows:
            if row is None:
                continue
            if len(row.values) > at:
                row.values[at:at] = [BLANK] * count
                row.shown = None
            if row.extras:
                row.extras = {c + count if c >= at else c: e for c, e in row.extras.items()}
        self.undo.note(self._close_columns, at, count)

    def _close_columns(self, at: int, count: int) -> None:
        for row in self.rows:
            if row is None:
                continue
            del row.values[at : at + count]
            row.shown = None
            if row.extras:
                row.extras = {c - count if c >= at else c: e for c, e in row.extras.items()}

    def delete_columns(self, at: int, count: int) -> None:
        """Take columns out; what stood right of them moves left."""
        end = at + count
        for row in self.rows:
            if row is None or row.width <= at:
                continue
            self._note_cells(row)
            row.values = row.values[:at] + row.values[end:]
            trim(row.values)
            row.shown = None
            if row.extras:
                kept = {
                    c - count if c >= end else c: e
                    for c, e in row.extras.items()
                    if not at <= c < end
                }
                row.extras = kept or None

    def move_columns(self, start: int, end: int, to: int) -> None:
        """Move columns start..end in front of column `to` (counted before the move)."""
        order = _moved_order(start, end, to)
        places = {old: new for new, old in order.items()}
        for row in self.rows:
            if row is None or row.width <= min(start, to):
                continue
            self._note_cells(row)
            width = max(len(row.values), end, to)
            padded = row.values + [BLANK] * (width - len(row.values))
            row.values = [padded[order.get(c, c)] for c in range(width)]
            trim(row.values)
            row.shown = None
            if row.extras:
                row.extras = {places.get(c, c): e for c, e in row.extras.items()}

    def _note_cells(self, row: Row) -> None:
        self.undo.note(_restore_cells, row, row.values, row.extras)


def _restore_cells(row: Row, values: list[Scalar], extras: dict[int, Extra] | None) -> None:
    row.values, row.extras, row.shown = values, extras, None


def _moved_order(start: int, end: int, to: int) -> dict[int, int]:
    """For each changed place its old column, when start..end moves in front of `to`."""
    if to > end:
        old = [*range(end, to), *range(start, end)]
        return dict(enumerate(old, start))
    old = [*range(start, end), *range(to, start)]
    return dict(enumerate(old, to))
