"""What orders went through, as events: statuses, agreed and proposed terms, versions, approvals.

Never: decides what happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sheetsync.core.history.events import WORKER, Chronicle
from sheetsync.core.model import (
    Grant,
    LineKey,
    LineState,
    Move,
    OrderState,
    RawCell,
    TabKind,
    Terms,
)
from sheetsync.core.money import raw_of
from sheetsync.core.orders import OrderBook
from sheetsync.core.plan import Event

ADOPTED_THEN = "adopted when sheetsync began"
"""The decision by which an order under way got the status that its row shows."""


def adopted(
    before: OrderBook, known: Mapping[LineKey, LineState], say: Chronicle
) -> Iterable[Event]:
    """Statuses that were taken from the sheet when sheetsync began."""
    if say.cycle:
        return
    title = say.columns.tabs[TabKind.ORDER_LINES].title
    for order in before.values():
        for line in order.lines:
            if line.key not in known and line.state.status != "draft":
                yield say.event(
                    po_number=line.key.po_number,
                    line_number=str(line.key.line_number),
                    tab=title,
                    field="status",
                    new=line.state.status,
                    actor="buyer",
                    proof="unverified",
                    decision=ADOPTED_THEN,
                    order_version=order.state.version,
                )


def moved(moves: Iterable[Move], versions: Mapping[str, int], say: Chronicle) -> Iterable[Event]:
    """Status moves, and what each made the agreed and proposed terms."""
    title = say.columns.tabs[TabKind.ORDER_LINES].title
    for move in moves:
        yield say.event(
            po_number=move.key.po_number,
            line_number=str(move.key.line_number),
            tab=title,
            field="status",
            old=move.from_status,
            new=move.to_status,
            actor=move.actor,
            proof=move.proof,
            decision=move.because,
            rule=move.rule,
            order_version=versions.get(move.key.po_number),
        )


def terms_changed(
    before: Mapping[LineKey, LineState], after: Mapping[LineKey, LineState], say: Chronicle
) -> Iterable[Event]:
    """Agreed and proposed values that differ after the cycle."""
    title = say.columns.tabs[TabKind.ORDER_LINES].title
    for key, state in after.items():
        old = before.get(key) or LineState(status="draft")
        pairs = (
            *_terms("agreed", old.agreed, state.agreed),
            *_terms("proposed", old.proposal or Terms(), state.proposal or Terms()),
            *_given_up(old.cancelled_quantity, state.cancelled_quantity),
        )
        for name, was, now in pairs:
            yield say.event(
                po_number=key.po_number,
                line_number=str(key.line_number),
                tab=title,
                field=name,
                old=was,
                new=now,
                actor=WORKER,
                proof=WORKER,
                decision="follows from the status",
            )


def outdated(
    before: Mapping[str, OrderState], after: Iterable[OrderState], say: Chronicle
) -> Iterable[Event]:
    """Orders that are another version now, so that what was approved is approved no more."""
    title = say.columns.tabs[TabKind.ORDERS].title
    for state in after:
        known = before.get(state.po_number) or OrderState(po_number=state.po_number)
        if state.version != known.version:
            yield say.event(
                po_number=state.po_number,
                tab=title,
                field="version",
                old=known.version,
                new=state.version,
                actor=WORKER,
                proof=WORKER,
                decision="a new version of the order",
                order_version=state.version,
            )


def granted(po_number: str, grants: Iterable[Grant], say: Chronicle) -> Iterable[Event]:
    """Answers of approvers."""
    for grant in grants:
        yield say.event(
            po_number=po_number,
            tab=say.columns.tabs[TabKind.APPROVALS].title,
            field=f"decision of {grant.approver} for {grant.tier}",
            new="approve" if grant.is_granted else "reject",
            actor="approver",
            proof=grant.proof,
            decision="granted" if grant.is_granted else "refused",
            rule=f"approval.tiers.{grant.tier}",
            order_version=grant.version,
        )


def _terms(word: str, was: Terms, now: Terms) -> Iterable[tuple[str, RawCell, RawCell]]:
    pairs = (
        ("quantity", was.quantity, now.quantity),
        ("price", was.unit_price, now.unit_price),
        ("date", was.promised_date, now.promised_date),
    )
    for name, old, new in pairs:
        if old != new:
            yield f"{word}_{name}", _value(old), _value(new)


def _given_up(was: Decimal, now: Decimal) -> Iterable[tuple[str, RawCell, RawCell]]:
    if was != now:
        yield "cancelled_quantity", _value(was), _value(now)


def _value(value: Decimal | date | None) -> RawCell:
    return value.isoformat() if isinstance(value, date) else raw_of(value)
