"""What was asked for once is carried out once, also where its cell could not be cleared."""

from __future__ import annotations

import pytest
from paper_day import confirmed_sheet

from sheetsync.core.model import TabKind

LINE = {"po_number": "PO-1001", "line_number": 1}
ASKED = {"response": "propose", "reason": "steel is dear", "proposed_price": 13}


@pytest.fixture
def sheet():
    sheet = confirmed_sheet()
    sheet.type("ACME", LINE, **ASKED)
    return sheet


def in_between(sheet, act):
    """Somebody acts after the worker's first reading, so that it cannot clear what it carries out."""
    decided = sheet.apply

    def apply(writes, *others):
        act()
        return decided(writes, *others)

    sheet.apply = apply
    sheet.cycle()
    sheet.apply = decided


def moves(sheet):
    said = [(event.line_number, event.new) for event in sheet.events if event.field == "status"]
    return [new for number, new in said if number == "1"]


def declined(sheet):
    sheet.type("Order lines", LINE, action="decline", reason="no")
    sheet.rest()


def test_a_proposal_on_a_row_that_was_copied_is_made_once(sheet):
    in_between(sheet, lambda: sheet.add("ACME", **sheet.row("ACME", **LINE)))
    sheet.rest()
    declined(sheet)

    assert moves(sheet)[-2:] == ["change_proposed", "confirmed"]
    assert moves(sheet).count("change_proposed") == 1


def test_a_proposal_on_a_row_that_was_deleted_is_made_once_and_does_not_come_back(sheet):
    in_between(sheet, lambda: sheet.delete("ACME", **LINE))
    sheet.rest()
    declined(sheet)

    assert moves(sheet).count("change_proposed") == 1
    assert not [e for e in sheet.events if "move-not-allowed" in str(e.new)], "nobody asked again"
    back = sheet.row("ACME", **LINE)
    requests = [c.field for c in sheet.rules.columns.tabs[TabKind.SUPPLIER].columns if c.request]
    assert {name: back[name] for name in requests if back[name] is not None} == {}
