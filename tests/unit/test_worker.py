"""The clock: what a tick does with what stopped its cycle."""

from __future__ import annotations

import pytest

from sheetsync.cycle import CycleReport
from sheetsync.errors import SafetyStop
from sheetsync.worker import ALIKE_FAILURES, Worker

REPORT = CycleReport(
    cycle_id=1,
    reads=1,
    writes=0,
    cells_written=0,
    writes_skipped=0,
    history_rows=0,
    findings={},
    mails_queued=0,
)


def worker_of(outcomes: list[object]) -> tuple[Worker, list[CycleReport]]:
    told: list[CycleReport] = []

    def cycle(_now):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return Worker(cycle, every_minutes=5, told=told.append), told


def test_what_stands_still_is_looked_at_again_and_goes_on_by_itself():
    stops = [SafetyStop(("why",), remedy="what to do")] * (ALIKE_FAILURES + 2)
    worker, told = worker_of([*stops, REPORT])

    for _ in stops:
        worker.tick()
    assert told == []

    worker.tick()
    assert told == [REPORT]


def test_a_stop_is_one_look_at_each_tick():
    outcomes: list[object] = [SafetyStop(("why",), remedy="what to do"), REPORT]
    worker, _ = worker_of(outcomes)
    worker.tick()
    assert outcomes == [REPORT]


def test_the_same_error_of_ours_again_and_again_ends_the_process():
    worker, _ = worker_of([KeyError("x")] * ALIKE_FAILURES)
    for _ in range(ALIKE_FAILURES - 1):
        worker.tick()
    with pytest.raises(KeyError):
        worker.tick()
