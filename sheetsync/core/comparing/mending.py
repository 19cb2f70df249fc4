"""What people had left where a write of the worker landed on something else.

Between the last look and the write rows may move and people may type; the witness of each batch
says what really stood where it wrote (see `Witness`). Here the overwritten values are laid back
over the reading, before anything is compared, so that the rest of the corridor decides on the sheet
as people left it; `compose` then writes them back, unless the rules say that something else stands
there.

| what the witness tells                         | what is laid, if our value still stands there |
| ---------------------------------------------- | --------------------------------------------- |
| the row and column that were meant, as expected | nothing                                      |
| … over something typed in that instant         | what was typed                                |
| another row, or another known column            | what stood there                              |
| … which was a blank row                         | a blank, if exactly one row shows just that   |
| new rows, with columns changed about            | what was meant to stand in each column        |
| … beside the word of a request                  | the word too: it is another request           |
| a column or row that nobody can name            | nothing: finding `write-misplaced`            |
| typed in that instant, and the row is gone now  | nothing: finding `write-misplaced`            |

Findings: write-misplaced (see `misplaced`). Never: undoes what people typed afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetsync.core.comparing.misplaced import lost, taken_away
from sheetsync.core.findings import Finding
from sheetsync.core.model import (
    Baseline,
    Laid,
    LaidCell,
    LaidRow,
    RawCell,
    RowKey,
    RowRef,
    Snapshot,
    TabAddress,
    TabKind,
    TabReading,
    Witness,
    WitnessedCell,
)
from sheetsync.core.rows import is_blank, is_said, row_key, row_refs, same_cell
from sheetsync.core.rulebook import ColumnRules, TabSpec

LANDED = "mended: a write of the worker had landed here while rows or columns moved"
TYPED_THEN = "mended: this was typed in the instant in which the worker wrote here"

Cell = tuple[TabAddress, int, str]
"""A cell of the reading: tab, row (0-based) and field."""
LaidName = tuple[TabAddress, RowKey | RowRef, str]
"""A cell that is laid, by meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """The reading as people left it.

    Args:
        left: The reading with the cells laid over it.
        laid: Those cells.
        rows: The rows that somebody asks for, as far as no such row stands there.
        heard: The witnesses that stand in the sheet; all are dealt with once the plan is settled.
        cells_of: Which of the laid cells each witness speaks of.
        findings: What could not be mended.
    """

    left: Snapshot
    laid: tuple[LaidCell, ...] = ()
    rows: tuple[LaidRow, ...] = ()
    heard: frozenset[str] = frozenset()
    cells_of: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def mend(
    snapshot: Snapshot, baseline: Baseline, columns: ColumnRules, asked: Sequence[Laid]
) -> Mended:
    """Lay back what writes of the worker landed on, then what somebody asks for.

    Args:
        snapshot: The reading, with its witnesses newest first.
        baseline: Which of them were heard already.
        columns: Which column is which.
        asked: What an undo asks for; what does not meet the sheet any more is left alone.
    """
    cells = [x for x in asked if isinstance(x, LaidCell) and is_shown(x, snapshot, columns)]
    rows = tuple(x for x in asked if isinstance(x, LaidRow) and is_free(x, snapshot, columns))
    repair = _Repair(snapshot, columns, baseline)
    for witness in snapshot.witnesses:
        if witness.witness_id not in baseline.witnessed:
            repair.hear(witness)
    found = repair.laid()
    tabs = lay(snapshot.tabs, (*found, *cells), columns)
    tabs = {address: _with_rows(reading, rows, columns) for address, reading in tabs.items()}
    return Mended(
        left=replace(snapshot, tabs=tabs),
        laid=(*found, *cells),
        rows=rows,
        heard=frozenset(witness.witness_id for witness in snapshot.witnesses),
        cells_of=repair.cells_of(),
        findings=tuple(repair.findings),
    )


