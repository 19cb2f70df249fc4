"""What people had left where a write of the worker landed on something else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from builders import NOW, rulebook, snapshot

from sheetsync.core.comparing.mending import LANDED, TYPED_THEN, key_of, mend
from sheetsync.core.findings import Code
from sheetsync.core.model import (
    Baseline,
    LaidCell,
    RowRef,
    SettledRow,
    TabAddress,
    TabKind,
    Witness,
    WitnessedCell,
)
from sheetsync.core.plan import CellWrite
from sheetsync.core.planning.compose import _over_laid

COLUMNS = rulebook().columns
ORDERS = TabAddress("hub", "Orders")
SHEET = """
    Orders | Action | PO   | Status   | Notes
           |        | PO-1 | approved |
           | hold   | PO-2 | draft    | <12.5>
"""


def witness(meant, at, *cells, number=1):
    return Witness(
        witness_id=f"7.3.hub/{number}",
        tab=ORDERS,
        ref=RowRef(key=(meant,)),
        is_meant=meant == at,
        at={"po_number": at.upper()},
        cells=cells,
    )


def cell(field, expected, before, value, *, at_field="", header=""):
    return WitnessedCell(
        field=field,
        at_field=field if at_field == "" else at_field,
        header=header,
        expected=expected,
        before=before,
        value=value,
    )


def mended(*witnesses, sheet=SHEET, heard=(), rows=None):
    reading = replace(snapshot(sheet), witnesses=witnesses)
    known = {ORDERS: rows} if rows else {}
    return mend(reading, Baseline(witnessed=frozenset(heard), rows=known), COLUMNS, ())


def laid(found):
    return [(each.key, each.field, each.shown, each.value, each.because) for each in found.laid]


def test_a_write_that_stands_where_it_was_meant_needs_nothing():
    found = mended(witness("po-1", "po-1", cell("action", "issue", "issue", None)))

    assert (found.laid, found.findings) == ((), ())
    assert found.heard == {"7.3.hub/1"}


def test_a_write_that_found_its_value_there_already_needs_nothing():
    """A batch whose answer was lost is applied again."""
    found = mended(witness("po-1", "po-1", cell("action", "issue", None, None)))

    assert found.laid == ()


def test_what_was_typed_in_the_instant_of_the_write_stands_again():
    found = mended(witness("po-1", "po-1", cell("action", "issue", "cancel", None)))

    assert laid(found) == [(("po-1",), "action", None, "cancel", TYPED_THEN)]
    assert found.left.tabs[ORDERS].rows[0][0] == "cancel"
    assert found.cells_of == {"7.3.hub/1": (0,)}


def test_what_a_moved_row_showed_stands_again():
    found = mended(witness("po-2", "po-1", cell("status", "draft", "issued", "approved")))

    assert laid(found) == [(("po-1",), "status", "approved", "issued", LANDED)]


@pytest.mark.parametrize("is_sorted", [False, True])
def test_of_a_row_and_its_copy_the_one_that_was_written_into_is_mended(is_sorted):
    """The row was copied down in the instant of the write, so both have its key."""
    sheet = """
        Orders | Action | PO   | Status   | Notes
               |        | PO-1 | draft    | copied
               |        | PO-1 | approved |
    """
    astray = cell("status", "draft", "issued", "approved")
    told = replace(witness("po-1", "po-1", astray), is_meant=False)
    told = replace(told, at={"action": None, "po_number": "PO-1", "notes": None})
    reading = replace(snapshot(sheet), witnesses=(told,))
    if is_sorted:
        orders = reading.tabs[ORDERS]
        orders = replace(orders, rows=orders.rows[::-1])
        reading = replace(reading, tabs={**reading.tabs, ORDERS: orders})
    found = mend(reading, Baseline(), COLUMNS, ())

    assert laid(found) == [(("po-1",), "status", "approved", "issued", LANDED)]


def test_what_people_typed_since_is_left_alone():
    found = mended(witness("po-1", "po-2", cell("action", "issue", "submit", None)))

    assert found.laid == ()


def test_a_write_in_another_known_column_is_taken_back():
    wrong = cell("status", "draft", "my note", 12.5, at_field="notes", header="Notes")

    found = mended(witness("po-2", "po-2", wrong))

    assert laid(found) == [(("po-2",), "notes", 12.5, "my note", LANDED)]


def test_a_write_in_a_column_that_nobody_knows_is_told_with_what_stood_there():
    wrong = cell("status", "draft", "Alpha", "issued", at_field=None, header="Project")

    found = mended(witness("po-2", "po-2", wrong))

    assert found.laid == ()
    assert [finding.code for finding in found.findings] == [Code.WRITE_MISPLACED]
    assert "Status was written into the column 'Project', where 'Alpha' stood" in (
        found.findings[0].message
    )


LINES = TabAddress("hub", "Order lines")


def numbered(number, at, *, before):
    """A number that was meant for the line that waits under a mark."""
    return Witness(
        witness_id=f"7.3.hub/{number}",
        tab=LINES,
        ref=RowRef(key=None),
        is_meant=False,
        at=at,
        cells=(
            cell("po_number", "new1", before, "PO-8"),
            cell("line_number", None, None, number),
        ),
    )


BLANK = {"po_number": None, "line_number": None, "item": None, "quantity": None}


@pytest.mark.parametrize(
    ("rows", "laid_there"),
    [
        ("| PO-8 | 1 | A-1 | 5 |\n| PO-8 | 1 |  |  |", True),
        ("| PO-8 | 1 | A-1 | 5 |\n| PO-8 | 1 | B-2 |  |", False),
        ("| PO-8 | 1 |  |  |\n| PO-8 | 1 |  |  |", False),
        ("| PO-8 | 2 |  |  |", False),
    ],
    ids=["what was written", "somebody went on there", "nobody knows which", "another number"],
)
def test_a_number_that_landed_on_a_blank_row_is_taken_back(rows, laid_there):
    sheet = "Order lines | PO | Line | Item | Qty\n" + rows

    found = mended(numbered(1, BLANK, before=None), sheet=sheet)

    assert [(each.field, each.shown, each.value) for each in found.laid] == (
        [("line_number", 1, None), ("po_number", "PO-8", None)] if laid_there else []
    )
    assert [each.ref.key for each in found.laid] == [("po-8", "1")] * 2 * laid_there


def test_two_lines_that_got_the_numbers_of_others_get_their_marks_back():
    """Both have no key, so each is called by what it shows."""
    sheet = """
        Order lines | PO   | Line | Item | Qty
                    | PO-8 | 1    | B-2  | 5
                    | PO-8 | 2    | C-3  | 6
    """
    second = {**BLANK, "po_number": "new1", "item": "B-2", "quantity": 5}
    third = {**BLANK, "po_number": "new1", "item": "C-3", "quantity": 6}

    found = mended(
        numbered(1, second, before="new1"), numbered(2, third, before="new1"), sheet=sheet
    )

    assert len({key_of(each) for each in found.laid}) == len(found.laid) == 4


def test_a_key_that_was_written_over_is_found_by_what_it_became():
    sheet = SHEET.replace("PO-2", "PO-9")

    found = mended(witness("po-7", "po-2", cell("po_number", "new1", "PO-2", "PO-9")), sheet=sheet)

    assert laid(found) == [(("po-2",), "po_number", "PO-9", "PO-2", LANDED)]
    assert found.laid[0].ref == RowRef(key=("po-9",))
    assert found.left.tabs[ORDERS].rows[1][2] == "PO-2"


def test_of_two_rows_with_its_key_the_one_that_was_written_over_is_mended():
    """Undo brought back a row that the worker had written anew, and its copy got another key."""
    sheet = """
        Orders | Action | PO   | Status
               |        | PO-2 | draft
               |        | PO-9 | draft
    """

    found = mended(witness("po-7", "po-2", cell("po_number", "new1", "PO-2", "PO-9")), sheet=sheet)

    assert [(each.ref.key, each.shown, each.value) for each in found.laid] == [
        (("po-9",), "PO-9", "PO-2")
    ]


def test_what_stands_alone_on_a_blank_row_has_no_name():
    """Only the worker's cell stands there; a mend that fits no row would be tried forever."""
    sheet = "Orders | Action | PO | Status\n|  | PO-1 | approved |\n|  |  | issued |"
    lost = replace(
        witness("po-7", "po-2", cell("status", "approved", None, "issued")), at={"po_number": None}
    )

    assert mended(lost, sheet=sheet).laid == ()


