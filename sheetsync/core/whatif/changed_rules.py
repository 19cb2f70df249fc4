"""Which keys of the rules differ, and what each says.

Never: says what the difference means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from sheetsync.core.rulebook import Rulebook

LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedKey:
    """One key, such as matching.price.pct_upper; "" where it is not there."""

    key: str
    now: str
    then: str


def changed_keys(now: Rulebook, then: Rulebook) -> tuple[ChangedKey, ...]:
    """Every key that differs, in the order of the files."""
    said = [dict(_flat(_dump(rules))) for rules in (now, then)]
    keys = dict.fromkeys((*said[0], *said[1]))
    return tuple(
        ChangedKey(key=key, now=said[0].get(key, ""), then=said[1].get(key, ""))
        for key in keys
        if said[0].get(key) != said[1].get(key)
    )


def _dump(rules: Rulebook) -> Mapping[str, object]:
    return rules.model_dump(mode="python", by_alias=True, exclude={"fingerprint"})


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            name = str(key.value if isinstance(key, Enum) else key)
            yield from _flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        for index, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{path}[{index}]")
    else:
        yield path, _said(value)


def _said(value: object) -> str:
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(_said, value))}]"
    else:
        text = "{}" if value == {} else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
