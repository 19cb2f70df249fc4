"""What would undo what happened, and why something cannot be undone: from events and the baseline."""

from __future__ import annotations

import pytest
from journal import sheet_of
from paper import PaperSheet
from paper_day import START, confirmed, issued

from sheetsync.core.history.event_rows import ROW
from sheetsync.core.undo import Undoing, compensations

LINE = {"line_number": 1}


def typed() -> PaperSheet:
    sheet = PaperSheet.of(START)
    sheet.rest()
    return sheet


def change(sheet: PaperSheet, tab: str = "Order lines", where=None, **cells) -> str:
    """Somebody types and a cycle follows; returns the id of the last event."""
    sheet.type(tab, where or LINE, **cells)
    sheet.cycle()
    sheet.rest()
    (field,) = list(cells)[-1:]
    return [e for e in sheet.events if e.field == field][-1].event_id


def undo(sheet: PaperSheet, *ids: str) -> Undoing:
    chosen = [event for event in sheet.events if event.event_id in ids]
    assert len(chosen) == len(ids)
    first = next(i for i, e in enumerate(sheet.events) if e.event_id in ids)
    rules = sheet.rules.lifecycle
    return compensations(chosen, sheet.events[first:], sheet.baseline, sheet_of(sheet), rules)


def written(undoing: Undoing) -> list[tuple[str, object, object, int]]:
    return [(w.field, w.shown, w.value, len(w.undoes)) for w in undoing.writes]


def whys(undoing: Undoing) -> list[str]:
    return [refusal.why for refusal in undoing.refusals]


# -- cells -----------------------------------------------------------------------------------------


def test_a_cell_that_still_shows_the_new_value_shows_the_old_one_again():
    sheet = typed()
    event = change(sheet, unit_price=13)

    undoing = undo(sheet, event)

    assert written(undoing) == [("unit_price", 13, 12, 1)]
    assert undoing.writes[0].key == ("po-1001", "1")
    assert undoing.refusals == ()


def test_a_cell_that_was_changed_again_names_what_stands_in_the_way():
    sheet = typed()
    first, second = change(sheet, unit_price=13), change(sheet, unit_price=14)

    undoing = undo(sheet, first)

    assert undoing.writes == ()
    assert whys(undoing) == [f"It was changed again since, by {second}."]


def test_several_changes_of_a_cell_become_one_back_to_the_oldest():
    sheet = typed()
    events = [change(sheet, unit_price=price) for price in (13, 14, 15)]

    assert written(undo(sheet, *events)) == [("unit_price", 15, 12, 3)]
    assert undo(sheet, *events).writes[0].undoes == tuple(reversed(events))


def test_a_change_in_between_keeps_what_came_before_it():
    sheet = typed()
    first, second, third = (change(sheet, unit_price=price) for price in (13, 14, 15))

    undoing = undo(sheet, first, third)

    assert written(undoing) == [("unit_price", 15, 14, 1)]
    assert whys(undoing) == [f"It was changed again since, by {second}."]


def test_there_and_back_leaves_nothing_to_do():
    sheet = typed()
    events = [change(sheet, unit_price=13), change(sheet, unit_price=12)]

    undoing = undo(sheet, *events)

    assert undoing.writes == ()
    assert whys(undoing) == ["The cell shows what it showed before already."] * 2


def test_a_day_comes_back_in_the_form_that_the_cell_holds():
    sheet = typed()
    as_number = change(sheet, need_by=46200)
    was = sheet.events[-1].old
    back = undo(sheet, as_number)
    as_text = change(sheet, need_by="2026-07-01")

    assert was == "2026-04-20"
    assert written(back) == [("need_by", 46200, 46132, 1)]
    assert written(undo(sheet, as_text)) == [("need_by", "2026-07-01", "2026-06-27", 1)]


def test_a_blank_comes_back_as_a_blank():
    sheet = typed()
    event = change(sheet, description="Bolts")

    assert written(undo(sheet, event)) == [("description", "Bolts", None, 1)]


