"""Documents that cannot touch each other are matched apart, and again only where one changed.

Part is whole: the same comes out as of all at once, and as without a memory of the last time.
"""

import random
import sys
from copy import deepcopy
from dataclasses import fields, replace
from datetime import UTC, timedelta, timezone
from decimal import Decimal, localcontext
from unittest import mock

from any_documents import DAY, STRICT, documents, law, rules
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.matching import NO_LEVELS, Documents, LastMatched, MatchingRules, match
from sheetsync.core.matching.documents import (
    MatchLevel,
    OrderedLine,
    PurchaseOrder,
    Receipt,
    ReceiptKind,
)
from sheetsync.core.matching.exact import PRECISE
from sheetsync.core.matching.levels import MatchingLevels, Tuning
from sheetsync.core.matching.lots import Lot, lots
from sheetsync.core.matching.match import match_lot

PARTS = [one.name for one in fields(Documents)]


def of(supplier, given):
    """The same documents of another supplier, each with a key of its own."""

    def own(key):
        return key and f"{supplier} {key}"

    return Documents(
        purchase_orders=tuple(
            replace(order, supplier=supplier, po_number=own(order.po_number))
            for order in given.purchase_orders
        ),
        receipts=tuple(
            replace(receipt, po_number=own(receipt.po_number)) for receipt in given.receipts
        ),
        invoices=tuple(
            replace(
                invoice,
                supplier=supplier,
                invoice_id=own(invoice.invoice_id),
                lines=tuple(replace(line, po_number=own(line.po_number)) for line in invoice.lines),
            )
            for invoice in given.invoices
        ),
        releases=tuple(replace(one, invoice_id=own(one.invoice_id)) for one in given.releases),
        payments=tuple(replace(one, invoice_id=own(one.invoice_id)) for one in given.payments),
        unreadable=tuple(
            replace(row, supplier=row.supplier and supplier, po_number=own(row.po_number))
            for row in given.unreadable
        ),
    )


def together(*of_suppliers):
    return Documents(
        **{name: sum((getattr(one, name) for one in of_suppliers), ()) for name in PARTS}
    )


@st.composite
def of_three_suppliers(draw):
    """Documents of three suppliers; some invoices name another supplier's order or invoice."""
    whole = together(*(of(supplier, draw(documents())) for supplier in ("ACME", "BOLT", "CORK")))
    strays = draw(st.lists(st.sampled_from(whole.invoices), max_size=2, unique_by=id))
    numbers = [order.po_number for order in whole.purchase_orders]
    invoices = {invoice.invoice_id: invoice for invoice in whole.invoices}
    for stray in strays:
        line = replace(stray.lines[0], po_number=draw(st.sampled_from(numbers)))
        named = stray.credits_invoice and draw(st.sampled_from(list(invoices)))
        invoices[stray.invoice_id] = replace(
            stray, credits_invoice=named, lines=(line, *stray.lines[1:])
        )
    releases = tuple(
        replace(release, code=draw(st.sampled_from([release.code, "SUPPLIER_MISMATCH"])))
        for release in whole.releases
    )
    return replace(whole, invoices=tuple(invoices.values()), releases=releases)


def all_at_once(given, settings):
    with localcontext(PRECISE):
        lot = Lot(**{name: list(getattr(given, name)) for name in PARTS})
        return match_lot(lot, Tuning(settings, NO_LEVELS))


@law
@given(of_three_suppliers(), rules())
def test_lots_come_to_the_same_as_all_documents_at_once(given_documents, chosen):
    allowed = MatchingRules.model_validate(chosen)
    apart, whole = match(given_documents, allowed), all_at_once(given_documents, allowed)
    assert apart.invoices == whole.invoices
    assert apart.order_lines == whole.order_lines
    assert set(apart.receipt_exceptions) == set(whole.receipt_exceptions)


