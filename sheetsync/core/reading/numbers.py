"""Numbers as people type them: quantities, with or without their unit, and percentages.

A typed number is read once with a decimal point and once with a decimal comma. Where the
supplier's notation is told, only its own reading counts; where it is not, a value is returned
only if one reading is left. A text that the notation told does not allow ("12.5" under
"1.234,56") is asked about, even with a single other reading: whoever leaves their notation once
may mean either. Groups set apart by spaces or apostrophes are unambiguous in every notation.

Never: rounds (typed digits are kept exactly), judges a sign or a size, or knows a unit.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
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
from sheetsync.core.reading.notation import Notation
from sheetsync.core.reading.showing import show_number

# A double holds 15 digits; what a number cell shows beyond them is not what was typed.
_LARGEST_EXACT: Final = 10**15
# What formulas leave behind where a person sees 0 (1.8e-15).
_SMALLEST_MEANT: Final = 1e-9
_MOST_DIGITS: Final = 40

_NUMERAL: Final = re.compile(
    r"(?P<before>[^0-9.,']*?) ?(?P<body>[.,]?[0-9](?:[0-9.,' ]*[0-9])?)(?P<after>.*)"
)
_BEFORE: Final = re.compile(r"(?P<sign>[-+]?) ?(?P<word>[^-+]*)(?P<late_sign>[-+]?)")
_AFTER: Final = re.compile(r"(?P<sign>-(?= |$))? ?(?P<word>.*)")
_GROUP_MARKS: Final = {".": ",' ", ",": ".' "}
# One to three words of letters, each with an exponent or a full stop at most: Stk., m2, sq ft.
_UNIT: Final = re.compile(r"(?:[^\W\d_]{1,12}[23²³]?\.?)(?: [^\W\d_]{1,12}[23²³]?\.?){0,2}")
_POWER_OF_TEN: Final = re.compile(r"e[-+]?[0-9]+", re.IGNORECASE)
# "12 k" may be twelve thousand or twelve of something.
_MAGNITUDES: Final = frozenset(
    "k tsd tausend thousand thousands hundred mio mln mn million millions millionen "
    "mrd bn billion billions".split()
)
_PERCENT_WORDS: Final = frozenset(["%", "٪", "pct", "pct.", "percent", "per cent", "prozent"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number and the unit word typed beside it, as typed; None where there was none."""

    value: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A number with whatever stood before and after it in the cell."""

    value: Decimal
    before: str = ""
    after: str = ""
    from_number_cell: bool = False


def read_quantity(raw: RawCell, notation: Notation) -> Decimal | None | Unread:
    """Read a bare quantity; a blank is None, a unit word beside it is refused with advice."""
    expected = f"a quantity such as {_like('12.5', notation)}"
    numeral = read_numeral(raw, notation, expected)
    if not isinstance(numeral, Numeral):
        return numeral
    return _bare(raw, numeral, notation, expected)


def read_quantity_with_unit(raw: RawCell, notation: Notation) -> Quantity | None | Unread:
    """Read a quantity that may carry its unit after it: 12, 12 EA, 12,5 Stk., 3 m²."""
    expected = f"a quantity such as {_like('12.5', notation)} or {_like('12.5', notation)} EA"
    numeral = read_numeral(raw, notation, expected)
    if not isinstance(numeral, Numeral):
        return numeral
    if numeral.after.rstrip(".").casefold() in _MAGNITUDES:
        return unread(raw, expected, "Write the number with all its digits, such as 12000.")
    if numeral.before or (numeral.after and not _is_unit(numeral.after)):
        return unread(raw, expected, f"Write {expected}.")
    return Quantity(value=numeral.value, unit=numeral.after or None)


def read_percent(raw: RawCell, notation: Notation) -> Decimal | None | Unread:
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
        hundredfold = typed_form(bare * 100, notation)
        as_it_is = typed_form(bare, notation)
        advice = (
            f"{seen_as(raw)}: {hundredfold}% or {as_it_is}%? "
            f"Format the cell as plain text, then write {hundredfold}% or {as_it_is}%."
        )
        return unread(raw, expected, advice, ambiguous=True)
    return bare


def _may_be_fraction(numeral: Numeral) -> bool:
    size = numeral.value.copy_abs()
    return size < 1 or (numeral.from_number_cell and size == 1)


def _bare(raw: RawCell, numeral: Numeral, notation: Notation, expected: str) -> Decimal | Unread:
    if numeral.before or numeral.after:
        only = typed_form(numeral.value, notation)
        return unread(raw, expected, f"Write only the number, such as {only}.")
    return numeral.value


def _is_unit(word: str) -> bool:
    return bool(_UNIT.fullmatch(word)) and not _POWER_OF_TEN.fullmatch(word)


def _like(example: str, notation: Notation) -> str:
    return example.replace(".", notation.decimal_mark)


def read_numeral(raw: RawCell, notation: Notation, expected: str) -> Numeral | None | Unread:
    """Read the one number in a cell and hand back the words around it.

    Args:
        raw: The cell's value.
        notation: How its typist writes numbers.
        expected: What belongs in the cell, for the answer when it is refused.

    Returns:
        The number with the words before and after it, None for a blank, or why it is not read.
    """
    if raw is None:
        return None
    if isinstance(raw, bool):
        return ticked(raw, expected)
    if isinstance(raw, str):
        text = typed_text(raw, expected)
        return _typed_numeral(raw, text, notation, expected) if isinstance(text, str) else text
    return _number_cell(raw, expected)


def _number_cell(raw: float, expected: str) -> Numeral | Unread:
    # "Not smaller" would let NaN pass; "not (smaller)" refuses it with the infinities.
    if not abs(raw) < _LARGEST_EXACT:
        advice = (
            "A number this long loses its last digits here. "
            "Format the cell as plain text and type it anew."
        )
        return unread(raw, expected, advice)
    if 0 < abs(raw) < _SMALLEST_MEANT:
        return unread(raw, expected, "This is all but nothing. Write 0 if you mean 0.")
    value = Decimal(int(raw)) if raw == int(raw) else Decimal(repr(raw))
    return Numeral(value=value, from_number_cell=True)


def _typed_numeral(raw: str, text: str, notation: Notation, expected: str) -> Numeral | Unread:
    plain = fold_digits(text)
    if plain is None:
        return unread(raw, expected, "This mixes digits of two scripts. Write it with 0 to 9.")
    negative, inner = _without_parentheses(plain.translate(_SAME_MARKS))
    found = _NUMERAL.fullmatch(inner)
    before = _BEFORE.fullmatch(found["before"]) if found else None
    if not found or not before:
        return unread(raw, expected, _advice_for_words(plain, expected))
    after = _AFTER.fullmatch(found["after"])
    assert after is not None  # noqa: S101 the pattern takes any text
    signs = [sign for sign in (before["sign"], before["late_sign"], after["sign"]) if sign]
    if len(signs) + negative > 1:
        return unread(raw, expected, "There is more than one sign. Write one minus at most.")
    value = _settle(raw, found["body"], notation, expected)
    if isinstance(value, Unread):
        return value
    if (negative or "-" in signs) and value:
        value = value.copy_negate()
    return Numeral(value=value, before=before["word"].strip(), after=after["word"])


# The right single quote groups Swiss numbers; the Arabic marks are unmistakable, so the decimal
# mark becomes the point of "1'234.5" and the group mark its apostrophe.
_SAME_MARKS: Final = str.maketrans({"’": "'", "\u02bc": "'", "`": "'", "´": "'", "٬": "'"})


def _without_parentheses(text: str) -> tuple[bool, str]:
    """Accountants write (12.50) for -12.50."""
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip()
    return False, text


def _advice_for_words(text: str, expected: str) -> str:
    if re.fullmatch(r"[-–—/. ]+|n/?a|none|nil|tb[acd]|\?+", text, re.IGNORECASE):
        return f"Leave the cell empty, or write {expected}."
    return f"No number is found here. Write {expected}."


def _settle(raw: str, body: str, notation: Notation, expected: str) -> Decimal | Unread:
    """Choose between the readings of the digits and marks of one number."""
    if sum(char.isdigit() for char in body) > _MOST_DIGITS:
        return unread(raw, expected, "This has more digits than any number here. Write it anew.")
    by_point, by_comma = _with_mark(body, ".", ",' "), _with_mark(body, ",", ".' ")
    readings = list(dict.fromkeys(value for value in (by_point, by_comma) if value is not None))
    if not readings:
        digits = re.sub(r"[^0-9]", "", body)
        advice = f"The groups of digits do not fit. Write it without them, such as {digits[:15]}."
        return unread(raw, expected, advice)
    if notation.number:
        told = _as_told(body, notation)
        return _contradiction(raw, readings, notation, expected) if told is None else told
    if len(readings) > 1:
        forms = [typed_form(value, notation) for value in readings]
        shown = [show_number(value) for value in readings]
        advice = f"{seen_as(raw)}: {either(*shown)}? Write {either(*forms)}."
        return unread(raw, expected, advice, ambiguous=True)
    return readings[0]


def _contradiction(
    raw: str, readings: list[Decimal], notation: Notation, expected: str
) -> Unread:
    forms = either(*(typed_form(value, notation) for value in readings))
    advice = f"Your numbers are noted as {notation.number}, and this is not. Write {forms}."
    return unread(raw, expected, advice, ambiguous=True)


def _as_told(body: str, notation: Notation) -> Decimal | None:
    """Read the digits by the notation told: its own marks, and groups nobody can mistake."""
    assert notation.number is not None  # noqa: S101 asked only where it is told
    return _with_mark(body, notation.decimal_mark, notation.number[1] + "' ")


def _with_mark(body: str, mark: str, groups: str) -> Decimal | None:
    """Read digits with this decimal mark and one of these group marks, or not at all."""
    whole, marked, decimals = body.partition(mark)
    if marked and not re.fullmatch("[0-9]+", decimals):
        return None
    if re.fullmatch("[0-9]*", whole):
        return Decimal(f"{whole or 0}.{decimals or 0}") if decimals else Decimal(whole)
    for group in groups:
        # No group of a grouped number is short, and nobody writes 0,500 for five hundred.
        if re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+", whole):
            return Decimal(whole.replace(group, "") + (f".{decimals}" if decimals else ""))
    return None


def typed_form(value: Decimal, notation: Notation) -> str:
    """Write a number as its typist can type it so that it has one reading.

    Without a notation, three decimals after one to three digits could be a thousand; a fourth
    decimal settles it.
    """
    text = show_number(value)
    if notation.number is None and re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", text):
        return text + "0"
    return text.replace(".", notation.decimal_mark)
