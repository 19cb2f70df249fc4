"""Any documents for matching, and any rules: what the laws of matching are asked over."""

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sheetsync.core.matching import Documents
from sheetsync.core.matching.documents import (
    Charge,
    Invoice,
    InvoicedLine,
    InvoiceType,
    MatchLevel,
    OrderedLine,
    Payment,
    PurchaseOrder,
    Receipt,
    ReceiptKind,
    Release,
    UnreadableKind,
    UnreadableRow,
)

EXAMPLES = int(os.environ.get("MATCHING_EXAMPLES", "60"))
"""Examples per law; five times as many against the independent evaluator."""


def law(test, *, times=1):
    return settings(
        max_examples=EXAMPLES * times,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )(test)


DAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STRICT = {
    "combine": "either_exceeds",
    "payable_policy": "invoice",
    "currency_policy": "convert",
    "fx": {"EURUSD": "1.10", "JPYEUR": "0.0061"},
    "uom": {"BOX": {"EA": "12"}, "CASE": {"EA": "3"}},
    "uom_items": {"B": {"BOX": {"EA": "7"}}},
    "qty_ordered": {"pct_upper": "0", "abs_upper": "off", "value_upper": "off"},
    "qty_received": {"pct_upper": "0", "abs_upper": "off", "value_upper": "off"},
    "over_receipt": {"pct_upper": "5"},
    "price": {
        "pct_upper": "0",
        "abs_upper": "off",
        "pct_lower": "off",
        "abs_lower": "off",
        "lower_action": "warn",
    },
    "line_total": {"pct_upper": "off", "abs_upper": "off"},
    "charge_planned": {"pct_upper": "0", "abs_upper": "off"},
    "charge_unplanned": {"abs_upper": "0"},
    "tax": "0",
    "small_difference": "0",
    "line_amount_cap": "off",
    "blanket_amount": {"abs_upper": "0"},
    "blanket_days": "off",
    "date_value_days": "off",
    "limit_currency": "off",
}

quantities = st.sampled_from([Decimal(text) for text in ("1", "2", "2.5", "10", "12", "36", "100")])
prices = st.sampled_from(
    [Decimal(text) for text in ("0", "0.125", "1", "3.33", "3.34", "6.67", "10.00", "10.50", "12")]
)
units = st.sampled_from(["EA", "BOX", "CASE"])
currencies = st.sampled_from(["EUR", "EUR", "USD", "JPY"])
items = st.sampled_from(["A", "B"])
limits = st.sampled_from(["off", "0", "1", "5", "10", "50"])


@st.composite
def rules(draw):
    chosen = {
        **STRICT,
        "combine": draw(st.sampled_from(["either_exceeds", "both_must_exceed"])),
        "payable_policy": draw(st.sampled_from(["invoice", "line"])),
    }
    for key, value in STRICT.items():
        if isinstance(value, dict) and key not in ("fx", "uom", "uom_items"):
            chosen[key] = {
                inner: draw(st.sampled_from(["warn", "hold"]))
                if inner == "lower_action"
                else draw(limits)
                for inner in value
            }
    for key in ("tax", "small_difference", "line_amount_cap", "blanket_days", "date_value_days"):
        chosen[key] = draw(limits)
    chosen["limit_currency"] = draw(st.sampled_from(["off", "off", "EUR", "GBP"]))
    return chosen


@st.composite
def orders(draw):
    found = []
    for number in range(draw(st.integers(1, 2))):
        lines = tuple(
            OrderedLine(
                line_number=line,
                item=draw(items),
                uom=draw(units),
                quantity=draw(quantities),
                unit_price=draw(prices),
                cancelled_quantity=draw(st.sampled_from([Decimal(0), Decimal(1)])),
                tax_rate_pct=draw(st.sampled_from([None, Decimal(19), Decimal(20)])),
                price_includes_tax=draw(st.booleans()),
                delivery_date=draw(st.sampled_from([None, DAY + timedelta(days=20)])),
            )
            for line in range(1, draw(st.integers(1, 2)) + 1)
        )
        found.append(
            PurchaseOrder(
                po_number=f"PO-{number}",
                supplier="ACME",
                currency=draw(st.sampled_from(["EUR", "EUR", "USD"])),
                status=draw(st.sampled_from(["issued", "issued", "issued", "on_hold", "closed"])),
                match_level=draw(st.sampled_from(list(MatchLevel))),
                lines=lines,
                closed_at=NOON + timedelta(days=3),
                is_blanket=draw(st.sampled_from([False, False, False, True])),
                value_limit=Decimal(100),
                charges=draw(
                    st.sampled_from([(), (Charge(code="FREIGHT", amount=Decimal("33.33")),)])
                ),
            )
        )
    return tuple(found)


