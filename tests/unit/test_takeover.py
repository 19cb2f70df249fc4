"""A store that is older than its sheet: what the change history gives back, and what it does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from paper import PaperSheet
from paper_day import START, confirmed_sheet, of_its_own

from sheetsync.core.history.chain import Journal
from sheetsync.core.model import Baseline, RowRef, TabKind, Witness, WitnessedCell
from sheetsync.core.plan import TakenOver
from sheetsync.core.takeover import tail_of, take_over
from sheetsync.state.settling import advance


def tail(old: PaperSheet, new: PaperSheet, key: bytes = b""):
    (reading,) = new.reading.of_kind(TabKind.HISTORY)
    return tail_of(reading, Journal(rows=old.told, plans=old.planned, key=key))


def taken(old: PaperSheet, new: PaperSheet) -> TakenOver:
    found = tail(old, new)
    assert not found.refusal
    now = new.now + dt.timedelta(minutes=5)
    return take_over(new.reading, old.baseline, found, new.rules, new.mandate, now)


def restored(old: PaperSheet, new: PaperSheet) -> PaperSheet:
    """The sheet as it is now, served by a store that was brought up to it."""
    over = taken(old, new)
    sheet = of_its_own(new)
    sheet.baseline = advance(old.baseline, over.delta, over.cycle)
    sheet.now += dt.timedelta(minutes=5)
    return sheet


def busy_afternoon(sheet: PaperSheet) -> PaperSheet:
    """Goods, a proposal that is accepted, a hold, a new order, notes, a receipt that goes."""
    sheet.add("Receipts", receipt_number="GR-1", po_number="PO-1001", line_number=1, quantity=4)
    sheet.type("Receipts", {"receipt_number": "GR-1"}, received_date="2026-03-02")
    sheet.rest()
    sheet.type("ACME", {"line_number": 2}, response="propose", proposed_price=3.75, reason="steel")
    sheet.rest()
    sheet.type("Order lines", {"line_number": 2}, action="accept", notes="all right")
    sheet.rest()
    sheet.add(
        "Order lines",
        po_number="new2",
        requester="ann",
        supplier="ACME",
        item="0044",
        quantity=7,
        uom="EA",
        unit_price=2.25,
        currency="EUR",
        need_by="2026-05-20",
    )
    sheet.rest()
    for tab, cells in (
        ("Orders", {"action": "submit"}),
        ("Approvals", {"decision": "approve"}),
        ("Orders", {"action": "issue"}),
    ):
        sheet.type(tab, {"po_number": "PO-1002"}, **cells)
        sheet.rest()
    sheet.type("ACME", {"po_number": "PO-1002"}, comment="thank you")
    sheet.type("ACME", {"po_number": "PO-1001", "line_number": 1}, quantity=99)
    sheet.rest()
    sheet.type("Orders", {"po_number": "PO-1001"}, match_level="2way")
    sheet.rest()
    return sheet


def cells_of(baseline: Baseline) -> dict[tuple[str, ...], object]:
    """Every settled cell by tab, key and field."""
    return {
        (str(tab), *key, name): cell
        for tab, rows in baseline.rows.items()
        for key, row in rows.items()
        for name, cell in row.cells.items()
    }


def same_states(one: Baseline, other: Baseline) -> None:
    assert one.lines == {
        key: replace(state, closed_at=one.lines[key].closed_at) if key in one.lines else state
        for key, state in other.lines.items()
    }
    for po_number, order in other.orders.items():
        mine = one.orders[po_number]
        assert (mine.version, mine.issued_version, mine.mark) == (
            order.version,
            order.issued_version,
            order.mark,
        )
        assert [(g.tier, g.approver, g.version, g.is_granted) for g in mine.grants] == [
            (g.tier, g.approver, g.version, g.is_granted) for g in order.grants
        ]
    assert one.orders.keys() == other.orders.keys()
    assert one.numbered == other.numbered


@pytest.fixture(scope="module")
def days():
    morning = confirmed_sheet()
    return morning, busy_afternoon(of_its_own(morning))


@pytest.mark.parametrize("of", ["the morning", "nothing"])
def test_states_and_rows_are_what_they_were(days, of):
    """A store that was restored, and one that was lost: the history gives all of it back."""
    old, new = days
    after = restored(old if of == "the morning" else PaperSheet.of(START), new).baseline

    same_states(after, new.baseline)
    assert cells_of(after) == cells_of(new.baseline)
    told = {name for name, known in after.findings.items() if known.code != "history-taken-over"}
    assert told == new.baseline.findings.keys()


def test_the_next_cycle_has_nothing_to_say_but_that_it_was_taken_over(days):
    sheet = restored(*days)
    plan = sheet.cycle()

    # What was told of a typed-over cell is over a little sooner; nothing else is written.
    written = {(write.tab.tab, getattr(write, "field", "row")) for write in plan.writes}
    assert {tab for tab, name in written if name not in {"message", "checked_at"}} == {"Exceptions"}
    assert {str(f.code) for f in plan.findings} == {"history-taken-over", "proposal-waits"}
    assert {event.decision.partition(",")[0] for event in plan.events} == {"finding closed"}
    assert {mail.to for mail in plan.mails} == {"operator@example.com"}
    assert sheet.rest().is_empty


def test_what_people_typed_since_is_theirs(days):
    old, new = days
    typed = of_its_own(new)
    typed.type("Order lines", {"po_number": "PO-1001", "line_number": 1}, notes="late")
    typed.type("Receipts", {"receipt_number": "GR-1"}, quantity=5)
    typed.type("ACME", {"po_number": "PO-1002"}, response="accept", comment="from us")
    typed.type("ACME", {"po_number": "PO-1002"}, unit_price=2.5)
    plan = restored(old, typed).cycle()

    told = {(e.field, e.new, e.decision.partition(":")[0]) for e in plan.events}
    assert {
        ("notes", "late", "changed"),
        ("quantity", 5, "changed"),
        ("comment", "from us", "changed"),
        ("unit_price", 2.5, "put back"),
        ("status", "confirmed", "response accept"),
    } <= told


def test_days_that_were_typed_as_texts_are_no_news(days):
    old, _ = days
    new = of_its_own(old)
    new.add("Receipts", receipt_number="GR-7", po_number="PO-1001", line_number=1, quantity=1)
    new.rest()
    new.type("Receipts", {"receipt_number": "GR-7"}, received_date="2026-03-02")
    new.rest()
    new.type("Receipts", {"receipt_number": "GR-7"}, received_date="2026-03-01")
    new.rest()
    assert cells_of(restored(old, new).baseline) == cells_of(new.baseline)


def test_an_order_that_went_out_twice_has_one_mail_in_doubt(days):
    old, _ = days
    new = of_its_own(old)
    for _ in range(2):
        new.type("Orders", {"po_number": "PO-1001"}, action="change", reason="more")
        new.rest()
        new.type("Orders", {"po_number": "PO-1001"}, action="submit")
        new.rest()
        for row in new.rows("Approvals"):
            if not row["decided"]:
                where = {"po_number": "PO-1001", "version": row["version"]}
                new.type("Approvals", where, decision="approve")
        new.rest()
        new.type("Orders", {"po_number": "PO-1001"}, action="issue")
        new.rest()
    over = taken(old, new)

    assert [mail.mail_id for mail in over.in_doubt] == ["order-PO-1001-v3"]
    assert [mail.mail_id for mail in over.over] == ["order-PO-1001-v2"]
    sent = [mail for mail in new.mails if getattr(mail, "mail_id", "") == "order-PO-1001-v3"]
    assert list(over.in_doubt) == sent


def test_a_history_without_its_columns_of_macs_gives_nothing_back(days):
    old, new = days
    bare = of_its_own(new)
    tab = bare.tab("Change history")
    reading = bare.reading.tabs[tab]
    lost = replace(reading, present=reading.present - {"chain"})
    bare.reading = replace(bare.reading, tabs={**bare.reading.tabs, tab: lost})

    assert "the column chain is not there" in tail(old, bare).refusal


def test_cells_of_the_workers_that_differ_are_named_and_nobody_is_blamed(days):
    old, new = days
    typed = of_its_own(new)
    typed.type("Order lines", {"po_number": "PO-1001", "line_number": 1}, billing_status="paid!")
    over, sheet = taken(old, typed), restored(old, typed)
    plan = sheet.cycle()

    assert over.told.old == "Order lines PO-1001/1, Billing: paid!"
    [found] = [f for f in plan.findings if f.code == "history-taken-over"]
    assert "Order lines PO-1001/1, Billing: paid!" in found.message
    assert "worker-field-edited" not in {str(f.code) for f in plan.findings}
    assert sheet.row("Order lines", po_number="PO-1001", line_number=1)["billing_status"] != "paid!"


def test_rows_that_the_worker_had_not_come_to_make_are_no_deleted_ones(days):
    old, new = days
    died = of_its_own(new)
    died.delete("Orders", po_number="PO-1002")
    sheet = restored(old, died)
    plan = sheet.cycle()

    assert "line-vanished" not in {str(f.code) for f in plan.findings}
    assert sheet.row("Orders", po_number="PO-1002")["status"] == "issued"


def witness(sheet, tab, cycle, *, line=1, before="call me"):
    """A write of that cycle landed on the notes of this line; what it wrote stands there."""
    at = {"po_number": "PO-1001", "line_number": line}
    place = sheet.tab(tab)
    cells = {f: sheet.row(tab, **at)[f] for f in ("po_number", "line_number", "notes")}
    landed = WitnessedCell(
        field="notes",
        at_field="notes",
        header="",
        expected=None,
        before=before,
        value=cells.pop("notes"),
    )
    ref = RowRef(key=("po-1009", "1"))
    name = f"{cycle}.1.{place.spreadsheet}/1"
    return Witness(witness_id=name, tab=place, ref=ref, is_meant=False, at=cells, cells=(landed,))


@pytest.mark.parametrize(("later", "shows"), [(None, "call me"), ("Orders", "all right")])
def test_what_a_later_cycle_had_mended_is_not_mended_again(days, later, shows):
    """The restored store heard no witness; the cycle that wrote after it had heard it."""
    old, new = days
    sheet = of_its_own(new)
    landed = witness(sheet, "Order lines", 8, line=2)
    after = replace(landed, witness_id="9.1.hub/1", tab=sheet.tab("Orders"), at={})
    sheet.reading = replace(sheet.reading, witnesses=(*((after,) if later else ()), landed))

    served = restored(old, sheet)
    served.cycle()

    assert served.row("Order lines", po_number="PO-1001", line_number=2)["notes"] == shows
