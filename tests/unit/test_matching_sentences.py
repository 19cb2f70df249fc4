"""Every code has its sentence; the cure that a sentence names does release the hold."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from matching_defaults import CASES, DEFAULTS, SPECIFICATION

from sheetsync.core.matching import HoldCode, HoldState, match
from sheetsync.core.matching.case_file import read_documents, read_settings
from sheetsync.core.matching.codes import Measure
from sheetsync.core.matching.cures import money_to_credit, quantity_to_come, quantity_to_credit
from sheetsync.core.matching.gates import GATES
from sheetsync.core.matching.matches import BrokenLimit, Figures, Hold
from sheetsync.core.matching.sentences import WORDINGS, meaning, receipt_sentence, sentence
from sheetsync.core.matching.wording import day, listed, money, or_release, percent, plain


def matched(case_id, **more):
    case = CASES[case_id]
    content = {**case, **{key: [*case.get(key, []), *added] for key, added in more.items()}}
    as_of = case.get("as_of")
    return match(
        read_documents(content),
        read_settings(case["settings"], DEFAULTS),
        as_of=None if as_of is None else date.fromisoformat(as_of),
    )


def holds(case_id, code, **more):
    return [
        hold
        for invoice in matched(case_id, **more).invoices.values()
        for hold in invoice.details
        if hold.code == code and hold.state is not HoldState.OVERPAID
    ]


def test_the_sentence_of_the_domain_page():
    found = sentence(holds("Q03", "QTY_RECEIVED")[0])
    assert found == (
        "Held: billed 60 EA, received 50 EA (GR1): +10 EA (+20 %). "
        "Up to 0 % passes, here it is 20 % (matching.qty_received.pct_upper). "
        "Releases by itself when 10 EA more are received, or with a credit note for "
        "10 EA / 100.00 EUR; or a release up to 10 with a reason. "
        "Order line PO-1/1: ordered 100 EA, received 50 EA (GR1), billed before 0 EA, now 60 EA."
    )


@pytest.mark.parametrize(
    ("case_id", "code", "words"),
    [
        ("T04", "QTY_ORDERED", "billed 120 EA (60 EA before, 60 EA now), ordered 100 EA: +20 EA"),
        ("T01", "NO_RECEIPT", "billed 100 EA, received 0 EA. Before anything is received"),
        ("Q13", "QUALITY", "accepted by inspection 90 EA of 100 EA (GR1) received"),
        ("P02", "PRICE_HIGH", "1.10 EUR per EA, ordered at 1.00 EUR: +0.10 EUR (+10 %)"),
        ("P05", "PRICE_LOW", "Please check: unit price 8.00 EUR per EA"),
        ("P06", "PRICE_LOW", "-2.00 EUR (-20 %)"),
        ("P07", "PRICE_HIGH", "+5.00 EUR. Up to 5 % passes, the order has nothing to compare"),
        ("P10", "LINE_TOTAL", "credit note for 1,380.00 EUR without quantity"),
        ("C04", "CHARGE", "FREIGHT billed so far on order PO-1 111.00 EUR, planned"),
        ("C05", "UNPLANNED_CHARGE", "LICENCE 25.00 EUR is billed, but order PO-1 plans no such"),
        ("C09", "TAX", "tax billed 100.00 EUR, by the order's rates 200.00 EUR: 100.00 EUR too li"),
        ("C12", "INVOICE_TOTAL", "the invoice's total says 1,000.06 EUR"),
        ("X10", "INVOICE_TOTAL", "the amount of line 1 says 1,100.00 EUR, quantity times price"),
        ("C13", "AMOUNT_LIMIT", "Up to 5,000 EUR passes, here it is 10,000 EUR"),
        ("C16", "BLANKET_LIMIT", "its limit is 1,000.00 EUR: +11.00 EUR"),
        ("C17", "BLANKET_DATE", "dated Sun 5 Apr 2026, 5 days after the time"),
        ("O53", "BLANKET_DATE", "dated Tue 10 Mar 2026, 10 days before the time"),
        ("C18", "DATE_EARLY", "billed on Tue 10 Mar 2026, 10 days before the delivery due"),
        ("D01", "NO_PO", "the line names no order. Payables writes"),
        ("D02", "UNKNOWN_PO", "there is no order PO-999"),
        ("D03", "SUPPLIER_MISMATCH", "from OTHER, but order PO-1 was given to ACME"),
        ("D04", "PO_NOT_APPROVED", "order PO-1 is not approved; it stands at submitted"),
        ("D05", "PO_CLOSED", "order PO-1 is closed, this came on Tue 10 Mar 2026"),
        ("X02", "PO_CLOSED", "order PO-1 has been closed since Thu 5 Mar 2026"),
        ("D06", "LINE_CANCELLED", "order line PO-1/1 was cancelled"),
        ("D08", "DUPLICATE", "Rejected: number inv-0042 is here already (INV-0042)"),
        ("D11", "POSSIBLE_DUPLICATE", "INV42 looks like INV-0042: same supplier, same date"),
        ("D14", "CURRENCY", "billed in USD, ordered in EUR"),
        ("U03", "UOM", "billed in PALLET, ordered in EA"),
        ("U04", "AMBIGUOUS_LINE", "2 lines of order PO-1 are for item A"),
        ("O25", "AMBIGUOUS_LINE", "order PO-1 has no line 7"),
        ("O26", "AMBIGUOUS_LINE", "no line of order PO-1 is for item Z"),
        ("U06", "ITEM_MISMATCH", "billed item Z, but PO-1/1 is for A"),
        ("K03", "CREDIT_EXCEEDS_INVOICED", "credited 60 EA, but only 50 EA are left of what was"),
        ("O16", "CREDIT_EXCEEDS_INVOICED", "credited 1,200.00 EUR, but only 1,100.00 EUR are le"),
        ("K07", "CREDIT_EXCEEDS_INVOICED", "0 EA are left of what was billed on this order line"),
        ("X06", "CREDIT_PRICE", "credited at 5.00 EUR per EA, but invoice INV1 billed 10.00 EUR"),
        ("X03", "ON_HOLD", "order PO-1 is on hold. Releases by itself when the buyer resumes"),
        ("X15", "UNREADABLE", "could not be read, and may be what would stop this payment"),
        ("X04", "PRICE_HIGH", "Released by a person: unit price 12.00 EUR"),
        ("O49", "INVOICE_TOTAL", "nothing passes, no exchange rate to GBP is known"),
    ],
)
def test_a_hold_is_said_in_plain_words(case_id, code, words):
    told = [sentence(hold) for hold in holds(case_id, code)]
    assert any(words.lower() in one.lower() for one in told), told


def test_an_overpayment_says_what_would_hold_it_now():
    (hold,) = matched("X11").invoices["INV1"].details
    assert sentence(hold).startswith("Already paid, would be held now: billed 100 EA, received 90")
    assert "Ask the supplier for a credit note, or release it with a reason." in sentence(hold)


def test_a_paid_document_that_was_voided_or_doubled_says_so():
    (voided,) = matched("O02").invoices["V"].details
    assert "now: the document was voided." in sentence(voided)
    doubled, *_ = matched("O04").invoices["B"].details
    assert "now: number N1 is here already (N1)" in sentence(doubled)


def test_neither_line_nor_item():
    case = CASES["O26"]
    line = {**case["invoices"][0]["lines"][0], "item": None}
    content = {**case, "invoices": [{**case["invoices"][0], "lines": [line]}]}
    found = match(read_documents(content), DEFAULTS)
    (hold,) = found.invoices["I"].details
    assert "order PO-1 is named, but neither its line nor the item" in sentence(hold)


def test_over_receipt_is_said_too():
    (found,) = matched("T12").receipt_exceptions
    assert receipt_sentence(found) == (
        "More received than ordered: received 110 EA, ordered 100 EA, 10 EA over; "
        "up to 5 % passes (matching.over_receipt.pct_upper). "
        "Return 10 EA, or raise the order by a change order."
    )


def test_every_code_has_a_sentence_a_meaning_and_no_bare_code():
    assert set(WORDINGS) == set(HoldCode)
    for code in HoldCode:
        assert meaning(code)
    for case_id in CASES:
        for invoice in matched(case_id).invoices.values():
            for hold in invoice.details:
                assert not re.search(r"\b[A-Z]+_[A-Z_]+\b", sentence(hold))


def test_overpaid_as_a_code_of_its_own_has_words():
    hold = Hold(code=HoldCode.OVERPAID, state=HoldState.WARNED, invoice_id="I")
    assert sentence(hold) == (
        "Please check: more was paid than would be paid now. Ask the supplier for a credit note."
    )


def test_the_gates_are_asked_in_the_order_of_the_specification():
    rule = SPECIFICATION["rules"]["R-GATE"].split(" stop further")[0]
    assert [code for code, _ in GATES] == rule.split(", ")


# -- the cures ---------------------------------------------------------------------------------------

RECEIVABLE = [
    ("Q03", "QTY_RECEIVED"),
    ("Q07", "QTY_RECEIVED"),
    ("Q11", "QTY_RECEIVED"),
    ("K04", "QTY_RECEIVED"),
    ("T06", "QTY_RECEIVED"),
    ("T01", "NO_RECEIPT"),
    ("Q13", "QUALITY"),
]


def receipt(quantity):
    return {
        "id": "GR-CURE",
        "kind": "receipt",
        "po": "PO-1",
        "line": 1,
        "qty": str(quantity),
        "accepted_qty": str(quantity),
        "uom": "EA",
        "date": "2026-03-02",
    }


@pytest.mark.parametrize(("case_id", "code"), RECEIVABLE)
def test_receiving_what_is_missing_releases_and_less_does_not(case_id, code):
    (hold,) = holds(case_id, code)
    base = Fraction((hold.figures.accepted if code == "QUALITY" else hold.figures.received) or 0)
    missing = quantity_to_come(hold, base)
    assert not holds(case_id, code, receipts=[receipt(missing)])
    if missing > 1:
        less = holds(case_id, code, receipts=[receipt(missing - 1)])
        assert less or holds(case_id, "QTY_RECEIVED", receipts=[receipt(missing - 1)])


CREDITABLE = [
    *RECEIVABLE,
    ("Q04", "QTY_ORDERED"),
    ("T04", "QTY_ORDERED"),
    ("T08", "QTY_ORDERED"),
]


def credit(case_id, hold, **line):
    invoice = next(one for one in CASES[case_id]["invoices"] if one["id"] == hold.invoice_id)
    billed = next(one for one in invoice["lines"] if one["line_no"] == hold.line_no)
    return {
        **{key: invoice[key] for key in ("supplier", "currency", "date", "received_at")},
        "id": "CN-CURE",
        "number": "CN-CURE",
        "type": "credit_note",
        "ref": hold.invoice_id,
        "lines": [{**billed, **line}],
    }


@pytest.mark.parametrize(("case_id", "code"), CREDITABLE)
def test_crediting_the_named_quantity_releases(case_id, code):
    (hold,) = holds(case_id, code)
    quantity = quantity_to_credit(hold)
    note = credit(case_id, hold, qty=str(quantity))
    assert not holds(case_id, code, invoices=[note])
    if quantity > 1:
        note = credit(case_id, hold, qty=str(quantity - 1))
        assert holds(case_id, code, invoices=[note])


@pytest.mark.parametrize(
    ("case_id", "code"),
    [
        ("P02", "PRICE_HIGH"),
        ("P03", "PRICE_HIGH"),
        ("P07", "PRICE_HIGH"),
        ("P13", "PRICE_HIGH"),
        ("X05", "PRICE_HIGH"),
        ("P10", "LINE_TOTAL"),
        ("C16", "BLANKET_LIMIT"),
    ],
)
def test_crediting_the_named_money_releases_and_a_cent_less_does_not(case_id, code):
    (hold,) = holds(case_id, code)
    amount = money_to_credit(hold)
    note = credit(case_id, hold, qty="0", price="0", amount=str(amount))
    assert not holds(case_id, code, invoices=[note])
    note = credit(case_id, hold, qty="0", price="0", amount=str(amount - Decimal("0.01")))
    assert holds(case_id, code, invoices=[note])


@pytest.mark.parametrize(
    ("case_id", "code"), [("Q03", "QTY_RECEIVED"), ("P02", "PRICE_HIGH"), ("C09", "TAX")]
)
def test_a_release_up_to_the_variance_releases(case_id, code):
    (hold,) = holds(case_id, code)
    release = {
        "invoice": hold.invoice_id,
        "line_no": hold.line_no,
        "code": code,
        "up_to": str(abs(hold.variance)),
        "by": "ap",
        "reason": "agreed",
    }
    (lifted,) = holds(case_id, code, releases=[release])
    assert lifted.state is HoldState.RELEASED


def test_fractions_of_a_unit_stay_where_units_are_divided():
    hold = Hold(
        code=HoldCode.QTY_RECEIVED,
        invoice_id="I",
        measure=Measure.QUANTITY,
        variance=Fraction(1, 3),
        limits=(
            BrokenLimit(key="qty_received.pct_upper", limit=Decimal(0), measured=None, unit="%"),
        ),
        figures=Figures(uom="KG", billed_now=Fraction(10, 3), received=Decimal(3)),
    )
    assert quantity_to_credit(hold) == Decimal("0.3334")
    assert quantity_to_come(hold, Fraction(3)) == Decimal("0.3334")


def test_a_percentage_grows_with_what_comes():
    limit = BrokenLimit(
        key="qty_received.pct_upper", limit=Decimal(5), measured=Decimal("10.8"), unit="%"
    )
    hold = Hold(
        code=HoldCode.QTY_RECEIVED,
        invoice_id="I",
        measure=Measure.QUANTITY,
        variance=Decimal(108),
        limits=(limit,),
        figures=Figures(uom="EA", billed_now=Decimal(1108), received=Decimal(1000)),
    )
    assert quantity_to_come(hold, Fraction(1000)) == 56
    assert quantity_to_credit(hold) == 58


def test_the_rule_of_a_hold_is_its_settings_key():
    assert holds("Q03", "QTY_RECEIVED")[0].rule == "matching.qty_received.pct_upper"
    assert holds("X03", "ON_HOLD")[0].rule is None


def said_of(case_id):
    """Every hold of a case that stands, with its sentence."""
    for invoice in matched(case_id).invoices.values():
        for hold in invoice.details:
            if hold.state is HoldState.HELD:
                yield hold, sentence(hold)


def order_line(case_id, hold):
    for order in CASES[case_id]["purchase_orders"]:
        for line in order["lines"]:
            if (order["po"], line["line"]) == (hold.po_number, hold.line_number):
                return order, line
    raise AssertionError(hold)


def credit_note(case_id, hold, **line):
    """A credit note in the order's own unit, currency and net price."""
    invoice = next(one for one in CASES[case_id]["invoices"] if one["id"] == hold.invoice_id)
    order, ordered = order_line(case_id, hold)
    return {
        **{key: invoice[key] for key in ("supplier", "date", "received_at")},
        "id": "CN-CURE",
        "number": "CN-CURE",
        "type": "credit_note",
        "ref": hold.invoice_id,
        "currency": order["currency"],
        "lines": [
            {
                "line_no": 1,
                "po": hold.po_number,
                "po_line": hold.line_number,
                "item": ordered["item"],
                "uom": ordered["uom"],
                **line,
            }
        ],
    }


