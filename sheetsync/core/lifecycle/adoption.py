"""Orders that were under way when sheetsync began: their status is taken from the sheet, once.

Only a store that never settled a cycle adopts; afterwards a typed status is put back like any
other worker's cell. Findings: unknown-status. Never: sends an order again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sheetsync.core.differences import AddedRow
from sheetsync.core.findings import Code, Finding
from sheetsync.core.lifecycle.approval import ADOPTED, in_base
from sheetsync.core.model import (
    Grant,
    LineKey,
    LineState,
    OrderState,
    RawCell,
    RowRef,
    TabKind,
    Terms,
)
from sheetsync.core.money import SERIAL_DAY_ZERO
from sheetsync.core.orders import BEFORE_ISSUE, Order, OrderBook
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import ApprovalRules, Rulebook
from sheetsync.core.wording import document_of, shown_cell

NEEDS_MORE = {"change_proposed": "issued", "on_hold": "issued"}
"""Statuses whose other half is not in the sheet, and what they are taken for."""


def adopt(
    book: OrderBook, added: tuple[AddedRow, ...], rules: Rulebook, now: datetime
) -> tuple[OrderBook, tuple[Finding, ...]]:
    """The orders with the statuses that their rows show."""
    rows = {row.key: row for row in added if row.place.kind is TabKind.ORDER_LINES}
    findings: list[Finding] = []
    adopted: dict[str, Order] = {}
    for po_number, order in book.items():
        states: dict[LineKey, LineState] = {}
        for line in order.lines:
            row = rows.get((key_text(po_number), key_text(line.key.line_number)))
            if row is None:
                continue
            state, problem = _line_state(line.key, row, rules, now)
            states[line.key] = state
            findings.extend([problem] if problem is not None else [])
        taken = order.with_lines(states)
        adopted[po_number] = replace(taken, state=_order_state(taken, rules, now))
    return adopted, tuple(findings)


def _line_state(
    key: LineKey, row: AddedRow, rules: Rulebook, now: datetime
) -> tuple[LineState, Finding | None]:
    cells = row.row.cells
    shown = cells.get("status")
    if shown is None:
        return LineState(status="draft"), None
    status = "_".join(str(shown).casefold().split())
    if status not in rules.lifecycle.statuses:
        return LineState(status="draft"), _unknown_status(key, row, shown)
    status = NEEDS_MORE.get(status, status)
    agreed = Terms()
    if status in {"confirmed", "short_closed", "closed"}:
        agreed = Terms(
            quantity=_number(cells.get("agreed_quantity")),
            unit_price=_number(cells.get("agreed_price")),
            promised_date=_day(cells.get("agreed_date")),
        )
    # Nobody knows when it was closed: what stands beside it already came before.
    closed_at = now if status in {"closed", "cancelled"} else None
    return LineState(status=status, agreed=agreed, closed_at=closed_at), None


def _order_state(order: Order, rules: Rulebook, now: datetime) -> OrderState:
    statuses = {line.state.status for line in order.lines}
    if statuses <= {"draft", "submitted", "approval_rejected"}:
        return order.state
    version = order.row.version if order.row is not None and order.row.version else 1
    is_issued = not statuses <= BEFORE_ISSUE
    return replace(
        order.state,
        version=version,
        issued_version=version if is_issued else 0,
        grants=(adopted_grant(order, version, rules.approval, now),),
    )


def adopted_grant(order: Order, version: int, rules: ApprovalRules, at: datetime) -> Grant:
    """The yes that an order under way brings along: to that version, for what it is worth."""
    return Grant(
        tier=ADOPTED,
        approver="",
        version=version,
        total=in_base(order.total, order.currency, rules) or Decimal(0),
        is_granted=True,
        granted_at=at,
        proof="unverified",
    )


def _unknown_status(key: LineKey, row: AddedRow, shown: RawCell) -> Finding:
    return Finding(
        code=Code.UNKNOWN_STATUS,
        tab=row.place.address,
        ref=RowRef(key=row.key),
        source=row.source,
        document=document_of(row.place.kind, row.row.cells) or str(key),
        field="status",
        message=(
            f"Status {shown_cell(shown)} is not known, so the line begins as a draft. "
            "The statuses stand in rules/lifecycle.yaml."
        ),
        rule="lifecycle.statuses",
    )


def _number(cell: RawCell) -> Decimal | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return Decimal(repr(cell))


def _day(cell: RawCell) -> date | None:
    number = _number(cell)
    return SERIAL_DAY_ZERO + timedelta(days=int(number)) if number is not None else None
