"""`sheetsync init` on empty and on used spreadsheets."""

import gspread
import pytest
from sheets_office import (
    COLUMNS,
    HISTORY,
    NOW,
    ORDER_LINES,
    PRIVATE,
    SUPPLIER,
    WORKER,
    Office,
    open_company,
)

from sheetsync.core.model import HUB, TabAddress, TabKind, TabPlace
from sheetsync.core.plan import RowAppend
from sheetsync.errors import AccessDenied
from sheetsync.ports import Batch, CallCount
from sheetsync.sheets import tab_layout
from sheetsync.sheets.layout import lay_out

EXCEPTIONS = TabAddress(HUB, "Exceptions")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with open_company(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def office(company, monkeypatch):
    monkeypatch.setattr(tab_layout, "NEW_TAB_ROWS", 50)  # small grids are quicker to make
    return Office(company)


def made(office):
    now = office.http.calls()
    return CallCount(reads=now.reads, writes=now.writes)


def as_supplier(office):
    return office.company.supplier.open_by_key(office.private.id).worksheet(PRIVATE.tab)


def test_an_empty_spreadsheet_gets_everything(office):
    report = office.init()

    titles = [tab.title for tab in office.hub.worksheets()]
    assert titles == ["Sheet1", *(spec.title for kind, spec in COLUMNS.tabs.items()
                                  if kind is not TabKind.SUPPLIER)]  # fmt: skip
    for address in (ORDER_LINES, HISTORY, PRIVATE):
        tab = office.tab(address)
        assert tab.frozen_row_count == 1
    assert office.tab(HISTORY).row_values(1)[:3] == ["Event", "Time (UTC)", "PO number"]
    assert "Change history: made the tab" in report.changes
    assert all(reading.exists for reading in office.workbook.read(NOW).tabs.values())


def test_running_it_twice_changes_nothing(office):
    office.init()
    before = made(office)

    report = office.init()

    assert report.is_empty
    assert made(office) == CallCount(reads=before.reads + 6, writes=before.writes)


def test_it_stays_finished_when_people_and_the_worker_have_worked(office):
    office.init()
    office.type(ORDER_LINES, {"PO number": "new1", "Quantity": 5, "Action": "cancel"})
    office.tab(ORDER_LINES).sort((1, "asc"), range="A2:AD50")
    office.tab(PRIVATE).insert_rows([["accept"], ["no"]], 2)

    assert office.init().is_empty


def test_who_can_read_what_is_told_for_each_supplier(office):
    shared = TabPlace(address=TabAddress(HUB, "Nuts"), kind=TabKind.SUPPLIER, supplier="S-2")
    office.places.append(shared)

    private, open_to_all = office.init().access

    assert private.startswith("S-1: private.")
    assert "every other tab" in open_to_all


def test_an_order_tab_that_people_use_is_only_added_to(office):
    tab = office.hub.add_worksheet("Order lines", 4, 5)
    rows = [
        ["Qty", "our notes", "PO", "Needed", "=1+1"],
        [5, "yes", "0042", 46115, "=A2*2"],
        [12.5, "", "PO-1", "3/4", ""],
        ["", "last", "", "", ""],
    ]
    tab.update(rows, "A1", raw=False)
    tab.format("A2:D4", {"numberFormat": {"type": "NUMBER", "pattern": "0.000"}})
    before = tab.get("A1:E4", value_render_option="FORMULA"), tab.get("A1:E4")

    report = office.init()

    tab = office.tab(ORDER_LINES)
    assert (tab.get("A1:E4", value_render_option="FORMULA"), tab.get("A1:E4")) == before
    assert tab.row_count == 4
    header = tab.row_values(1)
    assert header[5:7] == ["Line", "Requester"]
    assert not {"Quantity", "PO number", "Need by"} & set(header)
    assert "Order lines: made the tab" not in report.changes
    assert office.init().is_empty
    reading = office.workbook.read(NOW).tabs[ORDER_LINES]
    assert reading.present == set(reading.fields)
    assert reading.unknown == ("our notes", "2")


def test_blank_rows_become_plain_text_and_typed_ones_stay(office):
    tab = office.private.add_worksheet(PRIVATE.tab, 6, 20)
    tab.update([["Your date", "PO"], [46115, "0042"]], "A1", raw=True)
    tab.format("A2:A6", {"numberFormat": {"type": "DATE", "pattern": "d.m.yyyy"}})

    office.init()
    tab.update([["3/4", "0042"]], "A4", raw=False)

    assert tab.acell("A2").value == "3.4.2026"
    assert tab.get("A4:B4", value_render_option="UNFORMATTED_VALUE") == [["3/4", "0042"]]


def test_outsiders_figures_reach_us_as_typed(office):
    office.init()

    as_supplier(office).update([["sure", "12.5", "1,5", "3/4"]], "A2", raw=False)

    assert office.shown(PRIVATE)[0][:4] == ["sure", "12.5", "1,5", "3/4"]


def test_a_dropdown_that_people_made_stays(office):
    tab = office.hub.add_worksheet("Receipts", 10, 5)
    tab.update([["Receipt", "Kind"]], "A1")
    tab.add_validation("B2:B10", gspread.utils.ValidationConditionType.one_of_list, ["in", "out"])

    report = office.init()

    assert "Receipts: dropdown in Kind" not in report.changes
    assert "Receipts: dropdown in Refused by inspection" in report.changes
    assert office.init().is_empty


@pytest.mark.parametrize(
    ("address", "cell"), [(PRIVATE, "B1"), (PRIVATE, "T1")], ids=["first", "last"]
)
def test_headers_are_the_workers(office, address, cell):
    office.init()

    with pytest.raises(gspread.exceptions.APIError, match="protected"):
        as_supplier(office).update([["Mine"]], cell)


def test_people_can_title_a_column_of_their_own(office):
    office.init()

    as_supplier(office).update([["Mine"], ["x"]], "U1")

    assert office.init().is_empty


def test_of_the_workers_tabs_people_edit_their_columns_only(office):
    office.hub.share("colleague@example.com", perm_type="user", role="writer", notify=False)
    office.init()
    tab = office.company.person("colleague@example.com").open_by_key(office.hub.id)
    exceptions = tab.worksheet("Exceptions")
    owner = exceptions.row_values(1).index("Owner") + 1

    exceptions.update_cell(2, owner, "Anna")
    for sheet, row, column in ((exceptions, 2, 1), (exceptions, 1, owner), (HISTORY, 2, 1)):
        with pytest.raises(gspread.exceptions.APIError, match="protected"):
            (tab.worksheet(HISTORY.tab) if sheet is HISTORY else sheet).update_cell(
                row, column, "x"
            )
    assert office.shown(EXCEPTIONS, "Owner") == [["Anna"]]


def protections(office):
    return office.hub.list_protected_ranges(office.tab(ORDER_LINES).id)


def test_a_protection_that_drifted_is_mended(office):
    office.init()
    [item] = protections(office)
    everybody = {
        "protectedRangeId": item["protectedRangeId"],
        "editors": {"users": [WORKER, SUPPLIER], "domainUsersCanEdit": True},
    }
    change = {"protectedRange": everybody, "fields": "editors"}
    office.hub.batch_update({"requests": [{"updateProtectedRange": change}]})

    report = office.init()

    assert report.changes == ("Order lines: mended the protection of the headers",)
    [item] = protections(office)
    assert item["editors"]["users"] == [WORKER]


def test_a_protection_that_was_lifted_is_made_again(office):
    office.init()
    office.tab(ORDER_LINES).delete_protected_range(protections(office)[0]["protectedRangeId"])

    assert office.init().changes == ("Order lines: protected the headers",)


def test_a_column_that_was_deleted_comes_back_at_the_right(office):
    office.init()
    office.tab(PRIVATE).delete_columns(5)

    report = office.init()

    assert f"{PRIVATE}: added columns Your reason" in report.changes
    assert office.tab(PRIVATE).row_values(1)[-1] == "Your reason"
    assert office.init().is_empty


def test_a_spreadsheet_that_is_only_shared_to_read(office):
    office.hub.remove_permissions(WORKER)
    office.hub.share(WORKER, perm_type="user", role="reader", notify=False)

    with pytest.raises(AccessDenied) as caught:
        lay_out(
            office.http, spreadsheets=office.spreadsheets, places=office.places, columns=COLUMNS
        )

    assert caught.value.subject == f"spreadsheet {HUB}"


def test_a_new_tab_takes_no_id_that_is_taken(office):
    office.init()
    taken = office.tab(PRIVATE).id
    office.tab(PRIVATE).update_title("Old")

    office.init()

    assert office.tab(PRIVATE).id == taken + 1


def test_a_tab_of_full_size_is_laid_out_at_once(office, monkeypatch):
    monkeypatch.undo()

    office.init()

    assert office.tab(ORDER_LINES).row_count == 1000


def test_a_header_row_that_is_gone_from_above_its_rows_is_not_made_anew(office):
    office.init()
    office.type(ORDER_LINES, {"PO number": "PO-1", "Line": 1, "Item": "0042"})
    tab = office.tab(ORDER_LINES)
    before = tab.get_values()
    tab.batch_clear(["1:1"])

    [left] = office.init().changes

    assert left.startswith("Order lines: left as it is")
    assert tab.row_values(1) == []
    assert tab.row_values(2) == ["PO-1", "1", "", "", "0042"]

    tab.update([before[0]], "A1")
    assert office.init().is_empty


def test_a_header_row_that_was_sorted_among_its_rows_is_not_made_anew(office):
    office.init()
    office.type(ORDER_LINES, {"PO number": "PO-1", "Line": 1, "Item": "0042"})
    tab = office.tab(ORDER_LINES)
    header, row = tab.get_values()
    tab.update([row, header], "A1")

    [left] = office.init().changes

    assert left.startswith("Order lines: left as it is")


def test_the_boxes_of_status_do_not_make_it_look_full(office):
    office.init()
    status_tab = TabAddress(HUB, "Status")
    status = office.tab(status_tab)
    place = status.row_values(1).index("Go on") + 1

    assert status.cell(2, place).value == "FALSE"
    assert office.init().is_empty
    row = RowAppend(tab=status_tab, key=("mode",), cells={"name": "mode", "value": "live"})
    office.workbook.read(NOW)
    office.workbook.apply((row,), None, Batch(label="1.1"))
    assert status.get_values("A2:B2") == [["mode", "live"]]
