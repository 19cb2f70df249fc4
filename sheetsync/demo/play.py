"""`sheetsync demo`: a working day, played and checked.

People act through unchanged gspread with keys of their own; the worker runs between their acts, by
a clock that jumps. Every outcome is read back and compared; one that did not come is told in red,
the day goes on, and the exit code says so at the end.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from sheetsync.demo import acts_of_goods_and_invoices, acts_of_orders, acts_of_suppliers
from sheetsync.demo.day import Act, Check, Day
from sheetsync.demo.office import Office
from sheetsync.demo.samples import COMPANY, type_in
from sheetsync.demo.stage import TODAY, clear, export, open_stage
from sheetsync.demo.telling import Teller, effort

SCENES: tuple[tuple[str, tuple[Act, ...]], ...] = (
    ("Morning: from a mark to a confirmed order", acts_of_orders.ACTS),
    ("Late morning: what suppliers answer, and what stays locked", acts_of_suppliers.ACTS),
    ("Afternoon: goods and invoices", acts_of_goods_and_invoices.ACTS),
)


def play(folder: Path, teller: Teller | None = None) -> int:
    """Play the day; 0 when every outcome came, else 1.

    Args:
        folder: Where config, state, mails and spreadsheets are left; emptied of an earlier demo.
        teller: Where the day is told; the terminal by default.
    """
    began = time.monotonic()
    tell = teller or Teller()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    clear(folder)
    with open_stage(folder) as office:
        typed = type_in(office.hub, COMPANY, office.rules.columns)
        tell.worker(_welcome(office, sum(each.rows for each in typed)))
        day = Day(office=office, on=TODAY)
        for title, acts in SCENES:
            tell.scene(title)
            for act in acts:
                play_act(act, day, tell)
        tell.scene("Open exceptions, by money at risk")
        tell.exceptions(_by_risk(day))
        exported = export(office)
        tell.scene("Where to look")
        tell.console.print(_counts(day, office))
        tell.places(_places(office, folder, exported))
    tell.console.print(f"{time.monotonic() - began:.0f} s", style="dim", end="  ")
    return tell.verdict()


def play_act(act: Act, day: Day, tell: Teller) -> None:
    """One act: it is done, the worker runs, the outcome is read and told."""
    tell.act(act)
    day.set_clock(act.at)
    try:
        act.do(day)
        day.work()
        for told in act.told(day):
            if isinstance(told, Check):
                tell.check(told)
            else:
                tell.worker(told)
    except Exception as error:  # noqa: BLE001 - the day goes on, and the failure is its outcome
        tell.failure(f"{act.who} {act.what} {type(error).__name__}: {error}")


def _welcome(office: Office, rows: int) -> str:
    """Who is there."""
    apart = len(office.private)
    return (
        f"A local Sheets server at {office.server.url}; a hub, and {apart} spreadsheets of "
        f"suppliers of their own; {rows} rows of sample_sheets/company typed in; "
        f"{len(office.people)} people, each with a key."
    )


def _by_risk(day: Day) -> list[dict[str, object]]:
    rows = [dict(row) for row in day.findings(state="open")]
    rates = {
        "EUR": 1.0,
        **{k: float(v) for k, v in day.office.rules.approval.exchange_rates.items()},
    }

    def at_risk(row: dict[str, object]) -> float:
        amount = row["Money at risk"]
        return (
            -float(amount) * rates.get(str(row["Currency"]), 1)
            if isinstance(amount, int | float)
            else 0.0
        )

    return sorted(rows, key=at_risk)


def _counts(day: Day, office: Office) -> str:
    lines = [row for row in day.desk("ann", "Order lines").rows() if row["PO number"]]
    orders = day.desk("ann", "Orders").rows()
    found = day.findings()
    is_open = sum(row["State"] == "open" for row in found)
    reads = sum(report.reads for report in office.reports)
    writes = sum(report.writes for report in office.reports)
    return (
        f"{len(orders)} orders, {len(lines)} lines, {len(found)} findings ({is_open} open), "
        f"{len(day.mails())} mails, {len(day.history())} history rows; "
        f"{len(office.reports)} cycles made {reads} reads and {writes} writes."
    )


def _places(office: Office, folder: Path, exported: tuple[Path, ...]) -> list[tuple[str, str]]:
    port = urlsplit(office.server.url).port
    return [
        ("mails", f"{folder / 'mails'}/*.eml"),
        ("spreadsheets", f"{folder / 'spreadsheets'}/*.xlsx ({len(exported)})"),
        ("config", f"{folder / 'config.yaml'}"),
        ("go on", f"sheetsync serve-local --data {folder / 'local'} --port {port}"),
        ("", f"sheetsync run --once --config {folder / 'config.yaml'}"),
    ]


__all__ = ["SCENES", "effort", "play", "play_act"]
