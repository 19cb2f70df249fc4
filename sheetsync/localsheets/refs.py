"""References inside formulas, when cells move.

Decides: how `A1`, `$A$1`, `A:A`, `'Tab'!A1:B2` are rewritten after lines come, go or move, and
when a formula is copied elsewhere.
Never: computes a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sheetsync.localsheets.a1 import Box, column_index, column_letters, quoted
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.spans import FAR, Span

CELL = r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})"
TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?P<title>(?:'(?:[^']|'')*'|[A-Za-z_][\w.]*)!)?"
    rf"(?:(?P<cells>(?<![\w.$]){CELL}(?::(?:{CELL}|\$?[A-Za-z]{{1,3}}))?(?![\w(.!:]))"
    r"|(?P<columns>(?<![\w.$])(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w(.!]))"
    r"|(?P<rows>(?<![\w.$])(\$?)([1-9][0-9]{0,6}):(\$?)([1-9][0-9]{0,6})(?![\w(.!])))"
)
BROKEN = "#REF!"
Rewrite = Callable[[str | None, str, int, int], tuple[int, int] | None]


def follow(book: Book, tab: Tab, dimension: str, span: Span) -> None:
    """Rewrite every formula of the spreadsheet that looks at lines of a tab."""
    _rewrite(book, lambda owner, formula: shifted(formula, owner, tab, dimension, span))


def rename(book: Book, old: str, new: str | None) -> None:
    """Rewrite references to a tab that has another title now, or is gone."""

    def one(found: re.Match[str]) -> str:
        prefix = found["title"] or ""
        if not prefix or _title(prefix).casefold() != old.casefold():
            return found[0]
        return BROKEN if new is None else f"{quoted(new)}!{found[0][len(prefix) :]}"

    _rewrite(book, lambda _, formula: TOKEN.sub(one, formula))


def _rewrite(book: Book, change: Callable[[Tab, str], str]) -> None:
    """Pass every formula of the spreadsheet through a change."""
    for owner in book.tabs:
        if not owner.grid.has_formulas:
            continue
        book.stale = True
        for row_index, column, row, extra in list(owner.grid.formula_cells()):
            formula = change(owner, extra.formula or "")
            if formula != extra.formula:
                value = row.value(column)
                owner.grid.put(row_index, column, value, replace(extra, formula=formula))


def follow_block(book: Book, tab: Tab, source: Box, goal_tab: Tab, rows: int, columns: int) -> None:
    """Rewrite references to a block of cells that moved: those that lie wholly inside it."""
    _rewrite(
        book,
        lambda owner, formula: _after_block(formula, owner, tab, source, goal_tab, rows, columns),
    )


def _after_block(
    formula: str, owner: Tab, tab: Tab, source: Box, goal_tab: Tab, rows: int, columns: int
) -> str:
    def one(found: re.Match[str]) -> str:
        if found["cells"] is None:
            return found[0]
        prefix = found["title"] or ""
        target = _title(prefix) if prefix else owner.title
        ends = [_parts(end) for end in found["cells"].split(":")]
        inside = all(end[1] is not None and end[3] is not None for end in ends) and all(
            source.left <= (end[1] or 0) < source.right
            and source.top <= (end[3] or 0) < source.bottom
            for end in ends
        )
        if not inside or target.casefold() != tab.title.casefold():
            return found[0]
        if goal_tab is not tab:
            prefix = f"{quoted(goal_tab.title)}!" if goal_tab is not owner else ""
        return prefix + ":".join(
            _joined(end, (end[1] or 0) + columns, (end[3] or 0) + rows) for end in ends
        )

    return TOKEN.sub(one, formula)


def shifted(formula: str, owner: Tab, tab: Tab, dimension: str, span: Span) -> str:
    """A formula after lines of a tab changed."""

    def change(title: str | None, along: str, start: int, end: int) -> tuple[int, int] | None:
        target = owner.title if title is None else title
        if along != dimension or target.casefold() != tab.title.casefold():
            return start, end
        return span(start, end)

    return rewritten(formula, change)


def copied(formula: str, rows: int, columns: int) -> str:
    """A formula copied by so many rows and columns: relative references move along."""

    def one(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return found[0]
        title = found["title"] or ""
        body = found[0][len(title) :]
        parts = body.split(":")
        moved = [_moved_end(part, rows, columns) for part in parts]
        return BROKEN if None in moved else title + ":".join(m for m in moved if m is not None)

    return TOKEN.sub(one, formula)


def _moved_end(text: str, rows: int, columns: int) -> str | None:
    found = re.fullmatch(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)", text)
    if found is None:
        return text
    lock_column, letters, lock_row, digits = found.groups()
    if letters and not lock_column:
        column = column_index(letters) + columns
        if column < 0:
            return None
        letters = column_letters(column)
    pinned = lock_row if letters or found[2] else lock_column
    if digits and not pinned:
        row = int(digits) + rows
        if row < 1:
            return None
        digits = str(row)
    return f"{lock_column}{letters}{lock_row}{digits}"


def rewritten(formula: str, change: Rewrite) -> str:
    """A formula with every reference passed through a change of its spans."""

    def one(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return found[0]
        prefix = found["title"] or ""
        title = _title(prefix) if prefix else None
        body = found[0][len(prefix) :]
        ends = body.split(":")
        first, last = _parts(ends[0]), _parts(ends[-1])
        rows = _span(first[3], last[3], "ROWS", title, change)
        columns = _span(first[1], last[1], "COLUMNS", title, change)
        if rows is None or columns is None:
            return prefix + BROKEN if prefix else BROKEN
        start = _joined(first, columns[0], rows[0])
        if len(ends) == 1:
            return prefix + start
        return f"{prefix}{start}:{_joined(last, columns[1], rows[1])}"

    return TOKEN.sub(one, formula)


def _title(prefix: str) -> str:
    name = prefix[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _parts(text: str) -> tuple[str, int | None, str, int | None]:
    found = re.fullmatch(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)", text)
    if found is None:
        return "", None, "", None
    a, letters, b, digits = found.groups()
    column = column_index(letters) if letters else None
    return a, column, b, int(digits) - 1 if digits else None


def _span(
    first: int | None, last: int | None, dimension: str, title: str | None, change: Rewrite
) -> tuple[int | None, int | None] | None:
    if first is not None and last is None:  # A2:A is open below
        open_below = change(title, dimension, first, FAR)
        return (open_below[0], None) if open_below is not None else None
    if first is None or last is None:
        return first, last
    low, high = min(first, last), max(first, last)
    found = change(title, dimension, low, high + 1)
    if found is None:
        return None
    start, end = found[0], min(found[1], FAR) - 1
    return (start, end) if first <= last else (end, start)


def _joined(
    parts: tuple[str, int | None, str, int | None], column: int | None, row: int | None
) -> str:
    lock_column, _, lock_row, _ = parts
    letters = column_letters(column) if column is not None else ""
    return f"{lock_column}{letters}{lock_row}{row + 1 if row is not None else ''}"
