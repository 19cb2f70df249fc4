"""Receipts and invoices: what counts, and what is held back because it cannot be read."""

from datetime import date
from decimal import Decimal

import pytest
from builders import codes, read

from sheetsync.core.findings import Code
from sheetsync.core.model import UnreadableRow

ORDER = """
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Price | Currency | Need by
                | PO-1 | 1    | anna      | ACME     | A    | 10  | EA   | 12    | EUR      | 2026-04-01
                | PO-1 | 2    | anna      | ACME     | B    | 10  | EA   | 12    | EUR      | 2026-04-01
"""
RECEIPTS = "Receipts | Receipt | Kind | PO | Line | Qty | Unit | Date | Accepted | Refused\n"
INVOICES = (
    "Invoices | Supplier | Invoice | Invoice line | Invoice date | Curr | PO | PO line | Qty"
    " | Unit price | Charge | Amount | Tax | Total | Type | Credits invoice | Received on\n"
)


def known(row: UnreadableRow):
    return (row.kind, row.supplier, row.po_number, row.line_number)


# -- receipts -------------------------------------------------------------------------------------


def test_a_receipt_is_read():
    records, findings = read(ORDER + RECEIPTS + "| GR-1 | | po-1 | 1 | 4.5 | EA | 2026-02-01 | 4 |")
    (one,) = records.receipts
    assert findings == ()
    assert (one.receipt_number, one.kind, one.po_number, one.line_number) == (
        "GR-1",
        "receipt",
        "PO-1",
        1,
    )
    assert (one.quantity, one.uom, one.accepted_quantity) == (Decimal("4.5"), "EA", Decimal(4))
    assert (one.received_date, one.is_rejected) == (date(2026, 2, 1), False)


def test_a_return_is_read():
    records, _ = read(RECEIPTS + "| GR-2 | back | PO-1 | 1 | 4 | EA | 2026-02-01 | | TRUE")
    assert (records.receipts[0].kind, records.receipts[0].is_rejected) == ("return", True)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| GR-1 | | PO-1 | 1 | x | EA | 2026-02-01 |", ("receipt", "ACME", "PO-1", 1)),
        ("| GR-1 | return | PO-1 | 1 | 4 | EA | soon |", ("return", "ACME", "PO-1", 1)),
        ("| GR-1 | hm | PO-1 | 1 | 4 | EA | 2026-02-01 |", ("receipt", "ACME", "PO-1", 1)),
        ("| GR-1 | | PO-1 | x | 4 | EA | 2026-02-01 |", ("receipt", "ACME", "PO-1", None)),
        ("| GR-1 | | PO-9 | 1 | x | EA | 2026-02-01 |", ("receipt", None, "PO-9", 1)),
        ("| GR-1 | | #REF! | 1 | 4 | EA | 2026-02-01 |", ("receipt", None, None, 1)),
        ("| | | PO-1 | 1 | 4 | EA | 2026-02-01 |", ("receipt", "ACME", "PO-1", 1)),
        ("| GR-1 | | PO-1 | 1 | | EA | 2026-02-01 |", ("receipt", "ACME", "PO-1", 1)),
        ("| GR-1 | | PO-1 | 1 | 4 | <true> | 2026-02-01 |", ("receipt", "ACME", "PO-1", 1)),
        ("| GR-1 | | PO-1 | 1 | 4 | EA | 2026-02-01 | y", ("receipt", "ACME", "PO-1", 1)),
        ("| GR-1 | | PO-1 | 1 | 4 | EA | 2026-02-01 | -1", ("receipt", "ACME", "PO-1", 1)),
        ("| GR-1 | | PO-1 | 1 | 4 | EA | 2026-02-01 | | hm", ("receipt", "ACME", "PO-1", 1)),
    ],
)
def test_a_receipt_that_cannot_be_read_says_what_is_known_of_it(row, expected):
    records, findings = read(ORDER + RECEIPTS + row)
    assert records.receipts == ()
    assert [known(one) for one in records.unreadable] == [expected]
    assert findings


def test_a_negative_receipt_is_asked_for_as_a_return():
    _, (finding,) = read(RECEIPTS + "| GR-1 | | PO-1 | 1 | -4 | EA | 2026-02-01 |")
    assert "write return as the kind" in finding.message


def test_a_receipt_s_notes_may_be_unreadable():
    records, findings = read(f"""
        Receipts | Receipt | PO   | Line | Qty | Date       | Notes
                 | GR-1    | PO-1 | 1    | 4   | 2026-02-01 | {"x" * 2001}
    """)
    assert (len(records.receipts), codes(findings)) == (1, ["invalid-value"])


def test_doubled_receipts_hold_their_line():
    row = "| GR-1 | | PO-1 | 1 | 4 | EA | 2026-02-01 |\n"
    records, findings = read(ORDER + RECEIPTS + row + row)
    assert records.receipts == ()
    assert [known(one) for one in records.unreadable] == [("receipt", "ACME", "PO-1", 1)] * 2
    assert codes(findings) == ["duplicate-key", "duplicate-key"]


# -- invoices -------------------------------------------------------------------------------------


def test_an_invoice_is_read_row_by_row():
    records, findings = read(
        ORDER
        + INVOICES
        + "| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12.60 | | | | 140.00 | |\n"
        + "| ACME | inv-9 | 2 | 2026-02-10 | EUR | PO-1 | | | | freight | 14 | | | | | 2026-02-11\n"
    )
    line, charge = records.invoices
    assert findings == ()
    assert (line.invoice_number, charge.invoice_number) == ("INV-9", "INV-9")
    assert (line.quantity, line.unit_price, line.total) == (
        Decimal(10),
        Decimal("12.6"),
        Decimal(140),
    )
    assert (line.po_number, line.po_line, line.type) == ("PO-1", 1, "invoice")
    assert (charge.charge, charge.amount, charge.quantity) == ("freight", Decimal(14), None)
    assert line.received_date == charge.received_date == date(2026, 2, 11)


