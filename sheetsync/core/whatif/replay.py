"""The past under two sets of rules: which holds came and went, and which would have.

The journal is folded event by event; wherever something happened, the suppliers concerned are
matched under both rules. What people did is taken as they did it: statuses, agreed terms, receipts
and bills stand as they stood, whatever other holds would have made people do.
Never: writes, or asks the baseline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from sheetsync.core.columns import Reading, read_again
from sheetsync.core.life.folding import Sheet
from sheetsync.core.lifecycle.approval import in_base, tiers_for
from sheetsync.core.model import OrderState, Records, RowKey, TabAddress
from sheetsync.core.orders import Order, build_orders
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.turn import matched
from sheetsync.core.whatif.outlook import HoldKey, StandingHold, by_document, standing_holds
from sheetsync.core.whatif.past import Past

ASKED = frozenset({"submitted", "approved"})
"""The statuses in which it matters which tiers an order passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A hold from when it came until it went; None: it stood at the beginning, or stands still."""

    held: StandingHold
    came: datetime | None
    went: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTiers:
    """An order that would have asked other tiers for a yes."""

    po_number: str
    supplier: str
    at: datetime
    now: tuple[str, ...]
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The past by the rules in force, and by the others.

    `began` is when the journal's first event happened; `moments` counts how often something
    happened and was looked at.
    """

    since: datetime
    until: datetime
    began: datetime | None
    now: tuple[Span, ...]
    then: tuple[Span, ...]
    tiers: tuple[OtherTiers, ...]
    moments: int

    def spans(self, which: str) -> dict[HoldKey, list[Span]]:
        """The spans of one set of rules by hold."""
        found: dict[HoldKey, list[Span]] = defaultdict(list)
        for span in self.now if which == "now" else self.then:
            found[span.held.key].append(span)
        return found


@dataclass
class _Watch:
    """The holds of one set of rules, as they come and go."""

    rules: Rulebook
    spans: list[Span] = field(default_factory=list)
    open: dict[HoldKey, tuple[StandingHold, datetime | None]] = field(default_factory=dict)
    keys_of: dict[str, set[HoldKey]] = field(default_factory=lambda: defaultdict(set))

    def look(
        self,
        found: Mapping[HoldKey, StandingHold],
        suppliers: Iterable[str],
        at: datetime | None,
    ) -> None:
        """Compare what stands now of these suppliers with what stood."""
        known = {key for supplier in suppliers for key in self.keys_of[supplier]}
        for key in sorted(known - found.keys(), key=str):
            held, came = self.open.pop(key)
            self.keys_of[_whose(held)].discard(key)
            self.spans.append(Span(held=held, came=came, went=at))
        for key, held in found.items():
            if key not in self.open:
                self.open[key] = (held, at)
                self.keys_of[_whose(held)].add(key)

    def closed(self) -> tuple[Span, ...]:
        """All spans, those that still stand with them."""
        still = (Span(held=held, came=came, went=None) for held, came in self.open.values())
        return tuple(sorted((*self.spans, *still), key=_by_time))


def _whose(held: StandingHold) -> str:
    return key_text(held.supplier)


def _by_time(span: Span) -> tuple[str, str]:
    return ("" if span.came is None else span.came.isoformat(), str(span.held.key))


