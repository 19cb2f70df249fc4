"""One turn of the orders: who approved, what moved, what matched.

Approvals come first; then matching and moves take turns until nothing more moves, because a move
may need a match and a match looks at statuses. Never: reads cells or writes any.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sheetsync.core.differences import AddedRow, Locked, VanishedRow
from sheetsync.core.findings import Finding
from sheetsync.core.lifecycle.adoption import adopt
from sheetsync.core.lifecycle.approval import Approved, approve, outdate
from sheetsync.core.lifecycle.moves import Advanced, advance, outdated_finding
from sheetsync.core.lifecycle.requests import requests
from sheetsync.core.lifecycle.requirements import Asked, Situation
from sheetsync.core.matched.catalogue import Catalogue
from sheetsync.core.matched.documents import documents
from sheetsync.core.matched.payments import JudgedPayment, with_payments
from sheetsync.core.matched.releases import JudgedRelease, match_released
from sheetsync.core.matching import Documents, LastMatched, Matches
from sheetsync.core.model import (
    Baseline,
    Change,
    Mandate,
    Move,
    OrderState,
    Records,
    RowKey,
    TabAddress,
    TabKind,
    Tabs,
)
from sheetsync.core.orders import Order, OrderBook, build_orders
from sheetsync.core.rulebook import Rulebook


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
class Matched:
    """What matching found, in which documents, and what became of releases and payments."""

    matches: Matches
    catalogue: Catalogue
    papers: Documents
    releases: tuple[JudgedRelease, ...]
    payments: tuple[JudgedPayment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What people asked for and what came of it: approvals, moves and matches."""

    book: OrderBook
    approved: Approved
    advanced: Advanced
    found: Matched
    findings: tuple[Finding, ...]

    @property
    def matches(self) -> Matches:
        """What matching found."""
        return self.found.matches

    @property
    def moves(self) -> tuple[Move, ...]:
        """The status moves of this cycle."""
        return self.advanced.moves


def known_orders(
    records: Records,
    added: tuple[AddedRow, ...],
    removed: tuple[VanishedRow, ...],
    changes: tuple[Change, ...],
    baseline: Baseline,
    rules: Rulebook,
    now: datetime,
) -> tuple[OrderBook, tuple[Finding, ...]]:
    """Every order as it stands before this cycle's moves, by the changes that could be read."""
    book = build_orders(records, baseline.orders, baseline.lines)
    if baseline.cycle == 0:
        return adopt(book, added, rules, now)
    outdated = outdate(book, changes, (*added, *removed), rules.approval)
    return {
        po_number: replace(order, state=outdated.get(po_number, order.state))
        for po_number, order in book.items()
    }, ()


def take_turn(
    book: OrderBook, records: Records, locked: Locked, here: Here, last: LastMatched
) -> Turn:
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
    outdated: list[Asked] = []
    while True:
        found = matched(whole, records, rules, here.as_of, last)
        matches = found.matches
        world = _situation(records, matches, rules, tabs)
        movable = {po: whole[po] for po in served}
        advanced, refusals = advance(movable, waiting, world, now)
        whole = {**whole, **advanced.book}
        moves.extend(advanced.moves)
        carried_out.extend(advanced.carried_out)
        outdated.extend(advanced.outdated)
        waiting = advanced.waiting
        if not advanced.moves:
            break
    return Turn(
        book=whole,
        approved=approved,
        advanced=Advanced(
            book=whole,
            moves=tuple(moves),
            carried_out=tuple(carried_out),
            outdated=tuple(outdated),
        ),
        found=found,
        findings=(
            *unapproved,
            *incomplete,
            *refusals,
            *(outdated_finding(whole[asked.po_number], asked) for asked in outdated),
        ),
    )


def matched(
    book: OrderBook,
    records: Records,
    rules: Rulebook,
    as_of: date,
    last: LastMatched | None = None,
) -> Matched:
    """Every invoice against its order and its receipts; also asked of the past, by `whatif`."""
    catalogue = Catalogue(records.items, records.order_lines, rules.matching, rules.matching_levels)
    papers, payments = with_payments(
        documents(book, records, rules.lifecycle.order_shows, catalogue), records
    )
    matches, releases = match_released(papers, records, rules, catalogue.rules, as_of, last)
    return Matched(
        matches=matches,
        catalogue=catalogue,
        papers=papers,
        releases=releases,
        payments=payments,
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


def decided(approved: Approved, tabs: Tabs) -> frozenset[tuple[TabAddress, RowKey, str]]:
    """The decisions that were taken, to be cleared."""
    tab = tabs.of_kind[TabKind.APPROVALS]
    return frozenset(
        (tab, decision.ref.key, "decision")
        for decision in approved.taken
        if decision.ref.key is not None
    )
