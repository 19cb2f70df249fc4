"""The history tab against the journal: whatever people did to it, it stands again, and is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.history import tab as history_tab
from sheetsync.core.history.chain import CHAIN, FIELDS, GENESIS, MAC, Journal, chain, row_of
from sheetsync.core.history.seen import ids_digest
from sheetsync.core.history.tab import COLUMNS, review
from sheetsync.core.model import (
    HUB,
    RowRef,
    TabAddress,
    TabKind,
    TabPlace,
    TabReading,
    Witness,
    WitnessedCell,
)
from sheetsync.core.plan import Event

KEY = b"a key of the tests"
NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
PLACE = TabPlace(address=TabAddress(HUB, "Change history"), kind=TabKind.HISTORY)
BLANK = (None,) * len(COLUMNS)


def event(number: int, **parts) -> Event:
    said = {"tab": "Orders", "field": "status", "actor": "buyer", "proof": "x", "decision": "y"}
    at = NOW + dt.timedelta(minutes=number)
    return Event(event_id=f"E-{number}", **{"at": at, **said, **parts})


def history(*numbers, after=GENESIS, last=0):
    return [row_of(each) for each in chain(map(event, numbers), after, last, KEY)]


ROWS = history(*range(8))


def journal(rows=ROWS, **said) -> Journal:
    return Journal(rows=rows, key=KEY, **{"plans": minutes(99), **said})


def minutes(*numbers):
    """When the plans were recorded that told the events of these numbers."""
    return [NOW + dt.timedelta(minutes=number) for number in numbers]


def tab(rows, without=()) -> TabReading:
    return TabReading(
        place=PLACE,
        fields=COLUMNS,
        present=frozenset(COLUMNS) - set(without),
        rows=tuple(tuple(row) for row in rows),
    )


def with_cell(row, name, value):
    place = COLUMNS.index(name)
    return (*row[:place], value, *row[place + 1 :])


def carried_out(rows, write):
    """The tab after the write, as the sheets room carries it out."""
    after = []
    for place in range(len(rows) + 1):
        after += [
            tuple(map(new.get, COLUMNS)) for new in (write.inserted.get(place, ()) if write else ())
        ]
        if place == len(rows) or (write and place in write.removed):
            continue
        told = dict(zip(COLUMNS, rows[place], strict=True))
        after.append(tuple((told | dict(write.cells.get(place, {}) if write else {})).values()))
    return after


def content(rows):
    return [row for row in rows if row != BLANK]


def laid_right(rows, known=None, **reading):
    """Lay it right, see that it stands again, and return what was done."""
    known = known or journal()
    found = review(tab(rows, **reading), known)
    after = carried_out(rows, found.write)
    assert not found.ahead
    assert content(after) == list(known.rows)
    if found.write:
        assert found.write.seen == ids_digest(row[0] for row in rows)
        assert found.write.after == ids_digest(row[0] for row in after)
        assert found.write.rows == len(after)
    assert review(tab(after, **reading), known).write is None
    return found


def test_a_tab_that_shows_the_journal_is_left_alone():
    for rows in (ROWS, [BLANK, *ROWS[:4], BLANK, BLANK, *ROWS[4:], BLANK]):
        found = laid_right(rows)
        assert (found.write, found.edits) == (None, None)


def test_rows_that_show_nothing_at_the_end_are_no_rows():
    """The second reading asks for the ids alone, and Google leaves blank ends out."""
    assert ids_digest(["a", None, "", None]) == ids_digest(["a"]) != ids_digest([None, "a"])


def test_an_edited_cell_stands_again_and_what_was_typed_is_told():
    rows = [*ROWS[:2], with_cell(ROWS[2], "decision", "my own words"), *ROWS[3:]]

    found = laid_right(rows)

    [typed] = found.edits.typed
    assert (typed.row, typed.event_id, typed.cells) == (4, "E-2", {"decision": "my own words"})
    assert found.write.cells == {2: {"decision": "y"}}
    assert (found.edits.count, found.edits.first_row) == (1, 4)


@pytest.mark.parametrize("value", [True, "1", 1.5])
def test_a_cell_that_only_looks_alike_stands_again(value):
    known = journal([row_of(each) for each in chain([event(1, order_version=1)], GENESIS, 0, KEY)])

    found = laid_right([with_cell(known.rows[0], "order_version", value)], known)

    assert found.write.cells == {0: {"order_version": 1}}
    assert laid_right([with_cell(known.rows[0], "order_version", 1.0)], known).write is None


def witnessed(number, before, *, name="new", expected=None, value=None):
    """A cell that was laid right, and what stood there in that instant."""
    cell = WitnessedCell(
        field=name, at_field=name, header="", expected=expected, before=before, value=value
    )
    key = f"E-{number}"
    return Witness(
        witness_id="7.1.hub/1",
        tab=PLACE.address,
        ref=RowRef(key=(key.casefold(),)),
        is_meant=True,
        at={"event_id": key},
        cells=(cell,),
    )


def test_what_was_typed_in_the_instant_in_which_a_cell_was_laid_right_is_told():
    found = review(tab(ROWS), journal(), [witnessed(2, "no, this", expected="what I think")])

    assert found.write is None
    [typed] = found.edits.overwritten
    assert (typed.row, typed.event_id, typed.cells) == (4, "E-2", {"new": "no, this"})
    assert found.edits.count == 1


@pytest.mark.parametrize(
    "witness",
    [
        witnessed(2, "what I think", expected="what I think"),
        witnessed(2, None, expected="what I think"),
        witnessed(2, "E-2", name="event_id", expected="x"),
        witnessed(2, "draft", expected="what I think", value="draft"),
    ],
    ids=["told by the mend", "the journal's blank", "the journal's own", "laid right before"],
)
def test_what_was_read_before_it_was_laid_right_is_not_told_again(witness):
    assert review(tab(ROWS), journal(), [witness]).edits is None


def test_what_stood_in_another_row_than_was_meant_is_told_by_that_row():
    """A row came in above in that instant; a typed id is no event of ours."""
    astray = replace(witnessed("mine", "paid already", expected="draft"), is_meant=False)

    [typed] = review(tab(ROWS), journal(), [astray]).edits.overwritten

    assert (typed.row, typed.cells) == (None, {"new": "paid already"})


def test_a_deleted_row_comes_back_where_it_stood():
    found = laid_right([*ROWS[:3], *ROWS[5:]])

    assert (found.edits.deleted, found.edits.first_row) == (("E-3", "E-4"), 5)
    assert (found.write.cells, list(found.write.inserted)) == ({}, [3])


def test_deleted_rows_at_the_end_come_back_and_are_told():
    found = laid_right(ROWS[:6])

    assert (found.edits.deleted, found.edits.first_row) == (("E-6", "E-7"), 8)


def test_an_emptied_tab_is_told_anew():
    assert len(laid_right([]).edits.deleted) == len(ROWS)


def test_an_inserted_row_is_cleared_and_told_but_not_deleted():
    """Beside it may stand notes in columns of people's own."""
    junk = with_cell(with_cell(BLANK, "event_id", "E-junk"), "new", "paid already")

    found = laid_right([*ROWS[:3], junk, *ROWS[3:]])

    [typed] = found.edits.typed
    assert (typed.row, typed.cells) == (5, {"event_id": "E-junk", "new": "paid already"})
    assert found.write.cells == {3: {"event_id": None, "new": None}}
    assert (found.write.inserted, found.write.removed) == ({}, ())


