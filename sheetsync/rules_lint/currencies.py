"""Do the rates agree with each other, and do amounts mean the same money on every order?

Rules looked at: rules/matching.yaml `fx`, `limit_currency` and every amount; rules/approval.yaml
`base_currency`, `exchange_rates`. Never: knows today's rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from pydantic import BaseModel

from sheetsync.core.matching.conversions import exchange_rate
from sheetsync.core.matching.settings import CURRENCY_LETTERS, MatchingRules
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.wording import shown_amount
from sheetsync.rules_lint.remarks import Files, Remark, plain, remark

APART_PCT = 2
"""Rates for one pair of currencies may be so far apart in two files before somebody is asked."""

TIMES = 10
"""Amounts may be worth so many times more in one currency than in another."""

IN_UNITS = frozenset({"qty_ordered.abs_upper", "qty_received.abs_upper", "blanket_days"})
"""Limits that are no money."""


def currency_remarks(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Everything that is doubtful about rates and the currencies of limits."""
    yield from _there_and_back(rules, files)
    yield from _apart(rules, files)
    if rules.matching.limit_currency is None:
        yield from _worth(rules, files)
    else:
        yield from _no_rate(rules, files)


def amount_limits(rules: MatchingRules) -> Iterator[tuple[str, Decimal]]:
    """Every limit in money that is on and not 0, by its key."""
    for key in type(rules).model_fields:
        said = getattr(rules, key)
        inner = (
            [(f"{key}.{name}", getattr(said, name)) for name in type(said).model_fields]
            if isinstance(said, BaseModel)
            else [(key, said)]
        )
        for name, limit in inner:
            if isinstance(limit, Decimal) and limit and not _is_no_money(name):
                yield name, limit


def _is_no_money(key: str) -> bool:
    return key in IN_UNITS or key.rpartition(".")[2].startswith("pct")


def _there_and_back(rules: Rulebook, files: Files) -> Iterator[Remark]:
    fx = rules.matching.fx
    for pair in sorted(fx):
        base, other = pair[:CURRENCY_LETTERS], pair[CURRENCY_LETTERS:]
        back = fx.get(other + base)
        if base < other and back is not None and fx[pair] * back != 1:
            there = Fraction(100) * Fraction(fx[pair]) * Fraction(back)
            yield remark(
                files["matching"],
                ("fx", other + base),
                seen=f"fx gives {pair} {plain(fx[pair])} and {other + base} {plain(back)}, "
                "and one is not the other turned round.",
                money=f"100.00 {base} go there and come back as {_about(there)} {base}.",
                write="Keep one of the two; it is read in both directions.",
            )


def _apart(rules: Rulebook, files: Files) -> Iterator[Remark]:
    base = rules.approval.base_currency
    for currency, rate in rules.approval.exchange_rates.items():
        matched = exchange_rate(None, currency, base, rules.matching)
        if matched is None:
            continue
        apart = abs(matched / Fraction(rate) - 1) * 100
        if apart > APART_PCT:
            thousand = Fraction(1000)
            yield remark(
                files["approval"],
                ("exchange_rates", currency),
                seen=f"one {currency} is worth {plain(rate)} {base} here and "
                f"{_about(matched, 4)} {base} by fx of rules/matching.yaml.",
                money=f"1,000.00 {currency} are approved as {_about(thousand * Fraction(rate))} "
                f"{base} and matched as {_about(thousand * matched)} {base}.",
                write="Write the same rate in both files.",
            )


def _worth(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Amount limits that are little in one currency and much in another."""
    limits = dict(amount_limits(rules.matching))
    rates = {rules.approval.base_currency: Decimal(1), **rules.approval.exchange_rates}
    dear, cheap = max(rates, key=rates.__getitem__), min(rates, key=rates.__getitem__)
    if not limits or rates[dear] <= rates[cheap] * TIMES:
        return
    base = rules.approval.base_currency
    key, limit = next(iter(limits.items()))
    yield remark(
        files["matching"],
        ("limit_currency",),
        seen=f"limit_currency is off, so amounts such as {key} {plain(limit)} count in each "
        "order's own currency.",
        money=f"{plain(limit)} is {shown_amount(limit * rates[dear], base)} on an order in {dear} "
        f"and {shown_amount(limit * rates[cheap], base)} on one in {cheap}.",
        write=f"Write limit_currency: {base}, and the rates in fx.",
    )


def _no_rate(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Currencies of which no amount can be held against a limit."""
    wanted, limits = rules.matching.limit_currency, dict(amount_limits(rules.matching))
    known = (rules.approval.base_currency, *rules.approval.exchange_rates)
    lost = [
        currency
        for currency in known
        if exchange_rate(None, currency, wanted or currency, rules.matching) is None
    ]
    if limits and lost:
        key, limit = next(iter(limits.items()))
        yield remark(
            files["matching"],
            ("limit_currency",),
            seen=f"amount limits are in {wanted}, and fx has no rate for {', '.join(lost)}.",
            money=f"on an order in {lost[0]} nothing passes, not even 0.01, where {key} lets "
            f"{shown_amount(limit, wanted)} pass on others.",
            write=f"Write {lost[0]}{wanted} with its rate into fx.",
        )


def _about(value: Fraction, places: int = 2) -> str:
    return f"{Decimal(round(value * 10**places)).scaleb(-places):,f}"
