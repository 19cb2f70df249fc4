"""From the range texts of a call to a tab and a box of its grid.

Decides: tab titles, named ranges and A1 texts, in Google's order; what lies beyond the grid.
Never: looks at cells.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetsync.localsheets.a1 import Area, Box, box_name, parse_cells, quoted, split_title
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.errors import bad_request


@dataclass(frozen=True, slots=True)
class Found:
    """A range text understood."""

    tab: Tab
    area: Area
    text: str

    def box(self) -> Box:
        """The box clipped to the grid; beyond it is Google's 400."""
        tab, area = self.tab, self.area
        top, left = area.top or 0, area.left or 0
        if top >= tab.row_count or left >= tab.column_count:
            raise tab.beyond(text=self.text)
        bottom = tab.row_count if area.bottom is None else min(area.bottom, tab.row_count)
        right = tab.column_count if area.right is None else min(area.right, tab.column_count)
        return Box(top, bottom, left, right)


def find(book: Book, text: str) -> Found:
    """Understand a range text, or answer `Unable to parse range`."""
    title, cells = split_title(text)
    if title is None and cells is not None:
        return _bare(book, text, cells)
    tab = book.titled(title or "")
    area = Area() if cells is None else parse_cells(cells)
    if tab is not None and area is None:
        named = _named(book, cells or "")
        if named is not None and named.tab is tab:
            return named
    if tab is None or area is None:
        raise bad_request(f"Unable to parse range: {text}")
    return Found(tab, area, cells or "")


def _named(book: Book, name: str) -> Found | None:
    """The range with a name."""
    for item in book.named_ranges:
        if item["name"].casefold() == name.casefold():
            place = item.get("range", {})
            area = Area(
                place.get("startRowIndex", 0),
                place.get("endRowIndex"),
                place.get("startColumnIndex", 0),
                place.get("endColumnIndex"),
            )
            return Found(book.tab(place.get("sheetId", 0)), area, name)
    return None


def _bare(book: Book, text: str, cells: str) -> Found:
    """A text without `!`: a title, a named range, or cells of the first tab."""
    exact = next((tab for tab in book.tabs if tab.title == cells), None)
    if exact is not None:
        return Found(exact, Area(), "")
    named = _named(book, cells)
    if named is not None:
        return named
    area_or_none = parse_cells(cells)
    if area_or_none is not None and book.tabs:
        return Found(book.tabs[0], area_or_none, cells)
    tab = book.titled(cells)
    if tab is None:
        raise bad_request(f"Unable to parse range: {text}")
    return Found(tab, Area(), "")


def named_box(tab: Tab, box: Box) -> str:
    """`Sheet1!A1:B2` as answers write it."""
    return f"{quoted(tab.title)}!{box_name(box)}"
