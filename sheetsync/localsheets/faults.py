"""Faults on request, seeded and repeatable.

Decides: which calls fail and how, from a file of rules.
Never: fails by itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from sheetsync.localsheets.quota import quota_error

Json = dict[str, Any]

BAD_GATEWAY = (
    "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error 502 (Server Error)!!1"
    "</title>\n<p><b>502.</b> <ins>That's an error.</ins>\n<p>The server encountered a temporary "
    "error and could not complete your request.<p>Please try again in 30 seconds.  "
    "<ins>That's all we know.</ins>\n"
)
UNAVAILABLE = {
    "error": {
        "code": 503,
        "message": "The service is currently unavailable.",
        "status": "UNAVAILABLE",
    }
}
KINDS = ("429", "503", "502", "slow", "cut_before", "cut_after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with one call."""

    kind: str
    status: int | None = None
    body: Json | str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


class Faults:
    """Rules that say which calls fail."""

    def __init__(self, rules: list[Json], seed: int = 0) -> None:
        self._rules = rules
        self._rng = random.Random(seed)  # noqa: S311 - repeatable chance, not a secret
        self._seen = [0] * len(rules)
        self._given = [0] * len(rules)

    @classmethod
    def load(cls, path: Path) -> Faults:
        """Read the rules: `{"seed": 7, "faults": [{"kind": "503", "every": 10}, …]}`."""
        raw = orjson.loads(path.read_bytes())
        for rule in raw["faults"]:
            if rule.get("kind") not in KINDS:
                raise ValueError(
                    f"{path}: kind is one of {', '.join(KINDS)}, not {rule.get('kind')!r}"
                )
        return cls(raw["faults"], raw.get("seed", 0))

    def due(self, method_id: str) -> Fault | None:
        """The fault of this call, if one is due."""
        for index, rule in enumerate(self._rules):
            if not method_id.endswith(rule.get("method", "")):
                continue
            self._seen[index] += 1
            if self._hits(index, rule):
                self._given[index] += 1
                return _fault(rule, method_id)
        return None

    def _hits(self, index: int, rule: Json) -> bool:
        if "times" in rule and self._given[index] >= rule["times"]:
            return False
        seen = self._seen[index]
        if "at" in rule:
            return bool(seen in rule["at"])
        if "every" in rule:
            return bool(seen % rule["every"] == 0)
        return bool(self._rng.random() < rule.get("chance", 1.0))


def _fault(rule: Json, method_id: str) -> Fault:
    kind = rule["kind"]
    headers = {"retry-after": str(rule["retry_after"])} if "retry_after" in rule else {}
    if kind == "429":
        error = quota_error(writes=method_id.endswith(("date", "append", "clear")), per_user=True)
        return Fault(kind=kind, status=429, body=error.body(), headers=headers)
    if kind == "503":
        return Fault(kind=kind, status=503, body=UNAVAILABLE, headers=headers)
    if kind == "502":
        return Fault(kind=kind, status=502, body=BAD_GATEWAY, headers=headers)
    if kind == "slow":
        return Fault(kind=kind, delay_s=rule.get("delay_s", 1.0))
    return Fault(kind=kind, delay_s=rule.get("delay_s", 0.0))
