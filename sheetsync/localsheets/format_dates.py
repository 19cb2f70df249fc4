"""Dates, times and durations as a section of a pattern shows them.

Decides the tokens of the "Date and number formats" guide of the Sheets API (h, m, s, d, y, a/p,
am/pm, elapsed [h] [m] [s], 0 for parts of a second) with the locale's names. Never picks the
section, never shows plain numbers.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sheetsync.localsheets.format_sections import Piece, Section
from sheetsync.localsheets.sheet_locale import SheetLocale

_EPOCH = date(1899, 12, 30)
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000
_SECOND_MS = 1_000
_NOON = 12
# Past the year 9999 and far before the year 1: no pattern shows such a day or duration.
_FAR_AWAY = 10_000_000
_LETTERS = frozenset("hdysm0")
# How long a unit of the clock is and how many of them there are before the next larger one.
_CLOCK_UNITS = {"h": (_HOUR_MS, 24), "minute": (_MINUTE_MS, 60), "s": (_SECOND_MS, 60)}


@dataclass(frozen=True, slots=True)
class _Token:
    """A run of one letter: its meaning, its length and how it was written.

    Attributes:
        kind: "literal", "h", "minute", "month", "s", "d", "y", "0", "half", "elapsed h",
            "elapsed m" or "elapsed s".
        text: As written in the pattern.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """A serial number taken apart."""

    day: date
    of_day_ms: int
    elapsed_ms: int


@lru_cache(maxsize=65536)
def show_moment(serial: float, section: Section, locale: SheetLocale) -> str | None:
    """A serial number as a date, time or duration; None where no calendar has the day."""
    if abs(serial) > _FAR_AWAY:
        return None
    tokens = _tokens(section)
    units = frozenset(token.kind for token in tokens)
    elapsed = any(unit.startswith("elapsed") for unit in units)
    total = _rounded_ms(abs(serial) if elapsed else serial, tokens)
    try:
        day = _EPOCH + timedelta(days=total // _DAY_MS)
    except OverflowError:
        return None
    moment = _Moment(day=day, of_day_ms=total % _DAY_MS, elapsed_ms=total)
    shown = "".join(_show_token(token, moment, locale, units) for token in tokens)
    return f"-{shown}" if elapsed and serial < 0 else shown


def _rounded_ms(serial: float, tokens: tuple[_Token, ...]) -> int:
    """Milliseconds since the epoch, rounded to the parts of a second that the pattern shows."""
    total = round(serial * _DAY_MS)
    places = max((len(token.text) for token in tokens if token.kind == "0"), default=0)
    if not 0 < places < 3:  # noqa: PLR2004 - whole seconds are cut off, milliseconds are exact
        return total
    step = 100 if places == 1 else 10
    return (total + step // 2) // step * step


@lru_cache(maxsize=4096)
def _tokens(section: Section) -> tuple[_Token, ...]:
    """The section as runs of letters, each m told apart as minute or month."""
    runs: list[Piece] = []
    for piece in section.pieces:
        joins = (
            runs
            and piece.kind == runs[-1].kind == "mark"
            and piece.text.lower() in _LETTERS
            and piece.text.lower() == runs[-1].text[0].lower()
        )
        if joins:
            runs[-1] = Piece("mark", runs[-1].text + piece.text)
        else:
            runs.append(piece)
    return tuple(_token(runs, at) for at in range(len(runs)))


def _token(runs: list[Piece], at: int) -> _Token:
    """The meaning of one run among its neighbours."""
    run = runs[at]
    letter = run.text[:1].lower()
    if run.kind == "half":
        return _Token("half", run.text)
    if run.kind == "elapsed":
        return _Token(f"elapsed {letter}", run.text)
    if run.kind == "literal" or letter not in _LETTERS:
        return _Token("literal", run.text)
    if letter == "m":
        return _Token("minute" if _is_minute(runs, at) else "month", run.text)
    return _Token(letter, run.text)


def _is_minute(runs: list[Piece], at: int) -> bool:
    """Whether an m follows hours or precedes seconds; a capital M always is a month."""
    if len(runs[at].text) > 2 or runs[at].text[0] == "M":  # noqa: PLR2004 - mmm and more are names
        return False
    before = next((run for run in reversed(runs[:at]) if _has_meaning(run)), None)
    after = next((run for run in runs[at + 1 :] if _has_meaning(run)), None)
    follows_hours = before is not None and before.text[0] in "hH"
    return follows_hours or (after is not None and after.text[0] in "sS")


def _has_meaning(run: Piece) -> bool:
    """Whether a run stands for something; literals and a/p do not come between h and m."""
    return run.kind == "elapsed" or (run.kind == "mark" and run.text[0].lower() in "hdysm")


def _show_token(token: _Token, moment: _Moment, locale: SheetLocale, units: frozenset[str]) -> str:
    """What one token shows; units are the kinds of token that the section has beside it."""
    width = len(token.text)
    if token.kind == "literal":
        return token.text
    if token.kind == "half":
        return _half(token.text, afternoon=moment.of_day_ms >= _NOON * _HOUR_MS)
    if token.kind == "0":
        return f"{moment.of_day_ms % _SECOND_MS:03d}"[:width]
    if token.kind.startswith("elapsed"):
        return f"{_elapsed(token.kind, moment.elapsed_ms, units):0{width}d}"
    if token.kind in _CLOCK_UNITS:
        unit, limit = _CLOCK_UNITS[token.kind]
        count = moment.of_day_ms // unit % limit
        if token.kind == "h" and "half" in units:
            count = (count - 1) % _NOON + 1
        return f"{count:0{min(width, 2)}d}"
    return _show_day_token(token.kind, width, moment.day, locale)


def _elapsed(kind: str, elapsed_ms: int, units: frozenset[str]) -> int:
    """Elapsed hours, minutes or seconds: all of them, or what a larger elapsed unit leaves."""
    if kind == "elapsed h":
        return elapsed_ms // _HOUR_MS
    if kind == "elapsed m":
        return elapsed_ms // _MINUTE_MS % (60 if "elapsed h" in units else elapsed_ms + 1)
    larger = units & {"elapsed h", "elapsed m"}
    return elapsed_ms // _SECOND_MS % (60 if larger else elapsed_ms + 1)


def _show_day_token(kind: str, width: int, day: date, locale: SheetLocale) -> str:
    """What a token of day, month or year shows."""
    if kind == "y":
        return f"{day.year % 100:02d}" if width <= 2 else f"{day.year:04d}"  # noqa: PLR2004 - yy, yyyy
    names = (locale.months, locale.short_months, day.month - 1)
    if kind == "d":
        names = (locale.weekdays, locale.short_weekdays, day.weekday())
    long_names, short_names, at = names
    if width <= 2:  # noqa: PLR2004 - d and dd, m and mm are numbers
        return f"{day.day if kind == 'd' else day.month:0{width}d}"
    if width == 3:  # noqa: PLR2004 - ddd, mmm
        return short_names[at]
    if kind == "month" and width == 5:  # noqa: PLR2004 - mmmmm
        return long_names[at][0].upper()
    return long_names[at]


def _half(text: str, *, afternoon: bool) -> str:
    """The half of the day: a or p in the token's case, AM or PM always in capitals."""
    if len(text) == len("a/p"):
        letter = "p" if afternoon else "a"
        return letter.upper() if text[0].isupper() else letter
    return "PM" if afternoon else "AM"
