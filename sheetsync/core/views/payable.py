"""Payable: one row per document that is open to be paid; what is paid or waits keeps its row.

Never: decides what may be paid, or when it is due.
"""

from __future__ import annotations

from sheetsync.core.matched.documents import InvoiceKey, invoice_id, invoice_key
from sheetsync.core.matching import InvoiceMatch
from sheetsync.core.matching.open_amounts import OpenAmount
from sheetsync.core.model import InvoiceLine, RowKey, TabKind
from sheetsync.core.money import raw_of
from sheetsync.core.rows import key_text
from sheetsync.core.views.world import Cells, ShownRows, World

TO_PAY, TO_TAKE_OFF = "to pay", "to take off"
"""The states of what is open: an invoice, and a credit note."""

NO_TERMS = (
    "No due date: no terms are told. Write them on Orders or Suppliers (Terms), such as "
    "30 days net."
)


def payable(world: World) -> ShownRows:
    """What is open, by due date; and what the tab showed before, with what became of it."""
    rows: ShownRows = {}
    for one in world.open_amounts:
        invoice = one.invoice
        rows[_key(invoice.supplier, invoice.invoice_number)] = _open(one)
    shown = world.baseline.rows.get(world.tabs.of_kind[TabKind.PAYABLE], {})
    if not shown.keys() <= rows.keys():
        documents = {_key_of(row): invoice_key(row) for row in world.records.invoices}
        voided = {_key_of(row) for row in world.records.invoices if row.voided}
        for key, row in shown.items():
            if key not in rows:
                match = _match(documents.get(key), world)
                rows[key] = {**_closed(row.cells), "state": _state(match, is_voided=key in voided)}
    return rows


def _key_of(row: InvoiceLine) -> RowKey:
    return _key(row.supplier, row.invoice_number)


def _key(supplier: str, number: str) -> RowKey:
    return key_text(supplier), key_text(number)


def _match(document: InvoiceKey | None, world: World) -> InvoiceMatch | None:
    return world.matches.invoices.get(invoice_id(document)) if document is not None else None


def _open(one: OpenAmount) -> Cells:
    invoice, early = one.invoice, one.early_until
    return {
        "supplier": invoice.supplier,
        "invoice_number": invoice.invoice_number,
        "type": invoice.type.replace("_", " "),
        "state": TO_PAY if one.amount > 0 else TO_TAKE_OFF,
        "due_date": raw_of(one.due),
        "open_amount": raw_of(one.amount),
        "currency": invoice.currency,
        "discount_until": raw_of(early),
        "discount": raw_of(one.discount) if early else None,
        "discounted_amount": raw_of(one.amount - one.discount) if early else None,
        "invoice_date": raw_of(invoice.invoice_date),
        "terms": one.terms or None,
        "message": _without_due_date(one),
    }


def _without_due_date(one: OpenAmount) -> str | None:
    if one.due is not None:
        return None
    if not one.terms:
        return NO_TERMS
    return (
        f'No due date: "{one.terms}" cannot be counted with. Write it like 30 days net or '
        "2/10 net 30."
    )


def _closed(cells: Cells) -> Cells:
    """Which document it was; nothing of it is open."""
    kept = ("supplier", "invoice_number", "type", "currency", "invoice_date", "terms")
    gone = ("due_date", "discount_until", "discount", "discounted_amount", "message")
    return {**{f: cells.get(f) for f in kept}, **dict.fromkeys(gone), "open_amount": 0}


def _state(match: InvoiceMatch | None, *, is_voided: bool) -> str:
    """Why nothing of a document is open any more."""
    if match is None:
        return "no longer on Invoices"
    if is_voided:
        return "voided"
    if match.paid_amount:
        return "paid" if not match.open_amount else "paid too much"
    return match.status.replace("_", " ")
