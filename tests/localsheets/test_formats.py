"""Shown values against the table of cases, and what must hold for any value and pattern."""

import json
import math
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.localsheets.formats import NO_SECTION, show

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR")
CASES = json.loads(
    Path(__file__).with_name("typed_input_cases.json").read_text(encoding="utf-8"),
)["shown"]
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TYPES = (
    "NUMBER",
    "PERCENT",
    "CURRENCY",
    "DATE",
    "TIME",
    "DATE_TIME",
    "SCIENTIFIC",
    "TEXT",
)


def _name(case):
    return f"{case['locale']} {case['value']!r} {case.get('number_format', '')}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_value_is_shown_as_the_table_says(case):
    shown = show(case["value"], number_format=case.get("number_format"), locale=case["locale"])

    assert shown == case["shown"]


@given(
    value=NUMBERS,
    pattern=st.text(alphabet='0#?.,%E+-/;@[]hmsdyAP"\\_* <>=1$€', max_size=16),
    kind=st.sampled_from(TYPES),
    locale=st.sampled_from(LOCALES),
)
def test_any_pattern_shows_something_without_an_error(value, pattern, kind, locale):
    shown = show(value, number_format={"type": kind, "pattern": pattern}, locale=locale)

    assert isinstance(shown, str)


@given(value=NUMBERS, kind=st.sampled_from(TYPES), locale=st.sampled_from(LOCALES))
def test_every_type_has_a_default_pattern(value, kind, locale):
    assert show(value, number_format={"type": kind}, locale=locale)


@given(value=st.floats(min_value=-1e14, max_value=1e14), locale=st.sampled_from(LOCALES))
def test_the_automatic_form_is_the_number_to_ten_digits(value, locale):
    shown = show(value, number_format=None, locale=locale)

    near = float(shown.replace(",", "."))
    assert math.isclose(near, value, rel_tol=1e-5 if "E" in shown else 5e-10)


@given(whole=st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_whole_numbers_are_shown_in_full(whole):
    assert show(whole, number_format=None, locale="en_US") == str(whole)


@given(whole=st.integers(min_value=0, max_value=2**53))
def test_groups_are_those_of_python(whole):
    shown = show(whole, number_format={"type": "NUMBER", "pattern": "#,##0"}, locale="en_US")

    assert shown == f"{whole:,}"


@given(value=st.floats(min_value=-1e12, max_value=1e12), places=st.integers(0, 6))
def test_plain_patterns_round_half_up_on_the_shortest_decimals(value, places):
    pattern = "#,##0." + "0" * places if places else "#,##0"
    step = Decimal(1).scaleb(-places)

    shown = show(value, number_format={"type": "NUMBER", "pattern": pattern}, locale="en_US")

    rounded = Decimal(repr(abs(value))).quantize(step, rounding=ROUND_HALF_UP)
    assert shown == f"{'-' if value < 0 else ''}{rounded:,f}"


@given(text=st.text(), locale=st.sampled_from(LOCALES))
def test_text_without_a_text_section_is_shown_as_it_is(text, locale):
    for number_format in (None, {"type": "NUMBER", "pattern": "0.00"}, {"type": "DATE"}):
        assert show(text, number_format=number_format, locale=locale) == text


def test_a_value_that_no_section_takes_is_shown_as_crosses():
    number_format = {"type": "NUMBER", "pattern": "[<1]0;[>5]0.0"}

    assert show(3, number_format=number_format, locale="en_US") == NO_SECTION
