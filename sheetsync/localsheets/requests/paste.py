"""Requests that carry cells elsewhere: copyPaste, cutPaste, pasteData, textToColumns, autoFill.

Decides: which parts of a cell go along, and how a copied formula is moved.
Never: shifts other cells.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from sheetsync.localsheets import entry, refs
from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Tab
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.grid import Extra, Scalar
from sheetsync.localsheets.requests.batch import Batch
from sheetsync.localsheets.requests.blocks import Cells, empty_cells, pick_up, put_down
from sheetsync.localsheets.values import grow

Json = dict[str, Any]
Cell = tuple[Scalar, Extra]


def pasted(old: Cell, new: Cell, kind: str) -> Cell:
    """What a cell becomes when another is pasted onto it."""
    (value, extra), (fresh, look) = old, new
    bare = replace(extra, formula=None, error=look.error, runs=None)
    found: dict[str, Cell] = {
        "PASTE_VALUES": (fresh, bare),
        "PASTE_FORMULA": (fresh, replace(bare, formula=look.formula)),
        "PASTE_FORMAT": (value, replace(extra, format=look.format)),
        "PASTE_DATA_VALIDATION": (value, replace(extra, validation=look.validation)),
        "PASTE_NO_BORDERS": (
            fresh,
            replace(look, format=_without_borders(look.format, extra.format)),
        ),
        "PASTE_CONDITIONAL_FORMATTING": old,
    }
    return found.get(kind, new)


def _without_borders(new: Json | None, old: Json | None) -> Json | None:
    look = {k: v for k, v in (new or {}).items() if k != "borders"}
    if old and "borders" in old:
        look["borders"] = old["borders"]
    return look or None


def copy_paste(batch: Batch, request: Json) -> None:
    """Copy a range; a larger destination is tiled with it."""
    origin = batch.tab(request.get("source", {}).get("sheetId"))
    target = batch.tab(request.get("destination", {}).get("sheetId"))
    source, goal = origin.box(request.get("source", {})), target.box(request.get("destination", {}))
    kind = request.get("pasteType", "PASTE_NORMAL")
    turned = request.get("pasteOrientation") == "TRANSPOSE"
    cells = pick_up(origin, source)
    height, width = (source.width, source.height) if turned else (source.height, source.width)
    down = max(1, goal.height // height if goal.height % height == 0 else 1)
    across = max(1, goal.width // width if goal.width % width == 0 else 1)
    box = Box(goal.top, goal.top + down * height, goal.left, goal.left + across * width)
    batch.guard(target).check(box)
    grow(batch.book, target, box)
    for r in range(box.height):
        for c in range(box.width):
            i, j = (c % width, r % height) if turned else (r % height, c % width)
            moved = _copied(
                cells[i][j], box.top + r - source.top - i, box.left + c - source.left - j
            )
            _paste(target, box.top + r, box.left + c, moved, kind)
    _copy_merges(origin, target, source, box, kind)
    batch.book.stale = True


def _copied(cell: Cell, rows: int, columns: int) -> Cell:
    value, extra = cell
    if extra.formula is None:
        return cell
    return value, replace(extra, formula=refs.copied(extra.formula, rows, columns))


def _paste(tab: Tab, row: int, column: int, cell: Cell, kind: str) -> None:
    old = tab.grid.value(row, column), tab.grid.extra_at(row, column)
    value, extra = pasted(old, cell, kind)
    tab.grid.put(row, column, value, extra)


def _copy_merges(origin: Tab, target: Tab, source: Box, goal: Box, kind: str) -> None:
    """Merges inside the source come along with a normal paste."""
    if kind != "PASTE_NORMAL":
        return
    rest = [m for m in target.items("merges") if not target.box(m).meets(goal)]
    came = []
    for item in origin.items("merges"):
        box = origin.box(item)
        if source.holds(box):
            down, across = goal.top - source.top, goal.left - source.left
            moved = Box(box.top + down, box.bottom + down, box.left + across, box.right + across)
            came.append(target.range_of(moved))
    if came or len(rest) != len(target.items("merges")):
        target.set_items("merges", rest + came)


def cut_paste(batch: Batch, request: Json) -> None:
    """Move a range; references to it follow, its old place is left blank."""
    corner = request.get("destination", {})
    origin = batch.tab(request.get("source", {}).get("sheetId"))
    target = batch.tab(corner.get("sheetId"))
    source = origin.box(request.get("source", {}))
    top, left = target.corner(corner)
    goal = Box(top, top + source.height, left, left + source.width)
    batch.guard(origin).check(source)
    batch.guard(target).check(goal)
    cells = pick_up(origin, source)
    _leave(origin, source, cells, request.get("pasteType", "PASTE_NORMAL"))
    grow(batch.book, target, goal)
    for r, row in enumerate(cells):
        for c, cell in enumerate(row):
            _paste(target, top + r, left + c, cell, request.get("pasteType", "PASTE_NORMAL"))
    merges = [m for m in origin.items("merges") if source.holds(origin.box(m))]
    _copy_merges(origin, target, source, goal, "PASTE_NORMAL" if merges else "")
    if merges:
        gone = [m for m in origin.items("merges") if m not in merges or goal.holds(origin.box(m))]
        origin.set_items("merges", gone)
    refs.follow_block(batch.book, origin, source, target, top - source.top, left - source.left)
    batch.book.stale = True


def _leave(tab: Tab, box: Box, cells: Cells, kind: str) -> None:
    """What a cut leaves behind."""
    if kind in ("PASTE_VALUES", "PASTE_FORMULA"):
        left: Cells = [
            [("", replace(e, formula=None, error=None, runs=None)) for _, e in r] for r in cells
        ]
        put_down(tab, box.top, box.left, left)
    elif kind == "PASTE_FORMAT":
        put_down(
            tab, box.top, box.left, [[(v, replace(e, format=None)) for v, e in r] for r in cells]
        )
    elif kind == "PASTE_DATA_VALIDATION":
        bare = [[(v, replace(e, validation=None)) for v, e in r] for r in cells]
        put_down(tab, box.top, box.left, bare)
    else:
        put_down(tab, box.top, box.left, empty_cells(box))


def paste_data(batch: Batch, request: Json) -> None:
    """Paste text with a delimiter, or the table of an HTML text, as typed input."""
    corner = request.get("coordinate", {})
    tab = batch.tab(corner.get("sheetId"))
    top, left = tab.corner(corner)
    delimiter = request.get("delimiter")
    if request.get("html"):
        rows = table_of(request.get("data", ""))
    elif delimiter:
        rows = [line.split(delimiter) for line in request.get("data", "").splitlines()]
    else:
        raise bad_request("No delimiter specified.")
    put_texts(batch, tab, top, left, rows, request.get("type", "PASTE_NORMAL"))


class _Table(HTMLParser):
    """The texts of the cells of an HTML table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows = self.rows or [[]]
            self.rows[-1].append("")
            self.inside = True
        elif tag == "br" and self.inside:
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def table_of(html: str) -> list[list[str]]:
    """The cells of the tables in an HTML text, without their formats."""
    table = _Table()
    table.feed(html)
    return [[cell.strip() for cell in row] for row in table.rows]


