"""Document checks against an evaluator that knows only the rules' text and fractions.

Orders in one currency and unit; invoices without credits. What a document may ask for: its charges,
tax, total, line amounts, dates, the payable amount and the status. Quantity and price have their own
evaluator in `test_matching_laws`.
"""

import os
import random
from datetime import date
from fractions import Fraction

import pytest
from matching_defaults import DEFAULTS

from sheetsync.core.matching import match
from sheetsync.core.matching.case_file import read_documents, read_settings, write_matches

SEEDS = int(os.environ.get("MATCHING_EXAMPLES", "60")) * 5
PLACES = {"EUR": 2, "JPY": 0, "KWD": 3}
LIMITS = [None, "0", "0.01", "1", "5", "20"]


def rounded(value, currency):
    scale = 10 ** PLACES[currency]
    whole = (abs(value) * scale * 2 + 1) // 2
    return Fraction(whole if value >= 0 else -whole, scale)


def draw(seed):
    """A case of one order and a few invoices, many of them just off."""
    chance = random.Random(seed)  # noqa: S311 - documents, not secrets
    currency = chance.choice(list(PLACES))

    def some(*values):
        return chance.choice(values)

    lines = [
        {
            "line": number,
            "item": "A",
            "qty": some("3", "10", "100"),
            "uom": "EA",
            "price": some("1.005", "3.33", "10.00", "0.125"),
            "tax_rate": some("0", "19", "7.7"),
            "delivery_date": some(None, "2026-03-20"),
        }
        for number in range(1, some(2, 3))
    ]
    planned = some([], [{"code": "FREIGHT", "amount": some("10", "33.33"), "tax_rate": "19"}])
    invoices = []
    for number in range(some(1, 2, 3)):
        billed = [
            {
                "line_no": line["line"],
                "po": "PO-1",
                "po_line": line["line"],
                "item": "A",
                "qty": some("1", "1.5", "5"),
                "uom": "EA",
                "price": some(line["price"], line["price"], "4"),
                **some({}, {}, {"amount": some("1.01", "10.00")}),
            }
            for line in lines
        ]
        invoices.append(
            {
                "id": f"I{number}",
                "supplier": "ACME",
                "number": f"N{number}",
                "type": "invoice",
                "date": "2026-03-10",
                "received_at": f"2026-03-1{number}T09:00",
                "currency": currency,
                "lines": billed,
                "charges": some(
                    [], [{"code": some("FREIGHT", "LICENCE"), "amount": some("1", "5")}]
                ),
            }
        )
        amounts = [line_amount(line, currency) for line in billed]
        tax = tax_of(invoices[-1], amounts, lines, planned, currency)
        if some(True, False):
            invoices[-1]["tax"] = written(tax + Fraction(some("0", "0.01", "1", "-3")))
        if some(True, False):
            whole = sum(amounts) + charges_of(invoices[-1]) + Fraction(invoices[-1].get("tax", "0"))
            invoices[-1]["total"] = written(whole + Fraction(some("0", "0.01", "-1", "6")))
    settings = {
        "combine": some("either_exceeds", "both_must_exceed"),
        "payable_policy": some("invoice", "line"),
        "price": {"pct_upper": None},
        "qty_ordered": {"pct_upper": None},
        "line_total": {"pct_upper": some(*LIMITS), "abs_upper": some(*LIMITS)},
        "charge_planned": {"pct_upper": some(*LIMITS), "abs_upper": some(*LIMITS)},
        "charge_unplanned": {"abs_upper": some(*LIMITS)},
        "tax": some(*LIMITS),
        "small_difference": some(*LIMITS),
        "line_amount_cap": some(*LIMITS),
        "date_value_days": some(None, "50", "100"),
    }
    order = {
        "po": "PO-1",
        "supplier": "ACME",
        "currency": currency,
        "status": "issued",
        "match": "2way",
        "lines": lines,
        "charges": planned,
    }
    return {"settings": settings, "purchase_orders": [order], "invoices": invoices}


def written(value):
    """An exact decimal of a fraction whose denominator divides 1000."""
    thousandths = value * 1000
    assert thousandths.denominator == 1
    sign, units = ("-" if value < 0 else ""), abs(int(thousandths))
    return f"{sign}{units // 1000}.{units % 1000:03}"


def line_amount(line, currency):
    if "amount" in line:
        return Fraction(line["amount"])
    return rounded(Fraction(line["qty"]) * Fraction(line["price"]), currency)


def charges_of(invoice):
    return sum((Fraction(charge["amount"]) for charge in invoice["charges"]), Fraction(0))


def tax_of(invoice, amounts, ordered, planned, currency):
    rates = {charge["code"]: Fraction(charge["tax_rate"]) for charge in planned}
    of_lines = (
        rounded(amount * Fraction(line["tax_rate"]) / 100, currency)
        for amount, line in zip(amounts, ordered, strict=True)
    )
    of_charges = (
        rounded(Fraction(charge["amount"]) * rates.get(charge["code"], Fraction(0)) / 100, currency)
        for charge in invoice["charges"]
    )
    return sum(of_lines, Fraction(0)) + sum(of_charges, Fraction(0))


class Sums:
    """What runs through the documents of one order."""

    def __init__(self, case):
        (self.order,), self.settings = case["purchase_orders"], case["settings"]
        self.currency = self.order["currency"]
        self.ordered = sum(extension(line) for line in self.order["lines"])
        self.billed = Fraction(0)
        self.freight = Fraction(0)
        self.of_line = {}
        self.varies = False

    def breaks(self, tests):
        """Whether enabled limits are exceeded; a percentage of nothing always is."""
        over = [
            seen is None or seen > Fraction(limit) for limit, seen in tests if limit is not None
        ]
        together = all if self.settings["combine"] == "both_must_exceed" else any
        return bool(over) and together(over)

    def off(self, key, stated, made_of, code):
        """A stated figure against what it is made of, either way."""
        gap = abs(stated - made_of)
        self.varies |= gap > 0
        return {code} if self.breaks([(self.settings[key], gap)]) else set()


