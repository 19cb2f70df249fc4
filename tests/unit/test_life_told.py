"""The life of an order in plain sentences, and the times and places that people type."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from journal import events_of, sheet_of
from paper import PaperSheet
from paper_day import START, confirmed

from sheetsync.core.life import OrderThen, fold, invoice_rows, order_said, read_moment, tell
from sheetsync.core.plan import Event

BERLIN = ZoneInfo("Europe/Berlin")
AT = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def lived() -> PaperSheet:
    """A line that was confirmed, typed over, proposed for, received, billed and closed short."""
    sheet = confirmed(PaperSheet.of(START))
    sheet.type("Order lines", {"line_number": 1}, unit_price=1)
    sheet.rest()
    sheet.delete("Order lines", line_number=1)
    sheet.rest()
    sheet.type("ACME", {"line_number": 1}, response="propose", proposed_price=13, reason="dearer")
    sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, action="accept")
    sheet.rest()
    sheet.add(
        "Receipts",
        receipt_number="GR-1",
        po_number="PO-1001",
        line_number=1,
        quantity=4,
        uom="EA",
        received_date=46082,
    )
    sheet.rest()
    sheet.type("Receipts", {"receipt_number": "GR-1"}, received_date=46083)
    sheet.rest()
    sheet.add(
        "Invoices",
        supplier="ACME",
        invoice_number="INV-9",
        invoice_line=1,
        invoice_date=46085,
        currency="EUR",
        po_number="PO-1001",
        po_line=1,
        quantity=4,
        unit_price=13,
    )
    sheet.rest()
    sheet.delete("Invoices", invoice_number="INV-9")
    sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, action="short_close", reason="enough")
    sheet.rest()
    return sheet


def sentences(sheet: PaperSheet, line: str | None = "1") -> list[str]:
    start = OrderThen(po_number="PO-1001")
    told = tell(start, events_of(sheet, "PO-1001"), line, sheet_of(sheet), BERLIN)
    return [sentence.text for sentence in told]


@pytest.mark.parametrize(
    "said",
    [
        "Line 1: typed by the buyer (unverified): 10 EA of 0042 at 12.00 EUR, needed Mon 20 Apr 2026, from ACME, for ann.",
        "Line 1: draft became submitted: the buyer (unverified) asked for `submit`.",
        "bob (unverified) said yes to version 1, as lead.",
        "Line 1: submitted became approved: every line is complete and everybody who had to approve it said yes.",
        "Line 1: issued became confirmed: supplier ACME (unverified) answered `accept`.",
        "Line 1: the price agreed upon is 12.00 EUR.",
        "Line 1: the date agreed upon is Mon 20 Apr 2026.",
        "Line 1: the buyer (unverified) typed 1.00 EUR over Unit price; it shows 12.00 EUR again.",
        "Line 1: the row was deleted by the buyer (unverified), and written again.",
        "Line 1: confirmed became change proposed: supplier ACME (unverified) answered `propose`, saying: dearer.",
        "Line 1: the price proposed is 13.00 EUR.",
        "Line 1: the price agreed upon is 13.00 EUR, before it was 12.00 EUR.",
        "Line 1: the proposed price of 13.00 EUR waits no more.",
        "Receipt GR-1: typed by the warehouse (unverified): 4 EA, on Sun 1 Mar 2026.",
        "Receipt GR-1: Received on was changed from Sun 1 Mar 2026 to Mon 2 Mar 2026 by the warehouse (unverified).",
        "Invoice INV-9 line 1 of ACME: typed by payables (unverified): 4 at 13.00 EUR, dated Wed 4 Mar 2026.",
        "Invoice INV-9 line 1 of ACME: the row was deleted by payables (unverified). It said: 4 at 13.00 EUR, dated Wed 4 Mar 2026.",
        "Line 1: confirmed became short closed: the buyer (unverified) asked for `short close`, saying: enough.",
        "Line 1: 6 EA will not be delivered any more.",
    ],
)
def test_each_event_is_a_plain_sentence(lived, said):
    assert said in sentences(lived)


def test_a_line_tells_nothing_of_the_others(lived):
    other = sentences(lived, "2")

    assert not [text for text in other if text.startswith(("Line 1", "Receipt", "Invoice"))]
    assert "bob (unverified) said yes to version 1, as lead." in other
    assert len(sentences(lived, None)) == len(events_of(lived, "PO-1001"))


def test_an_order_as_it_stood_is_told_with_what_was_agreed_and_received(lived):
    sheet = sheet_of(lived)
    events = [e for e in events_of(lived, "PO-1001") if e.old != "confirmed"]
    order = fold("PO-1001", events, sheet)

    assert "\n".join(order_said(order, "1", BERLIN)).splitlines()[:1] == ["Version 1."]
    whole = list(order_said(fold("PO-1001", events_of(lived, "PO-1001"), sheet), None, BERLIN))
    assert whole[2:7] == [
        "Line 1: short closed",
        "    Ordered: 10 EA of 0042 at 12.00 EUR, needed Mon 20 Apr 2026, from ACME, for ann.",
        "    Agreed: 10 EA at 13.00 EUR for Mon 20 Apr 2026.",
        "    Given up: 6 EA.",
        "    Receipt GR-1: 4 EA, on Mon 2 Mar 2026.",
    ]


def event(**said) -> Event:
    usual = {
        "event_id": "E-1",
        "at": AT,
        "po_number": "PO-1001",
        "line_number": "1",
        "tab": "Order lines",
        "field": "status",
        "actor": "buyer",
        "proof": "unverified",
        "decision": "changed",
    }
    return Event(**{**usual, **said})


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            {"new": "issued", "decision": "adopted when sheetsync began", "order_version": 3},
            "Line 1: taken over as issued when sheetsync began.",
        ),
        (
            {
                "field": "unit_price",
                "old": 12,
                "new": "a lot",
                "actor": "supplier ACME",
                "proof": "tab-owner",
            },
            "Line 1: Unit price was changed from 12.00 to a lot by supplier ACME (in the supplier's own spreadsheet).",
        ),
        (
            {
                "field": "unit_price",
                "old": 13,
                "new": 12,
                "actor": "operator",
                "proof": "worker",
                "decision": "undo of E-7",
            },
            "Line 1: Unit price was changed from 13.00 to 12.00 by the operator (by a command of sheetsync), undoing E-7.",
        ),
        (
            {
                "field": "version",
                "tab": "Orders",
                "line_number": "",
                "old": 1,
                "new": 2,
                "actor": "worker",
                "proof": "worker",
                "decision": "a new version of the order",
            },
            "Version 2 of the order began; what was approved before counts no more.",
        ),
        (
            {
                "field": "match_level",
                "tab": "Orders",
                "line_number": "",
                "old": None,
                "new": "2way",
            },
            "The order: Match level was changed from (blank) to 2way by the buyer (unverified).",
        ),
        (
            {
                "field": "unit_price",
                "old": 13,
                "new": 12,
                "actor": "worker",
                "proof": "worker",
                "decision": "something new",
            },
            "Line 1: Unit price, 13.00 before and 12.00 after: something new, by sheetsync.",
        ),
        (
            {
                "old": "issued",
                "new": "change_proposed",
                "actor": "supplier ACME",
                "decision": "typed over the agreed value",
            },
            "Line 1: issued became change proposed: supplier ACME (unverified) typed another value over an agreed one, which proposes it.",
        ),
    ],
)
def test_what_is_told_of_other_events(said, text):
    sheet = sheet_of(PaperSheet.of(START))
    (told,) = tell(OrderThen(po_number="PO-1001"), [event(**said)], None, sheet, BERLIN)

    assert told.text == text
    assert told.at == "2 Mar 2026 09:00"


ROW_OF_A_LINE = '{"po_number": "PO-1001", "line_number": 1, "item": "0042", "quantity": "ten", "uom": "EA", "unit_price": "1,2,3", "currency": "EUR", "need_by": "soon"}'
ROW_OF_AN_INVOICE = '{"supplier": "ACME", "invoice_number": "F1", "invoice_line": 1, "type": "credit note", "charge": "freight", "amount": 12, "currency": "EUR", "po_number": "PO-1001"}'
WORKER = {"actor": "worker", "proof": "worker"}
FOLLOWS = {**WORKER, "decision": "follows from the status"}


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            {"field": "(row)", "new": ROW_OF_A_LINE, "decision": "added"},
            "Line 1: typed by the buyer (unverified): ten EA of 0042 at 1,2,3 EUR, needed soon.",
        ),
        (
            {
                "field": "(row)",
                "new": ROW_OF_A_LINE,
                "decision": "undo of E-7",
                "actor": "operator",
                "proof": "worker",
            },
            "Line 1: written again by the operator (by a command of sheetsync), undoing E-7: ten EA of 0042 at 1,2,3 EUR, needed soon.",
        ),
        (
            {"field": "(row)", "new": ROW_OF_A_LINE, "decision": "something new"},
            "Line 1: something new, by the buyer (unverified).",
        ),
        (
            {
                "field": "(row)",
                "tab": "Approvals 1 lead bob",
                "line_number": "",
                "old": '{"comment": "fine"}',
                "decision": "deleted",
            },
            "Approvals 1 lead bob: the row was deleted by the buyer (unverified). It said: comment: fine.",
        ),
        (
            {"field": "(row)", "decision": "deleted", "rule": "columns.order_lines.key @1a2b"},
            "Line 1: its key was typed over by the buyer (unverified); the row went on without it.",
        ),
        (
            {"field": "(row)", "old": "[1]", "decision": "deleted"},
            "Line 1: the row was deleted by the buyer (unverified). It said nothing.",
        ),
        (
            {
                "field": "(row)",
                "tab": "Invoices acme f1 1",
                "line_number": "",
                "new": ROW_OF_AN_INVOICE,
                "decision": "added",
                "actor": "payables",
            },
            "Credit note F1 line 1 of ACME: typed by payables (unverified): freight, amount 12.00 EUR.",
        ),
        (
            {"field": "agreed_price", "old": 12, **FOLLOWS},
            "Line 1: the agreed price of 12.00 is open again.",
        ),
        ({"field": "agreed_whatever", "new": 12, **FOLLOWS}, "Line 1: agreed whatever is 12."),
        (
            {"field": "unit_price", "old": 12, "new": 1e300, "decision": "put back"},
            f"Line 1: the buyer (unverified) typed 1{'0' * 300} over Unit price; it shows 12.00 again.",
        ),
        (
            {"old": "issued", "new": "confirmed", "decision": "somehow"},
            "Line 1: issued became confirmed: the buyer (unverified): somehow.",
        ),
        (
            {"field": "oddity", "tab": "Elsewhere", "old": 1, "new": True},
            "Line 1: oddity was changed from 1 to yes by the buyer (unverified).",
        ),
        (
            {"field": "need_by", "old": "2026-04-20", "new": "soon"},
            "Line 1: Need by was changed from Mon 20 Apr 2026 to soon by the buyer (unverified).",
        ),
    ],
)
def test_what_is_told_of_odd_events(said, text):
    sheet = sheet_of(PaperSheet.of(START))
    (told,) = tell(OrderThen(po_number="PO-1001"), [event(**said)], None, sheet, BERLIN)

    assert told.text == text


def test_an_order_on_its_way_is_told_with_what_is_proposed():
    sheet = sheet_of(PaperSheet.of(START))
    events = [
        event(field="(row)", new=ROW_OF_A_LINE, decision="added"),
        event(field="match_level", tab="Orders", line_number="", new="2way"),
        event(old="confirmed", new="change_proposed", decision="response propose: dearer"),
        event(field="proposed_price", new=13, **FOLLOWS),
        event(
            field="(row)",
            tab="Receipts gr-1",
            new='{"receipt_number": "GR-1", "po_number": "PO-1001", "line_number": 1, "quantity": 4, "is_rejected": true}',
            decision="added",
        ),
        event(
            field="(row)",
            tab="Invoices acme f1 1",
            line_number="",
            new=ROW_OF_AN_INVOICE,
            decision="added",
        ),
        event(field="quantity", tab="Invoices acme f2 1", line_number="", new=7),
        event(field="quantity", po_number="PO-7", new=7),
    ]

    assert list(order_said(fold("PO-1001", events, sheet), None, BERLIN)) == [
        "Version 1, matched 2way.",
        "Nobody had said yes or no to this version.",
        "Line 1: change proposed",
        "    Ordered: ten EA of 0042 at 1,2,3 EUR, needed soon.",
        "    Proposed: at 13.00 EUR, saying: dearer.",
        "    Receipt GR-1: 4, refused by inspection.",
        "Credit note F1 line 1 of ACME: freight, amount 12.00 EUR.",
    ]


def test_tabs_of_other_titles_are_known_by_what_their_events_say(lived):
    """An admin renames tabs in rules/columns.yaml: what happened before is told as before."""
    sheet = sheet_of(lived)
    titles = {spec.title: f"Once {spec.title}" for spec in sheet.columns.tabs.values()}

    def renamed(one: Event) -> Event:
        title = max((t for t in titles if one.tab.startswith(t)), key=len, default="")
        return replace(one, tab=titles.get(title, "") + one.tab.removeprefix(title))

    events = events_of(lived, "PO-1001")
    changed = event(
        field="version",
        tab="Orders",
        line_number="",
        old=1,
        new=2,
        order_version=2,
        decision="a new version of the order",
    )
    once = [renamed(one) for one in (*events, changed)]

    assert fold("PO-1001", once, sheet).lines == fold("PO-1001", events, sheet).lines
    assert fold("PO-1001", once, sheet).version == 2
    assert len(fold("PO-1001", once, sheet).papers) == 1
    assert invoice_rows(once, sheet) == {"Once Invoices acme inv-9 1"}


# -- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "begin", "end"),
    [
        ("2026-11-21 14:00", "2026-11-21T13:00:00", "2026-11-21T13:00:59.999999"),
        ("2026-11-21T14:00", "2026-11-21T13:00:00", "2026-11-21T13:00:59.999999"),
        (" 2026-11-21 9:05 ", "2026-11-21T08:05:00", "2026-11-21T08:05:59.999999"),
        ("2026-11-21", "2026-11-20T23:00:00", "2026-11-21T22:59:59.999999"),
        ("2026-11-21 14:00:05", "2026-11-21T13:00:05", "2026-11-21T13:00:05.999999"),
        ("2026-11-21T14:00:05Z", "2026-11-21T14:00:05", "2026-11-21T14:00:05.999999"),
        ("2026-11-21T14:00:05-05:00", "2026-11-21T19:00:05", "2026-11-21T19:00:05.999999"),
        ("2026-11-21T14:00+01:00", "2026-11-21T13:00:00", "2026-11-21T13:00:59.999999"),
        ("2026-11-21T14:00:05.250000Z", "2026-11-21T14:00:05.250000", "2026-11-21T14:00:05.250000"),
        # The hour that clocks repeat in autumn: its first beginning, and its last end.
        ("2026-10-25 02:30", "2026-10-25T00:30:00", "2026-10-25T01:30:59.999999"),
        # The hour that they leave out in spring.
        ("2026-03-29 02:30", "2026-03-29T00:30:00", "2026-03-29T01:30:59.999999"),
    ],
)
def test_a_time_means_its_beginning_or_its_end(typed, begin, end):
    read = [read_moment(typed, BERLIN, is_end=is_end) for is_end in (False, True)]

    assert [at.replace(tzinfo=None).isoformat() for at in read] == [begin, end]
    assert {at.tzinfo for at in read} == {dt.UTC}


@pytest.mark.parametrize(
    "typed",
    [
        *("yesterday", "", "2026-13-01", "21.11.2026", "2026-11-21 25:00", "9999-12-31"),
        *("20261121", "2026-W47", "2026-11-21 14", "2026-11-21 14:00.5"),
    ],
)
def test_what_is_no_time_is_none(typed):
    assert read_moment(typed, BERLIN, is_end=True) is None
