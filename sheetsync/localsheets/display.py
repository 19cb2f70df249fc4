"""What a cell shows.

Decides: which format a value is shown in, and keeps the shown text of a row until it changes.
Never: knows the patterns; see `formats.py`.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.formats import show
from sheetsync.localsheets.grid import Extra, Row, Scalar

KNOWN_LIMIT = 200_000
_known: dict[tuple[str, float], str] = {}


def shown_row(row: Row, locale: str) -> list[str]:
    """The shown texts of a row, kept until the row changes."""
    shown: Any = row.shown
    if shown is None:
        values, extras = row.values, row.extras
        if extras:
            shown = [
                v if v.__class__ is str else shown_cell(v, extras.get(c), locale)
                for c, v in enumerate(values)
            ]
        else:
            shown = [v if v.__class__ is str else _plain(v, locale) for v in values]
        if shown == values and all(v.__class__ is str for v in values):
            shown = values  # one list for both where they say the same
        row.shown = shown
    texts: list[str] = shown
    return texts


def shown_cell(value: Scalar, extra: Extra | None, locale: str) -> str:
    """The shown text of one cell."""
    shape = extra.format.get("numberFormat") if extra is not None and extra.format else None
    if shape is None:
        return _plain(value, locale)
    return show(value, number_format=shape, locale=locale)


def _plain(value: Scalar, locale: str) -> str:
    """The shown text of a cell without a number format."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    known = _known.get((locale, value))
    if known is None:
        if len(_known) > KNOWN_LIMIT:
            _known.clear()
        known = _known[(locale, value)] = show(value, number_format=None, locale=locale)
    return known
