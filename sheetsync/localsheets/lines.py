"""Rows and columns put in and taken out, with all that follows.

Decides: what a new line takes after its neighbour, and that ranges and formulas follow.
Never: judges whether it may be done.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets import refs
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.grid import EMPTY, Extra, Row
from sheetsync.localsheets.spans import deleted, inserted, shift_all

Json = dict[str, Any]
COPIED_PROPS = ("pixelSize",)


def insert_lines(
    book: Book, tab: Tab, dimension: str, start: int, count: int, *, inherit_before: bool = False
) -> None:
    """Insert lines and let everything that names a range follow."""
    source = start - 1 if inherit_before else start
    if dimension == "ROWS":
        model = tab.grid.row(source)
        tab.grid.insert_rows(start, [_blank_row(model) for _ in range(count)])
        tab.set_size(rows=tab.row_count + count)
    else:
        tab.grid.insert_columns(start, count)
        _inherit_columns(tab, start, count, source if inherit_before else source + count)
        tab.set_size(columns=tab.column_count + count)
    book.check_size()
    span = inserted(start, count)
    width = tab.columns.get(source)
    shift_all(book, tab, dimension, span)
    if dimension == "COLUMNS" and width:
        kept = {k: v for k, v in width.items() if k in COPIED_PROPS}
        if kept:
            columns = tab.columns | dict.fromkeys(range(start, start + count), kept)
            book.undo.set(tab, "columns", columns)
    refs.follow(book, tab, dimension, span)


def insert_rows(book: Book, tab: Tab, start: int, count: int) -> None:
    """Insert rows for an append; they take after the row above."""
    insert_lines(book, tab, "ROWS", start, count, inherit_before=start > 0)


def _blank_row(model: Row | None) -> Row | None:
    """A new row with the formats and rules, but not the contents, of a neighbour."""
    if model is None or not (model.extras or model.props):
        return None
    row = Row()
    extras = {c: _look(e) for c, e in (model.extras or {}).items()}
    row.extras = {c: e for c, e in extras.items() if e != EMPTY} or None
    kept = {k: v for k, v in (model.props or {}).items() if k in COPIED_PROPS}
    row.props = kept or None
    return row if row.extras or row.props else None


def _look(extra: Extra) -> Extra:
    return Extra(format=extra.format, validation=extra.validation)


def _inherit_columns(tab: Tab, start: int, count: int, source: int) -> None:
    for index, row in enumerate(tab.grid.rows):
        extra = row.extras.get(source) if row is not None and row.extras else None
        if extra is None:
            continue
        look = _look(extra)
        if look != EMPTY:
            for column in range(start, start + count):
                tab.grid.put(index, column, "", look)


def delete_lines(book: Book, tab: Tab, dimension: str, start: int, count: int) -> None:
    """Delete lines and let everything that names a range follow."""
    if dimension == "ROWS":
        tab.grid.delete_rows(start, count)
        tab.set_size(rows=tab.row_count - count)
    else:
        tab.grid.delete_columns(start, count)
        tab.set_size(columns=tab.column_count - count)
    span = deleted(start, count)
    shift_all(book, tab, dimension, span)
    refs.follow(book, tab, dimension, span)
