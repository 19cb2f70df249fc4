"""`make simulate-mutants`: deliberate faults in the worker, each of which some seed must catch.

A mutant is the real worker with one function replaced while it runs. It is caught when a story
breaks a law that the same story keeps with the worker as it is. Mutants are played one after the
other, seeds in order, until one catches it. Never: part of `make test`; it takes its time.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import update

from sheetsync.core.plan import Applied
from sheetsync.core.rows import row_refs
from sheetsync.state.tables import intent
from simulation.__main__ import HASHES, quiet, say
from simulation.company import morning
from simulation.run import run_seed

Change = Callable[[Any], Any]
"""From a function of the worker to the one that stands in for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One deliberate fault: what it is, where it is, what stands there instead."""

    name: str
    words: str
    changes: tuple[tuple[str, str, Change], ...]


def always(value: Any) -> Change:
    """A function that answers the same, whatever it is asked."""
    return lambda _old: lambda *_arguments, **_options: value


def _taken_blindly(old: Any) -> Any:
    """What a skipped write would have made is believed to stand there."""

    def settled_delta(before: Any, plan: Any, applied: Any, *rest: Any) -> Any:
        every = frozenset(range(len(plan.writes)))
        return old(before, plan, replace(applied, taken=every, skipped={}), *rest)

    return settled_delta


def _told_blindly(old: Any) -> Any:
    """An event is told although its write was skipped."""
    return lambda plan, _taken: old(plan, frozenset(range(len(plan.writes))))


def _whatever_stands_there(old: Any) -> Any:
    """A write does not look at what its cell shows."""

    def fit_cell(fit: Any, index: int, write: Any, row: Any) -> None:
        if row is not None and write.field in fit.sight.columns:
            shown = fit.sight.rows[row][fit.sight.spec.index[write.field]]
            write = replace(write, expected=shown)
        old(fit, index, write, row)

    return fit_cell


def _by_row_number(_old: Any) -> Any:
    """Rows are found where the plan's keys stood in sorted order, not where they stand."""

    def find_rows(writes: Any, sight: Any) -> dict[Any, int]:
        rows = {ref: at for at, ref in enumerate(row_refs(sight.rows, sight.spec)) if ref}
        last = max(len(sight.rows) - 1, 0)
        return {
            w.ref: min(rows[w.ref] + 1, last) if rows[w.ref] % 3 == 2 else rows[w.ref]
            for w in writes
            if w.ref in rows
        }

    return find_rows


def _append_again(old: Any) -> Any:
    """A new row is written again although one with its key stands there."""

    def fit_row(fit: Any, index: int, append: Any, _there: Any) -> None:
        old(fit, index, append, None)

    return fit_row


FIRST_LOOKS: dict[tuple[str, str], Any] = {}


def _remember_looks(old: Any) -> Any:
    """What the first reading showed is kept."""

    def as_reading(place: Any, sight: Any) -> Any:
        FIRST_LOOKS[place.address.spreadsheet, place.address.tab] = sight
        return old(place, sight)

    return as_reading


def _first_look_only(old: Any) -> Any:
    """No second reading: writes are fitted to what the first one showed."""

    def see_again(self: Any, name: str, tabs: Any, titles: Any, writes: Any) -> Any:
        sights = old(self, name, tabs, titles, writes)
        return [
            sight if "history" in title else FIRST_LOOKS.get((name, title), sight)
            for title, sight in zip(titles, sights, strict=True)
        ]

    return see_again


def _settle_first(old: Any) -> Any:
    """The plan is settled as if all of it took, then it is carried out."""

    def carry_out(plan: Any, workbook: Any, session: Any, now: Any) -> Any:
        if plan.is_empty:
            return old(plan, workbook, session, now)
        cycle_id = session.record_intent(plan, now)
        every = Applied(taken=frozenset(range(len(plan.writes))))
        session.settle(cycle_id, plan, every, now)
        cycle = importlib.import_module("sheetsync.cycle")
        batch = cycle.batch_of(cycle_id, session)
        return cycle_id, workbook.apply(plan.writes, cycle.telling(plan, session), batch)

    return carry_out


def _forget_intents(old: Any) -> Any:
    """A plan that was interrupted is thrown away at the next start."""

    def interrupted(self: Any) -> None:
        if old(self) is not None:
            with self._database.writing() as connection:
                connection.execute(
                    update(intent)
                    .where(intent.c.settled_at.is_(None))
                    .values(settled_at=intent.c.recorded_at)
                )

    return interrupted


