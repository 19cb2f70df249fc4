"""A day's beginning on paper: two lines of one order, and how it comes to be confirmed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from paper import PaperSheet

START = """
    People      | Person | Name      | Email           | Roles
                | ann    | Ann Buyer | ann@example.com | buyer
                | bob    | Bob Boss  | bob@example.com | approver
    Suppliers   | Supplier | Name  | Email           | Approved
                | ACME     | Acme  | acme@example.com| TRUE
    Supplier ACME | Your answer
    Order lines | PO   | Line | Requester | Supplier | Item | Qty | Unit | Unit price | Currency | Need by
                | new1 |      | ann       | ACME     | 0042 | 10  | EA   | 12.00      | EUR      | 2026-04-20
                | new1 |      | ann       | ACME     | 0043 | 5   | EA   | 3.50       | EUR      | 2026-04-20
"""


def issued(sheet: PaperSheet) -> PaperSheet:
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")
    sheet.rest()
    sheet.type("Approvals", {"po_number": "PO-1001"}, decision="approve")
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="issue")
    sheet.rest()
    return sheet


def confirmed(sheet: PaperSheet) -> PaperSheet:
    issued(sheet)
    sheet.type("ACME", {"line_number": 1}, response="accept")
    sheet.type("ACME", {"line_number": 2}, response="accept")
    sheet.rest()
    return sheet


@cache
def _confirmed_once() -> PaperSheet:
    return confirmed(PaperSheet.of(START))


def confirmed_sheet() -> PaperSheet:
    """A confirmed order, without living through its day again; readings and baselines are values."""
    return of_its_own(_confirmed_once())


def of_its_own(sheet: PaperSheet) -> PaperSheet:
    """The same sheet, to be lived on without touching the other."""
    lists = ("events", "mails", "plans", "told", "planned")
    return replace(sheet, **{name: list(getattr(sheet, name)) for name in lists})
