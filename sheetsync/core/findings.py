"""What is wrong with the sheet, as values: never raised; shown on the row and by mail.

Severity is looked up by code in rules/digest.yaml, so that an admin may weigh it otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sheetsync.core.model import RowRef, Source, TabAddress


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Code(StrEnum):
    """The findings of everything but matching, whose hold codes stand in `core.matching`."""

    # columns
    TAB_MISSING = "tab-missing"
    TAB_EMPTIED = "tab-emptied"
    MISSING_COLUMN = "missing-column"
    DUPLICATE_COLUMN = "duplicate-column"
    INVALID_VALUE = "invalid-value"
    AMBIGUOUS_VALUE = "ambiguous-value"
    MISSING_VALUE = "missing-value"
    NUMBER_WHERE_TEXT = "number-where-text"
    DUPLICATE_KEY = "duplicate-key"
    # standstill
    TOO_MANY_VANISHED = "too-many-vanished"
    TOO_MANY_LOCKED = "too-many-locked"
    # merging and locking
    EDIT_CLASH = "edit-clash"
    KEY_CHANGED = "key-changed"
    KEY_NOTATION = "key-notation"
    ROW_DELETED = "row-deleted"
    LINE_VANISHED = "line-vanished"
    LOCKED_FIELD_EDITED = "locked-field-edited"
    WORKER_FIELD_EDITED = "worker-field-edited"
    ROW_NOT_OURS = "row-not-ours"
    HISTORY_EDITED = "history-edited"
    HISTORY_TAKEN_OVER = "history-taken-over"
    WRITE_MISPLACED = "write-misplaced"
    # approval and lifecycle
    APPROVAL_WAITS = "approval-waits"
    APPROVAL_MISSING = "approval-missing"
    APPROVAL_LIMIT = "approval-limit"
    UNKNOWN_STATUS = "unknown-status"
    MOVE_NOT_ALLOWED = "move-not-allowed"
    MOVE_REQUIREMENT = "move-requirement"
    ANSWER_OUTDATED = "answer-outdated"
    PROPOSAL_WAITS = "proposal-waits"
    # matching, beside its hold codes
    OVER_RECEIPT = "over-receipt"
    UNKNOWN_ORDER_RECEIVED = "unknown-order-received"
    RECEIVED_BEFORE_ISSUE = "received-before-issue"
    OVER_RETURN = "over-return"
    FUTURE_DATE = "future-date"
    # signals
    INVOICE_NUMBER_BACK = "invoice-number-back"
    BANK_ACCOUNT_DIFFERS = "bank-account-differs"
    ORDERED_AFTER_INVOICE = "ordered-after-invoice"
    JUST_UNDER_LIMIT = "just-under-limit"
    ROUND_SUMS = "round-sums"
    SINGLE_BUYER = "single-buyer"
    # releases and payments
    RELEASE_REFUSED = "release-refused"
    PAYMENT_REFUSED = "payment-refused"


NOTICES = frozenset(
    {
        *(Code.LINE_VANISHED, Code.LOCKED_FIELD_EDITED, Code.WORKER_FIELD_EDITED),
        *(Code.EDIT_CLASH, Code.KEY_CHANGED, Code.KEY_NOTATION, Code.ROW_DELETED),
        *(Code.UNKNOWN_STATUS, Code.ANSWER_OUTDATED, Code.WRITE_MISPLACED),
        *(Code.HISTORY_EDITED, Code.HISTORY_TAKEN_OVER),
    }
)
"""Findings about what the worker has mended: kept open for a while, so that they are read."""

ABOUT_TABS = frozenset(
    {
        *(Code.TAB_MISSING, Code.TAB_EMPTIED, Code.MISSING_COLUMN, Code.DUPLICATE_COLUMN),
        *(Code.TOO_MANY_VANISHED, Code.TOO_MANY_LOCKED),
    }
)
"""Findings about a whole tab: while it stands still they are found anew at every reading, when
what was found on its rows before stands still too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAtRisk:
    """An amount in a currency; findings are listed by it."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a person must look at.

    Args:
        code: A `Code` or a hold code of matching.
        tab: The tab that it stands on.
        ref: The row, where it is about one.
        source: Where that row stood at this reading, for messages.
        document: The document in people's words: "PO-7/1", "invoice INV-9", or "" for a whole tab.
        field: The column, where it is about one cell.
        message: What is seen, what was expected, what to do; without the place.
        rule: The rules key that raised it, such as "matching.price.pct_upper".
        supplier: Whose business it concerns, where known.
        owner: The person (People) who should act, where known.
        risk: The money at risk, where it can be told.
        known_as: Its id, where it stood open before and its row's content is not known any more.
    """

    code: StrEnum
    tab: TabAddress
    ref: RowRef | None = None
    source: Source | None = None
    document: str = ""
    field: str | None = None
    message: str
    rule: str
    supplier: str | None = None
    owner: str | None = None
    risk: MoneyAtRisk | None = None
    known_as: str = ""

    @property
    def finding_id(self) -> str:
        """The same for the same problem at every reading: code, document and field.

        Without a document a row is known by its content, and keeps its finding when it moves; a
        document keeps its finding whichever of several equal rows it stands on.
        """
        if self.known_as:
            return self.known_as
        row = self.ref if not self.document else None
        content, occurrence = (row.content, row.occurrence) if row is not None else (None, 0)
        parts = (self.code, self.tab.spreadsheet, self.tab.tab, self.document, self.field)
        text = repr((*map(str, parts), content, occurrence))
        return "F-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def in_sheet_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings once each, by tab, row and column, so that equal readings give equal plans."""
    unique = {finding.finding_id: finding for finding in findings}
    return tuple(
        sorted(
            unique.values(),
            key=lambda f: (
                f.tab.spreadsheet,
                f.tab.tab,
                f.source.row if f.source else 0,
                f.field or "",
                str(f.code),
                f.document,
            ),
        )
    )
