"""Requests about rows and columns as lines: insert, delete, move, append, size, hide.

Decides: what a line brings along when it comes, goes or moves.
Never: touches single cells.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets import refs
from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import COLUMN_WIDTH, Book, Tab
from sheetsync.localsheets.display import shown_row
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.lines import delete_lines, insert_lines
from sheetsync.localsheets.masks import change, parse_mask
from sheetsync.localsheets.requests.batch import Batch, required_mask
from sheetsync.localsheets.spans import moved, shift_all
from sheetsync.localsheets.textwidth import text_width

Json = dict[str, Any]
Lines = tuple[str, int, int]
NAMES = {"ROWS": "row", "COLUMNS": "column"}


def lines_of(tab: Tab, place: Json) -> Lines:
    """A DimensionRange, with open ends closed by the grid."""
    dimension = place.get("dimension", "DIMENSION_UNSPECIFIED")
    if dimension not in NAMES:
        raise bad_request("No dimension specified.")
    size = size_of(tab, dimension)
    start, end = place.get("startIndex", 0), place.get("endIndex", size)
    if start < 0 or end < 0:
        raise bad_request("DimensionRange indexes must be >= 0")
    if end < start:
        raise bad_request(f"range.startIndex[{start}] must not be after range.endIndex[{end}].")
    return dimension, start, end


def size_of(tab: Tab, dimension: str) -> int:
    """Rows or columns of the grid."""
    return tab.row_count if dimension == "ROWS" else tab.column_count


def band(tab: Tab, dimension: str, start: int, end: int) -> Box:
    """The cells of some lines."""
    if dimension == "ROWS":
        return Box(start, end, 0, tab.column_count)
    return Box(0, tab.row_count, start, end)


def insert_dimension(batch: Batch, request: Json) -> None:
    """Put empty lines in between."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    dimension, start, end = lines_of(tab, place)
    count, size = end - start, size_of(tab, dimension)
    before = request.get("inheritFromBefore", False)
    if start > size or (start == size and not before):
        raise bad_request(
            f"range.startIndex[{start}] must be less than the number of {NAMES[dimension]}s "
            f"[{size}]" + (" if inheritFromBefore is false" if start == size else "")
        )
    if before and start == 0:
        raise bad_request("inheritFromBefore cannot be true if startIndex is 0.")
    if count < 1:
        raise bad_request("The range to insert must not be empty.")
    if 0 < start < size:
        _check_between(batch, tab, dimension, start)
    insert_lines(batch.book, tab, dimension, start, count, inherit_before=before)


def _check_between(batch: Batch, tab: Tab, dimension: str, start: int) -> None:
    """Lines go into a locked range only for those who may edit it."""
    guard = batch.guard(tab)
    for lock, _ in guard.locks:
        first, last = (lock.top, lock.bottom) if dimension == "ROWS" else (lock.left, lock.right)
        if first < start < last:
            guard.check(band(tab, dimension, start, start + 1))