def test_a_cell_that_shows_something_untold_is_left_alone():
    """Such as a value that cannot be read: it is not settled, so the baseline shows an older one."""
    sheet = typed()
    event = change(sheet, unit_price=13)
    rows = {address: dict(of_tab) for address, of_tab in sheet.baseline.rows.items()}
    lines = rows[sheet.tab("Order lines")]
    key = ("po-1001", "1")
    lines[key] = type(lines[key])(
        cells={**lines[key].cells, "unit_price": 99}, first_seen_at=lines[key].first_seen_at
    )
    sheet.baseline = type(sheet.baseline)(
        cycle=sheet.baseline.cycle, rows=rows, lines=sheet.baseline.lines
    )

    assert whys(undo(sheet, event)) == [
        "It does not show that value any more, and the history does not say since when."
    ]


def test_a_row_that_is_gone_has_no_cells_to_undo():
    sheet = typed()
    event = change(sheet, unit_price=13)
    sheet.delete("Order lines", **LINE)
    sheet.rest()

    (why,) = whys(undo(sheet, event))

    assert why.startswith("The row is not there any more, by E-")


def test_a_receipt_is_found_by_its_whole_key():
    sheet = typed()
    confirmed(sheet)
    sheet.add(
        "Receipts",
        receipt_number="GR 1",
        po_number="PO-1001",
        line_number=1,
        quantity=4,
        received_date=46083,
    )
    sheet.rest()
    event = change(sheet, "Receipts", {"receipt_number": "GR 1"}, quantity=5)

    undoing = undo(sheet, event)

    assert written(undoing) == [("quantity", 5, 4, 1)]
    assert undoing.writes[0].key in sheet.baseline.rows[sheet.tab("Receipts")]


@pytest.mark.parametrize("key", ["GR-9", None])
def test_a_row_that_went_on_under_another_key_is_not_written_beside_itself(key):
    """The same goods would be received twice, or the same invoice paid twice."""
    sheet = typed()
    confirmed(sheet)
    row = {"po_number": "PO-1001", "line_number": 1, "quantity": 4, "received_date": 46083}
    sheet.add("Receipts", receipt_number="GR-1", **row)
    sheet.rest()
    sheet.type("Receipts", {"receipt_number": "GR-1"}, receipt_number=key)
    sheet.rest()

    undoing = undo(sheet, event_by(sheet, decision="deleted"))

    assert undoing.writes == ()
    assert whys(undoing)[0].startswith("The row went on under another key, so it would stand")


def test_a_tab_that_is_configured_no_more_is_told():
    sheet = typed()
    event = change(sheet, unit_price=13)
    where = sheet_of(sheet)
    others = tuple(place for place in where.places if place.address.tab != "Order lines")
    chosen = [e for e in sheet.events if e.event_id == event]

    undoing = compensations(
        chosen,
        chosen,
        sheet.baseline,
        type(where)(places=others, columns=where.columns),
        sheet.rules.lifecycle,
    )

    assert whys(undoing) == ["Its tab is not configured any more."]


# -- rows ------------------------------------------------------------------------------------------


def deleted_line(sheet: PaperSheet) -> str:
    sheet.delete("Order lines", **LINE)
    sheet.rest()
    return next(e.event_id for e in sheet.events if e.decision == "deleted")


def test_a_deleted_row_stands_again_with_what_people_wrote():
    sheet = typed()
    event = deleted_line(sheet)

    (again,) = undo(sheet, event).writes

    assert again.field == ROW
    assert again.key == ("po-1001", "1")
    assert again.cells["unit_price"] == 12
    assert (again.cells["po_number"], again.cells["line_number"]) == ("PO-1001", 1)
    assert "status" not in again.cells


def test_a_deleted_row_with_an_older_change_stands_again_as_it_was_before_both():
    sheet = typed()
    price = change(sheet, unit_price=13)
    gone = deleted_line(sheet)

    (again,) = undo(sheet, price, gone).writes

    assert again.cells["unit_price"] == 12
    assert again.undoes == (gone, price)


