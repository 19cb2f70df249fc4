"""What the worker knows between cycles: settled rows, states of orders and lines, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sheetsync.core.model.places import (
    LineKey,
    RawCell,
    RowKey,
    TabAddress,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledRow:
    """A row as the worker last settled it: raw cells by field, blanks left out."""

    cells: Mapping[str, RawCell]
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed (or proposed) on a line; None where nothing is said."""

    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    promised_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """What the worker knows of an order line beyond its cells.

    Args:
        status: A status of rules/lifecycle.yaml.
        came_from: The status to return to from on_hold or change_proposed.
        agreed: The terms in force once confirmed.
        proposal: The terms a supplier proposes, with `proposal_reason`.
        cancelled_quantity: What a short-close gave up.
        closed_at: When the line was closed or cancelled, UTC.
    """

    status: str
    came_from: str | None = None
    agreed: Terms = Terms()
    proposal: Terms | None = None
    proposal_reason: str | None = None
    cancelled_quantity: Decimal = Decimal(0)
    closed_at: datetime | None = None

    @property
    def before_hold(self) -> str:
        """The status, or on hold the one to return to."""
        return (self.came_from or self.status) if self.status == "on_hold" else self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One yes (or no) of an approver to one version of an order, up to `total` in base currency."""

    tier: str
    approver: str
    version: int
    total: Decimal
    is_granted: bool
    granted_at: datetime
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What the worker knows of an order beyond its lines.

    `mark` is the word under which its lines were typed, while the order is a draft.
    """

    po_number: str
    mark: str | None = None
    version: int = 1
    issued_version: int = 0
    grants: tuple[Grant, ...] = ()
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A finding that stands in Exceptions, with all that is needed to show it again.

    Args:
        opened_at: Since when it stands, UTC.
        keep_until: Until when a notice is kept, although its cause was mended.
        tab, key, document, field, rule, supplier, owner: As in `findings.Finding`.
        at_risk, currency: The money at risk, where it can be told.
    """

    finding_id: str
    code: str
    message: str
    opened_at: datetime
    keep_until: datetime | None = None
    tab: TabAddress | None = None
    key: RowKey | None = None
    document: str = ""
    field: str | None = None
    rule: str = ""
    supplier: str | None = None
    owner: str | None = None
    at_risk: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reader was last told of: when, and the findings that stood in that digest.

    `codes` and `documents` say by finding id what it was and of what (the tab, where it is about no
    document), so that its closing can be told.
    """

    at: datetime
    finding_ids: frozenset[str]
    codes: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the worker knew at the end of the last settled cycle.

    `cycle` counts settled cycles and is 0 for an empty store; `numbered` is the last number that
    was given to an order, `witnessed` names the witnesses of earlier writes that were heard.
    """

    cycle: int = 0
    numbered: int = 0
    rows: Mapping[TabAddress, Mapping[RowKey, SettledRow]] = field(default_factory=dict)
    orders: Mapping[str, OrderState] = field(default_factory=dict)
    lines: Mapping[LineKey, LineState] = field(default_factory=dict)
    findings: Mapping[str, OpenFinding] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)
    witnessed: frozenset[str] = frozenset()


class Mode(StrEnum):
    """How far the worker may go: look only, serve the named suppliers, or serve all."""

    OBSERVE = "observe"
    PILOT = "pilot"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What the worker may do in this run, from config.yaml.

    Args:
        mode: See `Mode`.
        pilot_suppliers: The suppliers served in pilot mode.
        time_zone: IANA name; calendar days are counted there.
        heartbeat_s: Seconds between two heartbeats of an otherwise unchanged sheet.
        clock_slack_s: Seconds that the clock may stand before the last settled cycle.
        operator: Who is told of findings that belong to nobody: an address.
    """

    mode: Mode = Mode.LIVE
    pilot_suppliers: frozenset[str] = frozenset()
    time_zone: str = "UTC"
    heartbeat_s: int = 900
    clock_slack_s: int = 300
    operator: str = ""

    def serves(self, supplier: str | None) -> bool:
        """Whether orders with this supplier may be moved, written and mailed."""
        if self.mode is Mode.LIVE:
            return True
        return self.mode is Mode.PILOT and supplier in self.pilot_suppliers
