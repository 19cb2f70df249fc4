"""Data validation rules.

Decides: whether a value that somebody types stands against a cell's rule.
Never: refuses; `entry.py` does, and only for strict rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.grid import Scalar
from sheetsync.localsheets.ranges import find
from sheetsync.localsheets.typed_input import read_typed

Json = dict[str, Any]

NUMBER_TESTS: dict[str, Callable[[float, list[Any]], bool]] = {
    "NUMBER_GREATER": lambda v, a: v > a[0],
    "NUMBER_GREATER_THAN_EQ": lambda v, a: v >= a[0],
    "NUMBER_LESS": lambda v, a: v < a[0],
    "NUMBER_LESS_THAN_EQ": lambda v, a: v <= a[0],
    "NUMBER_EQ": lambda v, a: v == a[0],
    "NUMBER_NOT_EQ": lambda v, a: v != a[0],
    "NUMBER_BETWEEN": lambda v, a: min(a[:2]) <= v <= max(a[:2]),
    "NUMBER_NOT_BETWEEN": lambda v, a: not min(a[:2]) <= v <= max(a[:2]),
    "DATE_BEFORE": lambda v, a: v < a[0],
    "DATE_AFTER": lambda v, a: v > a[0],
    "DATE_ON_OR_BEFORE": lambda v, a: v <= a[0],
    "DATE_ON_OR_AFTER": lambda v, a: v >= a[0],
    "DATE_EQ": lambda v, a: v == a[0],
    "DATE_BETWEEN": lambda v, a: min(a[:2]) <= v <= max(a[:2]),
    "DATE_NOT_BETWEEN": lambda v, a: not min(a[:2]) <= v <= max(a[:2]),
}
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda v, t: t in v,
    "TEXT_NOT_CONTAINS": lambda v, t: t not in v,
    "TEXT_STARTS_WITH": lambda v, t: v.startswith(t),
    "TEXT_ENDS_WITH": lambda v, t: v.endswith(t),
    "TEXT_EQ": lambda v, t: v == t,
}


def accepts(book: Book, tab: Tab, rule: Json, value: Scalar) -> bool:
    """Whether the value satisfies the rule; conditions we cannot judge are satisfied."""
    condition = rule.get("condition", {})
    kind = condition.get("type", "")
    given = [v.get("userEnteredValue", "") for v in condition.get("values", [])]
    if kind == "BOOLEAN":
        return _is_checkbox_value(book, given, value)
    if kind == "ONE_OF_LIST":
        return any(_same(book, text, value) for text in given)
    if kind == "ONE_OF_RANGE" and given:
        return value in _cells(book, tab, given[0])
    if kind in NUMBER_TESTS or kind == "DATE_IS_VALID":
        return _numbers_allow(book, kind, given, value)
    return _text_allows(kind, given, value)


def _numbers_allow(book: Book, kind: str, given: list[str], value: Scalar) -> bool:
    if isinstance(value, (bool, str)):
        return False
    numbers = [_number(book, text) for text in given]
    if kind not in NUMBER_TESTS or None in numbers or not numbers:
        return True
    return NUMBER_TESTS[kind](value, numbers)


def _text_allows(kind: str, given: list[str], value: Scalar) -> bool:
    text = str(value)
    if kind in TEXT_TESTS and given:
        return TEXT_TESTS[kind](text.casefold(), given[0].casefold())
    if kind == "TEXT_IS_EMAIL":
        return "@" in text and "." in text.rpartition("@")[2]
    if kind == "TEXT_IS_URL":
        return "." in text and " " not in text
    return True


def _is_checkbox_value(book: Book, given: list[str], value: Scalar) -> bool:
    if given:
        return any(_same(book, text, value) for text in given)
    return isinstance(value, bool)


def _same(book: Book, text: str, value: Scalar) -> bool:
    typed = read_typed(text, locale=book.locale).value
    return typed == value or (isinstance(value, str) and text.casefold() == value.casefold())


def _number(book: Book, text: str) -> float | None:
    value = read_typed(text, locale=book.locale).value
    return None if isinstance(value, (bool, str)) else value


def _cells(book: Book, tab: Tab, text: str) -> set[Scalar]:
    reference = text.removeprefix("=")
    if "!" not in reference:
        reference = f"'{tab.title}'!{reference}"
    try:
        found = find(book, reference)
        box: Box = found.box()
    except GoogleError:
        return set()
    return {
        found.tab.grid.value(r, c)
        for r in range(box.top, box.bottom)
        for c in range(box.left, box.right)
    } - {""}