def test_a_row_that_was_cut_and_pasted_goes_back_and_the_others_stay():
    found = laid_right([*ROWS[:2], *ROWS[3:6], ROWS[2], *ROWS[6:]])

    assert (found.edits.moved, found.edits.count) == (1, 1)
    assert set(found.write.cells) == {5}


def test_a_row_that_was_copied_down_is_one_too_many():
    found = laid_right([*ROWS[:5], ROWS[1], *ROWS[5:]])

    assert (found.edits.moved, set(found.write.cells)) == (1, {5})


def test_a_sorted_tab_is_filled_in_place():
    found = laid_right(ROWS[::-1])

    assert (found.write.inserted, found.edits.moved) == ({}, len(ROWS))


@pytest.mark.parametrize("lost", COLUMNS)
def test_a_tab_that_lost_a_header_stands_still(lost):
    rows = [with_cell(row, lost, None) for row in [with_cell(ROWS[0], "new", "mine"), *ROWS[2:]]]

    assert review(tab(rows, without={lost}), journal()) == history_tab.AS_TOLD


def test_what_was_typed_in_that_instant_is_told_although_the_tab_stands_still():
    said = [witnessed(2, "no, this", expected="what I think")]

    found = review(tab(ROWS, without={"rule"}), journal(), said)

    assert [row.cells for row in found.edits.overwritten] == [{"new": "no, this"}]


