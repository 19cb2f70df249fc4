"""The course of events: the real worker, tick by tick, and a story that happens around its steps.

One thread, one clock. Whatever is due at a step happens there; an act whose step never came happens
after the tick, a fault, a death or a sleep in the next one. Afterwards people mend what stops the
worker, nothing more goes wrong, and it works until it rests. Never: judges; `laws` and `oracle` do.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sheetsync.core.model import RowKey, TabKind
from sheetsync.core.plan import Event
from sheetsync.errors import SafetyStop, SetupError, SheetsyncError
from sheetsync.localsheets.faults import Fault, Faults
from simulation.company import Company, open_company
from simulation.desk import Desk
from simulation.hands import Hand, Nothing
from simulation.notebook import Notebook
from simulation.office import Refused
from simulation.outcome import Broken, Tally, Violation, where
from simulation.people import ACTS, MEDDLING
from simulation.record import shown_rows
from simulation.repairs import let_tabs_go_on, put_headers_right
from simulation.restoring import REFUSED, Backup
from simulation.story import FAULTS, SLOW_S, Happening, Story
from simulation.thinking import Thinking
from simulation.worker import LEASE_S, Killed, Life, Post

CYCLES = 20
MOST_CYCLES_TO_REST = 14
MOST_TICKS = 60
FAULTS_AT_LEAST = 5
CYCLES_OF_REST = 5
"""As many as coming to rest takes at least; they count."""

TICK_OF_TWICE = timedelta(hours=3)
"""Each tick of a story that is played twice begins at its own hour, whatever went wrong before."""

LONGER_THAN_NOTICES = timedelta(days=2)
"""A notice stands a day from when it was found, which a death puts off."""

MOST_ROUNDS = 9

MOVES_KEYS = frozenset(
    {
        *("delete_row", "undo_delete", "cut_row", "copy_row_down", "wipe_tab", "drag_row"),
        *("respell_key", "change_key", "rename_header", "rename_back", "paste_block"),
        *("order_lines", "receipt", "invoice", "sort_tab"),
    }
)
"""The acts after which other keys may stand on a tab, or the same ones twice."""


class OneFault:
    """A fault of the local server for the very next call, and no other."""

    def __init__(self, rule: dict[str, object]) -> None:
        self.kind = str(rule["kind"])
        self._faults = Faults([dict(rule)])

    def due(self, method_id: str) -> Fault | None:
        """The fault."""
        return self._faults.due(method_id)


@dataclass(kw_only=True)
class Course:
    """One run, as far as it has come."""

    story: Story
    company: Company
    book: Notebook
    post: Post
    tally: Tally = field(default_factory=Tally)
    told: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    at_rest: bool = False
    tick: int = 0
    was_quiet: bool = False

    def __post_init__(self) -> None:
        self._due = list(self.story.happenings)
        self._count: Counter[tuple[str, bool]] = Counter()
        self._depth = 0
        self._fault = ""
        self._last_was_clean = False
        self._main: Life | None = None
        self._before: set[int] = set()
        self._touched = False
        self._others = False
        self.started_at = self.company.clock.now()
        self.back: dict[tuple[str, RowKey], int] = {}
        self.doubled: set[tuple[str, RowKey]] = set()
        self._taken: list[tuple[str, RowKey]] = []
        self.backup = Backup(company=self.company)
        self.rewound_to: int | None = None

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Nothing happens while the judge looks."""
        self._depth += 1
        yield
        self._depth -= 1

    # -- the steps of the worker -------------------------------------------------------------------

    def step(self, life: Life, place: str, *, is_after: bool) -> None:
        """Something is about to leave the worker, or has left it. May raise `Killed`."""
        self.company.clock.wait(0.2)
        if is_after and place in ("read", "write"):
            self.company.office.server.faults = None  # the call that it was meant for is over
        if is_after and place == "write":
            self.book.overwritten(self._before, f"tick {self.tick}, a write of {life.name}")
        if self._depth == 0:
            self._count[place, is_after] += 1
            self._happen(life, place, self._count[place, is_after], is_after=is_after)
        if not is_after and place in ("read", "write"):
            self._strike()
        if not is_after and place == "write":
            self._before = self.book.standing()

    def _happen(self, life: Life, place: str, nth: int, *, is_after: bool) -> None:
        due = [
            each
            for each in self._due
            if each.tick == self.tick
            and (each.place, each.nth, each.is_after) == (place, nth, is_after)
        ]
        for each in sorted(due, key=lambda each: (ORDER[each.sort], each.number)):
            self._due.remove(each)
            self._do(each, life)

    def _do(self, happening: Happening, life: Life | None) -> None:
        match happening.sort:
            case "act":
                self._act(happening)
            case "fault":
                self._fault = happening.what
            case "post":
                self.post.trouble.append(happening.what)
                self._tell(happening, f"the mail server will say: {happening.what}")
            case "backup":
                self.backup.make()
                self._tell(happening, "the operator makes a backup of the store")
            case "restore":
                self.backup.awaits = self.backup.until >= 0
            case "rival":
                self._rival(happening, rounds=1)
            case "sleep":
                self.tally.sleeps += 1
                self.company.clock.wait(LEASE_S + 60)
                self._tell(happening, f"{life.name if life else ''} sleeps beyond its lease")
                self._rival(happening, rounds=int(happening.what))
            case _ if life is not None:
                self.tally.deaths += 1
                self._tell(happening, f"{life.name} dies")
                raise Killed

    def _act(self, happening: Happening) -> None:
        _, act = ACTS[happening.what]
        self.book.act = happening.number
        moves_keys = happening.what in MOVES_KEYS
        meddles = happening.what in MEDDLING
        history = shown_rows(self.company.office) if meddles else ()
        before = self.book.standing()
        keys = self._keys() if moves_keys else Counter()
        dice = random.Random(happening.seed)  # noqa: S311 - a story, no secret
        hand = Hand(office=self.company.office, book=self.book, dice=dice)
        try:
            words = act(hand)
        except Nothing:
            return
        except Exception as error:
            if isinstance(error, Refused):
                self._tell(happening, f"somebody tries to {happening.what}: {error}")
                return
            raise Broken(f"{happening}: {error!r}") from error
        is_before_writes = not (self._depth or self._others or self._count["write", False])
        if happening.what == "undo_delete" and happening.place == "read" and is_before_writes:
            self.back = dict.fromkeys((self._keys() - keys).elements(), self.tick)
        self._touched = True
        self.tally.acts += 1
        self.book.replaced(before)
        if meddles:
            self.book.meddled(history, shown_rows(self.company.office))
        if happening.what == "rename_back":
            self.book.follow()
        now = self._keys() if moves_keys else Counter()
        self._taken += sorted((keys - now).elements())
        self.back = {place: tick for place, tick in self.back.items() if place not in keys - now}
        most = 0 if happening.what == "undo_delete" else 1
        self.doubled |= {place for place, count in now.items() if count > max(most, keys[place])}
        self._tell(happening, f"somebody {words}")

    def _keys(self) -> Counter[tuple[str, RowKey]]:
        """The keys of all rows of all tabs."""
        found: Counter[tuple[str, RowKey]] = Counter()
        for place in self.company.office.places.tabs:
            if place.kind is not TabKind.HISTORY:
                desk = Desk(self.company.office, place.address)
                tab = str(place.address)
                found.update((tab, key) for key in desk.row_keys() if key is not None)
        return found

    def was_back(self, event: Event) -> bool:
        """Whether the row of which an event says that it is gone stood there again by then."""
        if self.book.tick_at is not None and event.at < self.book.tick_at:
            return False  # taken over from a lost store: it was told, and judged, before
        said = f"{event.tab} {event.po_number} {event.line_number}".casefold()
        return any(
            tick == self.tick - 1
            and event.tab.startswith(tab)
            and all(part in said for part in key)
            for (tab, key), tick in self.back.items()
        )

    def was_taken_away(self, event: Event) -> bool:
        """Whether a person took away the row of which an event says so."""
        said = f"{event.tab} {event.po_number} {event.line_number}".casefold()
        return any(
            event.tab.startswith(tab) and all(part in said for part in key)
            for tab, key in self._taken
        )

    @property
    def has_settled_quietly(self) -> bool:
        """Whether the last cycle met nobody and left nothing skipped."""
        return self._main is not None and self._last_was_clean

    def will_meet(self, fault: str) -> None:
        """The next call of the worker meets a fault, unless another one waits for it."""
        self._fault = self._fault or fault

    def _strike(self) -> None:
        if not self._fault:
            return
        what, self._fault = self._fault, ""
        rule = FAULTS[what][1]
        if rule["kind"] == "slow":
            self.company.clock.wait(SLOW_S)
        self.company.office.server.faults = OneFault(rule)  # type: ignore[assignment]
        self.tally.faults += 1
        self.told.append(f"    the next call of the worker meets: {what}")

    def _rival(self, happening: Happening, *, rounds: int) -> None:
        """Another worker works while this one waits at its step."""
        self.tally.rivals += 1
        self._depth += 1
        self._others = True
        rival = self.new_life()
        for nth in range(1, rounds + 1):
            if happening.sort == "sleep":
                self._happen(rival, "asleep", nth, is_after=False)
                self.company.clock.wait(120)
            self._tell(happening, f"{rival.name} ticks")
            rival.tick()
            self._tell_cycles(rival)
        rival.close()
        self._depth -= 1

    # -- ticks -------------------------------------------------------------------------------------

    def new_life(self) -> Life:
        """A worker process starts."""
        life = Life(
            name=f"worker {len(self.lives) + 1}",
            office=self.company.office,
            clock=self.company.clock,
            steps=self,
            post=self.post,
            url=self.company.url,
        )
        self.lives.append(life)
        return life

    def run_tick(self, gap_s: float) -> None:
        """People, then one tick of the worker, then those who came too late."""
        self.company.clock.wait(gap_s)
        self._keep_time()
        self._count.clear()
        # Change history tells whole seconds, and events may be taken over from there.
        self.book.tick = self.tick
        self.book.tick_at = self.company.clock.now().replace(microsecond=0)
        self._happen(
            self._main or self.lives[-1], "between", 1, is_after=False
        ) if self.lives else self._between()
        if self.backup.awaits and self.backup.can_serve():
            self._restore()
        self._touched = self._others = False
        self._work()
        if self.story.is_twice:
            self._work_until_idle()
        self._leave_over()
        self.was_quiet = not self._touched  # nor did anybody since
        self.book.follow()
        self.tick += 1

    def _work(self) -> bool:
        """One tick of the worker that is at work; whether it found nothing to do."""
        if self._main is None:
            self._main = self.new_life()
        life = self._main
        self._confirm(life)
        self.told.append(
            f"  tick {self.tick} of {life.name} at {self.company.clock.now():%d %H:%M:%S}"
        )
        seen = len(life.errors)
        try:
            life.tick()
        except Killed:
            self._bury(life)
        except Exception:  # noqa: BLE001 - the worker ended itself; its errors are judged below
            self._bury(life)
        self._judge_errors(life, seen)
        is_idle = bool(life.reports) and all(
            not (report.cycle_id or report.writes) for report in life.reports
        )
        self._tell_cycles(life)
        return is_idle and len(life.errors) == seen and not life.is_dead

    def _restore(self) -> None:
        """The operator stops the worker, puts the backup in the store's place, and is told."""
        if self._main is not None:
            self._main.close()
        self.company.clock.wait(LEASE_S + 1)
        self.backup.put_back()
        self.rewound_to = self.backup.until
        self.tally.restores += 1
        self.told.append("    the operator puts the backup in the store's place")
        self._main = self.new_life()
        fault, self._fault = self._fault, ""
        with self.unwatched():
            self._work()
        self._fault = fault

    def _work_until_idle(self) -> None:
        """Nobody acts before the worker, or the one that came after it, has nothing left to do."""
        for _ in range(MOST_ROUNDS):
            self.company.clock.wait(60 if self._main is not None else LEASE_S + 1)
            if self._work():
                return

    def _keep_time(self) -> None:
        """A story that is played twice tells both times the same hour when people act."""
        if self.story.is_twice:
            due = self.started_at + (self.tick + 1) * TICK_OF_TWICE
            self.company.clock.time = max(self.company.clock.time, due)

    def _between(self) -> None:
        for each in [e for e in self._due if e.tick == self.tick and e.place == "between"]:
            self._due.remove(each)
            self._do(each, None)

    def _confirm(self, life: Life) -> None:
        """The operator looked into a stop and lets it go on."""
        if life.errors and isinstance(life.errors[-1], SafetyStop) and not life.is_confirmed:
            life.is_confirmed = True
            self.told.append("    the operator confirms")

    def _judge_errors(self, life: Life, seen: int) -> None:
        for error in life.errors[seen:]:
            self.told.append(f"    {type(error).__name__}: {error}")
            if REFUSED in str(error):
                self.backup.put_right(self.book)
                self.told.append("    the operator puts headers and Change history right")
            if not isinstance(error, SheetsyncError) or isinstance(error, SetupError):
                place = where(error)
                self.violations.append(
                    Violation(
                        law="it goes on",
                        what=f"tick {self.tick}: {type(error).__name__}: {error} {place}",
                        sort=f"{type(error).__name__} {place}",
                    )
                )

    def _bury(self, life: Life) -> None:
        life.close()
        self.company.office.server.faults = None
        self._main = None
        # Somebody notices sooner or later; at times before the lease of the dead is over.
        if (self.story.seed + self.tick) % 3:
            self.company.clock.wait(LEASE_S + 1)

    def _tell_cycles(self, life: Life) -> None:
        """One line a cycle."""
        self._last_was_clean = bool(life.reports) and not any(
            report.cycle_id or report.writes_skipped for report in life.reports[-1:]
        )
        for report in life.reports:
            self.tally.cycles += 1
            self.told.append(
                f"    cycle {report.cycle_id} of {life.name}: {report.cells_written} cells, "
                f"{report.history_rows} history rows, {report.writes_skipped} skipped"
                + (", finished an interrupted one" if report.finished_interrupted else "")
            )
        life.reports.clear()
        self.tally.cycles += len(life.errors) - getattr(life, "told_errors", 0)
        life.told_errors = len(life.errors)  # type: ignore[attr-defined]

    def _leave_over(self) -> None:
        """What is late: acts now, trouble in the next tick."""
        self._others = True  # whatever this tick wrote is written
        late = [each for each in self._due if each.tick <= self.tick]
        for each in late:
            self._due.remove(each)
            if each.sort == "act":
                self._do(each, None)
            else:
                place = each.place if each.place in ("read", "write", "store", "mail") else "read"
                self._due.append(replace(each, tick=self.tick + 1, place=place, nth=1))

    def _tell(self, happening: Happening, words: str) -> None:
        where = "" if happening.place == "between" else f" [{happening.place} {happening.nth}]"
        self.told.append(f"    #{happening.number}{where} {words}")

    # -- rest --------------------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        """People mend, nothing goes wrong any more, and the worker works until nothing is left."""
        self._due.clear()
        self.post.trouble.clear()
        self._keep_time()
        if self.story.is_twice:
            self.company.clock.time += LONGER_THAN_NOTICES
        self.told.append("  then all is quiet")
        self.book.act = 10_000
        for place in self.company.office.places.tabs:
            put_headers_right(Desk(self.company.office, place.address))
        self.book.follow()  # now rows have keys that had none while a header was unknown
        self.company.clock.wait(LEASE_S + 1)
        if self._main is None:
            self._main = self.new_life()
        life = self._main
        idle = 0
        for round_ in range(MOST_CYCLES_TO_REST):
            # First what waits for its hour, such as mails that failed; then no time passes.
            self.company.clock.time += timedelta(minutes=61) if round_ < 3 else timedelta(seconds=1)
            self._confirm(life)
            let_tabs_go_on(self.company.office)
            seen = len(life.errors)
            with suppress(Exception):  # it is among the errors, which are judged
                life.worker.tick()
            resting = len(life.errors) == seen and all(
                not (r.cycle_id or r.writes or r.mails_queued) for r in life.reports
            )
            self._release_mails(life)
            self._tell_cycles(life)
            self._judge_errors(life, seen)
            idle = idle + 1 if resting else 0
            if idle == 2 and round_ > 3:
                self.at_rest = True
                return
        self.violations.append(
            Violation(law="settling", what=f"no rest after {MOST_CYCLES_TO_REST} ticks")
        )

    def _release_mails(self, life: Life) -> None:
        """A person looks into the mails of unknown fate: sent again only if they never arrived."""
        for mail_id in life.state.mails_uncertain():
            again = mail_id not in self.post.arrived
            life.state.release_uncertain(mail_id, self.company.clock.now(), send_again=again)

    @property
    def main(self) -> Life:
        """The worker that is at work."""
        assert self._main is not None
        return self._main

    def close(self) -> None:
        """The end."""
        for life in self.lives:
            if not life.is_dead:
                life.close()


