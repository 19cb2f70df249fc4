"""The history tab against the journal: what is laid right, what people did to it, who is ahead.

The tab follows the journal. Rows that people edited, deleted, inserted or moved stand again as the
journal has them, and what was typed there is told. Rows that the worker itself wrote in a cycle
that came to something else are known by their macs and laid right without a word. Rows that only
a newer store can have written are not touched: then this store is behind. docs/adr/0017 says why.

While one of its headers is gone the tab stands still: nothing is compared or written, and what
happens meanwhile is told when the header is back.

A row is told by its event's id. Those that stand in the journal's order stay where they are, notes
in columns of people's own beside them; the rows between them are filled in place, and what is
still missing is inserted. No row is ever deleted but an archived one.

Never: writes anything, judges what an event says.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetsync.core.history.chain import (
    AT,
    CHAIN,
    COLUMNS,
    EVENT_ID,
    FIELDS,
    MAC,
    OUR_MARK,
    Journal,
    Row,
    event_id_of,
    holds,
    is_blank_row,
    same_row,
    shown_at,
)
from sheetsync.core.history.longest_run import longest_run
from sheetsync.core.history.overwritten import overwritten
from sheetsync.core.history.seen import cells_digest, ids_digest
from sheetsync.core.history.typed import HistoryEdits, TypedRow
from sheetsync.core.history.unknown import unknown_events
from sheetsync.core.model import WITNESSED_LENGTH, RawCell, TabReading, Witness
from sheetsync.core.plan import HistoryMend

VALUES = tuple(FIELDS.index(name) for name in ("old", "new", "order_version"))
"""What may hold a number or a tick; all else is text."""

MOST_AT_ONCE, BYTES_OF_A_CELL = 4_000_000, 90
"""A mend goes out as a whole, and Google refuses bodies of 10 MB: the rest waits a cycle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReview:
    """What comes of holding the tab against the journal.

    Args:
        write: How the tab is laid right; None where it is.
        edits: What people did; None where nobody did anything.
        ahead: Events that only a newer store can have told.
        wants_another: Not all could be laid right at once.
    """

    write: HistoryMend | None = None
    edits: HistoryEdits | None = None
    ahead: tuple[str, ...] = ()
    wants_another: bool = False


AS_TOLD = HistoryReview()
"""The tab shows what it should."""


def review(
    reading: TabReading,
    journal: Journal,
    witnesses: Sequence[Witness] = (),
    lost_before: frozenset[str] = frozenset(),
) -> HistoryReview:
    """Hold what the tab shows against the journal.

    Args:
        reading: The whole history tab.
        journal: What it should show.
        witnesses: What stood in this tab where it was laid right, as far as not heard before.
        lost_before: Columns that were not there in the cycle before; one of these that is blank
            from top to bottom was made anew by `sheetsync init`, and nobody emptied it.
    """
    if not reading.exists:
        return AS_TOLD
    rows = as_rows(reading)
    if set(COLUMNS) - reading.present:
        found = HistoryReview(ahead=unknown_events(rows, reading.present, journal))
    elif list(rows) == list(journal.rows) and _ticks(rows) == _ticks(journal.rows):
        found = AS_TOLD
    else:
        found = _Comparison(reading, rows, journal, lost_before).outcome()
    return _with_overwritten(found, rows, journal, witnesses)


def _with_overwritten(
    found: HistoryReview, rows: Sequence[Row], journal: Journal, witnesses: Sequence[Witness]
) -> HistoryReview:
    if not witnesses or found.ahead:
        return found
    due = {str(row[EVENT_ID]): row for row in journal.rows}
    at = {event_id_of(row): place + 2 for place, row in enumerate(rows)}
    typed = tuple(
        TypedRow(row=at.get(event_id), event_id=event_id, cells=cells)
        for event_id, cells in overwritten(witnesses, due, COLUMNS)
    )
    if not typed:
        return found
    edits = found.edits or HistoryEdits(first_row=typed[0].row or 2)
    return replace(found, edits=replace(edits, overwritten=typed))


def as_rows(reading: TabReading) -> Sequence[Row]:
    """The tab's rows in the order of the chain's fields, whatever the order in the rules."""
    if reading.fields == COLUMNS:
        return reading.rows
    places = [reading.fields.index(name) for name in COLUMNS]
    return [tuple(row[place] for place in places) for row in reading.rows]


