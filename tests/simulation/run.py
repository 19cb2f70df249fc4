"""Runs of stories, one seed after another."""

from __future__ import annotations

import time
from dataclasses import dataclass

from simulation.course import Course, play
from simulation.laws import Watch
from simulation.leaving import Left, left_by
from simulation.oracle import judge
from simulation.outcome import Tally, Violation
from simulation.story import Story, make_story


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run."""

    seed: int
    tally: Tally
    violations: tuple[Violation, ...]
    seconds: float
    told: tuple[str, ...]


def run_story(story: Story) -> Result:
    """Let it happen and hold all laws against it."""
    began = time.perf_counter()
    watch = Watch()
    left: list[Left] = []

    def look(course: Course) -> None:
        left.append(left_by(course))

    course = play(story, watch.after_tick, judge, *((look,) if story.is_twice else ()))
    if story.is_twice:
        play(story.undisturbed(), lambda _: None, look)
        course.violations.extend(left[0].differences(left[1]))
    return Result(
        seed=story.seed,
        tally=course.tally,
        violations=tuple(course.violations),
        seconds=time.perf_counter() - began,
        told=tuple(course.told),
    )


def run_seed(seed: int) -> Result:
    """The run of one seed."""
    return run_story(make_story(seed))
