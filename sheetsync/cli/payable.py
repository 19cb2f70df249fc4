"""`sheetsync payable`: what is open to be paid, shown or exported. Never decides anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheetsync.cli.options import CONFIG, ConfigFile, app, say
from sheetsync.errors import AskedAmiss


@app.command("payable")
def payable(
    config: ConfigFile = CONFIG,
    *,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Export it for payment, into a new file.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="With --csv: also what was exported before.")
    ] = False,
) -> None:
    """Show what is open to be paid, as the tab Payable said when the worker last looked."""
    from sheetsync import wiring
    from sheetsync.config import load_config
    from sheetsync.matching_files.payable_list import export, listed, summary
    from sheetsync.matching_files.payable_tab import last_seen, open_on_payable
    from sheetsync.matching_files.table import aligned

    if again and csv is None:
        raise AskedAmiss("--again is about an export.", remedy="Add --csv FILE.")
    settings = load_config(config)
    columns = wiring.rules_of(settings).columns
    with wiring.open_state(settings) as state:
        baseline = state.baseline()
    amounts = open_on_payable(baseline, columns)
    if csv is None:
        for line in aligned(listed(amounts)):
            say(line)
    else:
        amounts, left_out = export(amounts, csv, again=again)
        for told in left_out:
            say(told)
        say(f"{csv}: {len(amounts)} documents are written.")
    for line in summary(amounts):
        say(line)
    say(f"As the worker saw it, heartbeat {last_seen(baseline, columns) or 'never'} (UTC).")
