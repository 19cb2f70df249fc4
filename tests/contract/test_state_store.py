"""What every state store promises, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import postgres_server
import pytest
from sqlalchemy import create_engine, event, text

from sheetsync.core.history.chain import GENESIS, MAC, chain, row_of
from sheetsync.core.model import (
    HUB,
    Baseline,
    LineKey,
    LineState,
    OpenFinding,
    OrderState,
    RowRef,
    SettledRow,
    TabAddress,
    Terms,
    Told,
)
from sheetsync.core.plan import (
    Applied,
    BaselineDelta,
    CellWrite,
    DigestMail,
    Event,
    Plan,
    RowAppend,
    StopMail,
)
from sheetsync.errors import (
    ConfigError,
    LeaseHeld,
    LeaseLost,
    SafetyStop,
    SchemaTooNew,
    StateError,
)
from sheetsync.ports import StateStore
from sheetsync.state import SqlStateStore
from sheetsync.state.archive import Archiving, read_archive
from sheetsync.state.tables import metadata

NOW = datetime(2026, 4, 3, 8, 0, tzinfo=UTC)
LINES = TabAddress(HUB, "Order lines")
ORDERS = TabAddress(HUB, "Orders")
PRIVATE = TabAddress("S-1", "Orders")
ROW = ("PO-7", "1")
ALL = Applied(taken=frozenset(range(20)))


def after(**passed: float) -> datetime:
    return NOW + timedelta(**passed)


# -- databases to open stores on ------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server whose database `migrated` is a template of a fresh store."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres_server.running())
        except postgres_server.NoServer as reason:
            pytest.skip(str(reason))
        _make_database(url, "migrated", "template0")
        yield url


def _make_database(url, name, template):
    engine = create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()


_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    server = request.getfixturevalue("postgres")
    name = f"store{next(_numbers)}"
    _make_database(server, name, "migrated")
    return server.format(name=name)


@pytest.fixture
def open_store(url):
    stores = []

    def opened(worker_id="one", workbook_id="book", **options):
        stores.append(
            SqlStateStore(url, workbook_id=workbook_id, worker_id=worker_id, lease_s=60, **options)
        )
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()


# -- plans ----------------------------------------------------------------------------------------


def row(**cells) -> SettledRow:
    return SettledRow(cells=cells, first_seen_at=NOW)


def knowing(**parts) -> Plan:
    return Plan(delta=BaselineDelta(**parts))


def writing(field="status", value="approved", ref=None, tab=LINES) -> CellWrite:
    return CellWrite(tab=tab, ref=ref or RowRef(key=ROW), field=field, expected=None, value=value)


def happening(event_id="E-1", **parts) -> Event:
    defaults = {
        "at": NOW,
        "po_number": "PO-7",
        "line_number": "1",
        "tab": "Order lines",
        "field": "status",
        "actor": "worker",
        "proof": "worker",
        "decision": "moved",
    }
    return Event(event_id=event_id, **{**defaults, **parts})


def mail(mail_id="M-1") -> DigestMail:
    return DigestMail(
        mail_id=mail_id, to="b@example.org", recipient_name="B", written_at=NOW, lines=()
    )


def settle(store, plan, applied=ALL, now=NOW) -> int:
    with store.lease(now) as session:
        return session.settle(session.record_intent(plan, now), plan, applied, now)


def everything() -> Plan:
    return Plan(
        writes=(
            writing(),
            RowAppend(tab=ORDERS, key=("PO-7",), cells={"po_number": "PO-7", "total": 12.5}),
        ),
        events=(happening("E-1", needs=0), happening("E-2", needs=1)),
        mails=(mail(),),
        delta=BaselineDelta(
            rows={
                LINES: {ROW: row(po_number="PO-7", line_number=1, ok=True)},
                PRIVATE: {ROW: row(response="ja")},
            },
            orders={"PO-7": OrderState(po_number="PO-7", issued_at=NOW)},
            lines={
                LineKey("PO-7", 1): LineState(
                    status="approved", agreed=Terms(quantity=Decimal("1.50"))
                )
            },
            findings={
                "F-1": OpenFinding(finding_id="F-1", code="x", message="look", opened_at=NOW)
            },
            told={"B1": Told(at=NOW, finding_ids=frozenset({"F-1"}))},
            numbered=7,
        ),
    )


# -- opening --------------------------------------------------------------------------------------


def test_keeps_the_protocol(store):
    kept: StateStore = store
    assert kept.mails_waiting() == 0


def test_a_new_store_knows_nothing(store):
    assert store.baseline() == Baseline()
    with store.lease(NOW) as session:
        assert session.baseline() == Baseline()
        assert session.interrupted() is None
        assert session.journal([]).rows == []


def test_a_store_of_another_workbook_is_refused(open_store):
    open_store(workbook_id="book")
    with pytest.raises(SafetyStop, match="belongs to the spreadsheet book, not to other"):
        open_store(workbook_id="other")


def test_when_it_was_last_settled_is_known(store):
    with store.lease(NOW) as session:
        assert session.settled_at() is None
        session.record_intent(knowing(), NOW)
        assert session.settled_at() is None
        session.settle(1, knowing(), Applied(), NOW + timedelta(minutes=1))
        assert session.settled_at() == NOW + timedelta(minutes=1)


def test_a_mail_outside_of_any_cycle_is_queued_once(store):
    stop = StopMail(
        mail_id="M-stop-1",
        to="it@example.com",
        recipient_name="",
        written_at=NOW,
        reasons=("why",),
        remedy="what to do",
    )
    for _ in range(2):
        with store.lease(NOW) as session:
            session.queue_mail(stop, NOW)
            assert session.interrupted() is None
    assert [due.mail for due in store.due_mails(NOW)] == [stop]
    assert store.baseline().cycle == 0

    with store.lease(NOW) as session:
        assert session.record_intent(knowing(), NOW) == 1
        session.settle(1, knowing(), Applied(), NOW)
        session.queue_mail(replace(stop, mail_id="M-stop-2"), NOW)
    assert len(store.due_mails(NOW)) == 2


def test_a_newer_schema_is_refused(store, open_store):
    with store._database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="9999"):
        open_store()


def test_an_open_store_survives_another_opening(store, open_store):
    settle(store, everything())
    assert open_store().baseline() == store.baseline()


# -- the lease ------------------------------------------------------------------------------------


def test_a_second_worker_is_told_who_serves_and_until_when(store, open_store):
    with (
        store.lease(NOW),
        pytest.raises(LeaseHeld, match=r"worker one .* until 2026-04-03 08:01:00 UTC"),
        open_store("two").lease(after(seconds=59)),
    ):
        pass


def test_the_lease_is_free_after_the_block_even_after_trouble(store, open_store):
    with pytest.raises(ZeroDivisionError), store.lease(NOW):
        raise ZeroDivisionError
    with open_store("two").lease(NOW) as session:
        assert session.baseline() == Baseline()


def test_an_expired_lease_passes_on_and_its_worker_may_not_settle(store, open_store):
    two = open_store("two")
    with store.lease(NOW) as late:
        cycle_id = late.record_intent(everything(), NOW)
        with two.lease(after(seconds=60)) as session:
            found = session.interrupted()
            assert found is not None
            session.settle(found.cycle_id, found.plan, ALL, after(seconds=61))
        for refused in (
            lambda: late.settle(cycle_id, everything(), ALL, after(seconds=70)),
            lambda: late.record_intent(everything(), after(seconds=70)),
        ):
            with pytest.raises(LeaseLost, match="worker one is over"):
                refused()
    assert store.baseline() == two.baseline()
    assert store.baseline().cycle == 1


def test_a_late_worker_does_not_give_back_the_lease_of_another(store, open_store):
    with ExitStack() as held:
        with store.lease(NOW):
            held.enter_context(open_store("two").lease(after(seconds=60)))
        with pytest.raises(LeaseHeld, match="worker two"), store.lease(after(seconds=61)):
            pass


def test_an_expired_lease_that_nobody_took_still_settles(store):
    with store.lease(NOW) as session:
        cycle_id = session.record_intent(everything(), after(minutes=5))
        assert session.settle(cycle_id, everything(), ALL, after(minutes=10)) == 2


def test_recording_an_intent_prolongs_the_lease(store, open_store):
    with store.lease(NOW) as session:
        session.record_intent(everything(), after(seconds=50))
        with pytest.raises(LeaseHeld), open_store("two").lease(after(seconds=100)):
            pass


def test_a_session_ends_with_its_lease(store):
    with store.lease(NOW) as session:
        pass
    with pytest.raises(LeaseLost, match="free"):
        session.record_intent(everything(), NOW)


def test_a_worker_that_comes_back_takes_over_its_own_lease(store, open_store):
    with store.lease(NOW) as killed, open_store("one").lease(after(seconds=1)) as session:
        session.record_intent(everything(), after(seconds=1))
        with pytest.raises(LeaseLost):
            killed.record_intent(everything(), after(seconds=2))


# -- intent and settling --------------------------------------------------------------------------


def test_a_recorded_plan_is_found_until_it_is_settled(store):
    with store.lease(NOW) as session:
        cycle_id = session.record_intent(everything(), NOW)
        found = session.interrupted()
        assert found is not None
        assert (found.cycle_id, found.plan) == (cycle_id, everything())
        session.settle(cycle_id, everything(), ALL, NOW)
        assert session.interrupted() is None
        assert session.baseline().cycle == cycle_id == 1


def test_a_second_plan_waits_for_the_first(store):
    with store.lease(NOW) as session:
        session.record_intent(everything(), NOW)
        with pytest.raises(StateError, match="recorded and not settled"):
            session.record_intent(everything(), NOW)


def test_what_is_settled_is_known_by_this_worker_and_the_next(store, open_store):
    settle(store, everything())
    known = store.baseline()
    assert known == open_store().baseline()
    assert known.numbered == 7
    assert known.rows[LINES][ROW].cells == {
        "po_number": "PO-7",
        "line_number": 1,
        "ok": True,
        "status": "approved",
    }
    assert known.rows[ORDERS][("PO-7",)] == row(po_number="PO-7", total=12.5)
    assert str(known.lines[LineKey("PO-7", 1)].agreed.quantity) == "1.50"
    assert known.orders["PO-7"].issued_at == NOW
    assert known.told["B1"].finding_ids == {"F-1"}


def test_what_is_forgotten_is_gone(store, open_store):
    settle(store, everything())
    settle(
        store,
        knowing(
            rows={LINES: {ROW: None}, PRIVATE: {("PO-9", "1"): None}},
            orders={"PO-7": None},
            lines={LineKey("PO-7", 1): None},
            findings={"F-1": None},
            told={"B1": None},
        ),
    )
    known = store.baseline()
    assert known == open_store().baseline()
    assert set(known.rows) == {ORDERS, PRIVATE}
    assert (known.cycle, known.numbered) == (2, 7)
    assert not any((known.orders, known.lines, known.findings, known.told))


def test_a_skipped_write_changes_nothing_and_its_event_did_not_happen(store):
    only_the_append = Applied(taken=frozenset({1}), skipped={0: "moved"})
    assert settle(store, everything(), only_the_append) == 1
    assert "status" not in store.baseline().rows[LINES][ROW].cells
    assert [e.event_id for e in store.events_of("PO-7")] == ["E-2"]


def test_settling_twice_adds_nothing(store, open_store):
    with store.lease(NOW) as session:
        cycle_id = session.record_intent(everything(), NOW)
        assert session.settle(cycle_id, everything(), ALL, NOW) == 2
        once = session.baseline()
        assert session.settle(cycle_id, everything(), ALL, NOW) == 0
        assert session.baseline() == once
    assert open_store().baseline() == once
    assert store.mails_waiting() == 1


def test_settling_an_earlier_plan_again_brings_nothing_back(store, open_store):
    settle(store, everything())
    settle(store, knowing(numbered=8, orders={"PO-7": None}))
    known = store.baseline()
    with store.lease(NOW) as session:
        assert session.settle(1, everything(), ALL, NOW) == 0
    assert store.baseline() == open_store().baseline() == known


def test_an_empty_plan_needs_no_intent_and_leaves_no_trace(store):
    with store.lease(NOW) as session:
        assert session.settle(0, Plan(), Applied(), NOW) == 0
        assert session.baseline() == Baseline()


def test_a_plan_that_was_never_recorded_is_not_settled(store):
    with store.lease(NOW) as session, pytest.raises(StateError, match="never recorded"):
        session.settle(1, everything(), ALL, NOW)
    assert store.baseline() == Baseline()


def test_another_worker_sees_what_was_settled_in_between(store, open_store):
    two = open_store("two")
    settle(store, everything())
    assert two.baseline().cycle == 1
    settle(two, knowing(numbered=8))
    settle(store, knowing(orders={"PO-8": OrderState(po_number="PO-8")}))
    assert store.baseline() == two.baseline() == open_store("three").baseline()
    assert store.baseline().numbered == 8


def test_what_people_type_is_kept_to_the_letter(store, open_store):
    key = ("PO-\x00\ud800\\u0041 \u05d0🙂", "x" * 50_000)
    cells = {"text": "\x00\udfff\n" + "y" * 50_000, "n": -0.1, "big": 10**30, "yes": False}
    order = "PO\\\x00\ud83d"
    settle(
        store,
        Plan(
            events=(happening("E-9", po_number=order, new="\x00\ud800"),),
            delta=BaselineDelta(
                rows={TabAddress("S\x00", "Tab\\ 🙂"): {key: row(**cells)}},
                orders={order: OrderState(po_number=order)},
                lines={LineKey(order, 10**30): LineState(status="draft")},
                numbered=10**30,
            ),
        ),
    )
    known = open_store().baseline()
    assert known == store.baseline()
    assert known.rows[TabAddress("S\x00", "Tab\\ 🙂")][key].cells == cells
    assert list(known.orders) == [order]
    assert list(known.lines) == [LineKey(order, 10**30)]
    assert [e.new for e in store.events_of(order)] == ["\x00\ud800"]


def test_a_row_that_was_changed_outside_the_worker_stops(store, open_store):
    settle(store, everything())
    with store._database.writing() as connection:
        connection.execute(text("""UPDATE settled_row SET cells = '{"status":"paid"}'"""))
    with pytest.raises(StateError, match="changed outside the worker"):
        open_store().baseline()


# -- the journal ----------------------------------------------------------------------------------


def test_an_event_is_recorded_once_whoever_decides_it_again(store):
    first, second, third = happening("E-1"), happening("E-2", old=1), happening("E-3")
    assert settle(store, Plan(events=(first, second, first))) == 2
    assert settle(store, Plan(events=(second, third))) == 1
    with store.lease(NOW) as session:
        assert [row[0] for row in session.journal([]).rows] == ["E-1", "E-2", "E-3"]


def journal_of(store):
    with store._database.reading() as connection:
        return connection.execute(text("SELECT event_id, mac FROM journal ORDER BY seq")).all()


def test_every_event_is_chained_to_the_one_before_as_was_foretold(open_store):
    """What `chained` tells before the batch is what settling records; doubles tell nothing."""
    store = open_store(history_key=b"k")
    settle(store, Plan(events=(happening("E-1"), happening("E-2", old=1.5))))
    plan = Plan(events=(happening("E-2"), happening("E-3"), happening("E-4"), happening("E-3")))

    with store.lease(NOW) as session:
        foretold = session.chained(plan.events)
        again = session.chained(plan.events)
    settle(store, plan)

    first = chain([happening("E-1"), happening("E-2", old=1.5)], GENESIS, 0, b"k")
    macs = [each.mac for each in (*first, *foretold)]
    assert [each.event.event_id for each in foretold] == ["E-3", "E-4"]
    assert [each.seq for each in foretold] == [3, 4]
    assert foretold == again
    assert [mac for _, mac in journal_of(store)] == macs


def test_what_was_recorded_before_there_was_a_chain_is_chained_when_it_begins(open_store):
    first = open_store(history_key=b"k")
    settle(first, Plan(events=tuple(happening(f"E-{n}") for n in range(5))))
    chained = journal_of(first)
    with first._database.writing() as connection:
        connection.execute(text("UPDATE journal SET mac = NULL"))

    store = open_store("two", history_key=b"k")
    with store.lease(NOW):
        pass

    assert journal_of(store) == chained


def test_a_row_that_was_robbed_of_its_mac_is_not_chained_anew(open_store):
    """Else whoever writes the database without the key could have edits signed."""
    first = open_store(history_key=b"k")
    settle(first, Plan(events=(happening("E-1"), happening("E-2"))))
    with first._database.writing() as connection:
        connection.execute(text("UPDATE journal SET mac = NULL WHERE seq = 2"))

    with (
        pytest.raises(ConfigError, match="changed outside the worker"),
        open_store("two", history_key=b"k").lease(NOW),
    ):
        pass


def test_another_key_is_refused(open_store):
    first = open_store(history_key=b"k")
    settle(first, Plan(events=(happening("E-1"), happening("E-2"))))

    with (
        pytest.raises(ConfigError, match="history key is not the one"),
        open_store("two", history_key=b"other").lease(NOW),
    ):
        pass

    with open_store("three", history_key=b"k").lease(NOW):
        pass


def test_a_digest_carries_the_head_of_the_chain_that_its_own_cycle_made(store):
    settle(store, Plan(mails=(mail("M-0"),)))
    settle(store, Plan(events=(happening("E-1"), happening("E-2")), mails=(mail("M-1"),)))
    settle(store, Plan(events=(happening("E-3"),), mails=(mail("M-2"),)))

    _, second, third = [mac for _, mac in journal_of(store)]
    heads = [each.mail.chain_head for each in store.due_mails(NOW)]
    assert heads == ["", second, third]


def test_the_tab_is_held_against_every_event_that_is_not_archived(open_store, tmp_path):
    """Also by a worker that did not record them itself, and after the years were archived."""
    archiving = Archiving(folder=tmp_path / "archive", most_rows=1, time_zone="UTC")
    store, other = open_store(history_key=b"k", archiving=archiving), open_store("two")
    other._key = b"k"
    early = happening("E-1", at=datetime(2025, 5, 1, tzinfo=UTC))
    settle(store, Plan(events=(early, happening("E-2"))))
    rows = [row_of(each) for each in chain([early, happening("E-2")], GENESIS, 0, b"k")]

    with other.lease(NOW) as session:
        seen = session.journal({"E-1", "E-2"})
        assert session.archive_closed_years(NOW) == ()
    assert (list(seen.rows), seen.before, seen.archived) == (rows, GENESIS, {})
    assert (seen.plans, seen.planned, seen.key) == ((NOW,), frozenset(), b"k")

    with store.lease(NOW) as session:
        assert session.archive_closed_years(NOW) == ["history-2025.csv"]
        assert session.archive_closed_years(NOW) == []
    for each in (store, other):
        with each.lease(NOW) as session:
            seen = session.journal({"E-1", "E-2", "E-3"})
        assert (list(seen.rows), seen.before) == (rows[1:], rows[0][MAC])
        assert seen.archived == {"E-1": rows[0]}
    kept = read_archive(tmp_path / "archive" / "history-2025.csv")
    assert (kept.after, list(kept.rows)) == (GENESIS, rows[:1])
    assert list(store.journal_rows()) == rows
    assert store.archived() == (1, rows[0][MAC])


def test_a_plan_that_waits_is_among_what_the_tab_may_show(store):
    plan = Plan(events=(happening("E-1"),))
    with store.lease(NOW) as session:
        assert session.journal(()).plans == ()
        cycle_id = session.record_intent(plan, after(minutes=3))
        waiting = session.journal(())
        session.settle(cycle_id, plan, ALL, after(minutes=3))
        settled = session.journal(())

    assert (waiting.planned, settled.planned) == ({"E-1"}, frozenset())
    assert waiting.plans == settled.plans == (after(minutes=3),)


def test_a_worker_that_lost_its_lease_archives_nothing(open_store, tmp_path):
    archiving = Archiving(folder=tmp_path, most_rows=0, time_zone="UTC")
    late = open_store("late", archiving=archiving)
    settle(late, Plan(events=(happening("E-1", at=datetime(2025, 5, 1, tzinfo=UTC)),)))
    with (
        late.lease(NOW) as session,
        open_store("two").lease(after(seconds=61)),
        pytest.raises(LeaseLost),
    ):
        session.archive_closed_years(after(seconds=62))
    assert late.archived() == (0, GENESIS)


def test_the_life_of_an_order_and_of_a_line(store):
    of_line = happening("E-1")
    of_order = happening("E-2", line_number="", order_version=2)
    settle(store, Plan(events=(of_line, of_order, happening("E-3", po_number="PO-8"))))
    assert store.events_of("PO-7") == (of_line, of_order)
    assert store.events_of("PO-7", "1") == (of_line,)
    assert store.events_of("PO-9") == ()
    assert store.events_of("po-7 ") == (of_line, of_order)


def test_an_order_is_found_however_its_number_is_written(store):
    dashed = happening("E-1", po_number="PO\N{EN DASH}7")
    settle(store, Plan(events=(dashed,)))
    assert store.events_of("PO-7") == (dashed,)
    assert store.known_orders() == ("PO\N{EN DASH}7",)


def test_the_life_of_a_row_that_names_other_orders(store):
    first = happening("E-1", tab="Invoices s-1 50%_off 1", line_number="")
    moved = happening("E-2", tab="Invoices s-1 50%_off 1", po_number="PO-8")
    other = happening("E-3", tab="Invoices s-1 50xxoff 1", new="Invoices s-1 50%_off 1")
    quoted = happening("E-4", new='{"tab":"Invoices s-1 50%_off 1"}')
    settle(store, Plan(events=(first, moved, other, quoted)))
    assert store.events_of_rows(["Invoices s-1 50%_off 1"]) == (first, moved)
    assert store.events_of_rows([]) == ()


def test_what_happened_in_a_time(store):
    one, two = happening("E-1"), happening("E-2", at=after(minutes=5))
    settle(store, Plan(events=(one, two)))
    assert store.events_between(NOW) == (one, two)
    assert store.events_between(after(minutes=5)) == (two,)
    assert store.events_between(NOW, NOW) == (one,)
    assert store.events_between(after(minutes=6)) == ()


def test_one_event_by_its_id(store):
    one = happening("E-1")
    settle(store, Plan(events=(one,)))
    assert store.event_of("E-1") == one
    assert store.event_of("E-404") is None
    assert store.known_orders() == ("PO-7",)


# -- the outbox -----------------------------------------------------------------------------------


def due(store, now=NOW) -> list[str]:
    return [waiting.mail.mail_id for waiting in store.due_mails(now)]


def test_a_mail_is_queued_once_and_sent_once(store):
    settle(store, Plan(mails=(mail("M-1"), mail("M-2"), mail("M-1"))))
    settle(store, Plan(mails=(mail("M-2"), mail("M-3"))))
    assert due(store) == ["M-1", "M-2", "M-3"]
    assert due(store, NOW - timedelta(seconds=1)) == []
    assert store.claim_mail("M-1", NOW)
    assert not store.claim_mail("M-1", NOW)
    assert due(store) == ["M-2", "M-3"]
    store.mail_sent("M-1", NOW, "<m1@example.org>")
    settle(store, Plan(mails=(mail("M-1"),)))
    assert due(store) == ["M-2", "M-3"]
    assert store.mails_waiting() == 2


def test_a_mail_that_failed_comes_back_after_a_growing_pause(store):
    settle(store, Plan(mails=(mail(),)))
    now = NOW
    for attempts, pause in enumerate((1, 5, 15, 60, 60), start=1):
        assert store.claim_mail("M-1", now)
        store.mail_failed("M-1", now, "greylisted")
        assert store.mails_waiting() == 1
        assert not store.claim_mail("M-1", now + timedelta(minutes=pause, seconds=-1))
        assert due(store, now + timedelta(minutes=pause, seconds=-1)) == []
        now += timedelta(minutes=pause)
        assert [m.attempts for m in store.due_mails(now)] == [attempts]
        assert [m.queued_at for m in store.due_mails(now)] == [NOW]


def test_a_mail_that_was_being_sent_when_the_worker_died_asks_a_person(store, open_store):
    settle(store, Plan(mails=(mail("M-1"), mail("M-2"))))
    for mail_id in ("M-1", "M-2"):
        assert store.claim_mail(mail_id, NOW)
    two = open_store("two")
    with two.lease(NOW):
        assert two.mails_uncertain() == ("M-1", "M-2")
    assert due(two) == []
    assert not two.claim_mail("M-1", NOW)
    assert two.release_uncertain("M-1", NOW, send_again=True)
    assert two.release_uncertain("M-2", NOW, send_again=False)
    assert not two.release_uncertain("M-2", NOW, send_again=True)
    assert due(two) == ["M-1"]
    assert two.mails_uncertain() == ()


def test_a_mail_of_unknown_fate_asks_a_person_at_once(store, open_store):
    settle(store, Plan(mails=(mail(), mail("M-2"))))
    assert store.claim_mail("M-1", NOW)
    open_store("two").mail_uncertain("M-1", NOW, "not mine")
    assert store.mails_uncertain() == ()
    store.mail_uncertain("M-1", NOW, "timed out after the text was sent")
    store.mail_uncertain("M-2", NOW, "never claimed")
    assert store.mails_uncertain() == ("M-1",)
    assert due(store, after(days=9)) == ["M-2"]


def test_a_mail_about_an_order_of_any_name_is_queued_once(store):
    name = "order-" + "🙂\x00\ud800" * 5_000
    for _ in range(2):
        settle(store, Plan(mails=(mail(name),)))
    assert due(store) == [name]
    assert store.claim_mail(name, NOW)


def test_a_mail_is_sent_again_by_itself_where_that_does_no_harm(store, open_store):
    settle(store, Plan(mails=(mail(),)))
    assert store.claim_mail("M-1", NOW)
    two = open_store("two", resend_is_safe=True)
    with two.lease(NOW):
        assert due(two) == ["M-1"]
    assert two.mails_uncertain() == ()


def test_a_slow_worker_that_did_send_settles_the_doubt(store, open_store):
    settle(store, Plan(mails=(mail("M-1"), mail("M-2"))))
    for mail_id in ("M-1", "M-2"):
        assert store.claim_mail(mail_id, NOW)
    two = open_store("two")
    with two.lease(NOW):
        pass
    store.mail_sent("M-1", NOW, "<m1@example.org>")
    store.mail_failed("M-2", NOW, "refused")
    assert two.mails_uncertain() == ()
    assert due(two, after(minutes=1)) == ["M-2"]


def test_a_failure_is_only_believed_of_the_worker_that_sends(store, open_store):
    settle(store, Plan(mails=(mail(),)))
    assert store.claim_mail("M-1", NOW)
    open_store("two").mail_failed("M-1", NOW, "not mine")
    assert due(store, after(hours=2)) == []


# -- killed at any moment -------------------------------------------------------------------------


def cycles(store) -> None:
    """Two cycles, a mail sent: what is interrupted is finished first."""
    for plan in (everything(), knowing(numbered=8, rows={LINES: {ROW: None}})):
        with store.lease(NOW) as session:
            if (found := session.interrupted()) is not None:
                session.settle(found.cycle_id, found.plan, ALL, NOW)
            if session.baseline().numbered < plan.delta.numbered:
                session.settle(session.record_intent(plan, NOW), plan, ALL, NOW)
    for waiting in store.due_mails(NOW):
        if store.claim_mail(waiting.mail.mail_id, NOW):
            store.mail_sent(waiting.mail.mail_id, NOW, "<m@example.org>")


def killed_at(url, moment) -> bool:
    """Run the cycles in a process that is killed at its n-th statement or commit."""
    child = os.fork()
    if child == 0:
        try:
            store = SqlStateStore(
                url, workbook_id="book", worker_id="one", lease_s=60, resend_is_safe=True
            )
            moments = itertools.count(1)

            def pass_moment(*_, **__):
                if next(moments) == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

            for hook in ("before_cursor_execute", "commit"):
                event.listen(store._database.engine, hook, pass_moment)
            cycles(store)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_killed_at_any_moment_the_end_is_the_same(url, open_store):
    # PostgreSQL's transactions are its own business: a few moments show that ours are the same.
    for moment in itertools.count(1, 1 if url.startswith("sqlite") else 4):
        was_killed = killed_at(url, moment)
        store = open_store(resend_is_safe=True)
        assert_all_or_nothing(store)
        cycles(store)
        assert (store.baseline().cycle, store.baseline().numbered) == (2, 8)
        assert store.baseline().rows == {
            ORDERS: {("PO-7",): row(po_number="PO-7", total=12.5)},
            PRIVATE: {ROW: row(response="ja")},
        }
        assert [e.event_id for e in store.events_of("PO-7")] == ["E-1", "E-2"]
        assert (store.mails_waiting(), store.mails_uncertain()) == (0, ())
        if not was_killed:
            break
        empty(store)
    assert moment > 30


def assert_all_or_nothing(store) -> None:
    """Every cycle but an unsettled last one stands in baseline, intent, journal and outbox."""
    count = "SELECT count(*) FROM {} WHERE cycle_id > (SELECT cycle FROM workbook)"
    settled = "SELECT count(*) FROM intent WHERE settled_at IS NOT NULL"
    with store._database.reading() as connection:
        ahead = [connection.scalar(text(count.format(t))) for t in ("journal", "outbox")]
        told = [connection.scalar(text(f"SELECT count(*) FROM {t}")) for t in ("journal", "outbox")]  # noqa: S608 - names from above
        assert connection.scalar(text(settled)) == store.baseline().cycle
    assert ahead == [0, 0]
    assert told == ([2, 1] if store.baseline().cycle else [0, 0])


def empty(store) -> None:
    """The store as it was when it was new."""
    with store._database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name not in ("workbook", "lease"):
                connection.execute(table.delete())
        connection.execute(text("UPDATE workbook SET cycle = 0, settled_under = 0, numbered = '0'"))
    store.close()
