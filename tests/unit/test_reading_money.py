"""Amounts with the currency typed beside them."""

from decimal import Decimal

import pytest

from sheetsync.core.reading import (
    UNTOLD,
    Amount,
    Notation,
    Unread,
    currency_agrees,
    read_money,
)

COMMA = Notation(number="1.234,56")


@pytest.mark.parametrize(
    ("raw", "notation", "value", "currency"),
    [
        (12.5, UNTOLD, "12.5", None),
        ("12.50", UNTOLD, "12.50", None),
        ("\u20ac12.50", UNTOLD, "12.50", "EUR"),
        ("12,50 \u20ac", UNTOLD, "12.50", "EUR"),
        ("12,50EUR", UNTOLD, "12.50", "EUR"),
        ("eur 12,50", UNTOLD, "12.50", "EUR"),
        ("12 Euro", UNTOLD, "12", "EUR"),
        ("1.234,50 EUR", COMMA, "1234.50", "EUR"),
        ("1.234 EUR", COMMA, "1234", "EUR"),
        ("$12.50", UNTOLD, "12.50", "$"),
        ("$12.50 CAD", UNTOLD, "12.50", "CAD"),
        ("US$ 12.50", UNTOLD, "12.50", "USD"),
        ("12 kr.", UNTOLD, "12", "KR"),
        ("Fr. 12.\u2014", UNTOLD, "12", "CHF"),
        ("12.-", UNTOLD, "12", None),
        ("12,-- \u20ac", UNTOLD, "12", "EUR"),
        ("12.\u2013", COMMA, "12", None),
        ("-\u20ac12.50", UNTOLD, "-12.50", "EUR"),
        ("EUR -12.50", UNTOLD, "-12.50", "EUR"),
        ("- EUR 12.50", UNTOLD, "-12.50", "EUR"),
        ("EUR .5", UNTOLD, "0.5", "EUR"),
        ("\u20ac-12.50", UNTOLD, "-12.50", "EUR"),
        ("12.50- EUR", UNTOLD, "-12.50", "EUR"),
        ("(\u20ac12.50)", UNTOLD, "-12.50", "EUR"),
        ("12 z\u0142", UNTOLD, "12", "PLN"),
        ("\uffe512", UNTOLD, "12", "\uffe5"),
        ("\u5143 12", UNTOLD, "12", "CNY"),
        ("CHF 1\u2019234.50", UNTOLD, "1234.50", "CHF"),
    ],
)
def test_an_amount_is_read_with_its_currency(raw, notation, value, currency):
    amount = read_money(raw, notation)
    assert amount == Amount(value=Decimal(value), currency=currency)
    assert str(amount.value) == value


@pytest.mark.parametrize("raw", [None, "", " \u00a0 "])
def test_a_blank_is_none(raw):
    assert read_money(raw, UNTOLD) is None


@pytest.mark.parametrize(
    ("raw", "part_of_advice"),
    [
        ("12 CR", "Write only the amount, such as 12, with a currency"),
        ("12.50 / EA", "Write only the amount, such as 12.5"),
        ("12.50 per 100", "Write only the amount"),
        ("12k", "Write only the amount"),
        ("EUR 12 USD", "Two currencies"),
        ("\u20ac12 USD", "Two currencies"),
        ("$12 EUR", "Two currencies"),
        ("\u20ac", "No number is found"),
        (True, "tick box"),
        ("#VALUE!", "formula in this cell fails"),
        ("EUR - 12", "No number is found"),
        ("kr.100", "No number is found"),
        ("EUR.50", "No number is found"),
    ],
)
def test_what_is_no_amount_says_so(raw, part_of_advice):
    answer = read_money(raw, UNTOLD)
    assert isinstance(answer, Unread)
    assert part_of_advice in answer.advice
    assert not answer.ambiguous


def test_an_ambiguous_amount_is_asked_about_with_its_text_as_typed():
    answer = read_money("1.234.-", UNTOLD)
    assert isinstance(answer, Unread)
    assert answer.ambiguous
    assert answer.seen == "1.234.-"
    assert "1.234 or 1234" in answer.advice


def test_the_example_follows_the_notation():
    assert read_money("x", COMMA).expected == "an amount such as 12,50"


@pytest.mark.parametrize(
    ("said", "code", "agrees"),
    [
        (None, "EUR", True),
        ("EUR", "EUR", True),
        ("EUR", "USD", False),
        ("$", "USD", True),
        ("$", "AUD", True),
        ("$", "EUR", False),
        ("KR", "SEK", True),
        ("KR", "EUR", False),
    ],
)
def test_a_shared_sign_agrees_with_each_of_its_currencies(said, code, agrees):
    assert currency_agrees(said, code) is agrees
