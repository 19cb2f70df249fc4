"""Cells, amounts and documents inside sentences, the same everywhere.

Never: decides what is said, only how a value looks in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sheetsync.core.model import RawCell, TabKind, Terms
from sheetsync.core.money import SERIAL_DAY_ZERO, rounded
from sheetsync.core.reading import show_date, show_number
from sheetsync.core.rulebook import CellKind

LONGEST_CELL = 60
LAST_SERIAL_DAY = 2_958_465

KNOWN_AS = {
    TabKind.INVOICES: ("invoice", "invoice_number"),
    TabKind.RELEASES: ("release", "release"),
    TabKind.MATCH_RESULTS: ("invoice", "invoice_number"),
    TabKind.PAYABLE: ("invoice", "invoice_number"),
    TabKind.SUPPLIERS: ("supplier", "supplier"),
    TabKind.ITEMS: ("item", "item"),
    TabKind.PEOPLE: ("person", "person"),
}
"""What people call a row that one of its cells names."""


def shown_cell(cell: RawCell, kind: CellKind = CellKind.TEXT) -> str:
    """A raw cell inside a sentence; days as days, a blank as "(blank)"."""
    if cell is None or cell == "":
        return "(blank)"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        if kind is CellKind.DATE and 0 < cell <= LAST_SERIAL_DAY:
            return show_date(SERIAL_DAY_ZERO + timedelta(days=int(cell)))
        return show_number(Decimal(repr(cell)))
    text = str(cell).strip()
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def shown_amount(amount: Decimal, currency: str | None) -> str:
    """An amount with its currency and its minor units: "1,250.00 EUR"."""
    return f"{rounded(amount, currency):,} {currency or ''}".rstrip()


def plain_amount(amount: Decimal, currency: str | None) -> str:
    """An amount grouped for the eye, its currency standing elsewhere: "1,250.00"."""
    return f"{rounded(amount, currency):,}"


def shown_price(price: Decimal, currency: str | None) -> str:
    """A unit price with at least the currency's minor units, and no digit lost: "12.60"."""
    least = rounded(price, currency)
    return f"{least:,}" if least == price else f"{price:,f}"


def shown_terms(terms: Terms, uom: str | None, currency: str | None) -> str:
    """Terms as a supplier reads them: "12.5 EA at 3.40 EUR for Fri 3 Apr 2026"."""
    parts = []
    if terms.quantity is not None:
        parts.append(f"{show_number(terms.quantity)} {uom or ''}".rstrip())
    if terms.unit_price is not None:
        parts.append(f"at {shown_price(terms.unit_price, currency)} {currency or ''}".rstrip())
    if terms.promised_date is not None:
        parts.append(f"for {show_date(terms.promised_date)}")
    return " ".join(parts)


def shown_time(moment: datetime) -> str:
    """An instant in UTC, to the minute: "2026-04-03 09:15"."""
    return moment.strftime("%Y-%m-%d %H:%M")


def shown_day(day: date | None) -> str:
    """A day, or nothing."""
    return show_date(day) if day is not None else ""


def document_of(kind: TabKind, cells: Mapping[str, RawCell]) -> str:
    """What people call the document that a row is about: "PO-7/1", "invoice INV-9"."""

    def text(field: str) -> str:
        return shown_cell(cells.get(field)) if cells.get(field) is not None else ""

    line = "/".join(part for part in (text("po_number"), text("line_number")) if part)
    if kind in KNOWN_AS:
        word, field = KNOWN_AS[kind]
        return f"{word} {text(field)}"
    match kind:
        case TabKind.RECEIPTS:
            return f"receipt {text('receipt_number')} for {line}"
        case TabKind.PAYMENTS:
            return f"payment {text('payment')} for {text('invoice_number')}"
        case TabKind.APPROVALS:
            return f"{line} version {text('version')}"
        case _:
            return line or text("finding_id") or text("name")
