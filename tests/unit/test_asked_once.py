"""What was asked for is carried out once, and what is still open is looked at again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from paper import PaperSheet
from paper_day import START, confirmed_sheet

from sheetsync.core.model import RowRef, TabKind, Witness, WitnessedCell

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


def landed_on(sheet, before, *, field, value):
    """A write of the worker meant for another row landed on this line's, over what stood there."""
    cell = WitnessedCell(
        field=field, at_field=field, header="", expected=None, before=before, value=value
    )
    witness = Witness(
        witness_id="7.1.hub/1",
        tab=sheet.tab("Order lines"),
        ref=RowRef(key=("po-1001", "2")),
        is_meant=False,
        at={"po_number": "PO-1001", "line_number": 1},
        cells=(cell,),
    )
    sheet.type("Order lines", LINE, **{field: value})
    sheet.reading = replace(sheet.reading, witnesses=(witness,))


@pytest.mark.parametrize(
    ("field", "typed", "written"),
    [("need_by", "soon", 46146), ("action", "close", None)],
    ids=["nobody can read it", "it cannot be done"],
)
def test_what_is_laid_back_and_still_open_is_looked_at_again(field, typed, written):
    sheet = PaperSheet.of(START)
    sheet.rest()
    tab, key = sheet.tab("Order lines"), ("po-1001", "1")
    known = sheet.baseline.rows[tab][key].cells.get(field)
    landed_on(sheet, typed, field=field, value=written)

    sheet.cycle()

    assert sheet.row("Order lines", **LINE)[field] == typed
    assert sheet.baseline.rows[tab][key].cells.get(field) == known
