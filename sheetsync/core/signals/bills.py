"""What all signs look at: invoices as whole documents, orders, suppliers, and who may be told.

Never: judges anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sheetsync.core.findings import MoneyAtRisk
from sheetsync.core.model import (
    Baseline,
    InvoiceLine,
    Person,
    RowRef,
    Source,
    Supplier,
    TabKind,
    Tabs,
)
from sheetsync.core.money import rounded
from sheetsync.core.orders import OrderBook
from sheetsync.core.rulebook import Rulebook

INVOICE = "invoice"
BEGAN_WITH = (TabKind.ORDER_LINES, TabKind.PEOPLE, TabKind.SUPPLIERS)


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice with all of its rows, the first of which findings stand on.

    `net` is what its lines and charges come to, without tax; `orders` are those that it names.
    """

    supplier: str
    name: str
    day: date
    rows: tuple[InvoiceLine, ...]
    net: Decimal
    orders: frozenset[str]

    @property
    def head(self) -> InvoiceLine:
        """The first row."""
        return self.rows[0]

    @property
    def document(self) -> str:
        """What people call it."""
        return f"invoice {self.name} of {self.supplier}"

    @property
    def risk(self) -> MoneyAtRisk:
        """All of it."""
        currency = self.head.currency
        return MoneyAtRisk(amount=abs(rounded(self.net, currency)), currency=currency)


def billed(row: InvoiceLine) -> Decimal:
    """What a row bills, as stated or by quantity and price."""
    if row.amount is not None:
        return row.amount
    return (row.quantity or Decimal(0)) * (row.unit_price or Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bills:
    """The invoices dated from a day on, credit notes left out, by supplier, date and number.

    `rows` are those that they were made from; while these are the very same, so are the bills.
    """

    rows: tuple[InvoiceLine, ...]
    since: date
    all: tuple[Bill, ...]
    of_supplier: Mapping[str, tuple[Bill, ...]]


def bills(rows: tuple[InvoiceLine, ...], since: date, last: Bills | None = None) -> Bills:
    """The invoices of these rows; what was made of the very same rows is taken over."""
    if last is not None and last.rows is rows and last.since == since:
        return last
    found: dict[tuple[str, str], list[InvoiceLine]] = {}
    for row in rows:
        if row.type == INVOICE and row.invoice_date >= since:
            found.setdefault((row.supplier, row.invoice_number), []).append(row)
    whole = tuple(sorted(map(_whole, found.values()), key=_by_time))
    return Bills(rows=rows, since=since, all=whole, of_supplier=_by_supplier(whole))


def _whole(rows: list[InvoiceLine]) -> Bill:
    rows.sort(key=lambda row: row.invoice_line)
    head = rows[0]
    return Bill(
        head.supplier,
        head.invoice_number,
        head.invoice_date,
        tuple(rows),
        billed(head) if len(rows) == 1 else sum(map(billed, rows), Decimal(0)),
        frozenset([row.po_number for row in rows if row.po_number is not None]),
    )


def _by_time(bill: Bill) -> tuple[str, date, str]:
    return (bill.supplier, bill.day, bill.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that a sign may look at.

    Args:
        bills: The invoices.
        of_supplier: The same by supplier.
        book: The orders as they stand.
        suppliers: The rows of Suppliers.
        people: The rows of People.
        written: The day on which each order was first seen; orders that came with the sheet when
            sheetsync began are not among them, because nobody knows.
        rules: All rules in force.
        tabs: Where things stand.
    """

    bills: tuple[Bill, ...]
    of_supplier: Mapping[str, tuple[Bill, ...]]
    book: OrderBook
    suppliers: Mapping[str, Supplier]
    people: Mapping[str, Person]
    written: Mapping[str, date]
    rules: Rulebook
    tabs: Tabs

    def told(self, orders: Iterable[str]) -> str | None:
        """Who is told: somebody of the role who asked for none of these orders."""
        asked = {name for po in orders if po in self.book for name in self.book[po].requesters}
        role = self.rules.signals.role
        names = (name for name, each in sorted(self.people.items()) if role in each.roles)
        return next((name for name in names if name not in asked), None)

    def row_of(self, supplier: str) -> tuple[RowRef | None, Source | None]:
        """The supplier's row in Suppliers, where it has one."""
        row = self.suppliers.get(supplier)
        return (row.ref, row.source) if row is not None else (None, None)


def first_day(today: date, rules: Rulebook) -> date:
    """From when on invoices are looked at."""
    return today - timedelta(days=rules.signals.days)


def _by_supplier(found: Iterable[Bill]) -> dict[str, tuple[Bill, ...]]:
    """The bills of each supplier, in their order."""
    gathered: dict[str, list[Bill]] = {}
    for bill in found:
        gathered.setdefault(bill.supplier, []).append(bill)
    return {supplier: tuple(each) for supplier, each in gathered.items()}


def written_on(book: OrderBook, baseline: Baseline, tabs: Tabs, here: datetime) -> dict[str, date]:
    """The day on which each order was first seen, by the oldest of its lines.

    Of what was there when sheetsync began, as of the people and suppliers, nobody knows the day.
    """
    known = [baseline.rows.get(tabs.of_kind[kind], {}) for kind in BEGAN_WITH]
    rows = known[0]
    began = min((row.first_seen_at for each in known for row in each.values()), default=here)
    found = {}
    for number, order in book.items():
        settled = (rows.get(line.cells.ref.key or ()) for line in order.lines)
        first = min((row.first_seen_at if row else here for row in settled), default=here)
        if first > began:
            found[number] = first.astimezone(here.tzinfo).date()
    return found
