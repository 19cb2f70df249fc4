"""Typed dates and times in the orders, separators and month names of a locale.

Decides whether a typed text is a day, a time, both, or a duration, and which number format shows
it: the parts that were typed, in their order, as wide as the locale writes them. The serial number
counts days since 1899-12-30, as Google's does. Has no clock: the current year, for a date typed
without one, comes from the caller.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sheetsync.localsheets.sheet_locale import SheetLocale
from sheetsync.localsheets.typed_numbers import NumberFormat

# Sheets counts days from 1899-12-30; the phantom 1900-02-29 of other spreadsheets is not counted.
EPOCH = date(1899, 12, 30)
SECONDS_A_DAY = 86400

_TWO_DIGIT_YEAR_TURNS_AT = 30
_PLAUSIBLE_YEARS = range(1900, 2100)
_LAST_MONTH = 12
_LONG_YEAR = 4
_DIGIT = re.compile(r"[0-9]")
_NUMERIC_DATE = re.compile(
    r"(?P<first>\d{1,4})(?P<mark>[./-]) ?(?P<second>\d{1,4})"
    r"(?:(?P=mark) ?(?P<third>\d{1,4})|(?P<stop>\.))?"
)
_TIME = re.compile(
    r"(?P<hour>\d{1,4})(?::(?P<minute>\d{1,4})(?::(?P<second>\d{1,4})(?P<part>[.,]\d{1,9})?)?)?"
    r"(?: ?(?P<half>[ap])\.?m?\.?)?",
    re.IGNORECASE,
)
_DAY_AND_TIME = re.compile(r"(?P<day>.*?\S),? +(?P<time>\d{1,2}(?::.*| ?[apAP]\.?[mM]?\.?))")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A day as typed: its serial number and the pattern that shows it the same way."""

    serial: int
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _TimeOfDay:
    """A time as typed.

    Attributes:
        share: Its share of a day, over 1 for a long duration.
        pattern: What shows it.
        is_duration: Whether it runs over a day or an hour, and so is no time of day.
        has_parts: Whether it was typed to parts of a second.
    """

    share: float
    pattern: str
    is_duration: bool
    has_parts: bool


def read_date_or_time(
    text: str, locale: SheetLocale, today: date
) -> tuple[float, NumberFormat] | None:
    """The serial number that a typed date or time is, with its number format; None for neither."""
    if _DIGIT.search(text) is None:
        return None
    day = _read_day(text, locale, today)
    if day is not None:
        return float(day.serial), {"type": "DATE", "pattern": day.pattern}
    time = _read_time(text, locale)
    if time is not None:
        return time.share, {"type": "TIME", "pattern": time.pattern}
    both = _DAY_AND_TIME.fullmatch(text)
    if both is None:
        return None
    day, time = _read_day(both["day"], locale, today), _read_time(both["time"], locale)
    if day is None or time is None or time.is_duration:
        return None
    pattern = f"{day.pattern} {time.pattern}"
    if time.has_parts:
        # Parts of a second have no pattern of their own: the whole falls back to the default.
        pattern = locale.default_patterns["DATE_TIME"]
    return day.serial + time.share, {"type": "DATE_TIME", "pattern": pattern}


def serial_of(day: date) -> int:
    """The whole days since 1899-12-30, negative before it."""
    return (day - EPOCH).days


def _read_time(text: str, locale: SheetLocale) -> _TimeOfDay | None:
    """Hours and minutes, with seconds, am or pm; 24 hours and more are a duration."""
    match = _TIME.fullmatch(text)
    if match is None or not (match["minute"] or match["half"]):
        return None
    part = match["part"] or ""
    if part and not part.startswith(locale.decimal):
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if match["half"]:
        if not 1 <= hour <= 12 or minute >= 60 or second >= 60:  # noqa: PLR2004 - a clock's face
            return None
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    seconds = hour * 3600 + minute * 60 + second + float(f"0.{part[1:] or 0}")
    # Minutes past 59 make a duration too, which Sheets carries over: 1234:1234 is 1254:34:00.
    runs_over = hour >= 24 or minute >= 60 or second >= 60  # noqa: PLR2004 - the clock's units
    pattern = "[h]:mm:ss" if runs_over else _time_pattern(match, locale)
    return _TimeOfDay(
        share=seconds / SECONDS_A_DAY,
        pattern=pattern,
        is_duration=runs_over,
        has_parts=bool(part),
    )


