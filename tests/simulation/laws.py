"""The laws that hold after every tick: what the journal has newly told, held against what was asked.

*Graph* (each move an edge, each approval granted), *asked* (no move that nobody asked for, and none
made twice for one asking), *blame* (nothing is put back that nobody typed), *vanished* (no row is
called deleted that nobody took away), *locks hold* (in a tick in which nobody else did anything),
*history verifies* (each event follows from the one before, with the key).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sheetsync.core.comparing.locking import locked_fields
from sheetsync.core.history.chain import GENESIS, shown, verify
from sheetsync.core.model import LineKey, LineState, RowKey, TabAddress, TabKind
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text, line_row, same_cell
from simulation.course import Course
from simulation.desk import Desk
from simulation.notebook import Typed
from simulation.office import the_rules
from simulation.outcome import Violation
from simulation.record import ROW, misplaced, rows_after, same
from simulation.repairs import stands_still
from simulation.worker import HISTORY_KEY

TOKEN = re.compile(r"\bt\d{4}\b")
ASKED = re.compile(r"(action|response) (\w+)(?:: (.*))?", re.DOTALL)
TYPED_OVER = "typed over the agreed value"


@dataclass(kw_only=True)
class Watch:
    """Looks at each tick; remembers how far the journal was read."""

    events: list[Event] = field(default_factory=list)
    locked: dict[LineKey, dict[str, Any]] = field(default_factory=dict)
    _seq: int = -1
    _head: str = GENESIS
    _read: list[tuple[int, str]] = field(default_factory=list)
    _made: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def after_tick(self, course: Course) -> None:
        """Everything that the last tick has told."""
        if course.rewound_to is not None:
            self._rewind(course.rewound_to, course)
            course.rewound_to = None
        fresh = rows_after(course.company.folder, max(self._seq, 0))
        is_first = self._seq < 0
        self._seq = fresh[-1][0] if fresh else max(self._seq, 0)
        course.violations.extend(self._chained(fresh, course))
        for seq, event, mac in fresh:
            self.events.append(event)
            self._read.append((seq, mac))
            if is_first and event.at <= course.started_at:
                continue
            for what in self._broken(event, course):
                course.violations.append(what)
        self._locks(course)

    def _rewind(self, until: int, course: Course) -> None:
        """An older store stands there: what it does not know is told anew, and judged anew."""
        known = sum(seq <= until for seq, _ in self._read)
        del self.events[known:], self._read[known:]
        self._seq, self._head = self._read[-1] if self._read else (0, GENESIS)
        self._made.clear()
        self._made.update(
            (event.po_number, event.line_number, token)
            for event in self.events
            if event.at > course.started_at and _is_move(event)
            for token in TOKEN.findall(event.decision)[-1:]
        )

    def _chained(self, fresh: list[tuple[int, Event, str]], course: Course) -> Iterator[Violation]:
        """Whether what was newly told follows from what was told before."""
        verdict = verify([(*shown(event), mac) for _, event, mac in fresh], HISTORY_KEY, self._head)
        self._head = verdict.head
        if verdict.broken is not None:
            told = f"tick {course.tick - 1}: {verdict.broken.event_id} does not hold"
            yield Violation(law="history", what=f"{told}: {verdict.broken.why}")

    def _broken(self, event: Event, course: Course) -> Iterator[Violation]:
        told = f"tick {course.tick - 1}: {_told(event)}"
        if _is_move(event):
            yield from self._move(event, course, told)
        is_blamed = event.decision == "put back" and event.new is not None
        if is_blamed and not _was_typed(event, course) and not _is_misplaced(event, course):
            yield Violation(law="blame", what=f"{told}: nobody typed that")
        if event.decision == "put back" and not self._was_locked(event, course):
            yield Violation(law="locks hold", what=f"{told}: it was put back and not locked")
        is_deleted = event.field == ROW and event.decision.startswith("deleted")
        if event.decision == "deleted" and course.was_back(event):
            yield Violation(law="vanished", what=f"{told}: it stood there again before the write")
        is_told = is_deleted and course.was_taken_away(event)
        if is_deleted and not is_told and not _is_misplaced(event, course):
            yield Violation(law="vanished", what=f"{told}: nobody took that row away")
        if event.field.startswith("decision of "):
            yield from self._grant(event, course, told)

    def _move(self, event: Event, course: Course, told: str) -> Iterator[Violation]:
        if not _is_edge(event):
            yield Violation(law="graph", what=f"{told}: no edge of the lifecycle")
        if event.actor == "worker":
            if event.new == "approved" and not self._is_granted(event):
                yield Violation(law="graph", what=f"{told}: without a grant")
        elif not _was_asked(event, course):
            yield Violation(law="asked", what=f"{told}: nobody asked that there")
        for token in TOKEN.findall(event.decision)[-1:]:
            self._made[event.po_number, event.line_number, token] += 1
            if self._made[event.po_number, event.line_number, token] > 1:
                yield Violation(law="asked", what=f"{told}: made twice for one asking")

    def _was_locked(self, event: Event, course: Course) -> bool:
        """Whether the cell that was put back is the worker's, or was locked at that time."""
        place = max(
            (p for p in course.company.office.places.tabs if event.tab.startswith(str(p.address))),
            key=lambda p: len(str(p.address)),
        )
        column = the_rules().columns.tabs[place.kind].by_field.get(event.field)
        is_key = event.field in the_rules().columns.tabs[place.kind].key
        if column is None or not column.is_people_s or column.request or is_key:
            return True
        if place.kind not in {TabKind.ORDER_LINES, TabKind.ORDERS}:
            return False
        statuses: dict[object, list[str]] = defaultdict(list)
        for e in self.events:
            if e.field == "status" and e.new != "on_hold" and e.po_number == event.po_number:
                statuses[_line_of(e)].append(str(e.new))
        table, of_lines = the_rules().locking.locked_orders, list(statuses.values())
        if place.kind is TabKind.ORDER_LINES:
            table, of_lines = the_rules().locking.locked, [statuses[_line_of(event)]]
        # A change proposed or a hold locks what the status before it locked.
        return any(
            event.field in locked_fields(LineState(status=status), the_rules(), table)
            for told in of_lines
            for status in told[-2:]
        )

    def _is_granted(self, event: Event) -> bool:
        return any(
            e.field.startswith("decision of ")
            and e.po_number == event.po_number
            and e.decision == "granted"
            and e.order_version == event.order_version
            for e in self.events
        )

    def _grant(self, event: Event, course: Course, told: str) -> Iterator[Violation]:
        who, _, tier = event.field.removeprefix("decision of ").partition(" for ")
        key = tuple(map(key_text, (event.po_number, event.order_version, tier, who)))
        typed = [
            t
            for t in course.book.typed
            if t.kind is TabKind.APPROVALS
            and t.field == "decision"
            and key in t.keys
            and t.value == event.new
        ]
        same_grants = [e for e in self.events if _same_grant(e, event)]
        if not typed:
            yield Violation(law="asked", what=f"{told}: nobody decided that")
        elif len(same_grants) > len(typed):
            yield Violation(law="asked", what=f"{told}: taken more often than it was typed")

    def _locks(self, course: Course) -> None:
        """A locked cell shows what it showed when it was locked, after a quiet tick."""
        if not course.was_quiet or not course.has_settled_quietly:
            self.locked.clear()
            return
        baseline = course.main.state.baseline()
        desk = Desk(course.company.office, course.company.office.places.of(TabKind.ORDER_LINES))
        if stands_still(course.company.office):
            return
        columns = desk.columns()
        rows: dict[RowKey | None, list[int]] = {}
        for row in desk.filled():
            rows.setdefault(desk.key(row), []).append(row)
        seen: dict[LineKey, dict[str, Any]] = {}
        for key, state in baseline.lines.items():
            at = rows.get(line_row(key), [])
            fields = locked_fields(state, the_rules())
            if len(at) != 1:
                continue
            seen[key] = {f: desk.value(at[0], columns[f]) for f in sorted(fields) if f in columns}
            settled = baseline.rows[desk.address].get(line_row(key))
            for name, value in seen[key].items():
                if settled is not None and not same_cell(value or None, settled.cells.get(name)):
                    course.violations.append(
                        Violation(
                            law="locks hold",
                            what=f"tick {course.tick - 1}: {key} {name} shows {value!r}, "
                            f"agreed was {settled.cells.get(name)!r}",
                        )
                    )
        self.locked = seen


