"""The table of the three-way merge, cell by cell: all that can be settled, shown and wished."""

from __future__ import annotations

import re
from itertools import product

import pytest
from builders import column_rules

from sheetsync.core.comparing import verdicts
from sheetsync.core.comparing.verdicts import SIDES, ChangedBy, Side, Verdict, side_of, verdict
from sheetsync.core.model import TabKind

VALUES = (None, 1, "one", 2.5)
CASES = [*product(VALUES, VALUES, VALUES, Side)]


@pytest.mark.parametrize(("settled", "shown", "wish", "side"), CASES)
def test_every_case_is_decided_as_the_rules_in_words_say(settled, shown, wish, side):
    outcome = verdict(settled, shown, wish, side)
    after = wish if outcome.is_written else shown

    if shown == settled:
        assert after == wish, "what nobody touched becomes what the worker wishes"
    elif side in {Side.WORKER, Side.LOCKED}:
        assert after == wish, "what may not be changed becomes what the worker wishes"
    else:
        assert after == shown, "what a person typed in a column of theirs stands"
    disagree = shown not in {settled, wish} and wish != settled
    mine = side in {Side.PERSON, Side.REQUEST}
    assert (outcome is Verdict.CLASH) == (disagree and mine), "and the clash is told"
    if shown == wish:
        assert not outcome.is_written, "what stands there already is not written"


def test_a_person_s_change_is_never_passed_over():
    """Each case in which the sheet says something new has a word for it."""
    silent = {Verdict.RESTS, Verdict.WRITTEN, Verdict.CLEARED}
    for settled, shown, wish, side in CASES:
        if shown not in {settled, wish}:
            assert verdict(settled, shown, wish, side) not in silent


def test_the_docstring_is_the_table():
    rows = re.findall(
        r"(?m)^\| (.+?) +\| (.+?) +\| (.+?) +\| (.+?) +\| (.+?) +\|$", verdicts.__doc__
    )
    told = {row[0]: tuple(word.strip("* ") for word in row[1:]) for row in rows}

    for by, outcomes in verdicts.TABLE.items():
        assert told[str(by)] == tuple(map(str, outcomes))
    assert told.keys() > set(map(str, ChangedBy))
    assert len(SIDES) == len(Side)


def test_blanks_and_equal_numbers_are_no_change():
    assert verdict(None, "", None, Side.PERSON) is Verdict.RESTS
    assert verdict(12, 12.0, 12, Side.LOCKED) is Verdict.RESTS
    assert verdict(1, True, 1, Side.PERSON) is Verdict.CHANGED


def test_whose_cell_it_is():
    lines = column_rules().tabs[TabKind.ORDER_LINES].by_field

    assert side_of(lines["quantity"]) is Side.PERSON
    assert side_of(lines["quantity"], is_locked=True) is Side.LOCKED
    assert side_of(lines["action"]) is Side.REQUEST
    assert side_of(lines["status"]) is Side.WORKER
