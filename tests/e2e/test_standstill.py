"""Accidents on whole tabs, played by people on the local server: who is told, and how it goes on."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import policy

import pytest
from small_company import BOLT, MORNING, SEAL, issue, open_small_company, order_line

from sheetsync import wiring
from sheetsync.cycle import run_cycle
from sheetsync.demo.office import open_office

LINES = 12


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A private supplier's order of many lines, all issued, with goods received a day ago."""
    with open_small_company(
        tmp_path_factory.mktemp("standstill"), others=("wil@example.com",)
    ) as office:
        office.desk("ann", "Order lines").add(
            *(
                order_line(mark, supplier, item=f"item {number}")
                for mark, supplier, lines in (("new1", "S-200", LINES), ("new2", "S-100", 1))
                for number in range(lines)
            )
        )
        office.work()
        issue(office, "PO-1001", "PO-1002")
        office.desk("wil", "Receipts").add(
            *(
                {
                    "receipt": f"GR-{line}",
                    "po_number": "PO-1001",
                    "line": line,
                    "quantity": 1,
                    "received_on": "2026-03-02",
                }
                for line in range(1, LINES + 1)
            )
        )
        office.work()
        office.clock += timedelta(hours=25)
        office.work()
        yield office


@pytest.fixture
def office(busy):
    """Each story begins when all is at rest, a working day later."""
    busy.clock += timedelta(hours=8)
    busy.work()
    return busy


@contextmanager
def another_worker(office) -> Iterator[None]:
    """The worker is stopped, and started again on the same store."""
    before = office.ports
    with wiring.open_ports(office.config, office.rules) as office.ports:
        yield
    office.ports = before


def later(office, cycles: int = 1):
    for _ in range(cycles):
        office.clock += timedelta(minutes=5)
        report = office.cycle()
    return report


def told(office) -> list[str]:
    """What the operator was mailed, as text, oldest first."""
    found = []
    for path in (office.folder / "mails").rglob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        if "operator@example.com" in mail["To"]:
            found.append((mail["Date"].datetime, mail.get_body(("plain",)).get_content()))
    return [text for _, text in sorted(found)]


def still(office) -> dict[str, str]:
    """The rows of Status about tabs that stand still."""
    rows = office.desk("ann", "Status").rows()
    return {r["What"]: r["Value"] for r in rows if str(r["Value"]).startswith("stands still")}


def empty(desk) -> None:
    desk.tab.batch_clear(["A2:Z1000"])


def test_a_buyer_empties_a_tab_and_means_it(office):
    mails = len(told(office))
    empty(office.desk("wil", "Receipts"))
    office.supplier_desk("S-100").type({"po_number": "PO-1002"}, your_answer="accept")

    assert later(office).still == ("Receipts",)
    later(office)
    with another_worker(office):
        later(office, 3)

    assert office.desk("ann", "Receipts").rows() == []
    line = office.desk("ann", "Order lines").row(po_number="PO-1002")
    assert line["Status"] == "confirmed"
    assert [r["Received"] for r in office.desk("ann", "Order lines").rows()].count(1) == LINES
    assert len(told(office)) == mails + 1
    assert "All 12 rows are gone at once" in told(office)[-1]
    [(name, value)] = still(office).items()
    assert f'tick Go on at "{name}"' in value

    office.desk("ann", "Status").type({"what": name}, go_on=True)
    with another_worker(office):
        later(office, 2)

    assert still(office) == {}
    assert len(office.desk("ann", "Receipts").rows()) == LINES
    assert office.desk("ann", "Status").row(what=name)["Go on"] in ("", False)
    history = [r for r in office.desk("ann", "Change history").rows() if r["Field"] == "go_on"]
    assert [(r["Actor"], r["Proof"]) for r in history] == [("buyer", "unverified")]
    assert len(told(office)) == mails + 1

    empty(office.desk("wil", "Receipts"))
    later(office, 2)
    assert len(told(office)) == mails + 2

    office.clock += timedelta(minutes=5)
    mandate = wiring.mandate_of(office.config)
    run_cycle(office.ports, office.rules, mandate, office.clock, confirmed=True)
    assert len(office.desk("ann", "Receipts").rows()) == LINES
    assert later(office, 2).still == ()