def _is_move(event: Event) -> bool:
    is_typed = event.decision.startswith(("changed", "put back", "mend"))
    return event.field == "status" and not is_typed


def _is_edge(event: Event) -> bool:
    moves = the_rules().lifecycle.moves
    if event.decision.startswith("adopted"):
        return True
    return any(event.old in edge.from_ and (edge.to in (event.new, "before")) for edge in moves)


def _line_of(event: Event) -> RowKey:
    return (key_text(event.po_number), key_text(event.line_number))


def _was_asked(event: Event, course: Course) -> bool:
    """Whether somebody asked for the move, on that very row."""
    if event.decision == TYPED_OVER:
        line = _line_of(event)
        return any(t.kind is TabKind.SUPPLIER and line in t.keys for t in course.book.typed)
    asked = ASKED.fullmatch(event.decision)
    return asked is None or _words(course, event, asked[1], asked[2])


def _words(course: Course, event: Event, column: str, word: str) -> bool:
    """Whether somebody asked this by this word on this row."""
    line = _line_of(event)
    wanted = {
        "action": {(TabKind.ORDERS, line[:1]), (TabKind.ORDER_LINES, line)},
        "response": {(TabKind.SUPPLIER, line)},
    }[column]
    return any(
        t.field == column and t.value == word and (t.kind, key) in wanted
        for t in course.book.typed
        for key in t.keys
    )


def _was_typed(event: Event, course: Course) -> bool:
    if str(event.new) in course.book.brought_back:
        return True
    return any(_may_be(t, event) and same(t.value, event.new) for t in course.book.typed)


def _is_misplaced(event: Event, course: Course) -> bool:
    """Whether a finding says that a write went astray in that row."""
    said = misplaced(course.company.office)
    key = tuple(key_text(part) for part in (event.po_number, event.line_number) if part)
    return said.tells_of(event.tab, key)


def _may_be(typed: Typed, event: Event) -> bool:
    return typed.field == event.field


def _same_grant(one: Event, other: Event) -> bool:
    """Whether both tell of the same word on the same row; a yes and a later no were typed apart."""
    return (one.field, one.po_number, one.order_version, one.new) == (
        other.field,
        other.po_number,
        other.order_version,
        other.new,
    )


def _told(event: Event) -> str:
    where = "/".join(part for part in (event.po_number, event.line_number) if part)
    return f"{event.tab} {where} {event.field} {event.old!r} -> {event.new!r} ({event.decision})"


Place = tuple[TabAddress, RowKey]
