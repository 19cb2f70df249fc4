"""The change history in the sheet: whatever people do to it, it stands again and still verifies."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from small_company import BOLT, open_small_company, order_line

from sheetsync import wiring
from sheetsync.core.history.chain import compare, verify
from sheetsync.core.history.tab import as_rows
from sheetsync.core.model import TabKind
from sheetsync.cycle import run_cycle
from sheetsync.demo.office import WORKER
from sheetsync.errors import SafetyStop
from sheetsync.history_key import history_key
from sheetsync.state.archive import read_archive

HISTORY = "Change history"


@pytest.fixture
def office(tmp_path):
    """An order has been typed and submitted, so that there is a history."""
    with open_small_company(tmp_path, suppliers=(BOLT,)) as office:
        for mark in ("new1", "new2"):
            order(office, mark)
            office.desk("ann", "Orders").type({"status": "draft"}, action="submit")
            rest(office)
        yield office


def order(office, mark):
    office.desk("ann", "Order lines").add(order_line(mark, "S-100"))
    rest(office)


def rest(office, ports=None):
    """Cycles until nothing is left to do; returns their reports."""
    reports = []
    for _ in range(8):
        office.clock += timedelta(minutes=5)
        mandate = wiring.mandate_of(office.config)
        reports.append(run_cycle(ports or office.ports, office.rules, mandate, office.clock))
        if not reports[-1].cells_written and not reports[-1].wants_another:
            return reports
    raise AssertionError("the worker does not come to rest")


def shown(office, ports=None):
    [reading] = (ports or office.ports).workbook.read(office.clock).of_kind(TabKind.HISTORY)
    return [row for row in as_rows(reading) if any(cell is not None for cell in row)]


def assert_it_verifies(office, ports=None):
    """The tab holds by itself, and shows what the journal has."""
    state = (ports or office.ports).state
    count, after = state.archived()
    rows, key = shown(office, ports), history_key(office.config)
    by_itself = verify(rows, key, after)
    against = compare(rows, state.journal_rows()[count:], after)
    assert (by_itself.broken, against.broken) == (None, None)
    assert by_itself.head == against.head == verify(state.journal_rows(), key).head
    return by_itself


def findings(office):
    rows = office.desk("ann", "Exceptions").rows()
    return [row["What and what to do"] for row in rows if row["Code"] == "history-edited"]


def told(office):
    """What the history itself keeps of what was typed into it."""
    rows = [row for row in office.desk("ann", HISTORY).rows() if "restored" in row["Decision"]]
    return [each for row in rows for each in json.loads(row["Old"] or "[]")]


def test_every_row_is_chained_and_the_digest_prints_the_head(office):
    office.desk("ann", "Order lines").type({"po_number": "PO-1001"}, quantity="ten")
    rest(office)

    verdict = assert_it_verifies(office)

    assert verdict.rows == len(office.desk("ann", HISTORY).rows()) > 8
    macs = [row[-1] for row in shown(office)]
    mails = [path.read_text() for path in (office.folder / "mails").glob("*digest*.eml")]
    assert mails
    for mail in mails:
        plain = mail.replace("=\n", "")
        assert any(f"ends in {mac}" in plain for mac in macs), plain


def test_what_people_did_to_the_history_is_undone_told_and_not_lost(office):
    desk = office.desk("ann", HISTORY)
    before = shown(office)
    desk.tab.add_cols(1)
    width = len(desk.headers)
    notes = [[f"note on {row[0]}"] for row in before]
    desk.tab.update(range_name=f"{chr(65 + width)}1", values=[["My notes"], *notes])
    # She types over a cell, deletes a row, inserts one, and cuts one to another place.
    desk.tab.update_cell(3, 8, "what I think")
    desk.tab.delete_rows(5)
    desk.tab.insert_row(["E-mine", "", "PO-1001", "", "", "", "", "paid already"], 4)
    desk.tab.client.batch_update(
        office.hub.id,
        {
            "requests": [
                {
                    "moveDimension": {
                        "source": {
                            "sheetId": desk.tab.id,
                            "dimension": "ROWS",
                            "startIndex": 1,
                            "endIndex": 2,
                        },
                        "destinationIndex": 6,
                    }
                }
            ]
        },
    )

    rest(office)

    assert_it_verifies(office)
    after = shown(office)
    assert after[: len(before)] == before
    [message] = findings(office)
    assert message.startswith("4 rows were changed by hand (2 edited or inserted, 1 deleted, 1 ")
    typed = {value for row in told(office) for value in row.values()}
    assert {"what I think", "E-mine", "paid already"} <= typed
    beside = {row["My notes"]: row["Event"] for row in desk.rows() if row.get("My notes")}
    lost = f"note on {before[3][0]}"
    assert set(beside) == {note for [note] in notes} - {lost}, "it went with the row she deleted"
    # Notes stay beside their events, but for the row that she moved away herself.
    assert (
        sum(note == f"note on {event_id}" for note, event_id in beside.items()) >= len(beside) - 1
    )
    assert rest(office)[0].history_rows == 0


def test_a_sorted_history_stands_in_its_order_again(office):
    before = shown(office)
    office.desk("ann", HISTORY).sort_by("Chain")
    assert shown(office) != before

    rest(office)

    assert_it_verifies(office)
    assert shown(office)[: len(before)] == before
    assert len(findings(office)) == 1


def test_the_newest_rows_that_were_deleted_stand_again_and_are_told(office):
    """Nobody has read them: they were written by the cycle just before."""
    before = shown(office)
    desk = office.desk("ann", HISTORY)
    desk.tab.delete_rows(len(desk.rows()) + 1)

    rest(office)

    assert_it_verifies(office)
    assert shown(office)[: len(before)] == before
    assert "1 deleted" in findings(office)[0]


def test_an_emptied_history_is_told_anew(office):
    before = shown(office)
    office.desk("ann", HISTORY).tab.batch_clear(["A2:N200"])

    rest(office)

    assert_it_verifies(office)
    assert shown(office)[: len(before)] == before
    assert "deleted" in findings(office)[0]


@contextmanager
def in_that_instant(office, act):
    """Somebody acts after the worker's last look at the hub, just before its batch arrives."""
    done = []

    def hook(_, path, email):
        is_write = path.endswith(":batchUpdate") and "/values" not in path
        if email == WORKER and is_write and not done:
            done.append(act())

    office.server.before_call = hook
    try:
        yield
    finally:
        office.server.before_call = None
    assert done


