"""Formulas computed when somebody reads.

Connects: the formula cells of a spreadsheet with the evaluator.
Never: runs while nothing depends on it; a spreadsheet without formulas pays nothing.
"""

from __future__ import annotations

from dataclasses import replace

from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.entry import number
from sheetsync.localsheets.formulas import CellError, evaluate
from sheetsync.localsheets.grid import Extra, Row, Scalar

CIRCULAR = {
    "type": "REF",
    "message": "Circular dependency detected. To resolve with iterative calculation, "
    "see File > Settings.",
}


class Calculation:
    """One computation of every formula, each cell once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.cells: dict[tuple[int, int, int], tuple[Row, Extra]] = {}
        self.done: dict[tuple[int, int, int], Scalar | CellError] = {}
        self.under_way: set[tuple[int, int, int]] = set()
        for tab in book.tabs:
            if tab.grid.has_formulas:
                found = list(tab.grid.formula_cells())
                tab.grid.has_formulas = bool(found)
                for row_index, column, row, extra in found:
                    self.cells[tab.id, row_index, column] = (row, extra)

    def run(self) -> None:
        """Compute all and put the results into the cells."""
        for key, (row, extra) in self.cells.items():
            value = self.value(key)
            error = None
            if isinstance(value, CellError):
                error = {"type": value.type, "message": value.message}
                value = value.text
            elif not isinstance(value, (bool, str)):
                value = number(value)
            if row.value(key[2]) != value or extra.error != error:
                row.put(key[2], value, replace(extra, error=error))

    def value(self, key: tuple[int, int, int]) -> Scalar | CellError:
        """The value of a formula cell, computed once."""
        known = self.done.get(key)
        if known is not None:
            return known
        if key in self.under_way:
            return CellError(type=CIRCULAR["type"], message=CIRCULAR["message"], text="#REF!")
        self.under_way.add(key)
        tab = self.book.tab(key[0])
        _, extra = self.cells[key]
        try:
            value = evaluate(
                extra.formula or "",
                cell=lambda title, r, c: self._look(tab, title, r, c),
                sheet=tab.title,
                locale=self.book.locale,
                extent=lambda title: self._extent(tab, title),
            )
        except RecursionError:
            value = CellError(type=CIRCULAR["type"], message=CIRCULAR["message"], text="#REF!")
        self.under_way.discard(key)
        self.done[key] = value
        return value

    def _extent(self, own: Tab, title: str | None) -> tuple[int, int]:
        tab = own if title is None else self.book.titled(title)
        if tab is None:
            raise LookupError(title)
        return tab.row_count, tab.column_count

    def _look(
        self, own: Tab, title: str | None, row: int, column: int
    ) -> Scalar | CellError | None:
        tab = own if title is None else self.book.titled(title)
        if tab is None or row >= tab.row_count or column >= tab.column_count:
            raise LookupError(title)
        key = (tab.id, row, column)
        if key in self.cells:
            return self.value(key)
        value = tab.grid.value(row, column)
        return None if value == "" else value


def refresh(book: Book) -> None:
    """Compute the formulas of a spreadsheet if anything changed since the last time."""
    if not book.stale:
        return
    book.stale = False
    if any(tab.grid.has_formulas for tab in book.tabs):
        Calculation(book).run()
