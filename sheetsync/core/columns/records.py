"""Rows of orders, answers, decisions and master data into records.

A row whose key cannot be told makes no record. Any other row makes one, and `unread` names the
cells that could not be read, so that a bad cell is never taken for an empty one.

Never: reads money documents (`documents`), judges what a record means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields

from sheetsync.core.columns.names import Names, Spellings
from sheetsync.core.columns.rows import Row
from sheetsync.core.model import (
    Decision,
    LineKey,
    OrderLine,
    OrderRow,
    Person,
    Record,
    Supplier,
    SupplierAnswer,
)

BETWEEN_ROLES = re.compile(r"[,;\n]")


def order_lines(rows: Iterable[Row], names: Names) -> Iterator[OrderLine]:
    """The rows of Order lines whose order is told, by its number or by a mark."""
    for row in rows:
        typed = row.text("po_number")
        if typed is None or row.is_doubled:
            continue
        yield OrderLine(
            source=row.source,
            ref=row.ref,
            unread=_unread(row, OrderLine),
            po_number=None if row.is_marked else names.orders.of(typed),
            line_number=row.whole("line_number"),
            mark=typed if row.is_marked else None,
            requester=_named(row.text("requester"), names.people),
            supplier=_named(row.text("supplier"), names.suppliers),
            item=row.text("item"),
            description=row.text("description"),
            quantity=row.number("quantity"),
            uom=row.text("uom"),
            unit_price=row.number("unit_price"),
            currency=row.text("currency"),
            need_by=row.day("need_by"),
            cost_code=row.text("cost_code"),
            action=row.text("action"),
            reason=row.text("reason"),
        )


def orders(rows: Iterable[Row], names: Names) -> dict[str, OrderRow]:
    """The rows of Orders by their number."""
    found = {}
    for row in rows:
        typed = row.text("po_number")
        if typed is None or row.is_doubled:
            continue
        po_number = names.orders.of(typed)
        found[po_number] = OrderRow(
            source=row.source,
            ref=row.ref,
            unread=_unread(row, OrderRow) - {"status", "version"},
            po_number=po_number,
            action=row.text("action"),
            reason=row.text("reason"),
            match_level=row.text("match_level"),
            status=row.text("status"),
            version=row.whole("version"),
        )
    return found


def answers(rows: Iterable[Row], names: Names) -> Iterator[SupplierAnswer]:
    """The rows of suppliers' tabs that stand for an order line."""
    for row in rows:
        typed, line_number = row.text("po_number"), row.whole("line_number")
        if typed is None or line_number is None or row.is_doubled:
            continue
        yield SupplierAnswer(
            source=row.source,
            ref=row.ref,
            unread=_unread(row, SupplierAnswer),
            supplier=names.suppliers.of(row.place.supplier or ""),
            key=LineKey(names.orders.of(typed), line_number),
            response=row.text("response"),
            proposed_quantity=row.number("proposed_quantity"),
            proposed_price=row.number("proposed_price"),
            proposed_date=row.day("proposed_date"),
            reason=row.text("reason"),
        )


def decisions(rows: Iterable[Row], names: Names) -> Iterator[Decision]:
    """The rows of Approvals."""
    for row in rows:
        typed, version = row.text("po_number"), row.whole("version")
        tier, approver = row.text("tier"), row.text("approver")
        if None in (typed, version, tier, approver) or row.is_doubled:
            continue
        yield Decision(
            source=row.source,
            ref=row.ref,
            unread=_unread(row, Decision),
            po_number=names.orders.of(typed or ""),
            version=version or 0,
            tier=tier or "",
            approver=names.people.of(approver or ""),
            decision=row.text("decision"),
        )


def suppliers(rows: Iterable[Row]) -> dict[str, Supplier]:
    """The rows of Suppliers by their number."""
    return {
        number: Supplier(
            source=row.source,
            ref=row.ref,
            unread=_unread(row, Supplier),
            supplier=number,
            name=row.text("name"),
            email=row.text("email"),
            number_notation=row.text("number_notation"),
            date_notation=row.text("date_notation"),
            is_approved=row.flag("is_approved"),
        )
        for row in rows
        if (number := row.text("supplier")) is not None and not row.is_doubled
    }


def people(rows: Iterable[Row]) -> dict[str, Person]:
    """The rows of People by their short name."""
    return {
        person: Person(
            source=row.source,
            ref=row.ref,
            unread=_unread(row, Person),
            person=person,
            name=row.text("name"),
            email=row.text("email"),
            roles=roles_of(row.text("roles")),
        )
        for row in rows
        if (person := row.text("person")) is not None and not row.is_doubled
    }


def roles_of(text: str | None) -> frozenset[str]:
    """The roles in a cell such as "Buyer; approver"."""
    words = (" ".join(word.split()).lower() for word in BETWEEN_ROLES.split(text or ""))
    return frozenset(word for word in words if word)


def _unread(row: Row, record: type[Record]) -> frozenset[str]:
    if not row.unread:
        return row.unread
    return row.unread_of(field.name for field in fields(record))


def _named(typed: str | None, spellings: Spellings) -> str | None:
    return spellings.of(typed) if typed is not None else None
