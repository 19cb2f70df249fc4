"""Signs of fraud and error: when each is told, to whom, with how much, and that it holds nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from builders import NOW, column_rules, rulebook, snapshot
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import PaperSheet
from paper_day import START, confirmed_sheet

from sheetsync.core.columns import is_readable
from sheetsync.core.findings import Code
from sheetsync.core.matching import HoldCode
from sheetsync.core.model import (
    HUB,
    Baseline,
    InvoiceLine,
    LineKey,
    LineState,
    OrderLine,
    OrderState,
    Person,
    Records,
    RowRef,
    SettledRow,
    Source,
    Supplier,
    TabAddress,
    TabKind,
    Tabs,
)
from sheetsync.core.orders import build_orders
from sheetsync.core.signals import bills as made
from sheetsync.core.signals import first_day, signal_findings
from sheetsync.core.signals.bank import plain

SIGNS = {
    Code.BANK_ACCOUNT_DIFFERS,
    Code.INVOICE_NUMBER_BACK,
    Code.ORDERED_AFTER_INVOICE,
    Code.JUST_UNDER_LIMIT,
    Code.ROUND_SUMS,
    Code.SINGLE_BUYER,
}
LINES = TabAddress(HUB, "Order lines")
TABS = Tabs(
    of_kind={kind: TabAddress(HUB, kind.value) for kind in TabKind} | {TabKind.ORDER_LINES: LINES},
    of_supplier={},
)
SOURCE = Source(LINES, 2)
DAY = NOW.date()


def bill(number="INV-1", amount="100", day=0, **cells):
    said = {
        "supplier": "ACME",
        "invoice_line": 1,
        "type": "invoice",
        "credits": None,
        "received_date": None,
        "first_seen_at": None,
        "currency": "EUR",
        "po_number": None,
        "po_line": None,
        "item": None,
        "quantity": None,
        "uom": None,
        "unit_price": None,
        "charge": None,
        "tax": None,
        "total": None,
        **cells,
    }
    return InvoiceLine(
        source=SOURCE,
        ref=RowRef(key=(number, str(said["invoice_line"]))),
        invoice_number=number,
        invoice_date=DAY + dt.timedelta(days=day),
        amount=Decimal(amount),
        **said,
    )


def line(po_number, supplier="ACME", requester="ann", price="10"):
    return OrderLine(
        source=SOURCE,
        ref=RowRef(key=(po_number.lower(), "1")),
        po_number=po_number,
        line_number=1,
        requester=requester,
        supplier=supplier,
        item="A",
        quantity=Decimal(1),
        uom="EA",
        unit_price=Decimal(price),
        currency="EUR",
    )


def person(name, *roles):
    return Person(source=SOURCE, ref=RowRef(), person=name, roles=frozenset(roles))


def supplier(**cells):
    return Supplier(source=SOURCE, ref=RowRef(key=("acme",)), supplier="ACME", **cells)


def signs(*bills, orders=(), people=(), rules=None, status="issued", seen=0, began=-99, acme=None):
    """What is told; orders were first seen `seen` days after today, people `began`."""
    at = NOW + dt.timedelta(days=seen)
    records = Records(
        order_lines=tuple(orders),
        invoices=tuple(bills),
        people={each.person: each for each in people},
        suppliers={"ACME": acme or supplier()},
    )
    keys = [LineKey(each.po_number, 1) for each in orders]
    book = build_orders(
        records,
        {key.po_number: OrderState(po_number=key.po_number) for key in keys},
        {key: LineState(status=status) for key in keys},
    )
    rows = {each.ref.key: SettledRow(cells={}, first_seen_at=at) for each in orders}
    first = SettledRow(cells={}, first_seen_at=NOW + dt.timedelta(days=began))
    tabs = {LINES: rows, TABS.of_kind[TabKind.PEOPLE]: {("ann",): first}}
    baseline = Baseline(cycle=5, rows=tabs)
    said = rulebook(rules)
    found = made(records.invoices, first_day(DAY, said))
    return signal_findings(found, book, records, baseline, TABS, said, NOW)


def codes(found):
    return [str(each.code) for each in found]


# -- bank accounts -------------------------------------------------------------------------------


KNOWN = supplier(bank_account="DE89 3704 0044 0532 0130 00, FR14-2004-1010-0505-0001-3M02-606")


@pytest.mark.parametrize(
    "asked",
    ["de89370400440532013000", "DE89 3704 0044 0532 0130 00", "FR1420041010050500013M02606"],
)
def test_an_account_that_suppliers_names_is_fine(asked):
    assert signs(bill(bank_account=asked), acme=KNOWN) == ()


def test_another_account_is_told_with_the_ends_only():
    (found,) = signs(bill(bank_account="GB29 NWBK 6016 1331 9268 19", amount="4200"), acme=KNOWN)

    assert found.code is Code.BANK_ACCOUNT_DIFFERS
    assert "the account …6819, and Suppliers says …3000 or …2606" in found.message
    assert "6016" not in found.message
    assert found.field == "bank_account"
    assert str(found.risk.amount) == "4200.00"


@pytest.mark.parametrize(("asked", "acme"), [("GB29", None), (None, KNOWN)])
def test_without_one_of_the_two_there_is_nothing_to_compare(asked, acme):
    assert signs(bill(bank_account=asked), acme=acme) == ()


def test_one_of_several_rows_is_enough():
    rows = (
        bill(bank_account=None),
        bill(bank_account="DE89370400440532013000", invoice_line=2),
        bill(bank_account="GB29", invoice_line=3),
    )

    (found,) = signs(*rows, acme=KNOWN)

    assert found.ref == rows[2].ref
    assert str(found.risk.amount) == "300.00"


@pytest.mark.parametrize(("one", "other"), [("0012345", "12345"), ("12-34 5", "12345")])
def test_a_number_that_lost_its_zeros_is_the_same_account(one, other):
    assert plain(one) == plain(other)


# -- numbers -------------------------------------------------------------------------------------


def test_a_number_that_jumps_back_is_told_with_the_one_it_lies_behind():
    found = signs(bill("RE-2026-0501"), bill("RE-2026-0431", day=3), bill("RE-2026-0502", day=5))

    assert codes(found) == ["invoice-number-back"]
    assert found[0].document == "invoice RE-2026-0431 of ACME"
    assert "Its number lies 70 behind that of RE-2026-0501" in found[0].message


@pytest.mark.parametrize(("number", "told"), [("INV-80", 0), ("INV-79", 1)])
def test_a_few_back_pass(number, told):
    assert len(signs(bill("INV-100"), bill(number, day=1))) == told


@pytest.mark.parametrize(
    "others",
    [
        (bill("INV-900", supplier="OTHER"), bill("INV-1", day=1)),
        (bill("A-900"), bill("B-1", day=1)),
        (bill("INV-900", type="credit_note"), bill("INV-1", day=1)),
        (bill("INV-900"), bill("INV-1")),  # of one day: nobody knows which came first
        (bill("INV-1"), bill("INV-900", day=1)),
        (bill("none"), bill("none either", day=1)),
        (bill("INV-900", day=-70), bill("INV-1", day=-50)),  # another year
    ],
)
def test_numbers_that_do_not_belong_together_say_nothing(others):
    assert signs(*others) == ()


def test_one_number_that_was_typed_too_high_is_told_once():
    found = signs(
        bill("INV-100"), bill("INV-9999", day=1), bill("INV-101", day=2), bill("INV-102", day=3)
    )

    assert [each.document for each in found] == ["invoice INV-101 of ACME"]


def test_full_width_digits_and_blanks_are_the_same_numbers():
    found = signs(bill("INV 501"), bill("inv400", day=1))

    assert codes(found) == ["invoice-number-back"]


# -- orders --------------------------------------------------------------------------------------


def test_an_order_that_is_younger_than_its_invoice():
    (found,) = signs(bill(po_number="PO-1"), orders=[line("PO-1")], seen=3)

    assert found.code is Code.ORDERED_AFTER_INVOICE
    assert found.document == "invoice INV-1 of ACME on PO-1"
    assert "3 days after the date of this invoice" in found.message
    assert "Ask ann who ordered" in found.message


@pytest.mark.parametrize(
    "how",
    [
        {"seen": 0},
        {"seen": -4},
        {"seen": 3, "began": 3},
        {"seen": 3, "rules": {"signals.ordered_after.days": 3}},
        {"seen": 3, "rules": {"signals.ordered_after.watch": False}},
    ],
)
def test_an_order_that_was_there_or_may_be_late_is_fine(how):
    assert signs(bill(po_number="PO-1"), orders=[line("PO-1")], **how) == ()


def test_an_order_of_which_nobody_knows_when_it_was_written_is_left_out():
    """What an adopted order looks like is made by the corridor itself."""
    sheet = PaperSheet.of(
        START
        + """
    Order lines | PO | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by | Status
                | PO-9 | 1  | ann       | ACME     | 1 | 10 | EA | 12.00 | EUR | 2026-04-20 | confirmed
    """
    )
    sheet.rest()
    add_bill(sheet, "INV-1", po_number="PO-9", invoice_date=46000)

    assert Code.ORDERED_AFTER_INVOICE not in {f.code for f in sheet.plans[-1].findings}


# -- amounts -------------------------------------------------------------------------------------


def test_several_bills_just_under_a_tier():
    found = signs(bill("A", "24000"), bill("C", "25000", day=10), bill("B", "24999.99", day=3))

    assert codes(found) == ["just-under-limit"]
    assert found[0].document == "supplier ACME, approval.tiers.director"
    assert (
        "3 invoices within 30 days come to at most 5 % less than 25,000.00 EUR" in found[0].message
    )
    assert "A (24,000.00 EUR), B (24,999.99 EUR), C (25,000.00 EUR)" in found[0].message
    assert str(found[0].risk.amount) == "73999.99"


@pytest.mark.parametrize(
    "bills",
    [
        (bill("A", "24000"), bill("B", "24000", day=1)),
        (bill("A", "24000"), bill("B", "24000", day=1), bill("C", "25000.01", day=2)),
        (bill("A", "24000"), bill("B", "24000", day=1), bill("C", "23749.99", day=2)),
        (bill("A", "24000", day=-40), bill("B", "24000"), bill("C", "24000", day=20)),
        (bill("A", "24000"), bill("B", "24000"), bill("C", "24000", supplier="OTHER")),
        (bill("A", "24000", currency="XAF"), bill("B", "24000"), bill("C", "24000")),
    ],
)
def test_too_few_too_far_or_too_long_apart(bills):
    rules = {"signals.round_sums.watch": False}

    assert signs(*bills, rules=rules) == ()


def test_other_currencies_count_at_their_fixed_rate():
    found = signs(
        bill("A", "26900", currency="USD"), bill("B", "27000", currency="USD"), bill("C", "24100")
    )

    assert codes(found) == ["just-under-limit"]
    assert str(found[0].risk.amount) == "73688.00"
    assert found[0].risk.currency == "EUR"


def test_lines_just_under_the_cap_of_matching_and_of_a_level():
    rows = [bill(n, "490", day=i, charge=None) for i, n in enumerate(("A-1", "B-1", "C-1"))] + [
        bill("A-1", "80", invoice_line=2)
    ]

    assert codes(signs(*rows)) == []
    found = signs(*rows, rules={"matching.line_amount_cap": 500})
    assert codes(found) == ["just-under-limit"]
    assert "less than 500, above which a person looks at every line" in found[0].message
    level = {"matching_levels.suppliers": {"ACME": {"line_amount_cap": 500}}}
    assert codes(signs(*rows, rules=level)) == ["just-under-limit"]


def test_a_limit_whose_currency_has_no_rate_says_nothing():
    rows = [bill(number, "490", day=day) for day, number in enumerate(("A", "B", "C"))]
    rules = {"matching.line_amount_cap": 500, "matching.limit_currency": "CHF"}

    assert signs(*rows, rules=rules) == ()


def test_round_sums():
    found = signs(bill("A", "3000"), bill("B", "12000", day=1), bill("C", "1000", day=2))

    assert codes(found) == ["round-sums"]
    assert found[0].document == "supplier ACME, round sums"
    assert str(found[0].risk.amount) == "16000.00"


@pytest.mark.parametrize(
    "third",
    [
        bill("C", "1000.01"),
        bill("C", "999"),
        bill("C", "0"),
        bill("C", "-1000"),
        bill("C", "1000", currency="JPY"),
        bill("C", "1000", type="credit_note"),
        bill("C", "1000", day=-200),
    ],
)
def test_what_is_no_round_sum(third):
    assert signs(bill("A", "3000"), bill("B", "2000", day=1), third) == ()


def test_many_members_are_counted():
    found = signs(*(bill(str(n), "1000", day=n) for n in range(8)))

    assert "and 3 more" in found[0].message


# -- buyers --------------------------------------------------------------------------------------


def buys(count, requester="ann", name="ACME"):
    return [line(f"PO-{name}-{n}", supplier=name, requester=requester) for n in range(count)]


def test_a_supplier_with_one_buyer_only():
    (found,) = signs(orders=[*buys(5), *buys(1, "cho", "OTHER")])

    assert found.code is Code.SINGLE_BUYER
    assert found.document == "supplier ACME, one buyer"
    assert "All 5 orders with this supplier (50.00 EUR) were asked for by ann" in found.message


@pytest.mark.parametrize(
    ("orders", "status"),
    [
        (buys(4) + buys(1, "cho", "OTHER"), "issued"),
        (buys(5), "issued"),
        ([*buys(5), replace(buys(1, "cho")[0], po_number="PO-X")], "issued"),
        (buys(5) + buys(1, "cho", "OTHER"), "draft"),
        (buys(5) + buys(1, "cho", "OTHER"), "cancelled"),
    ],
)
def test_too_few_orders_or_several_buyers(orders, status):
    assert signs(orders=orders, status=status) == ()


# -- all of them ---------------------------------------------------------------------------------


def everything():
    """Every sign at once."""
    rows = [
        bill("INV-500", "24000", bank_account="GB29"),
        bill("INV-100", "24000", day=1),
        bill("INV-101", "24000", day=2, po_number="PO-ACME-0"),
    ]
    return rows, [*buys(5), *buys(1, "cho", "OTHER")]


def test_every_sign_can_be_switched_off_by_itself():
    bills, orders = everything()
    told = set(codes(signs(*bills, orders=orders, acme=KNOWN, seen=9)))
    assert told == {str(code) for code in SIGNS}

    switches = {
        "number_back": "invoice-number-back",
        "bank_account": "bank-account-differs",
        "ordered_after": "ordered-after-invoice",
        "just_under": "just-under-limit",
        "round_sums": "round-sums",
        "single_buyer": "single-buyer",
    }
    for switch, code in switches.items():
        rules = {f"signals.{switch}.watch": False}
        left = set(codes(signs(*bills, orders=orders, acme=KNOWN, seen=9, rules=rules)))
        assert left == told - {code}
    off = {f"signals.{switch}.watch": False for switch in switches}
    assert signs(*bills, orders=orders, acme=KNOWN, seen=9, rules=off) == ()


def test_each_is_told_to_a_manager_who_did_not_ask_for_the_order():
    bills, orders = everything()
    people = [
        person("ann", "manager", "buyer"),
        person("zoe", "manager"),
        person("bob", "approver"),
    ]

    found = {
        str(each.code): each.owner
        for each in signs(*bills, orders=orders, acme=KNOWN, seen=9, people=people)
    }

    assert found["single-buyer"] == "zoe"
    assert found["ordered-after-invoice"] == "zoe"
    assert found["bank-account-differs"] == "ann"  # that bill names no order of hers


def test_old_bills_are_not_looked_at_any_more():
    bills, orders = everything()
    rules = {"signals.days": 1, "signals.single_buyer.watch": False}
    later = [replace(each, invoice_date=DAY - dt.timedelta(days=2)) for each in bills]

    assert signs(*later, orders=orders, acme=KNOWN, rules=rules) == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            bill,
            number=st.sampled_from(["A-1", "A-90", "A-300", "x", "٣", "2026/07", "0"]),
            amount=st.sampled_from(["1000", "24500", "-5", "0.01", "99999999999"]),
            day=st.integers(-300, 40),
            currency=st.sampled_from(["EUR", "JPY", "XXX"]),
            supplier=st.sampled_from(["ACME", "OTHER"]),
            po_number=st.sampled_from([None, "PO-1", "PO-9"]),
            bank_account=st.sampled_from([None, "", "—", "DE1"]),
            invoice_line=st.integers(1, 3),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_changes_nothing_and_nothing_breaks(bills, chance):
    """Whatever is typed, signs are the same for the same rows, each told once."""
    unique = list({(b.supplier, b.invoice_number, b.invoice_line): b for b in bills}.values())
    before = signs(*unique, orders=[line("PO-1")], seen=2, acme=KNOWN)
    chance.shuffle(unique)
    after = signs(*unique, orders=[line("PO-1")], seen=2, acme=KNOWN)

    assert {f.finding_id: f.message for f in after} == {f.finding_id: f.message for f in before}
    assert len({f.finding_id for f in before}) == len(before)


# -- in the corridor -----------------------------------------------------------------------------


def add_bill(sheet, number, **cells):
    row = {
        "supplier": "ACME",
        "invoice_number": number,
        "invoice_line": 1,
        "invoice_date": 46084,
        "currency": "EUR",
        "po_number": "PO-1001",
        "po_line": 1,
        "quantity": 4,
        "unit_price": 12,
    }
    sheet.add("Invoices", **{**row, **cells})
    sheet.rest()


def test_a_sign_holds_no_payment_and_closes_when_its_cause_is_gone():
    sheet = confirmed_sheet()
    sheet.type("Suppliers", {"supplier": "ACME"}, bank_account="DE89370400440532013000")
    sheet.add(
        "Receipts",
        receipt_number="GR-1",
        po_number="PO-1001",
        line_number=1,
        quantity=4,
        received_date=46083,
    )
    sheet.rest()
    add_bill(sheet, "INV-1", bank_account="GB29 NWBK 6016")

    found = {f.code: f for f in sheet.plans[-1].findings}
    assert Code.BANK_ACCOUNT_DIFFERS in found
    assert not set(found) & set(HoldCode)
    row = sheet.row("Invoices", invoice_number="INV-1")
    assert row["match_status"] == "matched"
    assert row["payable_amount"] == 48
    assert "asks to be paid to the account …6016" in row["message"]
    assert [r["code"] for r in sheet.rows("Exceptions") if r["state"] == "open"] == [
        "bank-account-differs"
    ]

    sheet.type(
        "Suppliers", {"supplier": "ACME"}, bank_account="DE89370400440532013000; GB29NWBK6016"
    )
    sheet.rest()
    assert {r["state"] for r in sheet.rows("Exceptions")} == {"closed"}


def test_a_sheet_without_the_new_columns_is_read_all_the_same():
    reading = snapshot(without=["invoices.bank_account", "suppliers.bank_account"])

    for kind in (TabKind.INVOICES, TabKind.SUPPLIERS):
        (tab,) = reading.of_kind(kind)
        assert is_readable(tab, column_rules().tabs[kind])


def test_bills_of_the_very_same_rows_are_taken_over():
    rows = (bill("A"), bill("B", day=1))
    first = made(rows, DAY)

    assert made(rows, DAY, first) is first
    assert made(rows, DAY + dt.timedelta(days=1), first) is not first
    assert made((bill("A"), bill("B", day=1)), DAY, first) is not first
    assert [each.name for each in made(rows, DAY + dt.timedelta(days=1), first).all] == ["B"]