def test_a_column_that_was_made_anew_is_filled_without_a_word():
    rows = [with_cell(row, "actor", None) for row in ROWS]

    anew = review(tab(rows), journal(), lost_before=frozenset({"actor"}))

    assert (anew.edits, len(anew.write.cells)) == (None, len(ROWS))
    assert len(review(tab(rows), journal()).edits.typed) == len(ROWS)
    typed = [with_cell(ROWS[0], "actor", "me"), *rows[1:]]
    half = review(tab(typed), journal(), lost_before=frozenset({"actor"}))
    assert len(half.edits.typed) == len(ROWS)


def test_a_column_of_macs_that_was_just_added_is_filled_without_a_word():
    found = laid_right([with_cell(row, CHAIN, None) for row in ROWS])

    assert found.edits is None
    assert found.write.cells[7] == {CHAIN: ROWS[7][MAC]}


def test_an_emptied_mac_is_an_edit():
    found = laid_right([*ROWS[:7], with_cell(ROWS[7], CHAIN, None)])

    assert found.edits.count == 1


# -- what the worker itself left behind ------------------------------------------------------------


def test_rows_of_a_cycle_that_came_to_less_are_taken_away_without_a_word():
    """Written, then the write they tell of turned out to have been misplaced."""
    told = history(8, 9, after=ROWS[-1][MAC], last=8)

    found = laid_right([*ROWS, *told], journal(plans=minutes(10, 9, 8)))

    assert found.edits is None
    assert set(found.write.cells) == {8, 9}


def test_rows_whose_forerunner_did_not_happen_get_their_macs_without_a_word():
    told = history(8, 9, after=ROWS[-1][MAC], last=8)
    rows = [*ROWS, *history(9, after=ROWS[-1][MAC], last=8)]
    known = journal(rows, plans=minutes(9, 8))

    found = laid_right([*ROWS, *told], known)

    assert found.edits is None
    assert found.write.inserted == {}


def test_rows_of_the_newest_cycle_that_never_came_are_told_without_a_word():
    known = journal(plans=minutes(7, 6))

    assert laid_right(ROWS[:7], known).edits is None
    assert laid_right(ROWS[:6], known).edits.deleted == ("E-6",)


def test_rows_of_the_newest_cycle_that_were_shown_were_deleted():
    known = journal(plans=minutes(7, 6), shown=8)

    assert laid_right(ROWS[:7], known).edits.deleted == ("E-7",)
    assert laid_right(ROWS, known).edits is None


def test_rows_of_several_cycles_that_never_came_are_told_without_a_word():
    """The tab, or one of its headers, was away for so long."""
    known = journal(plans=minutes(7, 6, 5), shown=5)

    assert laid_right(ROWS[:5], known).edits is None
    assert laid_right(ROWS[:4], known).edits.deleted == ("E-4",)


def test_rows_of_a_plan_that_waits_to_be_finished_are_ours():
    told = history(50, after=ROWS[-1][MAC], last=8)

    assert (
        laid_right([*ROWS, *told], journal(plans=minutes(5), planned=frozenset({"E-50"}))).edits
        is None
    )


# -- who is ahead ----------------------------------------------------------------------------------


def test_a_store_that_is_older_than_the_sheet_is_behind():
    found = review(tab(ROWS), journal(ROWS[:5], plans=minutes(4, 3, 99)))

    assert (found.ahead, found.write, found.edits) == (("E-5", "E-6", "E-7"), None, None)


def test_it_is_behind_also_when_somebody_edited_the_tab_meanwhile():
    rows = [*ROWS[:5], with_cell(ROWS[5], "new", "x"), *ROWS[6:]]

    assert "E-7" in review(tab(rows), journal(ROWS[:5], plans=minutes(4))).ahead


@pytest.mark.parametrize("lost", [*COLUMNS[:1], *COLUMNS[2:]])
def test_it_is_behind_also_when_the_tab_lost_a_header(lost):
    rows = [with_cell(row, lost, None) for row in ROWS]

    def ahead(known):
        return review(tab(rows, without={lost}), known).ahead

    behind = ("E-5", "E-6", "E-7") if lost != "event_id" else ("row 7", "row 8", "row 9")
    assert ahead(journal(ROWS[:5], plans=minutes(4))) == behind
    assert ahead(journal(ROWS[:5], plans=minutes(7, 6, 5, 4))) == (), "of plans of its own"
    assert ahead(journal(ROWS[3:], plans=minutes(7), archived={r[0]: r for r in ROWS[:3]})) == ()
    assert len(ahead(Journal(key=KEY))) == len(ROWS)