def documents_that_cure(case_id, hold, told):
    """The documents that a sentence names, one by one."""
    release = re.search(r"release up to (?:about )?([\d.,]+) with a reason", told)
    if release or "a release with a reason" in told:
        up_to = release[1].replace(",", "") if release else None
        yield (
            "releases",
            {
                "invoice": hold.invoice_id,
                "line_no": hold.line_no,
                "code": str(hold.code),
                "up_to": up_to,
                "by": "ap",
                "reason": "agreed",
            },
        )
    if "are received, or" in told or "inspection accepts" in told:
        base = hold.figures.accepted if hold.code == "QUALITY" else hold.figures.received
        base = 0 if hold.code == "NO_RECEIPT" else base
        came = receipt(quantity_to_come(hold, Fraction(base or 0)))
        _, line = order_line(case_id, hold)
        address = {"po": hold.po_number, "line": hold.line_number, "uom": line["uom"]}
        yield "receipts", {**came, **address, "date": "2026-03-01"}
    if "without quantity" in told:
        amount = str(money_to_credit(hold))
        yield "invoices", credit_note(case_id, hold, qty="0", price="0", amount=amount)
    elif "credit note for" in told and hold.line_no is not None:
        quantity, price = str(quantity_to_credit(hold)), str(hold.figures.unit_price)
        yield "invoices", credit_note(case_id, hold, qty=quantity, price=price)


