"""A restored store, and a store of another spreadsheet: what a confirmed cycle takes over."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from dataclasses import replace

import pytest
from builders import NOW
from paper import PaperSheet
from paper_day import START, of_its_own

from sheetsync.core.history.chain import MAC, chain, row_of, verify
from sheetsync.core.plan import Event, OrderMail, StopMail
from sheetsync.cycle import run_cycle
from sheetsync.errors import MailError, SafetyStop, StateError
from sheetsync.ports import Ports
from sheetsync.state import SqlStateStore

KEY = b"a key of at least thirty-two characters"


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


class Shop:
    """A sheet, its store in a file that can be copied and put back, and what was mailed."""

    def __init__(self, folder) -> None:
        self.folder, self.minutes = folder, 0
        self.sheet = PaperSheet.of(START)
        self.mailbox = Mailbox()
        self.state = self.opened()

    def again_in(self, folder) -> Shop:
        """The same shop, to be lived on in another folder."""
        shutil.copytree(self.folder, folder)
        shop = object.__new__(Shop)
        shop.folder, shop.minutes, shop.sheet = folder, self.minutes, of_its_own(self.sheet)
        shop.mailbox = Mailbox()
        shop.mailbox.mails = [*self.mailbox.mails]
        shop.state = shop.opened()
        return shop

    def opened(self, workbook_id: str = "hub", key: bytes = KEY, **options) -> SqlStateStore:
        return SqlStateStore(
            f"sqlite:///{self.folder}/state.db",
            workbook_id=workbook_id,
            worker_id="one",
            lease_s=60,
            history_key=key,
            **options,
        )

    @property
    def ports(self) -> Ports:
        return Ports(workbook=self.sheet, state=self.state, mailer=self.mailbox)

    def cycle(self, minutes: int = 5, **options):
        self.minutes += minutes
        now = NOW + dt.timedelta(minutes=self.minutes)
        return run_cycle(self.ports, self.sheet.rules, self.sheet.mandate, now, **options)

    def rest(self):
        for _ in range(8):
            report = self.cycle()
            if not report.cells_written and not report.wants_another:
                return report
        raise AssertionError("the worker does not come to rest")

    def act(self, tab: str, po_number: str, **cells) -> None:
        self.sheet.type(tab, {"po_number": po_number}, **cells)
        self.rest()

    def issue(self, po_number: str) -> None:
        self.act("Orders", po_number, action="submit")
        self.act("Approvals", po_number, decision="approve")
        self.act("Orders", po_number, action="issue")

    def back_up(self) -> None:
        self.state.close()
        shutil.copy(self.folder / "state.db", self.folder / "backup.db")
        self.state = self.opened()

    def restore(self, **options) -> None:
        self.state.close()
        for name in ("state.db", "state.db-wal", "state.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        if (self.folder / "backup.db").exists():
            shutil.copy(self.folder / "backup.db", self.folder / "state.db")
        self.state = self.opened(**options)

    def stopped(self, **options) -> SafetyStop:
        with pytest.raises(SafetyStop) as stop:
            self.cycle(**options)
        return stop.value

    def sent(self) -> Counter[str]:
        return Counter(mail.mail_id for mail in self.mailbox.mails)

    def orders_sent(self) -> list[str]:
        return [mail.mail_id for mail in self.mailbox.mails if isinstance(mail, OrderMail)]

    def stops(self) -> list[StopMail]:
        return [mail for mail in self.mailbox.mails if isinstance(mail, StopMail)]

    def history_holds(self) -> None:
        rows = self.state.journal_rows()
        assert verify(rows, KEY).broken is None
        reading = self.sheet.reading.tabs[self.sheet.tab("Change history")]
        assert [tuple(row) for row in reading.rows] == list(rows)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """An order that went out before the backup, and one that went out and was confirmed after."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.rest()
    shop.issue("PO-1001")
    shop.back_up()
    shop.sheet.add(
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
    shop.rest()
    shop.issue("PO-1002")
    shop.sheet.type("ACME", {"po_number": "PO-1001", "line_number": 1}, response="accept")
    shop.sheet.type("ACME", {"po_number": "PO-1002", "line_number": 1}, response="accept")
    shop.rest()
    shop.minutes += 60
    shop.state.close()
    return shop


@pytest.fixture
def shop(lived, tmp_path):
    shop = lived.again_in(tmp_path / "shop")
    yield shop
    shop.state.close()


def test_a_restored_store_goes_on_from_what_the_history_tells(shop):
    shop.restore()
    # People work on while nothing serves them.
    shop.sheet.type("Order lines", {"po_number": "PO-1001", "line_number": 2}, notes="meanwhile")
    shop.sheet.type("Order lines", {"po_number": "PO-1002"}, unit_price=9)
    shop.sheet.type("ACME", {"po_number": "PO-1001", "line_number": 2}, response="accept")
    before = shop.sheet.reading

    stop = shop.stopped()
    shop.stopped()
    assert "run --once --confirm" in stop.remedy
    assert shop.sheet.reading == before
    assert len(shop.stops()) == 1

    report = shop.cycle(confirmed=True)

    assert report.taken_over > 10
    shop.rest()
    shop.history_holds()
    lines = {
        (row["po_number"], row["line_number"]): (row["status"], row["unit_price"], row["notes"])
        for row in shop.sheet.rows("Order lines")
    }
    assert lines == {
        ("PO-1001", 1): ("confirmed", 12, None),
        ("PO-1001", 2): ("confirmed", 3.5, "meanwhile"),
        ("PO-1002", 1): ("confirmed", 2.25, None),
    }
    told = shop.sheet.rows("Change history")
    assert len({row["event_id"] for row in told}) == len(told)
    assert [r["new"] for r in told if r["field"] == "notes"] == ["meanwhile"]
    [put_back] = [r for r in told if r["field"] == "unit_price" and r["decision"] == "put back"]
    assert put_back["new"] == 9
    assert [r["new"] for r in told if r["field"] == "taken over"] == [1_000_000]
    codes = Counter(row["code"] for row in shop.sheet.rows("Exceptions"))
    assert codes["history-taken-over"] == 1
    assert codes["worker-field-edited"] == codes["row-not-ours"] == 0


def test_nothing_is_mailed_twice_and_what_nobody_knows_waits_for_a_person(shop):
    sent = shop.sent()
    shop.restore()
    shop.stopped()
    shop.cycle(confirmed=True)
    shop.rest()

    assert shop.state.mails_uncertain() == ("order-PO-1002-v1",)
    assert sorted(shop.orders_sent()) == ["order-PO-1001-v1", "order-PO-1002-v1"]
    assert {name for name, count in shop.sent().items() if count > 1} == set()
    # Besides the stop, the operator is told once more: of what was taken over.
    news = [mail for mail in shop.mailbox.mails if mail.mail_id not in sent]
    assert {mail.to for mail in news} == {"operator@example.com"}
    assert len(news) == 2

    now = NOW + dt.timedelta(minutes=shop.minutes)
    shop.state.release_uncertain("order-PO-1002-v1", now, send_again=True)
    shop.cycle()
    again = shop.mailbox.mails[-1]
    assert (again.po_number, again.to, [line.item for line in again.lines]) == (
        "PO-1002",
        "acme@example.com",
        ["0044"],
    )


def test_mails_that_waited_in_the_backup_are_not_sent_by_themselves(tmp_path):
    shop = Shop(tmp_path)
    shop.rest()
    shop.act("Orders", "PO-1001", action="submit")
    shop.act("Approvals", "PO-1001", decision="approve")
    shop.mailbox.is_down = True
    shop.act("Orders", "PO-1001", action="issue")
    shop.back_up()
    shop.mailbox.is_down = False
    shop.minutes += 120
    shop.sheet.type("Order lines", {"line_number": 1}, notes="later")
    shop.rest()
    sent = shop.sent()
    assert sent["order-PO-1001-v1"] == 1

    shop.restore()
    shop.stopped()
    shop.cycle(confirmed=True)
    shop.minutes += 120
    shop.rest()

    assert shop.sent()["order-PO-1001-v1"] == 1
    assert shop.state.mails_uncertain() == ("order-PO-1001-v1",)
    shop.state.close()


def test_a_worker_that_dies_right_after_taking_over_leaves_nothing_undone(shop):
    shop.restore()
    shop.stopped()

    class Dies:
        """The sheet is out of reach from the moment in which something would be written."""

        def __getattr__(self, name):
            if name == "apply":
                raise StateError("the process is gone.")
            return getattr(shop.sheet, name)

    alive = shop.sheet
    now = NOW + dt.timedelta(minutes=shop.minutes + 5)
    with pytest.raises(StateError):
        run_cycle(
            replace(shop.ports, workbook=Dies()), alive.rules, alive.mandate, now, confirmed=True
        )

    shop.minutes += 10
    assert shop.cycle().finished_interrupted
    shop.rest()
    shop.history_holds()
    codes = Counter(row["code"] for row in shop.sheet.rows("Exceptions"))
    assert (codes["history-taken-over"], codes["history-edited"]) == (1, 0)
    assert {name for name, count in shop.sent().items() if count > 1} == set()


def test_a_store_that_is_gone_is_made_anew_from_the_whole_history(shop):
    (shop.folder / "backup.db").unlink()
    shop.restore()
    told = len(shop.sheet.rows("Change history"))
    shop.stopped()

    assert shop.cycle(confirmed=True).taken_over == told
    shop.rest()
    shop.history_holds()
    statuses = [row["status"] for row in shop.sheet.rows("Order lines")]
    assert statuses == ["confirmed", "issued", "confirmed"]
    assert set(shop.state.mails_uncertain()) == {"order-PO-1001-v1", "order-PO-1002-v1"}
    assert sorted(shop.orders_sent()) == ["order-PO-1001-v1", "order-PO-1002-v1"]


def test_a_second_backup_from_before_goes_on_as_well(shop):
    for _ in range(2):
        shop.restore()
        shop.stopped()
        shop.cycle(confirmed=True)
        shop.rest()
        shop.minutes += 60
    shop.history_holds()
    told = shop.sheet.rows("Change history")
    assert [r["new"] for r in told if r["field"] == "taken over"] == [1_000_000, 2_000_000]


def test_rows_that_people_sorted_are_taken_in_their_order(shop):
    shop.restore()
    shop.sheet.change("Change history", lambda rows: rows[::-1])
    shop.stopped()
    assert shop.cycle(confirmed=True).taken_over > 10
    shop.rest()
    shop.history_holds()


@pytest.mark.parametrize("what", ["edited", "deleted", "forged"])
def test_a_history_that_does_not_hold_is_refused(shop, what):
    shop.restore()
    rows = shop.sheet.rows("Change history")
    place = len(rows) - 4

    def spoil(found):
        if what == "deleted":
            return found[:place] + found[place + 1 :]
        new = [*found[place]]
        new[list(rows[0]).index("actor")] = "somebody else"
        if what == "edited":
            return [*found[:place], new, *found[place + 1 :]]
        return [*found, ["E-0000000000000000", *new[1:]]]

    shop.sheet.change("Change history", spoil)
    before = shop.sheet.reading
    shop.stopped()
    stop = shop.stopped(confirmed=True)

    assert "cannot be taken over: row" in stop.remedy
    assert shop.sheet.reading == before
    assert len(shop.stops()) == 1


def test_lists_without_a_header_are_put_right_first(shop):
    shop.restore()
    whole = shop.sheet.reading
    tab = shop.sheet.tab("Exceptions")
    lost = replace(whole.tabs[tab], present=whole.tabs[tab].present - {"message"})
    shop.sheet.reading = replace(whole, tabs={**whole.tabs, tab: lost})
    shop.stopped()
    assert "Exceptions lacks the header of message" in shop.stopped(confirmed=True).remedy

    shop.sheet.reading = whole
    assert shop.cycle(confirmed=True).taken_over


def test_another_key_takes_nothing_over(shop):
    (shop.folder / "backup.db").unlink()
    shop.restore(key=b"another key, which nobody has signed with")
    shop.stopped()
    assert "cannot be taken over" in shop.stopped(confirmed=True).remedy


def test_a_yes_before_anything_was_told_is_no_yes(shop):
    shop.restore()
    shop.stopped(confirmed=True)
    assert len(shop.stops()) == 1
    assert shop.cycle(confirmed=True).taken_over


def test_a_history_that_still_grows_is_told_again(shop):
    shop.restore()
    shop.stopped()
    told_later(shop.sheet, NOW + dt.timedelta(days=1))

    stop = shop.stopped(confirmed=True)
    assert "has grown since you were told" in str(stop)
    assert len(shop.stops()) == 2
    assert shop.cycle(confirmed=True).taken_over


def told_later(sheet: PaperSheet, at: dt.datetime) -> None:
    """One more event of a worker with the same key."""
    rows = sheet.rows("Change history")
    event = Event(
        event_id="E-0123456789abcdef",
        at=at,
        po_number="PO-1001",
        line_number="2",
        tab="Order lines",
        field="notes",
        new="by another worker",
        actor="buyer",
        proof="unverified",
        decision="changed",
    )
    [told] = chain([event], str(rows[-1]["chain"]), len(rows), KEY)
    sheet.change("Change history", lambda found: [*found, list(row_of(told))])


# -- another spreadsheet ---------------------------------------------------------------------------


def test_a_copy_of_the_spreadsheet_goes_on_with_the_store(shop):
    shop.state.close()
    with pytest.raises(SafetyStop, match="belongs to the spreadsheet hub, not to copy"):
        shop.opened("copy")
    sent = shop.sent()
    shop.state = shop.opened("copy", may_be_anothers=True)
    shop.cycle(confirmed=True)
    shop.rest()
    shop.state.close()

    shop.state = shop.opened("copy")
    shop.rest()
    shop.history_holds()
    assert shop.sent() == sent
    with pytest.raises(SafetyStop, match="belongs to the spreadsheet copy, not to hub"):
        shop.opened("hub")


@pytest.mark.parametrize("what", ["older", "empty", "other"])
def test_a_spreadsheet_that_is_no_copy_does_not_get_the_store(shop, what):
    shop.state.close()
    if what == "older":
        shop.sheet.change("Change history", lambda rows: rows[:-2])
    elif what == "empty":
        shop.sheet.change("Change history", lambda _: [])
    else:
        mac = shop.sheet.rows("Change history")[0]["chain"]
        other = "f" * len(mac)
        shop.sheet.change("Change history", lambda rows: [[*rows[0][:MAC], other], *rows[1:]])
    before, mails = shop.sheet.reading, len(shop.mailbox.mails)
    shop.state = shop.opened("copy", may_be_anothers=True)
    stop = shop.stopped(confirmed=True)

    assert "does not continue it" in str(stop)
    assert (shop.sheet.reading, len(shop.mailbox.mails)) == (before, mails)
    shop.state.close()
    shop.state = shop.opened("hub")
