"""python -m bench.matching: what matching costs per order line, all rules in force.

Documents as a busy year leaves them: orders of one to seven lines, 1.3 receipts and 1.2 invoice
lines for each, tax and totals stated, freight planned. One line in thirty bills another price, and
one in fifty more than was received. Sentences are not made; nobody looks at them here.

Never: holds the garbage collector, except where it says so.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import pstats
import random
import sys
import time
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from sheetsync.core.matching import Documents, LastMatched, MatchingRules, match
from sheetsync.core.matching.case_file import read_settings
from sheetsync.core.matching.documents import (
    Charge,
    Invoice,
    InvoicedLine,
    InvoiceType,
    MatchLevel,
    OrderedLine,
    PurchaseOrder,
    Receipt,
    ReceiptKind,
)
from sheetsync.matching_files.strict import strict_rules

OUT = Path(__file__).resolve().parent / "out"
CENT = Decimal("0.01")
TAX = Decimal(20)
SHORT, IN_TWO_TRUCKS, IN_TWO_BILLS, DEARER = 0.02, 0.3, 0.2, 0.03
"""How often one comes too little, one comes in two parts, is billed in two, is billed too dear."""
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)

IN_FORCE = {
    "qty_ordered": {"pct_upper": "1", "abs_upper": "1", "value_upper": "20"},
    "qty_received": {"pct_upper": "1", "abs_upper": "1", "value_upper": "20"},
    "over_receipt": {"pct_upper": "5"},
    "price": {"pct_upper": "1", "abs_upper": "5", "pct_lower": "5", "abs_lower": "50"},
    "line_total": {"pct_upper": "2", "abs_upper": "50"},
    "charge_planned": {"pct_upper": "5", "abs_upper": "5"},
    "tax": "0.02",
    "small_difference": "0.02",
    "line_amount_cap": "50000",
    "blanket_days": "5",
    "date_value_days": "100000",
}
"""Every limit that there is, so that every rule is asked of every line."""


def rules_in_force() -> MatchingRules:
    """All rules, with tolerances as a company sets them."""
    return read_settings(IN_FORCE, strict_rules())


def documents_for(lines: int, seed: int = 1) -> Documents:
    """Documents for so many order lines."""
    chance = random.Random(seed)  # noqa: S311 - documents, not secrets
    orders: list[PurchaseOrder] = []
    receipts: list[Receipt] = []
    invoices: list[Invoice] = []
    left = lines
    while left:
        order = _order(len(orders), min(chance.randint(1, 7), left), chance)
        left -= len(order.lines)
        orders.append(order)
        receipts += _receipts(order, len(receipts), chance)
        invoices += _invoices(order, len(invoices), chance)
    return Documents(
        purchase_orders=tuple(orders), receipts=tuple(receipts), invoices=tuple(invoices)
    )


def _order(number: int, lines: int, chance: random.Random) -> PurchaseOrder:
    day = BEGIN.date() + timedelta(days=number % 250)
    return PurchaseOrder(
        po_number=f"PO-{number:06}",
        supplier=f"S-{number % 300:03}",
        currency="EUR",
        status="confirmed",
        match_level=MatchLevel.THREE_WAY,
        lines=tuple(
            OrderedLine(
                line_number=line,
                item=f"{chance.randint(1, 5000):04}",
                uom="EA",
                quantity=Decimal(chance.randint(1, 400)),
                unit_price=Decimal(chance.randint(100, 9999)) / 100,
                tax_rate_pct=TAX,
                delivery_date=day + timedelta(days=chance.randint(-9, 3)),
            )
            for line in range(1, lines + 1)
        ),
        charges=(Charge(code="FREIGHT", amount=Decimal(20), tax_rate_pct=TAX),),
    )


def _parts(quantity: Decimal, *, in_two: bool) -> list[Decimal]:
    first = quantity // 2 if in_two else quantity
    return [part for part in (first, quantity - first) if part]


def _receipts(order: PurchaseOrder, number: int, chance: random.Random) -> list[Receipt]:
    found: list[Receipt] = []
    for line in order.lines:
        came = (line.quantity or Decimal(0)) - (1 if chance.random() < SHORT else 0)
        for part in _parts(came, in_two=chance.random() < IN_TWO_TRUCKS):
            found.append(
                Receipt(
                    receipt_number=f"GR-{number + len(found):06}",
                    kind=ReceiptKind.RECEIPT,
                    po_number=order.po_number,
                    line_number=line.line_number,
                    quantity=part,
                    uom="EA",
                    received_date=date(2026, 3, 1),
                )
            )
    return found


def _invoices(order: PurchaseOrder, number: int, chance: random.Random) -> list[Invoice]:
    in_two = chance.random() < IN_TWO_BILLS
    billed: list[list[InvoicedLine]] = [[], []]
    for line in order.lines:
        price = (line.unit_price or Decimal(0)) + (CENT * 90 if chance.random() < DEARER else 0)
        for place, part in enumerate(_parts(line.quantity or Decimal(0), in_two=in_two)):
            billed[place].append(
                InvoicedLine(
                    line_no=line.line_number,
                    po_number=order.po_number,
                    line_number=line.line_number,
                    item=line.item,
                    quantity=part,
                    uom="EA",
                    unit_price=price,
                )
            )
    full = [lines for lines in billed if lines]
    return [
        _invoice(order, number + place, lines, place, len(full)) for place, lines in enumerate(full)
    ]


def _invoice(
    order: PurchaseOrder, number: int, lines: list[InvoicedLine], place: int, of: int
) -> Invoice:
    freight = Decimal(20) if place == of - 1 else Decimal(0)
    amounts = [_rounded(line.quantity * line.unit_price) for line in lines]
    tax = sum((_rounded(amount * TAX / 100) for amount in (*amounts, freight)), Decimal(0))
    day = int(order.po_number.removeprefix("PO-")) % 250
    came = BEGIN + timedelta(days=day, minutes=number % 400)
    return Invoice(
        invoice_id=f"I-{number}",
        supplier=order.supplier,
        invoice_number=f"RE-{number:06}",
        type=InvoiceType.INVOICE,
        invoice_date=came.date(),
        received_at=came,
        currency="EUR",
        lines=tuple(lines),
        charges=(Charge(code="FREIGHT", amount=freight),) if freight else (),
        tax=tax,
        total=sum(amounts, freight + tax),
    )


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def measure(documents: Documents, rules: MatchingRules, runs: int) -> list[float]:
    """CPU seconds of each run; what it found is let go before the next."""
    seconds = []
    for _ in range(runs):
        gc.collect()
        began = time.process_time()
        found = match(documents, rules)
        seconds.append(time.process_time() - began)
        del found
    return seconds


def measure_again(documents: Documents, rules: MatchingRules) -> float:
    """CPU seconds of matching again, with all documents read anew and one receipt changed."""
    last = LastMatched()
    match(documents, rules, last=last)
    first, *others = documents.receipts
    changed = replace(first, quantity=first.quantity + 1)
    anew = replace(deepcopy(documents), receipts=(changed, *others))
    gc.collect()
    began = time.process_time()
    match(anew, rules, last=last)
    return time.process_time() - began


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, keep the figures under bench/out/."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="where the time goes, instead")
    given = parser.parse_args(arguments)
    documents, rules = documents_for(given.lines), rules_in_force()
    if given.profile:
        profile = cProfile.Profile()
        profile.runcall(match, documents, rules)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        return
    free = measure(documents, rules, given.runs)
    again = measure_again(documents, rules)
    gc.disable()
    held = measure(documents, rules, given.runs)
    gc.enable()
    figures = {
        "lines": given.lines,
        "receipts": len(documents.receipts),
        "invoice_lines": sum(len(invoice.lines) for invoice in documents.invoices),
        "statuses": Counter(
            found.status.value for found in match(documents, rules).invoices.values()
        ),
        "us_per_line": [round(one / given.lines * 1e6, 1) for one in free],
        "us_per_line_one_receipt_changed": round(again / given.lines * 1e6, 1),
        "us_per_line_collector_held": [round(one / given.lines * 1e6, 1) for one in held],
    }
    OUT.mkdir(exist_ok=True)
    (OUT / f"matching-{given.lines}.json").write_text(json.dumps(figures, indent=1))
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
