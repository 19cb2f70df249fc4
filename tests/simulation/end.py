"""Everything that is left when a run is over, as the judges look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheetsync.core.model import Snapshot
from sheetsync.core.plan import Event
from simulation.course import Course
from simulation.record import Misplaced


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Everything that is left when all is over."""

    course: Course
    events: list[Event]
    found: list[Any]
    standing: set[int]
    snapshot: Snapshot
    misplaced: Misplaced
    macs: list[str]
