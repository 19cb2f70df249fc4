"""What would happen, as plain JSON values; docs/plan.schema.json is their schema.

Money and quantities are texts, so that no digit is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sheetsync.core.findings import Finding
from sheetsync.core.lifecycle.approval import Request
from sheetsync.core.model import Move
from sheetsync.core.whatif.changed_rules import ChangedKey
from sheetsync.core.whatif.difference import BillChange, Difference
from sheetsync.core.whatif.outlook import StandingHold
from sheetsync.core.whatif.replay import Replay, Span


def present_as_json(found: Difference) -> dict[str, Any]:
    """The present under both rules."""
    return {
        "holds": {"go": _all(found.go, _hold), "come": _all(found.come, _hold)},
        "warnings": {
            "go": _all(found.warnings_go, _hold),
            "come": _all(found.warnings_come, _hold),
        },
        "payable": _all(found.bills, _bill),
        "moves": {"go": _all(found.moves_go, _move), "come": _all(found.moves_come, _move)},
        "approvals": {
            "go": _all(found.requests_go, _request),
            "come": _all(found.requests_come, _request),
        },
        "findings": {
            "go": _all(found.findings_go, _finding),
            "come": _all(found.findings_come, _finding),
        },
        "standing_still": {"go": list(found.still_go), "come": list(found.still_come)},
    }


def past_as_json(replayed: Replay) -> dict[str, Any]:
    """The past under both rules."""
    return {
        "since": replayed.since.isoformat(),
        "until": replayed.until.isoformat(),
        "began": replayed.began.isoformat() if replayed.began is not None else None,
        "moments": replayed.moments,
        "in_force": _all(replayed.now, _span),
        "with_these": _all(replayed.then, _span),
        "approvals": [
            {
                "po_number": each.po_number,
                "supplier": each.supplier,
                "at": each.at.isoformat(),
                "in_force": list(each.now),
                "with_these": list(each.then),
            }
            for each in replayed.tiers
        ],
    }


def changed_as_json(keys: Iterable[ChangedKey]) -> list[dict[str, str]]:
    """The keys of the rules that differ."""
    return [{"key": each.key, "in_force": each.now, "with_these": each.then} for each in keys]


def _all(things: Iterable[Any], shape: Any) -> list[dict[str, Any]]:
    return [shape(each) for each in things]


def _hold(held: StandingHold) -> dict[str, Any]:
    hold = held.hold
    return {
        "code": held.code,
        "meaning": held.meaning,
        "supplier": held.supplier,
        "invoice": held.invoice_number,
        "type": held.type,
        "line_no": hold.line_no,
        "po_number": hold.po_number,
        "po_line": hold.line_number,
        "billed": str(held.amount),
        "currency": held.currency,
        "rule": hold.rule,
        "sentence": held.sentence,
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        **_hold(span.held),
        "came": span.came.isoformat() if span.came is not None else None,
        "went": span.went.isoformat() if span.went is not None else None,
    }


def _bill(change: BillChange) -> dict[str, Any]:
    return {
        "supplier": change.now.supplier,
        "invoice": change.now.invoice_number,
        "type": change.now.type,
        "currency": change.now.currency,
        "payable_in_force": str(change.now.payable),
        "payable_with_these": str(change.then.payable),
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "po_number": move.key.po_number,
        "line_number": move.key.line_number,
        "from": move.from_status,
        "to": move.to_status,
        "because": move.because,
    }


def _request(asked: Request) -> dict[str, Any]:
    return {
        "po_number": asked.po_number,
        "version": asked.version,
        "tier": asked.tier,
        "approver": asked.approver,
        "supplier": asked.supplier,
        "total": str(asked.total),
        "currency": asked.currency,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    risk = finding.risk
    return {
        "code": str(finding.code),
        "tab": str(finding.tab),
        "document": finding.document,
        "supplier": finding.supplier,
        "message": finding.message,
        "rule": finding.rule,
        "money_at_risk": str(risk.amount) if risk is not None else None,
        "currency": risk.currency if risk is not None else None,
    }
