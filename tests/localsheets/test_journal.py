"""What was answered is still there after the process was killed."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from localsheets.test_atomic import picture

from sheetsync.localsheets import LocalSheets
from sheetsync.localsheets.embed import build, unlock
from sheetsync.localsheets.journal import Entry, Journal
from sheetsync.localsheets.world import World

ENTRY = Entry(
    at=datetime(2026, 5, 4, tzinfo=UTC),
    seed=1,
    email="a@example.com",
    kind="person",
    verb="POST",
    path="/v4/spreadsheets",
    query="",
    media_type="",
    body=b"\xff{}",
)


def put(server, spreadsheet, cell, value):
    answer = requests.put(
        f"{server.url}/v4/spreadsheets/{spreadsheet}/values/{cell}",
        params={"valueInputOption": "RAW"},
        json={"values": [[value]]},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


def create(url):
    return requests.post(f"{url}/v4/spreadsheets", json={}, timeout=30).json()["spreadsheetId"]


def read(url, spreadsheet, cells):
    answer = requests.get(f"{url}/v4/spreadsheets/{spreadsheet}/values/{cells}", timeout=30)
    return answer.json().get("values", [])


def test_a_stopped_server_comes_back(tmp_path):
    with LocalSheets.start(tmp_path, auth="open") as server:
        made = create(server.url)
        put(server, made, "A1", "kept")
        before = picture(server._app.world)
    with LocalSheets.start(tmp_path, auth="open") as again:
        assert picture(again._app.world) == before
        assert read(again.url, made, "A1") == [["kept"]]
    assert [p.name for p in sorted((tmp_path / "state").iterdir())] == ["journal-1", "snapshot-1"]


PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sheetsync.localsheets import journal
from sheetsync.localsheets.serve import serve
journal.SMALLEST_LIMIT = 4000
serve(port=0, data=Path(sys.argv[1]), auth="open", quota="off", faults=None)
"""


def start(folder):
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, str(folder)], stdout=subprocess.PIPE, text=True
    )
    line = process.stdout.readline()
    assert line.startswith("Local Google Sheets at http://127.0.0.1:")
    return process, line.rpartition(" ")[2].strip()


def test_killed_at_any_moment_it_returns_with_the_last_answered_write(tmp_path):
    """Four kills, each while writes stream in; the journal is folded every few writes."""
    spreadsheet, answered = None, 0
    for turn in range(4):
        process, url = start(tmp_path)
        try:
            if spreadsheet is None:
                spreadsheet = create(url)
            else:
                kept = read(url, spreadsheet, "A1:A5000")
                assert len(kept) in (answered, answered + 1)
                assert kept == [[str(n)] for n in range(len(kept))]
                answered = len(kept)
            with requests.Session() as session:
                for _ in range(40 + 7 * turn):
                    told = session.put(
                        f"{url}/v4/spreadsheets/{spreadsheet}/values/A{answered + 1}",
                        params={"valueInputOption": "RAW"},
                        json={"values": [[answered]]},
                        timeout=30,
                    )
                    assert told.status_code == 200
                    answered += 1
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()