def is_shown(cell: LaidCell, snapshot: Snapshot, columns: ColumnRules) -> bool:
    """Whether the one row that is meant shows what the cell is said to show."""
    reading = snapshot.tabs.get(cell.tab)
    if reading is None or cell.field not in reading.present:
        return False
    spec = columns.tabs[reading.place.kind]
    refs = row_refs(reading.rows, spec)
    if refs.count(cell.ref) != 1:
        return False
    return same_cell(reading.rows[refs.index(cell.ref)][spec.index[cell.field]], cell.shown)


def is_free(row: LaidRow, snapshot: Snapshot, columns: ColumnRules) -> bool:
    """Whether the tab is there and shows no row of that key."""
    reading = snapshot.tabs.get(row.tab)
    if reading is None or not reading.exists:
        return False
    spec = columns.tabs[reading.place.kind]
    return row.key not in {row_key(cells, spec) for cells in reading.rows}


def lay(
    tabs: Mapping[TabAddress, TabReading], laid: Iterable[LaidCell], columns: ColumnRules
) -> Mapping[TabAddress, TabReading]:
    """The tabs with the cells laid over what they show."""
    over: dict[TabAddress, list[LaidCell]] = {}
    for cell in laid:
        over.setdefault(cell.tab, []).append(cell)
    return {
        address: _with_cells(reading, over[address], columns) if address in over else reading
        for address, reading in tabs.items()
    }


def _with_cells(reading: TabReading, laid: Sequence[LaidCell], columns: ColumnRules) -> TabReading:
    spec = columns.tabs[reading.place.kind]
    places = {ref: row for row, ref in enumerate(row_refs(reading.rows, spec)) if ref}
    rows = [list(row) for row in reading.rows]
    for cell in laid:
        row = places.get(cell.ref)
        if row is not None:
            rows[row][spec.index[cell.field]] = cell.value
    return replace(reading, rows=tuple(map(tuple, rows)))


def _with_rows(reading: TabReading, rows: Iterable[LaidRow], columns: ColumnRules) -> TabReading:
    fields = columns.tabs[reading.place.kind].fields
    more = [tuple(map(row.cells.get, fields)) for row in rows if row.tab == reading.place.address]
    return replace(reading, rows=(*reading.rows, *more)) if more else reading


