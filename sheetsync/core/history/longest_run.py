"""Which of some places may stay where they are, so that the fewest must move. Never: moves any."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def longest_run(places: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """The places of the longest strictly increasing run of the numbers."""
    ends: list[int] = []
    at_end: list[int] = []
    came_from: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(ends, number)
        came_from.append(at_end[length - 1] if length else -1)
        if length == len(ends):
            ends.append(number)
            at_end.append(index)
        else:
            ends[length], at_end[length] = number, index
    run: list[int] = []
    index = at_end[-1] if at_end else -1
    while index >= 0:
        run.append(places[index])
        index = came_from[index]
    return run[::-1]
