"""A1 notation: text to grid range and back.

Decides: what a range text means on a given tab, and when a tab title needs quotes.
Never: looks at cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
CELL_LIKE = re.compile(r"(?:[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*|[Rr][0-9]*|[Cc][0-9]*)\Z")
A1_END = re.compile(r"\$?([A-Za-z]{1,3})?\$?([0-9]{1,8})?\Z")
R1C1_END = re.compile(r"[Rr]([0-9]+)(?:[Cc]([0-9]+))?\Z|[Cc]([0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class Area:
    """A half-open rectangle of cells, 0-based; None is open to that side."""

    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None

    @property
    def is_anchor(self) -> bool:
        """Whether it is one cell, which a write may spread out from."""
        return (
            self.top is not None
            and self.left is not None
            and self.bottom == self.top + 1
            and self.right == self.left + 1
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A bounded half-open rectangle, 0-based."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        """Columns."""
        return max(0, self.right - self.left)

    def meets(self, other: Box) -> bool:
        """Whether they share a cell."""
        return (
            self.top < other.bottom
            and other.top < self.bottom
            and self.left < other.right
            and other.left < self.right
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left
            and other.right <= self.right
        )


def column_letters(index: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A is 0, AA is 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def quoted(title: str) -> str:
    """The title as it stands in front of a `!`, quoted only where needed."""
    if PLAIN_TITLE.match(title) and not CELL_LIKE.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def cell_name(row: int, column: int) -> str:
    """A1 name of one cell."""
    return f"{column_letters(column)}{row + 1}"


def box_name(box: Box) -> str:
    """`A1:B2`, or `A1` for one cell."""
    first = cell_name(box.top, box.left)
    if box.height == 1 and box.width == 1:
        return first
    return f"{first}:{cell_name(box.bottom - 1, box.right - 1)}"


def split_title(text: str) -> tuple[str | None, str | None]:
    """Separate the tab title from the cells: `'My tab'!A1` gives `My tab`, `A1`.

    Either part is None where it is absent; text without `!` comes back as the cells.
    """
    if text.startswith("'"):
        end = 1
        while end < len(text):
            if text[end] == "'":
                if text[end + 1 : end + 2] != "'":
                    break
                end += 1
            end += 1
        title, rest = text[1:end].replace("''", "'"), text[end + 1 :]
        if not rest:
            return title, None
        return (title, rest[1:]) if rest.startswith("!") else (None, text)
    if "!" in text:
        title, _, cells = text.rpartition("!")
        return title, cells
    return None, text


def parse_cells(text: str) -> Area | None:
    """`A1`, `A1:B2`, `A:B`, `2:5`, `A3:B`, `R1C1:R2C2`; None where it is none of these."""
    first, colon, second = text.partition(":")
    start = _end(first)
    if start is None:
        return None
    if not colon:
        row, column = start
        if row is None or column is None:
            return None
        return Area(row, row + 1, column, column + 1)
    stop = _end(second)
    if stop is None:
        return None
    (top, left), (bottom, right) = start, stop
    if (top is None and left is None) or (bottom is None and right is None):
        return None
    upper, lower = _ordered(top, bottom)
    near, far = _ordered(left, right)
    return Area(upper, lower, near, far)


def _ordered(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Two inclusive ends, possibly open or the wrong way round, as a half-open span."""
    if first is not None and last is not None and first > last:
        first, last = last, first
    return first, (last + 1 if last is not None else None)


def _end(text: str) -> tuple[int | None, int | None] | None:
    text = text.strip()
    if not text:
        return None
    found = A1_END.match(text)
    if found and (found[1] or found[2]):
        if found[2] and int(found[2]) == 0:
            return None
        return (
            int(found[2]) - 1 if found[2] else None,
            column_index(found[1]) if found[1] else None,
        )
    found = R1C1_END.match(text)
    if found is None:
        return None
    row, column = found[1], found[2] or found[3]
    return (int(row) - 1 if row else None, int(column) - 1 if column else None)
