"""The fields that the code itself reads, and as what: what rules/columns.yaml must keep.

A header, its aliases and its place may change freely, and columns may be added; without one of
these fields, or with another kind, the rules are refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetsync.core.model import TabKind
from sheetsync.core.rulebook import CellKind


def _kinds(**fields: str) -> Mapping[str, CellKind]:
    """Fields by kind, each a list of words."""
    return {field: CellKind(kind) for kind, words in fields.items() for field in words.split()}


FIELDS_READ: Mapping[TabKind, Mapping[str, CellKind]] = {
    TabKind.ORDER_LINES: _kinds(
        identifier="po_number requester supplier item uom cost_code",
        whole_number="line_number",
        text="description reason",
        quantity="quantity",
        money="unit_price",
        currency="currency",
        date="need_by",
        percent="tax_rate",
        flag="price_includes_tax",
        choice="action",
    ),
    TabKind.ORDERS: _kinds(
        identifier="po_number",
        whole_number="version",
        text="reason status terms",
        choice="action match_level",
        shares="charges fx_rates",
        money="value_limit",
        date="valid_from valid_to",
    ),
    TabKind.SUPPLIER: _kinds(
        identifier="po_number",
        whole_number="line_number",
        text="reason",
        quantity="proposed_quantity",
        money="proposed_price",
        currency="currency",
        date="proposed_date",
        choice="response",
    ),
    TabKind.APPROVALS: _kinds(
        identifier="po_number tier approver",
        whole_number="version",
        choice="decision",
    ),
    TabKind.RECEIPTS: _kinds(
        identifier="receipt_number po_number uom",
        whole_number="line_number",
        quantity="quantity accepted_quantity",
        date="received_date",
        choice="kind",
        flag="is_rejected",
    ),
    TabKind.INVOICES: _kinds(
        identifier="supplier invoice_number credits po_number item uom charge",
        text="bank_account",
        whole_number="invoice_line po_line",
        quantity="quantity",
        money="unit_price amount tax total",
        currency="currency",
        date="invoice_date received_date",
        flag="price_includes_tax voided",
        choice="type",
    ),
    TabKind.SUPPLIERS: _kinds(
        # Not text: a sheet takes "1,234.56" for a number, and what it stood for is lost.
        identifier="supplier number_notation date_notation",
        text="name email terms bank_account",
        flag="is_approved",
    ),
    TabKind.RELEASES: _kinds(
        identifier="release supplier invoice_number released_by",
        whole_number="invoice_line",
        text="reason",
        quantity="up_to",
        choice="hold",
    ),
    TabKind.PAYMENTS: _kinds(
        identifier="payment supplier invoice_number",
        date="paid_date",
        money="amount",
        currency="currency",
    ),
    TabKind.ITEMS: _kinds(identifier="item category", ratios="conversions"),
    TabKind.PEOPLE: _kinds(identifier="person", text="name email roles", quantity="release_limit"),
    TabKind.HISTORY: _kinds(
        identifier="event_id po_number line_number chain",
        text="at tab field old new actor proof decision rule",
        whole_number="order_version",
    ),
}
