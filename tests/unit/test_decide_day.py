"""A working day on paper: what people do, and what the worker does about it."""

from __future__ import annotations

import pytest
from builders import codes
from paper import PaperSheet
from paper_day import START, confirmed, issued


@pytest.fixture
def sheet() -> PaperSheet:
    return PaperSheet.of(START)


def test_a_marked_order_is_numbered_and_its_row_is_made(sheet):
    sheet.rest()

    assert [(r["po_number"], r["line_number"]) for r in sheet.rows("Order lines")] == [
        ("PO-1001", 1),
        ("PO-1001", 2),
    ]
    order = sheet.row("Orders", po_number="PO-1001")
    assert (order["status"], order["total"]) == ("draft", 137.5)


def test_an_order_is_submitted_approved_issued_and_mailed(sheet):
    issued(sheet)

    order = sheet.row("Orders", po_number="PO-1001")
    assert order["status"] == "issued"
    assert order["action"] is None
    assert [mail.mail_id for mail in sheet.mails if hasattr(mail, "po_number")] == [
        "order-PO-1001-v1"
    ]
    assert [row["item"] for row in sheet.rows("ACME")] == ["0042", "0043"]
    moves = [(e.old, e.new) for e in sheet.events if e.field == "status" and e.line_number == "1"]
    assert moves == [("draft", "submitted"), ("submitted", "approved"), ("approved", "issued")]


def test_a_submitted_order_is_asked_for_at_once(sheet):
    sheet.rest()

    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")

    assert sheet.cycle().wants_another


def test_a_supplier_confirms_and_the_answer_is_cleared(sheet):
    confirmed(sheet)

    line = sheet.row("ACME", line_number=1)
    assert line["response"] is None
    assert line["understood"] == "Confirmed: 10 EA at 12.00 EUR for Mon 20 Apr 2026"
    assert sheet.row("Order lines", line_number=1)["agreed_price"] == 12


def test_a_supplier_s_overwrite_is_put_back_and_becomes_a_proposal(sheet):
    confirmed(sheet)

    sheet.type("ACME", {"line_number": 1}, unit_price="12,60")
    plan = sheet.cycle()
    sheet.rest()

    assert "locked-field-edited" in codes(plan.findings)
    assert sheet.row("ACME", line_number=1)["unit_price"] == 12
    line = sheet.row("Order lines", line_number=1)
    assert (line["status"], line["proposed_price"]) == ("change proposed", 12.6)
    back = [e for e in sheet.events if e.decision == "put back"]
    assert [(e.field, e.old, e.new, e.actor) for e in back] == [
        ("unit_price", 12, "12,60", "supplier ACME")
    ]


def test_the_buyer_accepts_a_proposal(sheet):
    confirmed(sheet)
    sheet.type("ACME", {"line_number": 1}, response="propose", proposed_price=12.6, reason="steel")
    sheet.rest()

    sheet.type("Order lines", {"line_number": 1}, action="accept")
    sheet.rest()

    line = sheet.row("Order lines", line_number=1)
    assert (line["status"], line["agreed_price"], line["proposed_price"]) == (
        "confirmed",
        12.6,
        None,
    )
    assert sheet.row("Orders", po_number="PO-1001")["total"] == 143.5


def test_a_locked_cell_of_the_buyer_is_put_back(sheet):
    confirmed(sheet)

    sheet.type("Order lines", {"line_number": 1}, unit_price=11)
    plan = sheet.cycle()

    assert "locked-field-edited" in codes(plan.findings)
    assert sheet.row("Order lines", line_number=1)["unit_price"] == 12


def test_a_deleted_locked_row_comes_back(sheet):
    confirmed(sheet)
    before = sheet.row("Order lines", line_number=1)

    sheet.delete("Order lines", line_number=1)
    plan = sheet.cycle()
    sheet.rest()

    assert "line-vanished" in codes(plan.findings)
    after = sheet.row("Order lines", line_number=1)
    assert {**after, "message": None} == {**before, "message": None}


def test_an_invoice_before_its_receipt_is_held_and_released_by_it(sheet):
    confirmed(sheet)
    sheet.add(
        "Invoices",
        supplier="ACME",
        invoice_number="INV-1",
        invoice_line=1,
        currency="EUR",
        invoice_date="2026-03-02",
        po_number="PO-1001",
        po_line=1,
        quantity=4,
        unit_price=12,
    )
    sheet.rest()
    assert sheet.row("Invoices", invoice_number="INV-1")["holds"] == "NO_RECEIPT"

    sheet.add(
        "Receipts",
        receipt_number="GR-1",
        po_number="po-1001 ",
        line_number=1,
        quantity=4,
        received_date="2026-03-02",
    )
    sheet.rest()

    invoice = sheet.row("Invoices", invoice_number="INV-1")
    assert (invoice["match_status"], invoice["payable_amount"]) == ("matched", 48)
    line = sheet.row("Order lines", line_number=1)
    assert (line["delivery_status"], line["billing_status"]) == (
        "partially received",
        "partially invoiced",
    )
    closed = [r for r in sheet.rows("Exceptions") if r["code"] == "NO_RECEIPT"]
    assert [r["state"] for r in closed] == ["closed"]


