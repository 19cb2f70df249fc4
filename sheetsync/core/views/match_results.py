"""Match results: one row per invoice line, with all that matching found about it."""

from __future__ import annotations

from collections.abc import Iterable

from sheetsync.core.matched.documents import invoice_id, invoice_key
from sheetsync.core.matching import Hold, HoldCode, HoldState, InvoiceMatch
from sheetsync.core.matching.sentences import sentence
from sheetsync.core.model import InvoiceLine, RawCell, RowKey, TabKind
from sheetsync.core.money import as_decimal, raw_of
from sheetsync.core.views.world import Cells, ShownRows, World, joined, messages

GONE = "no longer on Invoices"
"""Shown where the row of Invoices was deleted, or cannot be read any more."""


def match_results(world: World) -> ShownRows:
    """Every invoice row that matching saw; what is about the whole document stands on its first."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.INVOICES])
    first = first_rows(world.records.invoices)
    currencies = {po_number: order.currency for po_number, order in world.book.items()}
    rows: ShownRows = {}
    for row in world.records.invoices:
        document = invoice_id(invoice_key(row))
        match = world.matches.invoices.get(document)
        if row.ref.key is not None and match is not None:
            is_first = row.invoice_line == first[document]
            cells = _cells(row, match, said.get(row.ref.key), is_first=is_first)
            currency = currencies.get(str(cells["po_number"]), row.currency)
            rows[row.ref.key] = {**cells, "currency": currency}
    for key in world.baseline.rows.get(world.tabs.of_kind[TabKind.MATCH_RESULTS], {}):
        if key not in rows:
            rows[key] = _gone(key, world)
    return rows


def first_rows(invoices: Iterable[InvoiceLine]) -> dict[str, int]:
    """The lowest line number of every document."""
    first: dict[str, int] = {}
    for row in invoices:
        document = invoice_id(invoice_key(row))
        first[document] = min(row.invoice_line, first.get(document, row.invoice_line))
    return first


def codes_on(holds: Iterable[Hold], state: HoldState) -> str | None:
    """The codes of the holds in one state, each once."""
    found = {str(hold.code) for hold in holds if hold.state is state}
    return ", ".join(sorted(found)) or None


def _cells(
    row: InvoiceLine, match: InvoiceMatch, said: str | None, *, is_first: bool
) -> dict[str, RawCell]:
    mine = [
        hold
        for hold in match.details
        if hold.line_no == row.invoice_line or (is_first and hold.line_no is None)
    ]
    line = next((one for one in match.lines if one.line_no == row.invoice_line), None)
    order_line = line.order_line if line is not None else None
    warned = [codes_on(mine, HoldState.WARNED), _overpaid(mine)]
    passed = [sentence(hold) for hold in mine if hold.state is HoldState.RELEASED]
    return {
        "supplier": row.supplier,
        "invoice_number": row.invoice_number,
        "invoice_line": row.invoice_line,
        "type": row.type.replace("_", " "),
        "po_number": order_line[0] if order_line is not None else row.po_number,
        "line_number": order_line[1] if order_line is not None else row.po_line,
        "match_status": "voided" if row.voided else match.status.replace("_", " "),
        "holds": codes_on(mine, HoldState.HELD),
        "released": codes_on(mine, HoldState.RELEASED),
        "warnings": ", ".join(word for word in warned if word) or None,
        "matched_quantity": raw_of(as_decimal(line.matched_quantity)) if line else None,
        "matched_amount": raw_of(line.matched_amount) if line else None,
        "message": joined([text for text in (said, *passed) if text]) or None,
    }


def _overpaid(holds: Iterable[Hold]) -> str | None:
    is_paid = any(hold.state is HoldState.OVERPAID for hold in holds)
    return str(HoldCode.OVERPAID) if is_paid else None


def _gone(key: RowKey, world: World) -> Cells:
    """A row whose invoice is not there: who it was, and nothing else."""
    tab = world.tabs.of_kind[TabKind.MATCH_RESULTS]
    spec = world.rules.columns.tabs[TabKind.MATCH_RESULTS]
    shows = world.shows(tab, key)
    kept = {field: shows.get(field) for field in spec.key}
    return {**dict.fromkeys(spec.fields), **kept, "match_status": GONE}
