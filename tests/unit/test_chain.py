"""The chain of the change history: what is signed, and that any row that was touched is named."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.history.chain import (
    EMPTY,
    FIELDS,
    GENESIS,
    MAC,
    NOT_AFTER,
    NOT_OURS,
    NOT_THERE,
    chain,
    compare,
    row_of,
    same_row,
    shown,
    verify,
)
from sheetsync.core.plan import Event

KEY = b"a key of the tests"
NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


def event(event_id="E-1", **parts) -> Event:
    defaults = {"at": NOW, "tab": "Order lines", "field": "status", "decision": "changed"}
    owners = {"actor": "buyer", "proof": "unverified"}
    return Event(event_id=event_id, **{**defaults, **owners, **parts})


def rows_of(*events, after=GENESIS, key=KEY):
    return [row_of(each) for each in chain(events, after, 0, key)]


def test_what_is_signed_never_changes_by_itself():
    """Archives of years must still verify: whoever breaks this breaks them."""
    first = event(po_number="PO-7", line_number="1", old=12.5, new="é", order_version=2)

    assert [row[MAC] for row in rows_of(first, event("E-2", new=True))] == [
        "326801daf4d47711394e9d1d1c991e569d021239cdb57ed49e71193d350bcb7d",
        "ceb119cb7efb2904dbc9d13bf9e59d9c6cdce5bc93363e4ee24792dee818b873",
    ]


def test_a_row_shows_what_the_sheet_will_show_again():
    """Blanks are blanks, long texts end where a cell ends, huge numbers are the nearest doubles."""
    row = shown(event(po_number="", old="", new="x" * 60_000, order_version=3, rule="a @b"))
    told = dict(zip(FIELDS, row, strict=True))

    assert (told["po_number"], told["old"], len(told["new"])) == (None, None, 50_000)
    assert (told["at"], told["order_version"]) == ("2026-03-02 08:00:00", 3)
    assert shown(event(old=2**60 + 1, new=10**400))[6:8] == (float(2**60 + 1), str(10**400))


@pytest.mark.parametrize(
    ("one", "other"),
    [("12", 12), (True, 1), ("TRUE", True), (None, "0"), ("ab", "a"), (0, False), (0, None)],
)
def test_cells_that_look_alike_are_not_signed_alike(one, other):
    [a], [b] = rows_of(event(old=one)), rows_of(event(old=other))

    assert a[MAC] != b[MAC]
    assert not same_row((*a[:MAC], ""), (*b[:MAC], ""))


@pytest.mark.parametrize(("one", "other"), [(12, 12.0), (None, ""), (-0.0, 0)])
def test_cells_that_are_one_to_a_sheet_are_signed_alike(one, other):
    [a], [b] = rows_of(event(old=one)), rows_of(event(old=other))

    assert a[MAC] == b[MAC]


def test_a_text_does_not_pass_from_one_cell_into_the_next():
    [a], [b] = rows_of(event(old="a", new="b")), rows_of(event(old="ab"))
    [c], [d] = rows_of(event(old='a","new":"b')), rows_of(event(old="a", new="b"))

    assert len({row[MAC] for row in (a, b, c, d)}) == 3


def test_a_chain_that_holds_ends_in_its_head():
    rows = rows_of(event("E-1"), event("E-2"), event("E-3"))
    blank = (None,) * len(rows[0])

    verdict = verify([rows[0], blank, *rows[1:]], KEY)

    assert (verdict.rows, verdict.head, verdict.broken) == (3, rows[-1][MAC], None)
    assert verify([], KEY).head == GENESIS


def test_a_chain_goes_on_after_the_row_that_is_named():
    rows = rows_of(event("E-1"), event("E-2"), event("E-3"))

    assert verify(rows[1:], KEY, rows[0][MAC]).broken is None
    assert verify(rows[1:], KEY).broken.place == 0


def test_another_key_holds_nothing():
    broken = verify(rows_of(event()), b"another key").broken

    assert (broken.place, broken.event_id, broken.why) == (0, "E-1", NOT_AFTER)


@pytest.mark.parametrize("mac", [None, "", 7, "nö", "0" * 64])
def test_a_mac_that_is_none_does_not_hold(mac):
    [row] = rows_of(event())

    broken = verify([(*row[:MAC], mac)], KEY).broken

    assert broken.why == (EMPTY if mac is None else NOT_AFTER)


def test_the_tab_is_held_against_the_journal():
    rows = rows_of(event("E-1"), event("E-2", old="x"), event("E-3"))
    blank = (None,) * len(rows[0])
    edited = (*rows[1][:6], "y", *rows[1][7:])

    def why(*tab):
        broken = compare(tab, rows).broken
        return broken and (broken.place, broken.event_id, broken.why)

    assert why(*rows) is why(rows[0], blank, *rows[1:]) is None
    assert compare(rows, rows).head == rows[-1][MAC]
    assert why(rows[0], edited, rows[2]) == (1, "E-2", "it shows 'y' as old; the journal has 'x'")
    assert why(rows[0], rows[2]) == (1, "E-3", "the journal has E-2 here")
    assert why(*rows[:2]) == (2, "E-3", NOT_THERE)
    assert why(*rows, rows[0]) == (3, "E-1", NOT_OURS)
    assert why(*rows[:2], (*rows[2][:MAC], None))[2].startswith("it shows None as chain")


CELLS = st.one_of(st.none(), st.text(max_size=3), st.integers(0, 3), st.floats(0, 3), st.booleans())


@st.composite
def histories(draw):
    count = draw(st.integers(1, 6))
    return rows_of(*(event(f"E-{n}", old=draw(CELLS), new=draw(CELLS)) for n in range(count)))


@given(histories(), st.data())
def test_any_edit_is_found_at_its_row(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, MAC))
    cell = data.draw(CELLS.filter(lambda cell: cell != ""))
    edited = (*rows[place][:column], cell, *rows[place][column + 1 :])
    tab = [*rows[:place], edited, *rows[place + 1 :]]

    is_same = same_row(edited, rows[place])

    assert (verify(tab, KEY).broken is None) == (compare(tab, rows).broken is None) == is_same
    if not is_same:
        assert verify(tab, KEY).broken.place == compare(tab, rows).broken.place == place


@given(histories(), st.data())
def test_a_deleted_row_is_found_where_it_stood(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    tab = [*rows[:place], *rows[place + 1 :]]

    assert compare(tab, rows).broken.place == place
    if place < len(tab):
        assert verify(tab, KEY).broken.place == place
    else:
        assert verify(tab, KEY).head != rows[-1][MAC], "a shorter chain has another head"


@given(histories(), st.data())
def test_an_inserted_row_is_found(rows, data):
    """Even a copy of a row that holds elsewhere."""
    place = data.draw(st.integers(0, len(rows)))
    copied = data.draw(st.sampled_from([*rows, *rows_of(event("E-9"), key=b"forged")]))
    tab = [*rows[:place], copied, *rows[place:]]
    where = place + 1 if place < len(rows) and same_row(copied, rows[place]) else place

    assert verify(tab, KEY).broken.place == compare(tab, rows).broken.place == where


@given(histories().filter(lambda rows: len(rows) > 1), st.data())
def test_swapped_rows_are_found_at_the_first(rows, data):
    one, other = sorted(
        data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True))
    )
    tab = list(rows)
    tab[one], tab[other] = tab[other], tab[one]

    assert verify(tab, KEY).broken.place == compare(tab, rows).broken.place == one
