"""The commands as an operator types them, in processes of their own, against the local server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
from small_company import open_small_company, order_line

from sheetsync.demo.office import WORKER


@pytest.fixture(scope="module")
def open_hub(tmp_path_factory):
    with open_small_company(tmp_path_factory.mktemp("hub"), clock=datetime.now(UTC)) as office:
        yield office


@pytest.fixture
def office(open_hub):
    """The hub after a cycle of its own process, so that nothing is left to do."""
    done = sheetsync(open_hub, "run", "--once", "--json")
    assert done.returncode == 0, done.stderr
    yield open_hub
    open_hub.server.before_call = None


def command(office, *words: str) -> list[str]:
    config = str(office.folder / "config.yaml")
    return [sys.executable, "-m", "sheetsync", *words, "--config", config]


def sheetsync(office, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        command(office, *words), capture_output=True, text=True, timeout=90, check=False
    )


def type_a_line(office, item: str) -> None:
    office.desk("ann", "Order lines").add(
        order_line(f"PO-{item}", "S-200", line=1, item=item, need_by="2026-12-20")
    )


def test_a_cycle_reports_as_json(office):
    type_a_line(office, "0042")

    done = sheetsync(office, "run", "--once", "--json")

    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["cells_written"] > 0
    assert report["history_rows"] >= 1
    assert report["reads"] <= 6
    assert report["writes"] == 1
    assert {
        "cycle_id",
        "writes_skipped",
        "findings",
        "mails_queued",
        "mails_sent",
        "seconds",
    } <= set(report)


def test_a_second_worker_leaves_with_a_clear_message(office):
    with office.ports.state.lease(datetime.now(UTC)):
        done = sheetsync(office, "run", "--once")

    assert done.returncode == 4
    assert "serves this workbook until" in done.stderr
    assert "Traceback" not in done.stderr


def test_sigterm_ends_the_worker_after_its_cycle(office):
    worker = subprocess.Popen(  # noqa: S603 - our own command
        command(office, "run", "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert json.loads(worker.stdout.readline())["findings"] is not None

    worker.send_signal(signal.SIGTERM)

    _, errors = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert "stopping after this cycle" in errors
    assert "Traceback" not in errors


def test_a_worker_killed_at_its_write_is_finished_by_the_next(office):
    """Killed while the server handles its write, which takes all the same, as on Google."""
    item = "0711"
    type_a_line(office, item)
    worker = subprocess.Popen(  # noqa: S603 - our own command
        command(office, "run", "--once"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )

    def kill(_method: str, path: str, email: str) -> None:
        if email == WORKER and path.endswith(":batchUpdate"):
            os.kill(worker.pid, signal.SIGKILL)

    office.server.before_call = kill
    worker.communicate(timeout=60)
    office.server.before_call = None
    assert worker.returncode == -signal.SIGKILL
    free_the_lease(office)

    done = sheetsync(office, "run", "--once", "--json")
    again = sheetsync(office, "run", "--once", "--json")

    assert json.loads(done.stdout)["finished_interrupted"] is True
    assert json.loads(again.stdout)["writes"] == 0
    assert office.desk("ann", "Orders").row(po_number=f"PO-{item}")["Status"] == "draft"
    history = office.desk("ann", "Change history").rows()
    ids = [row["Event"] for row in history]
    assert len(ids) == len(set(ids))
    assert len([row for row in history if row["PO number"] == f"PO-{item}"]) == 1


def free_the_lease(office) -> None:
    """Time passes: the lease of the killed worker runs out."""
    later = datetime.now(UTC).replace(year=datetime.now(UTC).year + 1)
    with office.ports.state.lease(later):
        pass


def test_a_restored_state_stops_before_it_writes_or_mails(office):
    state = office.folder / "sheetsync.db"
    backup = office.folder / "backup.db"
    shutil.copy(state, backup)
    type_a_line(office, "0043")
    assert sheetsync(office, "run", "--once").returncode == 0
    kept = office.folder / "kept.db"
    shutil.move(state, kept)
    shutil.copy(backup, state)
    mails = set((office.folder / "mails").rglob("*.eml"))
    before = office.desk("ann", "Order lines").rows()

    done = [sheetsync(office, "run", "--once") for _ in range(2)]

    assert [each.returncode for each in done] == [3, 3]
    assert "older than the sheet" in done[0].stderr
    assert office.desk("ann", "Order lines").rows() == before
    [mail] = set((office.folder / "mails").rglob("*.eml")) - mails
    assert "operator@example.com" in mail.read_text("utf-8")
    shutil.move(kept, state)


def test_a_store_of_another_spreadsheet_is_named_and_left_alone(office):
    state = office.folder / "sheetsync.db"
    config = office.folder / "config.yaml"
    kept, whole = said_by(state), config.read_text("utf-8")
    config.write_text(whole.replace(office.hub.id, "the-id-of-a-copy"), "utf-8")

    done = [sheetsync(office, "run", *words) for words in (("--once",), ())]
    config.write_text(whole, "utf-8")

    assert [each.returncode for each in done] == [3, 3]
    assert "belongs to the spreadsheet" in done[0].stderr
    assert said_by(state) == kept


def said_by(state):
    with closing(sqlite3.connect(state)) as connection:
        return list(connection.iterdump())


def test_a_yes_goes_with_one_cycle(office):
    done = sheetsync(office, "run", "--confirm")

    assert done.returncode == 2
    assert "--once --confirm" in done.stderr


def test_a_spreadsheet_that_is_not_shared_names_whom_to_share_it_with(office):
    office.hub.remove_permissions(WORKER)

    done = sheetsync(office, "init")
    office.hub.share(WORKER, perm_type="user", role="writer", notify=False)

    assert done.returncode == 2
    assert WORKER in done.stderr
    assert "Traceback" not in done.stderr


def test_init_twice_changes_nothing(office):
    done = sheetsync(office, "init")

    assert done.returncode == 0
    assert "Everything stands already" in done.stdout
    assert "everyone who can open" in done.stdout.lower() or "everybody" in done.stdout.lower()


def test_a_bad_config_names_its_line(office, tmp_path):
    bad = tmp_path / "config.yaml"
    bad.write_text(
        (office.folder / "config.yaml").read_text().replace("time_zone", "timezone"), "utf-8"
    )

    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "sheetsync", "check", "--config", str(bad)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "time_zone" in done.stderr
    assert "line" in done.stderr
