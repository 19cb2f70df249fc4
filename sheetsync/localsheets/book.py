"""A spreadsheet: its tabs and what hangs on them.

Decides: the defaults of a new spreadsheet and tab, how a range of the API becomes a bounded
box, and Google's limits of size.
Never: judges who may edit; see `protection.py`.

Whatever the API keeps and gives back (merges, filters, protections, charts …) is held in the
API's own JSON form in lists that are replaced, never changed in place, so that undo is a
reference to the old list.
"""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from sheetsync.localsheets.a1 import Box, box_name, quoted
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.grid import Grid
from sheetsync.localsheets.undo import Undo

Json = dict[str, Any]

MAX_CELLS = 10_000_000
MAX_COLUMNS = 18_278  # up to ZZZ
COLUMN_WIDTH = 100
ROW_HEIGHT = 21

# Lists of a tab in the order of the Sheet schema; each holds API objects with a `range`.
TAB_LISTS = (
    "merges",
    "conditionalFormats",
    "filterViews",
    "protectedRanges",
    "charts",
    "bandedRanges",
    "rowGroups",
    "columnGroups",
    "slicers",
    "tables",
)


def rgb(red: float = 0, green: float = 0, blue: float = 0) -> Json:
    """A colour as Google writes it: channels at zero are left out."""
    return {k: v for k, v in (("red", red), ("green", green), ("blue", blue)) if v}


WHITE = rgb(1, 1, 1)
THEME_COLORS = (
    ("TEXT", rgb()),
    ("BACKGROUND", WHITE),
    ("ACCENT1", rgb(0.25882354, 0.52156866, 0.95686275)),
    ("ACCENT2", rgb(0.91764706, 0.2627451, 0.20784314)),
    ("ACCENT3", rgb(0.9843137, 0.7372549, 0.015686275)),
    ("ACCENT4", rgb(0.20392157, 0.65882355, 0.3254902)),
    ("ACCENT5", rgb(1, 0.42745098, 0.003921569)),
    ("ACCENT6", rgb(0.27450982, 0.7411765, 0.7764706)),
    ("LINK", rgb(0.06666667, 0.33333334, 0.8)),
)


def default_format() -> Json:
    """The format of an untouched cell."""
    return {
        "backgroundColor": WHITE,
        "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
        "verticalAlignment": "BOTTOM",
        "wrapStrategy": "OVERFLOW_CELL",
        "textFormat": {
            "foregroundColor": {},
            "fontFamily": "arial,sans,sans-serif",
            "fontSize": 10,
            "bold": False,
            "italic": False,
            "strikethrough": False,
            "underline": False,
            "foregroundColorStyle": {"rgbColor": {}},
        },
        "backgroundColorStyle": {"rgbColor": WHITE},
    }


def default_properties(title: str) -> Json:
    """SpreadsheetProperties of a new spreadsheet."""
    return {
        "title": title,
        "locale": "en_US",
        "autoRecalc": "ON_CHANGE",
        "timeZone": "Etc/GMT",
        "defaultFormat": default_format(),
        "spreadsheetTheme": {
            "primaryFontFamily": "Arial",
            "themeColors": [
                {"colorType": name, "color": {"rgbColor": color}} for name, color in THEME_COLORS
            ],
        },
    }


