"""The judgement at the end: once people and faults have stopped and the worker rests.

The heart stands in `lost`: *no lost edit*. Here are the change history, the mails, rest, and the sums
of receipts; in `strange` what stands in people's cells.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from sheetsync.core.decide import decide
from sheetsync.core.model import RowKey, TabKind
from sheetsync.core.plan import CellWrite, OrderMail, Plan
from sheetsync.core.rows import key_text, same_cell
from simulation.course import Course
from simulation.desk import Desk
from simulation.end import End
from simulation.lost import lost_edits, lost_requests, not_cleared, told_twice
from simulation.office import mandate, the_rules
from simulation.outcome import Violation
from simulation.record import (
    events_after,
    findings,
    misplaced,
    shown_history,
)
from simulation.strange import doubled_rows, strange_cells


def judge(course: Course) -> None:
    """Hold all laws against the end of a course."""
    course.book.follow()
    with course.unwatched():
        snapshot = course.main.workbook.read(course.company.clock.now())
    end = End(
        course=course,
        events=[event for _, event in events_after(course.company.folder, 0)],
        found=findings(course.company.office),
        standing=course.book.standing(),
        snapshot=snapshot,
        misplaced=misplaced(course.company.office),
    )
    checks = (
        lost_edits,
        lost_requests,
        not_cleared,
        told_twice,
        doubled_rows,
        strange_cells,
        history_tab,
        mails,
        rest,
        quantities,
    )
    for check in checks:
        course.violations.extend(check(end))


def history_tab(end: End) -> Iterator[Violation]:
    """The tab shows every event of the journal once, and no other."""
    shown = Counter(str(row.get("event_id")) for row in shown_history(end.course.company.office))
    known = {event.event_id for event in end.events}
    for event_id, times in sorted(shown.items()):
        if times > 1:
            yield Violation(law="history", what=f"{event_id} stands {times} times in the tab")
        if event_id not in known:
            yield Violation(law="history", what=f"{event_id} is in the tab and not in the journal")
    for event in end.events:
        if event.event_id not in shown:
            yield Violation(law="history", what=f"{event.event_id} is missing in the tab")


def mails(end: End) -> Iterator[Violation]:
    """No mail arrived twice, and for each issued order there is one."""
    post = end.course.post
    arrived = Counter(post.arrived)
    if not post.is_folder:
        for mail_id, times in sorted(arrived.items()):
            if times > 1:
                yield Violation(law="mails", what=f"{mail_id} arrived {times} times")
    orders = Counter(
        (mail.po_number, mail.version)
        for mail in post.mails.values()
        if isinstance(mail, OrderMail)
    )
    issued = {
        (event.po_number, event.order_version)
        for event in end.events
        if event.field == "status"
        and event.new == "issued"
        and event.at > end.course.started_at
        and event.old == "approved"
    }
    for order, times in sorted(orders.items()):
        if times > 1 or order not in issued:
            yield Violation(
                law="mails", what=f"order mail of {order}: {times} mails, issued: {sorted(issued)}"
            )
    for order in sorted(issued - orders.keys(), key=str):
        yield Violation(law="mails", what=f"no order mail of {order} arrived")


def rest(end: End) -> Iterator[Violation]:
    """Rest, same twice, order blind: an unchanged sheet gives an empty plan, in any order of rows."""
    if not end.course.at_rest:
        return
    now, baseline = end.course.company.clock.now(), end.course.main.state.baseline()
    plan = decide(end.snapshot, baseline, the_rules(), mandate(), now)
    if not plan.is_empty:
        yield Violation(law="rest", what=f"the worker rests and would write {_short(plan)}")
    shuffled = {}
    dice = random.Random(end.course.story.seed)  # noqa: S311 - a story, no secret
    for address, reading in end.snapshot.tabs.items():
        rows = list(reading.rows)
        dice.shuffle(rows)
        shuffled[address] = replace(reading, rows=tuple(rows))
    other = decide(replace(end.snapshot, tabs=shuffled), baseline, the_rules(), mandate(), now)
    keyed = [
        w for w in other.writes if not (isinstance(w, CellWrite) and w.ref.content is not None)
    ]
    if plan.is_empty and keyed:
        yield Violation(law="order blind", what=f"in another order it would write {keyed[:3]}")


def _short(plan: Plan) -> str:
    return f"{[*plan.writes][:3]} {[e.field for e in plan.events][:3]} {len(plan.mails)} mails"


def quantities(end: End) -> Iterator[Violation]:
    """What an order line shows as received is what the receipts in the tab come to, each once."""
    office = end.course.company.office
    receipts = Desk(office, office.places.of(TabKind.RECEIPTS))
    rows = [(receipts.key(row), receipts.cells(row)) for row in receipts.filled()]
    keys = Counter(key for key, _ in rows)
    sums: dict[RowKey, float] = {}
    unclear: set[RowKey] = set()
    for key, cells in rows:
        line = tuple(key_text(cells.get(name)) for name in ("po_number", "line_number"))
        try:
            quantity = float(str(cells.get("quantity", "")))
        except ValueError:
            unclear.add(line)
            continue
        kind = str(cells.get("kind", "receipt"))
        is_clear = (
            key is not None and keys[key] == 1 and kind == "receipt" and not cells.get("message")
        )
        if not is_clear or cells.get("uom", "EA") != "EA" or cells.get("accepted_quantity"):
            unclear.add(line)
        sums[line] = sums.get(line, 0) + quantity
    lines = Desk(office, office.places.of(TabKind.ORDER_LINES))
    spoken = Counter(lines.key(row) for row in lines.filled())
    for row in lines.filled():
        key, cells = lines.key(row), lines.cells(row)
        if key is None or key in unclear or spoken[key] > 1 or "received_quantity" not in cells:
            continue
        if not same_cell(float(cells["received_quantity"]), sums.get(key, 0.0)):
            yield Violation(
                law="once only",
                what=f"{'/'.join(key)} shows {cells['received_quantity']} received, "
                f"the receipts come to {sums.get(key, 0.0):g}",
            )
