"""Laws of reading: nothing raises, no second reading is overlooked, what is written reads back."""

import re
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.reading import (
    UNTOLD,
    Amount,
    Identifier,
    Notation,
    Quantity,
    Unread,
    normalise_key,
    read_choice,
    read_date,
    read_flag,
    read_identifier,
    read_money,
    read_notation,
    read_percent,
    read_quantity,
    read_quantity_with_unit,
    read_text,
    show_date,
    show_number,
)

TODAY = date(2026, 3, 1)
NUMBER_NOTATIONS = ("1,234.56", "1.234,56", "1 234,56", "1'234.56")
DATE_NOTATIONS = ("day-month", "month-day", "year-month-day")
WORDS = {"accept": ["ok", "accepted"], "reject": ["no"], "propose": []}

notations = st.builds(
    Notation,
    number=st.sampled_from([None, *NUMBER_NOTATIONS]),
    date=st.sampled_from([None, *DATE_NOTATIONS]),
)
values = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**20), 10**20),
    st.integers(0, 8),
)
# Digits, marks, signs, units, months and what hides between them, more tangled than any typist.
SIGNS = "0123456789.,'-+/()% :eE#=\n\u00a0\u202f\u200b\u200f\u202e\u2019\u2212\u2013\u0663\uff11"
MORE_SIGNS = "\u00b2\u00bd\u066b$\u20ac\u5e74\u6708\u65e5\ud800"
SCRAPS = ["EA", "kg", "EUR", "Fr", "Apr", "mar", "M\u00e4rz", "2026", "26", "Fri", "de", "rd"]
tangled = st.lists(st.sampled_from([*SIGNS, *MORE_SIGNS, *SCRAPS]), max_size=14).map("".join)
surrogates_too = st.text(st.characters(codec=None), max_size=80)
raw_cells = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), surrogates_too, tangled)
numberlike = st.from_regex(r"-?[0-9]{0,4}([.,' ][0-9]{1,4}){0,3}", fullmatch=True)
datelike = st.from_regex(
    r"[0-9]{1,2}[./\- ][0-9]{1,2}([./\- ]([0-9]{1,2}|20[0-9]{2}))?\.?", fullmatch=True
)
days_near = st.dates(TODAY - timedelta(days=366), TODAY + timedelta(days=3653))


def written(value, notation, *, grouped):
    """Write a number as its typist does; an independent writer, by slices of three digits."""
    sign, whole, decimals = re.fullmatch(r"(-?)(\d+)\.?(\d*)", format(value, "f")).groups()
    if grouped:
        first = len(whole) % 3 or 3
        slices = [whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))]
        whole = notation[1].join(slices)
    return sign + whole + (notation[-3] + decimals if decimals else "")


@given(raw_cells, notations)
@example(1e400, UNTOLD)
@example("9" * 50_000, UNTOLD)
@example("#REF!", UNTOLD)
@example("\U0001f469\u200d\U0001f527", UNTOLD)
@example("\u05e9\u05dc\u05d5\u05dd 12", UNTOLD)
def test_no_value_makes_a_reader_raise(raw, notation):
    answers = [
        read_quantity(raw, notation),
        read_quantity_with_unit(raw, notation),
        read_money(raw, notation),
        read_percent(raw, notation),
        read_date(raw, notation, TODAY),
        read_identifier(raw),
        read_choice(raw, WORDS),
        read_flag(raw),
        read_text(raw),
        read_notation(raw),
    ]
    kinds = (Decimal, Quantity, Amount, date, Identifier, str, bool, Notation, type(None))
    for answer in answers:
        assert isinstance(answer, (*kinds, Unread))
        if isinstance(answer, Unread):
            assert len(answer.seen) <= 60
            assert 10 < len(answer.advice) < 400
            # Every answer can be stored, mailed and shown in one line.
            assert f"{answer.seen}{answer.expected}{answer.advice}".encode()
            assert "\n" not in answer.seen + answer.advice


@given(values, st.sampled_from(NUMBER_NOTATIONS), st.booleans())
def test_every_number_written_in_a_notation_reads_back_the_same(value, notation, grouped):
    text = written(value, notation, grouped=grouped)
    told = Notation(number=notation)
    assert read_quantity(text, told) == value
    assert read_quantity_with_unit(f"{text} kg", told) == Quantity(value=value, unit="kg")
    assert read_money(f"\u20ac {text}", told) == Amount(value=value, currency="EUR")
    assert read_percent(f"{text} %", told) == value


