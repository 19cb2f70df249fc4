"""The judgement at the end: once people and faults have stopped and the worker rests.

The heart is *no lost edit*: every value that a person typed stands in its row, or was replaced by a
person, or is in the journal, or stands in a finding; and every request was carried out, or is
refused in a finding, or still stands in its cell.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sheetsync.core.decide import decide
from sheetsync.core.model import RowKey, Snapshot, TabKind
from sheetsync.core.plan import CellWrite, Event, OrderMail, Plan
from sheetsync.core.rows import key_text, same_cell
from sheetsync.core.rulebook import CellKind
from simulation.course import Course
from simulation.desk import Desk
from simulation.laws import TOKEN
from simulation.notebook import MORNING, OWN, Typed
from simulation.office import mandate, the_rules
from simulation.outcome import Violation
from simulation.record import (
    events_after,
    findings,
    in_a_finding,
    misplaced,
    same,
    shown_history,
    tells_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Everything that is left when all is over."""

    course: Course
    events: list[Event]
    found: list[Any]
    standing: set[int]
    snapshot: Snapshot
    misplaced: frozenset[str]


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
        told_twice,
        strange_cells,
        history_tab,
        mails,
        rest,
        quantities,
    )
    for check in checks:
        course.violations.extend(check(end))


# -- no lost edit ----------------------------------------------------------------------------------


def lost_edits(end: End) -> Iterator[Violation]:
    """Every typed value stands, was replaced by a person, or is told."""
    for typed in end.course.book.typed:
        if typed.is_request or typed.number in end.standing or typed.replaced_by is not None:
            continue
        if is_the_worker_s(typed, end) or was_numbered(typed, end) or stands_in_its_row(typed, end):
            continue
        if typed.act != MORNING and any(tells_of(event, typed) for event in end.events):
            continue
        if in_a_finding(end.found, typed, end.course.company.office):
            continue
        yield Violation(law="no lost edit", what=described(typed))


def is_the_worker_s(typed: Typed, end: End) -> bool:
    """Whether the cell is the worker's, and typing over it asks for nothing."""
    desk = Desk(end.course.company.office, typed.tab)
    column = desk.spec.by_field.get(typed.field)
    if column is None or column.is_people_s:
        return False
    return (
        typed.kind is not TabKind.SUPPLIER
        or typed.field not in the_rules().locking.overwrite_proposes
    )


def was_numbered(typed: Typed, end: End) -> bool:
    """Whether a mark gave way to a number: what was typed beside it has a key by now."""
    if typed.field != "po_number" or not str(typed.value).startswith("new"):
        return False
    return any(
        other.act == typed.act
        and other.field == "item"
        and (other.key is not None or other.replaced_by is not None)
        for other in end.course.book.typed
    )


def stands_in_its_row(typed: Typed, end: End) -> bool:
    """Whether a row with one of its keys shows the value in its column, whoever wrote it there."""
    desk = Desk(end.course.company.office, typed.tab)
    column = desk.columns().get(typed.field)
    if column is None:
        return False
    return any(
        desk.key(row) in typed.keys and same(desk.value(row, column), typed.value)
        for row in desk.filled()
    )


def described(typed: Typed) -> str:
    """A typed value in words."""
    where = "/".join(typed.key or ("no key",))
    gone = f", taken away in {typed.overwritten_at}" if typed.overwritten_at else ""
    act = "in the morning" if typed.act == MORNING else f"in #{typed.act}"
    return f"{typed.value!r} typed into {typed.field} of {typed.tab} {where} {act}{gone}"


def told_twice(end: End) -> Iterator[Violation]:
    """A value that was typed once is told once."""
    said: Counter[tuple[str, str, str, str, str]] = Counter()
    for event in end.events:
        is_edit = event.decision in ("changed", "put back") and isinstance(event.new, str)
        if is_edit and TOKEN.search(str(event.new)):
            place = (event.tab, event.po_number, event.line_number, event.field)
            said[(*place, str(event.new))] += 1
    for place, times in said.items():
        if times > 1:
            yield Violation(law="no lost edit", what=f"told {times} times: {place}")


# -- requests --------------------------------------------------------------------------------------


