"""Who must say yes before an order is issued, and who has.

Rules: rules/approval.yaml. Findings: approval-missing, approval-waits, approval-limit.
Never: moves a status; `lifecycle` asks `is_covered` when a move requires it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sheetsync.core.differences import AddedRow, VanishedRow
from sheetsync.core.findings import Code, Finding, MoneyAtRisk
from sheetsync.core.model import (
    Change,
    Decision,
    Grant,
    OrderState,
    Person,
    Records,
    RowKey,
    RowRef,
    TabAddress,
    TabKind,
    Tabs,
)
from sheetsync.core.orders import Order, OrderBook
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import ApprovalRules, TierRules
from sheetsync.core.wording import shown_amount

ADOPTED = "adopted"
"""The tier of a grant that an order brought along when sheetsync began: see `adoption`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A yes that is asked for: one row of Approvals."""

    po_number: str
    version: int
    tier: str
    approver: str
    total: Decimal
    currency: str
    supplier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """Order states with the grants given now, what is still asked for, and the decisions read."""

    states: Mapping[str, OrderState]
    requests: tuple[Request, ...] = ()
    taken: tuple[Decision, ...] = ()


def approve(
    book: OrderBook,
    records: Records,
    tabs: Tabs,
    rules: ApprovalRules,
    now: datetime,
) -> tuple[Approved, tuple[Finding, ...]]:
    """Take the decisions that were asked for, and ask for those still missing.

    An order is asked for while one of its lines is submitted, or while a proposal waits that
    would lift it above what was granted.
    """
    states: dict[str, OrderState] = {}
    requests: list[Request] = []
    taken: list[Decision] = []
    findings: list[Finding] = []
    by_order: dict[str, list[Decision]] = {}
    for decision in records.decisions:
        by_order.setdefault(decision.po_number, []).append(decision)
    for po_number, order in book.items():
        if lacks_rate(order, rules):
            findings.append(_no_rate(order, rules, tabs.of_kind[TabKind.ORDERS]))
        total = asked_total(order, rules)
        if total is None:
            continue
        asked = tuple(asked_of(order, total, records.people, rules))
        state = order.state
        for decision in by_order.get(po_number, ()):
            if decision.decision is None:
                continue
            grant = grant_of(decision, asked, total, now)
            if grant is None:
                findings.append(_not_asked(decision, order, tabs.of_kind[TabKind.APPROVALS]))
                continue
            taken.append(decision)
            state = replace(state, grants=(*state.grants, grant))
        if state is not order.state:
            states[po_number] = state
        requests.extend(asked)
        findings.extend(_waiting(order, state, asked, tabs.of_kind[TabKind.APPROVALS]))
        findings.extend(_nobody(order, total, records.people, rules, tabs.of_kind[TabKind.ORDERS]))
    return (
        Approved(states=states, requests=tuple(requests), taken=tuple(taken)),
        tuple(findings),
    )


def outdate(
    book: OrderBook,
    changes: Sequence[Change],
    lines: Iterable[AddedRow | VanishedRow],
    rules: ApprovalRules,
) -> dict[str, OrderState]:
    """The orders whose approval was asked or given for something else than now stands.

    A grant belongs to one version: an order that is changed, or has a line more or less, is a new
    version and must be asked for again, also while it is on hold.
    """
    touched = {
        change.key[0]
        for change in changes
        if change.place.kind in {TabKind.ORDER_LINES, TabKind.ORDERS}
        and change.field in rules.void_on
    }
    touched |= {row.key[0] for row in lines if row.place.kind is TabKind.ORDER_LINES}
    return {
        po_number: replace(order.state, version=order.state.version + 1)
        for po_number, order in book.items()
        if key_text(po_number) in touched
        and any(line.state.before_hold in {"submitted", "approved"} for line in order.lines)
    }


def asked_total(order: Order, rules: ApprovalRules) -> Decimal | None:
    """The order's total in base currency for which a yes is asked, or None when none is."""
    if any(line.state.status == "submitted" for line in order.lines):
        return in_base(order.total, order.currency, rules)
    proposed = [line.key for line in order.lines if line.state.status == "change_proposed"]
    if proposed:
        total = in_base(order.total_with(proposed), order.currency, rules)
        if total is not None and not is_covered(order.state, total, rules):
            return total
    return None


def lacks_rate(order: Order, rules: ApprovalRules) -> bool:
    """Whether the order waits for a yes and its currency has no exchange rate."""
    waits = any(line.state.status in {"submitted", "change_proposed"} for line in order.lines)
    return waits and in_base(order.total, order.currency, rules) is None


def in_base(amount: Decimal, currency: str | None, rules: ApprovalRules) -> Decimal | None:
    """The amount in base currency at the fixed rate, or None where there is no rate."""
    if currency == rules.base_currency:
        return amount
    rate = rules.exchange_rates.get(currency or "")
    return amount * rate if rate is not None else None


def tiers_for(total: Decimal, rules: ApprovalRules) -> tuple[TierRules, ...]:
    """The tiers that an order of this total in base currency must pass."""
    # A tier above 0 asks for every order, also for one of free lines.
    return tuple(tier for tier in rules.tiers if total > tier.above or not tier.above)


