"""Do a supplier's invoices keep just below what somebody more would see, or come to round sums?

Rules: rules/signals.yaml `just_under`, `round_sums`; the amounts from which somebody more looks
are the tiers of rules/approval.yaml and `line_amount_cap` of rules/matching.yaml, with its levels.
Findings: just-under-limit, round-sums.
Never: compares amounts of two currencies without the fixed rates of rules/approval.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sheetsync.core.findings import Code, Finding, MoneyAtRisk
from sheetsync.core.lifecycle.approval import in_base
from sheetsync.core.matching.levels import Tuning
from sheetsync.core.model import TabKind
from sheetsync.core.money import rounded
from sheetsync.core.signals.bills import Bill, Seen, billed
from sheetsync.core.wording import shown_amount

MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """An amount from which somebody more looks; without a currency it is each order's own."""

    key: str
    amount: Decimal
    currency: str | None
    who: str


def just_under(seen: Seen) -> Iterator[Finding]:
    """Every supplier of whom several invoices come close to a limit from below."""
    rules = seen.rules.signals.just_under
    tuning = Tuning(seen.rules.matching, seen.rules.matching_levels)
    within = timedelta(days=rules.within_days)
    for supplier, of_one in seen.of_supplier.items():
        cap = tuning.of(supplier).rules.line_amount_cap
        for limit in _limits(seen, cap):
            near = [bill for bill in of_one if _is_near(bill, limit, seen)]
            members = _close_together(near, rules.documents, within)
            if members:
                yield _just_under(seen, supplier, limit, members)


def _limits(seen: Seen, cap: Decimal | None) -> Iterator[Limit]:
    rules = seen.rules
    for tier in rules.approval.tiers:
        if tier.above:
            currency = rules.approval.base_currency
            who = f"{tier.role} must say yes too"
            key = f"approval.tiers.{tier.name}"
            yield Limit(key=key, amount=tier.above, currency=currency, who=who)
    if cap:
        key, who = "matching.line_amount_cap", "a person looks at every line"
        yield Limit(key=key, amount=cap, currency=rules.matching.limit_currency, who=who)


def _is_near(bill: Bill, limit: Limit, seen: Seen) -> bool:
    """Whether the invoice, or for a cap one of its lines, lies within the percent below it."""
    least = limit.amount * (1 - seen.rules.signals.just_under.pct / 100)
    parts = map(billed, bill.rows) if limit.key.startswith("matching") else (bill.net,)
    return any(least <= amount <= limit.amount for amount in _in(limit, parts, bill, seen))


def _in(limit: Limit, amounts: Iterable[Decimal], bill: Bill, seen: Seen) -> Iterator[Decimal]:
    """Amounts of an invoice in the limit's currency, as far as a rate is known."""
    currency, approval = bill.head.currency, seen.rules.approval
    for amount in amounts:
        if limit.currency in {None, currency}:
            yield amount
        elif limit.currency == approval.base_currency:
            known = in_base(amount, currency, approval)
            if known is not None:
                yield known


def _close_together(near: list[Bill], documents: int, within: timedelta) -> list[Bill]:
    """Those of which at least so many are dated within so many days; all of them, by date."""
    found: dict[int, Bill] = {}
    for start, first in enumerate(near):
        span = [place for place in range(start, len(near)) if near[place].day - first.day <= within]
        if len(span) >= documents:
            found.update({place: near[place] for place in span})
    return [found[place] for place in sorted(found)]


def round_sums(seen: Seen) -> Iterator[Finding]:
    """Every supplier of whom several invoices come to a round sum."""
    rules = seen.rules.signals.round_sums
    for supplier, of_one in seen.of_supplier.items():
        members = [bill for bill in of_one if _is_round(bill, rules.multiple_of, seen)]
        if len(members) >= rules.documents:
            ref, source = seen.row_of(supplier)
            unit = f"{rules.multiple_of.normalize():f}"
            yield Finding(
                code=Code.ROUND_SUMS,
                tab=seen.tabs.of_kind[TabKind.SUPPLIERS],
                ref=ref,
                source=source,
                document=f"supplier {supplier}, round sums",
                message=(
                    f"{len(members)} invoices come to a multiple of {unit}: {_named(members)}. "
                    "Goods seldom do; ask for the delivery notes or hours behind them."
                ),
                rule="signals.round_sums.multiple_of",
                supplier=supplier,
                owner=seen.told(_orders(members)),
                risk=_sum(members, seen),
            )


def _is_round(bill: Bill, unit: Decimal, seen: Seen) -> bool:
    net = bill.net
    if net <= 0 or net % unit:
        return False
    worth = in_base(net, bill.head.currency, seen.rules.approval)
    # A thousand yen are not many; where no rate is known, the digits alone decide.
    return worth is None or worth >= unit


def _just_under(seen: Seen, supplier: str, limit: Limit, members: list[Bill]) -> Finding:
    rules = seen.rules.signals.just_under
    ref, source = seen.row_of(supplier)
    pct = f"{rules.pct.normalize():f}"
    amount = shown_amount(limit.amount, limit.currency) if limit.currency else f"{limit.amount:,f}"
    return Finding(
        code=Code.JUST_UNDER_LIMIT,
        tab=seen.tabs.of_kind[TabKind.SUPPLIERS],
        ref=ref,
        source=source,
        document=f"supplier {supplier}, {limit.key}",
        message=(
            f"{len(members)} invoices within {rules.within_days} days come to at most {pct} % "
            f"less than {amount}, above which {limit.who}: {_named(members)}. Look whether they "
            "are one purchase that was divided."
        ),
        rule="signals.just_under.pct",
        supplier=supplier,
        owner=seen.told(_orders(members)),
        risk=_sum(members, seen),
    )


def _orders(members: Iterable[Bill]) -> frozenset[str]:
    return frozenset(number for bill in members for number in bill.orders)


def _named(members: list[Bill]) -> str:
    shown = ", ".join(
        f"{bill.name} ({shown_amount(bill.net, bill.head.currency)})"
        for bill in members[:MOST_NAMED]
    )
    more = len(members) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _sum(members: list[Bill], seen: Seen) -> MoneyAtRisk | None:
    """All of them together, in their currency or in base currency."""
    currencies = {bill.head.currency for bill in members}
    if len(currencies) == 1:
        (currency,) = currencies
        total = sum((bill.net for bill in members), Decimal(0))
        return MoneyAtRisk(amount=rounded(total, currency), currency=currency)
    approval = seen.rules.approval
    worth = [in_base(bill.net, bill.head.currency, approval) for bill in members]
    total = sum((each for each in worth if each is not None), Decimal(0))
    base = approval.base_currency
    return MoneyAtRisk(amount=rounded(total, base), currency=base)
