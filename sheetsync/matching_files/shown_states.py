"""What the Status and Agreed columns of Order lines say, for files that have no worker's memory.

Rules: `statuses` of rules/lifecycle.yaml, `notation` of rules/columns.yaml.
Never: takes an order that is not told to be issued for one, except where nothing is told of any.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sheetsync.core.columns.cells import hub_notation
from sheetsync.core.model import LineKey, LineState, RawCell, Records, TabReading, Terms
from sheetsync.core.reading import Unread, read_date, read_money, read_quantity
from sheetsync.core.rulebook import Rulebook
from sheetsync.settings_file import nearest

AGREED = frozenset({"confirmed", "short_closed", "closed", "on_hold", "change_proposed"})
"""Statuses in which what is agreed goes before what was ordered."""

ENDED = frozenset({"closed", "cancelled"})


def shown_states(
    records: Records, reading: TabReading, rules: Rulebook, now: datetime
) -> tuple[dict[LineKey, LineState], tuple[str, ...]]:
    """The state of every order line as its row shows it, and what was not understood.

    Where no row says anything under Status, all lines count as issued: the file is of a system
    that keeps no drafts in it.
    """
    rows = {line.source.row: line.key for line in records.order_lines if line.key is not None}
    place = {field: index for index, field in enumerate(reading.fields)}
    tells = any(row[place["status"]] is not None for row in reading.rows)
    states: dict[LineKey, LineState] = {}
    problems = []
    for number, row in enumerate(reading.rows, start=2):
        key = rows.get(number)
        if key is None:
            continue
        cells = {field: row[index] for field, index in place.items()}
        status = _status(cells["status"]) if tells else "issued"
        if status not in rules.lifecycle.statuses:
            problems.append(
                f"row {number}: status {status!r} is unknown; "
                f"{nearest(status, tuple(rules.lifecycle.statuses))} The line counts as a draft"
            )
            status = "draft"
        states[key] = _state(status, cells, rules, now)
    return states, tuple(problems)


def _status(raw: RawCell) -> str:
    return "draft" if raw is None else "_".join(str(raw).casefold().split())


def _state(status: str, cells: Mapping[str, RawCell], rules: Rulebook, now: datetime) -> LineState:
    agreed = _agreed(cells, rules, now.date()) if status in AGREED else Terms()
    # Nobody knows when it was closed: what stands beside it already came before.
    return LineState(status=status, agreed=agreed, closed_at=now if status in ENDED else None)


def _agreed(cells: Mapping[str, RawCell], rules: Rulebook, today: date) -> Terms:
    notation = hub_notation(rules.columns)
    quantity = read_quantity(cells.get("agreed_quantity"), notation)
    price = read_money(cells.get("agreed_price"), notation)
    day = read_date(cells.get("agreed_date"), notation, today)
    return Terms(
        quantity=quantity if isinstance(quantity, Decimal) else None,
        unit_price=None if price is None or isinstance(price, Unread) else price.value,
        promised_date=day if isinstance(day, date) else None,
    )
