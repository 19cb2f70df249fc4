"""A worker killed at any step, and started again, ends where one that lived ends.

The real shell, state store and folder mailer; the sheet is on paper. Death is an exception that
nothing in the worker catches, raised before or after every step that reaches out of the process.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from builders import NOW
from paper import PaperSheet
from paper_day import START

from sheetsync.cycle import run_cycle
from sheetsync.mail.render import Renderer
from sheetsync.mail.send import FolderMailer
from sheetsync.ports import Ports
from sheetsync.state import SqlStateStore

TEMPLATES = Path(__file__).parents[2] / "templates"


class Death(BaseException):
    """The process is gone."""


class Reaper:
    """Counts steps that leave the process, and kills at one of them."""

    def __init__(self, at: int | None) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Death


class Mortal:
    """Any port or session: death may come before or after each of the named calls."""

    def __init__(self, inner, reaper, calls) -> None:
        self._inner, self._reaper, self._calls = inner, reaper, calls

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name not in self._calls:
            return found

        def called(*args, **options):
            self._reaper.step()
            result = found(*args, **options)
            self._reaper.step()
            return result

        return called


class MortalStore(Mortal):
    def lease(self, now):
        lease, reaper = self._inner.lease(now), self._reaper

        class Leased:
            def __enter__(self):
                return Mortal(lease.__enter__(), reaper, {"record_intent", "settle"})

            def __exit__(self, kind, error, trace):
                if kind is not Death:
                    lease.__exit__(kind, error, trace)

        return Leased()


DAY = (
    lambda _: None,
    lambda s: s.type("Orders", {"po_number": "PO-1001"}, action="submit"),
    lambda s: s.type("Approvals", {"po_number": "PO-1001"}, decision="approve"),
    lambda s: s.type("Orders", {"po_number": "PO-1001"}, action="issue"),
    lambda s: s.type("ACME", {"line_number": 1}, response="accept"),
    lambda s: s.type("Order lines", {"line_number": 1}, unit_price=1),
    lambda s: s.delete("Order lines", line_number=1),
    lambda s: s.type("ACME", {"line_number": 1}, unit_price=13),
)


class House:
    """A worker that can die and be started again on the same state, sheet and mail folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.sheet = PaperSheet.of(START)
        self.now = NOW
        self.lives = 0

    def run(self, reaper: Reaper) -> bool:
        self.lives += 1
        state = SqlStateStore(
            f"sqlite:///{self.folder}/state.db",
            workbook_id="hub",
            worker_id=f"life-{self.lives}",
            lease_s=60,
            resend_is_safe=True,
        )
        mailer = FolderMailer(self.folder / "mails", Renderer(TEMPLATES, sender="p@example.com"))
        ports = Ports(
            workbook=Mortal(self.sheet, reaper, {"apply", "read"}),
            state=MortalStore(state, reaper, {"claim_mail", "mail_sent", "due_mails"}),
            mailer=Mortal(mailer, reaper, {"send"}),
        )
        try:
            report = run_cycle(ports, self.sheet.rules, self.sheet.mandate, self.now)
        except Death:
            return True
        finally:
            state.close()
        return bool(report.writes_skipped or report.cycle_id)

    def live(self, reaper: Reaper) -> None:
        """The whole day; after a death the lease of the dead must run out."""
        for act in DAY:
            act(self.sheet)
            for _ in range(6):
                self.now += dt.timedelta(minutes=2)
                if not self.run(reaper):
                    break
            else:
                raise AssertionError("the worker does not come to rest")

    def end(self):
        tabs = {
            str(address): sorted(map(repr, reading.rows))
            for address, reading in self.sheet.reading.tabs.items()
            if address.tab not in {"Status", "Exceptions", "Change history", "Approvals"}
        }
        mails = sorted(path.name for path in (self.folder / "mails").glob("order-*.eml"))
        moves = sorted(
            (row["tab"] or "") for row in self.sheet.rows("Change history") if row["event_id"]
        )
        return tabs, mails, len(moves)


def timeless(tabs):
    """Without the times that differ because a restart took place later."""
    return {name: [row.split("2026-03-02")[0] for row in rows] for name, rows in tabs.items()}


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("lived") / "house")
    reaper = Reaper(None)
    house.live(reaper)
    return house.end(), reaper.steps


def test_the_day_reaches_out_often_enough(lived):
    _, steps = lived
    assert steps > 60


@pytest.mark.parametrize("nth", range(1, 7))
def test_a_crash_at_any_step_ends_alike(lived, tmp_path, nth):
    """Every fifth step by default; SHEETSYNC_EVERY_STEP=1 kills at each of them."""
    (tabs, mails, events), steps = lived
    stride = 6 * (1 if os.environ.get("SHEETSYNC_EVERY_STEP") else 5)
    for at in range(nth, steps + 1, stride):
        house = House(tmp_path / str(at))
        house.live(Reaper(at))
        seen_tabs, seen_mails, seen_events = house.end()
        assert timeless(seen_tabs) == timeless(tabs), f"killed at step {at}"
        assert (seen_mails, seen_events) == (mails, events), f"killed at step {at}"


class CountingServer:
    """A mail server that takes every message, as a port: what arrived is in `taken`."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(self, mail, _queued_at) -> str:
        self.taken.append(mail.mail_id)
        return f"<{mail.mail_id}@example.com>"


@pytest.mark.parametrize(("step", "arrived"), [(1, 0), (2, 1)])
def test_a_mail_whose_fate_is_unknown_waits_for_a_person(tmp_path, step, arrived):
    """Killed before or after the server took it, a mail is neither repeated nor forgotten."""
    sheet, server = confirmed_with_a_finding(), CountingServer()
    url = f"sqlite:///{tmp_path}/state.db"

    def life(number: int, reaper: Reaper):
        state = SqlStateStore(url, workbook_id="hub", worker_id=f"life-{number}", lease_s=60)
        ports = Ports(workbook=sheet, state=state, mailer=Mortal(server, reaper, {"send"}))
        now = NOW + dt.timedelta(minutes=2 * number)
        try:
            return run_cycle(ports, sheet.rules, sheet.mandate, now)
        except Death:
            return None
        finally:
            state.close()

    assert life(1, Reaper(step)) is None
    assert len(server.taken) == arrived

    report = life(2, Reaper(None))

    assert len(report.mails_uncertain) == 1
    assert len(set(server.taken)) == len(server.taken)
    assert report.mails_uncertain[0] not in server.taken[arrived:]


def confirmed_with_a_finding() -> PaperSheet:
    sheet = PaperSheet.of(START)
    sheet.type("Order lines", {"item": "0042"}, quantity="ten")
    return sheet