class _Repair:
    """Hears one witness after the other, newest first, and keeps what is to be laid."""

    def __init__(self, snapshot: Snapshot, columns: ColumnRules, baseline: Baseline) -> None:
        self._tabs = snapshot.tabs
        self._settled = baseline.rows
        self._columns = columns
        self._over: dict[Cell, tuple[RawCell, str]] = {}
        self._of: dict[str, list[Cell]] = {}
        self.findings: list[Finding] = []

    def hear(self, witness: Witness) -> None:
        """Work out what this witness asks to be laid back."""
        reading = self._tabs.get(witness.tab)
        if reading is None or not reading.exists:
            return
        spec = self._columns.tabs[reading.place.kind]
        astray = [cell for cell in witness.cells if not _is_placed(witness, cell)]
        if witness.appended:
            self._hear_of_new_rows(witness, reading, spec)
            return
        nameless = [cell for cell in astray if cell.at_field is None and _has_changed(cell)]
        if nameless:
            self.findings.append(lost(witness, nameless, spec))
        if reading.place.kind is TabKind.HISTORY:
            return  # what stood there is told, not laid back: see `history.overwritten`
        news = [cell for cell in witness.cells if cell in astray or not _is_expected(cell)]
        news += _word_beside(news, witness, spec)
        row = self._row_of(witness, reading, spec) if news else None
        if row is None:
            typed = [cell for cell in news if self._is_unknown(cell, witness, spec)]
            self.findings += [taken_away(witness, typed, spec)] if typed else []
            return
        for cell in news:
            if cell.at_field is not None:
                because = LANDED if cell in astray else TYPED_THEN
                place = (witness.tab, row, cell.at_field)
                self._lay(witness, place, cell.value, (cell.before, because))

    def _is_unknown(self, cell: WitnessedCell, witness: Witness, spec: TabSpec) -> bool:
        """Whether the cell showed what a person had typed, and nobody knows it otherwise."""
        column = spec.by_field.get(cell.at_field or "")
        if column is None or not column.is_people_s or column.field in spec.key:
            return False
        key = row_key([witness.at.get(name) for name in spec.fields], spec)
        known = self._settled.get(witness.tab, {}).get(key) if key is not None else None
        settled = known.cells.get(column.field) if known is not None else None
        return not is_blank(cell.before) and not is_said(settled, cell.before)

    def _hear_of_new_rows(self, witness: Witness, reading: TabReading, spec: TabSpec) -> None:
        """New rows whose cells stand in other columns show what was settled; the rest is told."""
        nameless = [cell for cell in witness.cells if cell.at_field is None]
        if nameless:
            self.findings.append(lost(witness, nameless, spec))
        at = {name: name for name in spec.fields} | {c.field: c.at_field for c in witness.cells}
        settled = self._settled.get(witness.tab, {})
        new = {key: settled[key].cells for key in witness.appended if key in settled}
        refs = row_refs(reading.rows, spec)
        for row, cells in enumerate(reading.rows):
            if refs[row] is None:
                continue  # no write could name it, and it was written once more
            stood = {n: cells[spec.index[to]] for n, to in at.items() if to is not None}
            alike = [key for key in _keys_of(stood, new, spec) if key in new]
            if len(alike) == 1:
                self._lay_new_row(witness, row, at, new[alike[0]])

    def _lay_new_row(
        self,
        witness: Witness,
        row: int,
        at: Mapping[str, str | None],
        meant: Mapping[str, RawCell],
    ) -> None:
        """Each column that still shows what it got instead of its own."""
        got = {to: meant.get(name) for name, to in at.items() if to is not None}
        for name in at:
            place = (witness.tab, row, name)
            self._lay(witness, place, got.get(name), (meant.get(name), LANDED))

    def _lay(
        self, witness: Witness, place: Cell, written: RawCell, over: tuple[RawCell, str]
    ) -> None:
        """Lay a value over a cell that still shows what was written."""
        shown = self._shown(place)
        if is_said(shown, written) and not same_cell(shown, over[0]):
            self._over[place] = over
        if place in self._over:
            self._of.setdefault(witness.witness_id, []).append(place)

    def _shown(self, place: Cell) -> RawCell:
        if place in self._over:
            return self._over[place][0]
        tab, row, name = place
        reading = self._tabs[tab]
        return reading.rows[row][self._columns.tabs[reading.place.kind].index[name]]

    def _row_of(self, witness: Witness, reading: TabReading, spec: TabSpec) -> int | None:
        """Where the row that was written into stands now, if it can be told.

        Of several with its key (it was copied in that instant, or one value was written over the
        keys of several) the one that is most like it, and like what was settled of it. A cell that
        another witness speaks of shows what that one has laid there, so no row is taken twice.
        """
        written = {cell.at_field: cell.value for cell in witness.cells if cell.at_field}

        def shows(row: int, name: str) -> bool:
            return is_said(self._shown((witness.tab, row, name)), written[name])

        def differs(row: int, name: str) -> bool:
            if name in written and shows(row, name):
                return False
            shown = self._shown((witness.tab, row, name))
            return name not in witness.at or not same_cell(shown, witness.at[name])

        key = row_key([witness.at.get(name) for name in spec.fields], spec)
        names = spec.key if key is not None else tuple(witness.at)
        rows = range(len(reading.rows))
        found = [row for row in rows if not any(differs(row, name) for name in names)]
        if all(is_blank(cell) for cell in witness.at.values()):
            # Blank rows are all alike: it is known by what was written, if that stands once. With
            # the worker's cells alone it is no row that anybody could be told of, or write to.
            refs = row_refs(reading.rows, spec)
            found = [row for row in found if all(shows(row, name) for name in written)]
            return found[0] if len(found) == 1 and refs[found[0]] is not None else None
        told = [name for name in spec.fields if name in witness.at or name in written]

        known = self._settled.get(witness.tab, {}).get(key or ())
        settled = known.cells if known is not None else {}

        def unlike(row: int) -> tuple[int, int, int]:
            # A key that was written over stands on another row too, when Undo brings that back.
            missed = sum(not shows(row, name) for name in written)
            shown = zip(spec.fields, reading.rows[row], strict=True)
            others = sum(not same_cell(cell, settled.get(name)) for name, cell in shown)
            return missed, sum(differs(row, name) for name in told), others

        return min(found, key=unlike, default=None)

    def laid(self) -> tuple[LaidCell, ...]:
        """The cells to be laid, by tab and row."""
        left = {tab: self._left(tab) for tab, _, _ in self._over}
        return tuple(
            self._as_laid(place, left[place[0]][place[1]])
            for place in sorted(self._over, key=_in_order)
        )

    def _left(self, tab: TabAddress) -> Sequence[RowRef | None]:
        """Who the rows of a tab are with all that is laid."""
        reading = self._tabs[tab]
        spec = self._columns.tabs[reading.place.kind]
        rows = [list(row) for row in reading.rows]
        for (where, row, name), (value, _) in self._over.items():
            if where == tab:
                rows[row][spec.index[name]] = value
        return row_refs(rows, spec)

    def _as_laid(self, place: Cell, left: RowRef | None) -> LaidCell:
        tab, row, name = place
        value, because = self._over[place]
        reading = self._tabs[tab]
        spec = self._columns.tabs[reading.place.kind]
        shown = reading.rows[row]
        return LaidCell(
            tab=tab,
            ref=row_refs(reading.rows, spec)[row] or RowRef(),
            key=(left.key if left is not None else None) or (),
            field=name,
            shown=shown[spec.index[name]],
            value=value,
            because=because,
            left=left,
        )

    def cells_of(self) -> dict[str, tuple[int, ...]]:
        """By witness, which of `laid` it speaks of."""
        order = {place: at for at, place in enumerate(sorted(self._over, key=_in_order))}
        return {
            witness_id: tuple(order[place] for place in places)
            for witness_id, places in self._of.items()
        }


