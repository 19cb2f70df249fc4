"""Requests about tabs and the spreadsheet as a whole.

Decides: titles, order, size and visibility of tabs.
Never: writes cells, except in copying a tab.
"""

from __future__ import annotations

import copy
import re
from typing import Any
from zoneinfo import available_timezones

from sheetsync.localsheets import refs
from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Book, Tab, new_tab_props
from sheetsync.localsheets.colors import with_color_styles
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.grid import Row
from sheetsync.localsheets.lines import delete_lines
from sheetsync.localsheets.masks import change, parse_mask, wants
from sheetsync.localsheets.render import sheet_properties
from sheetsync.localsheets.requests.batch import Batch, required_mask

Json = dict[str, Any]

LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,4})*\Z")
ALL_HIDDEN = "You can't hide all the sheets in a document."
# What Google leaves out of an answer, because it is the default.
PROTO_DEFAULTS: dict[str, Any] = {"hidden": False, "rightToLeft": False}
GRID_DEFAULTS: dict[str, Any] = {
    "frozenRowCount": 0,
    "frozenColumnCount": 0,
    "hideGridlines": False,
    "rowGroupControlAfter": False,
    "columnGroupControlAfter": False,
}


def add_sheet(batch: Batch, request: Json) -> Json:
    """Make a tab."""
    asked = request.get("properties", {})
    book = batch.book
    taken = {tab.id for tab in book.tabs}
    sheet_id = asked.get("sheetId")
    if sheet_id is None:
        sheet_id = batch.new_id(taken)
    elif sheet_id in taken:
        raise bad_request(f"A sheet with ID {sheet_id} already exists.")
    elif sheet_id < 0:
        raise bad_request("The sheetId must not be negative.")
    title = asked.get("title") or free_title(book)
    check_title(book, title)
    grid = {"rowCount": 1000, "columnCount": 26} | asked.get("gridProperties", {})
    _check_grid(grid)
    props = new_tab_props(sheet_id, title) | {
        k: v for k, v in asked.items() if k not in ("index", "gridProperties", "sheetId", "title")
    }
    props["gridProperties"] = _without(grid, GRID_DEFAULTS)
    index = asked.get("index")
    tab = book.add_tab(_without(with_color_styles(props), PROTO_DEFAULTS), _place(book, index))
    return {"properties": sheet_properties(book, tab)}


def free_title(book: Book) -> str:
    """`Sheet` and the next free number."""
    number = len(book.tabs) + 1
    while book.titled(f"Sheet{number}") is not None:
        number += 1
    return f"Sheet{number}"


def check_title(book: Book, title: str, own: Tab | None = None) -> None:
    """Refuse a title that another tab has."""
    other = book.titled(title)
    if other is not None and other is not own:
        raise bad_request(
            f'A sheet with the name "{title}" already exists. Please enter another name.'
        )


def _place(book: Book, index: int | None) -> int | None:
    if index is not None and not 0 <= index <= len(book.tabs):
        raise bad_request(
            f"Sheet index {index} is out of range: it must be between 0 and {len(book.tabs)}."
        )
    return index


def _check_grid(grid: Json) -> None:
    if grid["rowCount"] < 1 or grid["columnCount"] < 1:
        raise bad_request("A sheet must have at least one row and one column.")
    if grid.get("frozenRowCount", 0) >= grid["rowCount"] and grid["rowCount"] > 1:
        raise bad_request("You can't freeze all visible rows on the sheet.")
    if grid.get("frozenColumnCount", 0) >= grid["columnCount"] and grid["columnCount"] > 1:
        raise bad_request("You can't freeze all visible columns on the sheet.")


def _without(props: Json, defaults: Json) -> Json:
    return {k: v for k, v in props.items() if k not in defaults or v != defaults[k]}


