"""What is open to be paid: due dates, discounts, and exports in which no document stands twice."""

import copy
import csv
import json
from datetime import date
from decimal import Decimal

import pytest
from matching_defaults import CASES
from typer.testing import CliRunner

from sheetsync.cli import app
from sheetsync.core.matching.terms import PaymentTerms, read_terms
from sheetsync.errors import AskedAmiss
from sheetsync.matching_files import payable_list


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("30 days net", (30, 0, 0)),
        ("Net 30", (30, 0, 0)),
        ("45", (45, 0, 0)),
        ("14 days", (14, 0, 0)),
        ("2/10 net 30", (30, 2, 10)),
        ("2/10, net 30 days", (30, 2, 10)),
        ("2 % 10 days, 30 days net", (30, 2, 10)),
        ("1,5% within 8 days; net 60", (60, Decimal("1.5"), 8)),
        (" due on  receipt", (0, 0, 0)),
        ("10/30", None),
        ("2/40 net 30", None),
        ("end of month", None),
        ("-30 days", None),
    ],
)
def test_terms_as_people_write_them(text, terms):
    wanted = terms and PaymentTerms(
        net_days=terms[0], discount_pct=Decimal(terms[1]), early_days=terms[2]
    )
    assert read_terms(text) == wanted


def test_a_discount_is_rounded_once():
    terms = read_terms("3/10 net 30")
    assert terms.discount(Decimal("10.50"), "EUR") == Decimal("0.32")
    assert terms.discount(Decimal(1050), "JPY") == Decimal(32)
    assert terms.early_until(date(2026, 2, 25)) == date(2026, 3, 7)


@pytest.fixture
def payable(tmp_path):
    def run(case, *arguments):
        path = tmp_path / "documents.json"
        path.write_text(json.dumps(case), encoding="utf-8")
        return CliRunner().invoke(
            app, ["match", "--documents", str(path), "--payable", *map(str, arguments)]
        )

    return run


def case(case_id="K01", terms="2/10 net 30", **changes):
    content = {**copy.deepcopy(CASES[case_id]), **changes}
    for order in content["purchase_orders"]:
        order["terms"] = terms
    return content


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_due_dates_and_discounts(payable, tmp_path):
    """K01: INV1 over 1,000.00 of 10 March, a credit note over 100.00 of 12 March."""
    done = payable(case(), "--csv", tmp_path / "a.csv")
    assert done.exit_code == 0, done.output
    invoice, credit = rows(tmp_path / "a.csv")
    assert invoice == {
        "Supplier": "ACME",
        "Invoice": "INV1",
        "Type": "invoice",
        "Invoice date": "2026-03-10",
        "Due date": "2026-04-09",
        "Currency": "EUR",
        "Open amount": "1000.00",
        "Discount until": "2026-03-20",
        "Discount": "20.00",
        "Amount with discount": "980.00",
        "Terms": "2/10 net 30",
    }
    assert (credit["Open amount"], credit["Discount"]) == ("-100.00", "")
    assert "2 documents are open: 900.00 EUR." in done.stdout


def test_a_discount_that_has_ended_is_not_offered(payable, tmp_path):
    payable(case(), "--as-of", "2026-03-20", "--csv", tmp_path / "a.csv")
    payable(case(), "--as-of", "2026-03-21", "--csv", tmp_path / "b.csv", "--again")
    assert rows(tmp_path / "a.csv")[0]["Discount"] == "20.00"
    assert rows(tmp_path / "b.csv")[0]["Discount"] == ""


def test_the_invoice_s_own_terms_go_before_the_order_s(payable, tmp_path):
    content = case()
    content["invoices"][0]["terms"] = "net 7"
    payable(content, "--csv", tmp_path / "a.csv")
    assert rows(tmp_path / "a.csv")[0]["Due date"] == "2026-03-17"


