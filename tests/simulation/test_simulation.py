"""Stories of the simulation as tests: a hundred seeds keep every law, and a seed is one story.

Each chunk is a process of its own, as `make simulate` runs it: what other tests patch does not reach
it, and sets are walked in the order of a fixed hash.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FIRST_SEED = 1
SEEDS = 100
CHUNKS = 10


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", module, "--jobs", "1", *arguments]
    return subprocess.run(  # noqa: S603 - our own program
        command, env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False
    )


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run("simulation", *arguments)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_hundred_stories_keep_every_law(chunk):
    runs = SEEDS // CHUNKS
    first = FIRST_SEED + chunk * runs

    done = simulate(*("--seed", str(first), "--runs", str(runs), "--shrink", "30", "--most", "1"))

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


def test_the_same_seed_is_the_same_story():
    one, two = (simulate("--seed", "3", "--runs", "1", "--verbose") for _ in range(2))

    assert told(one) == told(two)
    assert len(told(one)) > 60


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [re.sub(r"\d+\.\d+ s|\d+ s;", "", line) for line in done.stdout.splitlines()]


def test_a_story_is_long_enough():
    done = simulate("--seed", "3", "--runs", "1", "--verbose")

    cycles, acts, faults = re.search(
        r"(\d+) cycles, (\d+) acts, (\d+) faults", done.stdout
    ).groups()
    assert int(cycles) >= 20
    assert int(acts) >= 40
    assert int(faults) >= 5


def test_a_worker_that_overwrites_is_caught():
    """One mutant here; all of them by `make simulate-mutants`."""
    done = run("simulation.mutants", "--only", "ignore-expected")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 mutants were caught" in done.stdout


def test_some_stores_are_lost_and_the_older_one_takes_over():
    done = simulate("--seed", "4", "--runs", "1", "--verbose")

    assert re.search("the operator confirms\n(.*\n)+? *cycle 1000001 ", done.stdout)
    assert " 1 restores" in done.stdout
