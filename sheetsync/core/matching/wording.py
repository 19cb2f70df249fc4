"""How figures are written in sentences: plain numbers, money, percentages, days.

Never: rounds what a decision was made on; a shown figure that had to be cut says "about".
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from sheetsync.core.matching.exact import PRECISE, minor_unit, number, round_up
from sheetsync.core.matching.matches import Hold, Number

SHOWN_PLACES = 4
NOTHING = Decimal(0)

Wording = tuple[str, str]
"""The facts of a hold, and its smallest cure."""


def plain(value: Number | None) -> str:
    """A number as people write it: no exponent, no needless zeros, groups of thousands."""
    with localcontext(PRECISE):
        exact = number(value or NOTHING)
        if isinstance(exact, Fraction):
            return f"about {_cut(exact)}"
        written = format(exact, ",f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def _cut(value: Fraction) -> str:
    scale = 10**SHOWN_PLACES
    units = Decimal(round(value * scale)).scaleb(-SHOWN_PLACES)
    return format(units, ",f")


def quantity(value: Number | None, uom: str | None) -> str:
    """A quantity with its unit."""
    return f"{plain(value)} {uom}" if uom else plain(value)


def money(value: Number | None, currency: str | None) -> str:
    """Money with its currency, to the minor unit at least."""
    with localcontext(PRECISE):
        exact = number(value or NOTHING)
        if isinstance(exact, Fraction):
            return f"about {_cut(exact)} {currency or ''}".strip()
        places = minor_unit(currency) if currency else 0
        exponent = exact.normalize().as_tuple().exponent
        shown = max(places, -exponent if isinstance(exponent, int) else 0)
        written = format(exact.quantize(Decimal(1).scaleb(-shown)), ",f")
    return f"{written} {currency or ''}".strip()


def percent(value: Number, sign: str = "") -> str:
    """A percentage to two places, with its sign where one is given."""
    exact = Fraction(value)
    hundredths = Decimal(round(exact * 100)).scaleb(-2)
    about = "" if Fraction(hundredths) == exact else "about "
    return f"{about}{sign}{plain(hundredths)} %"


def day(value: date) -> str:
    """A day that cannot be misread: Tue 3 Mar 2026."""
    return f"{value:%a} {value.day} {value:%b} {value.year}"


def listed(words: tuple[str, ...], most: int = 5) -> str:
    """A few words in a row, the rest counted."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def or_release(hold: Hold) -> str:
    """The last resort of every measured hold, said the same way."""
    return f"or a release up to {plain(enough_to_release(hold))} with a reason."


def enough_to_release(hold: Hold) -> Decimal:
    """The least that a release must allow; a ratio that no decimal can write is rounded up."""
    exact = number(abs(Fraction(hold.variance or 0)))
    return exact if isinstance(exact, Decimal) else round_up(exact, SHOWN_PLACES)
