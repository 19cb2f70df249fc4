"""The office of the simulation: a local server in this process, its people, and its spreadsheets.

A company is laid out and played to a busy morning once in a process, by the real worker; each run
gets a copy of its spreadsheets and of its state store. Never: judges anything.
"""

from __future__ import annotations

import atexit
import random
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson

import sheetsync
from sheetsync.core.model import HUB, Mandate, TabAddress, TabKind, TabPlace
from sheetsync.core.rulebook import Rulebook
from sheetsync.localsheets import server as server_module
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.embed import build
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.grid import Row
from sheetsync.localsheets.journal import Entry
from sheetsync.localsheets.routes import find_route
from sheetsync.localsheets.server import Server, perform
from sheetsync.localsheets.world import World
from sheetsync.rules_file import load_rules
from sheetsync.wiring import KNOWN_WORDS
from simulation.wire import ORIGIN

ROOT = Path(sheetsync.__file__).resolve().parents[1]
START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
WORKER = "worker@local.iam.gserviceaccount.com"
OWNER = "ann@example.com"
COLLEAGUES = ("ben@example.com", "bob@example.com", "wanda@example.com", "pat@example.com")
SUPPLIERS = {"S-1": "sales@s1.example", "S-2": "sales@s2.example"}
PRIVATE = "S-2"
GRID_ROWS = 70

Json = dict[str, Any]


@cache
def the_rules() -> Rulebook:
    """The rules as they are shipped."""
    return load_rules(ROOT / "rules", KNOWN_WORDS)


def mandate() -> Mandate:
    """A worker that serves everybody."""
    return Mandate(time_zone="Europe/Berlin", operator="operator@example.com")


