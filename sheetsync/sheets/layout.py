"""`sheetsync init`: tabs, headers, dropdowns, formats and protections, in an empty or a used file.

Looks first, then sends at most one atomic batch for each spreadsheet; nothing is sent where nothing
is missing. What each tab needs is decided in `tab_layout`.

Rules: rules/columns.yaml.
Never: renames, moves, deletes or converts anything; shares a file with anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from zlib import crc32

from gspread.http_client import ParamsType

from sheetsync.core.model import HUB, RawCell, TabKind, TabPlace
from sheetsync.core.rulebook import ColumnRules
from sheetsync.sheets.grid import (
    FIRST_DATA_ROW,
    HEADER_ROW,
    columns_range,
    find_columns,
    first_free_row,
    is_torn,
    row_range,
    rows_below,
    strayed_headers,
)
from sheetsync.sheets.reading import VALUES, blocks_of
from sheetsync.sheets.tab_layout import Ground, is_offered, lay_out_tab, new_tab
from sheetsync.sheets.tabs import TAB_FIELDS, TabInfo, find_tab, read_tabs
from sheetsync.sheets.transport import SheetsHTTPClient, about
from sheetsync.sheets.writing import Request

CELL_FIELDS = (
    "sheets(properties(sheetId),data(startRow,startColumn,"
    "rowData(values(dataValidation,userEnteredFormat(numberFormat)))))"
)
HIGHEST_SHEET_ID = 2**30

Cells = dict[tuple[int, int], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutReport:
    """What was done, in words, and who can read each supplier's tab."""

    changes: tuple[str, ...] = ()
    access: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything stood already."""
        return not self.changes


def lay_out(
    http: SheetsHTTPClient,
    *,
    spreadsheets: Mapping[str, str],
    places: Sequence[TabPlace],
    columns: ColumnRules,
) -> LayoutReport:
    """Make what is missing in each spreadsheet; running it again changes nothing.

    Args:
        http: The worker's client; its account is made an editor of every protection.
        spreadsheets: The id of each spreadsheet by name.
        places: The tabs of the workbook.
        columns: What each kind of tab holds.

    Raises:
        AccessDenied: A spreadsheet is not shared with the worker as an editor.
        WorkbookError: Google could not be read or written.
    """
    changes: list[str] = []
    for name, spreadsheet_id in spreadsheets.items():
        here = [place for place in places if place.address.spreadsheet == name]
        act = partial(_lay_out_spreadsheet, http, spreadsheet_id, here, columns)
        with about(name):
            changes += http.begin_again_when_full(act)
    access = tuple(_access(place) for place in places if place.kind is TabKind.SUPPLIER)
    return LayoutReport(changes=tuple(changes), access=access)


def _lay_out_spreadsheet(
    http: SheetsHTTPClient, spreadsheet_id: str, places: Sequence[TabPlace], columns: ColumnRules
) -> list[str]:
    changes: list[str] = []
    requests: list[Request] = []
    for place, ground in _look(http, spreadsheet_id, places, columns):
        for step in lay_out_tab(ground, http.account):
            changes.append(f"{place.address}: {step.text}")
            requests += step.requests
    if requests:
        http.batch_update(spreadsheet_id, {"requests": requests})
    return changes


def _access(place: TabPlace) -> str:
    """Who can read a supplier's tab, in one sentence."""
    supplier, tab = place.supplier or place.address.tab, place.address.tab
    if place.address.spreadsheet == HUB:
        return (
            f"{supplier}: shared. The tab {tab!r} stands in the hub, so everyone who can open the "
            "hub reads it, and this supplier, once invited, reads every other tab and price there."
        )
    return (
        f"{supplier}: private. The tab {tab!r} stands in a spreadsheet of its own: share that file "
        "with this supplier alone, and nobody else's orders or prices can be read there."
    )


# -- looking ---------------------------------------------------------------------------------------


