"""`sheetsync undo`: shown first, carried out when somebody says so. Never decides anything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsync.cli.options import CONFIG, EXIT_FAILED, ConfigFile, app, say
from sheetsync.errors import AskedAmiss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sheetsync.undoing import Proposal, Undo


@app.command()
def undo(
    event_id: Annotated[str, typer.Argument(help="The event to undo, such as E-12ab….")] = "",
    config: ConfigFile = CONFIG,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Undo what happened from then on …")
    ] = "",
    until: Annotated[
        str, typer.Option(metavar="TIME", help="… until then; until now without.")
    ] = "",
    actor: Annotated[str, typer.Option(help="… by this actor: buyer, warehouse, S-100 …")] = "",
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Carry it out without asking.")] = False,
) -> None:
    """Take back what happened, as far as the rules allow; shows what it would write first."""
    from datetime import UTC, datetime

    from sheetsync import wiring
    from sheetsync.config import load_config
    from sheetsync.lookback import Lookback
    from sheetsync.undoing import Undo

    if bool(event_id) == bool(since and actor) or (event_id and (since or until or actor)):
        raise AskedAmiss(
            "Say what is to be undone.",
            remedy="Either one event: `sheetsync undo EVENT_ID`; or what somebody did in a time: "
            "`sheetsync undo --since TIME --until TIME --actor ACTOR`.",
        )
    settings = load_config(config)
    rules = wiring.rules_of(settings)
    with wiring.open_ports(settings, rules) as ports:
        told = Lookback(
            state=ports.state,
            sheet=wiring.sheet_of(settings, rules),
            time_zone=settings.time_zone,
        )
        work = Undo(ports=ports, rules=rules, mandate=wiring.mandate_of(settings), told=told)
        chosen = work.one(event_id) if event_id else work.some(since, until, actor)
        proposal = work.propose(chosen, datetime.now(UTC))
        show(work, proposal)
        if not proposal.allowed:
            raise typer.Exit(EXIT_FAILED)
        if not (yes or is_wanted()):
            typer.echo("Nothing was written.")
            return
        done = work.carry_out(proposal, datetime.now(UTC))
        typer.echo(f"{len(done.events)} of {len(proposal.allowed)} written.")
        for event in done.events:
            say(f"{event.event_id}  {event.decision}")
        for where in done.left:
            say(f"Left alone, because somebody changed it in between: {where}")
        if done.left:
            raise typer.Exit(EXIT_FAILED)


def show(work: Undo, proposal: Proposal) -> None:
    """What would be written, and what is not undone."""
    rows = list(work.table(proposal))
    if rows:
        typer.echo("To be written:")
        for line in aligned((("Where", "Column", "Shows", "Will show"), *rows)):
            say(f"  {line}")
    else:
        typer.echo("Nothing of it can be undone.")
    refusals = list(work.refusals(proposal))
    if refusals:
        typer.echo("Not undone:")
        for refusal in refusals:
            say(f"  {refusal}")


def is_wanted() -> bool:
    """Ask, where somebody is there to answer."""
    if not somebody_is_there():
        typer.echo("Nobody is there to be asked; --yes carries it out.")
        return False
    return typer.confirm("Carry it out?")


def somebody_is_there() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty()


def aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows of cells as lines, their columns below one another."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
