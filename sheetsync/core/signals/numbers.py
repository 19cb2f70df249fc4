"""Does a supplier's sequence of invoice numbers jump back?

Numbers belong together when they differ in their last run of digits only, and their invoices are
dated in one year: many start anew with it. An invoice is held against those of the day before it
on which the supplier billed, so that one number that was typed too high is told once.

Rules: rules/signals.yaml `number_back`. Finding: invoice-number-back.
Never: says that a number is missing; not every number comes to us.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from sheetsync.core.findings import Code, Finding
from sheetsync.core.model import TabKind
from sheetsync.core.reading import show_date
from sheetsync.core.signals.bills import Bill, Seen

_LAST_DIGITS = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)


def number_back(seen: Seen) -> Iterator[Finding]:
    """Every invoice whose number lies too far behind that of an older one."""
    most = seen.rules.signals.number_back.most_back
    for of_one in seen.of_supplier.values():
        for run in _runs(of_one):
            highest: tuple[int, Bill] | None = None
            for _, same_day in groupby(run, key=lambda each: each[1].day):
                numbered = list(same_day)
                for number, bill in numbered:
                    if highest is not None and highest[0] - number > most:
                        yield _finding(seen, bill, highest[1], highest[0] - number)
                highest = max(numbered, key=lambda each: each[0])


def _runs(of_one: Iterable[Bill]) -> Iterator[list[tuple[int, Bill]]]:
    """The invoices whose numbers belong together, by date."""
    runs: dict[tuple[str, str, int], list[tuple[int, Bill]]] = {}
    for bill in of_one:
        parts = _LAST_DIGITS.fullmatch(_plain(bill.name))
        if parts is not None:
            key = (parts[1], parts[3], bill.day.year)
            runs.setdefault(key, []).append((int(parts[2]), bill))
    yield from runs.values()


def _plain(number: str) -> str:
    if number.isascii():
        return "".join(number.casefold().split())
    return "".join(unicodedata.normalize("NFKC", number).casefold().split())


def _finding(seen: Seen, bill: Bill, older: Bill, back: int) -> Finding:
    most = seen.rules.signals.number_back.most_back
    return Finding(
        code=Code.INVOICE_NUMBER_BACK,
        tab=seen.tabs.of_kind[TabKind.INVOICES],
        ref=bill.head.ref,
        source=bill.head.source,
        document=bill.document,
        field="invoice_number",
        message=(
            f"Its number lies {back} behind that of {older.name}, though that one is older "
            f"({show_date(older.day)}, this one {show_date(bill.day)}); {most} back pass. It may "
            "have lain about, or be made up. Compare it with the supplier's statement of account."
        ),
        rule="signals.number_back.most_back",
        supplier=bill.supplier,
        owner=seen.told(bill.orders),
        risk=bill.risk,
    )
