"""Tabs and headers: what is lost is told, and a tab that would be misread is not read."""

from dataclasses import replace

import pytest
from builders import TODAY, codes, column_rules, never_seen, read, snapshot

from sheetsync.core.columns import is_readable, needed_fields, read_records
from sheetsync.core.findings import Code
from sheetsync.core.model import Records, TabKind


def test_a_missing_tab_is_told():
    records, (finding,) = read(missing=[TabKind.RECEIPTS])
    assert records == Records()
    assert (finding.code, finding.rule) == (Code.TAB_MISSING, "columns.receipts")
    assert finding.message.startswith('There is no tab "Receipts".')


def test_all_tabs_may_be_missing():
    records, findings = read(missing=list(TabKind))
    assert records == Records()
    assert set(codes(findings)) == {"tab-missing"}


def without_headers(text: str = "", **changes):
    sheet = snapshot(text)
    tabs = {
        address: replace(reading, **{"present": frozenset(), **changes})
        if reading.place.kind is TabKind.RECEIPTS
        else reading
        for address, reading in sheet.tabs.items()
    }
    records, (finding,) = read_records(
        replace(sheet, tabs=tabs), column_rules(), today=TODAY, first_seen=never_seen
    )
    assert (records.receipts, records.unreadable) == ((), ())
    assert (finding.code, finding.field) == (Code.MISSING_COLUMN, None)
    return finding.message


def test_a_header_row_that_is_gone_is_told_once():
    message = without_headers(ROW)
    assert message.startswith('Row 1 no longer holds the headers "Receipt", "Kind" and the others')
    assert "Version history" in message
    assert "init" not in message


def test_a_row_of_data_that_reads_like_a_header_here_and_there_is_none():
    without_headers(ROW, present=frozenset({"receipt_number", "quantity", "notes"}))


def test_an_empty_tab_without_headers_is_made_anew():
    assert without_headers().endswith("Run `sheetsync init`.")


def test_headers_that_were_sorted_among_the_rows_are_found():
    message = without_headers(ROW, headers_at=7)
    assert message.startswith("The headers stand in row 7")
    assert "move that row back to row 1" in message


def test_a_tab_of_nothing_but_headers_is_fine():
    assert read("Receipts | Receipt | PO | Line") == (Records(), ())


ROW = """
    Receipts | Receipt | PO   | Line | Qty | Date       | Kind
             | GR-1    | PO-1 | 1    | 4   | 2026-02-01 | return
"""


@pytest.mark.parametrize("field", ["quantity", "received_date", "kind", "accepted_quantity"])
def test_a_lost_header_that_matters_stops_its_tab(field):
    records, (finding,) = read(ROW, without=[f"receipts.{field}"])
    assert (records.receipts, records.unreadable) == ((), ())
    assert (finding.code, finding.field) == (Code.MISSING_COLUMN, field)
    assert finding.rule == f"columns.receipts.{field}"
    assert "none of the tab's rows is read" in finding.message


@pytest.mark.parametrize("field", ["notes", "message"])
def test_a_lost_header_that_turns_nothing_round_is_only_told(field):
    records, (finding,) = read(ROW, without=[f"receipts.{field}"])
    assert len(records.receipts) == 1
    assert (finding.code, finding.field) == (Code.MISSING_COLUMN, field)
    assert "what belongs there is not read" in finding.message


def test_the_other_tabs_go_on():
    records, findings = read(
        ROW + "\nPeople | Person\n | anna", without=["receipts.quantity", "orders.action"]
    )
    assert list(records.people) == ["anna"]
    assert codes(findings) == ["missing-column", "missing-column"]


def test_a_renamed_header_is_pointed_at():
    _, (finding,) = read(
        "Receipts | Receipt | PO | Line | ~Quantities | Date", without=["receipts.quantity"]
    )
    assert 'No column is headed "Quantity" or "Qty"' in finding.message
    assert '"Quantities" stands there instead.' in finding.message


def test_an_unknown_header_is_left_alone():
    records, findings = read("People | Person | ~Birthday\n | anna | 3/4")
    assert (list(records.people), findings) == (["anna"], ())


def test_a_doubled_header_is_told_and_the_left_one_read():
    records, (finding,) = read("People | Person | Name | Name\n | anna | Anna | Other")
    assert records.people["anna"].name == "Anna"
    assert (finding.code, finding.document) == (Code.DUPLICATE_COLUMN, "column Name")
    assert "the left one is read" in finding.message


def test_an_empty_header_between_others_is_nothing():
    records, findings = read("People | Person | | Name\n | anna | x | Anna")
    assert (records.people["anna"].name, findings) == ("Anna", ())


def test_a_supplier_s_lost_header_concerns_that_supplier():
    _, (finding,) = read("Supplier ACME | PO | Line", without=["supplier.proposed_price"])
    assert (finding.supplier, finding.field) == ("ACME", "proposed_price")
    assert "none of the tab's rows is read" in finding.message


def test_order_lines_are_read_without_an_optional_header():
    spec = column_rules().tabs[TabKind.ORDER_LINES]
    needed = needed_fields(TabKind.ORDER_LINES, spec)
    assert {"po_number", "line_number", "quantity"} <= needed
    assert not {"cost_code", "action", "notes", "status"} & needed


@pytest.mark.parametrize(("field", "may_be_made"), [("event_id", False), ("rule", True)])
def test_a_history_stands_still_without_any_of_its_headers(field, may_be_made):
    sheet = snapshot()
    (reading,) = sheet.of_kind(TabKind.HISTORY)
    lost = replace(reading, present=frozenset(reading.fields) - {field})
    spec = column_rules().tabs[TabKind.HISTORY]
    tabs = {**sheet.tabs, reading.place.address: lost}

    _, (finding,) = read_records(
        replace(sheet, tabs=tabs), column_rules(), today=TODAY, first_seen=never_seen
    )

    assert not is_readable(lost, spec)
    assert "nothing is told on this tab until it is back" in finding.message
    assert ("sheetsync init" in finding.message) == may_be_made


def test_a_tab_that_does_not_exist_is_not_readable():
    sheet = snapshot(missing=[TabKind.PEOPLE])
    spec = column_rules().tabs[TabKind.PEOPLE]
    (reading,) = sheet.of_kind(TabKind.PEOPLE)
    assert not is_readable(reading, spec)
    assert is_readable(snapshot().of_kind(TabKind.PEOPLE)[0], spec)
