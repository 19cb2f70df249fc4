"""Are the charges of an invoice the planned ones, in proportion to what was billed so far?

A charge stands on the document, not on a line; where the document bills several orders that plan
the charge, it is divided among them as their plans expect it.

Rules: rules/matching.yaml `charge_planned`, `charge_unplanned`, `combine`.
Never: holds a credit note; a charge taken back is no charge too many.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.books import OrderBook
from sheetsync.core.matching.codes import HoldCode, Measure
from sheetsync.core.matching.conversions import ONE, exchange_rate
from sheetsync.core.matching.exact import Exact, number, round_money, total
from sheetsync.core.matching.matches import Figures
from sheetsync.core.matching.releases import hold_voucher
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.tolerance import broken_limits, money_test, percent_test
from sheetsync.core.matching.vouchers import Voucher

ZERO = Fraction(0)


def check_charges(voucher: Voucher, settings: MatchingRules) -> None:
    """CHARGE and UNPLANNED_CHARGE, code by code; nothing where no line met its order.

    A bill of charges alone names no order (a charge has none): NO_PO, or it would be paid unasked.
    """
    if voucher.charges and not voucher.postings and not voucher.is_credit_note:
        hold_voucher(voucher, HoldCode.NO_PO)
        return
    if not voucher.charges and not any(
        posting.book.order.charges for posting in voucher.postings if posting.book is not None
    ):
        return
    values = _values_by_order(voucher)
    if not values:
        return
    for po_number, value in values.items():
        _book_of(voucher, po_number).value_billed += value
    for code, amount in _amounts(voucher).items():
        planning = [
            book
            for book in (_book_of(voucher, po_number) for po_number in values)
            if _planned(book, code) is not None
        ]
        if planning:
            for book, part in _divided(voucher, code, amount, planning, values, settings):
                _check_planned(voucher, book, code, part, settings)
        elif amount > 0:
            _check_unplanned(voucher, code, amount, settings)


def _values_by_order(voucher: Voucher) -> dict[str, Fraction]:
    """What the document bills net on each order, before any credit to it."""
    values: dict[str, list[Exact]] = {}
    for posting in voucher.postings:
        if posting.counts and (posting.takes_effect or not posting.is_credit):
            key = posting.open_ledger.order.po_number
            values.setdefault(key, []).append(posting.billed_value)
    return {key: total(billed) for key, billed in values.items()}


def _book_of(voucher: Voucher, po_number: str) -> OrderBook:
    return next(
        posting.book
        for posting in voucher.postings
        if posting.book is not None and posting.book.order.po_number == po_number
    )


def _amounts(voucher: Voucher) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for charge in voucher.charges:
        amounts[charge.code] = amounts.get(charge.code, Decimal(0)) + charge.amount
    return amounts


def _planned(book: OrderBook, code: str) -> Decimal | None:
    planned = [charge.amount for charge in book.order.charges if charge.code == code]
    return sum(planned, Decimal(0)) if planned else None


def _divided(
    voucher: Voucher,
    code: str,
    amount: Decimal,
    planning: list[OrderBook],
    values: dict[str, Fraction],
    settings: MatchingRules,
) -> list[tuple[OrderBook, Fraction]]:
    """The charge in each order's currency, divided as their plans expect it."""
    if len(planning) == 1:
        (book,) = planning
        return [(book, Fraction(amount) * _into_order(voucher, book, settings))]
    weights = [
        Fraction(_planned(book, code) or 0)
        * (values[book.order.po_number] / book.net_value if book.net_value else ONE)
        for book in planning
    ]
    whole = sum(weights, ZERO)
    return [
        (
            book,
            Fraction(amount)
            * (weight / whole if whole else Fraction(1, len(planning)))
            * _into_order(voucher, book, settings),
        )
        for book, weight in zip(planning, weights, strict=True)
    ]


def _into_order(voucher: Voucher, book: OrderBook, settings: MatchingRules) -> Fraction:
    # A line of this order counts, so its rate is known.
    rate = exchange_rate(book.order, voucher.invoice.currency, book.order.currency, settings)
    return rate if rate is not None else ONE


def _check_planned(
    voucher: Voucher, book: OrderBook, code: str, amount: Fraction, settings: MatchingRules
) -> None:
    order = book.order
    book.charges_billed[code] = billed = book.charges_billed.get(code, ZERO) + amount
    if voucher.is_credit_note:
        return
    expected = _expected(book, code)
    if billed <= expected:
        return
    over = Fraction(round_money(billed - expected, order.currency))
    if not over:
        return
    voucher.has_variance = True
    limits = settings.charge_planned
    broken = broken_limits(
        settings.combine,
        (
            percent_test("charge_planned.pct_upper", limits.pct_upper, over, expected),
            money_test("charge_planned.abs_upper", limits.abs_upper, over, order, settings),
        ),
    )
    if broken:
        hold_voucher(
            voucher,
            HoldCode.CHARGE,
            measure=Measure.AMOUNT,
            variance=over,
            limits=broken,
            figures=Figures(
                currency=order.currency,
                expected=number(expected),
                billed=number(billed),
                seen=code,
                wanted=order.po_number,
            ),
        )


def _expected(book: OrderBook, code: str) -> Fraction:
    """What is planned, in proportion to what was billed of the order."""
    net_value, planned = book.net_value, Fraction(_planned(book, code) or 0)
    if net_value and net_value != book.value_billed:
        planned *= book.value_billed / net_value
    return Fraction(round_money(planned, book.order.currency))


def _check_unplanned(voucher: Voucher, code: str, amount: Decimal, settings: MatchingRules) -> None:
    voucher.has_variance = True
    book = next(posting.book for posting in voucher.postings if posting.counts and posting.book)
    order = book.order
    billed = Fraction(amount) * _into_order(voucher, book, settings)
    limit = settings.charge_unplanned.abs_upper
    test = money_test("charge_unplanned.abs_upper", limit, billed, order, settings)
    if test is None or not test.is_exceeded:
        return
    hold_voucher(
        voucher,
        HoldCode.UNPLANNED_CHARGE,
        measure=Measure.AMOUNT,
        variance=billed,
        limits=broken_limits(settings.combine, (test,)),
        figures=Figures(
            currency=order.currency,
            expected=Decimal(0),
            billed=number(billed),
            seen=code,
            wanted=order.po_number,
        ),
    )
