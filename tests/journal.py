"""The journal held against the baseline: what an order was by each, in one comparable form."""

from __future__ import annotations

import datetime as dt

from paper import PaperSheet

from sheetsync.core.life import Sheet, fold, in_order, invoice_rows, until
from sheetsync.core.model import Baseline, LineKey, TabKind, Terms
from sheetsync.core.rows import key_text


def sheet_of(sheet: PaperSheet) -> Sheet:
    places = tuple(reading.place for reading in sheet.reading.tabs.values())
    return Sheet(places=places, columns=sheet.rules.columns)


def events_of(sheet: PaperSheet, po_number: str):
    """What a state store answers: the events of the order, and those of its invoices' rows."""
    where = sheet_of(sheet)
    own = [e for e in sheet.events if key_text(e.po_number) == key_text(po_number)]
    rows = invoice_rows(own, where)
    return in_order(own, [e for e in sheet.events if e.tab in rows])


def then(sheet: PaperSheet, po_number: str, at: dt.datetime):
    return fold(po_number, until(events_of(sheet, po_number), at), sheet_of(sheet))


def by_journal(sheet: PaperSheet, po_number: str, at: dt.datetime):
    order = then(sheet, po_number, at)
    lines = {
        line.line_number: (
            line.status,
            line.agreed,
            line.proposal,
            line.reason,
            line.given_up,
            settled_form(line.cells, TabKind.ORDER_LINES, sheet),
        )
        for line in order.lines.values()
    }
    papers = sorted(
        (paper.kind, sorted(settled_form(paper.cells, paper.kind, sheet).items(), key=repr))
        for paper in order.papers.values()
        if paper.po_number == key_text(po_number)
    )
    grants = [(a.version, a.tier, a.approver, a.is_yes, a.at) for a in order.answers]
    return order.version, grants, lines, papers


def by_baseline(sheet: PaperSheet, po_number: str, known: Baseline):
    state = known.orders.get(po_number)
    cells = {
        kind: known.rows.get(sheet.tab(sheet.rules.columns.tabs[kind].title), {})
        for kind in (TabKind.ORDER_LINES, TabKind.RECEIPTS, TabKind.INVOICES)
    }
    lines = {
        str(key.line_number): (
            line.status,
            line.agreed,
            line.proposal or Terms(),
            line.proposal_reason,
            line.cancelled_quantity,
            settled_form(row_cells(cells, key), TabKind.ORDER_LINES, sheet),
        )
        for key, line in known.lines.items()
        if key.po_number == po_number
    }
    papers = sorted(
        (kind, sorted(settled_form(row.cells, kind, sheet).items(), key=repr))
        for kind in (TabKind.RECEIPTS, TabKind.INVOICES)
        for row in cells[kind].values()
        if key_text(row.cells.get("po_number")) == key_text(po_number)
    )
    grants = state.grants if state is not None else ()
    return (
        state.version if state is not None else 1,
        [(g.version, g.tier, g.approver, g.is_granted, g.granted_at) for g in grants],
        lines,
        papers,
    )


def row_cells(cells, key: LineKey):
    row = cells[TabKind.ORDER_LINES].get((key_text(key.po_number), str(key.line_number)))
    return row.cells if row is not None else {}


def settled_form(cells, kind: TabKind, sheet: PaperSheet):
    """The people's cells without requests, which are no values."""
    spec = sheet.rules.columns.tabs[kind].by_field
    read = sheet_of(sheet).read(kind, cells)
    return {name: cell for name, cell in read.items() if not spec[name].request}
