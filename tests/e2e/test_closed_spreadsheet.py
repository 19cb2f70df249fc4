"""A supplier's spreadsheet that does not open for the worker stops that supplier's tab alone."""

from __future__ import annotations

import pytest
from small_company import issue, open_small_company, order_line

from sheetsync.demo.office import WORKER


@pytest.fixture
def office(tmp_path):
    with open_small_company(tmp_path) as office:
        for mark, supplier in (("new1", "S-100"), ("new2", "S-200")):
            office.desk("ann", "Order lines").add(order_line(mark, supplier))
        office.work()
        issue(office, "PO-1001", "PO-1002")
        yield office


def answer(office, supplier: str, number: str) -> None:
    office.supplier_desk(supplier).type({"po_number": number}, your_answer="accept")


def statuses(office) -> list[str]:
    return [row["Status"] for row in office.desk("ann", "Order lines").rows()]


def test_the_others_go_on_while_a_spreadsheet_is_not_shared(office):
    private = office.private["S-200"]
    private.remove_permissions(WORKER)
    answer(office, "S-100", "PO-1001")
    answer(office, "S-200", "PO-1002")

    report = office.work()[-1]

    assert statuses(office) == ["confirmed", "issued"]
    assert report.findings["tab-missing"] == 1
    told = [r for r in office.desk("ann", "Exceptions").rows() if r["Code"] == "tab-missing"]
    assert "does not open for sheetsync" in told[0]["What and what to do"]

    private.share(WORKER, perm_type="user", role="writer", notify=False)
    office.work()
    assert statuses(office) == ["confirmed", "confirmed"]


def test_a_spreadsheet_that_may_only_be_read_stops_nobody(office):
    private = office.private["S-200"]
    private.remove_permissions(WORKER)
    private.share(WORKER, perm_type="user", role="reader", notify=False)
    answer(office, "S-200", "PO-1002")
    answer(office, "S-100", "PO-1001")

    office.work()

    assert statuses(office) == ["confirmed", "confirmed"]
    private.share(WORKER, perm_type="user", role="writer", notify=False)
    office.work()
    assert office.supplier_desk("S-200").row(po_number="PO-1002")["Your answer"] == ""
    history = office.desk("ann", "Change history").rows()
    assert [r["New"] for r in history if r["Field"] == "status"].count("confirmed") == 2
