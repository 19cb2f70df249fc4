"""How the sheet differs from what was settled: cell by cell as `verdicts` says, and row by row.

| a row                                           | is told as                                  |
| ----------------------------------------------- | ------------------------------------------- |
| its key was never settled                       | added                                       |
| its key is gone, and no other row is that row   | vanished, for locking                       |
| its key is gone, and another row is that row    | vanished and retyped, for locking           |
| its key stands on several rows                  | doubled: it counts as settled, once; copied |

Which row is that row, `identity` tells. Rules: none. Findings: edit-clash.
Never: says whether a tab is believed (standstill), whether a change may stand (locking), or what a
value means (columns).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.comparing.findings_of_rows import edit_clash
from sheetsync.core.comparing.identity import copied_rows, known_again
from sheetsync.core.comparing.verdicts import Verdict, side_of, verdict
from sheetsync.core.differences import AddedRow, CopiedRow, Merged, RetypedRow, VanishedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.matching.codes import HoldCode
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
from sheetsync.core.rows import is_as_settled, row_refs, same_cell
from sheetsync.core.rulebook import ColumnRules, ColumnSpec, TabSpec
from sheetsync.core.wording import document_of, shown_cell

FIRST_ROW = 2
"""Row 1 holds the headers."""

COPIES = frozenset({str(Code.DUPLICATE_KEY), str(HoldCode.DUPLICATE)})
SAID_OF_COPIES = frozenset({"message", "match_status", "holds", "payable_amount", "checked_at"})
"""What the worker writes on copies, and when: the one that is left may say so from an earlier day,
as a row does that was brought back by Undo beside the one that was written instead."""


@dataclass(frozen=True, slots=True)
class _Tab:
    """A tab, who its rows are, what was settled, and the keys that stood on several rows."""

    reading: TabReading
    spec: TabSpec
    refs: Sequence[RowRef | None]
    settled: Mapping[RowKey, SettledRow]
    copied: frozenset[RowKey]


@dataclass(slots=True, kw_only=True)
class _Found:
    """The differences of all tabs, as they are found."""

    changes: list[Change] = field(default_factory=list)
    overwrites: list[Change] = field(default_factory=list)
    added: list[AddedRow] = field(default_factory=list)
    vanished: list[VanishedRow] = field(default_factory=list)
    doubled: set[tuple[TabAddress, RowKey]] = field(default_factory=set)
    copied: list[CopiedRow] = field(default_factory=list)
    retyped: list[RetypedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


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
        The differences in the order of tabs and rows; a finding per request that was typed while
        another one was carried out.
    """
    found = _Found()
    refs: dict[TabAddress, Sequence[RowRef | None]] = {}
    for address, reading in snapshot.tabs.items():
        if reading.place.kind is TabKind.HISTORY:
            continue
        spec = columns.tabs[reading.place.kind]
        refs[address] = row_refs(reading.rows, spec)
        if address not in unread:
            settled, copied = baseline.rows.get(address, {}), _copied_before(address, baseline)
            _compare(_Tab(reading, spec, refs[address], settled, copied), snapshot, found)
    merged = Merged(
        changes=tuple(found.changes),
        overwrites=tuple(found.overwrites),
        added=tuple(found.added),
        vanished=tuple(found.vanished),
        doubled=frozenset(found.doubled),
        copied=tuple(found.copied),
        retyped=tuple(found.retyped),
        still=unread,
        refs=refs,
    )
    return merged, tuple(found.findings)


def _copied_before(address: TabAddress, baseline: Baseline) -> frozenset[RowKey]:
    """The keys that were said to stand on several rows of the tab."""
    return frozenset(
        known.key
        for known in baseline.findings.values()
        if known.key is not None and known.tab == address and known.code in COPIES
    )


def _compare(tab: _Tab, snapshot: Snapshot, found: _Found) -> None:
    """One tab, row by row and then for the rows that are gone."""
    reading, spec, settled = tab.reading, tab.spec, tab.settled
    rows = keyed_rows(tab.refs)
    for key, (ref, row) in rows.items():
        before = settled.get(key)
        if ref.content is not None:
            if before is not None:
                found.doubled.add((reading.place.address, key))
                found.copied.extend(copied_rows(reading, tab.refs, key, before, spec))
        elif before is None:
            found.added.append(_added(reading, spec, key, row, snapshot))
        else:
            for change in _differences(reading, spec, ref, row, before):
                if key not in tab.copied or change.field not in SAID_OF_COPIES:
                    _sort_out(change, spec.by_field[change.field], found)
    gone = [
        VanishedRow(place=reading.place, key=key, row=row)
        for key, row in settled.items()
        if key not in rows
    ]
    found.vanished.extend(gone)
    found.retyped.extend(known_again(reading, tab.refs, settled, gone, spec))


def _sort_out(change: Change, column: ColumnSpec, found: _Found) -> None:
    """A cell that differs, by the table; a request that was carried out was to be blank by now."""
    wish = None if column.request else change.before
    match verdict(change.before, change.after, wish, side_of(column)):
        case Verdict.CHANGED:
            found.changes.append(change)
        case Verdict.TYPED_OVER:
            found.overwrites.append(change)
        case Verdict.CLASH:
            why = f"{shown_cell(change.before, column.kind)} was carried out before."
            found.findings.append(edit_clash(change, wish, column, why))
        case _:
            pass


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
        if column.field not in reading.present or same_cell(cell, before):
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
