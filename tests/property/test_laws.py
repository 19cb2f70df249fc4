"""The laws of the house, under whatever people may do to their tabs.

Days are drawn as lists of acts: typing good and bad values, actions, answers, copying, deleting and
sorting rows. The sheet is on paper; the decisions are the real ones.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journal import by_baseline, by_journal
from paper import PaperSheet
from paper_acts import ACTS, do, typing
from paper_day import confirmed_sheet

from sheetsync.core.decide import decide
from sheetsync.core.model import TabKind
from sheetsync.core.plan import CellWrite
from sheetsync.core.rows import is_blank, same_cell


def day(acts: list[tuple]) -> PaperSheet:
    sheet = confirmed_sheet()
    for number, act in enumerate(acts):
        do(sheet, number, act)
        sheet.rest()
    return sheet


laws = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@laws
@given(st.lists(ACTS, min_size=1, max_size=8))
def test_a_day_of_anything_comes_to_rest(acts):
    """Rest and settling: moves run to a fixed point, and then nothing is left to do."""
    sheet = day(acts)
    assert sheet.cycle(minutes=1).is_empty


@laws
@given(st.lists(ACTS, min_size=1, max_size=8))
def test_the_journal_alone_tells_every_earlier_moment(acts):
    """What the baseline knew after each act can be told later, from the events of the order."""
    sheet = confirmed_sheet()
    known = []
    for number, act in enumerate(acts):
        sheet.now += dt.timedelta(minutes=5)
        do(sheet, number, act)
        sheet.rest()
        known.append((sheet.now, sheet.baseline))
    for at, baseline in known:
        assert by_journal(sheet, "PO-1001", at) == by_baseline(sheet, "PO-1001", baseline)


@laws
@given(st.lists(ACTS, min_size=1, max_size=6))
def test_equal_arguments_give_an_equal_plan(acts):
    sheet = confirmed_sheet()
    for number, act in enumerate(acts):
        do(sheet, number, act)
    one, two = (
        decide(sheet.reading, sheet.baseline, sheet.rules, sheet.mandate, sheet.now)
        for _ in range(2)
    )
    assert one == two


@laws
@given(st.lists(ACTS, min_size=1, max_size=8))
def test_moves_are_edges_and_none_lacks_its_grant(acts):
    sheet = day(acts)
    edges = {(start, move.to) for move in sheet.rules.lifecycle.moves for start in move.from_}
    back = {
        start for move in sheet.rules.lifecycle.moves if move.to == "before" for start in move.from_
    }
    granted = False
    for event in sheet.events:
        if event.decision == "granted":
            granted = True
        if event.field == "status" and event.decision not in {"changed", "put back"}:
            assert (event.old, event.new) in edges or event.old in back
            assert event.new != "issued" or granted


@laws
@given(st.lists(ACTS, min_size=1, max_size=8))
def test_locked_cells_show_what_was_agreed(acts):
    """After rest, every locked cell of Order lines shows what was settled when it was locked."""
    sheet = confirmed_sheet()
    for number, act in enumerate(acts):
        before = {row["line_number"]: row for row in sheet.rows("Order lines")}
        was = dict(sheet.baseline.lines)
        do(sheet, number, act)
        sheet.rest()
        for key, state in sheet.baseline.lines.items():
            if was.get(key, state).status != "confirmed" or state.status != "confirmed":
                continue
            row = (
                sheet.row("Order lines", po_number=key.po_number, line_number=key.line_number)
                if not doubled(sheet)
                else None
            )
            if row is not None:
                for field in ("quantity", "unit_price", "item", "need_by", "supplier"):
                    assert same_cell(row[field], before[key.line_number][field])


def doubled(sheet: PaperSheet) -> bool:
    keys = [(row["po_number"], row["line_number"]) for row in sheet.rows("Order lines")]
    return len(keys) != len(set(keys))


@laws
@given(st.lists(ACTS, min_size=1, max_size=8))
def test_the_worker_writes_its_own_columns_only(acts):
    """But for put-backs, clearing what was carried out, and numbers of new orders."""
    sheet = day(acts)
    for plan in sheet.plans:
        for write in plan.writes:
            if not isinstance(write, CellWrite):
                continue
            reading = sheet.reading.tabs[write.tab]
            column = sheet.rules.columns.tabs[reading.place.kind].by_field[write.field]
            if column.is_people_s:
                is_number = write.field in {"po_number", "line_number"}
                is_cleared = column.request and is_blank(write.value)
                is_put_back = any(
                    finding.code == "locked-field-edited" and finding.field == write.field
                    for finding in plan.findings
                )
                assert is_number or is_cleared or is_put_back, write


@laws
@given(st.lists(ACTS, min_size=1, max_size=6), st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(acts, seed):
    sheet = confirmed_sheet()
    for number, act in enumerate(acts):
        do(sheet, number, act)
    shuffled = dict(sheet.reading.tabs)
    for address, reading in shuffled.items():
        rows = list(reading.rows)
        random.Random(seed).shuffle(rows)  # noqa: S311 - an order of rows, no secret
        shuffled[address] = replace(reading, rows=tuple(rows))
    plans = [
        decide(reading, sheet.baseline, sheet.rules, sheet.mandate, sheet.now)
        for reading in (sheet.reading, replace(sheet.reading, tabs=shuffled))
    ]
    one, two = ({repr(write) for write in plan.writes if is_keyed(write)} for plan in plans)
    assert one == two
    one, two = ({event.event_id for event in plan.events} for plan in plans)
    assert one == two
    one, two = (plan.delta.lines for plan in plans)
    assert one == two


def is_keyed(write) -> bool:
    return not (isinstance(write, CellWrite) and write.ref.content is not None)


@laws
@given(st.lists(typing("Order lines") | typing("ACME"), min_size=1, max_size=6))
def test_no_edit_is_lost(acts):
    """What a person typed is in history once, or stands in a finding, or says what stood already."""
    sheet = confirmed_sheet()
    for number, act in enumerate(acts):
        _, tab, field, line_number, cell = act
        where = {"po_number": "PO-1001", "line_number": line_number}
        before = sheet.row(tab, **where)[field]
        kind = TabKind.SUPPLIER if tab == "ACME" else TabKind.ORDER_LINES
        if sheet.rules.columns.tabs[kind].by_field[field].request:
            continue
        told = len(sheet.events)
        do(sheet, number, act)
        sheet.rest()
        if same_cell(cell, before):
            continue
        events = [
            e
            for e in sheet.events[told:]
            if e.field == field and e.decision in {"changed", "put back"}
        ]
        found = [r for r in sheet.rows("Exceptions") if r["state"] == "open" and r["place"]]
        assert len(events) == 1 or any(
            field_of(sheet, kind, field) in str(r["place"]) for r in found
        )


def field_of(sheet: PaperSheet, kind: TabKind, field: str) -> str:
    return sheet.rules.columns.tabs[kind].by_field[field].header