def _worker_knows_better(old: Any) -> Any:
    """What people typed into their own columns is put back as if it were locked."""

    def is_locked(change: Any, *rest: Any) -> bool:
        is_note = change.field in ("notes", "comment", "quantity", "unit_price")
        return is_note or bool(old(change, *rest))

    return is_locked


def _hear_nothing(old: Any) -> Any:
    """What the witnesses tell is not laid back."""

    def mend(snapshot: Any, *rest: Any) -> Any:
        return old(replace(snapshot, witnesses=()), *rest)

    return mend


def _claim_in_memory(old: Any) -> Any:
    """A mail is claimed without a trace in the store."""

    def claim(connection: Any, mail_id: str, *rest: Any) -> bool:
        del connection, mail_id, rest
        return True

    return claim


def _recover_sends_again(old: Any) -> Any:
    """A mail that a dead worker was sending is sent again without asking."""

    def recover(connection: Any, now: Any, *, resend_is_safe: bool) -> None:
        del resend_is_safe
        old(connection, now, resend_is_safe=True)

    return recover


def _any_version(old: Any) -> Any:
    """A yes to an earlier version of an order counts for this one."""

    def is_covered(state: Any, *rest: Any) -> bool:
        grants = tuple(replace(grant, version=state.version) for grant in state.grants)
        return bool(old(replace(state, grants=grants), *rest))

    return is_covered


def _never_cleared(_old: Any) -> Any:
    """Requests that were carried out stay in their cells, and nobody remembers them."""
    return lambda *_asked: frozenset()


def _vanished_at_once(_old: Any) -> Any:
    """A row that one reading does not show is deleted, whatever the next one says."""

    def fit_gone(fit: Any, index: int, **_how: Any) -> None:
        fit.taken.add(index)

    return fit_gone


def _mends_are_forgotten(old: Any) -> Any:
    """What a misplaced write took away is laid back for deciding, and not written."""
    return lambda planned, outcome: old(planned, replace(outcome, laid={}))


def _signs_another(old: Any) -> Any:
    """The mac of an event is made over another event of the same plan."""

    def chain(events: Any, head: str, last: int, key: bytes) -> Iterator[Any]:
        told = list(events)
        others = [*told[1:], *told[:1]]
        for event, chained in zip(told, old(others, head, last, key), strict=True):
            yield replace(chained, event=event)

    return chain


FITTING, APPLYING = "sheetsync.sheets.fitting", "sheetsync.sheets.gspread_workbook"
SETTLING, SESSION = "sheetsync.state.session", "sheetsync.state.session"
MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="skip-second-reading",
        words="writes go where the first reading saw their rows",
        changes=(
            (APPLYING, "as_reading", _remember_looks),
            (APPLYING, "GspreadWorkbook._see_again", _first_look_only),
        ),
    ),
    Mutant(
        name="ignore-expected",
        words="a write does not look at what its cell shows by then",
        changes=((FITTING, "_fit_cell", _whatever_stands_there),),
    ),
    Mutant(
        name="row-by-number",
        words="now and then a row is taken for the one below it",
        changes=((FITTING, "find_rows", _by_row_number),),
    ),
    Mutant(
        name="append-blindly",
        words="a plan begun again writes its new rows again, although they stand there",
        # The witness says which of them took, before anybody looks whether their keys stand there.
        changes=(
            (FITTING, "_fit_row", _append_again),
            ("sheetsync.sheets.applying", "written_by", always(frozenset())),
        ),
    ),
    Mutant(
        name="vanished-at-once",
        words="a row that one reading missed is gone, whatever the second one shows",
        changes=((FITTING, "_fit_gone", _vanished_at_once),),
    ),
    Mutant(
        name="settle-before-apply",
        words="the plan is settled before it is carried out",
        changes=(("sheetsync.cycle", "carry_out", _settle_first),),
    ),
    Mutant(
        name="skipped-is-taken",
        words="a skipped write enters the baseline as if it stood there",
        changes=((SETTLING, "settled_delta", _taken_blindly),),
    ),
    Mutant(
        name="told-though-skipped",
        words="an event is recorded although its write was skipped",
        changes=(("sheetsync.core.plan", "Plan.happened", _told_blindly),),
    ),
    Mutant(
        name="forget-lease-number",
        words="a worker that lost its lease writes and settles all the same",
        # The fence alone stops it before it comes to settling.
        changes=(
            ("sheetsync.state.lease", "check", always(None)),
            ("sheetsync.sheets.sending", "_fence", always([])),
        ),
    ),
    Mutant(
        name="forget-intents",
        words="a plan that was interrupted is thrown away",
        changes=((SESSION, "SqlSession.interrupted", _forget_intents),),
    ),
    Mutant(
        name="ignore-witnesses",
        words="what stood where a write landed is not laid back",
        changes=(("sheetsync.core.decide", "mend", _hear_nothing),),
    ),
    Mutant(
        name="mend-not-written",
        words="what a write took away is known and not put back",
        changes=(("sheetsync.core.planning.compose", "_over_laid", _mends_are_forgotten),),
    ),
    Mutant(
        name="no-fence",
        words="a batch is carried out although another one came in between",
        changes=(("sheetsync.sheets.sending", "_fence", always([])),),
    ),
    Mutant(
        name="mac-of-another-event",
        words="an event is chained with the mac of another one",
        changes=(("sheetsync.state.journal", "chain", _signs_another),),
    ),
    Mutant(
        name="worker-wins",
        words="the worker's value is put over people's notes, quantities and prices",
        changes=(("sheetsync.core.comparing.locking", "is_locked", _worker_knows_better),),
    ),
    Mutant(
        name="claim-not-durable",
        words="a mail is claimed in memory only",
        changes=(("sheetsync.state.outbox", "claim", _claim_in_memory),),
    ),
    Mutant(
        name="send-again",
        words="a mail of unknown fate is sent again by itself",
        changes=(("sheetsync.state.outbox", "recover", _recover_sends_again),),
    ),
    Mutant(
        name="any-version",
        words="an old yes approves a changed order",
        changes=(("sheetsync.core.lifecycle.requirements", "is_covered", _any_version),),
    ),
    Mutant(
        name="requests-not-cleared",
        words="an action that was carried out stays and is carried out again",
        changes=(("sheetsync.core.decide", "done_cells", _never_cleared),),
    ),
)


