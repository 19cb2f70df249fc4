"""Calendar days, as people type them and as the sheet counts them."""

from datetime import date, timedelta

import pytest

from sheetsync.core.reading import UNTOLD, Notation, Unread, read_date, show_date

TODAY = date(2026, 3, 1)
DAY_FIRST = Notation(date="day-month")
MONTH_FIRST = Notation(date="month-day")
YEAR_FIRST = Notation(date="year-month-day")
THIRD_OF_APRIL = date(2026, 4, 3)


@pytest.mark.parametrize(
    "raw",
    [
        46115,
        46115.0,
        46115.75,
        20260403,
        "2026-04-03",
        "2026-4-3",
        "2026/04/03",
        "2026. 4. 3.",
        "2026 04 03",
        "20260403",
        "2026-04-03 14:30",
        "2026-04-03T00:00:00.000",
        "3.4.2026",
        "03.04.26",
        "3. 4. 2026",
        "3.4.",
        "3.4.2026 9:15",
        "3 Apr 2026",
        "3-Apr-26",
        "03-APR-2026",
        "3/Apr/2026",
        "3 Apr",
        "3. April 2026",
        "3 avr. 2026",
        "3 avril 2026",
        "3 de abril de 2026",
        "3 aprile 2026",
        "3 kwietnia 2026",
        "3 Nisan 2026",
        "3 Απριλίου 2026",
        "3 апреля 2026",
        "3rd of April 2026",
        "the 3rd April, 2026",
        "April 3, 2026",
        "April 3rd, 2026 2:30 PM",
        "Apr. 3 26",
        "Apr 3",
        "2026 Apr 3",
        "2026-Apr-03",
        "Fri 3 Apr 2026",
        "Fri. 3 Apr",
        "Friday, April 3, 2026",
        "Fr., 3.4.2026",
        "Freitag, den 3. April 2026",
        "Freitag, den 3.4.2026",
        "ven. 3 avril 2026",
        "Fri 3/4/26",
        "Fri 3/4",
        "2026\u5e744\u67083\u65e5",
        "4\u67083\u65e5",
        "2026\ub144 4\uc6d4 3\uc77c",
        "\uff12\uff10\uff12\uff16\uff0d\uff10\uff14\uff0d\uff10\uff13",
        "\u0663 Apr \u0662\u0660\u0662\u0666",
        "2026\u201104\u201103",
        " 3\u00a0Apr\u202f2026\u200b",
    ],
)
def test_a_day_with_one_reading_is_read(raw):
    assert read_date(raw, UNTOLD, TODAY) == THIRD_OF_APRIL


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("13/4", date(2026, 4, 13)),
        ("13/4/26", date(2026, 4, 13)),
        ("4/13/2026", date(2026, 4, 13)),
        ("4.13.2026", date(2026, 4, 13)),
        ("3/3/26", date(2026, 3, 3)),
        ("3/3", date(2026, 3, 3)),
        ("mar. 3 mars 2026", date(2026, 3, 3)),
        ("mar 3", date(2026, 3, 3)),
        ("do 2.4.2026", date(2026, 4, 2)),
        ("5. M\u00e4rz", date(2026, 3, 5)),
        ("5 Maerz 2026", date(2026, 3, 5)),
        ("5 ao\u00fbt 2026", date(2026, 8, 5)),
        ("5 aout 2026", date(2026, 8, 5)),
        ("5 Sept 2026", date(2026, 9, 5)),
        ("5. Februar", date(2026, 2, 5)),
        ("29 Feb 2028", date(2028, 2, 29)),
        ("2026 Apr 13", date(2026, 4, 13)),
        ("5 Mrz 2026", date(2026, 3, 5)),
        ("5. J\u00e4nner 2027", date(2027, 1, 5)),
        ("5. Jaenner 2027", date(2027, 1, 5)),
        ("5. Feber 2027", date(2027, 2, 5)),
        ("Tues 31 Mar", date(2026, 3, 31)),
        ("Weds 1 Apr", date(2026, 4, 1)),
        ("Thur 2 Apr", date(2026, 4, 2)),
        ("Thurs 2 Apr", date(2026, 4, 2)),
        ("Mar 24", date(2026, 3, 24)),
        ("Fri Mar 27", date(2026, 3, 27)),
        ("2003-04-03", date(2003, 4, 3)),
        ("2000-01-01", date(2000, 1, 1)),
        ("2100-12-31", date(2100, 12, 31)),
        ("1.3.2025", date(2025, 3, 1)),
        ("1.3.2036", date(2036, 3, 1)),
        # Either year is far away; the weekday tells which.
        ("Wed 3 Sep", date(2025, 9, 3)),
        ("Thu 3 Sep", date(2026, 9, 3)),
    ],
)
def test_a_day_is_taken_as_meant(raw, day):
    assert read_date(raw, UNTOLD, TODAY) == day


