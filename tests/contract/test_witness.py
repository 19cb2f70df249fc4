"""The witness and the fence of a batch, on the local server."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gspread.exceptions import APIError
from sheets_office import COLUMNS, NOW, ORDER_LINES, Office, open_company

from sheetsync.core.model import HUB, RowRef, TabAddress, TabKind
from sheetsync.core.plan import CellWrite, RowAppend
from sheetsync.errors import WorkbookUnavailable
from sheetsync.ports import Batch
from sheetsync.sheets import tab_layout
from sheetsync.sheets.hearing import TITLE
from sheetsync.sheets.sending import FENCE

SEND = ":batchUpdate"


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with open_company(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def office(company, monkeypatch):
    monkeypatch.setattr(tab_layout, "NEW_TAB_ROWS", 50)  # small grids are quicker to make
    opened = Office(company)
    opened.init()
    lines = [{"PO number": "PO-1", "Line": n, "Status": "draft"} for n in (1, 2, 3)]
    opened.type(ORDER_LINES, *lines)
    opened.workbook.read(NOW)
    return opened


def status(number, value="issued", *, expected="draft"):
    ref = RowRef(key=("po-1", str(number)))
    return CellWrite(tab=ORDER_LINES, ref=ref, field="status", expected=expected, value=value)


def batch(number, heard=()):
    return Batch(label=f"{number}.1", heard=frozenset(heard))


def witnesses(office):
    return office.workbook.read(NOW).witnesses


def apply(office, writes, number, heard=()):
    return office.workbook.apply(writes, no_events, batch(number, heard))


def no_events(_taken):
    return ()


def statuses(office):
    return {row[1]: row[2] for row in office.shown(ORDER_LINES, "PO number", "Line", "Status")}


def test_the_tab_is_hidden_and_only_the_worker_s(office):
    apply(office, [status(1)], 1)

    sheets = office.hub.fetch_sheet_metadata()["sheets"]
    [sheet] = [each for each in sheets if each["properties"]["title"] == TITLE]
    assert sheet["properties"]["hidden"]
    assert len(sheet["protectedRanges"]) == 1


def test_a_supplier_cannot_touch_it(office):
    office.hub.share("sales@supplier.example", perm_type="user", role="writer", notify=False)
    apply(office, [status(1)], 1)

    theirs = office.company.supplier.open_by_key(office.hub.id).worksheet(TITLE)
    with pytest.raises(APIError, match="protected cell"):
        theirs.update([["x"]], "A2")


def test_it_tells_row_and_value_of_every_written_cell(office):
    apply(office, [status(1), status(3)], 1)

    told = [(w.ref.key, w.is_meant, w.cells[0].before, w.cells[0].value) for w in witnesses(office)]
    assert told == [
        (("po-1", "1"), True, "draft", "issued"),
        (("po-1", "3"), True, "draft", "issued"),
    ]


def test_what_is_typed_in_that_instant_is_told(office):
    column = office.tab(ORDER_LINES).row_values(1).index("Status") + 1
    with office.meanwhile(SEND, lambda: office.tab(ORDER_LINES).update_cell(2, column, "mine")):
        applied = apply(office, [status(1)], 1)

    assert applied.taken == {0}
    assert [w.cells[0].before for w in witnesses(office)] == ["mine"]


def test_a_write_that_landed_on_another_row_counts_as_skipped(office):
    tab = office.tab(ORDER_LINES)
    with office.meanwhile(SEND, lambda: tab.insert_rows([["PO-7", 1]], 3)):
        applied = apply(office, [status(1), status(2)], 1)

    assert (applied.taken, set(applied.skipped)) == ({0}, {1})
    assert [w.is_meant for w in witnesses(office)] == [True, False]


def test_where_a_column_was_moved_what_landed_rightly_took(office):
    """Else the worker takes for typed by somebody what it wrote itself, beside the moved column."""
    tab = office.tab(ORDER_LINES)
    header = tab.row_values(1)
    at, message = header.index("Status"), header.index("Message")
    assert at < message
    place = {"sheetId": tab.id, "dimension": "COLUMNS"}
    source = {**place, "startIndex": message, "endIndex": message + 1}
    move = {"moveDimension": {"source": source, "destinationIndex": at + 1}}
    said = replace(status(1, "Hello.", expected=None), field="message")
    with office.meanwhile(SEND, lambda: office.hub.batch_update({"requests": [move]})):
        applied = apply(office, [status(1), said], 1)

    assert (applied.taken, set(applied.skipped)) == ({0}, {1})
    assert statuses(office)[1] == "issued"


@pytest.mark.parametrize("renamed", ["PO number", "Status"])
def test_what_was_written_while_a_header_was_renamed_took(office, renamed):
    """The column is the same; else its values seem to be somebody's once its header is back."""
    at = office.tab(ORDER_LINES).row_values(1).index(renamed) + 1
    act = lambda: office.tab(ORDER_LINES).update_cell(1, at, f"Old {renamed}")  # noqa: E731
    with office.meanwhile(SEND, act):
        applied = apply(office, [status(1)], 1)

    assert (applied.taken, applied.skipped) == ({0}, {})
    [told] = witnesses(office)
    assert (told.is_meant, told.cells[0].at_field) == (True, "status")


