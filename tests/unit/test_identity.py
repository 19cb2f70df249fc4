"""Rows are known by their keys: what becomes of keys that people type over, copy, cut or delete.

Each test answers a question of docs/identity.md.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from builders import codes
from paper import PaperSheet
from paper_day import START, confirmed_sheet, issued

from sheetsync.core.comparing.identity import known_again
from sheetsync.core.comparing.merging import merge
from sheetsync.core.model import TabKind
from sheetsync.core.plan import RowAppend

PO = {"po_number": "PO-1001"}
LINE_1 = {**PO, "line_number": 1}
LINES = "Order lines"


TYPED_BY_BUYERS = (
    *("requester", "supplier", "item", "quantity", "uom", "unit_price", "currency", "need_by"),
)


def draft_sheet() -> PaperSheet:
    sheet = PaperSheet.of(START)
    sheet.rest()
    return sheet


def issued_sheet() -> PaperSheet:
    return issued(PaperSheet.of(START))


def receipt_sheet(*, is_old: bool) -> PaperSheet:
    sheet = confirmed_sheet()
    row = {"receipt_number": "GR-1", "quantity": 4, "received_date": "2026-03-02"}
    sheet.add("Receipts", **LINE_1, **row)
    sheet.rest()
    if is_old:
        sheet.cycle(minutes=60 * 30)
        sheet.rest()
    return sheet


def bill(sheet: PaperSheet, number: str, **cells) -> None:
    row = {"supplier": "ACME", "invoice_number": number, "invoice_line": 1, "currency": "EUR"}
    line = {"po_number": "PO-1001", "po_line": 1, "quantity": 1, "unit_price": 12}
    sheet.add("Invoices", **{**row, **line, "invoice_date": "2026-03-02", **cells})


def statuses(sheet: PaperSheet) -> dict[str, str]:
    return {str(key): state.status for key, state in sheet.baseline.lines.items()}


def one_cycle(sheet: PaperSheet) -> list[str]:
    """The findings of the next cycle; afterwards the sheet is at rest."""
    found = codes(sheet.cycle().findings)
    sheet.rest()
    return found


# -- a key is typed over where the row must stay -------------------------------------------------

TYPED = [
    {"line_number": 9},
    {"line_number": 2},
    {"line_number": None},
    {"po_number": None},
    {"po_number": "PO-77"},
    {"po_number": "new1"},
    {"po_number": None, "line_number": None},
    {"line_number": 9, "notes": "mine"},
]


@pytest.mark.parametrize("start", [confirmed_sheet, issued_sheet])
@pytest.mark.parametrize("typed", TYPED)
def test_an_order_line_that_went_out_gets_its_key_back(start, typed):
    sheet = start()
    before, told = statuses(sheet), len(sheet.events)
    cells = sheet.row(LINES, **LINE_1)

    sheet.type(LINES, LINE_1, **typed)
    found = one_cycle(sheet)

    assert found == ["key-changed"]
    assert statuses(sheet) == before
    line = sheet.row(LINES, **LINE_1)
    others = {field: value for field, value in typed.items() if field not in LINE_1}
    assert line == {**cells, **others, "message": line["message"]}
    assert "which stands again" in str(line["message"])
    assert len(sheet.rows(LINES)) == 2
    back = {e.field for e in sheet.events[told:] if e.decision == "put back"}
    assert back == typed.keys() - others.keys()


@pytest.mark.parametrize(
    ("tab", "where", "typed"),
    [
        ("Orders", PO, {"po_number": "PO-5"}),
        ("Orders", PO, {"po_number": None}),
        ("ACME", LINE_1, {"line_number": 7}),
        ("ACME", LINE_1, {"line_number": 2}),
        ("ACME", LINE_1, {"line_number": None}),
        ("Approvals", PO, {"approver": "zoe"}),
        ("Approvals", PO, {"version": 7}),
    ],
)
def test_a_row_that_sheetsync_made_keeps_its_key_and_what_people_wrote(tab, where, typed):
    sheet = confirmed_sheet()
    note = {"Orders": "notes", "ACME": "comment", "Approvals": "comment"}[tab]
    rows = len(sheet.rows(tab))

    sheet.type(tab, where, **typed, **{note: "mine"})
    plan = sheet.cycle()
    sheet.rest()

    assert codes(plan.findings) == ["key-changed"]
    appended = [write.tab.tab for write in plan.writes if isinstance(write, RowAppend)]
    assert tab not in appended, "the reading before the write still shows the row under no key"
    assert sheet.row(tab, **where)[note] == "mine"
    assert len(sheet.rows(tab)) == rows


def test_an_answer_beside_a_key_that_was_typed_over_answers_nothing():
    sheet = issued_sheet()
    told = len(sheet.events)
    sheet.type("ACME", LINE_1, line_number=2, response="accept", reason="ok")
    sheet.rest()

    assert statuses(sheet) == {"PO-1001/1": "issued", "PO-1001/2": "issued"}
    row = sheet.row("ACME", line_number=1)
    assert (row["response"], row["reason"]) == (None, None)
    assert "Your answer (accept)" in row["message"]
    assert {(e.field, e.new) for e in sheet.events[told:] if e.decision == "put back"} == {
        ("line_number", 2),
        ("response", "accept"),
        ("reason", "ok"),
    }


def test_a_yes_in_a_row_that_names_another_approver_is_nobody_s():
    sheet = draft_sheet()
    sheet.type("Orders", PO, action="submit")
    sheet.rest()
    sheet.type("Approvals", PO, approver="ann", decision="approve")
    sheet.rest()

    row = sheet.row("Approvals", **PO)
    assert (row["approver"], row["decision"], row["decided"]) == ("bob", None, None)
    assert sheet.baseline.orders["PO-1001"].grants == ()


def test_locked_cells_typed_over_with_the_key_are_put_back_too():
    sheet = confirmed_sheet()
    sheet.type(LINES, LINE_1, line_number=9, quantity=99, unit_price=1)
    sheet.cycle()

    assert sheet.row("Orders", **PO)["total"] == 137.5
    assert "locked-field-edited" in codes(sheet.cycle().findings)
    sheet.rest()
    line = sheet.row(LINES, **LINE_1)
    assert (line["quantity"], line["unit_price"], line["agreed_quantity"]) == (10, 12, 10)


@pytest.mark.parametrize(
    "typed",
    [{"receipt_number": "GR-9"}, {"line_number": 2}, {**PO, "kind": None, "receipt_number": None}],
)
def test_an_old_receipt_gets_its_key_back_and_counts_once(typed):
    sheet = receipt_sheet(is_old=True)
    sheet.type("Receipts", {"receipt_number": "GR-1"}, **typed)
    sheet.cycle()
    assert [row["received_quantity"] for row in sheet.rows(LINES)] == [4, 0]
    sheet.rest()

    assert [row["receipt_number"] for row in sheet.rows("Receipts")] == ["GR-1"]
    assert [row["received_quantity"] for row in sheet.rows(LINES)] == [4, 0]


def test_every_key_of_a_tab_typed_over_at_once_comes_back():
    sheet = confirmed_sheet()
    sheet.change(LINES, lambda rows: [[f"X-{n}", 9, *row[2:]] for n, row in enumerate(rows)])

    assert one_cycle(sheet) == ["key-changed", "key-changed"]
    assert [(row["line_number"], row["item"]) for row in sheet.rows(LINES)] == [
        (1, "0042"),
        (2, "0043"),
    ]


def test_a_key_is_not_put_back_where_this_run_may_not_write():
    sheet = confirmed_sheet()
    sheet.mandate = replace(sheet.mandate, mode="pilot", pilot_suppliers=frozenset({"BOLT"}))
    sheet.type(LINES, LINE_1, line_number=9)
    plan = sheet.cycle()

    assert "key-changed" in codes(plan.findings)
    assert sheet.rest().is_empty
    assert statuses(sheet) == {"PO-1001/1": "confirmed", "PO-1001/2": "confirmed"}
    assert [row["line_number"] for row in sheet.rows(LINES)] == [9, 2]


# -- a key is typed over where it may be ----------------------------------------------------------


def test_a_draft_goes_on_under_its_new_number():
    sheet = draft_sheet()
    sheet.type(LINES, LINE_1, line_number=9)

    assert one_cycle(sheet) == ["key-changed"]
    assert statuses(sheet) == {"PO-1001/2": "draft", "PO-1001/9": "draft"}
    assert (
        "This row was PO-1001/1. It goes on as PO-1001/9."
        in sheet.row(LINES, line_number=9)["message"]
    )
    assert {(e.line_number, e.decision) for e in sheet.events} >= {("1", "deleted"), ("9", "added")}


def test_a_draft_that_takes_another_line_s_number_waits():
    sheet = draft_sheet()
    sheet.type(LINES, LINE_1, line_number=2)

    assert sorted(one_cycle(sheet)) == ["duplicate-key", "key-changed"]
    assert statuses(sheet) == {"PO-1001/2": "draft"}
    sheet.type(LINES, {"item": "0042"}, line_number=1)
    sheet.rest()
    assert statuses(sheet) == {"PO-1001/1": "draft", "PO-1001/2": "draft"}
    assert sheet.row(LINES, line_number=2)["message"] is None


def test_a_draft_without_a_number_waits_for_one():
    sheet = draft_sheet()
    sheet.type(LINES, LINE_1, po_number=None)

    assert sorted(one_cycle(sheet)) == ["key-changed", "missing-value"]
    assert len(sheet.rows(LINES)) == 2


def test_a_corrected_invoice_number_keeps_its_place_in_the_queue():
    sheet = receipt_sheet(is_old=True)
    bill(sheet, "INV-1", quantity=4)
    sheet.rest()
    first = next(iter(sheet.baseline.rows[sheet.tab("Invoices")].values())).first_seen_at
    bill(sheet, "INV-2", quantity=4)
    sheet.cycle(minutes=10)
    sheet.rest()
    sheet.type("Invoices", {"invoice_number": "INV-1"}, invoice_number="INV-9")

    assert "key-changed" in one_cycle(sheet)
    rows = sheet.baseline.rows[sheet.tab("Invoices")]
    assert rows[("acme", "inv-9", "1")].first_seen_at == first
    assert sheet.row("Invoices", invoice_number="INV-9")["match_status"] == "matched"


def test_a_young_receipt_stays_as_young_as_it_is():
    sheet = receipt_sheet(is_old=False)
    sheet.cycle(minutes=60 * 20)
    sheet.type("Receipts", {"receipt_number": "GR-1"}, receipt_number="GR-2")
    assert "key-changed" in one_cycle(sheet)
    sheet.cycle(minutes=60 * 5)
    sheet.type("Receipts", {"receipt_number": "GR-2"}, receipt_number="GR-3")
    sheet.rest()

    assert [row["receipt_number"] for row in sheet.rows("Receipts")] == ["GR-2"]


@pytest.mark.parametrize(("tab", "key"), [("Suppliers", "supplier"), ("People", "person")])
def test_master_data_goes_on_under_its_new_name(tab, key):
    sheet = draft_sheet()
    sheet.change(
        tab, lambda rows: [["other", *row[1:]] if n == 0 else row for n, row in enumerate(rows)]
    )

    assert "key-changed" in one_cycle(sheet)
    assert sheet.rows(tab)[0][key] == "other"


# -- another notation -----------------------------------------------------------------------------

ORDER_NOTATIONS = [
    "po-1001",
    "PO-1001 ",
    "PO\N{EN DASH}1001",
    "PO-\N{FULLWIDTH DIGIT ONE}001",
    " po - 1001",
]
LINE_NOTATIONS = [
    "0001",
    "01",
    " 1",
    "\N{FULLWIDTH DIGIT ONE}",
    "1.0",
    "+1",
    "\N{ARABIC-INDIC DIGIT ONE}",
]


@pytest.mark.parametrize(
    ("field", "typed"),
    [("po_number", text) for text in ORDER_NOTATIONS]
    + [("line_number", text) for text in LINE_NOTATIONS],
)
def test_another_notation_is_the_same_line(field, typed):
    sheet = confirmed_sheet()
    sheet.type(LINES, LINE_1, **{field: typed})

    assert one_cycle(sheet) == ["key-changed"]
    assert statuses(sheet) == {"PO-1001/1": "confirmed", "PO-1001/2": "confirmed"}
    assert "two notations" in sheet.row(LINES, **LINE_1)["message"]

    sheet = draft_sheet()
    sheet.type(LINES, LINE_1, **{field: typed})
    assert one_cycle(sheet) == ["key-notation"]
    assert statuses(sheet) == {"PO-1001/1": "draft", "PO-1001/2": "draft"}
    assert sheet.row(LINES, item="0042")[field] == typed


@pytest.mark.parametrize("typed", ["3.0", "+3", "\N{ARABIC-INDIC DIGIT THREE}", "003"])
def test_a_new_line_in_any_notation_is_written_on(typed):
    sheet = draft_sheet()
    copied = {field: sheet.row(LINES, **LINE_1)[field] for field in TYPED_BY_BUYERS}
    sheet.add(LINES, **copied, po_number="PO-1001", line_number=typed)
    sheet.rest()

    assert statuses(sheet)["PO-1001/3"] == "draft"
    assert sheet.rows(LINES)[2]["status"] == "draft"


def test_two_lines_of_a_new_order_in_two_notations_are_one_order():
    text = START.replace("| new1 |    ", "| PO-7 | 1  ", 1).replace(
        "| new1 |    ", "| po\N{EN DASH}7 | 2 "
    )
    sheet = PaperSheet.of(text)

    assert "key-notation" in one_cycle(sheet)
    assert [row["po_number"] for row in sheet.rows("Orders")] == ["PO-7"]
    assert statuses(sheet) == {"PO-7/1": "draft", "PO-7/2": "draft"}
    assert '"po\N{EN DASH}7" is read as PO-7' in sheet.row(LINES, line_number=2)["message"]


def test_zeros_count_in_order_numbers_and_a_lookalike_is_told():
    text = START.replace("| new1 |    ", "| '7 | 1  ", 1).replace("| new1 |    ", "| '0007 | 2 ")
    sheet = PaperSheet.of(text)

    assert one_cycle(sheet).count("key-notation") == 2
    assert statuses(sheet) == {"0007/2": "draft", "7/1": "draft"}
    assert "zeros count" in sheet.row(LINES, po_number="0007")["message"]


def test_zeros_lost_from_a_confirmed_order_s_number_come_back():
    sheet = confirmed_sheet()
    sheet.type(LINES, LINE_1, po_number="PO-01001")

    assert one_cycle(sheet) == ["key-changed"]
    assert statuses(sheet) == {"PO-1001/1": "confirmed", "PO-1001/2": "confirmed"}


@pytest.mark.parametrize("tab", ["Orders", "ACME", "Approvals"])
def test_the_spelling_of_a_worker_s_key_is_put_back(tab):
    sheet = confirmed_sheet()
    sheet.type(tab, PO, po_number="po-1001 ")

    assert set(one_cycle(sheet)) == {"key-changed"}
    assert {row["po_number"] for row in sheet.rows(tab)} == {"PO-1001"}


# -- copied, cut, deleted -------------------------------------------------------------------------


def copy_down(sheet: PaperSheet, tab: str, **cells) -> None:
    fields = sheet.reading.tabs[sheet.tab(tab)].fields

    def edit(rows):
        copy = list(rows[0])
        for field, value in cells.items():
            copy[fields.index(field)] = value
        return [*rows, copy]

    sheet.change(tab, edit)


@pytest.mark.parametrize(
    "tab", [LINES, "Orders", "ACME", "Approvals", "Receipts", "Invoices", "Suppliers", "People"]
)
def test_a_row_copied_down_counts_once(tab):
    sheet = receipt_sheet(is_old=True)
    bill(sheet, "INV-1")
    sheet.rest()
    before = sheet.baseline.lines

    copy_down(sheet, tab)
    found = one_cycle(sheet)

    assert set(found) & {"duplicate-key", "DUPLICATE"}
    assert sheet.baseline.lines == before
    line = next(row for row in sheet.rows(LINES) if row["line_number"] == 1)
    assert (line["received_quantity"], line["invoiced_quantity"]) == (4, 1)
    sheet.change(tab, lambda rows: rows[:-1])
    assert not set(one_cycle(sheet)) & {"duplicate-key", "DUPLICATE"}


def test_a_copy_whose_original_is_deleted_takes_its_place():
    sheet = confirmed_sheet()
    copy_down(sheet, LINES, quantity=99, notes="mine")
    assert "duplicate-key" in one_cycle(sheet)
    sheet.change(LINES, lambda rows: rows[1:])

    assert "locked-field-edited" in one_cycle(sheet)
    line = sheet.row(LINES, **LINE_1)
    assert (line["quantity"], line["notes"], line["status"]) == (10, "mine", "confirmed")


def test_a_copy_with_a_number_of_its_own_is_a_new_line():
    sheet = confirmed_sheet()
    copy_down(sheet, LINES, line_number=3)
    sheet.rest()

    assert statuses(sheet) == {
        "PO-1001/1": "confirmed",
        "PO-1001/2": "confirmed",
        "PO-1001/3": "draft",
    }


@pytest.mark.parametrize("tab", [LINES, "ACME", "Orders"])
def test_a_row_that_was_cut_and_pasted_elsewhere_is_the_same_row(tab):
    sheet = confirmed_sheet()
    sheet.change(tab, lambda rows: [*rows[1:], [None] * len(rows[0]), rows[0]])
    assert sheet.cycle(minutes=1).is_empty


def test_a_row_cut_to_another_tab_comes_back_where_it_belongs():
    sheet = confirmed_sheet()
    [row, *_] = sheet.reading.tabs[sheet.tab(LINES)].rows
    sheet.delete(LINES, line_number=1)
    width = len(sheet.reading.tabs[sheet.tab("Receipts")].fields)
    sheet.change("Receipts", lambda rows: [*rows, list(row[:width])])
    found = one_cycle(sheet)

    assert "line-vanished" in found
    assert set(found) - {"line-vanished"}
    assert statuses(sheet) == {"PO-1001/1": "confirmed", "PO-1001/2": "confirmed"}
    assert sheet.row(LINES, **LINE_1)["received_quantity"] == 0


def test_a_supplier_s_row_in_another_supplier_s_tab_answers_nothing():
    text = START + "\n    Supplier BOLT | Your answer\n"
    sheet = issued(PaperSheet.of(text))
    sheet.type("ACME", LINE_1, response="accept")
    [row, *_] = sheet.reading.tabs[sheet.tab("ACME")].rows
    sheet.delete("ACME", line_number=1)
    sheet.change("BOLT", lambda rows: [*rows, list(row)])
    found = one_cycle(sheet)

    assert {"row-not-ours", "line-vanished"} <= set(found)
    assert statuses(sheet)["PO-1001/1"] == "issued"
    assert sheet.row("BOLT", line_number=1)["response"] == "accept"


@pytest.mark.parametrize(
    ("tab", "where"),
    [(LINES, LINE_1), ("Receipts", {"receipt_number": "GR-1"}), ("Suppliers", {}), ("People", {})],
)
def test_a_row_that_may_be_deleted_is_told_of_and_kept_in_history(tab, where):
    sheet = draft_sheet()
    sheet.add(
        "Receipts",
        receipt_number="GR-1",
        po_number="PO-1001",
        line_number=1,
        quantity=4,
        received_date="2026-03-02",
    )
    sheet.rest()
    told = len(sheet.events)
    sheet.delete(tab, **where)

    assert "row-deleted" in one_cycle(sheet)
    assert "deleted" in [e.decision for e in sheet.events[told:]]


def test_a_row_that_is_typed_again_is_not_told_any_longer_to_be_deleted():
    sheet = draft_sheet()
    row = sheet.rows(LINES)[0]
    sheet.delete(LINES, **LINE_1)
    assert "row-deleted" in one_cycle(sheet)
    sheet.add(LINES, **row)

    assert "row-deleted" not in one_cycle(sheet)
    assert sheet.row(LINES, **LINE_1)["message"] is None


def test_a_deleted_order_row_keeps_deciding_how_its_invoices_match():
    sheet = receipt_sheet(is_old=True)
    sheet.type("Orders", PO, match_level="2way")
    bill(sheet, "INV-1", quantity=10)
    sheet.rest()
    assert sheet.row("Invoices", invoice_number="INV-1")["match_status"] == "matched"
    sheet.delete("Orders", **PO)
    plan = sheet.cycle()

    assert codes(plan.findings) == ["line-vanished"]
    assert sheet.row("Orders", **PO)["match_level"] == "2way"


@pytest.mark.parametrize("field", ["supplier", "invoice_number", "invoice_line"])
def test_an_invoice_whose_key_was_cleared_shows_nothing_payable(field):
    sheet = receipt_sheet(is_old=True)
    bill(sheet, "INV-1")
    sheet.rest()
    assert sheet.rows("Invoices")[0]["payable_amount"] == 12
    sheet.type("Invoices", {"invoice_number": "INV-1"}, **{field: None})
    found = one_cycle(sheet)
    (row,) = sheet.rows("Invoices")

    assert set(found) >= {"key-changed", "missing-value"}
    assert [row[name] for name in ("match_status", "holds", "payable_amount")] == [None] * 3


def test_a_copy_of_an_invoice_shows_nothing_payable():
    sheet = receipt_sheet(is_old=True)
    bill(sheet, "INV-1")
    sheet.rest()
    copy_down(sheet, "Invoices")
    sheet.rest()
    one, copy = sheet.rows("Invoices")

    assert (one["match_status"], one["payable_amount"]) == ("matched", 12)
    assert (copy["match_status"], copy["payable_amount"]) == ("rejected", None)
    sheet.change("Invoices", lambda rows: rows[1:])
    sheet.rest()
    (left,) = sheet.rows("Invoices")
    assert (left["match_status"], left["payable_amount"]) == ("matched", 12)


@pytest.mark.parametrize(("tab", "row"), [(LINES, 0), ("Invoices", 0)])
def test_nobody_is_blamed_for_what_sheetsync_wrote_on_a_copy(tab, row):
    sheet = receipt_sheet(is_old=True)
    bill(sheet, "INV-1")
    sheet.rest()
    copy_down(sheet, tab)
    sheet.rest()
    sheet.change(tab, lambda rows: [*rows[:row], *rows[row + 1 :]])
    found = one_cycle(sheet)

    assert not set(found) & {"worker-field-edited", "duplicate-key", "DUPLICATE"}
    assert (
        sheet.rows(tab)[-1]["message"] is None
        or "here already" not in sheet.rows(tab)[-1]["message"]
    )


def test_nobody_is_blamed_for_a_deleted_row_that_came_back_beside_the_one_written_instead():
    sheet = confirmed_sheet()
    old = sheet.row("ACME", line_number=1)
    sheet.delete("ACME", line_number=1)
    sheet.cycle()
    sheet.add("ACME", **old)
    sheet.rest()
    sheet.change("ACME", lambda rows: rows[:1] + rows[2:])
    told = len(sheet.events)
    found = one_cycle(sheet)

    assert [row["line_number"] for row in sheet.rows("ACME")] == [2, 1]
    assert sheet.row("ACME", line_number=1)["checked_at"] != old["checked_at"]
    assert "worker-field-edited" not in found
    assert "put back" not in [event.decision for event in sheet.events[told:]]


@pytest.mark.parametrize("original", [None, "three"])
def test_sorting_copies_changes_no_finding(original):
    sheet = confirmed_sheet()
    copy_down(sheet, LINES, notes="one")
    copy_down(sheet, LINES, notes="two")
    sheet.type(LINES, {**LINE_1, "notes": None}, notes=original)
    sheet.rest()
    sheet.change(LINES, lambda rows: rows[::-1])

    assert sheet.cycle(minutes=1).is_empty


@pytest.mark.parametrize("tab", [LINES, "Invoices"])
def test_sorting_a_row_and_its_equal_copies_changes_no_finding(tab):
    """Which of equal rows shows what sheetsync wrote tells the original, wherever it stands."""
    sheet = confirmed_sheet()
    bill(sheet, "INV-1")
    sheet.rest()
    copy_down(sheet, tab)
    copy_down(sheet, tab)
    sheet.rest()
    before = set(sheet.baseline.findings)
    sheet.change(tab, lambda rows: rows[::-1])
    plan = sheet.cycle(minutes=1)

    assert len(before) >= 2
    assert plan.is_empty
    assert set(sheet.baseline.findings) == before


@pytest.mark.parametrize(
    ("tab", "asked"), [("ACME", {"response": "accept"}), (LINES, {"action": "cancel"})]
)
def test_the_row_that_was_there_is_not_told_to_be_the_copy_in_which_somebody_asks(tab, asked):
    sheet = issued_sheet()
    copy_down(sheet, tab, **asked)
    sheet.rest()

    original, *_, copy = sheet.rows(tab)
    assert original["message"] is None
    assert "this row is a duplicate" in copy["message"]


def test_which_of_two_copies_counts_does_not_depend_on_their_order():
    """Both say what was settled, and one of them asks for something; sheetsync wrote on neither."""
    sheet = confirmed_sheet()
    copy_down(sheet, LINES, action="hold", reason="wait", status="mine")
    sheet.type(LINES, {**LINE_1, "action": None}, status="mine too")

    def told() -> dict[str, str]:
        plan = sheet.cycle(minutes=1)
        [row] = [f.ref for f in plan.findings if f.code == "duplicate-key"]
        return row.content

    kept = sheet.baseline
    first = told()
    sheet.baseline = kept
    sheet.change(LINES, lambda rows: rows[::-1])
    assert told() == first


def test_a_worker_s_cell_that_shows_what_it_should_comes_to_rest():
    """A write that took although it was told as skipped: the baseline still has the older value."""
    sheet = confirmed_sheet()
    orders = sheet.tab("Orders")
    rows = dict(sheet.baseline.rows[orders])
    [(key, row)] = rows.items()
    rows[key] = replace(row, cells={**row.cells, "version": 7})
    sheet.baseline = replace(sheet.baseline, rows={**sheet.baseline.rows, orders: rows})
    sheet.rest(3)

    assert sheet.baseline.rows[orders][key].cells["version"] == 1


# -- columns, tabs, sorting -----------------------------------------------------------------------


def test_a_tab_that_is_away_for_a_while_loses_nothing():
    sheet = confirmed_sheet()
    whole, tab = sheet.reading, sheet.tab(LINES)
    away = replace(whole.tabs[tab], exists=False, present=frozenset(), rows=())
    sheet.reading = replace(whole, tabs={**whole.tabs, tab: away})
    before = sheet.baseline.lines

    assert "tab-missing" in codes(sheet.cycle().findings)
    sheet.reading = replace(sheet.reading, tabs={**sheet.reading.tabs, tab: whole.tabs[tab]})
    sheet.rest()
    assert sheet.baseline.lines == before
    assert codes(sheet.cycle().findings) == []


def test_sorting_while_a_key_is_typed_over_changes_nothing_else():
    sheets = [confirmed_sheet(), confirmed_sheet()]
    for sheet, order in zip(sheets, (1, -1), strict=True):
        sheet.type(LINES, LINE_1, line_number=2)
        sheet.change(LINES, lambda rows, order=order: rows[::order])
        one_cycle(sheet)

    one, two = (sorted(map(str, sheet.rows(LINES))) for sheet in sheets)
    assert one == two


def test_equal_rows_are_known_again_by_what_is_left_of_their_keys():
    sheet = confirmed_sheet()
    spec = sheet.rules.columns.tabs[TabKind.RECEIPTS]
    for number in range(30):
        sheet.add(
            "Receipts", **LINE_1, receipt_number=f"GR-{number}", quantity=1, received_date=46083
        )
    sheet.rest()
    sheet.change("Receipts", lambda rows: [[f"X{row[0]}", *row[1:]] for row in rows])
    sheet.change("Receipts", lambda rows: random.Random(1).sample(rows, len(rows)))  # noqa: S311 - an order

    merged, _ = merge(sheet.reading, sheet.baseline, frozenset(), sheet.rules.columns)
    assert len(merged.retyped) == 30
    assert len({row.now for row in merged.retyped}) == 30
    assert known_again(sheet.reading.tabs[sheet.tab("Receipts")], (), {}, (), spec) == ()


# -- both sides at once ---------------------------------------------------------------------------


def test_another_action_typed_while_one_is_carried_out_stands_and_is_told():
    """The clearing met a cell that a person had typed into meanwhile: theirs stands, and counts."""
    sheet = draft_sheet()
    sheet.type("Orders", PO, action="submit")
    apply = sheet.apply

    def meanwhile(writes, events):
        sheet.type("Orders", PO, action="hold", reason="stock-taking")
        sheet.apply = apply
        return apply(writes, events)

    sheet.apply = meanwhile
    sheet.cycle()
    assert sheet.row("Orders", **PO)["action"] == "hold"

    found = one_cycle(sheet)
    assert "edit-clash" in found
    assert set(statuses(sheet).values()) == {"on_hold"}
    assert sheet.row("Orders", **PO)["action"] is None
    [clash] = [r for r in sheet.rows("Exceptions") if r["code"] == "edit-clash"]
    assert "hold" in clash["message"]
    assert "submit was carried out before" in clash["message"]


def test_the_same_action_beside_another_reason_is_asked_anew():
    """It was carried out with the first reason; the second belongs to a request nobody has seen."""
    sheet = draft_sheet()
    sheet.type("Orders", PO, action="submit", reason="stock is low")
    apply = sheet.apply

    def meanwhile(writes, events):
        sheet.type("Orders", PO, reason="for the fair")
        sheet.apply = apply
        return apply(writes, events)

    sheet.apply = meanwhile
    sheet.cycle()
    row = sheet.row("Orders", **PO)
    assert (row["action"], row["reason"]) == ("submit", "for the fair")

    found = one_cycle(sheet)
    assert "move-not-allowed" in found
    assert "edit-clash" not in found
    row = sheet.row("Orders", **PO)
    assert (row["action"], row["reason"]) == ("submit", "for the fair")
    assert sheet.cycle().events == ()


def test_an_action_whose_reason_was_wiped_meanwhile_is_the_old_one():
    sheet = draft_sheet()
    sheet.type("Orders", PO, action="submit", reason="stock is low")
    apply = sheet.apply

    def meanwhile(writes, events):
        sheet.type("Orders", PO, reason=None)
        sheet.apply = apply
        return apply(writes, events)

    sheet.apply = meanwhile
    sheet.cycle()
    assert sheet.row("Orders", **PO)["action"] is None
    assert "move-not-allowed" not in one_cycle(sheet)