def _look(
    http: SheetsHTTPClient, spreadsheet_id: str, places: Sequence[TabPlace], columns: ColumnRules
) -> list[tuple[TabPlace, Ground]]:
    """Every configured tab as it stands: three reads, one for an empty spreadsheet."""
    tabs = read_tabs(http.fetch_sheet_metadata(spreadsheet_id, {"fields": TAB_FIELDS}))
    there = {place: find_tab(tabs, place.address.tab) for place in places}
    used = [(place, info) for place, info in there.items() if info is not None]
    stands = _look_at_tabs(http, spreadsheet_id, used, columns)
    taken = {info.sheet_id for info in tabs.values()}
    grounds = []
    for place in places:
        if place not in stands:
            sheet_id = _free_id(place.address.tab, taken)
            taken.add(sheet_id)
            spec = columns.tabs[place.kind]
            stands[place] = new_tab(place.address.tab, place.kind, spec, sheet_id)
        grounds.append((place, stands[place]))
    return grounds


def _free_id(title: str, taken: set[int]) -> int:
    """A sheetId for a new tab, chosen here so that one batch can make the tab and fill it."""
    sheet_id = crc32(title.encode()) % HIGHEST_SHEET_ID
    while sheet_id in taken:
        sheet_id += 1
    return sheet_id


def _look_at_tabs(
    http: SheetsHTTPClient,
    spreadsheet_id: str,
    used: Sequence[tuple[TabPlace, TabInfo]],
    columns: ColumnRules,
) -> dict[TabPlace, Ground]:
    if not used:
        return {}
    ranges = [columns_range(info.title, 0, info.column_count - 1) for _, info in used]
    blocks = blocks_of(http.values_batch_get(spreadsheet_id, ranges, dict(VALUES)))
    grounds = {
        place: _ground(place.kind, info, columns, rows)
        for (place, info), rows in zip(used, blocks, strict=True)
    }
    asked = [part for ground in grounds.values() for part in _cells_to_see(ground)]
    params: ParamsType = {"ranges": asked, "fields": CELL_FIELDS}
    cells = _cells_by_tab(http.fetch_sheet_metadata(spreadsheet_id, params)) if asked else {}
    return {
        place: replace(ground, cells=cells.get(ground.info.sheet_id, {}))
        for place, ground in grounds.items()
    }


def _ground(
    kind: TabKind, info: TabInfo, columns: ColumnRules, rows: Sequence[Sequence[RawCell]]
) -> Ground:
    spec = columns.tabs[kind]
    head = find_columns(rows[HEADER_ROW] if rows else (), spec)
    free_row = first_free_row(rows[FIRST_DATA_ROW:])
    is_cleared = head.width == 0 and free_row > FIRST_DATA_ROW
    return Ground(
        kind=kind,
        info=info,
        spec=spec,
        head=head,
        width=max((len(row) for row in rows), default=0),
        free_row=free_row,
        is_headless=is_cleared or (is_torn(head, spec) and strayed_headers(rows, spec) > 0),
    )


def _cells_to_see(ground: Ground) -> list[str]:
    """The ranges whose formats and dropdowns decide what is still to be done."""
    title, rows = ground.info.title, ground.info.row_count
    asked = [row_range(title, ground.free_row)] if ground.free_row < rows else []
    for column in ground.spec.columns:
        place = ground.head.columns.get(column.field)
        if place is not None and is_offered(column) and rows > FIRST_DATA_ROW:
            asked.append(rows_below(title, place))
    return asked


def _cells_by_tab(answer: Mapping[str, Any]) -> dict[int, Cells]:
    """Formats and data validation by sheetId, then by row and column index."""
    found: dict[int, Cells] = {}
    for sheet in answer.get("sheets", []):
        cells = found.setdefault(sheet.get("properties", {}).get("sheetId", 0), {})
        for block in sheet.get("data", []):
            top, left = block.get("startRow", 0), block.get("startColumn", 0)
            for down, row in enumerate(block.get("rowData", [])):
                for across, cell in enumerate(row.get("values", [])):
                    place = (top + down, left + across)
                    cells[place] = {**cells.get(place, {}), **cell}
    return found
