"""The commands: what operators and admins type. Never decides anything."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsync.cli import history as history_commands
from sheetsync.cli import match as match_command
from sheetsync.cli import payable as payable_command
from sheetsync.cli import plan as plan_command
from sheetsync.cli import undo as undo_command
from sheetsync.cli.options import (
    CONFIG,
    EXIT_FAILED,
    EXIT_SETUP,
    EXIT_STOPPED,
    EXIT_TRY_LATER,
    ConfigFile,
    app,
    say,
)
from sheetsync.errors import AskedAmiss, LeaseHeld, SafetyStop, SetupError, SheetsyncError

if TYPE_CHECKING:
    from sheetsync.cycle import CycleReport

__all__ = [
    "app",
    "history_commands",
    "main",
    "match_command",
    "payable_command",
    "plan_command",
    "undo_command",
]


@app.command()
def run(
    config: ConfigFile = CONFIG,
    *,
    once: Annotated[bool, typer.Option("--once", help="Run one cycle and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print each cycle as JSON.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="What stands still is meant so; with --once.")
    ] = False,
) -> None:
    """Run the worker: a cycle now, and then on schedule until SIGTERM."""
    from sheetsync import wiring
    from sheetsync.config import load_config
    from sheetsync.cycle import run_cycle
    from sheetsync.worker import Worker, the_time

    if confirm and not once:
        raise typer.BadParameter("a yes is to what you were told: say --once --confirm")
    log_to_stderr()
    settings = load_config(config)
    rules = wiring.rules_of(settings)
    mandate = wiring.mandate_of(settings)

    def told(report: CycleReport) -> None:
        print_report(report, as_json=as_json)

    with wiring.open_ports(settings, rules, confirmed=confirm) as ports:
        if once:
            told(run_cycle(ports, rules, mandate, the_time(), confirmed=confirm, clock=the_time))
            return
        worker = Worker(
            lambda now: run_cycle(ports, rules, mandate, now, clock=the_time),
            every_minutes=settings.every_minutes,
            told=told,
        )
        worker.run()


@app.command()
def init(config: ConfigFile = CONFIG) -> None:
    """Create what is missing: tabs, headers, dropdowns, formats, protections. Harms nothing."""
    from sheetsync import wiring
    from sheetsync.config import load_config

    settings = load_config(config)
    report = wiring.lay_out_workbook(settings, wiring.rules_of(settings))
    for change in report.changes:
        typer.echo(f"+ {change}")
    if report.is_empty:
        typer.echo("Everything stands already; nothing was changed.")
    for sentence in report.access:
        typer.echo(sentence)


@app.command()
def check(
    config: ConfigFile = CONFIG,
    rules: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Other rules than those of config.yaml.")
    ] = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when there is a remark.")
    ] = False,
) -> None:
    """Check config.yaml and the rules, without touching any spreadsheet.

    A mistake ends with exit code 2. A remark is about rules that can be in force as they stand and
    may not do what they seem to: exit code 0, or 1 with --strict.
    """
    from sheetsync import wiring
    from sheetsync.config import load_config

    settings = load_config(config)
    folder = rules if rules is not None else settings.rules
    found, remarks = wiring.linted(folder)
    typer.echo(f"{config} and {folder} are in order (rules {found.fingerprint}).")
    if remarks:
        told = "One remark" if len(remarks) == 1 else f"{len(remarks)} remarks"
        typer.echo(f"{told}; the rules can be in force all the same:")
    for each in remarks:
        say(f"{each.file} line {each.line}: {each.seen}")
        say(f"    In money: {each.money}")
        say(f"    {each.write}")
    if remarks and strict:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def mails(
    config: ConfigFile = CONFIG,
    send_again: Annotated[str, typer.Option(help="Queue this mail again.")] = "",
    drop: Annotated[str, typer.Option(help="Never send this mail.")] = "",
) -> None:
    """List mails that wait for a person: refused for good, or of unknown fate. Decide about one."""
    from datetime import UTC, datetime

    from sheetsync import wiring
    from sheetsync.config import load_config

    settings = load_config(config)
    with wiring.open_ports(settings, wiring.rules_of(settings)) as ports:
        mail_id = send_again or drop
        if mail_id:
            done = ports.state.release_uncertain(
                mail_id, datetime.now(UTC), send_again=bool(send_again)
            )
            typer.echo(f"{mail_id}: {'done' if done else 'does not wait for anybody'}")
        for waiting in ports.state.mails_uncertain():
            typer.echo(waiting)
        typer.echo(f"{ports.state.mails_waiting()} mails will be sent by themselves")


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where mails and spreadsheets are left.")] = Path(
        "demo"
    ),
) -> None:
    """Play a working day on the local Sheets server."""
    from sheetsync.demo.play import play

    raise typer.Exit(play(folder))


@app.command("serve-local")
def serve_local(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    data: Annotated[Path, typer.Option(help="Where the spreadsheets are kept.")] = Path("local"),
    auth: Annotated[str, typer.Option(help="jwt, or open: any token is the owner.")] = "jwt",
    quota: Annotated[str, typer.Option(help="google, or off.")] = "off",
    faults: Annotated[Path | None, typer.Option(help="A file of faults to inject.")] = None,
) -> None:
    """Serve a local Google Sheets on 127.0.0.1."""
    from sheetsync.localsheets.serve import serve

    serve(port=port, data=data, auth=auth, quota=quota, faults=faults)


def print_report(report: CycleReport, *, as_json: bool) -> None:
    """One cycle as a line for people, or as one line of JSON."""
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    findings = sum(report.findings.values())
    typer.echo(
        f"cycle {report.cycle_id}: {report.reads} reads, {report.writes} writes, "
        f"{report.cells_written} cells, {report.history_rows} history rows, "
        f"{findings} findings, {report.mails_sent} mails, {report.seconds:.2f} s"
    )
    for tab in report.still:
        typer.echo(f"{tab} stands still: the tab Status says why, and what to do")
    for mail_id in report.mails_uncertain:
        typer.echo(
            f"mail {mail_id} waits for a person: refused, or of unknown fate. `sheetsync mails`"
        )


def log_to_stderr() -> None:
    """Key-value lines on standard error; reports go to standard output."""
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event")),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> None:
    """The entry point: errors as one line, exit codes by who can mend it."""
    try:
        app()
    except (AskedAmiss, SetupError) as error:
        raise SystemExit(_said(error, EXIT_SETUP)) from error
    except SafetyStop as error:
        raise SystemExit(_said(error, EXIT_STOPPED)) from error
    except LeaseHeld as error:
        raise SystemExit(_said(error, EXIT_TRY_LATER)) from error
    except SheetsyncError as error:
        raise SystemExit(
            _said(error, EXIT_TRY_LATER if error.retryable else EXIT_FAILED)
        ) from error


def _said(error: SheetsyncError, code: int) -> int:
    typer.echo(f"sheetsync: {error}", err=True)
    return code
