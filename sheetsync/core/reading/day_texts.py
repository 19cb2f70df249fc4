"""What a typed date may say: every order of day, month and year that its text allows.

This module knows the shapes (3/4/26, 3. April 2026, April 3, 2026-04-03); `dates` knows the
calendar, today, and which of several readings may be acted on.

Never: drops a reading because it is unlikely, except where nobody in any country writes so.
"""

import re
from dataclasses import dataclass
from typing import Final

from sheetsync.core.reading.month_names import months_of, plain_name, weekdays_of
from sheetsync.core.reading.notation import DateNotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Day, month and year as one reading of a text has them; the year as typed, "" for none."""

    day: int
    month: int
    year: str = ""
    order: DateNotation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayText:
    """All that a text may say.

    Attributes:
        readings: Every order that its shape allows, existing days or not; empty when no date.
        weekdays: The weekdays, Monday 0, that its first word names; empty when none was typed.
        dotted: Whether dots part its day, month and year: no country writes the month first so.
        month_only: Whether it may name a whole month and no day: April 2026, 04/2026, Apr 26.
    """

    readings: tuple[Written, ...] = ()
    weekdays: frozenset[int] = frozenset()
    dotted: bool = False
    month_only: bool = False


NOTHING: Final = DayText()

_TIME: Final = re.compile(r"(?:t| |, ?)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?$")
_LEADING_WORD: Final = re.compile(r"(?P<word>[^\W\d_]+)[., ]+(?P<rest>.+)")
# 20260403; 2026-04-03, 2026. 4. 3.; and the East Asian day, with or without its year. Nobody
# writes the day before the month in any of them.
_YEAR_MONTH_DAY: Final = (
    re.compile(r"(?P<year>(?:19|20|21)\d{2})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(
        r"(?P<year>\d{4}) ?(?P<between>[./\- ]) ?(?P<month>\d{1,2}) ?(?P=between) ?"
        r"(?P<day>\d{1,2})\.?"
    ),
    re.compile(
        r"(?:(?P<year>\d{4}) ?[年년] ?)?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日号號일]"
    ),
)
_THREE_PARTS: Final = re.compile(r"(\d{1,2}) ?([./\- ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})\.?")
_TWO_PARTS: Final = re.compile(r"(\d{1,2}) ?([./-]) ?(\d{1,2})(\.?)")
_MONTH_AND_YEAR: Final = re.compile(r"\d{1,2} ?[./\- ] ?\d{4}|\d{4} ?[./\- ] ?\d{1,2}")
_WORDS: Final = re.compile(r"\d+|[^\W\d_]+")
_BETWEEN_WORDS: Final = re.compile(r"[ .,/'\u2019°-]*")
_FILLERS: Final = frozenset(
    ["the", "of", "de", "del", "den", "der", "dem", "am", "le", "la", "el", "di", "do"]
)
_ORDINALS: Final = frozenset(["st", "nd", "rd", "th", "er", "re", "eme", "e", "o", "a"])


def read_day_text(text: str) -> DayText:
    """List what a text may say.

    Args:
        text: Visible text in one line, digits 0 to 9.

    Returns:
        The readings; `NOTHING` where the text has the shape of no date.
    """
    lower = _TIME.sub("", text.lower())
    plain = _shape(lower)
    leading = _LEADING_WORD.fullmatch(lower)
    weekdays = weekdays_of(leading["word"]) if leading else frozenset()
    # "mar" is March in English and Tuesday in French: whatever reads as a date at once is one.
    if not leading or not weekdays or plain.readings:
        return plain
    rest = _shape(_without_fillers(leading["rest"]))
    return DayText(
        readings=rest.readings, weekdays=weekdays, dotted=rest.dotted, month_only=rest.month_only
    )


def _without_fillers(text: str) -> str:
    """Freitag, den 3.4.2026 -> 3.4.2026."""
    leading = _LEADING_WORD.fullmatch(text)
    return leading["rest"] if leading and plain_name(leading["word"]) in _FILLERS else text


def _shape(text: str) -> DayText:
    if _MONTH_AND_YEAR.fullmatch(text):
        return DayText(month_only=True)
    for settled in _YEAR_MONTH_DAY:
        found = settled.fullmatch(text)
        if found:
            return _one(found["year"] or "", found["month"], found["day"])
    three = _THREE_PARTS.fullmatch(text)
    if three:
        return _three_parts(three[1], three[3], three[4], dotted=three[2] == ".")
    two = _TWO_PARTS.fullmatch(text)
    if two:
        # 3.4. with its closing dot is German, 3.4 may be anything.
        return _two_parts(two[1], two[3], dotted=two[2] == two[4] == ".")
    return _with_month_name(text)


def _one(year: str, month: str, day: str) -> DayText:
    return DayText(readings=(Written(day=int(day), month=int(month), year=year),))


def _two_parts(first: str, second: str, *, dotted: bool, year: str = "") -> DayText:
    one, two = int(first), int(second)
    return DayText(
        readings=(
            Written(day=one, month=two, year=year, order="day-month"),
            Written(day=two, month=one, year=year, order="month-day"),
        ),
        dotted=dotted,
    )


def _three_parts(first: str, second: str, last: str, *, dotted: bool) -> DayText:
    found = _two_parts(first, second, dotted=dotted, year=last)
    # The year may stand first only where it can be told from a day: 26/04/03, not 6/4/03.
    if len(last) == len("yyyy") or len(first) != len("yy"):
        return found
    year_first = Written(day=int(last), month=int(second), year=first, order="year-month-day")
    return DayText(readings=(*found.readings, year_first), dotted=dotted)


def _with_month_name(text: str) -> DayText:
    """Read 3 Apr 2026, 3. April, April 3rd, 2026, 3 de abril de 2026, 2026 Apr 3."""
    if not re.fullmatch(_BETWEEN_WORDS, _WORDS.sub("", text)):
        return NOTHING
    words = [word for word in _WORDS.findall(text) if plain_name(word) not in _FILLERS]
    parts = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if not (before.isdecimal() and plain_name(word) in _ORDINALS)
    ]
    named = [part for part in parts if not part.isdecimal()]
    # Letters only: to patterns ½ is a word character, and "apr½" is no month.
    if len(named) != 1 or not named[0].isalpha():
        return NOTHING
    numbers = [part for part in parts if part.isdecimal()]
    months = sorted(months_of(named[0]))
    return _around_name(months, numbers, parts.index(named[0])) if months else NOTHING


def _around_name(months: list[int], numbers: list[str], place: int) -> DayText:
    """Tell day and year from the numbers around a month's name, by their place and length."""
    lengths = [len(number) for number in numbers]
    match (place, lengths):
        case (1, [4, (1 | 2)]):
            return _named(months, numbers[1], numbers[0])
        case (0 | 1, [(1 | 2), (2 | 4)]):
            return _named(months, numbers[0], numbers[1])
        case (0 | 1, [4]):
            return DayText(month_only=True)
        case (0, [2]):
            # "Apr 26" is how spreadsheets write the month April 2026.
            return _named(months, numbers[0], "", month_only=True)
        case (0 | 1, [(1 | 2)]):
            return _named(months, numbers[0], "")
        case _:
            return NOTHING


def _named(months: list[int], day: str, year: str, *, month_only: bool = False) -> DayText:
    readings = tuple(Written(day=int(day), month=month, year=year) for month in months)
    return DayText(readings=readings, month_only=month_only)
