"""What is known after a plan took effect, as far as it did: pure, so that it can be tested alone.

A write that took is laid over the row as the plan saw it; a write that was skipped leaves the row
as it was, so that the next cycle sees the difference and decides afresh. Never: touches the
database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sheetsync.core.model import Baseline, LineKey, RowKey, SettledRow, TabAddress
from sheetsync.core.plan import (
    Applied,
    BaselineDelta,
    CellWrite,
    Plan,
    RowAppend,
    RowGone,
    Write,
)

K = TypeVar("K")
V = TypeVar("V")
Rows = dict[TabAddress, dict[RowKey, SettledRow | None]]


def settled_delta(before: Baseline, plan: Plan, applied: Applied, now: datetime) -> BaselineDelta:
    """The plan's delta with the writes that took laid over its rows and over settled ones."""
    rows: Rows = {
        tab: {key: row and _without_blanks(row) for key, row in of_tab.items()}
        for tab, of_tab in plan.delta.rows.items()
    }
    for write in taken(plan, applied):
        known = before.rows.get(write.tab, {})
        if isinstance(write, CellWrite):
            _lay_cell(write, rows, known)
        elif isinstance(write, RowAppend):
            _lay_row(write, rows, known, now)
    back = _not_gone(plan, applied)
    for gone in back:
        rows.get(gone.tab, {}).pop(gone.key, None)
    lines = {line for gone in back for line in gone.lines}
    orders = {line.po_number for line in lines}
    return replace(
        plan.delta,
        rows=rows,
        lines={key: state for key, state in plan.delta.lines.items() if key not in lines or state},
        orders={po: state for po, state in plan.delta.orders.items() if po not in orders or state},
        witnessed=_heard(plan, applied),
    )


def _not_gone(plan: Plan, applied: Applied) -> tuple[RowGone, ...]:
    """The rows that were missed by one reading and shown by the next."""
    return tuple(
        write
        for index, write in enumerate(plan.writes)
        if isinstance(write, RowGone) and index not in applied.taken
    )


def _heard(plan: Plan, applied: Applied) -> frozenset[str] | None:
    """The witnesses that need not be heard again: what they ask to be mended is mended."""
    if plan.delta.witnessed is None:
        return None
    unmended = {name for name, writes in plan.mends.items() if not applied.taken.issuperset(writes)}
    return plan.delta.witnessed - unmended


def taken(plan: Plan, applied: Applied) -> Iterator[Write]:
    """The writes that took, in the plan's order."""
    return (write for index, write in enumerate(plan.writes) if index in applied.taken)


def _lay_cell(write: CellWrite, rows: Rows, known: Mapping[RowKey, SettledRow]) -> None:
    """A row that nobody knows gets no half-filled row in the baseline: the next reading has it."""
    key = write.ref.key
    of_tab = rows.get(write.tab, {})
    if not write.settles:
        return
    if key is None or (write.ref.content is not None and key not in of_tab):
        return
    row = of_tab[key] if key in of_tab else known.get(key)
    if row is None:
        return
    laid = replace(row, cells={**row.cells, write.field: write.value})
    rows.setdefault(write.tab, {})[key] = _without_blanks(laid)


def _lay_row(
    write: RowAppend, rows: Rows, known: Mapping[RowKey, SettledRow], now: datetime
) -> None:
    """A row that is appended again keeps the time when it was first seen."""
    planned = rows.get(write.tab, {}).get(write.key)
    earlier = planned or known.get(write.key)
    row = SettledRow(
        cells={**(planned.cells if planned else {}), **write.cells},
        first_seen_at=earlier.first_seen_at if earlier else now,
    )
    rows.setdefault(write.tab, {})[write.key] = _without_blanks(row)


def _without_blanks(row: SettledRow) -> SettledRow:
    if None not in row.cells.values():
        return row
    return replace(row, cells={name: cell for name, cell in row.cells.items() if cell is not None})


def advance(before: Baseline, delta: BaselineDelta, cycle: int) -> Baseline:
    """The baseline with a settled delta on it, every mapping in the order of its keys."""
    rows = {
        tab: _overlay(before.rows.get(tab, {}), of_tab, tuple) for tab, of_tab in delta.rows.items()
    }
    tabs = {tab: of_tab for tab, of_tab in {**before.rows, **rows}.items() if of_tab}
    return Baseline(
        cycle=cycle,
        numbered=before.numbered if delta.numbered is None else delta.numbered,
        rows=dict(sorted(tabs.items(), key=lambda item: tab_order(item[0]))),
        orders=_overlay(before.orders, delta.orders, str),
        lines=_overlay(before.lines, delta.lines, line_order),
        findings=_overlay(before.findings, delta.findings, str),
        told=_overlay(before.told, delta.told, str),
        witnessed=before.witnessed if delta.witnessed is None else delta.witnessed,
    )


def tab_order(tab: TabAddress) -> tuple[str, str]:
    """Where a tab stands among all tabs."""
    return (tab.spreadsheet, tab.tab)


def line_order(key: LineKey) -> tuple[str, int]:
    """Where a line stands among all lines."""
    return (key.po_number, key.line_number)


def _overlay(
    before: Mapping[K, V], changes: Mapping[K, V | None], order: Callable[[K], Any]
) -> Mapping[K, V]:
    if not changes:
        return before
    laid = {key: value for key, value in {**before, **changes}.items() if value is not None}
    if changes.keys() <= before.keys():
        return laid
    return dict(sorted(laid.items(), key=lambda item: order(item[0])))