class Clock:
    """Time that moves only when it is told to; the server asks it too."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self, _zone: object = None) -> datetime:
        """What time it is."""
        return self.time

    def seconds(self) -> float:
        """What time it is, on a scale that only grows."""
        return (self.time - START).total_seconds()

    def wait(self, seconds: float) -> None:
        """Let time pass: this is how the worker sleeps."""
        self.time += timedelta(seconds=seconds)


class Chance:
    """The server's `secrets`, seeded."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a story, no secret

    def randbits(self, bits: int) -> int:
        """Some bits."""
        return self._random.getrandbits(bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything stands; the same in every copy."""

    spreadsheets: Mapping[str, str]
    tabs: tuple[TabPlace, ...]

    def of(self, kind: TabKind, supplier: str | None = None) -> TabAddress:
        """The tab of a kind."""
        return next(p.address for p in self.tabs if p.kind is kind and p.supplier == supplier)

    def kind(self, address: TabAddress) -> TabPlace:
        """What a tab is for."""
        return next(p for p in self.tabs if p.address == address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A row that a person deleted, as the browser keeps it for Undo."""

    address: TabAddress
    at: int
    header: tuple[Any, ...]
    row: Row


class Refused(Exception):
    """The server refused what a person did."""


class Office:
    """The spreadsheets of one run, and people's hands on them."""

    def __init__(self, server: Server, places: Places, clock: Clock) -> None:
        self.server = server
        self.places = places
        self.clock = clock
        self.deleted: list[Deleted] = []
        self._calls = 0

    def call(self, email: str, verb: str, path: str, body: Json | None = None, **query: str) -> Any:
        """One call of a person, carried out at once by the server's own code; all or nothing.

        Raises:
            Refused: The server said no, such as for a protected cell.
        """
        self._calls += 1
        entry = Entry(
            at=self.clock.now(),
            seed=self._calls,
            email=email,
            kind="person",
            verb=verb,
            path=path,
            query=urlencode(query),
            media_type="application/json",
            body=orjson.dumps(body) if body is not None else b"",
        )
        world = self.server.world
        try:
            answer = perform(world, entry, find_route(verb, path))
        except GoogleError as refusal:
            world.undo.rollback()
            raise Refused(str(refusal.body()["error"]["message"])) from None
        world.undo.commit()
        return answer

    def batch(self, email: str, spreadsheet: str, *requests: Json) -> None:
        """A batchUpdate of a person."""
        path = f"/v4/spreadsheets/{self.places.spreadsheets[spreadsheet]}:batchUpdate"
        self.call(email, "POST", path, {"requests": list(requests)})

    def enter(
        self,
        email: str,
        spreadsheet: str,
        ranges: Iterable[tuple[str, list[list[Any]]]],
        *,
        raw: bool = False,
    ) -> None:
        """Type into ranges, given in A1; a paste of texts is raw."""
        path = f"/v4/spreadsheets/{self.places.spreadsheets[spreadsheet]}/values:batchUpdate"
        cells = [{"range": where, "values": values} for where, values in ranges]
        option = "RAW" if raw else "USER_ENTERED"
        self.call(email, "POST", path, {"valueInputOption": option, "data": cells})

    def tab(self, address: TabAddress) -> Tab:
        """A tab as it stands in the server."""
        book = self.server.world.books[self.places.spreadsheets[address.spreadsheet]]
        found = book.titled(address.tab)
        assert found is not None, f"{address} is gone"
        return found


def new_server(clock: Clock, seed: str) -> Server:
    """A server without a socket that tells our time and draws our chance."""
    tell_time_and_chance(clock, seed)
    server = build(None)
    server.token_uri = ORIGIN + "/token"
    return server


def tell_time_and_chance(clock: Clock, seed: str) -> None:
    """Let the server's code read this clock and draw this chance, and no others."""
    server_module.datetime = clock  # type: ignore[attr-defined]
    server_module.secrets = Chance(seed)  # type: ignore[attr-defined]


def copied(world: World) -> World:
    """The same spreadsheets and files, changed apart from now on."""
    fresh = World()
    fresh.files = {file_id: replace(file) for file_id, file in world.files.items()}
    fresh.gone = dict(world.gone)
    for book in world.books.values():
        made = Book(fresh.undo, book.id, book.properties)
        made.named_ranges, made.metadata = book.named_ranges, book.metadata
        made.stale = book.stale
        made.tabs = [_copied_tab(tab, fresh) for tab in book.tabs]
        fresh.books[book.id] = made
    return fresh


def _copied_tab(tab: Tab, world: World) -> Tab:
    made = Tab(world.undo, tab.props)
    made.columns, made.lists = dict(tab.columns), dict(tab.lists)
    made.basic_filter = tab.basic_filter
    grid = made.grid
    grid.has_formulas, grid.has_validation = tab.grid.has_formulas, tab.grid.has_validation
    grid.rows = [None if row is None else copied_row(row) for row in tab.grid.rows]
    return made


def copied_row(row: Row) -> Row:
    """The same row, changed apart from now on."""
    made = Row()
    made.values = list(row.values)
    made.extras = dict(row.extras) if row.extras else None
    made.props = row.props
    return made


# -- making the spreadsheets -----------------------------------------------------------------------


def found_company(server: Server, clock: Clock) -> Office:
    """Create the hub and the private spreadsheet, shared with everybody who works in them."""
    bare = Office(server, Places(spreadsheets={}, tabs=()), clock)
    hub = _create(bare, "Purchase orders", (*COLLEAGUES, SUPPLIERS["S-1"]))
    private = _create(bare, "Orders for S-2", (SUPPLIERS[PRIVATE],))
    columns = the_rules().columns
    tabs = [
        TabPlace(address=TabAddress(HUB, spec.title), kind=kind)
        for kind, spec in columns.tabs.items()
        if kind is not TabKind.SUPPLIER
    ]
    tabs.append(TabPlace(address=TabAddress(HUB, "S-1"), kind=TabKind.SUPPLIER, supplier="S-1"))
    tabs.append(
        TabPlace(address=TabAddress(PRIVATE, "Orders"), kind=TabKind.SUPPLIER, supplier=PRIVATE)
    )
    places = Places(spreadsheets={HUB: hub, PRIVATE: private}, tabs=tuple(tabs))
    return Office(server, places, clock)


def _create(office: Office, title: str, editors: Iterable[str]) -> str:
    body = {"properties": {"title": title, "locale": "en_GB", "timeZone": "Europe/Berlin"}}
    made = office.call(OWNER, "POST", "/v4/spreadsheets", body)
    file_id = str(made["spreadsheetId"])
    for editor in (*editors, WORKER):
        permission = {"type": "user", "role": "writer", "emailAddress": editor}
        path = f"/drive/v3/files/{quote(file_id)}/permissions"
        office.call(OWNER, "POST", path, permission, sendNotificationEmail="false")
    return file_id


def trim_grids(office: Office) -> None:
    """Fewer blank rows: they cost time and show nothing new."""
    for name, file_id in office.places.spreadsheets.items():
        book = office.server.world.books[file_id]
        for tab in list(book.tabs):
            if tab.title == "Sheet1":
                office.batch(OWNER, name, {"deleteSheet": {"sheetId": tab.id}})
            elif tab.row_count > GRID_ROWS:
                size = {"sheetId": tab.id, "gridProperties": {"rowCount": GRID_ROWS}}
                office.batch(
                    OWNER,
                    name,
                    {
                        "updateSheetProperties": {
                            "properties": size,
                            "fields": "gridProperties.rowCount",
                        }
                    },
                )


@cache
def workshop() -> Path:
    """A folder in memory for the state stores of this process."""
    parent = Path("/dev/shm")  # noqa: S108 - in memory where there is such a place
    where = str(parent) if parent.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="sheetsync-simulation-", dir=where))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