@given(values, st.sampled_from(NUMBER_NOTATIONS), st.booleans())
def test_without_a_notation_a_number_is_read_right_or_asked_about(value, notation, grouped):
    answer = read_quantity(written(value, notation, grouped=grouped), UNTOLD)
    assert answer == value or (isinstance(answer, Unread) and answer.ambiguous)


@given(numberlike)
@example("1,234")
@example("1.234")
@example("-12.500")
def test_a_number_readable_in_two_ways_is_never_returned(text):
    readings = {read_quantity(text, Notation(number=told)) for told in NUMBER_NOTATIONS}
    numbers = {reading for reading in readings if isinstance(reading, Decimal)}
    answer = read_quantity(text, UNTOLD)
    if len(numbers) > 1:
        assert isinstance(answer, Unread)
        assert answer.ambiguous
    elif isinstance(answer, Decimal):
        assert numbers <= {answer}


@given(numberlike, notations)
@example("1,234", UNTOLD)
def test_the_advised_forms_of_a_number_are_readable(text, notation):
    answer = read_quantity(text, notation)
    if isinstance(answer, Unread) and answer.ambiguous:
        forms = re.fullmatch(r".* Write (.+)\.", answer.advice)[1].split(" or ")
        again = [read_quantity(form, notation) for form in forms]
        assert all(isinstance(value, Decimal) for value in again)
        assert len({*again}) == len(forms)


@given(st.floats(-1e15, 1e15, exclude_min=True, exclude_max=True))
def test_a_number_cell_is_the_shortest_decimal_of_its_double(number):
    answer = read_quantity(number, UNTOLD)
    if isinstance(answer, Decimal):
        assert float(answer) == number
        assert answer == Decimal(repr(number))
    else:
        assert 0 < abs(number) < 1e-9


@given(values)
def test_a_shown_number_is_plain_and_the_same(value):
    shown = show_number(value)
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", shown)
    assert Decimal(shown) == value


@given(days_near, notations)
def test_every_day_written_unmistakably_reads_back_the_same(day, notation):
    for text in (
        day.isoformat(),
        day.isoformat() + " 08:30",
        show_date(day),
        f"{day.day}. {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        (day - date(1899, 12, 30)).days,
        (day - date(1899, 12, 30)).days + 0.75,
    ):
        assert read_date(text, notation, TODAY) == day


@given(days_near, st.sampled_from("/-. "), st.sampled_from(["%Y", "%y"]))
def test_every_day_written_in_a_notation_reads_back_the_same(day, between, year):
    formats = {
        "day-month": f"%d{between}%m{between}{year}",
        "year-month-day": f"{year}{between}%m{between}%d",
    }
    if between != ".":
        formats["month-day"] = f"%m{between}%d{between}{year}"
    for told, form in formats.items():
        assert read_date(day.strftime(form), Notation(date=told), TODAY) == day


@given(datelike)
@example("3/4")
@example("3/4/26")
@example("26-04-27")
def test_a_day_readable_in_two_ways_is_never_returned(text):
    readings = [read_date(text, Notation(date=told), TODAY) for told in DATE_NOTATIONS]
    days = {reading for reading in readings if isinstance(reading, date)}
    answer = read_date(text, UNTOLD, TODAY)
    if len(days) > 1:
        assert isinstance(answer, Unread)
        assert answer.ambiguous
    elif isinstance(answer, date):
        assert days <= {answer}


@given(datelike, notations, st.dates(date(2001, 1, 1), date(2089, 1, 1)))
def test_the_advised_days_are_readable(text, notation, today):
    answer = read_date(text, notation, today)
    if isinstance(answer, Unread) and answer.ambiguous:
        forms = re.findall(r"\d{4}-\d{2}-\d{2}", answer.advice)
        assert forms
        for form in forms:
            assert read_date(form, notation, today) == date.fromisoformat(form)


@given(st.one_of(tangled, surrogates_too))
def test_folding_a_key_twice_changes_nothing_more(text):
    assert normalise_key(normalise_key(text)) == normalise_key(text)


@given(st.from_regex(r"[A-Za-z0-9]{1,6}(-[A-Za-z0-9]{1,6}){0,2}", fullmatch=True), st.data())
def test_case_dashes_and_spaces_do_not_make_another_key(key, data):
    dash = data.draw(st.sampled_from("-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"))
    space = data.draw(st.sampled_from(["", " ", "\u00a0", "\u202f", "\u200b", "\t"]))
    other = space + key.swapcase().replace("-", space + dash) + space
    assert normalise_key(other) == normalise_key(key)


@given(st.from_regex(r"0{0,3}[A-Za-z0-9]{1,10}", fullmatch=True))
def test_an_identifier_keeps_every_character(text):
    assert read_identifier(f" {text}\u00a0") == Identifier(text=text)
