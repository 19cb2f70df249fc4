"""Ask a line a row of questions, and keep the answers with the figures behind them.

Never: asks on its own; the callers say which questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sheetsync.core.matching.books import Ledger
from sheetsync.core.matching.codes import Measure
from sheetsync.core.matching.documents import MatchLevel
from sheetsync.core.matching.exact import number
from sheetsync.core.matching.matches import Figures
from sheetsync.core.matching.releases import hold_line
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.tolerance import Measured
from sheetsync.core.matching.vouchers import Posting

Check = Callable[[Posting, MatchingRules], Measured | None]


def examine(posting: Posting, checks: Iterable[Check], settings: MatchingRules) -> None:
    """Ask every check; note a variance on the document, and what holds on the line."""
    for check in checks:
        measured = check(posting, settings)
        if measured is None:
            continue
        if measured.is_variance:
            posting.voucher.has_variance = True
        if measured.holds:
            hold_line(
                posting,
                measured.code,
                measure=measured.measure,
                variance=measured.variance,
                limits=measured.limits,
                figures=_figures(posting, measured),
                only_warn=measured.only_warn,
            )


def _is_inspected(ledger: Ledger) -> bool:
    return ledger.order.match_level is MatchLevel.FOUR_WAY


def _figures(posting: Posting, measured: Measured) -> Figures:
    ledger = posting.open_ledger
    expected, billed = measured.expected, measured.billed
    if measured.measure is Measure.UNIT_PRICE:
        expected, billed = number(ledger.price), number(posting.price)
    return Figures(
        uom=ledger.line.uom,
        currency=ledger.order.currency,
        ordered=number(ledger.ordered),
        received=number(ledger.received),
        accepted=number(ledger.accepted) if _is_inspected(ledger) else None,
        billed_before=number(posting.before),
        billed_now=number(posting.quantity),
        unit_price=number(posting.price),
        expected=expected,
        billed=billed,
        documents=ledger.receipt_numbers,
        day=measured.day,
        other_day=measured.other_day,
    )
