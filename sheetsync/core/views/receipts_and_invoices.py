"""Receipts and Invoices: what was understood, how each invoice stands, and why it is held."""

from __future__ import annotations

from sheetsync.core.matched.documents import invoice_id, invoice_key
from sheetsync.core.matching import HoldCode, HoldState, InvoiceMatch
from sheetsync.core.model import InvoiceLine, ReceiptLine, TabKind
from sheetsync.core.money import raw_of
from sheetsync.core.reading import show_date, show_number
from sheetsync.core.views.world import Cells, ShownRows, World, messages

AMOUNTS = ("payable_amount", "paid_amount", "open_amount")
OF_MATCHING = ("match_status", "holds", "payment_status", *AMOUNTS)


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
    first: dict[str, int] = {}
    for row in world.records.invoices:
        document = invoice_id(invoice_key(row))
        first[document] = min(row.invoice_line, first.get(document, row.invoice_line))
    for row in world.records.invoices:
        document = invoice_id(invoice_key(row))
        match = world.matches.invoices.get(document)
        if row.ref.key is not None and match is not None:
            is_first = row.invoice_line == first[document]
            cells = _cells(row, match, is_first=is_first)
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


def payment_status(match: InvoiceMatch) -> str | None:
    """How far it is paid; it stands on every row, because it locks them."""
    if not match.paid_amount:
        return None
    if not match.open_amount:
        return "paid"
    is_rest = (match.open_amount > 0) == (match.paid_amount > 0)
    return "paid in part" if is_rest else "paid too much"
