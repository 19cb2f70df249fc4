"""Laws of matching over generated documents, and an independent evaluator in plain fractions."""

from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import chain
from unittest import mock

from any_documents import (
    DAY,
    STRICT,
    documents,
    law,
    quantities,
    rules,
    with_changes,
)
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.matching import HoldCode, MatchingRules, match
from sheetsync.core.matching.case_file import write_matches
from sheetsync.core.matching.documents import (
    InvoiceType,
    MatchLevel,
    Receipt,
    ReceiptKind,
)
from sheetsync.rules_lint.limits import limit_doubts


@law
@given(documents(), rules(), st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(given_documents, chosen, chance):
    def shuffled(values):
        return tuple(chance.sample(values, len(values)))

    other = with_changes(
        given_documents,
        purchase_orders=tuple(
            with_changes(order, lines=shuffled(order.lines))
            for order in shuffled(given_documents.purchase_orders)
        ),
        receipts=shuffled(given_documents.receipts),
        invoices=tuple(
            with_changes(invoice, lines=shuffled(invoice.lines))
            for invoice in shuffled(given_documents.invoices)
        ),
    )
    allowed = MatchingRules.model_validate(chosen)
    first, second = match(given_documents, allowed), match(other, allowed)
    assert by_key(first) == by_key(second)
    assert {key: found.details for key, found in first.invoices.items()} == {
        key: found.details for key, found in second.invoices.items()
    }


def by_key(found):
    written = write_matches(found)
    written["po_lines"].sort(key=lambda line: (line["po"], line["line"]))
    written["receipt_exceptions"].sort(key=lambda line: (line["po"], line["line"]))
    return written


@partial(law, times=5)
@given(documents(), rules())
def test_what_is_told_at_one_look_comes_to_the_same_at_the_gates(given_documents, chosen):
    allowed = MatchingRules.model_validate(chosen)
    at_one_look = match(given_documents, allowed)
    with mock.patch("sheetsync.core.matching.gates._plainly_meant", return_value=None):
        assert match(given_documents, allowed) == at_one_look


@law
@given(documents())
def test_no_quantity_is_matched_twice(given_documents):
    unpaid = with_changes(given_documents, payments=(), releases=())
    found = match(unpaid, MatchingRules.model_validate(STRICT))
    levels = {order.po_number: order for order in unpaid.purchase_orders}
    matched = {}
    named = {invoice.invoice_id for invoice in unpaid.invoices if invoice.credits_invoice}
    for invoice in found.invoices.values():
        for line in invoice.lines:
            if line.order_line is not None and invoice.invoice_id not in named:
                taken = Fraction(line.matched_quantity)
                matched[line.order_line] = matched.get(line.order_line, 0) + taken
    for key, quantity in matched.items():
        order = levels[key[0]]
        if order.is_blanket:
            continue
        line = found.order_lines[key]
        basis = [line.ordered]
        if order.match_level is not MatchLevel.TWO_WAY:
            basis.append(line.received_net)
        if order.match_level is MatchLevel.FOUR_WAY:
            basis.append(line.accepted_net)
        assert quantity <= max(0, min(map(Fraction, basis)))


@law
@given(documents(), rules(), quantities, st.integers(0, 1), st.integers(1, 2))
def test_one_more_receipt_never_puts_a_received_hold_on_a_line(
    given_documents, chosen, quantity, order, line
):
    receipt = Receipt(
        receipt_number="GR-MORE",
        kind=ReceiptKind.RECEIPT,
        po_number=f"PO-{order}",
        line_number=line,
        quantity=quantity,
        uom="EA",
        received_date=DAY,
        accepted_quantity=quantity,
    )
    known = {
        (order.po_number, line.line_number): line.uom
        for order in given_documents.purchase_orders
        for line in order.lines
    }
    unit = known.get((receipt.po_number, receipt.line_number), "EA")
    more = with_changes(
        given_documents, receipts=(*given_documents.receipts, with_changes(receipt, uom=unit))
    )
    if (receipt.po_number, receipt.line_number) not in known:
        return
    allowed = MatchingRules.model_validate(chosen)
    short = {HoldCode.QTY_RECEIVED, HoldCode.NO_RECEIPT}
    quality = {HoldCode.QUALITY}
    before, after = match(given_documents, allowed), match(more, allowed)
    for key, invoice in after.invoices.items():
        for old, new in zip(before.invoices[key].lines, invoice.lines, strict=True):
            for codes in (short, quality):
                assert not set(new.holds) & codes or set(old.holds) & codes


CODE_OF_LIMIT = {
    ("qty_ordered", "pct_upper"): "QTY_ORDERED",
    ("qty_ordered", "abs_upper"): "QTY_ORDERED",
    ("qty_ordered", "value_upper"): "QTY_ORDERED",
    ("qty_received", "pct_upper"): "QTY_RECEIVED",
    ("qty_received", "abs_upper"): "QTY_RECEIVED",
    ("qty_received", "value_upper"): "QTY_RECEIVED",
    ("price", "pct_upper"): "PRICE_HIGH",
    ("price", "abs_upper"): "PRICE_HIGH",
    ("price", "pct_lower"): "PRICE_LOW",
    ("price", "abs_lower"): "PRICE_LOW",
    ("line_total", "pct_upper"): "LINE_TOTAL",
    ("line_total", "abs_upper"): "LINE_TOTAL",
    ("charge_planned", "pct_upper"): "CHARGE",
    ("charge_planned", "abs_upper"): "CHARGE",
    ("charge_unplanned", "abs_upper"): "UNPLANNED_CHARGE",
    ("blanket_amount", "abs_upper"): "BLANKET_LIMIT",
    ("tax", None): "TAX",
    ("small_difference", None): "INVOICE_TOTAL",
    ("line_amount_cap", None): "AMOUNT_LIMIT",
    ("blanket_days", None): "BLANKET_DATE",
    ("date_value_days", None): "DATE_EARLY",
}


@law
@given(documents(), rules(), st.sampled_from(sorted(CODE_OF_LIMIT, key=str)), st.integers(1, 900))
def test_a_raised_limit_never_adds_a_hold_of_its_code(given_documents, chosen, place, more):
    key, inner = place
    old = chosen[key] if inner is None else chosen[key][inner]
    if old == "off":
        return
    raised = str(Decimal(old) + more)
    wider = {**chosen, key: raised if inner is None else {**chosen[key], inner: raised}}
    code = CODE_OF_LIMIT[place]
    before = match(given_documents, MatchingRules.model_validate(chosen))
    after = match(given_documents, MatchingRules.model_validate(wider))
    for invoice_id, invoice in after.invoices.items():
        for hold in invoice.details:
            if hold.code == code:
                assert any(
                    old.code == code and old.line_no == hold.line_no
                    for old in before.invoices[invoice_id].details
                )


@partial(law, times=3)
@given(documents(), rules())
def test_a_limit_that_never_decides_may_be_switched_off(given_documents, chosen):
    """What `sheetsync check` remarks of a limit beside a 0 is true of every document."""
    before = match(given_documents, MatchingRules.model_validate(chosen))
    for doubt in limit_doubts(MatchingRules.model_validate(chosen)):
        if "never decides" not in doubt.seen:
            continue
        check, _, limit = doubt.key.partition(".")
        off = {**chosen, check: {**chosen[check], limit: "off"}}
        after = match(given_documents, MatchingRules.model_validate(off))
        assert write_matches(after)["invoices"] == write_matches(before)["invoices"], doubt.key


@law
@given(documents(), rules())
def test_no_more_is_payable_than_was_billed(given_documents, chosen):
    found = match(given_documents, MatchingRules.model_validate(chosen))
    billed = {invoice.invoice_id: invoice for invoice in given_documents.invoices}
    for invoice_id, result in found.invoices.items():
        invoice = billed[invoice_id]
        if invoice.type is InvoiceType.CREDIT_NOTE:
            assert result.payable_amount <= 0
        else:
            assert result.payable_amount <= max(Decimal(0), asked_for(invoice))
        assert (
            result.status != "held"
            or chosen["payable_policy"] == "line"
            or not (result.payable_amount)
        )


def asked_for(invoice):
    """The stated total, or all parts with the whole tax on top."""
    if invoice.total is not None:
        return invoice.total
    places = {"JPY": 0}.get(invoice.currency, 2)
    lines = [
        half_up(Fraction(line.quantity) * Fraction(line.unit_price), places)
        if line.amount is None
        else line.amount
        for line in invoice.lines
    ]
    whole = sum(chain(lines, (charge.amount for charge in invoice.charges)), Decimal(0))
    return half_up(Fraction(whole + (invoice.tax or 0)), places)


def half_up(value, places):
    scaled = abs(value) * 10**places
    units = int(scaled + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-places)


# -- the independent evaluator: quantity and price, in fractions, one line at a time ---------------

TO_EA = {"EA": Fraction(1), "BOX": Fraction(12), "CASE": Fraction(3)}
TO_EA_B = {**TO_EA, "BOX": Fraction(7)}
IN_EUR = {"EUR": Fraction(1), "USD": 1 / Fraction("1.10"), "JPY": Fraction("0.0061")}


def factor(item, unit, wanted):
    """BOX and CASE meet only by way of EA, which is a chain, and chains are not made."""
    if unit == wanted:
        return Fraction(1)
    if "EA" not in (unit, wanted):
        return None
    table = TO_EA_B if item == "B" else TO_EA
    return table[unit] / table[wanted]


def rate(base, other):
    if base == other:
        return Fraction(1)
    if "EUR" not in (base, other):
        return None
    return IN_EUR[base] / IN_EUR[other]


def exceeds(chosen, tests):
    enabled = [(limit, seen) for limit, seen in tests if limit != "off"]
    over = [seen is None or seen > Fraction(limit) for limit, seen in enabled]
    if chosen["combine"] == "both_must_exceed":
        return bool(over) and all(over)
    return any(over)


def share(over, base):
    return over * 100 / base if base > 0 else None


def money(chosen, order, amount):
    wanted = chosen["limit_currency"]
    if wanted == "off":
        return amount
    found = rate(order.currency, wanted) if wanted != "GBP" else None
    return None if found is None else amount * found


def goods(given_documents, order, line):
    came = accepted = Fraction(0)
    for receipt in given_documents.receipts:
        if (receipt.po_number, receipt.line_number) != (order.po_number, line.line_number):
            continue
        times = factor(line.item, receipt.uom, line.uom)
        if times is None:
            continue
        if receipt.kind is ReceiptKind.RETURN:
            came -= Fraction(receipt.quantity) * times
            accepted -= 0 if receipt.rejected else Fraction(receipt.quantity) * times
        else:
            came += Fraction(receipt.quantity) * times
            accepted += Fraction(receipt.accepted_quantity or 0) * times
    return came, accepted


def net(price, line, *, includes):
    return Fraction(price) / (1 + Fraction(line.tax_rate_pct or 0) / 100) if includes else price


def evaluate(given_documents, chosen):
    """Codes of quantity and price, and matched quantity, by invoice and line."""
    orders_by_number = {order.po_number: order for order in given_documents.purchase_orders}
    taken, answers = {}, {}
    turns = sorted(given_documents.invoices, key=lambda one: (one.received_at, one.invoice_number))
    for invoice in turns:
        for line in sorted(invoice.lines, key=lambda one: one.line_no):
            order = orders_by_number.get(line.po_number)
            ordered = (
                next((one for one in order.lines if one.line_number == line.line_number), None)
                if order
                else None
            )
            if ordered is None or (line.item and line.item != ordered.item):
                continue
            times = factor(ordered.item, line.uom, ordered.uom)
            per_unit = rate(invoice.currency, order.currency)
            if times is None or per_unit is None:
                continue
            key = (order.po_number, ordered.line_number)
            quantity = Fraction(line.quantity) * times
            before = taken.get(key, Fraction(0))
            taken[key] = before + quantity
            answers[(invoice.invoice_id, line.line_no)] = one_line(
                given_documents, chosen, (order, ordered), (invoice, line), before, quantity
            )
    return answers


def one_line(given_documents, chosen, agreement, bill, before, quantity):
    (order, ordered), (invoice, line) = agreement, bill
    wanted = Fraction(ordered.quantity - ordered.cancelled_quantity)
    came, accepted = goods(given_documents, order, ordered)
    agreed = Fraction(net(ordered.unit_price, ordered, includes=ordered.price_includes_tax))
    codes, basis = set(), [wanted]

    def too_many(limits, base):
        over = before + quantity - base
        tests = [
            (limits["pct_upper"], share(over, base)),
            (limits["abs_upper"], over),
            (limits["value_upper"], money(chosen, order, over * agreed)),
        ]
        return over > 0 and exceeds(chosen, tests)

    if too_many(chosen["qty_ordered"], wanted):
        codes.add("QTY_ORDERED")
    if order.match_level is not MatchLevel.TWO_WAY:
        basis.append(came)
        if came <= 0:
            codes |= {"NO_RECEIPT"} if before + quantity > came else set()
        elif too_many(chosen["qty_received"], came):
            codes.add("QTY_RECEIVED")
    if order.match_level is MatchLevel.FOUR_WAY:
        basis.append(accepted)
        if too_many(chosen["qty_received"], accepted):
            codes.add("QUALITY")
    times = factor(ordered.item, line.uom, ordered.uom)
    scale = rate(invoice.currency, order.currency) / times
    billed = Fraction(net(line.unit_price, ordered, includes=line.price_includes_tax)) * scale
    short = bool(codes)
    if price_holds(chosen, agreement, bill, billed - agreed, agreed, scale):
        codes.add("PRICE_HIGH" if billed > agreed else "PRICE_LOW")
    matched = (
        max(Fraction(0), min([quantity, *(one - before for one in basis)])) if short else (quantity)
    )
    return codes, matched


def price_holds(chosen, agreement, bill, off, agreed, scale):
    (order, ordered), (invoice, line) = agreement, bill
    quantity = Fraction(line.quantity) * factor(ordered.item, line.uom, ordered.uom)
    if not off:
        return False
    side = "upper" if off > 0 else "lower"
    if side == "lower" and chosen["price"]["lower_action"] == "warn":
        return False
    is_derived = (
        line.uom != ordered.uom
        or invoice.currency != order.currency
        or line.price_includes_tax != ordered.price_includes_tax
    )
    decimals = -line.unit_price.normalize().as_tuple().exponent
    last = Fraction(1, 10 ** max(decimals, 0 if invoice.currency == "JPY" else 2))
    rounding = net(last / 2, ordered, includes=line.price_includes_tax) * scale
    if is_derived and abs(off) <= rounding:
        return False
    tests = [
        (chosen["price"][f"pct_{side}"], share(abs(off), agreed)),
        (chosen["price"][f"abs_{side}"], money(chosen, order, abs(off) * quantity)),
    ]
    return exceeds(chosen, tests)


JUDGED = {"QTY_ORDERED", "QTY_RECEIVED", "NO_RECEIPT", "QUALITY", "PRICE_HIGH", "PRICE_LOW"}


@partial(law, times=5)
@given(documents(), rules())
def test_quantity_and_price_agree_with_plain_fractions(given_documents, chosen):
    plain = with_changes(
        given_documents,
        purchase_orders=tuple(
            with_changes(order, is_blanket=False, status="issued")
            for order in given_documents.purchase_orders
        ),
        invoices=tuple(
            with_changes(
                invoice,
                type=InvoiceType.INVOICE,
                credits_invoice=None,
                voided=False,
                invoice_number=f"N{number}",
                lines=tuple(
                    with_changes(
                        line,
                        quantity=abs(line.quantity) or Decimal(1),
                        line_number=line.line_number or 1,
                    )
                    for line in invoice.lines
                ),
            )
            for number, invoice in enumerate(given_documents.invoices)
        ),
        payments=(),
        releases=(),
    )
    found = match(plain, MatchingRules.model_validate(chosen))
    expected = evaluate(plain, chosen)
    for invoice in found.invoices.values():
        for line in invoice.lines:
            codes, matched = expected.get((invoice.invoice_id, line.line_no), (set(), 0))
            assert {str(code) for code in line.holds} & JUDGED == codes
            assert Fraction(line.matched_quantity) == matched
