"""From what should stand to the writes that make it stand.

The worker writes its own columns; in a person's column it only puts back a locked value, clears a
request that was carried out, and writes the numbers of new orders. Rows of orders that this run may
not serve are left as they are.
Never: decides anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sheetsync.core.comparing.merging import keyed_rows
from sheetsync.core.comparing.verdicts import side_of, verdict
from sheetsync.core.differences import Locked, VanishedRow
from sheetsync.core.lifecycle.numbering import Numbered
from sheetsync.core.lifecycle.requirements import LOOK_AT_TERMS, Asked
from sheetsync.core.matching.codes import HoldCode
from sheetsync.core.model import (
    LISTS,
    Change,
    LaidCell,
    LaidRow,
    LineKey,
    Mode,
    RawCell,
    RowKey,
    RowRef,
    Snapshot,
    TabAddress,
    TabKind,
    TabReading,
)
from sheetsync.core.plan import CellWrite, RowAppend, RowGone, Write
from sheetsync.core.rows import is_blank, key_text, line_row, same_cell
from sheetsync.core.rulebook import LifecycleRules, TabSpec
from sheetsync.core.views import ShownRows, World
from sheetsync.core.views.world import joined, messages

PAPERS = frozenset({TabKind.RECEIPTS, TabKind.INVOICES, TabKind.RELEASES, TabKind.PAYMENTS})
"""Tabs whose rows come back also where the worker has nothing to say on them."""

OWN_TABS = LISTS | {TabKind.HISTORY}
REQUEST_CELLS = {
    "action": ("action", "reason"),
    "response": ("response", "reason"),
    "decision": ("decision",),
}
"""What is cleared when a request of this column was carried out."""
PROPOSED = ("proposed_quantity", "proposed_price", "proposed_date")
"""Cleared too, if the answer was one that looks at them; else nobody would ever hear of them."""
MATCHED = ("match_status", "holds", "payable_amount")
"""What an invoice's row shows of its matching: nothing, where it counts for nothing."""


CellsOfRows = Mapping[tuple[TabAddress, RowKey], Mapping[str, RawCell]]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the cycle decided, as far as the sheet shows it.

    `strangers` are rows that are not the worker's business but for their message, `done` the rows
    and columns of requests that were carried out, `pending` the cells that could not be read and
    so are not settled, `laid` the cells that the sheet shows otherwise than `snapshot`, `again` the
    rows that it does not show at all.
    """

    snapshot: Snapshot
    world: World
    locked: Locked
    shown: Mapping[TabAddress, ShownRows]
    numbered: tuple[Numbered, ...]
    strangers: frozenset[tuple[TabAddress, RowKey]]
    done: frozenset[tuple[TabAddress, RowKey, str]]
    pending: frozenset[tuple[TabAddress, RowKey, str]]
    laid: Mapping[tuple[TabAddress, RowKey | RowRef, str], LaidCell] = field(default_factory=dict)
    again: Mapping[tuple[TabAddress, RowKey], LaidRow] = field(default_factory=dict)

    @cached_property
    def put_back(self) -> CellsOfRows:
        """What locked cells show again, by row and field."""
        return _by_row(self.locked.put_back)

    @cached_property
    def overwritten(self) -> CellsOfRows:
        """What the worker's cells showed before somebody typed over them."""
        return _by_row(self.locked.overwrites)

    @cached_property
    def first_seen(self) -> Mapping[tuple[TabAddress, RowKey], datetime]:
        """When the new rows were first seen, which was earlier where they had another key."""
        return {(row.place.address, row.key): row.row.first_seen_at for row in self.locked.added}

    @cached_property
    def suppliers(self) -> Mapping[str, str | None]:
        """Each order's supplier, by the order number in comparable form."""
        return {key_text(order.po_number): order.supplier for order in self.world.book.values()}

    def spec(self, reading: TabReading) -> TabSpec:
        """The columns of a tab."""
        return self.world.rules.columns.tabs[reading.place.kind]


def _by_row(changes: Iterable[Change]) -> CellsOfRows:
    rows: dict[tuple[TabAddress, RowKey], dict[str, RawCell]] = {}
    for change in changes:
        rows.setdefault((change.place.address, change.key), {})[change.field] = change.before
    return rows