@law
@given(of_three_suppliers())
def test_every_document_is_in_one_lot_that_holds_all_it_could_touch(given_documents):
    found = lots(given_documents, None).values()
    for name in ("purchase_orders", "invoices"):
        laid = [document for lot in found for document in getattr(lot, name)]
        assert sorted(map(id, laid)) == sorted(map(id, getattr(given_documents, name)))
    for lot in found:
        suppliers = {one.supplier for one in (*lot.purchase_orders, *lot.invoices)}
        elsewhere = [other for other in found if other is not lot]
        others = [one for other in elsewhere for one in (*other.purchase_orders, *other.invoices)]
        assert suppliers.isdisjoint(one.supplier for one in others)
        numbers = {order.po_number for other in elsewhere for order in other.purchase_orders}
        named = {line.po_number for invoice in lot.invoices for line in invoice.lines}
        assert named.isdisjoint(numbers)


# -- again ----------------------------------------------------------------------------------------


class Office:
    """Documents, rules and a day, and whatever happens to them between two cycles."""

    def __init__(self, given: Documents, seed: int) -> None:
        self.given, self.gone = given, []
        self.random = random.Random(seed)  # noqa: S311 - documents of anything, no secret
        self.rules, self.levels = MatchingRules.model_validate(STRICT), NO_LEVELS
        self.today = DAY + timedelta(days=2)

    def put(self, part, documents) -> None:
        self.given = replace(self.given, **{part: tuple(documents)})

    def change(self, part, altered) -> None:
        """One document of a part is altered."""
        documents = list(getattr(self.given, part))
        if documents:
            at = self.random.randrange(len(documents))
            documents[at] = altered(documents[at])
            self.put(part, documents)

    def lose(self) -> None:
        part = self.random.choice([name for name in PARTS if getattr(self.given, name)])
        documents = list(getattr(self.given, part))
        self.gone.append((part, documents.pop(self.random.randrange(len(documents)))))
        self.put(part, documents)

    def find(self) -> None:
        """What was lost comes back, at the end."""
        if self.gone:
            part, document = self.gone.pop()
            self.put(part, (*getattr(self.given, part), document))

    def reread(self) -> None:
        self.given, self.rules = deepcopy(self.given), self.rules.model_copy(deep=True)

    def sort(self) -> None:
        part = self.random.choice(PARTS)
        documents = getattr(self.given, part)
        self.put(part, self.random.sample(documents, len(documents)))

    def write_otherwise(self) -> None:
        """1.5 becomes 1.500, and noon in one zone noon in another: equal, and not written alike."""
        zone = self.random.choice([UTC, timezone(timedelta(hours=14))])
        self.change("receipts", lambda one: replace(one, quantity=one.quantity + Decimal("0.000")))
        self.change(
            "invoices",
            lambda one: replace(
                one,
                received_at=one.received_at.astimezone(zone),
                lines=tuple(
                    replace(line, quantity=line.quantity + Decimal("0.000")) for line in one.lines
                ),
            ),
        )

    def receive_more(self) -> None:
        self.change("receipts", lambda one: replace(one, quantity=one.quantity + 1))

    def bill_dearer(self) -> None:
        def dearer(invoice):
            first, *others = invoice.lines
            line = replace(first, unit_price=first.unit_price + Decimal("0.01"))
            return replace(invoice, lines=(line, *others))

        self.change("invoices", dearer)

    def move_to_another_supplier(self) -> None:
        supplier = self.random.choice(["ACME", "BOLT", "CORK", "DORN"])
        part = self.random.choice(["purchase_orders", "invoices"])
        self.change(part, lambda one: replace(one, supplier=supplier))

    def bill_another_order(self) -> None:
        number = self.random.choice(["ACME PO-0", "BOLT PO-1", "CORK PO-0"])

        def other(invoice):
            lines = tuple(replace(line, po_number=number) for line in invoice.lines)
            return replace(invoice, lines=lines)

        self.change("invoices", other)

    def change_an_order(self) -> None:
        status = self.random.choice(["issued", "closed", "on_hold", "draft"])
        self.change("purchase_orders", lambda one: replace(one, status=status))

    def change_rules(self) -> None:
        limit = self.random.choice(["off", "0", "5", "5.00"])
        chosen = {**STRICT, "price": {**STRICT["price"], "pct_upper": limit}}
        self.rules = MatchingRules.model_validate(chosen)

    def change_levels(self) -> None:
        level = {"ACME": {"price": {"abs_upper": self.random.choice(["off", "3", "3.0"])}}}
        self.levels = MatchingLevels(suppliers=level, categories={}, items={})

    def sleep(self) -> None:
        self.today += timedelta(days=self.random.choice([-1, 1, 1, 30]))

    def match(self, last):
        return match(self.given, self.rules, as_of=self.today, levels=self.levels, last=last)


