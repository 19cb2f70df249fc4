"""What `ports.Workbook` promises, on every implementation: Google Sheets by way of gspread.

The local server stands in for Google; people act on it exactly between the worker's calls.
"""

from dataclasses import replace

import pytest
from sheets_office import COLUMNS, HISTORY, NOW, ORDER_LINES, PRIVATE, WORKER, Office, open_company

from sheetsync.core.history.chain import GENESIS, chain, row_of, verify
from sheetsync.core.model import HUB, RowRef, TabAddress, TabKind
from sheetsync.core.plan import CellWrite, Event, RowAppend
from sheetsync.errors import AccessDenied, ConfigError, QuotaExceeded, WorkbookUnavailable
from sheetsync.ports import Batch, CallCount
from sheetsync.sheets import reading, tab_layout
from sheetsync.sheets.fitting import MOVED, NO_COLUMN, NO_ROW, NO_TAB
from sheetsync.sheets.gspread_workbook import NOT_CONFIGURED, GspreadWorkbook
from sheetsync.sheets.opening import connect

READ_AGAIN = "values:batchGet"
SEND = ":batchUpdate"
ROWS = 50
KEYS = ("PO number", "Line", "Status")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with open_company(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def office(company, monkeypatch):
    monkeypatch.setattr(tab_layout, "NEW_TAB_ROWS", ROWS)  # small grids are quicker to make
    opened = Office(company)
    opened.init()
    opened.type(ORDER_LINES, *[line(number) for number in (1, 2, 3)])
    return opened


def line(number, **cells):
    return {
        "PO number": "PO-1",
        "Line": number,
        "Quantity": 10 * number,
        "Status": "draft",
        **cells,
    }


BATCH = Batch(label="1.1")


def status(number, value="issued", *, expected="draft", field="status", tab=ORDER_LINES):
    ref = RowRef(key=("po-1", str(number)))
    return CellWrite(tab=tab, ref=ref, field=field, expected=expected, value=value)


def sent(number, tab=PRIVATE, **cells):
    cells = {"po_number": "PO-1", "line_number": number, **cells}
    return RowAppend(tab=tab, key=("po-1", str(number)), cells=cells)


def event(name, needs=None, **more):
    return Event(
        event_id=name,
        at=NOW,
        tab="Order lines",
        field="status",
        actor="worker",
        proof="worker",
        decision="moved",
        needs=needs,
        **more,
    )


def tell(*events):
    """As a session tells what happened: chained, once it is known which writes take."""

    def told(taken):
        happened = (each for each in events if each.needs is None or each.needs in taken)
        return list(chain(happened, GENESIS, 0, b"k"))

    return told


def ids(office):
    return [row[0] for row in office.shown(HISTORY, "Event")]


def since(office, before):
    now = office.workbook.calls()
    return CallCount(reads=now.reads - before.reads, writes=now.writes - before.writes)


# -- reading ---------------------------------------------------------------------------------------


def test_every_configured_tab_is_read_in_its_fields(office):
    snapshot = office.workbook.read(NOW)

    assert list(snapshot.tabs) == [place.address for place in office.places]
    reading = snapshot.tabs[ORDER_LINES]
    spec = COLUMNS.tabs[TabKind.ORDER_LINES]
    assert reading.fields == spec.fields
    assert reading.present == set(spec.fields)
    assert reading.rows[1][: len(KEYS) - 1] == ("PO-1", 2)
    assert reading.rows[1][spec.index["status"]] == "draft"
    assert reading.rows[1][spec.index["supplier"]] is None
    assert snapshot.read_at == NOW


def test_an_empty_tab_and_one_of_nothing_but_headers(office):
    office.tab(TabAddress(HUB, "People")).clear()

    tabs = office.workbook.read(NOW).tabs

    assert (tabs[TabAddress(HUB, "People")].present, tabs[TabAddress(HUB, "People")].rows) == (
        frozenset(),
        (),
    )
    assert tabs[TabAddress(HUB, "Suppliers")].rows == ()
    assert "supplier" in tabs[TabAddress(HUB, "Suppliers")].present


def test_a_missing_tab_is_a_reading_that_does_not_exist(office):
    office.hub.del_worksheet(office.tab(TabAddress(HUB, "Receipts")))

    reading = office.workbook.read(NOW).tabs[TabAddress(HUB, "Receipts")]

    assert not reading.exists
    assert reading.rows == ()
    assert reading.fields == COLUMNS.tabs[TabKind.RECEIPTS].fields


def test_a_spreadsheet_without_any_of_our_tabs(office):
    office.private.add_worksheet("Notes", 5, 5)
    office.private.del_worksheet(office.tab(PRIVATE))

    assert not office.workbook.read(NOW).tabs[PRIVATE].exists


def test_renamed_doubled_and_unknown_headers(office):
    tab = office.tab(ORDER_LINES)
    tab.update([["Order no", "  pos. "]], "A1")
    tab.insert_cols([["Colour", "red"], ["Unit price", 12.5]], 3)

    reading = office.workbook.read(NOW).tabs[ORDER_LINES]

    assert reading.rows[0][:2] == ("PO-1", 1)
    assert reading.unknown == ("Colour",)
    assert reading.duplicates == ("Unit price",)
    assert reading.rows[0][reading.fields.index("unit_price")] == 12.5


def test_values_come_as_they_are(office):
    long = "ש" * 50_000
    tab = office.tab(ORDER_LINES)
    tab.update([["0042"]], "A2", raw=True)
    tab.update([["=1/0", "🔩", long, True]], "C3", raw=False)
    tab.update([["2026-04-03", "1,234.5"]], "O3", raw=False)

    rows = office.workbook.read(NOW).tabs[ORDER_LINES].rows

    assert rows[0][0] == "0042"
    assert rows[1][2:6] == ("#DIV/0!", "🔩", long, True)
    assert rows[1][14:16] == (46115, 1234.5)


def test_blank_rows_keep_their_place(office):
    office.tab(ORDER_LINES).insert_rows([[], []], 3)

    rows = office.workbook.read(NOW).tabs[ORDER_LINES].rows

    assert [row[1] for row in rows] == [1, None, None, 2, 3]


def test_the_history_is_read_as_it_was_written(office):
    told = tell(event("e1", old=12.5, new="0042"), event("e2", old=True))
    office.workbook.apply([], told, BATCH)

    for workbook in (office.workbook, office.new_workbook()):
        reading = workbook.read(NOW).tabs[HISTORY]
        assert list(reading.rows) == list(map(row_of, told(())))
        assert verify(reading.rows, b"k").rows == 2


def test_the_history_goes_on_where_its_columns_were_moved(office):
    office.workbook.apply([], tell(event("e1")), BATCH)
    office.tab(HISTORY).insert_cols([["Mine", "x"]], 1)
    before = office.workbook.calls()

    reading = office.workbook.read(NOW).tabs[HISTORY]

    assert [row[0] for row in reading.rows] == ["e1"]
    assert since(office, before).reads == 4
    office.workbook.apply([], tell(event("e1"), event("e2")), BATCH)
    assert ids(office) == ["e1", "e2"]


def test_a_history_without_its_ids_gets_no_rows(office):
    office.workbook.apply([], tell(event("e1")), BATCH)
    office.tab(HISTORY).update([["Number"]], "A1")

    reading = office.workbook.read(NOW).tabs[HISTORY]

    assert "event_id" not in reading.present
    assert office.workbook.apply([], tell(event("e2")), BATCH).history_rows == 0


def test_a_reading_costs_two_requests_for_each_spreadsheet(office):
    before = office.workbook.calls()

    office.workbook.read(NOW)

    assert since(office, before) == CallCount(reads=4, writes=0)


def test_very_many_tabs_are_asked_for_in_several_requests(office, monkeypatch):
    before = office.workbook.calls()
    monkeypatch.setattr(reading, "LONGEST_QUERY", 150)

    snapshot = office.workbook.read(NOW)

    assert [row[1] for row in snapshot.tabs[ORDER_LINES].rows] == [1, 2, 3]
    assert all(tab.present for tab in snapshot.tabs.values())
    assert since(office, before).reads > 4


# -- writing ---------------------------------------------------------------------------------------


def test_cells_rows_and_history_of_a_spreadsheet_go_out_in_one_batch(office):
    office.workbook.read(NOW)
    before = office.workbook.calls()

    applied = office.workbook.apply(
        [status(1), status(3, 46115, expected=None, field="agreed_date"), sent(1, item="0042")],
        tell(event("e1", needs=0, old="draft", new="issued"), event("e2", needs=2)),
        BATCH,
    )

    assert since(office, before) == CallCount(reads=2, writes=2)
    assert applied.taken == {0, 1, 2}
    assert (applied.skipped, applied.cells_written, applied.history_rows) == ({}, 5, 2)
    assert office.shown(ORDER_LINES, *KEYS) == [
        ["PO-1", 1, "issued"],
        ["PO-1", 2, "draft"],
        ["PO-1", 3, "draft"],
    ]
    assert office.shown(PRIVATE, "PO number", "Line", "Item") == [["PO-1", 1, "0042"]]
    assert ids(office) == ["e1", "e2"]


def test_an_idle_cycle_writes_nothing(office):
    office.workbook.read(NOW)
    before = office.workbook.calls()

    office.workbook.apply([], None, BATCH)

    assert since(office, before) == CallCount(reads=0, writes=0)


def test_a_date_shows_as_a_date_and_a_name_stays_text(office):
    office.workbook.apply(
        [status(1, 46115, expected=None, field="agreed_date"), status(1, "=1+1", field="message",
         expected=None)], None, BATCH,
    )  # fmt: skip

    tab = office.tab(ORDER_LINES)
    place = tab.row_values(1).index("Agreed date") + 1
    assert tab.cell(2, place).value == "2026-04-03"
    message = tab.row_values(1).index("Message") + 1
    assert tab.cell(2, message, value_render_option="FORMULA").value == "=1+1"


def test_applying_twice_gives_one_result(office):
    office.workbook.read(NOW)
    writes = [status(1), sent(1), status(2, 5.0, expected=20, field="quantity")]
    events = [event("e1", needs=0), event("e2", needs=1)]
    first = office.workbook.apply(writes, tell(*events), BATCH)
    shown = [office.shown(tab) for tab in (ORDER_LINES, PRIVATE, HISTORY)]

    for workbook in (office.workbook, office.new_workbook()):
        again = workbook.apply(writes, tell(*events), BATCH)
        assert again.taken == first.taken
        assert (again.skipped, again.cells_written, again.history_rows) == ({}, 0, 0)

    assert [office.shown(tab) for tab in (ORDER_LINES, PRIVATE, HISTORY)] == shown


def mark(occurrence, content):
    return RowRef(key=None, content=content, occurrence=occurrence)


def test_rows_waiting_for_their_number_are_numbered_once(office):
    new = [{"PO number": "new1", "Quantity": quantity} for quantity in (7, 7, 5)]
    office.type(ORDER_LINES, *new, at=5)
    reading = office.workbook.read(NOW).tabs[ORDER_LINES]
    indexes = COLUMNS.tabs[TabKind.ORDER_LINES].content_indexes
    sevens, five = (tuple(reading.rows[row][index] for index in indexes) for row in (3, 5))
    refs = [mark(0, sevens), mark(1, sevens), mark(0, five)]
    writes = [
        CellWrite(tab=ORDER_LINES, ref=ref, field=name, expected=old, value=new)
        for number, ref in enumerate(refs)
        for name, old, new in (("po_number", "new1", "PO-2"), ("line_number", None, number + 1))
    ]

    tab = office.tab(ORDER_LINES)
    with office.meanwhile(READ_AGAIN, lambda: tab.sort((7, "asc"), range="A5:AD7")):
        office.workbook.apply(writes, None, BATCH)
    for workbook in (office.workbook, office.new_workbook()):
        applied = workbook.apply(writes, None, BATCH)
        assert (applied.taken, applied.skipped) == (set(range(6)), {})
    assert office.shown(ORDER_LINES, *KEYS[:2], "Quantity")[3:] == [
        ["PO-2", 3, 5],
        ["PO-2", 1, 7],
        ["PO-2", 2, 7],
    ]


# -- people in between -----------------------------------------------------------------------------


@pytest.mark.parametrize("disturb", ["sort", "insert", "delete", "add a column"])
def test_a_write_follows_its_row(office, disturb):
    office.workbook.read(NOW)
    tab = office.tab(ORDER_LINES)
    act = {
        "sort": lambda: tab.sort((2, "des"), range="A2:AD4"),
        "insert": lambda: tab.insert_rows([["PO-9", 1]], 2),
        "delete": lambda: tab.delete_rows(2),
        "add a column": lambda: (tab.add_cols(1), tab.update([["Mine"]], "AC1")),
    }[disturb]

    with office.meanwhile(READ_AGAIN, act):
        applied = office.workbook.apply(
            [status(2), status(3, "closed")], tell(event("e", needs=0)), BATCH
        )

    assert applied.taken == {0, 1}
    rows = {row[1]: row[2] for row in office.shown(ORDER_LINES, *KEYS) if row[0] == "PO-1"}
    assert (rows[2], rows[3]) == ("issued", "closed")
    assert rows.get(1, "draft") == "draft"


def test_a_row_that_was_deleted_in_between_is_skipped_with_its_event(office):
    office.workbook.read(NOW)

    with office.meanwhile(READ_AGAIN, lambda: office.tab(ORDER_LINES).delete_rows(3)):
        applied = office.workbook.apply(
            [status(1), status(2)],
            tell(event("e1", needs=0), event("e2", needs=1)),
            BATCH,
        )

    assert (applied.taken, applied.skipped) == ({0}, {1: NO_ROW})
    assert ids(office) == ["e1"]


def test_a_row_that_was_copied_in_between_is_skipped(office):
    office.workbook.read(NOW)

    with office.meanwhile(READ_AGAIN, lambda: office.type(ORDER_LINES, line(2), at=5)):
        applied = office.workbook.apply([status(2)], None, BATCH)

    assert applied.skipped == {0: NO_ROW}


def test_a_target_that_was_edited_in_between_is_skipped(office):
    office.workbook.read(NOW)
    place = office.tab(ORDER_LINES).row_values(1).index("Quantity") + 1

    with office.meanwhile(
        READ_AGAIN, lambda: office.tab(ORDER_LINES).update_cell(2, place, "twelve")
    ):
        applied = office.workbook.apply(
            [status(1, 12, expected=10, field="quantity"), status(1)],
            tell(event("e", needs=0)),
            BATCH,
        )

    assert applied.skipped == {0: "the cell shows 'twelve' now"}
    assert office.shown(ORDER_LINES, "Quantity", "Status")[0] == ["twelve", "issued"]
    assert applied.history_rows == 0


@pytest.mark.parametrize(("reason", "is_taken"), [("late", True), (None, True), ("soon", False)])
def test_a_word_is_cleared_only_beside_what_was_read_with_it(office, reason, is_taken):
    """The second reading looks at what stands beside it too, though nothing is written there."""
    office.type(ORDER_LINES, line(1, Action="cancel", Reason="late"))
    office.workbook.read(NOW)
    at = office.tab(ORDER_LINES).row_values(1).index("Reason") + 1
    clearing = replace(
        status(1, None, expected="cancel", field="action"), beside={"reason": "late"}
    )

    with office.meanwhile(
        READ_AGAIN, lambda: office.tab(ORDER_LINES).update_cell(2, at, reason or "")
    ):
        applied = office.workbook.apply([clearing], None, BATCH)

    assert (applied.taken == {0}) is is_taken
    assert ("cancel" in str(office.shown(ORDER_LINES, "Action")[0])) is not is_taken


def test_columns_that_moved_in_between_are_not_written(office):
    office.workbook.read(NOW)

    with office.meanwhile(READ_AGAIN, lambda: office.tab(ORDER_LINES).insert_cols([["New"]], 1)):
        applied = office.workbook.apply([status(1)], None, BATCH)

    assert applied.skipped == {0: MOVED}
    office.workbook.read(NOW)
    assert office.workbook.apply([status(1)], None, BATCH).taken == {0}


def test_a_tab_that_was_renamed_in_between_is_tried_again_later(office):
    office.workbook.read(NOW)

    with (
        office.meanwhile(READ_AGAIN, lambda: office.tab(ORDER_LINES).update_title("Lines")),
        pytest.raises(WorkbookUnavailable),
    ):
        office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)

    applied = office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)
    assert (applied.skipped, applied.history_rows) == ({0: NO_TAB}, 0)


