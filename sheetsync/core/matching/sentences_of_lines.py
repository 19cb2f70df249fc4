"""Sentences of holds on one line: quantity, price, amount, date.

Never: decides anything.
"""

from __future__ import annotations

from fractions import Fraction

from sheetsync.core.matching.codes import HoldCode, HoldState
from sheetsync.core.matching.cures import (
    money_of_credit,
    money_to_credit,
    quantity_to_come,
    quantity_to_credit,
)
from sheetsync.core.matching.matches import Hold, Number
from sheetsync.core.matching.wording import (
    Wording,
    day,
    listed,
    money,
    or_release,
    percent,
    quantity,
)

WITHOUT_QUANTITIES = frozenset({HoldCode.BLANKET_LIMIT, HoldCode.BLANKET_DATE})
"""Holds on blanket orders, which order no quantity."""


def account(hold: Hold) -> str:
    """What was ordered, came and was billed on the order line; "" where nothing was compared."""
    figures = hold.figures
    if figures.ordered is None or hold.code in WITHOUT_QUANTITIES:
        return ""
    told = [
        f"ordered {quantity(figures.ordered, figures.uom)}",
        f"received {_received(hold)}",
    ]
    if figures.accepted is not None:
        told.append(f"accepted {quantity(figures.accepted, figures.uom)}")
    told.append(f"billed before {quantity(figures.billed_before, figures.uom)}")
    told.append(f"now {quantity(figures.billed_now, figures.uom)}")
    return f"Order line {hold.po_number}/{hold.line_number}: {', '.join(told)}."


def over_ordered(hold: Hold) -> Wording:
    """QTY_ORDERED."""
    uom = hold.figures.uom
    raised = quantity(quantity_to_come(hold, Fraction(hold.figures.ordered or 0)), uom)
    return (
        (
            f"{_billed(hold)}, ordered {quantity(hold.figures.ordered, uom)}"
            f"{_surplus(hold, hold.figures.ordered)}"
        ),
        (
            f"Releases with a credit note for {_credit(hold)}, or when the buyer raises the "
            "order by "
            f"{raised} (Order lines, Quantity); {or_release(hold)}"
        ),
    )


def over_received(hold: Hold) -> Wording:
    """QTY_RECEIVED."""
    missing = quantity_to_come(hold, Fraction(hold.figures.received or 0))
    return (
        f"{_billed(hold)}, received {_received(hold)}{_surplus(hold, hold.figures.received)}",
        (
            f"Releases by itself when {quantity(missing, hold.figures.uom)} more are received, or "
            f"with a credit note for {_credit(hold)}; {or_release(hold)}"
        ),
    )


def no_receipt(hold: Hold) -> Wording:
    """NO_RECEIPT."""
    missing = quantity(quantity_to_come(hold, Fraction(0)), hold.figures.uom)
    return (
        f"{_billed(hold)}, received {_received(hold)}",
        (
            "Before anything is received no difference is allowed. Releases by itself when "
            f"{missing} "
            f"are received, or with a credit note for {_credit(hold)}; {or_release(hold)}"
        ),
    )


def over_accepted(hold: Hold) -> Wording:
    """QUALITY."""
    figures = hold.figures
    missing = quantity(quantity_to_come(hold, Fraction(figures.accepted or 0)), figures.uom)
    return (
        (
            f"{_billed(hold)}, accepted by inspection {quantity(figures.accepted, figures.uom)} "
            f"of {_received(hold)} received{_surplus(hold, figures.accepted)}"
        ),
        (
            f"Releases by itself when inspection accepts {missing} more (Receipts, Accepted "
            f"quantity), or with a credit note for {_credit(hold)}; {or_release(hold)}"
        ),
    )


def _billed(hold: Hold) -> str:
    """All that was billed so far; what came before is told apart."""
    figures = hold.figures
    now = Fraction(figures.billed_now or 0)
    before = Fraction(figures.billed_before or 0)
    if not before:
        return f"billed {quantity(now, figures.uom)}"
    return (
        f"billed {quantity(before + now, figures.uom)} ({quantity(before, figures.uom)} before, "
        f"{quantity(now, figures.uom)} now)"
    )


