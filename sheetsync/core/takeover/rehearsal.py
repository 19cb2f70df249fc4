"""What the worker had written by the end of the events: worked out on paper, not read off.

The corridor is walked over the rows as the events left them, at the time of the last event. What
it would write there is what a worker of that time had written; whatever else the real sheet shows
in those columns, somebody typed, and the next cycle judges it. The worker's own lists are an
exception: what they say of matters that are over stands nowhere else, so it is read off the sheet.

Never: moves a status, grants, numbers or mails; only what it would show is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sheetsync.core.comparing.merging import keyed_rows
from sheetsync.core.decide import decide
from sheetsync.core.memory import Memory
from sheetsync.core.model import (
    Baseline,
    Mandate,
    OpenFinding,
    RawCell,
    Records,
    RowKey,
    SettledRow,
    Snapshot,
    TabKind,
    TabReading,
    Told,
)
from sheetsync.core.plan import CellWrite, Plan, RowAppend, Write
from sheetsync.core.rows import row_refs, same_cell
from sheetsync.core.rulebook import ColumnRules, Rulebook
from sheetsync.core.takeover.rows import Folded, Rows, lay_waiting, with_cells
from sheetsync.core.wording import document_of, shown_cell

ROUNDS = 4
"""In the second, what people typed on rows of the worker's is laid; the rest is room."""

OWN_LISTS = frozenset({TabKind.EXCEPTIONS, TabKind.STATUS})

SAID = frozenset({"message", "understood", "checked_at", "next_step"})
"""What the worker says to people, partly about matters that are over. Nobody acts on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Under which rules it is rehearsed, how far the worker may go, and when."""

    rules: Rulebook
    mandate: Mandate
    then: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The rows of the worker's lists that the events tell of: findings, and versions of orders."""

    findings: frozenset[str]
    versions: Mapping[str, int]

    def is_made(self, kind: TabKind, key: RowKey) -> bool:
        """Whether the worker made this row, although nothing asks for it any more."""
        if kind is TabKind.EXCEPTIONS:
            return key[0] in self.findings
        if kind is TabKind.APPROVALS:
            return key[1].isdecimal() and int(key[1]) <= self.versions.get(key[0], 0)
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """Rows, findings and what readers were told, as the worker had settled them.

    `doubtful` names cells of the worker's that show something else than was worked out.
    """

    rows: Rows
    findings: Mapping[str, OpenFinding]
    told: Mapping[str, Told]
    records: Records
    doubtful: tuple[str, ...]


def rehearse(
    baseline: Baseline,
    folded: Folded,
    known: Known,
    snapshot: Snapshot,
    here: Here,
) -> Rehearsed:
    """Walk the corridor until it has nothing more to write.

    Args:
        baseline: States and findings as the events left them; its rows are not looked at.
        folded: The rows as the events left them.
        known: The rows of its lists that the worker made.
        snapshot: The real sheet: its tabs and headers, and what stands nowhere else.
        here: Under which rules, and when the last event happened.
    """
    memory, told = Memory(), dict(baseline.told)
    findings = dict(baseline.findings)
    for _ in range(ROUNDS):
        _read_off(folded.rows, known, snapshot, here.rules.columns)
        plan = decide(
            _on_paper(snapshot, folded.rows),
            replace(baseline, rows=folded.rows, findings=findings, told=told),
            here.rules,
            here.mandate,
            here.then,
            memory=memory,
        )
        _carry_out(plan, folded.rows, here.then)
        lay_waiting(folded)
        # What no event tells of was not found then: the next cycle opens it, and mails it.
        findings |= {
            name: replace(found, opened_at=findings[name].opened_at)
            for name, found in plan.delta.findings.items()
            if found is not None and name in findings
        }
        told |= {
            reader: _told_of(said, findings.keys())
            for reader, said in plan.delta.told.items()
            if said is not None
        }
        if not any(map(_is_news, plan.writes)):
            break
    _read_off(folded.rows, known, snapshot, here.rules.columns)
    _forget_unwritten(folded, baseline, snapshot, here.rules.columns)
    doubtful = tuple(_doubtful(folded.rows, baseline, snapshot, here.rules))
    records = memory.reading.records if memory.reading is not None else Records()
    return Rehearsed(
        rows=folded.rows, findings=findings, told=told, records=records, doubtful=doubtful
    )


def _is_news(write: Write) -> bool:
    """Whether it writes more than what is read off the sheet in any case."""
    return not isinstance(write, CellWrite) or write.field not in SAID


def _told_of(said: Told, known: Collection[str]) -> Told:
    """What a reader was told, but for what had not been found by then."""
    return replace(
        said,
        finding_ids=said.finding_ids.intersection(known),
        codes={name: code for name, code in said.codes.items() if name in known},
        documents={name: text for name, text in said.documents.items() if name in known},
    )


