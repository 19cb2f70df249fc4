"""Which limits can ever decide, alone and beside each other?

Rules looked at: rules/matching.yaml; rules/matching_levels.yaml through `levels`.
Never: says whether a limit is wise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sheetsync.core.matching.settings import Combine, LowerAction, MatchingRules
from sheetsync.rules_lint.remarks import limit_money, plain

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A doubtful limit by its key, such as price.abs_upper; the caller knows where it stands."""

    key: str
    seen: str
    money: str
    write: str


@dataclass(frozen=True, slots=True)
class Group:
    """Limits of one check, which `combine` holds against each other."""

    check: str
    limits: tuple[str, ...]

    def enabled(self, rules: MatchingRules) -> dict[str, Decimal]:
        """Those that are on."""
        said = getattr(rules, self.check)
        found = ((name, getattr(said, name)) for name in self.limits)
        return {name: limit for name, limit in found if limit is not None}


GROUPS = (
    Group("qty_ordered", ("pct_upper", "abs_upper", "value_upper")),
    Group("qty_received", ("pct_upper", "abs_upper", "value_upper")),
    Group("price", ("pct_upper", "abs_upper")),
    Group("price", ("pct_lower", "abs_lower")),
    Group("line_total", ("pct_upper", "abs_upper")),
    Group("charge_planned", ("pct_upper", "abs_upper")),
)
"""Every check with more than one limit."""


def limit_doubts(rules: MatchingRules) -> Iterator[Doubt]:
    """Limits that never decide, or that decide about everything."""
    for group in GROUPS:
        yield from _outdone(group, rules)
    yield from _line_total_outdone(rules)
    yield from _over_receipt(rules)
    if (
        rules.price.lower_action is LowerAction.HOLD
        and rules.price.pct_lower is None
        and rules.price.abs_lower is None
    ):
        yield Doubt(
            key="price.lower_action",
            seen="lower_action: hold holds nothing, because pct_lower and abs_lower are off.",
            money="a line that is billed at a tenth of its price passes without a word.",
            write="Write a limit for pct_lower or abs_lower (0 allows nothing), or "
            "lower_action: warn.",
        )
    if rules.line_amount_cap == NOTHING:
        yield Doubt(
            key="line_amount_cap",
            seen="line_amount_cap is 0, and 0 is no amount above which a line is large.",
            money="every invoice line of 0.01 or more is held.",
            write="Write off, or the amount that is meant.",
        )


def _outdone(group: Group, rules: MatchingRules) -> Iterator[Doubt]:
    """A limit beside one of 0: with either_exceeds the 0 decides all, with both it decides none."""
    limits = group.enabled(rules)
    # Of a free line any surplus is worth nothing: a value of 0 does not decide about all.
    zeros = [name for name, limit in limits.items() if not limit and name != "value_upper"]
    others = {name: limit for name, limit in limits.items() if limit}
    if not zeros or not others:
        return
    if rules.combine is Combine.EITHER_EXCEEDS:
        for name, limit in others.items():
            shown = _shown(group.check, name, limit, rules)
            yield Doubt(
                key=f"{group.check}.{name}",
                seen=(
                    f"{group.check}.{name} {plain(limit)} never decides: {zeros[0]} beside it is "
                    "0, and with combine: either_exceeds the narrower one holds."
                ),
                money=f"a variance of 0.01 is held, although {shown} reads as if it passed.",
                write=f"Write off for {zeros[0]} if {shown} is meant to pass, else off for {name}.",
            )
        return
    wide = ", ".join(_shown(group.check, name, limit, rules) for name, limit in others.items())
    for name in zeros:
        yield Doubt(
            key=f"{group.check}.{name}",
            seen=(
                f"{group.check}.{name} 0 never decides: with combine: both_must_exceed a "
                f"variance is held only when it exceeds {next(iter(others))} too."
            ),
            money=f"up to {wide} passes, although 0 reads as if nothing did.",
            write="Write off for it, or combine: either_exceeds if nothing may pass.",
        )


def _shown(check: str, name: str, limit: Decimal, rules: MatchingRules) -> str:
    if name.startswith("pct"):
        return f"{plain(limit)} %"
    if name == "abs_upper" and check.startswith("qty"):
        return f"{plain(limit)} units"
    return limit_money(limit, rules.limit_currency)


def _line_total_outdone(rules: MatchingRules) -> Iterator[Doubt]:
    """A line total that price and quantity together cannot reach."""
    total, price, quantity = (
        rules.line_total.pct_upper,
        rules.price.pct_upper,
        rules.qty_ordered.pct_upper,
    )
    if rules.combine is not Combine.EITHER_EXCEEDS or not total or None in {price, quantity}:
        return
    reach = ((1 + (price or NOTHING) / 100) * (1 + (quantity or NOTHING) / 100) - 1) * 100
    if total >= reach:
        yield Doubt(
            key="line_total.pct_upper",
            seen=(
                f"line_total.pct_upper {plain(total)} holds no bill that is not held anyway, "
                f"only those that follow one: price.pct_upper {plain(price)} and "
                f"qty_ordered.pct_upper {plain(quantity)} let no more than {plain(reach)} % pass "
                "together."
            ),
            money=(
                f"of a line over 1,000.00, at most {1000 + reach * 10:,.2f} is billed without a "
                "hold, with this limit or without it."
            ),
            write=f"Write a percent below {plain(reach)}, or off.",
        )


def _over_receipt(rules: MatchingRules) -> Iterator[Doubt]:
    """Goods that may come without a word, and whose bill is then held."""
    received, billed = rules.over_receipt.pct_upper, rules.qty_ordered.pct_upper
    if received is None or billed is None or received <= billed:
        return
    if rules.combine is Combine.BOTH_MUST_EXCEED and len(GROUPS[0].enabled(rules)) > 1:
        return
    yield Doubt(
        key="over_receipt.pct_upper",
        seen=(
            f"over_receipt.pct_upper {plain(received)} lets more come than qty_ordered.pct_upper "
            f"{plain(billed)} lets be billed: the warehouse hears nothing, and the invoice is held."
        ),
        money=(
            f"of a line over 1,000.00, goods for {1000 + received * 10:,.2f} come without a word, "
            f"and a bill above {1000 + billed * 10:,.2f} is held."
        ),
        write=f"Write {plain(billed)} here, or {plain(received)} for qty_ordered.pct_upper.",
    )