@pytest.mark.parametrize("nth", [1, 2])
def test_what_people_type_below_the_last_row_is_not_written_over(office, nth):
    """Even when it comes after the second reading, just before the write."""
    office.workbook.read(NOW)
    method = READ_AGAIN if nth == 1 else SEND
    tab = office.tab(PRIVATE)

    with office.meanwhile(method, lambda: tab.update([["accept", "7"]], "A2")):
        applied = office.workbook.apply([sent(1), sent(2)], None, BATCH)

    assert applied.taken == {0, 1}
    rows = office.shown(PRIVATE, "Your answer", "Your quantity", "PO number", "Line")
    assert sorted(rows, key=str) == [
        ["", "", "PO-1", 1],
        ["", "", "PO-1", 2],
        ["accept", "7", "", ""],
    ]


def test_a_row_that_appeared_in_between_is_not_appended_twice(office):
    office.workbook.read(NOW)
    row = {"PO number": "po-1 ", "Line": "1"}

    with office.meanwhile(READ_AGAIN, lambda: office.type(PRIVATE, row)):
        applied = office.workbook.apply([sent(1)], None, BATCH)

    assert (applied.taken, applied.cells_written) == ({0}, 0)
    assert len(office.shown(PRIVATE)) == 1


# -- what is not ours ------------------------------------------------------------------------------


