"""`sheetsync undo`: which events, what would undo them, and carrying that out as a cycle.

What is to be written is decided twice by the corridor: once to be shown, with nothing written, and
once in the cycle that writes it. Rules, locks and approvals apply as for typing; what they would
put back is not asked for at all. Never: writes without a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.decide import decide
from sheetsync.core.event_rows import ROW, UNDO_OF, named
from sheetsync.core.life import said_cell
from sheetsync.core.mending import is_shown
from sheetsync.core.model import LaidCell, Mandate, RowRef
from sheetsync.core.plan import CellWrite, Event, Plan
from sheetsync.core.rows import same_cell
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.undo import Compensation, Refusal, Undoing, compensations
from sheetsync.cycle import CycleReport, run_cycle
from sheetsync.errors import AskedAmiss
from sheetsync.lookback import Lookback
from sheetsync.ports import Ports

MEANWHILE = "Somebody changed the cell or its row just now; the next cycle takes that up."
ACTOR, PROOF = "operator", "worker"
"""Who an undo is recorded under: whoever may run the command has the worker's own store and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One compensation, as it would be written, and what the rules say to it ("" where it may)."""

    step: Compensation
    asked: LaidCell
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an undo would do: what may be written, what the rules refuse, what cannot be undone."""

    wanted: tuple[Wanted, ...]
    refusals: tuple[Refusal, ...]

    @property
    def allowed(self) -> tuple[LaidCell, ...]:
        """The cells that the rules let stand."""
        return tuple(each.asked for each in self.wanted if not each.refused)


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
        state = self.ports.state
        baseline = state.baseline()
        since = state.events_between(min(event.at for event in chosen))
        undoing = compensations(chosen, since, baseline, self.told.sheet, self.rules.lifecycle)
        snapshot = self.ports.workbook.read(now)
        cells = [(step, laid_cell(step)) for step in undoing.writes if step.field != ROW]
        asked = tuple(cell for _, cell in cells if is_shown(cell, snapshot, self.rules.columns))
        plan = decide(snapshot, baseline, self.rules, self.mandate, now, asked=asked)
        wanted = tuple(
            Wanted(
                step=step,
                asked=cell,
                refused=self._refused(step, cell, plan) if cell in asked else MEANWHILE,
            )
            for step, cell in cells
        )
        return Proposal(wanted=wanted, refusals=(*undoing.refusals, *_rows(undoing, chosen)))

    def carry_out(self, proposal: Proposal, now: datetime) -> tuple[CycleReport, tuple[Event, ...]]:
        """Write what is allowed, in a cycle; returns its report and the events that came of it."""
        report = run_cycle(self.ports, self.rules, self.mandate, now, asked=proposal.allowed)
        reasons = {cell.because for cell in proposal.allowed}
        made = self.ports.state.events_between(now)
        return report, tuple(event for event in made if event.decision in reasons)

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
        cells = settled.cells if settled is not None else {}
        name = named(step.place, step.key, columns, cells)
        line = "/".join(part for part in (name["po_number"], name["line_number"]) if part)
        kind, field = step.place.kind, step.field

        return (
            f"{name['tab']} {line}".rstrip(),
            columns.tabs[kind].by_field[field].header,
            said_cell(kind, field, step.shown, cells, columns),
            said_cell(kind, field, step.value, cells, columns),
        )

    def _refused(self, step: Compensation, cell: LaidCell, plan: Plan) -> str:
        """What the rules say to it; "" where the plan writes it and tells of it."""
        if cell.tab in plan.still:
            return "The tab stands still until somebody has looked at it."
        name = named(step.place, step.key, self.rules.columns, {})
        is_told = any(
            event.decision == cell.because
            and event.field == cell.field
            and event.tab == name["tab"]
            for event in plan.events
        )
        is_written = any(
            isinstance(write, CellWrite)
            and (write.tab, write.ref.key, write.field) == (cell.tab, cell.key, cell.field)
            and same_cell(write.value, cell.value)
            for write in plan.writes
        )
        if is_told and is_written:
            return ""
        found = (
            finding.message
            for finding in plan.findings
            if finding.tab == cell.tab
            and finding.field == cell.field
            and finding.ref is not None
            and finding.ref.key == cell.key
        )
        return next(found, "The rules do not let this value stand.")


def laid_cell(step: Compensation) -> LaidCell:
    """The cell as the corridor is asked for it."""
    return LaidCell(
        tab=step.place.address,
        ref=RowRef(key=step.key),
        key=step.key,
        field=step.field,
        shown=step.shown,
        value=step.value,
        because=UNDO_OF + ", ".join(step.undoes),
        actor=ACTOR,
        proof=PROOF,
    )


def _rows(undoing: Undoing, chosen: Sequence[Event]) -> Iterator[Refusal]:
    """Rows that would stand again."""
    by_id = {event.event_id: event for event in chosen}
    for step in undoing.writes:
        if step.field == ROW:
            for event_id in step.undoes:
                yield Refusal(event=by_id[event_id], why="Type the row again.")
