"""Request bodies, read as Google's JSON reader reads them.

Decides: the 400 texts for an unknown field, a wrong type, an unknown enum value; which lenient
forms are taken: snake case, numbers as texts, a lone value for a list.
Never: knows what a field means.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import orjson

from sheetsync.localsheets.contract import document, snake
from sheetsync.localsheets.errors import GoogleError, bad_field

Json = dict[str, Any]
Reader = Callable[[Any], Any]
TYPE_HOST = "type.googleapis.com/google.apps.sheets.v4."
LIST_VALUE = "type.googleapis.com/google.protobuf.ListValue"
INT32 = 2**31
# Drive's older front end passes over fields it does not know; gspread's `withLink` is one.
LENIENT = {"drive.v3"}


class Misfit(Exception):
    """A value that does not fit its field; every level above adds its part of the path."""

    def __init__(self, refusal: Callable[[str], GoogleError]) -> None:
        super().__init__()
        self.refusal = refusal
        self.parts: list[str] = []

    def error(self, start: str) -> GoogleError:
        """Google's 400, with the path from the start of the request."""
        path = start
        for part in reversed(self.parts):
            path += part if part.startswith("[") or not path else f".{part}"
        return self.refusal(path)


def read_message(name: str, schema: str, value: Any, start: str = "") -> Any:
    """Check and convert a message in place; nulls are dropped.

    Args:
        name: Of the document.
        schema: Of the message.
        value: As it came.
        start: The field of the request that the message fills, "" for the request itself.
    """
    try:
        return _message(name, schema)(value)
    except Misfit as misfit:
        raise misfit.error(start) from None


@functools.cache
def _message(name: str, schema: str) -> Reader:
    spec = document(name)["schemas"][schema]
    properties: Json = spec.get("properties", {})
    by_snake = {snake(key): key for key in properties}
    readers: dict[str, Reader] = {}

    def reader_of(key: str) -> Reader:
        readers[key] = _reader(name, properties[key], f"{schema}.{key}")
        return readers[key]

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _wrong(f"{TYPE_HOST}{schema}", value)
        for key in [*value]:
            item = value.pop(key)
            known = key if key in properties else by_snake.get(key)
            if known is None:
                if name not in LENIENT:
                    raise _unknown(key)
            elif item is not None:
                try:
                    value[known] = (readers.get(known) or reader_of(known))(item)
                except Misfit as misfit:
                    misfit.parts.append(snake(known))
                    raise
        return value

    return read


def _reader(name: str, spec: Json, owner: str) -> Reader:
    if "$ref" in spec:
        return _later(name, spec["$ref"])
    kind = spec.get("type")
    if kind == "array":
        return _list(name, spec["items"], owner)
    if kind == "object":
        return _map(name, spec.get("additionalProperties", {"type": "any"}), owner)
    if "enum" in spec:
        return _enum(tuple(spec["enum"]), owner)
    return SCALARS.get((kind or "any", spec.get("format", "")), _any)


def _later(name: str, schema: str) -> Reader:
    """The reader of another message, made when it is first needed: messages hold each other."""
    made: list[Reader] = []

    def read(value: Any) -> Any:
        if not made:
            made.append(_message(name, schema))
        return made[0](value)

    return read


def _list(name: str, items: Json, owner: str) -> Reader:
    if items.get("type") == "any":
        return _any_list
    if items.get("type") == "array":
        return _list_of_lists
    read = _reader(name, items, owner)

    def read_list(value: Any) -> Any:
        if not isinstance(value, list):
            # Google's reader takes a lone value for a list of one.
            value = [value]
        made = []
        for index, item in enumerate(value):
            if item is None:
                continue
            try:
                made.append(read(item))
            except Misfit as misfit:
                misfit.parts.append(f"[{index}]")
                raise
        return made

    return read_list


def _list_of_lists(value: Any) -> Any:
    _any_list(value)
    for index, row in enumerate(value):
        if not isinstance(row, list):
            misfit = _wrong(LIST_VALUE, row)
            misfit.parts.append(f"[{index}]")
            raise misfit
    return value


def _any_list(value: Any) -> Any:
    if not isinstance(value, list):
        raise _wrong(LIST_VALUE, value)
    return value


def _map(name: str, values: Json, owner: str) -> Reader:
    read = _reader(name, values, owner)

    def read_map(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _wrong("Map", value)
        return {k: read(v) for k, v in value.items() if v is not None}

    return read_map


def _enum(allowed: tuple[str, ...], owner: str) -> Reader:
    names = frozenset(allowed)
    kind = TYPE_HOST + _enum_name(owner)

    def read(value: Any) -> Any:
        if isinstance(value, str) and value in names:
            return value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(allowed):
            return allowed[value]
        raise _wrong(kind, value)

    return read


def _enum_name(owner: str) -> str:
    """The enum's proto name, which the documents do not tell: guessed from its field (model)."""
    field = owner.rpartition(".")[2]
    return field[:1].upper() + field[1:]


def _any(value: Any) -> Any:
    return value


def _string(value: Any) -> Any:
    if not isinstance(value, str):
        raise _wrong("TYPE_STRING", value)
    return value


def _bool(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise _wrong("TYPE_BOOL", value)


def _int32(value: Any) -> Any:
    number = _whole(value)
    if number is None or not -INT32 <= number < INT32:
        raise _wrong("TYPE_INT32", value)
    return number


def _int64(value: Any) -> Any:
    number = _whole(value)
    if number is None or not -(2**63) <= number < 2**63:
        raise _wrong("TYPE_INT64", value)
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


def _double(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        number = math.nan
    if math.isnan(number) or math.isinf(number):
        raise _wrong("TYPE_DOUBLE", value)
    return number


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


def _wrong(kind: str, value: Any) -> Misfit:
    def refusal(path: str) -> GoogleError:
        if isinstance(value, list) and kind != LIST_VALUE:
            above, _, field = path.rpartition(".")
            at = f" at '{above}'" if above else ""
            text = (
                f'Invalid JSON payload received. Unknown name "{field}"{at}: '
                "Proto field is not repeating, cannot start list."
            )
            return bad_field(above, text)
        if isinstance(value, dict):
            above, _, field = path.rpartition(".")
            at = f" at '{above}'" if above else ""
            text = (
                f'Invalid JSON payload received. Unknown name "{field}"{at}: '
                "Proto field is not a message, cannot start object."
            )
            return bad_field(above, text)
        shown = orjson.dumps(value).decode()
        return bad_field(path, f"Invalid value at '{path}' ({kind}), {shown}")

    return Misfit(refusal)


def _unknown(key: str) -> Misfit:
    def refusal(path: str) -> GoogleError:
        at = f" at '{path}'" if path else ""
        return bad_field(
            path, f'Invalid JSON payload received. Unknown name "{key}"{at}: Cannot find field.'
        )

    return Misfit(refusal)
