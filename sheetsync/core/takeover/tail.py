"""What the change history tells after the end of a journal that is older than it.

Each row carries a mac over itself and over the row before. The rows that follow the journal's
newest event one after another were therefore written by a worker of this workbook, in that order,
and nobody has changed them since. Anything less is refused, in words that name the row.

Never: takes a row on trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sheetsync.core.history.chain import (
    AT,
    COLUMNS,
    EVENT_ID,
    FIELDS,
    GENESIS,
    MAC,
    OUR_MARK,
    Journal,
    Row,
    event_id_of,
    holds,
    is_blank_row,
    same_row,
    shown,
)
from sheetsync.core.history.tab import as_rows
from sheetsync.core.model import TabReading
from sheetsync.core.plan import Event

FIRST_ROW = 2
"""Row 1 holds the headers."""

Placed = tuple[int, Row]
"""A row of the tab and its place below the header, from 0."""

TEXTS = ("po_number", "line_number", "tab", "field", "actor", "proof", "decision", "rule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The events after the journal's newest, in order; or why they cannot be taken over.

    Args:
        events: In the order of the chain.
        head: The mac of the last of them.
        refusal: What does not hold; "" where all of it does.
    """

    events: tuple[Event, ...] = ()
    head: str = GENESIS
    refusal: str = ""


def tail_of(reading: TabReading, journal: Journal) -> Tail:
    """What the tab tells after the journal's newest event.

    Rows that people moved are found in their order all the same, and what people typed into rows of
    their own is left to the next review of the tab.

    Args:
        reading: The whole history tab.
        journal: What the state store recorded.
    """
    missing = [name for name in COLUMNS if name not in reading.present]
    if missing:
        return Tail(
            refusal=f"the column {missing[0]} is not there. Rename its header back; "
            "`sheetsync init` makes one that never was there."
        )
    known = {str(row[EVENT_ID]) for row in journal.rows} | journal.archived.keys()
    rows = as_rows(reading)
    fresh = [
        (place, row)
        for place, row in enumerate(rows)
        if not is_blank_row(row) and event_id_of(row) not in known
    ]
    followers, left = _followers(fresh, journal)
    for place, row in left:
        if event_id_of(row).startswith(OUR_MARK):
            return Tail(refusal=_refusal(place, row, rows, journal))
    return _as_events(followers)


def _followers(fresh: Sequence[Placed], journal: Journal) -> tuple[list[Placed], list[Placed]]:
    """The rows that follow one another from the journal's head on, and those that do not."""
    # A worker tells its events in the order of their times, whatever the order of the rows is now.
    left = sorted(fresh, key=lambda placed: str(placed[1][AT]))
    found: list[Placed] = []
    head = journal.head
    while True:
        following = next((p for p in left if holds(p[1], head, journal.key)), None)
        if following is None:
            return found, sorted(left)
        left.remove(following)
        found.append(following)
        head = str(following[1][MAC])


def _as_events(followers: Sequence[Placed]) -> Tail:
    events = []
    for place, row in followers:
        event = event_of(row)
        if event is None or not same_row(shown(event), row[:MAC]):
            return Tail(refusal=f"row {place + FIRST_ROW} cannot be read as an event.")
        events.append(event)
    if not events:
        return Tail(refusal="no row of it follows the newest event of the store.")
    return Tail(events=tuple(events), head=str(followers[-1][1][MAC]))


def event_of(row: Row) -> Event | None:
    """The event that a row shows; None where it shows none."""
    said = dict(zip(FIELDS, row[:MAC], strict=True))
    version = said["order_version"]
    try:
        at = datetime.fromisoformat(str(said["at"])).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Event(
        event_id=str(said["event_id"]),
        at=at,
        old=said["old"],
        new=said["new"],
        order_version=int(version) if isinstance(version, int | float) else None,
        **{name: str(said[name] or "") for name in TEXTS},  # type: ignore[arg-type]  # texts all
    )


def _refusal(place: int, row: Row, rows: Sequence[Row], journal: Journal) -> str:
    """Why this row cannot be taken over, and what to do."""
    named = f"row {place + FIRST_ROW} ({event_id_of(row)})"
    macs = [str(other[MAC]) for other in rows if other is not row]
    if any(holds(row, mac, journal.key) for mac in macs):
        return (
            f"{named} holds after another row that is no continuation of this store: events "
            "between were deleted, or this store and the one that told it went apart."
        )
    return (
        f"{named} does not follow from what stood before it: it was edited, a row before it was "
        "deleted or left for an archive, or it was signed with another key."
    )
