"""Requests that merge cells and take merges apart.

Decides: which blocks are merged, and that the first value of each is kept.
Never: cuts through a merge; that is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.grid import Extra, Scalar
from sheetsync.localsheets.requests.batch import Batch

Json = dict[str, Any]


def merge_cells(batch: Batch, request: Json) -> None:
    """Merge a range as one, by rows or by columns; only the first value of each is kept."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    batch.guard(tab).check(box)
    kind = request.get("mergeType", "MERGE_ALL")
    kept, blocks = [], _merged_boxes(box, kind)
    for item in tab.items("merges"):
        other = tab.box(item)
        if not other.meets(box):
            kept.append(item)
        elif not box.holds(other):
            raise bad_request(
                "You must select all cells in a merged range to merge or unmerge them."
            )
    for block in blocks:
        _keep_first(batch.book, tab, block)
    tab.set_items("merges", kept + [tab.range_of(block) for block in blocks])


def _merged_boxes(box: Box, kind: str) -> list[Box]:
    if kind == "MERGE_ROWS":
        found = [Box(r, r + 1, box.left, box.right) for r in range(box.top, box.bottom)]
    elif kind == "MERGE_COLUMNS":
        found = [Box(box.top, box.bottom, c, c + 1) for c in range(box.left, box.right)]
    else:
        found = [box]
    return [block for block in found if block.height * block.width > 1]


def _keep_first(book: Book, tab: Tab, block: Box) -> None:
    """The first value moves to the corner, the others go."""
    first: tuple[Scalar, Extra] | None = None
    for row in range(block.top, min(block.bottom, len(tab.grid.rows))):
        for column in range(block.left, block.right):
            value, extra = tab.grid.value(row, column), tab.grid.extra_at(row, column)
            if value == "" and extra.formula is None:
                continue
            first = first or (value, extra)
            tab.grid.put_value(row, column, "")
    if first is not None:
        corner = tab.grid.extra_at(block.top, block.left)
        extra = replace(corner, formula=first[1].formula, error=first[1].error, runs=first[1].runs)
        tab.grid.put(block.top, block.left, first[0], extra)
    book.stale = True


def unmerge_cells(batch: Batch, request: Json) -> None:
    """Take apart the merges inside a range."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    batch.guard(tab).check(box)
    kept = []
    for item in tab.items("merges"):
        other = tab.box(item)
        if not other.meets(box):
            kept.append(item)
        elif not box.holds(other):
            raise bad_request(
                "You must select all cells in a merged range to merge or unmerge them."
            )
    tab.set_items("merges", kept)


MERGES = {"mergeCells": merge_cells, "unmergeCells": unmerge_cells}
