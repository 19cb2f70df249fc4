"""Which writes still fit what the second reading shows, and where their cells stand now.

The sheet has no lock: between the reading that decided and the write, people type, sort and insert.
So a write names its row by meaning and says what it expects to find; here it is held against a
reading made a moment before the write. Rows are told apart by `core.rows`, as in the first reading.

Never: decides what should be written; sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.model import RawCell, RowKey, RowRef
from sheetsync.core.plan import CellWrite, RowAppend, RowGone, Write
from sheetsync.core.rows import row_key, row_refs, writable
from sheetsync.core.rulebook import TabSpec
from sheetsync.sheets.grid import (
    FIRST_DATA_ROW,
    Head,
    first_free_row,
    same_value,
    spans,
)
from sheetsync.sheets.tabs import TabInfo
from sheetsync.sheets.writing import (
    Cell,
    Request,
    append_row,
    delete_rows,
    insert_rows,
    write_cells,
)

Row = tuple[RawCell, ...]

NO_TAB = "the tab is not there"
NO_COLUMN = "the column is not there"
NO_ROW = "the row is not there any more, or not the only one with its key"
BACK = "the row is there after all"
OTHERS = "a row of that key is there, and it is not the one that was to be written"
MOVED = "columns were moved or renamed in between"
SHOWN_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A tab as a reading shows it.

    Args:
        info: The tab.
        spec: Its columns; `rows` are aligned with their fields.
        head: What the header row says.
        columns: Those columns of `head` that were read; the cells of the others are unknown.
        rows: The rows below the header.
        has_moved: Whether columns no longer stand where they were asked for.
        headers_at: See `TabReading`.
        noted: The places of rows with content in columns that nobody knows, where it was asked.
    """

    info: TabInfo
    spec: TabSpec
    head: Head
    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    has_moved: bool = False
    headers_at: int = 0
    noted: frozenset[int] = frozenset()


@dataclass(slots=True)
class Fit:
    """What fits on one tab: cells by row and column index, and new rows by column index.

    `rows` go below the last one, `inserted` before the row of that index, and `removed` are the
    indexes of rows that go; only the history tab knows the latter two. `targets` and `appended` say
    which write of the plan each of them is, by its index; `mended` are the cells by which the
    history is laid right: the field, what it shows and what it is to show.
    """

    sight: Sight
    taken: set[int] = field(default_factory=set)
    skipped: dict[int, str] = field(default_factory=dict)
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    rows: list[dict[int, Cell]] = field(default_factory=list)
    inserted: dict[int, list[dict[int, Cell]]] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    targets: dict[tuple[int, int], tuple[int, CellWrite]] = field(default_factory=dict)
    appended: dict[int, RowAppend] = field(default_factory=dict)
    mended: dict[tuple[int, int], tuple[str, RawCell, RawCell]] = field(default_factory=dict)

    @property
    def cell_count(self) -> int:
        """How many cells would be written."""
        return len(self.cells) + sum(len(row) for row in self.rows)

    def requests(self) -> list[Request]:
        """The requests for it: cells first, then rows from the bottom up, so that indexes count."""
        info = self.sight.info
        requests = write_cells(info.sheet_id, self.cells)
        if self.rows:
            at = first_free_row(self.sight.rows)
            requests += insert_rows(info.sheet_id, at, info.row_count, self.rows)
        if len(self.removed) >= info.row_count - FIRST_DATA_ROW:
            # A tab must keep one row that is not frozen.
            requests.append(append_row(info.sheet_id))
        changes: dict[int, list[Request]] = {
            at: insert_rows(info.sheet_id, at, info.row_count, rows)
            for at, rows in self.inserted.items()
        }
        for first, last in spans(self.removed):
            changes[first] = [delete_rows(info.sheet_id, first, last + 1)]
        for at in sorted(changes, reverse=True):
            requests += changes[at]
        return requests


def fit_writes(writes: Mapping[int, Write], sight: Sight) -> Fit:
    """Hold the writes to one tab, by their index in the plan, against what it shows now."""
    fit = Fit(sight=sight)
    if sight.has_moved:
        fit.skipped = dict.fromkeys(writes, MOVED)
        return fit
    cells = {index: write for index, write in writes.items() if isinstance(write, CellWrite)}
    rows = find_rows(list(cells.values()), sight)
    for index, write in cells.items():
        _fit_cell(fit, index, write, rows.get(write.ref))
    if len(cells) == len(writes):
        return fit
    there: dict[RowKey | None, list[Row]] = {}
    for row in sight.rows:
        there.setdefault(row_key(row, sight.spec), []).append(row)
    appended: set[RowKey] = set()
    for index, other in writes.items():
        if isinstance(other, RowAppend):
            _fit_row(fit, index, other, () if other.key in appended else there.get(other.key))
            appended.add(other.key)
        elif isinstance(other, RowGone):
            _fit_gone(fit, index, is_there=other.key in there)
    return fit


