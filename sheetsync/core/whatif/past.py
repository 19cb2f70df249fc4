"""The past as the journal tells it, event by event: orders, their lines, and all other rows.

It keeps what matching needs, by supplier and order, so that a moment is looked at where something
happened and nowhere else. Never: asks the baseline or the sheet, or judges anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sheetsync.core.history.event_rows import is_new_row
from sheetsync.core.life.folding import (
    LineThen,
    OrderThen,
    Paper,
    Sheet,
    after,
    name_of_paper,
    paper_after,
)
from sheetsync.core.model import (
    LISTS,
    LineKey,
    LineState,
    RawCell,
    Snapshot,
    TabKind,
    TabReading,
    Terms,
)
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import ColumnRules

NOT_MATCHED = LISTS | {
    *(TabKind.SUPPLIER, TabKind.APPROVALS, TabKind.HISTORY),
    *(TabKind.ORDER_LINES, TabKind.ORDERS),
}
"""Tabs whose rows are not kept as such: order lines and orders are kept as orders."""

CLOSES = frozenset({"closed", "cancelled"})


@dataclass
class Past:
    """All that was known at the last event taken."""

    sheet: Sheet
    orders: dict[str, OrderThen] = field(default_factory=dict)
    heads: dict[str, Paper] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    first_seen: dict[str, datetime] = field(default_factory=dict)
    closed_at: dict[LineKey, datetime] = field(default_factory=dict)
    _orders_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _bills_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _papers_on: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, event: Event) -> frozenset[str]:
        """Let the event happen; returns the suppliers that it may concern, in comparable form."""
        kind = self.sheet.kind_of(event)
        if kind in {TabKind.ORDER_LINES, TabKind.ORDERS} and event.po_number:
            return self._take_order(event, kind)
        if kind is None or kind in NOT_MATCHED:
            return frozenset()
        return self._take_paper(event, kind)

    def _take_order(self, event: Event, kind: TabKind) -> frozenset[str]:
        number = key_text(event.po_number)
        before = self.orders.get(number) or OrderThen(po_number=event.po_number)
        order = after(before, event, self.sheet)
        was, now = suppliers_of(before), suppliers_of(order)
        if kind is TabKind.ORDER_LINES and event.field == "status":
            key = LineKey(number, _number(event.line_number))
            if event.new in CLOSES:
                self.closed_at[key] = event.at
            else:
                self.closed_at.pop(key, None)
        if kind is TabKind.ORDERS:
            # The worker makes the row, and no event tells of that.
            known = self.heads.get(number) or Paper(kind=kind, cells={})
            self.heads[number] = paper_after(known, kind, event, self.sheet) or known
        self.orders[number] = order
        for supplier in was - now:
            self._orders_of[supplier].discard(number)
        for supplier in now:
            self._orders_of[supplier].add(number)
        return was | now

    def _take_paper(self, event: Event, kind: TabKind) -> frozenset[str]:
        name = name_of_paper(event, kind)
        known = self.papers.get(name)
        paper = paper_after(known, kind, event, self.sheet)
        if is_new_row(event):
            self.first_seen.setdefault(name, event.at)
        touched: frozenset[str] = frozenset()
        if known is not None:
            touched |= self._whose(known)
            self._forget(name, known)
        if paper is not None:
            self._index(name, paper)
            touched |= self._whose(paper)
        return touched

    def _index(self, name: str, paper: Paper) -> None:
        self.papers[name] = paper
        for index, key in self._indexes(paper):
            index[key].add(name)

    def _forget(self, name: str, paper: Paper) -> None:
        del self.papers[name]
        for index, key in self._indexes(paper):
            index[key].discard(name)

    def _indexes(self, paper: Paper) -> Iterator[tuple[dict[str, set[str]], str]]:
        supplier = key_text(paper.cells.get("supplier"))
        if supplier or not paper.po_number:
            yield self._bills_of, supplier
        if paper.po_number:
            yield self._papers_on, paper.po_number

    def _whose(self, paper: Paper) -> frozenset[str]:
        order = self.orders.get(paper.po_number)
        named = suppliers_of(order) if order is not None else frozenset()
        supplier = key_text(paper.cells.get("supplier"))
        return named | {supplier} if supplier else named

    @property
    def suppliers(self) -> frozenset[str]:
        """Everybody who has an order or a bill."""
        both = (self._orders_of, self._bills_of)
        return frozenset(name for index in both for name, found in index.items() if name and found)

    def together(self, suppliers: Collection[str]) -> frozenset[str]:
        """These suppliers, and those whose orders or bills they share."""
        found, waiting = set[str](), set(suppliers)
        while waiting:
            supplier = waiting.pop()
            found.add(supplier)
            papers = [self.papers[name] for name in self._bills_of[supplier]]
            for number in self._orders_of[supplier]:
                papers += (self.papers[name] for name in self._papers_on[number])
            waiting |= {each for paper in papers for each in self._whose(paper)} - found
        return frozenset(found)

    def numbers_of(self, suppliers: Iterable[str]) -> tuple[str, ...]:
        """The orders of these suppliers, in comparable form and lasting order."""
        return tuple(sorted({n for each in suppliers for n in self._orders_of[each]}))

    def names_of(self, suppliers: Iterable[str]) -> tuple[str, ...]:
        """The other rows that concern these suppliers, in a lasting order.

        A row that names neither a supplier nor an order may concern all.
        """
        chosen = frozenset(suppliers)
        names = {name for each in chosen for name in self._bills_of[each]}
        for number in self.numbers_of(chosen):
            names |= self._papers_on[number]
        return tuple(sorted(names | self._bills_of[""]))

    def snapshot(self, suppliers: Iterable[str], at: datetime, columns: ColumnRules) -> Snapshot:
        """The tabs of these suppliers as people had filled them."""
        chosen = frozenset(suppliers)
        rows: dict[TabKind, list[Mapping[str, RawCell]]] = defaultdict(list)
        for number in self.numbers_of(chosen):
            order = self.orders[number]
            head = self.heads.get(number)
            cells = head.cells if head is not None else {}
            rows[TabKind.ORDERS].append({**cells, "po_number": order.po_number})
            rows[TabKind.ORDER_LINES].extend(_lines(order))
        for name in self.names_of(chosen):
            rows[self.papers[name].kind].append(self.papers[name].cells)
        tabs = {}
        for place in self.sheet.places:
            if place.kind not in NOT_MATCHED or place.kind in rows:
                fields = columns.tabs[place.kind].fields
                tabs[place.address] = TabReading(
                    place=place,
                    fields=fields,
                    present=frozenset(fields),
                    rows=tuple(tuple(row.get(f) for f in fields) for row in rows[place.kind]),
                )
        return Snapshot(read_at=at, tabs=tabs)

    def line_states(self, suppliers: Iterable[str]) -> Iterator[tuple[LineKey, LineState]]:
        """What was known of the lines of these suppliers, beyond their cells."""
        for number in self.numbers_of(suppliers):
            order = self.orders[number]
            for line in order.lines.values():
                key = LineKey(order.po_number, _number(line.line_number))
                closed = self.closed_at.get(LineKey(number, key.line_number))
                yield key, _state(line, closed)


def suppliers_of(order: OrderThen) -> frozenset[str]:
    """Whom the order's lines name."""
    found = (key_text(line.cells.get("supplier")) for line in order.lines.values())
    return frozenset(name for name in found if name)


def _number(line_number: str) -> int:
    return int(line_number) if line_number.isdecimal() else 0


def _lines(order: OrderThen) -> Iterator[Mapping[str, RawCell]]:
    for line in order.lines.values():
        named: dict[str, RawCell] = {
            "po_number": order.po_number,
            "line_number": _number(line.line_number),
        }
        yield {**line.cells, **named}


def _state(line: LineThen, closed: datetime | None) -> LineState:
    is_proposed = line.proposal != Terms()
    return LineState(
        status=line.status,
        agreed=line.agreed,
        proposal=line.proposal if is_proposed else None,
        cancelled_quantity=line.given_up,
        closed_at=closed,
    )
