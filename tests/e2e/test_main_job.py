"""An edit by a person's identity, through to the sheet, the history tab and a mail."""

from __future__ import annotations

import pytest
from small_company import issue, open_small_company, order_line


@pytest.fixture
def office(tmp_path):
    with open_small_company(tmp_path) as office:
        yield office


def order_from(office, supplier):
    office.desk("ann", "Order lines").add(order_line("new1", supplier))
    office.work()
    issue(office, "PO-1001")


@pytest.mark.parametrize("supplier", ["S-100", "S-200"])
def test_an_order_goes_all_the_way(office, supplier):
    order_from(office, supplier)
    office.supplier_desk(supplier).type({"po_number": "PO-1001"}, your_answer="accept")
    office.work()

    line = office.desk("ann", "Order lines").row(po_number="PO-1001")
    assert (line["Status"], line["Item"], line["Agreed price"]) == ("confirmed", "0042", 12.5)
    history = office.desk("ann", "Change history").rows()
    moves = [(row["Old"], row["New"]) for row in history if row["Field"] == "status"]
    assert moves == [
        ("draft", "submitted"),
        ("submitted", "approved"),
        ("approved", "issued"),
        ("issued", "confirmed"),
    ]
    mails = sorted(path.name for path in (office.folder / "mails").glob("order-*.eml"))
    assert mails == ["order-PO-1001-v1.eml"]


def test_an_unchanged_sheet_gives_no_write(office):
    order_from(office, "S-100")

    report = office.cycle()

    assert (report.writes, report.cells_written, report.history_rows) == (0, 0, 0)
    assert report.reads <= 4
