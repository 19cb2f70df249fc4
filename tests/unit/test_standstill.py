"""Tabs that stand still: what is taken for an accident, who is told, and how it goes on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from builders import codes, rulebook
from paper import PaperSheet
from paper_day import START, confirmed_sheet

from sheetsync.core.decide import decide
from sheetsync.core.model import LaidCell, Mode, RowRef
from sheetsync.core.plan import CellWrite, DigestMail

OPERATOR = "operator@example.com"
GONE = "stands still: "


def busy_sheet(receipts: int = 12, **rules) -> PaperSheet:
    """A confirmed order with goods received, a day later: the receipts are locked."""
    sheet = _busy_once(receipts)
    new = replace(
        sheet, events=[], mails=[], plans=[], told=[*sheet.told], planned=[*sheet.planned]
    )
    if rules:
        # The rules of the day before: only what is taken for an accident differs.
        new.rules = rulebook(rules).model_copy(update={"fingerprint": sheet.rules.fingerprint})
    return new


@cache
def _busy_once(receipts: int) -> PaperSheet:
    sheet = confirmed_sheet()
    for number in range(receipts):
        sheet.add(
            "Receipts",
            receipt_number=f"GR-{number}",
            po_number="PO-1001",
            line_number=1,
            quantity=0.5,
            received_date="2026-03-02",
        )
    sheet.rest()
    sheet.cycle(minutes=25 * 60)
    sheet.rest()
    return sheet


def still_rows(sheet: PaperSheet) -> dict[str, str]:
    """The rows of Status about tabs, by name."""
    known = ("heartbeat (UTC)", "mode", "rules in force", "open findings")
    return {str(r["name"]): str(r["value"]) for r in sheet.rows("Status") if r["name"] not in known}


def told(sheet: PaperSheet, address: str = OPERATOR) -> list[DigestMail]:
    return [mail for mail in sheet.mails if isinstance(mail, DigestMail) and mail.to == address]


def tick(sheet: PaperSheet, tab: str, answer: object = "TRUE") -> None:
    """Somebody ticks the box of the row that says that this tab stands still."""
    [name] = [n for n, v in still_rows(sheet).items() if n.startswith(tab) and v.startswith(GONE)]
    sheet.type("Status", {"name": name}, go_on=answer)


# -- what is taken for an accident ------------------------------------------------------------------


def test_most_rows_gone_stop_their_tab_and_no_other():
    sheet = busy_sheet()
    sheet.change("Receipts", lambda rows: rows[:2])
    sheet.type("Order lines", {"line_number": 1}, notes="hello")

    plan = sheet.cycle()

    assert "too-many-vanished" in codes(plan.findings)
    assert plan.stops == ()
    assert len(sheet.rows("Receipts")) == 2
    assert sheet.row("Order lines", line_number=1)["received_quantity"] == 6
    assert [e.new for e in sheet.events if e.field == "notes"] == ["hello"]
    assert sheet.rest().is_empty


def test_most_keys_typed_over_at_once_stop_their_tab():
    sheet = busy_sheet()
    for number in range(12):
        sheet.type("Receipts", {"receipt_number": f"GR-{number}"}, receipt_number=f"LS-{number}")

    plan = sheet.cycle()

    [found] = [f for f in plan.findings if f.tab.tab == "Receipts"]
    assert str(found.code) == "too-many-vanished"
    assert "(12 of them stand there under another key or none)" in found.message
    assert {r["receipt_number"] for r in sheet.rows("Receipts")} == {f"LS-{n}" for n in range(12)}

    tick(sheet, "Receipts")
    sheet.rest()
    assert {r["receipt_number"] for r in sheet.rows("Receipts")} == {f"GR-{n}" for n in range(12)}


def test_half_of_the_rows_is_no_accident():
    sheet = busy_sheet(20)
    sheet.change("Receipts", lambda rows: rows[:10])

    assert not {"too-many-vanished", "tab-emptied"} & set(codes(sheet.cycle().findings))
    assert len(sheet.rows("Receipts")) == 20


def test_rows_without_their_keys_are_gone():
    sheet = busy_sheet(3)
    for row in sheet.rows("Receipts"):
        sheet.type("Receipts", {"receipt_number": row["receipt_number"]}, receipt_number=None)

    assert "tab-emptied" in codes(sheet.cycle().findings)


def test_a_supplier_who_pastes_over_the_whole_tab_stops_that_tab():
    sheet = busy_sheet(0, **{"locking.locked_cells": 10})
    before = sheet.rows("ACME")
    spec = sheet.rules.columns.tabs["supplier"]
    locked = [c.field for c in spec.columns if not c.is_people_s and c.field not in spec.key]
    for line in (1, 2):
        sheet.type("ACME", {"line_number": line}, **dict.fromkeys(locked, "pasted"))
    pasted = sheet.rows("ACME")

    plan = sheet.cycle()

    found = [f for f in plan.findings if f.tab.tab == "ACME"]
    assert codes(found) == ["too-many-locked"]
    assert "of the " in found[0].message
    assert sheet.rows("ACME") == pasted
    assert sheet.row("Order lines", line_number=1)["proposed_price"] is None

    tick(sheet, "ACME")
    plan = sheet.cycle()
    assert "too-many-locked" not in codes(plan.findings)
    assert "locked-field-edited" in codes(plan.findings)
    sheet.rest()
    same = ("item", "description", "quantity", "unit_price", "status")
    assert [[r[f] for f in same] for r in sheet.rows("ACME")] == [
        [r[f] for f in same] for r in before
    ]


def test_a_few_locked_cells_are_put_back_as_ever():
    sheet = busy_sheet(12, **{"locking.locked_cells": 10})
    for number in range(4):
        sheet.type("Receipts", {"receipt_number": f"GR-{number}"}, quantity=9)

    plan = sheet.cycle()

    assert "too-many-locked" not in codes(plan.findings)
    assert {r["quantity"] for r in sheet.rows("Receipts")} == {0.5}


def test_many_locked_cells_that_are_a_small_share_are_put_back_as_well():
    sheet = busy_sheet(12, **{"locking.locked_cells": 3})
    for number in range(12):
        sheet.type("Receipts", {"receipt_number": f"GR-{number}"}, quantity=9)

    plan = sheet.cycle()

    assert "too-many-locked" not in codes(plan.findings)
    assert {r["quantity"] for r in sheet.rows("Receipts")} == {0.5}


def test_locked_cells_of_people_count():
    sheet = busy_sheet(12, **{"locking.locked_cells": 10})
    for number in range(12):
        sheet.type(
            "Receipts",
            {"receipt_number": f"GR-{number}"},
            quantity=9,
            uom="KG",
            received_date="2026-03-01",
            message="x",
        )

    plan = sheet.cycle()

    assert "too-many-locked" in codes(plan.findings)
    assert {r["quantity"] for r in sheet.rows("Receipts")} == {9}


def test_a_column_that_init_made_anew_is_no_accident():
    sheet = busy_sheet(12, **{"locking.locked_cells": 3, "locking.locked_pct": 1})
    worker_s = [
        c.field for c in sheet.rules.columns.tabs["order_lines"].columns if not c.is_people_s
    ]
    for line in (1, 2):
        sheet.type("Order lines", {"line_number": line}, **dict.fromkeys(worker_s, None))

    plan = sheet.cycle()

    assert "too-many-locked" not in codes(plan.findings)
    assert sheet.row("Order lines", line_number=1)["status"] == "confirmed"


def test_the_workers_own_lists_are_written_again():
    sheet = busy_sheet(12, **{"locking.locked_cells": 1, "locking.locked_pct": 1})
    sheet.change("Status", lambda _: [])
    sheet.change("Exceptions", lambda _: [])
    sheet.rest()

    assert still_rows(sheet) == {}
    assert len(sheet.rows("Status")) == 4


@pytest.mark.parametrize("tab", ["Suppliers", "People"])
def test_few_suppliers_or_people_that_are_gone_are_an_accident_while_orders_rest_on_them(tab):
    sheet = busy_sheet(**{"merging.tab_emptied_rows": 9})
    before = sheet.row("Orders", po_number="PO-1001")
    sheet.change(tab, lambda _: [])
    plan = sheet.cycle()

    assert "tab-emptied" in codes(plan.findings)
    [(name, said)] = still_rows(sheet).items()
    assert name.startswith(tab)
    assert said.startswith(GONE)
    sheet.rest()
    assert sheet.row("Orders", po_number="PO-1001") == before

    tick(sheet, tab)
    sheet.rest()
    assert set(still_rows(sheet).values()) == {"goes on"}


@pytest.mark.parametrize("tab", ["Suppliers", "People"])
def test_few_suppliers_or_people_that_are_gone_are_nobody_s_matter_before_that(tab):
    sheet = PaperSheet.of(START, rules=rulebook({"merging.tab_emptied_rows": 9}))
    sheet.rest()
    sheet.change(tab, lambda _: [])

    assert "tab-emptied" not in codes(sheet.cycle().findings)


def test_nothing_is_an_accident_in_the_first_cycle():
    rules = rulebook(
        {
            "locking.locked_cells": 1,
            "locking.locked_pct": 1,
            "merging.tab_emptied_rows": 1,
            "merging.vanished_rows": 1,
            "merging.vanished_pct": 1,
        }
    )
    for text in ("", START):
        sheet = PaperSheet.of(text, rules=rules)
        plan = sheet.cycle()
        assert plan.stops == ()
        assert still_rows(sheet) == {}
        sheet.rest()
        assert still_rows(sheet) == {}


# -- who is told, and how often ---------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(Mode))
def test_the_operator_is_told_once_each_time_it_happens(mode):
    sheet = busy_sheet()
    sheet.mandate = replace(sheet.mandate, mode=mode, pilot_suppliers=frozenset({"OTHER"}))
    whole = sheet.reading.tabs[sheet.tab("Receipts")].rows

    sheet.change("Receipts", lambda _: [])
    for _ in range(3):
        sheet.cycle(minutes=5)
    [mail] = told(sheet)
    assert [line.code for line in mail.lines if line.state == "new"] == ["tab-emptied"]

    sheet.change("Receipts", lambda _: [list(row) for row in whole])
    for _ in range(3):
        sheet.cycle(minutes=5)
    assert len(told(sheet)) == 1

    sheet.change("Receipts", lambda _: [])
    for _ in range(3):
        sheet.cycle(minutes=5)
    assert len(told(sheet)) == 2


def test_one_standstill_that_becomes_another_leaves_one_finding():
    sheet = busy_sheet()
    sheet.change("Receipts", lambda rows: rows[:1])
    sheet.cycle()
    sheet.change("Receipts", lambda _: [])
    plan = sheet.cycle()

    assert codes(f for f in plan.findings if f.tab.tab == "Receipts") == ["tab-emptied"]
    assert sorted(v[: len(GONE)] for v in still_rows(sheet).values()) == ["goes on", GONE]


# -- going on ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [True, "TRUE", "yes", "x"])
def test_a_tick_lets_the_tab_go_on_as_it_stands(answer):
    sheet = busy_sheet()
    sheet.add("Receipts", receipt_number="GR-new", po_number="PO-1001", line_number=1, quantity=1)
    sheet.rest()
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    tick(sheet, "Receipts", answer)
    sheet.rest()

    # The locked ones come back; the young one was nobody's but its writer's.
    assert len(sheet.rows("Receipts")) == 12
    assert all(row["go_on"] is None for row in sheet.rows("Status"))
    assert set(still_rows(sheet).values()) == {"goes on"}
    [said] = [e for e in sheet.events if e.field == "go_on"]
    assert (said.actor, said.proof, said.tab) == ("buyer", "unverified", "Status")
    assert said.decision.startswith("goes on as it stands: All 13 rows are gone at once")


@pytest.mark.parametrize("answer", [False, "FALSE", "no", "", " "])
def test_no_tick_lets_nothing_go_on(answer):
    sheet = busy_sheet()
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    tick(sheet, "Receipts", answer)
    sheet.cycle()

    assert sheet.rows("Receipts") == []


def test_an_answer_that_is_neither_yes_nor_no_is_asked_about():
    sheet = busy_sheet()
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    tick(sheet, "Receipts", "perhaps")
    plan = sheet.cycle()

    [asked] = [f for f in plan.findings if f.field == "go_on"]
    assert str(asked.code) == "invalid-value"
    assert "Tick the box, or write yes or no." in asked.message
    assert sheet.rows("Receipts") == []

    tick(sheet, "Receipts")
    plan = sheet.cycle()
    assert not [f for f in plan.findings if f.field == "go_on"]
    assert sheet.rows("Receipts") != []


def test_a_tick_is_a_yes_to_what_was_shown_and_to_nothing_else():
    sheet = busy_sheet()
    sheet.change("Receipts", lambda rows: rows[:2])
    sheet.cycle()
    tick(sheet, "Receipts")
    sheet.change("Receipts", lambda rows: rows[:1])  # before the worker looks again
    plan = sheet.cycle()

    assert "too-many-vanished" in codes(plan.findings)
    assert len(sheet.rows("Receipts")) == 1
    assert all(row["go_on"] is None for row in sheet.rows("Status"))

    # Ticking the row that tells of what was lets nothing go on either.
    [old] = [n for n, v in still_rows(sheet).items() if v == "goes on"]
    sheet.type("Status", {"name": old}, go_on=True)
    sheet.rest()
    assert len(sheet.rows("Receipts")) == 1
    assert all(row["go_on"] is None for row in sheet.rows("Status"))


def test_a_tick_beside_what_is_over_is_no_yes_to_the_same_happening_again():
    sheet = busy_sheet()
    whole = [list(row) for row in sheet.reading.tabs[sheet.tab("Receipts")].rows]
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    sheet.change("Receipts", lambda _: whole)
    sheet.rest()

    [name] = still_rows(sheet)
    sheet.type("Status", {"name": name}, go_on=True)
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    sheet.cycle()

    assert sheet.rows("Receipts") == []
    assert still_rows(sheet)[name].startswith(GONE)


def test_a_copy_of_a_row_of_status_says_nothing():
    sheet = busy_sheet()
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    tick(sheet, "Receipts")
    sheet.change("Status", lambda rows: [*rows, rows[-1]])
    sheet.cycle()

    assert sheet.rows("Receipts") == []


def test_a_row_whose_matter_is_over_may_be_deleted():
    sheet = busy_sheet()
    whole = [list(row) for row in sheet.reading.tabs[sheet.tab("Receipts")].rows]
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    sheet.change("Receipts", lambda _: whole)
    sheet.rest()
    [(name, value)] = still_rows(sheet).items()
    assert value == "goes on"

    sheet.change("Status", lambda rows: [row for row in rows if row[0] != name])
    sheet.rest()
    assert still_rows(sheet) == {}

    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    assert still_rows(sheet)[name].startswith(GONE)


def test_a_tick_beside_something_else_is_cleared_without_effect():
    sheet = busy_sheet()
    sheet.type("Status", {"name": "mode"}, go_on=True)
    sheet.rest()

    assert all(row["go_on"] is None for row in sheet.rows("Status"))
    assert not [e for e in sheet.events if e.field == "go_on"]


def test_what_was_let_go_on_once_is_an_accident_when_it_happens_again():
    sheet = busy_sheet()
    sheet.change("Receipts", lambda _: [])
    sheet.cycle()
    tick(sheet, "Receipts")
    sheet.rest()
    assert len(sheet.rows("Receipts")) == 12

    sheet.change("Receipts", lambda _: [])
    plan = sheet.cycle()

    assert "tab-emptied" in codes(plan.findings)
    assert sheet.rows("Receipts") == []


def test_the_operator_confirms_what_he_was_told_and_nothing_newer():
    sheet = busy_sheet()
    sheet.change("Receipts", lambda rows: rows[:2])
    sheet.cycle(confirmed=True)
    assert len(sheet.rows("Receipts")) == 2

    sheet.cycle(confirmed=True)
    assert len(sheet.rows("Receipts")) == 12
    [said] = [e for e in sheet.events if e.field == "go_on"]
    assert said.actor == "operator"


def test_where_nothing_may_be_written_a_yes_holds_as_long_as_it_is_so():
    sheet = busy_sheet()
    sheet.mandate = replace(sheet.mandate, mode=Mode.OBSERVE)
    sheet.change("Receipts", lambda rows: rows[:2])
    sheet.cycle()
    tick(sheet, "Receipts")
    for _ in range(3):
        plan = sheet.cycle()
        assert "too-many-vanished" not in codes(plan.findings)
    assert len(sheet.rows("Receipts")) == 2
    assert len([e for e in sheet.events if e.field == "go_on"]) == 1

    sheet.change("Receipts", lambda rows: rows[:1])
    assert "too-many-vanished" in codes(sheet.cycle().findings)


def test_what_is_asked_for_waits_while_its_tab_stands_still():
    sheet = busy_sheet()
    asked = LaidCell(
        tab=sheet.tab("Receipts"),
        ref=RowRef(key=("gr-0", "po-1001", "1")),
        key=("gr-0", "po-1001", "1"),
        field="notes",
        shown=None,
        value="as it was",
        because="undo",
        actor="operator",
        proof="worker",
    )

    def written() -> list[object]:
        known = (sheet.reading, sheet.baseline, sheet.rules, sheet.mandate, sheet.now)
        plan = decide(*known, asked=(asked,))
        return [w.value for w in plan.writes if isinstance(w, CellWrite) and w.field == "notes"]

    assert written() == ["as it was"]
    sheet.change("Receipts", lambda rows: rows[:1])
    assert written() == []


def test_what_stood_open_on_a_row_without_a_key_stays_open_while_its_tab_stands_still():
    sheet = busy_sheet()
    sheet.add("Receipts", po_number="PO-1001", quantity=1)
    before = {f.finding_id for f in sheet.cycle().findings if f.ref and f.ref.key is None}
    assert before
    tab = sheet.tab("Receipts")
    lost = replace(sheet.reading.tabs[tab], present=frozenset())
    sheet.reading = replace(sheet.reading, tabs={**sheet.reading.tabs, tab: lost})

    for _ in range(2):
        plan = sheet.cycle()
        assert before <= {f.finding_id for f in plan.findings}
    assert not [e for e in sheet.events if e.decision == "finding closed"]


# -- headers ----------------------------------------------------------------------------------------


def test_a_tab_without_headers_stands_still_with_one_finding_and_cannot_be_confirmed():
    sheet = busy_sheet()
    tab = sheet.tab("Receipts")
    whole = sheet.reading
    reading = whole.tabs[tab]
    lost = replace(
        reading,
        present=frozenset(),
        rows=tuple((None,) * len(reading.fields) for _ in reading.rows),
    )
    sheet.reading = replace(whole, tabs={**whole.tabs, tab: lost})

    plan = sheet.cycle()
    assert codes(f for f in plan.findings if f.tab == tab) == ["missing-column"]
    assert still_rows(sheet)["Receipts"].startswith(GONE + "A header is missing")
    assert len(told(sheet)) == 1

    tick(sheet, "Receipts")
    plan = sheet.cycle(confirmed=True)
    assert codes(f for f in plan.findings if f.tab == tab) == ["missing-column"]
    assert sheet.rows("Status")[-1]["go_on"] is None

    sheet.reading = replace(sheet.reading, tabs={**sheet.reading.tabs, tab: reading})
    plan = sheet.cycle()
    assert not [f for f in plan.findings if f.tab == tab]
    assert still_rows(sheet)["Receipts"] == "goes on"
    assert sheet.row("Order lines", line_number=1)["received_quantity"] == 6
    assert len(told(sheet)) == 1
