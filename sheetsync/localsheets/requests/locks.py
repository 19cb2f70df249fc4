"""Requests about protected ranges and sheets.

Decides: what a protection may say; who may set, change or lift one.
Never: enforces; see `protection.py`.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.errors import bad_request, protected
from sheetsync.localsheets.masks import change, parse_mask
from sheetsync.localsheets.protection import Caller, may_edit
from sheetsync.localsheets.render import protection as shown
from sheetsync.localsheets.requests.batch import Batch, required_mask

Json = dict[str, Any]
DEFAULTS: dict[str, Any] = {"warningOnly": False, "description": ""}


def add_protected_range(batch: Batch, request: Json) -> Json:
    """Protect a range or a whole tab."""
    asked = dict(request.get("protectedRange", {}))
    tab = _tab_of(batch, asked)
    taken = {p["protectedRangeId"] for t in batch.book.tabs for p in t.items("protectedRanges")}
    number = asked.pop("protectedRangeId", None)
    if number in taken:
        raise bad_request(f"A protected range with ID {number} already exists.")
    asked.pop("requestingUserCanEdit", None)
    if number is None:
        number = batch.new_id(taken)
    item = _checked(tab, {"protectedRangeId": number, **asked})
    # The reply repeats the editors that were asked for; the caller joins them (recorded).
    reply = shown(item, batch.caller)
    kept = item | {"editors": _with_caller(batch.caller, item["editors"])}
    tab.set_items("protectedRanges", [*tab.items("protectedRanges"), kept])
    return {"protectedRange": reply}


def _tab_of(batch: Batch, item: Json) -> Tab:
    if "namedRangeId" in item and "range" not in item:
        for named in batch.book.named_ranges:
            if named["namedRangeId"] == item["namedRangeId"]:
                return batch.tab(named.get("range", {}).get("sheetId"))
        raise bad_request(f"No named range with id: {item['namedRangeId']}")
    return batch.tab(item.get("range", {}).get("sheetId"))


def _checked(tab: Tab, item: Json) -> Json:
    """A protection made ready to be kept, or refused."""
    if "range" not in item and "namedRangeId" not in item:
        raise bad_request("A range, a namedRangeId or a tableId must be set.")
    if "range" in item:
        tab.box(item["range"])
        item["range"] = tidy_range(item["range"])
    holes = item.get("unprotectedRanges", [])
    whole = not any(key in item.get("range", {}) for key in ("startRowIndex", "startColumnIndex"))
    if holes and not whole:
        raise bad_request("Unprotected ranges are only supported on protected sheets.")
    for hole in holes:
        tab.box(hole)
    if holes:
        item["unprotectedRanges"] = [tidy_range(hole) for hole in holes]
    editors = _tidy_editors(item.get("editors", {}))
    if item.get("warningOnly") and editors:
        raise bad_request("Editors are not supported with warningOnly protections.")
    item["editors"] = editors
    return {k: v for k, v in item.items() if DEFAULTS.get(k) != v}


def tidy_range(place: Json) -> Json:
    """A GridRange as it is answered: sheetId 0 is left out."""
    return {k: v for k, v in place.items() if not (k == "sheetId" and v == 0)}


def _tidy_editors(editors: Json) -> Json:
    """Editors without empty lists and without doubles."""
    found: Json = {}
    for key in ("users", "groups"):
        if editors.get(key):
            found[key] = list(dict.fromkeys(editors[key]))
    if editors.get("domainUsersCanEdit"):
        found["domainUsersCanEdit"] = True
    return found


def _with_caller(caller: Caller, editors: Json) -> Json:
    """Nobody can lock themselves out."""
    users = editors.get("users", [])
    if caller.email.casefold() in {str(u).casefold() for u in users}:
        return editors
    return editors | {"users": [*users, caller.email]}


def _find(book: Book, number: int) -> tuple[Tab, Json]:
    for tab in book.tabs:
        for item in tab.items("protectedRanges"):
            if item["protectedRangeId"] == number:
                return tab, item
    raise bad_request(f"No protected range with ID: {number}")


def _own(batch: Batch, number: int) -> tuple[Tab, Json]:
    """The protection, if the caller may change it."""
    tab, item = _find(batch.book, number)
    if not may_edit(item, batch.caller):
        raise protected()
    return tab, item


def update_protected_range(batch: Batch, request: Json) -> None:
    """Change a protection's range, editors or description."""
    mask = parse_mask(required_mask(request))
    asked = request.get("protectedRange", {})
    tab, item = _own(batch, asked.get("protectedRangeId", 0))
    new = change(item, asked, mask) if mask else dict(asked)
    new["protectedRangeId"] = item["protectedRangeId"]
    new.pop("requestingUserCanEdit", None)
    if new.get("warningOnly") and mask and "editors" not in mask:
        new.pop("editors", None)
    goal = _tab_of(batch, new)
    fresh = _checked(goal, new)
    fresh["editors"] = _with_caller(batch.caller, fresh["editors"])
    rest = [p for p in tab.items("protectedRanges") if p is not item]
    if goal is tab:
        items = [fresh if p is item else p for p in tab.items("protectedRanges")]
        tab.set_items("protectedRanges", items)
    else:
        tab.set_items("protectedRanges", rest)
        goal.set_items("protectedRanges", [*goal.items("protectedRanges"), fresh])


def delete_protected_range(batch: Batch, request: Json) -> None:
    """Lift a protection."""
    tab, item = _own(batch, request.get("protectedRangeId", 0))
    rest = [p for p in tab.items("protectedRanges") if p is not item]
    tab.set_items("protectedRanges", rest)


LOCKS = {
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
}