def _time_pattern(match: re.Match[str], locale: SheetLocale) -> str:
    """The parts that were typed, the hour as wide as the locale writes it."""
    if match["part"]:
        return locale.default_patterns["TIME"]
    pattern = "hh" if locale.two_digit_days and not match["half"] else "h"
    if match["minute"]:
        pattern += ":mm"
    if match["second"]:
        pattern += ":ss"
    return f"{pattern} am/pm" if match["half"] else pattern


def _read_day(text: str, locale: SheetLocale, today: date) -> _Day | None:
    """A day in numbers or with its month's name."""
    match = _NUMERIC_DATE.fullmatch(text)
    if match is not None:
        return _numeric_day(match, locale, today)
    return _worded_day(text, locale, today)


def _numeric_day(match: re.Match[str], locale: SheetLocale, today: date) -> _Day | None:
    """Two or three numbers between the locale's separators."""
    mark, first, second, third = match["mark"], match["first"], match["second"], match["third"]
    if mark not in locale.date_separators or (match["stop"] and mark != "."):
        return None
    if third is None:
        day = _two_numbers(first, second, mark, locale, today)
        if day is not None and match["stop"]:
            return _Day(serial=day.serial, pattern=f"{day.pattern}.")
        return day
    return _three_numbers((first, second, third), mark, locale)


def _three_numbers(parts: tuple[str, str, str], mark: str, locale: SheetLocale) -> _Day | None:
    """Year first when it has four digits, else the locale's order.

    24-01-31 is year first where the locale's order makes no day of it; 31/12/16 stays text there.
    """
    first, second, third = parts
    if len(second) > 2:  # noqa: PLR2004 - a year never stands in the middle
        return None
    if len(first) == _LONG_YEAR:
        return _ordered_day("ymd", parts, mark, locale)
    if len(first) > 2 or len(third) == 3:  # noqa: PLR2004 - no year has three digits
        return None
    day = _ordered_day("dmy" if locale.day_first else "mdy", parts, mark, locale)
    if day is None and mark == "-" and len(first) == len(third) == 2:  # noqa: PLR2004 - 24-01-31
        return _ordered_day("ymd", parts, mark, locale)
    return day


def _two_numbers(
    first: str, second: str, mark: str, locale: SheetLocale, today: date
) -> _Day | None:
    """Day and month of the current year, or a month with a four-digit year."""
    if len(first) <= 2 and len(second) <= 2:  # noqa: PLR2004 - day and month
        order = "dm" if locale.day_first else "md"
        return _ordered_day(order, (first, second), mark, locale, year=today.year)
    if len(second) == _LONG_YEAR and len(first) <= 2:  # noqa: PLR2004 - month and year
        order, year = "my", int(second)
    elif len(first) == _LONG_YEAR and len(second) <= 2 and mark != ".":  # noqa: PLR2004 - year, month
        order, year = "ym", int(first)
    else:
        return None
    if year not in _PLAUSIBLE_YEARS:
        return None
    return _ordered_day(order, (first, second), mark, locale)


def _ordered_day(
    order: str,
    parts: tuple[str, ...],
    mark: str,
    locale: SheetLocale,
    *,
    year: int = 0,
) -> _Day | None:
    """The day that numbers mean in one order, with the pattern of that order."""
    typed = dict(zip(order, parts, strict=True))
    width = 2 if locale.two_digit_days or order.startswith("y") else 1
    letters = {
        "y": "yyyy" if len(typed.get("y", "")) == _LONG_YEAR else "yy",
        "m": "m" * width,
        "d": "d" * width,
    }
    serial = _serial(
        year=_full_year(typed["y"]) if "y" in typed else year,
        month=int(typed["m"]),
        day=int(typed.get("d", 1)),
    )
    if serial is None:
        return None
    return _Day(serial=serial, pattern=mark.join(letters[part] for part in order))


