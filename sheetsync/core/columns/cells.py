"""One raw cell of a known column into a typed value, by the column's kind.

Rules: `kind`, `choices` and `notation` of rules/columns.yaml, `longest_text`.
Never: judges a range, a presence or a neighbour's cell (`schemas`, `records`, `invoices`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from sheetsync.core.model import RawCell
from sheetsync.core.reading import (
    UNTOLD,
    Amount,
    Identifier,
    Notation,
    Ratio,
    Share,
    Unread,
    read_choice,
    read_date,
    read_flag,
    read_identifier,
    read_money,
    read_notation,
    read_percent,
    read_quantity,
    read_ratios,
    read_shares,
    read_text,
    seen_as,
)
from sheetsync.core.rulebook import CellKind, ColumnRules, ColumnSpec

Value = (
    Identifier | Amount | Decimal | date | str | bool | tuple[Ratio, ...] | tuple[Share, ...] | None
)
"""A cell that was read; None for a blank."""

EXPECTED_WHOLE = "a whole number such as 1"
EXPECTED_CURRENCY = "a currency such as EUR"
ASK = "ask"
"""The word of rules/columns.yaml that leaves a value with two readings to its typist."""


class CellReader:
    """Reads cells, and remembers within one reading what the same cell said before.

    A tab repeats its suppliers, units and days thousands of times; each is read once.

    Args:
        rules: The columns of every tab.
        today: The calendar day in the workbook's time zone.
    """

    def __init__(self, rules: ColumnRules, today: date) -> None:
        self._longest_text = rules.longest_text
        self._today = today
        self._known: dict[tuple[int, Notation], dict[tuple[type, RawCell], Value | Unread]] = {}

    def read(
        self, raws: Iterable[RawCell], column: ColumnSpec, notation: Notation
    ) -> list[Value | Unread]:
        """Read cells of one column, numbers and days by the notation."""
        known = self._known.setdefault((id(column), notation), {})
        values: list[Value | Unread] = []
        for raw in raws:
            if raw is None or raw == "":
                values.append(None)
                continue
            # 1, 1.0 and TRUE are one dictionary key in Python, and three things in a sheet.
            place = (type(raw), raw)
            if place not in known:
                known[place] = self._fresh(raw, column, notation)
            values.append(known[place])
        return values

    def _fresh(self, raw: RawCell, column: ColumnSpec, notation: Notation) -> Value | Unread:
        match column.kind:
            case CellKind.DATE:
                return read_date(raw, notation, self._today)
            case CellKind.CHOICE:
                return read_choice(raw, column.choices)
            case CellKind.TEXT:
                return read_text(raw, self._longest_text)
            case kind if kind in NUMBER_READERS:
                return NUMBER_READERS[kind](raw, notation)
            case kind:
                return WORD_READERS[kind](raw)


def _whole(raw: RawCell, notation: Notation) -> Decimal | Unread | None:
    value = read_quantity(raw, notation)
    if isinstance(value, Unread):
        advice = f"Write {EXPECTED_WHOLE}."
        return Unread(seen=seen_as(raw), expected=EXPECTED_WHOLE, advice=advice)
    return value


def _currency(raw: RawCell) -> str | Unread | None:
    said = read_identifier(raw)
    if isinstance(said, Unread) or (said is not None and said.was_number):
        advice = "Write its three letters, such as EUR."
        return Unread(seen=seen_as(raw), expected=EXPECTED_CURRENCY, advice=advice)
    return said.text.upper() if said is not None else None


def hub_notation(rules: ColumnRules) -> Notation:
    """How the buyer's own people write numbers and dates; what is to be asked about is untold."""
    told = [text for text in (rules.notation.number, rules.notation.date) if text != ASK]
    notation = read_notation(*told)
    return UNTOLD if isinstance(notation, Unread) else notation


NUMBER_READERS: Mapping[CellKind, Callable[[RawCell, Notation], Value | Unread]] = {
    CellKind.WHOLE_NUMBER: _whole,
    CellKind.QUANTITY: read_quantity,
    CellKind.PERCENT: read_percent,
    CellKind.RATIOS: read_ratios,
    CellKind.SHARES: read_shares,
    CellKind.MONEY: read_money,
}
WORD_READERS: Mapping[CellKind, Callable[[RawCell], Value | Unread]] = {
    CellKind.IDENTIFIER: read_identifier,
    CellKind.CURRENCY: _currency,
    CellKind.FLAG: read_flag,
}
