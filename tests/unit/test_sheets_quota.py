"""Slots: never more than the limit in any minute, in the order of asking, never idle for nothing."""

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.quota import Quota as GooglesQuota
from sheetsync.sheets.quota import MINUTE_S, Quota


class Clock:
    def __init__(self):
        self.now = 1_000.25

    def __call__(self):
        return self.now


def quota(clock, reads=54, writes=54):
    return Quota(reads_per_minute=reads, writes_per_minute=writes, clock=clock)


def test_what_fits_into_a_minute_goes_at_once():
    slots = quota(Clock(), reads=3)

    assert [slots.book(is_read=True) for _ in range(3)] == [0, 0, 0]
    assert 60 < slots.book(is_read=True) <= MINUTE_S + 0.01


def test_reads_and_writes_are_counted_apart():
    slots = quota(Clock(), reads=1, writes=2)

    assert [slots.book(is_read=kind) for kind in (True, False, False)] == [0, 0, 0]
    assert slots.book(is_read=True) > 60
    assert slots.book(is_read=False) > 60


def test_who_asks_first_goes_first():
    """Slots are booked when asked for, so a later question never overtakes an earlier one."""
    clock = Clock()
    slots = quota(clock, reads=2)
    comes = []
    for _ in range(50):
        comes.append(clock.now + slots.book(is_read=True))
        clock.now += 0.1

    assert comes == sorted(comes)
    assert comes[49] - comes[0] < 25 * (MINUTE_S + 1)


def test_a_minute_later_all_slots_are_free_again():
    clock = Clock()
    slots = quota(clock, reads=54)
    for _ in range(54):
        slots.book(is_read=True)
    clock.now += MINUTE_S + 0.01

    assert [slots.book(is_read=True) for _ in range(54)] == [0] * 54


@given(st.lists(st.floats(0, 40), max_size=120), st.integers(1, 9))
def test_no_minute_has_more_than_the_limit(pauses, limit):
    clock = Clock()
    slots = quota(clock, reads=limit)
    comes = []
    for pause in pauses:
        clock.now += pause
        clock.now += slots.book(is_read=True)
        comes.append(clock.now)

    for first, later in zip(comes, comes[limit:], strict=False):
        assert later - first >= MINUTE_S - 0.002


@given(st.floats(0, 60), st.lists(st.floats(0, 2), min_size=150, max_size=200))
def test_googles_own_count_is_never_reached(offset, pauses):
    """Whenever Google's minute began, and however late each request arrives."""
    clock, google = Clock(), Clock()
    slots = quota(clock)
    served = GooglesQuota(clock=google)
    google.now = clock.now
    served.take("worker", writes=False, drive=False)
    clock.now += offset
    for late in pauses:
        clock.now += slots.book(is_read=True)
        google.now = max(google.now, clock.now + late / 2)
        try:
            served.take("worker", writes=False, drive=False)
        except GoogleError as refusal:  # pragma: no cover
            raise AssertionError(refusal) from refusal
