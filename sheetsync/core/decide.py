"""The corridor: from a snapshot and the baseline to a plan. Reads as the contents of the business.

Pure: equal arguments give an equal plan. Never: touches anything outside its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sheetsync.core import columns, history
from sheetsync.core.adoption import adopt
from sheetsync.core.approval import Approved, approve, outdate
from sheetsync.core.columns.tabs import tab_findings
from sheetsync.core.compose import Outcome, done_cells, settled_rows, writes
from sheetsync.core.differences import AddedRow, Locked
from sheetsync.core.digest import digest
from sheetsync.core.findings import Code, Finding
from sheetsync.core.lifecycle import Advanced, advance
from sheetsync.core.locking import lock
from sheetsync.core.match_findings import match_findings
from sheetsync.core.match_input import documents
from sheetsync.core.matching import Matches, match
from sheetsync.core.merging import merge
from sheetsync.core.model import (
    Baseline,
    Change,
    LineKey,
    LineState,
    Mandate,
    Move,
    OrderState,
    Records,
    RowKey,
    Snapshot,
    TabAddress,
    TabKind,
    Tabs,
    tabs_of,
)
from sheetsync.core.numbering import Numbers, number
from sheetsync.core.open_findings import Standing, of_their_orders, standing
from sheetsync.core.order_mails import order_mails
from sheetsync.core.orders import Order, OrderBook, build_orders
from sheetsync.core.plan import BaselineDelta, Event, Plan, Write
from sheetsync.core.requests import requests
from sheetsync.core.requirements import Asked, Situation
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.standing import stand
from sheetsync.core.strangers import stranger_findings, strangers
from sheetsync.core.views import World, views

PENDING = frozenset({Code.INVALID_VALUE, Code.AMBIGUOUS_VALUE})
"""Cells that a person must type again: not settled, so that they are seen again."""

ABOUT_TABS = frozenset(
    {Code.TAB_MISSING, Code.TAB_EMPTIED, Code.MISSING_COLUMN, Code.DUPLICATE_COLUMN}
)
"""Findings about a tab that stands still; what was found on its rows before stands still too."""


def decide(
    snapshot: Snapshot, baseline: Baseline, rules: Rulebook, mandate: Mandate, now: datetime
) -> Plan:
    """What should happen, given what is seen and what is known.

    Args:
        snapshot: Every tab at one reading.
        baseline: What was known at the end of the last settled cycle.
        rules: All rules in force.
        mandate: How far this run may go.
        now: The time of the cycle, UTC.

    Returns:
        The plan; empty when nothing changed.
    """
    today = now.astimezone(ZoneInfo(mandate.time_zone)).date()
    tabs = tabs_of(snapshot)
    locked, breaks = _differences(snapshot, baseline, rules, now)
    records, bad_cells = _read(snapshot, locked, baseline, rules, today)
    numbers, unnumbered = number(
        records,
        build_orders(records, baseline.orders, baseline.lines),
        baseline.orders,
        baseline.numbered,
        rules.lifecycle.numbering,
        tabs.of_kind[TabKind.ORDER_LINES],
        mandate,
    )
    pending = _pending(bad_cells)
    readable = tuple(change for change in locked.standing if _place_of(change) not in pending)
    before, unknown = _known_orders(records, locked.added, readable, baseline, rules, now)
    strange = strangers(locked.added, before)
    locked = replace(locked, added=tuple(row for row in locked.added if row not in strange))
    here = Here(rules=rules, mandate=mandate, tabs=tabs, today=today, now=now)
    turn = _take_turn(before, records, locked, here)
    found = (
        *breaks,
        *stranger_findings(strange),
        *(f for f in bad_cells if f.tab not in locked.still or f.code in ABOUT_TABS),
        *unnumbered,
        *unknown,
        *turn.findings,
        *match_findings(turn.matches, turn.book, records, tabs, rules.matching, here.as_of),
    )
    owned = tuple(of_their_orders(found, turn.book, rules.columns, tabs))
    stands = standing(owned, baseline, locked.still, rules.digest, now)
    world = World(
        book=turn.book,
        records=records,
        matches=turn.matches,
        requests=turn.approved.requests,
        findings=stands.findings,
        baseline=baseline,
        tabs=tabs,
        rules=rules,
        mandate=mandate,
        now=now,
    )
    outcome = Outcome(
        snapshot=snapshot,
        world=world,
        locked=locked,
        shown=views(world),
        strangers=frozenset((row.place.address, row.key) for row in strange),
        numbered=numbers.rows,
        done=done_cells(turn.advanced.carried_out) | _decided(turn.approved, tabs),
        pending=pending,
    )
    return _plan(outcome, turn, stands, numbers, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What all steps of one cycle share."""

    rules: Rulebook
    mandate: Mandate
    tabs: Tabs
    today: date
    now: datetime

    @property
    def as_of(self) -> date:
        """The last day whose documents count: what is dated later counts when its day comes."""
        return max(self.today, self.now.date())


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What people asked for and what came of it: approvals, moves and matches."""

    book: OrderBook
    approved: Approved
    advanced: Advanced
    matches: Matches
    findings: tuple[Finding, ...]

    @property
    def moves(self) -> tuple[Move, ...]:
        """The status moves of this cycle."""
        return self.advanced.moves


def _differences(
    snapshot: Snapshot, baseline: Baseline, rules: Rulebook, now: datetime
) -> tuple[Locked, tuple[Finding, ...]]:
    """What changed, what of it stands, and what is put back."""
    unread = frozenset(
        reading.place.address
        for reading in snapshot.tabs.values()
        if not columns.is_readable(reading, rules.columns.tabs[reading.place.kind])
    )
    merged, emptied = merge(snapshot, baseline, unread, rules.columns, rules.merging)
    locked, breaks = lock(merged, baseline, rules, now)
    return locked, (*emptied, *breaks)


def _read(
    snapshot: Snapshot, locked: Locked, baseline: Baseline, rules: Rulebook, today: date
) -> tuple[Records, tuple[Finding, ...]]:
    """The records of what stands, and all that is wrong with tabs and cells."""

    def first_seen(tab: TabAddress, key: RowKey) -> datetime | None:
        row = baseline.rows.get(tab, {}).get(key)
        return row.first_seen_at if row is not None else snapshot.read_at

    records, bad_cells = columns.read_records(
        stand(snapshot, locked, baseline, rules.columns),
        rules.columns,
        today=today,
        known_orders=baseline.orders.keys(),
        first_seen=first_seen,
    )
    return records, (*tab_findings(snapshot, rules.columns), *bad_cells)


def _known_orders(
    records: Records,
    added: tuple[AddedRow, ...],
    changes: tuple[Change, ...],
    baseline: Baseline,
    rules: Rulebook,
    now: datetime,
) -> tuple[OrderBook, tuple[Finding, ...]]:
    """Every order as it stands before this cycle's moves, by the changes that could be read."""
    book = build_orders(records, baseline.orders, baseline.lines)
    if baseline.cycle == 0:
        return adopt(book, added, rules, now)
    outdated = outdate(book, changes, rules.approval)
    return {
        po_number: replace(order, state=outdated.get(po_number, order.state))
        for po_number, order in book.items()
    }, ()


