"""Does something outside the line itself keep it back: an order on hold, a row nobody could read?

Rules: none.
Never: stops further checks; these holds stand beside whatever else applies.
"""

from __future__ import annotations

from sheetsync.core.matching.codes import HoldCode
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.matching.tolerance import Measured
from sheetsync.core.matching.vouchers import Posting


def on_hold(posting: Posting, _: MatchingRules) -> Measured | None:
    """ON_HOLD: the order is on hold; nothing is paid on it, everything is matched."""
    if posting.open_ledger.order.status != "on_hold":
        return None
    return Measured(code=HoldCode.ON_HOLD, holds=True, is_variance=False)


def unreadable(posting: Posting, _: MatchingRules) -> Measured | None:
    """UNREADABLE: a row that could not be read may be what would stop the payment."""
    if not (posting.open_ledger.is_unreadable or posting.voucher.has_unreadable_supplier):
        return None
    return Measured(code=HoldCode.UNREADABLE, holds=True, is_variance=False)
