"""What a history tab showed, in a word: whether two readings of it were alike.

Never: says what is wrong with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

from sheetsync.core.model import RawCell


def ids_digest(ids: Iterable[RawCell]) -> str:
    """Stands for the ids of a tab's rows in their order; blank rows at its end do not count."""
    told = ["" if each is None else str(each) for each in ids]
    while told and not told[-1]:
        told.pop()
    return _digest(told)


def cells_digest(cells: Mapping[int, Iterable[str]], shown: Callable[[int, str], RawCell]) -> str:
    """Stands for what these cells show, by row and field."""
    return _digest([(row, name, shown(row, name)) for row in cells for name in sorted(cells[row])])


def _digest(said: object) -> str:
    text = repr(said).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(text, digest_size=16).hexdigest()
