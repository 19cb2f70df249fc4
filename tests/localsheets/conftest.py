"""A server for the tests, and people to call it."""

from urllib.parse import urlsplit

import gspread
import pytest
import requests
from google.oauth2.service_account import Credentials

from sheetsync.localsheets import LocalSheets

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
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
