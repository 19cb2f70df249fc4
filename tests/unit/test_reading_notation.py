"""The notation of a supplier, in the words of an admin."""

import pytest

from sheetsync.core.reading import UNTOLD, Notation, Unread, read_notation


@pytest.mark.parametrize(
    ("cell", "number", "date"),
    [
        (None, None, None),
        ("", None, None),
        ("1,234.56", "1,234.56", None),
        ("1.234,56", "1.234,56", None),
        ("1 234,56", "1 234,56", None),
        ("1\u202f234,56", "1 234,56", None),
        ("1'234.56", "1'234.56", None),
        ("1\u2019234.56", "1'234.56", None),
        ("12.345.678,9", "1.234,56", None),
        # Nothing is told of groups, so a point or comma before three digits is still asked about.
        ("12,5", "1 234,56", None),
        ("1234.56", "1'234.56", None),
        ("decimal comma", "1 234,56", None),
        ("Decimal point", "1'234.56", None),
        ("1 234.56", "1'234.56", None),
        ("1'234,56", "1 234,56", None),
        ("dd.mm.yyyy", None, "day-month"),
        ("DD/MM/YY", None, "day-month"),
        ("d-m-y", None, "day-month"),
        ("TT.MM.JJJJ", None, "day-month"),
        ("jj/mm/aaaa", None, "day-month"),
        ("gg/mm/aaaa", None, "day-month"),
        ("dd-mm-jjjj", None, "day-month"),
        ("dd.mm", None, "day-month"),
        ("mm/dd/yyyy", None, "month-day"),
        ("m/d", None, "month-day"),
        ("yyyy-mm-dd", None, "year-month-day"),
        ("JJJJ-MM-TT", None, "year-month-day"),
        ("yy/m/d", None, "year-month-day"),
        ("31.12.2026", None, "day-month"),
        ("13.1.2026", None, "day-month"),
        ("1/13/2026", None, "month-day"),
        ("12/31/2026", None, "month-day"),
        ("2026-12-31", None, "year-month-day"),
        ("ISO", None, "year-month-day"),
        ("day-month", None, "day-month"),
        ("year-month-day", None, "year-month-day"),
        ("1.234,56; dd.mm.yyyy", "1.234,56", "day-month"),
        ("1.234,56 dd.mm.yyyy", "1.234,56", "day-month"),
        ("1 234,56, dd/mm/yyyy", "1 234,56", "day-month"),
        ("mm/dd/yyyy and 1,234.56", "1,234.56", "month-day"),
        ("1,234.56\nmm/dd/yyyy", "1,234.56", "month-day"),
        ("de-DE", "1.234,56", "day-month"),
        ("de_CH", "1'234.56", "day-month"),
        ("en-US", "1,234.56", "month-day"),
        ("fr-FR", "1 234,56", "day-month"),
        ("hu-HU", "1 234,56", "year-month-day"),
    ],
)
def test_a_notation_is_read(cell, number, date):
    assert read_notation(cell) == Notation(number=number, date=date)


def test_two_cells_tell_one_notation():
    told = read_notation("1.234,56", None, "dd.mm.yyyy", "31.12.2026")
    assert told == Notation(number="1.234,56", date="day-month")


@pytest.mark.parametrize(
    "cell",
    [
        "3.4.2026",
        "2026-13-01",
        "2026-12-2026",
        "31.31.2026",
        "dd.yyyy.mm",
        "mm.mm.yyyy",
        "dd.dd.yyyy",
        "1.234",
        "1,234,567",
        "1.234.56",
        "German",
        "xx-YY",
        "en",
        "dd.mm.yyyy; mm/dd/yyyy",
        "1,234.56 and 1.234,56",
        "1.234,56; what",
        "1.234,56 what",
        "#REF!",
        1234.56,
        True,
    ],
)
def test_what_tells_no_single_notation_is_asked_about(cell):
    answer = read_notation(cell)
    assert isinstance(answer, Unread)
    assert answer.expected == "a notation such as 1.234,56 or dd.mm.yyyy"


def test_two_cells_that_disagree_are_asked_about():
    answer = read_notation("1.234,56", "1,234.56")
    assert isinstance(answer, Unread)
    assert answer.ambiguous
    assert answer.seen == "1,234.56"


def test_nothing_told_is_untold():
    assert read_notation() == UNTOLD
    assert UNTOLD.decimal_mark == "."
    assert Notation(number="1.234,56").decimal_mark == ","
    assert Notation(number="1'234.56").decimal_mark == "."