def _take_turn(book: OrderBook, records: Records, locked: Locked, here: Here) -> Turn:
    """Approve, move and match, until nothing more moves."""
    rules, tabs, now = here.rules, here.tabs, here.now
    served = {po: order for po, order in book.items() if here.mandate.serves(order.supplier)}
    approved, unapproved = approve(served, records, tabs, rules.approval, now)
    granted = {
        po: replace(order, state=approved.states.get(po, order.state))
        for po, order in served.items()
    }
    asked, incomplete = requests(
        granted, records, locked.overwrites, tabs, rules.locking, here.today
    )
    whole, waiting = {**book, **granted}, asked
    moves: list[Move] = []
    carried_out: list[Asked] = []
    while True:
        matches = match(
            documents(whole, records, rules.lifecycle.order_shows), rules.matching, as_of=here.as_of
        )
        world = _situation(records, matches, rules, tabs)
        movable = {po: whole[po] for po in served}
        advanced, refusals = advance(movable, waiting, world, now)
        whole = {**whole, **advanced.book}
        moves.extend(advanced.moves)
        carried_out.extend(advanced.carried_out)
        waiting = advanced.waiting
        if not advanced.moves:
            break
    return Turn(
        book=whole,
        approved=approved,
        advanced=Advanced(book=whole, moves=tuple(moves), carried_out=tuple(carried_out)),
        matches=matches,
        findings=(*unapproved, *incomplete, *refusals),
    )


def _situation(records: Records, matches: Matches, rules: Rulebook, tabs: Tabs) -> Situation:
    """What requirements may look at, for any order."""
    held = {
        hold.po_number
        for invoice in matches.invoices.values()
        if invoice.holds
        for hold in invoice.details
        if hold.po_number is not None
    }
    return Situation(
        order=Order(state=OrderState(po_number=""), row=None, lines=()),
        targets=(),
        asked=None,
        rules=rules,
        matched=matches.order_lines,
        held=frozenset(held),
        suppliers=records.suppliers,
        tabs=tabs,
    )