def test_without_terms_there_is_no_due_date_and_it_is_said(payable):
    told = payable(case(terms="as always"))
    assert "No due date for CN1, INV1" in told.stdout
    assert "2026-04-09" in payable(case(terms=None), "--terms", "30 days net").stdout


def test_what_is_held_or_paid_is_not_open(payable):
    assert "0 documents are open." in payable(case("Q03")).stdout
    paid = case("Q01", payments=[{"invoice": "INV1", "amount": "1000", "date": "2026-03-11"}])
    assert "0 documents are open." in payable(paid).stdout
    overpaid = case("Q01", payments=[{"invoice": "INV1", "amount": "1200", "date": "2026-03-11"}])
    assert "0 documents are open." in payable(overpaid).stdout


def test_what_was_paid_in_part_has_lost_its_discount(payable, tmp_path):
    paid = case("Q01", payments=[{"invoice": "INV1", "amount": "400", "date": "2026-03-11"}])
    payable(paid, "--csv", tmp_path / "a.csv")
    (row,) = rows(tmp_path / "a.csv")
    assert (row["Open amount"], row["Discount"]) == ("600.00", "")


def test_no_document_stands_in_two_exports_unless_asked(payable, tmp_path):
    payable(case(), "--csv", tmp_path / "a.csv")
    renamed = json.loads(json.dumps(case()).replace('"INV1"', '"inv 1"'))
    second = payable(renamed, "--csv", tmp_path / "b.csv")
    assert "inv 1 of ACME is left out: it stands in a.csv" in second.stdout
    assert rows(tmp_path / "b.csv") == []
    payable(case(), "--csv", tmp_path / "c.csv", "--again")
    assert len(rows(tmp_path / "c.csv")) == 2


def test_an_export_is_never_written_over(payable, tmp_path):
    payable(case(), "--csv", tmp_path / "a.csv")
    before = (tmp_path / "a.csv").read_text(encoding="utf-8")
    again = payable(case(), "--csv", tmp_path / "a.csv", "--again")
    assert "never written over" in str(again.exception)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == before


def test_a_damaged_memory_stops_the_export(payable, tmp_path):
    payable(case(), "--csv", tmp_path / "a.csv")
    (tmp_path / "exported.csv").write_text("Document,Amount\n", encoding="utf-8")
    stopped = payable(case(), "--csv", tmp_path / "b.csv")
    assert "invoices may be paid twice" in str(stopped.exception)
    assert not (tmp_path / "b.csv").exists()


def test_a_crash_while_exporting_pays_nothing_twice(payable, tmp_path, monkeypatch):
    def dies(amounts):
        raise KeyboardInterrupt

    monkeypatch.setattr(payable_list, "listed", dies)
    payable(case(), "--csv", tmp_path / "a.csv")
    monkeypatch.undo()
    later = payable(case(), "--csv", tmp_path / "b.csv")
    assert "INV1 of ACME is left out: it stands in a.csv" in later.stdout


def test_a_formula_in_a_number_is_harmless(payable, tmp_path):
    content = case("Q01")
    content["invoices"][0]["number"] = "=HYPERLINK(1)"
    payable(content, "--csv", tmp_path / "a.csv")
    assert rows(tmp_path / "a.csv")[0]["Invoice"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--terms", "whenever"), "cannot be counted with"),
        (("--again",), "--again is about an export"),
        (("--csv", "exported.csv"), "the memory of exports"),
        (("--csv", "no/such/folder/a.csv"), "The export cannot be made"),
    ],
)
def test_what_is_asked_amiss(arguments, told, payable):
    done = payable(case(), *arguments)
    assert isinstance(done.exception, AskedAmiss)
    assert told in str(done.exception)


def test_options_of_the_list_without_the_list(tmp_path):
    done = CliRunner().invoke(app, ["match", "--documents", "x", "--csv", str(tmp_path / "a")])
    assert "Add --payable" in str(done.exception)
