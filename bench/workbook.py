"""A believable workbook of any size, the same for the same seed.

Orders at every stage of their life, with the receipts and invoices that such orders have, most of
them right and a few not. Never: talks to a server.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from sheetsync.core.model import RawCell, TabKind

Cells = dict[str, RawCell]
"""One row: raw cells by field, blanks left out."""

TODAY = date(2026, 3, 2)
DAY_ZERO = date(1899, 12, 30)
SUPPLIERS = tuple(f"S-{number}" for number in range(100, 112))
CURRENCIES = {"EUR": 8, "USD": 2, "GBP": 1, "CHF": 1}
UNITS = ("EA", "KG", "M", "BOX")
BUYERS = ("ann", "ben", "cleo", "dora")
STAGES = {
    "draft": 8,
    "submitted": 2,
    "approved": 4,
    "issued": 16,
    "confirmed": 45,
    "done": 25,
}
"""How many of a hundred orders stand where; `done` was delivered and billed, and not closed."""
DELIVERED_TO = {"confirmed", "done"}

GOODS = (
    *("Hexagon head bolt, full thread", "Deep groove ball bearing, sealed", "O-ring seal"),
    *("Gear motor with brake", "Cable duct, slotted, with cover", "Steel sheet, cold rolled"),
)
MATERIALS = ("stainless steel A2-70", "zinc plated 8.8", "NBR 70 Shore", "brass", "PA6 black")
NOTES = (
    *("call the warehouse before delivery", "replaces the part of last year's order"),
    *("certificate 3.1 is needed with the goods", "agreed by phone with the supplier"),
)
SHARE_WITH_NOTES = 0.4
WRONG_PRICE, BEFORE_GOODS, NO_ORDER, UNREADABLE_DAY = 0.01, 0.01, 0.002, 0.002
"""How many of all invoices, and of all receipts, are not as they should be."""


@dataclass(slots=True, kw_only=True)
class OrderedLine:
    """An order line as the edits of people know it; `row` is its row in the sheet, 1-based."""

    po_number: str
    line_number: int
    supplier: str
    stage: str
    item: str
    quantity: int
    uom: str
    unit_price: float
    currency: str
    row: int
    is_received: bool = False
    is_invoiced: bool = False


@dataclass(slots=True, kw_only=True)
class Workbook:
    """The rows of every tab that people fill, and the order lines behind them."""

    tabs: dict[TabKind, list[Cells]]
    lines: list[OrderedLine]
    rng: random.Random
    receipts: int = 0
    invoices: int = 0
    orders: int = 0
    taken: set[int] = field(default_factory=set)


def make_workbook(size: int, seed: int) -> Workbook:
    """A workbook with so many order lines."""
    rng = random.Random(seed)  # noqa: S311  # a measurement, not a secret
    book = Workbook(
        tabs={
            TabKind.ORDER_LINES: [],
            TabKind.RECEIPTS: [],
            TabKind.INVOICES: [],
            TabKind.SUPPLIERS: [_supplier(number) for number in SUPPLIERS],
            TabKind.PEOPLE: [_person(name) for name in (*BUYERS, "bob", "eve")],
        },
        lines=[],
        rng=rng,
    )
    while len(book.lines) < size:
        stage = rng.choices(list(STAGES), list(STAGES.values()))[0]
        add_order(book, stage, min(rng.randint(1, 7), size - len(book.lines)))
    return book


def add_order(book: Workbook, stage: str, count: int) -> list[OrderedLine]:
    """One more order with so many lines, and the documents that its stage has."""
    rng = book.rng
    book.orders += 1
    po_number = f"PO-{100_000 + book.orders}"
    supplier, buyer = rng.choice(SUPPLIERS), rng.choice(BUYERS)
    currency = rng.choices(list(CURRENCIES), list(CURRENCIES.values()))[0]
    lines = []
    for number in range(1, count + 1):
        line = OrderedLine(
            po_number=po_number,
            line_number=number,
            supplier=supplier,
            stage=stage,
            item=f"BX-{rng.randint(1, 900):05d}-{rng.randint(1, 9)}",
            quantity=rng.choice((1, 2, 5, 10, 12, 25, 40, 100, 250)),
            uom=rng.choice(UNITS),
            unit_price=rng.randint(20, 40_000) / 100,
            currency=currency,
            row=len(book.tabs[TabKind.ORDER_LINES]) + 2,
        )
        lines.append(line)
        book.tabs[TabKind.ORDER_LINES].append(_order_line(line, buyer, rng))
    book.lines.extend(lines)
    _add_documents(book, lines)
    return lines


def _add_documents(book: Workbook, lines: list[OrderedLine]) -> None:
    """What came and what was billed by now: all of what is done, some of what is confirmed."""
    rng, stage = book.rng, lines[0].stage
    if stage not in DELIVERED_TO:
        return
    came = [line for line in lines if stage == "done" or rng.random() < 0.4]  # noqa: PLR2004  # a share
    if came:
        book.receipts += 1
        for line in came:
            book.tabs[TabKind.RECEIPTS].append(receipt_of(line, book))
    billed = [line for line in came if stage == "done" or rng.random() < 0.6]  # noqa: PLR2004  # a share
    if stage == "confirmed" and rng.random() < BEFORE_GOODS:
        billed = lines
    if billed:
        book.tabs[TabKind.INVOICES].extend(invoice_of(billed, book))


def receipt_of(line: OrderedLine, book: Workbook) -> Cells:
    """The row of Receipts for all of a line."""
    line.is_received = True
    came = serial(TODAY - timedelta(days=book.rng.randint(2, 60)))
    is_odd = book.rng.random() < UNREADABLE_DAY
    note = book.rng.choice(NOTES) if book.rng.random() < SHARE_WITH_NOTES else None
    return {
        "receipt_number": f"R-{200_000 + book.receipts}",
        "kind": "receipt",
        "po_number": line.po_number,
        "line_number": line.line_number,
        "quantity": line.quantity,
        "uom": line.uom,
        "received_date": "31.2.2026" if is_odd else came,
        "notes": note,
    }


def invoice_of(lines: list[OrderedLine], book: Workbook) -> list[Cells]:
    """The rows of Invoices that bill these lines of one order."""
    rng = book.rng
    book.invoices += 1
    is_wrong, is_lost = rng.random() < WRONG_PRICE, rng.random() < NO_ORDER
    day = serial(TODAY - timedelta(days=rng.randint(1, 50)))
    rows: list[Cells] = []
    for number, line in enumerate(lines, 1):
        line.is_invoiced = True
        price = round(line.unit_price * (1.05 if is_wrong else 1), 2)
        rows.append(
            {
                "supplier": line.supplier,
                "invoice_number": f"INV-2026-{300_000 + book.invoices}",
                "invoice_line": number,
                "type": "invoice",
                "invoice_date": day,
                "received_date": day + 1,
                "currency": line.currency,
                "po_number": "PO-999999" if is_lost else line.po_number,
                "po_line": line.line_number,
                "item": line.item,
                "quantity": line.quantity,
                "uom": line.uom,
                "unit_price": price,
                "amount": round(price * line.quantity, 2),
            }
        )
    rows[0]["total"] = round(sum(float(row["amount"] or 0) for row in rows), 2)
    return rows


def order_line_cells(line: OrderedLine, buyer: str, description: str) -> Cells:
    """The buyer's cells of an order line."""
    return {
        "po_number": line.po_number,
        "line_number": line.line_number,
        "requester": buyer,
        "supplier": line.supplier,
        "item": line.item,
        "description": description,
        "quantity": line.quantity,
        "uom": line.uom,
        "unit_price": line.unit_price,
        "currency": line.currency,
        "need_by": serial(TODAY + timedelta(days=30 + line.line_number)),
        "cost_code": f"CC-{4000 + line.line_number}-EU",
    }


