"""Tax, planned charges, fixed rates and blanket limits on orders: read, locked, and matched by."""

from __future__ import annotations

import pytest
from builders import codes, rulebook
from paper import PaperSheet

SHEET = """
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Tax % | Status
                | PO-1 | 1    | ann       | S-1      | X    | 10  | EA   | 12.00      | EUR      | 2026-03-10 | 19    | {status}
    Orders      | PO number | Charges                 | Terms
                | PO-1      | freight 50.00 + 19 %    | 30 days net
    Receipts    | Receipt | PO   | Line | Qty | Received on
                | GR-1    | PO-1 | 1    | 10  | 2026-03-01
    Invoices    | Supplier | Invoice | Invoice line | Invoice date | Currency | PO number | PO line | Qty | Unit price | Charge  | Amount | Tax total | Invoice total
                | S-1      | INV-1   | 1            | 2026-03-01   | EUR      | PO-1      | 1       | 10  | 12         |         |        | 32.30     | 202.30
                | S-1      | INV-1   | 2            | 2026-03-01   | EUR      |           |         |     |            | FREIGHT | 50.00  |           |
"""


def paper(status="confirmed", **options):
    sheet = PaperSheet.of(SHEET.format(status=status), **options)
    sheet.rest()
    return sheet


def invoice(sheet):
    row = sheet.row("Invoices", invoice_number="INV-1", invoice_line=1)
    return row["match_status"], row["holds"], row["payable_amount"]


def found(sheet, code):
    return [each for each in sheet.plans[-1].findings if str(each.code) == code]


def test_tax_and_planned_charges_are_those_of_the_order():
    assert invoice(paper()) == ("matched", None, 202.3)


def test_a_tax_off_the_order_s_rates_is_held():
    sheet = paper()
    row = {"invoice_number": "INV-1", "invoice_line": 1}
    sheet.type("Invoices", row, tax=30, total=200)
    sheet.rest()

    assert invoice(sheet) == ("held", "TAX", 0)
    assert "by the order's rates 32.30 EUR" in sheet.row("Invoices", **row)["message"]


def test_what_an_order_plans_may_be_changed_until_it_is_issued():
    sheet = paper("draft")
    sheet.type("Orders", {"po_number": "PO-1"}, charges=None)
    sheet.rest()

    assert sheet.row("Orders", po_number="PO-1")["charges"] is None
    assert found(sheet, "locked-field-edited") == []


@pytest.mark.parametrize("cell", [{"charges": "freight 500"}, {"terms": "90 days net"}])
def test_terms_of_an_issued_order_are_changed_by_a_change_order(cell):
    sheet = paper()
    [(field, _)] = cell.items()
    before = sheet.row("Orders", po_number="PO-1")[field]

    sheet.type("Orders", {"po_number": "PO-1"}, **cell)
    sheet.cycle(minutes=0)
    assert sheet.row("Orders", po_number="PO-1")[field] == before
    [told] = found(sheet, "locked-field-edited")
    assert "put `change` with a reason into Action" in told.message

    sheet.type("Orders", {"po_number": "PO-1"}, action="change", reason="freight rose")
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1"}, **cell)
    sheet.rest()
    assert sheet.row("Orders", po_number="PO-1")[field] == cell[field]


def test_the_tax_of_an_issued_line_is_locked():
    sheet = paper()
    sheet.type("Order lines", {"po_number": "PO-1"}, tax_rate=7)
    sheet.cycle(minutes=0)

    assert sheet.row("Order lines", po_number="PO-1")["tax_rate"] == 19


def test_prices_that_include_tax_are_compared_with_such():
    sheet = PaperSheet.of(
        SHEET.format(status="confirmed")
        .replace("| Tax % |", "| Tax % | Price includes tax |")
        .replace("| 19    |", "| 19    | yes |")
        .replace("| Unit price | Charge", "| Unit price | Price includes tax | Charge")
        .replace("| 12         |         |        | 32.30", "| 12 | yes |  |   | 28.66")
        .replace("|            | FREIGHT", "|            |     | FREIGHT")
        .replace("202.30", "179.50")
    )
    sheet.rest()

    assert invoice(sheet) == ("matched", None, 179.5)


def test_a_fixed_rate_converts_where_converting_is_allowed():
    text = SHEET.format(status="confirmed").replace("2026-03-01   | EUR", "2026-03-01   | USD")
    text = text.replace("freight 50.00 + 19 %    |", "freight 50.00 + 19 % | USD 1.25 |")
    text = text.replace("| Charges                 |", "| Charges              | Fixed rates |")
    text = text.replace(
        "| 10  | 12         |         |        | 32.30     | 202.30",
        "| 10  | 15 | | | 40.38 | 252.88",
    )
    text = text.replace("| FREIGHT | 50.00", "| FREIGHT | 62.50")
    sheet = PaperSheet.of(text, rules=rulebook({"matching.currency_policy": "convert"}))
    sheet.rest()

    assert invoice(sheet) == ("matched", None, 252.88)


