"""A sheet on paper: the tabs as lists in memory, for laws that must run thousands of times.

It keeps what a plan writes as the real workbook does (by key, and only over what was expected), and
settles with the real rules. What Google does is proven elsewhere, against the local server.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from builders import NOW, rulebook, snapshot

from sheetsync.core.decide import decide
from sheetsync.core.history.chain import GENESIS, MAC, Journal, chain, row_of
from sheetsync.core.history.seen import ids_digest
from sheetsync.core.history.tab import HistoryReview, review
from sheetsync.core.memory import Memory
from sheetsync.core.model import Baseline, Mandate, RawCell, Snapshot, TabAddress, TabKind
from sheetsync.core.plan import (
    Applied,
    CellWrite,
    ChainedEvent,
    Event,
    HistoryMend,
    Plan,
    RowAppend,
    RowGone,
    Write,
)
from sheetsync.core.rows import is_blank, row_key, row_refs, same_cell
from sheetsync.core.rulebook import Rulebook
from sheetsync.ports import Batch, CallCount, Tell
from sheetsync.state.settling import advance, settled_delta

Row = list[RawCell]


@dataclass
class PaperSheet:
    """Tabs that people and plans write on, and the baseline of what was settled."""

    reading: Snapshot
    rules: Rulebook = field(default_factory=rulebook)
    mandate: Mandate = field(default_factory=lambda: Mandate(operator="operator@example.com"))
    baseline: Baseline = field(default_factory=Baseline)
    now: dt.datetime = NOW
    events: list[Event] = field(default_factory=list)
    told: list[tuple[RawCell, ...]] = field(default_factory=list)
    planned: list[dt.datetime] = field(default_factory=list)
    mails: list[object] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def of(cls, text: str, **options) -> PaperSheet:
        return cls(reading=snapshot(text), **options)

    # -- people --------------------------------------------------------------------------------

    def tab(self, name: str) -> TabAddress:
        return next(address for address in self.reading.tabs if address.tab == name)

    def rows(self, name: str) -> list[dict[str, RawCell]]:
        reading = self.reading.tabs[self.tab(name)]
        return [dict(zip(reading.fields, row, strict=True)) for row in reading.rows]

    def row(self, name: str, **where: RawCell) -> dict[str, RawCell]:
        found = [
            row for row in self.rows(name) if all(same_cell(row[f], v) for f, v in where.items())
        ]
        assert len(found) == 1, f"{len(found)} rows of {name} have {where}"
        return found[0]

    def change(self, name: str, edit: Callable[[list[Row]], list[Row]]) -> None:
        self._edit(self.tab(name), edit)

    def _edit(self, address: TabAddress, edit: Callable[[list[Row]], list[Row]]) -> None:
        reading = self.reading.tabs[address]
        rows = tuple(tuple(row) for row in edit([list(row) for row in reading.rows]))
        tabs = {**self.reading.tabs, address: replace(reading, rows=rows)}
        self.reading = replace(self.reading, tabs=tabs)

    def type(self, name: str, where: dict[str, RawCell], **cells: RawCell) -> None:
        fields = self.reading.tabs[self.tab(name)].fields

        def edit(rows: list[Row]) -> list[Row]:
            for row in rows:
                shown = dict(zip(fields, row, strict=True))
                if all(same_cell(shown[f], value) for f, value in where.items()):
                    for f, value in cells.items():
                        row[fields.index(f)] = value
            return rows

        self.change(name, edit)

    def add(self, name: str, **cells: RawCell) -> None:
        fields = self.reading.tabs[self.tab(name)].fields
        self.change(name, lambda rows: [*rows, [cells.get(f) for f in fields]])

    def delete(self, name: str, **where: RawCell) -> None:
        fields = self.reading.tabs[self.tab(name)].fields
        self.change(
            name,
            lambda rows: [
                row
                for row in rows
                if not all(same_cell(row[fields.index(f)], v) for f, v in where.items())
            ],
        )

    # -- the worker ----------------------------------------------------------------------------

    def cycle(self, minutes: int = 5, *, confirmed: bool = False) -> Plan:
        self.now += dt.timedelta(minutes=minutes)
        self.reading = replace(self.reading, read_at=self.now)
        plan = decide(
            self.reading,
            self.baseline,
            self.rules,
            self.mandate,
            self.now,
            memory=self.memory,
            history=self.reviewed(),
            confirmed=confirmed,
        )
        self.plans.append(plan)
        if plan.is_empty:
            return plan
        applied = self.apply(plan.writes, lambda taken: self.chained(plan.happened(taken)))
        delta = settled_delta(self.baseline, plan, applied, self.now)
        self.baseline = advance(self.baseline, delta, self.baseline.cycle + 1)
        happened = plan.happened(applied.taken)
        self.told.extend(map(row_of, self.chained(happened)))
        self.planned.insert(0, self.now)
        self.events.extend(happened)
        self.mails.extend(plan.mails)
        return plan

    def rest(self, most: int = 6) -> Plan:
        """Cycles until nothing is left to do; fails when that never comes."""
        for _ in range(most):
            plan = self.cycle(minutes=0)
            if plan.is_empty:
                return plan
        raise AssertionError(f"still busy after {most} cycles: {plan}")

    def reviewed(self) -> HistoryReview:
        """The history tab against what this sheet's own worker told."""
        (reading,) = self.reading.of_kind(TabKind.HISTORY)
        found = review(reading, Journal(rows=self.told, plans=self.planned))
        assert not found.ahead, "nobody else writes on this paper"
        return found

    def chained(self, events: Sequence[Event]) -> list[ChainedEvent]:
        """The events that were not told yet, as settling records them."""
        known = {row[0] for row in self.told}
        fresh = [event for event in events if event.event_id not in known]
        head = str(self.told[-1][MAC]) if self.told else GENESIS
        return list(chain(fresh, head, len(self.told), b""))

    def apply(
        self, writes: Sequence[Write], tell: Tell | None, _batch: Batch | None = None
    ) -> Applied:
        """As the real workbook: by key, only over what was expected, twice with one result."""
        taken: set[int] = set()
        skipped: dict[int, str] = {}
        before = self.reading
        for index, write in enumerate(writes):
            match write:
                case RowAppend():
                    fits = self._append(write)
                case RowGone():
                    fits = write.key not in self._keys(write.tab)
                case CellWrite():
                    fits = self._write(write, before)
                case HistoryMend():
                    fits = self._mend(write)
            if fits:
                taken.add(index)
            else:
                skipped[index] = "the cell or row is not what it was"
        rows = self._tell(tell(taken)) if tell else 0
        return Applied(taken=frozenset(taken), skipped=skipped, history_rows=rows)

    def read(self, now: dt.datetime) -> Snapshot:
        """The tabs as they are."""
        return replace(self.reading, read_at=now)

    def calls(self) -> CallCount:
        """Paper asks nobody."""
        return CallCount(reads=0, writes=0)

    def _append(self, write: RowAppend) -> bool:
        reading = self.reading.tabs[write.tab]
        spec = self.rules.columns.tabs[reading.place.kind]
        there = [row for row in reading.rows if row_key(row, spec) == write.key]
        if not there:
            self._edit(
                write.tab, lambda rows: [*rows, [write.cells.get(f) for f in reading.fields]]
            )
        mine = [c.field for c in spec.columns if not c.is_people_s and c.field not in spec.key]
        return not there or any(
            all(same_cell(row[spec.index[f]], write.cells.get(f)) for f in mine) for row in there
        )

    def _keys(self, tab: TabAddress) -> set[object]:
        reading = self.reading.tabs[tab]
        spec = self.rules.columns.tabs[reading.place.kind]
        return {row_key(row, spec) for row in reading.rows}

    def _write(self, write: CellWrite, before: Snapshot) -> bool:
        reading = before.tabs[write.tab]
        spec = self.rules.columns.tabs[reading.place.kind]
        refs = row_refs(reading.rows, spec)
        if refs.count(write.ref) != 1:
            return False
        place = refs.index(write.ref)
        column = reading.fields.index(write.field)
        shown = reading.rows[place][column]
        if not same_cell(shown, write.expected):
            return same_cell(shown, write.value)
        beside = {name: reading.rows[place][reading.fields.index(name)] for name in write.beside}
        if any(
            cell is not None and beside[n] not in (None, cell) for n, cell in write.beside.items()
        ):
            return False

        def edit(rows: list[Row]) -> list[Row]:
            rows[place][column] = None if is_blank(write.value) else write.value
            return rows

        self._edit(write.tab, edit)
        return True

    def _mend(self, mend: HistoryMend) -> bool:
        reading = self.reading.tabs[mend.tab]
        shown = [row[0] for row in reading.rows]
        if ids_digest(shown) != mend.seen:
            return ids_digest(shown[: mend.rows]) == mend.after

        def edit(rows: list[Row]) -> list[Row]:
            laid: list[Row] = []
            for place in range(len(rows) + 1):
                new = mend.inserted.get(place, ())
                laid += [[row.get(f) for f in reading.fields] for row in new]
                if place < len(rows) and place not in mend.removed:
                    cells = dict(zip(reading.fields, rows[place], strict=True))
                    laid.append(list((cells | dict(mend.cells.get(place, {}))).values()))
            return laid

        self._edit(mend.tab, edit)
        return True

    def _tell(self, told: Sequence[ChainedEvent]) -> int:
        (reading,) = self.reading.of_kind(TabKind.HISTORY)
        shown = {row[0] for row in reading.rows}
        new = [list(row_of(each)) for each in told if each.event.event_id not in shown]
        self._edit(reading.place.address, lambda rows: rows + new)
        return len(new)
