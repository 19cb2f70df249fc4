"""The rows of a tab, read and judged; those that stood in the last reading are taken over.

What a row is for itself depends on its raw cells, the columns, the two notations and the day. So a
row that was met before under the same of these is not judged again, wherever it stands now. What
depends on other rows is told anew for each tab that changed: which row is which, how many are
alike, and what the rows of one invoice say against each other.

Rules: rules/columns.yaml.
Never: holds more than the last reading held, or looks at another tab.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sheetsync.core.columns.cells import CellReader, hub_notation
from sheetsync.core.columns.documents import InvoiceKey, by_invoice
from sheetsync.core.columns.frames import (
    RawRow,
    RowFrame,
    columns_read,
    is_begun,
    read_frame,
)
from sheetsync.core.columns.neighbours import at_odds, at_odds_with_itself
from sheetsync.core.columns.rows import Complaint, ReadRow, Row, placed, read_rows
from sheetsync.core.columns.schemas import Failure, failures
from sheetsync.core.model import RowKey, RowRef, TabKind, TabPlace, TabReading
from sheetsync.core.reading import Notation
from sheetsync.core.rows import is_same_row, refs_by_key
from sheetsync.core.rulebook import ColumnRules, TabSpec

FIRST_ROW = 2
"""Row 1 holds the headers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InvoiceRows:
    """The rows of one invoice, and what they say against each other."""

    rows: tuple[Row, ...]
    odds: tuple[tuple[Row, Complaint], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedTab:
    """A tab's rows with all that is wrong with them.

    Args:
        place: Which tab.
        notation: How its supplier writes.
        raws: All its rows, as they were read.
        placed: The rows that people began, aligned with `raws`; None for any other.
        rows: The same without gaps.
        troubled: Those with which something is wrong.
        invoices: The rows of Invoices, invoice by invoice.
    """

    place: TabPlace
    notation: Notation
    raws: tuple[RawRow, ...]
    placed: tuple[Row | None, ...]
    rows: tuple[Row, ...]
    troubled: tuple[Row, ...]
    invoices: Mapping[InvoiceKey, InvoiceRows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenTab:
    """A tab of which rows are still to be judged.

    Args:
        reading: The tab.
        notation: How its supplier writes.
        last: The tab at the last reading, under the same rules and on the same day.
        reads: Its rows as far as they were judged before, aligned with the tab's.
        new: The places of the rows that were not.
        frame: Those rows, read.
    """

    reading: TabReading
    notation: Notation
    last: JudgedTab | None
    reads: Sequence[ReadRow | None]
    new: Sequence[int]
    frame: RowFrame


class Judge:
    """Judges the tabs of one reading.

    Args:
        rules: The columns of every tab.
        today: The calendar day in the workbook's time zone.
    """

    def __init__(self, rules: ColumnRules, today: date) -> None:
        self._rules = rules
        self._reader = CellReader(rules, today)
        self._hub = hub_notation(rules)

    def tabs(
        self, asked: Iterable[tuple[TabReading, Notation, JudgedTab | None]]
    ) -> Iterator[JudgedTab]:
        """The rows of readable tabs, in the order of the tabs; all their cells are judged at once.

        Args:
            asked: A tab, how its supplier writes, and the tab at the last reading, if there was
                one under the same rules and on the same day.
        """
        opened = [self._opened(*each) for each in asked]
        frames = [tab.frame for tab in opened if isinstance(tab, OpenTab)]
        found = iter(failures(frames))
        for tab in opened:
            yield self._closed(tab, next(found)) if isinstance(tab, OpenTab) else tab

    def _opened(
        self, reading: TabReading, notation: Notation, last: JudgedTab | None
    ) -> OpenTab | JudgedTab:
        """The tab as it was judged before, or with the rows that were not."""
        place, raws = reading.place, reading.rows
        if last is not None and (last.place, last.notation) != (place, notation):
            last = None
        if last is not None and is_as_it_was(raws, last.raws):
            return last
        kind, spec = place.kind, self._rules.tabs[place.kind]
        reads, others = _taken_over(raws, last, spec, kind)
        new = [at for at in others if is_begun(raws[at], spec)]
        rows = [raws[at] for at in new]
        frame = read_frame(rows, kind, spec, self._reader, self._hub, notation)
        return OpenTab(
            reading=reading, notation=notation, last=last, reads=reads, new=new, frame=frame
        )

    def _closed(self, tab: OpenTab, found: Sequence[Failure]) -> JudgedTab:
        """The tab, with what failed in its new rows."""
        place, raws, last = tab.reading.place, tab.reading.rows, tab.last
        spec = tab.frame.spec
        reads = list(tab.reads)
        for at, read in zip(tab.new, read_rows(tab.frame, found), strict=True):
            reads[at] = read
        keys = [read.key if read is not None else None for read in reads]
        refs = refs_by_key(raws, keys, spec)
        counts = Counter(
            read.unique_key for read in reads if read is not None and read.unique_key is not None
        )
        before = last.placed if last is not None else ()
        standing = tuple(_placed(place, spec, reads, refs, counts, before))
        rows = tuple(row for row in standing if row is not None)
        return JudgedTab(
            place=place,
            notation=tab.notation,
            raws=raws,
            placed=standing,
            rows=rows,
            troubled=tuple(row for row in rows if is_troubled(row)),
            invoices=_invoices(rows, spec, last) if place.kind is TabKind.INVOICES else {},
        )


def is_as_it_was(raws: Sequence[RawRow], last: Sequence[RawRow]) -> bool:
    """Whether a tab stands as at the last reading, row by row."""
    return raws is last or (len(raws) == len(last) and all(map(is_same_row, raws, last)))


def is_troubled(row: Row) -> bool:
    """Whether there is anything to say about the row."""
    return bool(row.read.faults or row.complaints or row.is_doubled)


def _taken_over(
    raws: Sequence[RawRow], last: JudgedTab | None, spec: TabSpec, kind: TabKind
) -> tuple[list[ReadRow | None], list[int]]:
    """The rows that were read before, aligned with `raws`, and the places of all others.

    Most rows stand where they stood; the others are looked for among the rows that do not. Only
    cells that are read count: the worker's own change in every cycle.
    """
    reads: list[ReadRow | None] = [None] * len(raws)
    if last is None:
        return reads, list(range(len(raws)))
    places_read = [spec.index[column.field] for column in columns_read(kind, spec)]

    def cells_read(cells: RawRow) -> RawRow:
        return tuple([cells[place] for place in places_read])

    stays = [
        is_same_row(cells, was) or is_same_row(cells_read(cells), cells_read(was))
        for cells, was in zip(raws, last.raws, strict=False)
    ]
    moved: dict[object, ReadRow] = {}
    for place, row in enumerate(last.placed):
        if row is None:
            continue
        if place < len(stays) and stays[place]:
            reads[place] = row.read
        else:
            moved[_to_the_letter(cells_read(row.read.raws))] = row.read
    others = []
    for place, cells in enumerate(raws):
        if place < len(stays) and stays[place]:
            continue
        wanted = cells_read(cells)
        found = moved.get(_to_the_letter(wanted)) if moved else None
        if found is not None and is_same_row(cells_read(found.raws), wanted):
            reads[place] = found
        else:
            others.append(place)
    return reads, others


def _to_the_letter(cells: RawRow) -> object:
    return cells, tuple(map(type, cells))


def _placed(
    place: TabPlace,
    spec: TabSpec,
    reads: Sequence[ReadRow | None],
    refs: Sequence[RowRef | None],
    counts: Counter[RowKey],
    before: Sequence[Row | None],
) -> Iterator[Row | None]:
    """Every row where it stands; the one from before where nothing about it is new."""
    for index, (read, ref) in enumerate(zip(reads, refs, strict=True)):
        if read is None or ref is None:
            yield None
            continue
        alike = counts[read.unique_key] if read.unique_key is not None else 1
        was = before[index] if index < len(before) else None
        if was is not None and was.read is read and was.alike == alike and was.ref == ref:
            yield was
        else:
            row = placed(place, index + FIRST_ROW, ref, alike, read)
            yield at_odds_with_itself(row, spec)


def _invoices(
    rows: Sequence[Row], spec: TabSpec, last: JudgedTab | None
) -> dict[InvoiceKey, InvoiceRows]:
    known = last.invoices if last is not None else {}
    found = {}
    for key, group in by_invoice(rows).items():
        was = known.get(key)
        if was is not None and is_same_group(was.rows, group):
            found[key] = was
        else:
            found[key] = InvoiceRows(rows=tuple(group), odds=tuple(at_odds(group, spec)))
    return found


def is_same_group(one: Sequence[Row], other: Sequence[Row]) -> bool:
    """Whether both are the very same rows."""
    return len(one) == len(other) and all(
        row is another for row, another in zip(one, other, strict=True)
    )