def _ticks(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Where TRUE and FALSE stand, which Python takes for 1 and 0."""
    return [
        (place, column)
        for place, row in enumerate(rows)
        for column in VALUES
        if row[column].__class__ is bool
    ]


class _Comparison:
    """One slow comparison: the sheet's rows by what they are, then what is to be done."""

    def __init__(
        self,
        reading: TabReading,
        rows: Sequence[Row],
        journal: Journal,
        lost_before: frozenset[str],
    ) -> None:
        self.reading, self.rows, self.due, self.journal = reading, rows, journal.rows, journal
        self.numbers = {str(row[EVENT_ID]): number for number, row in enumerate(self.due)}
        blank = {name for p, name in enumerate(COLUMNS) if all(row[p] is None for row in rows)}
        # A column of macs that shows none was added a moment ago; nobody emptied it.
        self.has_macs = CHAIN not in blank
        self.made_anew = blank & {CHAIN, *lost_before}
        self.told_at = [shown_at(at) for at in journal.plans]
        self.ours: set[int] = set()
        self.archived: set[int] = set()
        self.strange: set[int] = set()
        self.numbered: dict[int, int] = {}
        self.ahead: list[str] = []
        self._tell_apart()
        self.kept = self._kept()
        self.cells: dict[int, dict[str, RawCell]] = {}
        self.inserted: dict[int, tuple[Mapping[str, RawCell], ...]] = {}
        self.room = MOST_AT_ONCE
        self.until = len(rows)

    def outcome(self) -> HistoryReview:
        if self.ahead:
            return HistoryReview(ahead=tuple(dict.fromkeys(self.ahead)))
        self._fill()
        if not (self.cells or self.inserted or self.archived):
            return AS_TOLD
        edits, is_all = self._edits(), self.room > 0
        return HistoryReview(write=self._write(), edits=edits, wants_another=not is_all)

    # -- which row is which ------------------------------------------------------------------------

    def _tell_apart(self) -> None:
        before, doubtful = self.journal.before, []
        for place, row in enumerate(self.rows):
            if is_blank_row(row):
                continue
            event_id = event_id_of(row)
            above, before = before, str(row[MAC])
            number = self.numbers.get(event_id)
            if number is not None:
                self.numbered[place] = number
                if not same_row(row, self.due[number]) and self._is_held(row, above):
                    self.ours.add(place)
            elif event_id in self.journal.archived:
                self._of_the_archive(place, row, event_id)
            elif event_id in self.journal.planned:
                self.ours.add(place)
            elif not self._is_held(row, above):
                self.strange.add(place)
                doubtful += [event_id] if event_id.startswith(OUR_MARK) else []
            elif self._was_planned(row):
                self.ours.add(place)
            else:
                self.ahead.append(event_id)
        if doubtful and not (self.has_macs and self.numbered):
            # Nothing here is known to be ours: this is another store's history, or an older tab's.
            self.ahead += doubtful

    def _is_held(self, row: Row, before: str) -> bool:
        """Whether only the worker can have written it, after the row above or after the head."""
        if not self.has_macs:
            return False
        after = dict.fromkeys((before, self.journal.head, self.journal.before))
        return any(holds(row, mac, self.journal.key) for mac in after)

    def _was_planned(self, row: Row) -> bool:
        """Whether a plan that this store knows of told it; an event carries its plan's time."""
        return row[AT] in self.told_at

    def _of_the_archive(self, place: int, row: Row, event_id: str) -> None:
        self.archived.add(place)
        if not same_row(row, self.journal.archived[event_id]):
            self.strange.add(place)

    def _kept(self) -> list[int]:
        """The rows that stay where they are: the longest run in the journal's order.

        Where most rows are out of order, none does: they are filled in place from the first on.
        """
        places = [place for place in self.numbered if place not in self.ours]
        kept = longest_run(places, [self.numbered[place] for place in places])
        return kept if 2 * len(kept) >= len(places) else []

    # -- what is to be done ------------------------------------------------------------------------

    def _fill(self) -> None:
        """Between the rows that stay: fill the others, clear what is too many, insert the rest."""
        free = [
            place
            for place, row in enumerate(self.rows)
            if place not in self.archived and not is_blank_row(row)
        ]
        kept = set(self.kept)
        start = number = 0
        for place in (*self.kept, len(self.rows)):
            until = bisect_left(free, place)
            end = self.numbered[place] if place in kept else len(self.due)
            self._fill_between(free[start:until], range(number, end), place)
            if place in kept:
                self._lay(place, self.due[end])
            if self.room <= 0:
                self.until = min(self.until, place + 1)
                return
            start, number = until + 1, end + 1

    def _fill_between(self, places: Sequence[int], numbers: range, until: int) -> None:
        for place, number in zip(places, numbers, strict=False):
            self._lay(place, self.due[number])
        for place in places[len(numbers) :]:
            self._lay(place, (None,) * len(COLUMNS))
        rows = []
        for number in numbers[len(places) :]:
            if self.room > 0:
                rows.append(_filled(self.due[number]))
                self.room -= _size(rows[-1])
        if rows:
            self.inserted[until] = tuple(rows)

    def _lay(self, place: int, row: Row) -> None:
        if self.room <= 0:
            self.until = min(self.until, place)
            return
        wrong = {
            name: cell
            for name, shown, cell in zip(COLUMNS, self.rows[place], row, strict=True)
            if not same_row((shown,), (cell,))
        }
        if wrong:
            self.cells[place] = wrong
            self.room -= _size(wrong) + _size_of_witness(wrong.values(), self.rows[place])

    def _write(self) -> HistoryMend:
        shown = [row[EVENT_ID] for row in self.rows]
        ids: list[RawCell] = []
        for place in range(len(shown) + 1):
            ids += [row[COLUMNS[EVENT_ID]] for row in self.inserted.get(place, ())]
            if place < len(shown) and place not in self.archived:
                ids.append(self.cells.get(place, {}).get(COLUMNS[EVENT_ID], shown[place]))
        return HistoryMend(
            tab=self.reading.place.address,
            seen=ids_digest(shown),
            after=ids_digest(ids),
            rows=len(ids),
            stood=cells_digest(self.cells, lambda row, name: self.rows[row][COLUMNS.index(name)]),
            cells=self.cells,
            inserted=self.inserted,
            removed=tuple(sorted(self.archived)),
        )

    # -- what people did ---------------------------------------------------------------------------

    def _edits(self) -> HistoryEdits | None:
        kept, typed, moved, first = set(self.kept), [], 0, []
        for place, row in enumerate(self.rows):
            if place in self.ours or is_blank_row(row) or place >= self.until:
                continue
            cells = self._typed(place, row)
            is_moved = place in self.numbered and place not in kept
            if cells:
                typed.append(TypedRow(row=place + 2, event_id=event_id_of(row), cells=cells))
            elif is_moved:
                moved += 1
            first += [place] if cells or is_moved else []
        deleted = self._deleted()
        if deleted:
            first.append(self._stood_at(min(deleted)))
        if not first:
            return None
        ids = tuple(str(self.due[number][EVENT_ID]) for number in deleted)
        return HistoryEdits(typed=tuple(typed), deleted=ids, moved=moved, first_row=min(first) + 2)

    def _typed(self, place: int, row: Row) -> dict[str, RawCell]:
        """What the row shows and the journal does not have there."""
        if place in self.strange:
            meant = self.journal.archived.get(event_id_of(row), (None,) * len(COLUMNS))
        elif place in self.numbered:
            meant = self.due[self.numbered[place]]
        else:
            return {}
        return {
            name: shown
            for name, shown, cell in zip(COLUMNS, row, meant, strict=True)
            if not same_row((shown,), (cell,)) and name not in self.made_anew
        }

    def _deleted(self) -> list[int]:
        """The numbers of events that are gone; those that may never have stood there are not.

        While not all can be laid right at once, only of those that are.
        """
        shown = set(self.numbered.values())
        if self.room <= 0:
            shown.update(range(self._told_until(), len(self.due)))
        must_stand = max(self._once_shown(), *shown, 0)
        return [number for number in range(must_stand) if number not in shown]

    def _once_shown(self) -> int:
        """How many events stood in the tab: where nobody knows, all but the newest plan's."""
        if self.journal.shown is not None:
            return self.journal.shown
        newest = self.told_at[0] if self.told_at else None
        told = [number for number, row in enumerate(self.due) if row[AT] != newest]
        return max(told, default=-1) + 1

    def _told_until(self) -> int:
        """The number of the first event that waits for the next cycle."""
        told = [row[COLUMNS[EVENT_ID]] for rows in self.inserted.values() for row in rows]
        told += [cells.get(COLUMNS[EVENT_ID]) for cells in self.cells.values()]
        return max((self.numbers[str(each)] for each in told if each is not None), default=-1) + 1

    def _stood_at(self, number: int) -> int:
        """About where a row that is gone stood: below the last row with a smaller number."""
        above = [place for place, other in self.numbered.items() if other < number]
        return max(above, default=-1) + 1


def _filled(row: Row) -> dict[str, RawCell]:
    return {name: cell for name, cell in zip(COLUMNS, row, strict=True) if cell is not None}


def _size(cells: Mapping[str, RawCell]) -> int:
    """About how many bytes it takes to write them."""
    return sum(BYTES_OF_A_CELL + len(str(cell)) for cell in cells.values())


def _size_of_witness(*said: Iterable[RawCell]) -> int:
    """About how many bytes its witness takes to say what stood and what is written."""
    return sum(min(len(str(cell)), WITNESSED_LENGTH) for cells in said for cell in cells)
