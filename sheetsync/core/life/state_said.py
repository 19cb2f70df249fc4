"""An order as it stood at an instant, in words.

Never: tells what the journal does not say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from decimal import Decimal

from sheetsync.core.life.folding import Cells, LineThen, OrderThen, Paper
from sheetsync.core.life.wording import KNOWN_BY, day_said, moment, price_said, status_said
from sheetsync.core.model import RawCell, TabKind, Terms
from sheetsync.core.reading import show_number
from sheetsync.core.wording import shown_cell, shown_terms


def order_said(order: OrderThen, line_number: str | None, zone: tzinfo) -> Iterator[str]:
    """The order line by line of text: its version and approvals, then each of its lines."""
    level = f", matched {order.match_level}" if order.match_level else ""
    yield f"Version {order.version}{level}."
    for answer in order.to_this_version:
        word = "yes" if answer.is_yes else "no"
        known = KNOWN_BY.get(answer.proof, answer.proof)
        when = moment(answer.at, zone)
        yield f"{answer.approver} ({known}) said {word} as {answer.tier}, {when}."
    if not order.to_this_version:
        yield "Nobody had said yes or no to this version."
    for number in sorted(order.lines, key=_by_number):
        if line_number in {None, number}:
            yield from _line(order.lines[number], order)
    if line_number is None:
        yield from _papers(order, "")


def _line(line: LineThen, order: OrderThen) -> Iterator[str]:
    uom, currency = _text(line.said("uom")), _text(line.said("currency"))
    yield f"Line {line.line_number}: {status_said(line.status)}"
    yield f"    Ordered: {line_said(line.cells)}."
    if line.agreed != Terms():
        yield f"    Agreed: {shown_terms(line.agreed, uom, currency)}."
    if line.proposal != Terms():
        reason = f", saying: {line.reason}" if line.reason else ""
        yield f"    Proposed: {shown_terms(line.proposal, uom, currency)}{reason}."
    if line.given_up:
        yield f"    Given up: {show_number(line.given_up)} {uom or ''}".rstrip() + "."
    yield from _papers(order, line.line_number)


def _papers(order: OrderThen, line_number: str) -> Iterator[str]:
    indent = "    " if line_number else ""
    for kind in (TabKind.RECEIPTS, TabKind.INVOICES):
        for paper in order.papers_of(kind, line_number):
            name = paper_name(paper)
            yield f"{indent}{name[:1].upper()}{name[1:]}: {paper_said(paper)}."


def line_said(cells: Cells) -> str:
    """An order line's cells: "10 EA of 0042 (Hex bolt) at 12.00 EUR, needed Mon 20 Apr 2026"."""
    item, description = cells.get("item"), cells.get("description")
    parts = [
        _amount(cells.get("quantity"), _text(cells.get("uom"))),
        f"of {shown_cell(item)}" if item is not None else "",
        f"({shown_cell(description)})" if description is not None else "",
        f"at {_money(cells, 'unit_price')}" if cells.get("unit_price") is not None else "",
    ]
    rest = [
        f"needed {day_said(cells['need_by'])}" if cells.get("need_by") is not None else "",
        f"from {shown_cell(cells['supplier'])}" if cells.get("supplier") is not None else "",
        f"for {shown_cell(cells['requester'])}" if cells.get("requester") is not None else "",
    ]
    whole = " ".join(part for part in parts if part)
    return ", ".join(part for part in (whole, *rest) if part) or "nothing yet"


def paper_name(paper: Paper) -> str:
    """What people call a receipt or invoice row."""
    cells = paper.cells
    if paper.kind is TabKind.INVOICES:
        word = "credit note" if "credit" in str(cells.get("type") or "").lower() else "invoice"
        number, line = (
            shown_cell(cells.get("invoice_number")),
            shown_cell(cells.get("invoice_line")),
        )
        return f"{word} {number} line {line} of {shown_cell(cells.get('supplier'))}"
    is_return = str(cells.get("kind") or "").lower() in {"return", "returned", "out", "back"}
    return f"{'return' if is_return else 'receipt'} {shown_cell(cells.get('receipt_number'))}"


def paper_said(paper: Paper) -> str:
    """What a receipt or invoice row says."""
    parts = _receipt(paper.cells) if paper.kind is TabKind.RECEIPTS else _invoice(paper.cells)
    return ", ".join(part for part in parts if part) or "nothing yet"


def _receipt(cells: Cells) -> tuple[str, ...]:
    day = cells.get("received_date")
    return (
        _amount(cells.get("quantity"), _text(cells.get("uom"))),
        f"on {day_said(day)}" if day is not None else "",
        "refused by inspection" if cells.get("is_rejected") is True else "",
    )


def _invoice(cells: Cells) -> tuple[str, ...]:
    day, charge = cells.get("invoice_date"), cells.get("charge")
    price = f"at {_money(cells, 'unit_price')}" if cells.get("unit_price") is not None else ""
    amount = _amount(cells.get("quantity"), _text(cells.get("uom")))
    return (
        shown_cell(charge) if charge is not None else "",
        " ".join(part for part in (amount, price) if part),
        f"amount {_money(cells, 'amount')}" if cells.get("amount") is not None else "",
        f"dated {day_said(day)}" if day is not None else "",
    )


def _amount(quantity: RawCell, uom: str | None) -> str:
    return f"{shown_cell(quantity)} {uom or ''}".rstrip() if quantity is not None else ""


def _money(cells: Cells, name: str) -> str:
    cell, currency = cells.get(name), _text(cells.get("currency"))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return price_said(Decimal(repr(cell)), currency)
    return f"{shown_cell(cell)} {currency or ''}".rstrip()


def _text(cell: RawCell) -> str | None:
    return shown_cell(cell) if cell is not None else None


def _by_number(number: str) -> tuple[int, str]:
    return (int(number), "") if number.isdecimal() else (0, number)