def put_texts(
    batch: Batch, tab: Tab, top: int, left: int, rows: list[list[str]], kind: str = "PASTE_NORMAL"
) -> None:
    """Write texts as if typed."""
    if kind in ("PASTE_FORMAT", "PASTE_DATA_VALIDATION", "PASTE_CONDITIONAL_FORMATTING"):
        return
    box = Box(top, top + len(rows), left, left + max(map(len, rows), default=0))
    batch.guard(tab).check(box)
    grow(batch.book, tab, box)
    for r, row in enumerate(rows, top):
        for c, text in enumerate(row, left):
            entry.write_typed(batch.book, tab, r, c, text)
    batch.book.stale = True


DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}


def text_to_columns(batch: Batch, request: Json) -> None:
    """Split the texts of one column at a delimiter."""
    place = request.get("source", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    if box.width != 1:
        raise bad_request("The source range must span exactly one column.")
    kind = request.get("delimiterType", "AUTODETECT")
    texts = [str(tab.grid.value(r, box.left)) for r in range(box.top, box.bottom)]
    delimiter = DELIMITERS.get(kind) or request.get("delimiter")
    if kind == "AUTODETECT":
        delimiter = max(",;.\t ", key=lambda d: sum(text.count(d) for text in texts))
    if not delimiter:
        raise bad_request("No delimiter specified.")
    for index, text in enumerate(texts, box.top):
        if delimiter in text:
            put_texts(batch, tab, index, box.left, [split_text(text, delimiter)])


def split_text(text: str, delimiter: str) -> list[str]:
    """Fields of one line; quotes keep a delimiter inside."""
    if len(delimiter) != 1:
        return text.split(delimiter)
    return next(csv.reader(io.StringIO(text), delimiter=delimiter), [""])


def auto_fill(batch: Batch, request: Json) -> None:
    """Continue cells downwards or to the side: whole-number steps, else repetition."""
    spread = request.get("sourceAndDestination")
    if spread is None:
        raise bad_request("autoFill by range is not served by the local server.")
    tab = batch.tab(spread.get("source", {}).get("sheetId"))
    source = tab.box(spread["source"])
    length, down = spread.get("fillLength", 0), spread.get("dimension") == "ROWS"
    cells = pick_up(tab, source)
    lines = cells if down else [list(line) for line in zip(*cells, strict=True)]
    for index in range(abs(length)):
        step = index if length > 0 else -1 - index
        filled = [
            _filled([line[k] for line in lines], step, down=down) for k in range(len(lines[0]))
        ]
        at = (len(lines) if length > 0 else 0) + step
        row = source.top + at if down else source.top
        column = source.left if down else source.left + at
        block: Cells = [filled] if down else [[cell] for cell in filled]
        box = Box(row, row + len(block), column, column + len(block[0]))
        batch.guard(tab).check(box)
        grow(batch.book, tab, box)
        put_down(tab, row, column, block)
    batch.book.stale = True


def _filled(line: list[Cell], step: int, *, down: bool) -> Cell:
    """The cell so many places after (or, below zero, before) a line of cells."""
    size = len(line)
    place = size + step if step >= 0 else step
    value, extra = line[place % size]
    numbers = [v for v, _ in line if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if extra.formula is not None:
        distance = place - place % size
        shift = (distance, 0) if down else (0, distance)
        return "", replace(extra, formula=refs.copied(extra.formula, *shift))
    if len(numbers) == size > 1:
        pace = (numbers[-1] - numbers[0]) / (size - 1)
        return entry.number(float(numbers[0] + pace * place)), extra
    return value, extra


PASTES = {
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "pasteData": paste_data,
    "textToColumns": text_to_columns,
    "autoFill": auto_fill,
}
