"""Events as new rows of the history tab, each once.

Never: decides whether something happened; changes a row that stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC

from sheetsync.core.model import RawCell
from sheetsync.core.plan import Event
from sheetsync.sheets.fitting import Fit, Sight, place_row

EVENT_ID = "event_id"


def fit_events(events: Iterable[Event], taken: Collection[int], sight: Sight) -> Fit:
    """The events that happened and that the tab does not show yet, as new rows.

    Without its id column nothing is written: nobody could tell what stands there already. The
    journal keeps the events until the column is back.
    """
    fit = Fit(sight=sight)
    if EVENT_ID not in sight.columns or sight.has_moved:
        return fit
    place = sight.spec.index[EVENT_ID]
    shown = {str(row[place]) for row in sight.rows}
    for event in events:
        has_happened = event.needs is None or event.needs in taken
        if has_happened and event.event_id not in shown:
            shown.add(event.event_id)
            fit.rows.append(place_row(_cells(event), sight))
    return fit


def _cells(event: Event) -> dict[str, RawCell]:
    return {
        EVENT_ID: event.event_id,
        "at": event.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "po_number": event.po_number,
        "line_number": event.line_number,
        "tab": event.tab,
        "field": event.field,
        "old": event.old,
        "new": event.new,
        "actor": event.actor,
        "proof": event.proof,
        "decision": event.decision,
        "rule": event.rule,
        "order_version": event.order_version,
    }
