"""The least that would release a hold: how much to credit, how much to receive.

Every figure is rounded up to what can be written, so that it does release.

Never: looks at anything but the facts of the hold.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.exact import minor_unit, round_up
from sheetsync.core.matching.matches import BrokenLimit, Hold

FINEST_PLACES = 4
ZERO = Fraction(0)


def least_reduction(hold: Hold) -> Fraction:
    """By how much the variance must shrink to fall within every limit it broke."""
    variance = abs(Fraction(hold.variance or 0))
    return max((variance * _share_over(broken) for broken in hold.limits), default=variance)


def _share_over(broken: BrokenLimit) -> Fraction:
    """Which part of the variance is over the limit; all of it where it cannot be measured."""
    if not broken.measured:
        return Fraction(1)
    return 1 - Fraction(broken.limit) / Fraction(broken.measured)


def quantity_to_credit(hold: Hold) -> Decimal:
    """The quantity whose credit releases the line; never more than the line bills."""
    needed = min(least_reduction(hold), Fraction(hold.figures.billed_now or 0))
    return round_up(needed, _places(hold))


def _places(hold: Hold) -> int:
    """Whole units where the line is ordered and billed in whole units."""
    figures = hold.figures
    seen = (figures.ordered, figures.received, figures.accepted, figures.billed_now, hold.variance)
    are_whole = all(Fraction(figure or 0).denominator == 1 for figure in seen)
    return 0 if are_whole else FINEST_PLACES


def money_of_credit(hold: Hold) -> Decimal:
    """What that quantity was billed at, in the order's currency."""
    price = Fraction(hold.figures.unit_price or 0)
    places = minor_unit(hold.figures.currency or "")
    return round_up(Fraction(quantity_to_credit(hold)) * price, places)


def quantity_to_come(hold: Hold, base: Fraction) -> Decimal:
    """What must still be received (accepted); a percentage grows with its base."""
    variance = Fraction(hold.variance or 0)
    needed = variance
    if hold.limits:
        needed = max(_still_missing(broken, variance, base) for broken in hold.limits)
    return round_up(needed, _places(hold))


def _still_missing(broken: BrokenLimit, variance: Fraction, base: Fraction) -> Fraction:
    if broken.unit == "%":
        share = Fraction(broken.limit) / 100
        return (variance - share * base) / (1 + share)
    return variance * _share_over(broken)


def money_to_credit(hold: Hold) -> Decimal:
    """The money whose credit releases an amount, or (unit prices) the whole line."""
    figures = hold.figures
    needed = least_reduction(hold)
    if hold.measure == "unit_price":
        needed *= Fraction(figures.billed_now or 0)
    return round_up(needed, minor_unit(figures.currency or ""))