ACTS = (
    *("lose", "lose", "find", "reread", "sort", "receive_more", "bill_dearer"),
    *("write_otherwise", "write_otherwise"),
    *("move_to_another_supplier", "bill_another_order", "change_an_order"),
    *("change_rules", "change_levels", "sleep", "sleep"),
)


@law
@given(of_three_suppliers(), st.integers(0, 2**32), st.lists(st.sampled_from(ACTS), max_size=8))
def test_matching_with_a_memory_is_matching_all(given_documents, seed, acts):
    office, last = Office(given_documents, seed), LastMatched()
    for act in ("reread", *acts):
        getattr(office, act)()
        assert repr(office.match(last)) == repr(office.match(None)), act


def walked(office, last):
    """The suppliers whose documents are matched, not taken over."""
    module = sys.modules[match_lot.__module__]
    with mock.patch.object(module, "match_lot", side_effect=match_lot) as matched:
        office.match(last)
    lots_walked = [call.args[0] for call in matched.call_args_list]
    return {one.supplier for lot in lots_walked for one in (*lot.purchase_orders, *lot.invoices)}


def of_order(number):
    """An order and its receipt; what is billed is of no matter here."""
    line = OrderedLine(
        line_number=1, item="A", uom="EA", quantity=Decimal(1), unit_price=Decimal(2)
    )
    order = PurchaseOrder(
        po_number=number,
        supplier="",
        currency="EUR",
        status="issued",
        match_level=MatchLevel.THREE_WAY,
        lines=(line,),
    )
    receipt = Receipt(
        receipt_number="GR",
        kind=ReceiptKind.RECEIPT,
        po_number=number,
        line_number=1,
        quantity=Decimal(1),
        uom="EA",
        received_date=DAY + timedelta(days=3),
    )
    return Documents(purchase_orders=(order,), receipts=(receipt,))


def test_only_what_changed_is_matched_again():
    ours, theirs = of("ACME", of_order("PO-0")), of("BOLT", of_order("PO-0"))
    office, last = Office(together(ours, theirs), 0), LastMatched()
    assert walked(office, last) == {"ACME", "BOLT"}
    office.reread()
    assert walked(office, last) == set()
    longer = replace(ours.purchase_orders[0].lines[0], quantity=Decimal("1.00"))
    ours = replace(ours, purchase_orders=(replace(ours.purchase_orders[0], lines=(longer,)),))
    office.put("purchase_orders", (*ours.purchase_orders, *theirs.purchase_orders))
    assert walked(office, last) == {"ACME"}, "1.00 is shown otherwise than 1"
    more = replace(theirs.purchase_orders[0], status="on_hold")
    office.put("purchase_orders", (*ours.purchase_orders, more))
    assert walked(office, last) == {"BOLT"}
    office.put("receipts", ours.receipts)
    assert walked(office, last) == set(), "what is still to come does not count yet"
    office.today = DAY + timedelta(days=3)
    assert walked(office, last) == {"ACME"}, "its receipt is of today"
    office.change_rules()
    assert walked(office, last) == {"ACME", "BOLT"}
