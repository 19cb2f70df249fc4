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
    """Documents that can touch each other, and no others."""

    purchase_orders: list[PurchaseOrder] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    unreadable: list[UnreadableRow] = field(default_factory=list)


def lots(documents: Documents) -> list[Lot]:
    """The documents in lots; what concerns no order, invoice or supplier is left aside.

    Raises:
        ValueError: two orders share a number, or two invoices an id.
    """
    orders = _by_number(documents.purchase_orders)
    of_supplier = _tied(orders, documents.invoices)
    of_order = {number: of_supplier[order.supplier] for number, order in orders.items()}
    of_invoice = _lay_invoices(documents.invoices, of_supplier)
    for order in orders.values():
        of_order[order.po_number].purchase_orders.append(order)
    for receipt in documents.receipts:
        if receipt.po_number in of_order:
            of_order[receipt.po_number].receipts.append(receipt)
    for release in documents.releases:
        if release.invoice_id in of_invoice:
            of_invoice[release.invoice_id].releases.append(release)
    for payment in documents.payments:
        if payment.invoice_id in of_invoice:
            of_invoice[payment.invoice_id].payments.append(payment)
    for row in documents.unreadable:
        lot = of_order.get(row.po_number, of_supplier.get(row.supplier))
        if lot is not None:
            lot.unreadable.append(row)
    return list({id(lot): lot for lot in of_supplier.values()}.values())


def _lay_invoices(
    invoices: Iterable[Invoice], of_supplier: dict[str | None, Lot]
) -> dict[str, Lot]:
    of_invoice: dict[str, Lot] = {}
    for invoice in invoices:
        if invoice.invoice_id in of_invoice:
            raise ValueError(f"two invoices have the id {invoice.invoice_id!r}")
        of_invoice[invoice.invoice_id] = lot = of_supplier[invoice.supplier]
        lot.invoices.append(invoice)
    return of_invoice


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