def _order_line(line: OrderedLine, buyer: str, rng: random.Random) -> Cells:
    size = f"{rng.randint(2, 60)} x {rng.randint(10, 400)} mm"
    description = f"{rng.choice(GOODS)}, {size}, {rng.choice(MATERIALS)}, drawing {line.item}"
    cells = order_line_cells(line, buyer, description)
    if rng.random() < SHARE_WITH_NOTES:
        cells["notes"] = rng.choice(NOTES)
    if line.stage != "draft":
        cells["status"] = "confirmed" if line.stage == "done" else line.stage
    if line.stage in DELIVERED_TO:
        cells["agreed_quantity"] = line.quantity
        cells["agreed_price"] = line.unit_price
        cells["agreed_date"] = cells["need_by"]
    return cells


def _supplier(number: str) -> Cells:
    return {
        "supplier": number,
        "name": f"Works {number}",
        "email": f"sales@{number.lower()}.example",
        "is_approved": True,
    }


def _person(name: str) -> Cells:
    roles = {"bob": "approver", "eve": "approver, director"}.get(name, "buyer")
    return {
        "person": name,
        "name": name.title(),
        "email": f"{name}@example.com",
        "roles": roles,
    }


def serial(day: date) -> int:
    """A day as Sheets counts it."""
    return (day - DAY_ZERO).days
