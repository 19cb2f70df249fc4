"""Documents that cannot touch each other are matched apart: the same comes out as of all at once."""

from dataclasses import fields, replace
from decimal import localcontext

from any_documents import documents, law, rules
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.matching import NO_LEVELS, Documents, MatchingRules, match
from sheetsync.core.matching.exact import PRECISE
from sheetsync.core.matching.levels import Tuning
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
        return match_lot(lot, Tuning(settings, NO_LEVELS), None)


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
    found = lots(given_documents)
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