# -- blanket orders ------------------------------------------------------------------------------

BLANKET = """
    People      | Person | Roles
                | ann    | buyer
                | bob    | approver
    Suppliers   | Supplier | Email          | Approved
                | S-1      | s1@example.com | yes
    Supplier S-1
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                | PO-1 | 1    | ann       | S-1      | X    | 1   | EA   | 100        | EUR      | 2026-03-10 | {status}
    Orders      | PO number | Value limit | Valid from | Valid to
                | PO-1      | 1000        | 2026-01-01 | 2026-06-30
    Invoices    | Supplier | Invoice | Invoice line | Invoice date | Currency | PO number | PO line | Qty | Unit price
                | S-1      | INV-1   | 1            | 2026-03-01   | EUR      | PO-1      | 1       | 3   | 300
"""


def blanket(status="confirmed", **options):
    sheet = PaperSheet.of(BLANKET.format(status=status), **options)
    sheet.rest()
    return sheet


def test_a_blanket_order_is_billed_up_to_its_limit():
    sheet = blanket()
    assert invoice(sheet) == ("matched", None, 900)
    assert sheet.row("Orders", po_number="PO-1")["total"] == 1000

    sheet.type("Invoices", {"invoice_number": "INV-1"}, unit_price=350)
    sheet.rest()

    assert invoice(sheet) == ("held", "BLANKET_LIMIT", 0)
    assert "(Orders, Value limit)" in sheet.row("Invoices", invoice_number="INV-1")["message"]


def test_a_blanket_order_is_billed_within_its_time():
    sheet = blanket(rules=rulebook({"matching.blanket_days": 0}))
    sheet.type("Invoices", {"invoice_number": "INV-1"}, invoice_date="2025-12-31")
    sheet.rest()

    assert invoice(sheet) == ("held", "BLANKET_DATE", 0)


def test_a_blanket_limit_is_what_is_approved_and_a_change_needs_another_yes():
    sheet = blanket("draft")
    sheet.type("Orders", {"po_number": "PO-1"}, action="submit")
    sheet.rest()
    asked = sheet.row("Approvals", po_number="PO-1")
    assert (asked["total"], asked["version"]) == (1000, 1)

    sheet.type("Orders", {"po_number": "PO-1"}, value_limit=2000)
    sheet.rest()
    asked = sheet.row("Approvals", po_number="PO-1", version=2)
    assert asked["total"] == 2000
    sheet.type("Approvals", {"po_number": "PO-1", "version": 2}, decision="approve")
    sheet.rest()

    sheet.type("Orders", {"po_number": "PO-1"}, value_limit=9000)
    sheet.cycle(minutes=0)
    assert sheet.row("Orders", po_number="PO-1")["value_limit"] == 2000


def test_validity_without_a_limit_is_asked_about():
    sheet = blanket()
    text = BLANKET.format(status="draft").replace("| 1000        |", "|             |")
    sheet = PaperSheet.of(text)
    sheet.rest()

    messages = [each.message for each in found(sheet, "missing-value")]
    assert [text for text in messages if text.startswith("Value limit is empty, so Valid from")]


# -- what cannot be read -------------------------------------------------------------------------

HOSTILE = {
    "charges": [
        "free of charge",
        "freight",
        "freight fifty",
        "50",
        "a 1; A 2",
        50,
        "#N/A",
        "f 1e9",
    ],
    "fx_rates": ["at the day's rate", "USD", True],
    "value_limit": ["a lot", -1, "#REF!"],
    "valid_to": ["soon", "31.02.2026"],
    "match_level": ["5way"],
}
CELLS = [(field, typed) for field, cells in HOSTILE.items() for typed in cells]


@pytest.mark.parametrize(("field", "typed"), CELLS)
def test_an_order_cell_that_cannot_be_read_holds_what_it_could_have_stopped(field, typed):
    sheet = PaperSheet.of(SHEET.format(status="confirmed"))
    sheet.type("Orders", {"po_number": "PO-1"}, **{field: typed})
    sheet.rest()

    assert sheet.row("Orders", po_number="PO-1")["message"]
    assert "invalid-value" in codes(sheet.plans[-1].findings)
    status, holds, payable = invoice(sheet)
    assert (status, payable) == ("held", 0)
    assert "UNREADABLE" in holds


@pytest.mark.parametrize("typed", ["some", -19, "1/3", 0.19])
def test_a_tax_rate_that_cannot_be_read_holds_its_line(typed):
    sheet = PaperSheet.of(SHEET.format(status="confirmed").replace("| 19    |", "|       |"))
    sheet.type("Order lines", {"po_number": "PO-1"}, tax_rate=typed)
    sheet.rest()

    assert "UNREADABLE" in invoice(sheet)[1]
