"""Short lists in one cell: how many of one unit make another, and words with amounts beside them.

"1 BOX = 12 EA; 3 ROLL = 100 M" and "FREIGHT 50; PACKING 12.50 + 19 %". Parts are set apart by
semicolons or line breaks, because a comma may belong to a number. A list counts as a whole.

Never: knows a unit, a charge or a currency; converts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar

from sheetsync.core.reading.cells import RawCell, Unread, seen_as, unread, visible
from sheetsync.core.reading.identifiers import normalise_key
from sheetsync.core.reading.notation import Notation
from sheetsync.core.reading.numbers import (
    Quantity,
    read_percent,
    read_quantity,
    read_quantity_with_unit,
)

EXPECTED_RATIOS: Final = "conversions such as 1 BOX = 12 EA; 3 ROLL = 100 M"
EXPECTED_SHARES: Final = "words with amounts, such as FREIGHT 50; PACKING 12.50 + 19 %"
LONGEST_LIST: Final = 1000
_LARGEST: Final = Decimal(10) ** 11
_MOST_DIGITS: Final = 20
_BETWEEN: Final = re.compile(r"[;\n\r]")
_WORD: Final = re.compile(r"[^\W\d_][^=;%]{0,11}")
_SHARE: Final = re.compile(
    r"(?P<word>[^\W\d_][^\d=;%]*?)\s*[:=]?\s*(?P<amount>-?\d[\d.,' ]*)"
    r"(?:\s*(?:\+|@|at)\s*(?P<percent>\d[\d.,]*\s*%))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many units `of` one `unit` holds, exactly."""

    unit: str
    of: str
    factor: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A word with an amount, such as a charge with its tax or a currency with its rate."""

    word: str
    amount: Decimal
    percent: Decimal | None = None


Part = TypeVar("Part", Ratio, Share)


def read_ratios(raw: RawCell, notation: Notation) -> tuple[Ratio, ...] | Unread | None:
    """Read a list of conversions; a blank is None, and each pair of units may stand once."""
    found = _parts(raw, notation, EXPECTED_RATIOS, _ratio)
    if isinstance(found, tuple):
        pairs = [frozenset(map(normalise_key, (one.unit, one.of))) for one in found]
        for place, pair in enumerate(pairs):
            if len(pair) == 1 or pair in pairs[:place]:
                one = found[place]
                advice = f"{one.unit} in {one.of} is said twice. Say each pair of units once."
                return unread(raw, EXPECTED_RATIOS, advice)
    return found


def read_shares(raw: RawCell, notation: Notation) -> tuple[Share, ...] | Unread | None:
    """Read a list of words with amounts; a blank is None, and each word may stand once."""
    found = _parts(raw, notation, EXPECTED_SHARES, _share)
    if isinstance(found, tuple):
        words = [normalise_key(one.word) for one in found]
        for place, word in enumerate(words):
            if word in words[:place]:
                advice = f"{found[place].word} stands here twice. Write it once."
                return unread(raw, EXPECTED_SHARES, advice)
    return found


def _parts(
    raw: RawCell,
    notation: Notation,
    expected: str,
    read: Callable[[str, Notation], Part | Unread | None],
) -> tuple[Part, ...] | Unread | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        return unread(raw, expected, f"Write {expected}.")
    if len(raw) > LONGEST_LIST:
        return unread(raw, expected, f"This is too long. Write {expected}.")
    found = []
    for typed in _BETWEEN.split(raw):
        text = visible(typed)
        if not text:
            continue
        part = read(text, notation)
        if isinstance(part, Unread):
            return Unread(
                seen=seen_as(raw),
                expected=expected,
                advice=part.advice,
                ambiguous=part.ambiguous,
            )
        if part is None:
            advice = f'"{seen_as(text)}" is not understood. Write {expected}.'
            return unread(raw, expected, advice)
        found.append(part)
    return tuple(found) or None


def _ratio(text: str, notation: Notation) -> Ratio | Unread | None:
    left, equals, right = text.partition("=")
    if not equals or "=" in right:
        return None
    one = _measured(left.strip(), notation)
    other = _measured(right.strip(), notation)
    for side in (one, other):
        if isinstance(side, Unread):
            return side
    if not (isinstance(one, Quantity) and isinstance(other, Quantity)):
        return None
    if not (one.unit and other.unit and _counts(one.value) and _counts(other.value)):
        return None
    return Ratio(unit=one.unit, of=other.unit, factor=Fraction(other.value) / Fraction(one.value))


def _measured(text: str, notation: Notation) -> Quantity | Unread | None:
    """A number with its unit; a unit alone is one of it."""
    if _WORD.fullmatch(text):
        return Quantity(value=Decimal(1), unit=text)
    return read_quantity_with_unit(text, notation)


def _counts(value: Decimal) -> bool:
    return 0 < value < _LARGEST and len(value.as_tuple().digits) <= _MOST_DIGITS


def _share(text: str, notation: Notation) -> Share | Unread | None:
    match = _SHARE.fullmatch(text)
    if match is None:
        return None
    amount = read_quantity(match["amount"].strip(), notation)
    said = match["percent"]
    percent = read_percent(said, notation) if said else None
    for value in (amount, percent):
        if isinstance(value, Unread):
            return value
    if not isinstance(amount, Decimal) or not _counts(abs(amount) + 1):
        return None
    rate = percent if isinstance(percent, Decimal) else None
    return Share(word=match["word"].strip(" :="), amount=amount, percent=rate)