def test_formulas_formats_and_unknown_columns_stay(office):
    tab = office.tab(ORDER_LINES)
    tab.insert_cols([["Sum", "=E2*2", "=E3*2"]], 3)
    tab.format("C2:E4", {"numberFormat": {"type": "CURRENCY", "pattern": "0.00 €"}})
    office.workbook.read(NOW)

    office.workbook.apply(
        [status(1, 99, expected=10, field="quantity"), status(1), sent(9, tab=ORDER_LINES)],
        None,
        BATCH,
    )

    assert tab.get("C2:C5", value_render_option="FORMULA") == [["=E2*2"], ["=E3*2"]]
    place = tab.row_values(1).index("Quantity") + 1
    assert tab.cell(2, place).value == "99"
    assert office.shown(ORDER_LINES, "PO number")[3] == ["PO-1"]


def test_new_rows_keep_plain_text_and_dropdowns(office):
    office.workbook.apply([sent(1)], None, BATCH)
    tab = office.tab(PRIVATE)

    tab.update([["sure", "12.5", "3/4"]], "A2", raw=False)

    assert office.shown(PRIVATE)[0][:3] == ["sure", "12.5", "3/4"]


def test_a_full_grid_grows(office):
    tab = office.tab(PRIVATE)
    tab.resize(rows=2)
    office.type(PRIVATE, {"PO number": "PO-9", "Line": 1})
    office.workbook.read(NOW)

    office.workbook.apply([sent(1), sent(2)], None, BATCH)

    assert office.shown(PRIVATE, "PO number", "Line") == [["PO-9", 1], ["PO-1", 1], ["PO-1", 2]]


