"""Is there a supplier with whom one person alone orders?

Rules: rules/signals.yaml `single_buyer`. Finding: single-buyer.
Never: tells that person; see `Seen.told`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sheetsync.core.findings import Code, Finding, MoneyAtRisk
from sheetsync.core.lifecycle.approval import in_base
from sheetsync.core.model import TabKind
from sheetsync.core.money import rounded
from sheetsync.core.orders import Order
from sheetsync.core.signals.bills import Seen
from sheetsync.core.wording import shown_amount


def single_buyer(seen: Seen) -> Iterator[Finding]:
    """Every supplier whose orders are all one person's, where others order elsewhere."""
    of_supplier: dict[str, list[Order]] = defaultdict(list)
    everybody: set[str] = set()
    for order in seen.book.values():
        if order.supplier is not None and order.sent_lines and order.live_lines:
            of_supplier[order.supplier].append(order)
            everybody |= order.requesters
    if len(everybody) == 1:
        return
    for supplier, orders in sorted(of_supplier.items()):
        buyers = frozenset[str]().union(*(order.requesters for order in orders))
        if len(orders) >= seen.rules.signals.single_buyer.orders and len(buyers) == 1:
            yield _finding(seen, supplier, orders, *buyers)


def _finding(seen: Seen, supplier: str, orders: list[Order], buyer: str) -> Finding:
    approval = seen.rules.approval
    base = approval.base_currency
    worth = (in_base(order.total, order.currency, approval) for order in orders)
    total = rounded(sum((each for each in worth if each is not None), Decimal(0)), base)
    ref, source = seen.row_of(supplier)
    return Finding(
        code=Code.SINGLE_BUYER,
        tab=seen.tabs.of_kind[TabKind.SUPPLIERS],
        ref=ref,
        source=source,
        document=f"supplier {supplier}, one buyer",
        message=(
            f"All {len(orders)} orders with this supplier ({shown_amount(total, base)}) were asked "
            f"for by {buyer}, and others buy elsewhere. Let somebody else look at one or two of "
            "them, or order the next one."
        ),
        rule="signals.single_buyer.orders",
        supplier=supplier,
        owner=seen.told(order.po_number for order in orders),
        risk=MoneyAtRisk(amount=total, currency=base),
    )
