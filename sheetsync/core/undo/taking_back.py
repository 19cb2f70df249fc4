"""Events taken back from the newest to the oldest, as far as nothing newer stands in the way.

Never: writes; judges a lock, an approval or a status (the corridor does).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sheetsync.core.history.event_rows import ROW, EventRow, is_change, is_new_row, row_of
from sheetsync.core.life import Sheet, cells_of
from sheetsync.core.model import (
    Baseline,
    RawCell,
    RowKey,
    SettledRow,
    TabAddress,
    TabPlace,
)
from sheetsync.core.plan import Event
from sheetsync.core.rows import is_blank, same_cell
from sheetsync.core.rulebook import LifecycleRules
from sheetsync.core.undo.refusing import why_not

RowId = tuple[TabAddress, RowKey]
CellId = tuple[TabAddress, RowKey, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """One cell that is to show an older value again, or one row that is to stand again.

    Args:
        place: The tab.
        key: The row.
        field: The column, or `ROW` for a deleted row.
        shown: What the cell shows now.
        value: What it is to show.
        cells: What a row that stands again is to say; empty for a cell.
        undoes: The ids of the events that it undoes, newest first.
    """

    place: TabPlace
    key: RowKey
    field: str
    shown: RawCell = None
    value: RawCell = None
    cells: Mapping[str, RawCell] = dataclasses.field(default_factory=dict)
    undoes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An event that is not undone, and why."""

    event: Event
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What is to be written, in the order of tabs and rows, and what cannot be undone."""

    writes: tuple[Compensation, ...]
    refusals: tuple[Refusal, ...]


@dataclass(slots=True, kw_only=True)
class _View:
    """The sheet as it would stand, while events are taken back one by one."""

    sheet: Sheet
    rows: Mapping[TabAddress, Mapping[RowKey, SettledRow]]
    cells: dict[CellId, RawCell] = dataclasses.field(default_factory=dict)
    again: dict[RowId, Mapping[str, RawCell]] = dataclasses.field(default_factory=dict)
    in_the_way: dict[CellId | RowId, str] = dataclasses.field(default_factory=dict)
    undoes: dict[CellId | RowId, list[str]] = dataclasses.field(default_factory=dict)
    places: dict[TabAddress, TabPlace] = dataclasses.field(default_factory=dict)

    def row(self, row: RowId) -> Mapping[str, RawCell] | None:
        """The row's cells as settled, or as they would stand again; None where there is no row."""
        if row in self.again:
            return self.again[row]
        settled = self.rows.get(row[0], {}).get(row[1])
        return settled.cells if settled is not None else None

    def cell(self, cell: CellId) -> RawCell:
        """What the cell would show."""
        if cell in self.cells:
            return self.cells[cell]
        return (self.row(cell[:2]) or {}).get(cell[2])

    def blocked(self, row: RowId, name: str) -> str | None:
        """The event that came later and stands."""
        return self.in_the_way.get(row) or self.in_the_way.get((*row, name))

    def block(self, row: RowId, name: str, event_id: str) -> None:
        """What this event did stands, so nothing before it can be taken back there."""
        self.in_the_way.setdefault(row if name == ROW else (*row, name), event_id)


def compensations(
    chosen: Iterable[Event],
    since: Sequence[Event],
    baseline: Baseline,
    sheet: Sheet,
    rules: LifecycleRules,
) -> Undoing:
    """What would undo the chosen events.

    Args:
        chosen: The events to be undone, in any order.
        since: All events from the oldest chosen one on, oldest first.
        baseline: The settled rows and the states of lines.
        sheet: Where tabs stand.
        rules: Which action leads back where a status moved.

    Returns:
        At most one compensation for a cell, and a refusal for each chosen event that none undoes.
    """
    wanted = {event.event_id for event in chosen}
    view = _View(sheet=sheet, rows=baseline.rows)
    refusals: list[Refusal] = []
    for event in reversed(since):
        instead = why_not(event, baseline.lines, rules)
        is_wanted = event.event_id in wanted
        if instead is not None and is_wanted:
            refusals.append(Refusal(event=event, why=instead))
        row = row_of(event, sheet.places, sheet.columns)
        if row is None or not _touches(event):
            if is_wanted and instead is None:
                refusals.append(Refusal(event=event, why="Its tab is not configured any more."))
            continue
        view.places[row.place.address] = row.place
        problem = _take_back(event, row, view) if is_wanted and instead is None else ""
        if problem:
            refusals.append(Refusal(event=event, why=problem))
        if problem is not None:
            view.block((row.place.address, row.key), event.field, event.event_id)
    writes, idle = _writes(view)
    by_id = {event.event_id: event for event in since}
    refusals.extend(Refusal(event=by_id[each], why=ALREADY) for each in idle)
    return Undoing(writes=writes, refusals=tuple(refusals))


