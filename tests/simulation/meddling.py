"""People who cannot keep their hands off Change history: they edit, insert, delete and sort its rows.

What they type there is no edit that the worker should take over; it must be found, told and laid right.
Never: touches another tab.
"""

from __future__ import annotations

from simulation.desk import Desk
from simulation.hands import Hand, K, Nothing
from simulation.office import OWNER


def _history(hand: Hand) -> tuple[Desk, list[int]]:
    desk = hand.desk(K.HISTORY)
    rows = desk.filled()
    if not rows:
        raise Nothing
    return desk, rows


def edit_history(hand: Hand) -> str:
    """A cell of a row typed over."""
    desk, rows = _history(hand)
    row, columns = hand.dice.choice(rows), desk.columns()
    name = hand.dice.choice(sorted(columns))
    value = f"meddled {hand.book.token()}"
    desk.type(OWNER, row, {columns[name]: value})
    return f"types {value!r} over {name} of Change history row {row + 1}"


def insert_history(hand: Hand) -> str:
    """A row that the worker never told."""
    desk, rows = _history(hand)
    row, columns = hand.dice.choice(rows), desk.columns()
    desk.batch(
        OWNER,
        {
            "insertDimension": {
                "range": desk.lines("ROWS", row, row + 1),
                "inheritFromBefore": False,
            }
        },
    )
    value = f"meddled {hand.book.token()}"
    desk.type(OWNER, row, {columns["old"]: value, columns["decision"]: "approved"})
    return f"inserts row {row + 1} of Change history and types {value!r} into it"


def delete_history(hand: Hand) -> str:
    """One or two rows deleted."""
    desk, rows = _history(hand)
    at = hand.dice.randrange(len(rows))
    gone = rows[at : at + hand.dice.randint(1, 2)]
    desk.batch(OWNER, {"deleteDimension": {"range": desk.lines("ROWS", gone[0], gone[-1] + 1)}})
    return f"deletes the rows {gone[0] + 1} to {gone[-1] + 1} of Change history"


def sort_history(hand: Hand) -> str:
    """All rows sorted by some column."""
    desk, rows = _history(hand)
    column = hand.dice.randrange(max(1, len(desk.header())))
    order = hand.dice.choice(("ASCENDING", "DESCENDING"))
    desk.batch(
        OWNER,
        {
            "sortRange": {
                "range": desk.box(1, rows[-1] + 1, 0, desk.tab.column_count),
                "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}],
            }
        },
    )
    return f"sorts Change history by column {column + 1}, {order.lower()}"
