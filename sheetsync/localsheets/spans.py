"""What becomes of ranges when rows or columns come, go or move.

Decides: where every kept object that names a range stands afterwards: merges, protections,
named ranges, formats by condition, filters, banding, groups, charts, developer metadata.
Never: moves cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.errors import bad_request

Json = dict[str, Any]
Span = Callable[[int, int], tuple[int, int] | None]

FAR = 1 << 40  # stands for an open end
KEYS = {"ROWS": ("startRowIndex", "endRowIndex"), "COLUMNS": ("startColumnIndex", "endColumnIndex")}
CORNERS = {"ROWS": "rowIndex", "COLUMNS": "columnIndex"}


def inserted(at: int, count: int) -> Span:
    """Spans after `count` lines were put in front of line `at`."""

    def span(start: int, end: int) -> tuple[int, int]:
        if at <= start:
            return start + count, end + count
        return (start, end + count) if at < end else (start, end)

    return span


def deleted(at: int, count: int) -> Span:
    """Spans after lines at..at+count were taken out; None where nothing is left."""
    stop = at + count

    def place(index: int) -> int:
        return index if index <= at else max(at, index - count)

    def span(start: int, end: int) -> tuple[int, int] | None:
        if at <= start and end <= stop:
            return None
        return place(start), place(end)

    return span


def moved(start: int, end: int, to: int) -> Span:
    """Spans after lines start..end were moved in front of line `to` (counted before)."""
    count = end - start
    goal = to - count if to > end else to
    out, into = deleted(start, count), inserted(goal, count)

    def span(first: int, last: int) -> tuple[int, int] | None:
        if start <= first and last <= end:
            return first - start + goal, last - start + goal
        rest = out(first, last)
        if first <= start and end <= last and first <= to <= last:
            return first, last
        return into(*rest) if rest is not None else None

    return span


def shift_range(place: Json, dimension: str, span: Span) -> Json | None:
    """A GridRange after the change; None when it is gone."""
    first, last = KEYS[dimension]
    if first not in place and last not in place:
        return place
    found = span(place.get(first, 0), place.get(last, FAR))
    if found is None:
        return None
    shifted = dict(place)
    if first in place or found[0]:
        shifted[first] = found[0]
    if last in place:
        shifted[last] = found[1]
    return shifted


def shift_all(book: Book, tab: Tab, dimension: str, span: Span) -> None:
    """Move every object of a tab that names a range."""
    for name, items in list(tab.lists.items()):
        if items:
            shifted = [_shift_item(name, item, dimension, span) for item in items]
            tab.set_items(name, [item for item in shifted if item is not None])
    if tab.basic_filter is not None:
        book.undo.set(tab, "basic_filter", _shift_item("filter", tab.basic_filter, dimension, span))
    if dimension == "COLUMNS" and tab.columns:
        book.undo.set(tab, "columns", _shift_columns(tab.columns, span))
    if book.named_ranges:
        book.undo.set(book, "named_ranges", _shift_named(book, tab, dimension, span))
    if book.metadata:
        book.undo.set(book, "metadata", _shift_metadata(book, tab, dimension, span))


def shift_block(book: Book, tab: Tab, moved_from: Box, rows: int, columns: int) -> None:
    """Move along whatever lies wholly on a block of cells that moved; refuse to cut a merge."""
    for merge in tab.items("merges"):
        box = tab.box(merge)
        if box.meets(moved_from) and not moved_from.holds(box):
            raise bad_request("You can't shift cells that only partly cover a merge.")

    def along(place: Json) -> Json:
        bounded = all(key in place for keys in KEYS.values() for key in keys)
        if not bounded or place.get("sheetId", 0) != tab.id or not moved_from.holds(tab.box(place)):
            return place
        box = tab.box(place)
        goal = Box(box.top + rows, box.bottom + rows, box.left + columns, box.right + columns)
        tab.set_size(
            rows=max(tab.row_count, goal.bottom), columns=max(tab.column_count, goal.right)
        )
        return tab.range_of(goal)

    tab.set_items("merges", [along(merge) for merge in tab.items("merges")])
    for name in ("protectedRanges", "bandedRanges", "filterViews", "tables"):
        items = [i | {"range": along(i["range"])} if "range" in i else i for i in tab.items(name)]
        tab.set_items(name, items)
    rules = [
        r | {"ranges": [along(p) for p in r["ranges"]]} for r in tab.items("conditionalFormats")
    ]
    tab.set_items("conditionalFormats", rules)
    if book.named_ranges:
        named = [n | {"range": along(n.get("range", {}))} for n in book.named_ranges]
        book.undo.set(book, "named_ranges", named)


def _shift_columns(columns: dict[int, Json], span: Span) -> dict[int, Json]:
    found = {}
    for index, props in columns.items():
        place = span(index, index + 1)
        if place is not None:
            found[place[0]] = props
    return found


def _shift_item(name: str, item: Json, dimension: str, span: Span) -> Json | None:
    own = OWN_WAYS.get(name)
    if own is not None:
        return own(item, dimension, span)
    if "ranges" in item:
        ranges = [shift_range(r, dimension, span) for r in item["ranges"]]
        kept = [r for r in ranges if r is not None]
        return item | {"ranges": kept} if kept else None
    if "range" not in item:
        return item
    place = shift_range(item["range"], dimension, span)
    if place is None:
        return None
    shifted = item | {"range": place}
    if "unprotectedRanges" in item:
        holes = [shift_range(r, dimension, span) for r in item["unprotectedRanges"]]
        shifted["unprotectedRanges"] = [hole for hole in holes if hole is not None]
    return shifted


def _shift_merge(item: Json, dimension: str, span: Span) -> Json | None:
    merge = shift_range(item, dimension, span)
    return merge if merge is not None and not _is_single(merge) else None


def _is_single(merge: Json) -> bool:
    return bool(
        merge["endRowIndex"] - merge["startRowIndex"] <= 1
        and merge["endColumnIndex"] - merge["startColumnIndex"] <= 1
    )


def _shift_group(item: Json, dimension: str, span: Span) -> Json | None:
    place = item["range"]
    if place["dimension"] != dimension:
        return item
    found = span(place["startIndex"], place["endIndex"])
    if found is None:
        return None
    return item | {"range": place | {"startIndex": found[0], "endIndex": found[1]}}


def _shift_anchor(item: Json, dimension: str, span: Span) -> Json:
    overlay = item.get("position", {}).get("overlayPosition")
    anchor = overlay.get("anchorCell") if overlay else None
    if not anchor:
        return item
    corner = CORNERS[dimension]
    at = anchor.get(corner, 0)
    found = span(at, at + 1)
    if found is None or found[0] == at:
        return item
    moved_anchor = overlay | {"anchorCell": anchor | {corner: found[0]}}
    return item | {"position": item["position"] | {"overlayPosition": moved_anchor}}


OWN_WAYS: dict[str, Callable[[Json, str, Span], Json | None]] = {
    "merges": _shift_merge,
    "rowGroups": _shift_group,
    "columnGroups": _shift_group,
    "charts": _shift_anchor,
    "slicers": _shift_anchor,
}


def _shift_named(book: Book, tab: Tab, dimension: str, span: Span) -> list[Json]:
    kept = []
    for item in book.named_ranges:
        place: Json | None = item.get("range", {})
        if place is not None and place.get("sheetId", 0) == tab.id:
            place = shift_range(place, dimension, span)
        if place is not None:
            kept.append(item | {"range": place})
    return kept


def _shift_metadata(book: Book, tab: Tab, dimension: str, span: Span) -> list[Json]:
    kept = []
    for item in book.metadata:
        location = item.get("location", {})
        place = location.get("dimensionRange")
        here = place and place.get("sheetId", 0) == tab.id and place["dimension"] == dimension
        if not here:
            kept.append(item)
            continue
        found = span(place["startIndex"], place["endIndex"])
        if found is not None:
            at = place | {"startIndex": found[0], "endIndex": found[0] + 1}
            kept.append(item | {"location": location | {"dimensionRange": at}})
    return kept