ALREADY = "The cell shows what it showed before already."


def _touches(event: Event) -> bool:
    is_gone = event.field == ROW and event.decision == "deleted"
    return is_change(event) or is_new_row(event) or is_gone


def _take_back(event: Event, named: EventRow, view: _View) -> str | None:
    """Take one event back in the view; returns why it cannot be, or None."""
    back = _row_again if event.field == ROW else _cell_back
    return back(event, named, view)


def _row_again(event: Event, named: EventRow, view: _View) -> str | None:
    row = (named.place.address, named.key)
    later = view.blocked(row, event.field)
    if later is not None or view.row(row) is not None:
        return f"A row with this key stands there again{_by(later)}."
    spec = view.sheet.columns.tabs[named.place.kind]
    view.again[row] = {
        name: cell
        for name, cell in cells_of(event).items()
        if (column := spec.by_field.get(name)) is not None
        and not column.request
        and (column.is_people_s or name in spec.key)
    }
    view.undoes.setdefault(row, []).append(event.event_id)
    return None


def _cell_back(event: Event, named: EventRow, view: _View) -> str | None:
    row = (named.place.address, named.key)
    later, name = view.blocked(row, event.field), event.field
    if view.row(row) is None:
        return f"The row is not there any more{_by(later)}."
    if later is not None:
        return f"It was changed again since{_by(later)}."
    column = view.sheet.columns.tabs[named.place.kind].by_field.get(name)
    if column is None or not column.is_people_s:
        return "Its column is not one that people write any more."
    cell = (*row, name)
    if not _same(view.cell(cell), event.new, named.place, name, view):
        return "It does not show that value any more, and the history does not say since when."
    view.cells[cell] = event.old
    view.undoes.setdefault(cell, []).append(event.event_id)
    return None


def _same(one: RawCell, other: RawCell, place: TabPlace, name: str, view: _View) -> bool:
    kind = place.kind
    return same_cell(view.sheet.cell(kind, name, one), view.sheet.cell(kind, name, other))


def _by(event_id: str | None) -> str:
    return f", by {event_id}" if event_id else ""


def _writes(view: _View) -> tuple[tuple[Compensation, ...], tuple[str, ...]]:
    """What differs between the sheet and the view; and the events that differ in nothing."""
    made = [_whole_row(row, view) for row in view.again]
    idle: list[str] = []
    for cell, value in view.cells.items():
        address, key, name = cell
        if (address, key) in view.again:
            continue
        place = view.places[address]
        shown = (view.row((address, key)) or {}).get(name)
        if _same(shown, value, place, name, view):
            idle.extend(view.undoes[cell])
            continue
        made.append(
            Compensation(
                place=place,
                key=key,
                field=name,
                shown=shown,
                value=_as_typed(value, shown, place, name, view),
                undoes=tuple(view.undoes[cell]),
            )
        )
    made.sort(key=lambda each: (str(each.place.address), each.key, each.field))
    return tuple(made), tuple(idle)


def _whole_row(row: RowId, view: _View) -> Compensation:
    """A deleted row as it is to stand again, with older values where those were chosen too."""
    older = [cell for cell in view.cells if cell[:2] == row]
    cells = {**view.again[row], **{cell[2]: view.cells[cell] for cell in older}}
    return Compensation(
        place=view.places[row[0]],
        key=row[1],
        field=ROW,
        cells={name: cell for name, cell in cells.items() if not is_blank(cell)},
        undoes=(*view.undoes[row], *(each for cell in older for each in view.undoes[cell])),
    )


def _as_typed(value: RawCell, shown: RawCell, place: TabPlace, name: str, view: _View) -> RawCell:
    """A day as a serial number where the cell holds one now, and else as the history tells it."""
    is_serial = isinstance(shown, int | float) and not isinstance(shown, bool)
    return view.sheet.cell(place.kind, name, value) if is_serial else value