def _worded_day(text: str, locale: SheetLocale, today: date) -> _Day | None:
    """A day with its month's name, before or after the number, with or without weekday and year."""
    for regex in _worded_patterns(locale):
        match = regex.fullmatch(text)
        if match is None:
            continue
        found = match.groupdict()
        month = _months_by_word(locale)[found["month"].lower().rstrip(".")]
        typed_year = found.get("year")
        serial = _serial(
            year=_full_year(typed_year) if typed_year else today.year,
            month=month,
            day=int(found.get("day") or 1),
        )
        if serial is not None:
            return _Day(serial=serial, pattern=_worded_pattern(match, locale))
    return None


def _worded_pattern(match: re.Match[str], locale: SheetLocale) -> str:
    """The typed text with its words and numbers replaced by their tokens."""
    found = match.groupdict()
    full = found["month"].lower() in (month.lower() for month in locale.months)
    tokens = {
        "weekday": "dddd"
        if (found["weekday"] or "").rstrip(".").lower() in _long_weekdays(locale)
        else "ddd",
        "day": "d",
        "month": "mmmm" if full else "mmm",
        "year": "yyyy" if len(found.get("year") or "") == _LONG_YEAR else "yy",
    }
    pattern, at = "", 0
    for name in sorted((name for name in tokens if found.get(name)), key=match.start):
        pattern += match.string[at : match.start(name)] + tokens[name]
        at = match.end(name)
    # The French "1er" keeps its ending, quoted as the literal text that it is.
    return (pattern + match.string[at:]).replace("der", 'd"er"')


@lru_cache(maxsize=16)
def _worded_patterns(locale: SheetLocale) -> tuple[re.Pattern[str], ...]:
    """The shapes of a date with a month's name."""
    words = sorted(_months_by_word(locale), key=len, reverse=True)
    month = rf"(?P<month>(?:{'|'.join(map(re.escape, words))})\.?)"
    weekdays = sorted(
        {*_long_weekdays(locale), *(day.lower().rstrip(".") for day in locale.short_weekdays)},
        key=len,
        reverse=True,
    )
    weekday = rf"(?:(?P<weekday>(?:{'|'.join(map(re.escape, weekdays))})\.?),? +)?"
    day, year = r"(?P<day>\d{1,2})", r"(?P<year>\d{4}|\d{2})"
    shapes = (
        rf"{weekday}{day}(?:(?P<first>er)|\.)?[ -]?{month}(?:(?:,? +|-){year})?",
        rf"{weekday}{month}[ -]?{day}(?:,? +{year})?",
        rf"{weekday}{month}[ -](?P<year>\d{{4}})",
    )
    return tuple(re.compile(shape, re.IGNORECASE) for shape in shapes)


@lru_cache(maxsize=16)
def _months_by_word(locale: SheetLocale) -> dict[str, int]:
    """Every spelling of a month, lower-cased and without its stop, with its number."""
    words = dict(locale.other_months)
    for names in (locale.short_months, locale.months):
        words.update({name.lower().rstrip("."): at for at, name in enumerate(names, start=1)})
    return words


def _long_weekdays(locale: SheetLocale) -> tuple[str, ...]:
    """The full names of the weekdays, lower-cased."""
    return tuple(day.lower() for day in locale.weekdays)


def _full_year(typed: str) -> int:
    """The year that one or two digits mean: 00 to 29 this century, 30 to 99 the last."""
    year = int(typed)
    if len(typed) > 2:  # noqa: PLR2004 - typed in full
        return year
    return year + (2000 if year < _TWO_DIGIT_YEAR_TURNS_AT else 1900)


def _serial(*, year: int, month: int, day: int) -> int | None:
    """The serial number of a day, None for one that no calendar has."""
    try:
        return serial_of(date(year, month, day))
    except ValueError:
        return None
