"""A plan over the payload limit: several batches, each atomic, in order, and one result at the end."""

import pytest
from gspread.utils import rowcol_to_a1
from sheets_office import HISTORY, NOW, ORDER_LINES, PRIVATE, WORKER, Office, open_company

from sheetsync.core.history.seen import ids_digest
from sheetsync.core.model import RowRef
from sheetsync.core.plan import CellWrite, ChainedEvent, Event, HistoryMend, RowAppend
from sheetsync.errors import AccessDenied, WorkbookUnavailable
from sheetsync.ports import Batch
from sheetsync.sheets import tab_layout
from sheetsync.sheets.applying import ASTRAY
from sheetsync.sheets.hearing import TITLE
from sheetsync.sheets.witness import SPARE

READ_AGAIN = "values:batchGet"
SEND = ":batchUpdate"
LIMIT = 9_000
LINES = 30
BATCH = Batch(label="1.1")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with open_company(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def office(company, monkeypatch):
    monkeypatch.setattr(tab_layout, "NEW_TAB_ROWS", 60)
    opened = Office(company)
    opened.init()
    opened.type(
        ORDER_LINES,
        *({"PO number": "PO-1", "Line": number, "Status": "draft"} for number in numbers()),
    )
    opened.workbook = opened.new_workbook(payload_limit=LIMIT)
    opened.server.calls.clear()
    return opened


def numbers():
    return range(1, LINES + 1)


def plan():
    """Two cells of every line in the hub, a new row in the supplier's file, an event for each."""
    writes = [write for number in numbers() for write in changes(number)]
    writes += [
        RowAppend(
            tab=PRIVATE,
            key=("po-1", str(number)),
            cells={"po_number": "PO-1", "line_number": number, "description": "Bolts " * 60},
        )
        for number in numbers()
    ]
    events = [
        Event(
            event_id=f"e{number:03}",
            at=NOW,
            tab="Order lines",
            field="status",
            actor="worker",
            proof="worker",
            decision="moved",
            needs=2 * (number - 1),
        )
        for number in numbers()
    ]
    return writes, lambda taken: [
        ChainedEvent(event=event, seq=seq, mac=f"m{seq}")
        for seq, event in enumerate(events)
        if event.needs in taken
    ]


def changes(number):
    ref = RowRef(key=("po-1", str(number)))
    yield CellWrite(tab=ORDER_LINES, ref=ref, field="status", expected="draft", value="issued")
    yield CellWrite(
        tab=ORDER_LINES, ref=ref, field="message", expected=None, value=f"Line {number}: wait."
    )


def sent(office):
    return [
        call
        for call in office.server.calls
        if call.email == WORKER and call.method == "POST" and call.path.endswith(SEND)
    ]


def rows(office):
    return office.shown(ORDER_LINES, "Line", "Status", "Message")


def ids(office):
    return [row[0] for row in office.shown(HISTORY, "Event")]


DONE = [[number, "issued", f"Line {number}: wait."] for number in numbers()]
TOLD = [f"e{number:03}" for number in numbers()]


def assert_done(office):
    assert sorted(rows(office)) == DONE
    assert ids(office) == TOLD
    assert [row[0] for row in office.shown(PRIVATE, "Line")] == [*numbers()]


def test_everything_arrives_once_and_in_order(office):
    writes, tell = plan()
    before, hub = office.workbook.calls(), []

    def hook(_, path, email):
        if email == WORKER and path.endswith(SEND):
            hub.append(office.hub.id in path)

    office.server.before_call = hook
    applied = office.workbook.apply(writes, tell, BATCH)
    office.server.before_call = None

    assert_done(office)
    assert applied.taken == frozenset(range(3 * LINES))
    assert (applied.skipped, applied.history_rows) == ({}, LINES)
    batches, made = sent(office), office.workbook.calls()
    assert made.writes - before.writes == len(batches) > 4
    assert all(batch.request_bytes <= LIMIT for batch in batches)
    assert sum(batch.request_bytes for batch in batches) / LIMIT > 0.6 * len(batches)
    assert made.reads - before.reads == len(batches) + 2, "one reading before each batch"
    assert hub == sorted(hub), "the hub comes last"
    assert {True, False} == set(hub)


def test_what_happened_is_asked_when_all_of_it_is_known(office):
    """The macs of the change history chain over all of a plan's events."""
    writes, tell = plan()
    asked = []

    office.workbook.apply(writes, lambda taken: asked.append(len(taken)) or tell(taken), BATCH)

    assert len(asked) > 1
    assert set(asked) == {3 * LINES}


def test_what_landed_on_a_moved_row_is_not_told(office):
    """Somebody inserts a row in the instant of the fifth batch, the second of the hub."""
    tab = office.tab(ORDER_LINES)
    with office.meanwhile(SEND, lambda: tab.insert_row([], 2), nth=5):
        applied = office.workbook.apply(*plan(), BATCH)

    astray = [index for index, why in applied.skipped.items() if why == ASTRAY]
    assert 2 <= len(astray) < LINES
    assert not applied.taken & {*astray}
    told = [f"e{index // 2 + 1:03}" for index in range(0, 2 * LINES, 2) if index not in astray]
    assert ids(office) == told


def test_a_history_that_is_laid_right_and_told_in_parts_shows_each_event_once(office):
    writes, tell = plan()
    nothing = ids_digest([])
    mend = HistoryMend(tab=HISTORY, seen=nothing, after=nothing, rows=0)

    workbook = office.new_workbook(payload_limit=2_000)  # less than is guessed at first
    workbook.apply([mend], lambda _: tell({*range(len(writes))}), BATCH)

    assert len(sent(office)) > 1
    assert ids(office) == TOLD


def test_the_witness_grows_no_wider_with_each_part(office):
    """A spreadsheet has ten million cells; a witness of many lines must not waste them."""
    office.workbook.apply(*plan(), BATCH)

    header = office.tab(ORDER_LINES).row_values(1)
    assert office.hub.worksheet(TITLE).col_count == max(26, 1 + len(header) + SPARE)


def test_what_fits_goes_out_in_one(office):
    workbook = office.new_workbook(payload_limit=10_000_000)

    workbook.apply(*plan(), BATCH)

    assert len(sent(office)) == 2
    assert_done(office)


def test_a_row_larger_than_the_limit_goes_alone(office):
    workbook = office.new_workbook(payload_limit=10)

    applied = workbook.apply(*plan(), BATCH)

    assert_done(office)
    assert len(sent(office)) == 3 * LINES
    assert len(applied.taken) == 3 * LINES


def test_all_writes_of_a_row_stand_or_none(office):
    """Seen by people between any two batches; and no event is told before its write stands."""
    seen = []

    def look():
        seen.append((rows(office), ids(office)))

    def hook(_, path, email):
        if email == WORKER and path.endswith(SEND):
            look()

    office.server.before_call = hook
    office.workbook.apply(*plan(), BATCH)
    office.server.before_call = None

    assert len({len([line for line in lines if line[1] == "issued"]) for lines, _ in seen}) > 2
    for lines, told in seen:
        assert all(line == DONE[line[0] - 1] or line[1:] == ["draft", ""] for line in lines)
        issued = {f"e{line[0]:03}" for line in lines if line[1] == "issued"}
        assert set(told) <= issued
        assert told == TOLD[: len(told)]


@pytest.mark.parametrize("kind", ["503", "502", "cut_before", "cut_after"])
@pytest.mark.parametrize("nth", [2, 4, 6, 7])
def test_a_break_between_two_parts_is_finished_with_one_result(office, kind, nth):
    office.server.set_faults([{"kind": kind, "method": "spreadsheets.batchUpdate", "at": [nth]}])
    with pytest.raises(WorkbookUnavailable):
        office.workbook.apply(*plan(), BATCH)
    office.server.set_faults([])
    some = len([line for line in rows(office) if line[1] == "issued"])

    applied = office.workbook.apply(*plan(), Batch(label="1.2"))

    assert some < LINES or ids(office), "the break came in the middle"
    assert_done(office)
    assert len(applied.taken) == 3 * LINES


@pytest.mark.parametrize("nth", [1, 4, 5, 7])
def test_each_part_follows_the_rows(office, nth):
    """Somebody sorts the tab just before the nth reading of the worker."""
    tab = office.tab(ORDER_LINES)
    every_row = f"A2:{rowcol_to_a1(31, tab.col_count)}"
    with office.meanwhile(READ_AGAIN, lambda: tab.sort((2, "des"), range=every_row), nth=nth):
        applied = office.workbook.apply(*plan(), BATCH)

    assert_done(office)
    assert len(applied.taken) == 3 * LINES


@pytest.mark.parametrize("nth", [4, 6])
def test_a_full_quota_in_the_middle_is_waited_out(office, nth):
    office.server.set_faults([{"kind": "429", "method": "spreadsheets.batchUpdate", "at": [nth]}])

    office.workbook.apply(*plan(), BATCH)

    assert len(office.waited) == 1
    assert_done(office)


def test_a_file_that_closes_in_the_middle_keeps_what_took(office):
    """The supplier's rows that are there count; the others wait, and the hub goes on."""
    calls = []

    def hook(_, path, email):
        if email == WORKER and path.endswith(SEND) and office.private.id in path:
            calls.append(path)
            if len(calls) == 2:
                office.private.remove_permissions(WORKER, role="any")

    office.server.before_call = hook
    applied = office.workbook.apply(*plan(), BATCH)
    office.server.before_call = None

    there = len(office.shown(PRIVATE, "Line"))
    assert 0 < there < LINES
    assert len(applied.taken) == 2 * LINES + there
    assert len(applied.skipped) == LINES - there
    assert ids(office) == TOLD


def test_a_hub_that_closes_in_the_middle_stops(office):
    def hook(_, path, email):
        if email == WORKER and path.endswith(SEND) and office.hub.id in path and ids(office):
            office.hub.remove_permissions(WORKER, role="any")

    office.server.before_call = hook
    with pytest.raises(AccessDenied):
        office.workbook.apply(*plan(), BATCH)
    office.server.before_call = None
