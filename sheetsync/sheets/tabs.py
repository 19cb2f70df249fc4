"""What spreadsheets.get tells about the tabs of a spreadsheet, without their cells.

Never: reads a cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TAB_FIELDS = (
    "sheets(properties(sheetId,title,sheetType,gridProperties(rowCount,columnCount,frozenRowCount)),"
    "protectedRanges),namedRanges(namedRangeId,name)"
)
"""The field mask that asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabInfo:
    """One tab as Google describes it; `protections` as the API gives them."""

    sheet_id: int
    title: str
    row_count: int
    column_count: int
    frozen_rows: int = 0
    protections: tuple[Mapping[str, Any], ...] = ()


def read_tabs(spreadsheet: Mapping[str, Any]) -> dict[str, TabInfo]:
    """The tabs of a spreadsheet by title; those without cells, such as charts, are left out."""
    tabs = {}
    for sheet in spreadsheet.get("sheets", []):
        properties = sheet["properties"]
        if properties.get("sheetType", "GRID") != "GRID":
            continue
        grid = properties.get("gridProperties", {})
        # Zeros are left out of every answer; so the first tab of a spreadsheet has no sheetId.
        tabs[properties["title"]] = TabInfo(
            sheet_id=properties.get("sheetId", 0),
            title=properties["title"],
            row_count=grid.get("rowCount", 0),
            column_count=grid.get("columnCount", 0),
            frozen_rows=grid.get("frozenRowCount", 0),
            protections=tuple(sheet.get("protectedRanges", [])),
        )
    return tabs


def find_tab(tabs: Mapping[str, TabInfo], title: str) -> TabInfo | None:
    """The tab of a title; case and stray spaces do not matter where only one tab answers to it."""
    if title in tabs:
        return tabs[title]
    alike = [info for info in tabs.values() if _plain(info.title) == _plain(title)]
    return alike[0] if len(alike) == 1 else None


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())
