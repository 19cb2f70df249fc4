"""People act in the very instant between the worker's last look and its write; nothing is lost."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from small_company import come_to_rest, open_small_company, order_line

from sheetsync import wiring
from sheetsync.cycle import run_cycle
from sheetsync.demo.office import WORKER
from sheetsync.errors import WorkbookUnavailable


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """An office whose two orders wait to be issued."""
    with open_small_company(tmp_path_factory.mktemp("written")) as office:
        yield office


@pytest.fixture
def orders(day):
    """Two new orders, submitted and approved; returns their numbers."""
    shown = {row["PO number"] for row in day.desk("ann", "Orders").rows()}
    day.desk("ann", "Order lines").add(order_line("new1", "S-100"), order_line("new2", "S-200"))
    come_to_rest(day)
    new = sorted({row["PO number"] for row in day.desk("ann", "Orders").rows()} - shown)
    for number in new:
        day.desk("ann", "Orders").type({"po_number": number}, action="submit")
    come_to_rest(day)
    for number in new:
        day.desk("bob", "Approvals").type({"po_number": number}, decision="approve")
    come_to_rest(day)
    return new


@contextmanager
def in_that_instant(office, act, *, cut=False):
    """Somebody acts after the worker's last look at the hub, just before its batch arrives."""
    done = []

    def hook(_, path, email):
        is_write = path.endswith(":batchUpdate") and "/values" not in path
        if email == WORKER and is_write and office.hub.id in path and not done:
            done.append(act())
            if cut:
                office.server.set_faults(
                    [{"kind": "cut_after", "method": "spreadsheets.batchUpdate", "times": 1}]
                )

    office.server.before_call = hook
    try:
        yield
    finally:
        office.server.before_call = None
        office.server.set_faults([])
    assert done


def order(office, number):
    return office.desk("ann", "Orders").row(po_number=number)


def events(office, word):
    return [row for row in office.desk("ann", "Change history").rows() if word in row["Decision"]]


def codes(office):
    return {row["Code"] for row in office.desk("ann", "Exceptions").rows() if row["Code"]}


@pytest.mark.parametrize("cut", [False, True], ids=["answered", "answer lost"])
def test_a_row_inserted_just_then_leaves_everybody_s_cells_alone(day, orders, cut):
    first, second = orders
    tab = day.people["ann"].at(day.hub.id, "Orders")
    day.desk("ann", "Orders").type({"po_number": first}, action="issue")

    with in_that_instant(day, lambda: tab.tab.insert_rows([["", "a note of mine"]], 2), cut=cut):
        day.clock += timedelta(minutes=5)
        if cut:
            with pytest.raises(WorkbookUnavailable):
                day.cycle()
        else:
            assert day.cycle().writes_skipped
    come_to_rest(day)

    assert (order(day, first)["Action"], order(day, first)["Status"]) == ("", "issued")
    assert order(day, second)["Status"] == "approved"
    assert tab.tab.get("A2:B2") == [["", "a note of mine"]]
    assert not codes(day) & {"worker-field-edited", "locked-field-edited", "write-misplaced"}
    moves = [
        row
        for row in day.desk("ann", "Change history").rows()
        if row["PO number"] == first and row["New"] == "issued"
    ]
    assert len(moves) == 1
    tab.tab.delete_rows(2)


def test_a_request_on_the_row_that_moved_there_is_not_cleared(day, orders):
    first, second = orders
    desk = day.desk("ann", "Orders")
    desk.type({"po_number": first}, action="issue")

    def sort_and_ask():
        desk.type({"po_number": second}, action="hold", reason="wait for the drawing")
        rows = len(desk.rows())
        desk.tab.sort((desk.headers.index("PO number") + 1, "des"), range=f"A2:N{rows + 1}")

    with in_that_instant(day, sort_and_ask):
        day.clock += timedelta(minutes=5)
        day.cycle()
    come_to_rest(day)

    assert order(day, first)["Status"] == "issued"
    assert order(day, second)["Status"] == "on hold"
    assert (order(day, first)["Action"], order(day, second)["Action"]) == ("", "")


