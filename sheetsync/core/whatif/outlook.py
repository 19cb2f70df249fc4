"""What would stand under some rules: holds, what is payable, moves, questions for a yes, findings.

Never: compares two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetsync.core.decide import Foreseen
from sheetsync.core.findings import Finding
from sheetsync.core.lifecycle.approval import Request
from sheetsync.core.matched.documents import invoice_id, invoice_key
from sheetsync.core.matched.findings import billed
from sheetsync.core.matching import Hold, HoldCode, HoldState, Matches
from sheetsync.core.matching.meanings import MEANINGS
from sheetsync.core.matching.sentences import sentence
from sheetsync.core.model import InvoiceLine, Move, TabKind
from sheetsync.core.money import rounded

HoldKey = tuple[str, int | None, str, str | None, int | None, str]
"""Who a hold is: invoice, its line, code, order, order line, and the charge if it is about one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingHold:
    """A hold that stands, and the bill that waits for it.

    `amount` is what the held line bills, or the whole invoice where it holds all of it.
    """

    hold: Hold
    supplier: str
    invoice_number: str
    type: str
    amount: Decimal
    currency: str

    @property
    def key(self) -> HoldKey:
        """The same under all rules."""
        hold = self.hold
        seen = hold.figures.seen if hold.code in CHARGES else None
        order_line = (hold.po_number, hold.line_number)
        return (hold.invoice_id, hold.line_no, str(hold.code), *order_line, seen or "")

    @property
    def code(self) -> str:
        """Its code."""
        return str(self.hold.code)

    @property
    def meaning(self) -> str:
        """What the code means."""
        return MEANINGS[self.hold.code]

    @property
    def document(self) -> str:
        """The bill in people's words."""
        kind = "credit note" if self.type == "credit_note" else "invoice"
        line = f" line {self.hold.line_no}" if self.hold.line_no is not None else ""
        return f"{kind} {self.invoice_number}{line} of {self.supplier}"

    @property
    def sentence(self) -> str:
        """All that is to be said about it."""
        return sentence(self.hold)


CHARGES = frozenset({HoldCode.CHARGE, HoldCode.UNPLANNED_CHARGE})
HELD = frozenset({HoldState.HELD})
WARNED = frozenset({HoldState.WARNED, HoldState.OVERPAID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice and how much of it may be paid."""

    supplier: str
    invoice_number: str
    type: str
    payable: Decimal
    currency: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would stand, by what makes each thing the same under other rules.

    `findings` are those beside holds and their warnings.
    """

    holds: Mapping[HoldKey, StandingHold]
    warnings: Mapping[HoldKey, StandingHold]
    bills: Mapping[str, Bill]
    moves: frozenset[Move]
    requests: frozenset[Request]
    findings: Mapping[str, Finding]
    still: frozenset[str]


def outlook(foreseen: Foreseen) -> Outlook:
    """The outlook of one walk through the corridor."""
    turn, plan = foreseen.turn, foreseen.plan
    invoices = by_document(foreseen.records.invoices)
    bills_tab = foreseen.tabs.of_kind[TabKind.INVOICES]
    return Outlook(
        holds=standing_holds(turn.matches, invoices, HELD),
        warnings=standing_holds(turn.matches, invoices, WARNED),
        bills=_bills(turn.matches, invoices),
        moves=frozenset(turn.moves),
        requests=frozenset(turn.approved.requests),
        findings={
            finding.finding_id: finding
            for finding in plan.findings
            if not (isinstance(finding.code, HoldCode) and finding.tab == bills_tab)
        },
        still=frozenset(map(str, plan.still)),
    )


def by_document(rows: Iterable[InvoiceLine]) -> dict[str, list[InvoiceLine]]:
    """The rows of each invoice."""
    found: dict[str, list[InvoiceLine]] = {}
    for row in rows:
        found.setdefault(invoice_id(invoice_key(row)), []).append(row)
    return found


def standing_holds(
    matches: Matches,
    invoices: Mapping[str, list[InvoiceLine]],
    states: Collection[HoldState] = HELD,
) -> dict[HoldKey, StandingHold]:
    """Every hold in one of these states."""
    found: dict[HoldKey, StandingHold] = {}
    for document, match in matches.invoices.items():
        rows = invoices.get(document, [])
        for hold in match.details:
            if hold.state in states and rows:
                concerned = [row for row in rows if row.invoice_line == hold.line_no] or rows
                amount = sum(map(billed, concerned), Decimal(0))
                each = StandingHold(
                    hold=hold,
                    supplier=rows[0].supplier,
                    invoice_number=rows[0].invoice_number,
                    type=rows[0].type,
                    amount=rounded(amount, match.currency),
                    currency=match.currency,
                )
                found[each.key] = each
    return found


def _bills(matches: Matches, invoices: Mapping[str, list[InvoiceLine]]) -> dict[str, Bill]:
    return {
        document: Bill(
            supplier=invoices[document][0].supplier,
            invoice_number=invoices[document][0].invoice_number,
            type=invoices[document][0].type,
            payable=match.payable_amount,
            currency=match.currency,
            status=str(match.status),
        )
        for document, match in matches.invoices.items()
        if document in invoices
    }