def test_new_rows_stand_above_unticked_checkboxes(office):
    tab = office.tab(PRIVATE)
    tab.add_cols(1)
    tab.update([["Done"], *[[False]] * (ROWS - 1)], "U1", raw=True)
    office.workbook.read(NOW)

    office.workbook.apply([sent(1)], None, BATCH)

    assert office.shown(PRIVATE, "PO number")[0] == ["PO-1"]


# -- what cannot be written ------------------------------------------------------------------------


def test_writes_without_a_place_are_skipped(office):
    office.hub.del_worksheet(office.tab(TabAddress(HUB, "Receipts")))
    office.tab(ORDER_LINES).update([["State"]], "R1")
    gone = TabAddress("S-9", "Orders")
    office.workbook.read(NOW)

    applied = office.workbook.apply(
        [sent(1, tab=TabAddress(HUB, "Receipts")), sent(1, tab=gone), status(1)],
        None,
        BATCH,
    )

    assert applied.skipped == {0: NO_TAB, 1: NOT_CONFIGURED, 2: NO_COLUMN}
    assert not applied.taken


def test_a_missing_history_does_not_stop_the_rest(office):
    office.hub.del_worksheet(office.tab(HISTORY))
    office.workbook.read(NOW)

    applied = office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)

    assert (applied.taken, applied.history_rows) == ({0}, 0)