@pytest.mark.parametrize("raw", [None, "", " \u00a0", "\u200b"])
def test_a_blank_is_none(raw):
    assert read_date(raw, UNTOLD, TODAY) is None


@pytest.mark.parametrize(
    ("raw", "advice"),
    [
        ("3/4", "3/4: 3 April or 4 March? Write 2026-04-03 or 2026-03-04."),
        ("3/4/26", "3/4/26: 3 April or 4 March? Write 2026-04-03 or 2026-03-04."),
        ("3-4-2026", "3-4-2026: 3 April or 4 March? Write 2026-04-03 or 2026-03-04."),
        ("3 4 2026", "3 4 2026: 3 April or 4 March? Write 2026-04-03 or 2026-03-04."),
        ("3.4", "3.4: 3 April or 4 March? Write 2026-04-03 or 2026-03-04."),
        (
            "3/4/2026 10:00",
            "3/4/2026 10:00: 3 April or 4 March? Write 2026-04-03 or 2026-03-04.",
        ),
        (
            "26/04/27",
            "26/04/27: 26 April 2027 or 27 April 2026? Write 2027-04-26 or 2026-04-27.",
        ),
        (
            "3 Sep",
            "3 Sep: 3 September 2025 or 3 September 2026? Write 2025-09-03 or 2026-09-03.",
        ),
        (
            "3 listopad 2026",
            "3 listopad 2026: 3 October or 3 November? Write 2026-10-03 or 2026-11-03.",
        ),
        (
            "Apr 26",
            "Apr 26: 26 April, or the month April 2026? Write the day like 2026-04-26.",
        ),
        (
            "Apr 25",
            "Apr 25: 25 April, or the month April 2025? Write the day like 2026-04-25.",
        ),
        ("6/4/27", "6/4/27: 6 April or 4 June? Write 2027-04-06 or 2027-06-04."),
        ("Thu 3 Apr 2026", "3 Apr 2026 is a Friday. Write the day you mean: 2026-04-03."),
        ("3 Apr 2003", "This is 3 Apr 2003, far from today. If so, write 2003-04-03."),
        ("27.2.2025", "This is 27 Feb 2025, far from today. If so, write 2025-02-27."),
        ("3.3.2036", "This is 3 Mar 2036, far from today. If so, write 2036-03-03."),
        ("1/1/1999", "This is 1 Jan 1999, far from today. Write a day like 2026-04-03."),
        ("1999-01-01", "This is 1 Jan 1999, far from today. Write a day like 2026-04-03."),
        ("2101-01-01", "This is 1 Jan 2101, far from today. Write a day like 2026-04-03."),
    ],
)
def test_a_day_with_two_readings_or_far_away_is_asked_about(raw, advice):
    answer = read_date(raw, UNTOLD, TODAY)
    assert isinstance(answer, Unread)
    assert answer.expected == "a date such as 2026-04-03"
    assert (answer.advice, answer.ambiguous) == (advice, True)


