"""Does every level of matching change something, for somebody?

Rules looked at: rules/matching_levels.yaml, over rules/matching.yaml. A level is looked at alone,
laid over the rules for all; two levels that meet on one line are not.
Never: knows which suppliers and items there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from sheetsync.core.matching.levels import Tuning
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.reading import normalise_key
from sheetsync.core.rulebook import Rulebook
from sheetsync.rules_lint.limits import limit_doubts
from sheetsync.rules_lint.remarks import Files, Remark, plain, remark

KINDS = ("suppliers", "categories", "items")
"""From the widest to the nearest; the nearest decides."""


def level_remarks(rules: Rulebook, files: Files) -> Iterator[Remark]:
    """Everything that is doubtful about the levels."""
    yield from _spelt_twice(rules, files)
    for kind, name, tuned, said in tuned_levels(rules):
        if not said:
            yield remark(
                files["matching_levels"],
                (kind, name),
                seen=f"{kind}.{name} says nothing.",
                money="its lines are judged by rules/matching.yaml, as if it were not there.",
                write="Write the limits that differ, or take it out.",
            )
        yield from _says_the_same(kind, name, said, tuned, rules, files)
        known = {doubt.key for doubt in limit_doubts(rules.matching)}
        for doubt in limit_doubts(tuned):
            if doubt.key in known or not _is_of(doubt.key, said):
                continue
            yield remark(
                files["matching_levels"],
                (kind, name, *doubt.key.split(".")),
                seen=f"for {kind}.{name}, {doubt.seen}",
                money=doubt.money,
                write=doubt.write,
            )


def tuned_levels(rules: Rulebook) -> Iterator[tuple[str, str, MatchingRules, tuple[str, ...]]]:
    """Every level: its kind, its name, the rules with it, and the keys that it says."""
    tuning = Tuning(rules.matching, rules.matching_levels)
    for kind in KINDS:
        for name in getattr(rules.matching_levels, kind):
            tuned = tuning.of(
                name if kind == "suppliers" else "",
                name if kind == "categories" else None,
                name if kind == "items" else None,
            )
            yield kind, name, tuned.rules, tuple(tuned.decided_by)


def _is_of(key: str, said: tuple[str, ...]) -> bool:
    """Whether the level says something of the same check."""
    check = key.partition(".")[0]
    return any(each.partition(".")[0] == check for each in said)


def _says_the_same(
    kind: str,
    name: str,
    said: tuple[str, ...],
    tuned: MatchingRules,
    rules: Rulebook,
    files: Files,
) -> Iterator[Remark]:
    """Limits that say what the rules for all say, where nothing wider says otherwise."""
    wider = {key for above in _wider(kind) for key in _said_by(above, rules)}
    for key in said:
        now, here = value_of(rules.matching, key), value_of(tuned, key)
        if now == here and key not in wider:
            shown = plain(here) if here is None or isinstance(here, Decimal) else str(here)
            yield remark(
                files["matching_levels"],
                (kind, name, *key.split(".")),
                seen=f"{kind}.{name}.{key} is {shown}, and so it is in rules/matching.yaml: "
                "it changes nothing.",
                money="its lines pass and are held exactly as all others.",
                write="Write what differs, or take it out.",
            )


def _wider(kind: str) -> tuple[str, ...]:
    return KINDS[: KINDS.index(kind)]


def _said_by(kind: str, rules: Rulebook) -> Iterator[str]:
    for each, _, _, said in tuned_levels(rules):
        if each == kind:
            yield from said


def value_of(rules: MatchingRules, key: str) -> object:
    """What the rules say under a dotted key."""
    found: object = rules
    for part in key.split("."):
        found = getattr(found, part)
    return found


def _spelt_twice(rules: Rulebook, files: Files) -> Iterator[Remark]:
    for kind in KINDS:
        table: Mapping[str, object] = getattr(rules.matching_levels, kind)
        seen: dict[str, str] = {}
        for name in table:
            first = seen.setdefault(normalise_key(name), name)
            if first != name:
                yield remark(
                    files["matching_levels"],
                    (kind, name),
                    seen=f"{kind}.{first} and {kind}.{name} are two spellings of one name, and "
                    "only the one that stands on the order counts.",
                    money="the limits of the other one let nothing pass and hold nothing.",
                    write="Keep one, spelt as in the spreadsheet.",
                )
