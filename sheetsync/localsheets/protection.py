"""Protected ranges and sheets, held against whoever is calling.

Decides: whether a caller may change a box of cells.
Never: hides anything; protection limits editing, not viewing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.errors import protected

Json = dict[str, Any]
EDGES = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as one spreadsheet sees them."""

    email: str
    role: str

    @property
    def is_owner(self) -> bool:
        """The owner of the file can always edit."""
        return self.role in ("owner", "organizer")

    @property
    def can_write(self) -> bool:
        """Whether the spreadsheet is shared with them for editing."""
        return self.role in ("owner", "organizer", "fileOrganizer", "writer")


def may_edit(protection: Json, caller: Caller) -> bool:
    """Whether the caller may edit inside a protected range."""
    if caller.is_owner or protection.get("warningOnly"):
        return True
    editors = protection.get("editors", {})
    if editors.get("domainUsersCanEdit"):
        return True
    return caller.email.casefold() in {str(u).casefold() for u in editors.get("users", [])}


def place_of(book: Book, tab: Tab, protection: Json) -> Json | None:
    """The range that a protection covers, its own or its named range's."""
    named = protection.get("namedRangeId")
    if named is not None:
        for item in book.named_ranges:
            if item["namedRangeId"] == named:
                place: Json = item.get("range", {})
                return place if place.get("sheetId", 0) == tab.id else None
    found: Json = protection.get("range", {})
    return found


def open_box(tab: Tab, place: Json) -> Box:
    """A GridRange as a box, clipped to the grid rather than refused."""
    return Box(
        place.get("startRowIndex", 0),
        min(place.get("endRowIndex", tab.row_count), tab.row_count),
        place.get("startColumnIndex", 0),
        min(place.get("endColumnIndex", tab.column_count), tab.column_count),
    )


class Guard:
    """What a caller may not touch on one tab."""

    def __init__(self, book: Book, tab: Tab, caller: Caller) -> None:
        self.locks: list[tuple[Box, list[Box]]] = []
        self.whole = False
        if caller.is_owner:
            return
        for protection in tab.items("protectedRanges"):
            if may_edit(protection, caller):
                continue
            place = place_of(book, tab, protection)
            if place is not None:
                holes = [open_box(tab, hole) for hole in protection.get("unprotectedRanges", [])]
                self.whole |= not any(key in place for key in EDGES)
                self.locks.append((open_box(tab, place), holes))

    def check(self, box: Box) -> None:
        """Refuse a change of the box if any of its cells is locked."""
        for lock, holes in self.locks:
            shared = common(lock, box)
            if shared is None:
                continue
            rest = [shared]
            for hole in holes:
                rest = subtract(rest, hole)
            if rest:
                raise protected()

    def check_sheet(self) -> None:
        """Refuse a change of the tab's make-up if the tab as a whole is locked to the caller."""
        if self.whole:
            raise protected()

    def check_tab(self) -> None:
        """Refuse to take the tab away if anything on it is locked to the caller."""
        if self.locks:
            raise protected()


def common(one: Box, other: Box) -> Box | None:
    """The cells that two boxes share."""
    box = Box(
        max(one.top, other.top),
        min(one.bottom, other.bottom),
        max(one.left, other.left),
        min(one.right, other.right),
    )
    return box if box.height and box.width else None


def subtract(boxes: list[Box], hole: Box) -> list[Box]:
    """What is left of the boxes outside the hole."""
    rest: list[Box] = []
    for box in boxes:
        shared = common(box, hole)
        if shared is None:
            rest.append(box)
            continue
        parts = (
            Box(box.top, shared.top, box.left, box.right),
            Box(shared.bottom, box.bottom, box.left, box.right),
            Box(shared.top, shared.bottom, box.left, shared.left),
            Box(shared.top, shared.bottom, shared.right, box.right),
        )
        rest += [part for part in parts if part.height and part.width]
    return rest
