"""Dates (stands in for a moment)."""

from datetime import date, timedelta

from sheetsync.core.reading.cells import RawCell, Unread, unread
from sheetsync.core.reading.notation import Notation


def read_date(raw: RawCell, notation: Notation, today: date) -> date | None | Unread:
    """Read serial numbers and ISO days."""
    del notation, today
    if raw is None or raw == "":
        return None
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 1 <= raw <= 2958465:
        return date(1899, 12, 30) + timedelta(days=int(raw))
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        return unread(raw, "a date such as 2026-04-03", "Write 2026-04-03.")
