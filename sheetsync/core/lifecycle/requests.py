"""What people ask for: their actions, answers and typed-over values as requests.

A request whose cells could not be read is not made; its finding stands already.
Findings: move-requirement (values without an answer). Never: decides whether it may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sheetsync.core.findings import Code, Finding
from sheetsync.core.lifecycle.requirements import Asked
from sheetsync.core.model import (
    Change,
    LineKey,
    Records,
    Supplier,
    SupplierAnswer,
    TabKind,
    TabPlace,
    Tabs,
    Terms,
)
from sheetsync.core.money import is_plausible
from sheetsync.core.orders import OrderBook
from sheetsync.core.reading import (
    UNTOLD,
    Notation,
    Unread,
    currency_agrees,
    read_date,
    read_money,
    read_notation,
    read_quantity,
)
from sheetsync.core.rows import line_row
from sheetsync.core.rulebook import LockingRules, Party, Scope


def requests(
    book: OrderBook,
    records: Records,
    overwrites: Sequence[Change],
    tabs: Tabs,
    rules: LockingRules,
    today: date,
) -> tuple[tuple[Asked, ...], tuple[Finding, ...]]:
    """Everything that people ask for in this reading, and answers that are not complete."""
    asked = (
        *_of_orders(book, records, tabs),
        *_of_lines(book, records, tabs),
        *_of_suppliers(book, records, tabs),
        *_typed_over(book, records, overwrites, rules, today),
    )
    return asked, tuple(_unanswered(records, tabs))


def _of_orders(book: OrderBook, records: Records, tabs: Tabs) -> Iterable[Asked]:
    for row in records.orders.values():
        if row.action is not None and row.po_number in book:
            yield Asked(
                party=Party.BUYER,
                scope=Scope.ORDER,
                word=row.action,
                po_number=row.po_number,
                reason=row.reason,
                actor="buyer",
                proof="unverified",
                tab=tabs.of_kind[TabKind.ORDERS],
                ref=row.ref,
                source=row.source,
                field="action",
            )


def _of_lines(book: OrderBook, records: Records, tabs: Tabs) -> Iterable[Asked]:
    for line in records.order_lines:
        if line.action is not None and line.key is not None and line.key.po_number in book:
            yield Asked(
                party=Party.BUYER,
                scope=Scope.LINE,
                word=line.action,
                po_number=line.key.po_number,
                line_number=line.key.line_number,
                reason=line.reason,
                actor="buyer",
                proof="unverified",
                tab=tabs.of_kind[TabKind.ORDER_LINES],
                ref=line.ref,
                source=line.source,
                field="action",
            )


def _of_suppliers(book: OrderBook, records: Records, tabs: Tabs) -> Iterable[Asked]:
    for answer in records.answers:
        order = book.get(answer.key.po_number)
        if answer.response is None or answer.unread or order is None:
            continue
        if order.supplier != answer.supplier:
            continue
        place = tabs.of_supplier[answer.supplier]
        yield Asked(
            party=Party.SUPPLIER,
            scope=Scope.LINE,
            word=answer.response,
            po_number=answer.key.po_number,
            line_number=answer.key.line_number,
            reason=answer.reason,
            terms=_terms(answer),
            actor=f"supplier {answer.supplier}",
            proof=proof_of(place),
            tab=place.address,
            ref=answer.ref,
            source=answer.source,
            field="response",
        )


def _typed_over(
    book: OrderBook,
    records: Records,
    overwrites: Sequence[Change],
    rules: LockingRules,
    today: date,
) -> Iterable[Asked]:
    lines = {line_row(line.key): line.key for order in book.values() for line in order.lines}
    rows: dict[LineKey, list[Change]] = {}
    for change in overwrites:
        is_value = (
            change.place.kind is TabKind.SUPPLIER and change.field in rules.overwrite_proposes
        )
        if is_value and change.key in lines:
            rows.setdefault(lines[change.key], []).append(change)
    for key, changes in rows.items():
        place = changes[0].place
        supplier = records.suppliers.get(place.supplier or "")
        values = {
            rules.overwrite_proposes[change.field]: _read(
                change, notation_of(supplier), book[key.po_number].currency, today, rules
            )
            for change in changes
        }
        terms = _terms_of(values)
        if terms != Terms() and book[key.po_number].supplier == place.supplier:
            yield Asked(
                party=Party.SUPPLIER,
                scope=Scope.LINE,
                word="propose",
                po_number=key.po_number,
                line_number=key.line_number,
                terms=terms,
                actor=f"supplier {place.supplier}",
                proof=proof_of(place),
                tab=place.address,
                ref=changes[0].ref,
                source=changes[0].source,
                field=changes[0].field,
                is_typed_over=True,
            )


def _unanswered(records: Records, tabs: Tabs) -> Iterable[Finding]:
    """Suppliers who wrote values and chose no answer."""
    for answer in records.answers:
        if answer.response is None and not answer.unread and _terms(answer) != Terms():
            yield Finding(
                code=Code.MOVE_REQUIREMENT,
                tab=tabs.of_supplier[answer.supplier].address,
                ref=answer.ref,
                source=answer.source,
                document=str(answer.key),
                field="response",
                message="You wrote another value: choose `propose` in Your answer to send it.",
                rule="lifecycle.moves",
                supplier=answer.supplier,
            )


def notation_of(supplier: Supplier | None) -> Notation:
    """How the supplier writes numbers and dates, as far as the tab Suppliers tells."""
    if supplier is None:
        return UNTOLD
    number = read_notation(supplier.number_notation)
    day = read_notation(supplier.date_notation)
    return Notation(
        number=number.number if isinstance(number, Notation) else None,
        date=day.date if isinstance(day, Notation) else None,
    )


def proof_of(place: TabPlace) -> str:
    """How it is known who typed: a private spreadsheet admits its supplier alone."""
    return "tab-owner" if place.is_private else "unverified"


def _terms(answer: SupplierAnswer) -> Terms:
    return Terms(
        quantity=answer.proposed_quantity,
        unit_price=answer.proposed_price,
        promised_date=answer.proposed_date,
    )


def _read(
    change: Change, notation: Notation, currency: str | None, today: date, rules: LockingRules
) -> Decimal | date | None:
    """A typed-over value as the column means it, or None where it cannot be read.

    What could not be answered in a column of the supplier's cannot be proposed by typing over.
    """
    match rules.overwrite_proposes[change.field]:
        case "proposed_quantity":
            quantity = read_quantity(change.after, notation)
            if quantity is None or isinstance(quantity, Unread):
                return None
            return quantity if quantity > 0 and is_plausible(quantity) else None
        case "proposed_price":
            amount = read_money(change.after, notation)
            if amount is None or isinstance(amount, Unread) or amount.value < 0:
                return None
            if not is_plausible(amount.value):
                return None
            said = amount.currency
            is_foreign = said and currency and not currency_agrees(said, currency)
            return None if is_foreign else amount.value
        case _:
            day = read_date(change.after, notation, today)
            return None if isinstance(day, Unread) else day


def _terms_of(values: Mapping[str, Decimal | date | None]) -> Terms:
    quantity = values.get("proposed_quantity")
    price = values.get("proposed_price")
    day = values.get("proposed_date")
    return Terms(
        quantity=quantity if isinstance(quantity, Decimal) else None,
        unit_price=price if isinstance(price, Decimal) else None,
        promised_date=day if isinstance(day, date) else None,
    )
