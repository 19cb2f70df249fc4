"""The busy morning that every run begins with: five orders at different points of their life.

It is played once in a process by the real worker. Two suppliers, one of them in a spreadsheet of
its own; goods and invoices for what was confirmed.
"""

from __future__ import annotations

import gc
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sheetsync.core.model import TabKind
from sheetsync.localsheets.server import Server
from sheetsync.sheets.layout import lay_out
from simulation.desk import Desk
from simulation.office import (
    OWNER,
    START,
    SUPPLIERS,
    Clock,
    Office,
    Places,
    copied,
    found_company,
    new_server,
    tell_time_and_chance,
    the_rules,
    trim_grids,
    workshop,
)
from simulation.worker import Life, Post

LINES = (
    # order, supplier, item, quantity, price
    ("new1", "S-1", "BOLT-1", 10, 12.5),
    ("new1", "S-1", "BOLT-2", 40, 3.25),
    ("new2", "S-2", "GEAR-1", 5, 80),
    ("new2", "S-2", "GEAR-2", 8, 41.5),
    ("new3", "S-1", "PIPE-1", 100, 1.75),
    ("new4", "S-2", "SEAL-1", 60, 2.1),
    ("new5", "S-2", "WIRE-1", 30, 9.9),
    ("new5", "S-2", "WIRE-2", 12, 7.4),
)


class NoSteps:
    """Nothing happens to the worker of the morning."""

    def step(self, life: Life, place: str, *, is_after: bool) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What each run copies."""

    server: Server
    world: Any
    places: Places
    state: Path
    clock_at: Any


@dataclass(kw_only=True)
class Company:
    """A copy of the morning, ready to be played on."""

    office: Office
    clock: Clock
    folder: Path

    @property
    def url(self) -> str:
        """Of the state store."""
        return f"sqlite:///{self.folder / 'state.db'}"


def open_company(name: str) -> Company:
    """The morning, copied into a folder of its own."""
    template = morning()
    folder = workshop() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(template.state, folder / "state.db")
    clock = Clock(template.clock_at)
    tell_time_and_chance(clock, name)
    template.server.world = copied(template.world)
    template.server.faults = None
    template.server.calls.clear()
    return Company(
        office=Office(template.server, template.places, clock), clock=clock, folder=folder
    )


@cache
def morning() -> Template:
    """Play it."""
    clock = Clock(START)
    server = new_server(clock, "morning")
    office = found_company(server, clock)
    folder = workshop() / "morning"
    folder.mkdir()
    url = f"sqlite:///{folder / 'state.db'}"
    life = Life(
        name="morning",
        office=office,
        clock=clock,
        steps=NoSteps(),
        post=Post(folder=folder / "mails", is_folder=True),
        url=url,
    )
    lay_out(
        life.workbook._http,
        spreadsheets=dict(office.places.spreadsheets),
        places=office.places.tabs,
        columns=the_rules().columns,
    )
    trim_grids(office)
    _play(office, life)
    life.close()
    assert not life.errors, life.errors
    state = folder / "template.db"
    _checkpoint(folder / "state.db", state)
    # All that lives by now lives as long as the process: the collector need not walk it in each run.
    gc.collect()
    gc.freeze()
    return Template(
        server=server,
        world=server.world,
        places=office.places,
        state=state,
        clock_at=clock.now(),
    )


def _checkpoint(source: Path, target: Path) -> None:
    """One file without its write-ahead log."""
    with closing(sqlite3.connect(source)) as connection:
        connection.execute(f"VACUUM INTO '{target}'")


def _play(office: Office, life: Life) -> None:
    kinds = office.places
    suppliers = Desk(office, kinds.of(TabKind.SUPPLIERS))
    for number, email in SUPPLIERS.items():
        suppliers.add(
            OWNER, supplier=number, name=f"Works {number}", email=email, is_approved="yes"
        )
    people = Desk(office, kinds.of(TabKind.PEOPLE))
    for person, roles in (("ann", "buyer"), ("ben", "buyer"), ("bob", "approver, director")):
        people.add(
            OWNER, person=person, name=person.title(), email=f"{person}@example.com", roles=roles
        )
    lines = Desk(office, kinds.of(TabKind.ORDER_LINES))
    for mark, supplier, item, quantity, price in LINES:
        lines.add(
            OWNER,
            po_number=mark,
            requester="ann",
            supplier=supplier,
            item=item,
            description=f"{item} as drawn",
            quantity=quantity,
            uom="EA",
            unit_price=price,
            currency="EUR",
            need_by="2026-05-04",
            cost_code="CC-1",
        )
    _rest(life)
    orders = Desk(office, kinds.of(TabKind.ORDERS))
    for number in (1001, 1002, 1003, 1004):
        orders.type_where(OWNER, {"po_number": f"PO-{number}"}, action="submit", reason="morning")
    _rest(life)
    approvals = Desk(office, kinds.of(TabKind.APPROVALS))
    for number in (1001, 1002, 1003):
        approvals.type_where("bob@example.com", {"po_number": f"PO-{number}"}, decision="approve")
    _rest(life)
    for number in (1001, 1002):
        orders.type_where(OWNER, {"po_number": f"PO-{number}"}, action="issue", reason="morning")
    _rest(life)
    shared = Desk(office, kinds.of(TabKind.SUPPLIER, "S-1"))
    for line in (1, 2):
        shared.type_where(
            SUPPLIERS["S-1"],
            {"po_number": "PO-1001", "line_number": line},
            response="accept",
            reason="morning",
        )
    _rest(life)
    receipts = Desk(office, kinds.of(TabKind.RECEIPTS))
    receipts.add(
        "wanda@example.com",
        receipt_number="R-1",
        po_number="PO-1001",
        line_number=1,
        quantity=10,
        uom="EA",
        received_date="2026-03-01",
    )
    invoices = Desk(office, kinds.of(TabKind.INVOICES))
    invoices.add(
        "pat@example.com",
        supplier="S-1",
        invoice_number="INV-1",
        invoice_line=1,
        invoice_date="2026-03-01",
        currency="EUR",
        po_number="PO-1001",
        po_line=1,
        quantity=10,
        unit_price=12.5,
    )
    _rest(life)


def _rest(life: Life) -> None:
    for _ in range(6):
        life.clock.time += timedelta(minutes=1)
        life.tick()
        if life.reports and not life.reports[-1].cycle_id:
            return
