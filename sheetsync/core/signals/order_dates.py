"""Was the order written when the bill was there already?

An order is as old as the oldest of its lines was when it was first seen.

Rules: rules/signals.yaml `ordered_after`. Finding: ordered-after-invoice.
Never: looks at orders that came with the sheet when sheetsync began.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import TabKind
from sheetsync.core.reading import show_date
from sheetsync.core.signals.bills import Bill, Seen


def ordered_after(seen: Seen) -> Iterator[Finding]:
    """Every invoice that is older than an order that it names."""
    passes = seen.rules.signals.ordered_after.days
    for bill in seen.bills:
        for number in sorted(bill.orders & seen.written.keys()):
            late = (seen.written[number] - bill.day).days
            if late > passes:
                yield _finding(seen, bill, number, late)


def _finding(seen: Seen, bill: Bill, number: str, late: int) -> Finding:
    row = next(row for row in bill.rows if row.po_number == number)
    days = "1 day" if late == 1 else f"{late} days"
    who = seen.book[number].requester or "its buyer"
    return Finding(
        code=Code.ORDERED_AFTER_INVOICE,
        tab=seen.tabs.of_kind[TabKind.INVOICES],
        ref=row.ref,
        source=row.source,
        document=f"{bill.document} on {number}",
        field="po_number",
        message=(
            f"Order {number} was first seen on {show_date(seen.written[number])}, {days} after the "
            f"date of this invoice ({show_date(bill.day)}): somebody ordered without it, or it was "
            f"written to fit the bill. Ask {who} who ordered, and when."
        ),
        rule="signals.ordered_after.days",
        supplier=bill.supplier,
        owner=seen.told([number]),
        risk=bill.risk,
    )
