"""The one number in a cell, whoever typed it: digits, marks, groups and signs.

A typed number is read once with a decimal point and once with a decimal comma. Where the
supplier's notation is told, only its own reading counts; where it is not, a value is returned
only if one reading is left. A text that the notation told does not allow ("12.5" under
"1.234,56") is asked about, even with a single other reading: whoever leaves their notation once
may mean either. Groups set apart by spaces or apostrophes are unambiguous in every notation.

Digits of every script are read, but never of two scripts in one value. Typed digits are kept
exactly; a number cell holds a double, which becomes the shortest decimal that stands for it.

Never: rounds, judges a sign or a size, or knows what the words around a number mean.
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

# A dot between a letter and a digit (Rs.50) may end the word or begin the decimals: no number.
_SHAPE: Final = re.compile(
    r"(?P<before>(?:[^0-9.,']|(?<=[^\W\d_])\.(?= ))*)"
    r"(?P<body>(?:(?<![^\W\d_])[.,])?[0-9](?:[0-9.,' ]*[0-9])?)(?P<after>.*)"
)
# A minus after the word touches the number: EUR -12 is one, EUR - 12 may be a dash.
_BEFORE: Final = re.compile(r"(?P<sign>[-+]?) ?(?P<word>[^-+]*?) ?(?P<late_sign>[-+]?)")
# 12- and 12- EA are how ledgers write -12; 12-EA and 12 - EA are not.
_AFTER: Final = re.compile(r"(?P<sign>(?:-(?= |$))?)(?P<word>.*)")
# Quotes and accents group Swiss numbers; the Arabic group mark is as unmistakable.
_SAME_MARKS: Final = str.maketrans(dict.fromkeys("\u2019\u02bc`\u00b4\u066c", "'"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A number with whatever stood before and after it in the cell."""

    value: Decimal
    before: str = ""
    after: str = ""
    from_number_cell: bool = False


def read_numeral(raw: RawCell, notation: Notation, expected: str) -> Numeral | Unread | None:
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
    plain = plain.translate(_SAME_MARKS)
    plain = plain.replace("\N{ARABIC DECIMAL SEPARATOR}", notation.decimal_mark)
    in_parentheses, inner = _without_parentheses(plain)
    found = _SHAPE.fullmatch(inner)
    before = _BEFORE.fullmatch(found["before"]) if found else None
    after = _AFTER.fullmatch(found["after"]) if found else None
    if not (found and before and after):
        return unread(raw, expected, _advice_for_words(plain, expected))
    signs = in_parentheses + before["sign"] + before["late_sign"] + after["sign"]
    if len(signs) > 1:
        return unread(raw, expected, "There is more than one sign. Write one minus at most.")
    value = _settle(raw, found["body"], notation, expected, negative=signs == "-")
    if isinstance(value, Unread):
        return value
    return Numeral(value=value, before=before["word"].strip(), after=after["word"].strip())


def _without_parentheses(text: str) -> tuple[str, str]:
    """The minus that they stand for, and what is inside: accountants write (12.50) for -12.50."""
    if text.startswith("(") and text.endswith(")"):
        return "-", text[1:-1].strip()
    return "", text


def _advice_for_words(text: str, expected: str) -> str:
    if re.fullmatch(r"[-/. ]+|n/?a|none|nil|tb[acd]|\?+", text, re.IGNORECASE):
        return f"Leave the cell empty, or write {expected}."
    return f"No number is found here. Write {expected}."


def _settle(
    raw: str, body: str, notation: Notation, expected: str, *, negative: bool
) -> Decimal | Unread:
    """Choose between the readings of the digits and marks of one number."""
    if len(re.sub("[^0-9]", "", body)) > _MOST_DIGITS:
        return unread(raw, expected, "This has more digits than any number here. Write it anew.")
    sign = "-" if negative else ""
    both = (_with_mark(sign, body, ".", ",' "), _with_mark(sign, body, ",", ".' "))
    readings = list(dict.fromkeys(value for value in both if value is not None))
    if not readings:
        like = "1234.5".replace(".", notation.decimal_mark)
        advice = f"The groups of digits do not fit. Write the number without them, such as {like}."
        return unread(raw, expected, advice)
    if notation.number:
        told = _with_mark(sign, body, notation.decimal_mark, notation.number[1] + "' ")
        readings = readings if told is None else [told]
        if told is None:
            return unread(raw, expected, _beside_notation(readings, notation), ambiguous=True)
    if len(readings) > 1:
        return unread(raw, expected, _which(raw, readings, notation), ambiguous=True)
    return readings[0]


def _which(raw: str, readings: list[Decimal], notation: Notation) -> str:
    shown = either(*(show_number(value) for value in readings))
    return f"{seen_as(raw)}: {shown}? Write {_forms(readings, notation)}."


def _beside_notation(readings: list[Decimal], notation: Notation) -> str:
    noted = f"Your numbers are noted as {notation.number}, and this is not."
    return f"{noted} Write {_forms(readings, notation)}."


def _forms(readings: list[Decimal], notation: Notation) -> str:
    return either(*(typed_form(value, notation) for value in readings))


def _with_mark(sign: str, body: str, mark: str, groups: str) -> Decimal | None:
    """Read digits with this decimal mark and one of these group marks, or not at all."""
    whole, marked, decimals = body.partition(mark)
    if marked and not re.fullmatch("[0-9]+", decimals):
        return None
    for group in groups:
        # No group of a grouped number is short, and nobody writes 0,500 for five hundred.
        if re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:[{group}][0-9]{{3}})+", whole):
            whole = whole.replace(group, "")
    if not re.fullmatch("[0-9]*", whole):
        return None
    value = Decimal(f"{whole or 0}.{decimals}" if decimals else whole)
    # Negating by arithmetic would round to its precision; there is no minus zero in a sheet.
    return value.copy_negate() if sign and value else value


def typed_form(value: Decimal, notation: Notation) -> str:
    """Write a number as its typist can type it so that it has one reading.

    Without a notation, three decimals after one to three digits could be a thousand; a fourth
    decimal settles it.
    """
    text = show_number(value)
    if notation.number is None and re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", text):
        return text + "0"
    return text.replace(".", notation.decimal_mark)
