"""From holds and sums to results: statuses, matched quantities, amounts, accruals.

Rules: rules/matching.yaml `over_receipt`, `payable_policy`.
Never: raises a hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetsync.core.matching.books import NOTHING, Books, Ledger
from sheetsync.core.matching.codes import OVER_RECEIPT, HoldCode, HoldState, InvoiceStatus
from sheetsync.core.matching.exact import number, ratio, round_money
from sheetsync.core.matching.matches import (
    Hold,
    InvoiceMatch,
    LineMatch,
    Matches,
    OrderLineMatch,
    ReceiptException,
)
from sheetsync.core.matching.payable import payable_amount
from sheetsync.core.matching.quantity import matched_quantity, over_receipt
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.vouchers import Posting, Voucher


def conclude(books: Books, vouchers: Iterable[Voucher], settings: MatchingRules) -> Matches:
    """The results of a finished walk."""
    ledgers = list(books.ledgers())
    exceptions = map(_receipt_exception, ledgers)
    return Matches(
        invoices={
            voucher.invoice.invoice_id: _invoice_match(voucher, settings) for voucher in vouchers
        },
        order_lines={ledger.key: _order_line_match(ledger) for ledger in ledgers},
        receipt_exceptions=tuple(found for found in exceptions if found is not None),
    )


def joined(parts: Sequence[Matches]) -> Matches:
    """The results of several walks as one."""
    return Matches(
        invoices={key: found for part in parts for key, found in part.invoices.items()},
        order_lines={key: found for part in parts for key, found in part.order_lines.items()},
        receipt_exceptions=tuple(found for part in parts for found in part.receipt_exceptions),
    )


def _invoice_match(voucher: Voucher, settings: MatchingRules) -> InvoiceMatch:
    details = (*voucher.holds, *(hold for posting in voucher.postings for hold in posting.holds))
    holds = _codes(details, HoldState.HELD)
    released = _codes(details, HoldState.RELEASED)
    warnings = _codes(details, HoldState.WARNED)
    if any(hold.state is HoldState.OVERPAID for hold in details):
        warnings = tuple(sorted({*warnings, HoldCode.OVERPAID}))
    has_variance = voucher.has_variance or bool(released or warnings)
    return InvoiceMatch(
        invoice_id=voucher.invoice.invoice_id,
        status=_status(voucher, is_held=bool(holds), has_variance=has_variance),
        currency=voucher.invoice.currency,
        holds=holds,
        released=released,
        warnings=warnings,
        payable_amount=payable_amount(voucher, settings, is_held=bool(holds)),
        paid_amount=round_money(voucher.paid, voucher.invoice.currency),
        lines=tuple(_line_match(posting) for posting in voucher.postings),
        details=details,
    )


def _status(voucher: Voucher, *, is_held: bool, has_variance: bool) -> InvoiceStatus:
    if voucher.is_rejected:
        return InvoiceStatus.REJECTED
    if is_held:
        return InvoiceStatus.HELD
    return InvoiceStatus.MATCHED_WITH_VARIANCE if has_variance else InvoiceStatus.MATCHED


def _codes(details: Sequence[Hold], state: HoldState) -> tuple[HoldCode, ...]:
    if not details:
        return ()
    return tuple(sorted({hold.code for hold in details if hold.state is state}))


def _line_match(posting: Posting) -> LineMatch:
    line_no, holds = posting.line.line_no, _codes(posting.holds, HoldState.HELD)
    takes_part = posting.counts and (posting.takes_effect or not posting.is_credit)
    if not takes_part:
        currency = (
            posting.book.order.currency
            if posting.book is not None
            else posting.voucher.invoice.currency
        )
        return LineMatch(
            line_no=line_no,
            order_line=posting.ledger.key if posting.ledger is not None else None,
            matched_quantity=NOTHING,
            matched_amount=round_money(NOTHING, currency),
            holds=holds,
        )
    ledger = posting.open_ledger
    quantity = matched_quantity(posting)
    amount = quantity * ledger.price
    if ledger.order.is_blanket:
        amount = quantity * posting.price + posting.rest
    return LineMatch(
        line_no=line_no,
        order_line=ledger.key,
        matched_quantity=number(quantity),
        matched_amount=round_money(amount, ledger.order.currency),
        holds=holds,
    )


def _order_line_match(ledger: Ledger) -> OrderLineMatch:
    not_billed = ledger.received - ledger.billed
    accrued = not_billed * ledger.price if not_billed > 0 else ledger.exact(NOTHING)
    return OrderLineMatch(
        po_number=ledger.order.po_number,
        line_number=ledger.line.line_number,
        ordered=None if ledger.line.quantity is None else number(ledger.ordered),
        received_net=number(ledger.received),
        accepted_net=number(ledger.accepted),
        invoiced_net=number(ledger.billed),
        grni_amount=round_money(accrued, ledger.order.currency),
    )


def _receipt_exception(ledger: Ledger) -> ReceiptException | None:
    limit = over_receipt(ledger, ledger.tuned.rules)
    if limit is None:
        return None
    return ReceiptException(
        po_number=ledger.order.po_number,
        line_number=ledger.line.line_number,
        code=OVER_RECEIPT,
        ordered=number(ratio(ledger.ordered)),
        received_net=number(ratio(ledger.received)),
        uom=ledger.line.uom,
        limit_pct=limit,
        level=ledger.tuned.decided_by.get("over_receipt.pct_upper", ""),
    )
