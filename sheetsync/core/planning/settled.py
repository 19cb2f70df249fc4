"""The rows as they will be known once the plan is settled: what the sheet shows without its writes.

`state.settling` lays the writes that took over them. What is put back, pending or asked for stays
known as it was. Never: decides what is written (see `compose`).
"""

from __future__ import annotations

from collections.abc import Collection

from sheetsync.core.comparing.merging import keyed_rows
from sheetsync.core.model import RawCell, RowKey, SettledRow, TabAddress, TabKind, TabReading
from sheetsync.core.plan import RowAppend, Write
from sheetsync.core.planning.compose import Outcome, serves
from sheetsync.core.rows import is_as_settled, is_blank, same_cell


def rows_to_settle(
    outcome: Outcome, planned: Collection[Write]
) -> dict[TabAddress, dict[RowKey, SettledRow | None]]:
    """The rows that differ from the baseline, as they stand without the plan's writes."""
    appended = {(w.tab, w.key) for w in planned if isinstance(w, RowAppend)}
    # A row that is asked for is known once it is written.
    unknown = outcome.strangers | outcome.again.keys()
    delta: dict[TabAddress, dict[RowKey, SettledRow | None]] = {}
    for reading in outcome.snapshot.tabs.values():
        address = reading.place.address
        if reading.place.kind is TabKind.HISTORY or address in outcome.locked.still:
            continue
        known = outcome.world.baseline.rows.get(address, {})
        rows = delta.setdefault(address, {})
        spec = outcome.spec(reading)
        rekeyed = {row.now for row in outcome.locked.rekeyed if row.was.place == reading.place}
        for key, (ref, row) in keyed_rows(outcome.locked.refs[address]).items():
            before = known.get(key)
            # A row whose key is put back was settled under that key.
            is_rekeyed = ref in rekeyed
            if ref.content is not None or (address, key) in unknown or is_rekeyed:
                continue
            if before is not None and is_as_settled(reading.rows[row], before.cells, spec):
                continue
            settled = _settled(reading, key, row, before, outcome)
            if settled != before:
                rows[key] = settled
        for vanished in (*outcome.locked.removed, *outcome.locked.restored):
            if vanished.place != reading.place or (address, vanished.key) in appended:
                continue
            if serves(reading, vanished.key, outcome):
                rows[vanished.key] = None
    return {address: rows for address, rows in delta.items() if rows}


def _settled(
    reading: TabReading, key: RowKey, row: int, known: SettledRow | None, outcome: Outcome
) -> SettledRow:
    address = reading.place.address
    shown = outcome.shown.get(address, {}).get(key, {})
    spec, stands = outcome.spec(reading), reading.rows[row]
    # Where the sheet shows what it should already, nothing will be written, so it is settled.
    overwritten = {
        name
        for name in outcome.overwritten.get((address, key), ())
        if name not in shown or not same_cell(shown[name], stands[spec.index[name]])
    }
    kept = overwritten.union(outcome.put_back.get((address, key), ()))
    before = known.cells if known is not None else {}
    cells: dict[str, RawCell] = {}
    for column, cell in zip(spec.columns, stands, strict=True):
        field = column.field
        value = cell
        laid = outcome.laid.get((address, key, field))
        if laid is not None and laid.is_asked:
            value = laid.shown
        is_pending = (address, key, field) in outcome.pending and column.is_people_s
        if field not in reading.present or field in kept or is_pending:
            value = before.get(field)
        elif column.request and (address, key, field) not in outcome.done:
            value = cell if same_cell(cell, before.get(field)) else None
        if not is_blank(value):
            cells[field] = value
    seen = outcome.first_seen.get((address, key), outcome.snapshot.read_at)
    first_seen_at = known.first_seen_at if known is not None else seen
    return SettledRow(cells=cells, first_seen_at=first_seen_at)
