"""People who type: values, notes, nonsense, blocks from a mail, and what is not theirs to type.

Never: moves rows or columns (`moving`), or asks for anything (`asking`).
"""

from __future__ import annotations

from sheetsync.core.rulebook import CellKind
from simulation.desk import Desk
from simulation.hands import TYPED_ON, Hand, K, Nothing, editable, place_of
from simulation.notebook import MORNING, OWN


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


def type_again(hand: Hand) -> str:
    """Somebody corrects what was typed last, wherever it stands by now."""
    last = [typed for typed in hand.book.typed if typed.act != MORNING and typed.field != OWN][-3:]
    if not last:
        raise Nothing
    typed = hand.dice.choice(last)
    place = hand.book.place_of(typed.number)
    desk = Desk(hand.office, typed.tab)
    column = desk.spec.by_field.get(typed.field)
    if place is None or column is None or typed.field in desk.spec.key:
        raise Nothing
    value = hand.value(column)
    hand.type(desk, place[1], {place[2]: value})
    return f"corrects {typed.value!r} in {column.header} of {place_of(desk, place[1])} to {value!r}"


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
