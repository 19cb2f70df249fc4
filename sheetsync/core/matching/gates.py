"""Which order line does an invoice line bill, and may it be compared with it at all?

The first gate that applies stops the line: it matches nothing and takes no quantity.

Rules: rules/matching.yaml `currency_policy`, `fx`, `uom`, `uom_items`.
Never: guesses an order, a line, a rate or a unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.books import Books, Ledger, OrderBook
from sheetsync.core.matching.codes import HoldCode, HoldState
from sheetsync.core.matching.conversions import (
    ONE,
    Conversion,
    exchange_rate,
    net_of_tax,
    unit_factor,
)
from sheetsync.core.matching.documents import InvoicedLine
from sheetsync.core.matching.matches import Figures
from sheetsync.core.matching.releases import hold_line
from sheetsync.core.matching.settings import CurrencyPolicy, MatchingRules
from sheetsync.core.matching.vouchers import Posting, Voucher, instant

NOT_APPROVED = frozenset({"draft", "submitted", "approval_rejected", "supplier_rejected"})
CLOSED = frozenset({"closed", "cancelled"})


@dataclass(slots=True)
class Arrival:
    """An invoice line at the gates, with what is known of its order so far."""

    voucher: Voucher
    line: InvoicedLine
    settings: MatchingRules
    book: OrderBook | None
    ledger: Ledger | None = None
    rate: Fraction | None = None
    factor: Fraction | None = None

    @property
    def order_book(self) -> OrderBook:
        """The order; asked only past the gate that makes sure of it."""
        assert self.book is not None  # noqa: S101 - UNKNOWN_PO stops what has no order
        return self.book

    @property
    def open_ledger(self) -> Ledger:
        """The order line; asked only past the gate that makes sure of it."""
        assert self.ledger is not None  # noqa: S101 - AMBIGUOUS_LINE stops what has no line
        return self.ledger


def has_no_order(arrival: Arrival) -> bool:
    """The line names no order."""
    return not arrival.line.po_number


def has_unknown_order(arrival: Arrival) -> bool:
    """The line names an order that does not exist."""
    return arrival.book is None


def is_of_another_supplier(arrival: Arrival) -> bool:
    """The order was given to somebody else."""
    return arrival.order_book.order.supplier != arrival.voucher.invoice.supplier


def is_not_approved(arrival: Arrival) -> bool:
    """The order is not in force."""
    return arrival.order_book.order.status in NOT_APPROVED


def is_closed(arrival: Arrival) -> bool:
    """The order was closed or cancelled before the document came."""
    order = arrival.order_book.order
    if order.status not in CLOSED:
        return False
    return order.closed_at is None or arrival.voucher.received_at > instant(order.closed_at)


def is_ambiguous(arrival: Arrival) -> bool:
    """It cannot be told which line of the order is meant."""
    arrival.ledger = _resolve(arrival.line, arrival.order_book)
    return arrival.ledger is None


def _resolve(line: InvoicedLine, book: OrderBook) -> Ledger | None:
    if line.line_number is not None:
        return book.ledgers.get(line.line_number)
    candidates = book.of_item(line.item)
    return candidates[0] if len(candidates) == 1 else None


def is_another_item(arrival: Arrival) -> bool:
    """The order line is for a different item."""
    return bool(arrival.line.item) and arrival.line.item != arrival.open_ledger.line.item


def is_cancelled(arrival: Arrival) -> bool:
    """The order line was cancelled."""
    return arrival.open_ledger.line.cancelled


def is_in_another_currency(arrival: Arrival) -> bool:
    """The currencies differ, and may not or cannot be converted."""
    order, settings = arrival.order_book.order, arrival.settings
    currency = arrival.voucher.invoice.currency
    if currency != order.currency and settings.currency_policy is CurrencyPolicy.HOLD:
        return True
    arrival.rate = exchange_rate(order, order.currency, currency, settings)
    return arrival.rate is None


def is_in_an_unknown_unit(arrival: Arrival) -> bool:
    """The units differ, and no conversion is known."""
    ordered = arrival.open_ledger.line
    arrival.factor = unit_factor(ordered.item, arrival.line.uom, ordered.uom, arrival.settings)
    return arrival.factor is None


Gate = tuple[HoldCode, Callable[[Arrival], bool]]

GATES: tuple[Gate, ...] = (
    (HoldCode.NO_PO, has_no_order),
    (HoldCode.UNKNOWN_PO, has_unknown_order),
    (HoldCode.SUPPLIER_MISMATCH, is_of_another_supplier),
    (HoldCode.PO_NOT_APPROVED, is_not_approved),
    (HoldCode.PO_CLOSED, is_closed),
    (HoldCode.AMBIGUOUS_LINE, is_ambiguous),
    (HoldCode.ITEM_MISMATCH, is_another_item),
    (HoldCode.LINE_CANCELLED, is_cancelled),
    (HoldCode.CURRENCY, is_in_another_currency),
    (HoldCode.UOM, is_in_an_unknown_unit),
)

WALLS = frozenset(
    {
        HoldCode.NO_PO,
        HoldCode.UNKNOWN_PO,
        HoldCode.AMBIGUOUS_LINE,
        HoldCode.CURRENCY,
        HoldCode.UOM,
    }
)
"""Gates behind which there is nothing to compare with, even where a person lifted the hold."""


def place(posting: Posting, books: Books, settings: MatchingRules) -> None:
    """Lead a line through the gates to its order line, or stop it."""
    line = posting.line
    book = books.orders.get(line.po_number) if line.po_number else None
    posting.book = book
    plain = _plainly_meant(posting, book)
    if plain is not None:
        posting.enter(plain)
        return
    arrival = Arrival(posting.voucher, line, settings, book)
    for code, stops in GATES:
        if not stops(arrival):
            continue
        posting.ledger = arrival.ledger
        state = hold_line(posting, code, figures=_seen(arrival, code))
        if state is HoldState.HELD or code in WALLS:
            return
    ledger = arrival.open_ledger
    posting.enter(ledger)
    posting.conversion = _conversion(arrival)
    if posting.conversion is not None or posting.is_price_credit:
        ledger.needs_ratios = True


def _plainly_meant(posting: Posting, book: OrderBook | None) -> Ledger | None:
    """The common case, told at one look: an open order's own line, and nothing to convert."""
    line, invoice = posting.line, posting.voucher.invoice
    if book is None or line.line_number is None or posting.is_price_credit:
        return None
    ledger, order = book.ledgers.get(line.line_number), book.order
    if ledger is None or order.status in NOT_APPROVED or order.status in CLOSED:
        return None
    ordered = ledger.line
    is_alike = (
        order.supplier == invoice.supplier
        and order.currency == invoice.currency
        and ordered.uom == line.uom
        and (ordered.item == line.item or not line.item)
    )
    is_odd = ordered.cancelled or ordered.price_includes_tax or line.price_includes_tax
    return ledger if is_alike and not is_odd else None


