"""Which findings stand open after this reading, which are new, and which are closed.

A finding closes itself when its cause is gone. A notice of something that the worker mended is kept
for a while, so that it is read. Rules: rules/digest.yaml `notice_hours`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sheetsync.core.findings import ABOUT_TABS, NOTICES, Code, Finding, MoneyAtRisk, in_sheet_order
from sheetsync.core.matching import HoldCode
from sheetsync.core.model import Baseline, OpenFinding, RowKey, RowRef, TabAddress, TabKind, Tabs
from sheetsync.core.orders import OrderBook
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import ColumnRules, DigestRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All findings that stand, what they are remembered as, and what changed about them."""

    findings: tuple[Finding, ...]
    opened: tuple[Finding, ...]
    closed: tuple[OpenFinding, ...]
    known: dict[str, OpenFinding]

    def delta(self, baseline: Baseline) -> dict[str, OpenFinding | None]:
        """What changes in the baseline's open findings."""
        changed: dict[str, OpenFinding | None] = {
            finding_id: finding
            for finding_id, finding in self.known.items()
            if baseline.findings.get(finding_id) != finding
        }
        return {**changed, **{finding.finding_id: None for finding in self.closed}}


def of_their_orders(
    found: Iterable[Finding], book: OrderBook, columns: ColumnRules, tabs: Tabs
) -> Iterator[Finding]:
    """Findings on rows of a known order, given to its requester where nobody else has them."""
    keys = {address: columns.tabs[kind].key for kind, address in tabs.of_kind.items()}
    lines = columns.tabs[TabKind.SUPPLIER].key
    orders = {key_text(order.po_number): order for order in book.values()}
    for finding in found:
        row = finding.ref.key if finding.ref is not None else None
        names = dict(zip(keys.get(finding.tab, lines), row or (), strict=False))
        order = orders.get(names.get("po_number", ""))
        if order is None:
            yield finding
        else:
            yield replace(
                finding,
                owner=finding.owner or order.requester,
                supplier=finding.supplier or order.supplier,
            )


def standing(
    found: tuple[Finding, ...],
    baseline: Baseline,
    still: frozenset[TabAddress],
    there: frozenset[tuple[TabAddress, RowKey]],
    rules: DigestRules,
    now: datetime,
) -> Standing:
    """Hold what was found against what stood open before.

    On a tab that stands still, what stood open on its rows stays open. A row that is `there` anew
    is not told any longer to be deleted.
    """
    current = {finding.finding_id: finding for finding in found}
    kept = [
        _again(known)
        for finding_id, known in baseline.findings.items()
        if finding_id not in current
        and (
            (known.tab in still and known.code not in ABOUT_TABS)
            or (_is_kept(known, now) and not _came_back(known, there))
        )
    ]
    findings = in_sheet_order((*found, *kept))
    ids = {finding.finding_id for finding in findings}
    kept_ids = {finding.finding_id for finding in kept}
    known = {
        finding.finding_id: (
            baseline.findings[finding.finding_id]
            if finding.finding_id in kept_ids
            else _remembered(finding, baseline, rules, now)
        )
        for finding in findings
    }
    return Standing(
        findings=findings,
        opened=tuple(f for f in findings if f.finding_id not in baseline.findings),
        closed=tuple(k for finding_id, k in baseline.findings.items() if finding_id not in ids),
        known=known,
    )


def _is_kept(known: OpenFinding, now: datetime) -> bool:
    return known.keep_until is not None and known.keep_until > now


def _came_back(known: OpenFinding, there: frozenset[tuple[TabAddress, RowKey]]) -> bool:
    """Whether it says of a row that it is gone, and it stands there again."""
    if known.code != Code.ROW_DELETED or known.tab is None or known.key is None:
        return False
    return (known.tab, known.key) in there


def _remembered(
    finding: Finding, baseline: Baseline, rules: DigestRules, now: datetime
) -> OpenFinding:
    before = baseline.findings.get(finding.finding_id)
    is_notice = finding.code in NOTICES
    fresh = OpenFinding(
        finding_id=finding.finding_id,
        code=str(finding.code),
        message=finding.message,
        opened_at=now,
        keep_until=now + timedelta(hours=rules.notice_hours) if is_notice else None,
        tab=finding.tab,
        key=finding.ref.key if finding.ref is not None else None,
        document=finding.document,
        field=finding.field,
        rule=finding.rule,
        supplier=finding.supplier,
        owner=finding.owner,
        at_risk=finding.risk.amount if finding.risk else None,
        currency=finding.risk.currency if finding.risk else None,
    )
    return fresh if before is None else replace(fresh, opened_at=before.opened_at)


def _again(known: OpenFinding) -> Finding:
    """A notice that is kept, as a finding."""
    codes: dict[str, StrEnum] = {str(code): code for code in (*Code, *HoldCode)}
    risk = None
    if known.at_risk is not None:
        risk = MoneyAtRisk(amount=Decimal(known.at_risk), currency=known.currency or "")
    if known.tab is None:
        raise ValueError(f"finding {known.finding_id} does not say where it stands")
    return Finding(
        code=codes[known.code],
        tab=known.tab,
        ref=RowRef(key=known.key) if known.key is not None else None,
        document=known.document,
        field=known.field,
        message=known.message,
        rule=known.rule,
        supplier=known.supplier,
        owner=known.owner,
        risk=risk,
        known_as=known.finding_id,
    )
