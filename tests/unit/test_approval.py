"""Who is asked, who may say yes, and what a yes is worth."""

from __future__ import annotations

import pytest
from builders import codes, rulebook
from paper import PaperSheet

TEAM = """
    People      | Person | Name | Email           | Roles
                | ann    | Ann  | ann@example.com | buyer, approver
                | bob    | Bob  | bob@example.com | approver
                | cas    | Cas  | cas@example.com | approver
                | dora   | Dora | dor@example.com | director
    Suppliers   | Supplier | Name  | Email           | Approved
                | ACME     | Acme  | acme@example.com| TRUE
    Supplier ACME | Your answer
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by
                | PO-1 | 1    | ann       | ACME     | 0042 | {qty} | EA | 12.00      | {cur}    | 2026-04-20
"""


def submitted(qty: int = 10, cur: str = "EUR", **rules) -> PaperSheet:
    sheet = PaperSheet.of(TEAM.format(qty=qty, cur=cur), rules=rulebook(rules))
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1"}, action="submit")
    sheet.rest()
    return sheet


def asked(sheet: PaperSheet) -> list[tuple[object, object]]:
    return [(row["tier"], row["approver"]) for row in sheet.rows("Approvals")]


def decide(sheet: PaperSheet, approver: str, word: str, **where) -> None:
    sheet.type("Approvals", {"approver": approver, **where}, decision=word)
    sheet.rest()


def status(sheet: PaperSheet) -> object:
    return sheet.row("Orders", po_number="PO-1")["status"]


def test_the_requester_is_not_asked():
    assert asked(submitted()) == [("lead", "bob"), ("lead", "cas")]


def test_the_requester_is_asked_where_the_rules_say_so():
    sheet = submitted(**{"approval.requester_may_approve": True})
    assert ("lead", "ann") in asked(sheet)


def test_one_yes_of_a_tier_is_enough():
    sheet = submitted()
    decide(sheet, "cas", "approve")
    assert status(sheet) == "approved"


def test_a_no_rejects_and_a_later_yes_does_not_help():
    sheet = submitted()
    decide(sheet, "bob", "reject")
    assert status(sheet) == "approval rejected"

    sheet.type("Approvals", {"approver": "cas"}, decision="approve")
    sheet.rest()

    assert status(sheet) == "approval rejected"


def test_a_yes_and_a_no_at_once_is_a_no():
    sheet = submitted()
    sheet.type("Approvals", {"approver": "bob"}, decision="approve")
    sheet.type("Approvals", {"approver": "cas"}, decision="reject")
    sheet.rest()
    assert status(sheet) == "approval rejected"


@pytest.mark.parametrize(("qty", "tiers"), [(2083, {"lead"}), (2084, {"lead", "director"})])
def test_every_tier_that_the_total_passes_is_asked(qty, tiers):
    """25,000 EUR is the director's limit: 2,083 pieces stay below, 2,084 pass it."""
    assert {tier for tier, _ in asked(submitted(qty=qty))} == tiers


def test_both_tiers_must_say_yes():
    sheet = submitted(qty=3000)
    decide(sheet, "bob", "approve")
    assert status(sheet) == "submitted"
    decide(sheet, "dora", "approve")
    assert status(sheet) == "approved"


def test_free_lines_need_a_yes_too():
    sheet = PaperSheet.of(TEAM.format(qty=5, cur="EUR").replace("12.00", "0"))
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1"}, action="submit")
    sheet.rest()
    assert status(sheet) == "submitted"
    decide(sheet, "bob", "approve")
    assert status(sheet) == "approved"


def test_limits_are_in_base_currency():
    """3,000 pieces at 12 JPY are 219.60 EUR: no director."""
    assert {tier for tier, _ in asked(submitted(qty=3000, cur="JPY"))} == {"lead"}


def test_a_currency_without_a_rate_waits_and_says_so():
    sheet = submitted(cur="SEK")
    assert status(sheet) == "submitted"
    assert "no exchange rate for SEK" in sheet.row("Orders", po_number="PO-1")["message"]


def test_a_change_after_the_yes_asks_again():
    sheet = submitted()
    decide(sheet, "bob", "approve")

    sheet.type("Order lines", {"line_number": 1}, quantity=11)
    sheet.rest()

    assert status(sheet) == "submitted"
    assert [r["version"] for r in sheet.rows("Approvals") if r["approver"] == "bob"] == [1, 2]
    decide(sheet, "bob", "approve", version=2)
    assert status(sheet) == "approved"


def test_a_yes_to_a_version_that_is_over_is_told():
    sheet = submitted()
    sheet.type("Order lines", {"line_number": 1}, quantity=11)
    sheet.rest()

    sheet.type("Approvals", {"approver": "cas", "version": 1}, decision="approve")
    plan = sheet.cycle()

    assert "approval-limit" in codes(plan.findings)
    assert status(sheet) == "submitted"


def test_nobody_to_ask_is_told():
    sheet = PaperSheet.of(TEAM.format(qty=3000, cur="EUR").replace("director", "buyer"))
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1"}, action="submit")
    sheet.cycle()
    assert "approval-missing" in codes(sheet.cycle().findings)
