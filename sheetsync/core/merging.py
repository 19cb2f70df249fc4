"""Three-way compare, cell by cell: the settled row, the row as it stands, and whose column it is.

| cell differs from the settled row | column of a person            | column of the worker       |
| --------------------------------- | ----------------------------- | -------------------------- |
| a request (action, answer)        | left to lifecycle, approval   |                            |
| any other                         | a change, for locking         | an overwrite, for locking  |
| the row is new                    | added                         |                            |
| the row is gone                   | vanished, for locking         | vanished                   |

Rules: none. Findings: duplicate-key, DUPLICATE for invoices.
Never: says whether a tab is believed (standstill), whether a change may stand (locking), or what a
value means (columns).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetsync.core.differences import AddedRow, Merged, VanishedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.matching.codes import HoldCode
from sheetsync.core.model import (
    Baseline,
    Change,
    RawCell,
    RowKey,
    RowRef,
    SettledRow,
    Snapshot,
    Source,
    TabAddress,
    TabKind,
    TabReading,
)
from sheetsync.core.rows import is_as_settled, row_refs, same_cell
from sheetsync.core.rulebook import ColumnRules, TabSpec
from sheetsync.core.wording import document_of

FIRST_ROW = 2
"""Row 1 holds the headers."""


def merge(
    snapshot: Snapshot,
    baseline: Baseline,
    unread: frozenset[TabAddress],
    columns: ColumnRules,
) -> tuple[Merged, tuple[Finding, ...]]:
    """Compare every tab with its settled rows.

    Args:
        snapshot: This reading.
        baseline: The settled rows.
        unread: Tabs that miss a header without which their rows cannot be read; they stand still.
        columns: Which column is whose.

    Returns:
        The differences in the order of tabs and rows, and a finding per row that was copied down
        with its key.
    """
    changes: list[Change] = []
    overwrites: list[Change] = []
    added: list[AddedRow] = []
    vanished: list[VanishedRow] = []
    doubled: set[tuple[TabAddress, RowKey]] = set()
    refs: dict[TabAddress, Sequence[RowRef | None]] = {}
    findings: list[Finding] = []
    for address, reading in snapshot.tabs.items():
        spec = columns.tabs[reading.place.kind]
        if reading.place.kind is TabKind.HISTORY:
            continue
        settled = baseline.rows.get(address, {})
        refs[address] = row_refs(reading.rows, spec)
        rows = keyed_rows(refs[address])
        if address in unread:
            continue
        for key, (ref, row) in rows.items():
            if ref.content is not None:
                if key in settled:
                    doubled.add((address, key))
                    findings.extend(_copied(reading, spec, key, settled[key]))
            elif key not in settled:
                added.append(_added(reading, spec, key, row, snapshot))
            else:
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
        doubled=frozenset(doubled),
        still=unread,
        refs=refs,
    )
    return merged, tuple(findings)


def keyed_rows(refs: Sequence[RowRef | None]) -> dict[RowKey, tuple[RowRef, int]]:
    """Every key that the tab shows, with its row (0-based); of doubled ones the topmost."""
    found: dict[RowKey, tuple[RowRef, int]] = {}
    for row, ref in enumerate(refs):
        if ref is not None and ref.key is not None and ref.key not in found:
            found[ref.key] = (ref, row)
    return found


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
    if is_as_settled(reading.rows[row], settled.cells, spec):
        return
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


def _copied(
    reading: TabReading, spec: TabSpec, key: RowKey, settled: SettledRow
) -> Iterator[Finding]:
    """The rows that carry a settled row's key beside the row that still says what was settled."""
    rows = [
        (row, ref)
        for row, ref in enumerate(row_refs(reading.rows, spec))
        if ref is not None and ref.key == key
    ]
    original = next((row for row, _ in rows if _says(reading.rows[row], spec, settled)), None)
    document = document_of(reading.place.kind, settled.cells)
    for copy, (row, ref) in enumerate(rows):
        if row != original:
            is_invoice = reading.place.kind is TabKind.INVOICES
            yield Finding(
                code=HoldCode.DUPLICATE if is_invoice else Code.DUPLICATE_KEY,
                tab=reading.place.address,
                ref=ref,
                source=Source(reading.place.address, row + FIRST_ROW),
                document=f"{document}, copy {copy}",
                message=(
                    f"{document[:1].upper()}{document[1:]} is here already; this row is a "
                    "duplicate and counts for nothing. Delete it, or give it a number of its own."
                ),
                rule=f"columns.{reading.place.kind}.key",
                supplier=reading.place.supplier,
            )


def _says(cells: Sequence[RawCell], spec: TabSpec, settled: SettledRow) -> bool:
    return all(
        same_cell(cells[spec.index[column.field]], settled.cells.get(column.field))
        for column in spec.columns
        if column.is_people_s and not column.request
    )
