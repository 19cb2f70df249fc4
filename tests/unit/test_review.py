"""What people do at the wrong moment: answers to what nobody saw, edits around a yes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import codes
from paper import PaperSheet
from paper_day import START, confirmed, confirmed_sheet, issued

from sheetsync.core.decide import decide

PO = {"po_number": "PO-1001"}


def act(sheet: PaperSheet, action: str, reason: str | None = None) -> None:
    sheet.type("Orders", PO, action=action, reason=reason)
    sheet.rest()


@pytest.mark.parametrize("word", ["accept", "decline"])
def test_a_yes_typed_before_a_proposal_came_is_no_yes_to_it(word):
    sheet = confirmed_sheet()
    sheet.type("Order lines", {"line_number": 1}, action=word, reason="as agreed")
    sheet.rest()

    sheet.type("ACME", {"line_number": 1}, response="propose", proposed_price=99, reason="steel")
    plan = sheet.cycle()
    sheet.rest()

    assert "answer-outdated" in codes(plan.findings)
    line = sheet.row("Order lines", line_number=1)
    assert (line["status"], line["agreed_price"], line["action"]) == ("change proposed", 12, None)
    assert f"`{word}` (as agreed) was typed before the supplier's proposal came" in line["message"]


def test_a_yes_and_the_proposal_in_one_cycle_have_not_seen_each_other():
    sheet = confirmed_sheet()
    sheet.type("Order lines", {"line_number": 1}, action="accept")
    sheet.type("ACME", {"line_number": 1}, response="propose", proposed_price=99, reason="steel")
    sheet.rest()

    assert sheet.row("Order lines", line_number=1)["status"] == "change proposed"


@pytest.mark.parametrize("moment", ["while it is changed", "in the cycle of the issue"])
def test_a_supplier_s_yes_to_the_old_version_does_not_confirm_the_new_one(moment):
    sheet = confirmed_sheet()
    act(sheet, "change", "cheaper elsewhere")
    if moment == "while it is changed":
        sheet.type("ACME", {"line_number": 1}, response="accept")
        sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, unit_price=1)
    sheet.rest()
    act(sheet, "submit")
    sheet.type("Approvals", {"version": 2}, decision="approve")
    sheet.rest()

    sheet.type("ACME", {"line_number": 1}, response="accept")
    act(sheet, "issue")

    answer = sheet.row("ACME", line_number=1)
    assert (answer["status"], answer["response"]) == ("please answer", None)
    assert "typed before version 2 of the order came" in answer["message"]
    sheet.type("ACME", {"line_number": 1}, response="accept")
    sheet.rest()
    assert sheet.row("Order lines", line_number=1)["agreed_price"] == 1


@pytest.mark.parametrize(
    ("word", "status"), [("acknowledge", "acknowledged"), ("reject", "supplier rejected")]
)
def test_a_value_beside_an_answer_that_does_not_send_it_stays_and_is_asked_about(word, status):
    sheet = issued(PaperSheet.of(START))
    sheet.type(
        "ACME", {"line_number": 1}, response=word, proposed_date="2026-05-08", reason="mould broke"
    )

    sheet.rest()

    assert sheet.row("Order lines", line_number=1)["status"] == status
    answer = sheet.row("ACME", line_number=1)
    assert (answer["response"], answer["proposed_date"]) == (None, "2026-05-08")
    assert "choose `propose`" in answer["message"]


def test_a_value_beside_an_answer_that_came_too_late_stays():
    sheet = confirmed_sheet()
    act(sheet, "change", "cheaper elsewhere")
    sheet.type(
        "ACME", {"line_number": 1}, response="propose", proposed_price=99, reason="mould broke"
    )
    act(sheet, "submit")
    say_yes(sheet, 2)

    act(sheet, "issue")

    answer = sheet.row("ACME", line_number=1)
    assert (answer["response"], answer["reason"], answer["proposed_price"]) == (None, None, 99)
    assert "`propose` (mould broke) was typed before" in answer["message"]


def submitted() -> PaperSheet:
    sheet = PaperSheet.of(START)
    sheet.rest()
    act(sheet, "submit")
    return sheet


def say_yes(sheet: PaperSheet, version: int) -> None:
    sheet.type("Approvals", {"version": version}, decision="approve")
    sheet.rest()


def line(number: int | str, **cells) -> dict[str, object]:
    return {
        "po_number": "PO-1001",
        "line_number": number,
        "requester": "ann",
        "supplier": "ACME",
        "item": "9",
        "quantity": 100,
        "uom": "EA",
        "unit_price": 100,
        "currency": "EUR",
        "need_by": "2026-04-20",
        **cells,
    }


def test_what_is_changed_on_hold_needs_a_new_yes():
    sheet = submitted()
    say_yes(sheet, 1)
    act(sheet, "hold", "stock-taking")
    sheet.type("Order lines", {"line_number": 1}, unit_price=1200)
    sheet.rest()
    assert sheet.row("Orders", **PO)["total"] == 12_017.5
    act(sheet, "resume")

    act(sheet, "issue")

    assert sheet.row("Orders", **PO)["status"] == "submitted"
    say_yes(sheet, 2)
    assert sheet.row("Orders", **PO)["status"] == "issued"


@pytest.mark.parametrize("edit", ["added", "deleted"])
def test_a_yes_is_to_the_lines_that_stood_there(edit):
    sheet = submitted()
    if edit == "added":
        sheet.add("Order lines", **line(3))
    else:
        sheet.delete("Order lines", line_number=2)
    sheet.type("Approvals", {"version": 1}, decision="approve")
    plan = sheet.cycle()
    sheet.rest()

    assert "approval-limit" in codes(plan.findings)
    order = sheet.row("Orders", **PO)
    assert (order["status"], order["version"]) in {("submitted", 2), ("draft", 2)}


def test_nobody_who_asks_for_a_line_approves_the_order():
    sheet = PaperSheet.of(START.replace("| buyer", "| buyer, approver"))
    sheet.rest()
    sheet.type("Order lines", {"line_number": 1}, requester="zoe")
    act(sheet, "submit")

    assert [row["approver"] for row in sheet.rows("Approvals")] == ["bob"]


@pytest.mark.parametrize("number", [0, -1, "x", "#REF!", 1.5])
def test_a_line_number_that_cannot_be_read_is_told_and_not_numbered(number):
    sheet = confirmed_sheet()
    sheet.add("Order lines", **line(number))

    plan = sheet.cycle()
    assert sheet.rest(2).is_empty

    assert "invalid-value" in codes(plan.findings)
    assert sheet.row("Order lines", item="9")["line_number"] == number


def receive(sheet: PaperSheet, number: str, **cells) -> None:
    row = {"receipt_number": number, "po_number": "PO-1001", "line_number": 1, "quantity": 4}
    sheet.add("Receipts", **{**row, "received_date": "2026-03-02", **cells})


TWO_SUPPLIERS = (
    START
    + """
    Suppliers   | Supplier | Name  | Email           | Approved
                | ACME     | Acme  | acme@example.com| TRUE
                | BOLT     | Bolt  | bolt@example.com| TRUE
    Supplier BOLT | Your answer
