"""How much of a plan goes into one batch.

Google has no written limit, recommends 2 MB, and was seen to refuse more than 10 MB. A plan that is
larger goes out in parts, in its order, each as full as it may be.

Never: changes the order of what is written; sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

RECOMMENDED = 2_000_000
"""Bytes; by Google."""

LEAST_BYTES_A_CELL = 40
"""With all that goes around it; measured are 65."""

FULL = 0.95
"""A part is aimed at this share of the limit; what comes next may be a little longer."""

T = TypeVar("T")
Body = TypeVar("Body")


def first_part(
    items: Sequence[T],
    build: Callable[[Sequence[T]], Body],
    size_of: Callable[[Body], int],
    *,
    limit: int,
    guess: int,
) -> tuple[int, Body]:
    """The first items that stay within the limit together, and what is built of them.

    Args:
        items: What is left of a plan.
        build: Makes the body of a batch.
        size_of: The bytes of a body.
        limit: How many bytes it may have; one item alone may have more, for it cannot be parted.
        guess: How many items to begin with, at least one.

    Returns:
        How many of the items, at least one, and their body.
    """
    count = min(guess, len(items))
    body = build(items[:count])
    while size_of(body) > limit and count > 1:
        count = max(1, min(count - 1, as_many_as_fit(count, size_of(body), limit)))
        body = build(items[:count])
    return count, body


def first_guess(cells: Iterable[int], limit: int) -> int:
    """How many items to begin with, given the cells of each: rather too many, but not all of many.

    A plan of a size that is common goes out whole; of a very large one not everything is made into
    requests first, only to find that it is too much.
    """
    room, items = limit // LEAST_BYTES_A_CELL, 0
    for count in cells:
        room -= count
        if room < 0:
            break
        items += 1
    return max(1, items)


def as_many_as_fit(count: int, size: int, limit: int) -> int:
    """How many items will fit, if they are as long as these; at least one."""
    return max(1, int(count * FULL * limit / max(size, 1)))
