"""What simulated people do, each act drawn from a seed of its own and done in one go.

Buyers, suppliers, the warehouse, payables, an approver, and a clumsy one. Every typed value is one
that nobody typed before in the run, so that it can be told from every other wherever it turns up.
Never: cares for what the worker makes of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sheetsync.core.model import TabKind
from sheetsync.core.rulebook import CellKind, ColumnSpec
from simulation.desk import Cell, Desk
from simulation.notebook import Notebook
from simulation.office import OWNER, SUPPLIERS, Office

K = TabKind
BASE_DAY = date(2026, 5, 4)


class Nothing(Exception):
    """There was nothing to do it to; the act is no act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody's hand: where they work, what they note, and the dice of this act."""

    office: Office
    book: Notebook
    dice: random.Random

    def desk(self, *kinds: TabKind) -> Desk:
        """A tab of one of these kinds."""
        places = [p for p in self.office.places.tabs if p.kind in kinds]
        return Desk(self.office, self.dice.choice(places).address)

    def row(self, desk: Desk, *, keyed: bool = True) -> int:
        """A row of it that holds something."""
        rows = [row for row in desk.filled() if not keyed or desk.key(row) is not None]
        if not rows:
            raise Nothing
        return self.dice.choice(rows)

    def who(self, desk: Desk) -> str:
        """Whose tab it is, or at times the buyer who owns the file."""
        email = {
            K.SUPPLIER: SUPPLIERS.get(desk.place.supplier or "", OWNER),
            K.RECEIPTS: "wanda@example.com",
            K.INVOICES: "pat@example.com",
            K.APPROVALS: "bob@example.com",
        }.get(desk.place.kind)
        if email is None:
            email = self.dice.choice((OWNER, "ben@example.com"))
        return email

    def type(self, desk: Desk, row: int, cells: dict[int, Cell], *, raw: bool = False) -> None:
        """Type into a row and note it."""
        who = self.who(desk)
        desk.type(who, row, cells, raw=raw)
        for column in cells:
            self.book.note(who, desk, row, column)

    def value(self, column: ColumnSpec) -> Cell:
        """A value of the column's kind that nobody typed before."""
        number = self.book.number()
        match column.kind:
            case CellKind.QUANTITY:
                return 200 + number
            case CellKind.MONEY:
                return round(5 + number / 100, 2)
            case CellKind.DATE:
                return (BASE_DAY + timedelta(days=number)).isoformat()
            case CellKind.IDENTIFIER:
                return f"ID-{number:04d}"
            case CellKind.CHOICE:
                return self.dice.choice(sorted(column.choices))
            case _:
                return f"{self.dice.choice(('call back', 'see mail', 'ok?'))} t{number:04d}"


Act = Callable[[Hand], str]

PLAIN = frozenset(
    {CellKind.QUANTITY, CellKind.MONEY, CellKind.DATE, CellKind.TEXT, CellKind.CHOICE}
)
TYPED_ON = (K.ORDER_LINES, K.ORDERS, K.SUPPLIER, K.RECEIPTS, K.INVOICES, K.EXCEPTIONS, K.APPROVALS)


def place_of(desk: Desk, row: int) -> str:
    """A row as a story tells it."""
    key = desk.key(row)
    return f"{desk.address} row {row + 1}" + (f" ({'/'.join(key)})" if key else "")


def editable(desk: Desk) -> list[ColumnSpec]:
    """People's columns that are neither keys nor requests."""
    present = desk.columns()
    return [
        c
        for c in desk.spec.columns
        if c.is_people_s
        and not c.request
        and c.field not in desk.spec.key
        and c.kind in PLAIN
        and c.field in present
    ]


def type_value(hand: Hand) -> str:
    """A value into one cell of a person's."""
    desk = hand.desk(*TYPED_ON)
    row, columns = hand.row(desk), editable(desk)
    if not columns:
        raise Nothing
    column = hand.dice.choice(columns)
    value = hand.value(column)
    hand.type(desk, row, {desk.columns()[column.field]: value})
    return f"types {value!r} into {column.header} of {place_of(desk, row)}"


