"""Limits on single lines and on blanket orders: too large, too early, too much, out of time.

Rules: rules/matching.yaml `line_amount_cap`, `date_value_days`, `blanket_amount`, `blanket_days`.
Never: compares with an ordered quantity or price.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.codes import HoldCode, Measure
from sheetsync.core.matching.conversions import to_limit_currency
from sheetsync.core.matching.documents import PurchaseOrder
from sheetsync.core.matching.exact import number, ratio
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.tolerance import (
    LimitTest,
    Measured,
    broken_limits,
    money_test,
    plain_test,
)
from sheetsync.core.matching.vouchers import Posting


def amount_limit(posting: Posting, settings: MatchingRules) -> Measured | None:
    """AMOUNT_LIMIT: a line this large is looked at by a person, whatever else."""
    cap = settings.line_amount_cap
    if cap is None or _is_plainly_within(posting, cap, settings):
        return None
    amount, unit = _in_limit_currency(posting, settings)
    test = LimitTest("line_amount_cap", cap, amount, unit)
    if not test.is_exceeded:
        return None
    return Measured(
        code=HoldCode.AMOUNT_LIMIT,
        holds=True,
        measure=Measure.AMOUNT,
        variance=Fraction(posting.amount) if amount is None else amount - Fraction(cap),
        limits=broken_limits(settings.combine, (test,)),
        is_variance=False,
        billed=posting.amount,
    )


def billed_early(posting: Posting, settings: MatchingRules) -> Measured | None:
    """DATE_EARLY: money times the days by which the bill came before the delivery was due."""
    limit, due = settings.date_value_days, posting.open_ledger.line.delivery_date
    billed_on = posting.voucher.invoice.invoice_date
    if limit is None or due is None or due <= billed_on:
        return None
    days = (due - billed_on).days
    if _is_plainly_within(posting, limit, settings, times=days):
        return None
    amount, unit = _in_limit_currency(posting, settings)
    weight = None if amount is None else amount * days
    test = LimitTest("date_value_days", limit, weight, f"{unit} x days")
    if not test.is_exceeded:
        return None
    return Measured(
        code=HoldCode.DATE_EARLY,
        holds=True,
        limits=broken_limits(settings.combine, (test,)),
        is_variance=False,
        billed=posting.amount,
        day=due,
        other_day=billed_on,
    )


def _is_plainly_within(
    posting: Posting, cap: Decimal, settings: MatchingRules, *, times: int = 1
) -> bool:
    """The common case, told without a conversion: one currency for invoice, order and limit."""
    currency = posting.voucher.invoice.currency
    is_one = currency == posting.open_ledger.order.currency == (settings.limit_currency or currency)
    return is_one and posting.amount * times <= cap


def _in_limit_currency(posting: Posting, settings: MatchingRules) -> tuple[Fraction | None, str]:
    """A line's money as billed, in the currency of the limits; `None` without a rate."""
    order = posting.open_ledger.order
    rate = to_limit_currency(order, posting.voucher.invoice.currency, settings)
    unit = settings.limit_currency or order.currency
    return (None if rate is None else Fraction(posting.amount) * rate), unit


def over_blanket(posting: Posting, settings: MatchingRules) -> Measured | None:
    """BLANKET_LIMIT: all that was billed on the order against its value limit."""
    order = posting.open_ledger.order
    if order.value_limit is None or posting.book is None:
        return None
    billed = posting.book.amount_billed + ratio(posting.amount_left)
    over = billed - Fraction(order.value_limit)
    if over <= 0:
        return None
    limit = settings.blanket_amount.abs_upper
    test = money_test("blanket_amount.abs_upper", limit, over, order, settings)
    broken = broken_limits(settings.combine, (test,)) if test and test.is_exceeded else ()
    return Measured(
        code=HoldCode.BLANKET_LIMIT,
        holds=bool(broken),
        measure=Measure.AMOUNT,
        variance=over,
        limits=broken,
        expected=order.value_limit,
        billed=number(billed),
    )


def outside_blanket(posting: Posting, settings: MatchingRules) -> Measured | None:
    """BLANKET_DATE: the days by which the invoice's date lies outside the order's validity."""
    limit, order = settings.blanket_days, posting.open_ledger.order
    billed_on = posting.voucher.invoice.invoice_date
    missed, days = _days_outside(order, billed_on)
    test = plain_test("blanket_days", limit, Fraction(days), "days")
    if test is None or not test.is_exceeded:
        return None
    return Measured(
        code=HoldCode.BLANKET_DATE,
        holds=True,
        limits=broken_limits(settings.combine, (test,)),
        is_variance=False,
        day=missed,
        other_day=billed_on,
    )


def _days_outside(order: PurchaseOrder, day: date) -> tuple[date | None, int]:
    """The end of the validity that was missed, and by how many days."""
    if order.valid_from is not None and day < order.valid_from:
        return order.valid_from, (order.valid_from - day).days
    if order.valid_to is not None and day > order.valid_to:
        return order.valid_to, (day - order.valid_to).days
    return None, 0
