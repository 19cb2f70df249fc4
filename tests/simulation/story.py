"""A story: everything that is going to happen in one run, drawn from one number.

Each happening has its place (a tick of the worker, a step in it) and dice of its own, so that a
story without one of its happenings is still the same story otherwise. Never: looks at a sheet.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from simulation.people import ACTS, MEDDLING

TICKS = 12
ACTS_PLANNED = (50, 58)
FAULTS_PLANNED = (6, 8)

TWICE_EVERY = 10
"""Of so many seeds one is a story that is played twice, with and without what goes wrong."""

RESTORED_EVERY = 8
"""About one story in so many has a store that is lost, and an older one put in its place."""

TICKS_TWICE = 7
DEATHS_TWICE = (4, 7)

FAULTS: dict[str, tuple[int, dict[str, object]]] = {
    "429": (2, {"kind": "429"}),
    "429 with Retry-After": (2, {"kind": "429", "retry_after": 7}),
    "429 for long": (1, {"kind": "429", "retry_after": 400}),
    "503": (3, {"kind": "503"}),
    "502": (2, {"kind": "502"}),
    "cut_before": (3, {"kind": "cut_before"}),
    "cut_after": (6, {"kind": "cut_after"}),
    "slow": (2, {"kind": "slow", "delay_s": 0.0}),
}
"""Each fault of the local server with how often it strikes; `slow` is our clock's affair."""

SLOW_S = 45.0


class Add(Protocol):
    """Adds a happening to a story."""

    def __call__(
        self,
        place: str,
        sort: str,
        what: str = "",
        *,
        nth: int = 1,
        is_after: bool = False,
        tick: int | None = None,
    ) -> None:
        """Its tick is drawn where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happens.

    Args:
        number: Its place in the story.
        tick: In which tick of the worker.
        place: `between` ticks, at a `read`, `write`, `store` or `mail` step, or `asleep`, while
            the worker sleeps and another one works.
        nth: At which of these steps.
        is_after: After the step was carried out, not before.
        sort: act, fault, death, rival, sleep, post, backup or restore.
        what: Which act, which fault, or for how long.
        seed: Its dice.
    """

    number: int
    tick: int
    place: str
    nth: int = 1
    is_after: bool = False
    sort: str
    what: str = ""
    seed: int = 0

    def __str__(self) -> str:
        """Where it happens, and what."""
        where = (
            f"before tick {self.tick}"
            if self.place == "between"
            else f"tick {self.tick}, {'after' if self.is_after else 'before'} {self.place} {self.nth}"
        )
        return f"#{self.number} {where}: {self.sort} {self.what}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that happens, and how long the worker waits between its ticks.

    Args:
        seed: From which it was drawn.
        happenings: All of them.
        gaps_s: How long the worker waits before each tick.
        is_folder: Mails go into a folder, not to a server.
        is_whole: Nothing was left out.
        is_twice: People act only while the worker rests, so that its end must not depend on what
            goes wrong: *crash blind*.
    """

    seed: int
    happenings: tuple[Happening, ...]
    gaps_s: tuple[int, ...]
    is_folder: bool
    is_whole: bool = True
    is_twice: bool = False

    def without(self, gone: set[int]) -> Story:
        """The same story, some of its happenings left out."""
        kept = tuple(each for each in self.happenings if each.number not in gone)
        ticks = max((each.tick for each in kept), default=0) + 2
        return replace(self, happenings=kept, gaps_s=self.gaps_s[:ticks], is_whole=False)

    def undisturbed(self) -> Story:
        """The same people, and nothing goes wrong."""
        acts = tuple(each for each in self.happenings if each.sort == "act")
        return replace(self, happenings=acts, is_whole=False)


def make_story(seed: int) -> Story:
    """The story of a seed."""
    dice = random.Random(f"story {seed}")  # noqa: S311 - a story, no secret
    found: list[Happening] = []

    def add(
        place: str,
        sort: str,
        what: str = "",
        *,
        nth: int = 1,
        is_after: bool = False,
        tick: int | None = None,
    ) -> None:
        found.append(
            Happening(
                number=len(found),
                tick=dice.randrange(TICKS) if tick is None else tick,
                place=place,
                nth=nth,
                is_after=is_after,
                sort=sort,
                what=what,
                seed=dice.getrandbits(32),
            )
        )

    names, weights = list(ACTS), [weight for weight, _ in ACTS.values()]
    for _ in range(dice.randint(*ACTS_PLANNED)):
        place, nth = _place_of_act(dice)
        add(place, "act", dice.choices(names, weights)[0], nth=nth)
    faults, chances = list(FAULTS), [weight for weight, _ in FAULTS.values()]
    for _ in range(dice.randint(*FAULTS_PLANNED)):
        place = dice.choices(("read", "write"), (2, 3))[0]
        nth = dice.randint(1, 6) if place == "read" else dice.randint(1, 2)
        add(place, "fault", dice.choices(faults, chances)[0], nth=nth)
    is_twice = seed % TWICE_EVERY == 0
    deaths = dice.randint(*DEATHS_TWICE) if is_twice else dice.choice((0, 1, 1, 2, 2, 3))
    for _ in range(deaths):
        place = dice.choices(("read", "write", "store", "mail"), (1, 3, 3, 2))[0]
        add(
            place,
            "death",
            nth=dice.randint(1, {"write": 2, "mail": 1}.get(place, 5)),
            is_after=dice.random() < 0.6,
        )
    for _ in range(dice.choice((0, 0, 1, 1))):
        add(dice.choice(("read", "write")), "rival", nth=dice.randint(1, 4))
    for _ in range(dice.choice((0, 0, 1, 1, 2))):
        _add_sleep(add, dice)
    for _ in range(dice.choice((0, 1, 1))):
        _add_undo(add, dice)
    for _ in range(dice.choice((1, 2, 3))):
        _add_correction(add, dice)
    for _ in range(dice.choice((0, 0, 1, 2))):
        add("between", "post", dice.choice(("refused", "uncertain")))
    found += _lost_store(seed, len(found), is_twice=is_twice)
    ticks = TICKS_TWICE if is_twice else TICKS
    return Story(
        seed=seed,
        happenings=tuple(map(_while_it_rests, _alike(found)) if is_twice else found),
        gaps_s=tuple(dice.choice((60, 120, 300, 300, 300, 700)) for _ in range(ticks)),
        is_folder=dice.random() < 0.5,
        is_twice=is_twice,
    )


def _lost_store(seed: int, number: int, *, is_twice: bool) -> list[Happening]:
    """A backup, and ticks later its return; drawn apart, so that other stories stay as they were."""
    dice = random.Random(f"lost store {seed}")  # noqa: S311 - a story, no secret
    if is_twice or dice.randrange(RESTORED_EVERY):
        return []
    made = dice.randrange(TICKS - 2)
    due = dice.randrange(made + 1, TICKS)
    return [
        Happening(number=number, tick=made, place="between", sort="backup"),
        Happening(number=number + 1, tick=due, place="between", sort="restore"),
    ]


def _alike(found: list[Happening]) -> Iterator[Happening]:
    """What is the same in both plays: not so the rows of Change history, whose order may differ."""
    return (each for each in found if each.what not in MEDDLING)


def _while_it_rests(each: Happening) -> Happening:
    """People act between ticks; what goes wrong stays where it was, in fewer ticks."""
    tick = each.tick * TICKS_TWICE // TICKS
    if each.sort == "act":
        return replace(each, tick=tick, place="between", nth=1)
    return replace(each, tick=tick)


def _place_of_act(dice: random.Random) -> tuple[str, int]:
    """Most acts fall between the worker's first reading and its write, before or after its second."""
    place = dice.choices(("between", "read", "write", "store"), (28, 30, 36, 6))[0]
    nths = {"read": (1, 2, 3, 4, 5, 5, 6, 6), "write": (1, 1, 2, 2), "store": (1, 2, 3, 4)}
    return place, dice.choice(nths.get(place, (1,)))


