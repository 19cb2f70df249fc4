"""Orders that were under way when sheetsync began."""

from __future__ import annotations

from builders import codes
from paper import PaperSheet

UNDER_WAY = """
    People      | Person | Name      | Email           | Roles
                | ann    | Ann Buyer | ann@example.com | buyer
                | bob    | Bob Boss  | bob@example.com | approver
    Suppliers   | Supplier | Name  | Email           | Approved
                | ACME     | Acme  | acme@example.com| TRUE
    Supplier ACME | Your answer
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                | 0007 | 1    | ann       | ACME     | 0042 | 10  | EA   | 12.00      | EUR      | 2026-02-20 | {status}
    Receipts    | Receipt | PO   | Line | Qty | Received on
                | GR-1    | 0007 | 1    | 10  | 2026-02-18
    Invoices    | Supplier | Invoice | Invoice line | Invoice date | Currency | PO   | PO line | Qty | Unit price
                | ACME     | INV-1   | 1            | 2026-02-19   | EUR      | 0007 | 1       | 10  | 12.00
"""


def under_way(status: str) -> PaperSheet:
    return PaperSheet.of(UNDER_WAY.format(status=status))


def test_an_invoice_that_came_with_a_closed_order_is_not_held():
    sheet = under_way("closed")

    plan = sheet.cycle()

    assert codes(plan.findings) == []
    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "matched"


def test_an_invoice_after_the_adoption_of_a_closed_order_is_held():
    sheet = under_way("closed")
    sheet.rest()
    sheet.now = sheet.now.replace(hour=16)
    sheet.add(
        "Invoices",
        supplier="ACME",
        invoice_number="INV-2",
        invoice_line=1,
        currency="EUR",
        invoice_date="2026-03-02",
        po_number="0007",
        po_line=1,
        quantity=1,
        unit_price=12,
    )

    assert "PO_CLOSED" in codes(sheet.cycle().findings)


def test_an_unknown_status_is_told_after_it_was_written_over():
    sheet = under_way("waiting for Bob")

    first = sheet.cycle()
    second = sheet.cycle()

    assert "unknown-status" in codes(first.findings)
    assert second.is_empty


def test_an_unreadable_price_of_an_approved_order_asks_for_no_new_approval():
    sheet = under_way("approved")
    sheet.rest()

    sheet.type("Order lines", {"po_number": "0007"}, unit_price="twelve")
    sheet.rest()

    assert sheet.row("Orders", po_number="0007")["version"] == 1


def test_a_cell_that_nobody_could_read_is_not_locked_away():
    """Adopted with a quantity of "ten" on a confirmed line: it stays, is asked about, and mended."""
    sheet = PaperSheet.of("""
        Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by    | Status
                    | PO-1 | 1    | ann       | S-1      | X    | ten | EA   | 12.00      | EUR      | 2026-03-10 | confirmed
    """)
    sheet.rest()
    assert sheet.row("Order lines", po_number="PO-1")["quantity"] == "ten"
    assert [str(f.code) for f in sheet.plans[-1].findings] == ["invalid-value"]

    sheet.type("Order lines", {"po_number": "PO-1"}, quantity=10)
    sheet.rest()
    assert sheet.row("Order lines", po_number="PO-1")["quantity"] == 10
    sheet.type("Order lines", {"po_number": "PO-1"}, quantity=11)
    sheet.rest()
    assert sheet.row("Order lines", po_number="PO-1")["quantity"] == 10
