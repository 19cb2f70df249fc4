"""Sentences of holds that stop a line before anything is compared, and of what stands outside it.

Never: decides anything.
"""

from __future__ import annotations

from sheetsync.core.matching.matches import Hold
from sheetsync.core.matching.wording import Wording, day


def no_po(hold: Hold) -> Wording:
    """NO_PO."""
    if hold.line_no is None:
        return (
            "the invoice has charges and no line, so it names no order",
            "Payables adds the line that the charges belong to (Invoices, PO).",
        )
    return "the line names no order", "Payables writes the order number (Invoices, PO)."


def unknown_po(hold: Hold) -> Wording:
    """UNKNOWN_PO."""
    return (
        f"there is no order {hold.po_number}",
        "Payables corrects the order number (Invoices, PO).",
    )


def supplier_mismatch(hold: Hold) -> Wording:
    """SUPPLIER_MISMATCH."""
    return (
        (
            f"the invoice is from {hold.figures.seen}, but order {hold.po_number} was given to "
            f"{hold.figures.wanted}"
        ),
        "Payables corrects the supplier or the order number; or a release with a reason.",
    )


def po_not_approved(hold: Hold) -> Wording:
    """PO_NOT_APPROVED."""
    return (
        f"order {hold.po_number} is not approved; it stands at {hold.figures.seen}",
        "Releases by itself when the order is approved.",
    )


def po_closed(hold: Hold) -> Wording:
    """PO_CLOSED."""
    figures = hold.figures
    since = f" since {day(figures.day)}" if figures.day else ""
    was = "has been" if figures.day else "is"
    came = f", this came on {day(figures.other_day)}" if figures.other_day else ""
    return (
        f"order {hold.po_number} {was} {figures.seen}{since}{came}",
        (
            "An admin opens the order again, or the supplier bills another one; "
            "or a release with a reason."
        ),
    )


def ambiguous_line(hold: Hold) -> Wording:
    """AMBIGUOUS_LINE."""
    item, alike = hold.figures.seen, hold.figures.billed
    if alike is None:
        seen = f"order {hold.po_number} has no line {hold.line_number}"
    elif not item:
        seen = f"order {hold.po_number} is named, but neither its line nor the item"
    elif alike:
        seen = f"{alike} lines of order {hold.po_number} are for item {item}"
    else:
        seen = f"no line of order {hold.po_number} is for item {item}"
    return (
        f"{seen}, so it cannot be told which line is meant",
        "Payables writes the line number (Invoices, PO line).",
    )


def item_mismatch(hold: Hold) -> Wording:
    """ITEM_MISMATCH."""
    return (
        (
            f"billed item {hold.figures.seen}, but {hold.po_number}/{hold.line_number} is for "
            f"{hold.figures.wanted}"
        ),
        (
            "Payables corrects the line, or the buyer agrees the substitute on the order first; "
            "or a release with a reason."
        ),
    )


def line_cancelled(hold: Hold) -> Wording:
    """LINE_CANCELLED."""
    return (
        f"order line {hold.po_number}/{hold.line_number} was cancelled",
        "Ask the supplier for a credit note; or a release with a reason.",
    )


def currency(hold: Hold) -> Wording:
    """CURRENCY."""
    return (
        (
            f"billed in {hold.figures.seen}, ordered in {hold.figures.wanted}, and they may not or "
            "cannot be converted"
        ),
        (
            "The supplier bills in the order's currency, or the buyer fixes a rate on the "
            "order where "
            "converting is allowed (matching.currency_policy, matching.fx)."
        ),
    )


def unit(hold: Hold) -> Wording:
    """UOM."""
    return (
        (
            f"billed in {hold.figures.seen}, ordered in {hold.figures.wanted}, and nobody said how "
            "many of one make one of the other"
        ),
        (
            "An admin writes the conversion (Items, Conversions; or matching.uom for all items), "
            "or payables corrects the unit (Invoices, Unit)."
        ),
    )


def on_hold(hold: Hold) -> Wording:
    """ON_HOLD."""
    return (
        f"order {hold.po_number} is on hold",
        "Releases by itself when the buyer resumes the order (Orders, Action: resume).",
    )


def unreadable(_: Hold) -> Wording:
    """UNREADABLE."""
    return (
        (
            "a receipt, return, invoice, credit note or payment that belongs here could not be "
            "read, and may be what would stop this payment"
        ),
        "Releases by itself when that row is corrected; see its message in the sheet.",
    )
