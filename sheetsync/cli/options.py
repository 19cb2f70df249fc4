"""What all commands share: the application, the path of config.yaml, the exit codes."""

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
