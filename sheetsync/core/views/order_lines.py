"""Order lines: status, agreed beside proposed, and what was received and invoiced."""

from __future__ import annotations

from decimal import Decimal

from sheetsync.core.matching.matches import OrderLineMatch
from sheetsync.core.model import TabKind, Terms
from sheetsync.core.money import as_decimal, raw_of
from sheetsync.core.orders import BEFORE_ISSUE, Line
from sheetsync.core.views.world import Cells, ShownRows, World, line_row, messages


def order_lines(world: World) -> ShownRows:
    """Every keyed order line."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.ORDER_LINES])
    return {
        line_row(line.key): _cells(line, world, said.get(line_row(line.key)))
        for order in world.book.values()
        for line in order.lines
    }


def _cells(line: Line, world: World, message: str | None) -> Cells:
    agreed, proposal = line.state.agreed, line.state.proposal or Terms()
    match = world.matches.order_lines.get((line.key.po_number, line.key.line_number))
    return {
        "status": line.state.status.replace("_", " "),
        "agreed_quantity": raw_of(agreed.quantity),
        "agreed_price": raw_of(agreed.unit_price),
        "agreed_date": raw_of(agreed.promised_date),
        "proposed_quantity": raw_of(proposal.quantity),
        "proposed_price": raw_of(proposal.unit_price),
        "proposed_date": raw_of(proposal.promised_date),
        "proposal_reason": line.state.proposal_reason,
        "delivery_status": delivery_status(line, match),
        "received_quantity": raw_of(as_decimal(match.received_net)) if match else None,
        "billing_status": billing_status(line, match, world),
        "invoiced_quantity": raw_of(as_decimal(match.invoiced_net)) if match else None,
        "message": message,
    }


def delivery_status(line: Line, match: OrderLineMatch | None) -> str | None:
    """How far the goods have come; computed, never typed."""
    if line.is_given_up or line.state.status in BEFORE_ISSUE or match is None:
        return None
    wanted = (line.in_force.quantity or Decimal(0)) - line.state.cancelled_quantity
    received = as_decimal(match.received_net)
    if received <= 0:
        return "open"
    if received < wanted:
        return "partially received"
    return "received" if received == wanted else "over received"


def billing_status(line: Line, match: OrderLineMatch | None, world: World) -> str | None:
    """How far the invoices have come; matched once all is billed and nothing is held."""
    if line.is_given_up or line.state.status in BEFORE_ISSUE or match is None:
        return None
    wanted = (line.in_force.quantity or Decimal(0)) - line.state.cancelled_quantity
    invoiced = as_decimal(match.invoiced_net)
    if invoiced <= 0:
        return "not invoiced"
    if invoiced < wanted:
        return "partially invoiced"
    key = (line.key.po_number, line.key.line_number)
    held = any(
        each.order_line == key and invoice.holds
        for invoice in world.matches.invoices.values()
        for each in invoice.lines
    )
    return "invoiced" if held else "matched"
