"""Payment terms as people write them: when an invoice is due, and what paying early is worth.

"30 days net", "net 30", "2/10 net 30", "2 % 10 days, 30 days net", "at once". Days count from the
invoice's date.

Never: guesses terms that it cannot read; an invoice without terms has no due date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sheetsync.core.matching.exact import percent_of, round_money

AT_ONCE = frozenset(
    {"at once", "immediately", "immediate", "due on receipt", "on receipt", "prepaid", "cash"}
)
_NET = r"(?:net\s*(?P<net>\d{1,3})(?:\s*days?)?|(?P<days>\d{1,3})(?:\s*days?)?(?:\s*net)?)"
_EARLY = (
    r"(?P<pct>\d{1,2}(?:[.,]\d{1,3})?)(?:\s*%\s*(?:in|within)?\s*|\s*%?\s*/\s*)"
    r"(?P<early>\d{1,3})(?:\s*days?)?"
)
_TERMS = re.compile(rf"(?:{_EARLY}(?:\s*[,;]\s*|\s+))?{_NET}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """Days from the invoice's date; `discount_pct` is taken off when paid within `early_days`."""

    net_days: int
    discount_pct: Decimal = Decimal(0)
    early_days: int = 0

    def due(self, invoice_date: date) -> date:
        """The last day to pay in full."""
        return invoice_date + timedelta(days=self.net_days)

    def early_until(self, invoice_date: date) -> date | None:
        """The last day of the discount; None without one."""
        if not self.discount_pct:
            return None
        return invoice_date + timedelta(days=self.early_days)

    def discount(self, amount: Decimal, currency: str) -> Decimal:
        """What is taken off, rounded to the currency's minor unit."""
        return round_money(percent_of(amount, self.discount_pct), currency)


def read_terms(text: str) -> PaymentTerms | None:
    """The terms that a text names; None where it names none that can be counted with."""
    said = " ".join(text.casefold().split())
    if said in AT_ONCE:
        return PaymentTerms(net_days=0)
    found = _TERMS.fullmatch(said)
    if found is None:
        return None
    net = int(found["net"] or found["days"])
    if found["pct"] is None:
        return PaymentTerms(net_days=net)
    percent, early = Decimal(found["pct"].replace(",", ".")), int(found["early"])
    # A discount that ends after the payment is due was meant some other way.
    return (
        PaymentTerms(net_days=net, discount_pct=percent, early_days=early) if early <= net else None
    )