def type_note(hand: Hand) -> str:
    """Notes and comments, which nothing locks."""
    desk = hand.desk(K.ORDER_LINES, K.ORDERS, K.SUPPLIER, K.RECEIPTS, K.EXCEPTIONS)
    names = [f for f in ("notes", "comment", "resolution", "owner") if f in desk.columns()]
    if not names:
        raise Nothing
    row, name = hand.row(desk), hand.dice.choice(names)
    value = hand.value(desk.spec.by_field[name])
    hand.type(desk, row, {desk.columns()[name]: value})
    return f"notes {value!r} in {name} of {place_of(desk, row)}"


def type_nonsense(hand: Hand) -> str:
    """Words where a number or a day belongs."""
    desk = hand.desk(K.ORDER_LINES, K.RECEIPTS, K.INVOICES)
    columns = [c for c in editable(desk) if c.kind not in (CellKind.TEXT, CellKind.CHOICE)]
    if not columns:
        raise Nothing
    row, column = hand.row(desk), hand.dice.choice(columns)
    value = f"about {hand.book.token()}"
    hand.type(desk, row, {desk.columns()[column.field]: value})
    return f"types {value!r} into {column.header} of {place_of(desk, row)}"


def clear_cell(hand: Hand) -> str:
    """An emptied cell."""
    desk = hand.desk(K.ORDER_LINES, K.RECEIPTS, K.INVOICES, K.ORDERS)
    columns = editable(desk)
    if not columns:
        raise Nothing
    row, column = hand.row(desk), hand.dice.choice(columns)
    desk.type(hand.who(desk), row, {desk.columns()[column.field]: ""})
    return f"empties {column.header} of {place_of(desk, row)}"


def paste_block(hand: Hand) -> str:
    """A block of texts over some rows and columns, as from a mail."""
    desk = hand.desk(K.ORDER_LINES, K.RECEIPTS, K.INVOICES)
    columns = desk.columns()
    wanted = [
        c for c in editable(desk) if c.kind in (CellKind.QUANTITY, CellKind.MONEY, CellKind.TEXT)
    ]
    rows = [row for row in desk.filled() if desk.key(row) is not None]
    if not wanted or not rows:
        raise Nothing
    start = hand.dice.randrange(len(rows))
    chosen = hand.dice.sample(wanted, min(len(wanted), hand.dice.randint(1, 2)))
    who = hand.who(desk)
    ranges, cells = [], []
    for row in rows[start : start + hand.dice.randint(2, 3)]:
        for column in chosen:
            value = hand.value(column)
            ranges.append((desk.a1(row, columns[column.field]), [[str(value)]]))
            cells.append((row, columns[column.field]))
    hand.office.enter(who, desk.address.spreadsheet, ranges, raw=True)
    for row, at in cells:
        hand.book.note(who, desk, row, at)
    names = " and ".join(column.header for column in chosen)
    return f"pastes texts over {names} of {len(cells) // len(chosen)} rows from {place_of(desk, rows[start])}"


# -- requests --------------------------------------------------------------------------------------

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


# -- new rows --------------------------------------------------------------------------------------


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


# -- rows and columns ------------------------------------------------------------------------------

MOVED_ON = (K.ORDER_LINES, K.ORDERS, K.SUPPLIER, K.RECEIPTS, K.INVOICES, K.APPROVALS, K.EXCEPTIONS)


def sort_tab(hand: Hand) -> str:
    """The whole tab sorted by some column."""
    desk = hand.desk(*MOVED_ON)
    column = hand.dice.randrange(max(1, len(desk.header())))
    order = hand.dice.choice(("ASCENDING", "DESCENDING"))
    desk.batch(
        OWNER,
        {
            "sortRange": {
                "range": desk.box(1, desk.tab.row_count, 0, desk.tab.column_count),
                "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}],
            }
        },
    )
    return f"sorts {desk.address} by column {column + 1}, {order.lower()}"


def insert_rows(hand: Hand) -> str:
    """Blank rows in between."""
    desk = hand.desk(*MOVED_ON)
    row, count = hand.row(desk, keyed=False), hand.dice.randint(1, 2)
    desk.batch(
        hand.who(desk),
        {
            "insertDimension": {
                "range": desk.lines("ROWS", row, row + count),
                "inheritFromBefore": False,
            }
        },
    )
    return f"inserts {count} rows above {place_of(desk, row + count)}"


