"""Order, item and document numbers, and the key under which two notations compare."""

import string

import pytest

from sheetsync.core.reading import Identifier, Unread, normalise_key, read_identifier


@pytest.mark.parametrize(
    ("raw", "text", "was_number"),
    [
        ("0042", "0042", False),
        ("PO-1042", "PO-1042", False),
        ("  PO-7\u00a0", "PO-7", False),
        ("\u200bPO-7\ufeff", "PO-7", False),
        ("PO  7", "PO 7", False),
        ("PO\u20137", "PO\u20137", False),
        ("1.10", "1.10", False),
        ("A#12", "A#12", False),
        ("P" * 60, "P" * 60, False),
        ("#12", "#12", False),
        ("\u00c4-7", "\u00c4-7", False),
        (42, "42", True),
        (42.0, "42", True),
        (0, "0", True),
        (-5, "-5", True),
        (123456789012345, "123456789012345", True),
    ],
)
def test_an_identifier_is_its_text(raw, text, was_number):
    assert read_identifier(raw) == Identifier(text=text, was_number=was_number)


@pytest.mark.parametrize("raw", [None, "", "  ", "\u00a0\u200b"])
def test_a_blank_is_none(raw):
    assert read_identifier(raw) is None


@pytest.mark.parametrize(
    ("raw", "part_of_advice"),
    [
        (True, "tick box"),
        (1.1, "took this for a number"),
        (1e15, "last digits may be lost"),
        (float("inf"), "last digits may be lost"),
        (float("nan"), "last digits may be lost"),
        ("4.00638E+12", "last digits of this number are lost"),
        ("4,00638E+12", "last digits of this number are lost"),
        ("#REF!", "formula in this cell fails"),
        ("=A1", "This is a formula"),
        ("PO-1\nPO-2", "one number per cell"),
        ("---", "Leave the cell empty"),
        ("\U0001f600", "Leave the cell empty"),
        ("PO-\ud800", "cannot be read"),
        ("PO\u202e-7", "turned around"),
        ("P" * 61, "longer than 60"),
        pytest.param("P" * 50_000, "too long (50,000 characters)", id="50,000 characters"),
    ],
)
def test_what_is_no_identifier_says_so(raw, part_of_advice):
    answer = read_identifier(raw)
    assert isinstance(answer, Unread)
    assert part_of_advice in answer.advice
    assert len(answer.seen) <= 60


def test_a_line_break_around_an_identifier_is_a_stray_space():
    assert read_identifier("\nPO-7\n") == Identifier(text="PO-7")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("po-7 ", "PO\u20137"),
        ("PO 7", "po7"),
        ("PO\u22127", "po\u20107"),
        ("PO\u2011 7", "po-7"),
        ("\uff30\uff2f-\uff17", "po-7"),
        ("P\u200bO-7", "po-7"),
        ("stra\u00dfe", "STRASSE"),
        ("a\u0308", "\u00c4"),
    ],
)
def test_two_notations_of_one_key_compare_equal(one, other):
    assert normalise_key(one) == normalise_key(other)


@pytest.mark.parametrize(("one", "other"), [("0042", "42"), ("PO-7", "PO7"), ("PO-7", "PO-8")])
def test_two_keys_stay_two(one, other):
    assert normalise_key(one) != normalise_key(other)


@pytest.mark.parametrize("char", string.printable)
def test_plain_names_are_folded_as_all_names_are(char):
    # A sign that is not plain, and is dropped, sends the same name the long way round.
    long_way = normalise_key(f"PO {char}1a{char}\N{ZERO WIDTH SPACE}")
    assert normalise_key(f"PO {char}1a{char}") == long_way
