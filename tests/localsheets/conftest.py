"""A server for the tests, people to call it, and the contract held against every call."""

from urllib.parse import urlsplit

import gspread
import jsonschema
import orjson
import pytest
import requests
from google.oauth2.service_account import Credentials
from localsheets import discovery_schema

from sheetsync.localsheets import LocalSheets
from sheetsync.localsheets import server as server_module

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
)


@pytest.fixture(autouse=True)
def contract(monkeypatch):
    """Every accepted request and every answer keeps to Google's documents."""
    carry_out = server_module.perform
    broken = []

    def checked(world, entry, route):
        answer = carry_out(world, entry, route)
        try:
            check(route, entry.body, answer)
        except jsonschema.ValidationError as error:
            broken.append(f"{route.id}: {error}")
        return answer

    monkeypatch.setattr(server_module, "perform", checked)
    yield broken
    assert broken == []


def check(route, body, answer):
    if route.method is None:
        return
    document = "drive.v3" if route.is_drive else "sheets.v4"
    if route.method.request and body and not route.is_drive:
        sent = discovery_schema.without_nulls(orjson.loads(body))
        discovery_schema.checker(document, route.method.request)(sent)
    if isinstance(answer, dict) and route.method.response:
        discovery_schema.checker(document, route.method.response)(
            orjson.loads(orjson.dumps(answer))
        )


@pytest.fixture(scope="module")
def server():
    with LocalSheets.start(None) as running:
        yield running


def http_of(server):
    class Local(gspread.HTTPClient):
        def request(self, method, endpoint, *args, **kwargs):
            parts = urlsplit(endpoint)
            query = f"?{parts.query}" if parts.query else ""
            self.timeout = self.timeout or 30
            return super().request(method, server.url + parts.path + query, *args, **kwargs)

    return Local


def credentials(server, email, kind="person", scopes=SCOPES):
    return Credentials.from_service_account_info(server.register(email, kind=kind), scopes=scopes)


class Person:
    """Somebody who calls the server: over gspread, or bare."""

    def __init__(self, server, email, kind="person", scopes=SCOPES):
        self.server, self.email = server, email
        self.client = gspread.Client(
            credentials(server, email, kind, scopes), http_client=http_of(server)
        )
        self.session = self.client.http_client.session

    def call(self, method, path, body=None, **params):
        return self.session.request(
            method, self.server.url + path, json=body, params=params, timeout=30
        )

    def batch(self, spreadsheet, *asked, **more):
        body = {"requests": list(asked), **more}
        return self.call("POST", f"/v4/spreadsheets/{spreadsheet.id}:batchUpdate", body)


@pytest.fixture(scope="module")
def person(server):
    known = {}

    def make(email, kind="person"):
        if email not in known:
            known[email] = Person(server, email, kind)
        return known[email]

    yield make
    for made in known.values():
        made.session.close()


@pytest.fixture
def buyer(person):
    return person("buyer@example.com")


@pytest.fixture
def supplier(person):
    return person("supplier@example.com")


@pytest.fixture
def hub(buyer, request):
    return buyer.client.create(f"Hub {request.node.name}"[:90])


@pytest.fixture
def tab(hub):
    return hub.sheet1


@pytest.fixture
def shared(hub, supplier):
    """The hub as the supplier sees it, who may write."""
    hub.share(supplier.email, perm_type="user", role="writer", notify=False)
    return supplier.client.open_by_key(hub.id)


def message(response):
    return response.json()["error"]["message"]


@pytest.fixture
def open_server():
    with LocalSheets.start(None, auth="open") as running:
        yield running


@pytest.fixture
def bare():
    with requests.Session() as session:
        yield session
