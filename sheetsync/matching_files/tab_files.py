"""Tabs in CSV or .xlsx files, read as the worker reads the tabs of its spreadsheet.

The cells go through `core/columns` and `core/matched/documents`, the very steps of the corridor.
What the worker would know from its own store is taken from the Status and Agreed columns
(`shown_states`).
Rows that cannot be read are told as the worker tells them, and hold what they could have stopped.

Rules: rules/columns.yaml, rules/matching.yaml.
Never: guesses what a cell was meant to be.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sheetsync.core.columns import read_records
from sheetsync.core.findings import Finding
from sheetsync.core.matched.catalogue import Catalogue
from sheetsync.core.matched.documents import documents
from sheetsync.core.matched.payments import with_payments
from sheetsync.core.matched.releases import releases_that_count
from sheetsync.core.model import HUB, Snapshot, TabAddress, TabKind, TabPlace, TabReading
from sheetsync.core.orders import build_orders
from sheetsync.core.rulebook import ColumnRules, Rulebook, TabSpec
from sheetsync.errors import AskedAmiss
from sheetsync.matching_files.cells import Cells, read_cells
from sheetsync.matching_files.json_file import Asked
from sheetsync.matching_files.shown_states import shown_states
from sheetsync.sheets.grid import align_rows, find_columns

BESIDE = (
    *(TabKind.ORDERS, TabKind.SUPPLIERS, TabKind.ITEMS),
    *(TabKind.RELEASES, TabKind.PAYMENTS, TabKind.PEOPLE),
)
"""Tabs that are read too where the workbook of the orders has them."""

NOT_ASKED_FOR = frozenset({"requester", "need_by", "cost_code", "description", "action"})
"""What an order needs to be sent, and no invoice needs to be matched."""


def read_tabs(
    orders: Path, receipts: Path | None, invoices: Path | None, rules: Rulebook, now: datetime
) -> Asked:
    """The documents of three files.

    Args:
        orders: The tab Order lines; of a workbook also what stands in `BESIDE`.
        receipts: The tab Receipts; nothing was received where it is left out.
        invoices: The tab Invoices; nothing was billed where it is left out.
        rules: How columns are called, and what an invoice may differ.
        now: The time of the reading; days that are far from it are asked about.

    Raises:
        AskedAmiss: a file cannot be read, or lacks a column without which its rows say nothing.
    """
    named = {
        TabKind.ORDER_LINES: orders,
        TabKind.RECEIPTS: receipts,
        TabKind.INVOICES: invoices,
    }
    files = {kind: path for kind, path in named.items() if path is not None}
    readings = _readings(files, rules.columns)
    snapshot = Snapshot(read_at=now, tabs={one.place.address: one for one in readings.values()})
    records, findings = read_records(
        snapshot, rules.columns, today=now.date(), first_seen=lambda _tab, _key: None
    )
    states, unknown = shown_states(records, readings[TabKind.ORDER_LINES], rules, now)
    book = build_orders(records, {}, states)
    names = {readings[kind].place.address: path.name for kind, path in files.items()}
    catalogue = Catalogue(records.items, records.order_lines, rules.matching, rules.matching_levels)
    papers, _ = with_payments(
        documents(book, records, rules.lifecycle.order_shows, catalogue), records
    )
    releases = releases_that_count(papers, records, rules, catalogue.rules)
    return Asked(
        documents=replace(papers, releases=releases),
        rules=catalogue.rules,
        levels=rules.matching_levels,
        as_of=None,
        problems=(
            *(_told(one, names) for one in findings if one.field not in NOT_ASKED_FOR),
            *(f"{orders.name} {one}" for one in unknown),
        ),
    )


def _readings(files: Mapping[TabKind, Path], rules: ColumnRules) -> dict[TabKind, TabReading]:
    """Every tab of the hub: those that have a file, and the others empty."""
    readings: dict[TabKind, TabReading] = {
        kind: _empty(kind, spec)
        for kind, spec in rules.tabs.items()
        if kind is not TabKind.SUPPLIER
    }
    for kind, path in files.items():
        cells = read_cells(path, rules.tabs[kind])
        assert cells is not None  # noqa: S101 - only a tab beside others may be absent
        readings[kind] = _filled(kind, cells, rules.tabs[kind], path)
    orders = files[TabKind.ORDER_LINES]
    for kind in BESIDE:
        cells = read_cells(orders, rules.tabs[kind], beside=True)
        if cells is not None:
            readings[kind] = _filled(kind, cells, rules.tabs[kind], orders)
    return readings


def _empty(kind: TabKind, spec: TabSpec) -> TabReading:
    place = TabPlace(address=TabAddress(HUB, spec.title), kind=kind)
    return TabReading(place=place, fields=spec.fields, present=frozenset(spec.fields))


def _filled(kind: TabKind, cells: Cells, spec: TabSpec, path: Path) -> TabReading:
    """The tab as its file shows it; columns that the file lacks count as left blank."""
    head = find_columns(cells[0] if cells else (), spec)
    _refuse_lost_headers(head.columns, head.unknown, spec, path)
    if head.duplicates:
        raise AskedAmiss(
            f"The header {head.duplicates[0]!r} stands twice.",
            subject=path.name,
            remedy="Keep one of the two columns.",
        )
    return TabReading(
        place=TabPlace(address=TabAddress(HUB, spec.title), kind=kind),
        fields=spec.fields,
        present=frozenset(spec.fields),
        unknown=head.unknown,
        rows=align_rows(cells[1:], head.columns, spec.fields),
    )


def _refuse_lost_headers(
    columns: Mapping[str, int], unknown: Iterable[str], spec: TabSpec, path: Path
) -> None:
    """A misspelt header would turn the meaning of every row around; it is never passed over."""
    lost = [column for column in spec.columns if column.field not in columns]
    for column in lost:
        names = (column.header, *column.aliases)
        near = [word for word in unknown if _is_near(word, names)]
        is_needed = column.required or column.field in spec.key
        if near or (is_needed and column.field not in NOT_ASKED_FOR):
            seen = f"; is it {near[0]!r}" if near else ""
            raise AskedAmiss(
                f"There is no column {column.header!r}{seen}.",
                subject=path.name,
                remedy=f"Name it {' or '.join(map(repr, names))} in the first row.",
            )


def _is_near(word: str, names: Iterable[str]) -> bool:
    folded = [name.casefold() for name in names]
    return bool(difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.8))


def _told(finding: Finding, names: Mapping[TabAddress, str]) -> str:
    """A finding with its place, as a line."""
    row = f" row {finding.source.row}" if finding.source is not None else ""
    return f"{names.get(finding.tab, finding.tab.tab)}{row}: {finding.message}"