"""
)


def test_a_line_added_to_a_sent_order_does_not_make_it_another_s():
    numbers = iter(("10", "20"))
    text = "\n".join(
        line.replace("new1 |    ", f"PO-1001 | {next(numbers)}") if "new1" in line else line
        for line in TWO_SUPPLIERS.splitlines()
    )
    sheet = PaperSheet.of(text)
    sheet.rest()
    act(sheet, "submit")
    say_yes(sheet, 1)
    act(sheet, "issue")
    sheet.add("Order lines", **line(5, supplier="BOLT", currency="USD", requester="zoe"))
    sheet.rest()

    order = sheet.row("Orders", **PO)
    assert (order["supplier"], order["currency"], order["requester"]) == ("ACME", "EUR", "ann")
    assert {row["status"] for row in sheet.rows("ACME")} == {"please answer"}
    assert sheet.rows("BOLT") == []


def test_a_mail_names_only_the_lines_that_are_sent():
    sheet = submitted()
    say_yes(sheet, 1)
    sheet.add("Order lines", **line(3))
    sheet.rest()
    say_yes(sheet, 2)
    act(sheet, "issue")

    [mail] = [mail for mail in sheet.mails if hasattr(mail, "po_number")]
    assert [each.line_number for each in mail.lines] == ["1", "2"]
    assert mail.total == "137.50"


@pytest.mark.parametrize(
    "typed",
    [{"quantity": "-5"}, {"quantity": 0}, {"unit_price": -3}, {"unit_price": "12.60 USD"}],
)
def test_what_could_not_be_proposed_is_not_proposed_by_typing_over(typed):
    sheet = confirmed_sheet()
    sheet.type("ACME", {"line_number": 1}, **typed)
    sheet.rest()

    assert sheet.row("Order lines", line_number=1)["status"] == "confirmed"


@pytest.mark.parametrize("typed", [{"receipt_number": "GR-2"}, {"line_number": 2}])
def test_a_locked_receipt_with_another_key_does_not_count_twice(typed):
    sheet = confirmed_sheet()
    receive(sheet, "GR-1")
    sheet.rest()
    sheet.cycle(minutes=60 * 30)
    sheet.rest()

    sheet.type("Receipts", {"receipt_number": "GR-1"}, **typed)
    plan = sheet.cycle()
    sheet.rest()

    assert "key-changed" in codes(plan.findings)
    [row] = sheet.rows("Receipts")
    assert (row["receipt_number"], row["line_number"]) == ("GR-1", 1)
    assert "stands again" in row["message"]
    assert [row["received_quantity"] for row in sheet.rows("Order lines")] == [4, 0]


def test_an_order_is_cancelled_whole_or_not_at_all():
    sheet = issued(PaperSheet.of(START))
    sheet.type("ACME", {"line_number": 1}, response="accept")
    sheet.rest()
    act(sheet, "cancel", "not needed")

    assert {row["status"] for row in sheet.rows("Order lines")} == {"confirmed", "issued"}
    assert "Line 1 is confirmed and would stay" in sheet.row("Orders", **PO)["message"]


def test_a_confirmed_line_is_not_forgotten_while_the_order_is_changed():
    sheet = confirmed_sheet()
    receive(sheet, "GR-1")
    act(sheet, "change", "less")
    sheet.delete("Order lines", line_number=1)
    sheet.rest()

    assert sheet.row("Order lines", line_number=1)["received_quantity"] == 4


def test_a_supplier_who_lost_an_order_is_told_on_its_tab():
    sheet = confirmed(PaperSheet.of(TWO_SUPPLIERS))
    act(sheet, "change", "ACME cannot deliver")
    sheet.type("Order lines", {"supplier": "ACME"}, supplier="BOLT")
    act(sheet, "submit")
    say_yes(sheet, 2)
    act(sheet, "issue")

    assert {row["status"] for row in sheet.rows("BOLT")} == {"please answer"}
    assert {row["status"] for row in sheet.rows("ACME")} == {"no longer on this order"}


@pytest.mark.parametrize("typed", ["9" * 40, "9" * 1500, 10**15])
@pytest.mark.parametrize(
    ("tab", "where", "field"),
    [
        ("Order lines", {"line_number": 2}, "quantity"),
        ("Order lines", {"line_number": 2}, "unit_price"),
        ("ACME", {"line_number": 1}, "quantity"),
        ("ACME", {"line_number": 1}, "unit_price"),
        ("ACME", {"line_number": 1}, "proposed_price"),
        ("Receipts", {"receipt_number": "GR-1"}, "quantity"),
        ("Invoices", {"invoice_number": "INV-1"}, "quantity"),
        ("Invoices", {"invoice_number": "INV-1"}, "amount"),
        ("Invoices", {"invoice_number": "INV-1"}, "total"),
    ],
)
def test_a_number_without_end_is_told_and_stops_nobody(tab, where, field, typed):
    sheet = confirmed_sheet()
    if tab == "Order lines":
        act(sheet, "change", "more of them")
    receive(sheet, "GR-1")
    bill = {"supplier": "ACME", "invoice_number": "INV-1", "invoice_line": 1, "currency": "EUR"}
    row = {"po_number": "PO-1001", "po_line": 1, "quantity": 4, "unit_price": 12}
    sheet.add("Invoices", **bill, **row, invoice_date="2026-03-02")
    sheet.rest()

    sheet.type(tab, where, **{field: typed})
    plan = sheet.cycle()
    sheet.rest()

    is_put_back = tab == "ACME" and field != "proposed_price"
    expected = "locked-field-edited" if is_put_back else "invalid-value"
    assert expected in codes(plan.findings)
    assert sheet.row("Order lines", line_number=1)["status"] in {"confirmed", "draft"}


def test_a_supplier_is_not_told_of_a_proposal_that_was_not_made():
    sheet = confirmed_sheet()
    act(sheet, "hold", "stock-taking")
    sheet.type("ACME", {"line_number": 1}, unit_price="12,60")
    sheet.rest()

    said = sheet.row("ACME", line_number=1)["message"]
    assert "No proposal was made of it, because the status is on hold now" in said


def test_the_first_cycle_does_not_begin_with_orders_that_it_cannot_read():
    sheet = PaperSheet.of(START)
    whole, tab = sheet.reading, sheet.tab("Order lines")
    lost = replace(whole.tabs[tab], present=whole.tabs[tab].present - {"quantity"})
    sheet.reading = replace(whole, tabs={**whole.tabs, tab: lost})

    [stop] = decide(sheet.reading, sheet.baseline, sheet.rules, sheet.mandate, sheet.now).stops

    assert "Put the header back first" in stop
    assert not PaperSheet.of(START).cycle().stops


def test_a_value_typed_over_the_old_version_is_no_proposal_to_the_new_one():
    sheet = confirmed_sheet()
    act(sheet, "change", "dearer")
    sheet.type("Order lines", {"line_number": 1}, unit_price=20)
    act(sheet, "submit")
    say_yes(sheet, 2)
    sheet.type("ACME", {"line_number": 1}, unit_price=15)
    act(sheet, "issue")

    answer = sheet.row("ACME", line_number=1)
    assert (answer["unit_price"], answer["status"]) == (20, "please answer")
    assert "No proposal was made of it" in answer["message"]


def test_a_cell_that_shows_what_it_should_is_settled_whatever_was_known_of_it():
    """Else it would be reported in every cycle, and the worker would never come to rest."""
    sheet = confirmed_sheet()
    orders = sheet.tab("Orders")
    [(key, row)] = sheet.baseline.rows[orders].items()
    older = replace(row, cells={**row.cells, "version": "0"})
    sheet.baseline = replace(sheet.baseline, rows={**sheet.baseline.rows, orders: {key: older}})

    sheet.cycle()
    assert sheet.cycle().is_empty
