"""How long a cycle takes, and its steps, without the time that the server works by itself.

Never: changes what the measured parts do.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bench.server import ServerProcess
from sheetsync.ports import Ports

T = TypeVar("T")

STEPS = {
    "read": "read",
    "baseline": "load state",
    "record_intent": "record intent",
    "apply": "apply",
    "settle": "settle",
    "missing_events": "history check",
    "unknown_events": "history check",
}
"""The calls of a cycle to its ports; what is not in any of them is deciding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one act took, in seconds and calls.

    `cpu_s` is this process's own, which other work on the machine does not lengthen.
    """

    wall_s: float
    server_s: float
    cpu_s: float
    calls: Mapping[str, int]
    sent_bytes: int
    received_bytes: int
    steps: Mapping[str, float] = field(default_factory=dict)

    @property
    def own_s(self) -> float:
        """Without the server's own time."""
        return self.wall_s - self.server_s


def timed(server: ServerProcess, act: Callable[[], T]) -> tuple[Taken, T]:
    """Carry out an act and say what it took."""
    server.calls()
    gc.collect()
    began, cpu_began = time.perf_counter(), time.process_time()
    result = act()
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    calls = server.calls()
    counted: dict[str, int] = {}
    for call in calls:
        kind = "read" if call.method == "GET" else "write"
        counted[kind] = counted.get(kind, 0) + 1
    taken = Taken(
        wall_s=wall_s,
        cpu_s=cpu_s,
        server_s=sum(call.seconds for call in calls),
        calls=counted,
        sent_bytes=sum(call.request_bytes for call in calls),
        received_bytes=sum(call.response_bytes for call in calls),
    )
    return taken, result


class Watched:
    """Anything, with the seconds of its calls noted by step."""

    def __init__(self, inner: Any, steps: dict[str, float]) -> None:
        self._inner = inner
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        step = STEPS.get(name)
        if step is None:
            return found

        def noted(*words: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return found(*words, **options)
            finally:
                spent = time.perf_counter() - began
                self._steps[step] = self._steps.get(step, 0.0) + spent

        return noted

    @contextmanager
    def lease(self, now: datetime) -> Iterator[Any]:
        """A watched session."""
        with self._inner.lease(now) as session:
            yield Watched(session, self._steps)


def watched(ports: Ports, steps: dict[str, float]) -> Ports:
    """The same ports, watched."""
    return Ports(
        workbook=Watched(ports.workbook, steps),
        state=Watched(ports.state, steps),
        mailer=ports.mailer,
    )
