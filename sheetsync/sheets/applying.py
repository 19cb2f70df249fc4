"""The next part of a plan for one spreadsheet: what fits the second reading, as one batch.

Most plans have one part. A plan over the payload limit has several: its writes in their order, all
that goes to one row together, then what is told in the change history. Each part is fitted to a
reading of its own, so that what a part changed is seen by the next. What a witness of the plan
says to have been written already is taken, and not held against the reading.

Never: reads or sends anything; decides what should be written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, repeat

from sheetsync.core.history.chain import FIELDS
from sheetsync.core.plan import (
    Applied,
    CellWrite,
    ChainedEvent,
    HistoryMend,
    RowAppend,
    Write,
)
from sheetsync.ports import Batch, Tell
from sheetsync.sheets.fitting import NO_TAB, Fit, Sight, fit_writes
from sheetsync.sheets.hearing import Heard, plan_of, written_by
from sheetsync.sheets.history import can_tell, fit_events, fit_mend, untold
from sheetsync.sheets.payload import as_many_as_fit, first_guess, first_part
from sheetsync.sheets.sending import Book, Parcel, pack

CELLS_OF_EVENT = len(FIELDS) + 1

ASTRAY = "rows or columns moved in the instant of the write"

Row = tuple[tuple[int, Write], ...]
"""The writes to one row of a tab, each with its index in the plan."""


@dataclass(slots=True)
class Outcome:
    """What became of the writes so far."""

    taken: set[int] = field(default_factory=set)
    skipped: dict[int, str] = field(default_factory=dict)
    askew: set[int] = field(default_factory=set)
    cells_written: int = 0
    history_rows: int = 0
    is_told: bool = False

    def add(self, part: Part, landed: Sequence[Heard]) -> None:
        """A part was sent; some of its writes may have landed elsewhere."""
        astray = {index for line in landed for index in line.astray}
        self.askew.update(*(line.askew for line in landed))
        self.taken |= part.taken.difference(astray)
        self.skipped |= {**part.skipped} | dict.fromkeys(sorted(astray), ASTRAY)
        self.cells_written += part.cells_written
        self.history_rows += part.history_rows
        self.is_told = part.is_told and part.is_last

    def applied(self) -> Applied:
        """The same for the state store."""
        return Applied(
            taken=frozenset(self.taken),
            skipped=dict(sorted(self.skipped.items())),
            askew=frozenset(self.askew),
            cells_written=self.cells_written,
            history_rows=self.history_rows,
            is_told=self.is_told,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is still to be done in one spreadsheet.

    Args:
        rows: What is to be written.
        tell: Says what happened, once all of it is known; None where nothing is told.
        taken: The writes that took so far, here and elsewhere.
        batch: What names this part.
        guess: How many items will fit.
    """

    rows: Sequence[Row]
    tell: Tell | None
    taken: Collection[int]
    batch: Batch
    guess: int

    @property
    def near(self) -> Sequence[Row]:
        """The rows that this part may reach."""
        return self.rows[: self.guess]

    @property
    def is_to_tell(self) -> bool:
        """Whether this part may reach what is told."""
        return self.tell is not None and len(self.near) == len(self.rows)

    def after(self, part: Part, taken: Collection[int], batch: Batch) -> Due:
        """What is left after a part."""
        rows = self.rows[part.rows :]
        return replace(self, rows=rows, taken=frozenset(taken), batch=batch, guess=part.guess)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the second reading shows of a spreadsheet, by the configured titles of its tabs.

    `history` is the title of the change history, if it is there and asked for.
    """

    book: Book
    sights: Mapping[str, Sight]
    history: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One batch, and what becomes of the writes in it; `is_told` while the history can be told.

    `rows` of those that were due are done with it; `guess` is how many items the next may have.
    """

    parcel: Parcel
    fits: Sequence[Fit]
    taken: frozenset[int]
    skipped: Mapping[int, str]
    cells_written: int = 0
    history_rows: int = 0
    is_told: bool = False
    rows: int = 0
    guess: int = 1
    is_last: bool = True

    @property
    def size(self) -> int:
        """The bytes of its body."""
        return len(self.parcel.body)


