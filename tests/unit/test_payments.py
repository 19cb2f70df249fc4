"""Payments: what was paid counts, locks its rows, and what cannot be read holds the supplier."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import codes
from paper import PaperSheet

SHEET = """
    People      | Person | Roles    | Releases up to
                | pat    | payables | 500
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                | PO-1 | 1    | ann       | S-1      | X    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-2 | 1    | ann       | S-1      | Y    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-3 | 1    | ann       | S-2      | X    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
    Receipts    | Receipt | PO   | Line | Qty | Received on
                | GR-1    | PO-1 | 1    | 10  | 2026-03-01
                | GR-2    | PO-2 | 1    | 10  | 2026-03-01
                | GR-3    | PO-3 | 1    | 10  | 2026-03-01
    Invoices    | Supplier | Invoice | Invoice line | Type        | Credits invoice | Invoice date | Currency | PO number | PO line | Qty | Unit price
                | S-1      | INV-1   | 1            |             |                 | 2026-03-01   | EUR      | PO-1      | 1       | 10  | 12
                | S-1      | INV-2   | 1            |             |                 | 2026-03-01   | EUR      | PO-2      | 1       | 10  | 12.50
                | S-1      | CN-1    | 1            | credit note | INV-1           | 2026-03-01   | EUR      | PO-1      | 1       | 1   | 12
                | S-2      | INV-3   | 1            |             |                 | 2026-03-01   | EUR      | PO-3      | 1       | 10  | 12
