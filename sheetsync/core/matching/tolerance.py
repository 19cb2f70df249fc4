"""Is a variance over its limits? One answer for percentages, quantities and money.

Limits are inclusive: only what is greater than its limit exceeds it.

Rules: rules/matching.yaml `combine`, `limit_currency`.
Never: knows what was measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.codes import HoldCode, Measure
from sheetsync.core.matching.conversions import to_limit_currency
from sheetsync.core.matching.documents import PurchaseOrder
from sheetsync.core.matching.exact import number
from sheetsync.core.matching.matches import BrokenLimit, Number
from sheetsync.core.matching.settings import Combine, MatchingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a check found on a line: a variance, and whether it holds.

    `is_variance` is false for checks whose mere measure says nothing, only its excess.
    """

    code: HoldCode
    holds: bool
    measure: Measure | None = None
    variance: Fraction | None = None
    limits: tuple[BrokenLimit, ...] = ()
    only_warn: bool = False
    is_variance: bool = True
    expected: Number | None = None
    billed: Number | None = None
    seen: str | None = None
    day: date | None = None
    other_day: date | None = None


@dataclass(frozen=True, slots=True)
class LimitTest:
    """One enabled limit against what was measured; `None` measured is beyond measure."""

    key: str
    limit: Decimal
    measured: Fraction | None
    unit: str

    @property
    def is_exceeded(self) -> bool:
        """Whether the variance is greater than the limit."""
        return self.measured is None or self.measured > self.limit


def percent_test(
    key: str, limit: Decimal | None, over: Fraction, base: Fraction
) -> LimitTest | None:
    """The variance in per cent of its base; anything over a base of nothing is unbounded."""
    if limit is None:
        return None
    return LimitTest(key, limit, over * 100 / base if base > 0 else None, "%")


def plain_test(key: str, limit: Decimal | None, over: Fraction, unit: str) -> LimitTest | None:
    """The variance in its own unit."""
    return None if limit is None else LimitTest(key, limit, over, unit)


def money_test(
    key: str,
    limit: Decimal | None,
    over: Fraction,
    order: PurchaseOrder,
    settings: MatchingRules,
) -> LimitTest | None:
    """Money of the order's currency in the currency of the limits; unmeasurable without a rate."""
    if limit is None:
        return None
    rate = to_limit_currency(order, order.currency, settings)
    unit = settings.limit_currency or order.currency
    return LimitTest(key, limit, None if rate is None else over * rate, unit)


def broken_limits(combine: Combine, tests: Iterable[LimitTest | None]) -> tuple[BrokenLimit, ...]:
    """The limits that hold: any exceeded one, or all of them when all must be exceeded."""
    enabled = [test for test in tests if test is not None]
    exceeded = [test for test in enabled if test.is_exceeded]
    if combine is Combine.BOTH_MUST_EXCEED and len(exceeded) < len(enabled):
        return ()
    return tuple(
        BrokenLimit(
            key=test.key,
            limit=test.limit,
            measured=None if test.measured is None else number(test.measured),
            unit=test.unit,
        )
        for test in exceeded
    )
