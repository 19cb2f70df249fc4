"""The shell: what stops it, and what an operator can confirm."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW
from paper import PaperSheet
from paper_day import START

from sheetsync.cycle import run_cycle
from sheetsync.errors import SafetyStop
from sheetsync.ports import Ports
from sheetsync.state import SqlStateStore


class NoMail:
    """Takes every mail."""

    def send(self, mail, _queued_at) -> str:
        return f"<{mail.mail_id}@example.com>"


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
    state = SqlStateStore(
        f"sqlite:///{tmp_path}/state.db", workbook_id="hub", worker_id="one", lease_s=60
    )
    yield Ports(workbook=sheet, state=state, mailer=NoMail())
    state.close()


def cycle(ports: Ports, minutes: int, **options):
    sheet = ports.workbook
    now = NOW + dt.timedelta(minutes=minutes)
    return run_cycle(ports, sheet.rules, sheet.mandate, now, **options)


def test_vanished_rows_stop_it_until_somebody_confirms(ports):
    cycle(ports, 1)
    cycle(ports, 2)
    ports.workbook.change("Receipts", lambda rows: rows[:2])
    before = ports.workbook.reading

    with pytest.raises(SafetyStop, match="10 of the 12 rows of Receipts"):
        cycle(ports, 3)
    assert ports.workbook.reading == before

    assert cycle(ports, 4, confirmed=True).history_rows >= 10
    assert cycle(ports, 5).cells_written == 0


def test_a_store_that_is_older_than_the_sheet_cannot_be_confirmed(ports):
    cycle(ports, 1)
    ports.workbook.add("Change history", event_id="E-0123456789abcdef")

    for confirmed in (False, True):
        with pytest.raises(SafetyStop, match="does not know"):
            cycle(ports, 2, confirmed=confirmed)