def _received(hold: Hold) -> str:
    figures = hold.figures
    numbers = f" ({listed(figures.documents)})" if figures.documents else ""
    return f"{quantity(figures.received, figures.uom)}{numbers}"


def _surplus(hold: Hold, base: Number | None) -> str:
    """The variance with its sign, and per cent where there is something to take it of."""
    over = Fraction(hold.variance or 0)
    share = f" ({percent(over * 100 / Fraction(base), '+')})" if base and base > 0 else ""
    return f": +{quantity(over, hold.figures.uom)}{share}"


def _credit(hold: Hold) -> str:
    figures = hold.figures
    amount = money(money_of_credit(hold), figures.currency)
    return f"{quantity(quantity_to_credit(hold), figures.uom)} / {amount}"


def price(hold: Hold) -> Wording:
    """PRICE_HIGH and PRICE_LOW."""
    figures = hold.figures
    variance, ordered = Fraction(hold.variance or 0), Fraction(figures.expected or 0)
    sign = "+" if variance > 0 else "-"
    share = f" ({percent(abs(variance) * 100 / ordered, sign)})" if ordered else ""
    facts = (
        f"unit price {money(figures.billed, figures.currency)} per {figures.uom}, ordered at "
        f"{money(ordered, figures.currency)}: "
        f"{sign}{money(abs(variance), figures.currency)}{share}"
    )
    if hold.state is HoldState.WARNED:
        return facts, "Nothing is stopped; ask the supplier whether the price is meant."
    if variance < 0:
        return facts, (
            "Releases when payables corrects the price (Invoices, Unit price) or the buyer the "
            f"order's (Order lines, Unit price); {or_release(hold)}"
        )
    return facts, (
        f"Releases with a credit note for {money(money_to_credit(hold), figures.currency)} "
        "without quantity, or when payables corrects the price (Invoices, Unit price); "
        f"{or_release(hold)}"
    )


def line_total(hold: Hold) -> Wording:
    """LINE_TOTAL."""
    figures = hold.figures
    return (
        (
            f"all invoices of this order line come to {money(figures.billed, figures.currency)}, "
            f"ordered {money(figures.expected, figures.currency)}: "
            f"+{money(hold.variance, figures.currency)}"
        ),
        (
            f"Releases with a credit note for {money(money_to_credit(hold), figures.currency)} "
            f"without quantity; {or_release(hold)}"
        ),
    )


def amount_limit(_: Hold) -> Wording:
    """AMOUNT_LIMIT."""
    return (
        "this line is so large that a person must look at it, even though it may be right",
        "A person with that right looks and releases it with a reason.",
    )


def date_early(hold: Hold) -> Wording:
    """DATE_EARLY."""
    figures = hold.figures
    due, billed = figures.day, figures.other_day
    assert due is not None and billed is not None  # noqa: S101, PT018 - the check gives both
    return (
        f"billed on {day(billed)}, {(due - billed).days} days before the delivery due {day(due)}",
        (
            "Releases when payables corrects the date (Invoices, Invoice date) or the buyer the "
            "delivery date (Order lines, Need by); or a release with a reason."
        ),
    )


def blanket_limit(hold: Hold) -> Wording:
    """BLANKET_LIMIT."""
    figures = hold.figures
    needed = money(money_to_credit(hold), figures.currency)
    return (
        (
            f"billed so far on this blanket order {money(figures.billed, figures.currency)}, its "
            f"limit is {money(figures.expected, figures.currency)}: "
            f"+{money(hold.variance, figures.currency)}"
        ),
        (
            f"Releases when the buyer raises the limit by {needed} (Orders, Value limit), or "
            "with a "
            f"credit note for {needed} without quantity; {or_release(hold)}"
        ),
    )


def blanket_date(hold: Hold) -> Wording:
    """BLANKET_DATE."""
    figures = hold.figures
    end, billed = figures.day, figures.other_day
    assert end is not None and billed is not None  # noqa: S101, PT018 - the check gives both
    side = "after" if billed > end else "before"
    return (
        (
            f"the invoice is dated {day(billed)}, {abs((billed - end).days)} days {side} the "
            "time of "
            f"this blanket order ({day(end)})"
        ),
        (
            "Releases when the buyer extends the order's validity or payables corrects the date "
            "(Invoices, Invoice date); or a release with a reason."
        ),
    )
