"""The rows of judged tabs into records; those of the last reading are taken over.

A record depends on its row and on the names that the row says, as they are in force; an invoice on
all of its rows, and on when each was first settled. Never: reads a cell, tells what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, repeat
from operator import is_
from typing import NamedTuple, TypeVar

from sheetsync.core.columns import documents, records
from sheetsync.core.columns.documents import InvoiceKey
from sheetsync.core.columns.judging import InvoiceRows, JudgedTab
from sheetsync.core.columns.names import Named, Names
from sheetsync.core.columns.rows import Row
from sheetsync.core.model import (
    Decision,
    InvoiceLine,
    Item,
    OrderLine,
    OrderRow,
    PaymentRow,
    Person,
    ReceiptLine,
    Record,
    Records,
    ReleaseRow,
    RowKey,
    Supplier,
    SupplierAnswer,
    TabAddress,
    TabKind,
    UnreadableRow,
)

FirstSeen = Callable[[TabAddress, RowKey], datetime | None]
"""When a keyed row was first settled, in UTC; None for a row that is new."""

Made = Record | UnreadableRow
T = TypeVar("T", bound=Made)

Maker = Callable[[Row, Named], Made | None]

MAKERS: Mapping[TabKind, Maker] = {
    TabKind.ORDER_LINES: records.order_line,
    TabKind.ORDERS: records.order,
    TabKind.SUPPLIER: records.answer,
    TabKind.APPROVALS: records.decision,
    TabKind.RECEIPTS: documents.receipt,
    TabKind.SUPPLIERS: records.supplier,
    TabKind.ITEMS: records.item,
    TabKind.RELEASES: records.release,
    TabKind.PAYMENTS: documents.payment,
    TabKind.PEOPLE: records.person,
}
"""One row, one record; invoices are made of several rows."""


class MadeRow(NamedTuple):
    """The record of one row, and all that it depends on."""

    row: Row
    named: Named
    made: Made | None


class MadeInvoice(NamedTuple):
    """The records of one invoice, and all that they depend on."""

    invoice: InvoiceRows
    named: tuple[Named, ...]
    seen: tuple[datetime | None, ...]
    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MadeTab:
    """The records of a tab, and all that they depend on.

    Args:
        tab: Its rows.
        names: The names in force.
        rows: What was made of each row, aligned with `tab.placed`; empty for Invoices.
        invoices: What was made of each invoice; empty for all other tabs.
        records: All records, in the order of the tab.
    """

    tab: JudgedTab
    names: Names
    rows: tuple[MadeRow | None, ...] = ()
    invoices: Mapping[InvoiceKey, MadeInvoice] = field(default_factory=dict)
    records: tuple[Made, ...]


def make_tab(tab: JudgedTab, names: Names, first_seen: FirstSeen, last: MadeTab | None) -> MadeTab:
    """The records of a tab.

    Args:
        tab: Its judged rows.
        names: The names in force.
        first_seen: When a keyed row was first settled.
        last: What was made of the tab at the last reading.
    """
    if tab.place.kind is TabKind.INVOICES:
        return _invoices(tab, names, first_seen, last)
    if last is not None and last.tab is tab and last.names is names:
        return last
    maker, same = MAKERS[tab.place.kind], last is not None and last.names is names
    before = chain(last.rows if last is not None else (), repeat(None))
    rows = tuple(
        _row(row, names, maker, was, same=same) if row is not None else None
        for row, was in zip(tab.placed, before, strict=False)
    )
    found = (row.made for row in rows if row is not None)
    made = tuple(record for record in found if record is not None)
    return MadeTab(tab=tab, names=names, rows=rows, records=made)


def _row(row: Row, names: Names, maker: Maker, was: MadeRow | None, *, same: bool) -> MadeRow:
    """What is made of a row; what was made of it before where it says the `same` names as then."""
    if was is None or was.row is not row:
        named = names.of(row.said)
    elif same or was.named == (named := names.of(row.said)):
        return was
    return MadeRow(row=row, named=named, made=maker(row, named))


def _invoices(tab: JudgedTab, names: Names, first_seen: FirstSeen, last: MadeTab | None) -> MadeTab:
    """The records of Invoices; each invoice is a record as a whole, or not at all."""
    same = last is not None and last.names is names
    before = last.invoices if last is not None else {}
    invoices = {
        key: _invoice(invoice, names, first_seen, before.get(key), same=same)
        for key, invoice in tab.invoices.items()
    }
    if (
        last is not None
        and last.tab is tab
        and same
        and all(map(is_, before.values(), invoices.values()))
    ):
        return last
    made = tuple(record for invoice in invoices.values() for record in invoice.made)
    return MadeTab(tab=tab, names=names, invoices=invoices, records=made)


def _invoice(
    invoice: InvoiceRows,
    names: Names,
    first_seen: FirstSeen,
    was: MadeInvoice | None,
    *,
    same: bool,
) -> MadeInvoice:
    rows = invoice.rows
    seen = tuple(
        first_seen(row.place.address, row.ref.key) if row.ref.key is not None else None
        for row in rows
    )
    known = was is not None and was.invoice is invoice and was.seen == seen
    if was is not None and known and same:
        return was
    named = tuple(names.of(row.said) for row in rows)
    if was is not None and known and was.named == named:
        return was
    made = documents.invoice(rows, named, seen)
    return MadeInvoice(invoice=invoice, named=named, seen=seen, made=made)


def all_records(made: Mapping[TabKind, Sequence[MadeTab]]) -> Records:
    """The records of all tabs."""
    receipts, invoices = made.get(TabKind.RECEIPTS, ()), made.get(TabKind.INVOICES, ())
    payments = made.get(TabKind.PAYMENTS, ())
    orders = _of(made.get(TabKind.ORDERS, ()), OrderRow)
    suppliers = _of(made.get(TabKind.SUPPLIERS, ()), Supplier)
    people = _of(made.get(TabKind.PEOPLE, ()), Person)
    return Records(
        order_lines=_of(made.get(TabKind.ORDER_LINES, ()), OrderLine),
        orders={order.po_number: order for order in orders},
        answers=_of(made.get(TabKind.SUPPLIER, ()), SupplierAnswer),
        decisions=_of(made.get(TabKind.APPROVALS, ()), Decision),
        receipts=_of(receipts, ReceiptLine),
        invoices=_of(invoices, InvoiceLine),
        releases=_of(made.get(TabKind.RELEASES, ()), ReleaseRow),
        payments=_of(payments, PaymentRow),
        items=_of(made.get(TabKind.ITEMS, ()), Item),
        suppliers={supplier.supplier: supplier for supplier in suppliers},
        people={person.person: person for person in people},
        unreadable=_of((*receipts, *invoices, *payments), UnreadableRow),
    )


def _of(tabs: Iterable[MadeTab], kind: type[T]) -> tuple[T, ...]:
    return tuple(record for tab in tabs for record in tab.records if isinstance(record, kind))
