"""What matching refuses to take, and small questions asked directly."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from matching_defaults import DEFAULTS

from sheetsync.core.matching import Documents, match
from sheetsync.core.matching.documents import (
    Invoice,
    InvoiceType,
    MatchLevel,
    OrderedLine,
    PurchaseOrder,
    UnreadableKind,
    UnreadableRow,
)
from sheetsync.core.matching.exact import as_plain, last_place, minor_unit, number, round_money
from sheetsync.core.matching.numbering import looks, normalised

LINE = OrderedLine(line_number=1, item="A", uom="EA", quantity=Decimal(1), unit_price=Decimal(2))


def order(*lines):
    return PurchaseOrder(
        po_number="PO-1",
        supplier="ACME",
        currency="EUR",
        status="issued",
        match_level=MatchLevel.TWO_WAY,
        lines=lines,
    )


INVOICE = Invoice(
    invoice_id="I",
    supplier="ACME",
    invoice_number="1",
    type=InvoiceType.INVOICE,
    invoice_date=date(2026, 3, 1),
    received_at=datetime(2026, 3, 1, tzinfo=UTC),
    currency="EUR",
    lines=(),
)


@pytest.mark.parametrize(
    ("documents", "complaint"),
    [
        (Documents(purchase_orders=(order(), order())), "two purchase orders are numbered 'PO-1'"),
        (Documents(purchase_orders=(order(LINE, LINE),)), "order 'PO-1' has two lines 1"),
        (Documents(invoices=(INVOICE, INVOICE)), "two invoices have the id 'I'"),
    ],
)
def test_what_has_no_key_of_its_own_is_refused(documents, complaint):
    with pytest.raises(ValueError, match=complaint):
        match(documents, DEFAULTS)


def test_an_unreadable_row_of_nobody_holds_nobody():
    row = UnreadableRow(kind=UnreadableKind.RETURN, supplier=None)
    found = match(Documents(invoices=(INVOICE,), unreadable=(row,)), DEFAULTS)
    assert found.invoices["I"].holds == ()


def test_nothing_gives_nothing():
    found = match(Documents(), DEFAULTS)
    assert (found.invoices, found.order_lines, found.receipt_exceptions) == ({}, {}, ())


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("EUR", 2), ("JPY", 0), ("KWD", 3), ("RSD", 2), ("IQD", 3), ("CLF", 4), ("ISK", 0)],
)
def test_minor_units_are_those_of_iso_4217(currency, decimals):
    assert minor_unit(currency) == decimals


@pytest.mark.parametrize(
    ("value", "currency", "rounded"),
    [
        (Decimal("0.125"), "EUR", "0.13"),
        (Decimal("-0.125"), "EUR", "-0.13"),
        (Fraction(1, 8), "EUR", "0.13"),
        (Fraction(-1, 8), "EUR", "-0.13"),
        (Fraction(1, 3), "KWD", "0.333"),
        (Decimal("-0.001"), "EUR", "0.00"),
        (Fraction(-1, 1000), "EUR", "0.00"),
        (Decimal("100.5"), "JPY", "101"),
    ],
)
def test_money_is_rounded_half_away_from_zero(value, currency, rounded):
    assert str(round_money(value, currency)) == rounded


def test_a_ratio_stays_one_only_where_no_decimal_can_write_it():
    assert number(Fraction(1, 3)) == Fraction(1, 3)
    assert number(Fraction(3, 8)) == as_plain(Fraction(3, 8)) == Decimal("0.375")


@pytest.mark.parametrize(
    ("price", "currency", "last"),
    [
        ("7", "EUR", "0.01"),
        ("6.670", "EUR", "0.01"),
        ("6.6667", "EUR", "0.0001"),
        ("7", "JPY", "1"),
    ],
)
def test_the_last_place_is_told_by_value(price, currency, last):
    assert last_place(Decimal(price), currency) == Fraction(last)


@pytest.mark.parametrize(
    ("one", "other"),
    [("INV 7", "inv7"), ("A\u20131", "a-1"), ("\uff21\uff11", "a1"), ("a\u00a01", "A1")],
)
def test_numbers_that_are_one(one, other):
    assert normalised(one) == normalised(other)


def test_numbers_that_are_two():
    assert normalised("INV-1-23") != normalised("INV-12-3")
    assert normalised("007") != normalised("7")


def test_numbers_that_look_alike():
    assert looks("2026/001") & looks("2026-1")
    assert looks("inv-0042") & looks("inv42")
    assert not looks("inv-100") & looks("inv-1")
    assert not looks("0") & looks("")
