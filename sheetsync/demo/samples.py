"""The spreadsheets of a story, typed into the tabs: sample_sheets/<story>/*.csv.

One CSV file per tab, named after the tab's kind. Its headers need not be ours: a known alias
renames the column, as a team's own headers would stand there, and an unknown one stands to the
right of ours. Cells go in as a paste would enter them, dirt and all.
Never: repairs a cell.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import gspread

from sheetsync.core.model import TabKind
from sheetsync.core.rulebook import ColumnRules, TabSpec
from sheetsync.demo.office import HERE

SAMPLES = HERE / "sample_sheets"
COMPANY = SAMPLES / "company"

Row = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed into one tab: its title, and how many rows hold anything."""

    title: str
    rows: int


def read_csv(path: Path) -> tuple[Row, list[Row]]:
    """The headers and the rows of a CSV file, cells as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        headers, *rows = csv.reader(file)
    return headers, rows


def records_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by header, for those who look something up."""
    headers, rows = read_csv(path)
    return [dict(zip(headers, row, strict=True)) for row in rows]


def type_in(
    hub: gspread.Spreadsheet,
    folder: Path,
    columns: ColumnRules,
    kinds: Collection[TabKind] = frozenset(TabKind),
) -> tuple[Typed, ...]:
    """Type a story's CSV files into the tabs of the hub, in one call.

    Args:
        hub: The spreadsheet as its owner opened it; its tabs are laid out.
        folder: The story.
        columns: Which tab a file belongs to, and under which headers its columns are known.
        kinds: The tabs that are typed; all for which there is a file.

    Returns:
        What was typed, in the order of the rules' tabs.
    """
    typed: list[Typed] = []
    ranges: list[dict[str, object]] = []
    for kind, spec in columns.tabs.items():
        path = folder / f"{kind}.csv"
        if kind is TabKind.SUPPLIER or kind not in kinds or not path.exists():
            continue
        headers, rows = read_csv(path)
        tab = hub.worksheet(spec.title)
        shown, places = arrange(tab.row_values(1), headers, spec)
        if len(shown) > tab.col_count:
            tab.add_cols(len(shown) - tab.col_count)
        values = [shown, *(_placed(row, places, len(shown)) for row in rows)]
        ranges.append({"range": f"'{spec.title}'!A1", "values": values})
        typed.append(Typed(title=spec.title, rows=sum(any(map(str.strip, row)) for row in rows)))
    hub.values_batch_update({"valueInputOption": "USER_ENTERED", "data": ranges})
    return tuple(typed)


def arrange(
    there: Sequence[str], headers: Sequence[str], spec: TabSpec
) -> tuple[list[str], list[int]]:
    """The header row that takes the file's headers in, and where each of its columns goes."""
    shown = list(there)
    places = []
    for header in headers:
        place = _place_of(header, shown, spec)
        if place is None:
            place = len(shown)
            shown.append(header)
        shown[place] = header
        places.append(place)
    return shown, places


def _place_of(header: str, shown: Sequence[str], spec: TabSpec) -> int | None:
    """Where a column stands under one of the names that it is known by."""
    for column in spec.columns:
        names = (column.header, *column.aliases)
        if header in names:
            return next((place for place, name in enumerate(shown) if name in names), None)
    return None


def _placed(row: Row, places: Sequence[int], width: int) -> Row:
    cells = [""] * width
    for place, cell in zip(places, row, strict=True):
        cells[place] = cell
    return cells