def _conversion(arrival: Arrival) -> Conversion | None:
    """What lies between the invoice's terms and the order's; `None` when nothing does."""
    ordered, billed = arrival.open_ledger.line, arrival.line
    rate, factor = arrival.rate or ONE, arrival.factor or ONE
    same_unit = billed.uom == ordered.uom
    same_currency = arrival.voucher.invoice.currency == arrival.order_book.order.currency
    same_tax = billed.price_includes_tax == ordered.price_includes_tax
    if same_unit and same_currency and same_tax and not billed.price_includes_tax:
        return None
    price = ONE / (rate * factor)
    if billed.price_includes_tax and not arrival.order_book.order.is_blanket:
        price *= net_of_tax(ordered.tax_rate_pct)
    return Conversion(
        quantity=factor, price=price, derived=not (same_unit and same_currency and same_tax)
    )


def _seen(arrival: Arrival, code: HoldCode) -> Figures:
    """What stood against what, for the sentence."""
    line, invoice = arrival.line, arrival.voucher.invoice
    order = arrival.book.order if arrival.book is not None else None
    ordered = arrival.ledger.line if arrival.ledger is not None else None
    if code is HoldCode.SUPPLIER_MISMATCH and order:
        return Figures(seen=invoice.supplier, wanted=order.supplier)
    if code in (HoldCode.PO_NOT_APPROVED, HoldCode.PO_CLOSED) and order:
        closed = order.closed_at.date() if order.closed_at else None
        return Figures(seen=order.status, day=closed, other_day=invoice.received_at.date())
    if code is HoldCode.CURRENCY and order:
        return Figures(seen=invoice.currency, wanted=order.currency)
    if code is HoldCode.UOM and ordered:
        return Figures(seen=line.uom, wanted=ordered.uom)
    if code is HoldCode.AMBIGUOUS_LINE and arrival.book and line.line_number is None:
        alike = len(arrival.book.of_item(line.item))
        return Figures(seen=line.item, billed=Decimal(alike))
    return Figures(seen=line.item, wanted=ordered.item if ordered else None)