"""
PAYMENT = {
    "payment": "B-77",
    "supplier": "S-1",
    "invoice_number": "inv - 1",
    "paid_date": "2026-03-02",
    "amount": 120,
}


@pytest.fixture
def sheet():
    sheet = PaperSheet.of(SHEET)
    sheet.rest()
    return sheet


def invoice(sheet, number):
    row = sheet.row("Invoices", invoice_number=number)
    return row["payment_status"], row["paid_amount"], row["open_amount"]


def pay(sheet, **cells):
    sheet.add("Payments", **{**PAYMENT, **cells})
    sheet.rest()
    return sheet.row("Payments", payment=cells.get("payment", "B-77"))


def found(sheet, code):
    return [each for each in sheet.plans[-1].findings if str(each.code) == code]


def test_before_anything_is_paid_all_of_it_is_open(sheet):
    assert invoice(sheet, "INV-1") == (None, 0, 120)
    assert invoice(sheet, "CN-1") == (None, 0, -12)


def test_a_payment_closes_its_invoice_and_its_line(sheet):
    row = pay(sheet)

    assert (row["understood"], row["message"]) == ("Mon 2 Mar 2026; 120.00 EUR", None)
    assert invoice(sheet, "INV-1") == ("paid", 120, 0)
    # The credit note of the line is still open.
    assert sheet.row("Order lines", po_number="PO-1")["billing_status"] == "partially invoiced"
    pay(sheet, payment="B-78", supplier="S-2", invoice_number="INV-3")
    assert sheet.row("Order lines", po_number="PO-3")["billing_status"] == "paid"


@pytest.mark.parametrize(
    ("amounts", "stands"),
    [
        ((100,), ("paid in part", 100, 20)),
        ((100, 20), ("paid", 120, 0)),
        ((100, 30), ("paid too much", 130, -10)),
        ((120, -120), (None, 0, 120)),
    ],
)
def test_payments_add_up(sheet, amounts, stands):
    for number, amount in enumerate(amounts):
        pay(sheet, payment=f"B-{number}", amount=amount)

    assert invoice(sheet, "INV-1") == stands


def test_what_came_back_for_a_credit_note_has_a_minus(sheet):
    row = pay(sheet, invoice_number="CN-1", amount=12)
    assert "takes money back, so its payment needs a minus" in row["message"]
    assert sheet.row("Invoices", invoice_number="INV-1")["holds"] == "UNREADABLE"

    sheet.type("Payments", {"payment": "B-77"}, amount=-12)
    sheet.rest()

    assert invoice(sheet, "CN-1") == ("paid", -12, 0)
    assert sheet.row("Invoices", invoice_number="INV-1")["holds"] is None


def test_a_payment_in_another_currency_holds_the_supplier_and_no_other(sheet):
    row = pay(sheet, currency="USD")

    assert "is in EUR, so it does not count" in row["message"]
    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "held"
    assert sheet.row("Invoices", invoice_number="INV-3")["match_status"] == "matched"
    [told] = found(sheet, "payment-refused")
    assert str(told.risk.amount) == "120.00"


def test_a_payment_of_nothing_that_is_here_is_an_error_and_holds_nothing(sheet):
    row = pay(sheet, invoice_number="INV-99")

    assert row["message"].startswith("There is no document INV-99 of S-1 on the tab Invoices.")
    assert len(found(sheet, "payment-refused")) == 1
    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "matched"


def test_a_payment_of_tomorrow_counts_tomorrow(sheet):
    row = pay(sheet, paid_date="2026-03-03")
    assert "counts from that day on" in row["message"]
    assert invoice(sheet, "INV-1") == (None, 0, 120)

    sheet.cycle(minutes=24 * 60)
    sheet.rest()

    assert invoice(sheet, "INV-1") == ("paid", 120, 0)


def test_a_payment_is_a_fact_that_no_later_run_undoes(sheet):
    pay(sheet)

    sheet.add("Receipts", receipt_number="GR-9", kind="return", po_number="PO-1", line_number=1,
              quantity=4, received_date="2026-03-02")  # fmt: skip
    sheet.rest()

    row = sheet.row("Invoices", invoice_number="INV-1")
    assert (row["match_status"], row["holds"]) == (
        "matched with variance",
        "OVERPAID",
    )
    assert row["payable_amount"] == 120
    assert "Already paid, would be held now" in row["message"]
    [told] = found(sheet, "OVERPAID")
    assert told.document == "invoice INV-1 line 1 of S-1 (QTY_RECEIVED)"


# -- what is paid is locked ----------------------------------------------------------------------


def test_a_row_of_a_paid_invoice_is_put_back(sheet):
    pay(sheet)

    sheet.type("Invoices", {"invoice_number": "INV-1"}, unit_price=11)
    sheet.cycle(minutes=0)

    assert sheet.row("Invoices", invoice_number="INV-1")["unit_price"] == 12
    [told] = found(sheet, "locked-field-edited")
    assert "put right by a credit note" in told.message


def test_a_row_of_a_paid_invoice_comes_back_under_its_number(sheet):
    pay(sheet)

    sheet.delete("Invoices", invoice_number="INV-1")
    sheet.rest()
    assert sheet.row("Invoices", invoice_number="INV-1")["payment_status"] == "paid"
    assert len(found(sheet, "line-vanished")) == 1

    sheet.type("Invoices", {"invoice_number": "INV-1"}, invoice_number="INV-1b")
    sheet.rest()
    assert sheet.row("Invoices", invoice_number="INV-1")["payment_status"] == "paid"
    assert len(found(sheet, "key-changed")) == 1


def test_an_unpaid_invoice_may_be_corrected_and_deleted(sheet):
    sheet.type("Invoices", {"invoice_number": "INV-2"}, unit_price=12)
    sheet.rest()
    assert found(sheet, "locked-field-edited") == []
    assert sheet.row("Invoices", invoice_number="INV-2")["match_status"] == "matched"
    [told] = [event for event in sheet.events if event.field == "unit_price"]
    assert (told.old, told.new, told.decision, told.actor) == (12.5, 12, "changed", "payables")

    sheet.delete("Invoices", invoice_number="INV-2")
    sheet.rest()
    assert len(found(sheet, "row-deleted")) == 1


def test_a_payment_may_be_corrected_for_a_day_and_then_by_another_one(sheet):
    pay(sheet)
    sheet.type("Payments", {"payment": "B-77"}, amount=119)
    sheet.rest()
    assert invoice(sheet, "INV-1") == ("paid in part", 119, 1)

    sheet.cycle(minutes=25 * 60)
    sheet.type("Payments", {"payment": "B-77"}, amount=1)
    sheet.cycle(minutes=0)
    sheet.delete("Payments", payment="B-77")
    sheet.rest()

    assert invoice(sheet, "INV-1") == ("paid in part", 119, 1)
    assert sheet.row("Payments", payment="B-77")["amount"] == 119
    [told] = found(sheet, "locked-field-edited")
    assert "Type a payment with a minus" in told.message
    sheet.type("Payments", {"payment": "B-77"}, notes="asked the bank")
    sheet.rest()
    assert sheet.row("Payments", payment="B-77")["notes"] == "asked the bank"


def test_a_release_that_let_a_paid_invoice_pass_is_a_record(sheet):
    sheet.add(
        "Releases",
        release="R-1",
        supplier="S-1",
        invoice_number="INV-2",
        hold="PRICE_HIGH",
        up_to=0.5,
        reason="agreed",
        released_by="pat",
    )
    sheet.rest()
    pay(sheet, invoice_number="INV-2", amount=125)

    sheet.type("Releases", {"release": "R-1"}, reason="never said")
    sheet.cycle(minutes=0)
    sheet.delete("Releases", release="R-1")
    sheet.rest()

    row = sheet.row("Releases", release="R-1")
    assert (row["reason"], row["let_pass"]) == (
        "agreed",
        "price higher than ordered, line 1: 0.5 EUR",
    )
    assert sheet.row("Invoices", invoice_number="INV-2")["holds"] is None


# -- the tab itself ------------------------------------------------------------------------------

HOSTILE = {
    "a word for an amount": {"amount": "all of it"},
    "no amount": {"amount": None},
    "an error value": {"amount": "#DIV/0!"},
    "a tick": {"amount": True},
    "no day": {"paid_date": None},
    "31 February": {"paid_date": "31.02.2026"},
    "two readings": {"paid_date": "3/4/2026"},
    "no currency": {"currency": "DEM"},
    "a number too long to be meant": {"amount": 10**15},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_payment_that_cannot_be_read_holds_its_supplier(sheet, case):
    """It may have paid what stands open."""
    row = pay(sheet, **HOSTILE[case])

    assert row["message"]
    assert row["understood"] is None
    assert sheet.row("Invoices", invoice_number="INV-1")["holds"] == "UNREADABLE"
    assert sheet.row("Invoices", invoice_number="INV-3")["match_status"] == "matched"


def test_two_rows_of_one_payment_are_asked_about(sheet):
    sheet.add("Payments", **PAYMENT)
    sheet.add("Payments", **{**PAYMENT, "amount": 60})
    sheet.rest()

    assert "duplicate-key" in codes(sheet.plans[-1].findings)
    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "held"


def test_one_transfer_pays_several_invoices(sheet):
    sheet.add("Payments", **PAYMENT)
    sheet.add("Payments", **{**PAYMENT, "supplier": "S-2", "invoice_number": "INV-3"})
    sheet.rest()

    assert invoice(sheet, "INV-1")[0] == invoice(sheet, "INV-3")[0] == "paid"


@pytest.mark.parametrize("lost", ["the tab", "a header"])
def test_what_was_paid_stays_paid_when_the_tab_is_lost(sheet, lost):
    pay(sheet)
    reading = sheet.reading.tabs[sheet.tab("Payments")]
    if lost == "the tab":
        gone = replace(reading, exists=False, rows=(), present=frozenset())
    else:
        gone = replace(reading, present=reading.present - {"currency"})
    sheet.reading = replace(sheet.reading, tabs={**sheet.reading.tabs, gone.place.address: gone})
    sheet.rest()

    assert invoice(sheet, "INV-1") == ("paid", 120, 0)
    expected = "tab-missing" if lost == "the tab" else "missing-column"
    assert expected in codes(sheet.plans[-1].findings)