def done_cells(
    carried_out: Iterable[Asked], outdated: Iterable[Asked], rules: LifecycleRules
) -> frozenset[tuple[TabAddress, RowKey, str]]:
    """The cells to be cleared because their request was carried out, or came too late for that."""
    typed = [
        *((each, _proposed(each, rules)) for each in carried_out if not each.is_typed_over),
        *((each, ()) for each in outdated if not each.is_typed_over),
    ]
    return frozenset(
        (each.tab, each.ref.key, field)
        for each, more in typed
        if each.ref.key is not None
        for field in (*REQUEST_CELLS[each.field], *more)
    )


def _proposed(asked: Asked, rules: LifecycleRules) -> tuple[str, ...]:
    """The values beside an answer that says something about them."""
    looks = any(
        (edge.by, edge.scope, edge.on) == (asked.party, asked.scope, asked.word)
        and not LOOK_AT_TERMS.isdisjoint(edge.requires)
        for edge in rules.moves
    )
    return PROPOSED if looks and asked.field == "response" else ()


def writes(outcome: Outcome) -> tuple[Write, ...]:
    """Every write of the plan, in the order of tabs and rows."""
    found: list[Write] = []
    for reading in outcome.snapshot.tabs.values():
        if reading.place.kind is TabKind.HISTORY or reading.place.address in outcome.locked.still:
            continue
        found.extend(_of_tab(reading, outcome))
    return (*_over_laid(_standing_again(found, outcome), outcome), *_gone(outcome))


def _standing_again(planned: Iterable[Write], outcome: Outcome) -> Iterable[Write]:
    """Rows that are asked for, each as one new row with what the worker writes on it."""
    mine: dict[tuple[TabAddress, RowKey | None], dict[str, RawCell]] = {
        name: dict(row.cells) for name, row in outcome.again.items()
    }
    for write in planned:
        cells = mine.get((write.tab, write.ref.key)) if isinstance(write, CellWrite) else None
        if cells is None or not isinstance(write, CellWrite):
            yield write
        else:
            cells[write.field] = write.value
    for row in outcome.again.values():
        reading = outcome.snapshot.tabs[row.tab]
        if not serves(reading, row.key, outcome):
            continue
        cells = {name: c for name, c in mine[row.tab, row.key].items() if not is_blank(c)}
        yield RowAppend(tab=row.tab, key=row.key, cells=cells)


def _over_laid(planned: Iterable[Write], outcome: Outcome) -> Iterable[Write]:
    """The writes as they meet the sheet, which shows something else where cells were laid.

    What is laid is written, unless something else is to stand there. A row whose key was laid is
    known by another key in the sheet: it gets what people had left and no word of ours, which could
    not be settled as written on that row; the rest is written when its key stands again.
    """
    if not outcome.laid:
        return planned
    shown_as = {(cell.tab, cell.row): cell.ref for cell in outcome.laid.values()}
    due: dict[tuple[TabAddress, RowKey | RowRef, str], Write] = {
        name: CellWrite(
            tab=cell.tab,
            ref=cell.ref,
            field=cell.field,
            expected=cell.shown,
            value=cell.value,
            settles=cell.is_asked or not _is_open(name, outcome),
        )
        for name, cell in outcome.laid.items()
        if not cell.is_asked or serves(outcome.snapshot.tabs[cell.tab], cell.key, outcome)
    }
    others: list[Write] = []
    for each in planned:
        if not isinstance(each, CellWrite):
            others.append(each)
            continue
        write = _beside_laid(each, outcome)
        row = write.ref if write.ref.content is not None else write.ref.key or ()
        name = (write.tab, row, write.field)
        ref = shown_as.get((write.tab, row), write.ref)
        laid = outcome.laid.get(name)
        if name in due and laid is not None and (ref == write.ref or laid.is_asked):
            due[name] = replace(write, ref=ref, expected=laid.shown)
        elif ref == write.ref:
            others.append(write)
    return (*others, *due.values())


