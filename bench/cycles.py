"""The four kinds of cycle over one workbook, each beside a bare read of it, several times.

first    nothing is known yet: the state is empty and the worker's columns are blank
changed  one of a hundred lines was edited by people, receipts and invoices among them
idle     nothing was changed since the last cycle
restart  as idle, by a worker that has just been started with its state on the disk

Never: judges the figures.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.edits import edit
from bench.office import Office, open_office
from bench.reader import BareReader
from bench.server import ServerProcess
from bench.stopwatch import Taken, timed, watched
from bench.workbook import make_workbook
from sheetsync.config import Config
from sheetsync.cycle import CycleReport, run_cycle
from sheetsync.ports import Ports

KINDS = ("first", "changed", "idle", "restart")
DECIDE = "decide and the rest"
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MOST_CYCLES = 8
"""After so many cycles without new edits, a worker must have come to rest."""

Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Measured:
    """All runs over one workbook, and how large it is."""

    lines: int
    cells: int = 0
    rows: int = 0
    payload_bytes: int = 0
    runs: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    reports: dict[str, list[CycleReport]] = field(default_factory=lambda: defaultdict(list))
    edited: list[int] = field(default_factory=list)
    to_rest: int = 0


class Clock:
    """Every cycle is a minute after the last."""

    def __init__(self) -> None:
        self._now = MORNING

    def tick(self) -> datetime:
        """The next minute."""
        self._now += timedelta(minutes=1)
        return self._now


def measure(size: int, seed: int, *, runs: int, first_runs: int, say: Say) -> Measured:
    """Measure every kind of cycle over a workbook of so many order lines."""
    measured, clock = Measured(lines=size), Clock()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sheetsync-bench-")))
        server = stack.enter_context(ServerProcess())
        book = make_workbook(size, seed)
        say(f"{size:,} order lines: loading")
        office = open_office(server, folder, book)
        server.keep()
        bare = stack.enter_context(BareReader(server, office.hub.id, office.titles()))
        config = office.config
        for run in range(first_runs):
            say(f"{size:,} order lines: first cycle {run + 1} of {first_runs}")
            server.go_back()
            config = office.fresh(f"first-{run}")
            _run(measured, "first", office, config, clock)
            _read(measured, "first", server, bare)
        ports = stack.enter_context(office.ports(config))
        measured.to_rest = _rest(office, ports, clock)
        for run in range(runs):
            say(f"{size:,} order lines: changed, idle, restart {run + 1} of {runs}")
            measured.edited.append(edit(office, book, max(5, size // 100)))
            _cycle(measured, "changed", office, ports, clock)
            _read(measured, "changed", server, bare)
            _rest(office, ports, clock)
            _cycle(measured, "idle", office, ports, clock)
            _read(measured, "idle", server, bare)
            _run(measured, "restart", office, config, clock)
            _read(measured, "restart", server, bare)
        measured.cells, measured.rows, measured.payload_bytes = bare.counted()
    return measured


def _cycle(measured: Measured, kind: str, office: Office, ports: Ports, clock: Clock) -> None:
    """One cycle of a worker that runs."""
    steps: dict[str, float] = {}
    seen = watched(ports, steps)
    taken, report = timed(
        office.server, lambda: run_cycle(seen, office.rules, office.mandate, clock.tick())
    )
    _note(measured, kind, taken, report, steps)


def _run(measured: Measured, kind: str, office: Office, config: Config, clock: Clock) -> None:
    """One cycle of a worker that is made for it: its ports, its token, its state."""
    steps: dict[str, float] = {}

    def once() -> CycleReport:
        with office.ports(config) as ports:
            return run_cycle(watched(ports, steps), office.rules, office.mandate, clock.tick())

    taken, report = timed(office.server, once)
    _note(measured, kind, taken, report, steps)


def _note(
    measured: Measured, kind: str, taken: Taken, report: CycleReport, steps: dict[str, float]
) -> None:
    rest = taken.wall_s - sum(steps.values())
    measured.runs[kind].append(replace(taken, steps={**steps, DECIDE: rest}))
    measured.reports[kind].append(report)


def _read(measured: Measured, kind: str, server: ServerProcess, bare: BareReader) -> None:
    """A bare read of the workbook as the cycle left it."""
    taken, (wall_s, cpu_s) = timed(server, bare.read)
    measured.beside[kind].append(replace(taken, wall_s=wall_s, cpu_s=cpu_s))


def _rest(office: Office, ports: Ports, clock: Clock) -> int:
    """Cycles until nothing is written any more."""
    for count in range(MOST_CYCLES):
        report = run_cycle(ports, office.rules, office.mandate, clock.tick())
        if not report.writes and not report.wants_another:
            return count
    raise RuntimeError(f"the worker writes still after {MOST_CYCLES} cycles without an edit")
