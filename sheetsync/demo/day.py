"""What the acts of the day look at and work with: the office through the eyes of its people.

Everything told about the worker is read back from the sheet, its history and its mails; nothing is
told because it was intended.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from sheetsync.cycle import CycleReport
from sheetsync.demo.office import Office
from sheetsync.demo.people import Cell, Desk

MOST_CYCLES = 4
"""A worker that asks for more cycles than this after one act does not come to rest."""

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An outcome that the day must have."""

    what: str
    expected: object
    seen: object

    @property
    def came(self) -> bool:
        """Whether it came."""
        return self.expected == self.seen


Told = str | Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Somebody does something, the worker runs, and what came of it is read from the sheet."""

    at: str
    who: str
    what: str
    do: Callable[[Day], None]
    told: Callable[[Day], Iterator[Told]]


@dataclass(kw_only=True)
class Day:
    """The working day; `made` are the worker's cycles since the last act."""

    office: Office
    on: date
    made: list[CycleReport] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    # -- the clock and the worker -----------------------------------------------------------------

    def set_clock(self, at: str) -> None:
        """It is this time of the day, in the office's time zone."""
        zone = ZoneInfo(self.office.config.time_zone)
        self.office.clock = datetime.combine(self.on, time.fromisoformat(at), zone).astimezone(UTC)

    def work(self) -> None:
        """The worker runs, and again as long as it asks for another cycle."""
        self.made = []
        for _ in range(MOST_CYCLES):
            self.made.append(self.office.cycle())
            if not self.made[-1].wants_another:
                break

    # -- desks ------------------------------------------------------------------------------------

    def desk(self, person: str, tab: str) -> Desk:
        """A tab of the hub, as this person opens it."""
        return self.office.desk(person, tab)

    def supplier(self, supplier: str) -> Desk:
        """The supplier's tab, as the supplier opens it."""
        return self.office.supplier_desk(supplier)

    # -- what the sheet shows ---------------------------------------------------------------------

    def line(self, po_number: str, line: int) -> Shown:
        """The row of an order line."""
        return self.desk("ann", "Order lines").row(po_number=po_number, line=line)

    def order(self, po_number: str) -> Shown:
        """The row of an order."""
        return self.desk("ann", "Orders").row(po_number=po_number)

    def answer(self, supplier: str, po_number: str, line: int) -> Shown:
        """The row of an order line on its supplier's tab."""
        return self.supplier(supplier).row(po_number=po_number, line=line)

    def invoice(self, number: str, line: int = 1) -> Shown:
        """The row of an invoice line."""
        return self.desk("pat", "Invoices").row(invoice=number, invoice_line=line)

    def findings(self, **where: Cell) -> list[Shown]:
        """The rows of Exceptions that show this."""
        return _rows(self.desk("ann", "Exceptions").rows(), where)

    def history(self, **where: Cell) -> list[Shown]:
        """The rows of Change history that show this, the oldest first."""
        return _rows(self.desk("ann", "Change history").rows(), where)

    def mails(self) -> dict[str, EmailMessage]:
        """Every mail of the day, by file name."""
        folder = self.office.folder / "mails"
        return {
            path.name: email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(folder.glob("*.eml"))
        }


def address_of(mail: EmailMessage) -> str:
    """Whom a mail goes to, without the name."""
    return parseaddr(str(mail["To"]))[1]


def _rows(rows: Iterable[dict[str, Any]], where: Mapping[str, Cell]) -> list[Shown]:
    plain = [
        ({name.casefold().replace(" ", "_"): cell for name, cell in row.items()}, row)
        for row in rows
    ]
    return [
        row
        for names, row in plain
        if all(str(names.get(name, "")) == str(value) for name, value in where.items())
    ]