def extension(line):
    return Fraction(line["qty"]) * Fraction(line["price"])


def evaluate(case):
    """Holds of each document, its status and what may be paid."""
    sums, answers = Sums(case), {}
    for invoice in case["invoices"]:
        sums.varies = False
        ordered = sums.order["lines"]
        amounts = [line_amount(line, sums.currency) for line in invoice["lines"]]
        by_line, whole = [], set()
        for line, agreed, amount in zip(invoice["lines"], ordered, amounts, strict=True):
            by_line.append(line_holds(sums, line, agreed, amount))
            made_of = rounded(extension(line), sums.currency)
            whole |= sums.off("small_difference", amount, made_of, "INVOICE_TOTAL")
        for charge in invoice["charges"]:
            whole |= charge_holds(sums, charge)
        asked = sum(amounts) + charges_of(invoice) + Fraction(invoice.get("tax", "0"))
        if "tax" in invoice:
            expected = tax_of(invoice, amounts, ordered, sums.order["charges"], sums.currency)
            whole |= sums.off("tax", Fraction(invoice["tax"]), expected, "TAX")
        if "total" in invoice:
            total = Fraction(invoice["total"])
            whole |= sums.off("small_difference", total, asked, "INVOICE_TOTAL")
            asked = total
        holds = whole.union(*by_line)
        payable = Fraction(0) if holds else rounded(asked, sums.currency)
        if holds and sums.settings["payable_policy"] == "line":
            payable = free_lines(invoice, amounts, by_line, sums.order, sums.currency, asked)
        passing = "matched_with_variance" if sums.varies else "matched"
        answers[invoice["id"]] = (sorted(holds), "held" if holds else passing, payable)
    return answers


def line_holds(sums, line, agreed, amount):
    """LINE_TOTAL, AMOUNT_LIMIT and DATE_EARLY of one line."""
    codes, settings = set(), sums.settings
    so_far = sums.of_line.setdefault(line["po_line"], [Fraction(0), Fraction(0)])
    so_far[0] += Fraction(line["qty"])
    so_far[1] += extension(line)
    sums.billed += extension(line)
    sums.varies |= Fraction(line["price"]) != Fraction(agreed["price"])
    sums.varies |= so_far[0] > Fraction(agreed["qty"])
    over, limits = so_far[1] - extension(agreed), settings["line_total"]
    percent = over * 100 / extension(agreed)
    tests = ((limits["pct_upper"], percent), (limits["abs_upper"], over))
    if over > 0:
        sums.varies |= any(limit is not None for limit, _ in tests)
        codes |= {"LINE_TOTAL"} if sums.breaks(tests) else set()
    if sums.breaks([(settings["line_amount_cap"], amount)]):
        codes.add("AMOUNT_LIMIT")
    if agreed["delivery_date"]:
        days = (date.fromisoformat(agreed["delivery_date"]) - date(2026, 3, 10)).days
        if sums.breaks([(settings["date_value_days"], amount * days)]):
            codes.add("DATE_EARLY")
    return codes


def charge_holds(sums, charge):
    """CHARGE or UNPLANNED_CHARGE."""
    amount, settings = Fraction(charge["amount"]), sums.settings
    planned = [one for one in sums.order["charges"] if one["code"] == charge["code"]]
    if not planned:
        sums.varies = True
        limit = settings["charge_unplanned"]["abs_upper"]
        return {"UNPLANNED_CHARGE"} if sums.breaks([(limit, amount)]) else set()
    sums.freight += amount
    share = Fraction(planned[0]["amount"]) * sums.billed / sums.ordered
    expected = rounded(share, sums.currency)
    over, limits = rounded(sums.freight - expected, sums.currency), settings["charge_planned"]
    percent = over * 100 / expected if expected else None
    tests = ((limits["pct_upper"], percent), (limits["abs_upper"], over))
    sums.varies |= over > 0
    return {"CHARGE"} if over > 0 and sums.breaks(tests) else set()


def free_lines(invoice, amounts, by_line, order, currency, asked):
    """The lines without a hold, each with its own tax as far as tax is stated."""
    free = [
        (amount, Fraction(line["tax_rate"]))
        for amount, codes, line in zip(amounts, by_line, order["lines"], strict=True)
        if not codes
    ]
    own = sum((rounded(amount * rate / 100, currency) for amount, rate in free), Fraction(0))
    stated = min(Fraction(invoice["tax"]), own) if "tax" in invoice else Fraction(0)
    paid = sum((amount for amount, _ in free), Fraction(0)) + stated
    return rounded(max(Fraction(0), min(paid, asked)), currency)


@pytest.mark.parametrize("first", range(0, SEEDS, 50))
def test_documents_agree_with_plain_fractions(first):
    for seed in range(first, min(first + 50, SEEDS)):
        case = draw(seed)
        found = write_matches(
            match(read_documents(case), read_settings(case["settings"], DEFAULTS))
        )
        for invoice_id, (holds, status, payable) in evaluate(case).items():
            invoice = found["invoices"][invoice_id]
            seen = (invoice["holds"], invoice["status"], Fraction(invoice["payable_amount"]))
            assert seen == (holds, status, payable), (seed, invoice_id, case)
