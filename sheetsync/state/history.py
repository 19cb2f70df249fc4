"""The journal as the rows of the history tab: decoded once, then only what came after.

Never: changes the journal, knows a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy import Row as StoredRow

from sheetsync.core.history.chain import AT, EVENT_ID, FIELDS, GENESIS, Journal, Row, shown_cell
from sheetsync.state.journal import Head, in_parts
from sheetsync.state.rows import parse_all, plan_from_stored
from sheetsync.state.tables import intent, journal, workbook

LAST_PLANS = 100
"""So many cycles back, rows of plans that came to something else are known as the worker's own."""

_PLANS = (
    select(intent.c.recorded_at, intent.c.plan)
    # A mail that no plan decided may hang on a cycle 0; that is no plan.
    .where(intent.c.cycle_id > 0)
    .order_by(intent.c.cycle_id.desc())
    .limit(LAST_PLANS)
)
_EVENTS = (
    select(journal.c.event, journal.c.mac)
    .where(journal.c.seq > bindparam("after"))
    .order_by(journal.c.seq)
)
_EVENTS_UNTIL = _EVENTS.where(journal.c.seq <= bindparam("until"))
_ARCHIVED = select(workbook.c.archived_seq)
_SHOWN = select(workbook.c.shown_seq)


class ShownRows:
    """The rows that the history tab should show: every event but the archived ones, in order."""

    def __init__(self) -> None:
        self.archived = Head(0, GENESIS)
        self._rows: list[Row] = []
        self._ids: set[str] = set()

    def read(self, connection: Connection) -> Sequence[Row]:
        """The rows, brought up to date."""
        archived = archived_head(connection)
        if archived != self.archived:
            left = self._rows[: archived.seq - self.archived.seq]
            self._rows = self._rows[len(left) :]
            self._ids.difference_update(str(row[EVENT_ID]) for row in left)
            self.archived = archived
        newer = list(rows_after(connection, archived.seq + len(self._rows)))
        self._rows += newer
        self._ids.update(str(row[EVENT_ID]) for row in newer)
        return self._rows

    def journal(self, connection: Connection, told: Collection[str], key: bytes) -> Journal:
        """What the tab is held against, when it shows events of these ids."""
        rows = self.read(connection)
        strange = [event_id for event_id in told if event_id not in self._ids]
        plans = connection.execute(_PLANS).all()
        shown_seq = connection.execute(_SHOWN).scalar_one()
        return Journal(
            rows=rows,
            before=self.archived.mac,
            archived=_archived(connection, strange, self.archived.seq),
            plans=tuple(each.recorded_at for each in plans),
            planned=_planned(plans[0].plan) if plans and plans[0].plan else frozenset(),
            shown=max(shown_seq - self.archived.seq, 0) if shown_seq else None,
            key=key,
        )


def rows_after(connection: Connection, seq: int, until: int | None = None) -> Iterator[Row]:
    """The rows of the events after one number, and up to another."""
    if until is None:
        return _rows(connection.execute(_EVENTS, {"after": seq}).all())
    return _rows(connection.execute(_EVENTS_UNTIL, {"after": seq, "until": until}).all())


def archived_head(connection: Connection) -> Head:
    """The last event that left the tab for an archive."""
    seq = connection.execute(_ARCHIVED).scalar_one()
    if not seq:
        return Head(0, GENESIS)
    mac = select(journal.c.mac).where(journal.c.seq == seq)
    return Head(seq, connection.execute(mac).scalar_one())


def _archived(connection: Connection, ids: Sequence[str], until: int) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for some in in_parts(ids) if until else ():
        wanted = select(journal.c.event, journal.c.mac)
        wanted = wanted.where(journal.c.event_id.in_(some), journal.c.seq <= until)
        for row in _rows(connection.execute(wanted).all()):
            found[str(row[EVENT_ID])] = row
    return found


def _rows(stored: Sequence[StoredRow[Any, Any]]) -> Iterator[Row]:
    """Journal rows as the tab shows them, without making events of them: there are thousands."""
    for said, row in zip(parse_all(row.event for row in stored), stored, strict=True):
        at = said["at"]
        cells = [shown_cell(said.get(name)) for name in FIELDS]
        cells[AT] = f"{at[:10]} {at[11:19]}"
        yield (*cells, row.mac)


def _planned(plan: str) -> frozenset[str]:
    """The ids of the plan that waits to be finished; a settled one is dropped from its intent."""
    return frozenset(event.event_id for event in plan_from_stored(plan).events)