def _add_undo(add: Add, dice: random.Random) -> None:
    """A row is deleted, and brought back after the worker's first reading."""
    tick = dice.randrange(1, TICKS)
    add("between", "act", "delete_row", tick=tick)
    add("read", "act", "undo_delete", nth=dice.choice((5, 5, 6)), tick=tick)


def _add_correction(add: Add, dice: random.Random) -> None:
    """Something is typed, and corrected while the worker is about to answer it."""
    tick = dice.randrange(TICKS)
    names = ("type_over_worker", "type_value", "ask_of_order", "answer", "decide", "ask_of_line")
    add("between", "act", dice.choice(names), tick=tick)
    add(
        dice.choice(("read", "write")),
        "act",
        "type_again",
        nth=dice.choice((1, 2, 5, 6)),
        tick=tick,
    )


def _add_sleep(add: Add, dice: random.Random) -> None:
    """The worker sleeps beyond its lease, mostly just before a write; another one goes on."""
    tick, rounds = dice.randrange(1, TICKS), dice.randint(1, 3)
    place = dice.choices(("write", "store", "read"), (6, 3, 1))[0]
    nth = {"write": 1, "store": dice.randint(2, 3)}.get(place, dice.randint(1, 5))
    add(place, "sleep", str(rounds), nth=nth, tick=tick)
    for nth_round in range(rounds):
        for _ in range(dice.randint(0, 2)):
            names = ("type_value", "insert_rows", "sort_tab", "type_note", "answer", "delete_row")
            add("asleep", "act", dice.choice(names), nth=nth_round + 1, tick=tick)
    if place != "store" and dice.random() < 0.4:
        add(place, "death", nth=nth, is_after=True, tick=tick)
