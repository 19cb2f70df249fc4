"""*Crash blind*: what two plays of one story leave behind must be the same.

In one of them workers die, sleep and meet faults; in the other nothing goes wrong. People act only
while the worker rests, so both see the same sheet at the same hour. Times, ids and the order in
which things were told may differ, what people and orders come to may not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetsync.core.model import TabKind
from sheetsync.core.plan import OrderMail
from simulation.course import Course
from simulation.desk import Desk
from simulation.outcome import Violation
from simulation.record import events_after

NOT_COMPARED = frozenset({TabKind.HISTORY, TabKind.STATUS})
"""The history is compared by its events, and Status says when the worker ran."""

TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
"""When something was done; days are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a play left behind, each thing as often as it is there, by where it is."""

    things: Counter[tuple[str, Any]] = field(default_factory=Counter)

    def differences(self, other: Left) -> Iterator[Violation]:
        """What one of the two plays left and the other did not."""
        for which, these in (
            ("only with what goes wrong", self.things - other.things),
            ("only without it", other.things - self.things),
        ):
            for (place, what), _ in sorted(these.items(), key=repr):
                yield Violation(law="crash blind", what=f"{which}: {place}: {what}", sort=place)


def left_by(course: Course) -> Left:
    """Look at all of it."""
    found: Counter[tuple[str, Any]] = Counter()
    found.update(_rows(course))
    found.update(_told(course))
    found.update(
        ("order mails", (mail.po_number, mail.version))
        for mail in course.post.mails.values()
        if isinstance(mail, OrderMail)
    )
    found.update(_settled(course))
    return Left(things=found)


def _rows(course: Course) -> Iterator[tuple[str, Any]]:
    """What each row shows, in whatever order they stand."""
    for place in course.company.office.places.tabs:
        desk = Desk(course.company.office, place.address)
        if place.kind in NOT_COMPARED:
            continue
        for row in desk.filled():
            yield str(place.address), _timeless(desk.cells(row))


def _told(course: Course) -> Iterator[tuple[str, Any]]:
    """Every move and every edit that the journal tells."""
    for _, event in events_after(course.company.folder, 0):
        yield (
            "journal",
            (
                *(event.tab, event.po_number, event.line_number, event.field),
                *(TIME.sub("(time)", str(said)) for said in (event.old, event.new, event.decision)),
                event.actor,
            ),
        )


def _settled(course: Course) -> Iterator[tuple[str, Any]]:
    """What the worker knows of lines and orders."""
    baseline = course.main.state.baseline()
    for key, line in baseline.lines.items():
        known = (line.status, line.came_from, line.agreed, line.proposal, line.proposal_reason)
        yield "lines known", (str(key), repr(known), line.cancelled_quantity)
    for number, order in baseline.orders.items():
        grants = sorted((g.tier, g.approver, g.version, g.is_granted) for g in order.grants)
        yield "orders known", (number, order.mark, order.version, order.issued_version, *grants)
    for address, rows in baseline.rows.items():
        if course.company.office.places.kind(address).kind in NOT_COMPARED:
            continue
        for row_key, row in rows.items():
            yield f"{address} known", (row_key, *_timeless(row.cells))


def _timeless(cells: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted((name, TIME.sub("(time)", str(cell))) for name, cell in cells.items()))
