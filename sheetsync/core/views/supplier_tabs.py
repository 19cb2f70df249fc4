"""Suppliers' tabs: one row per order line sent to them, and what was understood of their answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sheetsync.core.model import RowKey, SupplierAnswer, TabAddress, TabPlace, Terms
from sheetsync.core.money import raw_of
from sheetsync.core.orders import Line, Order
from sheetsync.core.rows import line_row
from sheetsync.core.views.world import Cells, ShownRows, World, messages
from sheetsync.core.wording import shown_day, shown_terms, shown_time

SENT = frozenset(
    {"issued", "acknowledged", "change_proposed", "confirmed", "supplier_rejected", "short_closed"}
)

NO_LONGER = "no longer on this order"
"""Shown where a change order dropped the line, or gave it to another supplier."""


def supplier_tabs(world: World) -> dict[TabAddress, ShownRows]:
    """Every supplier's tab."""
    orders: dict[str | None, list[Order]] = defaultdict(list)
    for order in world.book.values():
        orders[order.supplier].append(order)
    answers: dict[str, dict[RowKey, SupplierAnswer]] = defaultdict(dict)
    for answer in world.records.answers:
        answers[answer.supplier][line_row(answer.key)] = answer
    return {
        place.address: supplier_tab(place, orders[supplier], answers[supplier], world)
        for supplier, place in world.tabs.of_supplier.items()
    }


def supplier_tab(
    place: TabPlace,
    orders: Iterable[Order],
    answers: Mapping[RowKey, SupplierAnswer],
    world: World,
) -> ShownRows:
    """The supplier's lines, from the moment they are issued; a row once shown stays."""
    said = messages(world.findings, place.address)
    rows: ShownRows = {}
    for order in orders:
        for line in order.lines:
            key = line_row(line.key)
            shows = world.shows(place.address, key)
            if line.state.status in SENT or shows:
                cells = _cells(order, line, answers.get(key), said.get(key))
                rows[key] = {**cells, "checked_at": _checked_at(cells, shows, world)}
    for key in world.baseline.rows.get(place.address, {}):
        if key not in rows:
            shows = world.shows(place.address, key)
            gone: Cells = {"status": NO_LONGER, "understood": None, "message": said.get(key)}
            rows[key] = {**gone, "checked_at": _checked_at(gone, shows, world)}
    return rows


def _cells(order: Order, line: Line, answer: SupplierAnswer | None, message: str | None) -> Cells:
    terms = line.in_force
    return {
        "understood": understood(line, answer) or None,
        "message": message,
        "po_number": line.key.po_number,
        "line_number": line.key.line_number,
        "status": supplier_status(order, line),
        "item": line.cells.item,
        "description": line.cells.description,
        "quantity": raw_of(terms.quantity),
        "uom": line.cells.uom,
        "unit_price": raw_of(terms.unit_price),
        "currency": line.cells.currency,
        "need_by": raw_of(line.cells.need_by),
        "agreed_date": raw_of(line.state.agreed.promised_date),
    }


def supplier_status(order: Order, line: Line) -> str:
    """The status in the supplier's words: whose turn it is first."""
    match line.state.status:
        case "issued" | "acknowledged":
            return "please answer"
        case "change_proposed":
            return "the buyer decides"
        case "draft" | "submitted" | "approved" | "approval_rejected":
            return "being changed by the buyer" if order.state.issued_version else "not yet sent"
        case status:
            return status.replace("_", " ")


def understood(line: Line, answer: SupplierAnswer | None) -> str:
    """What was read and what became of it, in words: "Fri 3 Apr 2026; 12.5 EA"."""
    cells, state = line.cells, line.state
    if state.proposal is not None:
        terms = shown_terms(state.proposal, cells.uom, cells.currency)
        return f"You propose {terms} ({state.proposal_reason}). The buyer decides."
    if answer is not None:
        read = _read_now(answer, cells.uom, cells.currency)
        if read:
            return f"Read: {read}"
    if state.status == "confirmed":
        return f"Confirmed: {shown_terms(state.agreed, cells.uom, cells.currency)}"
    if state.status == "supplier_rejected":
        return "You rejected this line."
    return ""


def _read_now(answer: SupplierAnswer, uom: str | None, currency: str | None) -> str:
    proposed = Terms(quantity=answer.proposed_quantity, unit_price=answer.proposed_price)
    parts = (
        answer.response or "",
        shown_terms(proposed, uom, currency),
        shown_day(answer.proposed_date),
    )
    return "; ".join(part for part in parts if part)


def _checked_at(cells: Cells, shows: Cells, world: World) -> str:
    """When this row last said something new, so that an unchanged row is not written again."""
    settled = {field: shows.get(field) for field in cells}
    before = shows.get("checked_at")
    if before is not None and settled == dict(cells):
        return str(before)
    return shown_time(world.now)
