"""The baseline in its tables: loaded whole when a worker starts, then only added to.

Mappings come in the order of their keys, so that a worker that was killed and started again decides
as the one that was not. Never: decides what is settled (see `settling`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from sheetsync.core.model import (
    Baseline,
    LineKey,
    LineState,
    OpenFinding,
    OrderState,
    RowKey,
    SettledRow,
    TabAddress,
    Told,
)
from sheetsync.core.plan import BaselineDelta
from sheetsync.state.rows import (
    StoredRow,
    all_from_stored,
    key_digest,
    row_place,
    settled_row_values,
    settled_rows,
    to_stored,
)
from sheetsync.state.settling import line_order, tab_order
from sheetsync.state.tables import (
    line_state,
    open_finding,
    order_state,
    settled_row,
    told,
    workbook,
)

T = TypeVar("T")

_STAMP = select(workbook.c.cycle, workbook.c.settled_under)
_COUNTERS = select(workbook.c.cycle, workbook.c.numbered, workbook.c.witnessed)
_TABS = select(settled_row.c.spreadsheet, settled_row.c.tab).distinct()
_ROWS_OF_TAB = select(
    settled_row.c.row_key,
    settled_row.c.cells,
    settled_row.c.cells_digest,
    settled_row.c.first_seen_at,
).where(
    settled_row.c.spreadsheet == bindparam("at_spreadsheet"),
    settled_row.c.tab == bindparam("at_tab"),
)
_LINES = select(line_state.c.po_number, line_state.c.line_number, line_state.c.value)
_OF_WORKBOOK = update(workbook)
# The key stands in the second column of these tables, the value in the third.
_KNOWN = {table.name: select(*[*table.c][1:]) for table in (order_state, open_finding, told)}
_REPLACED = (settled_row, order_state, line_state, open_finding, told)
_DELETE = {
    table.name: delete(table).where(
        *(column == bindparam(f"at_{column.name}") for column in table.primary_key)
    )
    for table in _REPLACED
}
_INSERT = {table.name: insert(table) for table in _REPLACED}
Values = dict[str, Any]


class Stamp(NamedTuple):
    """Which settling made the baseline: its cycle, and the lease that it was made under."""

    cycle: int
    settled_under: int


def read_stamp(connection: Connection) -> Stamp:
    """The stamp of the stored baseline."""
    row = connection.execute(_STAMP).one()
    return Stamp(row.cycle, row.settled_under)


def load(connection: Connection) -> Baseline:
    """The whole baseline.

    Raises:
        StateError: Something in it was changed outside the worker, or is of a newer version.
    """
    counters = connection.execute(_COUNTERS).one()
    return Baseline(
        cycle=counters.cycle,
        numbered=int(counters.numbered),
        rows=_load_rows(connection),
        orders=_load_known(connection, order_state, OrderState),
        lines=_load_lines(connection),
        findings=_load_known(connection, open_finding, OpenFinding),
        told=_load_known(connection, told, Told),
        witnessed=frozenset(json.loads(counters.witnessed or "[]")),
    )


def _load_rows(connection: Connection) -> dict[TabAddress, Mapping[RowKey, SettledRow]]:
    tabs = [TabAddress(row.spreadsheet, row.tab) for row in connection.execute(_TABS)]
    return {tab: _load_tab(connection, tab) for tab in sorted(tabs, key=tab_order)}


def _load_tab(connection: Connection, tab: TabAddress) -> dict[RowKey, SettledRow]:
    place = {"at_spreadsheet": tab.spreadsheet, "at_tab": tab.tab}
    stored = connection.execute(_ROWS_OF_TAB, place)
    return settled_rows(cast("Sequence[StoredRow]", stored.all()), tab)


def _load_known(connection: Connection, table: Table, kind: type[T]) -> dict[str, T]:
    stored = connection.execute(_KNOWN[table.name]).all()
    values = all_from_stored(kind, (row[1] for row in stored))
    known = {row[0]: found for row, found in zip(stored, values, strict=True)}
    return dict(sorted(known.items()))


def _load_lines(connection: Connection) -> dict[LineKey, LineState]:
    stored = connection.execute(_LINES).all()
    states = all_from_stored(LineState, (row.value for row in stored))
    lines = {
        LineKey(row.po_number, int(row.line_number)): state
        for row, state in zip(stored, states, strict=True)
    }
    return {key: lines[key] for key in sorted(lines, key=line_order)}


def save(connection: Connection, delta: BaselineDelta, stamp: Stamp) -> None:
    """Lay a settled delta over the stored baseline."""
    _save_rows(connection, delta.rows)
    _save_known(connection, order_state, _known_values(OrderState, "po_number", delta.orders))
    _save_known(connection, line_state, _line_values(delta.lines))
    _save_known(connection, open_finding, _known_values(OpenFinding, "finding_id", delta.findings))
    _save_known(connection, told, _known_values(Told, "reader", delta.told))
    news: Values = stamp._asdict()
    if delta.witnessed is not None:
        news["witnessed"] = json.dumps(sorted(delta.witnessed))
    if delta.numbered is not None:
        news["numbered"] = str(delta.numbered)
    connection.execute(_OF_WORKBOOK, news)


def _save_rows(
    connection: Connection, rows: Mapping[TabAddress, Mapping[RowKey, SettledRow | None]]
) -> None:
    settled = [(tab, key, row) for tab, of_tab in rows.items() for key, row in of_tab.items()]
    _replace(
        connection,
        settled_row,
        [row_place(tab, key) for tab, key, _ in settled],
        [settled_row_values(tab, key, row) for tab, key, row in settled if row is not None],
    )


def _save_known(
    connection: Connection, table: Table, values: Iterable[tuple[str, Values | None]]
) -> None:
    of_digest = dict(values)
    _replace(
        connection,
        table,
        [{"key_digest": found} for found in of_digest],
        [{"key_digest": found, **row} for found, row in of_digest.items() if row is not None],
    )


def _replace(
    connection: Connection, table: Table, places: list[dict[str, str]], rows: list[Values]
) -> None:
    """Delete and insert: the one form of "insert or update" that both databases share."""
    if not places:
        return
    connection.execute(
        _DELETE[table.name],
        [{f"at_{name}": part for name, part in place.items()} for place in places],
    )
    if rows:
        connection.execute(_INSERT[table.name], rows)


def _known_values(
    kind: type[T], key_name: str, known: Mapping[str, T | None]
) -> Iterable[tuple[str, Values | None]]:
    for key, value in known.items():
        row = None if value is None else {key_name: key, "value": to_stored(kind, value)}
        yield key_digest(key), row


def _line_values(
    lines: Mapping[LineKey, LineState | None],
) -> Iterable[tuple[str, Values | None]]:
    for key, state in lines.items():
        yield (
            key_digest(key.po_number, key.line_number),
            None
            if state is None
            else {
                "po_number": key.po_number,
                "line_number": str(key.line_number),
                "value": to_stored(LineState, state),
            },
        )
