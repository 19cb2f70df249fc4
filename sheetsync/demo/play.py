"""`sheetsync demo`: a working day, played and checked.

People act through unchanged gspread with keys of their own; the worker runs between their acts, by
a clock that jumps. Every outcome is read back and compared; one that did not come is told in red,
the day goes on, and the exit code says so at the end.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog

from sheetsync.core.rulebook import ApprovalRules
from sheetsync.demo import acts_of_goods_and_invoices, acts_of_orders, acts_of_suppliers
from sheetsync.demo.day import Act, Check, Day
from sheetsync.demo.office import Office
from sheetsync.demo.samples import COMPANY, type_in
from sheetsync.demo.stage import TODAY, clear, export, open_stage
from sheetsync.demo.telling import Teller

SCENES: tuple[tuple[str, tuple[Act, ...]], ...] = (
    ("Morning: from a mark to a confirmed order", acts_of_orders.ACTS),
    ("Late morning: what suppliers answer, and what stays locked", acts_of_suppliers.ACTS),
    ("Afternoon: goods and invoices", acts_of_goods_and_invoices.ACTS),
)
COMMAND = ".venv/bin/sheetsync"


def play(folder: Path, teller: Teller | None = None) -> int:
    """Play the day; 0 when every outcome came, else 1.

    Args:
        folder: Where config, state, mails and spreadsheets are left; emptied of an earlier demo.
        teller: Where the day is told; the terminal by default.

    Raises:
        ConfigError: The folder holds what no demo made.
    """
    began = time.monotonic()
    tell = teller or Teller()
    # What the worker logs of a cycle is told here in other words.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    clear(folder)
    tell.scene("A day at Tandem Works, makers of cargo bikes: Monday, 2 March 2026")
    with open_stage(folder) as office:
        typed = type_in(office.hub, COMPANY, office.rules.columns)
        for line in _welcome(office, sum(each.rows for each in typed)):
            tell.worker(line)
        day = Day(office=office, on=TODAY)
        for title, acts in SCENES:
            tell.scene(title)
            for act in acts:
                play_act(act, day, tell)
        tell.scene("Open exceptions, by money at risk")
        tell.exceptions(by_risk(day.findings(state="open"), office.rules.approval))
        tell.scene("Where to look")
        export(office)
        tell.worker(_counts(day, office))
        tell.places(_places(office, folder))
    tell.worker(f"The day took {time.monotonic() - began:.0f} seconds.")
    return tell.verdict()


def play_act(act: Act, day: Day, tell: Teller) -> None:
    """One act: it is done, the worker runs, the outcome is read and told."""
    day.set_clock(act.at)
    day.made = []
    try:
        act.do(day)
        day.work()
        tell.act(act, day.made)
        for told in act.told(day):
            if isinstance(told, Check):
                tell.check(told)
            else:
                tell.worker(told)
    except Exception as error:  # noqa: BLE001 - the day goes on, and the failure is its outcome
        tell.failure(f"{act.at} {act.who} {act.what} {type(error).__name__}: {error}")


def _welcome(office: Office, rows: int) -> tuple[str, str]:
    """Who is there."""
    shared = ", ".join(a.tab for a in office.suppliers.values() if not a.is_private)
    private = ", ".join(a.supplier for a in office.suppliers.values() if a.is_private)
    people = len(office.people)
    where = f"A local Sheets server listens at {office.server.url}; {people} people have accounts"
    what = f"{rows} rows of sample_sheets/company stand in the hub. {shared} answer on tabs of it"
    return (
        f"{where} and keys of their own, and so has the worker.",
        f"{what}; {private} each in a private spreadsheet.",
    )


def by_risk(rows: list[Mapping[str, Any]], rules: ApprovalRules) -> list[Mapping[str, Any]]:
    """The most money at risk first, in base currency; those without an amount last."""
    rates = {rules.base_currency: 1.0, **{k: float(v) for k, v in rules.exchange_rates.items()}}

    def at_risk(row: Mapping[str, Any]) -> float:
        amount = row["Money at risk"] or 0
        return float(amount) * rates.get(str(row["Currency"]), 1.0)

    return sorted(rows, key=at_risk, reverse=True)


def _counts(day: Day, office: Office) -> str:
    lines = [row for row in day.desk("ann", "Order lines").rows() if row["PO number"]]
    orders = day.desk("ann", "Orders").rows()
    found = day.findings()
    is_open = sum(row["State"] == "open" for row in found)
    reads = sum(report.reads for report in office.reports)
    writes = sum(report.writes for report in office.reports)
    return (
        f"{len(orders)} orders, {len(lines)} lines, {len(found)} findings ({is_open} open), "
        f"{len(day.mails())} mails, {len(day.history())} events in the change history; "
        f"{len(office.reports)} cycles made {reads} reads and {writes} writes."
    )


def _places(office: Office, folder: Path) -> list[tuple[str, str]]:
    port = urlsplit(office.server.url).port
    return [
        ("Mails", f"{folder / 'mails'}/*.eml"),
        ("Spreadsheets", f"{folder / 'spreadsheets'}/*.xlsx"),
        ("To go on", f"{COMMAND} serve-local --data {folder / 'local'} --port {port} &"),
        ("", f"{COMMAND} run --once --config {folder / 'config.yaml'}"),
    ]