def test_a_workbook_without_a_history(office):
    places = [place for place in office.places if place.kind is not TabKind.HISTORY]

    applied = office.new_workbook(places=places).apply(
        [status(1)], tell(event("e", needs=0)), BATCH
    )

    assert (applied.taken, applied.history_rows) == ({0}, 0)


def test_a_batch_is_refused_whole(office):
    """One protected cell, and nothing of the batch is written."""
    office.workbook.read(NOW)
    office.tab(HISTORY).add_protected_range("A1:M50", editor_users_emails=["a@example.com"])

    with pytest.raises(AccessDenied, match="protected"):
        office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)

    assert office.shown(ORDER_LINES, *KEYS)[0] == ["PO-1", 1, "draft"]


def test_a_spreadsheet_that_is_not_shared_is_named(office):
    office.hub.remove_permissions(WORKER)

    with pytest.raises(AccessDenied) as caught:
        office.workbook.read(NOW)

    assert caught.value.subject == f"spreadsheet {HUB}"


# -- trouble ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["503", "502", "cut_before", "cut_after"])
def test_a_reading_survives_a_faltering_google(office, kind):
    office.server.set_faults([{"kind": kind, "method": "values.batchGet", "at": [1]}])

    assert len(office.workbook.read(NOW).tabs[ORDER_LINES].rows) == 3
    assert len(office.waited) == 1


