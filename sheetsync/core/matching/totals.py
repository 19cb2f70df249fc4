"""Does the document add up? Its lines, its charges, its tax and its stated total.

Rules: rules/matching.yaml `small_difference`, `tax`, `limit_currency`.
Never: looks at quantities or at the order's prices.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.books import NOTHING
from sheetsync.core.matching.codes import HoldCode, Measure
from sheetsync.core.matching.conversions import to_limit_currency
from sheetsync.core.matching.documents import Charge, PurchaseOrder
from sheetsync.core.matching.exact import number, percent_of, round_money
from sheetsync.core.matching.matches import BrokenLimit, Figures
from sheetsync.core.matching.releases import hold_voucher
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.vouchers import Posting, Voucher, extension


def gross(voucher: Voucher) -> Decimal:
    """What the document asks for: its stated total, else the sum of its parts."""
    return parts(voucher) if voucher.total is None else voucher.total


def parts(voucher: Voucher) -> Decimal:
    """Lines, charges and tax; tax that stands within the line prices is not added again."""
    whole = voucher.lines_amount + voucher.charges_amount
    if voucher.tax is None:
        return whole
    return whole + voucher.tax - sum(map(included_tax, voucher.postings), NOTHING)


def included_tax(posting: Posting) -> Decimal:
    """The tax within a line's amount, where its price includes tax."""
    rate = tax_rate(posting) if posting.line.price_includes_tax else None
    if not rate:
        return NOTHING
    share = Fraction(rate) / (100 + Fraction(rate))
    return round_money(Fraction(posting.amount) * share, posting.voucher.invoice.currency)


def own_tax(posting: Posting) -> Decimal:
    """The tax that the order's rate asks on a line."""
    rate = tax_rate(posting)
    if not rate:
        return NOTHING
    if posting.line.price_includes_tax:
        return included_tax(posting)
    return round_money(percent_of(posting.amount, rate), posting.voucher.invoice.currency)


def tax_rate(posting: Posting) -> Decimal | None:
    """The rate of the order line, which is the one agreed."""
    return posting.ledger.line.tax_rate_pct if posting.ledger is not None else None


def expected_tax(voucher: Voucher) -> Decimal:
    """Line by line and charge by charge, each rounded."""
    currency = voucher.invoice.currency
    on_charges = (
        round_money(percent_of(charge.amount, _charge_rate(voucher, charge)), currency)
        for charge in voucher.charges
    )
    return sum(map(own_tax, voucher.postings), NOTHING) + sum(on_charges, NOTHING)


def _charge_rate(voucher: Voucher, charge: Charge) -> Decimal:
    """The charge's own rate, else the one planned for its code."""
    if charge.tax_rate_pct is not None:
        return charge.tax_rate_pct
    for posting in voucher.postings:
        for planned in posting.book.order.charges if posting.book is not None else ():
            if planned.code == charge.code and planned.tax_rate_pct is not None:
                return planned.tax_rate_pct
    return NOTHING


def order_of(voucher: Voucher) -> PurchaseOrder | None:
    """The first order that the document bills; its rates serve the limits of the whole."""
    books = (posting.book for posting in voucher.postings if posting.book is not None)
    return next((book.order for book in books), None)


def check_tax(voucher: Voucher, settings: MatchingRules) -> None:
    """TAX: the billed tax against the rates of the order, either way."""
    if voucher.tax is None or any(posting.ledger is None for posting in voucher.postings):
        return
    expected = expected_tax(voucher)
    if voucher.tax != expected:
        _judge(voucher, HoldCode.TAX, settings, expected=expected, billed=voucher.tax, key="tax")


def check_totals(voucher: Voucher, settings: MatchingRules) -> None:
    """INVOICE_TOTAL: stated amounts against what they are made of; the widest gap counts."""
    gaps: list[tuple[Decimal, Decimal, Decimal, str]] = []
    currency = voucher.invoice.currency
    for posting in voucher.postings:
        if posting.line.amount is not None and not posting.is_price_credit:
            made_of = extension(posting.typed_quantity, posting.unit_price, currency)
            gap = abs(posting.amount - made_of)
            gaps.append((gap, made_of, posting.amount, f"line {posting.line.line_no}"))
    if voucher.total is not None:
        made_of = parts(voucher)
        gaps.append((abs(voucher.total - made_of), made_of, voucher.total, "total"))
    widest = max(gaps, default=None)
    if widest is not None and widest[0]:
        _, made_of, stated, where = widest
        key, code = "small_difference", HoldCode.INVOICE_TOTAL
        _judge(voucher, code, settings, expected=made_of, billed=stated, key=key, seen=where)


def _judge(
    voucher: Voucher,
    code: HoldCode,
    settings: MatchingRules,
    *,
    expected: Decimal,
    billed: Decimal,
    key: str,
    seen: str | None = None,
) -> None:
    """Hold the document when a difference is over its limit; any difference is a variance."""
    voucher.has_variance = True
    limit: Decimal | None = settings.tax if key == "tax" else settings.small_difference
    if limit is None:
        return
    currency = voucher.invoice.currency
    difference = abs(Fraction(billed) - Fraction(expected))
    order = order_of(voucher)
    rate = to_limit_currency(order, currency, settings)
    if rate is not None and difference * rate <= Fraction(limit):
        return
    unit = settings.limit_currency or (order.currency if order is not None else currency)
    measured = None if rate is None else number(difference * rate)
    hold_voucher(
        voucher,
        code,
        measure=Measure.AMOUNT,
        variance=difference,
        limits=(BrokenLimit(key=key, limit=limit, measured=measured, unit=unit),),
        figures=Figures(currency=currency, expected=expected, billed=billed, seen=seen),
    )
