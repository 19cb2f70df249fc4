"""What is open to be paid: every invoice that may be paid and is not, with its days and discount.

Credit notes stand in the list with their negative amounts; whoever pays takes them off.

Rules: none; what may be paid is decided by `match`.
Never: lists what is held, rejected or paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sheetsync.core.matching.documents import Documents, Invoice
from sheetsync.core.matching.matches import InvoiceMatch, Matches
from sheetsync.core.matching.numbering import normalised
from sheetsync.core.matching.terms import PaymentTerms, read_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAmount:
    """One document to be paid, or to be taken off a payment.

    Args:
        invoice: The document.
        amount: What is open, in its currency.
        terms: What was agreed, as it was written; "" where nothing was.
        due: The last day to pay; None without terms that can be counted with.
        early_until: The last day of the discount; None where there is none, or it has passed.
        discount: What is taken off until then.
    """

    invoice: Invoice
    amount: Decimal
    terms: str
    due: date | None
    early_until: date | None
    discount: Decimal

    @property
    def identity(self) -> str:
        """Who the document is, however it is called in a file: supplier, type, folded number."""
        invoice = self.invoice
        return "|".join((invoice.supplier, invoice.type, normalised(invoice.invoice_number)))


def open_amounts(
    documents: Documents, matches: Matches, *, as_of: date | None, otherwise: str = ""
) -> tuple[OpenAmount, ...]:
    """What is open, by due date; what has none comes first.

    Args:
        documents: What was matched.
        matches: What came of it.
        as_of: The day on which somebody looks: discounts that ended before it are gone.
        otherwise: The terms of documents that name none, and whose orders name none.
    """
    terms = {order.po_number: order.terms for order in documents.purchase_orders}
    found = []
    for invoice in documents.invoices:
        matched = matches.invoices.get(invoice.invoice_id)
        if matched is not None and _is_open(matched):
            said = invoice.terms or _terms_of_order(invoice, terms) or otherwise
            found.append(_open(invoice, matched, said, as_of))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.due or date.min,
                one.invoice.supplier,
                one.invoice.invoice_number,
                one.invoice.invoice_id,
            ),
        )
    )


def _is_open(matched: InvoiceMatch) -> bool:
    """Whether money is to move; what was paid too much is not asked back by a payment list."""
    open_amount, payable = matched.open_amount, matched.payable_amount
    return bool(open_amount) and (open_amount > 0) == (payable > 0)


def _terms_of_order(invoice: Invoice, terms: dict[str, str | None]) -> str | None:
    """The terms of the orders that it bills, where they agree."""
    said = {terms.get(line.po_number or "") for line in invoice.lines}
    return said.pop() if len(said) == 1 else None


def _open(invoice: Invoice, matched: InvoiceMatch, said: str, as_of: date | None) -> OpenAmount:
    terms = read_terms(said) if said else None
    early = _early(invoice, matched, terms)
    if early is not None and as_of is not None and early < as_of:
        early = None
    return OpenAmount(
        invoice=invoice,
        amount=matched.open_amount,
        terms=said,
        due=terms.due(invoice.invoice_date) if terms is not None else None,
        early_until=early,
        discount=terms.discount(matched.open_amount, invoice.currency)
        if terms is not None and early is not None
        else Decimal(0),
    )


def _early(invoice: Invoice, matched: InvoiceMatch, terms: PaymentTerms | None) -> date | None:
    """The last day of the discount; a bill that was paid in part has lost it."""
    if terms is None or matched.paid_amount or matched.open_amount < 0:
        return None
    return terms.early_until(invoice.invoice_date)
