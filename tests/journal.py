"""The journal held against the baseline: what an order was by each, in one comparable form."""

from __future__ import annotations

import datetime as dt

from paper import PaperSheet

from sheetsync.core.life import OrderThen, Sheet, fold, in_order, invoice_rows, until
from sheetsync.core.model import HUB, Baseline, LineKey, TabAddress, TabKind, Terms
from sheetsync.core.rows import key_text


def sheet_of(sheet: PaperSheet) -> Sheet:
    places = tuple(reading.place for reading in sheet.reading.tabs.values())
    return Sheet(places=places, columns=sheet.rules.columns)


def events_of(sheet: PaperSheet, po_number: str):
    """What a state store answers: the events of the order, and those of its invoices' rows."""
    own = [e for e in sheet.events if key_text(e.po_number) == key_text(po_number)]
    rows = invoice_rows(own, sheet_of(sheet))
    return in_order(own, [e for e in sheet.events if e.tab in rows])


def by_journal(sheet: PaperSheet, po_number: str, at: dt.datetime):
    where = sheet_of(sheet)
    return as_folded(fold(po_number, until(events_of(sheet, po_number), at), where), where)


def as_folded(order: OrderThen, sheet: Sheet):
    """The order as the journal tells it."""
    lines = {
        line.line_number: (
            line.status,
            line.agreed,
            line.proposal,
            line.reason,
            line.given_up,
            without_requests(line.cells, TabKind.ORDER_LINES, sheet),
        )
        for line in order.lines.values()
    }
    papers = sorted(
        (
            (paper.kind, sorted(without_requests(paper.cells, paper.kind, sheet).items()))
            for paper in order.papers.values()
            if paper.po_number == key_text(order.po_number)
        ),
        key=repr,
    )
    grants = [(a.version, a.tier, a.approver, a.is_yes, a.at) for a in order.answers]
    return order.version, grants, lines, papers


def by_baseline(sheet: PaperSheet, po_number: str, known: Baseline):
    return as_known(known, po_number, sheet_of(sheet))


def as_known(known: Baseline, po_number: str, sheet: Sheet):
    """The order as the baseline knows it."""
    state = known.orders.get(po_number)
    rows = {
        kind: known.rows.get(TabAddress(HUB, sheet.columns.tabs[kind].title), {})
        for kind in (TabKind.ORDER_LINES, TabKind.RECEIPTS, TabKind.INVOICES)
    }
    lines = {
        str(key.line_number): (
            line.status,
            line.agreed,
            line.proposal or Terms(),
            line.proposal_reason,
            line.cancelled_quantity,
            without_requests(row_cells(rows, key), TabKind.ORDER_LINES, sheet),
        )
        for key, line in known.lines.items()
        if key.po_number == po_number
    }
    papers = sorted(
        (
            (kind, sorted(without_requests(row.cells, kind, sheet).items()))
            for kind in (TabKind.RECEIPTS, TabKind.INVOICES)
            for row in rows[kind].values()
            if key_text(row.cells.get("po_number")) == key_text(po_number)
        ),
        key=repr,
    )
    # That an order was taken over is told by its lines; nobody answered anything.
    grants = [g for g in (state.grants if state is not None else ()) if g.tier != "adopted"]
    return (
        state.version if state is not None else 1,
        [(g.version, g.tier, g.approver, g.is_granted, g.granted_at) for g in grants],
        lines,
        papers,
    )


def row_cells(rows, key: LineKey):
    row = rows[TabKind.ORDER_LINES].get((key_text(key.po_number), str(key.line_number)))
    return row.cells if row is not None else {}


def without_requests(cells, kind: TabKind, sheet: Sheet):
    """The people's cells but for requests, which are no values."""
    spec = sheet.columns.tabs[kind].by_field
    read = sheet.read(kind, cells)
    return {name: cell for name, cell in read.items() if not spec[name].request}
