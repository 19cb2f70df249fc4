"""Approvals: one row per yes that is asked for, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from sheetsync.core.lifecycle.approval import ADOPTED, Request, approval_row
from sheetsync.core.model import Grant, RowKey, TabKind
from sheetsync.core.money import raw_of
from sheetsync.core.orders import Order
from sheetsync.core.views.world import Cells, ShownRows, World, messages
from sheetsync.core.wording import shown_time


def approvals(world: World) -> ShownRows:
    """What is asked for now, what was decided, and what is no longer needed."""
    tab = world.tabs.of_kind[TabKind.APPROVALS]
    said = messages(world.findings, tab)
    rows: dict[RowKey, Cells] = {}
    for request in world.requests:
        key = approval_row(request.po_number, request)
        requested = world.shows(tab, key).get("requested_at") or shown_time(world.now)
        rows[key] = {**_asked(request), "requested_at": requested, "message": said.get(key)}
    for order in world.book.values():
        for key, grant in _given(order):
            shows = rows.get(key) or world.shows(tab, key)
            if shows:
                rows[key] = {**_only_shown(shows), **_decided(grant), "message": said.get(key)}
    for key, row in world.baseline.rows.get(tab, {}).items():
        if key not in rows:
            rows[key] = {**_only_shown(row.cells), "message": said.get(key) or _void(row.cells)}
    return rows


def _asked(request: Request) -> Cells:
    return {
        "po_number": request.po_number,
        "version": request.version,
        "tier": request.tier,
        "approver": request.approver,
        "supplier": request.supplier,
        "total": raw_of(request.total),
        "currency": request.currency,
    }


def _given(order: Order) -> Iterable[tuple[RowKey, Grant]]:
    for grant in order.state.grants:
        if grant.tier != ADOPTED:
            yield approval_row(order.po_number, grant), grant


def _decided(grant: Grant) -> Cells:
    word = "approved" if grant.is_granted else "rejected"
    return {"decided": f"{word} {shown_time(grant.granted_at)}", "proof": grant.proof}


def _only_shown(cells: Cells) -> Cells:
    """The worker's cells of the row as they stand."""
    mine = (
        *("po_number", "version", "tier", "approver", "supplier", "total", "currency"),
        *("requested_at", "decided", "proof"),
    )
    return {field: cells.get(field) for field in mine}


def _void(cells: Cells) -> str | None:
    return None if cells.get("decided") else "No longer needed."
