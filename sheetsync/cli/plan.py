"""`sheetsync plan`: what would happen under other rules; shows it, and writes nothing.

Never decides anything.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetsync.cli.options import CONFIG, ConfigFile, app, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sheetsync.config import Config
    from sheetsync.core.whatif.telling import Part
    from sheetsync.whatif import WhatIf


@app.command()
def plan(
    rules: Annotated[
        Path, typer.Option(metavar="DIR", help="The rules that are asked about: a folder.")
    ],
    config: ConfigFile = CONFIG,
    since: Annotated[
        str,
        typer.Option(metavar="TIME", help="Tell the past from then on, such as 2026-03-01."),
    ] = "",
    *,
    settled: Annotated[
        bool,
        typer.Option("--settled", help="Look at the state store alone, at no spreadsheet."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Show what would happen under other rules: which holds come and go, with their money."""
    from datetime import UTC, datetime

    from sheetsync import wiring
    from sheetsync.config import load_config
    from sheetsync.whatif import WhatIf

    settings = load_config(config)
    now, then = wiring.rules_of(settings), wiring.rules_in(rules)
    with wiring.open_to_look(settings) as state:
        asked = WhatIf(
            state=state,
            now=now,
            then=then,
            sheets=(wiring.sheet_of(settings, now), wiring.sheet_of(settings, then)),
            mandate=wiring.mandate_of(settings),
        )
        at = datetime.now(UTC)
        told = _past(asked, since, at) if since else _present(asked, settings, at, settled=settled)
    if as_json:
        typer.echo(json.dumps(told.values, ensure_ascii=False, indent=1))
        return
    for line in told.lines:
        say(line)


class Told:
    """What is shown, for people and for machines."""

    def __init__(self, lines: list[str], values: dict[str, Any]) -> None:
        self.lines = lines
        self.values = values


def _present(asked: WhatIf, settings: Config, at: datetime, *, settled: bool) -> Told:
    from sheetsync import wiring
    from sheetsync.core.whatif.as_json import present_as_json
    from sheetsync.core.whatif.telling import first_sentence, parts

    read = None if settled else (lambda columns: wiring.read_once(settings, columns, at))
    found, cycle = asked.present(read, at)
    where = "the state store alone" if settled else "the spreadsheet as it was read just now"
    first = first_sentence(found)
    lines = [first, *_shown(parts(found)), *_changed(asked)]
    lines.append(f"Looked at {where}, after cycle {cycle}. Nothing was written, leased or mailed.")
    values = {
        "says": first,
        "looked_at": "state" if settled else "spreadsheet",
        "cycle": cycle,
        "at": at.isoformat(),
        **_rules(asked),
        "present": present_as_json(found),
    }
    return Told(lines, values)


def _past(asked: WhatIf, since: str, at: datetime) -> Told:
    from sheetsync.core.whatif.as_json import past_as_json
    from sheetsync.core.whatif.telling_past import first_sentence_of_past, parts_of_past, told_by
    from sheetsync.lookback import moment_of

    begin = moment_of(since, asked.zone, "--since", is_end=False)
    found = asked.past(begin, at)
    first = first_sentence_of_past(found, asked.zone)
    lines = [first, *_shown(parts_of_past(found, asked.zone)), *_changed(asked)]
    lines.append(f"{told_by(found, asked.zone)} Nothing was written, leased or mailed.")
    values = {"says": first, **_rules(asked), "at": at.isoformat(), "past": past_as_json(found)}
    return Told(lines, values)


def _rules(asked: WhatIf) -> dict[str, Any]:
    from sheetsync.core.whatif.as_json import changed_as_json

    return {
        "rules": {
            "in_force": asked.now.fingerprint,
            "with_these": asked.then.fingerprint,
            "changed": changed_as_json(asked.changed),
        }
    }


def _changed(asked: WhatIf) -> list[str]:
    keys = asked.changed
    if not keys:
        return ["", f"The rules are those in force ({asked.now.fingerprint})."]
    return [
        "",
        f"What differs between the rules ({asked.now.fingerprint} and {asked.then.fingerprint}):",
        *(f"  {each.key}: {each.now or 'not there'} to {each.then or 'gone'}" for each in keys),
    ]


def _shown(found: Iterable[Part]) -> list[str]:
    """Parts as lines, their tables with columns below one another."""
    from sheetsync.cli.undo import aligned

    lines = []
    for part in found:
        lines += ["", part.title]
        lines += (f"  {line}" for line in (aligned(part.rows) if part.rows else part.lines))
    return lines
