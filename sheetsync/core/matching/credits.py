"""What does a credit take back, and from which invoice?

A credit note takes effect as a whole or not at all: while any hold of it stands, the invoice it
names is treated as if the credit had not come.

Rules: none; the checks of credits know no tolerance.
Never: lets a credit free a quantity below the price at which it was billed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from sheetsync.core.matching.codes import HoldCode, HoldState, Measure
from sheetsync.core.matching.exact import Exact, as_exact_ratio, last_place, number, ratio
from sheetsync.core.matching.examining import Check, examine
from sheetsync.core.matching.matches import Figures
from sheetsync.core.matching.numbering import normalised
from sheetsync.core.matching.releases import hold_line
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.standing import on_hold, unreadable
from sheetsync.core.matching.vouchers import Posting, Voucher

ZERO = Fraction(0)

STANDING_CHECKS: tuple[Check, ...] = (on_hold, unreadable)
"""Asked of credits too; their quantity and price have questions of their own."""


@dataclass(slots=True)
class Billed:
    """What may be credited: the invoices by id and by number, and the lines by order line."""

    by_id: dict[str, Voucher] = field(default_factory=dict)
    by_number: dict[tuple[str, str], Voucher] = field(default_factory=dict)
    by_ledger: dict[int, list[Posting]] = field(default_factory=dict)
    taken_quantity: dict[int, Fraction] = field(default_factory=dict)
    taken_money: dict[int, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """A line as it was before a credit, in case the credit does not stand."""

    target: Posting
    quantity: Exact
    price: Exact
    rest_is_taken: bool

    @classmethod
    def of(cls, target: Posting) -> Before:
        """The line as it is."""
        return cls(target, target.quantity, target.price, target.rest_is_taken)

    def restore(self) -> None:
        """Put the line back."""
        self.target.quantity, self.target.price = self.quantity, self.price
        self.target.rest_is_taken = self.rest_is_taken


def take_credits(vouchers: list[Voucher], settings: MatchingRules) -> None:
    """Let every credit that stands take its quantity or its money back."""
    if not any(posting.is_credit for voucher in vouchers for posting in voucher.postings):
        return
    billed = _index(vouchers)
    for voucher in vouchers:
        if voucher.is_rejected:
            continue
        if voucher.is_credit_note:
            _take_note(voucher, billed, settings)
        else:
            _take_negative_lines(voucher, billed, settings)


def _index(vouchers: Iterable[Voucher]) -> Billed:
    billed = Billed()
    for voucher in vouchers:
        if voucher.is_rejected or voucher.is_credit_note:
            continue
        billed.by_id[voucher.invoice.invoice_id] = voucher
        billed.by_number.setdefault((voucher.invoice.supplier, voucher.number), voucher)
        for posting in voucher.postings:
            if posting.counts and not posting.is_credit:
                billed.by_ledger.setdefault(id(posting.ledger), []).append(posting)
    return billed


def _take_note(voucher: Voucher, billed: Billed, settings: MatchingRules) -> None:
    """Try every line of a credit note; keep the effects only if no hold stands."""
    credited = _credited_invoice(voucher, billed)
    names_invoice = bool(voucher.invoice.credits_invoice)
    undo: list[Before] = []
    for posting in voucher.postings:
        if not posting.counts:
            continue
        examine(posting, STANDING_CHECKS, settings)
        if names_invoice:
            targets = _targets(posting, credited)
            undo += [Before.of(target) for target in targets]
            _credit_named(posting, targets)
        else:
            _credit_line(posting, billed)
    if voucher.is_held:
        for before in reversed(undo):
            before.restore()
        return
    for posting in voucher.postings:
        posting.takes_effect = posting.counts
        if not names_invoice:
            _remember(posting, billed)
    for before in undo:
        if before.target.price != before.price:
            before.target.voucher.has_variance = True


def _take_negative_lines(voucher: Voucher, billed: Billed, settings: MatchingRules) -> None:
    """A negative line of an invoice is a credit that names none; each stands for itself."""
    for posting in voucher.postings:
        if not posting.is_credit or not posting.counts:
            continue
        examine(posting, STANDING_CHECKS, settings)
        _credit_line(posting, billed)
        posting.takes_effect = not posting.is_held
        _remember(posting, billed)


def _credited_invoice(voucher: Voucher, billed: Billed) -> Voucher | None:
    """The invoice a credit note names, by id or by number; only one of the same supplier."""
    name, supplier = voucher.invoice.credits_invoice, voucher.invoice.supplier
    if not name:
        return None
    named = billed.by_id.get(name) or billed.by_number.get((supplier, normalised(name)))
    return named if named is not None and named.invoice.supplier == supplier else None


def _targets(posting: Posting, credited: Voucher | None) -> list[Posting]:
    """The lines of the named invoice on the same order line; the equal price first, then dear."""
    if credited is None:
        return []
    targets = [
        target
        for target in credited.postings
        if target.counts and not target.is_credit and target.ledger is posting.ledger
    ]
    if posting.is_price_credit:
        return sorted(targets, key=lambda target: (-ratio(target.price), target.line.line_no))
    return sorted(
        targets,
        key=lambda target: (
            target.billed_price != posting.price,
            -ratio(target.billed_price),
            target.line.line_no,
        ),
    )


def _credit_named(posting: Posting, targets: list[Posting]) -> None:
    """Lower the quantity, or the price, of the invoice's own lines."""
    if posting.is_price_credit:
        _lower_price(posting, targets[:1])
        return
    available = sum((ratio(target.quantity) for target in targets), ZERO)
    wanted = _bounded(posting, available)
    touched = []
    for target in targets:
        part = min(wanted, ratio(target.quantity))
        if part <= 0:
            continue
        wanted -= part
        target.quantity = target.quantity - posting.open_ledger.like(part)
        touched.append(target)
    _check_price(posting, touched)


