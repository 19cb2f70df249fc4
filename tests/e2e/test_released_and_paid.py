"""From a hold to the money, through the worker: released, listed, exported once, paid, locked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from sheetsync import wiring
from sheetsync.cli import app
from sheetsync.demo.office import SupplierAccess, open_office

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SUPPLIERS = (
    SupplierAccess(supplier="S-100", email="sales@bolt.example", tab="Bolt", is_private=False),
)
COLLEAGUES = ("ann@example.com", "pat@example.com")
HOLD = "or a release up to 0.6 with a reason"


@pytest.fixture
def office(tmp_path):
    with open_office(
        tmp_path / "office", suppliers=SUPPLIERS, colleagues=COLLEAGUES, clock=MORNING
    ) as office:
        office.desk("ann", "People").add(
            {"person": "pat", "roles": "payables", "releases_up_to": 500},
        )
        office.desk("ann", "Suppliers").add({"supplier": "S-100", "terms": "2/10 net 30"})
        office.desk("ann", "Order lines").add(
            {
                "po_number": "00407",
                "line": 1,
                "requester": "ann",
                "supplier": "S-100",
                "item": "0042",
                "quantity": 10,
                "unit": "EA",
                "unit_price": 12,
                "currency": "EUR",
                "need_by": "2026-04-20",
                "status": "confirmed",
            }
        )
        office.desk("ann", "Receipts").add(
            {"receipt": "GR-1", "po_number": "00407", "line": 1, "quantity": "10",
             "received_on": "2026-03-01"}
        )  # fmt: skip
        office.desk("pat", "Invoices").add(
            {
                "supplier": "S-100",
                "invoice": "RE-9",
                "invoice_line": 1,
                "invoice_date": "2026-03-01",
                "currency": "EUR",
                "po_number": "00407",
                "po_line": 1,
                "quantity": 10,
                "unit_price": 12.6,
            }
        )
        office.work()
        yield office


def invoice(office):
    row = office.desk("pat", "Invoices").row(invoice="RE-9")
    return row["Match"], row["Payable"], row["Payment"], row["Open"]


def payable(office, *options):
    said = CliRunner().invoke(
        app, ["payable", "--config", str(office.folder / "config.yaml"), *map(str, options)]
    )
    assert said.exit_code == 0, said.output
    return said.output


def test_a_release_pays_in_the_next_cycle_and_the_payment_ends_it(office):
    assert HOLD in office.desk("pat", "Invoices").row(invoice="RE-9")["Message"]
    assert "0 documents are open" in payable(office)

    office.desk("pat", "Releases").add(
        {"release": "R-1", "supplier": "S-100", "invoice": "RE-9", "hold": "PRICE_HIGH",
         "up_to": 0.6, "reason": "agreed by telephone", "released_by": "pat"}
    )  # fmt: skip
    office.cycle()

    assert invoice(office) == ("matched with variance", 126, "", 126)
    row = office.desk("pat", "Payable").row(invoice="RE-9")
    assert (row["State"], row["Open"], row["Discount"]) == ("to pay", 126, 2.52)
    told = [r for r in office.desk("ann", "Change history").rows() if r["Field"] == "let_pass"]
    assert [(r["PO number"], r["Decision"]) for r in told] == [
        ("00407", "released by pat: agreed by telephone")
    ]

    first, second, third = (office.folder / f"export-{n}.csv" for n in (1, 2, 3))
    assert "export-1.csv: 1 documents are written." in payable(office, "--csv", first)
    assert "126.00" in first.read_text("utf-8")
    left_out = payable(office, "--csv", second)
    assert "is left out: it stands in export-1.csv" in left_out
    assert "126.00" not in second.read_text("utf-8")
    payable(office, "--csv", third, "--again")
    assert "126.00" in third.read_text("utf-8")

    office.desk("pat", "Payments").add(
        {"payment": "B-1", "supplier": "S-100", "invoice": "RE-9", "paid_on": "2026-03-02",
         "amount": 126}
    )  # fmt: skip
    office.work()
    assert invoice(office) == ("matched with variance", 126, "paid", 0)
    assert "0 documents are open" in payable(office)
    assert office.desk("ann", "Order lines").row(po_number="00407")["Billing"] == "paid"

    office.desk("pat", "Invoices").type({"invoice": "RE-9"}, unit_price=1)
    office.work()
    assert office.desk("pat", "Invoices").row(invoice="RE-9")["Unit price"] == 12.6
    assert office.cycle().writes == 0


@pytest.mark.parametrize("title", ["Releases", "Payments", "Items", "Match results", "Payable"])
def test_a_workbook_without_a_new_tab_goes_on_and_init_makes_it(office, title):
    """As it is after an update: the worker tells it, and loses nothing."""
    hub = office.hub
    hub.del_worksheet(hub.worksheet(title))
    office.work()

    open_ones = [row for row in office.desk("ann", "Exceptions").rows() if row["State"] == "open"]
    [told] = [row for row in open_ones if row["Code"] == "tab-missing"]
    assert f'There is no tab "{title}".' in told["What and what to do"]
    assert invoice(office)[0] == "held"

    wiring.lay_out_workbook(office.config, office.rules)
    office.work()
    assert "tab-missing" not in [
        row["Code"] for row in office.desk("ann", "Exceptions").rows() if row["State"] == "open"
    ]
