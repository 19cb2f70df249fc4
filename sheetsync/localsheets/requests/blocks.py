"""Requests that shift blocks of cells: insertRange, deleteRange.

Decides: which cells move and what falls off the grid.
Never: changes the number of rows or columns, except to make room.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets import refs
from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Tab
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.grid import EMPTY, Extra, Scalar
from sheetsync.localsheets.requests.batch import Batch
from sheetsync.localsheets.spans import shift_block
from sheetsync.localsheets.values import grow

Json = dict[str, Any]
Cells = list[list[tuple[Scalar, Extra]]]


def pick_up(tab: Tab, box: Box) -> Cells:
    """The cells of a box as they are."""
    grid = tab.grid
    return [
        [(grid.value(r, c), grid.extra_at(r, c)) for c in range(box.left, box.right)]
        for r in range(box.top, box.bottom)
    ]


def put_down(tab: Tab, top: int, left: int, cells: Cells) -> None:
    """Write picked-up cells at a corner; blank onto blank costs nothing."""
    grid = tab.grid
    for r, row in enumerate(cells, top):
        for c, (value, extra) in enumerate(row, left):
            if value != "" or extra is not EMPTY or _is_used(tab, r, c):
                grid.put(r, c, value, extra)


def _is_used(tab: Tab, row: int, column: int) -> bool:
    found = tab.grid.row(row)
    return found is not None and (column < len(found.values) or bool(found.extras))


def empty_cells(box: Box) -> Cells:
    """Blank cells in the shape of a box."""
    return [[("", EMPTY)] * box.width for _ in range(box.height)]


def used_bottom(tab: Tab) -> int:
    """Rows up to the last that holds anything."""
    return len(tab.grid.rows)


def used_right(tab: Tab, top: int, bottom: int) -> int:
    """Columns up to the last that holds anything in some rows."""
    rows = tab.grid.rows[top:bottom]
    return max((row.width for row in rows if row is not None), default=0)


def insert_range(batch: Batch, request: Json) -> None:
    """Put blank cells in and shift what stood there down or right."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    if request.get("shiftDimension") == "ROWS":
        rest = Box(box.top, max(used_bottom(tab), box.top), box.left, box.right)
        goal = Box(rest.top + box.height, rest.bottom + box.height, box.left, box.right)
    elif request.get("shiftDimension") == "COLUMNS":
        right = max(used_right(tab, box.top, box.bottom), box.left)
        rest = Box(box.top, box.bottom, box.left, right)
        goal = Box(box.top, box.bottom, box.left + box.width, right + box.width)
    else:
        raise bad_request("No shiftDimension specified.")
    batch.guard(tab).check(Box(box.top, goal.bottom, box.left, goal.right))
    cells = pick_up(tab, rest)
    shifting = _to_the_end(tab, rest, request)
    shift_block(batch.book, tab, shifting, goal.top - rest.top, goal.left - rest.left)
    if rest.height and rest.width:
        grow(batch.book, tab, goal)
        put_down(tab, goal.top, goal.left, cells)
    put_down(tab, box.top, box.left, empty_cells(box))
    _follow(batch, tab, rest, goal)


def delete_range(batch: Batch, request: Json) -> None:
    """Take cells out and shift what stands below or right of them."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    if request.get("shiftDimension") == "ROWS":
        bottom = max(used_bottom(tab), box.bottom)
        rest = Box(box.bottom, bottom, box.left, box.right)
        goal = Box(box.top, box.top + rest.height, box.left, box.right)
        whole = Box(box.top, bottom, box.left, box.right)
    elif request.get("shiftDimension") == "COLUMNS":
        right = max(used_right(tab, box.top, box.bottom), box.right)
        rest = Box(box.top, box.bottom, box.right, right)
        goal = Box(box.top, box.bottom, box.left, box.left + rest.width)
        whole = Box(box.top, box.bottom, box.left, right)
    else:
        raise bad_request("No shiftDimension specified.")
    batch.guard(tab).check(whole)
    cells = pick_up(tab, rest)
    _drop_merges(tab, box)
    shifting = _to_the_end(tab, rest, request)
    shift_block(batch.book, tab, shifting, goal.top - rest.top, goal.left - rest.left)
    put_down(tab, whole.top, whole.left, empty_cells(whole))
    put_down(tab, goal.top, goal.left, cells)
    _follow(batch, tab, rest, goal)


def _to_the_end(tab: Tab, rest: Box, request: Json) -> Box:
    """The cells that shift, blank ones too, up to the end of the grid."""
    if request["shiftDimension"] == "ROWS":
        return Box(rest.top, tab.row_count, rest.left, rest.right)
    return Box(rest.top, rest.bottom, rest.left, tab.column_count)


def _drop_merges(tab: Tab, box: Box) -> None:
    """Merges inside deleted cells go with them."""
    kept = [merge for merge in tab.items("merges") if not box.holds(tab.box(merge))]
    tab.set_items("merges", kept)


def _follow(batch: Batch, tab: Tab, source: Box, goal: Box) -> None:
    """References to cells that moved as a whole follow them."""
    refs.follow_block(batch.book, tab, source, tab, goal.top - source.top, goal.left - source.left)
    batch.book.stale = True


BLOCKS = {"insertRange": insert_range, "deleteRange": delete_range}
