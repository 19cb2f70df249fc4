"""The tab Payable as the worker settled it last: what is open, for those who export it.

Never: decides what may be paid, or looks at what people see now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sheetsync.core.matching.documents import Invoice, InvoiceType
from sheetsync.core.matching.exact import round_money
from sheetsync.core.matching.open_amounts import OpenAmount
from sheetsync.core.model import HUB, Baseline, RawCell, RowKey, SettledRow, TabAddress, TabKind
from sheetsync.core.rulebook import ColumnRules

DAY_ZERO = date(1899, 12, 30)


def open_on_payable(baseline: Baseline, columns: ColumnRules) -> tuple[OpenAmount, ...]:
    """What the tab said was open when the worker last settled it, by due date."""
    rows = baseline.rows.get(TabAddress(HUB, columns.tabs[TabKind.PAYABLE].title), {})
    found = _open(rows)
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.due or date.min,
                one.invoice.supplier,
                one.invoice.invoice_number,
            ),
        )
    )


def last_seen(baseline: Baseline, columns: ColumnRules) -> str:
    """When the worker last looked, as the tab Status says; "" where it never did."""
    rows = baseline.rows.get(TabAddress(HUB, columns.tabs[TabKind.STATUS].title), {})
    said = (row.cells.get("value") for key, row in rows.items() if key[0].startswith(HEARTBEAT))
    return str(next(said, ""))


HEARTBEAT = "heartbeat"
"""How the row of Status begins that says when the worker last looked."""


def _open(rows: Mapping[RowKey, SettledRow]) -> Iterator[OpenAmount]:
    for row in rows.values():
        cells = row.cells
        billed_on, currency = _day(cells.get("invoice_date")), str(cells.get("currency") or "")
        amount = _money(cells.get("open_amount"), currency)
        if not amount or billed_on is None:
            continue
        yield OpenAmount(
            invoice=Invoice(
                invoice_id="",
                supplier=str(cells.get("supplier") or ""),
                invoice_number=str(cells.get("invoice_number") or ""),
                type=InvoiceType(str(cells.get("type")).replace(" ", "_")),
                invoice_date=billed_on,
                received_at=datetime.combine(billed_on, time(), UTC),
                currency=currency,
                lines=(),
            ),
            amount=amount,
            terms=str(cells.get("terms") or ""),
            due=_day(cells.get("due_date")),
            early_until=_day(cells.get("discount_until")),
            discount=_money(cells.get("discount"), currency),
        )


def _money(cell: RawCell, currency: str) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return Decimal(0)
    return round_money(Decimal(repr(cell)), currency)


def _day(cell: RawCell) -> date | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return DAY_ZERO + timedelta(days=int(cell))
