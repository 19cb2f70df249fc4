"""`sheetsync history show` and `sheetsync undo` against the local server, as an operator types them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from small_company import SEAL, open_small_company, order_line
from typer.testing import CliRunner

from sheetsync import wiring
from sheetsync.cli import app
from sheetsync.cli import undo as undo_command
from sheetsync.core.model import Mode
from sheetsync.errors import AskedAmiss
from sheetsync.lookback import Lookback
from sheetsync.undoing import Undo


@pytest.fixture(scope="module")
def open_hub(tmp_path_factory):
    with open_small_company(
        tmp_path_factory.mktemp("hub"), suppliers=(SEAL,), clock=datetime.now(UTC)
    ) as office:
        yield office


@pytest.fixture
def office(open_hub):
    rest(open_hub)
    return open_hub


def rest(office) -> None:
    """The worker has seen all that was typed; each cycle has a time of its own."""
    for _ in range(5):
        office.clock = datetime.now(UTC)
        report = office.cycle()
        if not report.writes and not report.wants_another:
            return
    raise AssertionError("the worker does not come to rest")


def sheetsync(office, *words: str, given: str | None = None):
    config = str(office.folder / "config.yaml")
    return CliRunner().invoke(app, [*words, "--config", config], input=given)


def type_a_line(office, po_number: str, **cells: object) -> None:
    office.desk("ann", "Order lines").add(
        order_line(po_number, "S-200", line=1, need_by="2026-12-20") | cells
    )
    rest(office)


def change(office, po_number: str, **cells: object) -> str:
    """Ann types; the id of the event of the last cell."""
    office.desk("ann", "Order lines").type({"po_number": po_number}, **cells)
    rest(office)
    return ids(office, po_number)[-1]


def ids(office, po_number: str) -> list[str]:
    return [event.event_id for event in office.ports.state.events_of(po_number)]


def shown(office, po_number: str, header: str):
    return office.desk("ann", "Order lines").row(po_number=po_number)[header]


def last_event(office, po_number: str):
    return office.ports.state.events_of(po_number)[-1]


# -- looking back ----------------------------------------------------------------------------------


def test_the_life_of_a_line_is_told_in_sentences(office):
    type_a_line(office, "PO-31")
    changed = change(office, "PO-31", unit_price=13)

    told = sheetsync(office, "history", "show", "po-31/01").stdout.splitlines()

    assert told[0] == "PO-31/1, as the change history tells it. Times are in Europe/Berlin."
    assert "typed by the buyer (unverified): 10 EA of 0042 at 12.50 EUR" in told[1]
    assert told[2].endswith(
        f"Line 1: Unit price was changed from 12.50 EUR to 13.00 EUR by the buyer (unverified).  [{changed}]"
    )
    assert re.match(r"\d{1,2} \w{3} \d{4} \d\d:\d\d  ", told[2])
    assert told[-1].startswith("unverified: ")


def test_as_of_an_earlier_time_an_order_stands_as_it_did(office):
    type_a_line(office, "PO-32")
    before = datetime.now(UTC)
    change(office, "PO-32", unit_price=13)

    then = sheetsync(office, "history", "show", "PO-32", "--as-of", before.isoformat()).stdout
    now = sheetsync(office, "history", "show", "PO-32", "--as-of", "2099-01-01").stdout
    never = sheetsync(office, "history", "show", "PO-32", "--as-of", "2020-01-01 12:00").stdout

    assert "at 12.50 EUR" in then
    assert "at 13.00 EUR" in now
    assert never.startswith("PO-32 was not there on 1 Jan 2020 12:00 (Europe/Berlin). It is first")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("PO-3333",), "Did you mean PO-33"),
        (("PO-33/7",), "PO-33 never had a line '7'. Its lines: 1."),
        (("PO-33", "--as-of", "yesterday"), "--as-of: 'yesterday' is no time."),
    ],
)
def test_what_is_asked_amiss_is_told_kindly(office, words, said):
    if "PO-33" not in office.ports.state.known_orders():
        type_a_line(office, "PO-33")

    done = sheetsync(office, "history", "show", *words)

    assert isinstance(done.exception, AskedAmiss)
    assert said in str(done.exception)


def test_the_exit_codes_are_those_of_the_readme(office):
    """In a process of its own, as an operator meets it: one line, and no traceback."""
    config = str(office.folder / "config.yaml")
    command = [sys.executable, "-m", "sheetsync", "history", "show", "PO-404", "--config", config]
    done = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, timeout=90, check=False
    )

    assert done.returncode == 2
    assert done.stderr.startswith("sheetsync: The change history knows no order 'PO-404'.")
    assert len(done.stderr.splitlines()) == 1


# -- undoing ---------------------------------------------------------------------------------------


def test_the_price_of_a_draft_is_taken_back(office):
    type_a_line(office, "PO-41")
    changed = change(office, "PO-41", unit_price=13)

    done = sheetsync(office, "undo", changed, "--yes")

    assert done.exit_code == 0, done.output
    assert shown(office, "PO-41", "Unit price") == 12.5
    event = last_event(office, "PO-41")
    assert (event.old, event.new) == (13, 12.5)
    assert event.decision == f"undo of {changed}"
    assert (event.actor, event.proof) == ("operator", "worker")
    assert re.search(r"Order lines PO-41/1 +Unit price +13.00 EUR +12.50 EUR", done.stdout)
    assert event.event_id in done.stdout
    office.clock = datetime.now(UTC)
    assert office.cycle().writes == 0


def test_without_yes_it_is_only_shown(office):
    type_a_line(office, "PO-42")
    changed = change(office, "PO-42", quantity=11)
    before = ids(office, "PO-42")

    done = sheetsync(office, "undo", changed)

    assert done.exit_code == 0
    assert re.search(r"Quantity +11 EA +10 EA", done.stdout)
    assert "Nothing was written." in done.stdout
    assert shown(office, "PO-42", "Quantity") == 11
    assert ids(office, "PO-42") == before


@pytest.mark.parametrize(("answer", "price"), [("n\n", 13), ("y\n", 12.5)])
def test_somebody_at_the_terminal_is_asked(office, monkeypatch, answer, price):
    monkeypatch.setattr(undo_command, "somebody_is_there", lambda: True)
    type_a_line(office, f"PO-5{price}")
    changed = change(office, f"PO-5{price}", unit_price=13)

    done = sheetsync(office, "undo", changed, given=answer)

    assert done.exit_code == 0
    assert "Carry it out? [y/N]" in done.stdout
    assert shown(office, f"PO-5{price}", "Unit price") == price


def test_what_people_type_moves_no_terminal(office):
    type_a_line(office, "PO-51", description="\x1b[2JWashers\nM10")

    told = sheetsync(office, "history", "show", "PO-51").stdout

    assert "\x1b" not in told
    assert "\N{REPLACEMENT CHARACTER}[2JWashers M10" in told


def test_an_undo_can_be_undone(office):
    type_a_line(office, "PO-43")
    changed = change(office, "PO-43", unit_price=13)
    sheetsync(office, "undo", changed, "--yes")
    undone = last_event(office, "PO-43").event_id

    done = sheetsync(office, "undo", undone, "--yes")

    assert done.exit_code == 0, done.output
    assert shown(office, "PO-43", "Unit price") == 13
    assert last_event(office, "PO-43").decision == f"undo of {undone}"


def test_what_was_changed_again_since_is_not_undone(office):
    type_a_line(office, "PO-44")
    first = change(office, "PO-44", unit_price=13)
    second = change(office, "PO-44", unit_price=14)

    done = sheetsync(office, "undo", first, "--yes")

    assert done.exit_code == 1
    assert f"It was changed again since, by {second}." in done.stdout
    assert shown(office, "PO-44", "Unit price") == 14


def test_what_an_actor_did_in_a_time_is_undone_to_what_stood_before(office):
    type_a_line(office, "PO-45")
    since = datetime.now(UTC)
    for price in (13, 14):
        change(office, "PO-45", unit_price=price)
    change(office, "PO-45", need_by="2026-12-24")
    until = datetime.now(UTC)
    change(office, "PO-45", description="Washers")

    done = sheetsync(
        office,
        *("undo", "--since", since.isoformat(), "--until", until.isoformat()),
        *("--actor", "buyer", "--yes"),
    )

    assert done.exit_code == 0, done.output
    assert "2 of 2 written." in done.stdout
    assert shown(office, "PO-45", "Unit price") == 12.5
    assert shown(office, "PO-45", "Description") == "Washers"
    order = sheetsync(office, "history", "show", "PO-45", "--as-of", "2099-01-01").stdout
    assert "needed Sun 20 Dec 2026" in order
    price = next(e for e in office.ports.state.events_of("PO-45") if e.new == 12.5)
    assert len(price.decision.removeprefix("undo of ").split(", ")) == 2


def test_a_locked_cell_is_refused_and_told(office):
    type_a_line(office, "PO-46")
    changed = change(office, "PO-46", unit_price=13)
    for tab, where, cells in (
        ("Orders", {"po_number": "PO-46"}, {"action": "submit"}),
        ("Approvals", {"po_number": "PO-46"}, {"decision": "approve"}),
        ("Orders", {"po_number": "PO-46"}, {"action": "issue"}),
    ):
        office.desk("ann" if tab == "Orders" else "bob", tab).type(where, **cells)
        rest(office)
    before = ids(office, "PO-46")

    done = sheetsync(office, "undo", changed, "--yes")

    assert done.exit_code == 1
    assert "Unit price is locked" in done.stdout
    assert shown(office, "PO-46", "Unit price") == 13
    assert ids(office, "PO-46") == before
    move = sheetsync(office, "undo", before[-1], "--yes")
    assert move.exit_code == 1
    assert "`change` in Action on the tab Orders" in move.stdout


def test_an_undo_outdates_an_approval_as_typing_does(office):
    type_a_line(office, "PO-47")
    changed = change(office, "PO-47", unit_price=13)
    office.desk("ann", "Orders").type({"po_number": "PO-47"}, action="submit")
    rest(office)

    done = sheetsync(office, "undo", changed, "--yes")
    rest(office)

    assert done.exit_code == 0, done.output
    assert office.desk("ann", "Orders").row(po_number="PO-47")["Version"] == 2


def test_an_unknown_event_or_actor_is_told(office):
    nothing = sheetsync(office, "undo", "E-404")
    nobody = sheetsync(office, "undo", "--since", "2020-01-01", "--actor", "santa")
    unclear = sheetsync(office, "undo")

    assert "knows no event 'E-404'" in str(nothing.exception)
    assert "'santa' did nothing in that time. There acted: " in str(nobody.exception)
    assert "Say what is to be undone." in str(unclear.exception)


def test_a_deleted_draft_stands_again(office):
    type_a_line(office, "PO-48", description="Washers")
    office.desk("ann", "Order lines").delete(po_number="PO-48")
    rest(office)
    gone = last_event(office, "PO-48").event_id

    done = sheetsync(office, "undo", gone, "--yes")

    assert done.exit_code == 0, done.output
    assert "the whole row" in done.stdout
    row = office.desk("ann", "Order lines").row(po_number="PO-48")
    assert (row["Unit price"], row["Description"], row["Status"]) == (12.5, "Washers", "draft")
    rest(office)
    events = office.ports.state.events_of("PO-48")
    assert [e.decision for e in events] == ["added", "deleted", f"undo of {gone}"]
    assert events[-1].actor == "operator"
    assert "draft" in sheetsync(office, "history", "show", "PO-48", "--as-of", "2099-01-01").stdout
    again = sheetsync(office, "undo", events[-1].event_id, "--yes")
    assert "A row is taken away by deleting it in the sheet" in again.stdout


def test_what_somebody_changes_in_between_is_left_alone(office):
    """Shown, then changed by a person, then carried out: the person's value stays."""
    type_a_line(office, "PO-49")
    changed = change(office, "PO-49", unit_price=13)
    undo = undoing(office)
    proposal = undo.propose(undo.one(changed), datetime.now(UTC))
    assert len(proposal.allowed) == 1
    office.desk("ann", "Order lines").type({"po_number": "PO-49"}, unit_price=14)

    done = undo.carry_out(proposal, datetime.now(UTC))

    assert done.events == ()
    assert done.left == ("Order lines PO-49/1, Unit price",)
    assert shown(office, "PO-49", "Unit price") == 14
    assert [e.new for e in office.ports.state.events_of("PO-49")][1:] == [13, 14]
    late = undo.propose(undo.one(changed), datetime.now(UTC))
    assert late.allowed == ()


