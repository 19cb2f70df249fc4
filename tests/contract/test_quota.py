"""Within Google's quotas: the worker's calls against a server that counts as Google does."""

from collections import Counter

import pytest
from sheets_office import COLUMNS, NOW, ORDER_LINES, PRIVATE, WORKER, Office, open_company

from sheetsync.core.model import HUB, RowRef, TabAddress, TabKind, TabPlace
from sheetsync.core.plan import CellWrite
from sheetsync.localsheets.quota import Quota as GooglesQuota
from sheetsync.ports import Batch
from sheetsync.sheets import tab_layout
from sheetsync.sheets.gspread_workbook import GspreadWorkbook
from sheetsync.sheets.opening import connect
from sheetsync.sheets.quota import Quota

CYCLES = 70


class Clock:
    """Time passes only while the worker waits."""

    now = 10_000.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def office(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(tab_layout, "NEW_TAB_ROWS", 50)
    with open_company(tmp_path) as company:
        opened = Office(company)
        opened.init()
        opened.type(ORDER_LINES, {"PO number": "PO-1", "Line": 1, "Status": "draft"})
        company.server._app.quota = GooglesQuota(clock=clock)
        company.server.calls.clear()
        yield opened


@pytest.fixture
def workbook(office, clock):
    def make(quota=None, **changes):
        http = connect(office.company.key, office.server.url, quota=quota, wait=clock.wait)
        opened.append(http)
        parts = {
            "spreadsheets": office.spreadsheets,
            "places": office.places,
            "columns": COLUMNS,
        }
        return GspreadWorkbook(http, **{**parts, **changes})

    opened = []
    yield make
    for http in opened:
        http.close()


def slots(clock):
    return Quota(reads_per_minute=54, writes_per_minute=54, clock=clock)


def statuses(office):
    return Counter(call.status for call in office.server.calls if call.email == WORKER)


def cycle(workbook, number):
    workbook.read(NOW)
    ref = RowRef(key=("po-1", "1"))
    before, after = ("draft", "issued") if number % 2 == 0 else ("issued", "draft")
    write = CellWrite(tab=ORDER_LINES, ref=ref, field="status", expected=before, value=after)
    assert workbook.apply([write], None, Batch(label=f"{number}.1")).cells_written == 1


def test_many_cycles_without_a_pause_never_meet_a_full_quota(office, workbook, clock):
    made, began = workbook(slots(clock)), clock.now

    for number in range(CYCLES):
        cycle(made, number)

    reads, minutes = made.calls().reads, (clock.now - began) / 60
    assert statuses(office)[429] == 0
    assert reads >= 5 * CYCLES
    assert reads / (54 * minutes) > 0.8, "it waits longer than it must"


def test_without_slots_they_do(office, workbook, clock):
    """The test above can fail."""
    made = workbook()

    for number in range(CYCLES // 3):
        cycle(made, number)

    assert statuses(office)[429] > 0


def test_fifty_spreadsheets_share_one_quota_and_none_starves(office, workbook, clock):
    names = [f"S-{number}" for number in range(50)]
    made = workbook(
        slots(clock),
        spreadsheets={HUB: office.hub.id, **dict.fromkeys(names, office.private.id)},
        places=[
            *(place for place in office.places if place.address != PRIVATE),
            *(
                TabPlace(
                    address=TabAddress(name, PRIVATE.tab), kind=TabKind.SUPPLIER, supplier=name
                )
                for name in names
            ),
        ],
    )
    began = clock.now

    snapshot = made.read(NOW)

    assert all(reading.exists for reading in snapshot.tabs.values())
    assert statuses(office) == {200: 102}
    assert clock.now - began == pytest.approx(61, abs=1)