def delete_sheet(batch: Batch, request: Json) -> None:
    """Remove a tab; the last one stays."""
    book = batch.book
    sheet_id = request.get("sheetId", 0)
    found = next((tab for tab in book.tabs if tab.id == sheet_id), None)
    if found is None:
        raise bad_request(f"No sheet with id: {sheet_id}")
    batch.guard(found).check_tab()
    rest = [tab for tab in book.tabs if tab is not found]
    if not rest:
        raise bad_request("You can't remove all the sheets in a document.")
    if all(tab.props.get("hidden") for tab in rest):
        raise bad_request("You can't remove all the visible sheets in a document.")
    book.undo.set(book, "tabs", rest)
    refs.rename(book, found.title, None)
    named = [n for n in book.named_ranges if n.get("range", {}).get("sheetId", 0) != sheet_id]
    book.undo.set(book, "named_ranges", named)
    book.undo.set(book, "metadata", [m for m in book.metadata if not _is_on(m, sheet_id)])
    book.stale = True


def _is_on(item: Json, sheet_id: int) -> bool:
    location = item.get("location", {})
    if "spreadsheet" in location:
        return False
    place = location.get("dimensionRange", location)
    return bool(place.get("sheetId", 0) == sheet_id)


def duplicate_sheet(batch: Batch, request: Json) -> Json:
    """Copy a tab inside its spreadsheet."""
    book = batch.book
    source = batch.tab(request.get("sourceSheetId"))
    title = request.get("newSheetName") or _copy_title(book, source.title)
    check_title(book, title)
    taken = {tab.id for tab in book.tabs}
    sheet_id = request.get("newSheetId")
    if sheet_id in taken:
        raise bad_request(f"A sheet with ID {sheet_id} already exists.")
    if sheet_id is None:
        sheet_id = batch.new_id(taken)
    index = _place(book, request.get("insertSheetIndex", 0))
    tab = copy_tab(batch, source, book, sheet_id, title, index)
    return {"properties": sheet_properties(book, tab)}


def _copy_title(book: Book, title: str) -> str:
    number, found = 1, f"Copy of {title}"
    while book.titled(found) is not None:
        number += 1
        found = f"Copy of {title} {number}"
    return found


def copy_tab(
    batch: Batch, source: Tab, book: Book, sheet_id: int, title: str, index: int | None
) -> Tab:
    """A tab's copy: cells and decorations, protections with fresh ids."""
    props = copy.deepcopy(source.props) | {"sheetId": sheet_id, "title": title}
    tab = book.add_tab(props, index)
    tab.columns = dict(source.columns)
    tab.grid.rows = [copy_row(row) for row in source.grid.rows]
    tab.grid.has_formulas = source.grid.has_formulas
    tab.grid.has_validation = source.grid.has_validation
    tab.lists = {k: [_at(item, sheet_id) for item in v] for k, v in source.lists.items()}
    for name, key in (
        ("protectedRanges", "protectedRangeId"),
        ("filterViews", "filterViewId"),
        ("bandedRanges", "bandedRangeId"),
        ("charts", "chartId"),
        ("slicers", "slicerId"),
    ):
        for item in tab.lists.get(name, []):
            item[key] = batch.new_id(set())
    if source.basic_filter is not None:
        tab.basic_filter = _at(source.basic_filter, sheet_id)
    book.stale = True
    return tab


def copy_row(row: Row | None) -> Row | None:
    """A row of its own with the same cells."""
    if row is None:
        return None
    made = Row()
    made.values, made.props = list(row.values), row.props
    made.extras = dict(row.extras) if row.extras else None
    return made


def _at(item: Any, sheet_id: int) -> Any:
    """A deep copy with every grid range on another tab."""
    if isinstance(item, list):
        return [_at(part, sheet_id) for part in item]
    if not isinstance(item, dict):
        return item
    made = {k: _at(v, sheet_id) for k, v in item.items()}
    if any(k in made for k in ("startRowIndex", "startColumnIndex", "startIndex", "rowIndex")):
        made["sheetId"] = sheet_id
    return made


