"""An edit by a person's identity, through to the sheet, the history tab and a mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sheetsync.demo.office import SupplierAccess, open_office

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SUPPLIERS = (
    SupplierAccess(supplier="S-100", email="sales@bolt.example", tab="Bolt", is_private=False),
    SupplierAccess(supplier="S-200", email="sales@seal.example", tab="Orders", is_private=True),
)
COLLEAGUES = ("ann@example.com", "bob@example.com", "wim@example.com", "pat@example.com")


@pytest.fixture
def office(tmp_path):
    with open_office(
        tmp_path / "office", suppliers=SUPPLIERS, colleagues=COLLEAGUES, clock=MORNING
    ) as office:
        office.desk("ann", "People").add(
            {"person": "ann", "name": "Ann", "email": "ann@example.com", "roles": "buyer"},
            {"person": "bob", "name": "Bob", "email": "bob@example.com", "roles": "approver"},
        )
        office.desk("ann", "Suppliers").add(
            {"supplier": "S-100", "name": "Bolt", "email": "sales@bolt.example", "approved": "yes"},
            {"supplier": "S-200", "name": "Seal", "email": "sales@seal.example", "approved": "yes"},
        )
        yield office


def order_from(office, supplier):
    office.desk("ann", "Order lines").add(
        {
            "po_number": "new1",
            "requester": "ann",
            "supplier": supplier,
            "item": "0042",
            "quantity": 10,
            "unit": "EA",
            "unit_price": 12.5,
            "currency": "EUR",
            "need_by": "2026-04-20",
        }
    )
    office.work()
    office.desk("ann", "Orders").type({"po_number": "PO-1001"}, action="submit")
    office.work()
    office.desk("bob", "Approvals").type({"po_number": "PO-1001"}, decision="approve")
    office.work()
    office.desk("ann", "Orders").type({"po_number": "PO-1001"}, action="issue")
    office.work()


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
