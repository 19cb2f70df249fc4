"""Quantities and percentages, as people type them and as number cells hold them."""

from decimal import Decimal

import pytest

from sheetsync.core.reading import (
    UNTOLD,
    Notation,
    Quantity,
    Unread,
    read_percent,
    read_quantity,
    read_quantity_with_unit,
    show_number,
)

POINT = Notation(number="1,234.56")
COMMA = Notation(number="1.234,56")
SPACED = Notation(number="1 234,56")
SWISS = Notation(number="1'234.56")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (12, "12"),
        (12.0, "12"),
        (-3, "-3"),
        (0, "0"),
        (0.1, "0.1"),
        (1234.56, "1234.56"),
        (999_999_999_999_999, "999999999999999"),
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("1,5", "1.5"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("007", "7"),
        ("0,500", "0.500"),
        ("1234.567", "1234.567"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1 234,5", "1234.5"),
        ("1 234", "1234"),
        ("1  234", "1234"),
        ("1\u00a0234.567", "1234.567"),
        ("1\u202f234", "1234"),
        ("1'234.5", "1234.5"),
        ("1\u2019234\u2019567", "1234567"),
        ("-12", "-12"),
        ("+12", "12"),
        ("\u221212.5", "-12.5"),
        ("\u201312", "-12"),
        ("- 12", "-12"),
        ("12-", "-12"),
        ("(12.50)", "-12.50"),
        ("-0", "0"),
        ("9" * 40, "9" * 40),
        ("  12 \t", "12"),
        ("\u200b12\ufeff", "12"),
        ("\u200f12\u200e", "12"),
        ("\uff11\uff12\uff0e\uff15", "12.5"),
        ("\u0661\u0662\u066b\u0665", "12.5"),
        ("\u0661\u066c\u0662\u0663\u0664", "1234"),
        ("12345678901234567890.12", "12345678901234567890.12"),
        ("0.1234567890123456789012345678901", "0.1234567890123456789012345678901"),
    ],
)
def test_a_number_with_one_reading_is_read(raw, value):
    quantity = read_quantity(raw, UNTOLD)
    assert isinstance(quantity, Decimal)
    assert str(quantity) == value


@pytest.mark.parametrize("raw", [None, "", "  ", "\u00a0", "\u200b", "\n\t", "\u3164"])
def test_a_blank_is_none(raw):
    assert read_quantity(raw, UNTOLD) is None
    assert read_quantity_with_unit(raw, COMMA) is None
    assert read_percent(raw, POINT) is None


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1,234", "1,234: 1234 or 1.234? Write 1234 or 1.2340."),
        ("1.234", "1.234: 1.234 or 1234? Write 1.2340 or 1234."),
        ("-1,234", "-1,234: -1234 or -1.234? Write -1234 or -1.2340."),
        ("(12.500)", "(12.500): -12.5 or -12500? Write -12.5 or -12500."),
        ("1.000", "1.000: 1 or 1000? Write 1 or 1000."),
    ],
)
def test_a_number_with_two_readings_is_asked_about(text, advice):
    answer = read_quantity(text, UNTOLD)
    assert isinstance(answer, Unread)
    assert (answer.advice, answer.ambiguous, answer.seen) == (advice, True, text)


@pytest.mark.parametrize(
    ("text", "notation", "value"),
    [
        ("1,234", POINT, "1234"),
        ("1.234", POINT, "1.234"),
        ("1,234.50", POINT, "1234.50"),
        ("12.5", POINT, "12.5"),
        ("1.234", COMMA, "1234"),
        ("1,234", COMMA, "1.234"),
        ("1.234,50", COMMA, "1234.50"),
        ("1 234,50", COMMA, "1234.50"),
        ("1'234,50", COMMA, "1234.50"),
        ("1,234", SPACED, "1.234"),
        ("1 234,5", SPACED, "1234.5"),
        ("1.234", SWISS, "1.234"),
        ("1\u2019234.5", SWISS, "1234.5"),
        ("1 234", SWISS, "1234"),
        ("\u0661\u0662\u066b\u0665", COMMA, "12.5"),
    ],
)
def test_a_told_notation_settles_it(text, notation, value):
    assert str(read_quantity(text, notation)) == value


