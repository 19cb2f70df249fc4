"""The shell: what stops it, and what an operator can confirm."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from builders import NOW
from paper import PaperSheet
from paper_day import START

from sheetsync.core.history.chain import GENESIS, chain, row_of
from sheetsync.core.plan import Event, StopMail
from sheetsync.cycle import run_cycle
from sheetsync.errors import MailError, SafetyStop
from sheetsync.ports import Ports
from sheetsync.state import SqlStateStore


class Mailbox:
    """Takes every mail, unless its server is down."""

    def __init__(self) -> None:
        self.mails: list[object] = []
        self.is_down = False

    def send(self, mail, _queued_at) -> str:
        if self.is_down:
            raise MailError("no server")
        self.mails.append(mail)
        return f"<{mail.mail_id}@example.com>"

    def stops(self) -> list[StopMail]:
        return [mail for mail in self.mails if isinstance(mail, StopMail)]


def tell_from_the_future(sheet: PaperSheet) -> None:
    """What a newer store of this workbook, with the same key, would have told since."""
    rows = sheet.rows("Change history")
    event = Event(
        event_id="E-0123456789abcdef",
        at=NOW + dt.timedelta(days=1),
        tab="Orders",
        field="status",
        actor="buyer",
        proof="unverified",
        decision="changed",
    )
    [told] = chain([event], rows[-1]["chain"] if rows else GENESIS, len(rows), b"")
    sheet.change("Change history", lambda rows: [*rows, list(row_of(told))])


@pytest.fixture
def ports(tmp_path):
    sheet = PaperSheet.of(START)
    for number in range(12):
        sheet.add(
            "Receipts",
            receipt_number=f"GR-{number}",
            po_number="PO-1001",
            line_number=1,
            quantity=1,
            received_date="2026-03-02",
        )
    state = open_store(tmp_path)
    yield Ports(workbook=sheet, state=state, mailer=Mailbox())
    state.close()


def open_store(folder: Path, workbook_id: str = "hub") -> SqlStateStore:
    return SqlStateStore(
        f"sqlite:///{folder}/state.db", workbook_id=workbook_id, worker_id="one", lease_s=60
    )


def cycle(ports: Ports, minutes: int, **options):
    sheet = ports.workbook
    now = NOW + dt.timedelta(minutes=minutes)
    return run_cycle(ports, sheet.rules, sheet.mandate, now, **options)


def test_a_tab_that_lost_most_rows_stands_still_until_the_operator_confirms(ports):
    cycle(ports, 1)
    cycle(ports, 2)
    ports.workbook.change("Receipts", lambda rows: rows[:2])

    report = cycle(ports, 3)
    assert report.still == ("Receipts",)
    assert report.findings["too-many-vanished"] == 1
    assert len(ports.workbook.rows("Receipts")) == 2

    report = cycle(ports, 4, confirmed=True)
    assert (report.still, report.history_rows >= 10) == ((), True)
    cycle(ports, 5)
    assert cycle(ports, 6).cells_written == 0


def test_a_clock_that_went_backwards_stops_all_and_is_mailed_once(ports, tmp_path):
    cycle(ports, 60)
    ports.workbook.add("Receipts", receipt_number="GR-99", po_number="PO-1001", line_number=1)
    before = ports.workbook.reading
    ports.mailer.is_down = True
    with pytest.raises(SafetyStop, match="it went backwards"):
        cycle(ports, 30)
    ports.mailer.is_down = False
    ports.state.close()
    ports = replace(ports, state=open_store(tmp_path))
    for minutes in (40, 50):
        with pytest.raises(SafetyStop, match=r"says 2026-03-02 08:.0 UTC, but .* 09:00 UTC"):
            cycle(ports, minutes)

    assert ports.workbook.reading == before
    [mail] = ports.mailer.stops()
    assert mail.to == "operator@example.com"
    assert "run --once --confirm" in mail.remedy
    ports.state.close()


def test_a_worker_that_slept_before_it_held_the_lease_is_not_told_that_its_clock_went_back(
    ports, tmp_path
):
    class Slept:
        """Between telling the time and taking the lease, an hour passes and another one works."""

        @contextmanager
        def lease(self, now):
            other = open_store(tmp_path)
            cycle(replace(ports, state=other), 60)
            other.close()
            with ports.state.lease(now) as session:
                yield session

        def __getattr__(self, name):
            return getattr(ports.state, name)

    slept = replace(ports, state=Slept())
    report = cycle(slept, 10, clock=lambda: NOW + dt.timedelta(minutes=61))

    assert report.finished_interrupted is False
    assert ports.mailer.stops() == []
    with ports.state.lease(NOW) as session:
        assert session.settled_at() >= NOW + dt.timedelta(minutes=60)
    with pytest.raises(SafetyStop, match="it went backwards"):
        cycle(ports, 10, clock=lambda: NOW + dt.timedelta(minutes=10))


def test_a_clock_may_stand_a_little_behind(ports):
    cycle(ports, 60)
    cycle(ports, 56)
    assert ports.mailer.stops() == []


def test_a_clock_that_was_wrong_before_is_confirmed_and_told_again_when_it_happens_again(ports):
    cycle(ports, 6000)
    with pytest.raises(SafetyStop):
        cycle(ports, 30)
    cycle(ports, 31, confirmed=True)
    cycle(ports, 60)
    assert len(ports.mailer.stops()) == 1

    with pytest.raises(SafetyStop):
        cycle(ports, 10)
    assert len(ports.mailer.stops()) == 2


def test_a_clock_that_is_right_again_goes_on_by_itself(ports):
    cycle(ports, 60)
    with pytest.raises(SafetyStop):
        cycle(ports, 30)
    cycle(ports, 65)


def test_a_store_of_another_spreadsheet_is_refused_and_left_as_it_is(ports, tmp_path):
    cycle(ports, 1)
    ports.state.close()
    before = (tmp_path / "state.db").read_bytes()

    with pytest.raises(SafetyStop, match="belongs to the spreadsheet hub, not to other"):
        open_store(tmp_path, "other")
    assert (tmp_path / "state.db").read_bytes() == before


def test_an_empty_store_for_a_sheet_with_a_past_is_told_once_and_nobody_else_is_mailed(ports):
    tell_from_the_future(ports.workbook)
    before = ports.workbook.reading
    for minutes in (1, 6, 11):
        with pytest.raises(SafetyStop, match="does not know"):
            cycle(ports, minutes)

    assert ports.workbook.reading == before
    assert ports.mailer.mails == ports.mailer.stops()
    assert len(ports.mailer.mails) == 1


def test_the_mails_of_a_store_that_is_too_old_stay_where_they_are(ports):
    ports.mailer.is_down = True
    cycle(ports, 1)
    assert ports.state.mails_waiting() > 0
    ports.mailer.is_down = False
    tell_from_the_future(ports.workbook)
    for minutes in (30, 60):
        with pytest.raises(SafetyStop):
            cycle(ports, minutes)

    assert len(ports.mailer.mails) == len(ports.mailer.stops()) == 1


def test_a_first_cycle_that_cannot_read_the_orders_is_told_once_and_can_be_confirmed(ports):
    whole = ports.workbook.reading
    tab = ports.workbook.tab("Order lines")
    lost = replace(whole.tabs[tab], present=whole.tabs[tab].present - {"quantity"})
    ports.workbook.reading = replace(whole, tabs={**whole.tabs, tab: lost})
    for minutes in (1, 6):
        with pytest.raises(SafetyStop, match="Put the header back first"):
            cycle(ports, minutes)
    assert len(ports.mailer.mails) == len(ports.mailer.stops()) == 1

    assert cycle(ports, 11, confirmed=True).still == ("Order lines",)


def test_a_store_that_is_older_than_the_sheet_stands_still_until_a_yes_to_what_was_told(ports):
    cycle(ports, 1)
    tell_from_the_future(ports.workbook)

    for confirmed in (False, False, True):
        with pytest.raises(SafetyStop, match=r"does not know|has grown since"):
            cycle(ports, 2, confirmed=confirmed)
    assert cycle(ports, 2, confirmed=True).taken_over == 1
