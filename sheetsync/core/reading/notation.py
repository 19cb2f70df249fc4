"""How one supplier writes numbers and dates, as an admin notes it in the Suppliers tab.

A notation that is not told leaves values with two plausible readings to be asked about; one that
is told settles them. It is read from an example ("1.234,56", "31.12.2026"), a pattern
("dd.mm.yyyy"), a few words ("decimal comma", "ISO") or a locale with its country ("de-CH").

Never: guesses. An example that could be read in two ways tells nothing and is asked about.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeGuard, get_args

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol, get_group_symbol

from sheetsync.core.reading.cells import RawCell, Unread, typed_text, unread

NumberNotation = Literal["1,234.56", "1.234,56", "1 234,56", "1'234.56"]
DateNotation = Literal["day-month", "month-day", "year-month-day"]

EXPECTED_NOTATION: Final = "a notation such as 1.234,56 or dd.mm.yyyy"
_ADVICE: Final = (
    "Write how this supplier writes numbers and dates, such as 1.234,56; dd.mm.yyyy "
    "or 1,234.56; mm/dd/yyyy or a locale such as de-CH."
)

# Where only the decimal mark is told, groups are taken as the notation that asks about the rest:
# a supplier noted as "12,5" may or may not write 1.234 for a thousand.
_COMMA_ONLY: Final[NumberNotation] = "1 234,56"
_POINT_ONLY: Final[NumberNotation] = "1'234.56"

_NUMBER_WORDS: Final[dict[str, NumberNotation]] = {
    "decimal comma": _COMMA_ONLY,
    "comma": _COMMA_ONLY,
    "decimal point": _POINT_ONLY,
    "point": _POINT_ONLY,
}
_DATE_WORDS: Final[dict[str, DateNotation]] = {
    "dmy": "day-month",
    "day first": "day-month",
    "day month": "day-month",
    "day month year": "day-month",
    "mdy": "month-day",
    "month first": "month-day",
    "month day": "month-day",
    "month day year": "month-day",
    "ymd": "year-month-day",
    "year first": "year-month-day",
    "year month day": "year-month-day",
    "iso": "year-month-day",
    "iso 8601": "year-month-day",
}

_LOCALE: Final = re.compile(r"([a-z]{2,3})[-_]([A-Z]{2})")
_BETWEEN_PARTS: Final = re.compile(r"[;|\n]")
_NUMBER_EXAMPLE: Final = re.compile(
    r"-?\d{1,3}(?P<group>[.,' ])\d{3}(?:(?P=group)\d{3})*(?P<mark>[.,])\d{1,6}"
    r"|-?\d+(?P<only>[.,])(?:\d{1,2}|\d{4,6})"
)
_DATE_EXAMPLE: Final = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
# d, t (Tag), g (giorno), j (jour, Jahr, jaar), m, y, a (año, année, anno): all that people type.
_DATE_PATTERN: Final = re.compile(
    r"([dtgjmya])\1{0,3}([./ -])([dtgjm])\3{0,2}(?:\2([dtgjya])\4{0,3})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """How numbers and dates are written by one supplier; None where it is not told."""

    number: NumberNotation | None = None
    date: DateNotation | None = None

    @property
    def decimal_mark(self) -> str:
        """The sign before the decimals; a point where nothing is told."""
        return self.number[-3] if self.number else "."


UNTOLD: Final = Notation()


def read_notation(*cells: RawCell) -> Notation | Unread:
    """Read the notation of a supplier from the cells where an admin noted it.

    Args:
        cells: One or more cells; each tells about numbers, dates or both ("1.234,56; dd/mm/yyyy").

    Returns:
        What the cells tell together, `UNTOLD` when all are blank, or the first cell's trouble:
        not understood, or contrary to what was told before.
    """
    told = UNTOLD
    for raw in cells:
        one = _read_cell(raw)
        if isinstance(one, Unread):
            return one
        both = _together(told, one)
        if both is None:
            advice = "This says something else than the cells before it. Keep one of the two."
            return unread(raw, EXPECTED_NOTATION, advice, ambiguous=True)
        told = both
    return told


def _read_cell(raw: RawCell) -> Notation | Unread:
    if raw is None:
        return UNTOLD
    if not isinstance(raw, str):
        advice = "Format this cell as plain text, then write an example such as 1.234,56."
        return unread(raw, EXPECTED_NOTATION, advice)
    told: Notation | None = UNTOLD
    for part in _BETWEEN_PARTS.split(raw[:200]):
        text = typed_text(part, EXPECTED_NOTATION)
        if isinstance(text, Unread):
            return text
        meant = _read_words(text.replace("\u2019", "'")) if text else UNTOLD
        told = _together(told, meant) if told and meant else None
    return told or unread(raw, EXPECTED_NOTATION, _ADVICE)


def _read_words(text: str) -> Notation | None:
    """Read one part of a cell: a locale, or notations of numbers and dates."""
    locale = _LOCALE.fullmatch(text)
    if locale:
        return _of_locale(locale[1], locale[2])
    number, date = _number_notation(text), _date_notation(text.lower())
    if number or date:
        return Notation(number=number, date=date)
    for space in re.finditer(r" (?:/ |and )?|, ", text):
        left, right = _single(text[: space.start()]), _single(text[space.end() :])
        if left and right:
            return _together(left, right)
    return None


def _single(text: str) -> Notation | None:
    number, date = _number_notation(text), _date_notation(text.lower())
    return Notation(number=number, date=date) if number or date else None


def _together(one: Notation, other: Notation) -> Notation | None:
    """Both notations in one; None when they tell different things."""
    if one.number and other.number and one.number != other.number:
        return None
    if one.date and other.date and one.date != other.date:
        return None
    return Notation(number=one.number or other.number, date=one.date or other.date)


def _number_notation(text: str) -> NumberNotation | None:
    words = _NUMBER_WORDS.get(text.lower())
    if words:
        return words
    example = _NUMBER_EXAMPLE.fullmatch(text)
    if not example:
        return None
    if example["only"]:
        return _COMMA_ONLY if example["only"] == "," else _POINT_ONLY
    return _from_marks(example["group"], example["mark"])


def _from_marks(group: str, mark: str) -> NumberNotation | None:
    if group == mark:
        return None
    found = f"1{group}234{mark}56"
    if _is_number_notation(found):
        return found
    return _COMMA_ONLY if mark == "," else _POINT_ONLY


def _is_number_notation(text: str) -> TypeGuard[NumberNotation]:
    return text in get_args(NumberNotation)


def _date_notation(text: str) -> DateNotation | None:
    words = _DATE_WORDS.get(text.replace("-", " "))
    if words:
        return words
    example = _DATE_EXAMPLE.fullmatch(text)
    if example:
        return _of_example(example[1], example[3], example[4])
    pattern = _DATE_PATTERN.fullmatch(text)
    return _of_pattern(text, pattern[1], pattern[3]) if pattern else None


def _of_example(first: str, second: str, last: str) -> DateNotation | None:
    """Tell the order from an example such as 31.12.2026; 3.4.2026 tells nothing."""
    months, days = range(1, 13), range(13, 32)
    if len(first) == len("yyyy"):
        return "year-month-day" if int(second) in months and len(last) <= len("dd") else None
    if int(first) in days and int(second) in months:
        return "day-month"
    if int(first) in months and int(second) in days:
        return "month-day"
    return None


def _of_pattern(text: str, first: str, second: str) -> DateNotation | None:
    """Tell the order from a pattern such as dd.mm.yyyy, TT.MM.JJJJ or jj/mm/aaaa."""
    if first == "m":
        return "month-day" if second != "m" else None
    if second != "m":
        return None
    # J begins the French day and the German year: where the day stands last, the year is first.
    year_first = first in "ya" or text[-1] in "dtg"
    return "year-month-day" if year_first else "day-month"


def _of_locale(language: str, country: str) -> Notation | None:
    try:
        locale = Locale(language, country)
    except UnknownLocaleError:
        return None
    group = get_group_symbol(locale).replace("\u2019", "'")
    number = _from_marks(" " if group.isspace() else group, get_decimal_symbol(locale))
    order = "".join(dict.fromkeys(re.sub(r"[^dmy]", "", _short_date(locale).lower())))
    return Notation(number=number, date=_DATE_WORDS.get(order))


def _short_date(locale: Locale) -> str:
    # CLDR quotes literal letters in patterns; none of them is part of the order.
    return re.sub(r"'[^']*'", "", str(locale.date_formats["short"].pattern))
