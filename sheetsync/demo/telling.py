"""The day told in a terminal: who did what, what the worker did about it, what stands at the end.

Never: decides whether an outcome came.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sheetsync.cycle import CycleReport
from sheetsync.demo.day import Act, Check

WIDTH = 100
MOST_LISTED = 8
MOST_SHOWN = 80


class Teller:
    """Prints the day, and counts the outcomes."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(width=WIDTH, highlight=False)
        self.came = 0
        self.failed: list[str] = []

    def scene(self, title: str) -> None:
        """A part of the day."""
        self.console.print()
        self.console.rule(Text(title, style="bold"), align="left", style="dim")

    def act(self, act: Act, made: Iterable[CycleReport]) -> None:
        """Who did what, and what that took the worker."""
        text = Text(act.who, style="bold")
        text.append(f" {act.what}", style="default")
        text.append(f"  [{effort(made)}]", style="dim")
        self._beside(Text(act.at, style="cyan"), text)

    def worker(self, line: str) -> None:
        """What the worker did about it."""
        self._beside(Text("    →", style="dim"), Text(line))

    def _beside(self, mark: Text, text: Text) -> None:
        grid = Table.grid(padding=0)
        grid.add_column(width=7)
        grid.add_column()
        grid.add_row(mark, text)
        self.console.print(grid)

    def check(self, check: Check) -> None:
        """An outcome: silent when it came."""
        if check.came:
            self.came += 1
            return
        self.failure(f"{check.what}: expected {check.expected!r}, seen {check.seen!r}")

    def failure(self, text: str) -> None:
        """An outcome that did not come."""
        self.failed.append(text)
        self.console.print(Text(f"      ✗  {text}", style="bold red"))

    def exceptions(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """The open exceptions as they come, each in two lines at most."""
        table = Table(box=None, pad_edge=False, header_style="bold", width=WIDTH)
        table.add_column("At risk", justify="right", no_wrap=True)
        table.add_column("Code", no_wrap=True)
        table.add_column("Document", no_wrap=True)
        table.add_column("What", ratio=1)
        for row in rows[:MOST_LISTED]:
            document = str(row["Document"] or row["Where"]).removeprefix("invoice ")
            table.add_row(at_risk(row), str(row["Code"]), Text(document), Text(in_short(row)))
        self.console.print(table)
        if len(rows) > MOST_LISTED:
            more = len(rows) - MOST_LISTED
            self.console.print(Text(f"… and {more} more on the tab Exceptions.", style="dim"))

    def places(self, places: Iterable[tuple[str, Path | str]]) -> None:
        """Where to look."""
        grid = Table.grid(padding=(0, 2))
        for name, place in places:
            grid.add_row(Text(name, style="bold"), Text(str(place)))
        self.console.print(grid)

    def verdict(self) -> int:
        """Whether the day went as it should; the exit code."""
        if not self.failed:
            self.console.print(Text(f"All {self.came} outcomes came.", style="bold green"))
            return 0
        self.console.print(
            Text(f"{len(self.failed)} outcomes did not come:", style="bold red"),
        )
        for text in self.failed:
            self.console.print(Text(f"  ✗ {text}", style="red"))
        return 1


def in_short(row: Mapping[str, Any]) -> str:
    """What is seen, without the cure that stands behind it."""
    seen = str(row["What and what to do"]).removeprefix("Held: ").partition(". ")[0]
    return textwrap.shorten(seen, MOST_SHOWN, placeholder=" …")


def at_risk(row: Mapping[str, Any]) -> str:
    """The money at risk as people read it."""
    amount = row["Money at risk"]
    return f"{amount:,.0f} {row['Currency']}" if isinstance(amount, int | float) else ""


def effort(reports: Iterable[CycleReport]) -> str:
    """What the cycles did, in numbers."""
    made = list(reports)
    cells, rows = sum(r.cells_written for r in made), sum(r.history_rows for r in made)
    mails = sum(r.mails_sent for r in made)
    counts = ((cells, "cell"), (rows, "event"), (mails, "mail"))
    return ", ".join(counted(*each) for each in counts if each[0]) or "nothing to write"


def counted(number: int, word: str) -> str:
    """A number of things: "1 cell", "2 cells"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
