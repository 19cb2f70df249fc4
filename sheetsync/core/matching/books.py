"""The orders as matching keeps book of them: what was ordered, what came, what was billed so far.

One `Ledger` per order line and one `OrderBook` per order; found by key, filled in one pass.

Rules: rules/matching.yaml `uom`, `uom_items` (receipts in another unit), `over_receipt`.
Never: judges an invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.conversions import ONE, net_of_tax, unit_factor
from sheetsync.core.matching.documents import (
    OrderedLine,
    OrderLineKey,
    PurchaseOrder,
    Receipt,
    ReceiptKind,
)
from sheetsync.core.matching.exact import Exact, as_decimal, as_exact_ratio, as_plain, total
from sheetsync.core.matching.levels import Tuned, Tuning
from sheetsync.core.matching.lots import Lot
from sheetsync.core.matching.settings import MatchingRules

NOTHING = Decimal(0)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """One order line: its figures, and the running sums while invoices are examined.

    `needs_ratios` is settled before any sum is taken; from then on every figure is of one kind.
    `factors` turn other units into the line's own; `tuned` are the rules for this line.
    """

    order: PurchaseOrder
    line: OrderedLine
    tuned: Tuned
    needs_ratios: bool = False
    receipts: list[Receipt] = field(default_factory=list)
    factors: dict[str, Fraction] | None = None
    is_unreadable: bool = False
    exact: Callable[[Decimal], Exact] = as_decimal
    price: Exact = field(init=False)
    ordered: Exact = field(init=False)
    received: Exact = field(init=False)
    accepted: Exact = field(init=False)
    billed: Exact = field(init=False)
    billed_amount: Exact = field(init=False)

    def settle(self) -> None:
        """Take the sums, once it is known whether decimals will do."""
        self.exact = exact = as_exact_ratio if self.needs_ratios else as_decimal
        line = self.line
        self.ordered = exact((line.quantity or NOTHING) - line.cancelled_quantity)
        self.price = exact(line.unit_price or NOTHING)
        if line.price_includes_tax:
            self.price = self.price * as_exact_ratio(net_of_tax(line.tax_rate_pct))
        self.billed = self.billed_amount = self.received = self.accepted = exact(NOTHING)
        for receipt in self.receipts:
            self._receive(receipt)

    def _receive(self, receipt: Receipt) -> None:
        came, accepted = _came_and_accepted(receipt)
        if self.factors is not None and receipt.uom in self.factors:
            per_unit = as_exact_ratio(self.factors[receipt.uom])
            self.received = self.received + self.exact(came) * per_unit
            self.accepted = self.accepted + self.exact(accepted) * per_unit
        else:
            self.received = self.received + self.exact(came)
            self.accepted = self.accepted + self.exact(accepted)

    def like(self, value: Fraction) -> Exact:
        """A ratio as one of this ledger's figures; without conversions it is a decimal."""
        return as_exact_ratio(value) if self.needs_ratios else as_decimal(as_plain(value))

    @property
    def key(self) -> OrderLineKey:
        """Order number and line number."""
        return (self.order.po_number, self.line.line_number)

    @property
    def receipt_numbers(self) -> tuple[str, ...]:
        """The receipts and returns on this line, each once, in order."""
        return tuple(sorted({receipt.receipt_number for receipt in self.receipts}))


def _came_and_accepted(receipt: Receipt) -> tuple[Decimal, Decimal]:
    """What a receipt adds to the received and to the accepted quantity."""
    if receipt.kind is ReceiptKind.RETURN:
        back = -abs(receipt.quantity)
        return back, (NOTHING if receipt.rejected else back)
    if receipt.accepted_quantity is not None:
        return receipt.quantity, receipt.accepted_quantity
    # A receipt reversed by a negative one takes its acceptance back too, inspected or not.
    return receipt.quantity, min(NOTHING, receipt.quantity)


@dataclass(slots=True, kw_only=True)
class OrderBook:
    """One order: its ledgers, and the running sums that belong to the order as a whole."""

    order: PurchaseOrder
    ledgers: dict[int, Ledger]
    amount_billed: Fraction = Fraction(0)
    value_billed: Fraction = Fraction(0)
    charges_billed: dict[str, Fraction] = field(default_factory=dict)
    net_value: Fraction = field(init=False)

    def settle(self) -> None:
        """Take the sums of every line, and of what was ordered in all."""
        for ledger in self.ledgers.values():
            ledger.settle()
        if self.order.charges:
            self.net_value = self._ordered_in_all()

    def of_item(self, item: str | None) -> list[Ledger]:
        """The order's lines for an item."""
        return [ledger for ledger in self.ledgers.values() if item and ledger.line.item == item]

    def _ordered_in_all(self) -> Fraction:
        """What was ordered, in money: without tax, without what was cancelled."""
        if self.order.is_blanket:
            return Fraction(self.order.value_limit or 0)
        return total(
            ledger.ordered * ledger.price
            for ledger in self.ledgers.values()
            if not ledger.line.cancelled
        )


@dataclass(slots=True, kw_only=True)
class Books:
    """All orders by number, and the suppliers of rows that could not be read."""

    orders: dict[str, OrderBook]
    unreadable_suppliers: set[str]

    def ledgers(self) -> Iterable[Ledger]:
        """Every order line."""
        return (ledger for book in self.orders.values() for ledger in book.ledgers.values())


def open_books(lot: Lot, settings: MatchingRules, tuning: Tuning) -> Books:
    """Index the orders and lay every receipt to its line.

    Raises:
        ValueError: two lines of an order share a number.
    """
    orders = {order.po_number: _open_order(order, tuning) for order in lot.purchase_orders}
    books = Books(orders=orders, unreadable_suppliers=set())
    for receipt in lot.receipts:
        _lay(receipt, books, settings)
    for row in lot.unreadable:
        _hold_back(books, row.po_number, row.line_number, row.supplier)
    return books


def _open_order(order: PurchaseOrder, tuning: Tuning) -> OrderBook:
    book = OrderBook(order=order, ledgers={})
    for line in order.lines:
        if line.line_number in book.ledgers:
            raise ValueError(f"order {order.po_number!r} has two lines {line.line_number}")
        tuned = tuning.of(order.supplier, line.category, line.item)
        ledger = Ledger(order=order, line=line, tuned=tuned, needs_ratios=line.price_includes_tax)
        book.ledgers[line.line_number] = ledger
    return book


def _lay(receipt: Receipt, books: Books, settings: MatchingRules) -> None:
    """Lay a receipt to its line. One that cannot be placed or converted is as if unreadable."""
    book = books.orders.get(receipt.po_number)
    if book is None:
        return
    ledger = book.ledgers.get(receipt.line_number)
    if ledger is None:
        _hold_back(books, receipt.po_number, None, None)
        return
    factor = unit_factor(ledger.line.item, receipt.uom, ledger.line.uom, settings)
    if factor is None:
        ledger.is_unreadable = True
        return
    if factor is not ONE:
        ledger.needs_ratios = True
        ledger.factors = {**(ledger.factors or {}), receipt.uom: factor}
    ledger.receipts.append(receipt)


def _hold_back(
    books: Books, po_number: str | None, line_number: int | None, supplier: str | None
) -> None:
    """Mark what a row that cannot be read could have changed: as little as is known of it."""
    book = books.orders.get(po_number) if po_number is not None else None
    if book is None:
        if supplier is not None:
            books.unreadable_suppliers.add(supplier)
        return
    line = book.ledgers.get(line_number) if line_number is not None else None
    for ledger in [line] if line is not None else book.ledgers.values():
        ledger.is_unreadable = True
