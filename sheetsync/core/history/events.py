"""Changes and moves as events of the change history, with ids that the same cause gives again.

An event that tells of a write carries the write's index: it happened only if the write took.
Never: decides what happened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sheetsync.core.differences import SAID_BEFORE, AddedRow, RetypedRow, Standstill, VanishedRow
from sheetsync.core.findings import Finding
from sheetsync.core.history.event_rows import ROW, key_rule, named
from sheetsync.core.lifecycle.requests import proof_of
from sheetsync.core.model import (
    Change,
    LaidCell,
    LaidRow,
    OpenFinding,
    RawCell,
    RowKey,
    RowRef,
    SettledRow,
    TabAddress,
    TabKind,
    TabPlace,
)
from sheetsync.core.money import SERIAL_DAY_ZERO
from sheetsync.core.plan import CellWrite, Event, RowAppend, RowGone, Write
from sheetsync.core.rulebook import CellKind, ColumnRules
from sheetsync.core.wording import LAST_SERIAL_DAY, shown_time

WORKER = "worker"
GONE = "(row) gone"


Cell = tuple[TabAddress, RowKey, str]
"""A cell by meaning: tab, key and field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """What every event of a cycle shares: when, under which rules, after how many cycles.

    `rows` are the settled rows: whose order an invoice bills stands in its cells, not in its key.
    """

    now: datetime
    cycle: int
    fingerprint: str
    columns: ColumnRules
    rows: Mapping[TabAddress, Mapping[RowKey, SettledRow]] = field(default_factory=dict)

    def event(self, **said: object) -> Event:
        """An event whose id follows from what it says and the cycle in which it was decided."""
        event = Event(event_id="", at=self.now, **said)  # type: ignore[arg-type]  # named by callers
        cause = (self.cycle, event.tab, event.po_number, event.line_number, event.field)
        text = repr((*cause, event.old, event.new, event.decision))
        ruled = f"{event.rule} @{self.fingerprint}" if event.rule else ""
        event_id = "E-" + hashlib.sha256(text.encode()).hexdigest()[:16]
        return replace(event, event_id=event_id, rule=ruled)


def index_of(writes: Sequence[Write]) -> dict[tuple[object, ...], int]:
    """Where each write stands in the plan, by what it writes."""
    found: dict[tuple[object, ...], int] = {}
    for index, write in enumerate(writes):
        if isinstance(write, CellWrite):
            found[(write.tab, write.ref.key, write.field)] = index
            found[(write.tab, write.ref, write.field)] = index
        elif isinstance(write, RowAppend):
            found[(write.tab, write.key, ROW)] = index
        elif isinstance(write, RowGone):
            found[(write.tab, write.key, GONE)] = index
    return found


def changed(
    changes: Iterable[Change],
    laid: Mapping[tuple[TabAddress, RowKey | RowRef, str], LaidCell],
    writes: Mapping[tuple[object, ...], int],
    say: Chronicle,
) -> Iterable[Event]:
    """Cells that people changed and that stand; what was asked for stands once it is written."""
    for change in changes:
        asked = laid.get(change.cell)
        if asked is not None and not asked.is_asked:
            asked = None
        if asked is not None and change.cell not in writes:
            continue
        yield say.event(
            **_place_of_change(change, say),
            field=change.field,
            old=_said(change, change.before, say.columns),
            new=_said(change, change.after, say.columns),
            actor=asked.actor if asked else actor_of(change.place, change.field, say.columns),
            proof=asked.proof if asked else proof_of(change.place),
            decision=asked.because if asked else "changed",
            needs=writes.get(change.cell) if asked else None,
        )


def mended(
    laid: Iterable[LaidCell], writes: Mapping[tuple[object, ...], int], say: Chronicle
) -> Iterable[Event]:
    """Cells that show again what people had left there before the worker's write landed there."""
    for cell in laid:
        needs = writes.get((cell.tab, cell.ref, cell.field))
        if needs is not None and not cell.is_asked:
            yield say.event(
                tab=f"{cell.tab} {' '.join(cell.key or cell.ref.key or ())}".rstrip(),
                field=cell.field,
                old=cell.shown,
                new=cell.value,
                actor=WORKER,
                proof=WORKER,
                decision=cell.because,
                rule="merging",
                needs=needs,
            )


def put_back(
    changes: Iterable[Change], writes: Mapping[tuple[object, ...], int], say: Chronicle
) -> Iterable[Event]:
    """Cells that people typed over and that show again what they showed."""
    for change in changes:
        needs = writes.get((change.place.address, change.key, change.field))
        if needs is not None:
            yield say.event(
                **_place_of_change(change, say),
                field=change.field,
                old=_said(change, change.before, say.columns),
                new=_said(change, change.after, say.columns),
                actor=actor_of(change.place, None, say.columns),
                proof=proof_of(change.place),
                decision="put back",
                rule="locking.locked",
                needs=needs,
            )


