"""The worker's own deciding, held against itself while it works.

*Same twice* and *part is whole*: what the worker decides with its memory of the last cycle is decided
once more, without a memory, from the same arguments; the two plans must be equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sheetsync import cycle
from sheetsync.core.memory import Memory
from sheetsync.core.plan import Plan

EVERY = 8


class Thinking:
    """Decides as the worker does, and at times twice."""

    def __init__(self) -> None:
        self.differences: list[str] = []
        self._decide = cycle.decide
        self._count = 0

    def decide(self, *arguments: Any, **options: Any) -> Plan:
        """What `core.decide` says."""
        plan = self._decide(*arguments, **options)
        self._count += 1
        if self._count % EVERY == 0:
            other = self._decide(*arguments, **{**options, "memory": Memory()})
            if other != plan:
                self.differences.append(_differing(plan, other))
        return plan

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While this lasts, every cycle decides here."""
        cycle.decide = self.decide  # type: ignore[assignment]
        try:
            yield
        finally:
            cycle.decide = self._decide


def _differing(one: Plan, other: Plan) -> str:
    names = [name for name in Plan.__slots__ if getattr(one, name) != getattr(other, name)]
    return f"decided anew it gives other {', '.join(names)}"
