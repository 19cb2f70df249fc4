"""Hold an order line against its receipts and invoices.

`match` is the one way in; the other files of this folder answer one question each.

Rules: rules/matching.yaml (all keys).
Never: moves a status, writes a cell, changes a document, reads a clock.
"""

from sheetsync.core.matching.again import LastMatched
from sheetsync.core.matching.codes import HoldCode, HoldState, InvoiceStatus
from sheetsync.core.matching.documents import Documents
from sheetsync.core.matching.levels import NO_LEVELS, MatchingLevels
from sheetsync.core.matching.match import match
from sheetsync.core.matching.matches import Hold, InvoiceMatch, LineMatch, Matches
from sheetsync.core.matching.settings import MatchingRules

__all__ = [
    "NO_LEVELS",
    "Documents",
    "Hold",
    "HoldCode",
    "HoldState",
    "InvoiceMatch",
    "InvoiceStatus",
    "LastMatched",
    "LineMatch",
    "Matches",
    "MatchingLevels",
    "MatchingRules",
    "match",
]
