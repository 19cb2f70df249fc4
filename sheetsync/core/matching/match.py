"""Match every invoice against its order lines and receipts."""

from __future__ import annotations

from datetime import date

from sheetsync.core.matching.documents import Documents
from sheetsync.core.matching.matches import Matches
from sheetsync.core.matching.settings import MatchingRules


def match(documents: Documents, settings: MatchingRules, *, as_of: date | None = None) -> Matches:
    """Match every order line.

    Receipts and invoices are consumed oldest first; a quantity is consumed once.

    Args:
        documents: Orders, receipts, invoices, releases, payments, in any order.
        settings: Percentages are of the order's figures, 5 means 5 %.
        as_of: Only documents dated on or before this day count; all of them when `None`.

    Returns:
        One result per invoice known at `as_of` and per order line.
    """
    raise NotImplementedError
