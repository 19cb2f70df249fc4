"""Signs of fraud and error beside the holds of matching: what somebody should look at.

A sign holds no payment and moves nothing; it closes when its cause is gone. Each question has a
file, and a switch in the rules.

Rules: rules/signals.yaml (all keys).
Findings: invoice-number-back, bank-account-differs, ordered-after-invoice, just-under-limit,
round-sums, single-buyer.
Never: holds a payment, or says that somebody did wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from sheetsync.core.findings import Finding
from sheetsync.core.model import Baseline, Records, Tabs
from sheetsync.core.orders import OrderBook
from sheetsync.core.rulebook import Rulebook, SignalRules
from sheetsync.core.signals.amounts import just_under, round_sums
from sheetsync.core.signals.bank import bank_account
from sheetsync.core.signals.bills import Bills, Seen, bills, first_day, written_on
from sheetsync.core.signals.buyers import single_buyer
from sheetsync.core.signals.numbers import number_back
from sheetsync.core.signals.order_dates import ordered_after

__all__ = ["Bills", "bills", "first_day", "signal_findings"]

Sign = Callable[[Seen], Iterator[Finding]]

SIGNS: tuple[tuple[Callable[[SignalRules], bool], Sign], ...] = (
    (lambda rules: rules.number_back.watch, number_back),
    (lambda rules: rules.bank_account.watch, bank_account),
    (lambda rules: rules.ordered_after.watch, ordered_after),
    (lambda rules: rules.just_under.watch, just_under),
    (lambda rules: rules.round_sums.watch, round_sums),
    (lambda rules: rules.single_buyer.watch, single_buyer),
)
"""Every sign with its switch."""


def signal_findings(
    found: Bills,
    book: OrderBook,
    records: Records,
    baseline: Baseline,
    tabs: Tabs,
    rules: Rulebook,
    here: datetime,
) -> tuple[Finding, ...]:
    """Every sign that is watched for.

    Args:
        found: The invoices that are looked at.
        book: The orders as they stand.
        records: The rows of all tabs; documents that cannot be read give no sign.
        baseline: For when orders were first seen.
        tabs: Where things stand.
        rules: All rules in force.
        here: The time of the cycle, in the workbook's time zone.
    """
    watched = [sign for is_watched, sign in SIGNS if is_watched(rules.signals)]
    if not watched:
        return ()
    seen = Seen(
        bills=found.all,
        of_supplier=found.of_supplier,
        book=book,
        suppliers=records.suppliers,
        people=records.people,
        written=written_on(book, baseline, tabs, here),
        rules=rules,
        tabs=tabs,
    )
    return tuple(finding for sign in watched for finding in sign(seen))
