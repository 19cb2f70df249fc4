"""The tabs as the worker last settled them, as if somebody had read them just now.

Rows without a key, and those that share one, are not settled and not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sheetsync.core.model import Baseline, Snapshot, TabPlace, TabReading
from sheetsync.core.rulebook import ColumnRules


def as_settled(
    baseline: Baseline, places: Iterable[TabPlace], columns: ColumnRules, at: datetime
) -> Snapshot:
    """A reading of what is known."""
    tabs = {}
    for place in places:
        fields = columns.tabs[place.kind].fields
        rows = baseline.rows.get(place.address, {}).values()
        tabs[place.address] = TabReading(
            place=place,
            fields=fields,
            present=frozenset(fields),
            rows=tuple(tuple(row.cells.get(field) for field in fields) for row in rows),
        )
    return Snapshot(read_at=at, tabs=tabs)
