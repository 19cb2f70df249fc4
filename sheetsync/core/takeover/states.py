"""What events make of orders and lines that a state store knew at an earlier time.

The journal tells every status, every agreed and proposed term, every version and every answer of an
approver. What it does not tell is the mark under which a draft was typed.

Rules: rules/lifecycle.yaml `numbering`, rules/approval.yaml for what an adopted order is worth.
Never: decides anything anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sheetsync.core.history.event_rows import ROW, is_new_row
from sheetsync.core.history.order_events import ADOPTED_THEN
from sheetsync.core.life.folding import FOLLOWS, NEW_VERSION, NO_REASON, TERMS, Sheet, value_of
from sheetsync.core.model import (
    Baseline,
    Grant,
    LineKey,
    LineState,
    OrderState,
    RawCell,
    TabKind,
    Terms,
)
from sheetsync.core.orders import BEFORE_ISSUE
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import NumberingRules

KEEPS_WHERE_IT_CAME_FROM = frozenset({"change_proposed", "on_hold"})
ENDED = frozenset({"closed", "cancelled", "short_closed"})


@dataclass(slots=True, kw_only=True)
class States:
    """Orders and lines while events are laid over them.

    Args:
        orders: By their number.
        lines: By their key.
        numbered: The last number that was given to an order.
        names: How each order is spelled, by its number in comparable form.
        issued: The lines that went out, by order and version.
        adopted: Orders that were under way when sheetsync began, with the version that they had.
    """

    orders: dict[str, OrderState]
    lines: dict[LineKey, LineState]
    numbered: int
    names: dict[str, str]
    issued: dict[tuple[str, int], list[LineKey]] = field(default_factory=dict)
    adopted: dict[str, int] = field(default_factory=dict)


def states_after(
    baseline: Baseline, events: Iterable[Event], sheet: Sheet, rules: NumberingRules
) -> States:
    """Every order and line once these events have happened, oldest first."""
    states = States(
        orders=dict(baseline.orders),
        lines=dict(baseline.lines),
        numbered=baseline.numbered,
        names={key_text(po_number): po_number for po_number in baseline.orders},
    )
    for event in events:
        states.numbered = max(states.numbered, _counted(event.po_number, rules))
        kind = sheet.kind_of(event)
        if event.decision in {"granted", "refused"}:
            _answered(states, event)
        elif kind is TabKind.ORDERS and event.decision == NEW_VERSION:
            _new_version(states, event)
        elif kind is TabKind.ORDER_LINES:
            _of_line(states, event)
    states.lines = {key: _whole(state) for key, state in states.lines.items()}
    alive = {key.po_number for key in states.lines}
    states.orders = {po: s for po, s in states.orders.items() if po in alive or s.mark}
    return states


def _counted(po_number: str, rules: NumberingRules) -> int:
    match = re.fullmatch(re.escape(rules.prefix.upper()) + r"(\d{1,12})", po_number.upper())
    return int(match[1]) if match else 0


def _order(states: States, event: Event) -> OrderState:
    """The order under the spelling that a decision of the worker uses."""
    po_number = states.names.get(key_text(event.po_number), event.po_number)
    return states.orders.get(po_number) or OrderState(po_number=po_number)


def _keep(states: States, order: OrderState) -> None:
    states.orders[order.po_number] = order
    states.names[key_text(order.po_number)] = order.po_number


def _answered(states: States, event: Event) -> None:
    order = _order(states, event)
    tier = event.rule.partition(" @")[0].removeprefix("approval.tiers.")
    grant = Grant(
        tier=tier,
        approver=event.field.removeprefix("decision of ").removesuffix(f" for {tier}"),
        version=event.order_version or order.version,
        # What a tier was asked for is not told, and is looked at for adopted orders alone.
        total=Decimal(0),
        is_granted=event.decision == "granted",
        granted_at=event.at,
        proof=event.proof,
    )
    _keep(states, replace(order, grants=(*order.grants, grant)))


def _new_version(states: States, event: Event) -> None:
    order = _order(states, event)
    _keep(states, replace(order, version=event.order_version or order.version))


def _of_line(states: States, event: Event) -> None:
    if not event.line_number.isdecimal():
        return
    order = _order(states, event)
    key = LineKey(order.po_number, int(event.line_number))
    if event.field == ROW and event.decision == "deleted":
        states.lines.pop(key, None)
        if not any(other.po_number == order.po_number for other in states.lines):
            states.orders.pop(order.po_number, None)
        return
    before = states.lines.get(key) or LineState(status="draft")
    state = _line_after(before, event)
    if state is None:
        return
    states.lines[key] = state
    _keep(states, _order_after(order, before, state, event))
    if event.decision == ADOPTED_THEN:
        states.adopted[order.po_number] = event.order_version or 1
    elif state.status == "issued" and before.status in BEFORE_ISSUE and event.field == "status":
        version = event.order_version or order.version
        states.issued.setdefault((order.po_number, version), []).append(key)


def _line_after(state: LineState, event: Event) -> LineState | None:
    """The line after the event; None where it tells nothing about its state."""
    if is_new_row(event):
        return state
    if event.decision == FOLLOWS:
        return _with_terms(state, event)
    if event.decision == ADOPTED_THEN:
        return replace(state, status=str(event.new))
    if event.field == "status" and event.rule.partition(" @")[0] == "lifecycle.moves":
        return _moved(state, event)
    return None


def _with_terms(state: LineState, event: Event) -> LineState | None:
    name, _, term = event.field.partition("_")
    if name == "agreed" and term in TERMS:
        return replace(state, agreed=_with(state.agreed, term, event.new))
    if name == "proposed" and term in TERMS:
        return replace(state, proposal=_with(state.proposal or Terms(), term, event.new))
    if event.field == "cancelled_quantity":
        return replace(state, cancelled_quantity=Decimal(str(event.new or 0)))
    return None


def _moved(state: LineState, event: Event) -> LineState:
    status = str(event.new)
    is_proposed = status == "change_proposed"
    return replace(
        state,
        status=status,
        came_from=str(event.old) if status in KEEPS_WHERE_IT_CAME_FROM else None,
        proposal_reason=(event.decision.partition(": ")[2] or NO_REASON) if is_proposed else None,
        closed_at=event.at if status in ENDED else None,
    )


def _order_after(
    order: OrderState, before: LineState, after: LineState, event: Event
) -> OrderState:
    if event.field != "status" or after.status == before.status:
        return order
    version = event.order_version or order.version
    if event.decision == ADOPTED_THEN:
        is_issued = after.before_hold not in BEFORE_ISSUE
        return replace(order, version=version, issued_version=version if is_issued else 0)
    order = replace(order, version=version, mark=None if after.status != "draft" else order.mark)
    if after.status == "issued" and before.status in BEFORE_ISSUE:
        return replace(order, issued_version=version, issued_at=event.at)
    return order


def _with(terms: Terms, term: str, value: RawCell) -> Terms:
    return replace(terms, **{TERMS[term]: value_of(term, value)})  # type: ignore[arg-type]  # by TERMS


def _whole(state: LineState) -> LineState:
    """A proposal lives as long as it is asked about."""
    if state.status != "change_proposed" or state.proposal in (None, Terms()):
        return replace(state, proposal=None)
    return state
