"""People who move things: rows and columns sorted, inserted, dragged, cut, copied, deleted, renamed.

Never: types a value that the worker should read, but for columns of their own.
"""

from __future__ import annotations

from simulation.desk import Desk
from simulation.hands import MOVED_ON, Hand, K, Nothing, place_of
from simulation.office import OWNER, Deleted, copied_row
from simulation.repairs import put_headers_right


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
    found = desk.tab.grid.row(row)
    header = tuple(desk.header())
    desk.batch(hand.who(desk), {"deleteDimension": {"range": desk.lines("ROWS", row, row + 1)}})
    if found is not None:
        hand.office.deleted.append(
            Deleted(address=desk.address, at=row, header=header, row=copied_row(found))
        )
    return words


def undo_delete(hand: Hand) -> str:
    """The row that was deleted last is brought back by Undo, in its place."""
    if not hand.office.deleted:
        raise Nothing
    last = hand.office.deleted.pop()
    desk = Desk(hand.office, last.address)
    if tuple(desk.header()) != last.header or last.at >= desk.tab.row_count:
        raise Nothing
    desk.batch(
        OWNER,
        {
            "insertDimension": {
                "range": desk.lines("ROWS", last.at, last.at + 1),
                "inheritFromBefore": False,
            }
        },
    )
    for column, value in enumerate(last.row.values):
        desk.tab.grid.put(last.at, column, value, last.row.extra_at(column))
    hand.office.server.world.undo.commit()
    hand.book.came_back(last.row)
    return f"brings back {place_of(desk, last.at)} by Undo"


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
