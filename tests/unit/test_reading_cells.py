"""What a person sees in a cell, said in one short line."""

import pytest

from sheetsync.core.reading import seen_as
from sheetsync.core.reading.cells import either


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (None, ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (999_999_999_999_999.0, "999999999999999"),
        (-1e15, "-1000000000000000"),
        (1e16, "1e+16"),
        (10**60 - 1, "9" * 60),
        (10**60, "a number of more than 60 digits"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        pytest.param(10**5000, "a number of more than 60 digits", id="5000 digits"),
        ("  two\n lines ", "two lines"),
        ("a\u200b\u202eb", "ab"),
        ("a\x07\ud800", "a\ufffd\ufffd"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "\u2026"),
        pytest.param("x" * 50_000, "x" * 59 + "\u2026", id="50,000 characters"),
        ("word " * 40, "word " * 11 + "word\u2026"),
    ],
)
def test_a_value_is_seen_in_one_short_line(raw, seen):
    assert seen_as(raw) == seen


@pytest.mark.parametrize(
    ("choices", "said"),
    [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_choices_are_said_as_people_say_them(choices, said):
    assert either(*choices) == said
