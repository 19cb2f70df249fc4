"""The history tab: laid right where it is wrong, and what happened as new rows, each once.

Rows are placed by what the plan saw; while the tab shows the events in another order than then,
nothing of it is laid right, and the next cycle looks again.

Never: decides whether something happened, or what is wrong with a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from sheetsync.core.history.chain import COLUMNS, EVENT_ID, row_of
from sheetsync.core.history.seen import cells_digest, ids_digest
from sheetsync.core.model import RawCell
from sheetsync.core.plan import ChainedEvent, HistoryMend
from sheetsync.sheets.fitting import MOVED, Fit, Sight, place_row
from sheetsync.sheets.grid import FIRST_DATA_ROW, same_value

ID = COLUMNS[EVENT_ID]
NOT_AS_SEEN = "the change history shows other rows now"
TYPED_INTO = "somebody typed into the change history in between"


def fit_mend(index: int, mend: HistoryMend, sight: Sight, fit: Fit) -> None:
    """Lay the tab right, if it still shows what was seen; once it is right, nothing is left to do.

    What was typed since into a cell that would be written over is read first, in the next cycle.
    Rows at the end go out with what is told anew, so that the history keeps its order.
    """
    if not can_tell(sight):
        fit.skipped[index] = MOVED
        return
    shown = [row[sight.spec.index[ID]] for row in sight.rows]
    is_right = bool(mend.rows) and ids_digest(shown[: mend.rows]) == mend.after
    # Where rows came or went, the ids tell that all of it took; else the cells do.
    if ids_digest(shown) == mend.seen or (is_right and mend.seen == mend.after):
        if not _is_laid(mend, sight):
            if mend.stood and mend.stood != cells_digest(mend.cells, partial(_shown, sight)):
                fit.skipped[index] = TYPED_INTO
                return
            _lay_right(mend, sight, fit)
    elif not is_right:
        fit.skipped[index] = NOT_AS_SEEN
        return
    fit.taken.add(index)


def _is_laid(mend: HistoryMend, sight: Sight) -> bool:
    """Whether nothing is left to do but what is there: only cells were to be laid, and they are."""
    return not (mend.inserted or mend.removed) and all(
        same_value(_shown(sight, place, name), value)
        for place, cells in mend.cells.items()
        for name, value in cells.items()
    )


def _shown(sight: Sight, place: int, name: str) -> RawCell:
    """A cell as it was read again; rows that end blank are shorter."""
    return sight.rows[place][sight.spec.index[name]] if place < len(sight.rows) else None


def _lay_right(mend: HistoryMend, sight: Sight, fit: Fit) -> None:
    columns, specs = sight.head.columns, sight.spec.by_field
    for place, cells in mend.cells.items():
        for name, value in cells.items():
            if name in columns:
                at = (FIRST_DATA_ROW + place, columns[name])
                fit.cells[at] = (value, specs[name])
                fit.mended[at] = (name, _shown(sight, place, name), value)
    for place, rows in mend.inserted.items():
        placed = [place_row(row, sight) for row in rows]
        if place >= len(sight.rows):
            fit.rows += placed
        else:
            fit.inserted[FIRST_DATA_ROW + place] = placed
    for place in mend.removed:
        if place not in sight.noted:
            fit.removed.append(FIRST_DATA_ROW + place)
            continue
        # Beside the event stands a note of somebody's own: only the event goes.
        for name, column in columns.items():
            at = (FIRST_DATA_ROW + place, column)
            fit.cells[at] = (None, specs[name])
            fit.mended[at] = (name, _shown(sight, place, name), None)


def fit_events(told: Iterable[ChainedEvent], sight: Sight, fit: Fit) -> int:
    """The events that the tab does not show yet, as new rows; returns how many.

    While one of its columns is gone nothing is written: half an event could not be told from an
    edited one, and without ids nobody could tell what stands there already. The journal keeps the
    events until the column is back.
    """
    new = untold(told, sight)
    for each in new:
        cells = dict(zip(COLUMNS, row_of(each), strict=True))
        fit.rows.append(place_row(cells, sight))
    return len(new)


def can_tell(sight: Sight) -> bool:
    """Whether the tab can show an event whole, and shows by their ids which ones stand there."""
    return ID in sight.columns and not sight.has_moved and set(COLUMNS) <= sight.head.columns.keys()


def untold(told: Iterable[ChainedEvent], sight: Sight) -> list[ChainedEvent]:
    """Those of the events that the tab can show and does not show yet."""
    if not can_tell(sight):
        return []
    place = sight.spec.index[ID]
    shown = {str(row[place]) for row in sight.rows}
    return [each for each in told if each.event.event_id not in shown]
