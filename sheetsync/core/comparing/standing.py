"""The reading as far as it stands: locked cells as settled, carried-out requests blank.

A row that was copied down with its key counts as it was settled, and so does a row whose key is
about to be put back. What a person typed over a
locked cell is not read as a value, and a tab that stands still keeps saying what it said last.
Columns are read from this, so no later step meets a value that does not hold.
Never: changes the sheet; the put-backs themselves are written by `compose`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheetsync.core.comparing.merging import FIRST_ROW, keyed_rows
from sheetsync.core.differences import Locked
from sheetsync.core.model import (
    Baseline,
    RawCell,
    RowKey,
    RowRef,
    SettledRow,
    Snapshot,
    TabAddress,
    TabReading,
)
from sheetsync.core.rows import row_key, row_refs, same_cell
from sheetsync.core.rulebook import ColumnRules, TabSpec


def stand(snapshot: Snapshot, locked: Locked, baseline: Baseline, columns: ColumnRules) -> Snapshot:
    """The snapshot with what is put back laid over what was typed."""
    kept: dict[TabAddress, dict[RowKey, dict[str, RawCell]]] = defaultdict(dict)
    for change in (*locked.put_back, *locked.overwrites):
        kept[change.place.address].setdefault(change.key, {})[change.field] = change.before
    restored: dict[TabAddress, list[SettledRow]] = defaultdict(list)
    for vanished in (*locked.restored, *(row.was for row in locked.rekeyed)):
        restored[vanished.place.address].append(vanished.row)
    rekeyed = {(row.was.place.address, row.source.row - FIRST_ROW) for row in locked.rekeyed}
    tabs = {}
    for address, reading in snapshot.tabs.items():
        spec = columns.tabs[reading.place.kind]
        settled = baseline.rows.get(address, {})
        if address in locked.still:
            tabs[address] = _as_settled(reading, settled, spec)
            continue
        doubled = {key for tab, key in locked.doubled if tab == address}
        blanked = {row for tab, row in rekeyed if tab == address}
        if doubled:
            keys = (row_key(cells, spec) for cells in reading.rows)
            blanked |= {row for row, key in enumerate(keys) if key in doubled}
        uncopied = _without(reading, blanked, spec) if blanked else reading
        refs = None if blanked else locked.refs.get(address)
        returning = [*restored[address], *(settled[key] for key in sorted(doubled))]
        tabs[address] = _as_it_stands(uncopied, refs, settled, kept[address], returning, spec)
    return replace(snapshot, tabs=tabs)


def _as_settled(
    reading: TabReading, settled: Mapping[RowKey, SettledRow], spec: TabSpec
) -> TabReading:
    rows = tuple(_raw_row(row.cells, spec) for row in settled.values())
    return replace(reading, rows=rows, exists=True, present=frozenset(spec.fields))


def _without(reading: TabReading, blanked: set[int], spec: TabSpec) -> TabReading:
    """The reading with these rows blank."""
    blank = (None,) * len(spec.fields)
    rows = tuple(blank if row in blanked else cells for row, cells in enumerate(reading.rows))
    return replace(reading, rows=rows)


def _as_it_stands(
    reading: TabReading,
    refs: Sequence[RowRef | None] | None,
    settled: Mapping[RowKey, SettledRow],
    kept: Mapping[RowKey, Mapping[str, RawCell]],
    restored: list[SettledRow],
    spec: TabSpec,
) -> TabReading:
    rows = list(reading.rows)
    absent = [field for field in spec.fields if field not in reading.present]
    requests = [column.field for column in spec.columns if column.request]
    # Change history is long and asks for none of this, so its rows are not told apart here.
    if kept or absent or requests:
        keyed = keyed_rows(row_refs(reading.rows, spec) if refs is None else refs)
        for key, (_, row) in keyed.items():
            before = settled[key].cells if key in settled else {}
            laid = {field: before.get(field) for field in absent}
            for field in requests:
                shown = laid[field] if field in laid else rows[row][spec.index[field]]
                if field in before and same_cell(shown, before[field]):
                    laid[field] = None
            laid.update(kept.get(key, {}))
            if laid:
                rows[row] = tuple(map(laid.get, spec.fields, rows[row]))
    rows.extend(_raw_row(row.cells, spec) for row in restored)
    return replace(reading, rows=tuple(rows), present=frozenset(spec.fields))


def _raw_row(cells: Mapping[str, RawCell], spec: TabSpec) -> tuple[RawCell, ...]:
    """A settled row; a request that was settled was carried out and asks for nothing any more."""
    return tuple(None if column.request else cells.get(column.field) for column in spec.columns)