@pytest.mark.parametrize("kind", ["503", "502", "cut_before", "cut_after"])
def test_after_a_write_of_unclear_outcome_the_plan_is_applied_again(office, kind):
    writes, events = [status(1), sent(1)], [event("e", needs=0)]
    office.workbook.read(NOW)
    office.server.set_faults(
        [{"kind": kind, "method": "spreadsheets.batchUpdate", "every": 1, "times": 1}]
    )

    with pytest.raises(WorkbookUnavailable):
        office.workbook.apply(writes, tell(*events), BATCH)
    applied = office.workbook.apply(writes, tell(*events), BATCH)

    assert (applied.taken, applied.skipped) == ({0, 1}, {})
    assert office.shown(ORDER_LINES, *KEYS)[0] == ["PO-1", 1, "issued"]
    assert office.shown(PRIVATE, "PO number", "Line") == [["PO-1", 1]]
    assert ids(office) == ["e"]
    assert not office.waited


def test_after_trouble_nothing_is_believed_of_where_columns_stand(office):
    """What took effect is known again even when columns were moved before the next try."""
    office.workbook.read(NOW)
    office.server.set_faults(
        [{"kind": "cut_after", "method": "spreadsheets.batchUpdate", "at": [1]}]
    )
    with pytest.raises(WorkbookUnavailable):
        office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)
    office.tab(ORDER_LINES).insert_cols([["Mine"]], 1)

    applied = office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)

    assert (applied.taken, applied.cells_written) == ({0}, 0)
    assert ids(office) == ["e"]


@pytest.mark.parametrize("what", ["moves columns", "types over it", "copies the row"])
def test_what_a_lost_answer_brought_is_taken_whatever_people_did_since(office, what):
    """Else nobody is told of it, and what the worker wrote seems to be typed by somebody."""
    office.workbook.read(NOW)
    office.server.set_faults(
        [{"kind": "cut_after", "method": "spreadsheets.batchUpdate", "at": [1]}]
    )
    with pytest.raises(WorkbookUnavailable):
        office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)
    office.workbook.read(NOW)
    tab = office.tab(ORDER_LINES)
    acts = {
        "moves columns": lambda: tab.insert_cols([["Mine"]], 1),
        "types over it": lambda: office.type(ORDER_LINES, line(1, Status="mine"), at=2),
        "copies the row": lambda: office.type(ORDER_LINES, line(1), at=5),
    }
    again = Batch(label="1.2")

    with office.meanwhile(READ_AGAIN, acts[what]):
        applied = office.workbook.apply([status(1), status(2)], tell(event("e", needs=0)), again)

    assert 0 in applied.taken
    assert ids(office) == ["e"]


