"""Cells of every tab into typed records: the first step of the corridor.

A tab whose headers are not all there is not read; every other row that people began is read cell by
cell (`cells`, `frames`), judged by a Pandera schema of its tab (`schemas`), and made a record
(`records`, `documents`). Everything that is wrong is told at once (`tabs`, `complaints`).

Rules: rules/columns.yaml.
Findings: tab-missing, missing-column, duplicate-column, invalid-value, ambiguous-value,
missing-value, number-where-text, duplicate-key.
Never: judges what a line means, compares with the baseline, or lets a data frame out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sheetsync.core.columns import documents, records
from sheetsync.core.columns.cells import CellReader, hub_notation
from sheetsync.core.columns.complaints import findings_of
from sheetsync.core.columns.documents import FirstSeen
from sheetsync.core.columns.frames import TabFrame, read_frame
from sheetsync.core.columns.names import Names, OrderFacts, Spellings
from sheetsync.core.columns.neighbours import Complaint, complaints, without_currency_clashes
from sheetsync.core.columns.rows import Row, rows_of
from sheetsync.core.columns.schemas import Failure, failures
from sheetsync.core.columns.tabs import is_readable, needed_fields, tab_findings
from sheetsync.core.findings import Finding, in_sheet_order
from sheetsync.core.model import (
    InvoiceLine,
    ReceiptLine,
    Records,
    Snapshot,
    TabKind,
    TabReading,
    UnreadableRow,
)
from sheetsync.core.reading import UNTOLD, Notation, Unread, normalise_key, read_notation
from sheetsync.core.rulebook import ColumnRules, TabSpec

__all__ = ["FirstSeen", "is_readable", "needed_fields", "read_records"]

KINDS_READ = (
    TabKind.ORDER_LINES,
    TabKind.ORDERS,
    TabKind.SUPPLIER,
    TabKind.APPROVALS,
    TabKind.RECEIPTS,
    TabKind.INVOICES,
    TabKind.PEOPLE,
)
"""The tabs whose rows become records, beside Suppliers, which is read before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A tab with its rows, and all that is wrong with them."""

    frame: TabFrame
    rows: tuple[Row, ...]
    failures: tuple[Failure, ...]
    complaints: tuple[Complaint, ...]


def read_records(
    snapshot: Snapshot,
    rules: ColumnRules,
    *,
    today: date,
    known_orders: Collection[str] = (),
    first_seen: FirstSeen,
) -> tuple[Records, tuple[Finding, ...]]:
    """Read every row that people began.

    Args:
        snapshot: All tabs at one reading.
        rules: The tabs' columns.
        today: The calendar day in the workbook's time zone; days far from it are asked about.
        known_orders: The spellings of orders in force, beside those of Order lines.
        first_seen: When a keyed row was first settled.

    Returns:
        The records in sheet order (invoices grouped), with the receipt and invoice rows that could
        not be read, and the findings in sheet order.
    """
    reader, hub = CellReader(rules, today), hub_notation(rules)
    judged: dict[TabKind, list[_Judged]] = defaultdict(list)
    for reading in _readable(snapshot, rules, (TabKind.SUPPLIERS,)):
        judged[TabKind.SUPPLIERS].append(_judge(reading, rules, reader, hub, UNTOLD))
    notations = _notations(_rows(judged, TabKind.SUPPLIERS))
    for reading in _readable(snapshot, rules, KINDS_READ):
        kind, supplier = reading.place.kind, normalise_key(reading.place.supplier or "")
        notation = notations.get(supplier, UNTOLD)
        judged[kind].append(_judge(reading, rules, reader, hub, notation))
    names = _names(judged, known_orders, snapshot)
    findings = list(tab_findings(snapshot, rules))
    for tab in (tab for tabs in judged.values() for tab in tabs):
        by_number = {row.source.row: row for row in tab.rows}
        findings += findings_of(tab.frame, by_number, tab.failures, tab.complaints, names)
    return _records(judged, names, first_seen), in_sheet_order(findings)


def _readable(
    snapshot: Snapshot, rules: ColumnRules, kinds: Iterable[TabKind]
) -> Iterable[TabReading]:
    return (
        reading
        for kind in kinds
        for reading in snapshot.of_kind(kind)
        if is_readable(reading, rules.tabs[kind])
    )


def _judge(
    reading: TabReading, rules: ColumnRules, reader: CellReader, hub: Notation, suppliers: Notation
) -> _Judged:
    spec = rules.tabs[reading.place.kind]
    frame = read_frame(reading, spec, reader, hub, suppliers)
    found = tuple(failures(frame))
    rows, clashes = _without_clashes(rows_of(frame, found), spec)
    between = tuple(complaints(reading.place.kind, rows, spec))
    return _Judged(frame=frame, rows=rows, failures=found, complaints=clashes + between)


def _without_clashes(
    rows: Iterable[Row], spec: TabSpec
) -> tuple[tuple[Row, ...], tuple[Complaint, ...]]:
    agreeing = [without_currency_clashes(row, spec) for row in rows]
    clashes = tuple(clash for _, found in agreeing for clash in found)
    return tuple(row for row, _ in agreeing), clashes


def _rows(judged: Mapping[TabKind, list[_Judged]], kind: TabKind) -> tuple[Row, ...]:
    return tuple(row for tab in judged.get(kind, []) for row in tab.rows)


def _notations(rows: Iterable[Row]) -> dict[str, Notation]:
    """How each supplier writes, by comparable number; untold where it is not understood."""
    found = {}
    for row in rows:
        number = row.text("supplier")
        notation = read_notation(row.text("number_notation"), row.text("date_notation"))
        if number is not None and not row.is_doubled and not isinstance(notation, Unread):
            found[normalise_key(number)] = notation
    return found


def _names(
    judged: Mapping[TabKind, list[_Judged]], known_orders: Collection[str], snapshot: Snapshot
) -> Names:
    """The spellings in force, and whose each order is."""
    lines = [row for row in _rows(judged, TabKind.ORDER_LINES) if not row.is_marked]
    orders = Spellings(known_orders, _texts(lines, "po_number"))
    configured = {reading.place.supplier for reading in snapshot.of_kind(TabKind.SUPPLIER)}
    suppliers = Spellings(
        _texts(_rows(judged, TabKind.SUPPLIERS), "supplier"),
        {supplier for supplier in configured if supplier is not None},
        _texts(lines, "supplier"),
    )
    people = Spellings(_texts(_rows(judged, TabKind.PEOPLE), "person"))
    return Names(
        orders=orders,
        suppliers=suppliers,
        people=people,
        order_facts=_facts(lines, orders, suppliers, people),
    )


def _facts(
    lines: Iterable[Row], orders: Spellings, suppliers: Spellings, people: Spellings
) -> dict[str, OrderFacts]:
    """Whose each order is: supplier and requester as its lines name them first by the alphabet."""
    named: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in lines:
        typed, supplier, requester = (row.text(f) for f in ("po_number", "supplier", "requester"))
        if typed is None:
            continue
        theirs, ours = named[orders.of(typed)]
        if supplier is not None:
            theirs.add(suppliers.of(supplier))
        if requester is not None:
            ours.add(people.of(requester))
    return {
        order: OrderFacts(supplier=min(theirs, default=None), requester=min(ours, default=None))
        for order, (theirs, ours) in named.items()
    }


def _texts(rows: Iterable[Row], field: str) -> set[str]:
    return {text for row in rows if (text := row.text(field)) is not None}


def _records(
    judged: Mapping[TabKind, list[_Judged]], names: Names, first_seen: FirstSeen
) -> Records:
    received = list(documents.receipts(_rows(judged, TabKind.RECEIPTS), names))
    billed = list(documents.invoices(_rows(judged, TabKind.INVOICES), names, first_seen))
    return Records(
        order_lines=tuple(records.order_lines(_rows(judged, TabKind.ORDER_LINES), names)),
        orders=records.orders(_rows(judged, TabKind.ORDERS), names),
        answers=tuple(records.answers(_rows(judged, TabKind.SUPPLIER), names)),
        decisions=tuple(records.decisions(_rows(judged, TabKind.APPROVALS), names)),
        receipts=tuple(row for row in received if isinstance(row, ReceiptLine)),
        invoices=tuple(row for row in billed if isinstance(row, InvoiceLine)),
        suppliers=records.suppliers(_rows(judged, TabKind.SUPPLIERS)),
        people=records.people(_rows(judged, TabKind.PEOPLE)),
        unreadable=tuple(row for row in (*received, *billed) if isinstance(row, UnreadableRow)),
    )
