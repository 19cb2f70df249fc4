"""What each code means, in a few words: wherever a code is shown, this stands beside it.

Never: says anything about one invoice; `sentences` does.
"""

from __future__ import annotations

from sheetsync.core.matching.codes import OVER_RECEIPT, HoldCode

MEANINGS: dict[str, str] = {
    HoldCode.AMBIGUOUS_LINE: "It cannot be told which order line is billed",
    HoldCode.AMOUNT_LIMIT: "A line so large that a person must look at it",
    HoldCode.BLANKET_DATE: "Dated outside the time of the blanket order",
    HoldCode.BLANKET_LIMIT: "More billed than the blanket order allows",
    HoldCode.CHARGE: "A planned charge is billed too high",
    HoldCode.CREDIT_EXCEEDS_INVOICED: "More credited than was billed",
    HoldCode.CREDIT_PRICE: "Credited below the price that was billed",
    HoldCode.CURRENCY: "Billed in another currency than ordered",
    HoldCode.DATE_EARLY: "Billed long before the delivery is due",
    HoldCode.DUPLICATE: "This document is here already",
    HoldCode.INVOICE_TOTAL: "A stated amount does not add up",
    HoldCode.ITEM_MISMATCH: "Another item than the order line's",
    HoldCode.LINE_CANCELLED: "The order line was cancelled",
    HoldCode.LINE_TOTAL: "All invoices of the order line come to too much",
    HoldCode.NO_PO: "No order is named",
    HoldCode.NO_RECEIPT: "Billed, but nothing was received",
    HoldCode.ON_HOLD: "The order is on hold",
    HoldCode.OVERPAID: "Paid, but would not be paid now",
    HoldCode.POSSIBLE_DUPLICATE: "Looks like a document that is here already",
    HoldCode.PO_CLOSED: "The order was closed before this came",
    HoldCode.PO_NOT_APPROVED: "The order is not approved",
    HoldCode.PRICE_HIGH: "Price higher than ordered",
    HoldCode.PRICE_LOW: "Price lower than ordered",
    HoldCode.QTY_ORDERED: "More billed than ordered",
    HoldCode.QTY_RECEIVED: "More billed than received",
    HoldCode.QUALITY: "More billed than inspection accepted",
    HoldCode.SUPPLIER_MISMATCH: "The order belongs to another supplier",
    HoldCode.TAX: "Tax is not what the order's rates give",
    HoldCode.UNKNOWN_PO: "There is no such order",
    HoldCode.UNPLANNED_CHARGE: "A charge that the order does not plan",
    HoldCode.UNREADABLE: "A row that belongs here could not be read",
    HoldCode.UOM: "Billed in a unit that cannot be converted",
    OVER_RECEIPT: "More received than ordered",
}
