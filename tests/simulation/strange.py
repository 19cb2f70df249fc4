"""*Own columns* and *once only*: nothing stands where no person typed it, and no row stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sheetsync.core.model import RowKey, TabKind
from simulation.desk import Desk
from simulation.end import End
from simulation.notebook import OWN, Typed
from simulation.outcome import Violation
from simulation.record import (
    same,
)


def strange_cells(end: End) -> Iterator[Violation]:
    """What stands in a person's column was typed by a person, put back, or is a number given."""
    office = end.course.company.office
    said: dict[tuple[TabKind, str], list[Typed]] = {}
    for typed in end.course.book.typed:
        said.setdefault((typed.kind, typed.field), []).append(typed)
    for place in office.places.tabs:
        desk = Desk(office, place.address)
        known = desk.columns()
        called = _names_of_rows(end, desk)
        for field, column in known.items():
            spec = desk.spec.by_field[field]
            if not spec.is_people_s:
                continue
            for row in desk.filled():
                value = desk.value(row, column)
                is_number = (
                    field in ("po_number", "line_number") and place.kind is TabKind.ORDER_LINES
                )
                is_copied = (place.address, field, str(value)) in end.course.book.copied
                if value == "" or is_number or is_copied:
                    continue
                key = desk.key(row)
                typed_here = said.get((place.kind, field), [])
                names = {key} | called.get(key, set())
                if not any(_is_from(t, names, value) for t in typed_here):
                    header = str(desk.header()[column])
                    if end.misplaced.tells_of(place.address.tab, header=header):
                        continue
                    what = f"{value!r} in {field} of {place.address} {'/'.join(key or ('no key',))}"
                    yield Violation(law="own columns", what=f"nobody typed {what}")
        yield from _strange_own(end, desk)


def _names_of_rows(end: End, desk: Desk) -> dict[RowKey | None, set[RowKey | None]]:
    """Every key that the row of a key had: what was put back there stands under the new one too."""
    names: dict[RowKey | None, set[RowKey | None]] = {}
    for typed in end.course.book.typed:
        keys = typed.keys - {None} if typed.tab == desk.address else ()
        for key in keys:
            names.setdefault(key, set()).update(keys)
    return names


def _is_from(typed: Typed, keys: set[RowKey | None], value: Any) -> bool:
    is_row = not keys.isdisjoint(typed.keys) or None in typed.keys or None in keys
    return is_row and same(typed.value, value)


def _strange_own(end: End, desk: Desk) -> Iterator[Violation]:
    """In columns of people's own stands only what they typed, or what a finding speaks of."""
    values = {
        str(t.value) for t in end.course.book.typed if t.field == OWN and t.tab == desk.address
    }
    headers = desk.header()
    for column, header in enumerate(headers):
        if not str(header).startswith("Mine"):
            continue
        for row in desk.filled():
            value = desk.value(row, column)
            is_said = end.misplaced.tells_of(desk.address.tab, header=str(header))
            if value != "" and str(value) not in values and not is_said:
                what = f"{value!r} in their own column {column + 1} of {desk.address} row {row + 1}"
                yield Violation(law="own columns", what=f"nobody typed {what}")
    width = len(headers)
    for row in desk.filled():
        found = desk.tab.grid.row(row)
        for column, value in enumerate(found.values if found is not None else ()):
            is_nameless = column >= width or headers[column] == ""
            if is_nameless and value != "" and not end.misplaced.tells_of(desk.address.tab):
                what = (
                    f"{value!r} in the nameless column {column + 1} of {desk.address} row {row + 1}"
                )
                yield Violation(law="own columns", what=f"nobody typed {what}")


def doubled_rows(end: End) -> Iterator[Violation]:
    """No key stands twice but where a person copied a row or typed a key."""
    for place in end.course.company.office.places.tabs:
        if place.kind is TabKind.HISTORY:
            continue
        desk = Desk(end.course.company.office, place.address)
        keys = Counter(key for row in desk.filled() if (key := desk.key(row)) is not None)
        for key, times in keys.items():
            is_said = end.misplaced.tells_of(place.address.tab, key)
            is_copied = (str(place.address), key) in end.course.doubled
            if times > 1 and not is_copied and not is_said:
                yield Violation(
                    law="once only", what=f"{place.address} {'/'.join(key)} stands {times} times"
                )