@pytest.mark.parametrize(
    ("raw", "notation", "day"),
    [
        ("3/4", DAY_FIRST, THIRD_OF_APRIL),
        ("3/4/26", DAY_FIRST, THIRD_OF_APRIL),
        ("3-4-2026", DAY_FIRST, THIRD_OF_APRIL),
        ("3.4", DAY_FIRST, THIRD_OF_APRIL),
        ("28.04.27", DAY_FIRST, date(2027, 4, 28)),
        ("4/3", MONTH_FIRST, THIRD_OF_APRIL),
        ("4/3/26", MONTH_FIRST, THIRD_OF_APRIL),
        ("4/27/28", MONTH_FIRST, date(2028, 4, 27)),
        ("26/04/03", YEAR_FIRST, THIRD_OF_APRIL),
        ("28-04-27", YEAR_FIRST, date(2028, 4, 27)),
        ("13/4", YEAR_FIRST, date(2026, 4, 13)),
        ("3 April 2026", YEAR_FIRST, THIRD_OF_APRIL),
        ("2026-04-03", MONTH_FIRST, THIRD_OF_APRIL),
        ("20260403", DAY_FIRST, THIRD_OF_APRIL),
        ("April 3", DAY_FIRST, THIRD_OF_APRIL),
    ],
)
def test_a_told_notation_settles_it(raw, notation, day):
    assert read_date(raw, notation, TODAY) == day


@pytest.mark.parametrize(
    ("raw", "notation", "advice"),
    [
        (
            "4/13/2026",
            DAY_FIRST,
            "Your dates are noted as day before month, and this is not. Write 2026-04-13.",
        ),
        (
            "13/4",
            MONTH_FIRST,
            "Your dates are noted as month before day, and this is not. Write 2026-04-13.",
        ),
        (
            "26/04/03",
            MONTH_FIRST,
            (
                "Your dates are noted as month before day, and this is not. "
                "Write 2003-04-26 or 2026-04-03."
            ),
        ),
        (
            "3.4.2026",
            MONTH_FIRST,
            (
                "Your dates are noted as month before day, and this is not. "
                "Write 2026-04-03 or 2026-03-04."
            ),
        ),
        (
            "3/4/2026",
            YEAR_FIRST,
            (
                "Your dates are noted as year-month-day, and this is not. "
                "Write 2026-04-03 or 2026-03-04."
            ),
        ),
        ("3/4", YEAR_FIRST, "3/4: 3 April or 4 March? Write 2026-04-03 or 2026-03-04."),
        (
            "Thu 3/4/26",
            DAY_FIRST,
            "3 Apr 2026 is a Friday. Write the day you mean: 2026-04-03.",
        ),
    ],
)
def test_a_day_against_the_told_notation_is_asked_about(raw, notation, advice):
    answer = read_date(raw, notation, TODAY)
    assert isinstance(answer, Unread)
    assert (answer.advice, answer.ambiguous) == (advice, True)


