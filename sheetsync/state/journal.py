"""The journal: every event that happened, once each, in the order in which it was recorded.

The history tab is a projection of it. Never: changes or forgets an event.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import Connection, func, insert, select

from sheetsync.core.plan import Event
from sheetsync.state.rows import event_from_stored, event_values, order_digest
from sheetsync.state.tables import journal

T = TypeVar("T")

OUR_MARK = "E-"
"""How the ids of our events begin; other text in the history tab is not an event of ours."""

_AT_ONCE = 500


class EventIds:
    """The ids in the journal by their number: read once, then only what came after."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._last = 0

    def read(self, connection: Connection) -> dict[str, int]:
        """Every recorded id, in order, with its number."""
        newer = connection.execute(
            select(journal.c.event_id, journal.c.seq)
            .where(journal.c.seq > self._last)
            .order_by(journal.c.seq)
        )
        for event_id, seq in newer:
            self._numbers[event_id] = self._last = seq
        return self._numbers


def record(connection: Connection, events: Sequence[Event], cycle_id: int) -> int:
    """Append the events that are not there yet; returns how many were appended."""
    unique = {event.event_id: event for event in events}
    present: set[str] = set()
    for some in _in_parts(list(unique)):
        ids = select(journal.c.event_id).where(journal.c.event_id.in_(some))
        present.update(connection.execute(ids).scalars())
    fresh = [event for event_id, event in unique.items() if event_id not in present]
    last = connection.execute(select(func.coalesce(func.max(journal.c.seq), 0))).scalar_one()
    if fresh:
        connection.execute(
            insert(journal),
            [
                {"seq": seq, "cycle_id": cycle_id, **event_values(event)}
                for seq, event in enumerate(fresh, start=last + 1)
            ],
        )
    return len(fresh)


def missing(connection: Connection, ids: EventIds, shown: Collection[str]) -> tuple[Event, ...]:
    """The recorded events that are not shown, oldest first."""
    seen = set(shown)
    numbers = [number for event_id, number in ids.read(connection).items() if event_id not in seen]
    found: list[Event] = []
    for some in _in_parts(numbers):
        stored = select(journal.c.event).where(journal.c.seq.in_(some)).order_by(journal.c.seq)
        found.extend(map(event_from_stored, connection.execute(stored).scalars()))
    return tuple(found)


def unknown(connection: Connection, ids: EventIds, shown: Collection[str]) -> tuple[str, ...]:
    """The shown ids of our form that were never recorded here, each once, as they are shown."""
    recorded = ids.read(connection)
    return tuple(
        dict.fromkeys(
            event_id
            for event_id in shown
            if event_id.startswith(OUR_MARK) and event_id not in recorded
        )
    )


def events_of(connection: Connection, po_number: str, line_number: str | None) -> tuple[Event, ...]:
    """The life of an order, or of one of its lines, oldest first."""
    stored = (
        select(journal.c.event)
        .where(journal.c.order_digest == order_digest(po_number))
        .order_by(journal.c.seq)
    )
    if line_number is not None:
        stored = stored.where(journal.c.line_number == line_number)
    return tuple(map(event_from_stored, connection.execute(stored).scalars()))


def _in_parts(values: Sequence[T]) -> list[Sequence[T]]:
    """As many at once as any database takes in one statement."""
    return [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]
