"""Dates as people type them and as the sheet counts them.

A typed date is taken only when one reading is left: its shape may allow several orders of day
and month (`day_texts`), the supplier's notation and a typed weekday settle which. A day far from
today, or one whose year is not clear, is asked about; a full ISO day between 2000 and 2100 is
always taken at its word.

Today is an argument; there is no clock here. Never: guesses an order, or moves a day that does
not exist to one that does.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from sheetsync.core.reading.cells import (
    RawCell,
    Unread,
    either,
    fold_digits,
    seen_as,
    ticked,
    typed_text,
    unread,
)
from sheetsync.core.reading.day_texts import DayText, Written, read_day_text
from sheetsync.core.reading.notation import DateNotation, Notation
from sheetsync.core.reading.showing import MONTHS, WEEKDAYS, show_day

EXPECTED_DATE: Final = "a date such as 2026-04-03"
# Sheets counts days from here; the phantom 1900-02-29 of other spreadsheets does not exist in it.
_DAY_ZERO: Final = date(1899, 12, 30)
_LAST_SERIAL: Final = 2_958_465  # 9999-12-31
# A full ISO day in these years is meant, and only such a day is ever advised.
_CENTURY: Final = range(2000, 2101)
_LONGEST_MONTH: Final = 31
_DAYS_BACK: Final = 366
_DAYS_AHEAD: Final = 3653
# A day and month without a year lie at most half a year from today one way or the other. Up to
# five months away the year is clear; between five and seven, either year may be meant.
_CLEAR_YEAR_DAYS: Final = 150
_PATTERNS: Final[dict[DateNotation, str]] = {
    "day-month": "day before month",
    "month-day": "month before day",
    "year-month-day": "year-month-day",
}


def read_date(raw: RawCell, notation: Notation, today: date) -> date | Unread | None:
    """Read a calendar day; a blank is None, a time of day beside it is dropped.

    Args:
        raw: A serial number of the sheet, or typed text.
        notation: How its typist orders day and month.
        today: The day of the reading, which settles missing years and centuries.
    """
    if raw is None:
        return None
    if isinstance(raw, bool):
        return ticked(raw, EXPECTED_DATE)
    if not isinstance(raw, str):
        return _from_number(raw, today)
    text = typed_text(raw, EXPECTED_DATE)
    if not isinstance(text, str):
        return text
    plain = fold_digits(text)
    if plain is None:
        return _refuse(raw, "This mixes digits of two scripts. Write it like 2026-04-03.")
    return _full_iso(plain) or _from_text(raw, plain, notation, today)


def _refuse(raw: RawCell, advice: str) -> Unread:
    return unread(raw, EXPECTED_DATE, advice)


def _ask(raw: RawCell, advice: str) -> Unread:
    return unread(raw, EXPECTED_DATE, advice, ambiguous=True)


def _full_iso(text: str) -> date | None:
    """A day written in full by ISO 8601 is meant, however far away, in this century."""
    if len(text) != len("2026-04-03") or text[4] + text[7] != "--":
        return None
    day = _existing(text[:4], text[5:7], text[8:])
    return day if day and day.year in _CENTURY else None


def _existing(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _from_number(raw: float, today: date) -> date | Unread:
    if 1 <= raw < _LAST_SERIAL + 1:
        day = _DAY_ZERO + timedelta(days=int(raw))
        if _is_near(day, today):
            return day
    digits = seen_as(raw)
    # 20260403 as a number is no serial: the sheet's calendar ends before it.
    written = read_day_text(digits).readings if len(digits) == len("yyyymmdd") else ()
    days = [day for one in written for day in _days_of(one, today)]
    if days and _is_near(days[0], today):
        return days[0]
    return _refuse(
        raw, f"This is the number {digits}, no day near today. Write it like 2026-04-03."
    )


def _from_text(raw: str, text: str, notation: Notation, today: date) -> date | Unread:
    said = read_day_text(text)
    if not said.readings:
        if said.month_only:
            return _refuse(raw, "Which day of the month? Write it like 2026-04-03.")
        return _refuse(raw, "No day is found here. Write it like 2026-04-03.")
    existing = [one for one in said.readings if _days_of(one, today)]
    if not existing:
        return _refuse(raw, _no_such_day(said.readings))
    told = _as_told(existing, said, notation.date, today)
    if not told:
        return _ask_beside_notation(raw, existing, notation.date, today)
    days = _ordered(day for one in told for day in _days_of(one, today))
    return _settle(raw, days, said, today)


def _settle(raw: str, days: list[date], said: DayText, today: date) -> date | Unread:
    """Take the one day that is left, or ask."""
    fitting = [day for day in days if not said.weekdays or day.weekday() in said.weekdays]
    if not fitting:
        real = f"{show_day(days[0])} is a {WEEKDAYS[days[0].weekday()]}"
        return _ask(raw, f"{real}. Write the day you mean: {_forms(days)}.")
    if len(fitting) > 1:
        return _ask(raw, _which(raw, fitting))
    day = fitting[0]
    if (
        said.month_only
        and not said.weekdays
        and _is_near(date(2000 + day.day, day.month, 1), today)
    ):
        month = MONTHS[day.month - 1]
        meant = f"{day.day} {month}, or the month {month} {2000 + day.day}"
        return _ask(raw, f"{seen_as(raw)}: {meant}? Write the day like {_forms(fitting)}.")
    if not _is_near(day, today):
        sure = "If so, write" if day.year in _CENTURY else "Write"
        return _ask(raw, f"This is {show_day(day)}, far from today. {sure} {_forms(fitting)}.")
    return day


def _which(raw: str, days: list[date]) -> str:
    same_year = len({day.year for day in days}) == 1
    names = [
        f"{day.day} {MONTHS[day.month - 1]}" + ("" if same_year else f" {day.year}") for day in days
    ]
    return f"{seen_as(raw)}: {either(*names)}? Write {_forms(days)}."


def _forms(days: list[date]) -> str:
    """The days as they can be typed, each with one reading; an example where none is near."""
    forms = [day.isoformat() for day in days if day.year in _CENTURY]
    return either(*forms) if forms else "a day like 2026-04-03"


def _as_told(
    existing: list[Written], said: DayText, told: DateNotation | None, today: date
) -> list[Written]:
    """The readings that the notation allows; none when the text contradicts it.

    Without a notation all count, but two: dots never part a month from a day after it where the
    day can stand first, and a year of two digits stands first only where that gives a day near
    today (13/4/26 is not 2013).
    """
    orders = {one.order for one in existing}
    if None in orders:
        return existing
    if said.dotted and "day-month" in orders and told != "year-month-day":
        existing = [one for one in existing if one.order != "month-day"]
    year_typed = bool(existing[0].year)
    if told and (told != "year-month-day" or year_typed):
        return [one for one in existing if one.order == told]
    return [
        one
        for one in existing
        if one.order != "year-month-day" or any(_is_near(d, today) for d in _days_of(one, today))
    ] or existing


def _ask_beside_notation(
    raw: str, existing: list[Written], told: DateNotation | None, today: date
) -> Unread:
    days = _ordered(day for one in existing for day in _days_of(one, today))
    pattern = _PATTERNS[told] if told else ""
    return _ask(raw, f"Your dates are noted as {pattern}, and this is not. Write {_forms(days)}.")


def _no_such_day(readings: tuple[Written, ...]) -> str:
    for one in readings:
        if 1 <= one.month <= len(MONTHS) and 1 <= one.day <= _LONGEST_MONTH:
            named = f"{one.day} {MONTHS[one.month - 1]} {one.year}".rstrip()
            return f"There is no {named}. Write an existing day like 2026-04-03."
    return "There is no such day. Write it like 2026-04-03."


def _ordered(days: Iterable[date]) -> list[date]:
    return list(dict.fromkeys(days))


def _days_of(one: Written, today: date) -> list[date]:
    """The existing days that one reading may mean: several only where its year is not clear."""
    if one.year:
        day = _existing(_full_year(one.year, today), one.month, one.day)
        return [day] if day else []
    around = (today.year - 1, today.year, today.year + 1)
    found = [day for year in around if (day := _existing(year, one.month, one.day))]
    found.sort(key=lambda day: abs((day - today).days))
    if found and abs((found[0] - today).days) <= _CLEAR_YEAR_DAYS:
        return found[:1]
    return sorted(found[:2])


def _full_year(typed: str, today: date) -> int:
    """The year; one of two digits in the century that brings it closest to today."""
    if len(typed) != len("yy"):
        return int(typed)
    century = today.year // 100 * 100
    years = (century + hundred + int(typed) for hundred in (-100, 0, 100))
    return min(years, key=lambda year: abs(year - today.year))


def _is_near(day: date, today: date) -> bool:
    """A year back to ten years ahead is plausible for anything that is ordered."""
    return -_DAYS_BACK <= (day - today).days <= _DAYS_AHEAD
