"""Somebody's hand: where they work, what they type, and the dice of this act.

Every typed value is one that nobody typed before in the run, so that it can be told from every
other wherever it turns up. Never: chooses what is done; the acts do.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

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
        who, was = self.who(desk), desk.key(row)
        desk.type(who, row, cells, raw=raw)
        for column in cells:
            self.book.note(who, desk, row, column, was)

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


MOVED_ON = (K.ORDER_LINES, K.ORDERS, K.SUPPLIER, K.RECEIPTS, K.INVOICES, K.APPROVALS, K.EXCEPTIONS)
