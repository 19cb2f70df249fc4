"""A spreadsheet as the API answers it.

Decides: which parts spreadsheets.get gives, under a mask and with or without grid data.
Never: changes anything.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import COLUMN_WIDTH, ROW_HEIGHT, TAB_LISTS, Book, Tab
from sheetsync.localsheets.display import shown_cell
from sheetsync.localsheets.entry import extended, extended_value
from sheetsync.localsheets.grid import EMPTY, Extra, Row, Scalar
from sheetsync.localsheets.masks import ALL, Mask, narrowed, select, wants
from sheetsync.localsheets.protection import Caller, may_edit

Json = dict[str, Any]
LINKS = ("http://", "https://")


def spreadsheet(
    book: Book,
    caller: Caller,
    boxes: list[tuple[Tab, Box]] | None,
    mask: Mask = ALL,
    *,
    grid_data: bool = False,
) -> Json:
    """The Spreadsheet resource, masked."""
    answer: Json = {
        "spreadsheetId": book.id,
        "properties": book.properties,
        "sheets": _tabs(book, caller, boxes, mask, grid_data=grid_data),
        "namedRanges": book.named_ranges,
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
        "developerMetadata": [m for m in book.metadata if "spreadsheet" in m.get("location", {})],
    }
    chosen: Json = select({k: v for k, v in answer.items() if v != []}, _but_for_data(mask))
    return chosen


def _but_for_data(mask: Mask) -> Mask:
    """The mask for all but grid data, which is made under its mask and need not be cut again."""
    below = mask.get("sheets")
    if not below or "data" not in below:
        return mask
    return mask | {"sheets": below | {"data": ALL}}


def _tabs(
    book: Book,
    caller: Caller,
    boxes: list[tuple[Tab, Box]] | None,
    mask: Mask,
    *,
    grid_data: bool,
) -> list[Json]:
    if not wants(mask, "sheets"):
        return []
    with_data = grid_data if not mask or "*" in mask else _asks_data(mask)
    found = []
    for tab in book.tabs:
        wanted = None if boxes is None else [box for owner, box in boxes if owner is tab]
        if wanted == []:
            continue
        shown = tab_json(book, tab, caller)
        if with_data and tab.is_grid:
            inner = narrowed(mask, "sheets", "data") if mask else ALL
            whole = Box(0, tab.row_count, 0, tab.column_count)
            data = wanted if wanted is not None else [whole]
            shown["data"] = [_grid_data(book, tab, box, inner) for box in data]
        found.append(shown)
    return found


def _asks_data(mask: Mask) -> bool:
    below = mask.get("sheets")
    if below is None:
        return False
    return not below or "*" in below or "data" in below


def sheet_properties(book: Book, tab: Tab) -> Json:
    """SheetProperties with the index."""
    props = dict(tab.props)
    return {
        "sheetId": props.pop("sheetId"),
        "title": props.pop("title"),
        "index": book.tabs.index(tab),
    } | props


def tab_json(book: Book, tab: Tab, caller: Caller) -> Json:
    """A Sheet without its data."""
    shown: Json = {"properties": sheet_properties(book, tab)}
    for name in TAB_LISTS:
        items = tab.items(name)
        if items:
            shown[name] = (
                [protection(p, caller) for p in items] if name == "protectedRanges" else items
            )
    if tab.basic_filter is not None:
        shown["basicFilter"] = tab.basic_filter
    metadata = [
        m
        for m in book.metadata
        if m.get("location", {}).get("locationType") == "SHEET"
        and m["location"].get("sheetId", 0) == tab.id
    ]
    if metadata:
        shown["developerMetadata"] = metadata
    return shown


def protection(item: Json, caller: Caller) -> Json:
    """A protected range as one caller sees it: editors only to those who may edit."""
    shown = dict(item)
    if may_edit(item, caller):
        return shown | {"requestingUserCanEdit": True}
    shown.pop("editors", None)
    return shown


# grid data


def _grid_data(book: Book, tab: Tab, box: Box, mask: Mask) -> Json:
    answer: Json = {}
    if box.top and wants(mask, "startRow"):
        answer["startRow"] = box.top
    if box.left and wants(mask, "startColumn"):
        answer["startColumn"] = box.left
    if wants(mask, "rowData"):
        rows = _row_data(book, tab, box, narrowed(mask, "rowData", "values") if mask else ALL)
        if rows:
            answer["rowData"] = rows
    if wants(mask, "rowMetadata"):
        lines = [
            _dimension(book, tab, "ROWS", i, _row_props(tab, i)) for i in range(box.top, box.bottom)
        ]
        answer["rowMetadata"] = select(lines, narrowed(mask, "rowMetadata"))
    if wants(mask, "columnMetadata"):
        lines = [
            _dimension(book, tab, "COLUMNS", i, tab.columns.get(i))
            for i in range(box.left, box.right)
        ]
        answer["columnMetadata"] = select(lines, narrowed(mask, "columnMetadata"))
    return answer


def _row_props(tab: Tab, index: int) -> Json | None:
    row = tab.grid.row(index)
    return row.props if row is not None else None


def _dimension(book: Book, tab: Tab, dimension: str, index: int, props: Json | None) -> Json:
    size = COLUMN_WIDTH if dimension == "COLUMNS" else ROW_HEIGHT
    shown: Json = {"pixelSize": size} | (props or {})
    if book.metadata:
        mine = [m for m in book.metadata if _is_at(m, tab, dimension, index)]
        if mine:
            shown["developerMetadata"] = mine
    return shown


def _is_at(item: Json, tab: Tab, dimension: str, index: int) -> bool:
    place = item.get("location", {}).get("dimensionRange")
    return bool(
        place
        and place.get("sheetId", 0) == tab.id
        and place.get("dimension") == dimension
        and place.get("startIndex", 0) == index
    )


def _row_data(book: Book, tab: Tab, box: Box, mask: Mask) -> list[Json]:
    """Rows of cells; cells and rows without anything asked for are left out at the end."""
    view = CellView(book.locale, effective_base(book), mask)
    found: list[Json] = []
    for row in tab.grid.rows[box.top : box.bottom]:
        cells = view.cells(row, box.left, box.right) if row is not None else []
        while cells and not cells[-1]:
            cells.pop()
        found.append({"values": cells} if cells else {})
    while found and not found[-1]:
        found.pop()
    return found


def effective_base(book: Book) -> Json:
    """What an unformatted cell looks like: the default format with its font by name (model)."""
    base: Json = book.properties.get("defaultFormat", {})
    font = book.properties.get("spreadsheetTheme", {}).get("primaryFontFamily", "Arial")
    look = base.get("textFormat", {}) | {"fontFamily": font}
    return base | {"textFormat": look, "hyperlinkDisplayType": "PLAIN_TEXT"}


class CellView:
    """Cells as CellData under a mask: only what is asked for is made."""

    def __init__(self, locale: str, base: Json, mask: Mask = ALL) -> None:
        self._locale = locale
        self._base = base
        self._mask = mask
        names = ("userEnteredValue", "effectiveValue", "formattedValue", "hyperlink")
        self._wanted = {name for name in names if wants(mask, name)}
        self._looks = wants(mask, "effectiveFormat")
        self._values = bool(self._wanted) or self._looks
        # Below a plain field there is nothing more to choose from.
        self._deep = any(inner for inner in mask.values())

    def cells(self, row: Row, left: int, right: int) -> list[Json]:
        """The cells of a row between two columns."""
        if not row.extras:
            return self._plain_cells(row.values[left:right])
        if self._values:
            end = min(right, row.width)
            return [self.cell(row.value(c), row.extra_at(c)) for c in range(left, end)]
        # Only decorations are asked for: cells without any need no look.
        found: list[Json] = []
        for column in sorted(row.extras or ()):
            if left <= column < right:
                found += [{} for _ in range(column - left - len(found))]
                found.append(self.cell("", row.extra_at(column)))
        return found

    def _plain_cells(self, values: list[Scalar]) -> list[Json]:
        """Cells that carry nothing beside their values."""
        if self._wanted == {"effectiveValue"} and not self._looks and not self._deep:
            return [{"effectiveValue": extended(v)} if v != "" else {} for v in values]
        return [self.cell(v, EMPTY) if v != "" else {} for v in values] if self._values else []

    def cell(self, value: Scalar, extra: Extra) -> Json:
        """A CellData."""
        effective = extended_value(value, extra)
        shown: Json = {}
        if effective is not None:
            self._add_value(shown, value, extra, effective)
        elif extra.formula is not None and "userEnteredValue" in self._wanted:
            shown["userEnteredValue"] = {"formulaValue": extra.formula}
        if self._looks and (effective is not None or extra is not EMPTY):
            look = extra.format
            shown["effectiveFormat"] = overlaid(self._base, look) if look else self._base
        if extra is not EMPTY:
            self._add_extra(shown, extra)
        if self._deep:
            chosen: Json = select(shown, self._mask)
            return chosen
        return shown

    def _add_value(self, shown: Json, value: Scalar, extra: Extra, effective: Json) -> None:
        wanted = self._wanted
        if "userEnteredValue" in wanted:
            formula = extra.formula
            shown["userEnteredValue"] = {"formulaValue": formula} if formula else effective
        if "effectiveValue" in wanted:
            shown["effectiveValue"] = effective
        if "formattedValue" in wanted:
            shown["formattedValue"] = shown_cell(value, extra, self._locale)
        is_link = isinstance(value, str) and value.startswith(LINKS) and extra.formula is None
        if is_link and "hyperlink" in wanted:
            shown["hyperlink"] = value

    def _add_extra(self, shown: Json, extra: Extra) -> None:
        parts = {
            "userEnteredFormat": extra.format,
            "note": extra.note,
            "textFormatRuns": extra.runs,
            "dataValidation": extra.validation,
            **(extra.other or {}),
        }
        for name, part in parts.items():
            if part is not None and wants(self._mask, name):
                shown[name] = part


def overlaid(base: Json, above: Json) -> Json:
    """A format with another laid over it, field by field."""
    result = dict(base)
    for key, value in above.items():
        under = result.get(key)
        if isinstance(value, dict) and isinstance(under, dict) and key in ("textFormat", "padding"):
            result[key] = overlaid(under, value)
        else:
            result[key] = value
    return result
