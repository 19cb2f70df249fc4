"""What still fits the second reading, and where it stands now."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sheetsync.core.history.chain import CHAIN, FIELDS, GENESIS, chain
from sheetsync.core.history.seen import cells_digest, ids_digest
from sheetsync.core.model import HUB, RowRef, TabAddress
from sheetsync.core.plan import CellWrite, Event, HistoryMend, RowAppend
from sheetsync.core.rulebook import TabSpec
from sheetsync.sheets.fitting import MOVED, NO_COLUMN, NO_ROW, OTHERS, Fit, Sight, fit_writes
from sheetsync.sheets.grid import align_rows, find_columns
from sheetsync.sheets.history import NOT_AS_SEEN, TYPED_INTO, fit_events, fit_mend
from sheetsync.sheets.tabs import TabInfo

TAB = TabAddress("hub", "Lines")


def column(field, kind="text", owner="buyer"):
    return {"field": field, "header": field, "kind": kind, "owner": owner}


SPEC = TabSpec.model_validate(
    {
        "title": "Lines",
        "owner": "buyer",
        "key": ["po", "line"],
        "mark": "new",
        "columns": [
            column("po", "identifier"),
            column("line", "whole_number"),
            column("action"),
            column("status", owner="worker"),
        ],
    }
)
HISTORY = TabSpec.model_validate(
    {
        "title": "History",
        "owner": "worker",
        "key": ["event_id"],
        "columns": [column(name) for name in (*FIELDS, CHAIN)],
    }
)


def sight(*rows, header=("po", "line", "action", "status"), spec=SPEC, read=None, has_moved=False):
    head = find_columns(header, spec)
    columns = head.columns if read is None else {name: head.columns[name] for name in read}
    return Sight(
        info=TabInfo(sheet_id=5, title="Lines", row_count=100, column_count=26),
        spec=spec,
        head=head,
        columns=columns,
        rows=align_rows(rows, columns, spec.fields),
        has_moved=has_moved,
    )


def cell(ref, field, expected, value):
    return CellWrite(tab=TAB, ref=ref, field=field, expected=expected, value=value)


def line(po, number):
    return RowRef(key=(po, str(number)))


def fit(seen, *writes):
    return fit_writes(dict(enumerate(writes)), seen)


def shown(fitted):
    return {place: value for place, (value, _) in fitted.cells.items()}


def test_a_write_finds_its_row_where_it_stands_now():
    seen = sight(["po-2", 1, "", "draft"], [], ["PO-1", 1.0, "", "draft"])

    fitted = fit(seen, cell(line("po-1", 1), "status", "draft", "issued"))

    assert shown(fitted) == {(3, 3): "issued"}
    assert fitted.taken == {0}


def test_a_cell_that_changed_in_between_is_left_alone():
    fitted = fit(
        sight(["po-1", 1, "", "x" * 90]), cell(line("po-1", 1), "status", "draft", "issued")
    )

    assert not fitted.cells
    assert fitted.skipped[0].startswith("the cell shows 'xxxxx")
    assert len(fitted.skipped[0]) < 70


def test_a_cell_that_was_cleared_in_between_is_left_alone():
    fitted = fit(sight(["po-1", 1]), cell(line("po-1", 1), "status", "draft", "issued"))

    assert fitted.skipped == {0: "the cell shows nothing now"}


def test_a_value_that_stands_there_already_is_taken():
    fitted = fit(sight(["po-1", 1, "", 12]), cell(line("po-1", 1), "status", "draft", 12.0))

    assert (fitted.taken, fitted.cells) == ({0}, {})


@pytest.mark.parametrize(("status", "is_taken"), [("draft", True), ("", True), ("held", False)])
def test_a_word_is_cleared_only_beside_what_was_read_there(status, is_taken):
    write = replace(cell(line("po-1", 1), "action", "submit", None), beside={"status": "draft"})

    fitted = fit(sight(["po-1", 1, "submit", status]), write)

    assert (fitted.taken == {0}) is is_taken
    assert (shown(fitted) == {(1, 2): None}) is is_taken


@pytest.mark.parametrize("rows", [[["po-2", 1]], [["po-1", 1], ["po-1", 1]], [[]]])
def test_a_row_that_is_gone_or_doubled_is_left_alone(rows):
    assert fit(sight(*rows), cell(line("po-1", 1), "status", None, "x")).skipped == {0: NO_ROW}


def test_a_column_that_is_not_there_is_not_written():
    seen = sight(["po-1", 1], header=("po", "line"))

    assert fit(seen, cell(line("po-1", 1), "status", None, "x")).skipped == {0: NO_COLUMN}


def test_a_column_that_was_not_read_is_not_written():
    seen = sight(["po-1", 1, "", "draft"], read=("po", "line"))

    assert fit(seen, cell(line("po-1", 1), "status", None, "x")).skipped == {0: NO_COLUMN}


def test_nothing_is_written_when_columns_moved():
    append = RowAppend(tab=TAB, key=("po-9", "1"), cells={"po": "PO-9"})
    seen = sight(["po-1", 1], has_moved=True)

    assert fit(seen, cell(line("po-1", 1), "status", None, "x"), append).skipped == {
        0: MOVED,
        1: MOVED,
    }


MARK = RowRef(key=None, content=("new1", None, "submit"))


def numbering(ref, number):
    return [cell(ref, "po", "new1", "PO-7"), cell(ref, "line", None, number)]


def test_a_row_without_key_is_found_by_its_content():
    seen = sight(["new1", "", "cancel"], ["new1", "", "submit", "stray"])

    fitted = fit(seen, *numbering(MARK, 1))

    assert shown(fitted) == {(2, 0): "PO-7", (2, 1): 1}


def test_equal_rows_are_told_apart_by_their_order():
    twin = RowRef(key=None, content=MARK.content, occurrence=1)
    seen = sight(["new1", "", "submit"], ["new1", "", "submit"])

    fitted = fit(seen, *numbering(MARK, 1), *numbering(twin, 2))

    assert shown(fitted) == {(1, 0): "PO-7", (1, 1): 1, (2, 0): "PO-7", (2, 1): 2}


def test_a_row_told_by_content_is_known_again_after_the_write():
    twin = RowRef(key=None, content=MARK.content, occurrence=1)
    seen = sight(["PO-7", 2, "submit"], ["PO-7", 1, "submit"])

    fitted = fit(seen, *numbering(MARK, 1), *numbering(twin, 2))

    assert (fitted.taken, fitted.skipped, fitted.cells) == ({0, 1, 2, 3}, {}, {})


def test_a_row_told_by_content_that_people_changed_is_left_alone():
    seen = sight(["new1", "", "cancel"], ["PO-7", 1, "cancel"])

    assert set(fit(seen, *numbering(MARK, 1)).skipped) == {0, 1}


def test_a_workers_cell_of_a_row_told_by_content_is_part_of_what_is_looked_for():
    write = cell(MARK, "status", None, "draft")
    numbers = numbering(MARK, 1)

    assert fit(sight(["PO-7", 1, "submit", "draft"]), write, *numbers).taken == {0, 1, 2}
    assert not fit(sight(["PO-7", 1, "submit", "else"]), write, *numbers).taken


def test_a_row_is_appended_with_the_columns_that_there_are():
    seen = sight(["po-1", 1], header=("line", "po"))
    cells = {"po": "PO-9", "line": 1, "status": "draft"}

    fitted = fit(seen, RowAppend(tab=TAB, key=("po-9", "1"), cells=cells))

    assert {place: value for place, (value, _) in fitted.rows[0].items()} == {1: "PO-9", 0: 1}
    assert (fitted.taken, fitted.cell_count) == ({0}, 2)


def test_a_row_whose_key_stands_there_is_taken_and_not_written():
    append = RowAppend(tab=TAB, key=("po-1", "1"), cells={"po": "PO-1", "line": 1})

    fitted = fit(sight(["PO-1", "1"]), append)

    assert (fitted.taken, fitted.rows) == ({0}, [])


def test_a_row_that_a_person_brought_back_is_not_taken_for_the_one_to_be_written():
    cells = {"po": "PO-1", "line": 1, "status": "issued"}
    append = RowAppend(tab=TAB, key=("po-1", "1"), cells=cells)

    brought_back = fit(sight(["PO-1", 1, "cancel", "draft"]), append)
    written_before = fit(sight(["PO-1", 1, "cancel", "issued"]), append)

    assert (brought_back.taken, brought_back.skipped, brought_back.rows) == (set(), {0: OTHERS}, [])
    assert (written_before.taken, written_before.rows) == ({0}, [])


def test_a_row_is_appended_once():
    append = RowAppend(tab=TAB, key=("po-1", "1"), cells={"po": "PO-1", "line": 1})

    fitted = fit(sight(), append, append)

    assert (fitted.taken, len(fitted.rows)) == ({0, 1}, 1)


def test_a_row_is_not_appended_without_its_key_columns():
    append = RowAppend(tab=TAB, key=("po-1", "1"), cells={"po": "PO-1", "line": 1})

    assert fit(sight(header=("po",)), append).skipped == {0: NO_COLUMN}


def test_new_rows_come_after_the_cells_and_below_the_content():
    append = RowAppend(tab=TAB, key=("po-9", "1"), cells={"po": "PO-9", "line": 1})
    seen = sight(["po-1", 1, "", "draft"], [None, None, False])

    requests = fit(seen, append, cell(line("po-1", 1), "status", "draft", "x")).requests()

    assert [next(iter(request)) for request in requests[:2]] == ["updateCells", "insertDimension"]
    assert requests[1]["insertDimension"]["range"]["startIndex"] == 2


# -- history ---------------------------------------------------------------------------------------


def event(name, needs=None):
    return Event(
        event_id=name,
        at=datetime(2026, 4, 3, 12, 30, tzinfo=UTC),
        tab="Lines",
        field="status",
        old="draft",
        new="0042",
        actor="worker",
        proof="worker",
        decision="moved",
        needs=needs,
    )


def past(*ids, header=HISTORY.fields, has_moved=False):
    return sight(*[[name] for name in ids], header=header, spec=HISTORY, has_moved=has_moved)


def told(*names):
    return list(chain([event(name) for name in names], GENESIS, 0, b"k"))


def with_events(events, seen):
    fitted = Fit(sight=seen)
    fit_events(events, seen, fitted)
    return fitted


def ids(fitted):
    return [row[0][0] for row in fitted.rows]


def test_an_event_is_written_once():
    assert ids(with_events(told("a", "b"), past("a"))) == ["b"]


def test_an_event_is_written_with_its_time_in_utc_and_its_mac():
    [chained] = told("a")
    [row] = with_events([chained], past()).rows

    assert [value for value, _ in row.values()] == [
        "a",
        "2026-04-03 12:30:00",
        "Lines",
        "status",
        "draft",
        "0042",
        "worker",
        "worker",
        "moved",
        chained.mac,
    ]


@pytest.mark.parametrize("lost", ["event_id", "field", "chain"])
def test_while_a_header_is_gone_no_event_is_written(lost):
    """Half an event would be taken for an edited one once the header is back."""
    header = tuple(name if name != lost else "Mine" for name in HISTORY.fields)

    assert not with_events(told("a"), past(header=header)).rows
    assert mended(mending(), past(header=header)).skipped


def test_while_columns_move_no_event_is_written():
    assert not with_events(told("a"), past(has_moved=True)).rows


def mending(*ids, **said):
    after = said.pop("after", ids)
    return HistoryMend(
        tab=TabAddress(HUB, "Change history"),
        seen=ids_digest(ids),
        after=ids_digest(after),
        rows=len(after),
        **said,
    )


def mended(mend, seen):
    fitted = Fit(sight=seen)
    fit_mend(7, mend, seen, fitted)
    return fitted


def test_the_history_is_laid_right_from_the_bottom_up_and_told_below():
    """Every index counts as the tab was seen: cells first, then the rows that are lower."""
    mend = mending(
        *("a", "c", "d", "f"),
        cells={1: {"old": None, "new": "x"}},
        inserted={1: ({"event_id": "b"},), 4: ({"event_id": "g"},)},
        removed=(0, 2, 3),
    )
    fitted = mended(mend, past("a", "c", "d", "f"))
    fit_events(told("h"), fitted.sight, fitted)

    requests = fitted.requests()

    shown = [
        (name, place["startIndex"], place["endIndex"])
        for request in requests
        for name, said in request.items()
        if (place := said.get("range", {})) and "startIndex" in place
    ]
    assert fitted.taken == {7}
    assert next(iter(requests[0])) == "updateCells"
    assert ids(fitted) == ["g", "h"]
    assert shown == [
        ("insertDimension", 5, 7),
        ("deleteDimension", 3, 5),
        ("insertDimension", 2, 3),
        ("deleteDimension", 1, 2),
    ]


def test_an_archived_row_with_a_note_beside_it_stays_without_its_event():
    seen = replace(past("a", "b", "c"), noted=frozenset({1}))

    fitted = mended(mending("a", "b", "c", after=(), removed=(0, 1, 2)), seen)

    assert fitted.removed == [1, 3]
    assert {row for row, _ in fitted.cells} == {2}
    assert all(value is None for value, _ in fitted.cells.values())


def test_a_tab_keeps_a_row_when_all_are_archived():
    names = [str(number) for number in range(99)]

    requests = mended(mending(*names, after=(), removed=range(99)), past(*names)).requests()

    assert [next(iter(request)) for request in requests] == ["appendDimension", "deleteDimension"]


def test_a_history_that_shows_other_rows_by_now_is_left_alone():
    mend = mending("a", "b", cells={0: {"old": "x"}})

    for seen in (past("b", "a"), past("a"), past("x", "a", "b")):
        fitted = mended(mend, seen)
        assert (fitted.skipped, fitted.requests()) == ({7: NOT_AS_SEEN}, [])
    assert mended(mend, past("a", "b", has_moved=True)).skipped == {7: MOVED}


def test_a_history_that_is_to_be_emptied_is_not_right_because_it_shows_anything():
    assert mended(mending("a", after=(), removed=(0,)), past("b")).skipped == {7: NOT_AS_SEEN}


def seen_with(value):
    """Two events, the first of which shows this as its old value."""
    rows = [["a", "", "", "", "", "", value], ["b"]]
    return sight(*rows, header=HISTORY.fields, spec=HISTORY)


def typed_over(value):
    """A mend that saw this where nothing belongs."""
    return mending(
        *("a", "b"),
        cells={0: {"old": None}},
        stood=cells_digest({0: ["old"]}, lambda *_: value),
    )


def test_a_cell_that_was_typed_into_since_is_read_before_it_is_laid_right():
    as_seen, since = (mended(typed_over("mine"), seen_with(x)) for x in ("mine", "no, this"))

    assert (as_seen.taken, list(as_seen.cells)) == ({7}, [(1, 6)])
    assert list(as_seen.mended.values()) == [("old", "mine", None)]
    assert (since.skipped, since.requests()) == ({7: TYPED_INTO}, [])


def test_a_cell_that_is_right_by_now_is_not_written_again():
    fitted = mended(typed_over("mine"), seen_with(None))

    assert (fitted.taken, fitted.requests()) == ({7}, [])


def test_cells_are_laid_right_also_above_rows_that_were_told_meanwhile():
    mend = mending("a", "b", cells={0: {"old": "x"}})

    fitted = mended(mend, past("a", "b", "told"))

    assert (fitted.taken, list(fitted.cells)) == ({7}, [(1, 6)])


def test_a_history_that_is_right_by_now_counts_as_laid_right():
    """The batch took and its answer was lost; what was told with it stands below."""
    mend = mending("a", "c", after=("a", "b", "c"), inserted={1: ({"event_id": "b"},)})

    fitted = mended(mend, past("a", "b", "c", "told"))

    assert (fitted.taken, fitted.requests()) == ({7}, [])
