"""A tab in front of a person: columns found by what stands in row 1, rows by what they show.

Reading looks at the server's grid; everything that changes it goes through the server's own
batchUpdate and values code in the name of the person. Row and column indexes count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sheetsync.core.model import RowKey, TabAddress, TabKind
from sheetsync.core.rows import row_key
from sheetsync.core.rulebook import TabSpec
from sheetsync.localsheets.book import Tab
from sheetsync.localsheets.grid import Row
from sheetsync.sheets.grid import column_letters, find_columns, quoted
from simulation.office import Office, the_rules

Cell = str | int | float | bool


@lru_cache(maxsize=2000)
def columns_of(kind: TabKind, header: tuple[Any, ...]) -> dict[str, int]:
    """Where each known field stands under a header row; not to be changed."""
    return dict(find_columns(header, the_rules().columns.tabs[kind]).columns)


def key_of(row: Row, columns: Mapping[str, int], kind: TabKind) -> RowKey | None:
    """The key of a row in the grid, as the worker tells it."""
    places = [columns.get(name) for name in the_rules().columns.tabs[kind].key]
    if None in places:
        return None
    return _told_key(kind, *[row.value(place) for place in places if place is not None])


# The judges ask for the keys of all rows again and again; the same cells have the same key.
@lru_cache(maxsize=20_000, typed=True)
def _told_key(kind: TabKind, *shown: Any) -> RowKey | None:
    spec = the_rules().columns.tabs[kind]
    cells: list[Any] = [None] * len(spec.fields)
    for index, value in zip(spec.key_indexes, shown, strict=True):
        cells[index] = None if value == "" else value
    return row_key(cells, spec)


class Desk:
    """One tab, opened by whoever sits down at it."""

    def __init__(self, office: Office, address: TabAddress) -> None:
        self.office = office
        self.address = address
        self.place = office.places.kind(address)
        self.tab: Tab = office.tab(address)
        self.spec: TabSpec = the_rules().columns.tabs[self.place.kind]

    def columns(self) -> dict[str, int]:
        """Where each known field stands now."""
        return columns_of(self.place.kind, tuple(self.header()))

    def header(self) -> list[Any]:
        """Row 1."""
        row = self.tab.grid.row(0)
        return list(row.values) if row is not None else []

    def value(self, row: int, column: int) -> Any:
        """A cell as it stands; "" where blank."""
        return self.tab.grid.value(row, column)

    def filled(self) -> list[int]:
        """The rows below the header that hold something."""
        rows = self.tab.grid.rows
        return [at for at in range(1, len(rows)) if rows[at] is not None and rows[at].values]  # type: ignore[union-attr]

    def last(self) -> int:
        """The first row below all content."""
        filled = self.filled()
        return filled[-1] + 1 if filled else 1

    def cells(self, row: int) -> dict[str, Any]:
        """The known fields of a row, blanks left out."""
        found = self.tab.grid.row(row)
        if found is None:
            return {}
        shown = ((field, found.value(at)) for field, at in self.columns().items())
        return {field: value for field, value in shown if value != ""}

    def key(self, row: int) -> RowKey | None:
        """The key of a row as the worker tells it."""
        found = self.tab.grid.row(row)
        return key_of(found, self.columns(), self.place.kind) if found is not None else None

    def row_keys(self) -> list[RowKey | None]:
        """The keys of the rows that hold something, in their order."""
        columns, rows = self.columns(), self.tab.grid.rows
        found = [rows[at] for at in self.filled()]
        return [key_of(row, columns, self.place.kind) for row in found if row is not None]

    def a1(self, row: int, column: int) -> str:
        """A cell's address with its tab."""
        return f"{quoted(self.address.tab)}!{column_letters(column)}{row + 1}"

    def type(self, email: str, row: int, cells: Mapping[int, Cell], *, raw: bool = False) -> None:
        """Type into cells of one row, by column."""
        ranges = [(self.a1(row, column), [[value]]) for column, value in cells.items()]
        self.office.enter(email, self.address.spreadsheet, ranges, raw=raw)

    def type_where(self, email: str, where: Mapping[str, Cell], /, **cells: Cell) -> None:
        """Type into the row that shows this."""
        columns = self.columns()
        [row] = [
            at
            for at in self.filled()
            if all(self.value(at, columns[field]) == value for field, value in where.items())
        ]
        self.type(email, row, {columns[field]: value for field, value in cells.items()})

    def add(self, email: str, /, **cells: Cell) -> int:
        """Type a new row below the last one; returns where."""
        columns, row = self.columns(), self.last()
        self.type(email, row, {columns[field]: value for field, value in cells.items()})
        return row

    def batch(self, email: str, *requests: dict[str, Any]) -> None:
        """Requests on this tab's spreadsheet."""
        self.office.batch(email, self.address.spreadsheet, *requests)

    def box(self, top: int, bottom: int, left: int, right: int) -> dict[str, int]:
        """A GridRange of this tab."""
        return {
            "sheetId": self.tab.id,
            "startRowIndex": top,
            "endRowIndex": bottom,
            "startColumnIndex": left,
            "endColumnIndex": right,
        }

    def lines(self, dimension: str, start: int, end: int) -> dict[str, Any]:
        """A DimensionRange of this tab."""
        return {
            "sheetId": self.tab.id,
            "dimension": dimension,
            "startIndex": start,
            "endIndex": end,
        }