def test_of_two_batches_over_one_cell_the_older_one_is_undone_last():
    newer = witness("po-2", "po-1", cell("status", "x", "issued", "approved"), number=2)
    older = witness("po-2", "po-1", cell("status", "x", "draft", "issued"), number=1)

    found = mended(newer, older)

    assert laid(found) == [(("po-1",), "status", "approved", "draft", LANDED)]


def test_a_row_that_is_gone_needs_no_mending():
    found = mended(witness("po-1", "po-5", cell("status", "x", "issued", "approved")))

    assert (found.laid, found.findings) == ((), ())


@pytest.mark.parametrize("heard", [True, False])
def test_a_witness_is_heard_once(heard):
    seen = witness("po-1", "po-1", cell("action", "issue", "cancel", None))

    assert bool(mended(seen, heard=[seen.witness_id] if heard else []).laid) is not heard


def test_a_long_text_is_known_by_its_beginning():
    text = "x" * 300
    sheet = SHEET.replace("approved |", f"{text} |")

    found = mended(
        witness("po-2", "po-1", cell("status", "draft", "draft", text[:200])), sheet=sheet
    )

    assert laid(found)[0][3] == "draft"


def test_the_word_stands_again_when_something_else_was_typed_beside_it():
    """`hold, late` was carried out; `hold, strike` was typed over it in the instant of clearing."""
    word = cell("action", "hold", "hold", None)
    reason = cell("reason", "late", "strike", None)
    sheet = "Orders | Action | Reason | PO\n       |        |        | PO-1"

    found = mended(witness("po-1", "po-1", word, reason), sheet=sheet)

    assert [(name, value) for _, name, _, value, _ in laid(found)] == [
        ("action", "hold"),
        ("reason", "strike"),
    ]


