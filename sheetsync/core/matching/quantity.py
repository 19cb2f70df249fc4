"""Is what was billed on an order line all there: ordered, received, accepted?

Rules: rules/matching.yaml `qty_ordered`, `qty_received`, `combine`.
Never: counts a quantity twice; earlier invoices keep theirs, held or not.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.books import NOTHING, Ledger
from sheetsync.core.matching.codes import QUANTITY_HOLDS, HoldCode, HoldState, Measure
from sheetsync.core.matching.documents import MatchLevel
from sheetsync.core.matching.exact import Exact, ratio
from sheetsync.core.matching.settings import MatchingRules, QuantityLimits
from sheetsync.core.matching.tolerance import (
    Measured,
    broken_limits,
    money_test,
    percent_test,
    plain_test,
)
from sheetsync.core.matching.vouchers import Posting


def over_ordered(posting: Posting, settings: MatchingRules) -> Measured | None:
    """QTY_ORDERED: billed so far against what is ordered and not cancelled."""
    ledger = posting.open_ledger
    over = posting.before + posting.quantity - ledger.ordered
    if over <= 0:
        return None
    limits = settings.qty_ordered
    return _judged(
        posting, HoldCode.QTY_ORDERED, "qty_ordered", limits, over, ledger.ordered, settings
    )


def over_received(posting: Posting, settings: MatchingRules) -> Measured | None:
    """QTY_RECEIVED: billed so far against received less returned; NO_RECEIPT when that is none."""
    ledger = posting.open_ledger
    over = posting.before + posting.quantity - ledger.received
    if over <= 0 or ledger.order.match_level is MatchLevel.TWO_WAY:
        return None
    if ledger.received <= 0:
        # No tolerance is wide enough for goods of which nothing came.
        return Measured(
            code=HoldCode.NO_RECEIPT, holds=True, measure=Measure.QUANTITY, variance=ratio(over)
        )
    limits = settings.qty_received
    return _judged(
        posting, HoldCode.QTY_RECEIVED, "qty_received", limits, over, ledger.received, settings
    )


def over_accepted(posting: Posting, settings: MatchingRules) -> Measured | None:
    """QUALITY: billed so far against what inspection accepted, within the received limits."""
    ledger = posting.open_ledger
    if ledger.order.match_level is not MatchLevel.FOUR_WAY:
        return None
    over = posting.before + posting.quantity - ledger.accepted
    if over <= 0:
        return None
    limits = settings.qty_received
    return _judged(
        posting, HoldCode.QUALITY, "qty_received", limits, over, ledger.accepted, settings
    )


def _judged(
    posting: Posting,
    code: HoldCode,
    key: str,
    limits: QuantityLimits,
    over: Exact,
    base: Exact,
    settings: MatchingRules,
) -> Measured:
    ledger = posting.open_ledger
    excess = ratio(over)
    value = excess * ratio(ledger.price)
    broken = broken_limits(
        settings.combine,
        (
            percent_test(f"{key}.pct_upper", limits.pct_upper, excess, ratio(base)),
            plain_test(f"{key}.abs_upper", limits.abs_upper, excess, ledger.line.uom),
            money_test(f"{key}.value_upper", limits.value_upper, value, ledger.order, settings),
        ),
    )
    return Measured(
        code=code, holds=bool(broken), measure=Measure.QUANTITY, variance=excess, limits=broken
    )


def matched_quantity(posting: Posting) -> Exact:
    """What of the line is covered: all of it, or what a quantity hold leaves of the basis."""
    ledger = posting.open_ledger
    if not posting.holds or not any(
        hold.code in QUANTITY_HOLDS and hold.state is HoldState.HELD for hold in posting.holds
    ):
        return posting.quantity
    left = _basis(ledger) - posting.before
    nothing = ledger.exact(NOTHING)
    return max(nothing, min(posting.quantity, left, key=ratio), key=ratio)


def _basis(ledger: Ledger) -> Exact:
    """The least of what the order's level of matching asks for."""
    level = ledger.order.match_level
    basis = ledger.ordered
    if level is not MatchLevel.TWO_WAY:
        basis = min(basis, ledger.received, key=ratio)
    if level is MatchLevel.FOUR_WAY:
        basis = min(basis, ledger.accepted, key=ratio)
    return basis


def over_receipt(ledger: Ledger, settings: MatchingRules) -> Decimal | None:
    """OVER_RECEIPT: the limit that the received quantity exceeds, if it does."""
    limit = settings.over_receipt.pct_upper
    if limit is None or ledger.received <= ledger.ordered or ledger.order.is_blanket:
        return None
    over, ordered = ratio(ledger.received) - ratio(ledger.ordered), ratio(ledger.ordered)
    return limit if over * 100 > Fraction(limit) * ordered else None
