"""Receipts and Invoices: what was understood, how each invoice stands, and why it is held."""

from __future__ import annotations

from sheetsync.core.matched.documents import invoice_id, invoice_key
from sheetsync.core.matching import HoldCode, HoldState, InvoiceMatch
from sheetsync.core.matching.open_amounts import OpenAmount
from sheetsync.core.model import InvoiceLine, ReceiptLine, TabKind
from sheetsync.core.money import raw_of
from sheetsync.core.reading import show_date, show_number
from sheetsync.core.views.match_results import first_rows
from sheetsync.core.views.world import Cells, ShownRows, World, messages

AMOUNTS = ("payable_amount", "paid_amount", "open_amount")
WHEN_DUE = ("due_date", "discount_until", "discount")
OF_MATCHING = ("match_status", "holds", "payment_status", *AMOUNTS, *WHEN_DUE)


def receipts(world: World) -> ShownRows:
    """Every receipt row that could be read, and the message of those that could not."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.RECEIPTS])
    rows: ShownRows = {key: {"understood": None, "message": text} for key, text in said.items()}
    for row in world.records.receipts:
        if row.ref.key is not None:
            rows[row.ref.key] = {"understood": _understood(row), "message": said.get(row.ref.key)}
    return rows


def _understood(row: ReceiptLine) -> str:
    amount = f"{show_number(row.quantity)} {row.uom or ''}".rstrip()
    back = " sent back" if row.kind == "return" else ""
    return f"{show_date(row.received_date)}; {amount}{back}"


def invoices(world: World) -> ShownRows:
    """Every invoice row; what is payable stands on the document's first row."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.INVOICES])
    rows: ShownRows = {key: _unread(text) for key, text in said.items()}
    first = first_rows(world.records.invoices)
    due = {one.invoice.invoice_id: one for one in world.open_amounts}
    for row in world.records.invoices:
        document = invoice_id(invoice_key(row))
        match = world.matches.invoices.get(document)
        if row.ref.key is not None and match is not None:
            is_first = row.invoice_line == first[document]
            cells = {
                **_cells(row, match, is_first=is_first),
                **_due(due.get(document) if is_first else None),
            }
            rows[row.ref.key] = {**cells, "message": said.get(row.ref.key)}
    return rows


def _unread(text: str) -> Cells:
    return {**dict.fromkeys(OF_MATCHING), "message": text}


def _cells(row: InvoiceLine, match: InvoiceMatch, *, is_first: bool) -> Cells:
    mine = {
        str(HoldCode.OVERPAID if hold.state is HoldState.OVERPAID else hold.code)
        for hold in match.details
        if hold.line_no in {None, row.invoice_line} and hold.state is not HoldState.RELEASED
    }
    return {
        "match_status": "voided" if row.voided else match.status.replace("_", " "),
        "holds": ", ".join(sorted(mine)) or None,
        "payment_status": payment_status(match),
        **{field: raw_of(getattr(match, field)) if is_first else None for field in AMOUNTS},
    }


def _due(one: OpenAmount | None) -> Cells:
    """Until when a document is to be paid, and what paying early takes off."""
    if one is None:
        return dict.fromkeys(WHEN_DUE)
    return {
        "due_date": raw_of(one.due),
        "discount_until": raw_of(one.early_until),
        "discount": raw_of(one.discount) if one.early_until else None,
    }


def payment_status(match: InvoiceMatch) -> str | None:
    """How far it is paid; it stands on every row, because it locks them."""
    if not match.paid_amount:
        return None
    if not match.open_amount:
        return "paid"
    is_rest = (match.open_amount > 0) == (match.paid_amount > 0)
    return "paid in part" if is_rest else "paid too much"
