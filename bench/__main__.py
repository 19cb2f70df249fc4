"""python -m bench: measure, print the tables, keep the figures as JSON under bench/out/."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from pathlib import Path

import structlog

from bench.cycles import measure
from bench.figures import figures_of, tables

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
SIZES = (1_000, 10_000)
LARGE = 5_000
"""From so many order lines on, the first cycle is measured fewer times, as it takes so long."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=SIZES, help="order lines, by run")
    parser.add_argument("--runs", type=int, default=5, help="of every kind of cycle")
    parser.add_argument("--first-runs", type=int, help="of first cycles (fewer if large)")
    parser.add_argument("--seed", type=int, default=1, help="of workbook and edits")
    parser.add_argument("--keep", action="store_true", help="put the tables into docs/")
    return parser


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    given = _parser().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.monotonic()

    def say(text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {text}\n")

    measured = [
        measure(
            size,
            given.seed,
            runs=given.runs,
            first_runs=given.first_runs or (given.runs if size < LARGE else min(3, given.runs)),
            say=say,
        )
        for size in given.lines
    ]
    figures = figures_of(measured, given.seed)
    OUT.mkdir(exist_ok=True)
    name = "-".join(map(str, given.lines))
    (OUT / f"cycles-{name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    shown = tables(figures)
    sys.stdout.write(shown + "\n")
    if given.keep:
        keep(shown)


def keep(shown: str) -> None:
    """Put the tables between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{shown}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
