"""`sheetsync history`: the life of an order, how it stood, whether the history holds.

Never decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsync.cli.options import CONFIG, EXIT_FAILED, ConfigFile, app, say

if TYPE_CHECKING:
    from sheetsync.config import Config
    from sheetsync.lookback import Lookback
    from sheetsync.verifying import Found

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
            say(sentence)


@history.command()
def verify(
    config: ConfigFile = CONFIG,
    file: Annotated[
        Path | None, typer.Option(help="Check this archive alone; no store, no spreadsheet.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="With --file: the key, instead of config.yaml's.")
    ] = None,
) -> None:
    """Check tab, journal and archives with the key: exit 1 names the first row that fails."""
    found = one_archive(config, file, key_file) if file is not None else everything(config)
    holds = True
    for each in found:
        say(each.text)
        holds = holds and each.holds
    if not holds:
        raise typer.Exit(EXIT_FAILED)


def one_archive(config: Path, file: Path, key_file: Path | None) -> Iterator[Found]:
    """An archive and a key, and nothing else of the worker's where the key is given."""
    from sheetsync import wiring
    from sheetsync.config import load_config
    from sheetsync.history_key import history_key, key_in_file
    from sheetsync.verifying import check_archive, head_of

    key = (
        key_in_file(key_file)
        if key_file is not None
        else history_key(load_config(config), make=False)
    )
    archive = wiring.archive_in(file)
    found = check_archive(archive, key)
    yield found
    if found.holds:
        yield head_of(archive.rows)


def everything(config: Path) -> Iterator[Found]:
    """Journal, archives and tab of the worker's own."""
    from datetime import UTC, datetime

    from sheetsync import wiring
    from sheetsync.config import load_config
    from sheetsync.history_key import history_key
    from sheetsync.verifying import check_all

    settings = load_config(config)
    rules = wiring.rules_of(settings)
    headers, key = wiring.history_headers(rules), history_key(settings, make=False)
    with wiring.open_ports(settings, rules) as ports:
        archives = [wiring.archive_in(path) for path in wiring.archive_files(settings)]
        now = datetime.now(UTC)
        yield from check_all(ports.state, ports.workbook, archives, key, headers, now)


@contextmanager
def looking_back(settings: Config) -> Iterator[Lookback]:
    """The journal and how it is told; no spreadsheet is opened."""
    from sheetsync import wiring
    from sheetsync.lookback import Lookback

    rules = wiring.rules_of(settings)
    with wiring.open_state(settings) as state:
        sheet = wiring.sheet_of(settings, rules)
        yield Lookback(state=state, sheet=sheet, time_zone=settings.time_zone)
