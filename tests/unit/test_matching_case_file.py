"""Reading the case file strictly: every complaint names its place and what is expected."""

import copy
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from sheetsync.core.matching.case_file import CaseFileError, read_documents, written_number

CASE = {
    "purchase_orders": [
        {
            "po": "PO-1",
            "supplier": "ACME",
            "currency": "EUR",
            "status": "issued",
            "match": "3way",
            "fx_rate": {"USD": "1.10"},
            "lines": [{"line": 1, "item": "A", "qty": "1", "uom": "EA", "price": "2"}],
        }
    ],
    "receipts": [
        {
            "id": "G",
            "kind": "receipt",
            "po": "PO-1",
            "line": "1",
            "qty": 0.1,
            "uom": "EA",
            "date": "2026-03-01",
            "rejected": None,
        }
    ],
    "invoices": [
        {
            "id": "I",
            "supplier": "ACME",
            "number": "7",
            "type": "invoice",
            "ref": "",
            "date": "2026-03-01",
            "received_at": "2026-03-01T09:00+02:00",
            "currency": "EUR",
            "lines": [{"line_no": 1, "po": None, "item": "A", "qty": 1, "uom": "EA", "price": "2"}],
        }
    ],
    "releases": [{"invoice": "I", "code": "TAX", "by": "ap", "reason": "agreed"}],
    "payments": [{"invoice": "I", "amount": "1", "date": "2026-03-02"}],
    "unreadable": [{"kind": "return", "supplier": "ACME"}],
}


def test_values_are_read_exactly():
    documents = read_documents(CASE)
    assert documents.receipts[0].quantity == Decimal("0.1")
    assert documents.receipts[0].line_number == 1
    assert documents.invoices[0].received_at == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert documents.invoices[0].credits_invoice is None
    assert documents.purchase_orders[0].fx_rates == {"USD": Decimal("1.10")}
    assert documents.unreadable[0].po_number is None


def test_an_instant_without_a_zone_is_utc():
    case = copy.deepcopy(CASE)
    case["invoices"][0]["received_at"] = "2026-03-01T09:00"
    assert read_documents(case).invoices[0].received_at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_nothing_is_an_empty_case():
    documents = read_documents({"receipts": None})
    assert documents.receipts == documents.invoices == ()


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        ("purchase_orders.0.supplier", " ", "purchase_orders[0].supplier: found ' '; expected a t"),
        ("purchase_orders.0.type", "frame", "expected blanket, or nothing"),
        ("purchase_orders.0.match", "5way", "expected 2way or 3way or 4way"),
        ("purchase_orders.0.match", ["3way"], "expected 2way or 3way or 4way"),
        ("purchase_orders.0.fx_rate", [1], "expected an object of numbers"),
        ("purchase_orders.0.fx_rate", {"USD": "x"}, "fx_rate.USD: found 'x'; expected a number"),
        ("purchase_orders.0.lines", {"line": 1}, "expected a list"),
        ("purchase_orders.0.lines.0", "A", "lines[0]: expected an object"),
        ("purchase_orders.0.lines.0.line", 1.5, "lines[0].line: found 1.5; expected a whole"),
        ("purchase_orders.0.lines.0.line", True, "expected a whole number"),
        ("purchase_orders.0.lines.0.qty", True, "qty: found True; expected a number"),
        ("purchase_orders.0.lines.0.qty", "12,5", "qty: found '12,5'; expected a number"),
        ("purchase_orders.0.lines.0.qty", "Infinity", "at most 30 digits on either side"),
        ("purchase_orders.0.lines.0.qty", "1e31", "at most 30 digits on either side"),
        ("purchase_orders.0.lines.0.qty", "1e-31", "at most 30 digits on either side"),
        ("purchase_orders.0.lines.0.price_includes_tax", "yes", "expected true or false"),
        (
            "purchase_orders.0.lines.0.quantity",
            "1",
            "quantity: this is no key of the schema; did you mean 'qt",
        ),
        ("receipts.0.date", "1.3.2026", "receipts[0].date: found '1.3.2026'; expected a day"),
        ("invoices.0.received_at", "noon", "expected an instant such as"),
        ("invoices.0.closed_at", "2026-03-01", "invoices[0].closed_at: this is no key"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(place, value, complaint):
    case = copy.deepcopy(CASE)
    *parents, last = place.split(".")
    inner = case
    for parent in parents:
        inner = inner[int(parent)] if parent.isdigit() else inner[parent]
    inner[int(last) if last.isdigit() else last] = value
    with pytest.raises(CaseFileError) as problem:
        read_documents(case)
    assert complaint in str(problem.value)


def test_a_missing_value_is_named_too():
    case = copy.deepcopy(CASE)
    del case["invoices"][0]["id"]
    with pytest.raises(CaseFileError, match=r"invoices\[0\].id: it is missing; expected a text"):
        read_documents(case)


def test_numbers_are_written_without_exponent_or_as_ratio():
    assert written_number(Decimal("1E+3")) == "1000"
    assert written_number(Fraction(1, 3)) == "1/3"
    assert written_number(Fraction(1, 8)) == "0.125"