@dataclass
class _Looking:
    """What is kept from one look to the next."""

    past: Past
    zone: ZoneInfo
    watches: tuple[_Watch, _Watch]
    readings: dict[tuple[frozenset[str], int], Reading] = field(default_factory=dict)
    due: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))
    tiers: dict[tuple[str, int], OtherTiers | None] = field(default_factory=dict)
    moments: int = 0

    def look(self, suppliers: Iterable[str], at: datetime, *, is_first: bool = False) -> None:
        """Match the suppliers concerned under both rules."""
        left = set(suppliers)
        while left:
            together = self.past.together({left.pop()})
            left -= together
            self._look_at(together, at, is_first=is_first)
        self.moments += not is_first

    def _look_at(self, suppliers: frozenset[str], at: datetime, *, is_first: bool) -> None:
        told = None if is_first else at
        books = []
        for place, watch in enumerate(self.watches):
            records = self._records(suppliers, at, place, watch.rules)
            states = dict(self.past.line_states(suppliers))
            heads = {key.po_number: OrderState(po_number=key.po_number) for key in states}
            book = build_orders(records, heads, states)
            books.append(book)
            as_of = max(at.astimezone(self.zone).date(), at.date())
            found = matched(book, records, watch.rules, as_of).matches
            watch.look(
                standing_holds(found, by_document(records.invoices)),
                {*suppliers, *(key_text(row.supplier) for row in records.invoices)},
                told,
            )
            self._wait_for_days(records, suppliers, as_of)
        if not is_first:
            for number, order in books[0].items():
                self._ask_tiers(number, order, at)

    def _records(
        self, suppliers: frozenset[str], at: datetime, place: int, rules: Rulebook
    ) -> Records:
        def first_seen(tab: TabAddress, key: RowKey) -> datetime | None:
            return self.past.first_seen.get(f"{tab} {' '.join(key)}", at)

        if place and rules.columns == self.watches[0].rules.columns:
            return self.readings[suppliers, 0].records
        reading = read_again(
            self.past.snapshot(suppliers, at, rules.columns),
            rules.columns,
            today=at.astimezone(self.zone).date(),
            first_seen=first_seen,
            last=self.readings.get((suppliers, place)),
        )
        self.readings[suppliers, place] = reading
        return reading.records

    def _wait_for_days(self, records: Records, suppliers: frozenset[str], as_of: date) -> None:
        """Rows of a day that is still to come count from that day on, though nobody types then."""
        days = {row.received_date for row in records.receipts}
        days |= {row.received_date for row in records.invoices if row.received_date is not None}
        for day in days:
            if day > as_of:
                self.due[day] |= suppliers

    def _ask_tiers(self, number: str, order: Order, at: datetime) -> None:
        version = self.past.orders[key_text(number)].version
        if not any(line.state.status in ASKED for line in order.lines):
            return
        if (number, version) in self.tiers:
            return
        now, then = (_tiers(order, watch.rules) for watch in self.watches)
        other = OtherTiers(
            po_number=number, supplier=order.supplier or "", at=at, now=now, then=then
        )
        self.tiers[number, version] = other if now != then else None


def _tiers(order: Order, rules: Rulebook) -> tuple[str, ...]:
    total = in_base(order.total, order.currency, rules.approval)
    if total is None:
        return ("no exchange rate",)
    return tuple(tier.name for tier in tiers_for(total, rules.approval))


def replay(
    events: Iterable[Event],
    sheet: Sheet,
    now: Rulebook,
    then: Rulebook,
    *,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
) -> Replay:
    """Tell the past from `since` on under both rules.

    Args:
        events: All that was ever recorded, oldest first.
        sheet: Where tabs stand and what their columns are.
        now: The rules in force.
        then: The others.
        since: From when on holds are told.
        until: Until when.
        zone: Where a day begins.
    """
    found = (event for event in events if event.at <= until)
    known = tuple(sorted(found, key=attrgetter("at")))
    looking = _Looking(
        past=Past(sheet=sheet.knowing(known)), zone=zone, watches=(_Watch(now), _Watch(then))
    )
    earlier = [event for event in known if event.at < since]
    for event in earlier:
        looking.past.take(event)
    looking.look(looking.past.suppliers, since, is_first=True)
    for at, happened in groupby(known[len(earlier) :], key=attrgetter("at")):
        _days_until(looking, at)
        touched = {name for event in happened for name in looking.past.take(event)}
        if touched:
            looking.look(touched, at)
    _days_until(looking, until)
    return Replay(
        since=since,
        until=until,
        began=known[0].at if known else None,
        now=looking.watches[0].closed(),
        then=looking.watches[1].closed(),
        tiers=tuple(_told(looking.tiers.values())),
        moments=looking.moments,
    )


def _days_until(looking: _Looking, at: datetime) -> None:
    """Look at each day on which something begins to count, and that has begun by then."""
    while looking.due:
        day = min(looking.due)
        begins = datetime.combine(day, time(), looking.zone)
        if begins.astimezone(at.tzinfo) > at:
            return
        looking.look(looking.due.pop(day), begins.astimezone(at.tzinfo))


def _told(tiers: Iterable[OtherTiers | None]) -> Iterator[OtherTiers]:
    return (each for each in tiers if each is not None)
