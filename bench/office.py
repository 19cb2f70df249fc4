"""The measured office: the hub with a seeded workbook in it, and the worker's parts.

All suppliers' tabs stand in the hub, so that one read of one spreadsheet is what the worker is
held against. Never: measures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import gspread
from gspread.utils import ValueInputOption

from bench.reader import READER
from bench.server import ServerProcess
from bench.workbook import SUPPLIERS, Cells, Workbook
from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.model import Mandate, TabKind
from sheetsync.core.rulebook import Rulebook
from sheetsync.demo.office import WORKER, SupplierAccess, share, write_config
from sheetsync.demo.people import Person
from sheetsync.ports import Ports

OWNER = "ann@example.com"
ROOM_FOR_MORE = 0.2
"""Free rows below those that are loaded, as a share of them: people type there later."""

AT_ONCE = 10_000
"""Rows that are loaded by one call."""

NEVER_S = 10 * 365 * 24 * 3600
"""The heartbeat would turn an idle cycle into a writing one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A spreadsheet that stands ready, and where its worker finds everything."""

    server: ServerProcess
    folder: Path
    owner: Person
    hub: gspread.Spreadsheet
    config: Config
    rules: Rulebook
    mandate: Mandate

    def titles(self) -> list[str]:
        """All tabs but the change history, of which the worker reads only the ids."""
        history = self.rules.columns.tabs[TabKind.HISTORY].title
        return [tab.title for tab in self.hub.worksheets() if tab.title != history]

    def fresh(self, name: str) -> Config:
        """The config of a worker with a state of its own."""
        (self.folder / name).mkdir(parents=True)
        store = f"sqlite:///{self.folder / name / 'state.db'}"
        return self.config.model_copy(update={"state": store})

    @contextmanager
    def ports(self, config: Config) -> Iterator[Ports]:
        """The worker's adapters."""
        with wiring.open_ports(config, self.rules) as ports:
            yield ports


def open_office(server: ServerProcess, folder: Path, book: Workbook) -> Office:
    """Create the hub, lay out its tabs and load the workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = Person(server, OWNER)  # type: ignore[arg-type]  # all of a server that a person needs
    hub = share(owner.create("Purchase orders"), [READER])
    key = server.register(WORKER, "service_account")
    (folder / "service-account.json").write_text(json.dumps(key), encoding="utf-8")
    accesses = tuple(
        SupplierAccess(supplier=number, email=OWNER, tab=number, is_private=False)
        for number in SUPPLIERS
    )
    config = write_config(folder, server.url, hub, {}, accesses)
    rules = wiring.rules_of(config)
    wiring.lay_out_workbook(config, rules)
    office = Office(
        server=server,
        folder=folder,
        owner=owner,
        hub=hub,
        config=config,
        rules=rules,
        mandate=replace(wiring.mandate_of(config), heartbeat_s=NEVER_S),
    )
    load(office, book)
    return office


def load(office: Office, book: Workbook) -> None:
    """Put every row where people would have typed it."""
    for kind, rows in book.tabs.items():
        title = office.rules.columns.tabs[kind].title
        tab = office.hub.worksheet(title)
        wanted = int(len(rows) * (1 + ROOM_FOR_MORE)) + 200
        if wanted > tab.row_count:
            tab.resize(rows=wanted)
        for start in range(0, len(rows), AT_ONCE):
            values = as_values(rows[start : start + AT_ONCE], kind, office.rules)
            tab.update(
                range_name=f"A{start + 2}", values=values, value_input_option=ValueInputOption.raw
            )


def as_values(rows: list[Cells], kind: TabKind, rules: Rulebook) -> list[list[object]]:
    """Rows as the API takes them, in the order of the columns; a blank is left as it is."""
    spec = rules.columns.tabs[kind]
    return [[row.get(name) for name in spec.fields] for row in rows]
