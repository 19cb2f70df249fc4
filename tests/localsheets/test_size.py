"""Costs: a write costs what it writes, an answer no more than decoding it."""

import json
import random
import socket
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from localsheets.test_requests import ME, NOW, START, build_world, carry

from sheetsync.localsheets import display
from sheetsync.localsheets.display import shown_cell, shown_row
from sheetsync.localsheets.formats import show
from sheetsync.localsheets.grid import Extra, Row
from sheetsync.localsheets.journal import Entry
from sheetsync.localsheets.requests.batch import Batch
from sheetsync.localsheets.routes import find_route
from sheetsync.localsheets.server import perform
from sheetsync.localsheets.snapshot import restore, snapshot_lines
from sheetsync.localsheets.undo import Undo
from sheetsync.localsheets.world import Call, World

ROWS, COLUMNS = 20_000, 25


@pytest.fixture(scope="module")
def large():
    world = build_world()
    size = {"rowCount": ROWS, "columnCount": COLUMNS}
    add = {"addSheet": {"properties": {"sheetId": 77, "title": "Large", "gridProperties": size}}}
    carry(world, "POST", f"/v4/spreadsheets/{START}:batchUpdate", {"requests": [add]})
    rng = random.Random(1)  # noqa: S311 - example data
    rows = [
        [f"PO-{n}", n % 40, f"text {n % 977}", round(rng.random() * 1000, 2), 45000 + n % 900] * 5
        for n in range(ROWS)
    ]
    path = f"/v4/spreadsheets/{START}/values/Large!A1?valueInputOption=RAW"
    carry(world, "PUT", path, {"values": rows})
    return world


def scattered(count):
    rng = random.Random(count)  # noqa: S311 - example data
    return {
        "requests": [
            {
                "updateCells": {
                    "start": {
                        "sheetId": 77,
                        "rowIndex": rng.randrange(ROWS),
                        "columnIndex": rng.randrange(COLUMNS),
                    },
                    "rows": [{"values": [{"userEnteredValue": {"numberValue": n}}]}],
                    "fields": "userEnteredValue",
                }
            }
            for n in range(count)
        ]
    }


def test_a_scattered_write_notes_one_step_a_cell(large, monkeypatch):
    """The undo log is the measure: it grows by the cells written, whatever the workbook holds."""
    steps = []
    commit = Undo.commit

    def counting(undo):
        steps.append(len(undo.steps))
        commit(undo)

    monkeypatch.setattr(Undo, "commit", counting)
    for count in (10, 1000):
        carry(large, "POST", f"/v4/spreadsheets/{START}:batchUpdate", scattered(count))
    fixed = steps[0] - 10
    assert steps[1] == 1000 + fixed
    assert fixed < 10


@pytest.mark.parametrize("render", ["UNFORMATTED_VALUE", "FORMATTED_VALUE"])
def test_an_answer_costs_less_than_decoding_it(large, render):
    path = f"/v4/spreadsheets/{START}/values:batchGet?ranges=Large&valueRenderOption={render}"
    answered, decoded = [], []
    for _ in range(4):
        started = time.perf_counter()
        raw = orjson.dumps(answer(large, path))
        answered.append(time.perf_counter() - started)
        started = time.perf_counter()
        json.loads(raw)
        decoded.append(time.perf_counter() - started)
    assert min(answered) <= min(decoded)


@pytest.mark.parametrize("option", ["RAW", "USER_ENTERED"])
def test_what_was_written_is_shown_without_work(option, monkeypatch):
    world = build_world()
    base = f"/v4/spreadsheets/{START}/values/"
    rows = [["PO-1", 12, 3.5], ["PO-2", 13, "x"], ["", True]]
    carry(world, "PUT", f"{base}Other!A1?valueInputOption={option}", {"values": rows})
    again = World()
    restore(again, list(snapshot_lines(world)))
    monkeypatch.setattr(display, "_number_texts", None)
    monkeypatch.setattr(display, "shown_cell", None)
    for kept in (world, again):
        shown = carry(kept, "GET", f"{base}Other!A1:C3")["values"]
        assert shown == [["PO-1", "12", "3.5"], ["PO-2", "13", "x"], ["", "TRUE"]]


