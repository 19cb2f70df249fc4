"""What events make of the rows that a state store had settled at an earlier time.

The history tells every cell of people's that changed, every row that they added or deleted. It does
not tell what the worker wrote into its own columns: `rehearsal` works that out.

Rules: rules/columns.yaml. Never: takes over a cell that no event tells of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sheetsync.core.comparing.merging import keyed_rows
from sheetsync.core.history.event_rows import ROW, is_change, is_new_row, row_of
from sheetsync.core.life.folding import Sheet
from sheetsync.core.model import (
    Baseline,
    RawCell,
    RowKey,
    SettledRow,
    Snapshot,
    TabAddress,
    TabPlace,
)
from sheetsync.core.plan import Event
from sheetsync.core.rows import is_blank, row_refs, same_cell

Name = tuple[TabAddress, RowKey]
"""A row by meaning."""

Rows = dict[TabAddress, dict[RowKey, SettledRow]]


@dataclass(slots=True, kw_only=True)
class Folded:
    """The settled rows with the events laid over them.

    `typed` are the rows that people typed, `waiting` cells of theirs on rows that the worker made,
    which stand once these do.
    """

    rows: Rows
    typed: set[Name] = field(default_factory=set)
    waiting: dict[Name, dict[str, RawCell]] = field(default_factory=dict)


def rows_after(
    baseline: Baseline, events: Iterable[Event], snapshot: Snapshot, sheet: Sheet
) -> Folded:
    """People's cells and rows once these events have happened, oldest first."""
    folded = Folded(rows={tab: dict(rows) for tab, rows in baseline.rows.items()})
    for event in events:
        found = row_of(event, sheet.places, sheet.columns)
        if found is None:
            continue
        rows, key = folded.rows.setdefault(found.place.address, {}), found.key
        if is_new_row(event):
            _add(rows, key, event)
            folded.typed.add((found.place.address, key))
        elif event.field == ROW and event.decision == "deleted":
            rows.pop(key, None)
        elif is_change(event) and event.field in sheet.columns.tabs[found.place.kind].by_field:
            cell = _as_typed(event.new, event.field, found.place, sheet)
            folded.waiting.setdefault((found.place.address, key), {})[event.field] = cell
            lay_waiting(folded)
    _as_shown(folded, snapshot, sheet)
    return folded


def lay_waiting(folded: Folded) -> None:
    """Lay the cells that wait over the rows that stand by now."""
    for (tab, key), cells in list(folded.waiting.items()):
        row = folded.rows.get(tab, {}).get(key)
        if row is not None:
            folded.rows[tab][key] = with_cells(row, cells)
            del folded.waiting[tab, key]


def with_cells(row: SettledRow, cells: Mapping[str, RawCell]) -> SettledRow:
    """The row with these cells; blanks are left out."""
    laid = {**row.cells, **cells}
    return replace(row, cells={name: cell for name, cell in laid.items() if not is_blank(cell)})


def _add(rows: dict[RowKey, SettledRow], key: RowKey, event: Event) -> None:
    try:
        cells = json.loads(str(event.new))
    except ValueError:
        # A row of more text than a cell holds: it is told as a new one once more.
        return
    known = rows.get(key)
    rows[key] = with_cells(known or SettledRow(cells={}, first_seen_at=event.at), cells)


def _as_typed(cell: RawCell, name: str, place: TabPlace, sheet: Sheet) -> RawCell:
    """A cell as the sheet holds it: the history shows days in ISO form."""
    return sheet.cell(place.kind, name, cell)


def _as_shown(folded: Folded, snapshot: Snapshot, sheet: Sheet) -> None:
    """A day that was typed as a text is told like one that was not: the sheet knows which."""
    for address, rows in folded.rows.items():
        reading = snapshot.tabs.get(address)
        if reading is None or not rows:
            continue
        spec = sheet.columns.tabs[reading.place.kind]
        for key, (_, place) in keyed_rows(row_refs(reading.rows, spec)).items():
            row = rows.get(key)
            if row is None:
                continue
            texts = {
                name: cell
                for name, cell in zip(spec.fields, reading.rows[place], strict=True)
                if isinstance(cell, str)
                and not same_cell(cell, row.cells.get(name))
                and same_cell(sheet.cell(reading.place.kind, name, cell), row.cells.get(name))
            }
            if texts:
                rows[key] = with_cells(row, texts)