def _is_open(name: tuple[TabAddress, RowKey | RowRef, str], outcome: Outcome) -> bool:
    """Whether the cell is to be looked at again: it cannot be read, or asks and was not heard."""
    tab, _, field = name
    column = outcome.spec(outcome.snapshot.tabs[tab]).by_field[field]
    is_asking = column.request and name not in outcome.done
    return is_asking or (column.is_people_s and name in outcome.pending)


def _beside_laid(write: CellWrite, outcome: Outcome) -> CellWrite:
    """What stands beside it as the sheet shows it."""
    laid = {name: outcome.laid.get((write.tab, write.ref.key or (), name)) for name in write.beside}
    shown = {name: cell.shown for name, cell in laid.items() if cell is not None}
    return replace(write, beside={**write.beside, **shown}) if shown else write


def _gone(outcome: Outcome) -> Iterable[Write]:
    """Rows that are forgotten, if the reading before the write misses them too."""
    for vanished in outcome.locked.removed:
        if vanished.place.kind not in OWN_TABS:
            is_line = vanished.place.kind is TabKind.ORDER_LINES
            yield (
                RowGone(
                    tab=vanished.place.address, key=vanished.key, lines=_lines_of(vanished, outcome)
                )
                if is_line
                else RowGone(tab=vanished.place.address, key=vanished.key)
            )


def _lines_of(vanished: VanishedRow, outcome: Outcome) -> tuple[LineKey, ...]:
    known = outcome.world.baseline.lines
    return tuple(key for key in known if line_row(key) == vanished.key)


def _of_tab(reading: TabReading, outcome: Outcome) -> Iterable[Write]:
    rows = keyed_rows(outcome.locked.refs[reading.place.address])
    rekeyed = {row.now for row in outcome.locked.rekeyed if row.was.place == reading.place}
    shown = outcome.shown.get(reading.place.address, {})
    said = messages(outcome.world.findings, reading.place.address)
    for key, (ref, row) in rows.items():
        if ref.content is None and ref not in rekeyed and serves(reading, key, outcome):
            yield from _of_row(
                reading, key, row, shown.get(key, {"message": said.get(key)}), outcome
            )
    yield from _of_nameless_rows(reading, rekeyed, outcome)
    yield from _keys(reading, outcome)
    restored = {
        vanished.key: vanished.row.cells
        for vanished in outcome.locked.restored
        if vanished.place == reading.place
    }
    standing = rows.keys() | {row.was.key for row in outcome.locked.rekeyed if row.now in rekeyed}
    for key in (*restored, *(key for key in shown if key not in restored)):
        is_wanted = key in shown or reading.place.kind in PAPERS
        if key not in standing and is_wanted and serves(reading, key, outcome):
            cells = {**restored.get(key, {}), **shown.get(key, {})}
            # A request that was settled was carried out: it does not come back.
            asked = {column.field for column in outcome.spec(reading).columns if column.request}
            filled = {f: cell for f, cell in cells.items() if f not in asked and not is_blank(cell)}
            if _is_made_here(reading) or key in restored:
                yield RowAppend(tab=reading.place.address, key=key, cells=filled)


def _is_made_here(reading: TabReading) -> bool:
    """Whether the worker makes this tab's rows."""
    return reading.place.kind in LISTS | {TabKind.ORDERS, TabKind.SUPPLIER, TabKind.APPROVALS}


def _of_row(
    reading: TabReading,
    key: RowKey,
    row: int,
    shown: Mapping[str, RawCell],
    outcome: Outcome,
) -> Iterable[Write]:
    address = reading.place.address
    kept = outcome.put_back.get((address, key), {})
    settled = outcome.world.baseline.rows.get(address, {}).get(key)
    spec, cells = outcome.spec(reading), reading.rows[row]
    # People's other columns are written to only where something is put back.
    for column in spec.columns if kept else spec.written_unasked:
        field = column.field
        cell = cells[spec.index[field]]
        is_told = column.request or field in shown or field in kept
        if field not in reading.present or not (is_told or settled):
            continue
        # A request that was carried out counts as settled, and is to be blank.
        is_done = (address, key, field) in outcome.done
        before = cell if is_done else settled.cells.get(field) if settled else None
        wish = before
        if column.request:
            wish = None
        elif not column.is_people_s:
            wish = shown.get(field, before)
        if verdict(before, cell, wish, side_of(column, is_locked=field in kept)).is_written:
            beside = _beside(field, cells, reading, spec)
            yield CellWrite(
                tab=address,
                ref=RowRef(key=key),
                field=field,
                expected=cell,
                value=wish,
                beside=beside,
            )