def test_a_credit_note_says_so_once_for_all_of_its_rows():
    records, _ = read(
        INVOICES
        + "| ACME | CN-1 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 2 | 12 | | | | | credit | INV-9\n"
        + "| ACME | CN-1 | 2 | 2026-02-10 | EUR | PO-1 | 2 | 2 | 12 |\n"
    )
    assert [one.type for one in records.invoices] == ["credit_note", "credit_note"]
    assert [one.credits for one in records.invoices] == ["INV-9", "INV-9"]


def test_tax_and_total_may_stand_on_a_row_of_their_own():
    records, findings = read(
        INVOICES
        + "| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12 |\n"
        + "| ACME | INV-9 | 2 | 2026-02-10 | EUR | | | | | | | 22.80 | 142.80\n"
    )
    assert findings == ()
    assert (records.invoices[1].tax, records.invoices[1].total, records.invoices[1].quantity) == (
        Decimal("22.8"),
        Decimal("142.8"),
        None,
    )


def test_one_unreadable_row_holds_its_whole_invoice_and_no_other():
    records, findings = read(
        ORDER
        + INVOICES
        + "| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12 |\n"
        + "| ACME | inv-9 | 2 | 2026-02-10 | EUR | PO-1 | 2 | x  | 12 |\n"
        + "| ACME | INV-8 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12 |\n"
    )
    assert [one.invoice_number for one in records.invoices] == ["INV-8"]
    assert [known(one) for one in records.unreadable] == [
        ("invoice", "ACME", "PO-1", 1),
        ("invoice", "ACME", "PO-1", 2),
    ]
    assert [finding.document for finding in findings] == ["invoice inv-9 line 2 (ACME)"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 |", "unit_price"),
        ("| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | | 12", "quantity"),
        ("| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | | | | freight |", "amount"),
        ("| ACME | INV-9 | 1 | | EUR | PO-1 | 1 | 10 | 12", "invoice_date"),
        ("| ACME | INV-9 | 1 | 2026-02-10 | | PO-1 | 1 | 10 | 12", "currency"),
        ("| ACME | INV-9 | | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12", "invoice_line"),
        ("| ACME | | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12", "invoice_number"),
        ("| | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12", "supplier"),
    ],
)
def test_an_invoice_row_waits_for_what_it_needs(row, field):
    records, (finding,) = read(ORDER + INVOICES + row)
    assert (finding.code, finding.field) == (Code.MISSING_VALUE, field)
    assert "the invoice waits" in finding.message
    assert records.invoices == ()
    assert [one.supplier for one in records.unreadable] == ["ACME"]


def test_a_row_with_nothing_but_its_key_is_a_line_without_its_figures():
    _, findings = read(INVOICES + "| ACME | INV-9 | 1 | 2026-02-10 | EUR |")
    assert [finding.field for finding in findings] == ["quantity", "unit_price"]


def test_what_is_unreadable_is_not_called_empty():
    _, (finding,) = read(INVOICES + "| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | x | 12")
    assert (finding.code, finding.field) == (Code.INVALID_VALUE, "quantity")


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (
            "2026-02-10 | EUR | | | 1 | 1 | | | | 5",
            "2026-02-10 | EUR | | | 1 | 1 | | | | 6",
            "total",
        ),
        ("2026-02-10 | EUR | | | 1 | 1 | | | 0 |", "2026-02-10 | EUR | | | 1 | 1 | | | 6 |", "tax"),
        ("2026-02-10 | EUR | | | 1 | 1", "2026-02-11 | EUR | | | 1 | 1", "invoice_date"),
        ("2026-02-10 | EUR | | | 1 | 1", "2026-02-10 | USD | | | 1 | 1", "currency"),
        (
            "2026-02-10 | EUR | | | 1 | 1 | | | | | invoice",
            "2026-02-10 | EUR | | | 1 | 1 | | | | | credit",
            "type",
        ),
    ],
)
def test_rows_that_disagree_about_their_invoice_hold_it(first, second, field):
    records, findings = read(
        INVOICES + f"| ACME | INV-9 | 1 | {first}\n| ACME | INV-9 | 2 | {second}\n"
    )
    assert records.invoices == ()
    assert len(records.unreadable) == 2
    assert [finding.field for finding in findings] == [field, field]
    assert "not the same on all rows" in findings[0].message


def test_rows_that_say_the_same_in_other_words_agree():
    records, findings = read(
        INVOICES
        + "| ACME | CN-1 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 1 | 1 | | | | 5 | credit | INV-9\n"
        + "| ACME | CN-1 | 2 | 2026-02-10 | eur | PO-1 | 1 | 1 | 1 | | | | '5.00 | credit note | inv-9\n"
    )
    assert (len(records.invoices), findings) == (2, ())


def test_an_invoice_typed_twice_is_held_and_told():
    row = "| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12 |\n"
    records, findings = read(INVOICES + row + row.replace("INV-9", "inv-9 "))
    assert (records.invoices, len(records.unreadable)) == ((), 2)
    assert codes(findings) == ["duplicate-key", "duplicate-key"]


def test_two_suppliers_may_use_one_number():
    row = "| ACME | INV-9 | 1 | 2026-02-10 | EUR | PO-1 | 1 | 10 | 12 |\n"
    records, findings = read(INVOICES + row + row.replace("ACME", "BOLT"))
    assert (len(records.invoices), findings) == (2, ())
