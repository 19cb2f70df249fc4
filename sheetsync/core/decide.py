"""The corridor: from a snapshot and the baseline to a plan. Reads as the contents of the business.

Pure: equal arguments give an equal plan, whatever is remembered.
Never: touches anything outside its arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sheetsync.core import columns
from sheetsync.core.columns.tabs import tab_findings
from sheetsync.core.comparing.anew import asked_anew
from sheetsync.core.comparing.key_findings import key_findings, notation_findings
from sheetsync.core.comparing.locking import lock
from sheetsync.core.comparing.mending import Mended, key_of, mend
from sheetsync.core.comparing.merging import merge
from sheetsync.core.comparing.standing import stand
from sheetsync.core.differences import Locked
from sheetsync.core.findings import ABOUT_TABS, Code, Finding
from sheetsync.core.history.edits import history_findings
from sheetsync.core.history.tab import AS_TOLD, HistoryReview
from sheetsync.core.lifecycle.numbering import number
from sheetsync.core.lifecycle.strangers import stranger_findings, strangers
from sheetsync.core.matched.findings import match_findings
from sheetsync.core.matched.payments import payment_findings
from sheetsync.core.matched.releases import release_findings
from sheetsync.core.matching.open_amounts import open_amounts
from sheetsync.core.memory import Memory
from sheetsync.core.model import (
    Baseline,
    Laid,
    LaidRow,
    Mandate,
    Records,
    RowKey,
    Snapshot,
    TabAddress,
    TabKind,
    Tabs,
    tabs_of,
)
from sheetsync.core.orders import build_orders
from sheetsync.core.plan import Plan
from sheetsync.core.planning.assembly import make_plan
from sheetsync.core.planning.compose import Outcome, done_cells
from sheetsync.core.planning.open_findings import of_their_orders, standing
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.signals import bills, first_day, signal_findings
from sheetsync.core.stopping.standstill import stand_still
from sheetsync.core.turn import Here, Turn, decided, known_orders, take_turn
from sheetsync.core.views import World, views

PENDING = frozenset({Code.INVALID_VALUE, Code.AMBIGUOUS_VALUE})
"""Cells that a person must type again: not settled, so that they are seen again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A plan, and what it rests on, for those who ask what would happen."""

    plan: Plan
    turn: Turn
    records: Records
    tabs: Tabs


def decide(  # noqa: PLR0913  # all that a cycle knows
    snapshot: Snapshot,
    baseline: Baseline,
    rules: Rulebook,
    mandate: Mandate,
    now: datetime,
    *,
    asked: Sequence[Laid] = (),
    history: HistoryReview = AS_TOLD,
    confirmed: bool = False,
    memory: Memory | None = None,
) -> Plan:
    """What should happen, given what is seen and what is known.

    Args:
        snapshot: Every tab at one reading.
        baseline: What was known at the end of the last settled cycle.
        rules: All rules in force.
        mandate: How far this run may go.
        now: The time of the cycle, UTC.
        asked: What somebody asks for, as an undo does; the rules apply as if it were typed.
        history: What came of holding the history tab against the journal.
        confirmed: The operator lets the tabs go on that he was told stand still.
        memory: Of the last cycle, to be quicker; holds this one afterwards.

    Returns:
        The plan; empty when nothing changed.
    """
    return foresee(
        snapshot,
        baseline,
        rules,
        mandate,
        now,
        asked=asked,
        history=history,
        confirmed=confirmed,
        memory=memory,
    ).plan


def foresee(  # noqa: PLR0913  # as `decide`
    snapshot: Snapshot,
    baseline: Baseline,
    rules: Rulebook,
    mandate: Mandate,
    now: datetime,
    *,
    asked: Sequence[Laid] = (),
    history: HistoryReview = AS_TOLD,
    confirmed: bool = False,
    memory: Memory | None = None,
) -> Foreseen:
    """The corridor itself; see `decide` for what it is given."""
    zone = ZoneInfo(mandate.time_zone)
    today = now.astimezone(zone).date()
    memory = memory if memory is not None else Memory()
    tabs = tabs_of(snapshot)
    mended = mend(snapshot, baseline, rules.columns, asked)
    snapshot = mended.left
    baseline = asked_anew(snapshot, baseline, rules.columns)
    locked, breaks = _differences(snapshot, baseline, rules, now, confirmed=confirmed)
    records, bad_cells = _read(snapshot, locked, baseline, rules, today, memory)
    memory.bills = bills(records.invoices, first_day(today, rules), memory.bills)
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
    readable = tuple(change for change in locked.standing if change.cell not in pending)
    before, unknown = known_orders(
        records, locked.added, locked.removed, readable, baseline, rules, now
    )
    strange = strangers(locked.added, before)
    locked = replace(locked, added=tuple(row for row in locked.added if row not in strange))
    here = Here(rules=rules, mandate=mandate, tabs=tabs, today=today, now=now)
    turn = take_turn(before, records, locked, here, memory.matched)
    found = (
        *mended.findings,
        *history_findings(
            history.edits, tabs.of_kind[TabKind.HISTORY], rules.columns.tabs[TabKind.HISTORY]
        ),
        *breaks,
        *stranger_findings(strange),
        *notation_findings(locked.added, before, rules.columns),
        *(f for f in bad_cells if f.tab not in locked.still or f.code in ABOUT_TABS),
        *unnumbered,
        *unknown,
        *turn.findings,
        *match_findings(turn.matches, turn.book, records, tabs, turn.found.catalogue, here.as_of),
        *signal_findings(
            memory.bills, turn.book, records, baseline, tabs, rules, now.astimezone(zone)
        ),
        *release_findings(turn.found.releases, tabs),
        *payment_findings(turn.found.payments, tabs, here.as_of),
    )
    owned = tuple(of_their_orders(found, turn.book, rules.columns, tabs))
    there = frozenset((row.place.address, row.key) for row in locked.added)
    stands = standing(owned, baseline, locked.still, there, rules.digest, now)
    world = World(
        book=turn.book,
        records=records,
        matches=turn.matches,
        open_amounts=open_amounts(turn.found.papers, turn.matches, as_of=here.as_of),
        releases=turn.found.releases,
        payments=turn.found.payments,
        requests=turn.approved.requests,
        findings=stands.findings,
        standstills=locked.standstills,
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
        done=done_cells(turn.advanced.carried_out, turn.advanced.outdated, rules.lifecycle)
        | decided(turn.approved, tabs)
        | {(tabs.of_kind[TabKind.STATUS], key, "go_on") for key in locked.ticked},
        pending=pending,
        laid={key_of(cell): cell for cell in mended.laid},
        again=_again(mended, locked),
    )
    plan = make_plan(outcome, turn, stands, numbers, before, mended, history)
    return Foreseen(plan=plan, turn=turn, records=records, tabs=tabs)


def _differences(
    snapshot: Snapshot, baseline: Baseline, rules: Rulebook, now: datetime, *, confirmed: bool
) -> tuple[Locked, tuple[Finding, ...]]:
    """What changed, what of it stands, and what is put back."""
    unread = frozenset(
        reading.place.address
        for reading in snapshot.tabs.values()
        if not columns.is_readable(reading, rules.columns.tabs[reading.place.kind])
    )
    merged, clashes = merge(snapshot, baseline, unread, rules.columns)
    believed, stopped = stand_still(merged, snapshot, baseline, rules, now, confirmed=confirmed)
    locked, breaks = lock(believed, baseline, rules, now)
    said = (*clashes, *breaks, *key_findings(locked, rules.columns))
    return locked, (*stopped, *(f for f in said if f.tab not in locked.still))


def _again(mended: Mended, locked: Locked) -> dict[tuple[TabAddress, RowKey], LaidRow]:
    """The rows that are asked for and that belong where they would stand."""
    added = {(row.place.address, row.key) for row in locked.added}
    return {(row.tab, row.key): row for row in mended.rows if (row.tab, row.key) in added}


def _read(
    snapshot: Snapshot,
    locked: Locked,
    baseline: Baseline,
    rules: Rulebook,
    today: date,
    memory: Memory,
) -> tuple[Records, tuple[Finding, ...]]:
    """The records of what stands, and all that is wrong with tabs and cells."""
    added = {(row.place.address, row.key): row.row for row in locked.added}

    def first_seen(tab: TabAddress, key: RowKey) -> datetime | None:
        row = baseline.rows.get(tab, {}).get(key) or added.get((tab, key))
        return row.first_seen_at if row is not None else snapshot.read_at

    memory.reading = columns.read_again(
        stand(snapshot, locked, baseline, rules.columns),
        rules.columns,
        today=today,
        known_orders=baseline.orders.keys(),
        first_seen=first_seen,
        last=memory.reading,
    )
    bad_cells = memory.reading.findings
    return memory.reading.records, (*tab_findings(snapshot, rules.columns), *bad_cells)


def _pending(bad_cells: tuple[Finding, ...]) -> frozenset[tuple[TabAddress, RowKey, str]]:
    return frozenset(
        (finding.tab, finding.ref.key, finding.field)
        for finding in bad_cells
        if finding.code in PENDING
        and finding.field is not None
        and finding.ref is not None
        and finding.ref.key is not None
    )
