"""Two outlooks on the same facts held against each other.

Never: makes sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetsync.core.findings import Finding
from sheetsync.core.lifecycle.approval import Request
from sheetsync.core.model import Move
from sheetsync.core.whatif.outlook import Bill, HoldKey, Outlook, StandingHold


@dataclass(frozen=True, slots=True, kw_only=True)
class BillChange:
    """An invoice of which another amount could be paid."""

    now: Bill
    then: Bill

    @property
    def more(self) -> Decimal:
        """By how much more; negative where less."""
        return self.then.payable - self.now.payable


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What would come and go; all of it in a lasting order, the largest amount first."""

    come: tuple[StandingHold, ...] = ()
    go: tuple[StandingHold, ...] = ()
    warnings_come: tuple[StandingHold, ...] = ()
    warnings_go: tuple[StandingHold, ...] = ()
    bills: tuple[BillChange, ...] = ()
    moves_come: tuple[Move, ...] = ()
    moves_go: tuple[Move, ...] = ()
    requests_come: tuple[Request, ...] = ()
    requests_go: tuple[Request, ...] = ()
    findings_come: tuple[Finding, ...] = ()
    findings_go: tuple[Finding, ...] = ()
    still_come: tuple[str, ...] = ()
    still_go: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether both decide alike."""
        return not any(getattr(self, name) for name in self.__slots__)


def compare(now: Outlook, then: Outlook) -> Difference:
    """What stands under the one rules and not under the other."""
    return Difference(
        come=_holds(then.holds, now.holds),
        go=_holds(now.holds, then.holds),
        warnings_come=_holds(then.warnings, now.warnings),
        warnings_go=_holds(now.warnings, then.warnings),
        bills=tuple(_bills(now, then)),
        moves_come=_moves(then, now),
        moves_go=_moves(now, then),
        requests_come=_requests(then, now),
        requests_go=_requests(now, then),
        findings_come=_findings(then.findings, now.findings),
        findings_go=_findings(now.findings, then.findings),
        still_come=tuple(sorted(then.still - now.still)),
        still_go=tuple(sorted(now.still - then.still)),
    )


def _holds(
    here: Mapping[HoldKey, StandingHold], there: Mapping[HoldKey, StandingHold]
) -> tuple[StandingHold, ...]:
    found = (hold for key, hold in here.items() if key not in there)
    return tuple(sorted(found, key=lambda hold: (-hold.amount, str(hold.key))))


def _bills(now: Outlook, then: Outlook) -> list[BillChange]:
    both = [key for key in now.bills if key in then.bills]
    changed = (BillChange(now=now.bills[key], then=then.bills[key]) for key in both)
    moved = [each for each in changed if each.more]
    return sorted(
        moved, key=lambda each: (-abs(each.more), each.now.supplier, each.now.invoice_number)
    )


def _moves(here: Outlook, there: Outlook) -> tuple[Move, ...]:
    def name(move: Move) -> tuple[str, int, str]:
        return (move.key.po_number, move.key.line_number, move.to_status)

    known = {(name(move), move.from_status) for move in there.moves}
    return tuple(sorted((m for m in here.moves if (name(m), m.from_status) not in known), key=name))


def _requests(here: Outlook, there: Outlook) -> tuple[Request, ...]:
    found = here.requests - there.requests
    return tuple(sorted(found, key=lambda r: (r.po_number, r.version, r.tier, r.approver)))


def _findings(here: Mapping[str, Finding], there: Mapping[str, Finding]) -> tuple[Finding, ...]:
    found = (finding for key, finding in here.items() if key not in there)
    return tuple(sorted(found, key=lambda f: (str(f.code), f.document, f.field or "")))
