"""Match results and Payable, and what Orders and Invoices say of the match and of the due day."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import codes
from paper import PaperSheet

SHEET = """
    People      | Person | Roles    | Releases up to
                | pat    | payables | 500
    Suppliers   | Supplier | Terms
                | S-1      | 2/10 net 30
                | S-2      | as agreed in March
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                | PO-1 | 1    | ann       | S-1      | X    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-1 | 2    | ann       | S-1      | Y    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-2 | 1    | ann       | S-1      | X    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-3 | 1    | ann       | S-2      | X    | 10  | EA   | 12.00      | USD      | 2026-03-10 | confirmed
    Orders      | PO number | Terms
                | PO-2      | 14 days
    Receipts    | Receipt | PO   | Line | Qty | Received on
                | GR-1    | PO-1 | 1    | 10  | 2026-03-01
                | GR-2    | PO-2 | 1    | 10  | 2026-03-01
                | GR-3    | PO-3 | 1    | 10  | 2026-03-01
    Invoices    | Supplier | Invoice | Invoice line | Type        | Credits invoice | Invoice date | Currency | PO number | PO line | Qty | Unit price
                | S-1      | INV-1   | 1            |             |                 | 2026-03-01   | EUR      | PO-1      | 1       | 10  | 12
                | S-1      | INV-2   | 1            |             |                 | 2026-03-01   | EUR      | PO-2      | 1       | 10  | 12.50
                | S-1      | CN-1    | 1            | credit note | INV-1           | 2026-03-02   | EUR      | PO-1      | 1       | 1   | 12
                | S-2      | INV-3   | 1            |             |                 | 2026-03-01   | USD      | PO-3      | 1       | 10  | 12
                | S-1      | INV-4   | 1            |             |                 | 2026-03-01   | EUR      | PO-1      | 2       | 4   | 12
