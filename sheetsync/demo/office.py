"""The office of the demo and of the end-to-end tests: a server, people, spreadsheets, a worker.

The hub is the buyer's own file, shared with colleagues, with the suppliers whose tabs stand in it,
and with the worker's service account; a private supplier's spreadsheet is shared with that supplier
and the worker alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import gspread
from ruamel.yaml import YAML

from sheetsync import wiring
from sheetsync.config import Config, load_config
from sheetsync.core.rulebook import Rulebook
from sheetsync.cycle import CycleReport, run_cycle
from sheetsync.demo.people import Desk, Person
from sheetsync.localsheets import LocalSheets
from sheetsync.ports import Ports

WORKER = "sheetsync@local.iam.gserviceaccount.com"
HERE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierAccess:
    """A supplier's tab: its title, whom it is shared with, and whether it stands apart."""

    supplier: str
    email: str
    tab: str
    is_private: bool


@dataclass(kw_only=True)
class Office:
    """Everybody at work; `clock` is the time of the next cycle."""

    server: LocalSheets
    folder: Path
    owner: Person
    people: dict[str, Person]
    hub: gspread.Spreadsheet
    private: dict[str, gspread.Spreadsheet]
    suppliers: dict[str, SupplierAccess]
    config: Config
    rules: Rulebook
    ports: Ports
    clock: datetime
    reports: list[CycleReport] = field(default_factory=list)

    def desk(self, person: str, tab: str) -> Desk:
        """A tab of the hub, as this person opens it."""
        return self.people[person].at(self.hub.id, tab)

    def supplier_desk(self, supplier: str) -> Desk:
        """The supplier's own tab, as the supplier opens it."""
        access = self.suppliers[supplier]
        spreadsheet = self.private[supplier] if access.is_private else self.hub
        return self.people[supplier].at(spreadsheet.id, access.tab)

    def cycle(self) -> CycleReport:
        """The worker runs one cycle, now."""
        report = run_cycle(self.ports, self.rules, wiring.mandate_of(self.config), self.clock)
        self.reports.append(report)
        return report

    def work(self, most: int = 5) -> list[CycleReport]:
        """The worker runs cycles until one has nothing to write."""
        made: list[CycleReport] = []
        for _ in range(most):
            made.append(self.cycle())
            if not made[-1].writes and not made[-1].wants_another:
                break
        return made


@contextmanager
def open_office(
    folder: Path,
    *,
    suppliers: tuple[SupplierAccess, ...],
    colleagues: tuple[str, ...],
    clock: datetime,
    data: Path | None = None,
) -> Iterator[Office]:
    """Set up everything under `folder` and lay out the tabs; nothing is typed yet.

    Args:
        folder: Where config.yaml, the key, the state and the mails go.
        suppliers: Whose tabs there are.
        colleagues: The addresses of those who work in the hub; the first owns the files.
        clock: The time of the first cycle, UTC.
        data: Where the server keeps its spreadsheets; None keeps them in memory.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with LocalSheets.start(data) as server:
        people = {address.partition("@")[0]: Person(server, address) for address in colleagues}
        people |= {each.supplier: Person(server, each.email) for each in suppliers}
        owner = people[colleagues[0].partition("@")[0]]
        inside = [each.email for each in suppliers if not each.is_private]
        hub = share(owner.create("Purchase orders"), [*colleagues[1:], *inside])
        private = {
            each.supplier: share(owner.create(f"Orders for {each.supplier}"), [each.email])
            for each in suppliers
            if each.is_private
        }
        key = server.register(WORKER, kind="service_account")
        (folder / "service-account.json").write_text(json.dumps(key), encoding="utf-8")
        config = write_config(folder, server.url, hub, private, suppliers)
        rules = wiring.rules_of(config)
        wiring.lay_out_workbook(config, rules)
        for spreadsheet in (hub, *private.values()):
            spreadsheet.del_worksheet(spreadsheet.worksheet("Sheet1"))
        with wiring.open_ports(config, rules) as ports:
            try:
                yield Office(
                    server=server,
                    folder=folder,
                    owner=owner,
                    people=people,
                    hub=hub,
                    private=private,
                    suppliers={each.supplier: each for each in suppliers},
                    config=config,
                    rules=rules,
                    ports=ports,
                    clock=clock,
                )
            finally:
                for person in people.values():
                    person.leave()


def share(spreadsheet: gspread.Spreadsheet, emails: list[str]) -> gspread.Spreadsheet:
    """Share a person's file with people and with the worker's account, to edit."""
    for email in (*emails, WORKER):
        spreadsheet.share(email, perm_type="user", role="writer", notify=False)
    return spreadsheet


def write_config(
    folder: Path,
    origin: str,
    hub: gspread.Spreadsheet,
    private: dict[str, gspread.Spreadsheet],
    suppliers: tuple[SupplierAccess, ...],
) -> Config:
    """Write config.yaml as an operator would, and load it."""
    places = [
        {
            "supplier": each.supplier,
            "access": "private" if each.is_private else "shared",
            "tab": each.tab,
            **({"spreadsheet": private[each.supplier].id} if each.is_private else {}),
        }
        for each in suppliers
    ]
    said = {
        "spreadsheet": hub.id,
        "credentials": "service-account.json",
        "api_origin": origin,
        "time_zone": "Europe/Berlin",
        "mode": "live",
        "rules": str(HERE / "rules"),
        "templates": str(HERE / "templates"),
        "suppliers": places,
        "mail": {"sender": "Purchasing <purchasing@example.com>", "folder": "mails"},
        "operator": "operator@example.com",
    }
    path = folder / "config.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(said, file)
    return load_config(path)
