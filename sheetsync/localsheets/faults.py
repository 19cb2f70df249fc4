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

from sheetsync.localsheets import contract
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
KEYS = {
    "kind": "a text",
    "method": "a text",
    "at": "a list of whole numbers from 1",
    "every": "a whole number from 1",
    "times": "a whole number from 1",
    "chance": "a number from 0 to 1",
    "retry_after": "a number of seconds",
    "delay_s": "a number of seconds",
}
UPLOADS = ("upload.create", "upload.replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with one call."""

    kind: str
    status: int | None = None
    body: Json | str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


class Faults:
    """Rules that say which calls fail.

    Each rule counts the calls of its method and draws its own chance, so that what one rule
    does to a call, or a call of another method in between, changes no other rule's turn.
    """

    def __init__(self, rules: list[Json], seed: int = 0) -> None:
        for rule in rules:
            _check(rule)
        self._rules = rules
        # Repeatable chance, not a secret.
        self._rngs = [random.Random(f"{seed}/{index}") for index in range(len(rules))]  # noqa: S311
        self._seen = [0] * len(rules)
        self._given = [0] * len(rules)

    @classmethod
    def load(cls, path: Path) -> Faults:
        """Read the rules: `{"seed": 7, "faults": [{"kind": "503", "every": 10}, …]}`."""
        try:
            return cls(*_rules_and_seed(orjson.loads(path.read_bytes())))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    def due(self, method_id: str) -> Fault | None:
        """The fault of this call, if one is due: of several, that of the first rule."""
        hits = [
            index
            for index, rule in enumerate(self._rules)
            if method_id.endswith(rule.get("method", "")) and self._hits(index, rule)
        ]
        if not hits:
            return None
        self._given[hits[0]] += 1
        return _fault(self._rules[hits[0]], method_id)

    def _hits(self, index: int, rule: Json) -> bool:
        """Whether a call of the rule's method is one that it asks for."""
        self._seen[index] += 1
        drawn = self._rngs[index].random()
        if "times" in rule and self._given[index] >= rule["times"]:
            return False
        seen = self._seen[index]
        if "at" in rule:
            return bool(seen in rule["at"])
        if "every" in rule:
            return bool(seen % rule["every"] == 0)
        return bool(drawn < rule.get("chance", 1.0))


def _rules_and_seed(raw: Any) -> tuple[list[Json], int]:
    known = isinstance(raw, dict) and not set(raw) - {"seed", "faults"}
    if not known or not isinstance(raw.get("faults"), list):
        raise ValueError('it holds {"seed": …, "faults": […]} and nothing else')
    return raw["faults"], raw.get("seed", 0)


def _check(rule: Json) -> None:
    """Refuse a rule that would never fire, or not as it was meant."""
    if not isinstance(rule, dict) or rule.get("kind") not in KINDS:
        kind = rule.get("kind") if isinstance(rule, dict) else rule
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
    for key, value in rule.items():
        if key not in KEYS:
            raise ValueError(f"{key!r} is none of {', '.join(KEYS)}")
        if not _fits(key, value):
            raise ValueError(f"{key} is {KEYS[key]}, not {value!r}")
    known = [m.id for name in ("sheets.v4", "drive.v3") for m in contract.methods(name)]
    method = rule.get("method", "")
    if not any(name.endswith(method) for name in (*known, *UPLOADS)):
        raise ValueError(f"method is the end of a method's name, which {method!r} is not")


def _fits(key: str, value: Any) -> bool:
    if key in ("kind", "method"):
        return isinstance(value, str)
    if key == "at":
        return isinstance(value, list) and all(_fits("every", number) for number in value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return False
    if key in ("every", "times"):
        return isinstance(value, int) and value >= 1
    return key != "chance" or value <= 1


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
