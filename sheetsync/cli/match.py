"""`sheetsync match`: documents in files instead of a spreadsheet. Never decides anything."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsync.cli.options import CONFIG, EXIT_FAILED, app
from sheetsync.errors import AskedAmiss

if TYPE_CHECKING:
    from sheetsync.core.matching import Matches, MatchingLevels, MatchingRules
    from sheetsync.core.rulebook import Rulebook
    from sheetsync.matching_files.json_file import Asked


@app.command("match")
def match_files(  # noqa: PLR0913 - one argument per option that people may type
    *,
    documents: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Orders, receipts, invoices and settings."),
    ] = None,
    orders: Annotated[
        Path | None, typer.Option(help="Order lines as CSV or .xlsx, with the tab's headers.")
    ] = None,
    receipts: Annotated[Path | None, typer.Option(help="Receipts, the same way.")] = None,
    invoices: Annotated[Path | None, typer.Option(help="Invoices, the same way.")] = None,
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Only documents up to this day count.")
    ] = "",
    rules: Annotated[Path | None, typer.Option(help="The folder of the rules.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="config.yaml, for the rules that it names.")
    ] = None,
    terms: Annotated[
        str, typer.Option(help='With --payable: terms where none are told, such as "30 days net".')
    ] = "",
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --payable: export it for payment.")
    ] = None,
    table: Annotated[bool, typer.Option("--table", help="For people, with sentences.")] = False,
    payable: Annotated[
        bool, typer.Option("--payable", help="What is open, with due dates and discounts.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With --csv: also what was exported before.")
    ] = False,
) -> None:
    """Match the documents of files and print the results as JSON."""
    from sheetsync.core.matching import match
    from sheetsync.core.matching.case_file import write_matches

    _refuse_lonely_options(payable=payable, terms=terms, csv=csv, again=again)
    asked = _asked(documents, (orders, receipts, invoices), rules, config)
    day = _day(as_of) or asked.as_of
    matches = match(asked.documents, asked.rules, as_of=day, levels=asked.levels)
    if payable:
        _show_payable(asked, matches, day, terms, csv, again=again)
    elif table:
        from sheetsync.matching_files.table import table as lines

        for line in lines(matches, asked.documents):
            typer.echo(line)
    else:
        typer.echo(json.dumps(write_matches(matches), ensure_ascii=False, indent=1))
    for problem in asked.problems:
        typer.echo(f"sheetsync: {problem}", err=True)
    if asked.problems:
        raise typer.Exit(EXIT_FAILED)


def _refuse_lonely_options(*, payable: bool, terms: str, csv: Path | None, again: bool) -> None:
    """Options that would do nothing are a mistake, and money is about."""
    if (terms or csv) and not payable:
        raise AskedAmiss("--terms and --csv are about --payable.", remedy="Add --payable.")
    if again and csv is None:
        raise AskedAmiss("--again is about an export.", remedy="Add --csv FILE.")
    if terms:
        from sheetsync.core.matching.terms import read_terms

        if read_terms(terms) is None:
            raise AskedAmiss(
                f"{terms!r} cannot be counted with.",
                subject="--terms",
                remedy='Write it like "30 days net" or "2/10 net 30".',
            )


def _show_payable(
    asked: Asked,
    matches: Matches,
    day: date | None,
    terms: str,
    csv: Path | None,
    *,
    again: bool,
) -> None:
    """The list of what is open, on the screen or as an export."""
    from sheetsync.core.matching.open_amounts import open_amounts
    from sheetsync.matching_files.payable_list import export, listed, summary
    from sheetsync.matching_files.table import aligned

    amounts = open_amounts(asked.documents, matches, as_of=day, otherwise=terms)
    if csv is None:
        for line in aligned(listed(amounts)):
            typer.echo(line)
    else:
        amounts, left_out = export(amounts, csv, again=again)
        for told in left_out:
            typer.echo(told)
        typer.echo(f"{csv}: {len(amounts)} documents are written.")
    for line in summary(amounts):
        typer.echo(line)


def _asked(
    documents: Path | None,
    tabs: tuple[Path | None, Path | None, Path | None],
    rules: Path | None,
    config: Path | None,
) -> Asked:
    """The documents, from the one kind of file or the other."""
    if documents is not None and any(tabs):
        raise AskedAmiss(
            "There are two sets of documents.",
            remedy="Give --documents, or --orders with --receipts and --invoices.",
        )
    if documents is not None:
        from sheetsync.matching_files.json_file import read_case

        return read_case(documents, *_base(rules, config))
    orders, receipts, invoices = tabs
    if orders is None:
        raise AskedAmiss(
            "There is nothing to match.",
            remedy="Give --documents FILE.json, or --orders F --receipts F --invoices F.",
        )
    from datetime import UTC, datetime

    from sheetsync.matching_files.tab_files import read_tabs

    return read_tabs(orders, receipts, invoices, _rulebook(rules, config), datetime.now(UTC))


def _base(rules: Path | None, config: Path | None) -> tuple[MatchingRules, MatchingLevels]:
    """The rules below a file's own settings: those that were named, else the strict ones."""
    if rules is None and config is None:
        from sheetsync.core.matching import NO_LEVELS
        from sheetsync.matching_files.strict import strict_rules

        return strict_rules(), NO_LEVELS
    found = _rulebook(rules, config)
    return found.matching, found.matching_levels


def _rulebook(rules: Path | None, config: Path | None) -> Rulebook:
    from sheetsync import wiring
    from sheetsync.config import load_config

    if rules is not None:
        return wiring.rules_in(rules)
    if config is not None or CONFIG.exists():
        return wiring.rules_of(load_config(config or CONFIG))
    if Path("rules").is_dir():
        return wiring.rules_in(Path("rules"))
    raise AskedAmiss(
        "It is not told how the tabs' columns are called.", remedy="Give --rules DIR or --config."
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AskedAmiss(
            f"{text!r} is no day.", subject="--as-of", remedy="Write it like 2026-03-01."
        ) from None
