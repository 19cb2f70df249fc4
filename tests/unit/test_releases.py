"""Releases: a person with the role and the limit lifts a hold, and the next cycle pays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import codes, rulebook
from paper import PaperSheet

SHEET = """
    People      | Person | Roles                 | Releases up to
                | pat    | payables              | 500
                | zoe    | Payables              | 5
                | max    | buyer                 | 500
                | new    | payables              |
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                | PO-1 | 1    | ann       | S-1      | X    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-3 | 1    | ann       | S-1      | Y    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-3 | 2    | ann       | S-1      | Y    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
                | PO-2 | 1    | ann       | S-1      | X    | 10  | EA   | 12.00      | BRL      | 2026-03-10 | confirmed
    Receipts    | Receipt | PO   | Line | Qty | Received on
                | GR-1    | PO-1 | 1    | 10  | 2026-03-01
                | GR-2    | PO-2 | 1    | 10  | 2026-03-01
                | GR-3    | PO-3 | 2    | 10  | 2026-03-01
    Invoices    | Supplier | Invoice | Invoice line | Invoice date | Currency | PO number | PO line | Qty | Unit price
                | S-1      | INV-9   | 1            | 2026-03-01   | EUR      | PO-1      | 1       | 10  | 12.60
                | S-1      | INV-8   | 1            | 2026-03-01   | BRL      | PO-2      | 1       | 10  | 12.60
                | S-1      | INV-7   | 1            | 2026-03-01   | EUR      | PO-9      | 1       | 10  | 12.60
                | S-1      | INV-6   | 1            | 2026-03-01   | EUR      | PO-3      | 1       | 10  | 12
                | S-1      | INV-6   | 2            | 2026-03-01   | EUR      | PO-3      | 2       | 11  | 12
