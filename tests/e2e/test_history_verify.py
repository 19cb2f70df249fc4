"""`sheetsync history verify`: what it says of a history that holds, and of one that somebody touched."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_company import SEAL
from typer.testing import CliRunner

from sheetsync import wiring
from sheetsync.cli import app
from sheetsync.core.history.chain import GENESIS
from sheetsync.demo.office import open_office
from sheetsync.errors import ConfigError, StateError
from sheetsync.state.archive import write_archive
from sheetsync.state.session import SqlSession
from sheetsync.verifying import ArchiveFile, check_archives


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with open_office(
        tmp_path_factory.mktemp("hub") / "office",
        suppliers=(SEAL,),
        colleagues=("ann@example.com",),
        clock=datetime.now(UTC),
    ) as office:
        for person in ("ann", "bob", "cid"):
            office.desk("ann", "People").add({"person": person, "roles": "buyer"})
            cycle(office)
        yield office


def cycle(office) -> None:
    office.clock = datetime.now(UTC)
    office.cycle()


def verify(office, *words: str):
    config = str(office.folder / "config.yaml")
    return CliRunner().invoke(app, ["history", "verify", "--config", config, *words])


def head(office) -> str:
    return office.ports.state.journal_rows()[-1][-1]


def test_a_history_that_holds_says_so_and_prints_the_head(office):
    done = verify(office)

    assert done.exit_code == 0, done.output
    journal, tab, last = done.stdout.splitlines()
    count = len(office.ports.state.journal_rows())
    assert journal == f"Journal: {count} rows hold."
    assert tab == f"Tab Change history: {count} rows hold."
    assert last == f"Head of the chain: {head(office)}"


def test_a_row_that_somebody_edited_is_named(office):
    history = office.desk("ann", "Change history")
    event = history.rows()[1]["Event"]
    history.type({"event": event}, actor="nobody")

    done = verify(office)
    cycle(office)
    mended = verify(office)

    assert done.exit_code == 1
    assert re.search(rf"Tab Change history, row 3 \({event}\) does not hold: its mac", done.stdout)
    assert "The next cycle of the worker lays the tab right" in done.stdout
    assert mended.exit_code == 0, mended.output


def test_a_row_that_somebody_deleted_at_the_end_is_missed(office):
    history = office.desk("ann", "Change history")
    last = history.rows()[-1]["Event"]
    history.delete(event=last)

    done = verify(office)
    cycle(office)

    assert done.exit_code == 1
    assert f"({last}) does not hold: the journal has it and it is not there." in done.stdout
    assert verify(office).exit_code == 0


@pytest.mark.parametrize("header", ["Event", "Field"])
def test_a_column_that_lost_its_header_is_named_as_it_was_headed(office, header):
    tab = office.desk("ann", "Change history").tab
    place = tab.row_values(1).index(header) + 1
    tab.update_cell(1, place, "Mine")

    done = verify(office)
    tab.update_cell(1, place, header)

    assert done.exit_code == 1
    assert f'Tab Change history: no column is headed "{header}". Rename' in done.stdout
    assert verify(office).exit_code == 0


def test_a_journal_that_somebody_edited_is_named_though_no_worker_would_start(office):
    place = office.folder / "sheetsync.db"
    with sqlite3.connect(place) as store:
        (event,) = store.execute("select event from journal where seq = 2").fetchone()
        store.execute("update journal set event = replace(event, 'admin', 'santa') where seq = 2")
    store.close()

    done = verify(office)
    with sqlite3.connect(place) as store:
        store.execute("update journal set event = ? where seq = 2", (event,))
    store.close()

    assert done.exit_code == 1
    assert re.search(r"Journal, event 2 \(E-\w+\) does not hold: its mac", done.stdout)
    assert verify(office).exit_code == 0


def test_no_key_is_made_where_it_is_only_checked(office):
    """A new one in its place would hide that it is lost, and blame somebody for the journal."""
    place = next(office.folder.glob("*.history-key"))
    kept = place.read_bytes()
    place.unlink()

    lost = verify(office)
    is_made = place.exists()
    place.write_bytes(b"another key of many characters, 0123456789")
    wrong = verify(office)
    place.write_bytes(kept)

    assert isinstance(lost.exception, ConfigError)
    assert not is_made
    assert wrong.exit_code == 1
    assert "Or this key is not the one that it was chained with" in wrong.stdout
    assert verify(office).exit_code == 0


def test_a_worker_makes_no_key_where_one_is_lost(office):
    place = next(office.folder.glob("*.history-key"))
    kept = place.read_bytes()
    place.unlink()

    with pytest.raises(ConfigError, match="cannot be read"), wiring.open_state(office.config):
        pass
    is_made = place.exists()
    place.write_bytes(kept)

    assert not is_made


def test_an_interrupted_cycle_is_finished_first(office, monkeypatch):
    monkeypatch.setattr(SqlSession, "interrupted", lambda _: object())

    done = verify(office)

    assert isinstance(done.exception, StateError)
    assert "`sheetsync run --once` finishes it" in str(done.exception)


# -- archives --------------------------------------------------------------------------------------


def test_an_archive_is_checked_with_nothing_but_the_key(office, tmp_path):
    rows = office.ports.state.journal_rows()
    path = write_archive(tmp_path, 2025, GENESIS, rows[:3])
    key = next(office.folder.glob("*.history-key"))
    nowhere = str(tmp_path / "no-config.yaml")
    words = ["history", "verify", "--config", nowhere, "--file", str(path), "--key-file", str(key)]

    holds = CliRunner().invoke(app, words)
    path.write_text(path.read_text().replace("admin", "santa", 1))
    touched = CliRunner().invoke(app, words)

    assert holds.exit_code == 0, holds.output
    assert holds.stdout.splitlines() == [
        "history-2025.csv: 3 rows hold.",
        f"Head of the chain: {rows[2][-1]}",
    ]
    assert touched.exit_code == 1
    assert "history-2025.csv, line 2 (E-" in touched.stdout


def test_archives_hold_together_what_left_the_tab(office):
    rows = office.ports.state.journal_rows()
    key = next(office.folder.glob("*.history-key")).read_bytes().strip()
    one, two = part(rows, 0, 2), part(rows, 2, 3)

    whole = list(check_archives([two, one], rows, 3, key))
    lost = list(check_archives([one], rows, 3, key))

    assert [found.holds for found in whole] == [True, True, True]
    assert [found.holds for found in lost] == [True, False]
    assert f"no file holds {rows[2][0]}" in lost[-1].text
    assert list(check_archives([], rows, 0, key)) == []


@pytest.mark.parametrize("content", [b"", b"a note of mine\n", b"\xff\xfe", b'"'])
def test_a_file_that_is_no_archive_is_named_and_the_rest_is_checked(office, content):
    path = office.folder / "archive" / "history-notes.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)

    done = verify(office)
    alone = verify(office, "--file", str(path))
    path.unlink()

    journal, note, tab, last = done.stdout.splitlines()
    assert done.exit_code == alone.exit_code == 1, done.output
    assert note.startswith("history-notes.csv: it ")
    assert note.endswith("if sheetsync did not write it, move it elsewhere.")
    assert journal.startswith("Journal: ")
    assert tab.endswith("rows hold.")
    assert last == f"Head of the chain: {head(office)}"
    assert alone.stdout.splitlines() == [note]


def test_beside_a_file_that_is_no_archive_the_others_are_still_held_together(office):
    rows = office.ports.state.journal_rows()
    key = next(office.folder.glob("*.history-key")).read_bytes().strip()
    note = ArchiveFile(path=Path("history-notes.csv"), refusal="it is none.")

    *_, whole = check_archives([note, part(rows, 0, 3)], rows, 3, key)
    *_, lost = check_archives([note, part(rows, 0, 2)], rows, 3, key)

    assert (whole.holds, lost.holds) == (True, False)


def part(rows, start: int, end: int) -> ArchiveFile:
    after = rows[start - 1][-1] if start else GENESIS
    return ArchiveFile(path=Path(f"history-{start}.csv"), after=after, rows=rows[start:end])
