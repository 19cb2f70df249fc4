"""An office on a local Google Sheets: the hub's owner, a supplier and the worker, each with a key.

People act through unchanged gspread; only the origin of its requests is swapped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import gspread
from google.oauth2.service_account import Credentials
from ruamel.yaml import YAML

from sheetsync.core.model import HUB, TabAddress, TabKind, TabPlace
from sheetsync.core.rulebook import ColumnRules
from sheetsync.localsheets import LocalSheets
from sheetsync.sheets.gspread_workbook import GspreadWorkbook
from sheetsync.sheets.layout import LayoutReport, lay_out
from sheetsync.sheets.opening import connect

NOW = datetime(2026, 4, 3, 12, 0, tzinfo=UTC)
SCOPES = [
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
]
BUYER, SUPPLIER = "buyer@example.com", "sales@supplier.example"
WORKER = "worker@local.iam.gserviceaccount.com"
RULES = Path(__file__).parents[1] / "rules"
COLUMNS = ColumnRules.model_validate(
    YAML(typ="safe").load((RULES / "columns.yaml").read_text("utf-8"))
)

ORDER_LINES = TabAddress(HUB, "Order lines")
HISTORY = TabAddress(HUB, "Change history")
PRIVATE = TabAddress("S-1", "Bolt's 🔩 orders")


class PersonCredentials(Credentials):
    """google-auth's own, without its question to Google from where an account may be used."""

    def _is_regional_access_boundary_lookup_required(self):
        return False


class Company:
    """A server and everybody who works on it; making their keys takes a moment, so once a module."""

    def __init__(self, server: LocalSheets, folder: Path) -> None:
        self.server = server
        self.waited: list[float] = []
        self._open: list[gspread.Client] = []
        self.buyer = self.person(BUYER)
        self.supplier = self.person(SUPPLIER)
        self.key = folder / "worker.json"
        self.key.write_text(json.dumps(server.register(WORKER, kind="service_account")), "utf-8")
        self.http = connect(self.key, server.url, wait=self.waited.append)

    def person(self, email: str) -> gspread.Client:
        """Somebody with a key of their own."""
        origin = self.server.url

        class Local(gspread.HTTPClient):
            def request(self, method, endpoint, *args, **options):
                for host in ("https://sheets.googleapis.com", "https://www.googleapis.com"):
                    endpoint = endpoint.replace(host, origin)
                return super().request(method, endpoint, *args, **options)

        key = PersonCredentials.from_service_account_info(
            self.server.register(email), scopes=SCOPES
        )
        client = gspread.Client(key, http_client=Local)
        self._open.append(client)
        return client

    def spreadsheet(self, title: str, *editors: str) -> gspread.Spreadsheet:
        """A file of the buyer's, shared with others."""
        spreadsheet = self.buyer.create(title)
        for editor in editors:
            spreadsheet.share(editor, perm_type="user", role="writer", notify=False)
        return spreadsheet

    def close(self) -> None:
        """Everybody goes home."""
        self.http.close()
        for client in self._open:
            client.http_client.session.close()


@contextmanager
def open_company(folder: Path) -> Iterator[Company]:
    """A company on a server of its own."""
    with LocalSheets.start(None) as server:
        company = Company(server, folder)
        try:
            yield company
        finally:
            company.close()


class Office:
    """The spreadsheets of one test."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.server, self.http = company.server, company.http
        self.waited = company.waited
        self.waited.clear()
        self.server.set_faults([])
        self.hub = company.spreadsheet("Hub", WORKER)
        self.private = company.spreadsheet("Bolts", WORKER, SUPPLIER)
        self.spreadsheets = {HUB: self.hub.id, "S-1": self.private.id}
        self.places = [
            TabPlace(address=TabAddress(HUB, spec.title), kind=kind)
            for kind, spec in COLUMNS.tabs.items()
            if kind is not TabKind.SUPPLIER
        ]
        self.places.append(TabPlace(address=PRIVATE, kind=TabKind.SUPPLIER, supplier="S-1"))
        self.workbook = self.new_workbook()

    def new_workbook(self, **changes: object) -> GspreadWorkbook:
        """The worker's workbook, knowing nothing yet."""
        parts = {"spreadsheets": self.spreadsheets, "places": self.places, "columns": COLUMNS}
        return GspreadWorkbook(self.http, **{**parts, **changes})

    def init(self) -> LayoutReport:
        """`sheetsync init`."""
        return lay_out(
            self.http, spreadsheets=self.spreadsheets, places=self.places, columns=COLUMNS
        )

    def tab(self, address: TabAddress) -> gspread.Worksheet:
        """A tab as the buyer opens it."""
        spreadsheet = self.hub if address.spreadsheet == HUB else self.private
        return spreadsheet.worksheet(address.tab)

    def type(self, address: TabAddress, *rows: dict[str, object], at: int = 2) -> None:
        """The buyer enters rows by header, from a row on."""
        tab = self.tab(address)
        header = tab.row_values(1)
        cells = [[row.get(name, "") for name in header] for row in rows]
        tab.update(cells, f"A{at}", value_input_option="RAW")

    def shown(self, address: TabAddress, *headers: str) -> list[list[object]]:
        """The unformatted values below the header, of some columns or of all."""
        values = self.tab(address).get_values(value_render_option="UNFORMATTED_VALUE")
        places = [values[0].index(name) for name in headers] or range(len(values[0]))
        return [[row[place] for place in places] for row in values[1:]]

    @contextmanager
    def meanwhile(self, method: str, act: object, *, nth: int = 1) -> Iterator[None]:
        """Somebody acts just before the worker's nth call of a method is handled."""
        seen = 0

        def hook(_: str, path: str, email: str) -> None:
            nonlocal seen
            if email == WORKER and path.endswith(method):
                seen += 1
                if seen == nth:
                    act()

        self.server.before_call = hook
        try:
            yield
        finally:
            self.server.before_call = None
        assert seen >= nth, f"{method} was not called {nth} times"