def test_what_was_typed_in_that_instant_is_told_when_its_row_is_gone():
    found = mended(witness("po-9", "po-9", cell("action", "change", "cancel", None)))

    assert found.laid == ()
    assert [(each.code, each.ref) for each in found.findings] == [
        (Code.WRITE_MISPLACED, RowRef(key=("po-9",)))
    ]
    assert "'cancel'" in found.findings[0].message


def test_nothing_is_told_of_a_row_that_is_gone_with_what_was_known():
    found = mended(
        witness("po-9", "po-9", cell("action", "change", "change", None)),
        witness("po-9", "po-8", cell("status", "draft", "approved", "issued"), number=2),
    )

    assert found.findings == ()


def test_cells_of_two_rows_with_one_key_are_told_apart():
    """A row was copied down, and the worker's words about both landed one column aside."""
    sheet = """
        Orders | PO   | Status    | Next step | Notes
               | PO-1 | duplicate |           | yours
               | PO-1 | duplicate |           | mine
    """
    rows = [
        Witness(
            witness_id=f"7.3.hub/{number}",
            tab=ORDERS,
            ref=RowRef(key=("po-1",)),
            is_meant=True,
            at={"po_number": "PO-1", "notes": notes},
            cells=(cell("message", None, None, "duplicate", at_field="status"),),
        )
        for number, notes in ((1, "mine"), (2, "yours"))
    ]

    found = mended(*rows, sheet=sheet)

    assert [(each.field, each.value) for each in found.laid] == [("status", None)] * 2
    assert len({key_of(each) for each in found.laid}) == len(found.laid)


def new_rows(*keys, **landed):
    """A witness of new rows, with the columns that their cells landed in."""
    cells = [cell(name, None, None, None, at_field=at) for name, at in landed.items()]
    told = replace(witness(keys[0], keys[0], *cells), at={})
    return replace(told, appended=tuple((key,) for key in keys))


def settled_orders(**orders):
    """What was settled of orders, by number."""
    return {
        (number.replace("_", "-"),): SettledRow(cells=cells, first_seen_at=NOW)
        for number, cells in orders.items()
    }


NEW = settled_orders(po_9={"po_number": "PO-9", "status": "draft", "total": 12.5})


def test_a_new_row_in_columns_that_were_moved_shows_what_was_meant():
    """It was written as it should stand, and settled so; columns moved in that instant."""
    sheet = "Orders | PO | Status | Total | Currency\n| PO-9 | <12.5> |  | draft |"
    askew = new_rows("po-9", status="currency", total="status", currency="total")

    found = mended(askew, sheet=sheet, rows=NEW)

    assert laid(found) == [
        (("po-9",), "currency", "draft", None, LANDED),
        (("po-9",), "status", 12.5, "draft", LANDED),
        (("po-9",), "total", None, 12.5, LANDED),
    ]
    assert found.findings == ()
    assert sorted(found.cells_of[askew.witness_id]) == [0, 1, 2]


def test_a_new_row_is_found_where_its_key_landed():
    sheet = "Orders | PO | Status | Total\n| draft | PO-9 | 12.5 |\n| PO-9 | 7 | 8 |"

    found = mended(new_rows("po-9", po_number="status", status="po_number"), sheet=sheet, rows=NEW)

    assert laid(found) == [
        (("po-9",), "po_number", "draft", "PO-9", LANDED),
        (("po-9",), "status", "PO-9", "draft", LANDED),
    ]


def test_a_new_row_may_hold_a_text_longer_than_a_witness_tells():
    text = "x" * 300
    rows = settled_orders(po_9={"po_number": "PO-9", "status": text})
    sheet = f"Orders | PO | Status | Total\n| PO-9 |  | {text} |"

    found = mended(new_rows("po-9", status="total", total="status"), sheet=sheet, rows=rows)

    assert [each[1:4] for each in laid(found)] == [("status", None, text), ("total", text, None)]


def test_what_people_typed_on_a_new_row_since_is_left_alone():
    sheet = "Orders | PO | Status | Total\n| PO-9 | mine | draft |"

    found = mended(new_rows("po-9", status="total", total="status"), sheet=sheet, rows=NEW)

    assert [each[1] for each in laid(found)] == ["total"]