def test_a_request_typed_over_the_one_being_cleared_is_heard(day, orders):
    first, _ = orders
    desk = day.desk("ann", "Orders")
    desk.type({"po_number": first}, action="issue")

    with in_that_instant(
        day, lambda: desk.type({"po_number": first}, action="hold", reason="wait")
    ):
        day.clock += timedelta(minutes=5)
        day.cycle()
    assert order(day, first)["Action"] == ""
    come_to_rest(day)

    assert order(day, first)["Status"] == "on hold"
    assert order(day, first)["Action"] == ""


def test_a_column_inserted_just_then_takes_nothing(day, orders):
    first, _ = orders
    desk = day.desk("ann", "Orders")
    desk.type({"po_number": first}, action="issue")

    with in_that_instant(day, lambda: desk.tab.insert_cols([["Mine"]], 1)):
        day.clock += timedelta(minutes=5)
        day.cycle()
    come_to_rest(day)

    assert order(day, first)["Status"] == "issued"
    assert order(day, first)["Action"] == ""
    assert order(day, first)["Requester"] == "ann"
    assert not codes(day) & {"worker-field-edited", "locked-field-edited", "write-misplaced"}
    desk.tab.delete_columns(1)


@pytest.mark.parametrize("cut", [False, True], ids=["answered", "answer lost"])
def test_numbers_that_landed_one_row_below_stand_at_their_lines(day, orders, cut):
    """The last of them landed on a blank row, where it would stand for a line that nobody typed."""
    lines, mark = day.desk("ann", "Order lines"), "new8" if cut else "new7"
    lines.add(
        {**order_line("gap", "S-100"), "item": "to go"},
        {**order_line(mark, "S-100"), "item": "one"},
        {**order_line(mark, "S-100"), "item": "two"},
    )
    place = [row["Item"] for row in lines.rows()].index("to go") + 2

    with in_that_instant(day, lambda: lines.tab.delete_rows(place), cut=cut):
        day.clock += timedelta(minutes=5)
        if cut:
            with pytest.raises(WorkbookUnavailable):
                day.cycle()
        else:
            day.cycle()
    come_to_rest(day)

    shown = [(row["PO number"], row["Line"], row["Item"]) for row in lines.rows()]
    number = shown[-1][0]
    assert shown[-2:] == [(number, 1, "one"), (number, 2, "two")]
    assert [row["Message"] for row in lines.rows()][-2:] == ["", ""]
    assert not codes(day) & {"worker-field-edited", "locked-field-edited", "write-misplaced"}


def test_a_worker_that_wakes_up_late_overwrites_nothing(day, orders):
    """Its lease ran out between its last look and its write, and another worker went on."""
    first, _ = orders
    desk = day.desk("ann", "Orders")
    desk.type({"po_number": first}, action="issue")
    asleep_since = day.clock + timedelta(minutes=5)

    def the_other_goes_on():
        with wiring.open_ports(day.config, day.rules) as others:
            mandate = wiring.mandate_of(day.config)
            later = asleep_since + timedelta(minutes=30)
            run_cycle(others, day.rules, mandate, later)
            desk.type({"po_number": first}, action="hold", reason="wait")
            for minutes in (5, 10, 15):
                run_cycle(others, day.rules, mandate, later + timedelta(minutes=minutes))
            assert (order(day, first)["Status"], order(day, first)["Action"]) == ("on hold", "")
            desk.type({"po_number": first}, action="resume")

    day.clock = asleep_since
    with in_that_instant(day, the_other_goes_on), pytest.raises(WorkbookUnavailable):
        day.cycle()
    assert order(day, first)["Action"] == "resume"
    day.clock += timedelta(minutes=60)
    come_to_rest(day)

    assert (order(day, first)["Status"], order(day, first)["Action"]) == ("issued", "")
    issued = [
        row["Old"]
        for row in day.desk("ann", "Change history").rows()
        if row["PO number"] == first and row["New"] == "issued"
    ]
    assert issued == ["approved", "on_hold"]
    assert not codes(day) & {"worker-field-edited", "locked-field-edited"}
