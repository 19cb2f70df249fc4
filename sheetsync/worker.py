"""The clock: a cycle every few minutes, back-off, signals, shutdown.

Never: decides, reads or writes anything itself.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import schedule
import structlog

from sheetsync.cycle import CycleReport
from sheetsync.errors import LeaseHeld, QuotaExceeded, SafetyStop, SetupError, SheetsyncError

log = structlog.get_logger("sheetsync.worker")

ALIKE_FAILURES = 3
"""So many unexpected failures of one kind in a row stop the worker."""

FOLLOW_UPS = 3
"""So many cycles may follow at once when one asks for another."""

Cycle = Callable[[datetime], CycleReport]
"""Runs one cycle at the given time."""


def the_time() -> datetime:
    """Now, UTC, by this machine's clock."""
    return datetime.now(UTC)


class Worker:
    """Runs cycles on a schedule until it is told to stop.

    Args:
        cycle: Runs one cycle.
        every_minutes: Minutes between two cycles.
        told: Is given each report, for the terminal.
    """

    def __init__(
        self, cycle: Cycle, *, every_minutes: int, told: Callable[[CycleReport], None]
    ) -> None:
        self._cycle = cycle
        self._told = told
        self._stopping = threading.Event()
        self._failures: list[str] = []
        self._schedule = schedule.Scheduler()
        self._schedule.every(every_minutes).minutes.do(self.tick)

    def run(self) -> None:
        """Run a cycle now and then on schedule, until SIGTERM or SIGINT.

        Raises:
            SetupError: Somebody must edit something first.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.tick()
        while not self._stopping.is_set():
            self._stopping.wait(max(0.0, self._schedule.idle_seconds or 0.0))
            if not self._stopping.is_set():
                self._schedule.run_pending()
        log.info("stopped")

    def tick(self) -> None:
        """One cycle, and another at once as long as it asks for it."""
        try:
            for _ in range(FOLLOW_UPS):
                report = self._cycle(the_time())
                self._told(report)
                if not report.wants_another or self._stopping.is_set():
                    break
        except Exception as error:  # noqa: BLE001 - the one place: the next tick comes all the same
            self._meet(error)
        else:
            self._failures.clear()

    def _meet(self, error: Exception) -> None:
        """Decide who can mend it: time, an operator, or us."""
        match error:
            case SetupError():
                raise error
            case LeaseHeld():
                log.info("another worker serves this spreadsheet, waiting", why=str(error))
            case QuotaExceeded():
                log.warning("quota used up", retry_after_s=error.retry_after_s)
            case SafetyStop():
                log.error("standing still", why=str(error))
            case SheetsyncError():
                log.warning("cycle dropped", why=str(error))
            case _:
                log.error("cycle dropped", exc_info=error)
                self._failures.append(repr(type(error)))
                last = self._failures[-ALIKE_FAILURES:]
                if len(last) == ALIKE_FAILURES and len(set(last)) == 1:
                    raise error

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        log.info("stopping after this cycle", signal=signal.Signals(number).name)
        self._stopping.set()