@st.composite
def receipts(draw):
    return tuple(
        Receipt(
            receipt_number=f"GR-{number}",
            kind=draw(st.sampled_from([ReceiptKind.RECEIPT] * 3 + [ReceiptKind.RETURN])),
            po_number=f"PO-{draw(st.integers(0, 1))}",
            line_number=draw(st.integers(1, 2)),
            quantity=draw(quantities),
            uom=draw(units),
            received_date=DAY + timedelta(days=number),
            accepted_quantity=draw(st.sampled_from([None, Decimal(1), Decimal(10)])),
            rejected=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 5)))
    )


@st.composite
def billed_lines(draw, *, is_credit):
    return tuple(
        InvoicedLine(
            line_no=number,
            po_number=draw(st.sampled_from(["PO-0", "PO-0", "PO-0", "PO-1", None])),
            line_number=draw(st.sampled_from([1, 1, 2, None])),
            item=draw(st.sampled_from(["A", "B", None])),
            quantity=draw(st.sampled_from([Decimal(0), Decimal(1), Decimal(-3)]))
            if is_credit
            else draw(quantities),
            uom=draw(units),
            unit_price=draw(prices),
            price_includes_tax=draw(st.booleans()),
            amount=draw(st.sampled_from([None, None, Decimal(-5) if is_credit else Decimal(10)])),
        )
        for number in range(1, draw(st.integers(1, 2)) + 1)
    )


@st.composite
def invoices(draw):
    found = []
    for number in range(draw(st.integers(1, 5))):
        is_credit = draw(st.sampled_from([False, False, True]))
        charges = st.sampled_from([(), (), (Charge(code="FREIGHT", amount=Decimal("11.11")),)])
        found.append(
            Invoice(
                invoice_id=f"I{number}",
                supplier="ACME",
                invoice_number=draw(st.sampled_from([f"INV-{number}", "INV-1", "inv 001"])),
                type=InvoiceType.CREDIT_NOTE if is_credit else InvoiceType.INVOICE,
                credits_invoice=draw(st.sampled_from([None, "I0", "INV-1"])) if is_credit else None,
                invoice_date=DAY + timedelta(days=draw(st.integers(0, 3))),
                received_at=NOON + timedelta(days=draw(st.integers(0, 4))),
                currency=draw(currencies),
                voided=draw(st.sampled_from([False] * 5 + [True])),
                tax=draw(st.sampled_from([None, None, Decimal("1.90")])),
                total=draw(st.sampled_from([None, None, Decimal("10.00")])),
                charges=draw(charges),
                lines=draw(billed_lines(is_credit=is_credit)),
            )
        )
    return tuple(found)


@st.composite
def documents(draw):
    return Documents(
        purchase_orders=draw(orders()),
        receipts=draw(receipts()),
        invoices=draw(invoices()),
        releases=draw(
            st.sampled_from(
                [
                    (),
                    (Release(invoice_id="I0", line_no=1, code="PRICE_HIGH", up_to=Decimal(1)),),
                    (Release(invoice_id="I0", line_no=None, code="TAX", up_to=Decimal(1)),),
                    (Release(invoice_id="I1", line_no=1, code="PO_CLOSED"),),
                ]
            )
        ),
        payments=draw(
            st.sampled_from(
                [(), (), (Payment(invoice_id="I0", amount=Decimal(10), paid_date=DAY),)]
            )
        ),
        unreadable=draw(
            st.sampled_from(
                [
                    (),
                    (),
                    (UnreadableRow(kind=UnreadableKind.RETURN, supplier="ACME"),),
                    (UnreadableRow(kind=UnreadableKind.RECEIPT, supplier=None, po_number="PO-1"),),
                ]
            )
        ),
    )


def with_changes(before, **changes):
    kept = {name: getattr(before, name) for name in before.__dataclass_fields__}
    return type(before)(**{**kept, **changes})
