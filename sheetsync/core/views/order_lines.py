"""Order lines: status, agreed beside proposed, and what was received and invoiced."""

from __future__ import annotations

from decimal import Decimal

from sheetsync.core.matching import Matches
from sheetsync.core.matching.documents import OrderLineKey
from sheetsync.core.matching.matches import OrderLineMatch
from sheetsync.core.model import LineKey, TabKind, Terms
from sheetsync.core.money import as_decimal, raw_of
from sheetsync.core.orders import BEFORE_ISSUE, Line
from sheetsync.core.rows import line_row
from sheetsync.core.views.world import Cells, ShownRows, World, messages


def order_lines(world: World) -> ShownRows:
    """Every keyed order line."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.ORDER_LINES])
    held, unpaid = held_lines(world.matches), unpaid_lines(world.matches)
    rows: ShownRows = {}
    for order in world.book.values():
        for line in order.lines:
            row = line_row(line.key)
            cells = _cells(line, world.matches, held, unpaid)
            rows[row] = {**cells, "message": said.get(row)}
    return rows


def billing_of_lines(world: World) -> dict[LineKey, str | None]:
    """How far each order line is billed."""
    matches = world.matches
    held, unpaid = held_lines(matches), unpaid_lines(matches)
    found = {}
    for order in world.book.values():
        for line in order.lines:
            key = (line.key.po_number, line.key.line_number)
            match = matches.order_lines.get(key)
            found[line.key] = billing_status(
                line, match, is_held=key in held, is_paid=key not in unpaid
            )
    return found


def held_lines(matches: Matches) -> frozenset[OrderLineKey]:
    """The order lines that a held invoice bills."""
    return frozenset(
        line.order_line
        for invoice in matches.invoices.values()
        if invoice.holds
        for line in invoice.lines
        if line.order_line is not None
    )


def unpaid_lines(matches: Matches) -> frozenset[OrderLineKey]:
    """The order lines that an invoice bills on which something is open."""
    return frozenset(
        line.order_line
        for invoice in matches.invoices.values()
        if invoice.open_amount
        for line in invoice.lines
        if line.order_line is not None
    )


def _cells(
    line: Line,
    matches: Matches,
    held: frozenset[OrderLineKey],
    unpaid: frozenset[OrderLineKey],
) -> Cells:
    agreed, proposal = line.state.agreed, line.state.proposal or Terms()
    key = (line.key.po_number, line.key.line_number)
    match = matches.order_lines.get(key)
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
        "billing_status": billing_status(
            line, match, is_held=key in held, is_paid=key not in unpaid
        ),
        "invoiced_quantity": raw_of(as_decimal(match.invoiced_net)) if match else None,
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


def billing_status(
    line: Line, match: OrderLineMatch | None, *, is_held: bool, is_paid: bool
) -> str | None:
    """How far the invoices have come; matched once all is billed and nothing is held."""
    if line.is_given_up or line.state.status in BEFORE_ISSUE or match is None:
        return None
    wanted = (line.in_force.quantity or Decimal(0)) - line.state.cancelled_quantity
    invoiced = as_decimal(match.invoiced_net)
    if invoiced <= 0:
        return "not invoiced"
    if invoiced < wanted:
        return "partially invoiced"
    if is_held:
        return "invoiced"
    return "paid" if is_paid else "matched"
