"""*No lost edit*, the heart: what became of every value that was typed, and of every request.

Every value stands in its row, or was replaced by a person, or is told in the journal, or stands in a
finding; every request was carried out, or is refused in a finding, or still stands in its cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync.core.model import RowKey, TabKind
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text
from simulation.desk import Desk
from simulation.end import End
from simulation.laws import TOKEN
from simulation.notebook import MORNING, Typed
from simulation.office import the_rules
from simulation.outcome import Violation
from simulation.record import (
    in_a_finding,
    same,
    tells_of,
)


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
        and other.field != "po_number"
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
    """A value that was typed once is told once; brought back by Undo, it is there once more."""
    said: Counter[tuple[str, str, str, str, str]] = Counter()
    for event in end.events:
        is_edit = event.decision in ("changed", "put back") and isinstance(event.new, str)
        if is_edit and TOKEN.search(str(event.new)):
            place = (event.tab, event.po_number, event.line_number, event.field)
            said[(*place, str(event.new))] += 1
    for place, times in said.items():
        most = 2 if place[-1] in end.course.book.brought_back else 1
        if times > most:
            yield Violation(law="no lost edit", what=f"told {times} times: {place}")


def lost_requests(end: End) -> Iterator[Violation]:
    """Every request was carried out, or is refused in a finding, or still stands."""
    for typed in end.course.book.typed:
        if not typed.is_request or typed.number in end.standing or typed.replaced_by is not None:
            continue
        if typed.act == MORNING or stands_in_its_row(typed, end):
            continue
        if not was_answered(typed, end):
            yield Violation(law="no lost edit", what=f"the request {described(typed)}")


def not_cleared(end: End) -> Iterator[Violation]:
    """What was carried out is cleared, so that it is not carried out again."""
    said = {token for event in end.events for token in TOKEN.findall(str(event.decision))}
    for typed in end.course.book.typed:
        is_copied = any((str(typed.tab), key) in end.course.doubled for key in typed.keys)
        is_reason = typed.is_request and typed.field == "reason" and not is_copied
        if is_reason and typed.number in end.standing:
            words = [
                t for t in end.course.book.typed if t.act == typed.act and t.number in end.standing
            ]
            is_whole = any(t.field in ("action", "response") for t in words)
            if is_whole and set(TOKEN.findall(str(typed.value))) & said:
                yield Violation(
                    law="asked", what=f"carried out and not cleared: {described(typed)}"
                )


def was_answered(typed: Typed, end: End) -> bool:
    """Whether a move, a grant or a finding speaks of the request."""
    if typed.field.startswith("proposed_"):
        return any(tells_of(event, typed) for event in end.events) or in_a_finding(
            end.found, typed, end.course.company.office
        )
    if any(is_its_move(event, typed) for event in end.events):
        return True
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
        is_decided = typed.kind is TabKind.APPROVALS and any(
            _is_decision(event, key) for event in end.events
        )
        if is_decided or any(_says_it_was_overwritten(row, typed, key) for row in end.found):
            return True
        document = "/".join(key)
        if any(
            row.get("code") in ("answer-outdated", "approval-limit", "locked-field-edited")
            and str(row.get("document", "")).casefold().startswith(document)
            for row in end.found
        ):
            return True
    return any(tells_of(event, typed) for event in end.events)


def _says_it_was_overwritten(row: Mapping[str, Any], typed: Typed, key: RowKey) -> bool:
    """Whether a finding names the word, which stood in a row that was gone before it was read."""
    document, message = (str(row.get(name, "")) for name in ("document", "message"))
    is_said = row.get("code") == "write-misplaced" and repr(typed.value) in message
    return is_said and document.startswith(" ".join(key))


def is_its_move(event: Event, typed: Typed) -> bool:
    """Whether a move was made by this word on this row, not before it was typed."""
    if typed.since is None or event.at < typed.since or event.field != "status":
        return False
    if not str(event.decision).startswith(f"{typed.field} {typed.value}"):
        return False
    line = (key_text(event.po_number), key_text(event.line_number))
    return any(key in (line, line[:1]) for key in typed.keys)


def _is_decision(event: Event, key: RowKey) -> bool:
    who, _, tier = event.field.removeprefix("decision of ").partition(" for ")
    told = (event.po_number, event.order_version, tier, who)
    return tuple(map(key_text, told)) == key