class Tab:
    """One sheet of a spreadsheet."""

    def __init__(self, undo: Undo, props: Json) -> None:
        self.undo = undo
        self.props = props
        self.grid = Grid(undo)
        self.columns: dict[int, Json] = {}
        self.lists: dict[str, list[Json]] = {}
        self.basic_filter: Json | None = None

    @property
    def id(self) -> int:
        """The sheetId."""
        return int(self.props["sheetId"])

    @property
    def title(self) -> str:
        """The tab's title."""
        return str(self.props["title"])

    @property
    def row_count(self) -> int:
        """Rows of the grid."""
        return int(self.props.get("gridProperties", {}).get("rowCount", 0))

    @property
    def column_count(self) -> int:
        """Columns of the grid."""
        return int(self.props.get("gridProperties", {}).get("columnCount", 0))

    @property
    def is_grid(self) -> bool:
        """Whether it has cells at all."""
        return bool(self.props.get("sheetType", "GRID") == "GRID")

    def items(self, name: str) -> list[Json]:
        """One of its lists of API objects; not to be changed in place."""
        return self.lists.get(name, [])

    def set_items(self, name: str, items: list[Json]) -> None:
        """Replace one of its lists."""
        self.undo.put(self.lists, name, items)

    def set_props(self, **changes: Any) -> None:
        """Change sheet properties; None removes one."""
        props = {k: v for k, v in (self.props | changes).items() if v is not None}
        self.undo.set(self, "props", props)

    def set_size(self, *, rows: int | None = None, columns: int | None = None) -> None:
        """Change the size that the grid claims; cells are the caller's affair."""
        grid = dict(self.props.get("gridProperties", {}))
        if rows is not None:
            grid["rowCount"] = rows
        if columns is not None:
            grid["columnCount"] = columns
        self.set_props(gridProperties=grid)

    def box(self, grid_range: Json) -> Box:
        """A GridRange as a bounded box inside the grid."""
        rows, columns = self.row_count, self.column_count
        top = grid_range.get("startRowIndex", 0)
        left = grid_range.get("startColumnIndex", 0)
        bottom = grid_range.get("endRowIndex", rows)
        right = grid_range.get("endColumnIndex", columns)
        if min(top, left, bottom, right) < 0:
            raise bad_request("GridRange indexes must be >= 0")
        if top >= rows or left >= columns or bottom > rows or right > columns:
            raise self.beyond(Box(top, bottom, left, right))
        if bottom <= top or right <= left:
            raise bad_request("The range is empty: its end must lie after its start.")
        return Box(top, bottom, left, right)

    def corner(self, place: Json) -> tuple[int, int]:
        """A GridCoordinate as row and column inside the grid."""
        row, column = place.get("rowIndex", 0), place.get("columnIndex", 0)
        if min(row, column) < 0:
            raise bad_request("GridCoordinate indexes must be >= 0")
        if row >= self.row_count or column >= self.column_count:
            raise self.beyond(Box(row, row + 1, column, column + 1))
        return row, column

    def beyond(self, box: Box | None = None, text: str | None = None) -> Exception:
        """The refusal of a range outside the grid."""
        name = text if text is not None else box_name(box) if box is not None else ""
        return bad_request(
            f"Range ({quoted(self.title)}!{name}) exceeds grid limits. "
            f"Max rows: {self.row_count}, max columns: {self.column_count}"
        )

    def range_of(self, box: Box) -> Json:
        """A box as the GridRange that the API answers: sheetId 0 is left out."""
        found: Json = {"sheetId": self.id} if self.id else {}
        return found | {
            "startRowIndex": box.top,
            "endRowIndex": box.bottom,
            "startColumnIndex": box.left,
            "endColumnIndex": box.right,
        }


class Book:
    """One spreadsheet."""

    def __init__(self, undo: Undo, spreadsheet_id: str, properties: Json) -> None:
        self.undo = undo
        self.id = spreadsheet_id
        self.properties = properties
        self.tabs: list[Tab] = []
        self.named_ranges: list[Json] = []
        self.metadata: list[Json] = []
        self.stale = False
        self.today: date | None = None

    @property
    def locale(self) -> str:
        """The locale that typed input and display follow."""
        return str(self.properties.get("locale", "en_US"))

    def tab(self, sheet_id: int) -> Tab:
        """The tab with this id, or Google's 400."""
        for tab in self.tabs:
            if tab.id == sheet_id:
                return tab
        raise bad_request(f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Tab | None:
        """The tab with this title; Google compares without regard to case."""
        folded = title.casefold()
        for tab in self.tabs:
            if tab.title == title:
                return tab
        return next((tab for tab in self.tabs if tab.title.casefold() == folded), None)

    def add_tab(self, props: Json, index: int | None = None) -> Tab:
        """Make a tab and put it at its index."""
        tab = Tab(self.undo, props)
        tabs = list(self.tabs)
        tabs.insert(len(tabs) if index is None else index, tab)
        self.undo.set(self, "tabs", tabs)
        self.check_size()
        return tab

    def check_size(self) -> None:
        """Refuse more cells than Google allows a spreadsheet."""
        widest = max((tab.column_count for tab in self.tabs), default=0)
        if widest > MAX_COLUMNS:
            raise bad_request(f"A sheet can have at most {MAX_COLUMNS} columns, not {widest}.")
        if sum(tab.row_count * tab.column_count for tab in self.tabs) > MAX_CELLS:
            raise bad_request(
                "This action would increase the number of cells in the workbook above the "
                f"limit of {MAX_CELLS} cells."
            )

    def free_id(self, rng: random.Random, taken: set[int]) -> int:
        """A number for a new object, as Google draws them."""
        while True:
            drawn = rng.randrange(1, 2**31 - 1)
            if drawn not in taken:
                return drawn


def new_tab_props(sheet_id: int, title: str, rows: int = 1000, columns: int = 26) -> Json:
    """SheetProperties of an empty tab."""
    return {
        "sheetId": sheet_id,
        "title": title,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": rows, "columnCount": columns},
    }