def guess_of(rows: Sequence[Row], limit: int) -> int:
    """How many items the first part may have: rows, then as many events as there is room for."""
    cells = (
        sum(len(write.cells) if isinstance(write, RowAppend) else 1 for _, write in row)
        for row in rows
    )
    return first_guess(chain(cells, repeat(CELLS_OF_EVENT)), limit)


def rows_together(writes: Mapping[int, Write]) -> list[Row]:
    """The writes in the order of the plan, those to one row of a tab together.

    Half a row would be worse than a row that waits: a new row is known by its content, which its
    own writes change.
    """
    rows: dict[object, list[tuple[int, Write]]] = {}
    for index, write in sorted(writes.items()):
        row = (write.tab, write.ref) if isinstance(write, CellWrite) else index
        rows.setdefault(row, []).append((index, write))
    return [tuple(row) for row in rows.values()]


def next_part(due: Due, look: Look, *, account: str, limit: int) -> Part:
    """The first of what is due that makes a batch within the limit."""
    near = due.near
    written = written_by(plan_of(due.batch.label), look.book.earlier)

    @cache
    def fitted(count: int) -> _Fitted:
        return _fit(near[:count], look, written)

    told: Sequence[ChainedEvent] = ()
    if due.tell is not None and due.is_to_tell and look.history is not None:
        happened = due.tell({*due.taken, *fitted(len(near)).taken})
        told = untold(happened, look.sights[look.history])

    def build(items: Sequence[Row | ChainedEvent]) -> Part:
        rows = min(len(items), len(near))
        return _part(fitted(rows), told[: len(items) - rows], look, due.batch, account)

    items: list[Row | ChainedEvent] = [*near, *told]
    count, part = first_part(items, build, lambda part: part.size, limit=limit, guess=due.guess)
    rows = min(count, len(near))
    return replace(
        part,
        rows=rows,
        guess=as_many_as_fit(count, part.size, limit),
        is_last=count == len(items) and rows == len(due.rows),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fitted:
    """What fits of some rows, by tab."""

    fits: Mapping[str, Fit]
    taken: frozenset[int]
    skipped: Mapping[int, str]


def _fit(rows: Sequence[Row], look: Look, written: Collection[int]) -> _Fitted:
    """What fits of the rows; what was written before took, whatever stands there now."""
    tabs: dict[str, dict[int, Write]] = {}
    before: set[int] = set()
    for row in rows:
        for index, write in row:
            if index in written:
                before.add(index)
            else:
                tabs.setdefault(write.tab.tab, {})[index] = write
    fits = {
        title: _fit_tab(writes, look.sights[title])
        for title, writes in tabs.items()
        if title in look.sights
    }
    skipped = {
        index: NO_TAB
        for title, writes in tabs.items()
        if title not in look.sights
        for index in writes
    }
    for fit in fits.values():
        skipped |= fit.skipped
    taken = before.union(*(fit.taken for fit in fits.values()))
    return _Fitted(fits=fits, taken=frozenset(taken), skipped=skipped)


def _fit_tab(writes: Mapping[int, Write], sight: Sight) -> Fit:
    """What fits on a tab; the change history is laid right as a whole."""
    mends = {index: write for index, write in writes.items() if isinstance(write, HistoryMend)}
    fit = fit_writes({i: write for i, write in writes.items() if i not in mends}, sight)
    for index, mend in mends.items():
        fit_mend(index, mend, sight, fit)
    return fit


def _part(
    fitted: _Fitted, told: Sequence[ChainedEvent], look: Look, batch: Batch, account: str
) -> Part:
    fits = dict(fitted.fits)
    cells = sum(fit.cell_count for fit in fits.values())
    rows = 0
    if told and look.history is not None:
        sight = look.sights[look.history]
        fit = fits.get(look.history) or Fit(sight=sight)
        # The same fit may be built upon once more, with fewer events.
        fits[look.history] = fit = replace(fit, rows=[*fit.rows])
        rows = fit_events(told, sight, fit)
    return Part(
        is_told=look.history is not None and can_tell(look.sights[look.history]),
        parcel=pack(look.book, list(fits.values()), batch, account),
        fits=list(fits.values()),
        taken=fitted.taken,
        skipped=fitted.skipped,
        cells_written=cells,
        history_rows=rows,
    )