def test_a_row_inserted_just_as_it_is_laid_right_harms_nothing(office):
    desk = office.desk("ann", HISTORY)
    desk.tab.update_cell(3, 8, "what I think")
    with in_that_instant(office, lambda: desk.tab.insert_rows([[]], 2)):
        office.clock += timedelta(minutes=5)
        office.cycle()

    rest(office)

    assert_it_verifies(office)


@pytest.mark.parametrize("row", [3, 4], ids=["the cell that is laid right", "another one"])
def test_a_word_typed_just_as_it_is_laid_right_is_told(office, row):
    desk, before = office.desk("ann", HISTORY), shown(office)
    desk.tab.update_cell(3, 8, "what I think")
    with in_that_instant(office, lambda: desk.tab.update_cell(row, 8, "no, this")):
        office.clock += timedelta(minutes=5)
        office.cycle()
    assert [each["new"] for each in told(office)] == ["what I think"]

    rest(office)

    assert_it_verifies(office)
    assert shown(office)[: len(before)] == before
    assert [each["new"] for each in told(office)] == ["what I think", "no, this"]


def test_a_word_typed_before_the_worker_looks_again_is_read_first(office):
    """It would be written over, and nobody would have read it."""
    desk = office.desk("ann", HISTORY)
    desk.tab.update_cell(3, 8, "what I think")
    reads = []

    def hook(_, path, email):
        if email == WORKER and path.endswith("/values:batchGet"):
            reads.append(path)
            if len(reads) == 2:  # the first were whole tabs
                office.server.before_call = None
                desk.tab.update_cell(3, 8, "no, this")

    office.server.before_call = hook
    rest(office)

    assert_it_verifies(office)
    assert [each["new"] for each in told(office)] == ["no, this"]


def test_what_was_told_of_a_write_that_went_astray_is_taken_back_without_a_word(office):
    """The history goes out with the cells, before it is known where they landed."""
    office.desk("ann", "Orders").type({"po_number": "PO-1001"}, status="done")
    tab = office.desk("ann", "Orders").tab
    with in_that_instant(office, lambda: tab.insert_rows([["", "a note"]], 2)):
        office.clock += timedelta(minutes=5)
        assert office.cycle().writes_skipped
    assert compare(shown(office), office.ports.state.journal_rows()).broken is not None

    rest(office)

    assert_it_verifies(office)
    assert findings(office) == []


def test_a_state_store_from_a_backup_is_behind(office, tmp_path):
    office.ports.state.close()
    state = office.folder / "sheetsync.db"
    shutil.copy(state, tmp_path / "backup.db")
    order(office, "new3")
    office.ports.state.close()
    for leftover in office.folder.glob("sheetsync.db-*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup.db", state)
    before = shown(office)

    with (
        wiring.open_ports(office.config, office.rules) as ports,
        pytest.raises(SafetyStop, match="does not know"),
    ):
        rest(office, ports)

    assert shown(office) == before


