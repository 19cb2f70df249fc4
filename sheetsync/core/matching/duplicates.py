"""Is this document here already? The later of two equal numbers is rejected, a lookalike waits.

Rules: none; what counts as one number is fixed.
Never: rejects what was paid, or calls a voided document an original.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from sheetsync.core.matching.codes import HoldCode
from sheetsync.core.matching.exact import round_money
from sheetsync.core.matching.matches import Figures
from sheetsync.core.matching.numbering import looks
from sheetsync.core.matching.releases import hold_voucher
from sheetsync.core.matching.totals import gross
from sheetsync.core.matching.vouchers import Voucher


def reject_invalid(vouchers: Iterable[Voucher]) -> None:
    """Reject voided documents and all but the original of each number.

    A payment is a fact: a paid document is never rejected, and goes before an unpaid one.
    """
    originals: dict[tuple[str, str, str], Voucher] = {}
    for voucher in sorted(vouchers, key=lambda voucher: voucher.originality):
        invoice = voucher.invoice
        if invoice.voided:
            _refuse_voided(voucher)
            continue
        original = originals.setdefault((invoice.supplier, invoice.type, voucher.number), voucher)
        if original is not voucher:
            hold_voucher(
                voucher, HoldCode.DUPLICATE, figures=Figures(documents=_names(original, voucher))
            )
            voucher.is_rejected = not voucher.is_paid


def _refuse_voided(voucher: Voucher) -> None:
    voucher.is_rejected = not voucher.is_paid
    if voucher.is_paid:
        hold_voucher(voucher, HoldCode.DUPLICATE, figures=Figures(seen="voided"))


def _names(original: Voucher, voucher: Voucher) -> tuple[str, str]:
    return (original.invoice.invoice_number, voucher.invoice.invoice_number)


def hold_lookalikes(vouchers: Iterable[Voucher]) -> None:
    """Hold the later of two documents of one day and amount whose numbers look alike."""
    by_day: defaultdict[tuple[object, ...], list[Voucher]] = defaultdict(list)
    for voucher in vouchers:
        if not voucher.is_rejected:
            invoice = voucher.invoice
            by_day[(invoice.supplier, invoice.invoice_date, invoice.currency)].append(voucher)
    for alike in by_day.values():
        if len(alike) > 1:
            _hold_lookalikes(alike)


def _hold_lookalikes(vouchers: list[Voucher]) -> None:
    first: dict[tuple[Decimal, str], Voucher] = {}
    for voucher in sorted(vouchers, key=lambda voucher: voucher.originality):
        amount = round_money(gross(voucher), voucher.invoice.currency)
        shapes = [(amount, shape) for shape in sorted(looks(voucher.number))]
        twin = next((first[shape] for shape in shapes if shape in first), None)
        if twin is not None:
            hold_voucher(
                voucher,
                HoldCode.POSSIBLE_DUPLICATE,
                figures=Figures(
                    currency=voucher.invoice.currency,
                    billed=amount,
                    documents=_names(twin, voucher),
                ),
            )
        for shape in shapes:
            first.setdefault(shape, voucher)
