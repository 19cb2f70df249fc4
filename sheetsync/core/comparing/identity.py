"""Which settled row a row is, when its key cells do not say so any more.

Keys are cells, and people type over them, clear them, or paste a block across them. A settled row
whose key is gone is looked for among the rows that nobody knows: those with a key of their own that
was never settled, with none, or with one that another row had first. It is known again by its other
cells:

- what sheetsync wrote on it stands there still, and of what people typed at most two cells differ;
- or sheetsync had written nothing on it yet, and everything else is the same, with one part of a
  key of several parts.

A row that was copied down is a copy: the row that says what was settled keeps the key.

Never: says whether a key may be changed (`locking`), reads a meaning, or looks at row numbers,
so that sorting changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetsync.core.differences import CopiedRow, RetypedRow, VanishedRow
from sheetsync.core.model import RawCell, RowKey, RowRef, SettledRow, Source, TabKind, TabReading
from sheetsync.core.rows import is_blank, same_cell
from sheetsync.core.rulebook import TabSpec

FIRST_ROW = 2
"""Row 1 holds the headers."""

MOST_OTHERS = 2
"""So many cells may have been typed over together with the key."""

NO_MARKS = frozenset({"message", "checked_at"})
"""Cells of the worker that say nothing about whose row it is, and that people clear."""

NOT_LOOKED_FOR = frozenset({TabKind.STATUS, TabKind.HISTORY})
"""Lists that the worker simply writes again."""

Cells = tuple[RawCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looks:
    """What a row is known by: the worker's cells, people's cells, and the parts of its key."""

    workers: Cells
    people: Cells
    key: Cells

    @property
    def is_written_on(self) -> bool:
        """Whether the worker's cells say something."""
        return any(cell is not None for cell in self.workers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stray:
    """A row that carries no settled key of its own."""

    ref: RowRef
    row: int
    looks: _Looks


def known_again(
    reading: TabReading,
    refs: Sequence[RowRef | None],
    settled: Mapping[RowKey, SettledRow],
    gone: Sequence[VanishedRow],
    spec: TabSpec,
) -> tuple[RetypedRow, ...]:
    """The vanished rows that stand in the tab under another key, or under none.

    Args:
        reading: The tab.
        refs: Who its rows are, aligned with them.
        settled: Its settled rows.
        gone: Those of them whose key the tab does not show.
        spec: Its columns.

    Returns:
        In the order of the keys that are gone; each row of the tab at most once.
    """
    if not gone or reading.place.kind in NOT_LOOKED_FOR:
        return ()
    fields = _fields_of(reading, spec)
    strays = [
        _Stray(ref=ref, row=row, looks=_looks(dict(zip(spec.fields, cells, strict=True)), fields))
        for row, ref, cells in _without_place(reading, refs, settled, spec)
    ]
    if not strays:
        return ()
    found = _paired([_looks(was.row.cells, fields) for was in gone], gone, strays)
    return tuple(
        RetypedRow(
            was=was,
            now=found[place].ref,
            source=Source(reading.place.address, found[place].row + FIRST_ROW),
            cells=dict(zip(spec.fields, reading.rows[found[place].row], strict=True)),
        )
        for place, was in enumerate(gone)
        if place in found
    )


def copied_rows(
    reading: TabReading,
    refs: Sequence[RowRef | None],
    key: RowKey,
    settled: SettledRow,
    spec: TabSpec,
) -> Iterator[CopiedRow]:
    """The rows that carry a settled row's key beside the row that still says what was settled."""
    rows = [(row, ref) for row, ref in enumerate(refs) if ref is not None and ref.key == key]
    original = _original([row for row, _ in rows], reading, settled, spec)
    copies = [(row, ref) for row, ref in rows if row != original]
    # Counted by what they say, so that sorting them changes nothing.
    copies.sort(key=lambda copy: (repr(copy[1].content), copy[1].occurrence))
    for count, (row, ref) in enumerate(copies, 1):
        yield CopiedRow(
            place=reading.place,
            ref=ref,
            source=Source(reading.place.address, row + FIRST_ROW),
            row=settled,
            count=count,
        )


def _original(
    rows: Sequence[int], reading: TabReading, settled: SettledRow, spec: TabSpec
) -> int | None:
    """Which of the rows with a settled key is the settled one; None where none says what it said.

    People wrote little on some tabs, so of those that say the same in their columns, the one that
    also shows what sheetsync wrote is it; of several such, the one that was not told to be a copy;
    then the one in which nothing new is asked for. Where it stands counts for nothing.
    """
    workers, _, _ = _fields_of(reading, spec)
    people = [c.field for c in spec.columns if c.is_people_s and not c.request]
    alike = [row for row in rows if _says(reading.rows[row], people, settled, spec)]
    exact = [row for row in alike if _says(reading.rows[row], workers, settled, spec)]
    told = spec.index.get("message")
    asked = [column.field for column in spec.columns if column.request]

    def rank(row: int) -> tuple[bool, bool, list[str]]:
        cells = reading.rows[row]
        is_told = told is not None and not is_blank(cells[told])
        asks = not _says(cells, asked, settled, spec)
        return is_told, asks, [repr(cells[spec.index[field]]) for field in asked]

    return min(exact or alike, key=rank, default=None)


def _says(cells: Cells, fields: Sequence[str], settled: SettledRow, spec: TabSpec) -> bool:
    return all(same_cell(cells[spec.index[field]], settled.cells.get(field)) for field in fields)


def _without_place(
    reading: TabReading,
    refs: Sequence[RowRef | None],
    settled: Mapping[RowKey, SettledRow],
    spec: TabSpec,
) -> Iterator[tuple[int, RowRef, Cells]]:
    """The rows that are not a settled key's row; of several, the one that says so keeps it."""
    several: dict[RowKey, list[int]] = defaultdict(list)
    for row, ref in enumerate(refs):
        if ref is None:
            continue
        if ref.key is None or ref.key not in settled:
            yield row, ref, reading.rows[row]
        elif ref.content is not None:
            several[ref.key].append(row)
    for key, rows in several.items():
        original = _original(rows, reading, settled[key], spec)
        for row, ref in ((row, refs[row]) for row in rows):
            if row != original and ref is not None:
                yield row, ref, reading.rows[row]


def _fields_of(
    reading: TabReading, spec: TabSpec
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The columns that tell rows apart: the worker's, people's, and the key's."""
    told = [
        column
        for column in spec.columns
        if column.field in reading.present
        and column.field not in {*spec.key, *NO_MARKS}
        and not column.request
    ]
    workers = tuple(column.field for column in told if not column.is_people_s)
    people = tuple(column.field for column in told if column.is_people_s)
    return workers, people, spec.key


def _looks(
    cells: Mapping[str, RawCell], fields: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
) -> _Looks:
    workers, people, key = (tuple(_plain(cells.get(f)) for f in part) for part in fields)
    return _Looks(workers=workers, people=people, key=key)


def _plain(cell: RawCell) -> RawCell:
    """A cell so that equal ones show the same: blanks are alike, TRUE is not 1."""
    if is_blank(cell):
        return None
    return f"({cell})" if isinstance(cell, bool) else cell


def _paired(
    looks: Sequence[_Looks], gone: Sequence[VanishedRow], strays: Sequence[_Stray]
) -> dict[int, _Stray]:
    """Each vanished row's stray, the closest ones first; equals go by their keys."""
    by_part: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, stray in enumerate(strays):
        for part in _parts(stray.looks):
            by_part[part].append(place)
    close = []
    for place, (mine, was) in enumerate(zip(looks, gone, strict=True)):
        near = {each for part in _parts(mine) for each in by_part.get(part, ())}
        for each in near:
            stray = strays[each]
            others = sum(a != b for a, b in zip(mine.people, stray.looks.people, strict=True))
            parts = sum(a == b for a, b in zip(mine.key, stray.looks.key, strict=True))
            if _is_same_row(mine, stray.looks, others, parts):
                whose = (was.key, stray.ref.key or (), repr(stray.ref.content))
                rank = (others, -parts, *whose, each)
                close.append((rank, place, each))
    found: dict[int, _Stray] = {}
    taken: set[int] = set()
    for _, place, each in sorted(close):
        if place not in found and each not in taken:
            found[place] = strays[each]
            taken.add(each)
    return found


def _parts(looks: _Looks) -> Iterator[tuple[object, ...]]:
    """Thirds of a row: where two cells differ at most, one of them is the same."""
    for third in range(MOST_OTHERS + 1):
        yield (third, looks.workers, looks.people[third :: MOST_OTHERS + 1])


def _is_same_row(mine: _Looks, other: _Looks, others: int, parts: int) -> bool:
    if mine.workers != other.workers:
        return False
    if not mine.is_written_on:
        says = any(cell is not None for cell in mine.people)
        return says and not others and (parts > 0 or len(mine.key) == 1)
    return others <= MOST_OTHERS
