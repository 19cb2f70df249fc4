"""Which document is meant by a supplier and a number, on Releases and Payments.

Numbers are compared as Invoices compares them, so that every number names one document at most.
Never: guesses.
"""

from __future__ import annotations

from collections.abc import Iterable

from sheetsync.core.matching.documents import Invoice
from sheetsync.core.reading import normalise_key


class Papers:
    """All documents by supplier and number."""

    def __init__(self, invoices: Iterable[Invoice]) -> None:
        self._found = {_key(one.supplier, one.invoice_number): one for one in invoices}

    def named(self, supplier: str | None, number: str | None) -> Invoice | None:
        """The document of a supplier with a number."""
        return self._found.get(_key(supplier or "", number or ""))


def name_of(invoice: Invoice) -> str:
    """What people call it."""
    return f"{invoice.type.replace('_', ' ')} {invoice.invoice_number} of {invoice.supplier}"


def not_here(supplier: str | None, number: str | None) -> str:
    """What is said where no document is meant."""
    return f"There is no document {number} of {supplier} on the tab Invoices."


def _key(supplier: str, number: str) -> tuple[str, str]:
    return normalise_key(supplier), normalise_key(number)
