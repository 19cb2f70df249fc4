"""What all commands share: the application, where config.yaml is, exit codes, saying a line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="sheetsync",
    help="Purchase-order collaboration on a Google Sheet: the worker behind the tabs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigFile = Annotated[
    Path, typer.Option("--config", help="Where and when: the path of config.yaml.")
]
CONFIG = Path("config.yaml")

EXIT_FAILED = 1
EXIT_SETUP = 2
EXIT_STOPPED = 3
EXIT_TRY_LATER = 4


def say(line: str) -> None:
    """Print a line with people's words in it; what would move a terminal's cursor is not."""
    typer.echo("".join(map(_shown, line)))


def _shown(char: str) -> str:
    if char.isprintable():
        return char
    return " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"
