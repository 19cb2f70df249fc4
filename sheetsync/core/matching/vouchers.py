"""Invoices and credit notes under examination: signed, in the order in which they take quantity.

A `Voucher` is one document, a `Posting` one line of it against one order line.

Never: judges; the checks do, and leave their holds here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sheetsync.core.matching.books import NOTHING, Ledger, OrderBook
from sheetsync.core.matching.codes import HoldState
from sheetsync.core.matching.conversions import Conversion
from sheetsync.core.matching.documents import (
    Charge,
    Invoice,
    InvoicedLine,
    InvoiceType,
    Release,
)
from sheetsync.core.matching.exact import Exact, as_exact_ratio, round_money
from sheetsync.core.matching.levels import Tuned, Tuning
from sheetsync.core.matching.lots import Lot
from sheetsync.core.matching.matches import Hold
from sheetsync.core.matching.numbering import normalised

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Posting:
    """One line of a voucher.

    `quantity` and `price` stand in the order line's unit and net currency; credits lower them, and
    `billed_quantity` and `billed_price` keep what was billed. `amount` is the money as billed.
    A credit `takes_effect` on its order line by itself when it names no invoice. A line `counts`
    once it is past the gates: it takes part in the sums of its order line, its `open_ledger`.
    """

    voucher: Voucher
    line: InvoicedLine
    typed_quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    is_credit: bool
    book: OrderBook | None = None
    ledger: Ledger | None = None
    conversion: Conversion | None = None
    counts: bool = False
    holds: tuple[Hold, ...] = ()
    takes_effect: bool = False
    rest_is_taken: bool = False
    open_ledger: Ledger = field(init=False)
    quantity: Exact = field(init=False)
    price: Exact = field(init=False)
    billed_quantity: Exact = field(init=False)
    billed_price: Exact = field(init=False)
    before: Exact = field(init=False)

    @property
    def is_price_credit(self) -> bool:
        """A credit of money alone, without quantity."""
        return self.is_credit and not self.typed_quantity

    def enter(self, ledger: Ledger) -> None:
        """Past the gates: this is its order line."""
        self.ledger = self.open_ledger = ledger
        self.counts = True

    def settle(self) -> None:
        """Put quantity and price in the order line's terms."""
        exact = self.open_ledger.exact
        self.quantity, self.price = exact(self.typed_quantity), exact(self.unit_price)
        if self.conversion is not None:
            self.quantity = self.quantity * as_exact_ratio(self.conversion.quantity)
            self.price = self.price * as_exact_ratio(self.conversion.price)
        self.billed_quantity, self.billed_price = self.quantity, self.price
        self.before = exact(NOTHING)

    @property
    def value(self) -> Exact:
        """What the line bills net in the order's currency, after its credits."""
        return self.money if self.is_price_credit else self.quantity * self.price

    @property
    def rest(self) -> Exact:
        """What the line's amount adds to quantity times price: its rounding, or what was stated.

        A credit of money is of the amount; it takes the rest into the price, and none is left.
        """
        if self.rest_is_taken or self.quantity <= 0:
            return self.open_ledger.exact(NOTHING)
        return self.money - self.billed_quantity * self.billed_price

    @property
    def amount_left(self) -> Exact:
        """The net money that the line still bills, as an amount: what its credits left of it."""
        return self.value + self.rest

    @property
    def billed_value(self) -> Exact:
        """What the line billed net in the order's currency, before any credit to it."""
        return self.money if self.is_price_credit else self.billed_quantity * self.billed_price

    @property
    def money(self) -> Exact:
        """The line's stated amount, net in the order's currency."""
        money = self.open_ledger.exact(self.amount)
        if self.conversion is None:
            return money
        return money * as_exact_ratio(self.conversion.price * self.conversion.quantity)

    @property
    def is_held(self) -> bool:
        """Whether a hold of this line stands."""
        return bool(self.holds) and any(hold.state is HoldState.HELD for hold in self.holds)