def update_sheet_properties(batch: Batch, request: Json) -> None:
    """Rename, move, resize, hide, freeze, colour a tab."""
    mask = parse_mask(required_mask(request))
    asked = with_color_styles(request.get("properties", {}))
    if "tabColor" in mask:
        mask = mask | {"tabColorStyle": {}}
    elif "tabColorStyle" in mask:
        mask = mask | {"tabColor": {}}
    book = batch.book
    tab = batch.tab(asked.get("sheetId"))
    batch.guard(tab).check_sheet()
    old = dict(tab.props)
    new = change(old, {"gridProperties": {}, **asked}, mask) if mask else old | asked
    index = new.pop("index", None)
    new |= {"sheetId": old["sheetId"], "sheetType": old.get("sheetType", "GRID")}
    if not new.get("title"):
        raise bad_request("The sheet title must not be blank.")
    check_title(book, new["title"], tab)
    if "gridProperties" in old:
        grid = {**new.get("gridProperties", {})}
        grid.setdefault("rowCount", tab.row_count)
        grid.setdefault("columnCount", tab.column_count)
        _resize(batch, tab, grid["rowCount"], grid["columnCount"])
        _check_grid(grid)
        new["gridProperties"] = _without(grid, GRID_DEFAULTS)
    if new.get("tabColorStyle") == {}:  # a style without a colour clears it (recorded)
        new.pop("tabColor", None)
        del new["tabColorStyle"]
    title = tab.title
    book.undo.set(tab, "props", _without(new, PROTO_DEFAULTS))
    if tab.title != title:
        refs.rename(book, title, tab.title)
    if all(t.props.get("hidden") for t in book.tabs):
        raise bad_request(ALL_HIDDEN)
    book.check_size()
    if index is not None and wants(mask, "index"):
        move_tab(book, tab, index)


def _resize(batch: Batch, tab: Tab, rows: int, columns: int) -> None:
    """Cut lines off the end; what is added costs nothing."""
    if rows < 1 or columns < 1:
        raise bad_request("A sheet must have at least one row and one column.")
    if rows > tab.row_count:
        # Rows are counted before columns are: a tab cannot grow one way while it shrinks the other.
        tab.set_size(rows=rows)
        batch.book.check_size()
    if rows < tab.row_count:
        batch.guard(tab).check(Box(rows, tab.row_count, 0, tab.column_count))
        delete_lines(batch.book, tab, "ROWS", rows, tab.row_count - rows)
    if columns < tab.column_count:
        batch.guard(tab).check(Box(0, tab.row_count, columns, tab.column_count))
        delete_lines(batch.book, tab, "COLUMNS", columns, tab.column_count - columns)


def move_tab(book: Book, tab: Tab, index: int) -> None:
    """Move a tab; the index counts the places before the move, as Google does."""
    tabs = list(book.tabs)
    if not 0 <= index <= len(tabs):
        raise bad_request(
            f"Sheet index {index} is out of range: it must be between 0 and {len(tabs)}."
        )
    at = tabs.index(tab)
    tabs.pop(at)
    tabs.insert(index - 1 if index > at else index, tab)
    book.undo.set(book, "tabs", tabs)


def update_spreadsheet_properties(batch: Batch, request: Json) -> None:
    """Change title, locale, time zone and the like."""
    mask = parse_mask(required_mask(request))
    book = batch.book
    new = change(book.properties, request.get("properties", {}), mask)
    if mask and "defaultFormat" in mask:
        raise bad_request("The default format is read-only.")
    for name in ("title", "locale", "timeZone", "autoRecalc"):
        new.setdefault(name, book.properties.get(name))
    if new["timeZone"] not in available_timezones():
        raise bad_request(f"Invalid time zone: {new['timeZone']}")
    if not LOCALE.match(new["locale"]):
        raise bad_request(f"Unsupported locale: {new['locale']}")
    new["defaultFormat"] = book.properties["defaultFormat"]
    new.setdefault("spreadsheetTheme", book.properties.get("spreadsheetTheme"))
    if new["locale"] != book.properties["locale"]:
        for tab in book.tabs:
            for row in tab.grid.rows:
                if row is not None:
                    row.shown = None
    book.undo.set(book, "properties", new)
    book.stale = True


TABS = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