def added(
    rows: Iterable[AddedRow],
    pending: frozenset[Cell],
    again: Mapping[tuple[TabAddress, RowKey], LaidRow],
    writes: Mapping[tuple[object, ...], int],
    say: Chronicle,
) -> Iterable[Event]:
    """Rows that people typed; the worker's own rows are told by what they follow from.

    A cell that could not be read yet is told as a change, once it can be; a row that was asked for,
    once it stands.
    """
    for row in rows:
        asked = again.get((row.place.address, row.key))
        spec = say.columns.tabs[row.place.kind]
        mine = {c.field: row.row.cells.get(c.field) for c in spec.columns if c.is_people_s}
        cells = {
            field: cell
            for field, cell in mine.items()
            if cell is not None and (row.place.address, row.key, field) not in pending
        }
        if cells:
            yield say.event(
                **named(row.place, row.key, say.columns, row.row.cells),
                field=ROW,
                new=json.dumps(cells, ensure_ascii=False),
                actor=asked.actor if asked else actor_of(row.place, None, say.columns),
                proof=asked.proof if asked else proof_of(row.place),
                decision=asked.because if asked else "added",
                needs=writes.get((row.place.address, row.key, ROW)) if asked else None,
            )


def gone(
    rows: Iterable[VanishedRow],
    renamed: Iterable[RetypedRow],
    writes: Mapping[tuple[object, ...], int],
    say: Chronicle,
) -> Iterable[Event]:
    """Rows that people deleted and were allowed to, or that go on under another key."""
    going_on = {row.was.name for row in renamed}
    for row in rows:
        yield say.event(
            **named(row.place, row.key, say.columns, row.row.cells),
            field=ROW,
            old=json.dumps(dict(row.row.cells), ensure_ascii=False),
            actor=actor_of(row.place, None, say.columns),
            proof=proof_of(row.place),
            decision="deleted",
            rule=key_rule(row.place.kind) if row.name in going_on else "",
            needs=writes.get((row.place.address, row.key, GONE)),
        )


def restored(
    rows: Iterable[VanishedRow], writes: Mapping[tuple[object, ...], int], say: Chronicle
) -> Iterable[Event]:
    """Deleted rows that stand again."""
    for row in rows:
        needs = writes.get((row.place.address, row.key, ROW))
        if needs is not None:
            yield say.event(
                **named(row.place, row.key, say.columns, row.row.cells),
                field=ROW,
                old=json.dumps(dict(row.row.cells), ensure_ascii=False),
                new=json.dumps(dict(row.row.cells), ensure_ascii=False),
                actor=actor_of(row.place, None, say.columns),
                proof=proof_of(row.place),
                decision="deleted, restored",
                rule="merging.restore_vanished",
                needs=needs,
            )


def gone_on(standstills: Iterable[Standstill], say: Chronicle) -> Iterable[Event]:
    """Tabs that somebody let go on as they stand."""
    title = say.columns.tabs[TabKind.STATUS].title
    for each in standstills:
        if each.goes_on_by and each.goes_on_by != SAID_BEFORE:
            yield say.event(
                tab=title,
                field="go_on",
                new=each.name,
                actor=each.goes_on_by,
                proof="unverified",
                decision=f"goes on as it stands: {each.message}",
                rule=each.rule,
            )


def found(
    opened: Iterable[Finding], closed: Iterable[OpenFinding], say: Chronicle
) -> Iterable[Event]:
    """Findings that opened, and findings whose cause is gone."""
    title = say.columns.tabs[TabKind.EXCEPTIONS].title
    for finding in opened:
        yield say.event(
            tab=title,
            field=finding.finding_id,
            new=f"{finding.code} {finding.document}".rstrip(),
            actor=WORKER,
            proof=WORKER,
            decision="finding opened",
            rule=finding.rule,
        )
    for known in closed:
        yield say.event(
            tab=title,
            field=known.finding_id,
            old=f"{known.code} {known.document}".rstrip(),
            actor=WORKER,
            proof=WORKER,
            decision=f"finding closed, open since {shown_time(known.opened_at)}",
            rule=known.rule,
        )


def actor_of(place: TabPlace, field: str | None, columns: ColumnRules) -> str:
    """The owner of the column or tab; who of them typed is not known, and not guessed."""
    if place.supplier is not None:
        return f"supplier {place.supplier}"
    spec = columns.tabs[place.kind]
    column = spec.by_field.get(field or "")
    return str(column.owner if column is not None else spec.owner)


def _place_of_change(change: Change, say: Chronicle) -> dict[str, str]:
    """Where a cell stands; an invoice that now names another order is that order's."""
    row = say.rows.get(change.place.address, {}).get(change.key)
    cells = {**(row.cells if row is not None else {}), change.field: change.after}
    return named(change.place, change.key, say.columns, cells)


def _said(change: Change, cell: RawCell, columns: ColumnRules) -> RawCell:
    """A cell as the history shows it: days in ISO form, everything else as it was."""
    column = columns.tabs[change.place.kind].by_field[change.field]
    is_serial = isinstance(cell, int | float) and not isinstance(cell, bool)
    if column.kind is CellKind.DATE and is_serial and 0 < float(cell or 0) <= LAST_SERIAL_DAY:
        return (SERIAL_DAY_ZERO + timedelta(days=int(cell or 0))).isoformat()
    return cell
