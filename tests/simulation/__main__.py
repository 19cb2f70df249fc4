"""`make simulate`: run stories, and tell the shortest form of those that break a law.

python -m simulation --seed 1 --runs 100 --jobs 2
python -m simulation --seed 17 --runs 1 --keep 3,14,52      # replays a shortened story
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import structlog

from simulation.run import Result, run_story
from simulation.shrink import shrink
from simulation.story import Story, make_story

HASHES = "0"
"""Sets of texts are walked in an order that depends on this; a replay must walk them alike."""


def main(arguments: list[str] | None = None) -> int:
    """Run; 0 when every law held."""
    asked = _parse(arguments)
    if os.environ.get("PYTHONHASHSEED") != HASHES and arguments is None:
        os.environ["PYTHONHASHSEED"] = HASHES
        os.execv(  # noqa: S606 - this program again
            sys.executable, [sys.executable, "-m", "simulation", *sys.argv[1:]]
        )
    quiet()
    if asked.keep is not None:
        return _replay(asked.seed, {int(n) for n in asked.keep.split(",") if n})
    return _run_all(asked)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--runs", type=int, default=20, help="so many seeds from there")
    parser.add_argument("--jobs", type=int, default=2, help="so many processes")
    parser.add_argument("--keep", help="replay only these happenings of the seed's story")
    parser.add_argument("--log", type=Path, help="a file that gets one line a run")
    parser.add_argument("--shrink", type=float, default=90.0, help="seconds to shorten a failure")
    parser.add_argument("--most", type=int, default=3, help="failures told at length")
    parser.add_argument("--verbose", action="store_true", help="tell every story")
    return parser.parse_args(arguments)


def quiet() -> None:
    """What the worker logs is told by the stories."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _run_all(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    seeds = range(asked.seed, asked.seed + asked.runs)
    failed: list[Result] = []
    total: Counter[str] = Counter()
    log = asked.log.open("a", encoding="utf-8") if asked.log else None
    for count, result in enumerate(_results(seeds, asked.jobs), start=1):
        total.update({name: getattr(result.tally, name) for name in result.tally.__slots__})
        total["violations"] += bool(result.violations)
        line = _line(result)
        if log is not None:
            log.write(f"{count}/{asked.runs} {line}\n")
            log.flush()
        if asked.verbose:
            say(*result.told)
        if result.violations:
            failed.append(result)
            say(line)
    for result in failed[: asked.most]:
        _explain(result, asked.shrink)
    seconds = time.monotonic() - began
    summary = (
        f"{asked.runs} runs from seed {asked.seed}: {total['cycles']} cycles, {total['acts']} acts, "
        f"{total['faults']} faults, {total['deaths']} deaths, {total['sleeps']} sleeps beyond the "
        f"lease, {total['rivals']} rivals, {total['restores']} restores, {seconds:.0f} s; {total['violations']} runs broke a law."
    )
    say(summary)
    if log is not None:
        log.write(summary + "\n")
        log.close()
    return 1 if failed else 0


def _results(seeds: Sequence[int], jobs: int):
    if jobs <= 1 or len(seeds) == 1:
        yield from map(_run, seeds)
        return
    with ProcessPoolExecutor(jobs, initializer=quiet) as pool:
        yield from pool.map(_run, seeds, chunksize=min(8, max(1, len(seeds) // (jobs * 4))))


def _run(seed: int) -> Result:
    return run_story(make_story(seed))


def _line(result: Result) -> str:
    t = result.tally
    counts = f"{t.cycles} cycles, {t.acts} acts, {t.faults} faults, {t.deaths} deaths"
    broken = "; ".join(map(str, result.violations[:4]))
    return f"seed {result.seed}: {counts}, {result.seconds:.2f} s" + (
        f": {len(result.violations)} broken: {broken[:900]}" if result.violations else ""
    )


def _explain(result: Result, patience_s: float) -> None:
    """The shortest story, in words, and how to play it again."""
    first = result.violations[0]
    broken = (first.law, first.sort)
    story = shrink(make_story(result.seed), lambda s: _breaks(s, broken), patience_s=patience_s)
    _tell(story, run_story(story))


def _breaks(story: Story, broken: tuple[str, str]) -> bool:
    return broken in {(each.law, each.sort) for each in run_story(story).violations}


def _replay(seed: int, kept: set[int]) -> int:
    whole = make_story(seed)
    story = whole.without({each.number for each in whole.happenings} - kept)
    result = run_story(story)
    _tell(story, result)
    return 1 if result.violations else 0


def _tell(story: Story, result: Result) -> None:
    kept = ",".join(str(each.number) for each in story.happenings)
    say("", f"The story of seed {story.seed}, {len(story.happenings)} happenings:")
    say(*result.told)
    for violation in result.violations:
        say(f"  BROKEN {violation}")
    say(f"Play it again: make simulate SEED={story.seed} KEEP={kept}", "")


def say(*lines: str) -> None:
    """Print."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