def is_covered(state: OrderState, total: Decimal, rules: ApprovalRules) -> bool:
    """Whether every tier for this total has a yes to this version, and none a no."""
    grants = [grant for grant in state.grants if grant.version == state.version]
    if any(not grant.is_granted for grant in grants):
        return False
    return all(
        any(
            grant.tier == tier.name or (grant.tier == ADOPTED and grant.total > tier.above)
            for grant in grants
        )
        for tier in tiers_for(total, rules)
    )


def is_refused(state: OrderState) -> bool:
    """Whether somebody said no to this version."""
    return any(g.version == state.version and not g.is_granted for g in state.grants)


def asked_of(
    order: Order, total: Decimal, people: Mapping[str, Person], rules: ApprovalRules
) -> Sequence[Request]:
    """One request per tier and person who may say yes to it."""
    return [
        Request(
            po_number=order.po_number,
            version=order.state.version,
            tier=tier.name,
            approver=person.person,
            total=order.total,
            currency=order.currency or "",
            supplier=order.supplier or "",
        )
        for tier in tiers_for(total, rules)
        for person in may_approve(tier, order, people, rules)
    ]


def may_approve(
    tier: TierRules, order: Order, people: Mapping[str, Person], rules: ApprovalRules
) -> tuple[Person, ...]:
    """Who has the tier's role and asks for none of the lines."""
    return tuple(
        person
        for name, person in sorted(people.items())
        if tier.role in person.roles
        and (rules.requester_may_approve or name not in order.requesters)
    )


def grant_of(
    decision: Decision, asked: Sequence[Request], total: Decimal, now: datetime
) -> Grant | None:
    """The grant that a decision is, when exactly that was asked of that person."""
    row = (decision.version, decision.tier, decision.approver)
    if not any(row == (request.version, request.tier, request.approver) for request in asked):
        return None
    return Grant(
        tier=decision.tier,
        approver=decision.approver,
        version=decision.version,
        total=total,
        is_granted=decision.decision == "approve",
        granted_at=now,
        # The owner of the file may type into any cell, protected or not.
        proof="unverified",
    )


def _not_asked(decision: Decision, order: Order, tab: TabAddress) -> Finding:
    return Finding(
        code=Code.APPROVAL_LIMIT,
        tab=tab,
        ref=decision.ref,
        source=decision.source,
        document=f"{decision.po_number} version {decision.version}",
        field="decision",
        message=(
            f"No yes or no is asked of {decision.approver} for version {decision.version} now; "
            f"version {order.state.version} is in force. Clear the cell."
        ),
        rule="approval.tiers",
        owner=order.requester,
    )


def _waiting(
    order: Order, state: OrderState, asked: Sequence[Request], tab: TabAddress
) -> Iterator[Finding]:
    """Every yes or no that is still to come, told to the one who is asked."""
    answered = {grant.tier for grant in state.grants if grant.version == state.version}
    if is_refused(state):
        return
    for request in asked:
        if request.tier not in answered:
            yield Finding(
                code=Code.APPROVAL_WAITS,
                tab=tab,
                ref=RowRef(key=approval_row(request.po_number, request)),
                document=(
                    f"{request.po_number} version {request.version}, "
                    f"{request.tier}: {request.approver}"
                ),
                field="decision",
                message=(
                    f"{request.po_number} of {order.requester} from supplier {order.supplier}, "
                    f"{shown_amount(request.total, order.currency)}, waits for a yes or no. "
                    "Choose approve or reject in Decision."
                ),
                rule=f"approval.tiers.{request.tier}",
                owner=request.approver,
                supplier=order.supplier,
                risk=MoneyAtRisk(amount=request.total, currency=order.currency or ""),
            )


def approval_row(po_number: str, asked: Request | Grant) -> RowKey:
    """The row of Approvals on which it is asked or was answered."""
    parts = (po_number, asked.version, asked.tier, asked.approver)
    return tuple(key_text(part) for part in parts)


def _no_rate(order: Order, rules: ApprovalRules, tab: TabAddress) -> Finding:
    return Finding(
        code=Code.APPROVAL_LIMIT,
        tab=tab,
        ref=order.row.ref if order.row else None,
        source=order.row.source if order.row else None,
        document=order.po_number,
        field="currency",
        message=(
            f"Approval limits are in {rules.base_currency}, and there is no exchange rate for "
            f"{order.currency}. An admin adds it to rules/approval.yaml, exchange_rates."
        ),
        rule="approval.exchange_rates",
        owner=order.requester,
        supplier=order.supplier,
    )


def _nobody(
    order: Order,
    total: Decimal,
    people: Mapping[str, Person],
    rules: ApprovalRules,
    tab: TabAddress,
) -> list[Finding]:
    return [
        Finding(
            code=Code.APPROVAL_MISSING,
            tab=tab,
            ref=order.row.ref if order.row else None,
            source=order.row.source if order.row else None,
            document=order.po_number,
            message=(
                f"{shown_amount(order.total, order.currency)} needs a yes from somebody with the "
                f"role {tier.role}, and the tab People names nobody but the requester. "
                "Add the role to a person there."
            ),
            rule=f"approval.tiers.{tier.name}",
            owner=order.requester,
            supplier=order.supplier,
            risk=MoneyAtRisk(amount=order.total, currency=order.currency or ""),
        )
        for tier in tiers_for(total, rules)
        if not may_approve(tier, order, people, rules)
    ]