@dataclass(slots=True, kw_only=True)
class Voucher:
    """One document: an invoice, or a credit note with all its figures read as negative.

    `tuned` are the rules for its supplier.
    """

    invoice: Invoice
    tuned: Tuned
    number: str
    paid: Decimal
    releases: tuple[Release, ...]
    charges: tuple[Charge, ...]
    tax: Decimal | None
    total: Decimal | None
    postings: list[Posting] = field(default_factory=list)
    holds: tuple[Hold, ...] = ()
    has_variance: bool = False
    is_rejected: bool = False
    has_unreadable_supplier: bool = False

    @property
    def is_credit_note(self) -> bool:
        """Whether the whole document takes back."""
        return self.invoice.type is InvoiceType.CREDIT_NOTE

    @property
    def is_paid(self) -> bool:
        """Whether money has moved on it."""
        return self.paid != 0

    @property
    def received_at(self) -> datetime:
        """When it came, as an instant."""
        return instant(self.invoice.received_at)

    @property
    def turn(self) -> tuple[bool, datetime, str, str]:
        """Its place among the documents that take quantity: paid ones first, then by arrival."""
        return (not self.is_paid, self.received_at, self.number, self.invoice.invoice_id)

    @property
    def originality(self) -> tuple[bool, datetime, datetime, str]:
        """Its place among documents of one number; the first is the original."""
        seen = self.invoice.first_seen_at
        first_seen = END_OF_TIME if seen is None else instant(seen)
        return (not self.is_paid, self.received_at, first_seen, self.invoice.invoice_id)

    @property
    def is_held(self) -> bool:
        """Whether any hold stands, of the document or of a line."""
        return any(hold.state is HoldState.HELD for hold in self.holds) or any(
            posting.is_held for posting in self.postings
        )

    @property
    def lines_amount(self) -> Decimal:
        """All lines as billed."""
        return sum((posting.amount for posting in self.postings), NOTHING)

    @property
    def charges_amount(self) -> Decimal:
        """All charges as billed."""
        return sum((charge.amount for charge in self.charges), NOTHING)

    def close(self) -> None:
        """Let the lines go: they know the document, and would wait for the garbage collector."""
        self.postings.clear()


def instant(moment: datetime) -> datetime:
    """An instant; one without a zone is UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def open_vouchers(lot: Lot, tuning: Tuning) -> list[Voucher]:
    """The documents in the order in which they take quantity."""
    paid = _paid_amounts(lot)
    releases: dict[str, list[Release]] = {}
    for release in lot.releases:
        releases.setdefault(release.invoice_id, []).append(release)
    vouchers = []
    for invoice in lot.invoices:
        mine = tuple(releases.get(invoice.invoice_id, ()))
        sum_paid = paid.get(invoice.invoice_id, NOTHING)
        vouchers.append(_voucher(invoice, tuning.of(invoice.supplier), sum_paid, mine))
    return sorted(vouchers, key=lambda voucher: voucher.turn)


def _paid_amounts(lot: Lot) -> dict[str, Decimal]:
    paid: dict[str, Decimal] = {}
    for payment in lot.payments:
        paid[payment.invoice_id] = paid.get(payment.invoice_id, NOTHING) + payment.amount
    return paid


def _voucher(
    invoice: Invoice, tuned: Tuned, paid: Decimal, releases: tuple[Release, ...]
) -> Voucher:
    is_credit = invoice.type is InvoiceType.CREDIT_NOTE
    voucher = Voucher(
        invoice=invoice,
        tuned=tuned,
        number=normalised(invoice.invoice_number),
        paid=paid,
        releases=releases,
        charges=_negative_charges(invoice.charges) if is_credit else invoice.charges,
        tax=_negative(invoice.tax) if is_credit else invoice.tax,
        total=_negative(invoice.total) if is_credit else invoice.total,
    )
    voucher.postings = [
        _posting(voucher, line) for line in sorted(invoice.lines, key=lambda line: line.line_no)
    ]
    return voucher


def _negative(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else -abs(figure)


def _negative_charges(charges: Iterable[Charge]) -> tuple[Charge, ...]:
    return tuple(
        Charge(code=charge.code, amount=-abs(charge.amount), tax_rate_pct=charge.tax_rate_pct)
        for charge in charges
    )


def _posting(voucher: Voucher, line: InvoicedLine) -> Posting:
    quantity, price, amount = line.quantity, line.unit_price, line.amount
    if voucher.is_credit_note:
        quantity, price, amount = -abs(quantity), abs(price), _negative(amount)
    if amount is None:
        amount = extension(quantity, price, voucher.invoice.currency)
    return Posting(
        voucher=voucher,
        line=line,
        typed_quantity=quantity,
        unit_price=price,
        amount=amount,
        is_credit=voucher.is_credit_note or quantity < 0,
    )


def extension(quantity: Decimal, price: Decimal, currency: str) -> Decimal:
    """Quantity times price, rounded once."""
    return round_money(quantity * price, currency)