def _decided(approved: Approved, tabs: Tabs) -> frozenset[tuple[TabAddress, RowKey, str]]:
    """The decisions that were taken, to be cleared."""
    tab = tabs.of_kind[TabKind.APPROVALS]
    return frozenset(
        (tab, decision.ref.key, "decision")
        for decision in approved.taken
        if decision.ref.key is not None
    )


def _pending(bad_cells: tuple[Finding, ...]) -> frozenset[tuple[TabAddress, RowKey, str]]:
    return frozenset(
        (finding.tab, finding.ref.key, finding.field)
        for finding in bad_cells
        if finding.code in PENDING
        and finding.field is not None
        and finding.ref is not None
        and finding.ref.key is not None
    )


def _plan(
    outcome: Outcome, turn: Turn, stands: Standing, numbers: Numbers, before: OrderBook
) -> Plan:
    """Everything as plain data: writes, events, mails, and what is remembered."""
    world = outcome.world
    baseline, rules, now = world.baseline, world.rules, world.now
    planned = writes(outcome)
    digests, told = digest(
        stands.findings,
        stands.known,
        baseline.told,
        world.records.people,
        rules.digest,
        now,
        fallback=world.mandate.operator,
    )
    return Plan(
        writes=planned,
        events=_events(outcome, turn, stands, planned, before),
        findings=stands.findings,
        mails=(*order_mails(turn.moves, turn.book, world.records), *digests),
        delta=BaselineDelta(
            rows=settled_rows(outcome, planned),
            orders=_order_delta(turn.book, numbers, baseline),
            lines=_line_delta(turn.book, baseline),
            findings=stands.delta(baseline),
            told=told,
            numbered=numbers.last if numbers.rows else None,
        ),
        # A moved order may ask for approvals, and a numbered row for its order: at once, not later.
        wants_another=bool(numbers.rows or turn.moves),
    )


def _events(
    outcome: Outcome,
    turn: Turn,
    stands: Standing,
    planned: tuple[Write, ...],
    before: OrderBook,
) -> tuple[Event, ...]:
    """What the change history says of this cycle."""
    world, locked = outcome.world, outcome.locked
    say = history.Chronicle(
        now=world.now,
        cycle=world.baseline.cycle,
        fingerprint=world.rules.fingerprint,
        columns=world.rules.columns,
    )
    is_told = locked.put_back or locked.overwrites or locked.restored
    at = history.index_of(planned if is_told else ())
    was = world.baseline.lines
    grants = {
        po_number: state.grants[len(before[po_number].state.grants) :]
        for po_number, state in turn.approved.states.items()
    }
    return (
        *history.added(locked.added, say),
        *history.changed((c for c in locked.standing if not _is_pending(c, outcome)), say),
        *history.put_back((*locked.put_back, *locked.overwrites), at, say),
        *history.gone(locked.removed, say),
        *history.restored(locked.restored, at, say),
        *history.adopted(before, was, say),
        *(e for po_number, given in grants.items() for e in history.granted(po_number, given, say)),
        *history.moved(turn.moves, {p: o.state.version for p, o in turn.book.items()}, say),
        *history.terms_changed(was, _line_states(turn.book), say),
        *history.found(stands.opened, stands.closed, say),
    )


def _is_pending(change: Change, outcome: Outcome) -> bool:
    return _place_of(change) in outcome.pending


def _place_of(change: Change) -> tuple[TabAddress, RowKey, str]:
    return (change.place.address, change.key, change.field)


def _line_states(book: OrderBook) -> dict[LineKey, LineState]:
    return {line.key: line.state for order in book.values() for line in order.lines}


def _line_delta(book: OrderBook, baseline: Baseline) -> Mapping[LineKey, LineState | None]:
    now_known = _line_states(book)
    changed: dict[LineKey, LineState | None] = {
        key: state for key, state in now_known.items() if baseline.lines.get(key) != state
    }
    return {**changed, **{key: None for key in baseline.lines if key not in now_known}}


def _order_delta(
    book: OrderBook, numbers: Numbers, baseline: Baseline
) -> Mapping[str, OrderState | None]:
    """Orders that changed; one without lines is kept while its rows still carry its mark."""
    now_known = {po_number: order.state for po_number, order in book.items()}
    marked = {numbered.po_number for numbered in numbers.rows}
    changed: dict[str, OrderState | None] = {
        po_number: state
        for po_number, state in {**numbers.states, **now_known}.items()
        if baseline.orders.get(po_number) != state
    }
    gone = {po: None for po in baseline.orders if po not in now_known and po not in marked}
    return {**changed, **gone}