def test_a_nameless_column_in_its_place_is_not_taken_for_a_renamed_one(office):
    at = office.tab(ORDER_LINES).row_values(1).index("Status") + 1

    def act():
        office.tab(ORDER_LINES).insert_cols([[""]], at)
        office.tab(ORDER_LINES).delete_columns(at + 1)

    with office.meanwhile(SEND, act):
        applied = apply(office, [status(1)], 1)

    assert set(applied.skipped) == {0}


def without_spare_columns(office):
    """The grid ends with the last header, as people leave it who like it tidy."""
    tab = office.tab(ORDER_LINES)
    tab.resize(cols=len(tab.row_values(1)))
    office.workbook.read(NOW)


@pytest.mark.parametrize("tidy", [False, True])
def test_a_column_put_before_the_last_one_is_not_taken_for_the_last_one(office, tidy):
    """Its header stands beyond those that were in use, or beyond the grid as it was."""
    if tidy:
        without_spare_columns(office)
    header = office.tab(ORDER_LINES).row_values(1)
    [last] = [
        column.field
        for column in COLUMNS.tabs[TabKind.ORDER_LINES].columns
        if column.header == header[-1]
    ]
    row = RowAppend(
        tab=ORDER_LINES, key=("po-9", "1"), cells={"po_number": "PO-9", "line_number": 1, last: "x"}
    )
    insert = lambda: office.tab(ORDER_LINES).insert_cols([["Mine"]], len(header))  # noqa: E731
    with office.meanwhile(SEND, insert):
        applied = apply(office, [row], 1)

    assert (applied.taken, applied.askew) == ({0}, {0})
    [told] = witnesses(office)
    assert [(cell.field, cell.at_field, cell.header) for cell in told.cells] == [
        (last, None, "Mine")
    ]


def test_a_new_row_whose_key_landed_where_nobody_can_name_the_row_is_skipped(office):
    """An exception shows nothing of people's: without its key no later write could mend it."""
    exceptions = TabAddress(HUB, "Exceptions")
    at = office.tab(exceptions).row_values(1).index("Finding") + 1
    cells = {"finding_id": "F-1", "state": "open"}
    row = RowAppend(tab=exceptions, key=("f-1",), cells=cells)
    insert = lambda: office.tab(exceptions).insert_cols([["Mine"]], at)  # noqa: E731
    with office.meanwhile(SEND, insert):
        applied = apply(office, [row], 1)

    assert (applied.taken, set(applied.skipped)) == (set(), {0})
    office.workbook.read(NOW)
    assert apply(office, [row], 2).taken == {0}
    assert office.shown(exceptions, "Finding", "State")[1:] == [["F-1", "open"]]


