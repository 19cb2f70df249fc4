"""spreadsheets.batchUpdate: requests in order, all of them or none.

Connects: each kind of request with the function that carries it out.
Decides: the place that stands in front of a refusal: `Invalid requests[0].addSheet: …`.
Never: undoes anything itself; the refusal goes up and the server rolls back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.contract import stray_field
from sheetsync.localsheets.errors import GoogleError, bad_request
from sheetsync.localsheets.masks import parse_mask
from sheetsync.localsheets.protection import Caller, Guard
from sheetsync.localsheets.world import Call

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Batch:
    """One batch under way: the spreadsheet, who is calling, and their guards by tab."""

    book: Book
    caller: Caller
    call: Call
    _guards: dict[int, tuple[object, Guard]] = field(default_factory=dict)

    def tab(self, sheet_id: int | None) -> Tab:
        """The tab of a request; a request that leaves sheetId out means 0."""
        return self.book.tab(sheet_id or 0)

    def guard(self, tab: Tab) -> Guard:
        """What the caller may not touch on a tab, made anew when its protections change."""
        now = tab.lists.get("protectedRanges")
        known = self._guards.get(tab.id)
        if known is None or known[0] is not now:
            known = self._guards[tab.id] = (now, Guard(self.book, tab, self.caller))
        return known[1]

    def new_id(self, taken: set[int]) -> int:
        """An id for a new object."""
        return self.book.free_id(self.call.rng, taken)


Carry = Callable[[Batch, Json], Json | None]


# The message that the `fields` of each kind of request speak of.
MASKED = {
    "appendCells": "CellData",
    "repeatCell": "CellData",
    "updateBanding": "BandedRange",
    "updateCells": "CellData",
    "updateDeveloperMetadata": "DeveloperMetadata",
    "updateDimensionGroup": "DimensionGroup",
    "updateDimensionProperties": "DimensionProperties",
    "updateEmbeddedObjectBorder": "EmbeddedObjectBorder",
    "updateEmbeddedObjectPosition": "OverlayPosition",
    "updateFilterView": "FilterView",
    "updateNamedRange": "NamedRange",
    "updateProtectedRange": "ProtectedRange",
    "updateSheetProperties": "SheetProperties",
    "updateSlicerSpec": "SlicerSpec",
    "updateSpreadsheetProperties": "SpreadsheetProperties",
    "updateTable": "Table",
}


@functools.lru_cache(maxsize=1024)
def _check_mask(kind: str, text: str) -> None:
    stray = stray_field("sheets.v4", MASKED[kind], parse_mask(text))
    if stray is not None:
        raise bad_request(f"Invalid field: {stray}")


def required_mask(request: Json) -> str:
    """The `fields` of an update request, which Google insists on."""
    fields = request.get("fields")
    if not fields:
        raise bad_request(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    return str(fields)


def carry_out(batch: Batch, requests: list[Json], kinds: dict[str, Carry]) -> list[Json]:
    """Carry out the requests and answer their replies."""
    if not requests:
        raise bad_request("Must specify at least one request.")
    replies = []
    for index, request in enumerate(requests):
        if len(request) != 1:
            raise bad_request(
                f"Invalid requests[{index}]: "
                + ("No request set." if not request else "More than one request is set.")
            )
        ((kind, content),) = request.items()
        carry = kinds.get(kind)
        if carry is None:
            raise bad_request(f"Invalid requests[{index}].{kind}: not served by the local server.")
        try:
            if kind in MASKED and content.get("fields"):
                _check_mask(kind, content["fields"])
            reply = carry(batch, content)
        except GoogleError as refusal:
            raise refusal.within(f"requests[{index}].{kind}") from None
        replies.append({kind: reply} if reply is not None else {})
    return replies
