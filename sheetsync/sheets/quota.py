"""How many requests a minute: each books the next free slot of its kind, in the order of asking.

Google counts reads and writes apart, a batch as one, and refills every minute without saying when.
So no more than the limit are booked in any minute, wherever it begins. One quota serves all the
spreadsheets of a worker; who asks first goes first, and a spreadsheet that asks often gets no more
than its turn.

Never: waits; knows of other processes. What several workers share is divided in `config.yaml`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from pyrate_limiter import InMemoryBucket, Rate, RateItem

MINUTE_S = 61.0
"""A request arrives at Google later than it is sent, and not always equally late."""

_MS = 1000


class Quota:
    """The slots of one worker.

    Args:
        reads_per_minute: How many reads may be sent in any minute.
        writes_per_minute: The same for writes.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        *,
        reads_per_minute: int,
        writes_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._reads = _minutes_of(reads_per_minute)
        self._writes = _minutes_of(writes_per_minute)

    def book(self, *, is_read: bool) -> float:
        """Book the next free slot; returns the seconds until it comes."""
        booked = self._reads if is_read else self._writes
        now = self._clock() * _MS
        slot = RateItem("slot", int(now))
        booked.leak(slot.timestamp)
        while not booked.put(slot):
            # The library's type allows for buckets that answer later; this one is in memory.
            slot = RateItem("slot", slot.timestamp + cast("int", booked.waiting(slot)))
        return max(0.0, (slot.timestamp - now) / _MS)


def _minutes_of(limit: int) -> InMemoryBucket:
    return InMemoryBucket([Rate(limit, int(MINUTE_S * _MS))])
