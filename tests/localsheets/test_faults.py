"""Faults on request: what each looks like, and that a seed repeats them."""

import time

import orjson
import pytest
import requests

from sheetsync.localsheets import LocalSheets, values
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.faults import Faults
from sheetsync.localsheets.quota import Quota


@pytest.fixture
def made(open_server, bare):
    return bare.post(open_server.url + "/v4/spreadsheets", json={}).json()["spreadsheetId"]


@pytest.fixture
def write(open_server, bare, made):
    def put(value):
        return bare.put(
            f"{open_server.url}/v4/spreadsheets/{made}/values/A1",
            params={"valueInputOption": "RAW"},
            json={"values": [[value]]},
            timeout=10,
        )

    return put


@pytest.fixture
def seen(open_server, made):
    """What a call without faults reads."""

    def read():
        open_server.set_faults([])
        answer = requests.get(
            f"{open_server.url}/v4/spreadsheets/{made}/values/A1", timeout=10
        ).json()
        return answer.get("values")

    return read


def test_429_comes_with_googles_body(open_server, write, seen):
    open_server.set_faults([{"kind": "429", "method": "values.update", "retry_after": 7}])
    answer = write("x")
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"].startswith(
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute "
        "per user' of service 'sheets.googleapis.com' for consumer 'project_number:"
    )
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert answer.headers["retry-after"] == "7"
    assert seen() is None


def test_503(open_server, write, seen):
    open_server.set_faults([{"kind": "503"}])
    answer = write("x")
    assert (answer.status_code, answer.json()["error"]["status"]) == (503, "UNAVAILABLE")
    assert seen() is None


def test_502_is_html(open_server, write, seen):
    open_server.set_faults([{"kind": "502"}])
    answer = write("x")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    assert seen() is None


def test_slow(open_server, write, seen):
    open_server.set_faults([{"kind": "slow", "delay_s": 0.2}])
    started = time.monotonic()
    assert write("x").status_code == 200
    assert time.monotonic() - started >= 0.2
    assert seen() == [["x"]]


def test_cut_before_the_request_was_applied(open_server, write, seen):
    open_server.set_faults([{"kind": "cut_before"}])
    with pytest.raises(requests.exceptions.ConnectionError):
        write("x")
    assert seen() is None


def test_cut_after_the_request_was_applied(open_server, write, seen):
    open_server.set_faults([{"kind": "cut_after"}])
    with pytest.raises(requests.exceptions.ConnectionError):
        write("x")
    assert seen() == [["x"]]


def test_a_cut_is_quiet(open_server, write, capfd):
    open_server.set_faults([{"kind": "cut_before"}])
    with pytest.raises(requests.exceptions.ConnectionError):
        write("x")
    open_server.set_faults([])
    assert write("x").status_code == 200
    assert capfd.readouterr().err == ""


def test_a_fault_of_ours_is_said_and_leaves_nothing(open_server, write, seen, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(values, "write", broken)
    answer = write("x")
    monkeypatch.undo()
    assert (answer.status_code, answer.json()["error"]["status"]) == (500, "INTERNAL")
    assert "ZeroDivisionError" in caplog.text
    assert seen() is None


def test_rules_choose_their_calls():
    rules = [
        {"kind": "503", "method": "values.append", "at": [2]},
        {"kind": "502", "method": "values.get", "every": 3, "times": 2},
    ]
    faults = Faults(rules)
    appends = [faults.due("sheets.spreadsheets.values.append") for _ in range(4)]
    reads = [faults.due("sheets.spreadsheets.values.get") for _ in range(12)]
    assert [f is not None for f in appends] == [False, True, False, False]
    assert [n for n, f in enumerate(reads, 1) if f] == [3, 6]


def test_each_rule_counts_every_call_of_its_method():
    faults = Faults([{"kind": kind, "at": [n]} for n, kind in enumerate(("429", "503", "502"), 1)])
    kinds = [f.kind if (f := faults.due("values.get")) else None for _ in range(4)]
    assert kinds == ["429", "503", "502", None]


def test_what_else_is_called_changes_nobodys_chance():
    def run(*, reads):
        faults = Faults([{"kind": "503", "method": "values.update", "chance": 0.3}, *reads], 7)
        fates = []
        for _ in range(100):
            if reads:
                faults.due("values.get")
            fates.append(faults.due("values.update") is not None)
        return fates

    assert run(reads=[]) == run(reads=[{"kind": "502", "method": "values.get", "chance": 0.5}])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "503", "evry": 2}, "'evry' is none of kind, method"),
        ({"kind": "503", "every": 0}, "every is a whole number from 1, not 0"),
        ({"kind": "503", "at": 3}, "at is a list of whole numbers from 1, not 3"),
        ({"kind": "503", "chance": 30}, "chance is a number from 0 to 1, not 30"),
        ({"kind": "503", "times": True}, "times is a whole number from 1, not True"),
        ({"kind": "slow", "delay_s": "2"}, "delay_s is a number of seconds, not '2'"),
        ({"kind": "503", "method": "values.read"}, "the end of a method's name"),
        ("503", "kind is one of 429"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule, said):
    with pytest.raises(ValueError, match=said):
        Faults([rule])


