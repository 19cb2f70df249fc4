"""The case file: documents in, results out, in the schema of tests/matching_cases.json.

Short keys (`po`, `qty`) become the words of the house here and nowhere else. Reading and writing
are of parsed JSON; the file itself is the shell's.

Never: decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sheetsync.core.matching.case_values import CaseFileError, Entry
from sheetsync.core.matching.documents import (
    Charge,
    Documents,
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
from sheetsync.core.matching.exact import number
from sheetsync.core.matching.matches import InvoiceMatch, Matches, Number
from sheetsync.core.matching.settings import OFF, MatchingRules


def read_documents(content: Mapping[str, Any]) -> Documents:
    """The documents of one case; other keys of the case are left alone.

    Raises:
        CaseFileError: a value is missing or is not what the schema says.
    """
    case = Entry("", content)
    return Documents(**{key: tuple(map(read, case.entries(key))) for key, read in READERS.items()})


def read_settings(overrides: Mapping[str, Any], base: MatchingRules) -> MatchingRules:
    """Settings of a case, merged key by key into `base`; null is `off`.

    Raises:
        pydantic.ValidationError: a key or a value is not one of rules/matching.yaml.
    """
    return MatchingRules.model_validate(merged_settings(overrides, base))


def merged_settings(overrides: Mapping[str, Any], base: MatchingRules) -> Mapping[str, Any]:
    """The same, before anybody judged them."""
    return {key: _off_for_null(one) for key, one in _merged(base.model_dump(), overrides).items()}


def _merged(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in overrides.items():
        inner = base.get(key)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(inner, value) if both and inner is not None else value
    return merged


def _off_for_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _off_for_null(inner) for key, inner in value.items()}
    return OFF if value is None else value


def _order(entry: Entry) -> PurchaseOrder:
    entry.only(
        *("po", "supplier", "currency", "status", "closed_at", "match", "type", "value_limit"),
        *("valid_from", "valid_to", "fx_rate", "charges", "lines", "terms"),
    )
    order_type = entry.text_or_none("type")
    if order_type not in (None, "standard", "blanket"):
        raise entry.fail("type", "blanket, or nothing")
    return PurchaseOrder(
        po_number=entry.text("po"),
        supplier=entry.text("supplier"),
        currency=entry.text("currency"),
        status=entry.text("status"),
        match_level=entry.word("match", MatchLevel),
        closed_at=entry.instant_or_none("closed_at"),
        is_blanket=order_type == "blanket",
        value_limit=entry.number_or_none("value_limit"),
        valid_from=entry.day_or_none("valid_from"),
        valid_to=entry.day_or_none("valid_to"),
        fx_rates=entry.numbers_by_word("fx_rate"),
        charges=tuple(map(_charge, entry.entries("charges"))),
        terms=entry.text_or_none("terms"),
        lines=tuple(map(_ordered_line, entry.entries("lines"))),
    )


def _ordered_line(entry: Entry) -> OrderedLine:
    entry.only(
        *("line", "item", "qty", "uom", "price", "status", "cancelled_qty", "tax_rate"),
        *("price_includes_tax", "delivery_date", "category"),
    )
    return OrderedLine(
        line_number=entry.whole("line"),
        item=entry.text("item"),
        uom=entry.text("uom"),
        quantity=entry.number_or_none("qty"),
        unit_price=entry.number_or_none("price"),
        cancelled=entry.text_or_none("status") == "cancelled",
        cancelled_quantity=entry.number_or_none("cancelled_qty") or Decimal(0),
        tax_rate_pct=entry.number_or_none("tax_rate"),
        price_includes_tax=entry.flag("price_includes_tax"),
        delivery_date=entry.day_or_none("delivery_date"),
        category=entry.text_or_none("category"),
    )


def _charge(entry: Entry) -> Charge:
    entry.only("code", "amount", "tax_rate")
    return Charge(
        code=entry.text("code"),
        amount=entry.number("amount"),
        tax_rate_pct=entry.number_or_none("tax_rate"),
    )


def _receipt(entry: Entry) -> Receipt:
    entry.only(
        *("id", "kind", "rejected", "po", "line", "qty", "uom", "date", "accepted_qty"),
    )
    return Receipt(
        receipt_number=entry.text("id"),
        kind=entry.word("kind", ReceiptKind),
        po_number=entry.text("po"),
        line_number=entry.whole("line"),
        quantity=entry.number("qty"),
        uom=entry.text("uom"),
        received_date=entry.day("date"),
        accepted_quantity=entry.number_or_none("accepted_qty"),
        rejected=entry.flag("rejected"),
    )


def _invoice(entry: Entry) -> Invoice:
    entry.only(
        *("id", "supplier", "number", "type", "ref", "date", "received_at", "first_seen_at"),
        *("currency", "voided", "tax", "total", "charges", "lines", "terms"),
    )
    return Invoice(
        invoice_id=entry.text("id"),
        supplier=entry.text("supplier"),
        invoice_number=entry.text("number"),
        type=entry.word("type", InvoiceType),
        credits_invoice=entry.text_or_none("ref"),
        invoice_date=entry.day("date"),
        received_at=entry.instant("received_at"),
        first_seen_at=entry.instant_or_none("first_seen_at"),
        currency=entry.text("currency"),
        voided=entry.flag("voided"),
        tax=entry.number_or_none("tax"),
        total=entry.number_or_none("total"),
        charges=tuple(map(_charge, entry.entries("charges"))),
        terms=entry.text_or_none("terms"),
        lines=tuple(map(_invoiced_line, entry.entries("lines"))),
    )


def _invoiced_line(entry: Entry) -> InvoicedLine:
    entry.only(
        *("line_no", "po", "po_line", "item", "qty", "uom", "price", "price_includes_tax"),
        "amount",
    )
    return InvoicedLine(
        line_no=entry.whole("line_no"),
        po_number=entry.text_or_none("po"),
        line_number=entry.whole_or_none("po_line"),
        item=entry.text_or_none("item"),
        quantity=entry.number("qty"),
        uom=entry.text("uom"),
        unit_price=entry.number("price"),
        price_includes_tax=entry.flag("price_includes_tax"),
        amount=entry.number_or_none("amount"),
    )


def _release(entry: Entry) -> Release:
    entry.only("invoice", "line_no", "code", "up_to", "by", "reason")
    return Release(
        invoice_id=entry.text("invoice"),
        line_no=entry.whole_or_none("line_no"),
        code=entry.text("code"),
        up_to=entry.number_or_none("up_to"),
        released_by=entry.text("by"),
        reason=entry.text("reason"),
    )


def _payment(entry: Entry) -> Payment:
    entry.only("invoice", "amount", "date")
    return Payment(
        invoice_id=entry.text("invoice"),
        amount=entry.number("amount"),
        paid_date=entry.day("date"),
    )


def _unreadable(entry: Entry) -> UnreadableRow:
    entry.only("kind", "supplier", "po", "po_line")
    return UnreadableRow(
        kind=entry.word("kind", UnreadableKind),
        supplier=entry.text_or_none("supplier"),
        po_number=entry.text_or_none("po"),
        line_number=entry.whole_or_none("po_line"),
    )


READERS: Mapping[str, Callable[[Entry], Any]] = {
    "purchase_orders": _order,
    "receipts": _receipt,
    "invoices": _invoice,
    "releases": _release,
    "payments": _payment,
    "unreadable": _unreadable,
}
"""What reads one document of each list of a case."""


def write_matches(matches: Matches) -> dict[str, Any]:
    """The results in the shape of a case's `expected`, for every invoice and every order line."""
    return {
        "invoices": {
            invoice_id: _written_invoice(found) for invoice_id, found in matches.invoices.items()
        },
        "po_lines": [
            {
                "po": line.po_number,
                "line": line.line_number,
                "received_net": written_number(line.received_net),
                "invoiced_net": written_number(line.invoiced_net),
                "grni_amount": written_number(line.grni_amount),
            }
            for line in matches.order_lines.values()
        ],
        "receipt_exceptions": [
            {"po": found.po_number, "line": found.line_number, "code": found.code}
            for found in matches.receipt_exceptions
        ],
    }


def _written_invoice(found: InvoiceMatch) -> dict[str, Any]:
    return {
        "status": found.status.value,
        "holds": _words(found.holds),
        "released": _words(found.released),
        "warnings": _words(found.warnings),
        "payable_amount": written_number(found.payable_amount),
        "paid_amount": written_number(found.paid_amount),
        "open_amount": written_number(found.open_amount),
        "lines": [
            {
                "line_no": line.line_no,
                "matched_qty": written_number(line.matched_quantity),
                "matched_amount": written_number(line.matched_amount),
                "holds": _words(line.holds),
            }
            for line in found.lines
        ],
    }


def _words(codes: Iterable[str]) -> list[str]:
    return [str(code) for code in codes]


def written_number(value: Number) -> str:
    """A decimal without exponent, or the ratio `n/d` where no decimal can write it."""
    plain = number(value)
    if isinstance(plain, Fraction):
        return f"{plain.numerator}/{plain.denominator}"
    return format(plain, "f")


__all__ = ["CaseFileError", "read_documents", "read_settings", "write_matches", "written_number"]
