"""What is known after a plan took effect, as far as it did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from state_values import any_plan

from sheetsync.core.model import HUB, Baseline, OrderState, RowRef, SettledRow, TabAddress
from sheetsync.core.plan import Applied, BaselineDelta, CellWrite, Plan, RowAppend
from sheetsync.state import SqlStateStore
from sheetsync.state import baseline as stored_baseline
from sheetsync.state.settling import advance, settled_delta

FIRST = datetime(2026, 4, 1, tzinfo=UTC)
NOW = FIRST + timedelta(days=2)
TAB = TabAddress(HUB, "Order lines")
KEY = ("PO-7", "1")
BEFORE = Baseline(rows={TAB: {KEY: SettledRow(cells={"a": 1, "b": 2}, first_seen_at=FIRST)}})


def write(value="x", field="c", key=KEY, content=None) -> CellWrite:
    ref = RowRef(key=key, content=content)
    return CellWrite(tab=TAB, ref=ref, field=field, expected=None, value=value)


def append(**cells) -> RowAppend:
    return RowAppend(tab=TAB, key=KEY, cells=cells)


def row(first_seen_at=NOW, **cells) -> SettledRow:
    return SettledRow(cells=cells, first_seen_at=first_seen_at)


def settled(*writes, planned=None, before=BEFORE, took=None) -> dict:
    """The rows of the tab in the settled delta."""
    delta = BaselineDelta(rows={TAB: planned} if planned is not None else {})
    taken = frozenset(range(len(writes)) if took is None else took)
    plan = Plan(writes=writes, delta=delta)
    return dict(settled_delta(before, plan, Applied(taken=taken), NOW).rows.get(TAB, {}))


def test_a_write_that_took_is_laid_over_the_settled_row():
    assert settled(write("x")) == {KEY: row(FIRST, a=1, b=2, c="x")}


def test_a_write_that_took_is_laid_over_the_row_as_the_plan_saw_it():
    assert settled(write("x"), planned={KEY: row(a=5)}) == {KEY: row(a=5, c="x")}


def test_a_skipped_write_is_not_known():
    assert settled(write("x"), took=()) == {}
    assert settled(append(a=1), took=(), before=Baseline()) == {}


def test_several_writes_into_one_row_add_up_and_the_last_one_stands():
    assert settled(write("x"), write(9, "d"), write("z")) == {KEY: row(FIRST, a=1, b=2, c="z", d=9)}


def test_a_cleared_cell_is_left_out():
    assert settled(write(None, "a")) == {KEY: row(FIRST, b=2)}
    assert settled(planned={KEY: row(a=None, b=False, c="")}) == {KEY: row(b=False, c="")}


def test_a_write_into_a_row_that_nobody_knows_makes_no_half_filled_row():
    assert settled(write("x"), before=Baseline()) == {}


def test_a_write_into_a_forgotten_row_leaves_it_forgotten():
    assert settled(write("x"), planned={KEY: None}) == {KEY: None}


def test_a_write_by_content_counts_only_where_the_plan_knows_the_row():
    assert settled(write("x", content=("a",))) == {}
    assert settled(write("x", key=None, content=("a",))) == {}
    assert settled(write("x", content=("a",)), planned={KEY: row(a=5)}) == {KEY: row(a=5, c="x")}


def test_an_appended_row_was_first_seen_now():
    assert settled(append(a=7, b=None), before=Baseline()) == {KEY: row(NOW, a=7)}


def test_a_restored_row_keeps_its_first_time():
    assert settled(append(a=7)) == {KEY: row(FIRST, a=7)}
    assert settled(append(a=7), planned={KEY: None}) == {KEY: row(FIRST, a=7)}
    planned = row(FIRST - timedelta(1), a=1, b=2)
    laid = row(FIRST - timedelta(1), a=7, b=2)
    assert settled(append(a=7), planned={KEY: planned}) == {KEY: laid}


def test_an_append_is_followed_by_writes_into_it():
    assert settled(append(a=7), write("x"), before=Baseline()) == {KEY: row(NOW, a=7, c="x")}


def test_what_is_forgotten_last_takes_its_tab_along():
    after = advance(BEFORE, BaselineDelta(rows={TAB: {KEY: None}}), 3)
    assert after == Baseline(cycle=3)


def test_the_baseline_before_stays_as_it_was():
    delta = BaselineDelta(
        rows={TAB: {("PO-1", "1"): row(a=1)}}, orders={"PO-1": OrderState(po_number="PO-1")}
    )
    after = advance(BEFORE, delta, 3)
    assert list(after.rows[TAB]) == [("PO-1", "1"), KEY]
    assert list(BEFORE.rows[TAB]) == [KEY]
    assert BEFORE.orders == {}


def in_order(known: Baseline) -> list:
    """Everything that is known, with the order in which it comes."""
    rows = [
        (tab, key, list(row.cells.items()), row.first_seen_at)
        for tab, of_tab in known.rows.items()
        for key, row in of_tab.items()
    ]
    rest = (known.orders, known.lines, known.findings, known.told)
    return [known.cycle, known.numbered, rows, *(list(part.items()) for part in rest)]


def test_what_is_remembered_is_what_is_stored(tmp_path):
    """The law behind the memory: a worker that runs on and one that starts anew know the same."""
    store = SqlStateStore(
        f"sqlite:///{tmp_path / 'state.db'}", workbook_id="w", worker_id="one", lease_s=60
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(any_plan())
    def remembers(plan):
        applied = Applied(taken=frozenset(range(0, len(plan.writes), 2)))
        with store.lease(NOW) as session:
            cycle_id = 0 if plan.is_empty else session.record_intent(plan, NOW)
            session.settle(cycle_id, plan, applied, NOW)
        with store._database.reading() as connection:
            stored = stored_baseline.load(connection)
        assert in_order(store.baseline()) == in_order(stored)

    remembers()
    store.close()
