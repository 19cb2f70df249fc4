"""Three-way compare, cell by cell: the settled row, the row as it stands, and whose column it is.

| cell differs from the settled row | column of a person            | column of the worker       |
| --------------------------------- | ----------------------------- | -------------------------- |
| a request (action, answer)        | left to lifecycle, approval   |                            |
| any other                         | a change, for locking         | an overwrite, for locking  |
| the row is new                    | added                         |                            |
| the row is gone                   | vanished, for locking         | vanished                   |

Rules: rules/merging.yaml. Findings: tab-emptied, duplicate-key, DUPLICATE for invoices.
Never: says whether a change may stand (locking), or what a value means (columns).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

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
from sheetsync.core.rulebook import ColumnRules, MergingRules, TabSpec
from sheetsync.core.wording import document_of

FIRST_ROW = 2
"""Row 1 holds the headers."""


def merge(
    snapshot: Snapshot,
    baseline: Baseline,
    unread: frozenset[TabAddress],
    columns: ColumnRules,
    rules: MergingRules,
) -> tuple[Merged, tuple[Finding, ...]]:
    """Compare every tab with its settled rows.

    Args:
        snapshot: This reading.
        baseline: The settled rows.
        unread: Tabs that miss a header without which their rows cannot be read; they stand still.
        columns: Which column is whose.
        rules: What counts as an emptied tab.

    Returns:
        The differences in the order of tabs and rows; a finding per tab that was emptied, and per
        row that was copied down with its key.
    """
    changes: list[Change] = []
    overwrites: list[Change] = []
    added: list[AddedRow] = []
    vanished: list[VanishedRow] = []
    doubled: set[tuple[TabAddress, RowKey]] = set()
    still: set[TabAddress] = set(unread)
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
        if is_emptied(rows, settled, reading, rules):
            still.add(address)
            findings.append(_tab_emptied(reading, len(settled)))
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
        still=frozenset(still),
        stops=(*_stops(vanished, baseline, rules), *_unread_at_first(snapshot, baseline, unread)),
        refs=refs,
    )
    return merged, tuple(findings)


def _unread_at_first(
    snapshot: Snapshot, baseline: Baseline, unread: frozenset[TabAddress]
) -> Iterator[str]:
    """Orders under way are taken over in the first cycle alone, so it must be able to read them."""
    for address, reading in snapshot.tabs.items():
        is_orders = reading.place.kind is TabKind.ORDER_LINES
        if baseline.cycle == 0 and is_orders and reading.exists and address in unread:
            yield (
                f'The tab "{address.tab}" lacks a header without which its rows cannot be read, '
                "and the first cycle takes the status of every order from there. "
                "Put the header back first; once this is confirmed, they all begin as drafts."
            )


def _stops(
    vanished: Sequence[VanishedRow], baseline: Baseline, rules: MergingRules
) -> Iterator[str]:
    """The tabs that lost so much at once that a person must look first."""
    for place, gone in Counter(row.place for row in vanished).items():
        rows = len(baseline.rows[place.address])
        is_much = gone >= rules.vanished_rows and gone * 100 > rows * rules.vanished_pct
        if is_much and place.kind not in {TabKind.EXCEPTIONS, TabKind.STATUS}:
            yield f"{gone} of the {rows} rows of {place.address} are gone at once."


def keyed_rows(refs: Sequence[RowRef | None]) -> dict[RowKey, tuple[RowRef, int]]:
    """Every key that the tab shows, with its row (0-based); of doubled ones the topmost."""
    found: dict[RowKey, tuple[RowRef, int]] = {}
    for row, ref in enumerate(refs):
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
