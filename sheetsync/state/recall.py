"""What the journal tells people who ask: of an order, of a row, of a time, of one event.

Never: holds a lease, or changes anything.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, or_, select

from sheetsync.core.plan import Event
from sheetsync.state.codec import to_json
from sheetsync.state.rows import event_from_stored
from sheetsync.state.tables import journal

_AT_ONCE = 100


def known_orders(connection: Connection) -> tuple[str, ...]:
    """Every order that the journal ever told of, in the order of their numbers."""
    numbers = select(journal.c.po_number).where(journal.c.po_number != "").distinct()
    return tuple(sorted(connection.execute(numbers).scalars()))


def events_of_rows(connection: Connection, rows: Collection[str]) -> tuple[Event, ...]:
    """Every event of the rows that stand under these names in `Event.tab`, oldest first.

    A row's name is found inside the stored text, without an index: this is asked by a person, of
    the invoices of one order, and reads the whole journal.
    """
    wanted = sorted(set(rows))
    found: dict[int, Event] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        names = wanted[start : start + _AT_ONCE]
        told = or_(*(journal.c.event.contains(_as_stored(name), autoescape=True) for name in names))
        for seq, stored in connection.execute(select(journal.c.seq, journal.c.event).where(told)):
            found[seq] = event_from_stored(stored)
    return tuple(found[seq] for seq in sorted(found) if found[seq].tab in set(wanted))


def events_between(
    connection: Connection, since: datetime, until: datetime | None
) -> tuple[Event, ...]:
    """What was recorded from one instant to another, both included, oldest first."""
    stored = select(journal.c.event).where(journal.c.at >= since).order_by(journal.c.seq)
    if until is not None:
        stored = stored.where(journal.c.at <= until)
    return tuple(map(event_from_stored, connection.execute(stored).scalars()))


def event_of(connection: Connection, event_id: str) -> Event | None:
    """The event of this id, or None where the journal knows none."""
    stored = select(journal.c.event).where(journal.c.event_id == event_id)
    found = connection.execute(stored).scalar_one_or_none()
    return event_from_stored(found) if found is not None else None


def _as_stored(name: str) -> str:
    return f'"tab":{to_json(name)}'
