"""Payments: which document each of them paid, and which of them do not count.

A payment is a fact, so one that cannot be laid to its document is told as an error. Where the
document is known, but not what was meant, its supplier waits: it may be paid already.

Findings: payment-refused, future-date.
Never: decides what may be paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sheetsync.core.findings import Code, Finding, MoneyAtRisk
from sheetsync.core.matched.naming import Papers, name_of, not_here
from sheetsync.core.matching import Documents
from sheetsync.core.matching.documents import (
    Invoice,
    InvoiceType,
    Payment,
    UnreadableKind,
    UnreadableRow,
)
from sheetsync.core.model import PaymentRow, Records, TabKind, Tabs
from sheetsync.core.money import rounded
from sheetsync.core.reading import currency_agrees, show_date


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPayment:
    """A row of Payments with the document that it paid, or why it does not count."""

    row: PaymentRow
    invoice: Invoice | None = None
    refusal: str = ""


def with_payments(
    documents: Documents, records: Records
) -> tuple[Documents, tuple[JudgedPayment, ...]]:
    """The documents with what was paid on them, and every readable payment."""
    if not records.payments:
        return documents, ()
    papers = Papers(documents.invoices)
    judged = tuple(_judged(row, papers) for row in records.payments)
    paid = tuple(
        Payment(
            invoice_id=each.invoice.invoice_id,
            amount=each.row.amount,
            paid_date=each.row.paid_date,
        )
        for each in judged
        if each.invoice is not None and not each.refusal
    )
    doubtful = tuple(
        UnreadableRow(kind=UnreadableKind.INVOICE, supplier=each.invoice.supplier)
        for each in judged
        if each.invoice is not None and each.refusal
    )
    unreadable = (*documents.unreadable, *doubtful)
    return replace(documents, payments=paid, unreadable=unreadable), judged


def payment_findings(judged: Iterable[JudgedPayment], tabs: Tabs, as_of: date) -> Iterator[Finding]:
    """Payments that do not count, or not yet."""
    for each in judged:
        row = each.row
        if each.refusal:
            yield _about(each, Code.PAYMENT_REFUSED, None, each.refusal, tabs)
        elif row.paid_date > as_of:
            said = (
                f"{show_date(row.paid_date)} is still to come; this payment counts from that day "
                "on. Correct the day if it is wrong."
            )
            yield _about(each, Code.FUTURE_DATE, "paid_date", said, tabs)


def _judged(row: PaymentRow, papers: Papers) -> JudgedPayment:
    invoice = papers.named(row.supplier, row.invoice_number)
    if invoice is None:
        missing = not_here(row.supplier, row.invoice_number)
        return JudgedPayment(
            row=row,
            refusal=f"{missing} So it does not count, and what it paid may stand open. Correct the "
            "number, or type the invoice.",
        )
    return JudgedPayment(row=row, invoice=invoice, refusal=_at_odds(row, invoice))


def _at_odds(row: PaymentRow, invoice: Invoice) -> str:
    """What keeps the payment from being understood, though its document is known."""
    waits = f"Until that is settled, what {invoice.supplier} bills waits."
    if row.currency is not None and not currency_agrees(row.currency, invoice.currency):
        return (
            f"It is in {row.currency}, and {name_of(invoice)} is in {invoice.currency}, so it does "
            f"not count. Write what was paid in {invoice.currency}. {waits}"
        )
    if invoice.type is InvoiceType.CREDIT_NOTE and row.amount > 0:
        return (
            f"{name_of(invoice).capitalize()} takes money back, so its payment needs a minus; it "
            f"does not count. Write the amount with a minus, or name the invoice. {waits}"
        )
    return ""


def _about(each: JudgedPayment, code: Code, field: str | None, message: str, tabs: Tabs) -> Finding:
    row = each.row
    currency = each.invoice.currency if each.invoice else row.currency
    risk = MoneyAtRisk(amount=rounded(abs(row.amount), currency), currency=currency or "")
    return Finding(
        code=code,
        tab=tabs.of_kind[TabKind.PAYMENTS],
        ref=row.ref,
        source=row.source,
        document=f"payment {row.payment} for {row.invoice_number} of {row.supplier}",
        field=field,
        message=message,
        rule="columns.payments.paid_date" if field else "columns.payments",
        supplier=row.supplier,
        risk=risk if currency else None,
    )