@pytest.mark.parametrize("what", ["types over it", "deletes it"])
def test_a_row_that_a_lost_answer_brought_is_taken_whatever_people_did_since(office, what):
    """Else the worker takes its own row for one that somebody brought back otherwise."""
    office.workbook.read(NOW)
    office.server.set_faults(
        [{"kind": "cut_after", "method": "spreadsheets.batchUpdate", "at": [1]}]
    )
    new = sent(1, ORDER_LINES, status="issued", message="Hello.")
    row = RowAppend(tab=ORDER_LINES, key=("po-9", "1"), cells={**new.cells, "po_number": "PO-9"})
    with pytest.raises(WorkbookUnavailable):
        office.workbook.apply([row], None, BATCH)
    at = len(office.shown(ORDER_LINES, "PO number")) + 1
    tab = office.tab(ORDER_LINES)
    assert tab.row_values(at)[:2] == ["PO-9", "1"]
    if what == "deletes it":
        tab.delete_rows(at)
    else:
        office.type(ORDER_LINES, {"PO number": "PO-9", "Line": 1, "Status": "mine"}, at=at)
    before = office.shown(ORDER_LINES, *KEYS)
    office.workbook.read(NOW)

    applied = office.workbook.apply([row, status(1)], None, Batch(label="1.2"))

    assert applied.taken == {0, 1}
    assert applied.cells_written == 1
    assert [r for r in office.shown(ORDER_LINES, *KEYS) if r[0] == "PO-9"] == [
        r for r in before if r[0] == "PO-9"
    ]


def test_a_plan_that_is_begun_a_third_time_still_knows_what_its_first_batch_brought(office):
    office.workbook.read(NOW)
    row = RowAppend(tab=ORDER_LINES, key=("po-9", "1"), cells={"po_number": "PO-9"})
    row = replace(row, cells={**row.cells, "line_number": 1, "status": "issued"})
    office.workbook.apply([row], None, BATCH)
    office.workbook.read(NOW)
    office.workbook.apply([row, status(1)], None, Batch(label="1.2"))
    office.workbook.read(NOW)
    at = len(office.shown(ORDER_LINES, "PO number")) + 1
    office.type(ORDER_LINES, {"PO number": "PO-9", "Line": 1, "Status": "mine"}, at=at)

    again = [row, status(1), status(2)]
    applied = office.workbook.apply(again, None, Batch(label="1.3"))

    assert applied.taken == {0, 1, 2}


def test_what_another_plan_wrote_there_is_not_taken(office):
    office.workbook.read(NOW)
    office.workbook.apply([status(1)], None, BATCH)
    office.workbook.read(NOW)
    office.type(ORDER_LINES, line(1), at=2)

    applied = office.workbook.apply([status(1)], None, Batch(label="11.1"))

    assert (applied.taken, applied.cells_written) == ({0}, 1)


def test_after_a_full_quota_the_rows_are_looked_up_again(office):
    """A minute is long: whoever sorted the tab meanwhile must not find values on wrong rows."""
    office.workbook.read(NOW)
    office.server.set_faults([{"kind": "429", "method": "spreadsheets.batchUpdate", "at": [1]}])
    tab = office.tab(ORDER_LINES)

    def sort_while_waiting():
        tab.sort((2, "des"), range="A2:AD4")

    with office.meanwhile(READ_AGAIN, sort_while_waiting, nth=2):
        applied = office.workbook.apply([status(1)], tell(event("e", needs=0)), BATCH)

    assert (applied.taken, applied.cells_written, applied.history_rows) == ({0}, 1, 1)
    assert office.shown(ORDER_LINES, *KEYS)[2] == ["PO-1", 1, "issued"]
    assert [61 <= pause <= 63 for pause in office.waited] == [True]


def test_a_quota_that_stays_full_is_told(office):
    office.server.set_faults([{"kind": "429", "every": 1}])

    with pytest.raises(QuotaExceeded):
        office.workbook.read(NOW)


# -- opening ---------------------------------------------------------------------------------------


def test_a_key_that_nobody_knows_is_refused(office, tmp_path):
    stranger = connect(office.company.key, office.server.url, wait=office.waited.append)
    stranger.auth._service_account_email = "nobody@local.iam.gserviceaccount.com"
    workbook = GspreadWorkbook(
        stranger, spreadsheets=office.spreadsheets, places=office.places, columns=COLUMNS
    )

    with pytest.raises(AccessDenied, match="key"):
        workbook.read(NOW)
    workbook.close()


@pytest.mark.parametrize("text", [None, "{}", "no json"])
def test_a_file_that_is_no_key(tmp_path, text):
    path = tmp_path / "key.json"
    if text is not None:
        path.write_text(text, "utf-8")

    with pytest.raises(ConfigError) as caught:
        connect(path)

    assert caught.value.subject == str(path)
