"""The names of months and weekdays in the languages that suppliers write.

CLDR knows them; this module folds them into one table each. A name that means two months in two
languages (listopad is November in Prague and October in Zagreb) keeps both, and the date reader
asks.

Never: reads a date.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Final

from babel import Locale

# The languages of the European Union, Norwegian, Turkish, Ukrainian, Russian and Indonesian.
_LANGUAGES: Final = [
    "en",
    "en_GB",
    "bg",
    "cs",
    "da",
    "de",
    "de_AT",
    "el",
    "es",
    "et",
    "fi",
    "fr",
    "fr_CA",
    "ga",
    "hr",
    "hu",
    "id",
    "it",
    "lt",
    "lv",
    "mt",
    "nb",
    "nl",
    "nn",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sv",
    "tr",
    "uk",
]
_DOTLESS_I: Final = "\N{LATIN SMALL LETTER DOTLESS I}"
# In daily use, yet not in CLDR's lists.
_ALSO_MONTHS: Final = {"sept": 9, "maerz": 3, "mrz": 3, "janner": 1, "jaenner": 1, "feber": 2}
_ALSO_WEEKDAYS: Final = {"weds": 2, "tues": 1, "thur": 3, "thurs": 3}


def plain_name(text: str) -> str:
    """A name in comparable form: neither case, accents nor dots count ("März." -> "marz")."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace(_DOTLESS_I, "i"))
    return "".join(char for char in letters if char.isalpha())


def months_of(name: str) -> frozenset[int]:
    """The months, 1 to 12, that a word names in any language; empty for any other word."""
    return _months().get(plain_name(name), frozenset())


def weekdays_of(name: str) -> frozenset[int]:
    """The weekdays, Monday 0 to Sunday 6, that a word names; empty for any other word."""
    return _weekdays().get(plain_name(name), frozenset())


@cache
def _months() -> Mapping[str, frozenset[int]]:
    return _table(_names("months", ("wide", "abbreviated")), _ALSO_MONTHS)


@cache
def _weekdays() -> Mapping[str, frozenset[int]]:
    return _table(_names("days", ("wide", "abbreviated", "short")), _ALSO_WEEKDAYS)


def _names(kind: str, widths: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for language, use, width in product(_LANGUAGES, ("format", "stand-alone"), widths):
        names = getattr(Locale.parse(language), kind)[use][width]
        yield from ((name, number) for number, name in names.items())


def _table(
    names: Iterator[tuple[str, int]], also: Mapping[str, int]
) -> Mapping[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for name, number in (*names, *also.items()):
        table.setdefault(plain_name(name), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in table.items() if name}
