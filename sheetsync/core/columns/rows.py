"""A validated row: its cells by field, as the record makers ask for them.

A cell that failed its schema is `None` here and named in `unread`, so that no record is ever made
of a value that was refused. `ReadRow` is a row for itself, the same wherever it stands; `Row` is
one that stands somewhere, beside others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sheetsync.core.columns.cells import Value
from sheetsync.core.columns.frames import RawRow, RowFrame, unique_key
from sheetsync.core.columns.names import Said
from sheetsync.core.columns.schemas import Failure, Fault
from sheetsync.core.findings import Code
from sheetsync.core.model import RowKey, RowRef, Source, TabKind, TabPlace
from sheetsync.core.reading import Amount, Identifier, Ratio, Share, Unread
from sheetsync.core.rows import is_mark, key_text, row_key

HARMLESS = frozenset({Fault.NUMBER, Fault.BLANK})
"""Faults that leave the cell's value as it is: a number read as its digits, a blank."""

PERSON_IN = {TabKind.PEOPLE: "person", TabKind.RELEASES: "released_by"}
"""Under which field a row names a person; elsewhere it is an approver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """A cell that failed its schema; `unread` where it could not even be read."""

    field: str
    fault: Fault
    unread: Unread | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadRow:
    """A row that people began, read and judged for itself.

    Args:
        raws: Its raw cells.
        key: Its key as all rooms tell rows apart.
        unique_key: What no other row of the tab may have; None while it waits for its key.
        is_marked: Whether it waits for its number under a mark such as "new1".
        cells: Field -> value, as far as it was read and passed.
        unread: The fields whose cell was refused.
        faults: What failed, by column.
    """

    raws: RawRow
    key: RowKey | None
    unique_key: RowKey | None
    is_marked: bool
    cells: Mapping[str, Value]
    unread: frozenset[str]
    faults: tuple[CellFault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Something wrong with a cell of a row, or (without `field`) with the row, in words."""

    code: Code
    field: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """One row that people began, where it stands.

    Args:
        place: Its tab.
        ref: Which row it is.
        source: Where it stood.
        alike: How many rows of the tab have its key, itself included.
        read: What it is for itself.
        said: The names that it says; a supplier's tab says whose it is.
        cells: Field -> value, as far as it was read and does not contradict its neighbour.
        unread: The fields whose cell was refused.
        complaints: What is wrong between its cells.
    """

    place: TabPlace
    ref: RowRef
    source: Source
    alike: int
    read: ReadRow
    said: Said
    cells: Mapping[str, Value]
    unread: frozenset[str]
    complaints: tuple[Complaint, ...] = ()

    @property
    def is_marked(self) -> bool:
        """Whether it waits for its number under a mark such as "new1"."""
        return self.read.is_marked

    @property
    def is_doubled(self) -> bool:
        """Whether another row has the same key."""
        return self.alike > 1

    def text(self, field: str) -> str | None:
        """An identifier, a word or a text."""
        return _text(self.cells, field)

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

    def ratios(self, field: str) -> tuple[Ratio, ...]:
        """Conversions of units."""
        return tuple(one for one in self._list(field) if isinstance(one, Ratio))

    def shares(self, field: str) -> tuple[Share, ...]:
        """Words with amounts."""
        return tuple(one for one in self._list(field) if isinstance(one, Share))

    def _list(self, field: str) -> tuple[Ratio | Share, ...]:
        value = self.cells.get(field)
        return value if isinstance(value, tuple) else ()

    def flag(self, field: str) -> bool:
        """A tick box; a blank one is not ticked."""
        return self.cells.get(field) is True

    def unread_of(self, fields: Iterable[str]) -> frozenset[str]:
        """Those of the fields that were refused."""
        return self.unread & frozenset(fields)


def read_rows(frame: RowFrame, found: Iterable[Failure]) -> Iterator[ReadRow]:
    """The rows of a frame without the cells that failed, in the frame's order."""
    failed: dict[int, list[Failure]] = defaultdict(list)
    for failure in found:
        failed[failure.row].append(failure)
    fields, spec = list(frame.columns), frame.spec
    columns = zip(*frame.columns.values(), strict=True)
    for number, (raws, values) in enumerate(zip(frame.rows, columns, strict=True)):
        cells = {
            field: value for field, value in zip(fields, values, strict=True) if value is not None
        }
        faults = tuple(_fault(failure, cells) for failure in failed.get(number, ()))
        key = row_key(raws, spec)
        refused = {fault.field for fault in faults if fault.fault not in HARMLESS}
        refused.update(field for field, value in cells.items() if isinstance(value, Unread))
        yield ReadRow(
            raws=raws,
            key=key,
            unique_key=unique_key(raws, cells, spec),
            is_marked=is_mark((key_text(raws[spec.key_indexes[0]]),), spec),
            cells={
                field: value
                for field, value in cells.items()
                if field not in refused and not isinstance(value, Unread)
            },
            unread=frozenset(refused),
            faults=faults,
        )


def _fault(failure: Failure, cells: Mapping[str, Value | Unread]) -> CellFault:
    cell = cells.get(failure.field)
    unread = cell if isinstance(cell, Unread) else None
    return CellFault(field=failure.field, fault=failure.fault, unread=unread)


def placed(place: TabPlace, number: int, ref: RowRef, alike: int, read: ReadRow) -> Row:
    """The row where it stands: in sheet row `number` (1-based), beside others that are alike."""
    cells = read.cells
    return Row(
        place=place,
        ref=ref,
        source=Source(place.address, number),
        alike=alike,
        read=read,
        said=Said(
            po_number=_text(cells, "po_number"),
            supplier=place.supplier or _text(cells, "supplier"),
            requester=_text(cells, "requester"),
            person=_text(cells, PERSON_IN.get(place.kind, "approver")),
        ),
        cells=cells,
        unread=read.unread,
    )


def _text(cells: Mapping[str, Value], field: str) -> str | None:
    value = cells.get(field)
    if isinstance(value, Identifier):
        return value.text
    return value if isinstance(value, str) else None