"""
RELEASE = {
    "release": "R-1",
    "supplier": "s-1",
    "invoice_number": "inv - 9",
    "hold": "price high",
    "up_to": 0.6,
    "reason": "agreed by phone",
    "released_by": "Pat",
}


@pytest.fixture
def sheet():
    sheet = PaperSheet.of(SHEET)
    sheet.rest()
    return sheet


def invoice(sheet, number="INV-9", line=1):
    row = sheet.row("Invoices", invoice_number=number, invoice_line=line)
    return row["match_status"], row["holds"], row["payable_amount"]


def release(sheet, **cells):
    sheet.add("Releases", **{**RELEASE, **cells})
    sheet.rest()
    return sheet.row("Releases", release=cells.get("release", "R-1"))


def test_the_sentence_says_what_to_release_and_the_release_pays(sheet):
    """The figure that the sentence names is enough."""
    held = sheet.row("Invoices", invoice_number="INV-9")
    assert "or a release up to 0.6 with a reason" in held["message"]

    row = release(sheet)

    assert invoice(sheet) == ("matched with variance", None, 126)
    assert sheet.row("Invoices", invoice_number="INV-9")["message"] is None
    assert row["let_pass"] == "price higher than ordered, line 1: 0.6 EUR"
    assert row["message"] is None


def test_what_it_let_pass_is_history_with_its_reason(sheet):
    release(sheet)

    [told] = [event for event in sheet.events if event.field == "let_pass"]
    assert (told.tab, told.po_number, told.line_number) == ("Releases r-1 s-1", "PO-1", "1")
    assert told.new == "price higher than ordered, line 1: 0.6 EUR"
    assert told.decision == "released by pat: agreed by phone"
    typed = [event for event in sheet.events if event.tab == "Releases r-1 s-1"]
    assert typed[0].decision == "added"


def test_a_deleted_release_holds_again_and_history_keeps_both(sheet):
    release(sheet)

    sheet.delete("Releases", release="R-1")
    sheet.rest()

    assert invoice(sheet) == ("held", "PRICE_HIGH", 0)
    said = [event.decision for event in sheet.events if event.tab == "Releases r-1 s-1"]
    assert said == ["added", "released by pat: agreed by phone", "deleted"]


def test_a_variance_that_grows_is_held_again(sheet):
    release(sheet)

    sheet.type("Invoices", {"invoice_number": "INV-9"}, unit_price=12.7)
    sheet.rest()

    assert invoice(sheet) == ("held", "PRICE_HIGH", 0)
    row = sheet.row("Releases", release="R-1")
    assert row["let_pass"] is None
    assert "Up to says 0.6, and the difference is 0.7 now." in row["message"]


def test_a_hold_that_went_by_itself_leaves_nothing_to_let_pass(sheet):
    release(sheet)

    sheet.type("Invoices", {"invoice_number": "INV-9"}, unit_price=12)
    sheet.rest()

    row = sheet.row("Releases", release="R-1")
    assert (row["let_pass"], row["message"]) == ("nothing: no such hold stands now", None)
    told = [event for event in sheet.events if event.field == "let_pass"]
    assert [event.decision for event in told] == [
        "released by pat: agreed by phone",
        "lets nothing pass any more",
    ]


REFUSED = {
    "who is not there": ({"released_by": "eve"}, "eve (Released by) is not on the tab People"),
    "without the role": ({"released_by": "max"}, "max needs the role payables or manager"),
    "without a limit": ({"released_by": "new"}, "new has no limit yet"),
    "over the limit": ({"released_by": "zoe"}, "worth 6.00 EUR, and zoe may release up to 5.00"),
    "a limit above the limit": (
        {"up_to": 51},
        "worth 510.00 EUR, and pat may release up to 500.00",
    ),
    "too little": ({"up_to": 0.5}, "Up to says 0.5, and the difference is 0.6 now"),
    "no limit told": ({"up_to": None}, "Up to is empty; the difference is 0.6 now"),
    "no such invoice": ({"invoice_number": "INV-99"}, "There is no document INV-99 of S-1"),
    "another supplier": ({"supplier": "S-2"}, "There is no document inv - 9 of S-2"),
    "no such line": ({"invoice_line": 7}, "invoice INV-9 of S-1 has no line 7; it has 1"),
    "a duplicate": ({"hold": "DUPLICATE"}, "is never released"),
    "an overpayment": ({"hold": "overpaid"}, "Name the hold behind it"),
    "no rate": ({"invoice_number": "INV-8"}, "no rate from BRL to EUR"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_release_that_does_not_count_says_why(sheet, case):
    cells, words = REFUSED[case]

    row = release(sheet, **cells)

    assert words in row["message"]
    assert row["let_pass"] is None
    assert invoice(sheet) == ("held", "PRICE_HIGH", 0)
    assert "release-refused" in [str(f.code) for f in sheet.plans[-1].findings]


def test_the_limit_is_compared_in_base_currency():
    sheet = PaperSheet.of(
        SHEET.replace("BRL", "USD"), rules=rulebook({"approval.exchange_rates.USD": 100})
    )
    sheet.rest()

    row = release(sheet, invoice_number="INV-8")

    assert "worth 6.00 USD, and pat may release up to 500.00 EUR" in row["message"]


def test_a_hold_without_a_measure_is_worth_all_that_the_line_bills(sheet):
    """No order is there to compare with, so the whole line passes."""
    row = release(sheet, invoice_number="INV-7", hold="UNKNOWN_PO", up_to=None)

    assert row["let_pass"] == "there is no such order, line 1"
    assert invoice(sheet, "INV-7") == ("matched with variance", None, 126)

    sheet.type("People", {"person": "pat"}, release_limit=125)
    sheet.rest()

    assert invoice(sheet, "INV-7") == ("held", "UNKNOWN_PO", 0)


def test_a_line_of_several_must_be_named(sheet):
    cells = {"invoice_number": "INV-6", "hold": "NO_RECEIPT", "up_to": 10}

    row = release(sheet, **cells)
    assert "This hold stands on line 1: write it (Invoice line)." in row["message"]

    sheet.type("Releases", {"release": "R-1"}, invoice_line=1)
    sheet.rest()
    row = sheet.row("Releases", release="R-1")
    assert row["let_pass"] == "billed, but nothing was received, line 1: 10 EA"


def test_two_holds_of_one_invoice_need_two_releases(sheet):
    cells = {"invoice_number": "INV-6", "up_to": 10}
    release(sheet, **cells, hold="NO_RECEIPT", invoice_line=1)
    assert invoice(sheet, "INV-6", 2)[0] == "held"

    release(sheet, **cells, hold="QTY_ORDERED", invoice_line=2, release="R-2")
    release(sheet, **cells, hold="QTY_RECEIVED", invoice_line=2, release="R-3")

    assert invoice(sheet, "INV-6", 1) == ("matched with variance", None, 252)


# -- the tab itself ------------------------------------------------------------------------------

HOSTILE = {
    "a word for a number": ({"up_to": "some"}, "invalid-value"),
    "a unit beside it": ({"up_to": "0.6 EUR"}, "invalid-value"),
    "an error value": ({"up_to": "#REF!"}, "invalid-value"),
    "a negative limit": ({"up_to": -1}, "invalid-value"),
    "a tick for a name": ({"released_by": True}, "invalid-value"),
    "no such hold": ({"hold": "PRICE_HUGE"}, "invalid-value"),
    "half a line": ({"invoice_line": 1.5}, "invalid-value"),
    "no reason": ({"reason": None}, "missing-value"),
    "blanks for a reason": ({"reason": "  "}, "missing-value"),
    "nobody": ({"released_by": ""}, "missing-value"),
    "no hold": ({"hold": None}, "missing-value"),
    "no number of its own": ({"release": None}, "missing-value"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bad_cell_is_told_on_its_row_and_lets_nothing_pass(sheet, case):
    cells, code = HOSTILE[case]

    sheet.add("Releases", **{**RELEASE, **cells})
    sheet.rest()

    [row] = sheet.rows("Releases")
    assert row["message"]
    assert row["let_pass"] is None
    assert code in codes(sheet.plans[-1].findings)
    assert "release-refused" not in codes(sheet.plans[-1].findings)
    assert invoice(sheet) == ("held", "PRICE_HIGH", 0)


def test_two_rows_with_one_number_let_nothing_pass(sheet):
    sheet.add("Releases", **RELEASE)
    sheet.add("Releases", **{**RELEASE, "reason": "another"})
    sheet.rest()

    assert "duplicate-key" in codes(sheet.plans[-1].findings)
    assert invoice(sheet) == ("held", "PRICE_HIGH", 0)


def test_a_lost_header_lets_what_was_settled_stand_and_nothing_new_in(sheet):
    """Without its line a release would speak of the whole invoice."""
    release(sheet)
    reading = sheet.reading.tabs[sheet.tab("Releases")]
    present = reading.present - {"invoice_line"}
    fresh = {**sheet.reading.tabs, reading.place.address: replace(reading, present=present)}
    sheet.reading = replace(sheet.reading, tabs=fresh)
    sheet.add("Releases", **{**RELEASE, "release": "R-2", "invoice_number": "INV-7"})
    sheet.rest()

    assert "missing-column" in codes(sheet.plans[-1].findings)
    assert invoice(sheet)[0] == "matched with variance"
    assert sheet.row("Releases", release="R-2")["let_pass"] is None


def test_a_missing_tab_is_told_and_stops_nothing(sheet):
    reading = sheet.reading.tabs[sheet.tab("Releases")]
    gone = replace(reading, exists=False, rows=(), present=frozenset())
    sheet.reading = replace(sheet.reading, tabs={**sheet.reading.tabs, gone.place.address: gone})
    sheet.type("Invoices", {"invoice_number": "INV-9"}, unit_price=12)
    sheet.rest()

    assert invoice(sheet) == ("matched", None, 120)
    [told] = [f for f in sheet.plans[-1].findings if str(f.code) == "tab-missing"]
    assert "`sheetsync init`" in told.message