def test_a_key_in_the_last_column_of_the_grid_is_witnessed_like_any_other(office):
    """Google refuses a batch that reaches beyond the grid, so nothing would ever be written."""
    tab = office.tab(ORDER_LINES)
    width = len(tab.row_values(1))
    source = {"sheetId": tab.id, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    move = {"moveDimension": {"source": source, "destinationIndex": width}}
    office.hub.batch_update({"requests": [move]})
    without_spare_columns(office)

    assert apply(office, [status(1)], 1).taken == {0}
    assert [told.is_meant for told in witnesses(office)] == [True]


def test_new_rows_took_also_while_a_column_moved_and_say_how_they_stand(office):
    tab = office.tab(ORDER_LINES)
    header = tab.row_values(1)
    place = {"sheetId": tab.id, "dimension": "COLUMNS"}
    at, message = header.index("Status"), header.index("Message")
    source = {**place, "startIndex": message, "endIndex": message + 1}
    move = {"moveDimension": {"source": source, "destinationIndex": at}}
    cells = {"po_number": "PO-9", "line_number": 1, "status": "issued", "message": "Hello."}
    row = RowAppend(tab=ORDER_LINES, key=("po-9", "1"), cells=cells)
    with office.meanwhile(SEND, lambda: office.hub.batch_update({"requests": [move]})):
        applied = apply(office, [row], 1)

    assert (applied.taken, applied.askew) == ({0}, {0})
    [told] = witnesses(office)
    assert told.appended == (("po-9", "1"),)
    assert [cell.at_field for cell in told.cells if cell.field == "status"] == ["message"]


def test_lines_go_once_they_are_heard_and_not_before(office):
    apply(office, [status(1)], 1)
    first = [w.witness_id for w in witnesses(office)]
    apply(office, [status(2)], 2)
    both = [w.witness_id for w in witnesses(office)]
    apply(office, [status(3)], 3, heard=both)

    assert both[1:] == first
    assert [w.ref.key for w in witnesses(office)] == [("po-1", "3")]


def test_the_tab_does_not_grow(office):
    """Many cycles leave no more lines than the last one wrote."""
    values = ["issued", "draft"]
    for number in range(12):
        heard = [w.witness_id for w in witnesses(office)]
        write = status(1, values[number % 2], expected=values[(number + 1) % 2])
        apply(office, [write], number, heard)

    assert len(office.hub.worksheet(TITLE).get_values()) < 8


def test_a_batch_does_not_get_in_after_another_one(office):
    """Two workers have looked; the one that comes second writes nothing."""
    late = office.new_workbook()
    late.read(NOW)
    apply(office, [status(1)], 1)
    late.read(NOW)
    office.workbook.read(NOW)
    apply(office, [status(2)], 2)

    with pytest.raises(WorkbookUnavailable, match="nothing was written"):
        late.apply([status(3)], no_events, Batch(label="2.9"))
    assert statuses(office) == {1: "issued", 2: "issued", 3: "draft"}
    names = [each["name"] for each in office.hub.fetch_sheet_metadata()["namedRanges"]]
    assert names == [FENCE]


def test_a_fence_that_somebody_deleted_is_put_up_again(office):
    apply(office, [status(1)], 1)
    [fence] = office.hub.fetch_sheet_metadata()["namedRanges"]
    office.hub.batch_update(
        {"requests": [{"deleteNamedRange": {"namedRangeId": fence["namedRangeId"]}}]}
    )
    office.workbook.read(NOW)

    assert apply(office, [status(2)], 2).taken == {0}


def test_a_witness_tab_that_somebody_deleted_or_scribbled_on_is_no_harm(office):
    apply(office, [status(1)], 1)
    tab = office.hub.worksheet(TITLE)
    tab.insert_rows([["{not json"], ['{"batch": 5}'], ["3"], [""]], 2)

    assert [w.ref.key for w in witnesses(office)] == [("po-1", "1")]
    office.hub.del_worksheet(tab)
    assert witnesses(office) == ()
    assert apply(office, [status(2)], 2).taken == {0}
