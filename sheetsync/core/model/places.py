"""Where things stand and who a row is: tabs, keys, sources, one reading of the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

RawCell = str | int | float | bool | None
"""One cell as read: text, number, truth value, or `None` for a blank."""


class TabKind(StrEnum):
    """What a tab is for; the keys of `tabs` in rules/columns.yaml."""

    ORDER_LINES = "order_lines"
    ORDERS = "orders"
    SUPPLIER = "supplier"
    APPROVALS = "approvals"
    RECEIPTS = "receipts"
    INVOICES = "invoices"
    RELEASES = "releases"
    PAYMENTS = "payments"
    SUPPLIERS = "suppliers"
    ITEMS = "items"
    PEOPLE = "people"
    MATCH_RESULTS = "match_results"
    PAYABLE = "payable"
    EXCEPTIONS = "exceptions"
    HISTORY = "history"
    STATUS = "status"


LISTS = frozenset({TabKind.MATCH_RESULTS, TabKind.PAYABLE, TabKind.EXCEPTIONS, TabKind.STATUS})
"""Lists of the worker's own: it makes their rows, and what is typed over there is written again."""

HUB = "hub"
"""The name of the buyer's own spreadsheet; a private one is named by its supplier's number."""


@dataclass(frozen=True, slots=True)
class TabAddress:
    """Where a tab stands. `spreadsheet` is `HUB` or a supplier's number, `tab` the title."""

    spreadsheet: str
    tab: str

    def __str__(self) -> str:
        return self.tab if self.spreadsheet == HUB else f"{self.tab} ({self.spreadsheet})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TabPlace:
    """A tab of the configured workbook and what it is for."""

    address: TabAddress
    kind: TabKind
    supplier: str | None = None

    @property
    def is_private(self) -> bool:
        """Whether the tab stands in a spreadsheet shared with its supplier alone."""
        return self.address.spreadsheet != HUB


@dataclass(frozen=True, slots=True)
class LineKey:
    """Who an order line is; survives sorting and inserted rows."""

    po_number: str
    line_number: int

    def __str__(self) -> str:
        return f"{self.po_number}/{self.line_number}"


RowKey = tuple[str, ...]
"""The key cells of a row in comparable form (see `core.rows`)."""


@dataclass(frozen=True, slots=True)
class RowRef:
    """A row by meaning: by its key, or by its content where the key is missing or not unique.

    `content` holds the raw cells of the people's columns, and `occurrence` counts equal rows from
    the top; such rows are interchangeable.
    """

    key: RowKey | None = None
    content: tuple[RawCell, ...] | None = None
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record stood when it was read, 1-based; for messages only."""

    tab: TabAddress
    row: int

    def __str__(self) -> str:
        return f"{self.tab} row {self.row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TabReading:
    """The cells of one tab at one reading.

    Args:
        place: Which tab.
        exists: False when the spreadsheet has no tab of that title; then `rows` is empty.
        refusal: Why the spreadsheet does not open for the worker, in words; "" where it does.
        fields: The columns of rules/columns.yaml for this kind of tab, in that order.
        present: Those of `fields` whose header stands in the sheet.
        duplicates: Headers that stand twice; the leftmost one was read.
        unknown: Headers that nobody knows; left alone.
        rows: Raw cells aligned with `fields`; `rows[i]` stands in sheet row `i + 2`.
        headers_at: The row, 1-based, in which the headers stand when they are gone from row 1; 0
            where they stand nowhere else.
    """

    place: TabPlace
    exists: bool = True
    refusal: str = ""
    fields: tuple[str, ...]
    present: frozenset[str]
    duplicates: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    rows: tuple[tuple[RawCell, ...], ...] = ()
    headers_at: int = 0


WITNESSED_LENGTH = 200
"""Of longer texts a witness says the beginning: its words must fit into one cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedCell:
    """One written cell: what was meant, and what stood there in that instant.

    Args:
        field: The column that was meant.
        at_field: The column that it was; None where nobody knows its header.
        header: That header, in words.
        expected: What the cell was to show before.
        before: What it did show.
        value: What was written.
    """

    field: str
    at_field: str | None
    header: str
    expected: RawCell
    before: RawCell
    value: RawCell


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What stood in a row that the worker wrote into, copied in the same instant.

    Google has no conditional write, so between the last look and the write rows may move and people
    may type. The batch that writes first copies what it is about to write over; here is the copy.

    Args:
        witness_id: The same at every reading.
        tab: Where it was written.
        ref: The row that was meant.
        is_meant: Whether the row that stood there was that row.
        at: The cells by which that row is known, by field.
        cells: The written cells.
        appended: Instead of a row that stood there: the keys of new rows, which got each of `cells`
            in another column than was meant. What was written into them was settled since.
    """

    witness_id: str
    tab: TabAddress
    ref: RowRef
    is_meant: bool
    at: Mapping[str, RawCell]
    cells: tuple[WitnessedCell, ...]
    appended: tuple[RowKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every tab at one reading; `read_at` in UTC, `witnesses` of the last writes newest first."""

    read_at: datetime
    tabs: Mapping[TabAddress, TabReading]
    witnesses: tuple[Witness, ...] = ()

    def of_kind(self, kind: TabKind) -> tuple[TabReading, ...]:
        """The readings of one kind of tab; several only for suppliers' tabs."""
        return tuple(reading for reading in self.tabs.values() if reading.place.kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabs:
    """Where each kind of tab stands, and each supplier's."""

    of_kind: Mapping[TabKind, TabAddress]
    of_supplier: Mapping[str, TabPlace]


def tabs_of(snapshot: Snapshot) -> Tabs:
    """The configured tabs by what they are for."""
    places = [reading.place for reading in snapshot.tabs.values()]
    return Tabs(
        of_kind={p.kind: p.address for p in places if p.kind is not TabKind.SUPPLIER},
        of_supplier={p.supplier: p for p in places if p.supplier is not None},
    )
