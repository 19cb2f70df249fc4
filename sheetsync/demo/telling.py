"""The day told in a terminal: who did what, what the worker did about it, what stands at the end.

Never: decides whether an outcome came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sheetsync.cycle import CycleReport
from sheetsync.demo.day import Act, Check

WIDTH = 100
MOST_LISTED = 12


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

    def act(self, act: Act) -> None:
        """Who did what."""
        text = Text(f"{act.at}  ", style="cyan")
        text.append(act.who, style="bold")
        text.append(f" {act.what}", style="default")
        self.console.print(Padding(text, (0, 0, 0, 0)))

    def worker(self, line: str) -> None:
        """What the worker did about it."""
        grid = Table.grid(padding=0)
        grid.add_column(width=9)
        grid.add_column()
        grid.add_row(Text("      →", style="dim"), Text(line))
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
        """The open exceptions, the most money at risk first."""
        table = Table(box=None, pad_edge=False, header_style="bold", width=WIDTH)
        table.add_column("Code", no_wrap=True)
        table.add_column("Document", no_wrap=True, max_width=34)
        table.add_column("At risk", justify="right", no_wrap=True)
        table.add_column("What and what to do", no_wrap=True, overflow="ellipsis", ratio=1)
        for row in rows[:MOST_LISTED]:
            table.add_row(
                str(row["Code"]),
                Text(str(row["Document"] or row["Where"]), overflow="ellipsis"),
                at_risk(row),
                Text(str(row["What and what to do"]), overflow="ellipsis"),
            )
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


def at_risk(row: Mapping[str, Any]) -> str:
    """The money at risk as people read it."""
    amount = row["Money at risk"]
    return f"{amount:,.0f} {row['Currency']}" if isinstance(amount, int | float) else ""


def effort(reports: Iterable[CycleReport]) -> str:
    """What the cycles did, in numbers."""
    made = list(reports)
    cells, rows = sum(r.cells_written for r in made), sum(r.history_rows for r in made)
    mails = sum(r.mails_sent for r in made)
    parts = [f"{cells} cells", f"{rows} history rows"] + ([f"{mails} mails"] if mails else [])
    return ", ".join(parts) if cells or rows or mails else "nothing to write"
