"""Laws of looking at other rules, under whatever people may do to their tabs."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from builders import rulebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journal import sheet_of
from paper_acts import ACTS, do
from paper_day import confirmed_sheet

from sheetsync.core.decide import foresee
from sheetsync.core.whatif import compare, outlook, replay
from sheetsync.core.whatif.as_settled import as_settled
from sheetsync.core.whatif.telling import first_sentence, parts
from sheetsync.core.whatif.telling_past import first_sentence_of_past, parts_of_past

UTC = ZoneInfo("UTC")
BILLS = st.one_of(
    st.tuples(st.just("receive"), st.integers(1, 12), st.sampled_from([1, 2])),
    st.tuples(
        st.just("bill"),
        st.integers(1, 12),
        st.sampled_from([1, 2]),
        st.sampled_from([3.5, 12, 12.6, "a lot"]),
    ),
)
OTHER = rulebook({"matching.price.pct_upper": 6, "matching.qty_ordered.abs_upper": 2})

laws = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def settled(sheet, rules):
    where = sheet_of(sheet)
    snapshot = as_settled(sheet.baseline, where.places, where.columns, sheet.now)
    return outlook(foresee(snapshot, sheet.baseline, rules, sheet.mandate, sheet.now))


@laws
@given(st.lists(st.one_of(ACTS, BILLS, BILLS), min_size=1, max_size=10))
def test_the_past_ends_in_what_is_settled_under_both_rules(acts):
    """What the journal tells of holds at its end is what the baseline gives, by either rules."""
    sheet = confirmed_sheet()
    began = sheet.now
    for number, act in enumerate(acts):
        sheet.now += dt.timedelta(minutes=5)
        do(sheet, number, act)
        sheet.rest()
    told = replay(
        sheet.events, sheet_of(sheet), sheet.rules, OTHER, since=began, until=sheet.now, zone=UTC
    )

    now, then = settled(sheet, sheet.rules), settled(sheet, OTHER)

    assert {span.held.key for span in told.now if span.went is None} == set(now.holds)
    assert {span.held.key for span in told.then if span.went is None} == set(then.holds)
    assert all(span.came is None or began <= span.came <= sheet.now for span in told.now)
    assert all(span.went is None or span.came is None or span.came < span.went for span in told.now)
    assert first_sentence_of_past(told, UTC)
    list(parts_of_past(told, UTC))


@laws
@given(st.lists(st.one_of(ACTS, BILLS), min_size=1, max_size=8))
def test_what_comes_one_way_goes_the_other(acts):
    sheet = confirmed_sheet()
    for number, act in enumerate(acts):
        do(sheet, number, act)
        sheet.rest()
    now, then = settled(sheet, sheet.rules), settled(sheet, OTHER)

    there, back = compare(now, then), compare(then, now)

    assert {h.key for h in there.come} == {h.key for h in back.go}
    assert {h.key for h in there.go} == {h.key for h in back.come}
    assert sum(b.more for b in there.bills) == -sum(b.more for b in back.bills)
    assert there.is_none == back.is_none
    assert first_sentence(there).endswith(".")
    list(parts(there))
