"""What the journal says when somebody asks: the life of an order, or how it stood at an instant.

Asks the state store for events and has the core tell them. Never: opens a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from sheetsync.core.life import (
    OrderThen,
    Sheet,
    fold,
    in_order,
    invoice_rows,
    moment,
    order_said,
    read_moment,
    tell,
    until,
)
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text
from sheetsync.errors import AskedAmiss
from sheetsync.ports import StateStore

UNVERIFIED = (
    "unverified: typed where several people may type. Google Sheets does not say who typed a value."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked about: an order as the journal spells it, and one of its lines or all."""

    po_number: str
    line_number: str | None = None

    def __str__(self) -> str:
        return f"{self.po_number}/{self.line_number}" if self.line_number else self.po_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookback:
    """Where events are asked for, and how they are told."""

    state: StateStore
    sheet: Sheet
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        """The configured time zone."""
        return ZoneInfo(self.time_zone)

    def life(self, asked: str) -> Iterator[str]:
        """The life of an order, or of a line as in "PO-7/2": one sentence for each event."""
        subject = self.subject(asked)
        events = self.events_of(subject)
        yield f"{subject}, as the change history tells it. Times are in {self.time_zone}."
        start = OrderThen(po_number=subject.po_number)
        for told in tell(start, events, subject.line_number, self.sheet, self.zone):
            yield f"{told.at}  {told.text}  [{told.event_id}]"
        if any(event.proof == "unverified" for event in events):
            yield UNVERIFIED

    def standing(self, asked: str, as_of: str) -> Iterator[str]:
        """How the order or line stood then, from the journal alone."""
        at = self.moment(as_of, "--as-of", is_end=True)
        subject = self.subject(asked)
        events = self.events_of(subject)
        then = fold(subject.po_number, until(events, at), self.sheet)
        when = f"{moment(at, self.zone)} ({self.time_zone})"
        if not then.lines or (subject.line_number and subject.line_number not in then.lines):
            yield f"{subject} was not there on {when}. {self._first(subject, events)}"
            return
        yield f"{subject} as it stood on {when}, from the change history alone:"
        yield from order_said(then, subject.line_number, self.zone)

    def subject(self, asked: str) -> Subject:
        """The order and line that are meant. Raises `AskedAmiss`, naming the nearest order."""
        known = {key_text(number): number for number in self.state.known_orders()}
        if key_text(asked) in known:
            return Subject(po_number=known[key_text(asked)])
        order, slash, line = asked.rpartition("/")
        if not slash or key_text(order) not in known:
            raise _unknown_order(order if slash else asked, known)
        subject = Subject(po_number=known[key_text(order)], line_number=_line_key(line))
        events = self.events_of(subject)
        lines = sorted({e.line_number for e in events if e.line_number}, key=lambda n: (len(n), n))
        if subject.line_number not in lines:
            raise AskedAmiss(
                f"{subject.po_number} never had a line {line.strip()!r}.",
                remedy=f"Its lines: {', '.join(lines)}.",
            )
        return subject

    def events_of(self, subject: Subject) -> tuple[Event, ...]:
        """All events of the order, and of the rows of invoices that ever named it."""
        own = self.state.events_of(subject.po_number)
        return in_order(own, self.state.events_of_rows(invoice_rows(own, self.sheet)))

    def moment(self, text: str, option: str, *, is_end: bool) -> datetime:
        """The instant that was typed. Raises `AskedAmiss`."""
        return moment_of(text, self.zone, option, is_end=is_end)

    def _first(self, subject: Subject, events: Sequence[Event]) -> str:
        mine = [e for e in events if subject.line_number in {None, e.line_number}]
        return f"It is first told of on {moment(mine[0].at, self.zone)}." if mine else ""


def moment_of(text: str, zone: ZoneInfo, option: str, *, is_end: bool) -> datetime:
    """The instant that was typed after an option. Raises `AskedAmiss`."""
    at = read_moment(text, zone, is_end=is_end)
    if at is None:
        raise AskedAmiss(
            f"{text!r} is no time.",
            subject=option,
            remedy="Write a day as 2026-11-21, a time as '2026-11-21 14:00' (read in "
            f"{zone.key}), or ISO with an offset as 2026-11-21T14:00:00+01:00.",
        )
    return at


def _unknown_order(asked: str, known: dict[str, str]) -> AskedAmiss:
    near = get_close_matches(key_text(asked), known, n=3, cutoff=0.5)
    if near:
        remedy = f"Did you mean {' or '.join(known[key] for key in near)}?"
    elif known:
        remedy = (
            f"It knows {len(known)} orders, from {min(known.values())} to {max(known.values())}."
        )
    else:
        remedy = "It is empty: no cycle has recorded anything yet."
    return AskedAmiss(f"The change history knows no order {asked.strip()!r}.", remedy=remedy)


def _line_key(text: str) -> str:
    key = key_text(text)
    return str(int(key)) if key.isdecimal() else key
