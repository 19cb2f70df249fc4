"""Exact numbers: decimals, ratios where no decimal will do, and money at its minor unit.

All figures of one order line are of one kind: decimals, unless a conversion (unit, currency, tax
taken out, a credit spread over a quantity) demands ratios. Nothing here ever rounds unasked.

Never: a binary fraction.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, cast

from babel.numbers import get_currency_precision

from sheetsync.core.matching.matches import Number

if TYPE_CHECKING:

    class Exact:
        """A `Decimal` or a `Fraction`; the type checker lets it meet only its like."""

        def __add__(self, other: Exact) -> Exact: ...
        def __sub__(self, other: Exact) -> Exact: ...
        def __mul__(self, other: Exact) -> Exact: ...
        def __neg__(self) -> Exact: ...
        def __abs__(self) -> Exact: ...
        def __lt__(self, other: Exact | int) -> bool: ...
        def __gt__(self, other: Exact | int) -> bool: ...
        def __le__(self, other: Exact | int) -> bool: ...
        def __ge__(self, other: Exact | int) -> bool: ...

else:
    Exact = Decimal | Fraction

PRECISE = Context(prec=2000, rounding=ROUND_HALF_UP, traps=[Inexact, InvalidOperation])
"""Sums and products are kept whole: a digit that would be lost is an error, not a rounding."""

ROUNDING = Context(prec=2000, rounding=ROUND_HALF_UP, traps=[InvalidOperation])

# The library follows CLDR, which drops the minor unit of these; ISO 4217 keeps it.
_ISO_MINOR_UNITS = {
    "AFN": 2,
    "ALL": 2,
    "IQD": 3,
    "IRR": 2,
    "KPW": 2,
    "LAK": 2,
    "LBP": 2,
    "MGA": 2,
    "MMK": 2,
    "RSD": 2,
    "SOS": 2,
    "SYP": 2,
    "YER": 2,
}


def as_decimal(value: Decimal) -> Exact:
    """A decimal among decimals."""
    return cast("Exact", value)


def as_exact_ratio(value: Decimal | Fraction) -> Exact:
    """A number among ratios."""
    return cast("Exact", Fraction(value))


def ratio(value: Exact | Number) -> Fraction:
    """Any exact number as a ratio."""
    if isinstance(value, Fraction):
        return value
    return Fraction(*cast("Decimal", value).as_integer_ratio())


def total(values: Iterable[Exact]) -> Fraction:
    """The sum of figures of different lines, decimals and ratios mixed."""
    decimals, ratios = Decimal(0), None
    for value in values:
        if isinstance(value, Decimal):
            decimals += value
        else:
            ratios = ratio(value) if ratios is None else ratios + ratio(value)
    return ratio(decimals) if ratios is None else ratio(decimals) + ratios


def number(value: Exact | Number) -> Number:
    """The decimal where one can write it, else the ratio."""
    if isinstance(value, Decimal):
        return value
    plain = cast("Fraction", value)
    rest = plain.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return plain if rest != 1 else as_plain(plain)


def as_plain(value: Fraction) -> Decimal:
    """A ratio that a decimal can write, as that decimal.

    Raises:
        decimal.Inexact: no decimal can write it.
    """
    return PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


@cache
def minor_unit(currency: str) -> int:
    """How many decimals a currency's money has: ISO 4217."""
    return _ISO_MINOR_UNITS.get(currency) or get_currency_precision(currency)


@cache
def _smallest(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_unit(currency))


def round_money(value: Exact | Number, currency: str) -> Decimal:
    """Money at its currency's minor unit, halves away from zero."""
    if isinstance(value, Decimal):
        rounded = value.quantize(_smallest(currency), ROUND_HALF_UP, ROUNDING)
    else:
        plain = cast("Fraction", value)
        scale = 10 ** minor_unit(currency)
        double = 2 * plain.denominator
        units = (2 * abs(plain.numerator) * scale + plain.denominator) // double
        rounded = Decimal(units if plain > 0 else -units).scaleb(
            -minor_unit(currency), context=PRECISE
        )
    return rounded or abs(rounded)


def percent_of(amount: Decimal, rate_pct: Decimal) -> Decimal:
    """So many per cent of an amount, unrounded."""
    return (amount * rate_pct).scaleb(-2)


def last_place(price: Decimal, currency: str) -> Fraction:
    """The value of a price's last decimal, at least down to its currency's minor unit.

    Compared by value: 6.7 and 6.70 are one price, and a sheet cannot tell 7 from 7.00.
    """
    exponent = cast("int", price.normalize(PRECISE).as_tuple().exponent)
    return Fraction(1, 10 ** max(minor_unit(currency), -exponent))


def round_up(value: Fraction, places: int) -> Decimal:
    """The next number of so many decimals that is not below."""
    units = -((-value * 10**places) // 1)
    return Decimal(int(units)).scaleb(-places)
