"""A batch with one bad request leaves no trace of the others."""

import copy

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from localsheets.test_requests import EXAMPLES, START, build_world, carry

from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.snapshot import snapshot_lines

BAD = {"deleteSheet": {"sheetId": 424242}}


def picture(world):
    """Everything that would be kept, in one comparable form."""
    lines = [orjson.loads(line) for line in snapshot_lines(world)]
    for line in lines:
        if "rows" in line:
            while line["rows"] and line["rows"][-1] in (None, []):
                line["rows"].pop()
    return [line for line in lines if line.get("rows") != []]


def batch(world, requests, seed=1):
    return carry(
        world, "POST", f"/v4/spreadsheets/{START}:batchUpdate", {"requests": requests}, seed
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(sorted(EXAMPLES)), min_size=1, max_size=6),
    st.integers(0, 5),
    st.integers(0, 2**30),
)
def test_nothing_of_a_refused_batch_stays(names, place, seed):
    world = build_world()
    before = picture(world)
    requests = [copy.deepcopy(EXAMPLES[name]) for name in names]
    requests.insert(min(place, len(requests)), BAD)
    with pytest.raises(GoogleError):
        batch(world, requests, seed)
    assert picture(world) == before


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(sorted(EXAMPLES)), min_size=1, max_size=4), st.integers(0, 2**30))
def test_the_same_call_gives_the_same_state(names, seed):
    """What lets a journal of calls restore the state."""
    pictures = []
    for _ in range(2):
        world = build_world()
        for name in names:
            try:
                batch(world, [copy.deepcopy(EXAMPLES[name])], seed)
            except GoogleError:
                continue
        pictures.append(picture(world))
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_each_kind_can_be_undone(name):
    world = build_world()
    before = picture(world)
    with pytest.raises(GoogleError):
        batch(world, [copy.deepcopy(EXAMPLES[name]), BAD])
    assert picture(world) == before


def test_a_refused_values_batch_leaves_nothing():
    world = build_world()
    before = picture(world)
    data = [{"range": "A1", "values": [["x"]]}, {"range": "ZZ1", "values": [["y"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    with pytest.raises(GoogleError):
        carry(world, "POST", f"/v4/spreadsheets/{START}/values:batchUpdate", body)
    assert picture(world) == before
