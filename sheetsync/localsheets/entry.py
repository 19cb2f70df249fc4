"""What a cell becomes when something is written into it.

Decides: RAW and USER_ENTERED, the 50,000 characters, strict validation of typed input.
Never: judges who may write.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from sheetsync.localsheets.a1 import cell_name
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.errors import GoogleError, bad_request
from sheetsync.localsheets.grid import EMPTY, Extra, Scalar
from sheetsync.localsheets.typed_input import read_typed
from sheetsync.localsheets.validation import accepts

Json = dict[str, Any]
MAX_CHARACTERS = 50_000
EXACT = 2**53


def number(value: float) -> int | float:
    """A number as Google answers it: whole ones without a point."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < EXACT:
            return int(value)
        return value
    return value if abs(value) <= EXACT else float(value)


def check_length(text: str) -> str:
    """Refuse more text than a cell holds."""
    if len(text) > MAX_CHARACTERS:
        raise bad_request(
            f"Your input contains more than the maximum of {MAX_CHARACTERS} characters "
            "in a single cell."
        )
    return text


def write_raw(tab: Tab, row: int, column: int, value: Any) -> None:
    """Write a JSON value as it is."""
    if isinstance(value, str):
        tab.grid.put_value(row, column, check_length(value))
    elif isinstance(value, bool):
        tab.grid.put_value(row, column, value)
    elif isinstance(value, (int, float)):
        if math.isinf(value):
            raise bad_request("The number is too large.")
        tab.grid.put_value(row, column, number(value))
    else:
        raise GoogleError(400, f"{'list_value' if isinstance(value, list) else 'struct_value'}")


def write_typed(book: Book, tab: Tab, row: int, column: int, value: Any) -> None:
    """Write a JSON value as if a person had typed it."""
    if not isinstance(value, str):
        write_raw(tab, row, column, value)
    else:
        check_length(value)
        write_text(book, tab, row, column, value)
    if tab.grid.has_validation:
        _check_validation(book, tab, row, column)


def write_text(book: Book, tab: Tab, row: int, column: int, text: str) -> None:
    """What a typed text makes of a cell: number, date, formula, or text."""
    old = tab.grid.extra_at(row, column)
    shape = (old.format or {}).get("numberFormat")
    if text == "":
        tab.grid.put_value(row, column, "")
        return
    if shape is not None and shape.get("type") == "TEXT" and not text.startswith("="):
        tab.grid.put_value(row, column, text)
        return
    typed = read_typed(text, locale=book.locale, today=book.today)
    if typed.formula is not None:
        put_formula(book, tab, row, column, typed.formula)
        return
    value = typed.value
    if not isinstance(value, (bool, str)):
        value = number(value)
    extra = replace(old, formula=None, error=None, runs=None, other=None) if old != EMPTY else old
    if typed.number_format is not None and shape is None:
        look = {**(extra.format or {}), "numberFormat": typed.number_format}
        extra = replace(extra, format=look)
    tab.grid.put(row, column, value, extra)


def put_formula(book: Book, tab: Tab, row: int, column: int, formula: str) -> None:
    """Write a formula; its value is computed when someone reads."""
    old = tab.grid.extra_at(row, column)
    extra = replace(old, formula=formula, error=None, runs=None)
    tab.grid.put(row, column, "", extra)
    mark_stale(book)


def mark_stale(book: Book) -> None:
    """Formulas must be computed anew before the next reading."""
    book.stale = True


def _check_validation(book: Book, tab: Tab, row: int, column: int) -> None:
    extra = tab.grid.extra_at(row, column)
    value: Scalar = tab.grid.value(row, column)
    rule = extra.validation
    if rule is None or not rule.get("strict") or value == "" or extra.formula is not None:
        return
    if not accepts(book, tab, rule, value):
        raise bad_request(
            f"The data you entered in cell {cell_name(row, column)} violates the data "
            "validation rules set on this cell."
        )


def extended_value(value: Scalar, extra: Extra) -> Json | None:
    """The effective value of a cell as an ExtendedValue."""
    if extra.error is not None:
        return {"errorValue": extra.error}
    if value == "" and extra.formula is None:
        return None
    return extended(value)


def extended(value: Scalar) -> Json:
    """A value as an ExtendedValue."""
    kind = value.__class__
    if kind is str:
        return {"stringValue": value}
    return {"boolValue": value} if kind is bool else {"numberValue": value}
