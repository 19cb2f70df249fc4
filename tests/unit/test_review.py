"""What people do at the wrong moment: answers to what nobody saw, edits around a yes."""

from __future__ import annotations

import pytest
from builders import codes
from paper import PaperSheet
from paper_day import confirmed_sheet

PO = {"po_number": "PO-1001"}


def act(sheet: PaperSheet, action: str, reason: str | None = None) -> None:
    sheet.type("Orders", PO, action=action, reason=reason)
    sheet.rest()


def reissued(sheet: PaperSheet, **cells) -> PaperSheet:
    """The order taken back, its first line changed, and sent again."""
    act(sheet, "change", "other terms")
    sheet.type("Order lines", {"line_number": 1}, **cells)
    sheet.rest()
    act(sheet, "submit")
    sheet.type("Approvals", {"version": 2}, decision="approve")
    sheet.rest()
    act(sheet, "issue")
    return sheet


@pytest.mark.parametrize("word", ["accept", "decline"])
def test_a_yes_typed_before_a_proposal_came_is_no_yes_to_it(word):
    sheet = confirmed_sheet()
    sheet.type("Order lines", {"line_number": 1}, action=word, reason="as agreed")
    sheet.rest()

    sheet.type("ACME", {"line_number": 1}, response="propose", proposed_price=99, reason="steel")
    plan = sheet.cycle()
    sheet.rest()

    assert "answer-outdated" in codes(plan.findings)
    line = sheet.row("Order lines", line_number=1)
    assert (line["status"], line["agreed_price"], line["action"]) == ("change proposed", 12, None)
    assert "typed before the supplier's proposal came" in line["message"]


def test_a_yes_and_the_proposal_in_one_cycle_have_not_seen_each_other():
    sheet = confirmed_sheet()
    sheet.type("Order lines", {"line_number": 1}, action="accept")
    sheet.type("ACME", {"line_number": 1}, response="propose", proposed_price=99, reason="steel")
    sheet.rest()

    assert sheet.row("Order lines", line_number=1)["status"] == "change proposed"


@pytest.mark.parametrize("moment", ["while it is changed", "in the cycle of the issue"])
def test_a_supplier_s_yes_to_the_old_version_does_not_confirm_the_new_one(moment):
    sheet = confirmed_sheet()
    act(sheet, "change", "cheaper elsewhere")
    if moment == "while it is changed":
        sheet.type("ACME", {"line_number": 1}, response="accept")
        sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, unit_price=1)
    sheet.rest()
    act(sheet, "submit")
    sheet.type("Approvals", {"version": 2}, decision="approve")
    sheet.rest()

    sheet.type("ACME", {"line_number": 1}, response="accept")
    act(sheet, "issue")

    answer = sheet.row("ACME", line_number=1)
    assert (answer["status"], answer["response"]) == ("please answer", None)
    assert "typed before version 2 of the order came" in answer["message"]
    sheet.type("ACME", {"line_number": 1}, response="accept")
    sheet.rest()
    assert sheet.row("Order lines", line_number=1)["agreed_price"] == 1
