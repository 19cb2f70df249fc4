"""What matching found, as values: per invoice, per order line, per hold.

Facts only: the sentence of a hold is made from them by `sentences` when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.codes import HoldCode, HoldState, InvoiceStatus, Measure
from sheetsync.core.matching.documents import OrderLineKey

Number = Decimal | Fraction
"""A decimal, or the exact ratio where no decimal can write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLimit:
    """A limit that was exceeded: its settings key, what it allows, and what was measured.

    `unit` is "%" for percentages, the order's unit for quantities, a currency for money. `level` is
    the level that set it, such as "items.0815"; "" where none did.
    """

    key: str
    limit: Decimal
    measured: Number | None
    unit: str
    level: str = ""

    @property
    def rule(self) -> str:
        """The rules key, as matching.price.pct_upper."""
        return rule_of(self.key, self.level)


def rule_of(key: str, level: str) -> str:
    """The rules key of a limit that a level set, or none."""
    return f"matching_levels.{level}.{key}" if level else f"matching.{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured behind a hold; `None` where the hold does not depend on it.

    Quantities stand in the order's unit `uom`, money in `currency`.
    """

    uom: str | None = None
    currency: str | None = None
    ordered: Number | None = None
    received: Number | None = None
    accepted: Number | None = None
    billed_before: Number | None = None
    billed_now: Number | None = None
    unit_price: Number | None = None
    expected: Number | None = None
    billed: Number | None = None
    seen: str | None = None
    wanted: str | None = None
    documents: tuple[str, ...] = ()
    day: date | None = None
    other_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold or warning with its facts.

    Args:
        code: Which one.
        state: Whether it stands, was released, only warns, or became an overpayment.
        invoice_id: The invoice or credit note it concerns.
        line_no: The invoice's line, or `None` for the whole invoice.
        po_number: The order behind it, where known.
        line_number: The order's line behind it, where known.
        measure: What `variance` counts; `None` for a hold that measures nothing.
        variance: How far off, in that measure.
        limits: The limits it exceeded.
        figures: What was measured.
    """

    code: HoldCode
    state: HoldState = HoldState.HELD
    invoice_id: str
    line_no: int | None = None
    po_number: str | None = None
    line_number: int | None = None
    measure: Measure | None = None
    variance: Number | None = None
    limits: tuple[BrokenLimit, ...] = ()
    figures: Figures = field(default_factory=Figures)

    @property
    def rule(self) -> str | None:
        """The rules key that raised it, as `matching.price.pct_upper`; else `None`."""
        return self.limits[0].rule if self.limits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMatch:
    """How one line of an invoice matched. Quantity in the order's unit, amount in its currency."""

    line_no: int
    order_line: OrderLineKey | None
    matched_quantity: Number
    matched_amount: Decimal
    holds: tuple[HoldCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMatch:
    """How one invoice stands. Codes are sorted and each is listed once; money in its currency."""

    invoice_id: str
    status: InvoiceStatus
    currency: str
    holds: tuple[HoldCode, ...]
    released: tuple[HoldCode, ...]
    warnings: tuple[HoldCode, ...]
    payable_amount: Decimal
    paid_amount: Decimal
    lines: tuple[LineMatch, ...]
    details: tuple[Hold, ...] = ()

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid; negative where money is to come back."""
        return self.payable_amount - self.paid_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineMatch:
    """What was received and billed on an order line, in its unit; `grni_amount` in its currency."""

    po_number: str
    line_number: int
    ordered: Number | None
    received_net: Number
    accepted_net: Number
    invoiced_net: Number
    grni_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptException:
    """More was received on an order line than the rules let pass."""

    po_number: str
    line_number: int
    code: str
    ordered: Number
    received_net: Number
    uom: str
    limit_pct: Decimal
    level: str = ""

    @property
    def rule(self) -> str:
        """The rules key that reported it."""
        return rule_of("over_receipt.pct_upper", self.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """All results: invoices by id, order lines by key, exceptions of the receiving side."""

    invoices: Mapping[str, InvoiceMatch]
    order_lines: Mapping[OrderLineKey, OrderLineMatch]
    receipt_exceptions: tuple[ReceiptException, ...] = ()
