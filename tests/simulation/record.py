"""What the worker itself left behind: the journal of its store, the tabs, the findings.

Read past the worker, straight from its database file and from the server's grid.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sheetsync.core.model import RowKey, TabKind
from sheetsync.core.plan import Event
from sheetsync.state.rows import event_from_stored
from simulation.desk import Desk
from simulation.notebook import Typed
from simulation.office import Office

DAY_ZERO = date(1899, 12, 30)
ROW = "(row)"


def events_after(folder: Path, seq: int) -> list[tuple[int, Event]]:
    """The journal's events beyond a number, oldest first."""
    return [(number, event) for number, event, _ in rows_after(folder, seq)]


def findings(office: Office) -> list[Mapping[str, Any]]:
    """The rows of Exceptions, open and closed."""
    desk = Desk(office, office.places.of(TabKind.EXCEPTIONS))
    return [desk.cells(row) for row in desk.filled()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """What findings say of writes that landed where nobody could mend them: tab, row, columns."""

    said: tuple[tuple[str, str, str], ...]

    def tells_of(self, tab: str, key: RowKey | None = None, header: str | None = None) -> bool:
        """Whether a finding names this tab, and of it this row and this column, where given."""
        return any(
            tab.startswith(where)
            and (key is None or all(part in row for part in key))
            and (not header or _names(message, header))
            for where, row, message in self.said
        )


def _names(message: str, header: str) -> bool:
    """Whether a message names the column, by its header or as somebody had renamed it."""
    return re.search(f"'(Old )*{re.escape(header)}!*'", message) is not None


def misplaced(office: Office) -> Misplaced:
    """The writes that are said to have landed where nobody could mend them."""
    said = [
        (tab.address.tab, str(row.get("document", "")).casefold(), str(row.get("message", "")))
        for row in findings(office)
        if row.get("code") == "write-misplaced"
        for tab in office.places.tabs
        if str(row.get("place", "")).startswith(tab.address.tab)
    ]
    return Misplaced(said=tuple(said))


def shown_rows(office: Office) -> tuple[tuple[Any, ...], ...]:
    """What the change history shows below its header, blank rows left out."""
    desk = Desk(office, office.places.of(TabKind.HISTORY))
    found = (desk.tab.grid.row(row) for row in desk.filled())
    rows = (tuple(row.values) if row is not None else () for row in found)
    return tuple(row for row in rows if any(value != "" for value in row))


def rows_after(folder: Path, seq: int) -> list[tuple[int, Event, str]]:
    """The journal's events beyond a number with their macs, oldest first."""
    with closing(sqlite3.connect(folder / "state.db")) as connection:
        rows = connection.execute(
            "SELECT seq, event, mac FROM journal WHERE seq > ? ORDER BY seq", (seq,)
        ).fetchall()
    return [(int(number), event_from_stored(text), str(mac or "")) for number, text, mac in rows]


def shown_history(office: Office) -> list[Mapping[str, Any]]:
    """The rows of the change history."""
    desk = Desk(office, office.places.of(TabKind.HISTORY))
    return [desk.cells(row) for row in desk.filled()]


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same, a day as a number or as a text."""
    return bool(set(_forms(one)) & set(_forms(other)))


def _forms(value: Any) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, bool):
        yield str(value)
        return
    if isinstance(value, int | float):
        yield f"{float(value):g}" if abs(value) < 100_000 else repr(value)
        if float(value).is_integer() and 40_000 < value < 60_000:
            yield (DAY_ZERO + timedelta(days=int(value))).isoformat()
        return
    text = str(value).strip()
    yield text
    with suppress(ValueError):
        yield f"{float(text):g}"


def tells_of(event: Event, typed: Typed) -> bool:
    """Whether an event of the journal says that this value was typed."""
    if event.field == typed.field:
        return same(event.new, typed.value)
    if event.field == ROW:
        return any(
            isinstance(text, str) and same(_of_row(text).get(typed.field), typed.value)
            for text in (event.new, event.old)
        )
    return False


def _of_row(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def in_a_finding(rows: Sequence[Mapping[str, Any]], typed: Typed, office: Office) -> bool:
    """Whether a finding speaks of the value, or of its cell."""
    text = str(typed.value).strip()
    spec = Desk(office, typed.tab).spec.by_field.get(typed.field)
    header = spec.header if spec is not None else typed.field
    keys = [key for key in typed.keys if key is not None]
    for row in rows:
        message, where = str(row.get("message", "")), str(row.get("place", ""))
        if len(text) > 3 and text in message:
            return True
        document = str(row.get("document", "")).casefold()
        is_place = where.startswith(typed.tab.tab) and header in where
        if is_place and any(all(part in document for part in key) for key in keys):
            return True
        if is_place and not document:
            return True
    return False
