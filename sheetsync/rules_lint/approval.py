"""Do the approval tiers do what they seem to: is each one asked, of somebody, and by no way round?

Rules looked at: rules/approval.yaml, rules/lifecycle.yaml `moves`, rules/locking.yaml `locked`.
Never: looks into the tab People; who has a role is told by a finding there.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sheetsync.core.orders import BEFORE_ISSUE
from sheetsync.core.rulebook import LifecycleRules, Rulebook, TierRules
from sheetsync.core.wording import shown_amount
from sheetsync.rules_lint.remarks import Files, Remark, remark

YES = frozenset({"approval", "approval_covers"})
"""The words of `requires` that ask for the tiers' yes."""

BINDS = ("issued", "confirmed")
"""The statuses in which a supplier may rely on the order."""

WORTH = ("supplier", "quantity", "unit_price", "currency")
"""The columns that decide who gets how much."""

MOST = Decimal(10) ** 22
"""No order line comes to more: quantity and price take eleven digits before the point each."""


def approval_remarks(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Everything that is doubtful about who must say yes."""
    yield from _asked_of_nobody(rules, files)
    yield from _roles(rules, files)
    yield from _alike(rules, files)
    yield from _way_round(rules, files)
    yield from _kept(rules, files)


def _asked_of_nobody(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Orders so small that no tier is passed, and tiers that no order passes."""
    approval, file = rules.approval, files["approval"]
    least = min((tier.above for tier in approval.tiers), default=None)
    if least is None:
        yield remark(
            file,
            ("tiers",),
            seen="there is no tier, so every order counts as approved as soon as it is submitted.",
            money="an order of any amount is issued without anybody's yes.",
            write="Write a tier, such as - {name: lead, above: 0, role: approver}.",
        )
    elif least:
        up_to = shown_amount(least, approval.base_currency)
        index = next(i for i, tier in enumerate(approval.tiers) if tier.above == least)
        yield remark(
            file,
            ("tiers", index),
            seen=f"the lowest tier begins above {up_to}.",
            money=f"any number of orders up to {up_to} each is issued without anybody's yes.",
            write="Write above: 0 for it, or add a tier with above: 0.",
        )
    for index, tier in enumerate(approval.tiers):
        if tier.above >= MOST:
            yield remark(
                file,
                ("tiers", index, "above"),
                seen=f"the tier {tier.name!r} begins above all that an order can come to.",
                money="it is never asked, whatever an order costs.",
                write="Write the amount that is meant, or take the tier out.",
            )


def _roles(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Roles that nobody can have: those in People are read in lower case, with single blanks."""
    for index, tier in enumerate(rules.approval.tiers):
        meant = _as_read(tier.role)
        if tier.role != meant:
            above = _above(tier, rules)
            yield remark(
                files["approval"],
                ("tiers", index, "role"),
                seen=(
                    f"nobody can have the role {tier.role!r}: the roles in People are read in "
                    "lower case."
                ),
                money=f"every order {above} waits for ever.",
                write=f"Write role: {meant}.",
            )


def signal_remarks(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Signs of fraud that are told to nobody who could be a manager."""
    role = rules.signals.role
    if role != _as_read(role):
        yield remark(
            files["signals"],
            ("role",),
            seen=(
                f"nobody can have the role {role!r}: the roles in People are read in lower case."
            ),
            money="signs of fraud and error go to the operator, and no manager hears of them.",
            write=f"Write role: {_as_read(role)}.",
        )


def _as_read(role: str) -> str:
    return " ".join(role.replace(",", " ").replace(";", " ").split()).lower()


def _alike(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Tiers that ask the same people, or that begin at the same amount."""
    tiers = sorted(enumerate(rules.approval.tiers), key=lambda each: each[1].above)
    for place, (index, tier) in enumerate(tiers):
        earlier = [other for _, other in tiers[:place]]
        same_role = next((other for other in earlier if other.role == tier.role), None)
        same_start = next((other for other in earlier if other.above == tier.above), None)
        above = _above(tier, rules)
        if same_role is not None:
            yield remark(
                files["approval"],
                ("tiers", index),
                seen=(
                    f"the tiers {same_role.name!r} and {tier.name!r} ask the same role, "
                    f"{tier.role}: one person may say yes to both."
                ),
                money=f"an order {above} is issued on one person's word, as a smaller one is.",
                write="Write another role, or take the tier out.",
            )
        elif same_start is not None:
            yield remark(
                files["approval"],
                ("tiers", index, "above"),
                seen=f"the tiers {same_start.name!r} and {tier.name!r} begin at the same amount.",
                money=f"every order {above} waits for both, {same_start.role} and {tier.role}.",
                write="If one of them is meant for larger orders, write its amount.",
            )


def _way_round(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Moves by which an order binds its supplier although no tier said yes."""
    if not rules.approval.tiers:
        return
    reached = _without_a_yes(rules.lifecycle)
    for index, move in enumerate(rules.lifecycle.moves):
        if move.to in BINDS and not YES & set(move.requires):
            early = [s for s in move.from_ if s in reached and s in BEFORE_ISSUE]
            if early:
                yield remark(
                    files["lifecycle"],
                    ("moves", index),
                    seen=(
                        f"an order goes from {early[0]} to {move.to} here, and none of the moves "
                        "on its way requires approval, so no tier is ever asked."
                    ),
                    money=(
                        "an order of any amount is issued without a yes, whatever "
                        "rules/approval.yaml says."
                    ),
                    write="Write approval into requires of this move.",
                )


def _without_a_yes(lifecycle: LifecycleRules) -> frozenset[str]:
    """The statuses to which an order comes from the first one by moves that require no yes."""
    reached = {lifecycle.statuses[0]}
    while True:
        more = {
            move.to
            for move in lifecycle.moves
            if not YES & set(move.requires) and reached.intersection(move.from_)
        } - reached
        if not more:
            return frozenset(reached)
        reached |= more


def _kept(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Columns that may still change after the yes, and leave it standing."""
    locked = set(rules.locking.locked.get("approved", ()))
    loose = [name for name in WORTH if name not in {*rules.approval.void_on, *locked}]
    if loose and rules.approval.tiers:
        next_tier = min((t.above for t in rules.approval.tiers if t.above), default=None)
        up_to = (
            f"up to {shown_amount(next_tier, rules.approval.base_currency)}"
            if next_tier is not None
            else "any amount"
        )
        yield remark(
            files["approval"],
            ("void_on",),
            seen=(
                f"void_on lacks {', '.join(loose)}: after the yes, and before the order is issued, "
                "that may be changed and the yes goes on standing."
            ),
            money=f"an order that was approved for 1.00 may be issued for {up_to}.",
            write=f"Add {', '.join(loose)} to void_on, or to locked.approved of locking.yaml.",
        )


def _above(tier: TierRules, rules: Rulebook) -> str:
    if not tier.above:
        return "of any amount"
    return f"above {shown_amount(tier.above, rules.approval.base_currency)}"