def test_of_a_new_row_in_a_column_that_nobody_knows_the_rest_is_mended():
    sheet = "Orders | PO | Status | Total\n| PO-9 |  | draft |"

    found = mended(new_rows("po-9", total=None, status="total"), sheet=sheet, rows=NEW)

    assert [each[1:4] for each in laid(found)] == [
        ("status", None, "draft"),
        ("total", "draft", 12.5),
    ]
    assert [finding.code for finding in found.findings] == [Code.WRITE_MISPLACED]


@pytest.mark.parametrize(("stands", "count"), [("draft", 2), ("mine", 0)])
def test_a_new_row_whose_key_stands_in_a_nameless_column_is_known_by_the_rest(stands, count):
    """A column of somebody's own came in before the key."""
    sheet = f"Orders | PO | Status | Total\n| {stands} | <12.5> |  |"
    askew = new_rows("po-9", po_number=None, status="po_number", total="status")

    found = mended(askew, sheet=sheet, rows=NEW)

    assert len([each for each in found.laid if each.field != "total"]) == count
    assert [finding.code for finding in found.findings] == [Code.WRITE_MISPLACED]


def test_a_new_row_that_no_write_could_name_is_told_and_left_alone():
    """Its key stands in a nameless column and nothing of people's does; it was written once more."""
    sheet = "Orders | PO | Status | Total\n| | draft | <12.5> |"
    askew = new_rows("po-9", po_number=None)

    found = mended(askew, sheet=sheet, rows=NEW)

    assert found.laid == ()
    assert [finding.code for finding in found.findings] == [Code.WRITE_MISPLACED]


@pytest.mark.parametrize("rows", [None, settled_orders(po_7={"po_number": "PO-7"})])
def test_a_new_row_that_is_gone_or_was_never_settled_is_left_alone(rows):
    sheet = "Orders | PO | Status | Total\n| PO-9 | 12.5 | draft |"

    assert mended(new_rows("po-7", status="total"), sheet=sheet, rows=rows).laid == ()
    assert mended(new_rows("po-9", status="total"), sheet=sheet, rows=rows).laid == ()


@pytest.mark.parametrize("is_key_laid", [True, False])
def test_a_row_whose_key_is_laid_is_told_nothing_before_its_key_stands_again(is_key_laid):
    """What is written under the other key could not be settled as ours on that row."""
    shown = RowRef(key=("po-9",) if is_key_laid else ("po-1",))
    cells = [
        LaidCell(
            tab=ORDERS,
            ref=shown,
            key=("po-1",),
            field=name,
            shown=stands,
            value=value,
            because=LANDED,
        )
        for name, stands, value in (("po_number", "PO-9", "PO-1"), ("message", "x", "Settled."))
    ][not is_key_laid :]
    outcome = SimpleNamespace(
        laid={key_of(each): each for each in cells},
        snapshot=snapshot(SHEET),
        spec=lambda reading: COLUMNS.tabs[reading.place.kind],
        done={},
        pending={},
    )
    ref = RowRef(key=("po-1",))
    wish = CellWrite(tab=ORDERS, ref=ref, field="message", expected="Settled.", value="News.")

    found = {each.field: each for each in _over_laid([wish], outcome)}

    assert {each.ref for each in found.values()} == {shown}
    assert found["message"].expected == "x"
    assert found["message"].value == ("Settled." if is_key_laid else "News.")


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_one_value_over_the_keys_of_two_rows_is_taken_off_both(order):
    """The status of two lines landed on their line numbers; the rows were sorted since."""
    sheet = """
        Order lines | PO   | Line      | Item | Status
                    | PO-1 | on hold   | B    | issued
                    | PO-1 | on hold   | A    | issued
    """
    tab = TabAddress("hub", "Order lines")
    written = cell("status", "issued", 1, "on hold", at_field="line_number")
    heard = [
        Witness(
            witness_id=f"7.3.hub/{number}",
            tab=tab,
            ref=RowRef(key=("po-1", str(number))),
            is_meant=True,
            at={"po_number": "PO-1", "line_number": number},
            cells=(replace(written, before=number),),
        )
        for number in order
    ]
    settled = {
        ("po-1", str(number)): SettledRow(cells={"item": item}, first_seen_at=NOW)
        for number, item in ((1, "A"), (2, "B"))
    }
    reading = replace(snapshot(sheet), witnesses=tuple(heard))

    found = mend(reading, Baseline(rows={tab: settled}), COLUMNS, ())

    items = COLUMNS.tabs[TabKind.ORDER_LINES].index
    rows = found.left.tabs[tab].rows
    assert [(row[items["line_number"]], row[items["item"]]) for row in rows] == [(2, "B"), (1, "A")]