ORDER = {
    name: place
    for place, name in enumerate(
        ("act", "post", "sleep", "rival", "fault", "death", "backup", "restore")
    )
}


Check = Callable[[Course], None]


def play(story: Story, after_tick: Check, *at_the_end: Check) -> Course:
    """Let a story happen.

    Args:
        story: What happens.
        after_tick: Looks at the laws that hold after every tick.
        at_the_end: Look at all of them, once the worker rests.
    """
    company = open_company("run")
    random.seed(story.seed)  # tenacity's jitter
    course = Course(
        story=story,
        company=company,
        book=Notebook(office=company.office),
        post=Post(folder=company.folder / "mails", is_folder=story.is_folder),
    )
    thinking = Thinking()
    try:
        with thinking.at_work():
            _go_through(course, story, after_tick)
        course.violations += [
            Violation(law="part is whole", what=what) for what in thinking.differences
        ]
        for look in at_the_end:
            look(course)
    finally:
        course.close()
    return course


def _go_through(course: Course, story: Story, after_tick: Check) -> None:
    enough = CYCLES - CYCLES_OF_REST if story.is_whole and not story.is_twice else 0
    while course.tick < len(story.gaps_s) or course.tally.cycles < enough:
        if (
            story.is_whole
            and FAULTS_AT_LEAST - course.tally.faults >= len(story.gaps_s) - course.tick
        ):
            course.will_meet("503")
        course.run_tick(story.gaps_s[course.tick % len(story.gaps_s)])
        after_tick(course)
        if course.tick > MOST_TICKS:
            break
    course.come_to_rest()
