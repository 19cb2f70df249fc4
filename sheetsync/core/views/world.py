"""Everything that a view may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.differences import Standstill
from sheetsync.core.findings import Finding
from sheetsync.core.lifecycle.approval import Request
from sheetsync.core.matched.payments import JudgedPayment
from sheetsync.core.matched.releases import JudgedRelease
from sheetsync.core.matching import Matches
from sheetsync.core.matching.open_amounts import OpenAmount
from sheetsync.core.model import (
    Baseline,
    Mandate,
    RawCell,
    Records,
    RowKey,
    TabAddress,
    Tabs,
)
from sheetsync.core.orders import OrderBook
from sheetsync.core.rulebook import Rulebook

Cells = Mapping[str, RawCell]
ShownRows = dict[RowKey, Cells]
"""What each row of a tab should show in the worker's columns."""

LONGEST_MESSAGE = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The state of affairs after a cycle's decisions; `findings` are all that stand open.

    `standstills` are the tabs that stand still, and those that somebody lets go on as they are.
    """

    book: OrderBook
    records: Records
    matches: Matches
    open_amounts: tuple[OpenAmount, ...] = ()
    releases: tuple[JudgedRelease, ...] = ()
    payments: tuple[JudgedPayment, ...] = ()
    requests: tuple[Request, ...]
    findings: tuple[Finding, ...]
    standstills: tuple[Standstill, ...] = ()
    baseline: Baseline
    tabs: Tabs
    rules: Rulebook
    mandate: Mandate
    now: datetime

    def shows(self, tab: TabAddress, key: RowKey) -> Cells:
        """The cells of a row as they were last settled; none for a new one."""
        row = self.baseline.rows.get(tab, {}).get(key)
        return row.cells if row is not None else {}


def messages(findings: tuple[Finding, ...], tab: TabAddress) -> dict[RowKey, str]:
    """What is said on each keyed row of a tab: its findings, one after another."""
    said: dict[RowKey, list[str]] = {}
    for finding in findings:
        if finding.tab == tab and finding.ref is not None and finding.ref.key is not None:
            said.setdefault(finding.ref.key, []).append(finding.message)
    return {key: joined(texts) for key, texts in said.items()}


def joined(texts: list[str]) -> str:
    """Several messages as one cell, each once and of readable length."""
    text = " · ".join(dict.fromkeys(texts))
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"
