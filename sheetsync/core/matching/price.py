"""Is the price as agreed, on the unit and on the order line as a whole?

Rules: rules/matching.yaml `price`, `line_total`, `combine`.
Never: compares a price with tax to one without, or lets one line's low price pay for another's.
"""

from __future__ import annotations

from fractions import Fraction

from sheetsync.core.matching.codes import HoldCode, Measure
from sheetsync.core.matching.exact import last_place, number, ratio
from sheetsync.core.matching.settings import LowerAction, MatchingRules
from sheetsync.core.matching.tolerance import Measured, broken_limits, money_test, percent_test
from sheetsync.core.matching.vouchers import Posting


def price_variance(posting: Posting, settings: MatchingRules) -> Measured | None:
    """PRICE_HIGH or PRICE_LOW: the net unit price after price credits, against the order's."""
    ledger = posting.open_ledger
    if posting.price == ledger.price:
        return None
    limits = settings.price
    variance = ratio(posting.price) - ratio(ledger.price)
    side, code = ("upper", HoldCode.PRICE_HIGH) if variance > 0 else ("lower", HoldCode.PRICE_LOW)
    percent, amount = (
        (limits.pct_upper, limits.abs_upper)
        if variance > 0
        else (limits.pct_lower, limits.abs_lower)
    )
    off = abs(variance)
    on_line = off * ratio(posting.quantity)
    broken = broken_limits(
        settings.combine,
        (
            percent_test(f"price.pct_{side}", percent, off, ratio(ledger.price)),
            money_test(f"price.abs_{side}", amount, on_line, ledger.order, settings),
        ),
    )
    return Measured(
        code=code,
        holds=bool(broken) and not _is_rounding(posting, off),
        measure=Measure.UNIT_PRICE,
        variance=variance,
        limits=broken,
        only_warn=code is HoldCode.PRICE_LOW and limits.lower_action is LowerAction.WARN,
    )


def _is_rounding(posting: Posting, off: Fraction) -> bool:
    """Whether a price that had to be derived is only rounded in the invoice's last place."""
    conversion = posting.conversion
    if conversion is None or not conversion.derived:
        return False
    half = last_place(posting.unit_price, posting.voucher.invoice.currency) / 2
    return off <= half * conversion.price


def line_total(posting: Posting, settings: MatchingRules) -> Measured | None:
    """LINE_TOTAL: all that was billed on the order line, in money, against the line's own."""
    ledger, limits = posting.open_ledger, settings.line_total
    if limits.pct_upper is None and limits.abs_upper is None:
        return None
    so_far = ledger.billed_amount + posting.value
    agreed = ledger.ordered * ledger.price
    if so_far <= agreed:
        return None
    billed, ordered = ratio(so_far), ratio(agreed)
    over = billed - ordered
    broken = broken_limits(
        settings.combine,
        (
            percent_test("line_total.pct_upper", limits.pct_upper, over, ordered),
            money_test("line_total.abs_upper", limits.abs_upper, over, ledger.order, settings),
        ),
    )
    return Measured(
        code=HoldCode.LINE_TOTAL,
        holds=bool(broken),
        measure=Measure.AMOUNT,
        variance=over,
        limits=broken,
        expected=number(ordered),
        billed=number(billed),
    )