def insert_column(hand: Hand) -> str:
    """A column of one's own, with a value in it."""
    desk = hand.desk(*MOVED_ON)
    at = hand.dice.randrange(max(1, len(desk.header())))
    if len(desk.header()) > 40:
        raise Nothing
    desk.batch(
        OWNER,
        {
            "insertDimension": {
                "range": desk.lines("COLUMNS", at, at + 1),
                "inheritFromBefore": False,
            }
        },
    )
    desk.office.enter(
        OWNER, desk.address.spreadsheet, [(desk.a1(0, at), [[f"Mine {hand.book.token()}"]])]
    )
    row = hand.row(desk, keyed=False)
    value = f"mine {hand.book.token()}"
    desk.type(OWNER, row, {at: value})
    hand.book.note(OWNER, desk, row, at)
    return f"inserts a column of their own before column {at + 1} of {desk.address} and types {value!r} in row {row + 1}"


def type_own(hand: Hand) -> str:
    """A value into a column of one's own."""
    desk = hand.desk(*MOVED_ON)
    own = [at for at, name in enumerate(desk.header()) if str(name).startswith("Mine")]
    if not own:
        raise Nothing
    row, at = hand.row(desk, keyed=False), hand.dice.choice(own)
    value = f"mine {hand.book.token()}"
    desk.type(OWNER, row, {at: value})
    hand.book.note(OWNER, desk, row, at)
    return f"types {value!r} into their own column {at + 1} of {place_of(desk, row)}"


def move_column(hand: Hand) -> str:
    """A column dragged elsewhere."""
    desk = hand.desk(*MOVED_ON)
    width = len(desk.header())
    start, to = hand.dice.randrange(width), hand.dice.randrange(width + 1)
    if start <= to <= start + 1:
        raise Nothing
    desk.batch(
        OWNER,
        {
            "moveDimension": {
                "source": desk.lines("COLUMNS", start, start + 1),
                "destinationIndex": to,
            }
        },
    )
    return f"moves column {start + 1} of {desk.address} before column {to + 1}"


def delete_row(hand: Hand) -> str:
    """A row deleted."""
    desk = hand.desk(*MOVED_ON)
    row = hand.row(desk, keyed=False)
    words = f"deletes {place_of(desk, row)}"
    desk.batch(hand.who(desk), {"deleteDimension": {"range": desk.lines("ROWS", row, row + 1)}})
    return words


def drag_row(hand: Hand) -> str:
    """A row dragged elsewhere."""
    desk = hand.desk(*MOVED_ON)
    row, to = hand.row(desk, keyed=False), hand.row(desk, keyed=False)
    if row <= to <= row + 1:
        raise Nothing
    words = f"drags {place_of(desk, row)} before row {to + 1}"
    desk.batch(
        hand.who(desk),
        {"moveDimension": {"source": desk.lines("ROWS", row, row + 1), "destinationIndex": to}},
    )
    return words


def cut_row(hand: Hand) -> str:
    """A row cut and pasted below all others."""
    desk = hand.desk(*MOVED_ON)
    row, to = hand.row(desk, keyed=False), desk.last()
    if to >= desk.tab.row_count:
        raise Nothing
    words = f"cuts {place_of(desk, row)} and pastes it into row {to + 1}"
    desk.batch(
        hand.who(desk),
        {
            "cutPaste": {
                "source": desk.box(row, row + 1, 0, desk.tab.column_count),
                "destination": {"sheetId": desk.tab.id, "rowIndex": to, "columnIndex": 0},
                "pasteType": "PASTE_NORMAL",
            }
        },
    )
    return words


def copy_row_down(hand: Hand) -> str:
    """A row copied below all others, with its key."""
    desk = hand.desk(K.ORDER_LINES, K.RECEIPTS, K.INVOICES, K.SUPPLIER)
    row, to = hand.row(desk), desk.last()
    if to >= desk.tab.row_count:
        raise Nothing
    width = desk.tab.column_count
    desk.batch(
        hand.who(desk),
        {
            "copyPaste": {
                "source": desk.box(row, row + 1, 0, width),
                "destination": desk.box(to, to + 1, 0, width),
                "pasteType": "PASTE_NORMAL",
            }
        },
    )
    hand.book.forget(desk, to)
    return f"copies {place_of(desk, row)} down to row {to + 1}"


def rename_header(hand: Hand) -> str:
    """A header that nobody knows any more."""
    desk = hand.desk(*MOVED_ON)
    columns = desk.columns()
    if not columns:
        raise Nothing
    name = hand.dice.choice(sorted(columns))
    header = desk.header()[columns[name]]
    desk.office.enter(
        OWNER, desk.address.spreadsheet, [(desk.a1(0, columns[name]), [[f"Old {header}!"]])]
    )
    return f"renames the header {header!r} of {desk.address}"