def test_a_row_that_was_typed_again_is_not_written_twice():
    sheet = typed()
    row = sheet.row("Order lines", **LINE)
    gone = deleted_line(sheet)
    sheet.add("Order lines", **{name: cell for name, cell in row.items() if name != "status"})
    sheet.rest()

    (why,) = whys(undo(sheet, gone))

    assert why.startswith("A row with this key stands there again, by E-")


# -- what no cell undoes ---------------------------------------------------------------------------


def event_by(sheet: PaperSheet, **said) -> str:
    return next(
        event.event_id
        for event in sheet.events
        if all(getattr(event, name) == value for name, value in said.items())
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"decision": "added"}, "A row is taken away by deleting it in the sheet"),
        ({"decision": "granted"}, "An answer to a version stands. `change` in Action on the tab"),
        ({"field": "agreed_price"}, "It follows from something else"),
        ({"decision": "put back"}, "It was put back already"),
        ({"decision": "finding opened"}, "A finding closes by itself"),
        (
            {"field": "status", "new": "submitted"},
            "A status is moved, not undone. It is confirmed now: `change` in Action on the tab Orders takes the order",
        ),
    ],
)
def test_what_no_cell_undoes_says_what_does(said, why):
    sheet = confirmed(PaperSheet.of(START))
    sheet.type("Order lines", LINE, unit_price=1)
    sheet.rest()

    undoing = undo(sheet, event_by(sheet, **said))

    assert undoing.writes == ()
    assert whys(undoing)[0].startswith(why)


def test_the_last_move_names_the_word_that_takes_it_back():
    sheet = issued(PaperSheet.of(START))
    sheet.type("Orders", {"po_number": "PO-1001"}, action="hold", reason="wait")
    sheet.rest()

    (why,) = whys(undo(sheet, event_by(sheet, field="status", new="on_hold")))

    assert (
        why == "A status is moved, not undone: `resume` in Action on the tab Orders takes it back."
    )


def test_an_accepted_proposal_is_not_taken_back_by_another_proposal():
    """That would lead to the status before, and leave the agreed price as it is."""
    sheet = issued(PaperSheet.of(START))
    answer = {"response": "propose", "proposed_price": 13, "reason": "steel"}
    sheet.type("ACME", LINE, **answer)
    sheet.rest()
    sheet.type("Order lines", LINE, action="accept")
    sheet.rest()

    (why,) = whys(undo(sheet, event_by(sheet, old="change_proposed", new="confirmed")))

    assert "It is confirmed now: `change` in Action on the tab Orders takes the order back" in why


def test_a_status_from_which_nothing_leads_says_so():
    sheet = issued(PaperSheet.of(START))
    sheet.type("Orders", {"po_number": "PO-1001"}, action="cancel", reason="no money")
    sheet.rest()

    (why,) = whys(undo(sheet, event_by(sheet, field="status", new="cancelled")))

    assert why == "A status is moved, not undone, and nothing leads on from cancelled."


def test_where_no_draft_is_to_be_had_the_other_ways_are_told():
    sheet = confirmed(PaperSheet.of(START))
    moves = [move for move in sheet.rules.lifecycle.moves if move.to != "draft"]
    lifecycle = sheet.rules.lifecycle.model_copy(update={"moves": tuple(moves)})
    sheet.rules = sheet.rules.model_copy(update={"lifecycle": lifecycle})

    (move,) = whys(undo(sheet, event_by(sheet, field="status", new="submitted")))
    (answer,) = whys(undo(sheet, event_by(sheet, decision="granted")))

    assert "It is confirmed now. Possible: `hold` in Action on the tab Orders; or " in move
    assert answer == "An answer to a version stands. Another version of the order asks again."


def test_a_column_of_the_worker_s_is_not_undone():
    """Rules change: what people wrote once may be the worker's today."""
    sheet = typed()
    event = change(sheet, unit_price=13)
    known = [e for e in sheet.events if e.event_id == event]
    as_if = [
        type(e)(**{**{f: getattr(e, f) for f in e.__slots__}, "field": "status"}) for e in known
    ]

    undoing = compensations(as_if, as_if, sheet.baseline, sheet_of(sheet), sheet.rules.lifecycle)

    assert whys(undoing) == ["Its column is not one that people write any more."]
