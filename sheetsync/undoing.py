"""`sheetsync undo`: which events, what would undo them, and carrying that out as a cycle.

What is to be written is decided twice by the corridor: once to be shown, with nothing written, and
once in the cycle that writes it. Rules, locks and approvals apply as for typing; what they would
put back is not asked for at all. Never: writes without a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.comparing.mending import is_free, is_shown
from sheetsync.core.decide import decide
from sheetsync.core.history.event_rows import ROW, UNDO_OF, named
from sheetsync.core.life import said_cell
from sheetsync.core.model import Laid, LaidCell, LaidRow, Mandate, Mode, RowRef, Snapshot
from sheetsync.core.plan import CellWrite, Event, Plan, RowAppend, Write
from sheetsync.core.rows import same_cell
from sheetsync.core.rulebook import ColumnRules, Rulebook
from sheetsync.core.undo import Compensation, Refusal, compensations
from sheetsync.cycle import run_cycle
from sheetsync.errors import AskedAmiss
from sheetsync.lookback import Lookback
from sheetsync.ports import Ports

MEANWHILE = "Somebody changed the cell or its row just now; the next cycle takes that up."
STANDS_STILL = "The tab stands still until somebody has looked at it."
SEVERAL_TIMES = "The row stands there several times. Delete the copies first."
COPIES = frozenset({"duplicate-key", "DUPLICATE"})
ACTOR, PROOF = "operator", "worker"
"""Who an undo is recorded under: whoever may run the command has the worker's own store and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One compensation, as it would be written, and what the rules say to it ("" where it may)."""

    step: Compensation
    asked: Laid
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an undo would do: what may be written, what the rules refuse, what cannot be undone."""

    wanted: tuple[Wanted, ...]
    refusals: tuple[Refusal, ...]

    @property
    def allowed(self) -> tuple[Laid, ...]:
        """What the rules let stand."""
        return tuple(each.asked for each in self.wanted if not each.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The events that came of it, and the cells that somebody had changed in between."""

    events: tuple[Event, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The worker's parts, and how its journal is looked at."""

    ports: Ports
    rules: Rulebook
    mandate: Mandate
    told: Lookback

    def one(self, event_id: str) -> tuple[Event, ...]:
        """The event of that id. Raises `AskedAmiss`."""
        event = self.ports.state.event_of(event_id.strip())
        if event is None:
            raise AskedAmiss(
                f"The change history knows no event {event_id!r}.",
                remedy="`sheetsync history show PO` shows each event with its id.",
            )
        return (event,)

    def some(self, since: str, until: str, actor: str) -> tuple[Event, ...]:
        """What an actor did in that time, oldest first. Raises `AskedAmiss`."""
        begin = self.told.moment(since, "--since", is_end=False)
        end = self.told.moment(until, "--until", is_end=True) if until else None
        events = self.ports.state.events_between(begin, end)
        names = {actor.casefold(), f"supplier {actor}".casefold()}
        found = tuple(event for event in events if event.actor.casefold() in names)
        if not found:
            others = sorted({event.actor for event in events})
            remedy = f"There acted: {', '.join(others)}." if others else "Nothing happened then."
            raise AskedAmiss(f"{actor!r} did nothing in that time.", remedy=remedy)
        return found

    def propose(self, chosen: Sequence[Event], now: datetime) -> Proposal:
        """What would undo these events, and what the rules say to it. Writes nothing."""
        state, columns = self.ports.state, self.rules.columns
        baseline = state.baseline()
        since = state.events_between(min(event.at for event in chosen))
        undoing = compensations(chosen, since, baseline, self.told.sheet, self.rules.lifecycle)
        snapshot = self.ports.workbook.read(now)
        steps = [(step, laid(step)) for step in undoing.writes]
        asked = [each for _, each in steps if meets(each, snapshot, columns)]
        plan = decide(snapshot, baseline, self.rules, self.mandate, now, asked=asked)
        wanted = tuple(
            Wanted(
                step=step,
                asked=each,
                refused=(
                    self._refused(step, each, plan) if each in asked else _not_met(step, each, plan)
                ),
            )
            for step, each in steps
        )
        return Proposal(wanted=wanted, refusals=undoing.refusals)

    def carry_out(self, proposal: Proposal, now: datetime) -> Done:
        """Write what is allowed, in a cycle."""
        allowed = [each for each in proposal.wanted if not each.refused]
        rows = {each.asked.because: self._row(each) for each in allowed}
        run_cycle(self.ports, self.rules, self.mandate, now, asked=proposal.allowed)
        made = self.ports.state.events_between(now)
        events = tuple(event for event in made if event.decision in rows)
        written = {event.decision for event in events}
        left = (row[:2] for because, row in rows.items() if because not in written)
        return Done(events=events, left=tuple(f"{where}, {column}" for where, column in left))

    def table(self, proposal: Proposal) -> Iterator[tuple[str, str, str, str]]:
        """Each cell that would be written: where, its column, what it shows, what it will show."""
        for each in proposal.wanted:
            if not each.refused:
                yield self._row(each)

    def refusals(self, proposal: Proposal) -> Iterator[str]:
        """Each event that is not undone, what it was, and why."""
        for each in proposal.wanted:
            if each.refused:
                where, column, shown, value = self._row(each)
                yield (
                    f"{', '.join(each.step.undoes)} ({where}, {column} from {shown} back to "
                    f"{value}): {each.refused}"
                )
        for refusal in proposal.refusals:
            event = refusal.event
            line = "/".join(part for part in (event.po_number, event.line_number) if part)
            what = f"{line} {event.tab}".strip()
            yield f"{event.event_id} ({what}, {event.field}: {event.decision}): {refusal.why}"

    def _row(self, each: Wanted) -> tuple[str, str, str, str]:
        step, columns = each.step, self.rules.columns
        settled = self.ports.state.baseline().rows.get(step.place.address, {}).get(step.key)
        cells = settled.cells if settled is not None else step.cells
        name = named(step.place, step.key, columns, cells)
        line = "/".join(part for part in (name["po_number"], name["line_number"]) if part)
        where = f"{name['tab']} {line}".rstrip()
        kind, spec = step.place.kind, columns.tabs[step.place.kind]
        if step.field == ROW:
            said = (
                f"{spec.by_field[field].header} {said_cell(kind, field, cell, cells, columns)}"
                for field, cell in step.cells.items()
            )
            return where, "the whole row", "nothing", "; ".join(said)
        shown, value = (
            said_cell(kind, step.field, cell, cells, columns) for cell in (step.shown, step.value)
        )
        return where, spec.by_field[step.field].header, shown, value

    def _refused(self, step: Compensation, asked: Laid, plan: Plan) -> str:
        """What the rules say to it; "" where the plan writes it and tells of it."""
        if asked.tab in plan.still:
            return STANDS_STILL
        name = named(step.place, step.key, self.rules.columns, step.cells)
        is_told = any(
            (event.decision, event.field, event.tab) == (asked.because, step.field, name["tab"])
            for event in plan.events
        )
        if is_told and any(_writes(write, asked) for write in plan.writes):
            return ""
        if self.mandate.mode is not Mode.LIVE:
            return f"The rules, or the mode {self.mandate.mode}, do not let it be written."
        found = (
            finding.message
            for finding in plan.findings
            if finding.tab == asked.tab
            and finding.field in {step.field, None}
            and finding.ref is not None
            and finding.ref.key == step.key
        )
        return next(found, "The rules do not let it stand.")


def laid(step: Compensation) -> Laid:
    """The cell or row as the corridor is asked for it."""
    because = UNDO_OF + ", ".join(step.undoes)
    if step.field == ROW:
        return LaidRow(
            tab=step.place.address,
            key=step.key,
            cells=step.cells,
            because=because,
            actor=ACTOR,
            proof=PROOF,
        )
    return LaidCell(
        tab=step.place.address,
        ref=RowRef(key=step.key),
        key=step.key,
        field=step.field,
        shown=step.shown,
        value=step.value,
        because=because,
        actor=ACTOR,
        proof=PROOF,
    )


def meets(asked: Laid, snapshot: Snapshot, columns: ColumnRules) -> bool:
    """Whether the sheet is still as the undo expects it."""
    if isinstance(asked, LaidRow):
        return is_free(asked, snapshot, columns)
    return is_shown(asked, snapshot, columns)


def _not_met(step: Compensation, asked: Laid, plan: Plan) -> str:
    """Why the sheet is not as the undo expects it."""
    if asked.tab in plan.still:
        return STANDS_STILL
    if any(
        finding.tab == asked.tab and finding.ref is not None and finding.ref.key == step.key
        for finding in plan.findings
        if finding.code in COPIES
    ):
        return SEVERAL_TIMES
    return MEANWHILE


def _writes(write: Write, asked: Laid) -> bool:
    if isinstance(asked, LaidRow):
        return isinstance(write, RowAppend) and (write.tab, write.key) == (asked.tab, asked.key)
    return (
        isinstance(write, CellWrite)
        and (write.tab, write.ref.key, write.field) == (asked.tab, asked.key, asked.field)
        and same_cell(write.value, asked.value)
    )