def rename_back(hand: Hand) -> str:
    """Every renamed header of a tab is put right again."""
    for place in hand.dice.sample(hand.office.places.tabs, len(hand.office.places.tabs)):
        desk = Desk(hand.office, place.address)
        if put_headers_right(desk):
            return f"puts the headers of {desk.address} right again"
    raise Nothing


def put_headers_right(desk: Desk) -> bool:
    """Take back what `rename_header` did to a tab."""
    was = False
    for at, header in enumerate(desk.header()):
        text = str(header)
        if text.startswith("Old ") and text.endswith("!"):
            while text.startswith("Old ") and text.endswith("!"):
                text = text[4:-1]
            desk.office.enter(OWNER, desk.address.spreadsheet, [(desk.a1(0, at), [[text]])])
            was = True
    return was


# -- where people should not type ------------------------------------------------------------------


def type_over_worker(hand: Hand) -> str:
    """A value over one of the worker's cells."""
    desk = hand.desk(K.ORDER_LINES, K.ORDERS, K.SUPPLIER, K.RECEIPTS, K.INVOICES, K.APPROVALS)
    columns = [
        c
        for c in desk.spec.columns
        if not c.is_people_s and c.field not in desk.spec.key and c.field in desk.columns()
    ]
    if not columns:
        raise Nothing
    row, column = hand.row(desk), hand.dice.choice(columns)
    value = hand.value(column)
    hand.type(desk, row, {desk.columns()[column.field]: value})
    return f"types {value!r} over the worker's {column.header} of {place_of(desk, row)}"


def respell_key(hand: Hand) -> str:
    """A key written in another notation."""
    desk = hand.desk(K.ORDER_LINES, K.RECEIPTS, K.INVOICES, K.SUPPLIER)
    name = {K.INVOICES: "invoice_number", K.RECEIPTS: "receipt_number"}.get(
        desk.place.kind, "po_number"
    )
    columns = desk.columns()
    if name not in columns:
        raise Nothing
    row = hand.row(desk)
    text = str(desk.value(row, columns[name]))
    value = hand.dice.choice(
        (f" {text.lower()} ", text.replace("-", "\u2013"), text.lower(), f"{text} ")
    )
    hand.type(desk, row, {columns[name]: value}, raw=True)
    return f"spells the key of {place_of(desk, row)} {value!r}"


def change_key(hand: Hand) -> str:
    """Another key typed over a row's."""
    desk = hand.desk(K.RECEIPTS, K.INVOICES, K.ORDER_LINES)
    name = {K.INVOICES: "invoice_number", K.RECEIPTS: "receipt_number"}.get(
        desk.place.kind, "po_number"
    )
    columns = desk.columns()
    if name not in columns:
        raise Nothing
    row, number = hand.row(desk), hand.book.number()
    words = f"types another key over {place_of(desk, row)}: "
    value = f"PO-9{number:03d}" if name == "po_number" else f"X-{number:04d}"
    hand.type(desk, row, {columns[name]: value})
    return words + repr(value)


ACTS: dict[str, tuple[int, Act]] = {
    "type_value": (14, type_value),
    "type_note": (8, type_note),
    "type_nonsense": (3, type_nonsense),
    "clear_cell": (2, clear_cell),
    "paste_block": (4, paste_block),
    "ask_of_order": (9, ask_of_order),
    "ask_of_line": (5, ask_of_line),
    "answer": (9, answer),
    "decide": (6, decide),
    "order_lines": (3, order_lines),
    "receipt": (4, receipt),
    "invoice": (4, invoice),
    "sort_tab": (6, sort_tab),
    "insert_rows": (7, insert_rows),
    "insert_column": (3, insert_column),
    "type_own": (3, type_own),
    "move_column": (3, move_column),
    "delete_row": (4, delete_row),
    "drag_row": (4, drag_row),
    "cut_row": (3, cut_row),
    "copy_row_down": (2, copy_row_down),
    "rename_header": (2, rename_header),
    "rename_back": (3, rename_back),
    "type_over_worker": (4, type_over_worker),
    "respell_key": (2, respell_key),
    "change_key": (1, change_key),
}
"""Each act with how often it is done."""
