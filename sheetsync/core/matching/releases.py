"""Does a hold stand, or did a person lift it, or did a payment overtake it?

Rules: none; role and limit of who may release are judged where the Releases tab is read.
Never: lifts a rejection, or a hold whose variance has grown past what was agreed.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.codes import HoldCode, HoldState, Measure
from sheetsync.core.matching.exact import number
from sheetsync.core.matching.levels import Tuned
from sheetsync.core.matching.matches import BrokenLimit, Figures, Hold
from sheetsync.core.matching.vouchers import Posting, Voucher

NO_FIGURES = Figures()


def state_of(
    voucher: Voucher, code: HoldCode, line_no: int | None, variance: Fraction | None
) -> HoldState:
    """How a hold stands that applies now."""
    if code is not HoldCode.DUPLICATE and any(
        release.code == code
        and _concerns(release.line_no, line_no, voucher)
        and _covers(release.up_to, variance)
        for release in voucher.releases
    ):
        return HoldState.RELEASED
    return HoldState.OVERPAID if voucher.is_paid else HoldState.HELD


def _concerns(released_line: int | None, line_no: int | None, voucher: Voucher) -> bool:
    """Whether a release speaks of this hold; on a one-line invoice the line need not be named."""
    if released_line is None and line_no is not None:
        return len(voucher.postings) == 1
    return released_line == line_no


def _covers(up_to: Decimal | None, variance: Fraction | None) -> bool:
    if variance is None:
        return True
    return up_to is not None and abs(variance) <= abs(Fraction(up_to))


def hold_voucher(
    voucher: Voucher,
    code: HoldCode,
    *,
    measure: Measure | None = None,
    variance: Fraction | None = None,
    limits: tuple[BrokenLimit, ...] = (),
    figures: Figures = NO_FIGURES,
) -> None:
    """Put a hold on the whole document."""
    voucher.holds += (
        Hold(
            code=code,
            state=state_of(voucher, code, None, variance),
            invoice_id=voucher.invoice.invoice_id,
            measure=measure,
            variance=None if variance is None else number(variance),
            limits=_levelled(limits, voucher.tuned),
            figures=figures,
        ),
    )


def _levelled(limits: tuple[BrokenLimit, ...], tuned: Tuned) -> tuple[BrokenLimit, ...]:
    """The limits with the levels that set them."""
    if not tuned.decided_by:
        return limits
    return tuple(replace(limit, level=tuned.decided_by.get(limit.key, "")) for limit in limits)


def hold_line(
    posting: Posting,
    code: HoldCode,
    *,
    measure: Measure | None = None,
    variance: Fraction | None = None,
    limits: tuple[BrokenLimit, ...] = (),
    figures: Figures = NO_FIGURES,
    only_warn: bool = False,
) -> HoldState:
    """Put a hold, or a mere warning, on one line, and tell how it stands."""
    voucher, line = posting.voucher, posting.line
    state = HoldState.WARNED if only_warn else state_of(voucher, code, line.line_no, variance)
    key = posting.ledger.key if posting.ledger is not None else (line.po_number, line.line_number)
    posting.holds += (
        Hold(
            code=code,
            state=state,
            invoice_id=voucher.invoice.invoice_id,
            line_no=line.line_no,
            po_number=key[0],
            line_number=key[1],
            measure=measure,
            variance=None if variance is None else number(variance),
            limits=_levelled(limits, posting.ledger.tuned) if posting.ledger else limits,
            figures=figures,
        ),
    )
    return state