def _beside(
    name: str, cells: Sequence[RawCell], reading: TabReading, spec: TabSpec
) -> Mapping[str, RawCell]:
    """What was read beside the word of a request, without which it is another request."""
    found = {one: cells[spec.index[one]] for one in spec.beside_word if one in reading.present}
    if name != spec.word:
        return {}
    return {one: cell for one, cell in found.items() if not is_blank(cell)}


def _keys(reading: TabReading, outcome: Outcome) -> Iterable[Write]:
    """Keys that are put back, and what was asked for beside them, which asks for nothing now.

    The rest of such a row is looked at once it is known by its key again.
    """
    spec = outcome.spec(reading)
    for row in outcome.locked.rekeyed:
        if row.was.place != reading.place or not serves(reading, row.was.key, outcome):
            continue
        wanted = {name: row.was.row.cells.get(name) for name in spec.key}
        wanted |= {column.field: None for column in spec.columns if column.request}
        for name, value in wanted.items():
            cell = row.cells.get(name)
            if name in reading.present and not same_cell(cell, value):
                yield CellWrite(
                    tab=reading.place.address, ref=row.now, field=name, expected=cell, value=value
                )


def _of_nameless_rows(
    reading: TabReading, rekeyed: Collection[RowRef], outcome: Outcome
) -> Iterable[Write]:
    """Numbers and messages on rows that have no key of their own."""
    spec, address = outcome.spec(reading), reading.place.address
    if "message" not in spec.index or outcome.world.mandate.mode is Mode.OBSERVE:
        return
    said = _said_of_nameless_rows(reading, outcome)
    for ref, cells in zip(outcome.locked.refs[address], reading.rows, strict=True):
        if ref is None or ref.content is None or ref in rekeyed:
            continue
        for name, value in {"message": None, **said.get(ref, {})}.items():
            cell = cells[spec.index[name]]
            if name in reading.present and not same_cell(cell, value):
                yield CellWrite(tab=address, ref=ref, field=name, expected=cell, value=value)


def _said_of_nameless_rows(
    reading: TabReading, outcome: Outcome
) -> Mapping[RowRef, Mapping[str, RawCell]]:
    """What each of those rows should show."""
    mandate = outcome.world.mandate
    texts: dict[RowRef, list[str]] = {}
    cells: dict[RowRef, dict[str, RawCell]] = {}
    for finding in outcome.world.findings:
        ref = finding.ref
        if ref is None or ref.content is None or finding.tab != reading.place.address:
            continue
        if mandate.serves(finding.supplier):
            texts.setdefault(ref, []).append(finding.message)
            if ref not in cells:
                is_invoice = reading.place.kind is TabKind.INVOICES
                cells[ref] = dict.fromkeys(MATCHED) if is_invoice else {}
            cells[ref]["message"] = joined(texts[ref])
            if finding.code is HoldCode.DUPLICATE:
                cells[ref] |= {"match_status": "rejected", "holds": str(HoldCode.DUPLICATE)}
    for numbered in outcome.numbered if reading.place.kind is TabKind.ORDER_LINES else ():
        cells.setdefault(numbered.line.ref, {}).update(
            po_number=numbered.po_number, line_number=numbered.line_number
        )
    return cells


def serves(reading: TabReading, key: RowKey, outcome: Outcome) -> bool:
    """Whether this run may write into the row."""
    kind, mandate = reading.place.kind, outcome.world.mandate
    if reading.place.address in outcome.locked.still:
        return False
    if kind in OWN_TABS or mandate.mode is Mode.LIVE:
        return True
    if kind is TabKind.SUPPLIER:
        return mandate.serves(reading.place.supplier)
    names = dict(zip(outcome.spec(reading).key, key, strict=True))
    if "po_number" in names:
        return mandate.serves(outcome.suppliers.get(names["po_number"]))
    return any(key_text(name) == names.get("supplier") for name in mandate.pilot_suppliers)
