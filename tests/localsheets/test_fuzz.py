"""Whatever keeps to the documents is answered: with a reply or with Google's 4xx, never a crash."""

import copy
import os
import random
import re

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from localsheets.discovery_schema import document
from localsheets.test_atomic import picture
from localsheets.test_requests import ME, NOW, START, build_world, carry

from sheetsync.localsheets.contract import methods
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.journal import Entry
from sheetsync.localsheets.requests import KINDS
from sheetsync.localsheets.routes import find_route
from sheetsync.localsheets.server import perform

DEEP = 6
EXAMPLES = int(os.environ.get("SHEETSYNC_FUZZ_EXAMPLES", "100"))
IDS = {"sheetId", "sourceSheetId", "destinationSheetId", "newSheetId"}
TEXTS = st.sampled_from(
    ["", "a", "nut", "Sheet1", "=A1+B2", "*", "title", "range", "name,range", "A1:B2", "1", "spec"]
)
MASKS = st.sampled_from(
    ["*", "title", "range", "name", "note", "userEnteredValue", "description", "filters", "spec",
     "userEnteredFormat.textFormat.bold", "gridProperties.rowCount", "pixelSize", "index",
     "editors", "warningOnly", "location", "collapsed", "rowProperties", "anchorCell"]
)  # fmt: skip


def values_of(spec, depth, name=""):
    """Any value of a discovery schema, small and with ids that often exist."""
    if "$ref" in spec:
        return message(spec["$ref"], depth + 1)
    kind = spec.get("type", "any")
    if kind == "array":
        return st.lists(values_of(spec["items"], depth + 1, name), max_size=2)
    if name == "fields":
        return MASKS
    if name in IDS:
        return st.sampled_from([0, 5, 9])
    if "enum" in spec:
        return st.sampled_from(spec["enum"])
    plain = {
        "integer": st.one_of(st.integers(-1, 25), st.sampled_from([3, 4, 7, 9, 11, 12])),
        "number": st.one_of(st.floats(-2, 2), st.just(1e308)),
        "boolean": st.booleans(),
        "string": st.one_of(TEXTS, st.sampled_from(["n1", "t1", "po"])),
    }
    return plain.get(kind, st.none())


def message(schema, depth=0):
    properties = document("sheets.v4")["schemas"][schema].get("properties", {})
    if depth > DEEP:
        return st.just({})
    fields = {
        k: st.deferred(lambda k=k, v=v: values_of(v, depth, k)) for k, v in properties.items()
    }
    usual = {k: v for k, v in fields.items() if k in ("sheetId", "range", "fields", "source")}
    chosen = st.fixed_dictionaries({}, optional=fields)
    if not usual:
        return chosen
    return st.tuples(st.fixed_dictionaries(usual), chosen).map(lambda both: both[1] | both[0])


REQUESTS = document("sheets.v4")["schemas"]["Request"]["properties"]
ANY = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: values_of(REQUESTS[kind], 0).map(lambda content: {kind: content})
)


def code_of(call):
    try:
        call()
    except GoogleError as refusal:
        return refusal.code
    return 200


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW)
@given(st.lists(ANY, min_size=1, max_size=3))
def test_any_batch_is_answered_and_a_refused_one_leaves_nothing(requests):
    world = build_world()
    before = picture(world)
    path = f"/v4/spreadsheets/{START}:batchUpdate"
    code = code_of(lambda: carry(world, "POST", path, {"requests": copy.deepcopy(requests)}))
    assert code == 200 or (400 <= code < 500 and picture(world) == before)
    carry(world, "GET", f"/v4/spreadsheets/{START}?includeGridData=true")


RANGES = st.sampled_from(
    ["A1", "Sheet1", "Other!B2:C", "3:4", "prices", "Sheet1!Z99", "'", "!", "R1C1", "A1:A1:A1"]
)
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8), st.sampled_from(["=A1", "=1/0", "=SUM(A:A)", "=A1:B9", "12.3.2024"]),
    st.just([]), st.just({}),
)  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW)
@given(
    where=RANGES,
    rows=st.lists(st.lists(CELLS, max_size=3), max_size=3),
    option=st.sampled_from(["RAW", "USER_ENTERED"]),
    dimension=st.sampled_from(["ROWS", "COLUMNS"]),
    appended=st.booleans(),
    render=st.sampled_from(["FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"]),
    dates=st.sampled_from(["SERIAL_NUMBER", "FORMATTED_STRING"]),
)
def test_any_values_are_answered(where, rows, option, dimension, appended, render, dates):
    world = build_world()
    base = f"/v4/spreadsheets/{START}/values/{where}"
    body = {"values": rows, "majorDimension": dimension}
    verb, path = ("POST", base + ":append") if appended else ("PUT", base)
    shown = f"valueRenderOption={render}&dateTimeRenderOption={dates}"
    for call in (
        lambda: carry(world, verb, f"{path}?valueInputOption={option}", body),
        lambda: carry(world, "GET", f"{base}?{shown}"),
        lambda: carry(world, "POST", base + ":clear", {}),
    ):
        assert code_of(call) in (200, 400)


PLACES = [START, START, "nope", "0", "9", "A1", "Sheet1", "prices", "%FF", "a%2Fb"]
WORDS = ["1", "true", "x", "A1", "id", "*", "name", "-5", "99999999999", "files(id)", "x(", ""]
ODDS = [
    None, "", 0, -1, "x", True, [], {}, ["a"], {"a": 1}, "writer", "owner", "user", "anyone",
    "application/vnd.google-apps.spreadsheet", [START], ME, 1.5, "A1", [["x"]], [[1, None]],
    "ROWS", "RAW", {"sheetId": 0}, [{"range": "A1", "values": [[1]]}], [{"a1Range": "A1"}],
    [{"developerMetadataLookup": {"metadataKey": "po"}}], ["A1", "Sheet1"], {"title": "t"},
]  # fmt: skip
METHODS = [m for name in ("drive.v3", "sheets.v4", "sheets.v4") for m in methods(name)]


def any_call(rng, number):
    """A call of some method with odd places, parameters and fields."""
    method = rng.choice(METHODS)
    path = re.sub(r"\{\+?\w+\}", lambda _: rng.choice(PLACES), method.template)
    names = [n for n, spec in method.parameters.items() if spec.get("location") == "query"]
    asked = [f"{n}={rng.choice(WORDS)}" for n in [*names, "fields"] if rng.random() < 0.3]
    fields = {}
    if method.request:
        name = "sheets.v4" if path.startswith("/v4") else "drive.v3"
        fields = document(name)["schemas"][method.request].get("properties", {})
    body = {k: rng.choice(ODDS) for k in fields if rng.random() < 0.3}
    return Entry(
        at=NOW,
        seed=number,
        email=rng.choice([ME, ME, "stranger@example.com"]),
        kind=rng.choice(["person", "open", "service_account"]),
        verb=method.verb,
        path=path,
        query="&".join(asked),
        media_type="application/json",
        body=orjson.dumps(body) if method.request else b"",
    )


@pytest.mark.parametrize("seed", range(4))
def test_any_call_of_any_method_is_answered(seed):
    rng = random.Random(seed)  # noqa: S311 - repeatable examples
    world = build_world()
    for number in range(8 * EXAMPLES):
        entry = any_call(rng, number)
        try:
            perform(world, entry, find_route(entry.verb, entry.path))
        except GoogleError:
            world.undo.rollback()
        else:
            world.undo.commit()
        if START not in world.books:
            world = build_world()
