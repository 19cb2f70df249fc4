"""A validated row: its cells by field, as the record makers ask for them.

A cell that failed its schema is `None` here and named in `unread`, so that no record is ever made
of a value that was refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sheetsync.core.columns.cells import Value
from sheetsync.core.columns.frames import FIRST_ROW, KEY, TabFrame
from sheetsync.core.columns.schemas import Failure, Fault
from sheetsync.core.model import RowRef, Source, TabPlace
from sheetsync.core.reading import Amount, Identifier, Unread
from sheetsync.core.rows import is_mark, key_text

HARMLESS = frozenset({Fault.NUMBER, Fault.BLANK})
"""Faults that leave the cell's value as it is: a number read as its digits, a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that people began.

    Args:
        place: Its tab.
        ref: Which row it is.
        source: Where it stood.
        cells: Field -> value, as far as it was read.
        unread: The fields whose cell was refused.
        is_marked: Whether it waits for its number under a mark such as "new1".
        is_doubled: Whether another row has the same key.
    """

    place: TabPlace
    ref: RowRef
    source: Source
    cells: Mapping[str, Value]
    unread: frozenset[str]
    is_marked: bool
    is_doubled: bool

    def text(self, field: str) -> str | None:
        """An identifier, a word or a text."""
        value = self.cells.get(field)
        if isinstance(value, Identifier):
            return value.text
        return value if isinstance(value, str) else None

    def number(self, field: str) -> Decimal | None:
        """A quantity, or an amount without its currency."""
        value = self.cells.get(field)
        if isinstance(value, Amount):
            return value.value
        return value if isinstance(value, Decimal) else None

    def whole(self, field: str) -> int | None:
        """A line number or a version."""
        value = self.number(field)
        return int(value) if value is not None and value == value.to_integral_value() else None

    def currency_said(self, field: str) -> str | None:
        """The currency that was typed beside an amount."""
        value = self.cells.get(field)
        return value.currency if isinstance(value, Amount) else None

    def day(self, field: str) -> date | None:
        """A calendar day."""
        value = self.cells.get(field)
        return value if isinstance(value, date) else None

    def flag(self, field: str) -> bool:
        """A tick box; a blank one is not ticked."""
        return self.cells.get(field) is True

    def unread_of(self, fields: Iterable[str]) -> frozenset[str]:
        """Those of the fields that were refused."""
        return self.unread & frozenset(fields)


def rows_of(frame: TabFrame, found: Iterable[Failure]) -> Iterator[Row]:
    """The rows of a frame without the cells that failed, in sheet order."""
    refused: dict[int, set[str]] = {}
    for failure in found:
        if failure.fault not in HARMLESS:
            refused.setdefault(failure.row, set()).add(failure.field)
    fields = [str(name) for name in frame.cells.columns if name != KEY]
    columns = [frame.cells[field].tolist() for field in fields]
    address = frame.reading.place.address
    first_key = frame.spec.key_indexes[0]
    for (number, ref), values in zip(frame.refs.items(), zip(*columns, strict=True), strict=True):
        raws = frame.reading.rows[number - FIRST_ROW]
        bad = refused.get(number, set())
        bad.update(
            field for field, value in zip(fields, values, strict=True) if isinstance(value, Unread)
        )
        yield Row(
            place=frame.reading.place,
            ref=ref,
            source=Source(address, number),
            cells={
                field: value
                for field, value in zip(fields, values, strict=True)
                if value is not None and field not in bad
            },
            unread=frozenset(bad - {KEY}),
            is_marked=is_mark((key_text(raws[first_key]),), frame.spec),
            is_doubled=KEY in bad,
        )
