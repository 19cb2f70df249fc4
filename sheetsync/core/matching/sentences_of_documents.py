"""Sentences of holds on a document as a whole, and of credits.

Never: decides anything.
"""

from __future__ import annotations

from fractions import Fraction

from sheetsync.core.matching.matches import Hold
from sheetsync.core.matching.wording import Wording, money, or_release, quantity


def charge(hold: Hold) -> Wording:
    """CHARGE."""
    figures = hold.figures
    over = money(hold.variance, figures.currency)
    return (
        (
            f"{figures.seen} billed so far on order {figures.wanted} "
            f"{money(figures.billed, figures.currency)}, planned for what was billed "
            f"{money(figures.expected, figures.currency)}: {over} too much"
        ),
        (
            f"Releases when payables corrects the charge by {over}, or the buyer plans {over} more "
            f"(Orders, Charges); {or_release(hold)}"
        ),
    )


def unplanned_charge(hold: Hold) -> Wording:
    """UNPLANNED_CHARGE."""
    figures = hold.figures
    amount = money(hold.variance, figures.currency)
    return (
        f"{figures.seen} {amount} is billed, but order {figures.wanted} plans no such charge",
        (
            f"Releases when the buyer plans {figures.seen} on the order (Orders, Charges), or when "
            f"the supplier bills without it; {or_release(hold)}"
        ),
    )


def tax(hold: Hold) -> Wording:
    """TAX."""
    figures = hold.figures
    off = Fraction(figures.billed or 0) - Fraction(figures.expected or 0)
    side = "too much" if off > 0 else "too little"
    return (
        (
            f"tax billed {money(figures.billed, figures.currency)}, by the order's rates "
            f"{money(figures.expected, figures.currency)}: "
            f"{money(abs(off), figures.currency)} {side}"
        ),
        (
            f"Releases when payables corrects the invoice's tax, or the buyer the order's rate; "
            f"{or_release(hold)}"
        ),
    )


def invoice_total(hold: Hold) -> Wording:
    """INVOICE_TOTAL."""
    figures = hold.figures
    off = Fraction(figures.billed or 0) - Fraction(figures.expected or 0)
    where = "the invoice's total" if figures.seen == "total" else f"the amount of {figures.seen}"
    made_of = "lines, charges and tax" if figures.seen == "total" else "quantity times price"
    return (
        (
            f"{where} says {money(figures.billed, figures.currency)}, {made_of} give "
            f"{money(figures.expected, figures.currency)}: "
            f"{money(abs(off), figures.currency)} {'more' if off > 0 else 'less'}"
        ),
        f"Releases when payables corrects the figure that was mistyped; {or_release(hold)}",
    )


def credit_exceeds(hold: Hold) -> Wording:
    """CREDIT_EXCEEDS_INVOICED."""
    figures = hold.figures
    is_quantity = figures.uom is not None
    show = quantity if is_quantity else money
    unit = figures.uom if is_quantity else figures.currency
    of = f"on invoice {figures.seen}" if figures.seen else "on this order line"
    return (
        (
            f"credited {show(figures.billed, unit)}, but only "
            f"{show(figures.expected, unit)} are left of what was billed {of}"
        ),
        (
            "It changes nothing until payables corrects the credit note or names the right "
            "invoice; "
            f"{or_release(hold)}"
        ),
    )


def credit_price(hold: Hold) -> Wording:
    """CREDIT_PRICE."""
    figures = hold.figures
    return (
        (
            f"credited at {money(figures.billed, figures.currency)} per {figures.uom}, but "
            f"invoice {figures.seen} billed {money(figures.expected, figures.currency)}"
        ),
        f"It changes nothing until the supplier credits at the billed price; {or_release(hold)}",
    )


def duplicate(hold: Hold) -> Wording:
    """DUPLICATE."""
    if not hold.figures.documents:
        return "the document was voided", "Ask for the money back."
    original, number = map(_one_line, hold.figures.documents)
    return (
        f"number {number} is here already ({original}) from this supplier",
        (
            "If it is another document, payables corrects its number (Invoices, Invoice number); "
            "otherwise nothing is to be done."
        ),
    )


def possible_duplicate(hold: Hold) -> Wording:
    """POSSIBLE_DUPLICATE."""
    first, number = map(_one_line, hold.figures.documents)
    return (
        (
            f"{number} looks like {first}: same supplier, same date and same amount "
            f"{money(hold.figures.billed, hold.figures.currency)}"
        ),
        (
            "Void one of them (Invoices, Voided) if they are one; or a release with a reason "
            "if they "
            "are two."
        ),
    )


def overpaid(_: Hold) -> Wording:
    """OVERPAID."""
    return "more was paid than would be paid now", "Ask the supplier for a credit note."


def _one_line(invoice_number: str) -> str:
    return " ".join(invoice_number.split())
