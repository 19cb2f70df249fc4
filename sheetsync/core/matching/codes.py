"""The words matching answers in: hold codes, statuses, measures.

Never: decides which of them applies.
"""

from __future__ import annotations

from enum import StrEnum


class HoldCode(StrEnum):
    """Why an invoice, or a line of it, waits; `OVERPAID` and `PRICE_LOW` may be mere warnings."""

    AMBIGUOUS_LINE = "AMBIGUOUS_LINE"
    AMOUNT_LIMIT = "AMOUNT_LIMIT"
    BLANKET_DATE = "BLANKET_DATE"
    BLANKET_LIMIT = "BLANKET_LIMIT"
    CHARGE = "CHARGE"
    CREDIT_EXCEEDS_INVOICED = "CREDIT_EXCEEDS_INVOICED"
    CREDIT_PRICE = "CREDIT_PRICE"
    CURRENCY = "CURRENCY"
    DATE_EARLY = "DATE_EARLY"
    DUPLICATE = "DUPLICATE"
    INVOICE_TOTAL = "INVOICE_TOTAL"
    ITEM_MISMATCH = "ITEM_MISMATCH"
    LINE_CANCELLED = "LINE_CANCELLED"
    LINE_TOTAL = "LINE_TOTAL"
    NO_PO = "NO_PO"
    NO_RECEIPT = "NO_RECEIPT"
    ON_HOLD = "ON_HOLD"
    OVERPAID = "OVERPAID"
    POSSIBLE_DUPLICATE = "POSSIBLE_DUPLICATE"
    PO_CLOSED = "PO_CLOSED"
    PO_NOT_APPROVED = "PO_NOT_APPROVED"
    PRICE_HIGH = "PRICE_HIGH"
    PRICE_LOW = "PRICE_LOW"
    QTY_ORDERED = "QTY_ORDERED"
    QTY_RECEIVED = "QTY_RECEIVED"
    QUALITY = "QUALITY"
    SUPPLIER_MISMATCH = "SUPPLIER_MISMATCH"
    TAX = "TAX"
    UNKNOWN_PO = "UNKNOWN_PO"
    UNPLANNED_CHARGE = "UNPLANNED_CHARGE"
    UNREADABLE = "UNREADABLE"
    UOM = "UOM"


OVER_RECEIPT = "OVER_RECEIPT"
"""The one exception of the receiving side; it holds no invoice by itself."""

QUANTITY_HOLDS = frozenset(
    {HoldCode.QTY_ORDERED, HoldCode.QTY_RECEIVED, HoldCode.NO_RECEIPT, HoldCode.QUALITY}
)
"""Holds that say the billed quantity is not all there."""


class InvoiceStatus(StrEnum):
    """How an invoice stands."""

    MATCHED = "matched"
    MATCHED_WITH_VARIANCE = "matched_with_variance"
    HELD = "held"
    REJECTED = "rejected"


class HoldState(StrEnum):
    """Whether a hold stands, was lifted by a person, only warns, or was overtaken by a payment."""

    HELD = "held"
    RELEASED = "released"
    WARNED = "warned"
    OVERPAID = "overpaid"


class Measure(StrEnum):
    """What the variance of a hold counts."""

    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    AMOUNT = "amount"
