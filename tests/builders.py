"""The sheet as people see it, as text: tables into snapshots, and the shipped rules with changes.

    snapshot('''
        Order lines | PO   | Line | Qty | Unit price
                    | PO-1 | 1    | 10  | 12.00
        Receipts    | Receipt | PO   | Line | Qty
                    | GR-1    | PO-1 | 1    | 4
    ''')

A line whose first cell is filled begins a tab and names its headers (titles, headers, aliases and
fields of rules/columns.yaml are all known, ~Colour is one that nobody knows); the lines below are
its rows. A supplier's tab is
written "Supplier ACME", one in a spreadsheet of its own "Supplier ACME (private)".

Cells are what the sheet would hold after a person typed them: numbers and ISO days in number and
date columns become numbers, ticks become TRUE and FALSE, all else is text; `as_text=True` leaves
every cell text, as in columns formatted as plain text. <4711>, <true>, <1e300> are raw values, and
'12 is the text "12". A tab that is not written stands there empty, with all of its headers.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sheetsync.core.columns import read_records
from sheetsync.core.columns.reads import FIELDS_READ
from sheetsync.core.findings import Code, Finding
from sheetsync.core.lifecycle.requirements import REQUIREMENTS
from sheetsync.core.matching.codes import HoldCode
from sheetsync.core.model import (
    HUB,
    RawCell,
    Records,
    RowKey,
    Snapshot,
    TabAddress,
    TabKind,
    TabPlace,
    TabReading,
)
from sheetsync.core.reading import normalise_key
from sheetsync.core.rulebook import CellKind, ColumnRules, Rulebook, TabSpec
from sheetsync.rules_file import KnownWords, load_rules
from sheetsync.settings_file import parse, read_file

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
KNOWN = KnownWords(
    requirements=frozenset(REQUIREMENTS),
    codes=frozenset({*map(str, Code), *map(str, HoldCode)}),
    fields=FIELDS_READ,
)

_NUMBERS = {CellKind.WHOLE_NUMBER, CellKind.QUANTITY, CellKind.MONEY, CellKind.PERCENT}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SUPPLIER_TAB = re.compile(r"supplier (?P<supplier>.+?)(?P<private> \(private\))?", re.IGNORECASE)


# -- rules ----------------------------------------------------------------------------------------


@cache
def column_rules() -> ColumnRules:
    """The shipped rules/columns.yaml."""
    return parse(read_file(RULES / "columns.yaml", "rules/columns.yaml"), ColumnRules)


@cache
def _shipped() -> Rulebook:
    return load_rules(RULES, KNOWN)


def rulebook(overrides: Mapping[str, Any] | None = None) -> Rulebook:
    """The shipped rules, with single keys changed: {"matching.price.pct_upper": 2}."""
    said = _shipped().model_dump(mode="json", by_alias=True)
    for path, value in (overrides or {}).items():
        *way, last = path.split(".")
        place = said
        for part in way:
            place = place[int(part) if isinstance(place, list) else part]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            assert last in place, f"no rule {path}"
            place[last] = value
    return Rulebook.model_validate(_limits_off(said))


def _limits_off(said: dict[str, Any]) -> dict[str, Any]:
    """`off` is read as None, and a None is refused as a blank: say `off` again."""

    def off(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: off(one) for key, one in value.items()}
        return "off" if value is None else value

    return {**said, "matching": off(said["matching"])}


# -- snapshots ------------------------------------------------------------------------------------


def snapshot(
    text: str = "",
    *,
    read_at: dt.datetime = NOW,
    as_text: bool = False,
    only_written: bool = False,
    without: Collection[str] = (),
    missing: Collection[str] = (),
    rules: ColumnRules | None = None,
) -> Snapshot:
    """A reading of the tabs that the text shows.

    Args:
        text: Tables as in the module's docstring.
        read_at: When it was read, UTC.
        as_text: Leave every cell text.
        only_written: Only the headers that are written stand in the sheet; others are lost.
        without: Lost headers, such as "receipts.quantity".
        missing: Kinds of tabs that do not exist.
        rules: The columns; the shipped ones if left out.
    """
    rules = rules or column_rules()
    tabs = {
        place.address: _empty(place, rules, exists=place.kind not in missing)
        for place in hub_places(rules)
    }
    for place, headers, lines in _tables(text, rules):
        reading = _filled(place, headers, lines, rules, as_text=as_text)
        if only_written:
            written = {_field(header, rules.tabs[place.kind]) for header in headers}
            reading = _with_present(reading, frozenset(written - {None}))
        tabs[place.address] = reading
    for address, reading in tabs.items():
        lost = {name.partition(".")[2] for name in without if name.startswith(reading.place.kind)}
        tabs[address] = _with_present(reading, reading.present - lost)
    return Snapshot(read_at=read_at, tabs=tabs)


def hub_places(rules: ColumnRules) -> tuple[TabPlace, ...]:
    """Every tab of the buyer's own spreadsheet."""
    return tuple(
        TabPlace(address=TabAddress(HUB, spec.title), kind=kind)
        for kind, spec in rules.tabs.items()
        if kind is not TabKind.SUPPLIER
    )