@pytest.mark.parametrize(
    ("raw", "part_of_advice"),
    [
        ("31/2", "There is no 31 February."),
        ("31/2/2026", "There is no 31 February 2026."),
        ("30 Feb 2026", "There is no 30 February 2026."),
        ("2026-02-30", "There is no 30 February 2026."),
        ("99/04/31", "There is no 31 April 99."),
        ("29.2.2027", "There is no 29 February 2027."),
        ("29/2", "There is no 29 February."),
        ("2026-13-01", "There is no such day."),
        ("32/1/2026", "There is no such day."),
        ("0/1/2026", "There is no such day."),
        ("2026-00-10", "There is no such day."),
        ("32/13/2026", "There is no such day."),
        ("Apr 2026", "Which day of the month?"),
        ("April", "No day is found"),
        ("04/2026", "Which day of the month?"),
        ("2026-04", "Which day of the month?"),
        ("asap", "No day is found"),
        ("KW 14", "No day is found"),
        ("Friday", "No day is found"),
        ("Friday next", "No day is found"),
        ("3-5 April 2026", "No day is found"),
        ("3 Apr or 4 Apr", "No day is found"),
        ("3 apr\u00bd 2026", "No day is found"),
        ("3 apr \u00b2\u00b2", "No day is found"),
        ("3 Apr 20261", "No day is found"),
        ("3 Apr ?", "No day is found"),
        ("3 4 5 Apr", "No day is found"),
        ("2026-04-03T22:00:00Z", "No day is found"),
        ("3/4-2026", "No day is found"),
        ("2026", "No day is found"),
        ("3", "No day is found"),
        ("\U0001f381", "No day is found"),
        ("3\u0664 Apr", "two scripts"),
        ("#N/A", "formula in this cell fails"),
        ("=TODAY()", "This is a formula"),
        ("\u202e2026-04-03", "turned around"),
        (True, "tick box"),
        (0, "This is the number 0,"),
        (0.5, "This is the number 0.5,"),
        (-3, "This is the number -3,"),
        (42, "This is the number 42,"),
        (2026, "This is the number 2026,"),
        (2958465, "This is the number 2958465,"),
        (2958466, "This is the number 2958466,"),
        (20260230, "This is the number 20260230,"),
        (19990101, "This is the number 19990101,"),
        (1e400, "This is the number inf,"),
        (float("nan"), "This is the number nan,"),
        pytest.param(10**5000, "This is the number a number of", id="5000 digits"),
    ],
)
def test_what_is_no_day_says_so(raw, part_of_advice):
    answer = read_date(raw, UNTOLD, TODAY)
    assert isinstance(answer, Unread)
    assert part_of_advice in answer.advice
    assert not answer.ambiguous


def test_the_nearest_year_is_taken_around_new_year():
    assert read_date("13 Jan", UNTOLD, date(2026, 12, 20)) == date(2027, 1, 13)
    assert read_date("20 Dec", UNTOLD, date(2027, 1, 13)) == date(2026, 12, 20)
    assert read_date("29 Feb", UNTOLD, date(2027, 12, 1)) == date(2028, 2, 29)


def test_a_year_is_clear_up_to_five_months_away():
    assert read_date("29 Jul", UNTOLD, TODAY) == TODAY + timedelta(days=150)
    assert isinstance(read_date("30 Jul", UNTOLD, TODAY), Unread)
    assert read_date("2 Oct", UNTOLD, TODAY) == TODAY - timedelta(days=150)
    assert isinstance(read_date("1 Oct", UNTOLD, TODAY), Unread)


@pytest.mark.parametrize(
    ("days", "near"), [(-367, False), (-366, True), (3653, True), (3654, False)]
)
def test_a_year_back_to_ten_years_ahead_is_plausible(days, near):
    day = TODAY + timedelta(days=days)
    assert (read_date(f"{day:%d.%m.%Y}", UNTOLD, TODAY) == day) is near
    assert (read_date((day - date(1899, 12, 30)).days, UNTOLD, TODAY) == day) is near


def test_the_sheets_calendar_has_a_first_and_a_last_day():
    assert read_date(1, UNTOLD, date(1900, 1, 1)) == date(1899, 12, 31)
    assert isinstance(read_date(0.99, UNTOLD, date(1900, 1, 1)), Unread)
    assert read_date(2958465.5, UNTOLD, date(9999, 12, 1)) == date(9999, 12, 31)
    assert isinstance(read_date(2958466, UNTOLD, date(9999, 12, 1)), Unread)


def test_a_two_digit_year_is_the_closest_one():
    assert read_date("3.5.01", UNTOLD, date(2099, 12, 1)) == date(2101, 5, 3)
    assert read_date("3 May 99", UNTOLD, date(2100, 1, 1)) == date(2099, 5, 3)


def test_fifty_thousand_characters_are_cut():
    answer = read_date("3 Apr 2026 " * 5000, UNTOLD, TODAY)
    assert isinstance(answer, Unread)
    assert len(answer.seen) <= 60


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 4, 3), "Fri 3 Apr 2026"),
        (date(2026, 12, 31), "Thu 31 Dec 2026"),
    ],
)
def test_a_day_is_shown_with_its_weekday_and_month_in_letters(day, shown):
    assert show_date(day) == shown