def test_it_ends_on_sigterm(tmp_path):
    process, _ = start(tmp_path)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The journal of five writes, and the spreadsheet that they went to."""
    folder = tmp_path_factory.mktemp("written")
    with LocalSheets.start(folder, auth="open") as server:
        made = create(server.url)
        for row in range(5):
            put(server, made, f"A{row + 1}", row)
        return (folder / "state" / "journal-0").read_bytes(), made


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 4000))
def test_a_torn_last_line_is_cut_off(tmp_path_factory, written, cut):
    """Whatever the length at which the disk stopped, all whole lines before it count."""
    folder, (raw, made) = tmp_path_factory.mktemp("torn"), written
    (folder / "state").mkdir()
    raw = raw[: min(cut, len(raw))]
    (folder / "state" / "journal-0").write_bytes(raw)
    whole = raw.count(b"\n")
    app = build(folder, auth="open")
    try:
        rows = app.world.books[made].tabs[0].grid.rows if whole else []
        assert len(rows) == max(0, whole - 1)
        app.journal.append(ENTRY)
    finally:
        app.journal.close(None)
        unlock(folder)
    again = [*Journal(folder / "state").load(World())]
    assert again[-1] == ENTRY
    assert len(again) == whole + 1


def test_half_a_written_line_is_taken_back(tmp_path, monkeypatch):
    journal = Journal(tmp_path)
    journal.append(ENTRY)
    write = os.write

    def half(file, line):
        write(file, line[: len(line) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        journal.append(ENTRY)
    monkeypatch.undo()
    journal.append(ENTRY)
    journal.close(None)
    assert [*Journal(tmp_path).load(World())] == [ENTRY, ENTRY]


def test_a_line_is_on_the_disk_before_it_is_answered(tmp_path, monkeypatch):
    order = []
    write, sync = os.write, os.fdatasync
    monkeypatch.setattr(os, "write", lambda *a: order.append("write") or write(*a))
    monkeypatch.setattr(os, "fdatasync", lambda *a: order.append("sync") or sync(*a))
    journal = Journal(tmp_path)
    journal.append(ENTRY)
    monkeypatch.undo()
    journal.close(None)
    assert order == ["write", "sync"]


def test_a_crash_between_snapshot_and_new_journal_loses_nothing(tmp_path, monkeypatch):
    with LocalSheets.start(tmp_path, auth="open") as server:
        made = create(server.url)
        put(server, made, "A1", "kept")
        replace = Path.replace

        def crash(self, target):
            raise OSError("the machine stopped")

        monkeypatch.setattr(Path, "replace", crash)
        with pytest.raises(OSError, match="stopped"):
            server._app.journal.compact(server._app.world)
        monkeypatch.setattr(Path, "replace", replace)
        server._app.journal = None
    with LocalSheets.start(tmp_path, auth="open") as again:
        assert read(again.url, made, "A1") == [["kept"]]


def test_two_servers_do_not_share_a_directory(tmp_path):
    with LocalSheets.start(tmp_path), pytest.raises(RuntimeError, match="another server"):
        LocalSheets.start(tmp_path)


def test_a_start_that_failed_is_not_in_the_way(tmp_path):
    with LocalSheets.start(None) as other:
        port = int(other.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            LocalSheets.start(tmp_path, port=port)
    with pytest.raises(FileNotFoundError):
        LocalSheets.start(tmp_path, faults=tmp_path / "none.json")
    LocalSheets.start(tmp_path).stop()


def test_a_process_that_cannot_start_says_why_in_one_line(tmp_path):
    with LocalSheets.start(tmp_path) as other:
        port = other.url.rpartition(":")[2]
        for given, why in (("0", "another server is using"), (port, "in use")):
            told = subprocess.run(  # noqa: S603 - our own program
                [
                    *(sys.executable, "-m", "sheetsync.localsheets"),
                    *("--data", tmp_path, "--port", given),
                ],
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
            assert (told.returncode, told.stdout) == (1, "")
            assert why in told.stderr
            assert told.stderr.count("\n") == 1


def test_a_write_costs_what_it_writes(tmp_path):
    """The journal grows by the request, not by the workbook."""
    with LocalSheets.start(tmp_path, auth="open") as server:
        made = create(server.url)
        rows = [[f"value {r} {c}" for c in range(20)] for r in range(900)]
        requests.put(
            f"{server.url}/v4/spreadsheets/{made}/values/A1",
            params={"valueInputOption": "RAW"},
            json={"values": rows},
            timeout=30,
        )
        journal = server._app.journal
        before = journal._size
        put(server, made, "A1", "x")
        assert journal._size - before < 1000
        assert before > 100_000


def test_a_refused_call_is_not_written(tmp_path):
    with LocalSheets.start(tmp_path, auth="open") as server:
        made = create(server.url)
        before = server._app.journal._size
        requests.post(
            f"{server.url}/v4/spreadsheets/{made}:batchUpdate",
            json={"requests": [{"deleteSheet": {"sheetId": 0}}]},
            timeout=30,
        )
        assert server._app.journal._size == before


def test_a_full_disk_leaves_no_trace_and_no_promise(tmp_path, monkeypatch):
    with LocalSheets.start(tmp_path, auth="open") as server:
        made = create(server.url)
        before = picture(server._app.world)

        def full(self, entry):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Journal, "append", full)
        answer = requests.put(
            f"{server.url}/v4/spreadsheets/{made}/values/A1",
            params={"valueInputOption": "RAW"},
            json={"values": [["x"]]},
            timeout=30,
        )
        monkeypatch.undo()
        assert answer.status_code == 503
        assert picture(server._app.world) == before
