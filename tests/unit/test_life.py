"""The life of an order from the journal alone: as it stood, and in sentences."""

from __future__ import annotations

import pytest
from journal import by_baseline, by_journal
from paper import PaperSheet
from paper_day import START, confirmed


class Watched(PaperSheet):
    """A sheet on paper that remembers what was known after every cycle."""

    def cycle(self, minutes: int = 5):
        plan = super().cycle(minutes=minutes or 1)
        self.__dict__.setdefault("known", []).append((self.now, self.baseline))
        return plan


def holds(sheet: Watched, po_number: str = "PO-1001") -> None:
    """The journal tells each moment as the baseline knew it then."""
    for at, known in sheet.known:
        assert by_journal(sheet, po_number, at) == by_baseline(sheet, po_number, known), at


def watched() -> Watched:
    return Watched.of(START)


ORDER = {"po_number": "PO-1001"}


def ask(sheet: PaperSheet, word: str, reason: str | None = None) -> None:
    sheet.type("Orders", ORDER, action=word, reason=reason)
    sheet.rest()


def receive(sheet: PaperSheet, number: str, quantity: float, line: int = 1, **cells) -> None:
    row = {"receipt_number": number, "po_number": "PO-1001", "line_number": line}
    sheet.add("Receipts", **row, quantity=quantity, received_date=46083, **cells)
    sheet.rest()


def bill(sheet: PaperSheet, number: str, po_number: str | None = "PO-1001", line: int = 1) -> None:
    sheet.add(
        "Invoices",
        supplier="ACME",
        invoice_number=number,
        invoice_line=1,
        invoice_date=46084,
        currency="EUR",
        po_number=po_number,
        po_line=line,
        quantity=4,
        unit_price=12,
    )
    sheet.rest()


def propose(sheet: PaperSheet, **cells) -> None:
    sheet.type("ACME", {"line_number": 1}, response="propose", reason="dearer now", **cells)
    sheet.rest()


def a_long_life(sheet: PaperSheet) -> None:
    confirmed(sheet)
    propose(sheet, proposed_price=13.5, proposed_date="2026-05-01")
    sheet.type("Order lines", {"line_number": 1}, action="accept")
    sheet.rest()
    propose(sheet, proposed_quantity=12)
    sheet.type("Order lines", {"line_number": 1}, action="decline", reason="no room")
    sheet.rest()
    receive(sheet, "GR-1", 4)
    receive(sheet, "GR-2", 1, kind="return")
    bill(sheet, "INV-1")
    sheet.type("Receipts", {"receipt_number": "GR-1"}, quantity=6)
    sheet.rest()
    ask(sheet, "hold", "counting")
    ask(sheet, "resume")
    sheet.type("Order lines", {"line_number": 1}, action="short_close", reason="enough")
    sheet.rest()


def a_changed_order(sheet: PaperSheet) -> None:
    confirmed(sheet)
    ask(sheet, "change", "cheaper elsewhere")
    sheet.type("Order lines", {"line_number": 2}, unit_price=3.25)
    sheet.rest()
    ask(sheet, "submit")
    sheet.type("Order lines", {"line_number": 2}, quantity=6, description="Washers")
    sheet.rest()
    sheet.type("Approvals", {"version": 3}, decision="reject")
    sheet.rest()


def an_order_given_up(sheet: PaperSheet) -> None:
    sheet.rest()
    ask(sheet, "submit")
    sheet.delete("Order lines", line_number=2)
    sheet.rest()
    sheet.delete("Order lines", line_number=1)
    sheet.rest()
    line = {"requester": "ann", "supplier": "ACME", "item": "0099", "quantity": 1, "uom": "EA"}
    sheet.add(
        "Order lines", po_number="PO-1001", line_number=7, unit_price=1, currency="EUR", **line
    )
    sheet.rest()


def an_invoice_that_moves(sheet: PaperSheet) -> None:
    confirmed(sheet)
    bill(sheet, "INV-1", po_number=None)
    sheet.type("Invoices", {"invoice_number": "INV-1"}, po_number="po-1001")
    sheet.rest()
    sheet.type("Invoices", {"invoice_number": "INV-1"}, quantity=5)
    sheet.rest()
    sheet.type("Invoices", {"invoice_number": "INV-1"}, po_number="PO-7777")
    sheet.rest()
    sheet.type("Invoices", {"invoice_number": "INV-1"}, quantity=6)
    sheet.rest()
    bill(sheet, "INV-2")
    sheet.delete("Invoices", invoice_number="INV-2")
    sheet.rest()


def what_cannot_be_read(sheet: PaperSheet) -> None:
    sheet.type("Order lines", {"item": "0042"}, quantity="ten", need_by="3/4")
    sheet.rest()
    sheet.type("Order lines", {"item": "0042"}, quantity=11, need_by="2026-06-01")
    sheet.rest()
    sheet.type("Order lines", {"item": "0042"}, quantity="many", unit_price="12,5,0")
    sheet.rest()


def locks_that_are_tried(sheet: PaperSheet) -> None:
    confirmed(sheet)
    sheet.type("Order lines", {"line_number": 1}, unit_price=1, status="closed", agreed_price=2)
    sheet.rest()
    sheet.delete("Order lines", line_number=1)
    sheet.rest()
    sheet.type("ACME", {"line_number": 1}, unit_price=14)
    sheet.rest()
    ask(sheet, "cancel", "no money")


def keys_that_are_typed_over(sheet: PaperSheet) -> None:
    sheet.rest()
    sheet.type("Order lines", {"line_number": 2}, line_number=5)
    sheet.rest()
    ask(sheet, "submit")
    sheet.type("Order lines", {"line_number": 5}, line_number=6)
    sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, po_number="po \N{EN DASH} 1001")
    sheet.rest()
    sheet.type("Approvals", {"version": 2}, decision="approve")
    sheet.rest()
    ask(sheet, "issue")
    sheet.type("Order lines", {"line_number": 6}, line_number=9, quantity=8)
    sheet.rest()
    receive(sheet, "GR-1", 2, line=6)
    sheet.type("Receipts", {"receipt_number": "GR-1"}, line_number=1, quantity=3)
    sheet.rest()


DAYS = (
    keys_that_are_typed_over,
    a_long_life,
    a_changed_order,
    an_order_given_up,
    an_invoice_that_moves,
    what_cannot_be_read,
    locks_that_are_tried,
)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.__name__)
def test_the_journal_alone_tells_every_earlier_moment(day):
    sheet = watched()
    day(sheet)

    holds(sheet)
    assert len(sheet.known) > 5