def delete_dimension(batch: Batch, request: Json) -> None:
    """Take lines out."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    dimension, start, end = lines_of(tab, place)
    size = size_of(tab, dimension)
    if start >= size or end > size:
        name = NAMES[dimension]
        raise bad_request(
            f"Cannot delete a {name} that doesn't exist. Tried to delete {name} index "
            f"{max(start, end - 1)} but there are only {size} {name}s."
        )
    if start == end:
        raise bad_request("The range to delete must not be empty.")
    frozen = tab.props.get("gridProperties", {}).get(f"frozen{NAMES[dimension].title()}Count", 0)
    if end - start == size:
        raise bad_request(f"You can't delete all the {NAMES[dimension]}s on the sheet.")
    if start <= frozen and end == size:
        raise bad_request(
            f"Sorry, it is not possible to delete all non-frozen {NAMES[dimension]}s."
        )
    batch.guard(tab).check(band(tab, dimension, start, end))
    delete_lines(batch.book, tab, dimension, start, end - start)
    _thaw(tab, dimension, start, end, frozen)


def _thaw(tab: Tab, dimension: str, start: int, end: int, frozen: int) -> None:
    """Deleted frozen lines are no longer counted as frozen."""
    gone = max(0, min(end, frozen) - start)
    if gone:
        grid = dict(tab.props["gridProperties"])
        key = f"frozen{NAMES[dimension].title()}Count"
        grid[key] = frozen - gone
        if not grid[key]:
            del grid[key]
        tab.set_props(gridProperties=grid)


def move_dimension(batch: Batch, request: Json) -> None:
    """Move lines; the destination counts the places before the move."""
    place = request.get("source", {})
    tab = batch.tab(place.get("sheetId"))
    dimension, start, end = lines_of(tab, place)
    size = size_of(tab, dimension)
    to = request.get("destinationIndex", 0)
    if start >= size or end > size or to > size or start == end:
        raise bad_request(f"Cannot move a {NAMES[dimension]} that doesn't exist.")
    if start < to < end:
        raise bad_request("The destination lies inside the source.")
    batch.guard(tab).check(band(tab, dimension, start, end))
    if start <= to <= end:
        return
    if dimension == "ROWS":
        rows = tab.grid.delete_rows(start, end - start)
        tab.grid.insert_rows(to - (end - start) if to > end else to, rows)
    else:
        tab.grid.move_columns(start, end, to)
    span = moved(start, end, to)
    shift_all(batch.book, tab, dimension, span)
    refs.follow(batch.book, tab, dimension, span)


def append_dimension(batch: Batch, request: Json) -> None:
    """Add lines at the end."""
    tab = batch.tab(request.get("sheetId"))
    batch.guard(tab).check_sheet()
    dimension, length = request.get("dimension", ""), request.get("length", 0)
    if dimension not in NAMES:
        raise bad_request("No dimension specified.")
    if length < 1:
        raise bad_request(f"length[{length}] must be greater than 0.")
    if dimension == "ROWS":
        tab.set_size(rows=tab.row_count + length)
    else:
        tab.set_size(columns=tab.column_count + length)
    batch.book.check_size()


def update_dimension_properties(batch: Batch, request: Json) -> None:
    """Size and visibility of lines."""
    mask = parse_mask(required_mask(request))
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    batch.guard(tab).check_sheet()
    dimension, start, end = lines_of(tab, place)
    if start >= size_of(tab, dimension) or end > size_of(tab, dimension):
        raise tab.beyond(band(tab, dimension, start, end))
    new = request.get("properties", {})
    change_lines(batch.book, tab, (dimension, start, end), lambda old: change(old, new, mask))


def change_lines(book: Book, tab: Tab, lines: Lines, changed: Any) -> None:
    """Give lines new properties from their old ones."""
    dimension, start, end = lines

    def cleaned(old: Json | None) -> Json | None:
        found = {k: v for k, v in changed(old or {}).items() if v not in (False, None)}
        return found or None

    if dimension == "COLUMNS":
        columns = dict(tab.columns)
        for index in range(start, end):
            props = cleaned(columns.get(index))
            columns.pop(index, None)
            if props:
                columns[index] = props
        book.undo.set(tab, "columns", columns)
        return
    for index in range(start, end):
        row = tab.grid.row(index)
        props = cleaned(row.props if row is not None else None)
        if props or (row is not None and row.props):
            tab.grid.set_props(index, props)


def auto_resize_dimensions(batch: Batch, request: Json) -> None:
    """Fit columns to their longest text; rows keep their height."""
    place = request.get("dimensions", {})
    tab = batch.tab(place.get("sheetId"))
    batch.guard(tab).check_sheet()
    dimension, start, end = lines_of(tab, place)
    if start >= size_of(tab, dimension) or end > size_of(tab, dimension):
        raise tab.beyond(band(tab, dimension, start, end))
    if dimension == "ROWS":
        change_lines(batch.book, tab, (dimension, start, end), _without_size)
        return
    columns = dict(tab.columns)
    for index in range(start, end):
        widest = _widest(batch.book, tab, index)
        if widest:
            columns[index] = columns.get(index, {}) | {"pixelSize": widest}
        else:
            columns[index] = columns.get(index, {}) | {"pixelSize": COLUMN_WIDTH}
    batch.book.undo.set(tab, "columns", columns)


def _without_size(old: Json) -> Json:
    return {k: v for k, v in old.items() if k != "pixelSize"}


def _widest(book: Book, tab: Tab, column: int) -> int:
    base = book.properties["defaultFormat"]["textFormat"]
    widest = 0
    for row in tab.grid.rows:
        if row is None or column >= len(row.values) or row.values[column] == "":
            continue
        look = (row.extra_at(column).format or {}).get("textFormat", {})
        size = look.get("fontSize", base["fontSize"])
        text = shown_row(row, book.locale)[column]
        widest = max(widest, text_width(text, size, bold=bool(look.get("bold"))))
    return widest


DIMENSIONS = {
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "appendDimension": append_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
}