@contextmanager
def put_in(mutant: Mutant) -> Iterator[None]:
    """The worker with this fault."""
    kept = []
    for module, path, change in mutant.changes:
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        old = getattr(owner, name)
        kept.append((owner, name, old))
        setattr(owner, name, change(old))
    try:
        yield
    finally:
        for owner, name, old in kept:
            setattr(owner, name, old)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """How a mutant was caught, if it was."""

    mutant: Mutant
    seed: int | None
    runs: int
    law: str = ""
    seconds: float = 0.0


def catch(mutant: Mutant, first: int, most: int) -> Caught:
    """Play seeds until one breaks a law that it keeps without the mutant."""
    began = time.monotonic()
    morning()
    for runs, seed in enumerate(range(first, first + most), start=1):
        with put_in(mutant):
            broken = run_seed(seed).violations
        if any("TypeError" in each.what for each in broken):
            raise AssertionError(f"{mutant.name} does not fit the worker any more: {broken[0]}")
        if broken and not run_seed(seed).violations:
            seconds = time.monotonic() - began
            return Caught(
                mutant=mutant, seed=seed, runs=runs, law=str(broken[0])[:100], seconds=seconds
            )
    return Caught(mutant=mutant, seed=None, runs=most, seconds=time.monotonic() - began)


def main() -> int:
    """Play all mutants; 0 when each was caught."""
    parser = argparse.ArgumentParser(prog="simulate-mutants", description=__doc__)
    parser.add_argument("--only", help="names of mutants, with commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=60, help="so many seeds for each")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != HASHES:
        os.environ["PYTHONHASHSEED"] = HASHES
        os.execv(  # noqa: S606 - this program again
            sys.executable, [sys.executable, "-m", "simulation.mutants", *sys.argv[1:]]
        )
    wanted = set(asked.only.split(",")) if asked.only else {m.name for m in MUTANTS}
    chosen = [mutant.name for mutant in MUTANTS if mutant.name in wanted]
    say(f"{'mutant':24} {'seed':>5} {'runs':>5} {'s':>5}  the law it broke")
    missed = 0
    with ProcessPoolExecutor(asked.jobs, initializer=quiet) as pool:
        for told in pool.map(_catch, [(name, asked.seed, asked.most) for name in chosen]):
            name, seed, runs, seconds, law = told
            missed += seed is None
            shown = "-" if seed is None else str(seed)
            say(f"{name:24} {shown:>5} {runs:>5} {seconds:>5.0f}  {law or 'NOT CAUGHT'}")
    say(f"{len(chosen) - missed} of {len(chosen)} mutants were caught.")
    return 1 if missed else 0


def _catch(asked: tuple[str, int, int]) -> tuple[str, int | None, int, float, str]:
    """In a process of its own, which cannot be sent a function."""
    name, first, most = asked
    mutant = next(each for each in MUTANTS if each.name == name)
    caught = catch(mutant, first, most)
    return name, caught.seed, caught.runs, caught.seconds, caught.law


if __name__ == "__main__":
    sys.exit(main())
