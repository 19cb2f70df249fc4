"""Google's discovery documents as the contract.

Connects: the documents of the google-api-python-client wheel with the routes, parameters,
and scopes that the server knows.
Decides: which URLs are methods, which names a mask may use, what a condition takes.
Never: holds a copy of the documents; they come with the extra `local`.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from dataclasses import dataclass
from typing import Any

import orjson

Json = dict[str, Any]

INT32 = 2**31
CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")


def snake(name: str) -> str:
    """Proto field name of a JSON name: `sheetId` is `sheet_id`."""
    return CAMEL.sub(lambda m: "_" + m[1].lower(), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of a document."""

    id: str
    verb: str
    path: re.Pattern[str]
    template: str
    parameters: dict[str, Json]
    request: str | None
    response: str | None
    scopes: frozenset[str]


@functools.cache
def document(name: str) -> Json:
    """A discovery document by name: `sheets.v4`, `drive.v3`."""
    folder = importlib.resources.files("googleapiclient.discovery_cache.documents")
    loaded: Json = orjson.loads((folder / f"{name}.json").read_bytes())
    return loaded


@functools.cache
def methods(name: str) -> tuple[Method, ...]:
    """All methods of a document, the longest templates first."""
    doc = document(name)
    found = [_method(doc, raw) for raw in _walk(doc["resources"])]
    return tuple(sorted(found, key=lambda m: -len(m.template)))


def _walk(resources: Json) -> list[Json]:
    found: list[Json] = []
    for resource in resources.values():
        found += resource.get("methods", {}).values()
        found += _walk(resource.get("resources", {}))
    return found


def _method(doc: Json, raw: Json) -> Method:
    template = f"/{doc.get('servicePath') or ''}{raw.get('flatPath', raw['path'])}"
    parts = re.split(r"(\{\+?\w+\})", template)
    pattern = "".join(
        f"(?P<{part.strip('{+}')}>[^/]+?)" if part.startswith("{") else re.escape(part)
        for part in parts
    )
    return Method(
        id=raw["id"],
        verb=raw["httpMethod"],
        path=re.compile(pattern + r"\Z"),
        template=template,
        parameters=raw.get("parameters", {}),
        request=raw.get("request", {}).get("$ref"),
        response=raw.get("response", {}).get("$ref"),
        scopes=frozenset(raw.get("scopes", ())),
    )


# masks


def stray_field(name: str, schema: str, mask: Json, above: str = "") -> str | None:
    """The first path of a mask that the message does not have, None where all is well."""
    properties = document(name)["schemas"][schema].get("properties", {})
    for field, inner in mask.items():
        path = f"{above}{field}"
        if field == "*":
            continue
        if field not in properties:
            return path
        below = _message_below(properties[field])
        if inner and below is not None:
            stray = stray_field(name, below, inner, f"{path}.")
            if stray is not None:
                return stray
    return None


def _message_below(spec: Json) -> str | None:
    """The message that a field holds, itself or in a list."""
    while spec.get("type") == "array":
        spec = spec["items"]
    found: str | None = spec.get("$ref")
    return found


# conditions

COUNTS = (
    ("Requires a single ConditionValue", 1, 1),
    ("Requires exactly two ConditionValues", 2, 2),
    ("Requires no ConditionValues", 0, 0),
    ("Supports zero, one or two", 0, 2),
)


@functools.cache
def condition_uses() -> dict[str, tuple[str, int, int]]:
    """For each type of condition what supports it, and the fewest and most values it takes."""
    spec = document("sheets.v4")["schemas"]["BooleanCondition"]["properties"]["type"]
    found = {}
    for name, text in zip(spec["enum"], spec["enumDescriptions"], strict=True):
        supported = re.search(r"Supported by ([^.]*)", text)
        fewest, most = next((c[1:] for c in COUNTS if c[0] in text), (0, INT32))
        found[name] = (supported[1] if supported else "", fewest, most)
    return found
