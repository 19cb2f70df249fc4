"""Items: units that convert exactly, and the category whose limits decide."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import codes, rulebook
from paper import PaperSheet

SHEET = """
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                | PO-1 | 1    | ann       | S-1      | 0815 | 120 | ea   | 1.00       | EUR      | 2026-03-10 | confirmed
                | PO-2 | 1    | ann       | S-1      | HOSE | 100 | M    | 0.90       | EUR      | 2026-03-10 | confirmed
    Receipts    | Receipt | PO   | Line | Qty | Unit | Received on
                | GR-1    | PO-1 | 1    | 10  | box  | 2026-03-01
                | GR-2    | PO-2 | 1    | 3   | ROLL | 2026-03-01
    Invoices    | Supplier | Invoice | Invoice line | Invoice date | Currency | PO number | PO line | Qty | Unit | Unit price
                | S-1      | INV-1   | 1            | 2026-03-01   | EUR      | PO-1      | 1       | 10  | Box  | 12
                | S-1      | INV-2   | 1            | 2026-03-01   | EUR      | PO-2      | 1       | 3   | roll | 30
"""


@pytest.fixture
def sheet():
    sheet = PaperSheet.of(SHEET)
    sheet.rest()
    return sheet


def invoice(sheet, number):
    row = sheet.row("Invoices", invoice_number=number)
    return row["match_status"], row["holds"], row["payable_amount"]


def items(sheet, **cells):
    sheet.add("Items", **cells)
    sheet.rest()
    return sheet.row("Items", item=cells["item"])


def found(sheet, code):
    return [each for each in sheet.plans[-1].findings if str(each.code) == code]


def test_without_items_a_unit_is_not_guessed(sheet):
    assert invoice(sheet, "INV-1") == ("held", "UOM", 0)
    assert "Items, Conversions" in sheet.row("Invoices", invoice_number="INV-1")["message"]
    assert "Items, Conversions" in sheet.row("Receipts", receipt_number="GR-1")["message"]


def test_a_conversion_counts_for_receipts_and_invoices_in_any_notation(sheet):
    row = items(sheet, item="0815 ", conversions="1 BOX = 12 EA")

    assert (row["understood"], row["message"]) == ("1 BOX = 12 EA", None)
    assert invoice(sheet, "INV-1") == ("matched", None, 120)
    assert sheet.row("Order lines", po_number="PO-1")["received_quantity"] == 120
    assert sheet.row("Receipts", receipt_number="GR-1")["message"] is None
    assert invoice(sheet, "INV-2") == ("held", "UOM", 0)


def test_a_ratio_that_no_decimal_can_write_is_exact(sheet):
    """Three rolls hold a hundred metres: 3 x 30.00 is 100 x 0.90 to the last cent."""
    row = items(sheet, item="HOSE", conversions="3 ROLL = 100 M; PAL = 40 ROLL")

    assert row["understood"] == "3 ROLL = 100 M; 1 PAL = 40 ROLL"
    assert invoice(sheet, "INV-2") == ("matched", None, 90)


def test_conversions_are_read_in_both_directions_and_never_chained(sheet):
    sheet.type("Invoices", {"invoice_number": "INV-2"}, uom="PAL")
    items(sheet, item="HOSE", conversions="100 M = 3 ROLL\n1 PAL = 40 ROLL")

    assert invoice(sheet, "INV-2") == ("held", "UOM", 0)

    sheet.type("Invoices", {"invoice_number": "INV-2"}, uom=" Roll")
    sheet.rest()
    assert invoice(sheet, "INV-2") == ("matched", None, 90)


def test_what_items_says_goes_before_the_rules():
    rules = rulebook({"matching.uom_items": {"0815": {"BOX": {"ea": 10}, "CARTON": {"ea": 6}}}})
    sheet = PaperSheet.of(SHEET, rules=rules)
    sheet.rest()
    assert invoice(sheet, "INV-1")[0] == "held"

    items(sheet, item="0815", conversions="BOX = 12 EA")
    assert invoice(sheet, "INV-1") == ("matched", None, 120)

    sheet.type("Receipts", {"receipt_number": "GR-1"}, uom="CARTON", quantity=20)
    sheet.rest()
    assert sheet.row("Order lines", po_number="PO-1")["received_quantity"] == 120


def test_the_category_s_level_decides_and_is_named():
    levels = {"Fasteners": {"price": {"pct_upper": "10"}}}
    sheet = PaperSheet.of(SHEET, rules=rulebook({"matching_levels.categories": levels}))
    sheet.rest()
    items(sheet, item="0815", category="fasteners ", conversions="1 BOX = 12 EA")

    sheet.type("Invoices", {"invoice_number": "INV-1"}, unit_price=13.2)
    sheet.rest()
    assert invoice(sheet, "INV-1") == ("matched with variance", None, 132)

    sheet.type("Invoices", {"invoice_number": "INV-1"}, unit_price=13.5)
    sheet.rest()
    message = sheet.row("Invoices", invoice_number="INV-1")["message"]
    assert "matching_levels.categories.Fasteners.price.pct_upper" in message
    assert "set for category Fasteners" in message


# -- the tab itself ------------------------------------------------------------------------------

HOSTILE = {
    "no equation": ("12 EA per BOX", "is not understood"),
    "two equations": ("1 BOX = 12 EA = 3 PAL", "is not understood"),
    "no unit": ("1 BOX = 12", "is not understood"),
    "nothing": ("0 BOX = 12 EA", "is not understood"),
    "a minus": ("1 BOX = -12 EA", "is not understood"),
    "itself": ("1 EA = 1 ea", "is said twice"),
    "twice": ("1 BOX = 12 EA; 1 box = 10 ea", "is said twice"),
    "back and forth": ("1 BOX = 12 EA; 12 EA = 1 BOX", "is said twice"),
    "a power of ten": ("1 BOX = 1e300 EA", "Only part of this is a number"),
    "too many digits": (f"1 BOX = {'9' * 30} EA", ""),
    "an error value": ("#REF!", "is not understood"),
    "a number": (12, "Write conversions such as"),
    "a tick": (True, "Write conversions such as"),
    "a page": ("1 BOX = 12 EA; " * 200, "too long"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_conversions_that_cannot_be_read_convert_nothing(sheet, case):
    typed, words = HOSTILE[case]

    row = items(sheet, item="0815", conversions=typed)

    assert words in row["message"]
    assert row["understood"] is None
    assert invoice(sheet, "INV-1") == ("held", "UOM", 0)


def test_two_readings_are_asked_about(sheet):
    sheet.rules = rulebook({"columns.notation.number": "ask"})
    items(sheet, item="0815", conversions="1 BOX = 1,200 EA")

    assert len(found(sheet, "ambiguous-value")) == 1


def test_two_rows_of_one_item_convert_nothing(sheet):
    sheet.add("Items", item="0815", conversions="1 BOX = 12 EA")
    sheet.add("Items", item="0815 ", conversions="1 BOX = 10 EA")
    sheet.rest()

    assert "duplicate-key" in codes(sheet.plans[-1].findings)
    assert invoice(sheet, "INV-1") == ("held", "UOM", 0)


def test_an_item_is_history_and_may_be_deleted(sheet):
    items(sheet, item="0815", conversions="1 BOX = 12 EA")
    sheet.type("Items", {"item": "0815"}, conversions="1 BOX = 10 EA")
    sheet.rest()
    sheet.delete("Items", item="0815")
    sheet.rest()

    said = [event.decision for event in sheet.events if event.tab == "Items 0815"]
    assert said == ["added", "changed", "deleted"]
    assert invoice(sheet, "INV-1") == ("held", "UOM", 0)


@pytest.mark.parametrize("lost", ["the tab", "a header"])
def test_a_lost_tab_keeps_saying_what_it_said(sheet, lost):
    items(sheet, item="0815", conversions="1 BOX = 12 EA")
    reading = sheet.reading.tabs[sheet.tab("Items")]
    if lost == "the tab":
        gone = replace(reading, exists=False, rows=(), present=frozenset())
    else:
        gone = replace(reading, present=reading.present - {"item"})
    sheet.reading = replace(sheet.reading, tabs={**sheet.reading.tabs, gone.place.address: gone})
    sheet.rest()

    assert invoice(sheet, "INV-1") == ("matched", None, 120)
    expected = "tab-missing" if lost == "the tab" else "missing-column"
    assert expected in codes(sheet.plans[-1].findings)
