"""Voiding: payables take an invoice out of the count, and history says so."""

from __future__ import annotations

import pytest
from paper import PaperSheet

SHEET = """
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                | PO-1 | 1    | ann       | S-1      | X    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
    Receipts    | Receipt | PO   | Line | Qty | Received on
                | GR-1    | PO-1 | 1    | 10  | 2026-03-01
    Invoices    | Supplier | Invoice | Invoice line | Invoice date | Currency | PO number | PO line | Qty | Unit price
                | S-1      | INV-07  | 1            | 2026-03-01   | EUR      | PO-1      | 1       | 5   | 12
                | S-1      | INV-07  | 2            | 2026-03-01   | EUR      | PO-1      | 1       | 5   | 12
                | S-1      | INV-7   | 1            | 2026-03-01   | EUR      | PO-1      | 1       | 10  | 12
"""


@pytest.fixture
def sheet():
    sheet = PaperSheet.of(SHEET)
    sheet.rest()
    return sheet


def invoice(sheet, number, line=1):
    row = sheet.row("Invoices", invoice_number=number, invoice_line=line)
    return row["match_status"], row["holds"], row["payable_amount"]


def void(sheet, number, typed="yes", line=1):
    where = {"invoice_number": number, "invoice_line": line}
    sheet.type("Invoices", where, voided=typed)
    sheet.rest()


def test_of_two_lookalikes_one_is_voided_and_the_other_is_paid(sheet):
    """As the sentence of POSSIBLE_DUPLICATE advises; on any of its rows."""
    message = sheet.row("Invoices", invoice_number="INV-7")["message"]
    assert "Void one of them (Invoices, Voided)" in message

    void(sheet, "INV-7")

    assert invoice(sheet, "INV-7") == ("voided", None, 0)
    assert invoice(sheet, "INV-07") == ("matched", None, 120)
    void(sheet, "INV-7", None)
    void(sheet, "INV-07", line=2)
    assert invoice(sheet, "INV-7") == ("matched", None, 120)
    assert invoice(sheet, "INV-07", 2)[0] == "voided"


def test_voiding_is_history_and_no_lock_break(sheet):
    void(sheet, "INV-7")

    [told] = [event for event in sheet.events if event.field == "voided"]
    assert (told.new, told.decision, told.actor) == ("yes", "changed", "payables")
    codes = {str(each.code) for each in sheet.plans[-1].findings}
    assert "locked-field-edited" not in codes


def test_what_cannot_be_read_holds_nothing_once_it_is_voided(sheet):
    void(sheet, "INV-7")
    sheet.type("Invoices", {"invoice_number": "INV-7"}, quantity="many")
    sheet.rest()
    assert invoice(sheet, "INV-07") == ("matched", None, 120)

    void(sheet, "INV-7", "no")
    assert "UNREADABLE" in invoice(sheet, "INV-07")[1]


def test_what_was_paid_stays_paid_though_it_is_voided(sheet):
    void(sheet, "INV-7")
    sheet.add("Payments", payment="B-1", supplier="S-1", invoice_number="INV-07",
              paid_date="2026-03-02", amount=120)  # fmt: skip
    sheet.rest()

    void(sheet, "INV-07")

    row = sheet.row("Invoices", invoice_number="INV-07", invoice_line=1)
    assert (row["payment_status"], row["voided"], row["holds"]) == ("paid", "yes", "OVERPAID")


@pytest.mark.parametrize("typed", ["perhaps", 7, "#REF!"])
def test_a_void_that_cannot_be_read_holds(sheet, typed):
    void(sheet, "INV-7", typed)

    assert invoice(sheet, "INV-7")[0] is None
    assert "UNREADABLE" in invoice(sheet, "INV-07")[1]
