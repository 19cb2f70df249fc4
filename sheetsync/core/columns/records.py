"""A row of orders, answers, decisions or master data into a record.

A row whose key cannot be told makes no record. Any other row makes one, and `unread` names the
cells that could not be read, so that a bad cell is never taken for an empty one.

Never: reads money documents (`documents`), judges what a record means.
"""

from __future__ import annotations

import re
from dataclasses import fields

from sheetsync.core.columns.names import Named
from sheetsync.core.columns.rows import Row
from sheetsync.core.model import (
    Conversion,
    Decision,
    Item,
    LineKey,
    OrderLine,
    OrderRow,
    Person,
    PlannedCharge,
    Record,
    ReleaseRow,
    Supplier,
    SupplierAnswer,
)

BETWEEN_ROLES = re.compile(r"[,;\n]")


def order_line(row: Row, named: Named) -> OrderLine | None:
    """A row of Order lines whose order is told, by its number or by a mark."""
    typed = row.text("po_number")
    if typed is None or row.is_doubled:
        return None
    return OrderLine(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, OrderLine),
        po_number=None if row.is_marked else named.po_number,
        line_number=row.whole("line_number"),
        mark=typed if row.is_marked else None,
        requester=named.requester,
        supplier=named.supplier,
        item=row.text("item"),
        description=row.text("description"),
        quantity=row.number("quantity"),
        uom=row.text("uom"),
        unit_price=row.number("unit_price"),
        currency=row.text("currency"),
        need_by=row.day("need_by"),
        tax_rate=row.number("tax_rate"),
        price_includes_tax=row.flag("price_includes_tax"),
        cost_code=row.text("cost_code"),
        action=row.text("action"),
        reason=row.text("reason"),
    )


def order(row: Row, named: Named) -> OrderRow | None:
    """A row of Orders."""
    if named.po_number is None or row.is_doubled:
        return None
    return OrderRow(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, OrderRow) - {"status", "version"},
        po_number=named.po_number,
        action=row.text("action"),
        reason=row.text("reason"),
        match_level=row.text("match_level"),
        terms=row.text("terms"),
        charges=tuple(
            PlannedCharge(code=one.word, amount=one.amount, tax_rate=one.percent)
            for one in row.shares("charges")
        ),
        fx_rates={one.word.upper(): one.amount for one in row.shares("fx_rates")},
        value_limit=row.number("value_limit"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        status=row.text("status"),
        version=row.whole("version"),
    )


def answer(row: Row, named: Named) -> SupplierAnswer | None:
    """A row of a supplier's tab that stands for an order line."""
    line_number = row.whole("line_number")
    if named.po_number is None or line_number is None or row.is_doubled:
        return None
    return SupplierAnswer(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, SupplierAnswer),
        supplier=named.supplier or "",
        key=LineKey(named.po_number, line_number),
        response=row.text("response"),
        proposed_quantity=row.number("proposed_quantity"),
        proposed_price=row.number("proposed_price"),
        proposed_date=row.day("proposed_date"),
        reason=row.text("reason"),
    )


def decision(row: Row, named: Named) -> Decision | None:
    """A row of Approvals."""
    version, tier = row.whole("version"), row.text("tier")
    if named.po_number is None or version is None or tier is None or named.person is None:
        return None
    if row.is_doubled:
        return None
    return Decision(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, Decision),
        po_number=named.po_number,
        version=version,
        tier=tier,
        approver=named.person,
        decision=row.text("decision"),
    )


def release(row: Row, named: Named) -> ReleaseRow | None:
    """A row of Releases that has its number."""
    number = row.text("release")
    if number is None or row.is_doubled:
        return None
    return ReleaseRow(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, ReleaseRow),
        release=number,
        supplier=named.supplier,
        invoice_number=row.text("invoice_number"),
        invoice_line=row.whole("invoice_line"),
        hold=row.text("hold"),
        up_to=row.number("up_to"),
        reason=row.text("reason"),
        released_by=named.person,
    )


def supplier(row: Row, _named: Named) -> Supplier | None:
    """A row of Suppliers, known by the number as it is typed there."""
    number = row.text("supplier")
    if number is None or row.is_doubled:
        return None
    return Supplier(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, Supplier),
        supplier=number,
        name=row.text("name"),
        email=row.text("email"),
        number_notation=row.text("number_notation"),
        date_notation=row.text("date_notation"),
        terms=row.text("terms"),
        is_approved=row.flag("is_approved"),
        bank_account=row.text("bank_account"),
    )


def item(row: Row, _named: Named) -> Item | None:
    """A row of Items."""
    number = row.text("item")
    if number is None or row.is_doubled:
        return None
    return Item(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, Item),
        item=number,
        category=row.text("category"),
        conversions=tuple(
            Conversion(unit=one.unit, of=one.of, factor=one.factor)
            for one in row.ratios("conversions")
        ),
    )


def person(row: Row, _named: Named) -> Person | None:
    """A row of People, known by the short name as it is typed there."""
    name = row.text("person")
    if name is None or row.is_doubled:
        return None
    return Person(
        source=row.source,
        ref=row.ref,
        unread=_unread(row, Person),
        person=name,
        name=row.text("name"),
        email=row.text("email"),
        roles=roles_of(row.text("roles")),
        release_limit=row.number("release_limit"),
    )


def roles_of(text: str | None) -> frozenset[str]:
    """The roles in a cell such as "Buyer; approver"."""
    words = (" ".join(word.split()).lower() for word in BETWEEN_ROLES.split(text or ""))
    return frozenset(word for word in words if word)


def _unread(row: Row, record: type[Record]) -> frozenset[str]:
    if not row.unread:
        return row.unread
    return row.unread_of(field.name for field in fields(record))