def test_a_tab_that_lost_a_header_stands_still_and_nobody_changed_the_cell(office):
    type_a_line(office, "PO-52")
    changed = change(office, "PO-52", unit_price=13)
    tab = office.desk("ann", "Order lines").tab
    place = tab.row_values(1).index("PO number") + 1
    tab.update_cell(1, place, "Mine")

    done = sheetsync(office, "undo", changed, "--yes")
    tab.update_cell(1, place, "PO number")

    assert done.exit_code == 1
    assert "The tab stands still until somebody has looked at it." in done.stdout
    assert "Somebody changed" not in done.stdout


def test_a_row_that_stands_there_twice_is_said_to(office):
    type_a_line(office, "PO-53")
    changed = change(office, "PO-53", unit_price=13)
    desk = office.desk("ann", "Order lines")
    row = desk.row(po_number="PO-53")
    desk.tab.append_row(list(row.values()))
    rest(office)

    done = sheetsync(office, "undo", changed, "--yes")
    desk.tab.delete_rows(len(desk.tab.get_values()))

    assert done.exit_code == 1
    assert "The row stands there several times. Delete the copies first." in done.stdout


def test_where_the_worker_only_looks_on_nothing_is_undone(office):
    type_a_line(office, "PO-50")
    changed = change(office, "PO-50", unit_price=13)
    undo = undoing(office, mode=Mode.OBSERVE)

    proposal = undo.propose(undo.one(changed), datetime.now(UTC))

    assert proposal.allowed == ()
    assert "the mode observe" in next(iter(undo.refusals(proposal)))