def test_closed_years_move_to_an_archive_and_the_tab_goes_on_after_it(office):
    early = len(shown(office))
    office.clock = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
    config = office.config.model_copy(update={"history_rows": early})
    office.config = config
    desk = office.desk("ann", "Order lines")
    with wiring.open_ports(config, office.rules) as ports:
        desk.type({"po_number": "PO-1001"}, description="a bolt")
        rest(office, ports)
        desk.type({"po_number": "PO-1001"}, description="another bolt")
        rest(office, ports)

        verdict = assert_it_verifies(office, ports)
        archive = read_archive(office.folder / "archive" / "history-2026.csv")
        held = verify(archive.rows, history_key(config), archive.after)
        count, after = ports.state.archived()
        assert (held.broken, held.rows, held.head) == (None, count, after)
        assert 0 < verdict.rows <= early
        assert len(ports.state.journal_rows()) == count + verdict.rows
        assert findings(office) == []
        assert rest(office, ports)[0].history_rows == 0


def test_an_upgraded_sheet_gets_its_macs_without_a_word(office):
    """The column is new: `init` adds it, the next cycle fills it."""
    tab = office.desk("ann", HISTORY).tab
    before = shown(office)
    tab.delete_columns(14)
    rest(office)
    wiring.lay_out_workbook(office.config, office.rules)

    rest(office)

    assert_it_verifies(office)
    assert shown(office)[: len(before)] == before
    assert findings(office) == []


@pytest.mark.parametrize("header", ["Event", "Time (UTC)", "Field", "Chain"])
def test_a_history_that_lost_a_header_stands_still_and_blames_nobody(office, header):
    before, tab = shown(office), office.desk("ann", HISTORY).tab
    place = tab.row_values(1).index(header) + 1
    tab.update_cell(1, place, "Mine")
    for words in ("a bolt", "another bolt"):
        office.desk("ann", "Order lines").type({"po_number": "PO-1001"}, description=words)
        rest(office)
    [said] = [row for row in office.desk("ann", "Status").rows() if row["What"] == HISTORY]
    assert said["Value"].startswith("stands still: A header is missing")
    assert len(tab.get_values()) == len(before) + 1

    tab.update_cell(1, place, header)
    rest(office)

    assert_it_verifies(office)
    decisions = [row["New"] for row in office.desk("ann", HISTORY).rows()]
    assert {"a bolt", "another bolt"} <= set(decisions)
    assert findings(office) == []


def test_a_tab_that_was_renamed_for_some_cycles_blames_nobody(office):
    tab = office.desk("ann", HISTORY).tab
    tab.update_title("Mine")
    for words in ("a bolt", "another bolt"):
        office.desk("ann", "Order lines").type({"po_number": "PO-1001"}, description=words)
        rest(office)

    tab.update_title(HISTORY)
    rest(office)

    assert_it_verifies(office)
    assert findings(office) == []


def test_a_column_that_was_made_anew_is_filled_and_blames_nobody(office):
    """`init` knows a renamed column no more, and adds another."""
    tab = office.desk("ann", HISTORY).tab
    tab.update_cell(1, tab.row_values(1).index("Field") + 1, "Mine")
    rest(office)
    wiring.lay_out_workbook(office.config, office.rules)

    rest(office)

    assert_it_verifies(office)
    assert findings(office) == []


@pytest.mark.parametrize("header", ["Event", "Field"])
def test_an_older_store_stops_although_the_history_lost_a_header(office, tmp_path, header):
    """It would send again what was sent since."""
    office.ports.state.close()
    state = office.folder / "sheetsync.db"
    shutil.copy(state, tmp_path / "backup.db")
    order(office, "new3")
    office.ports.state.close()
    for leftover in office.folder.glob("sheetsync.db-*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup.db", state)
    tab = office.desk("ann", HISTORY).tab
    tab.update_cell(1, tab.row_values(1).index(header) + 1, "Mine")

    with (
        wiring.open_ports(office.config, office.rules) as ports,
        pytest.raises(SafetyStop, match="does not know"),
    ):
        rest(office, ports)


def test_a_new_chain_begins_as_the_docs_say_also_after_years_were_archived(office):
    """The key is lost: docs/history.md, `The key`."""
    early = len(shown(office))
    office.clock = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
    office.config = office.config.model_copy(update={"history_rows": early})
    desk, archive = office.desk("ann", "Order lines"), office.folder / "archive"
    with wiring.open_ports(office.config, office.rules) as ports:
        desk.type({"po_number": "PO-1001"}, description="a bolt")
        rest(office, ports)
        desk.type({"po_number": "PO-1001"}, description="another bolt")
        rest(office, ports)
        assert ports.state.archived()[0] > 0
    office.ports.state.close()
    archive.rename(office.folder / "archive of the old key")
    next(office.folder.glob("*.history-key")).unlink()
    with closing(sqlite3.connect(office.folder / "sheetsync.db")) as store:
        store.execute("UPDATE journal SET mac = NULL")
        store.execute("UPDATE workbook SET archived_seq = 0")
        store.commit()

    with wiring.open_ports(office.config, office.rules) as ports:
        for _ in range(2):
            rest(office, ports)

        assert_it_verifies(office, ports)
        count, _ = ports.state.archived()
        held = read_archive(archive / "history-2026.csv")
        assert verify(held.rows, history_key(office.config), held.after).rows == count > 0
        assert len(findings(office)) == 1
