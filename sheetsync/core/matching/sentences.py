"""The sentence of a hold: what was seen, against what, by how much, and the smallest cure.

Made from the facts of a `Hold` when it is shown, never before. Plain words: a code never stands
without its meaning.

Never: decides anything.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from sheetsync.core.matching import sentences_of_documents as papers
from sheetsync.core.matching import sentences_of_gates as gates
from sheetsync.core.matching import sentences_of_lines as lines
from sheetsync.core.matching.codes import HoldCode, HoldState
from sheetsync.core.matching.matches import BrokenLimit, Hold, ReceiptException
from sheetsync.core.matching.meanings import MEANINGS
from sheetsync.core.matching.wording import Wording, percent, quantity

OPENINGS = {
    HoldState.HELD: "Held",
    HoldState.RELEASED: "Released by a person",
    HoldState.WARNED: "Please check",
    HoldState.OVERPAID: "Already paid, would be held now",
}


def sentence(hold: Hold) -> str:
    """One hold or warning in words: facts with their arithmetic, the limit, the cure, the line."""
    facts, cure = WORDINGS[hold.code](hold)
    is_rejected = hold.code is HoldCode.DUPLICATE and hold.state is HoldState.HELD
    opening = "Rejected" if is_rejected else OPENINGS[hold.state]
    if hold.state is HoldState.OVERPAID:
        cure = "Ask the supplier for a credit note, or release it with a reason."
    elif hold.state is HoldState.RELEASED:
        cure = "It stands again by itself if the difference grows."
    parts = [f"{opening}: {facts}.", _limits(hold.limits), cure, lines.account(hold)]
    return " ".join(part for part in parts if part)


def meaning(code: str) -> str:
    """What a code means, in a few words."""
    return MEANINGS[code]


def receipt_sentence(found: ReceiptException) -> str:
    """More came than was ordered."""
    over = Fraction(found.received_net) - Fraction(found.ordered)
    return (
        f"More received than ordered: received {quantity(found.received_net, found.uom)}, "
        f"ordered {quantity(found.ordered, found.uom)}, {quantity(over, found.uom)} over; "
        f"up to {percent(found.limit_pct)} passes ({_set_by(found.rule, found.level)}). "
        f"Return {quantity(over, found.uom)}, or raise the order by a change order."
    )


def _limits(limits: tuple[BrokenLimit, ...]) -> str:
    """What would have passed, and the key that says so."""
    told = "; ".join(map(_limit, limits))
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _limit(broken: BrokenLimit) -> str:
    key = f"({_set_by(broken.rule, broken.level)})"
    if broken.unit == "%":
        seen = "the order has nothing to compare with"
        if broken.measured is not None:
            seen = f"here it is {percent(broken.measured)}"
        return f"up to {percent(broken.limit)} passes, {seen} {key}"
    if broken.measured is None:
        return f"nothing passes, no exchange rate to {broken.unit} is known {key}"
    allowed, seen = quantity(broken.limit, broken.unit), quantity(broken.measured, broken.unit)
    return f"up to {allowed} passes, here it is {seen} {key}"


LEVELS = {"suppliers": "supplier", "categories": "category", "items": "item"}


def _set_by(rule: str, level: str) -> str:
    """The key of a limit, and for whom it was set where a level did."""
    if not level:
        return rule
    kind, name = level.split(".", 1)
    return f"{rule}, set for {LEVELS[kind]} {name}"


WORDINGS: dict[HoldCode, Callable[[Hold], Wording]] = {
    HoldCode.AMBIGUOUS_LINE: gates.ambiguous_line,
    HoldCode.AMOUNT_LIMIT: lines.amount_limit,
    HoldCode.BLANKET_DATE: lines.blanket_date,
    HoldCode.BLANKET_LIMIT: lines.blanket_limit,
    HoldCode.CHARGE: papers.charge,
    HoldCode.CREDIT_EXCEEDS_INVOICED: papers.credit_exceeds,
    HoldCode.CREDIT_PRICE: papers.credit_price,
    HoldCode.CURRENCY: gates.currency,
    HoldCode.DATE_EARLY: lines.date_early,
    HoldCode.DUPLICATE: papers.duplicate,
    HoldCode.INVOICE_TOTAL: papers.invoice_total,
    HoldCode.ITEM_MISMATCH: gates.item_mismatch,
    HoldCode.LINE_CANCELLED: gates.line_cancelled,
    HoldCode.LINE_TOTAL: lines.line_total,
    HoldCode.NO_PO: gates.no_po,
    HoldCode.NO_RECEIPT: lines.no_receipt,
    HoldCode.ON_HOLD: gates.on_hold,
    HoldCode.OVERPAID: papers.overpaid,
    HoldCode.POSSIBLE_DUPLICATE: papers.possible_duplicate,
    HoldCode.PO_CLOSED: gates.po_closed,
    HoldCode.PO_NOT_APPROVED: gates.po_not_approved,
    HoldCode.PRICE_HIGH: lines.price,
    HoldCode.PRICE_LOW: lines.price,
    HoldCode.QTY_ORDERED: lines.over_ordered,
    HoldCode.QTY_RECEIVED: lines.over_received,
    HoldCode.QUALITY: lines.over_accepted,
    HoldCode.SUPPLIER_MISMATCH: gates.supplier_mismatch,
    HoldCode.TAX: papers.tax,
    HoldCode.UNKNOWN_PO: gates.unknown_po,
    HoldCode.UNPLANNED_CHARGE: papers.unplanned_charge,
    HoldCode.UNREADABLE: gates.unreadable,
    HoldCode.UOM: gates.unit,
}
