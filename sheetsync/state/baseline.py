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
Values = dict[str, Any]


class Stamp(NamedTuple):
    """Which settling made the baseline: its cycle, and the lease that it was made under."""

    cycle: int
    settled_under: int


def read_stamp(connection: Connection) -> Stamp:
    """The stamp of the stored baseline."""
    row = connection.execute(select(workbook.c.cycle, workbook.c.settled_under)).one()
    return Stamp(row.cycle, row.settled_under)


def load(connection: Connection) -> Baseline:
    """The whole baseline.

    Raises:
        StateError: Something in it was changed outside the worker, or is of a newer version.
    """
    counters = connection.execute(
        select(workbook.c.cycle, workbook.c.numbered, workbook.c.witnessed)
    ).one()
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
    places = select(settled_row.c.spreadsheet, settled_row.c.tab).distinct()
    tabs = [TabAddress(row.spreadsheet, row.tab) for row in connection.execute(places)]
    return {tab: _load_tab(connection, tab) for tab in sorted(tabs, key=tab_order)}


def _load_tab(connection: Connection, tab: TabAddress) -> dict[RowKey, SettledRow]:
    table = settled_row.c
    stored = connection.execute(
        select(table.row_key, table.cells, table.cells_digest, table.first_seen_at).where(
            table.spreadsheet == tab.spreadsheet, table.tab == tab.tab
        )
    )
    return settled_rows(cast("Sequence[StoredRow]", stored.all()), tab)


def _load_known(connection: Connection, table: Table, kind: type[T]) -> dict[str, T]:
    """The key stands in the second column of these tables, the value in the third."""
    key, value = list(table.c)[1:]
    stored = connection.execute(select(key, value)).all()
    values = all_from_stored(kind, (row[1] for row in stored))
    known = {row[0]: found for row, found in zip(stored, values, strict=True)}
    return dict(sorted(known.items()))


def _load_lines(connection: Connection) -> dict[LineKey, LineState]:
    table = line_state.c
    stored = connection.execute(select(table.po_number, table.line_number, table.value)).all()
    states = all_from_stored(LineState, (row.value for row in stored))
    lines = {
        LineKey(row.po_number, int(row.line_number)): state
        for row, state in zip(stored, states, strict=True)
    }
    return {key: lines[key] for key in sorted(lines, key=line_order)}


def save(connection: Connection, delta: BaselineDelta, stamp: Stamp) -> None:
    """Lay a settled delta over the stored baseline."""
    for tab, of_tab in delta.rows.items():
        _save_rows(connection, tab, of_tab)
    _save_known(connection, order_state, _known_values(OrderState, "po_number", delta.orders))
    _save_known(connection, line_state, _line_values(delta.lines))
    _save_known(connection, open_finding, _known_values(OpenFinding, "finding_id", delta.findings))
    _save_known(connection, told, _known_values(Told, "reader", delta.told))
    connection.execute(
        update(workbook).values(cycle=stamp.cycle, settled_under=stamp.settled_under)
    )
    if delta.witnessed is not None:
        heard = json.dumps(sorted(delta.witnessed))
        connection.execute(update(workbook).values(witnessed=heard))
    if delta.numbered is not None:
        connection.execute(update(workbook).values(numbered=str(delta.numbered)))


def _save_rows(
    connection: Connection, tab: TabAddress, rows: Mapping[RowKey, SettledRow | None]
) -> None:
    places = [row_place(tab, key) for key in rows]
    _replace(
        connection,
        settled_row,
        places,
        [settled_row_values(tab, key, row) for key, row in rows.items() if row is not None],
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
    at_place = delete(table)
    for name in places[0]:
        at_place = at_place.where(table.c[name] == bindparam(f"at_{name}"))
    connection.execute(
        at_place, [{f"at_{name}": part for name, part in place.items()} for place in places]
    )
    if rows:
        connection.execute(insert(table), rows)


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
