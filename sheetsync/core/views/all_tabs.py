"""Every tab's view in one place."""

from __future__ import annotations

from sheetsync.core.model import TabAddress, TabKind
from sheetsync.core.views.approvals import approvals
from sheetsync.core.views.exceptions import exceptions
from sheetsync.core.views.items import items
from sheetsync.core.views.match_results import match_results
from sheetsync.core.views.order_lines import order_lines
from sheetsync.core.views.orders import orders
from sheetsync.core.views.payable import payable
from sheetsync.core.views.receipts_and_invoices import invoices, receipts
from sheetsync.core.views.releases_and_payments import payments, releases
from sheetsync.core.views.status import status
from sheetsync.core.views.supplier_tabs import supplier_tabs
from sheetsync.core.views.world import ShownRows, World, messages

VIEWS = {
    TabKind.ORDER_LINES: order_lines,
    TabKind.ORDERS: orders,
    TabKind.APPROVALS: approvals,
    TabKind.RECEIPTS: receipts,
    TabKind.INVOICES: invoices,
    TabKind.RELEASES: releases,
    TabKind.PAYMENTS: payments,
    TabKind.ITEMS: items,
    TabKind.MATCH_RESULTS: match_results,
    TabKind.PAYABLE: payable,
    TabKind.EXCEPTIONS: exceptions,
    TabKind.STATUS: status,
}
ONLY_MESSAGES = (TabKind.SUPPLIERS, TabKind.PEOPLE)


def views(world: World) -> dict[TabAddress, ShownRows]:
    """What every tab should show in the worker's columns."""
    shown = {world.tabs.of_kind[kind]: view(world) for kind, view in VIEWS.items()}
    for kind in ONLY_MESSAGES:
        tab = world.tabs.of_kind[kind]
        shown[tab] = {key: {"message": text} for key, text in messages(world.findings, tab).items()}
    return shown | supplier_tabs(world)
