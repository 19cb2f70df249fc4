"""Quantities, with or without their unit, and percentages.

The number itself is read by `numerals`; here it is decided which words may stand beside it.
A unit word is handed back as typed: whether it is the order line's unit is the caller's question.

Never: knows a unit, converts, or judges a sign or a size.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sheetsync.core.reading.cells import RawCell, Unread, either, seen_as, unread
from sheetsync.core.reading.notation import Notation
from sheetsync.core.reading.numerals import Numeral, read_numeral, typed_form

_UNIT_WORDS: Final = 3
_UNIT_WORD_LENGTH: Final = 12
_POWER_OF_TEN: Final = re.compile(r"e[-+]?[0-9]+", re.IGNORECASE)
# "12 k" may be twelve thousand or twelve of something.
_MAGNITUDES: Final = frozenset(
    [
        "k",
        "tsd",
        "tausend",
        "thousand",
        "thousands",
        "hundred",
        "mio",
        "mln",
        "mn",
        "million",
        "millions",
        "millionen",
        "mrd",
        "bn",
        "billion",
        "billions",
    ]
)
_PERCENT_WORDS: Final = frozenset(["%", "٪", "pct", "pct.", "percent", "per cent", "prozent"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number and the unit word typed beside it, as typed; None where there was none."""

    value: Decimal
    unit: str | None = None


def read_quantity(raw: RawCell, notation: Notation) -> Decimal | Unread | None:
    """Read a bare quantity; a blank is None, a unit word beside it is refused with advice."""
    expected = f"a quantity such as {_like('12.5', notation)}"
    numeral = read_numeral(raw, notation, expected)
    if not isinstance(numeral, Numeral):
        return numeral
    return _bare(raw, numeral, notation, expected)


def read_quantity_with_unit(raw: RawCell, notation: Notation) -> Quantity | Unread | None:
    """Read a quantity that may carry its unit after it: 12, 12 EA, 12,5 Stk., 3 m²."""
    expected = f"a quantity such as {_like('12.5', notation)} or {_like('12.5', notation)} EA"
    numeral = read_numeral(raw, notation, expected)
    if not isinstance(numeral, Numeral):
        return numeral
    if numeral.after.rstrip(".").casefold() in _MAGNITUDES:
        return unread(raw, expected, "Write the number with all its digits, such as 12000.")
    if numeral.before or (numeral.after and not _is_unit(numeral.after)):
        return unread(raw, expected, _advice_for_rest(numeral, expected))
    return Quantity(value=numeral.value, unit=numeral.after or None)


def read_percent(raw: RawCell, notation: Notation) -> Decimal | Unread | None:
    """Read a percentage, where 5 and 5 % both mean 5 %.

    A number cell formatted as percent hands over 0.05 for the 5 % that is seen, so a number from
    -1 to 1 in a number cell may be meant either way, and so may 0.05 typed without its sign.
    """
    expected = f"a percentage such as 5% or {_like('7.5', notation)}%"
    numeral = read_numeral(raw, notation, expected)
    if not isinstance(numeral, Numeral):
        return numeral
    if numeral.after.casefold() in _PERCENT_WORDS and not numeral.before:
        return numeral.value
    bare = _bare(raw, numeral, notation, expected)
    if isinstance(bare, Decimal) and bare and _may_be_fraction(numeral):
        return unread(raw, expected, _which_percent(raw, numeral, notation), ambiguous=True)
    return bare


def _which_percent(raw: RawCell, numeral: Numeral, notation: Notation) -> str:
    # Shifting the point by text keeps every digit, whatever the arithmetic's precision.
    hundredfold = Decimal(f"{numeral.value:f}e2")
    either_way = either(*(f"{typed_form(v, notation)}%" for v in (hundredfold, numeral.value)))
    first = "Format the cell as plain text, then write" if numeral.from_number_cell else "Write"
    return f"{seen_as(raw)}: {either_way}? {first} {either_way}."


def _may_be_fraction(numeral: Numeral) -> bool:
    size = numeral.value.copy_abs()
    return size < 1 or (numeral.from_number_cell and size == 1)


def _bare(raw: RawCell, numeral: Numeral, notation: Notation, expected: str) -> Decimal | Unread:
    if not (numeral.before or numeral.after):
        return numeral.value
    if _is_unit(numeral.after) and not numeral.before:
        only = typed_form(numeral.value, notation)
        return unread(raw, expected, f"Write only the number: {only}.")
    return unread(raw, expected, _advice_for_rest(numeral, expected))


def _advice_for_rest(numeral: Numeral, expected: str) -> str:
    if _POWER_OF_TEN.fullmatch(numeral.after):
        return "This is written with a power of ten. Write the number with all its digits."
    return f"Only part of this is a number. Write {expected}."


def _is_unit(after: str) -> bool:
    """One to three words of letters, each with an exponent or a dot at most: Stk., m2, sq ft."""
    words = after.split()
    stems = [re.sub("[23²³]?[.]?$", "", word) for word in words]
    # Letters only: to patterns ½ and ² are word characters, and 1½ is not 1 of anything.
    like_words = all(stem.isalpha() and len(stem) <= _UNIT_WORD_LENGTH for stem in stems)
    return 1 <= len(words) <= _UNIT_WORDS and like_words and not _POWER_OF_TEN.fullmatch(after)


def _like(example: str, notation: Notation) -> str:
    return example.replace(".", notation.decimal_mark)
