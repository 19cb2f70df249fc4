"""Amounts as people and cells see them: rounding to a currency's minor unit, and plain writing.

Never: converts currencies; money stays `Decimal` throughout.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sheetsync.core.matching.exact import minor_unit
from sheetsync.core.model import RawCell

SERIAL_DAY_ZERO = date(1899, 12, 30)
"""Sheets counts days from here; the phantom 1900-02-29 of other spreadsheets does not exist."""


INTEGER_DIGITS = 11
ALL_DIGITS = 20


def is_plausible(number: Decimal) -> bool:
    """Whether anybody orders, receives or bills so much, to so many digits.

    A finger that rests on a key types forty; arithmetic with cents must never run out of digits.
    """
    return number.adjusted() < INTEGER_DIGITS and len(number.as_tuple().digits) <= ALL_DIGITS


def rounded(amount: Decimal, currency: str | None) -> Decimal:
    """The amount rounded once, half away from zero, to the currency's minor unit."""
    places = Decimal(1).scaleb(-minor_unit(currency or "EUR"))
    return amount.quantize(places, rounding=ROUND_HALF_UP)


def as_decimal(number: Decimal | Fraction) -> Decimal:
    """A quantity of matching as a decimal; a ratio that no decimal can write to 28 digits."""
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / Decimal(number.denominator)
    return number


def raw_of(value: Decimal | date | RawCell) -> RawCell:
    """A value as a raw cell: decimals as doubles, days as serial numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return (value - SERIAL_DAY_ZERO).days
    return value
