"""Rows are known by their keys on a sheet as Google keeps it: columns moved, keys typed over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_company import BOLT, issue, open_small_company, order_line

from sheetsync.demo.office import WORKER


def line(item: str, quantity: int) -> dict[str, object]:
    return order_line("new1", "S-100", item=item, quantity=quantity)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """An order of two lines that went out to its supplier."""
    with open_small_company(tmp_path_factory.mktemp("identity"), suppliers=(BOLT,)) as office:
        office.desk("ann", "Order lines").add(line("0042", 10), line("0043", 5))
        office.work()
        issue(office, "PO-1001")
        yield office


def lines(office) -> list[tuple[object, ...]]:
    rows = office.desk("ann", "Order lines").rows()
    return sorted((r["PO number"], r["Line"], r["Item"], r["Status"]) for r in rows if r["Item"])


ISSUED = [("PO-1001", 1, "0042", "issued"), ("PO-1001", 2, "0043", "issued")]


def notices(office) -> set[str]:
    rows = office.desk("ann", "Exceptions").rows()
    return {row["Code"] for row in rows if row["State"] == "open"}


@pytest.mark.parametrize("typed", ["PO-9", "", "po-1001 ", "PO-01001"])
def test_the_key_of_a_line_that_went_out_comes_back_although_rows_are_sorted_just_then(
    office, typed
):
    desk = office.desk("ann", "Order lines")
    desk.type({"item": "0042"}, po_number=typed, notes=f"note {typed}")
    done = []

    def sort(_, path, email):
        if email == WORKER and path.endswith(":batchUpdate") and not done:
            done.append(True)
            desk.tab.sort((desk.headers.index("Item") + 1, "des"), range="A2:Z3")

    office.server.before_call = sort
    office.clock += timedelta(minutes=5)
    office.cycle()
    office.server.before_call = None
    office.work(8)

    assert done
    assert lines(office) == ISSUED
    assert desk.row(item="0042")["Notes"] == f"note {typed}"
    assert desk.row(item="0043")["Notes"] == ""
    assert "key-changed" in notices(office)
    desk.tab.sort((desk.headers.index("Item") + 1, "asc"), range="A2:Z3")


def test_moved_columns_and_aliases_change_nothing_and_keys_still_come_back(office):
    desk = office.desk("ann", "Bolt")
    move = {"sheetId": desk.tab.id, "dimension": "COLUMNS", "startIndex": 9, "endIndex": 11}
    desk.tab.spreadsheet.batch_update(
        {"requests": [{"moveDimension": {"source": move, "destinationIndex": 0}}]}
    )
    headers = desk.tab.row_values(1)
    assert headers[:2] == ["PO number", "Line"]
    desk.tab.update_cell(1, 1, "PO")
    office.work(8)
    before = lines(office)
    [row] = [n for n, value in enumerate(desk.tab.col_values(2), 1) if value == "1"]

    desk.tab.update_cell(row, 2, "2")
    office.work(8)

    assert sorted(desk.tab.col_values(2)) == ["1", "2", "Line"]
    assert lines(office) == before == ISSUED
    assert "missing-column" not in notices(office)
