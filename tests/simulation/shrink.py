"""From a story that breaks a law to the shortest one that still breaks it.

Happenings are left out in ever smaller groups, as long as the same law stays broken (delta
debugging, after Zeller). Never: changes a happening.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from simulation.story import Story

Breaks = Callable[[Story], bool]


def shrink(story: Story, breaks: Breaks, *, patience_s: float) -> Story:
    """The shortest story found before the patience is over.

    Args:
        story: A story that breaks the law.
        breaks: Whether a story still breaks it.
        patience_s: How long to try, by the wall clock; the outcome may depend on it, never a run.
    """
    until = time.monotonic() + patience_s
    best, group = story, max(1, len(story.happenings) // 2)
    while time.monotonic() < until:
        numbers = [each.number for each in best.happenings]
        shorter = None
        for start in range(0, len(numbers), group):
            if time.monotonic() > until:
                break
            candidate = best.without(set(numbers[start : start + group]))
            if breaks(candidate):
                shorter = candidate
                break
        if shorter is not None:
            best = shorter
            group = max(1, min(group, len(best.happenings) // 2))
        elif group == 1:
            break
        else:
            group = max(1, group // 2)
    return best
