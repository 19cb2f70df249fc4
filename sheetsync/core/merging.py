"""Three-way compare, cell by cell: the settled row, the row as it stands, and whose column it is.

| cell differs from the settled row | column of a person            | column of the worker       |
| --------------------------------- | ----------------------------- | -------------------------- |
| a request (action, answer)        | left to lifecycle, approval   |                            |
| any other                         | a change, for locking         | an overwrite, for locking  |
| the row is new                    | added                         |                            |
| the row is gone                   | vanished, for locking         | vanished                   |

Rules: rules/merging.yaml. Findings: tab-emptied.
Never: says whether a change may stand (locking), or what a value means (columns).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sheetsync.core.differences import AddedRow, Merged, VanishedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import (
    Baseline,
    Change,
    RowKey,
    RowRef,
    SettledRow,
    Snapshot,
    Source,
    TabAddress,
    TabKind,
    TabReading,
)
from sheetsync.core.rows import row_refs, same_cell
from sheetsync.core.rulebook import ColumnRules, MergingRules, TabSpec
from sheetsync.core.wording import document_of

FIRST_ROW = 2
"""Row 1 holds the headers."""


def merge(
    snapshot: Snapshot, baseline: Baseline, columns: ColumnRules, rules: MergingRules
) -> tuple[Merged, tuple[Finding, ...]]:
    """Compare every tab with its settled rows.

    Returns:
        The differences in the order of tabs and rows, and a finding per tab that stands still
        because it was emptied.
    """
    changes: list[Change] = []
    overwrites: list[Change] = []
    added: list[AddedRow] = []
    vanished: list[VanishedRow] = []
    still: set[TabAddress] = set()
    findings: list[Finding] = []
    for address, reading in snapshot.tabs.items():
        spec = columns.tabs[reading.place.kind]
        if reading.place.kind is TabKind.HISTORY:
            continue
        settled = baseline.rows.get(address, {})
        rows = keyed_rows(reading, spec)
        if not is_usable(reading, spec):
            still.add(address)
            continue
        if is_emptied(rows, settled, reading, rules):
            still.add(address)
            findings.append(_tab_emptied(reading, len(settled)))
            continue
        for key, (ref, row) in rows.items():
            if key not in settled:
                added.append(_added(reading, spec, key, row, snapshot))
            elif ref.content is None:
                for change in _differences(reading, spec, ref, row, settled[key]):
                    mine = spec.by_field[change.field].is_people_s
                    (changes if mine else overwrites).append(change)
        vanished.extend(
            VanishedRow(place=reading.place, key=key, row=row)
            for key, row in settled.items()
            if key not in rows
        )
    merged = Merged(
        changes=tuple(changes),
        overwrites=tuple(overwrites),
        added=tuple(added),
        vanished=tuple(vanished),
        still=frozenset(still),
    )
    return merged, tuple(findings)


def is_usable(reading: TabReading, spec: TabSpec) -> bool:
    """Whether the tab stands there with every column without which its rows cannot be read."""
    needed = {column.field for column in spec.columns if column.required} | set(spec.key)
    return reading.exists and needed <= reading.present


def keyed_rows(reading: TabReading, spec: TabSpec) -> dict[RowKey, tuple[RowRef, int]]:
    """Every key that the tab shows, with its row (0-based); of doubled ones the topmost."""
    found: dict[RowKey, tuple[RowRef, int]] = {}
    for row, ref in enumerate(row_refs(reading.rows, spec)):
        if ref is not None and ref.key is not None and ref.key not in found:
            found[ref.key] = (ref, row)
    return found


def is_emptied(
    rows: Mapping[RowKey, tuple[RowRef, int]],
    settled: Mapping[RowKey, SettledRow],
    reading: TabReading,
    rules: MergingRules,
) -> bool:
    """Whether all rows of a tab are gone at once, which is nobody's ordinary work."""
    gone = not any(key in rows for key in settled)
    return gone and len(settled) >= rules.tab_emptied_rows and not reading.rows


def _added(
    reading: TabReading, spec: TabSpec, key: RowKey, row: int, snapshot: Snapshot
) -> AddedRow:
    cells = {
        field: cell
        for field, cell in zip(spec.fields, reading.rows[row], strict=True)
        if not same_cell(cell, None)
    }
    return AddedRow(
        place=reading.place,
        key=key,
        source=Source(reading.place.address, row + FIRST_ROW),
        row=SettledRow(cells=cells, first_seen_at=snapshot.read_at),
    )


def _differences(
    reading: TabReading, spec: TabSpec, ref: RowRef, row: int, settled: SettledRow
) -> Iterator[Change]:
    for column, cell in zip(spec.columns, reading.rows[row], strict=True):
        before = settled.cells.get(column.field)
        if column.request or column.field not in reading.present or same_cell(cell, before):
            continue
        yield Change(
            place=reading.place,
            key=ref.key or (),
            document=document_of(reading.place.kind, settled.cells),
            ref=ref,
            source=Source(reading.place.address, row + FIRST_ROW),
            field=column.field,
            before=before,
            after=cell,
        )


def _tab_emptied(reading: TabReading, rows: int) -> Finding:
    return Finding(
        code=Code.TAB_EMPTIED,
        tab=reading.place.address,
        message=(
            f"All {rows} rows are gone at once, so nothing on this tab is acted upon. "
            "Bring them back with File, Version history."
        ),
        rule="merging.tab_emptied_rows",
    )