def answer(world, path):
    path, _, query = path.partition("?")
    entry = Entry(
        at=NOW, seed=1, email="buyer@example.com", kind="person", verb="GET", path=path,
        query=query, media_type="", body=b"",
    )  # fmt: skip
    return perform(world, entry, find_route("GET", path))


def test_plain_values_are_answered_without_a_copy(large):
    found = answer(
        large, f"/v4/spreadsheets/{START}/values/Large?valueRenderOption=UNFORMATTED_VALUE"
    )
    grid = large.books[START].tab(77).grid
    assert found["values"][5] is grid.rows[5].values


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR"])
def test_the_quick_way_shows_what_the_slow_way_shows(locale):
    rng = random.Random(3)  # noqa: S311 - example data
    for _ in range(20_000):
        value = rng.choice(
            [rng.randint(-(10**12), 10**12), rng.uniform(-1e6, 1e6), round(rng.random(), 4)]
        )
        if isinstance(value, float) and value.is_integer():
            continue
        assert shown_cell(value, None, locale) == show(value, number_format=None, locale=locale)


def test_what_counts_alike_is_shown_for_what_it_is():
    extra = Extra(format={"numberFormat": {"type": "NUMBER", "pattern": "0.0"}})
    for _ in range(2):
        assert [shown_cell(v, extra, "en_US") for v in (1, True, 1.5, 0, False, "1")] == [
            *("1.0", "TRUE", "1.5", "0.0", "FALSE", "1"),
        ]


NUMBERS = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda f: not f.is_integer()),
    st.decimals(-9999, 9999, places=2).map(float).filter(lambda f: not f.is_integer()),
    st.booleans(),
    st.text(max_size=3),
)


@given(
    st.lists(NUMBERS, max_size=5),
    st.sampled_from(["en_US", "de_DE", "fr_FR"]),
    st.dictionaries(st.integers(0, 6), st.sampled_from(["0.00", "#,##0", "@"]), max_size=2),
)
def test_a_row_shows_what_its_cells_show(values, locale, patterns):
    row = Row()
    row.values = values
    row.extras = {
        column: Extra(format={"numberFormat": {"type": "NUMBER", "pattern": pattern}})
        for column, pattern in patterns.items()
    }
    before = list(values)
    cells = [shown_cell(v, row.extra_at(c), locale) for c, v in enumerate(values)]
    assert shown_row(row, locale) == cells
    assert shown_row(row, locale) == cells
    assert row.values == before


def test_header_and_body_come_in_one_packet(open_server):
    host, port = open_server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        for _ in range(5):
            client.sendall(b"GET /v4/nope HTTP/1.1\r\nHost: x\r\n\r\n")
            packet = client.recv(65536)
            assert packet.startswith(b"HTTP/1.1 404")
            assert b'"NOT_FOUND"' in packet


def test_calls_are_counted(open_server, bare):
    made = bare.post(open_server.url + "/v4/spreadsheets", json={}).json()["spreadsheetId"]
    open_server.calls.clear()
    told = bare.get(f"{open_server.url}/v4/spreadsheets/{made}")
    (call,) = open_server.calls
    assert (call.method, call.status) == ("GET", 200)
    assert call.path == "/v4/spreadsheets/{spreadsheetId}"
    assert call.response_bytes == len(told.content)
    assert 0 < call.seconds < 10


def test_guards_are_made_once_a_batch():
    world = build_world()
    book, caller = world.book(_call(), START)
    batch = Batch(book=book, caller=caller, call=_call())
    tab = book.tab(0)
    assert batch.guard(tab) is batch.guard(tab)
    tab.set_items("protectedRanges", [])
    assert batch.guard(tab).locks == []


def _call():
    rng = random.Random(1)  # noqa: S311 - ids, not secrets
    return Call(email=ME, kind="person", at=NOW, rng=rng, params={}, body=None)
