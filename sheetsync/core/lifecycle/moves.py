"""Status moves along the configured graph: asked for by people, or made by the worker itself.

A request is made when an edge of rules/lifecycle.yaml allows it to that party from where the lines
stand, and all that the edge requires holds. Otherwise it stays in its cell, with a message that
says what is missing. An answer that waits is no answer to what comes later: it is cleared when a
new proposal or a new version comes. Moves go on until nothing more moves.

Rules: rules/lifecycle.yaml. Findings: move-not-allowed, move-requirement, answer-outdated.
Never: judges cells, or decides what an approval is worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sheetsync.core.findings import Code, Finding
from sheetsync.core.lifecycle.requirements import REQUIREMENTS, Asked, Situation
from sheetsync.core.model import LineKey, LineState, Move, OrderState, Terms
from sheetsync.core.money import as_decimal
from sheetsync.core.orders import Line, Order, OrderBook, is_new_issue, over
from sheetsync.core.rulebook import MoveRules, Party, Scope

BEFORE = "before"
"""As `to` of an edge: the status that the line came from."""

TO_PROPOSALS = frozenset({"accept", "decline"})
"""What a buyer answers to a proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """The orders after their moves, what moved, and what became of the requests.

    `outdated` are answers to a proposal or a version that nobody had seen when they were typed.
    """

    book: OrderBook
    moves: tuple[Move, ...] = ()
    carried_out: tuple[Asked, ...] = ()
    waiting: tuple[Asked, ...] = ()
    outdated: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When the moves happen, and what was received of each line by then."""

    now: datetime
    received: Mapping[LineKey, Decimal]


def advance(
    book: OrderBook, requests: Sequence[Asked], world: Situation, now: datetime
) -> tuple[Advanced, tuple[Finding, ...]]:
    """Make every move that is asked for or due, until nothing more moves.

    Args:
        book: The orders that may be moved in this run.
        requests: What people ask for, in sheet order.
        world: Rules, suppliers, tabs and match results; its order and targets are not looked at.
        now: When the moves happen.

    Returns:
        The orders after the moves, and a finding for each request that waits.
    """
    orders = dict(book)
    here = Turn(
        now=now,
        received={
            LineKey(*key): as_decimal(match.received_net) for key, match in world.matched.items()
        },
    )
    waiting = list(requests)
    moves: list[Move] = []
    carried_out: list[Asked] = []
    outdated: list[Asked] = []
    moved = True
    while moved:
        moved = False
        left: list[Asked] = []
        for asked in waiting:
            order = orders[asked.po_number]
            if is_outdated(asked, moves):
                outdated.append(asked)
                continue
            edge, _ = _edge_for(order, asked, world)
            if edge is None:
                left.append(asked)
                continue
            orders[asked.po_number], made = _take(order, edge, asked, here)
            moves.extend(made)
            carried_out.append(asked)
            moved = True
        waiting = left
        for po_number, order in tuple(orders.items()):
            for edge in _due(order, world):
                orders[po_number], made = _take(order, edge, None, here)
                moves.extend(made)
                moved = True
                break
    findings = tuple(_refusal(orders[asked.po_number], asked, world) for asked in waiting)
    advanced = Advanced(
        book=orders,
        moves=tuple(moves),
        carried_out=tuple(carried_out),
        waiting=tuple(waiting),
        outdated=tuple(outdated),
    )
    return advanced, findings


def is_outdated(asked: Asked, moves: Sequence[Move]) -> bool:
    """Whether a move of this cycle brought what the answer is about, so that it answers nothing.

    A buyer's yes or no is to the proposal that stood there, a supplier's answer to the version
    that stood there.
    """
    if asked.scope is not Scope.LINE:
        return False
    key = (asked.po_number, asked.line_number)
    return any(
        (move.key.po_number, move.key.line_number) == key
        and (
            (asked.party is Party.BUYER and asked.word in TO_PROPOSALS and _brings_proposal(move))
            or (asked.party is Party.SUPPLIER and is_new_issue(move))
        )
        for move in moves
    )


def _brings_proposal(move: Move) -> bool:
    return move.to_status == "change_proposed"


def _edges(order: Order, asked: Asked, world: Situation) -> list[MoveRules]:
    """The edges that this party may ask for by this word, and that start where lines stand."""
    return [
        edge
        for edge in world.rules.lifecycle.moves
        if (edge.by, edge.scope, edge.on) == (asked.party, asked.scope, asked.word)
        and _targets(order, edge, asked)
    ]


def _edge_for(
    order: Order, asked: Asked, world: Situation
) -> tuple[MoveRules | None, tuple[str, ...]]:
    """The first edge whose requirements hold, or what is missing."""
    missing: list[str] = []
    for edge in _edges(order, asked, world):
        lacks = _lacks(order, edge, asked, world)
        if not lacks:
            return edge, ()
        missing.extend(lacks)
    return None, tuple(missing)


def _due(order: Order, world: Situation) -> list[MoveRules]:
    """The worker's own edges whose requirements hold for the order."""
    return [
        edge
        for edge in world.rules.lifecycle.moves
        if edge.on is None and _targets(order, edge, None) and not _lacks(order, edge, None, world)
    ]


def _targets(order: Order, edge: MoveRules, asked: Asked | None) -> tuple[Line, ...]:
    """The lines that the edge would move."""
    return tuple(
        line
        for line in order.lines
        if line.state.status in edge.from_
        and (
            edge.scope is Scope.ORDER or asked is None or line.key.line_number == asked.line_number
        )
    )


