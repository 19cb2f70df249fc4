"""Words from a list, yes and no, and free text."""

import pytest

from sheetsync.core.reading import Unread, read_choice, read_flag, read_text

RESPONSES = {
    "accept": ["accepted", "ok", "AP"],
    "reject": ["rejected", "no way"],
    "propose": ["change proposed", "counter-offer"],
}


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("accept", "accept"),
        ("Accept", "accept"),
        (" ACCEPTED. ", "accept"),
        ("ok", "accept"),
        ("ap", "accept"),
        ("Change-Proposed", "propose"),
        ("change_proposed", "propose"),
        ("counter\u2013offer", "propose"),
        ("no  way!", "reject"),
        (None, None),
        ("  ", None),
    ],
)
def test_a_word_or_its_alias_is_known_in_any_case(raw, word):
    assert read_choice(raw, RESPONSES) == word


def test_a_misspelt_word_is_offered_its_nearest_and_not_taken():
    answer = read_choice("acept", RESPONSES)
    assert isinstance(answer, Unread)
    assert answer.advice == "Did you mean accept? Write accept, reject or propose."
    assert not answer.ambiguous


@pytest.mark.parametrize("raw", ["zzz", True, 7, 7.5, "\U0001f44d"])
def test_an_unknown_word_is_refused_with_the_list(raw):
    answer = read_choice(raw, RESPONSES)
    assert isinstance(answer, Unread)
    assert answer.advice == "This word is not known here. Write accept, reject or propose."


def test_a_number_or_tick_may_be_an_alias():
    assert read_choice(1, {"yes": ["1", "true"]}) == "yes"
    assert read_choice(True, {"yes": ["1", "true"]}) == "yes"


def test_an_error_value_is_no_word():
    assert "formula" in read_choice("#REF!", RESPONSES).advice


def test_an_alias_of_two_words_is_asked_about():
    answer = read_choice("c", {"cancel": ["c"], "close": ["c"]})
    assert isinstance(answer, Unread)
    assert answer.ambiguous
    assert answer.advice == "c: cancel or close? Write one of them in full."


def test_a_list_of_one_word_is_said_plainly():
    assert read_choice("x", {"hold": []}).advice == "This word is not known here. Write hold."


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        (True, True),
        (False, False),
        (None, None),
        ("", None),
        ("yes", True),
        ("Y", True),
        ("x", True),
        ("TRUE", True),
        ("ja", True),
        ("\u2713", True),
        ("\u2714\ufe0f", True),
        ("no", False),
        ("Nein", False),
        ("false", False),
        (1, True),
        (0, False),
        (1.0, True),
    ],
)
def test_a_tick_or_a_yes_is_read(raw, flag):
    assert read_flag(raw) is flag


@pytest.mark.parametrize("raw", ["maybe", 2, 0.5, "#N/A", "yes no"])
def test_neither_yes_nor_no_is_refused(raw):
    answer = read_flag(raw)
    assert isinstance(answer, Unread)
    assert answer.expected == "yes or no"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, None),
        (" \u00a0\u200b", None),
        (" Pallet 3 ", "Pallet 3"),
        ("two\r\nlines\rthree", "two\nlines\nthree"),
        ("\U0001f469\u200d\U0001f527 ok", "\U0001f469\u200d\U0001f527 ok"),
        ("\u05e9\u05dc\u05d5\u05dd\u200f", "\u05e9\u05dc\u05d5\u05dd\u200f"),
        ("a\x00b\ud800", "a\ufffdb\ufffd"),
        ("0042", "0042"),
        (42.0, "42"),
        (12.5, "12.5"),
        (7, "7"),
    ],
)
def test_free_text_stays_as_typed(raw, text):
    assert read_text(raw) == text


def test_text_is_refused_when_too_long_and_never_cut():
    assert read_text("a" * 10, max_length=10) == "a" * 10
    assert read_text("a" * 2000) == "a" * 2000
    assert isinstance(read_text("a" * 2001), Unread)
    answer = read_text("a" * 50_000, max_length=10)
    assert isinstance(answer, Unread)
    assert answer.advice == "This is too long (50,000 characters). Write at most 10."
    assert answer.seen == "a" * 59 + "\u2026"


@pytest.mark.parametrize("raw", ["#REF!", " #N/A ", True])
def test_errors_and_ticks_are_no_text(raw):
    assert isinstance(read_text(raw), Unread)