def _on_paper(snapshot: Snapshot, rows: Rows) -> Snapshot:
    """The tabs with these rows and no others, and nothing to be mended."""
    tabs = {
        address: _with_rows(reading, rows.get(address, {}))
        for address, reading in snapshot.tabs.items()
    }
    return replace(snapshot, tabs=tabs, witnesses=())


def _with_rows(reading: TabReading, rows: Mapping[RowKey, SettledRow]) -> TabReading:
    if reading.place.kind is TabKind.HISTORY:
        return reading
    shown = tuple(tuple(map(row.cells.get, reading.fields)) for row in rows.values())
    # A header or a tab that is gone now was there then, or its cells are not looked at.
    return TabReading(
        place=reading.place, fields=reading.fields, present=frozenset(reading.fields), rows=shown
    )


def _carry_out(plan: Plan, rows: Rows, then: datetime) -> None:
    """Lay what the plan writes over the rows."""
    for tab, of_tab in plan.delta.rows.items():
        for key, row in of_tab.items():
            if row is not None:
                rows.setdefault(tab, {})[key] = row
    for write in plan.writes:
        if isinstance(write, RowAppend):
            empty = SettledRow(cells={}, first_seen_at=then)
            row = rows.setdefault(write.tab, {}).get(write.key, empty)
            rows[write.tab][write.key] = with_cells(row, write.cells)
        elif isinstance(write, CellWrite) and write.ref.key in rows.get(write.tab, {}):
            row = rows[write.tab][write.ref.key]
            rows[write.tab][write.ref.key] = with_cells(row, {write.field: write.value})


def _read_off(rows: Rows, known: Known, snapshot: Snapshot, columns: ColumnRules) -> None:
    """What stands nowhere but in the sheet: the worker's own lists, and what it says to people."""
    for address, reading in snapshot.tabs.items():
        kind = reading.place.kind
        if kind is TabKind.HISTORY:
            continue
        spec = columns.tabs[kind]
        mine = {column.field for column in spec.columns if not column.is_people_s}
        for key, (_, place) in keyed_rows(row_refs(reading.rows, spec)).items():
            row = rows.get(address, {}).get(key)
            if row is None and not known.is_made(kind, key):
                continue
            is_all = row is None or kind in OWN_LISTS
            names = (mine if is_all else mine & SAID) & reading.present
            cells = {name: reading.rows[place][spec.index[name]] for name in names}
            row = row or SettledRow(cells={}, first_seen_at=snapshot.read_at)
            rows.setdefault(address, {})[key] = with_cells(row, cells)


def _forget_unwritten(
    folded: Folded, before: Baseline, snapshot: Snapshot, columns: ColumnRules
) -> None:
    """Rows that the worker had not come to make: the rehearsal rests, and a worker may die."""
    for address, rows in folded.rows.items():
        reading = snapshot.tabs.get(address)
        if reading is None or not reading.exists:
            continue
        shown = keyed_rows(row_refs(reading.rows, columns.tabs[reading.place.kind]))
        unwritten = rows.keys() - before.rows.get(address, {}).keys() - shown.keys()
        for key in unwritten:
            if (address, key) not in folded.typed:
                del rows[key]


def _doubtful(rows: Rows, before: Baseline, snapshot: Snapshot, rules: Rulebook) -> Iterator[str]:
    """Cells of the worker's that show neither what it knew nor what was worked out, and are taken.

    It may not have come to write them, or somebody typed there: who, nobody is blamed for. What a
    supplier types over an agreed value is different: it proposes that value.
    """
    for address, reading in snapshot.tabs.items():
        if reading.place.kind is TabKind.HISTORY:
            continue
        spec, known = rules.columns.tabs[reading.place.kind], before.rows.get(address, {})
        is_suppliers = reading.place.kind is TabKind.SUPPLIER
        proposing = frozenset(rules.locking.overwrite_proposes) if is_suppliers else frozenset()
        for key, (_, place) in keyed_rows(row_refs(reading.rows, spec)).items():
            row = rows.get(address, {}).get(key)
            was = known[key].cells if key in known else {}
            taken: dict[str, RawCell] = {}
            for column, cell in zip(spec.columns, reading.rows[place], strict=True):
                name = column.field
                is_mine = not column.is_people_s and name in reading.present
                if row is None or not is_mine or same_cell(cell, row.cells.get(name)):
                    continue
                if same_cell(cell, was.get(name)):
                    taken[name] = cell
                elif name not in proposing:
                    taken[name] = cell
                    document = document_of(reading.place.kind, row.cells) or " ".join(key)
                    yield f"{address} {document}, {column.header}: {shown_cell(cell)}"
            if row is not None and taken:
                rows[address][key] = with_cells(row, taken)