def _lacks(order: Order, edge: MoveRules, asked: Asked | None, world: Situation) -> list[str]:
    here = replace(world, order=order, targets=_targets(order, edge, asked), asked=asked)
    answers = (REQUIREMENTS[word](here) for word in edge.requires)
    return [answer for answer in answers if answer is not None]


def _take(
    order: Order, edge: MoveRules, asked: Asked | None, here: Turn
) -> tuple[Order, list[Move]]:
    """Move the edge's lines, and the order's own state with them."""
    moves = []
    states: dict[LineKey, LineState] = {}
    for line in _targets(order, edge, asked):
        to_status = (line.state.came_from or "draft") if edge.to == BEFORE else edge.to
        moves.append(
            Move(
                key=line.key,
                from_status=line.state.status,
                to_status=to_status,
                actor=asked.actor if asked else "worker",
                proof=asked.proof if asked else "worker",
                because=_because(asked, edge),
                rule="lifecycle.moves",
            )
        )
        states[line.key] = _line_after(line, to_status, asked, here)
    moved = order.with_lines(states)
    return replace(moved, state=_order_after(moved.state, edge, here.now)), moves


def _line_after(line: Line, to_status: str, asked: Asked | None, here: Turn) -> LineState:
    """The line's state once it has moved; each status says what it does to the rest."""
    from_status = line.state.status
    state = replace(line.state, status=to_status)
    settled = replace(state, proposal=None, proposal_reason=None, came_from=None)
    match (from_status, to_status):
        case (_, "change_proposed") if asked is not None:
            return replace(
                state,
                came_from=from_status,
                proposal=asked.terms,
                proposal_reason=asked.reason or "typed over the agreed value",
            )
        case ("change_proposed", "confirmed") if asked is not None and asked.word == "accept":
            state = replace(settled, agreed=over(line.state.proposal or Terms(), line.in_force))
        case ("issued" | "acknowledged", "confirmed"):
            state = replace(settled, agreed=line.in_force)
        case ("change_proposed" | "on_hold", _):
            state = settled
        case (_, "issued"):
            state = replace(settled, agreed=Terms())
        case (_, "on_hold"):
            state = replace(state, came_from=from_status)
        case (_, "short_closed"):
            received = here.received.get(line.key, Decimal(0))
            given_up = max(Decimal(0), (line.in_force.quantity or Decimal(0)) - received)
            state = replace(state, cancelled_quantity=given_up, closed_at=here.now)
        case (_, "cancelled" | "closed"):
            state = replace(state, closed_at=here.now)
        case _:
            pass
    return state


def _order_after(state: OrderState, edge: MoveRules, now: datetime) -> OrderState:
    """The order's state once lines have moved along the edge."""
    match edge.to:
        case "submitted":
            is_new_version = state.issued_version == state.version or any(
                grant.version == state.version for grant in state.grants
            )
            return replace(state, version=state.version + is_new_version, mark=None)
        case "issued":
            return replace(state, issued_version=state.version, issued_at=now)
        case _:
            return state


def _because(asked: Asked | None, edge: MoveRules) -> str:
    if asked is None:
        return ", ".join(edge.requires) or "due"
    if asked.is_typed_over:
        return "typed over the agreed value"
    return f"{asked.field} {asked.word}" + (f": {asked.reason}" if asked.reason else "")


def _refusal(order: Order, asked: Asked, world: Situation) -> Finding:
    """Why the request waits, in the words of who asked."""
    _, missing = _edge_for(order, asked, world)
    return Finding(
        code=Code.MOVE_REQUIREMENT if missing else Code.MOVE_NOT_ALLOWED,
        tab=asked.tab,
        ref=asked.ref,
        source=asked.source,
        document="/".join(
            str(part) for part in (asked.po_number, asked.line_number) if part is not None
        ),
        field=asked.field,
        message=(
            f"`{asked.word}` waits. {' '.join(missing)}"
            if missing
            else _not_allowed(order, asked, world)
        ),
        rule="lifecycle.moves",
        supplier=order.supplier,
        owner=order.requester if asked.party is Party.BUYER else None,
    )


def outdated_finding(order: Order, asked: Asked) -> Finding:
    """Told to who answered before there was anything to answer."""
    is_buyer = asked.party is Party.BUYER
    news = "the supplier's proposal" if is_buyer else f"version {order.state.version} of the order"
    because = f" ({asked.reason})" if asked.reason else ""
    return Finding(
        code=Code.ANSWER_OUTDATED,
        tab=asked.tab,
        ref=asked.ref,
        source=asked.source,
        document=f"{asked.po_number}/{asked.line_number}",
        field=asked.field,
        message=(
            f"`{asked.word}`{because} was typed before {news} came, so it was cleared and nothing "
            "was done. Look at this line again, and answer what it says now."
        ),
        rule="lifecycle.moves",
        supplier=order.supplier,
        owner=order.requester if is_buyer else None,
    )


def _not_allowed(order: Order, asked: Asked, world: Situation) -> str:
    lines = [
        line
        for line in order.lines
        if asked.line_number is None or line.key.line_number == asked.line_number
    ]
    statuses = {line.state.status for line in lines}
    possible = sorted(
        {
            edge.on
            for edge in world.rules.lifecycle.moves
            if edge.on
            and edge.by is asked.party
            and edge.scope is asked.scope
            and statuses & set(edge.from_)
        }
    )
    stands = " and ".join(sorted(statuses)).replace("_", " ")
    can = f"Possible now: {', '.join(possible)}." if possible else "Nothing can be asked for now."
    return f"`{asked.word}` is not possible while the status is {stands}. {can}"