def place_named(name: str, rules: ColumnRules) -> TabPlace:
    """The tab that a table's first cell names."""
    supplier = _SUPPLIER_TAB.fullmatch(name)
    if supplier and supplier["private"]:
        address = TabAddress(supplier["supplier"], rules.tabs[TabKind.SUPPLIER].title)
        return TabPlace(address=address, kind=TabKind.SUPPLIER, supplier=supplier["supplier"])
    if supplier:
        address = TabAddress(HUB, supplier["supplier"])
        return TabPlace(address=address, kind=TabKind.SUPPLIER, supplier=supplier["supplier"])
    for place in hub_places(rules):
        if normalise_key(name) in map(normalise_key, (place.address.tab, place.kind)):
            return place
    raise AssertionError(f"no tab is called {name!r}")


def _tables(text: str, rules: ColumnRules) -> Iterable[tuple[TabPlace, list[str], list[list[str]]]]:
    tables: list[tuple[TabPlace, list[str], list[list[str]]]] = []
    for line in filter(str.strip, text.splitlines()):
        name, *cells = (cell.strip() for cell in line.split("|"))
        if name:
            tables.append((place_named(name, rules), cells, []))
        else:
            tables[-1][2].append(cells)
    return tables


def _empty(place: TabPlace, rules: ColumnRules, *, exists: bool = True) -> TabReading:
    fields = rules.tabs[place.kind].fields
    present = frozenset(fields) if exists else frozenset()
    return TabReading(place=place, exists=exists, fields=fields, present=present)


def _filled(
    place: TabPlace,
    headers: list[str],
    lines: list[list[str]],
    rules: ColumnRules,
    *,
    as_text: bool,
) -> TabReading:
    spec = rules.tabs[place.kind]
    fields = [_field(header, spec) for header in headers]
    rows = [_row(spec, fields, cells, as_text=as_text) for cells in lines]
    known = [field for field in fields if field is not None]
    return TabReading(
        place=place,
        fields=spec.fields,
        present=frozenset(spec.fields),
        duplicates=tuple(
            spec.by_field[field].header for field in dict.fromkeys(known) if known.count(field) > 1
        ),
        unknown=tuple(
            header.removeprefix("~")
            for header, field in zip(headers, fields, strict=True)
            if header and not field
        ),
        rows=tuple(rows),
    )


def _row(
    spec: TabSpec, fields: list[str | None], cells: list[str], *, as_text: bool
) -> tuple[RawCell, ...]:
    values: dict[str, RawCell] = {}
    for field, cell in zip(fields, cells, strict=False):
        if field is not None and field not in values:
            values[field] = raw_cell(cell, spec.by_field[field].kind, as_text=as_text)
    return tuple(values.get(field) for field in spec.fields)


def _field(header: str, spec: TabSpec) -> str | None:
    wanted = normalise_key(header)
    for column in spec.columns:
        if wanted in map(normalise_key, (column.field, column.header, *column.aliases)):
            return column.field
    assert not header or header.startswith("~"), f"{spec.title} has no column {header!r}"
    return None


def raw_cell(typed: str, kind: CellKind, *, as_text: bool = False) -> RawCell:
    """What a cell of this kind of column holds after a person typed this."""
    if typed.startswith("<") and typed.endswith(">"):
        return json.loads(typed[1:-1])
    if not typed or typed.startswith("'") or as_text:
        return typed.removeprefix("'") or None
    if kind in _NUMBERS and _NUMBER.fullmatch(typed):
        return int(typed) if "." not in typed else float(typed)
    if kind is CellKind.DATE and _DAY.fullmatch(typed):
        return (dt.date.fromisoformat(typed) - dt.date(1899, 12, 30)).days
    return typed == "TRUE" if kind is CellKind.FLAG and typed in {"TRUE", "FALSE"} else typed


def _with_present(reading: TabReading, present: frozenset[str]) -> TabReading:
    rows = tuple(
        tuple(
            cell if field in present else None
            for field, cell in zip(reading.fields, row, strict=True)
        )
        for row in reading.rows
    )
    return TabReading(
        place=reading.place,
        exists=reading.exists,
        fields=reading.fields,
        present=present,
        duplicates=reading.duplicates,
        unknown=reading.unknown,
        rows=rows,
    )


# -- reading --------------------------------------------------------------------------------------


def never_seen(_tab: TabAddress, _key: RowKey) -> None:
    """Every row is new."""


def read(
    text: str = "", *, rules: ColumnRules | None = None, **options: Any
) -> tuple[Records, tuple[Finding, ...]]:
    """The records and findings of a text; options are those of `snapshot`."""
    rules = rules or column_rules()
    sheet = snapshot(text, rules=rules, **options)
    return read_records(sheet, rules, today=TODAY, first_seen=never_seen)


def codes(findings: Iterable[Finding]) -> list[str]:
    """The codes of findings, in their order."""
    return [str(finding.code) for finding in findings]