def test_a_supplier_pastes_over_the_whole_tab_and_undoes_it(office):
    mails = len(told(office))
    desk = office.supplier_desk("S-200")
    whole = desk.tab.get_values(value_render_option="UNFORMATTED_VALUE")
    first = whole[0].index("Item")
    moved = [[*row[first + 1 :], "pasted"] for row in whole[1:]]
    desk.tab.update(moved, f"{chr(ord('A') + first)}2", value_input_option="RAW")
    pasted = desk.tab.get_values(value_render_option="UNFORMATTED_VALUE")

    assert later(office).still == ("Orders (S-200)",)
    later(office, 2)

    assert desk.tab.get_values(value_render_option="UNFORMATTED_VALUE") == pasted
    assert len(told(office)) == mails + 1
    assert "locked cells were typed over at once" in told(office)[-1]
    assert {r["Proposed price"] for r in office.desk("ann", "Order lines").rows()} == {""}

    desk.tab.update(whole[1:], "A2", value_input_option="RAW")
    assert later(office).still == ()
    later(office, 2)
    assert (
        desk.tab.get_values(value_render_option="UNFORMATTED_VALUE")[1][first:] == whole[1][first:]
    )
    assert still(office) == {}


def test_a_header_row_is_deleted_and_comes_back(office):
    mails = len(told(office))
    tab = office.desk("ann", "Order lines").tab
    headers, whole = tab.row_values(1), tab.get_values()
    tab.delete_rows(1)

    report = later(office)
    assert report.still == ("Order lines",)
    assert report.findings["missing-column"] == 1
    with another_worker(office):
        later(office, 2)
    assert len(told(office)) == mails + 1
    assert "Row 1 no longer holds the headers" in told(office)[-1]
    [name] = still(office)
    office.desk("ann", "Status").type({"what": name}, go_on="yes")
    assert later(office).still == ("Order lines",)

    tab.insert_row(headers, 1)
    assert later(office).still == ()
    later(office)
    assert tab.get_values() == whole


def test_a_header_row_that_was_sorted_away_is_pointed_at(office):
    tab = office.desk("ann", "Order lines").tab
    headers = tab.row_values(1)
    tab.delete_rows(1)
    tab.insert_row(headers, 5)

    report = later(office)

    assert report.findings["missing-column"] == 1
    [found] = [
        r["What and what to do"]
        for r in office.desk("ann", "Exceptions").rows()
        if (r["Code"], r["State"]) == ("missing-column", "open")
    ]
    assert found.startswith("The headers stand in row 5")

    tab.delete_rows(5)
    tab.insert_row(headers, 1)
    assert later(office).still == ()


def test_columns_that_init_makes_anew_are_no_accident(office):
    lines = office.desk("ann", "Order lines")
    mails, before = len(told(office)), lines.rows()
    for header in ("Status", "Delivery", "Billing", "Received", "Message"):
        lines.tab.delete_columns(lines.headers.index(header) + 1)
    wiring.lay_out_workbook(office.config, office.rules)

    assert later(office).still == ()
    later(office)
    assert [row["Received"] for row in lines.rows()] == [row["Received"] for row in before]
    assert [row["Status"] for row in lines.rows()] == [row["Status"] for row in before]
    assert len(told(office)) == mails
    assert wiring.lay_out_workbook(office.config, office.rules).is_empty


def test_a_tab_that_was_deleted_and_made_anew_waits_for_a_yes(office):
    receipts = office.desk("wil", "Receipts").tab
    office.desk("ann", "Receipts")
    office.hub.del_worksheet(receipts)
    assert later(office).still == ("Receipts",)

    wiring.lay_out_workbook(office.config, office.rules)
    assert later(office).still == ("Receipts",)
    [(name, value)] = still(office).items()
    assert value.startswith("stands still: All 12 rows are gone at once")
    office.desk("ann", "Status").type({"what": name}, go_on="yes")
    later(office, 2)
    assert len(office.desk("ann", "Receipts").rows()) == LINES


def test_nothing_stands_still_at_the_very_beginning(tmp_path):
    with open_office(
        tmp_path / "office",
        suppliers=(BOLT, SEAL),
        colleagues=("ann@example.com",),
        clock=MORNING,
    ) as fresh:
        assert fresh.cycle().still == ()
        assert later(fresh).still == ()
        assert still(fresh) == {}
        assert told(fresh) == []
