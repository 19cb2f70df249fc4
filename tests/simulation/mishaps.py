"""Accidents: a tab wiped, one value pasted over everything; and people who say that it is meant so."""

from __future__ import annotations

from simulation.hands import Hand, K, Nothing
from simulation.office import OWNER
from simulation.repairs import let_tabs_go_on


def wipe_tab(hand: Hand) -> str:
    """All rows of a tab deleted, or all but one."""
    desk = hand.desk(K.RECEIPTS, K.INVOICES, K.ORDERS, K.APPROVALS, K.ORDER_LINES)
    rows = desk.filled()
    if not rows:
        raise Nothing
    first = rows[0] if hand.dice.random() < 0.5 else (rows[1] if len(rows) > 1 else rows[0])
    desk.batch(OWNER, {"deleteDimension": {"range": desk.lines("ROWS", first, rows[-1] + 1)}})
    return f"deletes the rows {first + 1} to {rows[-1] + 1} of {desk.address}"


def paste_over_locked(hand: Hand) -> str:
    """One value pasted over the locked cells of many rows."""
    desk = hand.desk(K.ORDER_LINES)
    columns, value = desk.columns(), hand.value(desk.spec.by_field["description"])
    names = ("item", "description", "cost_code", "need_by")
    rows = [row for row in desk.filled() if desk.key(row) is not None]
    ranges = [
        (desk.a1(row, columns[name]), [[value]])
        for row in rows
        for name in names
        if name in columns
    ]
    who = hand.who(desk)
    hand.office.enter(who, desk.address.spreadsheet, ranges, raw=True)
    for row in rows:
        for name in names:
            if name in columns:
                hand.book.note(who, desk, row, columns[name])
    return f"pastes {value!r} over {', '.join(names)} of all rows of {desk.address}"


def go_on(hand: Hand) -> str:
    """Go on ticked for every tab that stands still."""
    if not let_tabs_go_on(hand.office):
        raise Nothing
    return "ticks Go on for every tab that stands still"