def test_without_its_times_only_the_ids_tell_that_it_is_behind():
    rows = [with_cell(row, "at", None) for row in ROWS]

    found = review(tab(rows, without={"at"}), journal(ROWS[:7], plans=minutes(7)))

    assert found.ahead == ("E-7",)


def test_an_empty_store_before_a_history_is_behind():
    for known in (Journal(key=KEY), Journal(key=b"another")):
        assert review(tab(ROWS), known).ahead[0] == "E-0"


def test_a_history_of_another_store_is_not_touched():
    others = [row_of(each) for each in chain(map(event, range(20, 24)), GENESIS, 0, b"other")]

    assert len(review(tab(others), journal()).ahead) == 4


def test_without_macs_an_unknown_event_of_ours_counts_as_ahead():
    rows = [with_cell(row, CHAIN, None) for row in ROWS]

    assert review(tab(rows), journal(ROWS[:7])).ahead == ("E-7",)


def test_nobody_can_forge_a_row_without_the_key():
    [forged] = [row_of(e) for e in chain([event(90)], ROWS[-1][MAC], 8, b"guess")]

    assert laid_right([*ROWS, forged]).edits.count == 1


# -- the archive -----------------------------------------------------------------------------------

ARCHIVED = journal(ROWS[4:], before=ROWS[3][MAC], archived={str(row[0]): row for row in ROWS[:4]})


def test_archived_rows_leave_the_tab_without_a_word():
    found = laid_right(ROWS, ARCHIVED)

    assert (found.write.removed, found.edits) == ((0, 1, 2, 3), None)


def test_what_was_typed_into_an_archived_row_is_told_before_it_leaves():
    found = laid_right([with_cell(ROWS[0], "old", "typed"), *ROWS[1:]], ARCHIVED)

    assert [typed.cells for typed in found.edits.typed] == [{"old": "typed"}]


# -- more than fits into one batch -----------------------------------------------------------------


@pytest.mark.parametrize("act", [[("empty",)], [("sort",)], [("edit", n, "old") for n in range(8)]])
def test_what_does_not_fit_into_one_batch_waits_for_the_next_cycle(monkeypatch, act):
    """In every cycle some of it, until all stands again; what was typed is told once."""
    monkeypatch.setattr(history_tab, "MOST_AT_ONCE", 200)
    rows = [] if act == [("empty",)] else acted(ROWS, act)
    typed, cycles = [], 0
    while (found := review(tab(rows), journal())).write:
        rows, cycles = carried_out(rows, found.write), cycles + 1
        typed += [each.row for each in found.edits.typed]
        assert found.wants_another or content(rows) == ROWS
        assert cycles < 20

    assert content(rows) == ROWS
    assert cycles > 1
    assert typed == ([*range(2, 10)] if act[0][0] == "edit" else [])


# -- anything at all -------------------------------------------------------------------------------

JUNK = st.tuples(
    *(st.one_of(st.none(), st.sampled_from(["E-1", "E-99", 7, True, "x"])) for _ in COLUMNS)
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, 9), st.sampled_from(FIELDS)),
        st.tuples(st.just("delete"), st.integers(0, 9)),
        st.tuples(st.just("insert"), st.integers(0, 9), JUNK),
        st.tuples(st.just("copy"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("sort")),
    ),
    max_size=8,
)


def acted(rows, acts):
    rows = list(rows)
    for act, *said in acts:
        if act == "sort":
            rows.sort(key=lambda row: str(row[MAC]))
        elif act == "insert":
            rows.insert(said[0], said[1])
        elif said[0] < len(rows):
            if act == "edit":
                rows[said[0]] = with_cell(rows[said[0]], said[1], "typed")
            elif act == "delete":
                del rows[said[0]]
            else:
                rows.insert(said[1], rows.pop(said[0]) if act == "move" else rows[said[0]])
    return rows


@settings(max_examples=300)
@given(ACTS)
def test_whatever_people_do_the_tab_stands_again_and_nothing_typed_is_lost(acts):
    rows = acted(ROWS, acts)
    if not any(row[0] in {known[0] for known in ROWS} for row in rows):
        return
    if not any(row[MAC] is not None for row in rows):
        return

    found = laid_right(rows)

    changed = content(rows) != ROWS
    assert (found.edits is not None) == (found.write is not None) == changed
    typed = {
        (typed.row, value)
        for typed in (found.edits.typed if found.edits else ())
        for value in typed.cells.values()
    }
    journals = {cell for row in ROWS for cell in row}
    for place, row in enumerate(rows):
        for value in row:
            assert value in journals or (place + 2, value) in typed