def _in_order(place: Cell) -> tuple[str, str, int, str]:
    tab, row, name = place
    return (tab.spreadsheet, tab.tab, row, name)


def _is_placed(witness: Witness, cell: WitnessedCell) -> bool:
    return witness.is_meant and cell.at_field == cell.field


def _has_changed(cell: WitnessedCell) -> bool:
    return not same_cell(cell.before, cell.value)


def _is_expected(cell: WitnessedCell) -> bool:
    """Whether it stood as expected, or as written already by a batch whose answer was lost."""
    return is_said(cell.before, cell.expected) or is_said(cell.before, cell.value)


def _keys_of(
    stood: Mapping[str, RawCell], new: Mapping[RowKey, Mapping[str, RawCell]], spec: TabSpec
) -> list[RowKey]:
    """A row's key; where a part of it stands in a column without a name, those of rows alike."""
    if stood.keys() >= set(spec.key):
        key = row_key([stood.get(name) for name in spec.fields], spec)
        return [key] if key is not None else []
    return [
        key
        for key, meant in new.items()
        if all(is_said(cell, meant.get(name)) for name, cell in stood.items())
    ]


def _word_beside(
    news: Sequence[WitnessedCell], witness: Witness, spec: TabSpec
) -> list[WitnessedCell]:
    """The word of a request, where something else than was read stood beside it in that instant."""
    is_another = any(
        cell.field in spec.beside_word and not is_blank(cell.expected) and not is_blank(cell.before)
        for cell in news
        if _is_placed(witness, cell)
    )
    words = [x for x in witness.cells if x.field == spec.word and x not in news]
    return [cell for cell in words if is_another and not is_blank(cell.before)]


def key_of(laid: LaidCell) -> LaidName:
    """The cell as the corridor calls it; a row without a key of its own by what it shows."""
    return (laid.tab, laid.row, laid.field)
