"""Requests that put rows in order or search them.

Decides: Google's order of mixed values, and what counts as found.
Never: moves notes or developer metadata off their place without saying so: a sort moves cells
with all they carry, metadata of rows stays (model).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from sheetsync.localsheets import entry, refs
from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Tab
from sheetsync.localsheets.display import shown_cell
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.grid import Extra, Row, Scalar
from sheetsync.localsheets.requests.batch import Batch
from sheetsync.localsheets.requests.blocks import Cells, empty_cells, pick_up, put_down

Json = dict[str, Any]
Line = list[tuple[Scalar, Extra]]


def _boxed(batch: Batch, place: Json) -> tuple[Tab, Box]:
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    batch.guard(tab).check(box)
    # Rows below the last that holds anything need no work.
    return tab, Box(box.top, min(box.bottom, max(len(tab.grid.rows), box.top)), box.left, box.right)


def sort_key(value: Scalar) -> tuple[int, Any]:
    """Numbers before text before booleans, text without regard to case."""
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, value


def sort_range(batch: Batch, request: Json) -> None:
    """Sort the rows of a range; blanks come last in either order."""
    tab, box = _boxed(batch, request.get("range", {}))
    order = list(range(box.top, box.bottom))
    for spec in reversed(request.get("sortSpecs", [])):
        column = spec.get("dimensionIndex", 0)
        if not box.left <= column < box.right:
            raise bad_request(f"dimensionIndex[{column}] is outside the range to sort.")
        order = _sorted(tab, order, column, backwards=spec.get("sortOrder") == "DESCENDING")
    if _is_whole(tab, box):
        _permute_rows(tab, box, order)
    else:
        before = pick_up(tab, box)
        _put_moved(tab, box, before, [before[index - box.top] for index in order])
    batch.book.stale = True


def _is_whole(tab: Tab, box: Box) -> bool:
    """Whether the box holds all that stands in its rows."""
    rows = tab.grid.rows[box.top : box.bottom]
    return box.left == 0 and all(row is None or row.width <= box.right for row in rows)


def _permute_rows(tab: Tab, box: Box, order: list[int]) -> None:
    """Put whole rows in a new order; heights and hidden rows stay where they are."""
    grid = tab.grid
    made = [
        _row_at(grid.row(old), grid.row(new), new - old) for new, old in enumerate(order, box.top)
    ]
    grid.replace_rows(box.top, made)


def _row_at(row: Row | None, place: Row | None, rows: int) -> Row | None:
    """A row in its new place, so many rows from its old one."""
    if row is place or (row is None and place is None):
        return row
    made = Row()
    made.props = place.props if place is not None else None
    if row is not None:
        made.values, made.shown = row.values, row.shown
        made.extras = {
            column: replace(extra, formula=refs.copied(extra.formula, rows, 0))
            if extra.formula is not None
            else extra
            for column, extra in (row.extras or {}).items()
        } or None
    return made


def _put_moved(tab: Tab, box: Box, before: Cells, lines: Cells) -> None:
    """Write lines in their new order; formulas that look along their row go on doing so."""
    places = {id(line): index for index, line in enumerate(before)}
    moved = [_moved(line, index - places[id(line)]) for index, line in enumerate(lines)]
    put_down(tab, box.top, box.left, moved)


def _moved(line: Line, rows: int) -> Line:
    if not rows or all(extra.formula is None for _, extra in line):
        return line
    return [
        (value, replace(extra, formula=refs.copied(extra.formula, rows, 0)))
        if extra.formula is not None
        else (value, extra)
        for value, extra in line
    ]


def _sorted(tab: Tab, order: list[int], column: int, *, backwards: bool) -> list[int]:
    """Rows in the order of one column, blanks last."""
    keys = {row: tab.grid.value(row, column) for row in order}
    blank = [row for row in order if keys[row] == ""]
    filled = [row for row in order if keys[row] != ""]
    filled.sort(key=lambda row: sort_key(keys[row]), reverse=backwards)
    return filled + blank


def randomize_range(batch: Batch, request: Json) -> None:
    """Shuffle the rows of a range."""
    tab, box = _boxed(batch, request.get("range", {}))
    before = pick_up(tab, box)
    lines = list(before)
    batch.call.rng.shuffle(lines)
    _put_moved(tab, box, before, lines)
    batch.book.stale = True


def delete_duplicates(batch: Batch, request: Json) -> Json:
    """Remove rows that say the same as one above; the rest moves up."""
    tab, box = _boxed(batch, request.get("range", {}))
    columns = [
        column - box.left
        for place in request.get("comparisonColumns", [])
        for column in range(place.get("startIndex", 0), place.get("endIndex", box.right))
    ] or list(range(box.width))
    if any(not 0 <= column < box.width for column in columns):
        raise bad_request("comparisonColumns lie outside the range.")
    seen: set[tuple[Any, ...]] = set()
    kept: Cells = []
    lines = pick_up(tab, box)
    for line in lines:
        key = tuple(sort_key(line[column][0]) for column in columns)
        if key not in seen:
            seen.add(key)
            kept.append(line)
    gone = len(lines) - len(kept)
    blanks = empty_cells(Box(0, gone, 0, box.width))
    put_down(tab, box.top + len(kept), box.left, blanks)
    _put_moved(tab, box, lines, kept)
    batch.book.stale = True
    return {"duplicatesRemovedCount": gone} if gone else {}


def trim_whitespace(batch: Batch, request: Json) -> Json:
    """Trim texts and collapse runs of spaces inside them."""
    tab, box = _boxed(batch, request.get("range", {}))
    changed = 0
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            value, extra = tab.grid.value(row, column), tab.grid.extra_at(row, column)
            if isinstance(value, str) and extra.formula is None:
                trimmed = re.sub(r"[ \t]+", " ", value).strip()
                if trimmed != value:
                    tab.grid.put_value(row, column, trimmed)
                    changed += 1
    return {"cellsChangedCount": changed} if changed else {}


# search


def find_replace(batch: Batch, request: Json) -> Json:
    """Replace in texts, shown values and, on request, formulas."""
    pattern = _pattern(request)
    replacement = request.get("replacement", "")
    if request.get("searchByRegex"):
        replacement = re.sub(r"\$(\d+)", r"\\\1", replacement)
    else:
        replacement = replacement.replace("\\", "\\\\")
    search = Search(pattern, replacement, formulas=bool(request.get("includeFormulas")))
    counts = {"valuesChanged": 0, "formulasChanged": 0, "rowsChanged": 0, "sheetsChanged": 0}
    occurrences = 0
    for tab, box in _scope(batch, request):
        rows, found = set(), 0
        for row, column in _filled(tab, box):
            hits = _replace(batch, tab, (row, column), search, counts)
            if hits:
                rows.add(row)
                found += hits
        counts["rowsChanged"] += len(rows)
        counts["sheetsChanged"] += bool(found)
        occurrences += found
    batch.book.stale = True
    counts["occurrencesChanged"] = occurrences
    return {k: v for k, v in counts.items() if v}


def _pattern(request: Json) -> re.Pattern[str]:
    text = request.get("find", "")
    if not text:
        raise bad_request("The find text must not be empty.")
    flags = 0 if request.get("matchCase") else re.IGNORECASE
    try:
        body = text if request.get("searchByRegex") else re.escape(text)
        return re.compile(rf"\A(?:{body})\Z" if request.get("matchEntireCell") else body, flags)
    except re.error:
        raise bad_request(f"Invalid regular expression: {text}") from None


def _scope(batch: Batch, request: Json) -> list[tuple[Tab, Box]]:
    if "range" in request:
        tab = batch.tab(request["range"].get("sheetId"))
        return [(tab, tab.box(request["range"]))]
    if "sheetId" in request:
        tab = batch.tab(request["sheetId"])
        return [(tab, Box(0, tab.row_count, 0, tab.column_count))]
    if request.get("allSheets"):
        return [(t, Box(0, t.row_count, 0, t.column_count)) for t in batch.book.tabs if t.is_grid]
    raise bad_request("A range, a sheetId or allSheets must be set.")


def _filled(tab: Tab, box: Box) -> list[tuple[int, int]]:
    found = []
    for index, row in enumerate(tab.grid.rows[box.top : box.bottom], box.top):
        if row is not None:
            found += [(index, c) for c in range(box.left, min(box.right, row.width))]
    return found


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for and what comes in its place."""

    pattern: re.Pattern[str]
    replacement: str
    formulas: bool


def _replace(batch: Batch, tab: Tab, at: tuple[int, int], search: Search, counts: Json) -> int:
    """Replace inside one cell and answer how often."""
    row, column = at
    value, extra = tab.grid.value(row, column), tab.grid.extra_at(row, column)
    if extra.formula is not None:
        text, key = extra.formula if search.formulas else "", "formulasChanged"
    else:
        text, key = shown_cell(value, extra, batch.book.locale), "valuesChanged"
    fresh, hits = search.pattern.subn(search.replacement, text)
    if not hits or not text:
        return 0
    batch.guard(tab).check(Box(row, row + 1, column, column + 1))
    entry.write_typed(batch.book, tab, row, column, fresh)
    counts[key] += 1
    return hits


ORDER = {
    "sortRange": sort_range,
    "randomizeRange": randomize_range,
    "deleteDuplicates": delete_duplicates,
    "trimWhitespace": trim_whitespace,
    "findReplace": find_replace,
}
