"""Any value of a core type, for hypothesis: built from the types of the fields, as the codec is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from sheetsync.core.plan import Plan

TEXTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["", "\x00", "\ud800", "\\u0041", "0042", "é🙂\u05d0", "E-1"]),
)
SCALARS = {
    str: TEXTS,
    int: st.integers(-(10**20), 10**20),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    NoneType: st.none(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


@cache
def any_of(hint: Any) -> st.SearchStrategy[Any]:
    if hint in SCALARS:
        return SCALARS[hint]
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: any_of(hints[field.name]) for field in fields(hint)})
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*map(any_of, inner))
    if origin is Mapping:
        return st.dictionaries(any_of(inner[0]), any_of(inner[1]), max_size=2)
    if origin is tuple:
        return st.lists(any_of(inner[0]), max_size=2).map(tuple)
    return st.frozensets(any_of(inner[0]), max_size=2)


def any_plan() -> st.SearchStrategy[Plan]:
    hints = get_type_hints(Plan)
    parts = {name: any_of(hint) for name, hint in hints.items() if name != "findings"}
    return st.builds(Plan, **parts)
