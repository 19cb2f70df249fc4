"""Google's discovery documents as the contract.

Connects: the documents of the google-api-python-client wheel with the routes, parameters,
scopes and request bodies that the server accepts.
Decides: the 400 texts of Google's JSON reader for an unknown field, a wrong type, an unknown
enum value.
Never: holds a copy of the documents; they come with the extra `local`.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from sheetsync.localsheets.errors import GoogleError, bad_field

Json = dict[str, Any]
Reader = Callable[[Any, str], Any]

INT32 = 2**31
CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
# Drive's older front end passes over fields it does not know; gspread's `withLink` is one.
LENIENT = {"drive.v3"}
ENUM_HOST = "type.googleapis.com/google.apps.sheets.v4."


def snake(name: str) -> str:
    """Proto field name of a JSON name."""
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


# bodies


@functools.cache
def body_reader(name: str, schema: str) -> Reader:
    """The reader of a message type: checks, converts in place, drops nulls."""
    return _message(name, schema)


@functools.cache
def _message(name: str, schema: str) -> Reader:
    spec = document(name)["schemas"][schema]
    properties: Json = spec.get("properties", {})
    by_snake = {snake(key): key for key in properties}
    readers: dict[str, Reader] = {}

    def reader_of(key: str) -> Reader:
        found = readers.get(key)
        if found is None:
            found = readers[key] = _reader(name, properties[key], f"{schema}.{key}")
        return found

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise _wrong(path, f"{ENUM_HOST}{schema}", value)
        for key in [*value]:
            item = value.pop(key)
            known = key if key in properties else by_snake.get(key)
            if known is None:
                if name not in LENIENT:
                    raise _unknown(key, path)
            elif item is not None:
                inner = f"{path}.{snake(known)}" if path else snake(known)
                value[known] = reader_of(known)(item, inner)
        return value

    return read


def _reader(name: str, spec: Json, owner: str) -> Reader:
    if "$ref" in spec:
        # Looked up when it is first needed: messages hold each other.
        schema = spec["$ref"]
        return lambda value, path: _message(name, schema)(value, path)
    kind = spec.get("type")
    if kind == "array":
        return _list(name, spec["items"], owner)
    if kind == "object":
        return _map(name, spec.get("additionalProperties", {"type": "any"}), owner)
    if "enum" in spec:
        return _enum(tuple(spec["enum"]), owner)
    return SCALARS.get((kind or "any", spec.get("format", "")), _any)


def _list(name: str, items: Json, owner: str) -> Reader:
    if items.get("type") == "any":
        return _any_list
    if items.get("type") == "array":
        return _list_of_lists
    read = _reader(name, items, owner)

    def read_list(value: Any, path: str) -> Any:
        if not isinstance(value, list):
            # Google's reader takes a lone value for a list of one.
            value = [value]
        return [read(item, f"{path}[{i}]") for i, item in enumerate(value) if item is not None]

    return read_list


def _list_of_lists(value: Any, path: str) -> Any:
    if not isinstance(value, list):
        raise _wrong(path, "type.googleapis.com/google.protobuf.ListValue", value)
    for index, row in enumerate(value):
        if not isinstance(row, list):
            raise _wrong(f"{path}[{index}]", "type.googleapis.com/google.protobuf.ListValue", row)
    return value


def _any_list(value: Any, path: str) -> Any:
    if not isinstance(value, list):
        raise _wrong(path, "type.googleapis.com/google.protobuf.ListValue", value)
    return value


def _map(name: str, values: Json, owner: str) -> Reader:
    read = _reader(name, values, owner)

    def read_map(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise _wrong(path, "Map", value)
        return {k: read(v, f"{path}[{k}]") for k, v in value.items() if v is not None}

    return read_map


def _enum(allowed: tuple[str, ...], owner: str) -> Reader:
    def read(value: Any, path: str) -> Any:
        if isinstance(value, str) and value in allowed:
            return value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(allowed):
            return allowed[value]
        raise _wrong(path, f"{ENUM_HOST}{_enum_name(owner)}", value)

    return read


def _enum_name(owner: str) -> str:
    field = owner.rpartition(".")[2]
    return field[:1].upper() + field[1:]


def _any(value: Any, _path: str) -> Any:
    return value


def _string(value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise _wrong(path, "TYPE_STRING", value)
    return value


def _bool(value: Any, path: str) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise _wrong(path, "TYPE_BOOL", value)


def _int32(value: Any, path: str) -> Any:
    number = _whole(value)
    if number is None or not -INT32 <= number < INT32:
        raise _wrong(path, "TYPE_INT32", value)
    return number


def _int64(value: Any, path: str) -> Any:
    number = _whole(value)
    if number is None or not -(2**63) <= number < 2**63:
        raise _wrong(path, "TYPE_INT64", value)
    return str(number)


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    try:
        number = float(value) if isinstance(value, (str, float)) else None
    except ValueError:
        return None
    return int(number) if number is not None and number.is_integer() else None


def _double(value: Any, path: str) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            pass
    raise _wrong(path, "TYPE_DOUBLE", value)


SCALARS: dict[tuple[str, str], Reader] = {
    ("string", ""): _string,
    ("string", "google-datetime"): _string,
    ("string", "date-time"): _string,
    ("string", "google-fieldmask"): _string,
    ("string", "int64"): _int64,
    ("boolean", ""): _bool,
    ("integer", "int32"): _int32,
    ("integer", "uint32"): _int32,
    ("number", "double"): _double,
    ("number", "float"): _double,
}


def _wrong(path: str, kind: str, value: Any) -> GoogleError:
    shown = orjson.dumps(value).decode() if not isinstance(value, (dict, list)) else ""
    text = f"Invalid value at '{path}' ({kind}), {shown}"
    if isinstance(value, list):
        text = (
            f'Invalid JSON payload received. Unknown name "{path.rpartition(".")[2]}" at '
            f"'{path.rpartition('.')[0]}': Proto field is not repeating, cannot start list."
        )
    elif isinstance(value, dict):
        text = f"Invalid value at '{path}' ({kind}), Starting an object on a scalar field"
    return bad_field(path, text)


def _unknown(key: str, path: str) -> GoogleError:
    if path:
        text = f"Unknown name \"{key}\" at '{path}': Cannot find field."
    else:
        text = f'Unknown name "{key}": Cannot find field.'
    return bad_field(path, f"Invalid JSON payload received. {text}")
