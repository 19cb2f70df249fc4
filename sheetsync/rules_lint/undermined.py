"""Does a tolerance let more be billed than the approval tiers let be ordered?

A tier stands between two amounts: whoever says yes below it never sees what is above. A tolerance
undermines it when it is wider than that span: then an order that is as small as orders of the tier
below can be is billed above the tier, and no invoice is held. Within its span a tolerance lets more
be billed too (an order of 25,000.00 with 1 % up to 25,250.00); that is what tolerances are for.

Rules looked at: rules/approval.yaml `tiers`; all upper limits of rules/matching.yaml, and those of
each level. Quantities in units are taken to be within bounds, because nobody here knows a price.
Never: says whether an order was approved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from sheetsync.core.matching.settings import Combine, MatchingRules
from sheetsync.core.rulebook import Rulebook, TierRules
from sheetsync.core.wording import shown_amount
from sheetsync.rules_lint.levels import tuned_levels
from sheetsync.rules_lint.remarks import Files, Remark, plain, remark

NOTHING, BOUNDLESS = Decimal(0), Decimal("Infinity")

OF_A_LINE = ("price", "qty_ordered")
"""The checks of single lines; the others are of a whole document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How much a check lets be billed over an order of some amount.

    `in_units` tells that one of its limits is in units, whose worth is not known here.
    """

    key: str
    pct: Decimal | None = None
    amounts: tuple[Decimal | None, ...] = ()
    in_units: bool = False

    @property
    def is_of_a_line(self) -> bool:
        """Whether the line total and the cap on a line count its surplus too."""
        return self.key.partition(".")[0] in OF_A_LINE

    def over(self, order: Decimal, combine: Combine) -> Decimal:
        """The most that passes over an order of this amount."""
        known = [amount for amount in self.amounts if amount is not None]
        if self.pct is not None:
            known.append(order * self.pct / 100)
        if combine is Combine.EITHER_EXCEEDS:
            return min(known, default=NOTHING if self.in_units else BOUNDLESS)
        return max(known, default=NOTHING if self.in_units else BOUNDLESS)


def undermining_remarks(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Every tolerance that is wider than a tier, once for each, at the lowest tier."""
    base = rules.matching
    told: set[str] = set()
    for reach, tier, most in _jumps(base, rules):
        told.add(reach.key)
        yield _told(reach, tier, most, ("matching", tuple(reach.key.split("."))), rules, files)
    for kind, name, tuned, said in tuned_levels(rules):
        for reach, tier, most in _jumps(tuned, rules):
            check = reach.key.partition(".")[0]
            keys = [key for key in said if key.partition(".")[0] == check]
            if keys and reach.key not in told:
                place = (kind, name, *keys[0].split("."))
                yield _told(reach, tier, most, ("matching_levels", place), rules, files)


def _jumps(matching: MatchingRules, rules: Rulebook) -> Iterator[tuple[Reach, TierRules, Decimal]]:
    """Each check with the lowest tier that it jumps over, and up to where."""
    tiers = sorted(rules.approval.tiers, key=lambda tier: tier.above)
    spans = [
        (max((t.above for t in tiers if t.above < tier.above), default=NOTHING), tier)
        for tier in tiers
        if tier.above
    ]
    for reach in reaches(matching):
        for least, tier in spans:
            most = least + _bounded(reach, least, matching)
            if most > tier.above and not _is_seen(reach, tier, matching, rules):
                yield reach, tier, most
                break


def _is_seen(reach: Reach, tier: TierRules, matching: MatchingRules, rules: Rulebook) -> bool:
    """Whether a line that is billed above the tier waits for a person anyway."""
    cap = matching.line_amount_cap
    return (
        reach.is_of_a_line
        and cap is not None
        and cap <= tier.above
        and matching.limit_currency == rules.approval.base_currency
    )


def reaches(matching: MatchingRules) -> tuple[Reach, ...]:
    """What each check of an upper side lets pass."""
    price, ordered, planned = matching.price, matching.qty_ordered, matching.charge_planned
    return (
        Reach(key="price.pct_upper", pct=price.pct_upper, amounts=(price.abs_upper,)),
        Reach(
            key="qty_ordered.pct_upper",
            pct=ordered.pct_upper,
            amounts=(ordered.value_upper,),
            in_units=ordered.abs_upper is not None,
        ),
        Reach(key="charge_planned.pct_upper", pct=planned.pct_upper, amounts=(planned.abs_upper,)),
        Reach(key="charge_unplanned.abs_upper", amounts=(matching.charge_unplanned.abs_upper,)),
        Reach(key="tax", amounts=(matching.tax,)),
        Reach(key="small_difference", amounts=(matching.small_difference,)),
        Reach(key="blanket_amount.abs_upper", amounts=(matching.blanket_amount.abs_upper,)),
    )


def _bounded(reach: Reach, order: Decimal, matching: MatchingRules) -> Decimal:
    over = reach.over(order, matching.combine)
    if not reach.is_of_a_line:
        return over
    total = matching.line_total
    line = Reach(key="line_total", pct=total.pct_upper, amounts=(total.abs_upper,))
    return min(over, line.over(order, matching.combine))


def _told(
    reach: Reach,
    tier: TierRules,
    most: Decimal,
    place: tuple[str, tuple[str, ...]],
    rules: Rulebook,
    files: Files,
) -> Remark:
    stem, keys = place
    currency = rules.approval.base_currency
    starts = shown_amount(tier.above, currency)
    below = max((t.above for t in rules.approval.tiers if t.above < tier.above), default=NOTHING)
    check = reach.key.partition(".")[0]
    for_whom = f"for {keys[0]}.{keys[1]}, " if stem == "matching_levels" else ""
    is_off = most == BOUNDLESS
    if is_off:
        seen = f"{for_whom}the limits of {check} are off, so nothing that is billed is too much."
        up_to = "any amount"
    else:
        allowed = shown_amount(most - below, currency)
        seen = f"{for_whom}{check} lets {allowed} more be billed than ordered."
        up_to = shown_amount(most, currency)
    order = shown_amount(below, currency) if below else shown_amount(Decimal(1), currency)
    return remark(
        files[stem],
        keys,
        seen=f"{seen} The tier {tier.name!r} begins above {starts}, and that is wider than it.",
        money=f"an order of {order} that {tier.role} never saw may be billed and paid up to "
        f"{up_to}.",
        write=_instead(reach, tier, below, currency),
    )


def _instead(reach: Reach, tier: TierRules, below: Decimal, currency: str) -> str:
    span = tier.above - below
    limit = f"an amount of {plain(span)} at most"
    if reach.pct is not None and below and not any(reach.amounts):
        percent = (span * 100 / below).quantize(Decimal("0.01"), ROUND_DOWN)
        limit = f"a percent of {plain(percent)} at most"
    if not reach.is_of_a_line:
        return f"Write {limit}."
    return (
        f"Write {limit}, or a line_amount_cap of {plain(tier.above)} at most with "
        f"limit_currency: {currency}."
    )
