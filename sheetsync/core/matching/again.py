"""Only lots in which something changed are matched again; the others are as they were.

A lot comes to the same as before when its documents and the rules are the same to the letter:
equal, and with every decimal and every moment written alike, because people are shown them so.
The day is no part of it: a document that is still to come is in no lot (`lots`).

Rules: none.
Never: decides what comes of a lot; without a memory everything is matched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any

from sheetsync.core.matching.levels import MatchingLevels
from sheetsync.core.matching.lots import Lot
from sheetsync.core.matching.matches import Matches
from sheetsync.core.matching.settings import MatchingRules

Rules = tuple[MatchingRules, MatchingLevels]

_PARTS = attrgetter(*(part.name for part in fields(Lot)))
MANY_WAYS = ("Decimal", "datetime")
"""What can be equal and yet written differently: 1.5 and 1.50, one moment in two time zones."""


@dataclass(slots=True, kw_only=True)
class LastMatched:
    """What was matched last, lot by lot; the one thing in matching that changes.

    Args:
        rules: The settings and levels it was matched under.
        lots: The documents of each lot and what came of them.
    """

    rules: Rules | None = None
    lots: Mapping[str, tuple[Lot, Matches]] = field(default_factory=dict)


def matched_again(
    found: Mapping[str, Lot],
    rules: Rules,
    last: LastMatched,
    match_lot: Callable[[Lot], Matches],
) -> list[Matches]:
    """What comes of every lot; those of the last time are taken over where nothing changed.

    Args:
        found: The lots of now.
        rules: The settings and levels of now.
        last: Of the last time; holds this one afterwards.
        match_lot: How a lot is matched.
    """
    before = last.lots if _are_alike(last.rules, rules) else {}
    matched: dict[str, tuple[Lot, Matches]] = {}
    for name, lot in found.items():
        was = before.get(name)
        is_as_before = was is not None and _is_same(was[0], lot)
        matched[name] = was if was is not None and is_as_before else (lot, match_lot(lot))
    last.rules, last.lots = rules, matched
    return [matches for _, matches in matched.values()]


def _are_alike(last: Rules | None, rules: Rules) -> bool:
    return last is not None and all(
        one is other or (one == other and repr(one) == repr(other))
        for one, other in zip(last, rules, strict=True)
    )


def _is_same(last: Lot, lot: Lot) -> bool:
    """Whether two lots have the same documents in the same order, to the letter."""
    return all(
        len(before) == len(now) and all(map(_is_same_document, before, now))
        for before, now in zip(_PARTS(last), _PARTS(lot), strict=True)
    )


def _is_same_document(last: Any, now: Any) -> bool:
    return last is now or (last == now and _writing(last) == _writing(now))


def _writing(document: Any) -> list[str]:
    """How the figures and moments of a document are written, and those of its lines and charges."""
    figures, parts = _read_by(document.__class__)
    written = [str(getattr(document, name)) for name in figures]
    for name in parts:
        for line in getattr(document, name):
            written += _writing(line)
    return written


@cache
def _read_by(kind: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields of a document that can be written in several ways, and those made of lines."""
    kinds = {each.name: str(each.type) for each in fields(kind)}
    parts = tuple(name for name, said in kinds.items() if said.startswith("tuple["))
    figures = (name for name, said in kinds.items() if any(one in said for one in MANY_WAYS))
    return tuple(figures), parts