"""
DAY = 46082
"""1 March 2026 as a sheet counts days."""


@pytest.fixture
def sheet():
    sheet = PaperSheet.of(SHEET)
    sheet.rest()
    return sheet


def payable(sheet, number):
    return sheet.row("Payable", invoice_number=number)


def release(sheet):
    sheet.add(
        "Releases",
        **dict(release="R-1", supplier="S-1", invoice_number="INV-2", hold="PRICE_HIGH"),  # noqa: C408
        **dict(up_to=0.5, reason="agreed", released_by="pat"),  # noqa: C408
    )
    sheet.rest()


def pay(sheet, number="INV-1", amount=120.0):
    sheet.add("Payments", payment=f"B-{number}-{amount}", supplier="S-1", invoice_number=number,
              paid_date="2026-03-02", amount=amount)  # fmt: skip
    sheet.rest()


def test_what_is_open_stands_there_by_due_date_with_its_discount(sheet):
    rows = [(r["invoice_number"], r["state"], r["open_amount"]) for r in sheet.rows("Payable")]
    assert rows == [
        ("INV-3", "to pay", 120),
        ("INV-1", "to pay", 120),
        ("CN-1", "to take off", -12),
    ]
    row = payable(sheet, "INV-1")
    assert (row["due_date"], row["discount_until"]) == (DAY + 30, DAY + 10)
    assert (row["discount"], row["discounted_amount"], row["terms"]) == (2.4, 117.6, "2/10 net 30")
    invoice = sheet.row("Invoices", invoice_number="INV-1")
    assert (invoice["due_date"], invoice["discount_until"]) == (DAY + 30, DAY + 10)
    assert invoice["discount"] == 2.4


def test_terms_that_cannot_be_counted_with_give_no_due_date_and_say_so(sheet):
    row = payable(sheet, "INV-3")

    assert row["due_date"] is None
    assert '"as agreed in March" cannot be counted with' in row["message"]
    sheet.type("Suppliers", {"supplier": "S-2"}, terms=None)
    sheet.rest()
    assert "no terms are told" in payable(sheet, "INV-3")["message"]


def test_a_release_puts_its_invoice_on_the_list_at_once(sheet):
    assert "INV-2" not in [row["invoice_number"] for row in sheet.rows("Payable")]

    release(sheet)

    row = payable(sheet, "INV-2")
    assert (row["state"], row["open_amount"], row["due_date"]) == ("to pay", 125, DAY + 14)


def test_a_discount_is_not_offered_after_its_last_day(sheet):
    sheet.cycle(minutes=10 * 24 * 60)
    sheet.rest()

    row = payable(sheet, "INV-1")
    assert (row["discount_until"], row["discount"], row["due_date"]) == (None, None, DAY + 30)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (pay, "paid"),
        (lambda sheet: pay(sheet, amount=130.0), "paid too much"),
        (lambda sheet: sheet.type("Invoices", {"invoice_number": "INV-1"}, voided="yes"), "voided"),
        (lambda sheet: sheet.type("Invoices", {"invoice_number": "INV-1"}, unit_price=13), "held"),
        (lambda sheet: sheet.type("Invoices", {"invoice_number": "INV-1"}, quantity="ten"),
         "no longer on Invoices"),
        (lambda sheet: sheet.delete("Invoices", invoice_number="INV-1"), "no longer on Invoices"),
    ],
)  # fmt: skip
def test_what_is_no_longer_open_keeps_its_row_and_says_why(sheet, act, state):
    act(sheet)
    sheet.rest()

    row = payable(sheet, "INV-1")
    assert (row["state"], row["open_amount"], row["due_date"]) == (state, 0, None)


def test_what_is_paid_in_part_stays_with_the_rest_and_without_discount(sheet):
    pay(sheet, amount=100.0)

    row = payable(sheet, "INV-1")
    assert (row["state"], row["open_amount"], row["discount"]) == ("to pay", 20, None)


def test_every_invoice_line_has_its_result(sheet):
    rows = {row["invoice_number"]: row for row in sheet.rows("Match results")}

    assert {number: row["match_status"] for number, row in rows.items()} == {
        "INV-1": "matched",
        "INV-2": "held",
        "CN-1": "matched",
        "INV-3": "matched",
        "INV-4": "held",
    }
    held = rows["INV-2"]
    assert (held["holds"], held["matched_quantity"], held["matched_amount"]) == (
        "PRICE_HIGH",
        10,
        120,
    )
    assert held["message"] == sheet.row("Invoices", invoice_number="INV-2")["message"]
    assert (rows["INV-3"]["po_number"], rows["INV-3"]["line_number"]) == ("PO-3", 1)
    assert rows["INV-3"]["currency"] == "USD"


def test_a_released_hold_is_told_with_its_figures(sheet):
    release(sheet)

    row = sheet.row("Match results", invoice_number="INV-2")
    assert (row["match_status"], row["holds"], row["released"]) == (
        "matched with variance", None, "PRICE_HIGH",
    )  # fmt: skip
    assert row["message"].startswith("Released by a person: unit price 12.50 EUR per EA")


def test_the_result_of_a_deleted_invoice_says_so(sheet):
    sheet.delete("Invoices", invoice_number="INV-2")
    sheet.rest()

    row = sheet.row("Match results", invoice_number="INV-2")
    assert (row["match_status"], row["holds"], row["message"]) == (
        "no longer on Invoices", None, None,
    )  # fmt: skip


def test_orders_say_how_far_they_are_billed_and_what_holds(sheet):
    def shown(po_number):
        row = sheet.row("Orders", po_number=po_number)
        return row["billing_status"], row["holds"]

    assert shown("PO-1") == ("partially invoiced", "NO_RECEIPT")
    assert shown("PO-2") == ("invoiced", "PRICE_HIGH")
    assert shown("PO-3") == ("matched", None)
    release(sheet)
    pay(sheet, "INV-2", 125.0)
    assert shown("PO-2") == ("paid", None)


@pytest.mark.parametrize("tab", ["Payable", "Match results"])
def test_what_is_typed_over_or_deleted_is_written_again(sheet, tab):
    before = sheet.rows(tab)
    sheet.type(tab, {"invoice_number": "INV-1"}, currency="XXX")
    sheet.rest()
    assert sheet.rows(tab) == before

    sheet.delete(tab, invoice_number="INV-1")
    sheet.rest()
    assert sorted(map(repr, sheet.rows(tab))) == sorted(map(repr, before))
    assert "line-vanished" not in codes(sheet.plans[-1].findings)


@pytest.mark.parametrize("tab", ["Payable", "Match results"])
def test_an_empty_sheet_lists_nothing(tab):
    sheet = PaperSheet.of("")
    sheet.rest()

    assert sheet.rows(tab) == []


@pytest.mark.parametrize("tab", ["Payable", "Match results"])
def test_a_missing_list_is_told_and_stops_nothing(tab):
    sheet = PaperSheet.of(SHEET)
    reading = sheet.reading.tabs[sheet.tab(tab)]
    gone = replace(reading, exists=False, present=frozenset())
    sheet.reading = replace(sheet.reading, tabs={**sheet.reading.tabs, gone.place.address: gone})
    sheet.rest()

    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "matched"
    [told] = [f for f in sheet.plans[-1].findings if str(f.code) == "tab-missing"]
    assert tab in told.message
    assert "`sheetsync init`" in told.message
