"""Which row is which: by its key cells, or by its content where the key is missing or doubled.

Both readings of a cycle, the one that decides and the one just before the write, tell rows apart
by this module, so that a decision reaches the row that it was made for. Never: reads a meaning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from sheetsync.core.model import WITNESSED_LENGTH, LineKey, RawCell, RowKey, RowRef
from sheetsync.core.reading import normalise_key
from sheetsync.core.rulebook import TabSpec

LONGEST_CELL = 50_000
"""Characters that Google keeps in one cell; a longer text fails the whole batch."""


_WHOLE = re.compile(r"\+?(\d+)(?:\.0+)?")


def key_text(raw: RawCell) -> str:
    """A key cell in comparable form: 7, 7.0, "7" and " 7 " are one key; "" for a blank."""
    if raw is None or isinstance(raw, bool):
        return ""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw)
    if text.isascii() and text.isprintable() and " " not in text:
        # Nothing but case can be folded here, and tabs hold such keys by the ten thousand.
        return text.lower()
    return normalise_key(text)


def row_key(cells: Sequence[RawCell], spec: TabSpec) -> RowKey | None:
    """The row's key, or None while one of its key cells is blank; line 01 is line 1."""
    key = tuple(key_text(cells[index]) for index in spec.key_indexes)
    if not all(key):
        return None
    if any(not _is_plain_number(key[place]) for place in spec.numbered_keys):
        counted = spec.numbered_keys
        return tuple(
            _number_text(text) if place in counted else text for place, text in enumerate(key)
        )
    return key


def _is_plain_number(text: str) -> bool:
    return text.isdigit() and text.isascii() and text[0] != "0"


def _number_text(text: str) -> str:
    """A number of a line in one form: "01", "+1", "1.0" and Arabic digits are read as 1 too."""
    digits = _WHOLE.fullmatch(text)
    return str(int(digits[1])) if digits else text


def line_row(key: LineKey) -> RowKey:
    """The row key of an order line, on Order lines and on its supplier's tab."""
    return (key_text(key.po_number), key_text(key.line_number))


def row_refs(rows: Sequence[Sequence[RawCell]], spec: TabSpec) -> list[RowRef | None]:
    """Who each row is, aligned with `rows`; None for a row in which people wrote nothing."""
    return refs_by_key(rows, [row_key(cells, spec) for cells in rows], spec)


def refs_by_key(
    rows: Sequence[Sequence[RawCell]], keys: Sequence[RowKey | None], spec: TabSpec
) -> list[RowRef | None]:
    """The same, where each row's key is told already."""
    seen = Counter(keys)
    contents: Counter[tuple[RawCell, ...]] = Counter()
    refs: list[RowRef | None] = []
    for cells, key in zip(rows, keys, strict=True):
        if key is not None and seen[key] == 1 and not is_mark(key, spec):
            refs.append(RowRef(key=key))
            continue
        content = tuple(cells[index] for index in spec.content_indexes)
        if all(is_blank(cell) for cell in content):
            refs.append(None)
            continue
        refs.append(RowRef(key=key, content=content, occurrence=contents[content]))
        contents[content] += 1
    return refs


def writable(value: RawCell) -> RawCell:
    """The value as the sheet will show it: "" is a blank, and a text ends where a cell ends."""
    if isinstance(value, str):
        return value[:LONGEST_CELL] or None
    return value


def is_blank(cell: RawCell) -> bool:
    """Whether people would call the cell empty; an unticked checkbox is FALSE, not blank."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def same_cell(one: RawCell, other: RawCell) -> bool:
    """Whether two raw cells show the same: 12 is 12.0, blanks are alike, TRUE is not 1."""
    if one.__class__ is other.__class__ and one == other:
        return True
    if is_blank(one) or is_blank(other):
        return is_blank(one) and is_blank(other)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def is_said(shown: RawCell, said: RawCell) -> bool:
    """Whether a cell shows what a witness says, who cuts long texts short."""
    if isinstance(shown, str) and isinstance(said, str):
        return shown[:WITNESSED_LENGTH].strip() == said[:WITNESSED_LENGTH].strip()
    return same_cell(shown, said)


def is_as_settled(
    cells: tuple[RawCell, ...], settled: Mapping[str, RawCell], spec: TabSpec
) -> bool:
    """Whether a row is to the letter what was settled, so that nothing about it is news.

    Stricter than `same_cell`, and much cheaper: most rows of most cycles are such rows.
    """
    known = tuple(map(settled.get, spec.fields))
    # TRUE equals 1 in Python, so types are held against each other too.
    return known == cells and tuple(map(type, known)) == tuple(map(type, cells))


def is_same_row(one: tuple[RawCell, ...], other: tuple[RawCell, ...]) -> bool:
    """Whether two rows are the same to the letter, so that one may be taken for the other.

    TRUE, 1 and 1.0 are equal in Python, and so are 0.0 and -0.0.
    """
    if one is other:
        return True
    types = tuple(map(type, one))
    return (
        one == other
        and types == tuple(map(type, other))
        and (float not in types or 0.0 not in one or repr(one) == repr(other))
    )


def is_mark(key: RowKey, spec: TabSpec) -> bool:
    """Whether the key is a mark such as "new1", under which rows wait for their number."""
    return (
        spec.mark is not None
        and key[0].startswith(spec.mark)
        and key[0][len(spec.mark) :].isdigit()
    )
