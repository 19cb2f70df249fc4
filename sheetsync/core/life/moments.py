"""A time as somebody types it on a command line: "2026-11-21 14:00", "2026-11-21", or ISO.

Never: looks at a clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

_TYPED = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[ T](?P<minute>\d{1,2}:\d{2})"
    r"(?P<second>:\d{2})?(?P<fraction>\.\d+)?(?P<offset> ?(?:Z|[+-]\d{2}:?\d{2}))?)?"
)
_SPANS = (
    ("fraction", timedelta(microseconds=1)),
    ("second", timedelta(seconds=1)),
    ("minute", timedelta(minutes=1)),
    ("day", timedelta(days=1)),
)
"""How long what was typed lasts: as long as the smallest part of it."""


def read_moment(text: str, zone: tzinfo, *, is_end: bool) -> datetime | None:
    """The instant that is meant, or None where the text is no time.

    Args:
        text: A day, a minute, or an instant in ISO form; without an offset, in `zone`.
        zone: The configured time zone.
        is_end: A day means its end, a minute or a second its last moment (as of, until); else
            their beginning.
    """
    typed = _TYPED.fullmatch(text.strip())
    if typed is None or (typed["fraction"] and not typed["second"]):
        return None
    span = next(span for part, span in _SPANS if typed[part])
    clock = f"{typed['minute'] or '00:00':0>5}{typed['second'] or ''}{typed['fraction'] or ''}"
    try:
        read = datetime.fromisoformat(f"{typed['day']}T{clock}{(typed['offset'] or '').strip()}")
        moment = read + span - timedelta(microseconds=1) if is_end else read
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        # An hour that clocks repeat, or that they leave out, can be read in two ways.
        ways = [moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        return max(ways) if is_end else min(ways)
    except (ValueError, OverflowError):
        return None