def lost_requests(end: End) -> Iterator[Violation]:
    """Every request was carried out, or is refused in a finding, or still stands."""
    for typed in end.course.book.typed:
        if not typed.is_request or typed.number in end.standing or typed.replaced_by is not None:
            continue
        if typed.act == MORNING or stands_in_its_row(typed, end):
            continue
        if not was_answered(typed, end):
            yield Violation(law="no lost edit", what=f"the request {described(typed)}")


def was_answered(typed: Typed, end: End) -> bool:
    """Whether a move, a grant or a finding speaks of the request."""
    acts = {typed.act}
    if typed.again is not None:
        acts.add(end.course.book.typed[typed.again].act)
    group = [t for t in end.course.book.typed if t.act in acts]
    tokens = {token for t in group for token in TOKEN.findall(str(t.value))}
    if any(token in str(event.decision) for token in tokens for event in end.events):
        return True
    for key in typed.keys:
        if key is None:
            continue
        if typed.kind is TabKind.APPROVALS and any(_is_decision(e, key) for e in end.events):
            return True
        document = "/".join(key)
        if any(
            row.get("code") in ("answer-outdated", "approval-limit", "locked-field-edited")
            and str(row.get("document", "")).casefold().startswith(document)
            for row in end.found
        ):
            return True
    return any(tells_of(event, typed) for event in end.events)


def _is_decision(event: Event, key: RowKey) -> bool:
    who, _, tier = event.field.removeprefix("decision of ").partition(" for ")
    told = (event.po_number, event.order_version, tier, who)
    return tuple(map(key_text, told)) == key


# -- own columns -----------------------------------------------------------------------------------


def strange_cells(end: End) -> Iterator[Violation]:
    """What stands in a person's column was typed by a person, put back, or is a number given."""
    office = end.course.company.office
    said: dict[tuple[TabKind, str], list[Typed]] = {}
    for typed in end.course.book.typed:
        said.setdefault((typed.kind, typed.field), []).append(typed)
    for place in office.places.tabs:
        desk = Desk(office, place.address)
        known = desk.columns()
        for field, column in known.items():
            spec = desk.spec.by_field[field]
            if not spec.is_people_s:
                continue
            for row in desk.filled():
                value = desk.value(row, column)
                is_number = (
                    field in ("po_number", "line_number") and place.kind is TabKind.ORDER_LINES
                )
                if value == "" or is_number:
                    continue
                key = desk.key(row)
                typed_here = said.get((place.kind, field), [])
                if not any(_is_from(t, key, value) for t in typed_here):
                    if str(place.address) in end.misplaced:
                        continue
                    what = f"{value!r} in {field} of {place.address} {'/'.join(key or ('no key',))}"
                    yield Violation(law="own columns", what=f"nobody typed {what}")
        yield from _strange_own(end, desk)


def _is_from(typed: Typed, key: RowKey | None, value: Any) -> bool:
    is_row = key in typed.keys or None in typed.keys or key is None
    return is_row and same(typed.value, value)


def _strange_own(end: End, desk: Desk) -> Iterator[Violation]:
    """In columns of people's own stands only what they typed, or what a finding speaks of."""
    if str(desk.address) in end.misplaced:
        return
    values = {
        str(t.value) for t in end.course.book.typed if t.field == OWN and t.tab == desk.address
    }
    headers = desk.header()
    for column, header in enumerate(headers):
        if not str(header).startswith("Mine"):
            continue
        for row in desk.filled():
            value = desk.value(row, column)
            if value != "" and str(value) not in values:
                what = f"{value!r} in their own column {column + 1} of {desk.address} row {row + 1}"
                yield Violation(law="own columns", what=f"nobody typed {what}")
    width = len(headers)
    for row in desk.filled():
        found = desk.tab.grid.row(row)
        for column, value in enumerate(found.values if found is not None else ()):
            is_nameless = column >= width or headers[column] == ""
            if is_nameless and value != "":
                what = (
                    f"{value!r} in the nameless column {column + 1} of {desk.address} row {row + 1}"
                )
                yield Violation(law="own columns", what=f"nobody typed {what}")


# -- history, mails, rest --------------------------------------------------------------------------


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


NUMBERS = (CellKind.QUANTITY, CellKind.MONEY)