def test_a_seed_repeats_itself():
    def run(seed):
        faults = Faults([{"kind": "503", "chance": 0.3}, {"kind": "502", "chance": 0.2}], seed)
        return [f.kind if (f := faults.due("m")) else None for _ in range(200)]

    assert run(7) == run(7)
    assert run(7) != run(8)
    assert {None, "503", "502"} == set(run(7))


def test_faults_come_from_a_file(tmp_path):
    path = tmp_path / "faults.json"
    path.write_bytes(orjson.dumps({"seed": 3, "faults": [{"kind": "503", "at": [1]}]}))
    with LocalSheets.start(None, auth="open", faults=path) as server:
        answers = [
            requests.post(server.url + "/v4/spreadsheets", json={}, timeout=10) for _ in range(2)
        ]
        assert [a.status_code for a in answers] == [503, 200]
    path.write_bytes(orjson.dumps({"faults": [{"kind": "teapot"}]}))
    with pytest.raises(ValueError, match=r"faults\.json: kind is one of"):
        LocalSheets.start(None, faults=path)
    for broken in (b"{", b"[]", b'{"rules": []}', b'{"faults": 5}'):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match=r"faults\.json: "):
            LocalSheets.start(None, faults=path)


def test_a_hook_acts_between_two_calls(open_server, write, seen, made):
    """Another person writes exactly between a read and the write that follows it."""
    told = []

    def before(method, path, email):
        told.append((method, email))
        if method == "PUT":
            requests.put(
                f"{open_server.url}/v4/spreadsheets/{made}/values/B1",
                params={"valueInputOption": "RAW"},
                json={"values": [["theirs"]]},
                timeout=10,
            )

    open_server.before_call = before
    assert write("mine").status_code == 200
    open_server.before_call = None
    answer = requests.get(f"{open_server.url}/v4/spreadsheets/{made}/values/A1:B1", timeout=10)
    assert answer.json()["values"] == [["mine", "theirs"]]
    assert told == [("PUT", "owner@example.com")]
    assert [c.status for c in open_server.calls][-3:] == [200, 200, 200]


def test_a_failing_hook_is_told_at_the_end():
    server = LocalSheets.start(None, auth="open")
    server.before_call = lambda *_: 1 / 0
    assert requests.post(server.url + "/v4/spreadsheets", json={}, timeout=10).status_code == 200
    with pytest.raises(ZeroDivisionError):
        server.stop()


# quota


def taken(quota, who, times, *, writes=False):
    """How many of so many calls are let through."""
    done = 0
    for _ in range(times):
        try:
            quota.take(who, writes=writes, drive=False)
        except GoogleError:
            continue
        done += 1
    return done


def test_sixty_a_minute_a_user_and_three_hundred_a_project():
    now = [0.0]
    quota = Quota(clock=lambda: now[0])
    assert taken(quota, "a", 100) == 60
    assert taken(quota, "a", 100, writes=True) == 60
    assert [taken(quota, f"u{n}", 70) for n in range(5)] == [60, 60, 60, 60, 0]
    now[0] = 59.9
    assert taken(quota, "a", 1) == 0
    now[0] = 60.0
    assert taken(quota, "a", 100) == 60


def test_drive_has_a_quota_of_its_own():
    quota = Quota(clock=lambda: 0.0)
    for _ in range(1000):
        quota.take("a", writes=False, drive=True)


def test_quota_is_held_over_http(bare):
    with LocalSheets.start(None, auth="open", quota="google") as server:
        made = bare.post(server.url + "/v4/spreadsheets", json={}).json()["spreadsheetId"]
        path = f"{server.url}/v4/spreadsheets/{made}"
        codes = [bare.get(path, params={"fields": "spreadsheetId"}).status_code for _ in range(61)]
        assert codes == [200] * 60 + [429]
        assert bare.get(path).json()["error"]["details"][0]["metadata"]["quota_limit_value"] == "60"
        many = {"requests": [{"addSheet": {}} for _ in range(100)]}
        assert bare.post(path + ":batchUpdate", json=many).status_code == 200
