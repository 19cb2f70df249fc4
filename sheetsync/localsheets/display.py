"""What a cell shows.

Decides: which format a value is shown in, and keeps the shown text of a row until it changes.
Never: knows the patterns; see `formats.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import orjson

from sheetsync.localsheets.formats import show
from sheetsync.localsheets.grid import Extra, Row, Scalar

# Numbers of at most so many characters need no rounding by the general format.
SURE_LENGTH = 10
KEPT = 200_000
KEPT_A_FORMAT = 50_000
TRUTH = {True: "TRUE", False: "FALSE"}


class _Texts(dict[float, str]):
    """Numbers without a number format, as they show in one locale."""

    def __init__(self, locale: str) -> None:
        super().__init__()
        self._locale = locale
        # The decimal sign, as the general format shows it.
        self.sign = show(0.5, number_format=None, locale=locale).strip("05")

    def __missing__(self, value: float) -> str:
        text = repr(value)
        if len(text) > SURE_LENGTH or "e" in text:
            text = show(value, number_format=None, locale=self._locale)
        elif value.__class__ is float:
            text = text.replace(".", self.sign)
        if len(self) < KEPT:
            self[value] = text
        return text


@functools.cache
def _texts(locale: str) -> _Texts:
    return _Texts(locale)


class _Shaped(dict[float, str]):
    """Numbers as they show in one number format of one locale: dates and prices come again."""

    def __init__(self, kind: str, pattern: str, locale: str) -> None:
        super().__init__()
        self._shape = {"type": kind, "pattern": pattern}
        self._locale = locale

    def __missing__(self, value: float) -> str:
        text = show(value, number_format=self._shape, locale=self._locale)
        if len(self) < KEPT_A_FORMAT:
            self[value] = text
        return text


@functools.lru_cache(maxsize=64)
def _shaped(kind: str, pattern: str, locale: str) -> _Shaped:
    return _Shaped(kind, pattern, locale)


def shown_row(row: Row, locale: str) -> list[str]:
    """The shown texts of a row, kept until the row changes."""
    shown: Any = row.shown
    if shown is None:
        values, extras = row.values, row.extras
        numbers = [v for v in values if v.__class__ is not str]
        if numbers:
            texts = iter(_number_texts(numbers, _texts(locale)))
            shown = [v if v.__class__ is str else next(texts) for v in values]
        else:
            shown = values  # one list for both where they say the same
        for column, extra in (extras or {}).items():
            if extra.format is not None and column < len(values):
                shown = [*shown] if shown is values else shown
                shown[column] = shown_cell(values[column], extra, locale)
        row.shown = shown
    found: list[str] = shown
    return found


def show_ahead(rows: Iterable[Row | None], locale: str) -> None:
    """Make the shown texts with a write: a reader of a whole tab must not wait for them."""
    for row in rows:
        if row is not None:
            shown_row(row, locale)


def _number_texts(numbers: list[Any], texts: _Texts) -> list[str]:
    """What numbers and booleans show, at once where all of them are short."""
    line = orjson.dumps(numbers).decode()[1:-1]
    if "e" not in line:  # neither an exponent nor true or false
        if texts.sign == ".":
            quick = line.split(",")
        else:
            quick = line.replace(",", " ").replace(".", texts.sign).split(" ")
        if max(map(len, quick)) <= SURE_LENGTH:
            return quick
    return [TRUTH[v] if v.__class__ is bool else texts[v] for v in numbers]


def shown_cell(value: Scalar, extra: Extra | None, locale: str) -> str:
    """The shown text of one cell."""
    shape = extra.format.get("numberFormat") if extra is not None and extra.format else None
    if shape is not None and (extra is None or extra.error is None):
        if isinstance(value, (str, bool)):  # True is no key beside 1
            return show(value, number_format=shape, locale=locale)
        return _shaped(shape.get("type", ""), shape.get("pattern", ""), locale)[value]
    if isinstance(value, str):
        return value
    return TRUTH[value] if isinstance(value, bool) else _texts(locale)[value]