def undoing(office, mode: Mode = Mode.LIVE) -> Undo:
    told = Lookback(
        state=office.ports.state,
        sheet=wiring.sheet_of(office.config, office.rules),
        time_zone="Europe/Berlin",
    )
    mandate = replace(wiring.mandate_of(office.config), mode=mode)
    return Undo(ports=office.ports, rules=office.rules, mandate=mandate, told=told)


class Death(BaseException):
    """The process is gone."""


def test_an_undo_that_died_before_its_write_is_finished_by_the_next_worker(office, monkeypatch):
    type_a_line(office, "PO-60")
    changed = change(office, "PO-60", unit_price=13)
    undo = undoing(office)
    proposal = undo.propose(undo.one(changed), datetime.now(UTC))

    def dies(*_, **__):
        raise Death

    with monkeypatch.context() as patch:
        patch.setattr(type(office.ports.workbook), "apply", dies)
        with pytest.raises(Death):
            undo.carry_out(proposal, datetime.now(UTC))
    assert shown(office, "PO-60", "Unit price") == 13
    rest(office)

    assert shown(office, "PO-60", "Unit price") == 12.5
    decisions = [event.decision for event in office.ports.state.events_of("PO-60")]
    assert decisions == ["added", "changed", f"undo of {changed}"]
