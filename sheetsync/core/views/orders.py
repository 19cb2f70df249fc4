"""Orders: one row per order with its status, total, approvals, and whose turn it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sheetsync.core.lifecycle.approval import ADOPTED, Request
from sheetsync.core.matching import HoldState
from sheetsync.core.model import OrderState, TabKind
from sheetsync.core.money import raw_of
from sheetsync.core.orders import Order
from sheetsync.core.rows import key_text
from sheetsync.core.views.order_lines import billing_of_lines
from sheetsync.core.views.world import Cells, ShownRows, World, messages


def orders(world: World) -> ShownRows:
    """Every order that has a keyed line."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.ORDERS])
    requests: dict[str, list[Request]] = defaultdict(list)
    for request in world.requests:
        requests[request.po_number].append(request)
    billed, held = billing_of_lines(world), _holds(world)
    rows: ShownRows = {}
    for po_number, order in world.book.items():
        key = (key_text(po_number),)
        rows[key] = {
            **_cells(order, requests[po_number], world),
            "billing_status": billing([billed[line.key] for line in order.lines]),
            "holds": ", ".join(sorted(held.get(po_number, ()))) or None,
            "message": said.get(key),
        }
    return rows


def _cells(order: Order, requests: Iterable[Request], world: World) -> Cells:
    status = order.status(world.rules.lifecycle.order_shows)
    return {
        "po_number": order.po_number,
        "supplier": order.supplier,
        "requester": order.requester,
        "status": status.replace("_", " "),
        "version": order.state.version,
        "total": raw_of(order.total),
        "currency": order.currency,
        "approvals": approvals(order.state) or None,
        "next_step": next_step(order, status, requests),
    }


def billing(lines: Iterable[str | None]) -> str | None:
    """How far an order is billed: as far as the line that is least so, of those that count."""
    found = {line for line in lines if line is not None}
    if not found:
        return None
    if "partially invoiced" in found or ("not invoiced" in found and len(found) > 1):
        return "partially invoiced"
    return next(word for word in BILLING if word in found)


def _holds(world: World) -> dict[str, set[str]]:
    """The codes that hold invoices of each order."""
    found: dict[str, set[str]] = defaultdict(set)
    for invoice in world.matches.invoices.values():
        for hold in invoice.details if invoice.holds else ():
            if hold.state is HoldState.HELD and hold.po_number is not None:
                found[hold.po_number].add(str(hold.code))
    return found


BILLING = ("not invoiced", "invoiced", "matched", "paid")


def approvals(state: OrderState) -> str:
    """The answers to the version in force: "lead: yes by ann"."""
    return "; ".join(
        f"{grant.tier}: {'yes' if grant.is_granted else 'no'} by {grant.approver}"
        for grant in state.grants
        if grant.version == state.version and grant.tier != ADOPTED
    )


NEXT_STEPS = {
    "draft": "Buyer: complete the lines, then Action `submit`",
    "submitted": "Approver: {approvers}, on the tab Approvals",
    "approval_rejected": "Buyer: change the lines, then Action `submit`",
    "approved": "Buyer: Action `issue` sends it to the supplier",
    "issued": "Supplier {supplier}: answer",
    "acknowledged": "Supplier {supplier}: answer",
    "change_proposed": "Buyer: accept or decline the proposal on line {proposed}",
    "confirmed": "Supplier {supplier}: deliver",
    "supplier_rejected": "Buyer: Action `change` or `cancel`",
    "on_hold": "Buyer: Action `resume`",
}


def next_step(order: Order, status: str, requests: Iterable[Request]) -> str | None:
    """Whose turn it is, and what to do."""
    given = {g.tier for g in order.state.grants if g.version == order.state.version}
    approvers = {request.approver for request in requests if request.tier not in given}
    proposed = [str(x.key.line_number) for x in order.lines if x.state.proposal is not None]
    text = NEXT_STEPS.get(status)
    return text and text.format(
        approvers=" or ".join(sorted(approvers)) or "nobody found",
        supplier=order.supplier,
        proposed=", ".join(proposed),
    )
