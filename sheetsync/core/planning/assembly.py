"""From what a cycle decided to its plan: writes, events, mails, and what is remembered.

Never: decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetsync.core.comparing.mending import Mended
from sheetsync.core.history import events as history
from sheetsync.core.history import order_events
from sheetsync.core.history.edits import history_mended
from sheetsync.core.history.key_events import rekeyed
from sheetsync.core.history.release_events import released
from sheetsync.core.history.tab import HistoryReview
from sheetsync.core.lifecycle.numbering import Numbers
from sheetsync.core.model import Change, LineKey, LineState, OrderState, TabKind
from sheetsync.core.orders import OrderBook
from sheetsync.core.plan import BaselineDelta, CellWrite, Event, Plan, Write
from sheetsync.core.planning.compose import Outcome, writes
from sheetsync.core.planning.digest import digest
from sheetsync.core.planning.open_findings import Standing
from sheetsync.core.planning.order_mails import order_mails
from sheetsync.core.planning.settled import rows_to_settle
from sheetsync.core.rows import line_row
from sheetsync.core.turn import Turn


def make_plan(
    outcome: Outcome,
    turn: Turn,
    stands: Standing,
    numbers: Numbers,
    before: OrderBook,
    mended: Mended,
    review: HistoryReview,
) -> Plan:
    """Everything as plain data: writes, events, mails, and what is remembered."""
    world = outcome.world
    baseline, rules, now = world.baseline, world.rules, world.now
    planned = (*writes(outcome), *([review.write] if review.write else ()))
    lines = _line_delta(outcome, turn.book)
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
        events=_events(outcome, turn, stands, planned, before, review),
        findings=stands.findings,
        mails=(*order_mails(turn.moves, turn.book, world.records), *digests),
        delta=BaselineDelta(
            rows=rows_to_settle(outcome, planned),
            orders=_order_delta(outcome, turn.book, numbers, lines),
            lines=lines,
            findings=stands.delta(baseline),
            told=told,
            numbered=numbers.last if numbers.rows else None,
            witnessed=mended.heard if mended.heard != baseline.witnessed else None,
        ),
        mends=_mends(mended, planned),
        stops=outcome.locked.stops,
        still=tuple(
            each.place.address for each in outcome.locked.standstills if not each.goes_on_by
        ),
        # A moved order may ask for approvals, and a numbered row for its order: at once, not later.
        wants_another=bool(
            numbers.rows or turn.moves or outcome.locked.rekeyed or review.wants_another
        ),
    )


def _mends(mended: Mended, planned: tuple[Write, ...]) -> Mapping[str, tuple[int, ...]]:
    """By witness, the writes without which it must be heard again."""
    if not mended.cells_of:
        return {}
    at = {
        (write.tab, write.ref, write.field): index
        for index, write in enumerate(planned)
        if isinstance(write, CellWrite)
    }
    return {
        witness_id: tuple(
            at[cell.tab, cell.ref, cell.field] for cell in (mended.laid[i] for i in cells)
        )
        for witness_id, cells in mended.cells_of.items()
    }


def _events(
    outcome: Outcome,
    turn: Turn,
    stands: Standing,
    planned: tuple[Write, ...],
    before: OrderBook,
    review: HistoryReview,
) -> tuple[Event, ...]:
    """What the change history says of this cycle."""
    world, locked = outcome.world, outcome.locked
    say = history.Chronicle(
        now=world.now,
        cycle=world.baseline.cycle,
        fingerprint=world.rules.fingerprint,
        columns=world.rules.columns,
        rows=world.baseline.rows,
    )
    is_told = (
        *(locked.put_back, locked.overwrites, locked.restored, locked.removed, locked.rekeyed),
        *(outcome.laid, outcome.again, turn.found.releases),
    )
    at = history.index_of(planned if any(is_told) else ())
    was = world.baseline.lines
    grants = {
        po_number: state.grants[len(before[po_number].state.grants) :]
        for po_number, state in turn.approved.states.items()
    }
    return (
        *history_mended(review.edits, planned, say),
        *history.added(locked.added, outcome.pending, outcome.again, at, say),
        *history.mended(outcome.laid.values(), at, say),
        *history.changed(
            (c for c in locked.standing if not _is_pending(c, outcome)), outcome.laid, at, say
        ),
        *history.put_back((*locked.put_back, *locked.overwrites), at, say),
        *rekeyed(locked.rekeyed, at, say),
        *history.gone_on(locked.standstills, say),
        *history.gone(locked.removed, locked.renamed, at, say),
        *history.restored(locked.restored, at, say),
        *order_events.adopted(before, was, say),
        *(
            e
            for po_number, given in grants.items()
            for e in order_events.granted(po_number, given, say)
        ),
        *order_events.outdated(world.baseline.orders, (o.state for o in turn.book.values()), say),
        *order_events.moved(turn.moves, {p: o.state.version for p, o in turn.book.items()}, say),
        *order_events.terms_changed(was, _line_states(turn.book), say),
        *released(turn.found.releases, world.tabs.of_kind[TabKind.RELEASES], at, say),
        *history.found(stands.opened, stands.closed, say),
    )


def _is_pending(change: Change, outcome: Outcome) -> bool:
    return change.cell in outcome.pending


def _line_states(book: OrderBook) -> dict[LineKey, LineState]:
    return {line.key: line.state for order in book.values() for line in order.lines}


def _line_delta(outcome: Outcome, book: OrderBook) -> Mapping[LineKey, LineState | None]:
    """Lines that changed; only a line whose row was deleted and did not come back is forgotten."""
    known = outcome.world.baseline.lines
    changed: dict[LineKey, LineState | None] = {
        key: state for key, state in _line_states(book).items() if known.get(key) != state
    }
    removed = {row.key for row in outcome.locked.removed if row.place.kind is TabKind.ORDER_LINES}
    return {**changed, **{key: None for key in known if line_row(key) in removed}}


def _order_delta(
    outcome: Outcome, book: OrderBook, numbers: Numbers, lines: Mapping[LineKey, LineState | None]
) -> Mapping[str, OrderState | None]:
    """Orders that changed; one without lines is kept while its rows still carry its mark."""
    baseline = outcome.world.baseline
    changed: dict[str, OrderState | None] = {
        po_number: state
        for po_number, state in {
            **numbers.states,
            **{po_number: order.state for po_number, order in book.items()},
        }.items()
        if baseline.orders.get(po_number) != state
    }
    alive = {key.po_number for key in baseline.lines if lines.get(key, "") is not None}
    alive |= {numbered.po_number for numbered in numbers.rows} | book.keys()
    return {**changed, **{po: None for po in baseline.orders if po not in alive}}
