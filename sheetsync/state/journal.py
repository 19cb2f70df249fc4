"""The journal: every event that happened, once each, in the order in which it was recorded.

Each carries a mac that chains it to the one before (`core.chain`). The history tab is a projection
of it. Never: changes or forgets an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, bindparam, func, insert, select, update

from sheetsync.core.history.chain import GENESIS, chain, holds, shown
from sheetsync.core.plan import ChainedEvent, Event
from sheetsync.errors import ConfigError
from sheetsync.state.rows import event_from_stored, event_values, order_digest
from sheetsync.state.tables import journal

T = TypeVar("T")

_AT_ONCE = 500

_NEWEST = select(journal.c.seq, journal.c.mac).order_by(journal.c.seq.desc()).limit(1)
_LAST_TWO = select(journal.c.event, journal.c.mac).order_by(journal.c.seq.desc()).limit(2)
_COUNTED = select(func.count(), func.count(journal.c.mac))
_KNOWN_IDS = select(journal.c.event_id).where(
    journal.c.event_id.in_(bindparam("ids", expanding=True))
)
_APPEND = insert(journal)


class Head(NamedTuple):
    """Where the chain ends: the number and the mac of the newest event."""

    seq: int
    mac: str


def head(connection: Connection) -> Head:
    """The newest event's number and mac; 0 and `GENESIS` where nothing is recorded yet."""
    row = connection.execute(_NEWEST).one_or_none()
    return Head(0, GENESIS) if row is None else Head(row.seq, row.mac)


def chained(connection: Connection, events: Sequence[Event], key: bytes) -> list[ChainedEvent]:
    """The events that are not there yet, as they would be recorded now."""
    unique = {event.event_id: event for event in events}
    present: set[str] = set()
    for some in in_parts(list(unique)):
        present.update(connection.execute(_KNOWN_IDS, {"ids": some}).scalars())
    fresh = [event for event_id, event in unique.items() if event_id not in present]
    last = head(connection)
    return list(chain(fresh, last.mac, last.seq, key))


def record(connection: Connection, events: Sequence[Event], cycle_id: int, key: bytes) -> int:
    """Append the events that are not there yet; returns how many were appended."""
    fresh = chained(connection, events, key)
    if fresh:
        connection.execute(
            _APPEND,
            [
                {
                    "seq": each.seq,
                    "cycle_id": cycle_id,
                    "mac": each.mac,
                    **event_values(each.event),
                }
                for each in fresh
            ],
        )
    return len(fresh)


def keep_chain(connection: Connection, key: bytes) -> None:
    """Chain what was recorded before there was a chain, and see that this is the chain's key.

    Only a journal without any mac is chained anew: a row whose mac alone is gone was robbed of it.

    Raises:
        ConfigError: The journal was chained with another key, or changed outside the worker.
    """
    rows, chained_rows = connection.execute(_COUNTED).one()
    if not rows:
        return
    if chained_rows:
        _check_key(connection, key, is_whole=rows == chained_rows)
        return
    stored = select(journal.c.event).order_by(journal.c.seq)
    events = map(event_from_stored, connection.execute(stored).scalars().all())
    values = [{"at_seq": each.seq, "mac": each.mac} for each in chain(events, GENESIS, 0, key)]
    connection.execute(update(journal).where(journal.c.seq == bindparam("at_seq")), values)


def _check_key(connection: Connection, key: bytes, *, is_whole: bool) -> None:
    rows = connection.execute(_LAST_TWO).all()
    before = rows[1].mac if len(rows) > 1 else GENESIS
    last = (*shown(event_from_stored(rows[0].event)), rows[0].mac)
    if not is_whole or not holds(last, before, key):
        raise ConfigError(
            "the history key is not the one with which the change history was chained so far, or "
            "the journal was changed outside the worker.",
            subject="history_key",
            remedy="Give the old key back; docs/history.md says what to do if it is lost.",
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


def in_parts(values: Sequence[T]) -> list[Sequence[T]]:
    """As many at once as any database takes in one statement."""
    return [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]