def _fit_cell(fit: Fit, index: int, write: CellWrite, row: int | None) -> None:
    sight = fit.sight
    column = sight.columns.get(write.field)
    if row is None or column is None:
        fit.skipped[index] = NO_ROW if row is None else NO_COLUMN
        return
    shown = sight.rows[row][sight.spec.index[write.field]]
    if same_value(shown, write.value):
        fit.taken.add(index)
    elif not same_value(shown, write.expected):
        fit.skipped[index] = f"the cell shows {_short(shown)} now"
    elif other := _changed_beside(write, sight, sight.rows[row]):
        fit.skipped[index] = f"{other} beside it was changed"
    else:
        fit.taken.add(index)
        spec = sight.spec.by_field[write.field]
        fit.cells[FIRST_DATA_ROW + row, column] = (write.value, spec)
        fit.targets[FIRST_DATA_ROW + row, column] = (index, write)


def _changed_beside(write: CellWrite, sight: Sight, row: Row) -> str | None:
    """A cell that shows something else than was read beside the one to be written."""
    for name, was in write.beside.items():
        shown = row[sight.spec.index[name]]
        if name in sight.columns and shown is not None and not same_value(shown, was):
            return name
    return None


def _fit_row(fit: Fit, index: int, append: RowAppend, there: Sequence[Row] | None) -> None:
    """A new row, with the rows that carry its key already; none of them where it is new twice."""
    sight = fit.sight
    if any(name not in sight.head.columns for name in sight.spec.key):
        fit.skipped[index] = NO_COLUMN
    elif there is None:
        fit.taken.add(index)
        fit.rows.append(place_row(append.cells, sight))
        fit.appended[index] = append
    elif there and not any(_is_ours(row, append, sight) for row in there):
        fit.skipped[index] = OTHERS
    else:
        fit.taken.add(index)


def _is_ours(row: Row, append: RowAppend, sight: Sight) -> bool:
    """Whether a row shows what the worker writes on it, as after a batch whose answer was lost.

    One that somebody brought back shows what it showed before, and is not to be known otherwise.
    """
    return all(
        same_value(row[sight.spec.index[column.field]], append.cells.get(column.field))
        for column in sight.spec.columns
        if not column.is_people_s
        and column.field in sight.columns
        and column.field not in sight.spec.key
    )


def _fit_gone(fit: Fit, index: int, *, is_there: bool) -> None:
    """A reading may be torn: a row is gone when the second reading misses it too."""
    if is_there:
        fit.skipped[index] = BACK
    elif any(name not in fit.sight.columns for name in fit.sight.spec.key):
        fit.skipped[index] = NO_COLUMN
    else:
        fit.taken.add(index)


def place_row(cells: Mapping[str, RawCell], sight: Sight) -> dict[int, Cell]:
    """A new row by column index; a cell whose column the tab does not have is left out."""
    return {
        sight.head.columns[name]: (value, sight.spec.by_field[name])
        for name, value in cells.items()
        if name in sight.head.columns and not same_value(value, None)
    }


def find_rows(writes: Sequence[CellWrite], sight: Sight) -> dict[RowRef, int]:
    """Where the rows of the writes stand now, as places in `sight.rows`."""
    spec = sight.spec
    refs = row_refs(sight.rows, spec)
    rows = {ref: place for place, ref in enumerate(refs) if ref is not None}
    changed: dict[RowRef, dict[str, RawCell]] = {}
    for write in writes:
        if write.ref not in rows and write.ref.content is not None:
            changed.setdefault(write.ref, {})[write.field] = write.value
    if changed:
        rows |= _already_changed(changed, sight)
    return rows


def _already_changed(
    changed: Mapping[RowRef, Mapping[str, RawCell]], sight: Sight
) -> dict[RowRef, int]:
    """Rows told by their content which by now show all that is to be written.

    Writing changes the content by which such a row is told. When a batch took effect and its answer
    was lost, the row is found by what the batch made of it.
    """
    indexes = sight.spec.content_indexes
    places: dict[Row, list[int]] = {}
    for place, row in enumerate(sight.rows):
        places.setdefault(tuple(row[index] for index in indexes), []).append(place)
    found = {}
    for ref, values in changed.items():
        wanted = dict(zip(indexes, ref.content or (), strict=False))
        wanted |= {sight.spec.index[name]: writable(value) for name, value in values.items()}
        content = tuple(wanted.get(index) for index in indexes)
        for place in places.get(content, []):
            row = sight.rows[place]
            if all(same_value(row[index], value) for index, value in wanted.items()):
                found[ref] = place
    return found


def _short(value: RawCell) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"
