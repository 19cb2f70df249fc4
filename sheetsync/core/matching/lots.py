"""Which documents can touch each other? Each lot of them is matched by itself, and then let go.

Numbers, credits, lookalikes and orders are a supplier's own; only an invoice that names another
supplier's order ties the two suppliers together. So a lot is a supplier with all its documents, or
several suppliers that are tied.

Rules: none.
Never: looks at a figure or a status; what could touch is together, whether it does or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sheetsync.core.matching.documents import (
    Documents,
    Invoice,
    Payment,
    PurchaseOrder,
    Receipt,
    Release,
    UnreadableRow,
)


@dataclass(slots=True)
class Lot:
    """Documents that count already and can touch each other, and no others."""

    purchase_orders: list[PurchaseOrder] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    unreadable: list[UnreadableRow] = field(default_factory=list)


def lots(documents: Documents, as_of: date | None) -> dict[str, Lot]:
    """The documents in lots, each by the first of its suppliers.

    What concerns no order, invoice or supplier is left aside, and so is what is still to come.

    Args:
        documents: All of them, in any order.
        as_of: The last day whose documents count; all of them when `None`.

    Raises:
        ValueError: two orders share a number, or two invoices an id.
    """
    last_day = date.max if as_of is None else as_of
    orders = _by_number(documents.purchase_orders)
    invoices = [each for each in _by_id(documents.invoices) if each.received_at.date() <= last_day]
    of_supplier = _tied(orders, invoices)
    of_order = {number: of_supplier[order.supplier] for number, order in orders.items()}
    of_invoice = {invoice.invoice_id: of_supplier[invoice.supplier] for invoice in invoices}
    for order in orders.values():
        of_order[order.po_number].purchase_orders.append(order)
    for invoice in invoices:
        of_invoice[invoice.invoice_id].invoices.append(invoice)
    for receipt in documents.receipts:
        if receipt.po_number in of_order and receipt.received_date <= last_day:
            of_order[receipt.po_number].receipts.append(receipt)
    _lay_releases_and_payments(documents, last_day, of_invoice)
    for row in documents.unreadable:
        lot = of_order.get(row.po_number, of_supplier.get(row.supplier))
        if lot is not None:
            lot.unreadable.append(row)
    return _by_first_supplier(of_supplier)


def _lay_releases_and_payments(
    documents: Documents, last_day: date, of_invoice: dict[str, Lot]
) -> None:
    for release in documents.releases:
        if release.invoice_id in of_invoice:
            of_invoice[release.invoice_id].releases.append(release)
    for payment in documents.payments:
        if payment.invoice_id in of_invoice and payment.paid_date <= last_day:
            of_invoice[payment.invoice_id].payments.append(payment)


def _by_first_supplier(of_supplier: dict[str | None, Lot]) -> dict[str, Lot]:
    first: dict[int, str] = {}
    for supplier, lot in of_supplier.items():
        first.setdefault(id(lot), supplier or "")
    return {name: of_supplier[name] for name in first.values()}


def _by_id(invoices: Iterable[Invoice]) -> Iterable[Invoice]:
    seen: dict[str, Invoice] = {}
    for invoice in invoices:
        if invoice.invoice_id in seen:
            raise ValueError(f"two invoices have the id {invoice.invoice_id!r}")
        seen[invoice.invoice_id] = invoice
    return seen.values()


def _by_number(orders: Iterable[PurchaseOrder]) -> dict[str | None, PurchaseOrder]:
    numbered: dict[str | None, PurchaseOrder] = {}
    for order in orders:
        if order.po_number in numbered:
            raise ValueError(f"two purchase orders are numbered {order.po_number!r}")
        numbered[order.po_number] = order
    return numbered


def _tied(
    orders: dict[str | None, PurchaseOrder], invoices: Iterable[Invoice]
) -> dict[str | None, Lot]:
    """The lot, still empty, of every supplier."""
    lot_of: dict[str | None, Lot] = {}
    for order in orders.values():
        if order.supplier not in lot_of:
            lot_of[order.supplier] = Lot()
    for invoice in invoices:
        supplier = invoice.supplier
        if supplier not in lot_of:
            lot_of[supplier] = Lot()
        for line in invoice.lines:
            named = orders.get(line.po_number)
            if named is not None and named.supplier != supplier:
                _tie(supplier, named.supplier, lot_of)
    return lot_of


def _tie(supplier: str, other: str, lot_of: dict[str | None, Lot]) -> None:
    whole, part = lot_of[supplier], lot_of[other]
    for name in [name for name, lot in lot_of.items() if lot is part]:
        lot_of[name] = whole
