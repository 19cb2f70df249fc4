"""What people typed, and what became of it: the memory on which the oracle leans.

Every value that a person types gets a number, and the number travels with the cell: it is fixed to
the cell in the server's grid, beside the value, where sorting, inserting, cutting and moving carry
it along and no reading of the worker shows it. So the oracle knows at any time which value still
stands, in which row, whatever happened to the tab. Never: judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sheetsync.core.model import RowKey, TabAddress, TabKind
from sheetsync.localsheets.grid import Row
from simulation.desk import Desk, columns_of, key_of
from simulation.office import Office

MORNING = -1
OWN = "(own column)"
NOBODY_TYPES_ON = frozenset({TabKind.HISTORY, TabKind.STATUS})
"""No simulated person does, so that nothing needs to be followed there."""


@dataclass(kw_only=True, slots=True)
class Typed:
    """One value that a person typed into one cell.

    Args:
        number: Fixed to the cell.
        act: The happening in which it was typed; `MORNING` for what stood there at first.
        field: The column, or `OWN` for a column that the worker does not know.
        keys: Every key that its row had.
        value: What the cell showed then, raw.
        word: For requests, the word in its cell; else "".
        replaced_by: The happening in which a person typed over it, cleared or deleted it.
        overwritten_at: When a write of a worker took it away, in words.
        overwritten_in: The tick of the worker in which it did.
        since: When the tick began in which it was typed.
        again: The same word that stood in the cell already and was typed once more.
    """

    number: int
    act: int
    who: str
    tab: TabAddress
    kind: TabKind
    field: str
    keys: set[RowKey | None]
    value: Any
    is_request: bool = False
    replaced_by: int | None = None
    overwritten_at: str = ""
    overwritten_in: int = 0
    again: int | None = None
    since: datetime | None = None

    @property
    def key(self) -> RowKey | None:
        """A key of its row, the first in order; None while it had none."""
        named = sorted(key for key in self.keys if key is not None)
        return named[0] if named else None


@dataclass(kw_only=True, slots=True)
class Forged:
    """What a person did to the rows of Change history.

    Args:
        act: The happening in which it was done.
        since: When the tick began in which it was done.
        shown: The rows as they stood before.
        texts: What was typed that still stood when people last touched the tab.
    """

    act: int
    since: datetime
    shown: tuple[tuple[Any, ...], ...]
    texts: frozenset[str]


@dataclass(kw_only=True)
class Notebook:
    """Everything typed in one run."""

    office: Office
    typed: list[Typed] = field(default_factory=list)
    act: int = MORNING
    tick: int = 0
    tick_at: datetime | None = None
    brought_back: set[str] = field(default_factory=set)
    copied: set[tuple[TabAddress, str, str]] = field(default_factory=set)
    forged: list[Forged] = field(default_factory=list)
    _last: int = 0

    def __post_init__(self) -> None:
        for place in self.office.places.tabs:
            desk = Desk(self.office, place.address)
            people_s = {c.field for c in desk.spec.columns if c.is_people_s}
            columns = desk.columns()
            for row in desk.filled():
                for name in sorted(people_s & columns.keys()):
                    if desk.value(row, columns[name]) != "":
                        self.note("somebody", desk, row, columns[name])

    def token(self) -> str:
        """A word that nobody typed before in this run."""
        self._last += 1
        return f"t{self._last:04d}"

    def number(self) -> int:
        """A number that nobody typed before in this run."""
        self._last += 1
        return self._last

    def note(self, who: str, desk: Desk, row: int, column: int, was: RowKey | None = None) -> None:
        """Remember what a person just typed into a cell, and the key that its row had before."""
        value = desk.value(row, column)
        if value == "":
            return
        fields = {at: name for name, at in desk.columns().items()}
        name = fields.get(column, OWN)
        spec = desk.spec.by_field.get(name)
        if row == 0:
            return
        typed = Typed(
            number=len(self.typed),
            act=self.act,
            who=who,
            tab=desk.address,
            kind=desk.place.kind,
            field=name,
            keys={desk.key(row)} | ({was} if was is not None else set()),
            value=value,
            is_request=spec is not None and spec.request,
            since=self.tick_at,
        )
        self.typed.append(typed)
        _fix(desk, row, column, {"typed": typed.number, "value": value})

    def forget(self, desk: Desk, row: int) -> None:
        """A copied row: what was typed stands in the original; in the copy it is no strange value."""
        found = desk.tab.grid.row(row)
        self.copied |= {(desk.address, name, str(v)) for name, v in desk.cells(row).items()}
        for column, extra in list((found.extras or {}).items()) if found is not None else ():
            if extra.other and "typed" in extra.other:
                _fix(desk, row, column, None)

    def came_back(self, row: Row) -> None:
        """A deleted row stands again with all that was typed into it, and what the worker wrote."""
        self.brought_back |= {str(value) for value in row.values if value != ""}
        for extra in (row.extras or {}).values():
            if extra.other and "typed" in extra.other:
                self.typed[extra.other["typed"]].replaced_by = None

    def meddled(
        self,
        before: tuple[tuple[Any, ...], ...],
        after: tuple[tuple[Any, ...], ...],
    ) -> None:
        """A person changed rows of Change history; what they did before may be undone by that."""
        if before == after:
            return
        said = [
            {text for row in rows for text in row if _is_forged(text)} for rows in (before, after)
        ]
        for earlier in self.forged:
            earlier.texts -= said[0] - said[1]
        fresh = frozenset(said[1] - said[0])
        since = self.tick_at or self.office.clock.now()  # an event tells when its cycle began
        self.forged = [each for each in self.forged if each.shown != after]
        self.forged.append(Forged(act=self.act, since=since, shown=before, texts=fresh))

    def place_of(self, number: int) -> tuple[TabAddress, int, int] | None:
        """Where a typed value stands now: tab, row, column."""
        for place in self.office.places.tabs:
            for at, row in enumerate(self.office.tab(place.address).grid.rows):
                for column, extra in (row.extras or {}).items() if row is not None else ():
                    if extra.other and extra.other.get("typed") == number:
                        return place.address, at, column
        return None

    def standing(self) -> set[int]:
        """The numbers whose value stands in its cell."""
        return {number for _, _, number in self._cells()}

    def _cells(self) -> Iterator[tuple[TabAddress, Row, int]]:
        """Every standing value: its tab, its row, its number."""
        for place in self.office.places.tabs:
            if place.kind in NOBODY_TYPES_ON:
                continue
            for row in self.office.tab(place.address).grid.rows:
                if row is None or not row.values or not row.extras:
                    continue
                values = row.values
                for column, extra in row.extras.items():
                    mark = extra.other
                    if not mark or "typed" not in mark or column >= len(values):
                        continue
                    if values[column] == mark["value"]:
                        yield place.address, row, mark["typed"]

    def follow(self) -> None:
        """Note under which keys the rows of standing values go now."""
        heads: dict[TabAddress, tuple[dict[str, int], TabKind]] = {}
        keys: dict[int, RowKey | None] = {}
        for address, row, number in self._cells():
            if address not in heads:
                kind = self.office.places.kind(address).kind
                header = self.office.tab(address).grid.row(0)
                values = tuple(header.values) if header is not None else ()
                heads[address] = (columns_of(kind, values), kind)
            if id(row) not in keys:
                keys[id(row)] = key_of(row, *heads[address])
            self.typed[number].keys.add(keys[id(row)])

    def replaced(self, before: set[int]) -> set[int]:
        """After an act of a person: what no longer stands was replaced by it."""
        lost = before - self.standing()
        fresh = [typed for typed in self.typed if typed.act == self.act]
        for number in sorted(lost):
            old = self.typed[number]
            if old.replaced_by is None:
                old.replaced_by = self.act
            for typed in fresh:
                place = (typed.tab, typed.field, typed.value)
                if place == (old.tab, old.field, old.value) and typed.keys & old.keys:
                    typed.again = number
        self._typed_where_it_stood(fresh)
        return lost

    def _typed_where_it_stood(self, fresh: Sequence[Typed]) -> None:
        """What a write had just taken away cannot come back where a person typed since."""
        places = {(new.tab, new.field, key) for new in fresh for key in new.keys}
        for old in self.typed:
            is_open = old.overwritten_at and old.replaced_by is None and old.act != self.act
            is_there = any((old.tab, old.field, key) in places for key in old.keys)
            if is_open and is_there and self.tick - old.overwritten_in <= 1:
                old.replaced_by = self.act

    def overwritten(self, before: set[int], when: str) -> None:
        """After a write of a worker: what no longer stands was overwritten by it."""
        for number in sorted(before - self.standing()):
            self.typed[number].overwritten_at = when
            self.typed[number].overwritten_in = self.tick


def _is_forged(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("meddled ")


def _fix(desk: Desk, row: int, column: int, mark: dict[str, Any] | None) -> None:
    """Fix a number to a cell, or take it off; the server's undo has nothing to do with it."""
    owned = desk.tab.grid.own_row(row)
    extra = replace(owned.extra_at(column), other=mark)
    extras = owned.extras if owned.extras is not None else {}
    extras[column] = extra
    owned.extras = extras
