"""The rows of one tab that people began, cell by cell read, as a frame for the schema.

Rules: the columns of rules/columns.yaml. Never: judges a value, makes a record; and no frame leaves
this folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from sheetsync.core.columns.cells import CellReader, Value
from sheetsync.core.model import RawCell, RowRef, TabKind, TabReading
from sheetsync.core.reading import Identifier, Notation, Unread, normalise_key
from sheetsync.core.rows import is_blank, is_mark, key_text, row_refs
from sheetsync.core.rulebook import ColumnSpec, TabSpec

FIRST_ROW = 2
"""Row 1 holds the headers."""

KEY = "(key)"
"""The frame's column that tells rows apart; no field of rules/columns.yaml has brackets."""

WORKERS_FIELDS_READ = {
    TabKind.ORDERS: frozenset({"status", "version"}),
    TabKind.SUPPLIER: frozenset({"currency"}),
}
"""The worker's own cells that are read back; all others are only ever written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabFrame:
    """A tab's rows, read cell by cell.

    Args:
        reading: The tab as it was read.
        spec: Its columns.
        refs: Sheet row (1-based) -> which row it is, for the rows that people began.
        cells: One row each, indexed by sheet row; object cells: a value, None or an `Unread`.
    """

    reading: TabReading
    spec: TabSpec
    refs: Mapping[int, RowRef]
    cells: pd.DataFrame


def read_frame(
    reading: TabReading, spec: TabSpec, reader: CellReader, hub: Notation, suppliers: Notation
) -> TabFrame:
    """Read every cell that matters of the rows that people began.

    Args:
        reading: A readable tab.
        spec: Its columns.
        reader: Reads one cell.
        hub: The notation of the buyer's people.
        suppliers: The notation of the tab's supplier, for columns marked `notation`.
    """
    begun = {
        number: (ref, cells)
        for number, (ref, cells) in enumerate(
            zip(row_refs(reading.rows, spec), reading.rows, strict=True), FIRST_ROW
        )
        if ref is not None and _is_begun(cells, spec)
    }
    columns: dict[str, list[Value | Unread | str]] = {}
    for column in columns_read(reading.place.kind, spec):
        place, notation = spec.index[column.field], suppliers if column.notation else hub
        raws = (cells[place] for _, cells in begun.values())
        columns[column.field] = [*reader.read(raws, column, notation)]
    columns[KEY] = [
        _key(number, cells, spec, {field: columns[field][place] for field in spec.key})
        for place, (number, (_, cells)) in enumerate(begun.items())
    ]
    return TabFrame(
        reading=reading,
        spec=spec,
        refs={number: ref for number, (ref, _) in begun.items()},
        cells=pd.DataFrame(columns, index=list(begun), dtype=object),
    )


def columns_read(kind: TabKind, spec: TabSpec) -> tuple[ColumnSpec, ...]:
    """The columns whose cells are read: people's, the key's, and a few of the worker's own."""
    workers = WORKERS_FIELDS_READ.get(kind, frozenset())
    return tuple(
        column
        for column in spec.columns
        if column.is_people_s or column.field in spec.key or column.field in workers
    )


def _is_begun(cells: Sequence[RawCell], spec: TabSpec) -> bool:
    """Whether a person wrote in the row; a column of unticked checkboxes is no writing."""
    return any(
        not is_blank(cells[place]) and cells[place] is not False for place in spec.content_indexes
    )


def _key(
    number: int,
    cells: Sequence[RawCell],
    spec: TabSpec,
    values: Mapping[str, Value | Unread | str],
) -> str:
    """What must be unique over the tab; a row that still waits for its key is its own.

    Finer than the rows' keys: line 1 and line 01 are one line.
    """
    raw = tuple(key_text(cells[place]) for place in spec.key_indexes)
    if not all(raw) or is_mark(raw, spec):
        return f"row {number}"
    parts = (_comparable(values[field], text) for field, text in zip(spec.key, raw, strict=True))
    return repr(tuple(parts))


def _comparable(value: Value | Unread | str, text: str) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Identifier):
        return normalise_key(value.text)
    return text
