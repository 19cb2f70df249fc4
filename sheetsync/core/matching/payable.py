"""How much of a document may be paid now?

Rules: rules/matching.yaml `payable_policy`.
Never: pays more than was billed, or anything on a document that may be here twice.
"""

from __future__ import annotations

from decimal import Decimal

from sheetsync.core.matching.books import NOTHING
from sheetsync.core.matching.codes import HoldCode, HoldState
from sheetsync.core.matching.exact import round_money
from sheetsync.core.matching.settings import MatchingRules, PayablePolicy
from sheetsync.core.matching.totals import gross, own_tax
from sheetsync.core.matching.vouchers import Posting, Voucher


def payable_amount(voucher: Voucher, settings: MatchingRules, *, is_held: bool) -> Decimal:
    """All of it, nothing, or (by line) what is not held; in the invoice's currency."""
    currency = voucher.invoice.currency
    if voucher.is_rejected:
        return round_money(NOTHING, currency)
    if not is_held:
        return round_money(gross(voucher), currency)
    if settings.payable_policy is PayablePolicy.INVOICE or _is_all_or_nothing(voucher):
        return round_money(NOTHING, currency)
    return round_money(_free_lines(voucher), currency)


def _is_all_or_nothing(voucher: Voucher) -> bool:
    """A credit note takes effect whole; a lookalike is in doubt as a whole."""
    return voucher.is_credit_note or any(
        hold.code is HoldCode.POSSIBLE_DUPLICATE and hold.state is HoldState.HELD
        for hold in voucher.holds
    )


def _free_lines(voucher: Voucher) -> Decimal:
    """The lines without a hold, each with its own tax; never more than the document asks for."""
    free = [posting for posting in voucher.postings if not posting.is_held]
    amount = sum((posting.amount for posting in free), NOTHING)
    if voucher.tax is not None:
        amount += min(voucher.tax, sum(map(_tax_on_top, free), NOTHING))
    return max(NOTHING, min(amount, gross(voucher)))


def _tax_on_top(posting: Posting) -> Decimal:
    return NOTHING if posting.line.price_includes_tax else own_tax(posting)