@pytest.mark.parametrize(
    ("text", "notation", "forms"),
    [
        ("12.5", COMMA, "Write 12,5."),
        ("12,5", POINT, "Write 12.5."),
        ("-12,5", POINT, "Write -12.5."),
        ("1,234.50", COMMA, "Write 1234,5."),
        ("1.234", SPACED, "Write 1,234 or 1234."),
        ("1,234", SWISS, "Write 1234 or 1.234."),
        (",5", POINT, "Write 0.5."),
    ],
)
def test_a_number_against_the_told_notation_is_asked_about(text, notation, forms):
    answer = read_quantity(text, notation)
    assert isinstance(answer, Unread)
    assert answer.ambiguous
    noted = f"Your numbers are noted as {notation.number}, and this is not."
    assert answer.advice == f"{noted} {forms}"


@pytest.mark.parametrize(
    ("raw", "part_of_advice"),
    [
        (True, "tick box"),
        (False, "tick box"),
        (1e400, "loses its last digits"),
        (-1e400, "loses its last digits"),
        (float("nan"), "loses its last digits"),
        (10**15, "loses its last digits"),
        pytest.param(10**5000, "loses its last digits", id="5000 digits"),
        (1.8e-15, "Write 0 if you mean 0"),
        ("1e400", "power of ten"),
        ("23E123123", "power of ten"),
        ("1.5e+3", "power of ten"),
        ("inf", "No number is found"),
        ("nan", "No number is found"),
        ("#REF!", "formula in this cell fails"),
        ("#N/A", "formula in this cell fails"),
        ("#DIV/0!", "formula in this cell fails"),
        ("#NAME?", "formula in this cell fails"),
        ("#BEZUG!", "formula in this cell fails"),
        ("#NV", "formula in this cell fails"),
        ("Loading...", "formula in this cell fails"),
        ("=A1+B1", "This is a formula"),
        ("12,34,5", "groups of digits"),
        ("1 23", "groups of digits"),
        ("1.234.56", "groups of digits"),
        ("1,234,56", "groups of digits"),
        ("1,234 567", "groups of digits"),
        ("1,23,456", "groups of digits"),
        ("Rs.50", "No number is found"),
        ("EA - 12", "No number is found"),
        ("12.", "Only part of this"),
        ("3/4", "Only part of this"),
        ("10-12", "Only part of this"),
        ("12 - EA", "Only part of this"),
        ("~12", "Only part of this"),
        ("\u00bd", "No number is found"),
        ("10\u00b2", "Only part of this"),
        ("1\u00bd", "Only part of this"),
        ("--12", "more than one sign"),
        ("(-12)", "more than one sign"),
        ("-12-", "more than one sign"),
        ("+(12)", "Only part of this"),
        ("-", "Leave the cell empty"),
        ("\u2014", "Leave the cell empty"),
        ("n/a", "Leave the cell empty"),
        ("TBD", "Leave the cell empty"),
        ("??", "Leave the cell empty"),
        ("twelve", "No number is found"),
        ("\U0001f381", "No number is found"),
        ("12 EA", "Write only the number: 12."),
        ("1\u0662", "two scripts"),
        ("\u202e21", "turned around"),
        ("9" * 41, "more digits"),
        pytest.param("9" * 50_000, "too long", id="50,000 characters"),
        pytest.param("12" + " " * 200 + "x" * 200, "too long", id="a long tail"),
        pytest.param(" " * 49_999 + "7", "too long", id="7 after 49,999 spaces"),
        pytest.param("\ud800", "No number is found", id="half a character"),
    ],
)
def test_what_is_no_number_says_so(raw, part_of_advice):
    answer = read_quantity(raw, UNTOLD)
    assert isinstance(answer, Unread)
    assert part_of_advice in answer.advice
    assert not answer.ambiguous
    assert len(answer.seen) <= 60


def test_fifty_thousand_spaces_are_a_blank():
    assert read_quantity(" " * 50_000, UNTOLD) is None