@pytest.mark.parametrize("case_id", CASES)
def test_every_document_that_a_sentence_names_releases_the_hold(case_id):
    for hold, told in said_of(case_id):
        for kind, document in documents_that_cure(case_id, hold, told):
            after = matched(case_id, **{kind: [document]}).invoices[hold.invoice_id]
            standing = [
                one
                for one in after.details
                if (one.code, one.line_no, one.state) == (hold.code, hold.line_no, HoldState.HELD)
            ]
            assert not standing, (told, document)


COMPARED = {
    *("QTY_ORDERED", "QTY_RECEIVED", "NO_RECEIPT", "QUALITY", "PRICE_HIGH", "PRICE_LOW"),
    *("LINE_TOTAL", "AMOUNT_LIMIT", "DATE_EARLY"),
}


@pytest.mark.parametrize("case_id", CASES)
def test_every_compared_line_says_its_quantities_and_every_hold_its_cure(case_id):
    for hold, told in said_of(case_id):
        if hold.code in COMPARED:
            for words in ("ordered ", "received ", "billed before ", "now "):
                assert words in told.lower(), told
        if hold.limits:
            assert hold.rule in told
        by_somebody = r"(?i)payables|buyer|supplier|admin|inspection|a person|by itself|release"
        assert re.search(by_somebody, told), told


def test_a_release_of_a_ratio_is_rounded_up():
    hold = Hold(code=HoldCode.QTY_RECEIVED, invoice_id="I", variance=Fraction(1, 3))
    assert or_release(hold) == "or a release up to 0.3334 with a reason."


# -- the wording -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (plain(Decimal("1234.500")), "1,234.5"),
        (plain(Decimal(100)), "100"),
        (plain(None), "0"),
        (plain(Fraction(1, 3)), "about 0.3333"),
        (money(Decimal(5), "EUR"), "5.00 EUR"),
        (money(Decimal("0.0125"), "EUR"), "0.0125 EUR"),
        (money(Decimal(5), "JPY"), "5 JPY"),
        (money(Fraction(20, 3), "EUR"), "about 6.6667 EUR"),
        (percent(Fraction(1, 3), "+"), "about +0.33 %"),
        (percent(Decimal("2.5")), "2.5 %"),
        (day(date(2026, 3, 3)), "Tue 3 Mar 2026"),
        (listed(("a", "b")), "a, b"),
        (listed(tuple("abcdefg")), "a, b, c, d, e and 2 more"),
    ],
)
def test_figures_are_written_as_people_write_them(said, words):
    assert said == words
