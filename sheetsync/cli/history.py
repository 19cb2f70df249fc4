"""`sheetsync history`: the life of an order, how it stood at an instant. Never decides anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsync.cli.options import CONFIG, ConfigFile, app

if TYPE_CHECKING:
    from sheetsync.config import Config
    from sheetsync.lookback import Lookback

history = typer.Typer(
    help="Ask the change history: the life of an order, how it stood, whether the history holds.",
    no_args_is_help=True,
)
app.add_typer(history, name="history")


@history.command()
def show(
    order: Annotated[
        str, typer.Argument(metavar="PO[/LINE]", help="Such as PO-1001 or PO-1001/2.")
    ],
    config: ConfigFile = CONFIG,
    as_of: Annotated[
        str,
        typer.Option(
            metavar="TIME", help="Show how it stood then: 2026-11-21, '2026-11-21 14:00'."
        ),
    ] = "",
) -> None:
    """Tell the life of an order or a line in sentences; with --as-of, how it stood then."""
    from sheetsync.config import load_config

    with looking_back(load_config(config)) as told:
        for sentence in told.standing(order, as_of) if as_of else told.life(order):
            typer.echo(sentence)


@contextmanager
def looking_back(settings: Config) -> Iterator[Lookback]:
    """The journal and how it is told; no spreadsheet is opened."""
    from sheetsync import wiring
    from sheetsync.lookback import Lookback

    rules = wiring.rules_of(settings)
    with wiring.open_state(settings) as state:
        sheet = wiring.sheet_of(settings, rules)
        yield Lookback(state=state, sheet=sheet, time_zone=settings.time_zone)
