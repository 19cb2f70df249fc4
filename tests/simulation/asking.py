"""People who ask: actions, answers, decisions, new orders, receipts and invoices.

Mostly what is possible as things stand, at times anything. Never: repeats itself word for word; the
reason of every asking is one of a kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulation.desk import Cell, Desk
from simulation.hands import Hand, K, Nothing, place_of
from simulation.office import OWNER, SUPPLIERS

ORDER_WORDS = {
    "draft": ("submit",),
    "approval rejected": ("submit", "cancel"),
    "submitted": ("hold", "change"),
    "approved": ("issue", "issue", "change"),
    "issued": ("hold", "change"),
    "confirmed": ("change", "hold", "close"),
    "on hold": ("resume",),
    "supplier rejected": ("change", "cancel"),
}


def ask_of_order(hand: Hand) -> str:
    """An action on an order: mostly one that is possible."""
    desk = hand.desk(K.ORDERS)
    row = hand.row(desk)
    words: Sequence[str] = ORDER_WORDS.get(str(desk.cells(row).get("status")), ("close",))
    if hand.dice.random() < 0.2:
        words = sorted(desk.spec.by_field["action"].choices)
    return _ask(hand, desk, row, "action", hand.dice.choice(words))


def ask_of_line(hand: Hand) -> str:
    """An action on a line: the answer to a proposal, or giving it up."""
    desk = hand.desk(K.ORDER_LINES)
    row = hand.row(desk)
    proposed = [r for r in desk.filled() if desk.cells(r).get("status") == "change proposed"]
    if proposed and hand.dice.random() < 0.8:
        row = hand.dice.choice(proposed)
    word = hand.dice.choice(("accept", "decline", "accept", "decline", "cancel", "short_close"))
    return _ask(hand, desk, row, "action", word)


def answer(hand: Hand) -> str:
    """A supplier's answer."""
    desk = hand.desk(K.SUPPLIER)
    row = hand.row(desk)
    open_rows = [r for r in desk.filled() if desk.cells(r).get("status") == "please answer"]
    if open_rows and hand.dice.random() < 0.7:
        row = hand.dice.choice(open_rows)
    word = hand.dice.choice(
        ("accept", "accept", "propose", "propose", "reject", "acknowledge", "withdraw")
    )
    more: dict[str, Cell] = {}
    if word == "propose":
        name = hand.dice.choice(("proposed_quantity", "proposed_price", "proposed_date"))
        more[name] = hand.value(desk.spec.by_field[name])
    return _ask(hand, desk, row, "response", word, **more)


def _ask(hand: Hand, desk: Desk, row: int, name: str, word: str, **more: Cell) -> str:
    columns = desk.columns()
    cells: dict[str, Cell] = {name: word, "reason": f"because {hand.book.token()}", **more}
    if not cells.keys() <= columns.keys():
        raise Nothing
    hand.type(desk, row, {columns[field]: value for field, value in cells.items()})
    said = ", ".join(f"{field} {value!r}" for field, value in cells.items())
    return f"asks {said} on {place_of(desk, row)}"


def decide(hand: Hand) -> str:
    """An approver's yes or no."""
    desk = hand.desk(K.APPROVALS)
    columns = desk.columns()
    if "decision" not in columns:
        raise Nothing
    waiting = [row for row in desk.filled() if not desk.cells(row).get("decided")]
    row = hand.dice.choice(waiting) if waiting and hand.dice.random() < 0.85 else hand.row(desk)
    word = hand.dice.choice(("approve", "approve", "approve", "reject"))
    hand.type(desk, row, {columns["decision"]: word})
    return f"decides {word!r} on {place_of(desk, row)}"


def order_lines(hand: Hand) -> str:
    """A new order of one or two lines under a mark."""
    desk = hand.desk(K.ORDER_LINES)
    columns = desk.columns()
    mark, supplier = f"new{hand.book.number()}", hand.dice.choice(sorted(SUPPLIERS))
    first = desk.last()
    for _ in range(hand.dice.randint(1, 2)):
        number = hand.book.number()
        cells: dict[str, Cell] = {
            "po_number": mark,
            "requester": "ann",
            "supplier": supplier,
            "item": f"IT-{number:04d}",
            "description": f"thing t{number:04d}",
            "quantity": hand.dice.randint(1, 9),
            "uom": "EA",
            "unit_price": round(5 + number / 100, 2),
            "currency": "EUR",
            "need_by": "2026-06-01",
        }
        _add(hand, desk, desk.last(), {columns[f]: v for f, v in cells.items() if f in columns})
    return f"types an order {mark} for {supplier} from {desk.address} row {first + 1} on"


def receipt(hand: Hand) -> str:
    """Goods came."""
    line = _some_line(hand)
    desk = hand.desk(K.RECEIPTS)
    number = hand.book.number()
    cells: dict[str, Cell] = {
        "receipt_number": f"R-{number:04d}",
        "po_number": line["po_number"],
        "line_number": line["line_number"],
        "quantity": hand.dice.randint(1, 6),
        "uom": "EA",
        "received_date": "2026-03-01",
    }
    return _new_row(hand, desk, cells)


def invoice(hand: Hand) -> str:
    """A bill came."""
    line = _some_line(hand)
    desk = hand.desk(K.INVOICES)
    number = hand.book.number()
    cells: dict[str, Cell] = {
        "supplier": line.get("supplier", "S-1"),
        "invoice_number": f"INV-{number:04d}",
        "invoice_line": 1,
        "invoice_date": "2026-03-01",
        "currency": "EUR",
        "po_number": line["po_number"],
        "po_line": line["line_number"],
        "quantity": hand.dice.randint(1, 6),
        "unit_price": line.get("unit_price", 1),
    }
    return _new_row(hand, desk, cells)


def _some_line(hand: Hand) -> dict[str, Any]:
    desk = hand.desk(K.ORDER_LINES)
    rows = [desk.cells(row) for row in desk.filled() if desk.key(row) is not None]
    if not rows:
        raise Nothing
    confirmed = [cells for cells in rows if cells.get("status") == "confirmed"]
    return hand.dice.choice(confirmed or rows)


def _new_row(hand: Hand, desk: Desk, cells: dict[str, Cell]) -> str:
    columns, row = desk.columns(), desk.last()
    if not cells.keys() <= columns.keys():
        raise Nothing
    _add(hand, desk, row, {columns[field]: value for field, value in cells.items()})
    return f"types a new row {place_of(desk, row)}"


def _add(hand: Hand, desk: Desk, row: int, cells: dict[int, Cell]) -> None:
    if row >= desk.tab.row_count:
        desk.batch(
            OWNER,
            {"appendDimension": {"sheetId": desk.tab.id, "dimension": "ROWS", "length": 5}},
        )
    hand.type(desk, row, cells)
