"""What people do beside the ordinary: strange rows, lost headers, sorted and emptied tabs, modes."""

from __future__ import annotations

from dataclasses import replace

from builders import codes
from paper import PaperSheet
from paper_day import START, confirmed_sheet

from sheetsync.core.model import Mandate, Mode
from sheetsync.core.plan import CellWrite, DigestMail, OrderMail


def test_a_row_that_a_supplier_adds_is_told_of_and_left_alone():
    sheet = confirmed_sheet()
    sheet.add("ACME", po_number="PO-77", line_number=1, response="accept")

    plan = sheet.cycle()
    sheet.rest()

    assert "row-not-ours" in codes(plan.findings)
    strange = sheet.row("ACME", po_number="PO-77")
    assert strange["response"] == "accept"
    assert "did not make this one" in strange["message"]
    assert not [e for e in sheet.events if e.po_number == "PO-77"]
    sheet.delete("ACME", po_number="PO-77")
    assert "line-vanished" not in codes(sheet.cycle().findings)


def test_a_copied_line_in_another_notation_leaves_the_line_as_it_was():
    sheet = confirmed_sheet()
    sheet.add(
        "Order lines",
        po_number="po\N{EN DASH}1001",
        line_number="01",
        requester="ann",
        supplier="ACME",
        item="9",
        quantity=1,
        uom="EA",
        unit_price=1,
        currency="EUR",
        need_by="2026-04-20",
    )

    plan = sheet.cycle()
    sheet.rest()

    assert "duplicate-key" in codes(plan.findings)
    assert {str(key): state.status for key, state in sheet.baseline.lines.items()} == {
        "PO-1001/1": "confirmed",
        "PO-1001/2": "confirmed",
    }
    assert sheet.row("Orders", po_number="PO-1001")["total"] == 137.5


def test_a_typed_order_row_is_not_taken_up():
    sheet = confirmed_sheet()
    sheet.add("Orders", po_number="PO-9999", status="approved", action="issue")

    assert "row-not-ours" in codes(sheet.cycle().findings)
    assert sheet.rest().is_empty


def test_an_approver_is_told_that_a_row_waits():
    sheet = PaperSheet.of(START)
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")
    sheet.rest()

    told = [m for m in sheet.mails if isinstance(m, DigestMail) and m.to == "bob@example.com"]
    assert [line.code for line in told[-1].lines] == ["approval-waits"]
    assert told[-1].lines[0].document == "PO-1001 version 1, lead: bob"
    assert "Choose approve or reject" in sheet.row("Approvals", po_number="PO-1001")["message"]


def test_a_renamed_header_stops_the_tab_and_closes_nothing():
    sheet = confirmed_sheet()
    sheet.type("Order lines", {"line_number": 1}, notes="x" * 3000)
    before = codes(sheet.cycle().findings)
    whole = sheet.reading
    tab = sheet.tab("Order lines")
    lost = replace(whole.tabs[tab], present=whole.tabs[tab].present - {"quantity"})
    sheet.reading = replace(whole, tabs={**whole.tabs, tab: lost})

    plan = sheet.cycle()

    assert sorted(codes(plan.findings)) == sorted([*before, "missing-column"])
    assert not [w for w in plan.writes if w.tab == tab]
    assert sheet.row("Orders", po_number="PO-1001")["total"] == 137.5


def test_an_emptied_tab_stands_still():
    sheet = confirmed_sheet()
    sheet.rules = sheet.rules.model_copy(
        update={"merging": sheet.rules.merging.model_copy(update={"tab_emptied_rows": 2})}
    )
    sheet.change("Order lines", lambda _: [])

    plan = sheet.cycle()

    assert "tab-emptied" in codes(plan.findings)
    assert sheet.rows("Order lines") == []
    assert sheet.row("Orders", po_number="PO-1001")["status"] == "confirmed"


def test_a_sorted_tab_changes_nothing():
    sheet = confirmed_sheet()
    for tab in ("Order lines", "ACME", "Orders", "Approvals"):
        sheet.change(tab, lambda rows: rows[::-1])
    assert sheet.cycle(minutes=1).is_empty


def test_observe_writes_only_its_own_tabs_and_mails_no_supplier():
    sheet = PaperSheet.of(START, mandate=Mandate(mode=Mode.OBSERVE, operator="op@example.com"))
    for _ in range(3):
        sheet.cycle()
    sheet.type("Order lines", {"item": "0042"}, po_number="PO-5", line_number=1)
    sheet.cycle()
    sheet.add("Orders", po_number="PO-5", action="submit")
    sheet.cycle()

    tabs = {write.tab.tab for plan in sheet.plans for write in plan.writes}
    assert tabs <= {"Exceptions", "Status"}
    assert not [mail for mail in sheet.mails if isinstance(mail, OrderMail)]


def test_pilot_serves_the_named_suppliers_alone():
    text = (
        START
        + """
    Suppliers   | Supplier | Name  | Email           | Approved
                | ACME     | Acme  | acme@example.com| TRUE
                | BOLT     | Bolt  | bolt@example.com| TRUE
    Supplier BOLT | Your answer
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by
                | new1 |      | ann       | ACME     | 0042 | 10  | EA   | 12.00      | EUR      | 2026-04-20
                | new2 |      | ann       | BOLT     | 0042 | 10  | EA   | 12.00      | EUR      | 2026-04-20
    """
    )
    pilot = Mandate(mode=Mode.PILOT, pilot_suppliers=frozenset({"BOLT"}), operator="op@example.com")
    sheet = PaperSheet.of(text, mandate=pilot)
    for _ in range(4):
        sheet.cycle()

    assert [row["po_number"] for row in sheet.rows("Order lines")] == ["new1", "PO-1001"]
    assert [row["supplier"] for row in sheet.rows("Orders")] == ["BOLT"]


def receive(sheet: PaperSheet, number: str, **cells) -> None:
    row = {"receipt_number": number, "po_number": "PO-1001", "line_number": 1, "quantity": 4}
    sheet.add("Receipts", **{**row, "received_date": "2026-03-02", **cells})


def test_a_receipt_of_tomorrow_counts_tomorrow():
    sheet = confirmed_sheet()
    receive(sheet, "GR-1", received_date="2026-03-03")
    assert "future-date" in codes(sheet.cycle().findings)
    sheet.rest()
    assert sheet.row("Order lines", line_number=1)["received_quantity"] == 0

    sheet.cycle(minutes=24 * 60)
    sheet.rest()

    assert sheet.row("Order lines", line_number=1)["received_quantity"] == 4
    assert not sheet.row("Receipts", receipt_number="GR-1")["message"]


def test_more_sent_back_than_came_is_told():
    sheet = confirmed_sheet()
    receive(sheet, "GR-1", kind="return")
    assert "over-return" in codes(sheet.cycle().findings)


def test_goods_before_the_order_was_issued_are_told():
    sheet = PaperSheet.of(START)
    sheet.rest()
    receive(sheet, "GR-1")
    assert "received-before-issue" in codes(sheet.cycle().findings)


def test_a_unit_that_nothing_converts_is_told():
    sheet = confirmed_sheet()
    receive(sheet, "GR-1", uom="KG")
    assert "UOM" in codes(sheet.cycle().findings)


def test_a_heartbeat_is_all_that_an_unchanged_sheet_gets():
    sheet = confirmed_sheet()
    plan = sheet.cycle(minutes=20)
    assert [w.field for w in plan.writes if isinstance(w, CellWrite)] == ["value"]
    assert plan.events == ()
