"""Cells of every tab into typed records: the first step of the corridor.

A tab whose headers are not all there is not read; every other row that people began is read cell by
cell (`cells`, `frames`), judged by a Pandera schema (`schemas`, `judging`), and made a
record (`making`, `records`, `documents`). Everything that is wrong is told at once (`tabs`,
`complaints`). A reading may be told what the last one held: rows that it read under the same rules
and on the same day are taken over, and every step says on what else its outcome depends.

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

from sheetsync.core.columns.complaints import findings_of
from sheetsync.core.columns.judging import Judge, JudgedTab
from sheetsync.core.columns.making import FirstSeen, MadeTab, all_records, make_tab
from sheetsync.core.columns.names import AllSaid, Names, Said, names_in_force
from sheetsync.core.columns.rows import Row
from sheetsync.core.columns.tabs import is_readable, needed_fields, tab_findings
from sheetsync.core.findings import Finding, in_sheet_order
from sheetsync.core.model import Records, Snapshot, TabAddress, TabKind, TabReading
from sheetsync.core.reading import UNTOLD, Notation, Unread, normalise_key, read_notation
from sheetsync.core.rulebook import ColumnRules

__all__ = ["FirstSeen", "Reading", "is_readable", "needed_fields", "read_again", "read_records"]

KINDS_READ = (
    TabKind.ORDER_LINES,
    TabKind.ORDERS,
    TabKind.SUPPLIER,
    TabKind.APPROVALS,
    TabKind.RECEIPTS,
    TabKind.INVOICES,
    TabKind.RELEASES,
    TabKind.PAYMENTS,
    TabKind.ITEMS,
    TabKind.PEOPLE,
)
"""The tabs whose rows become records, beside Suppliers, which is read before them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What was read, and how: the next reading may take it over, wherever it rests on the same.

    Args:
        records: The records in sheet order (invoices grouped), with the receipt and invoice rows
            that could not be read.
        findings: What is wrong with tabs and cells, in sheet order.
        rules: The tabs' columns; only the very same ones count as the same.
        today: The calendar day in the workbook's time zone.
        tabs: Every tab that was read, by address, those of one kind beside each other.
        said: Every name that was given.
        names: The names in force.
        made: The records of each tab.
        about_rows: What is wrong with the rows of each tab.
    """

    records: Records
    findings: tuple[Finding, ...]
    rules: ColumnRules
    today: date
    tabs: Mapping[TabAddress, JudgedTab]
    said: AllSaid
    names: Names
    made: Mapping[TabAddress, MadeTab]
    about_rows: Mapping[TabAddress, tuple[Finding, ...]]


def read_records(
    snapshot: Snapshot,
    rules: ColumnRules,
    *,
    today: date,
    known_orders: Collection[str] = (),
    first_seen: FirstSeen,
) -> tuple[Records, tuple[Finding, ...]]:
    """Read every row that people began; see `read_again`."""
    read = read_again(
        snapshot, rules, today=today, known_orders=known_orders, first_seen=first_seen, last=None
    )
    return read.records, read.findings


def read_again(
    snapshot: Snapshot,
    rules: ColumnRules,
    *,
    today: date,
    known_orders: Collection[str] = (),
    first_seen: FirstSeen,
    last: Reading | None,
) -> Reading:
    """Read every row that people began, and take over what the last reading read already.

    Args:
        snapshot: All tabs at one reading.
        rules: The tabs' columns.
        today: The calendar day in the workbook's time zone; days far from it are asked about.
        known_orders: The spellings of orders in force, beside those of Order lines.
        first_seen: When a keyed row was first settled.
        last: An earlier reading, of whatever sheet; the outcome is the same without it.
    """
    if last is not None and (last.today != today or last.rules is not rules):
        last = None
    tabs = _judged(snapshot, Judge(rules, today), rules, last)
    said = _all_said(tabs, known_orders, snapshot)
    names = last.names if last is not None and last.said == said else names_in_force(said)
    made = {
        address: make_tab(tab, names, first_seen, last.made.get(address) if last else None)
        for address, tab in tabs.items()
    }
    about_tabs = tuple(tab_findings(snapshot, rules))
    about_rows = {address: _about_rows(tab, names, rules, last) for address, tab in tabs.items()}
    findings = (*about_tabs, *(f for found in about_rows.values() for f in found))
    return Reading(
        records=last.records if last is not None and _same(made, last.made) else _records(made),
        findings=in_sheet_order(findings),
        rules=rules,
        today=today,
        tabs=tabs,
        said=said,
        names=names,
        made=made,
        about_rows=about_rows,
    )


def _judged(
    snapshot: Snapshot, judge: Judge, rules: ColumnRules, last: Reading | None
) -> dict[TabAddress, JudgedTab]:
    """The judged tabs, Suppliers first: it tells how the others are written."""
    before = last.tabs if last is not None else {}
    suppliers = [
        (reading, UNTOLD, before.get(reading.place.address))
        for reading in _readable(snapshot, rules, (TabKind.SUPPLIERS,))
    ]
    tabs = {tab.place.address: tab for tab in judge.tabs(suppliers)}
    notations = _notations(row for tab in tabs.values() for row in tab.rows)
    others = [
        (
            reading,
            notations.get(normalise_key(reading.place.supplier or ""), UNTOLD),
            before.get(reading.place.address),
        )
        for reading in _readable(snapshot, rules, KINDS_READ)
    ]
    return tabs | {tab.place.address: tab for tab in judge.tabs(others)}


def _readable(
    snapshot: Snapshot, rules: ColumnRules, kinds: Iterable[TabKind]
) -> Iterable[TabReading]:
    return (
        reading
        for kind in kinds
        for reading in snapshot.of_kind(kind)
        if is_readable(reading, rules.tabs[kind])
    )


def _notations(rows: Iterable[Row]) -> dict[str, Notation]:
    """How each supplier writes, by comparable number; untold where it is not understood."""
    found = {}
    for row in rows:
        number = row.text("supplier")
        notation = read_notation(row.text("number_notation"), row.text("date_notation"))
        if number is not None and not row.is_doubled and not isinstance(notation, Unread):
            found[normalise_key(number)] = notation
    return found


def _all_said(
    tabs: Mapping[TabAddress, JudgedTab], known_orders: Collection[str], snapshot: Snapshot
) -> AllSaid:
    """Every name that stands where names are given."""

    def said(kind: TabKind) -> tuple[Said, ...]:
        """By the rows of a kind of tab; a line under a mark names no order yet."""
        rows = (row for tab in tabs.values() if tab.place.kind is kind for row in tab.rows)
        return tuple(row.said for row in rows if not row.is_marked)

    configured = {reading.place.supplier for reading in snapshot.of_kind(TabKind.SUPPLIER)}
    return AllSaid(
        known_orders=frozenset(known_orders),
        configured=frozenset(supplier for supplier in configured if supplier is not None),
        lines=said(TabKind.ORDER_LINES),
        suppliers=said(TabKind.SUPPLIERS),
        people=said(TabKind.PEOPLE),
    )


def _about_rows(
    tab: JudgedTab, names: Names, rules: ColumnRules, last: Reading | None
) -> tuple[Finding, ...]:
    address = tab.place.address
    if last is not None and last.tabs.get(address) is tab and last.names is names:
        return last.about_rows[address]
    return tuple(findings_of(tab, names, rules.tabs[tab.place.kind]))


def _same(one: Mapping[TabAddress, object], other: Mapping[TabAddress, object]) -> bool:
    """Whether both hold the very same things, in one order."""
    return [*one] == [*other] and all(one[address] is other[address] for address in one)


def _records(made: Mapping[TabAddress, MadeTab]) -> Records:
    by_kind: dict[TabKind, list[MadeTab]] = defaultdict(list)
    for tab in made.values():
        by_kind[tab.tab.place.kind].append(tab)
    return all_records(by_kind)
