"""What would happen under other rules: the present, and the past of the journal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from builders import rulebook
from journal import sheet_of
from paper import PaperSheet
from paper_day import START, confirmed, confirmed_sheet, of_its_own

from sheetsync.core.decide import foresee
from sheetsync.core.whatif import Difference, changed_keys, compare, outlook
from sheetsync.core.whatif.as_json import present_as_json
from sheetsync.core.whatif.as_settled import as_settled
from sheetsync.core.whatif.telling import cut, first_sentence, parts
from sheetsync.core.whatif.telling_past import (
    first_sentence_of_past,
    otherwise,
    parts_of_past,
    told_by,
)
from sheetsync.whatif import WhatIf

UTC = ZoneInfo("UTC")
LOOSE = {"matching.price.pct_upper": 10}
STRICT = {"matching.line_amount_cap": 10}


@dataclass
class Paper:
    """What a state store of a sheet on paper knows."""

    sheet: PaperSheet

    def baseline(self):
        return self.sheet.baseline

    def events_between(self, since, until=None):
        return [e for e in self.sheet.events if since <= e.at and (until is None or e.at <= until)]


def what_if(sheet: PaperSheet, overrides) -> WhatIf:
    where = sheet_of(sheet)
    return WhatIf(
        state=Paper(sheet),
        now=sheet.rules,
        then=rulebook(overrides),
        sheets=(where, where),
        mandate=sheet.mandate,
    )


def receive(sheet: PaperSheet, number: str, quantity: float, line: int = 1) -> None:
    row = {"receipt_number": number, "po_number": "PO-1001", "line_number": line}
    sheet.add("Receipts", **row, quantity=quantity, received_date=46083)
    sheet.rest()


def bill(sheet: PaperSheet, number: str, price: float = 12.0, quantity: float = 4, **cells) -> None:
    row = {
        "supplier": "ACME",
        "invoice_number": number,
        "invoice_line": 1,
        "invoice_date": 46084,
        "currency": "EUR",
        "po_number": "PO-1001",
        "po_line": 1,
        "quantity": quantity,
        "unit_price": price,
    }
    sheet.add("Invoices", **{**row, **cells})
    sheet.rest()


@pytest.fixture
def dear() -> PaperSheet:
    """A bill that is 5 % too dear, everything received."""
    sheet = confirmed_sheet()
    receive(sheet, "GR-1", 10)
    bill(sheet, "INV-1", price=12.6)
    return sheet


def present(sheet: PaperSheet, overrides, *, settled: bool = True):
    read = None if settled else (lambda _columns: sheet.read(sheet.now))
    found, cycle = what_if(sheet, overrides).present(read, sheet.now)
    assert cycle == sheet.baseline.cycle
    return found


def text_of(found) -> str:
    return "\n".join(
        line
        for part in parts(found)
        for line in (part.title, *part.lines, *("|".join(row) for row in part.rows))
    )


# -- the present ---------------------------------------------------------------------------------


@pytest.mark.parametrize("settled", [True, False])
def test_a_wider_limit_lets_a_hold_go_with_its_money(dear, settled):
    found = present(dear, LOOSE, settled=settled)

    assert first_sentence(found) == (
        "With these rules 1 hold would go, and none would come: 50.40 EUR more could be paid "
        "(1 invoice)."
    )
    assert [(h.code, h.supplier, str(h.amount)) for h in found.go] == [
        ("PRICE_HIGH", "ACME", "50.40")
    ]
    assert "PRICE_HIGH|1|50.40 EUR|||Price higher than ordered" in text_of(found)
    assert "ACME|1|50.40 EUR|||50.40 EUR|" in text_of(found)
    assert "invoice INV-1 line 1 of ACME (50.40 EUR), PRICE_HIGH: Held: " in text_of(found)


def test_a_narrower_one_lets_one_come(dear):
    bill(dear, "INV-2", quantity=1)

    found = present(dear, STRICT)

    assert first_sentence(found) == (
        "With these rules 2 holds would come, and none would go: 12.00 EUR less could be paid "
        "(1 invoice)."
    )
    assert [h.invoice_number for h in found.come] == ["INV-1", "INV-2"]


def test_one_goes_and_one_comes(dear):
    bill(dear, "INV-2", quantity=4)

    found = present(dear, {**LOOSE, "matching.line_amount_cap": 48})

    assert {(h.code, h.invoice_number) for h in found.go} == {("PRICE_HIGH", "INV-1")}
    assert {(h.code, h.invoice_number) for h in found.come} == {("AMOUNT_LIMIT", "INV-1")}
    assert first_sentence(found).startswith("With these rules 1 hold would go and 1 would come: ")
    assert "what can be paid stays the same" in first_sentence(found)


@pytest.mark.parametrize("overrides", [{}, {"matching.tax": 5}, {"digest.hours_between": 9}])
def test_rules_that_decide_alike_change_nothing(dear, overrides):
    found = present(dear, overrides)

    assert found.is_none
    assert first_sentence(found).startswith("Nothing would change")
    assert list(parts(found)) == []


def test_a_price_that_is_low_is_a_warning_and_told_apart():
    sheet = confirmed_sheet()
    receive(sheet, "GR-1", 10)
    bill(sheet, "INV-1", price=11)

    found = present(sheet, {"matching.price.pct_lower": 2})

    assert not found.come
    assert [h.code for h in found.warnings_come] == ["PRICE_LOW"]
    assert "Beside that 1 warning would differ" in first_sentence(found)
    assert "Warnings that would come" in text_of(found)


def test_other_tiers_ask_other_people():
    sheet = PaperSheet.of(START)
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")
    sheet.rest()

    found = present(sheet, {"approval.tiers.0.role": "buyer"})

    assert [(r.approver, r.tier) for r in found.requests_go] == [("bob", "lead")]
    assert not found.requests_come  # ann asked for the order herself
    assert {str(f.code) for f in found.findings_come} == {"approval-missing"}
    assert {str(f.code) for f in found.findings_go} == {"approval-waits"}
    assert "PO-1001 version 1 (137.50 EUR): bob, as lead" in text_of(found)


def test_moves_that_would_happen_now():
    sheet = PaperSheet.of(START)
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")
    sheet.rest()

    found = present(sheet, {"approval.tiers": []})

    assert {(str(m.key), m.to_status) for m in found.moves_come} == {
        ("PO-1001/1", "approved"),
        ("PO-1001/2", "approved"),
    }
    assert "2 moves" in first_sentence(found)


def test_the_present_reading_has_what_was_not_settled_yet(dear):
    dear.add(
        "Invoices",
        supplier="ACME",
        invoice_number="INV-9",
        invoice_line=1,
        invoice_date=46084,
        currency="EUR",
        po_number="PO-1001",
        po_line=1,
        quantity=1,
        unit_price=12.5,
    )

    assert len(present(dear, LOOSE, settled=False).go) == 2
    assert len(present(dear, LOOSE, settled=True).go) == 1


def test_looking_changes_nothing(dear):
    before, events, reading = dear.baseline, list(dear.events), dear.reading

    present(dear, LOOSE, settled=False)
    what_if(dear, LOOSE).past(dear.now - dt.timedelta(days=9), dear.now)

    assert (dear.baseline, dear.events, dear.reading) == (before, events, reading)
    assert dear.rest().is_empty


def test_the_settled_state_is_at_rest_under_the_rules_in_force(dear):
    where = sheet_of(dear)
    snapshot = as_settled(dear.baseline, where.places, where.columns, dear.now)
    foreseen = foresee(snapshot, dear.baseline, dear.rules, dear.mandate, dear.now)

    assert not foreseen.plan.writes
    assert set(outlook(foreseen).findings) <= set(dear.baseline.findings)


def test_keys_that_differ_are_named_with_both_values():
    then = rulebook({"matching.price.pct_upper": 2.5, "matching.price.abs_upper": "off"})

    found = changed_keys(rulebook(), then)

    assert [(each.key, each.now, each.then) for each in found] == [
        ("matching.price.pct_upper", "0", "2.5")
    ]


def test_a_tier_more_is_named():
    tiers = [*rulebook().model_dump(mode="json")["approval"]["tiers"]]
    then = rulebook({"approval.tiers": [*tiers, {"name": "board", "above": 9, "role": "board"}]})

    assert ("approval.tiers[3].name", "", "board") in [
        (each.key, each.now, each.then) for each in changed_keys(rulebook(), then)
    ]


# -- the past ------------------------------------------------------------------------------------


def past(sheet: PaperSheet, overrides, since: dt.datetime | None = None):
    return what_if(sheet, overrides).past(since or sheet.now - dt.timedelta(days=400), sheet.now)


def a_long_past() -> PaperSheet:
    """A dear bill that its payables person corrects, one that waits for goods, one of two orders."""
    sheet = of_its_own(confirmed_sheet())
    bill(sheet, "INV-1", price=12.6)
    sheet.cycle(minutes=600)
    receive(sheet, "GR-1", 4)
    sheet.cycle(minutes=600)
    sheet.type("Invoices", {"invoice_number": "INV-1"}, unit_price=12.0)
    sheet.rest()
    bill(sheet, "INV-2", quantity=9, price=12.3)
    sheet.cycle(minutes=3000)
    receive(sheet, "GR-2", 6)
    sheet.delete("Invoices", invoice_number="INV-2")
    sheet.rest()
    bill(sheet, "INV-3", po_number=None, po_line=None)
    sheet.type("Invoices", {"invoice_number": "INV-3"}, po_number="PO-1001", po_line=1)
    sheet.rest()
    return sheet


def test_the_past_tells_what_would_not_have_come():
    sheet = a_long_past()

    replayed = past(sheet, LOOSE)
    found = otherwise(replayed)

    assert {(h.code, h.invoice_number) for h in found.never} == {
        ("PRICE_HIGH", "INV-1"),
        ("PRICE_HIGH", "INV-2"),
    }
    assert not found.new
    said = first_sentence_of_past(replayed, UTC)
    assert said.startswith("Since ")
    assert "2 of 6 holds would not have come" in said or "2 of" in said
    told = [line for part in parts_of_past(replayed, UTC) for line in part.lines]
    assert "invoice INV-1 of ACME" in told
    assert any(line.startswith("  in force: PRICE_HIGH line 1 (50.40 EUR) from ") for line in told)


def test_the_past_under_the_rules_in_force_is_what_it_was():
    replayed = past(a_long_past(), {})

    assert replayed.now == replayed.then
    assert otherwise(replayed).is_none
    assert "no hold would have been otherwise" in first_sentence_of_past(replayed, UTC)


def test_the_past_knows_what_was_released():
    """A hold goes when somebody releases it, then as now."""
    sheet = of_its_own(confirmed_sheet())
    receive(sheet, "GR-1", 4)
    bill(sheet, "INV-1", price=12.6)
    sheet.add("People", person="pat", roles="payables", release_limit=500)
    sheet.rest()
    sheet.cycle(minutes=60)
    sheet.add(
        "Releases", release="R-1", supplier="ACME", invoice_number="INV-1",
        hold="PRICE_HIGH", up_to=5, reason="agreed", released_by="pat",
    )  # fmt: skip
    sheet.rest()
    released_at = sheet.now
    sheet.cycle(minutes=60)

    replayed = past(sheet, {})

    (span,) = [s for s in replayed.now if s.held.code == "PRICE_HIGH"]
    assert span.went == released_at
    assert otherwise(replayed).is_none


def test_holds_that_stood_at_the_beginning_say_so():
    sheet = a_long_past()
    bill(sheet, "INV-4", price=20.0)
    begin = sheet.now + dt.timedelta(minutes=1)
    sheet.cycle(minutes=90)
    sheet.type("Invoices", {"invoice_number": "INV-4"}, unit_price=12.0)
    sheet.rest()

    replayed = past(sheet, LOOSE, since=begin)

    (span,) = [s for s in replayed.now if s.held.code == "PRICE_HIGH"]
    assert span.came is None
    assert span.went is not None
    (same,) = [s for s in replayed.then if s.held.code == "PRICE_HIGH"]
    assert (same.held.key, same.came, same.went) == (span.held.key, None, span.went)


def test_a_receipt_of_tomorrow_counts_when_its_day_comes():
    sheet = of_its_own(confirmed_sheet())
    tomorrow = (sheet.now.date() + dt.timedelta(days=1) - dt.date(1899, 12, 30)).days
    sheet.add(
        "Receipts",
        receipt_number="GR-1",
        po_number="PO-1001",
        line_number=1,
        quantity=10,
        received_date=tomorrow,
    )
    sheet.rest()
    bill(sheet, "INV-1")
    came = sheet.now
    sheet.now += dt.timedelta(days=3)

    replayed = past(sheet, LOOSE)

    (span,) = [s for s in replayed.now if s.held.code == "NO_RECEIPT"]
    assert span.came == came
    assert span.went == dt.datetime.combine(came.date(), dt.time(), dt.UTC) + dt.timedelta(days=1)


def test_orders_that_would_have_been_asked_other_tiers():
    sheet = confirmed(Ticking.of(START))

    replayed = past(sheet, {"approval.tiers.1.above": 100})

    (told,) = replayed.tiers
    assert (told.po_number, told.now, told.then) == ("PO-1001", ("lead",), ("lead", "director"))
    assert "1 order would have been asked other tiers" in first_sentence_of_past(replayed, UTC)
    assert any(
        "lead and director instead of lead" in line
        for p in parts_of_past(replayed, UTC)
        for line in p.lines
    )


def test_every_moment_of_the_past_is_told_as_it_was_decided():
    """The holds that the journal gives back are those that the corridor found, cycle by cycle."""
    sheet = Watched(**{f: getattr(confirmed_sheet(), f) for f in PaperSheet.__dataclass_fields__})
    sheet = of_its_own(sheet)
    sheet.__dict__["seen"] = []
    live(sheet)

    assert len(sheet.seen) >= 18
    replayed = past(sheet, {})
    for at, decided in sheet.seen:
        stood = {
            span.held.key
            for span in replayed.now
            if span.came <= at and (span.went is None or span.went > at)
        }
        assert stood == decided, at


class Ticking(PaperSheet):
    """A sheet on paper whose cycles lie a minute apart at least."""

    def cycle(self, minutes: int = 5, **options):
        return super().cycle(minutes=minutes or 1, **options)


class Watched(Ticking):
    """A sheet on paper that remembers which holds were found in every cycle."""

    def cycle(self, minutes: int = 5, **options):
        plan = super().cycle(minutes=minutes, **options)
        foreseen = foresee(self.reading, self.baseline, self.rules, self.mandate, self.now)
        if plan.is_empty:
            self.__dict__["seen"].append((self.now, set(outlook(foreseen).holds)))
        return plan


def live(sheet: PaperSheet) -> None:
    receive(sheet, "GR-1", 4)
    bill(sheet, "INV-1", price=12.6)
    sheet.type("Invoices", {"invoice_number": "INV-1"}, unit_price=12)
    sheet.rest()
    sheet.type("Invoices", {"invoice_number": "INV-1"}, invoice_number="INV-1b")
    sheet.rest()
    bill(sheet, "INV-2", quantity=9)
    receive(sheet, "GR-2", 6)
    bill(sheet, "INV-3", po_number="PO-9", po_line=1)
    bill(sheet, "INV-4", supplier="OTHER")
    sheet.type("Orders", {"po_number": "PO-1001"}, match_level="4way")
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="hold", reason="look")
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="resume")
    sheet.rest()
    sheet.type(
        "ACME", {"line_number": 2}, response="propose", proposed_quantity=4, reason="none left"
    )
    sheet.rest()
    sheet.type("Order lines", {"line_number": 2}, action="accept")
    sheet.rest()
    bill(sheet, "INV-5", po_line=2, quantity=5, price=3.5)
    sheet.delete("Invoices", invoice_number="INV-4")
    sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, action="short_close", reason="enough")
    sheet.rest()
    bill(sheet, "INV-6", quantity=1)
    bill(sheet, "CR-1", type="credit_note", credits="INV-6", quantity=-1)


def test_comparing_an_outlook_with_itself_finds_nothing(dear):
    mine = outlook(foresee(dear.reading, dear.baseline, dear.rules, dear.mandate, dear.now))

    assert compare(mine, mine).is_none


def test_a_bill_after_the_order_was_closed_is_held_in_the_past_too():
    sheet = of_its_own(confirmed_sheet())
    receive(sheet, "GR-1", 10)
    receive(sheet, "GR-2", 5, line=2)
    bill(sheet, "INV-1", quantity=10)
    bill(sheet, "INV-2", quantity=5, price=3.5, po_line=2)
    sheet.type("Orders", {"po_number": "PO-1001"}, action="close")
    sheet.rest()
    sheet.now += dt.timedelta(days=2)
    bill(sheet, "LATE", quantity=1)

    found = outlook(foresee(sheet.reading, sheet.baseline, sheet.rules, sheet.mandate, sheet.now))
    replayed = past(sheet, {})

    assert "PO_CLOSED" in {held.code for held in found.holds.values()}
    assert {s.held.key for s in replayed.now if s.went is None} == set(found.holds)


def test_an_order_that_went_to_another_supplier_is_that_ones():
    sheet = PaperSheet.of(
        START
        + """
    Suppliers   | Supplier | Name  | Email           | Approved
                | ACME     | Acme  | acme@example.com| TRUE
                | BOLT     | Bolt  | bolt@example.com| TRUE
    """
    )
    sheet.rest()
    bill(sheet, "INV-1")
    for number in (1, 2):
        sheet.type("Order lines", {"line_number": number}, supplier="BOLT")
    sheet.rest()
    sheet.now += dt.timedelta(hours=1)
    sheet.type("Invoices", {"invoice_number": "INV-1"}, supplier="BOLT")
    sheet.rest()

    found = outlook(foresee(sheet.reading, sheet.baseline, sheet.rules, sheet.mandate, sheet.now))
    replayed = past(sheet, {})

    assert {s.held.key for s in replayed.now if s.went is None} == set(found.holds)
    assert {s.held.supplier for s in replayed.now if s.went is not None} == {"ACME"}


def test_an_order_without_an_exchange_rate_says_so():
    sheet = confirmed(Ticking.of(START.replace("EUR", "USD")))

    (told,) = past(sheet, {"approval.exchange_rates": {}}).tiers

    assert (told.now, told.then) == (("lead",), ("no exchange rate",))


def test_a_day_that_is_still_to_come_is_not_told():
    sheet = of_its_own(confirmed_sheet())
    sheet.add(
        "Receipts",
        receipt_number="GR-1",
        po_number="PO-1001",
        line_number=1,
        quantity=10,
        received_date=(sheet.now.date() - dt.date(1899, 12, 30)).days + 7,
    )
    sheet.rest()
    bill(sheet, "INV-1")

    (span,) = [s for s in past(sheet, {}).now if s.held.code == "NO_RECEIPT"]

    assert span.went is None


def test_when_the_history_begins_is_told_only_where_it_matters():
    sheet = a_long_past()

    assert "It begins on 2026-03-02" in told_by(past(sheet, {}), UTC)
    assert "It begins" not in told_by(past(sheet, {}, since=sheet.now), UTC)
    assert "at no moment of it" in told_by(past(sheet, {}, since=sheet.now + dt.timedelta(1)), UTC)


def test_a_tab_that_would_stand_still_is_named_first():
    found = Difference(still_come=("Invoices",))

    assert first_sentence(found).endswith("Invoices would stand still until somebody has looked.")
    assert present_as_json(found)["standing_still"] == {"come": ["Invoices"], "go": []}


def test_moves_questions_and_findings_as_json():
    sheet = PaperSheet.of(START)
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, action="submit")
    sheet.rest()

    said = present_as_json(present(sheet, {"approval.tiers": []}))

    assert said["moves"]["come"][0]["to"] == "approved"
    assert (
        said["approvals"]["go"][0] | {"approver": "bob", "total": "137.50"}
        == (said["approvals"]["go"][0])
    )
    assert said["findings"]["go"][0]["code"] == "approval-waits"
    assert said["findings"]["go"][0]["money_at_risk"] == "137.50"


def test_more_than_a_screen_is_counted():
    lines = cut(map(str, range(25)), 25)

    assert lines[-1] == "and 5 more (--json tells all)"
    assert len(lines) == 21
