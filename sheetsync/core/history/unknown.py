"""Whether a history tab that lost a header tells of events that the journal does not know.

Without all of its columns no mac can be checked, and the tab stands still. That it tells of a newer
store must be seen all the same: an older one would send again what was sent since. What is left of
a row says enough: its id, or its mac, and the time of the plan that told it.

Never: compares what a row says, or lays anything right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sheetsync.core.history.chain import (
    AT,
    EVENT_ID,
    FIELDS,
    MAC,
    OUR_MARK,
    Journal,
    Row,
    event_id_of,
    shown_at,
)

_MAC = re.compile(r"[0-9a-f]{64}")


def unknown_events(
    rows: Sequence[Row], present: frozenset[str], journal: Journal
) -> tuple[str, ...]:
    """What names each row that only another store can have told: its event, or its place.

    Args:
        rows: What the tab shows, in the order of the chain's fields.
        present: The columns that are there.
        journal: What the state store recorded.
    """
    has_ids, has_times = FIELDS[EVENT_ID] in present, FIELDS[AT] in present
    ids = {str(row[EVENT_ID]) for row in journal.rows} | {*journal.archived, *journal.planned}
    macs = {row[MAC] for row in journal.rows}
    times = {shown_at(at) for at in journal.plans} | {str(row[AT]) for row in journal.rows}
    archived_before = min(times, default="")

    def is_ours(row: Row) -> bool:
        """Told by a plan of this store, or so early that it is on its way to an archive."""
        return has_times and (str(row[AT]) in times or str(row[AT]) < archived_before)

    def is_unknown(row: Row) -> bool:
        if has_ids:
            return event_id_of(row).startswith(OUR_MARK) and event_id_of(row) not in ids
        return _MAC.fullmatch(str(row[MAC])) is not None and row[MAC] not in macs

    return tuple(
        event_id_of(row) or f"row {place + 2}"
        for place, row in enumerate(rows)
        if is_unknown(row) and not is_ours(row)
    )