def _lower_price(posting: Posting, targets: list[Posting]) -> None:
    available = sum((ratio(target.amount_left) for target in targets), ZERO)
    _bounded_money(posting, available)
    for target in targets:
        taken = min(-ratio(posting.money), available)
        if taken > 0:
            target.price = as_exact_ratio((available - taken) / ratio(target.quantity))
            target.rest_is_taken = True


def _credit_line(posting: Posting, billed: Billed) -> None:
    """A credit that names no invoice: up to what was billed on the order line, by anyone."""
    key = id(posting.ledger)
    targets = billed.by_ledger.get(key, [])
    if posting.is_price_credit:
        value = sum((ratio(target.amount_left) for target in targets), ZERO)
        _bounded_money(posting, value - billed.taken_money.get(key, ZERO))
        return
    quantity = sum((ratio(target.quantity) for target in targets), ZERO)
    _bounded(posting, quantity - billed.taken_quantity.get(key, ZERO))
    cheapest = sorted(targets, key=lambda target: ratio(target.billed_price))[:1]
    _check_price(posting, cheapest)


def _remember(posting: Posting, billed: Billed) -> None:
    """What was taken back on an order line cannot be taken back again."""
    if not posting.takes_effect:
        return
    key = id(posting.ledger)
    taken = billed.taken_money if posting.is_price_credit else billed.taken_quantity
    amount = ratio(posting.money) if posting.is_price_credit else ratio(posting.quantity)
    taken[key] = taken.get(key, ZERO) - amount


def _bounded(posting: Posting, available: Fraction) -> Fraction:
    """CREDIT_EXCEEDS_INVOICED: more is credited than was billed; no more than that is taken."""
    wanted, left = -ratio(posting.quantity), max(ZERO, available)
    if wanted <= left:
        return wanted
    ledger = posting.open_ledger
    figures = Figures(
        uom=ledger.line.uom,
        currency=ledger.order.currency,
        expected=number(left),
        billed=number(wanted),
        seen=posting.voucher.invoice.credits_invoice,
    )
    posting.quantity = ledger.like(-left)
    _hold(posting, HoldCode.CREDIT_EXCEEDS_INVOICED, Measure.QUANTITY, wanted - left, figures)
    return left


def _bounded_money(posting: Posting, available: Fraction) -> None:
    """The same for a credit of money alone."""
    wanted, left = -ratio(posting.money), max(ZERO, available)
    if wanted > left:
        figures = Figures(
            currency=posting.open_ledger.order.currency,
            expected=number(left),
            billed=number(wanted),
            seen=posting.voucher.invoice.credits_invoice,
        )
        _hold(posting, HoldCode.CREDIT_EXCEEDS_INVOICED, Measure.AMOUNT, wanted - left, figures)


def _check_price(posting: Posting, targets: list[Posting]) -> None:
    """CREDIT_PRICE: goods are taken back below the price at which they were billed."""
    short, dearest = ZERO, None
    for target in targets:
        gap = ratio(target.billed_price) - ratio(posting.price)
        if gap and not _is_rounding(posting, target, abs(gap)):
            posting.voucher.has_variance = True
            if gap > short:
                short, dearest = gap, target
    if dearest is None:
        return
    ledger = posting.open_ledger
    figures = Figures(
        uom=ledger.line.uom,
        currency=ledger.order.currency,
        expected=number(dearest.billed_price),
        billed=number(posting.price),
        seen=dearest.voucher.invoice.invoice_number,
    )
    _hold(posting, HoldCode.CREDIT_PRICE, Measure.UNIT_PRICE, short, figures)


def _is_rounding(posting: Posting, target: Posting, gap: Fraction) -> bool:
    """Whether two prices in different terms differ only in the last place of the credit's."""
    if posting.conversion is None or posting.conversion == target.conversion:
        return False
    half = last_place(posting.unit_price, posting.voucher.invoice.currency) / 2
    return gap <= half * posting.conversion.price


def _hold(
    posting: Posting, code: HoldCode, measure: Measure, variance: Fraction, figures: Figures
) -> HoldState:
    return hold_line(posting, code, measure=measure, variance=variance, figures=figures)
