"""A case file in which not everything can be read: the rest goes on, and what is lost holds back.

A document that cannot be read is told with its place, left out, and put among the unreadable rows
with as much of its address as can be told, so that it holds what it could have stopped.

Never: guesses what a value was meant to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sheetsync.core.matching.case_file import READERS
from sheetsync.core.matching.case_values import CaseFileError, Entry
from sheetsync.core.matching.documents import (
    Documents,
    Invoice,
    PurchaseOrder,
    UnreadableKind,
    UnreadableRow,
)

NAMES = {"purchase_orders": "po", "receipts": "id", "invoices": "id"}
"""By which key people know a document."""

DOUBTFUL = {"releases": "invoice", "payments": "invoice"}
"""Documents about an invoice: a lost one may be what would stop or undo its payment."""


@dataclass(slots=True)
class _Salvage:
    read: dict[str, list[Any]] = field(default_factory=lambda: {key: [] for key in READERS})
    problems: list[str] = field(default_factory=list)
    unreadable: list[UnreadableRow] = field(default_factory=list)


def salvage_documents(content: Mapping[str, Any]) -> tuple[Documents, tuple[str, ...]]:
    """What can be read of a case, and what is wrong with the rest.

    Raises:
        CaseFileError: a whole list is no list.
    """
    found = _Salvage()
    top = Entry("", content)
    for key, reader in READERS.items():
        for entry in _objects(top, key, found):
            _read(found, key, entry, reader)
    documents = Documents(**{key: tuple(read) for key, read in found.read.items()})
    for doubled in (_without_doubled_orders, _without_doubled_invoices):
        documents = doubled(documents, found)
    return replace(documents, unreadable=(*documents.unreadable, *found.unreadable)), tuple(
        found.problems
    )


def _objects(top: Entry, key: str, found: _Salvage) -> Iterator[Entry]:
    """The objects of a list; anything else in it is told and left out."""
    listed = top.content.get(key)
    if not isinstance(listed, list | None):
        raise top.fail(key, "a list")
    for place, content in enumerate(listed or ()):
        if isinstance(content, Mapping):
            yield Entry(f"{key}[{place}]", content)
        else:
            found.problems.append(f"{key}[{place}]: expected an object, found {content!r}")


def _read(found: _Salvage, key: str, entry: Entry, reader: Callable[[Entry], Any]) -> None:
    try:
        found.read[key].append(reader(entry))
    except CaseFileError as problem:
        found.problems.append(f"{problem}{_known_as(key, entry)}. It is left out")
        found.unreadable.extend(_lost(key, entry, found))


def _known_as(key: str, entry: Entry) -> str:
    name = entry.content.get(NAMES.get(key, ""))
    return f" ({name})" if isinstance(name, str) and name else ""


def _lost(key: str, entry: Entry, found: _Salvage) -> Iterator[UnreadableRow]:
    """The rows that stand for a document that was left out."""
    supplier = _text(entry, "supplier")
    if key == "receipts":
        yield _row(UnreadableKind.RECEIPT, supplier, entry, "line")
    elif key == "invoices":
        lines = entry.content.get("lines")
        parts = [one for one in lines or () if isinstance(one, Mapping)] if lines else []
        for part in parts or [{}]:
            yield _row(UnreadableKind.INVOICE, supplier, Entry("", part), "po_line")
    elif key in DOUBTFUL:
        about = entry.content.get(DOUBTFUL[key])
        for invoice in found.read["invoices"]:
            if key == "payments" and invoice.invoice_id == about:
                yield UnreadableRow(kind=UnreadableKind.INVOICE, supplier=invoice.supplier)


def _row(kind: UnreadableKind, supplier: str | None, entry: Entry, line_key: str) -> UnreadableRow:
    try:
        line = entry.whole_or_none(line_key)
    except CaseFileError:
        line = None
    return UnreadableRow(
        kind=kind, supplier=supplier, po_number=_text(entry, "po"), line_number=line
    )


def _text(entry: Entry, key: str) -> str | None:
    value = entry.content.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _without_doubled_orders(documents: Documents, found: _Salvage) -> Documents:
    """Of two orders with one number nobody can tell which is meant: neither is."""
    numbers = Counter(order.po_number for order in documents.purchase_orders)
    kept = []
    for order in documents.purchase_orders:
        trouble = _trouble(order, numbers)
        if trouble:
            found.problems.append(f"purchase_orders: {trouble}. It is left out")
        else:
            kept.append(order)
    return replace(documents, purchase_orders=tuple(kept))


def _trouble(order: PurchaseOrder, numbers: Counter[str]) -> str:
    if numbers[order.po_number] > 1:
        return f"{numbers[order.po_number]} orders are numbered {order.po_number}"
    lines = Counter(line.line_number for line in order.lines)
    doubled = [str(line) for line, count in lines.items() if count > 1]
    return f"order {order.po_number} has two lines {doubled[0]}" if doubled else ""


def _without_doubled_invoices(documents: Documents, found: _Salvage) -> Documents:
    """Of two invoices with one id the first is kept, and its supplier waits."""
    kept: dict[str, Invoice] = {}
    for invoice in documents.invoices:
        if invoice.invoice_id in kept:
            found.problems.append(
                f"invoices: two have the id {invoice.invoice_id}; the later one is left out"
            )
            found.unreadable.append(
                UnreadableRow(kind=UnreadableKind.INVOICE, supplier=invoice.supplier)
            )
        else:
            kept[invoice.invoice_id] = invoice
    return replace(documents, invoices=tuple(kept.values()))
