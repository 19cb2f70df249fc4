"""Values of the core as JSON and back, without loss, driven by the types of their fields.

Every type that a plan or the baseline may hold is handled here once: frozen dataclasses, tuples,
frozensets, mappings, `Decimal`, `date`, aware `datetime` and raw cells. A field that stands at its
default is left out, so that what an older sheetsync stored can be read by a newer one that has
more fields. Never: guesses; a stored field that nobody knows is an error, and a type without a
rule here cannot be stored at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from sheetsync.errors import StateError

SCALARS = frozenset({str, int, float, bool, NoneType})


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """How values of one type become JSON values, and how they come back."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def to_json(value: object) -> str:
    """JSON in its shortest form; mappings keep their order.

    ASCII only, so that a lone surrogate or a NUL from a cell stands as an escape, which every
    database takes.
    """
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def instant_text(at: datetime) -> str:
    """An instant as text of one width, so that texts sort as the instants do."""
    if at.tzinfo is None:
        message = f"{at} has no time zone; instants are aware and in UTC"
        raise ValueError(message)
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@cache
def codec_of(hint: Hashable) -> Codec:
    """The codec of a type as it stands in a field's annotation.

    Raises:
        TypeError: Values of this type cannot be stored.
    """
    if hint in SCALARS:
        return _SAME
    if isinstance(hint, type) and hint in _BY_TYPE:
        return _BY_TYPE[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass_codec(hint)
    return _container_codec(hint, get_origin(hint), get_args(hint))


@cache
def codec_without(kind: Hashable, leave_out: str) -> Codec:
    """The codec of a dataclass but for one field, which comes back at its default."""
    return _dataclass_codec(cast("type", kind), leave_out)


def _container_codec(hint: Any, origin: Any, inner: tuple[Any, ...]) -> Codec:
    if origin in (Union, UnionType):
        return _union_codec(inner)
    if origin is tuple and inner[1:] == (Ellipsis,):
        return _tuple_codec(codec_of(inner[0]))
    if origin is frozenset:
        return _set_codec(codec_of(inner[0]))
    if origin is Mapping:
        return _mapping_codec(inner[0], codec_of(inner[1]))
    message = f"{hint} cannot be stored"
    raise TypeError(message)


_SAME = Codec(encode=lambda value: value, decode=lambda value: value)
_BY_TYPE: dict[type, Codec] = {
    Decimal: Codec(encode=str, decode=Decimal),
    date: Codec(encode=date.isoformat, decode=date.fromisoformat),
    datetime: Codec(encode=instant_text, decode=datetime.fromisoformat),
}


def _union_codec(members: tuple[Any, ...]) -> Codec:
    if all(member in SCALARS for member in members):
        return _SAME
    kinds = tuple(member for member in members if member is not NoneType)
    inner = codec_of(kinds[0]) if len(kinds) == 1 else _tagged_codec(kinds)
    if len(kinds) == len(members):
        return inner
    return Codec(
        encode=lambda value: None if value is None else inner.encode(value),
        decode=lambda stored: None if stored is None else inner.decode(stored),
    )


def _tagged_codec(kinds: tuple[Any, ...]) -> Codec:
    """One of several dataclasses: the stored value names which."""
    if not all(is_dataclass(kind) for kind in kinds):
        message = f"{kinds} cannot be told apart when stored"
        raise TypeError(message)
    codecs = {kind.__name__: codec_of(kind) for kind in kinds}

    def encode(value: Any) -> list[Any]:
        name = type(value).__name__
        return [name, codecs[name].encode(value)]

    def decode(stored: list[Any]) -> Any:
        name, content = stored
        if name not in codecs:
            raise _unknown(f"a {name!r}")
        return codecs[name].decode(content)

    return Codec(encode=encode, decode=decode)


def _tuple_codec(item: Codec) -> Codec:
    return Codec(
        encode=lambda values: [item.encode(value) for value in values],
        decode=lambda stored: tuple(item.decode(value) for value in stored),
    )


def _set_codec(item: Codec) -> Codec:
    return Codec(
        encode=lambda values: sorted(item.encode(value) for value in values),
        decode=lambda stored: frozenset(item.decode(value) for value in stored),
    )


def _mapping_codec(key_hint: Any, value: Codec) -> Codec:
    """A JSON object where keys are text, else a list of pairs."""
    if key_hint is str:
        return Codec(
            encode=lambda mapping: {k: value.encode(v) for k, v in mapping.items()},
            decode=lambda stored: {k: value.decode(v) for k, v in stored.items()},
        )
    key = codec_of(key_hint)
    return Codec(
        encode=lambda mapping: [[key.encode(k), value.encode(v)] for k, v in mapping.items()],
        decode=lambda stored: {key.decode(k): value.decode(v) for k, v in stored},
    )


def _dataclass_codec(kind: type, leave_out: str = "") -> Codec:
    hints = get_type_hints(kind)
    stored_fields = [field for field in fields(kind) if field.name != leave_out]
    codecs = {field.name: codec_of(hints[field.name]) for field in stored_fields}
    defaults = {
        field.name: codecs[field.name].encode(_default(field))
        for field in stored_fields
        if _has_default(field)
    }

    def encode(value: Any) -> dict[str, Any]:
        encoded = {name: codec.encode(getattr(value, name)) for name, codec in codecs.items()}
        return {
            name: content
            for name, content in encoded.items()
            if name not in defaults or content != defaults[name]
        }

    decoders = {name: codec.decode for name, codec in codecs.items()}

    def decode(stored: dict[str, Any]) -> Any:
        if not stored.keys() <= decoders.keys():
            raise _unknown(f"{kind.__name__}.{min(stored.keys() - decoders.keys())}")
        return kind(**{name: decoders[name](content) for name, content in stored.items()})

    return Codec(encode=encode, decode=decode)


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _unknown(what: str) -> StateError:
    return StateError(
        f"the state store holds {what}, which this version does not know.",
        remedy="Run the version of sheetsync that wrote it, or a newer one.",
    )
