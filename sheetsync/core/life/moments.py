"""A time as somebody types it on a command line: "2026-11-21 14:00", "2026-11-21", or ISO.

Never: looks at a clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}")


def read_moment(text: str, zone: tzinfo, *, is_end: bool) -> datetime | None:
    """The instant that is meant, or None where the text is no time.

    Args:
        text: A day, a minute, or an instant in ISO form; without an offset, in `zone`.
        zone: The configured time zone.
        is_end: A day means its end, a minute its last moment (as of, until); else their beginning.
    """
    said = text.strip()
    span = timedelta(0)
    if _DAY.fullmatch(said):
        span = timedelta(days=1)
    elif _MINUTE.fullmatch(said):
        span = timedelta(minutes=1)
        day, _, clock = said.replace("T", " ").partition(" ")
        said = f"{day} {clock:0>5}"
    try:
        read = datetime.fromisoformat(said)
        if read.tzinfo is not None:
            return read.astimezone(UTC)
        # In the hour that clocks repeat, the later one is the end.
        last = read + span - timedelta(microseconds=1) if is_end and span else read
        return last.replace(tzinfo=zone, fold=int(is_end)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
