"""Match every invoice against its order lines and receipts: the walk through all checks.

Rules: rules/matching.yaml (all keys).
Findings: the hold and warning codes of the specification, over-receipt.
Never: moves a status, writes a cell, or changes a document.
"""

from __future__ import annotations

from datetime import date
from decimal import localcontext
from functools import partial

from sheetsync.core.matching.again import LastMatched, matched_again
from sheetsync.core.matching.books import Books, open_books
from sheetsync.core.matching.caps import amount_limit, billed_early, outside_blanket, over_blanket
from sheetsync.core.matching.charges import check_charges
from sheetsync.core.matching.credits import STANDING_CHECKS, take_credits
from sheetsync.core.matching.documents import Documents
from sheetsync.core.matching.duplicates import hold_lookalikes, reject_invalid
from sheetsync.core.matching.exact import PRECISE, ratio
from sheetsync.core.matching.examining import Check, examine
from sheetsync.core.matching.gates import place
from sheetsync.core.matching.levels import NO_LEVELS, MatchingLevels, Tuning
from sheetsync.core.matching.lots import Lot, lots
from sheetsync.core.matching.matches import Matches
from sheetsync.core.matching.outcome import conclude, joined
from sheetsync.core.matching.price import line_total, price_variance
from sheetsync.core.matching.quantity import over_accepted, over_ordered, over_received
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.totals import check_tax, check_totals
from sheetsync.core.matching.vouchers import Posting, Voucher, open_vouchers

LINE_CHECKS: tuple[Check, ...] = (
    over_ordered,
    over_received,
    over_accepted,
    price_variance,
    line_total,
    amount_limit,
    billed_early,
)
"""Asked of every line of an ordinary order that still bills a quantity."""

BLANKET_CHECKS: tuple[Check, ...] = (over_blanket, outside_blanket, amount_limit, billed_early)
"""Asked of every line of a blanket order that still bills a quantity."""


def match(
    documents: Documents,
    settings: MatchingRules,
    *,
    as_of: date | None = None,
    levels: MatchingLevels = NO_LEVELS,
    last: LastMatched | None = None,
) -> Matches:
    """Match every order line.

    Paid invoices take their quantity first, then by arrival; a quantity is taken once.

    Args:
        documents: Orders, receipts, invoices, releases, payments, in any order.
        settings: Percentages are of the order's figures, 5 means 5 %.
        as_of: Only documents dated on or before this day count; all of them when `None`.
        levels: Where a supplier, a category or an item has limits of its own.
        last: What was matched last, so that only what changed is; holds this one afterwards.

    Returns:
        One result per invoice known at `as_of` and per order line.

    Raises:
        ValueError: two orders, two lines of an order, or two invoices share their key.
    """
    with localcontext(PRECISE):
        tuning = Tuning(settings, levels)
        found, rules = lots(documents, as_of), (settings, levels)
        return joined(
            matched_again(found, rules, last or LastMatched(), partial(match_lot, tuning=tuning))
        )


def match_lot(lot: Lot, tuning: Tuning) -> Matches:
    """The whole walk, over documents that no others can touch."""
    settings = tuning.rules
    books = open_books(lot, settings, tuning)
    vouchers = open_vouchers(lot, tuning)
    reject_invalid(vouchers)
    _place_all(vouchers, books, settings)
    hold_lookalikes(vouchers)
    for voucher in vouchers:
        _check_document(voucher)
    take_credits(vouchers, settings)
    for voucher in vouchers:
        if not voucher.is_rejected:
            _take_quantities(voucher)
    matches = conclude(books, vouchers, settings)
    for voucher in vouchers:
        voucher.close()
    return matches


def _place_all(vouchers: list[Voucher], books: Books, settings: MatchingRules) -> None:
    """Lead every line to its order line; then settle what was ordered, received and billed."""
    for voucher in vouchers:
        voucher.has_unreadable_supplier = voucher.invoice.supplier in books.unreadable_suppliers
        if not voucher.is_rejected:
            for posting in voucher.postings:
                place(posting, books, settings)
    for book in books.orders.values():
        book.settle()
    for voucher in vouchers:
        for posting in voucher.postings:
            if posting.counts:
                posting.settle()


def _check_document(voucher: Voucher) -> None:
    if not voucher.is_rejected:
        check_tax(voucher, voucher.tuned.rules)
        check_totals(voucher, voucher.tuned.rules)


def _take_quantities(voucher: Voucher) -> None:
    """Examine a document's lines at its turn, and let them take their quantity."""
    for posting in voucher.postings:
        if not posting.counts:
            continue
        if not posting.is_credit:
            ledger = posting.open_ledger
            posting.before = ledger.billed
            examine(posting, STANDING_CHECKS, ledger.tuned.rules)
            if posting.quantity > 0:
                checks = BLANKET_CHECKS if ledger.order.is_blanket else LINE_CHECKS
                examine(posting, checks, ledger.tuned.rules)
            _take(posting)
        elif posting.takes_effect and not voucher.invoice.credits_invoice:
            _take(posting)
    check_charges(voucher, voucher.tuned.rules)


def _take(posting: Posting) -> None:
    """Enter a line in the running sums of its order line and its order."""
    ledger = posting.open_ledger
    ledger.billed = ledger.billed + posting.quantity
    ledger.billed_amount = ledger.billed_amount + posting.value
    if posting.book is not None and ledger.order.is_blanket:
        posting.book.amount_billed += ratio(posting.amount_left)
