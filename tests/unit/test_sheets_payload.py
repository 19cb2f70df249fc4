"""Parts of a plan: nothing lost, nothing twice, in order, none too large, and not many."""

from itertools import chain, repeat

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sheets.payload import LEAST_BYTES_A_CELL, as_many_as_fit, first_guess, first_part

LIMIT = 1_000
HEAD = 30
LENGTHS = st.lists(st.integers(1, 1_500), max_size=200)
ALIKE = st.lists(st.integers(40, 60), min_size=1, max_size=400)


def build(items):
    return b"x" * (HEAD + sum(length for _, length in items))


def parts_of(lengths, limit=LIMIT):
    """As `apply` does: what is left, with what the last part taught as a guess."""
    left = list(enumerate(lengths))
    guess, parts, built = len(left), [], 0

    def counted(items):
        nonlocal built
        built += 1
        return build(items)

    while left:
        count, body = first_part(left, counted, len, limit=limit, guess=guess)
        parts.append((left[:count], body))
        left, guess = left[count:], as_many_as_fit(count, len(body), limit)
    return parts, built


@given(LENGTHS)
def test_nothing_is_lost_or_twice_and_the_order_stays(lengths):
    parts, _ = parts_of(lengths)

    assert [item for part, _ in parts for item in part] == list(enumerate(lengths))
    assert all(part for part, _ in parts)


@given(LENGTHS)
def test_each_part_is_within_the_limit_unless_a_single_item_is_not(lengths):
    for part, body in parts_of(lengths)[0]:
        assert body == build(part)
        assert len(body) <= LIMIT or len(part) == 1


@given(ALIKE)
def test_there_are_few_parts(lengths):
    parts, built = parts_of(lengths)
    fewest = -(-sum(lengths) // (LIMIT - HEAD))

    assert len(parts) <= fewest * 1.35 + 1
    assert built <= 3 * len(parts) + 2


@given(ALIKE)
def test_what_fits_goes_out_whole(lengths):
    parts, built = parts_of(lengths, limit=HEAD + sum(lengths))

    assert (len(parts), built) == (1, 1)


def test_a_guess_learns_from_the_last_part():
    assert as_many_as_fit(100, 2_000, 1_000) == 47
    assert as_many_as_fit(1, 5_000, 1_000) == 1
    assert as_many_as_fit(5, 0, 1_000) > 1_000


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(1, 5_000))
def test_the_first_guess_is_what_cannot_be_too_little(cells, limit):
    count = first_guess(chain(cells, repeat(14)), limit)
    known = [*cells, *[14] * count][:count]

    assert count == 1 or sum(known) * LEAST_BYTES_A_CELL <= limit
    one_more = [*cells, *[14] * (count + 1)][: count + 1]
    assert sum(one_more) * LEAST_BYTES_A_CELL > limit or count == 1
