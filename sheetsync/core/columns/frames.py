"""Rows that people began, cell by cell read, column by column for the schema.

A row stands here for itself, without its place and its neighbours, so that it need be read only
once however often it is met. Rules: the columns of rules/columns.yaml. Never: judges a value, makes
a record; and no frame leaves this folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sheetsync.core.columns.cells import CellReader, Value
from sheetsync.core.model import RawCell, RowKey, TabKind
from sheetsync.core.reading import Identifier, Notation, Unread, normalise_key
from sheetsync.core.rows import is_blank, is_mark, key_text
from sheetsync.core.rulebook import ColumnSpec, TabSpec

RawRow = tuple[RawCell, ...]

WORKERS_FIELDS_READ = {
    TabKind.ORDERS: frozenset({"status", "version"}),
    TabKind.SUPPLIER: frozenset({"currency"}),
}
"""The worker's own cells that are read back; all others are only ever written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFrame:
    """Rows of one kind of tab, read cell by cell.

    Args:
        kind: What the tab is for.
        spec: Its columns.
        rows: The rows as they were read.
        columns: Field -> a value, None or an `Unread` for each row.
    """

    kind: TabKind
    spec: TabSpec
    rows: Sequence[RawRow]
    columns: Mapping[str, Sequence[Value | Unread]]


def read_frame(
    rows: Sequence[RawRow],
    kind: TabKind,
    spec: TabSpec,
    reader: CellReader,
    hub: Notation,
    suppliers: Notation,
) -> RowFrame:
    """Read every cell that matters.

    Args:
        rows: Raw cells of rows that people began.
        kind: What their tab is for.
        spec: Its columns.
        reader: Reads one cell.
        hub: The notation of the buyer's people.
        suppliers: The notation of the tab's supplier, for columns marked `notation`.
    """
    columns = {}
    for column in columns_read(kind, spec):
        place, notation = spec.index[column.field], suppliers if column.notation else hub
        raws = (cells[place] for cells in rows)
        columns[column.field] = reader.read(raws, column, notation)
    return RowFrame(kind=kind, spec=spec, rows=rows, columns=columns)


def columns_read(kind: TabKind, spec: TabSpec) -> tuple[ColumnSpec, ...]:
    """The columns whose cells are read: people's, the key's, and a few of the worker's own."""
    workers = WORKERS_FIELDS_READ.get(kind, frozenset())
    return tuple(
        column
        for column in spec.columns
        if column.is_people_s or column.field in spec.key or column.field in workers
    )


def is_begun(cells: RawRow, spec: TabSpec) -> bool:
    """Whether a person wrote in the row; a column of unticked checkboxes is no writing."""
    return any(
        not is_blank(cells[place]) and cells[place] is not False for place in spec.content_indexes
    )


def unique_key(cells: RawRow, values: Mapping[str, Value | Unread], spec: TabSpec) -> RowKey | None:
    """What must be unique over the tab; None for a row that still waits for its key.

    Finer than the rows' keys: line 1 and line 01 are one line.
    """
    raw = tuple(key_text(cells[place]) for place in spec.key_indexes)
    if not all(raw) or is_mark(raw, spec):
        return None
    return tuple(
        _comparable(values.get(field), text) for field, text in zip(spec.key, raw, strict=True)
    )


def _comparable(value: Value | Unread, text: str) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Identifier):
        return normalise_key(value.text)
    return text
