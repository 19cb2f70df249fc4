"""Where things stand on a tab: headers to columns, A1 ranges, raw rows in the order of the fields.

Rules: rules/columns.yaml (headers and aliases).
Never: talks to anything, judges a value.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase

from sheetsync.core.model import RawCell
from sheetsync.core.rows import writable
from sheetsync.core.rulebook import TabSpec

HEADER_ROW = 0
FIRST_DATA_ROW = 1
"""Row indexes as the API counts them, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What row 1 of a tab says.

    Args:
        columns: The column index of each known field, counted from 0.
        duplicates: Headers that stand twice; the leftmost counts.
        unknown: Headers that nobody knows.
        width: How many cells of row 1 are in use.
    """

    columns: Mapping[str, int]
    duplicates: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    width: int = 0


def find_columns(header: Sequence[RawCell], spec: TabSpec) -> Head:
    """Find the columns of a tab by its header row, in any order and under any alias."""
    names = _names(spec)
    columns: dict[str, int] = {}
    duplicates: list[str] = []
    unknown: list[str] = []
    for place, cell in enumerate(header):
        name = comparable_header(cell)
        field = names.get(name)
        if field is None:
            if name or _shown(cell):
                unknown.append(_shown(cell))
        elif field in columns:
            duplicates.append(_shown(cell))
        else:
            columns[field] = place
    return Head(
        columns=columns,
        duplicates=tuple(duplicates),
        unknown=tuple(unknown),
        width=max((place + 1 for place, cell in enumerate(header) if _shown(cell)), default=0),
    )


def is_torn(head: Head, spec: TabSpec) -> bool:
    """Whether a header row lacks so much that it may be none."""
    return len(head.columns) * 2 < len(spec.columns)


def strayed_headers(rows: Sequence[Sequence[RawCell]], spec: TabSpec) -> int:
    """The row, 1-based, that holds at least half of the headers; 0 where row 1 or none does."""
    names = _names(spec)
    for place, row in enumerate(rows):
        known = {names[name] for cell in row if (name := comparable_header(cell)) in names}
        if len(known) * 2 >= len(spec.columns):
            return place + 1 if place > HEADER_ROW else 0
    return 0


def _names(spec: TabSpec) -> dict[str, str]:
    """Comparable header to field. A column's own header beats another column's alias."""
    names = {comparable_header(column.header): column.field for column in spec.columns}
    for column in spec.columns:
        for alias in column.aliases:
            names.setdefault(comparable_header(alias), column.field)
    return names


@lru_cache(maxsize=4096, typed=True)
def comparable_header(cell: RawCell) -> str:
    """A header without case, white space and punctuation: "PO-Number:" is "po number".

    Marks stay, because in many scripts they are vowels.
    """
    text = unicodedata.normalize("NFKC", _shown(cell)).casefold()
    return "".join(char for char in text if char.isalnum() or unicodedata.category(char)[0] == "M")


def _shown(cell: RawCell) -> str:
    return "" if cell is None else str(cell).strip()


# -- A1 --------------------------------------------------------------------------------------------


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, len(ascii_uppercase))
        letters = ascii_uppercase[letter] + letters
    return letters


def quoted(title: str) -> str:
    """A tab's title as A1 wants it: always quoted, its own quotes doubled."""
    return "'" + title.replace("'", "''") + "'"


def columns_range(title: str, first: int, last: int) -> str:
    """Whole columns of a tab, both ends included. Google clips an end beyond the grid."""
    return f"{quoted(title)}!{column_letters(first)}:{column_letters(last)}"


def row_range(title: str, row: int) -> str:
    """One whole row of a tab."""
    return f"{quoted(title)}!{row + 1}:{row + 1}"


def rows_below(title: str, column: int) -> str:
    """A column without its header."""
    letters = column_letters(column)
    return f"{quoted(title)}!{letters}{FIRST_DATA_ROW + 1}:{letters}"


def spans(columns: Iterable[int]) -> list[tuple[int, int]]:
    """Columns as runs of neighbours, both ends included, from left to right."""
    runs: list[tuple[int, int]] = []
    for column in sorted(set(columns)):
        if runs and column == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs


# -- rows ------------------------------------------------------------------------------------------


def align_rows(
    rows: Sequence[Sequence[RawCell]], columns: Mapping[str, int], fields: Sequence[str]
) -> tuple[tuple[RawCell, ...], ...]:
    """Raw rows in the order of the fields; short rows, absent fields and "" are None."""
    blank = max(columns.values(), default=-1) + 1
    places = [columns.get(field, blank) for field in fields]
    aligned = []
    for row in rows:
        padded = list(row[:blank])
        padded += [None] * (blank + 1 - len(padded))
        cells = [padded[place] for place in places]
        if "" in cells:
            cells = [None if cell == "" else cell for cell in cells]
        aligned.append(tuple(cells))
    return tuple(aligned)


def assemble(
    parts: Sequence[tuple[int, Sequence[Sequence[RawCell]]]],
) -> list[list[RawCell]]:
    """Rows from blocks of columns read apart: each its first column and its rows, left to right."""
    rows: list[list[RawCell]] = [
        [] for _ in range(max((len(block) for _, block in parts), default=0))
    ]
    for first, block in parts:
        for row, cells in zip(rows, block, strict=False):
            row.extend([None] * (first - len(row)))
            row.extend(cells)
    return rows


def first_free_row(rows: Sequence[Sequence[RawCell]]) -> int:
    """The index of the sheet row below the last one with content; `rows` start below the header.

    An unticked checkbox is no content: a column of them reaches to the end of the grid.
    """
    for place in range(len(rows) - 1, -1, -1):
        if any(_is_content(cell) for cell in rows[place]):
            return FIRST_DATA_ROW + place + 1
    return FIRST_DATA_ROW


def _is_content(cell: RawCell) -> bool:
    return cell is not None and cell is not False and str(cell).strip() != ""


# -- values ----------------------------------------------------------------------------------------


def same_value(one: RawCell, other: RawCell) -> bool:
    """Whether two raw cells are equal: 12 is 12.0 and "" is a blank, but 1 is not TRUE."""
    one, other = writable(one), writable(other)
    return one == other and isinstance(one, bool) == isinstance(other, bool)