def test_the_example_follows_the_notation():
    assert read_quantity("x", COMMA).expected == "a quantity such as 12,5"
    assert read_quantity("x", UNTOLD).expected == "a quantity such as 12.5"
    assert read_quantity("1,2,3", COMMA).advice.endswith("such as 1234,5.")


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [
        (12, "12", None),
        ("12", "12", None),
        ("12 EA", "12", "EA"),
        ("12EA", "12", "EA"),
        ("12,5 Stk.", "12.5", "Stk."),
        ("3 m\u00b2", "3", "m\u00b2"),
        ("3 m2", "3", "m2"),
        ("100 sq ft", "100", "sq ft"),
        ("12- EA", "-12", "EA"),
        ("(12 EA)", "-12", "EA"),
        ("7 Stu\u0308ck", "7", "St\u00fcck"),
        ("5 \u500b", "5", "\u500b"),
        ("1 234 kg", "1234", "kg"),
    ],
)
def test_a_quantity_may_carry_its_unit(raw, value, unit):
    assert read_quantity_with_unit(raw, UNTOLD) == Quantity(value=Decimal(value), unit=unit)


@pytest.mark.parametrize(
    ("raw", "part_of_advice"),
    [
        ("12 k", "all its digits"),
        ("1.5 Mio.", "all its digits"),
        ("12E3", "power of ten"),
        ("EA 12", "Only part of this"),
        ("12-EA", "Only part of this"),
        ("12 pcs in a box", "Only part of this"),
        ("12 EA 3", "Only part of this"),
        ("1\u00bd", "Only part of this"),
        ("10\u00b2", "Only part of this"),
        ("12 E5", "power of ten"),
        ("2 x 6", "Only part of this"),
        ("12 of the bigger boxes please", "Only part of this"),
        ("1,234 EA", "1234 or 1.234"),
        ("EA", "No number is found"),
        (True, "tick box"),
    ],
)
def test_a_unit_that_is_none_is_refused(raw, part_of_advice):
    answer = read_quantity_with_unit(raw, UNTOLD)
    assert isinstance(answer, Unread)
    assert part_of_advice in answer.advice


@pytest.mark.parametrize(
    ("raw", "notation", "value"),
    [
        ("5%", UNTOLD, "5"),
        ("5 %", UNTOLD, "5"),
        ("5", UNTOLD, "5"),
        (5, UNTOLD, "5"),
        (0, UNTOLD, "0"),
        ("0", UNTOLD, "0"),
        ("1", UNTOLD, "1"),
        ("7,5 Prozent", COMMA, "7.5"),
        ("7.5 pct", UNTOLD, "7.5"),
        ("0.05%", UNTOLD, "0.05"),
        ("-2%", UNTOLD, "-2"),
    ],
)
def test_five_means_five_percent(raw, notation, value):
    assert str(read_percent(raw, notation)) == value


@pytest.mark.parametrize(
    ("raw", "advice"),
    [
        (
            0.05,
            "0.05: 5% or 0.05%? Format the cell as plain text, then write 5% or 0.05%.",
        ),
        (1, "1: 100% or 1%? Format the cell as plain text, then write 100% or 1%."),
        (-0.5, "-0.5: -50% or -0.5%? Format the cell as plain text, then write -50% or -0.5%."),
        ("0.05", "0.05: 5% or 0.05%? Write 5% or 0.05%."),
    ],
)
def test_a_fraction_may_be_a_percentage(raw, advice):
    answer = read_percent(raw, UNTOLD)
    assert isinstance(answer, Unread)
    assert (answer.advice, answer.ambiguous) == (advice, True)


@pytest.mark.parametrize("raw", ["5 EUR", "5%%", "% 5", "five", True, "5 % off"])
def test_what_is_no_percentage_says_so(raw):
    answer = read_percent(raw, UNTOLD)
    assert isinstance(answer, Unread)
    assert answer.expected == "a percentage such as 5% or 7.5%"
    assert not answer.ambiguous


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1234.5", "1234.5"),
        ("12.50", "12.5"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("-0.00", "0"),
        ("-12.0", "-12"),
    ],
)
def test_a_number_is_shown_plainly(value, shown):
    assert show_number(Decimal(value)) == shown