def test_an_invoice_typed_again_is_rejected_and_the_first_stays_matched(sheet):
    confirmed(sheet)
    invoice = {
        "supplier": "ACME",
        "invoice_number": "INV-1",
        "invoice_line": 1,
        "currency": "EUR",
        "invoice_date": "2026-03-02",
        "po_number": "PO-1001",
        "po_line": 1,
        "quantity": 4,
        "unit_price": 12,
    }
    receipt = {"receipt_number": "GR-1", "po_number": "PO-1001", "line_number": 1, "quantity": 8}
    sheet.add("Receipts", **receipt, received_date="2026-03-02")
    sheet.add("Invoices", **invoice)
    sheet.rest()

    sheet.add("Invoices", **{**invoice, "invoice_number": "inv-1 ", "invoice_date": "2026-03-01"})
    plan = sheet.cycle()
    sheet.rest()

    assert "DUPLICATE" in codes(plan.findings)
    first, second = sheet.rows("Invoices")
    assert (first["match_status"], first["payable_amount"]) == ("matched", 48)
    assert (second["match_status"], second["holds"]) == ("rejected", "DUPLICATE")
    assert sheet.row("Order lines", line_number=1)["invoiced_quantity"] == 4


def test_a_move_and_the_match_that_follows_from_it_come_in_one_cycle(sheet):
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")
    sheet.rest()
    sheet.type("Approvals", {"po_number": "PO-1001"}, decision="approve")
    sheet.add(
        "Invoices",
        supplier="ACME",
        invoice_number="INV-1",
        invoice_line=1,
        invoice_date="2026-03-02",
        currency="EUR",
        po_number="PO-1001",
        po_line=1,
        quantity=4,
        unit_price=12,
    )
    sheet.type("Orders", {"po_number": "PO-1001"}, action="hold", reason="strike")
    sheet.cycle()
    assert sheet.row("Invoices", invoice_number="INV-1")["holds"] == "NO_RECEIPT, ON_HOLD"


def test_there_and_back_again_are_four_events(sheet):
    confirmed(sheet)
    told = len(sheet.events)
    for note in ("a", "b", "a", "b"):
        sheet.type("Order lines", {"line_number": 1}, notes=note)
        sheet.cycle()

    ids = [event.event_id for event in sheet.events[told:] if event.field == "notes"]
    assert len(ids) == len(set(ids)) == 4


def test_rest(sheet):
    confirmed(sheet)
    assert sheet.cycle(minutes=1).is_empty


def test_an_order_is_mailed_once_however_often_a_line_comes_back_to_issued(sheet):
    issued(sheet)
    sheet.type("ACME", {"line_number": 1}, response="propose", proposed_price=12.6, reason="steel")
    sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, action="decline", reason="too dear")
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="hold", reason="stock-taking")
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="resume")
    sheet.rest()

    assert sheet.row("Order lines", line_number=1)["status"] == "issued"
    assert [m.mail_id for m in sheet.mails if hasattr(m, "po_number")] == ["order-PO-1001-v1"]


@pytest.mark.parametrize("typed", ["ea", " Ea ", None])
def test_another_spelling_of_the_unit_is_the_same_unit(sheet, typed):
    confirmed(sheet)
    row = {"po_number": "PO-1001", "line_number": 1, "quantity": 10, "uom": typed}
    sheet.add("Receipts", **row, receipt_number="GR-1", received_date="2026-03-02")
    bill = {
        "supplier": "ACME", "invoice_number": "INV-1", "invoice_line": 1, "currency": "EUR",
        "invoice_date": "2026-03-02", "po_number": "PO-1001", "po_line": 1, "quantity": 10,
        "uom": typed, "unit_price": 12,
    }  # fmt: skip
    sheet.add("Invoices", **bill)
    sheet.rest()

    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "matched"


def test_a_change_order_needs_a_yes_to_its_new_value(sheet):
    confirmed(sheet)
    sheet.type("Orders", {"po_number": "PO-1001"}, action="change", reason="more of them")
    sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, quantity=10_000)
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")
    sheet.rest()

    asked = [row for row in sheet.rows("Approvals") if row["version"] == 2]
    assert {(row["tier"], row["total"]) for row in asked} == {("lead", 120_017.5)}
    order = sheet.row("Orders", po_number="PO-1001")
    assert order["total"] == 120_017.5
    sheet.type("Approvals", {"version": 2}, decision="approve")
    sheet.rest()
    assert sheet.row("Orders", po_number="PO-1001")["status"] == "submitted"


def test_a_bill_of_charges_alone_is_not_paid(sheet):
    confirmed(sheet)
    bill = {"supplier": "ACME", "invoice_number": "INV-1", "invoice_line": 1, "currency": "EUR"}
    sheet.add("Invoices", **bill, invoice_date="2026-03-02", charge="FREIGHT", amount=25)
    sheet.rest()

    row = sheet.row("Invoices", invoice_number="INV-1")
    assert (row["match_status"], row["holds"], row["payable_amount"]) == ("held", "NO_PO", 0)
    assert "names no order" in row["message"]


def test_a_bill_by_item_alone_needs_no_unit(sheet):
    confirmed(sheet)
    receipt = {"receipt_number": "GR-1", "po_number": "PO-1001", "line_number": 1, "quantity": 10}
    sheet.add("Receipts", **receipt, received_date="2026-03-02")
    bill = {"supplier": "ACME", "invoice_number": "INV-1", "invoice_line": 1, "currency": "EUR"}
    line = {"po_number": "PO-1001", "item": "0042", "quantity": 10, "unit_price": 12}
    sheet.add("Invoices", **bill, **line, invoice_date="2026-03-02")
    sheet.rest()

    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "matched"
