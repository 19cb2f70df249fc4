"""Which parts of a tab only the worker edits, and whether Google's protections still say so.

A header row is protected as far as there are headers, so that people can title columns that they
add to the right. A tab of the worker's own is protected whole, without people's columns on it: one
protection for each tab, not one for each column. The worker is named as editor and the domain is
not; the owner of the file can edit all the same, so this is a courtesy and not a lock.

A protection of ours is known again by its description.

Never: touches a protection that people made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync.core.rulebook import Owner, TabSpec
from sheetsync.sheets.grid import FIRST_DATA_ROW, spans
from sheetsync.sheets.tabs import TabInfo
from sheetsync.sheets.writing import Request

MARK = "sheetsync: "
HEADERS = MARK + "headers, found by their names"
OWN_TAB = MARK + "this tab is written by the worker"


def protect(
    info: TabInfo, spec: TabSpec, columns: Mapping[str, int], worker: str
) -> Iterator[tuple[str, Request]]:
    """The requests that make or mend our protection of a tab, each with its words."""
    wanted = _wanted(info, spec, columns, worker)
    ours = [item for item in info.protections if item.get("description") == wanted["description"]]
    if not ours:
        yield "protected " + _what(wanted), {"addProtectedRange": {"protectedRange": wanted}}
    elif not any(_holds(item, wanted, worker) for item in ours):
        mended = {**wanted, "protectedRangeId": ours[0]["protectedRangeId"]}
        fields = "range,unprotectedRanges,editors,warningOnly"
        yield (
            "mended the protection of " + _what(wanted),
            {"updateProtectedRange": {"protectedRange": mended, "fields": fields}},
        )


def _what(protection: Mapping[str, Any]) -> str:
    return "the headers" if protection["description"] == HEADERS else "the tab"


def _wanted(
    info: TabInfo, spec: TabSpec, columns: Mapping[str, int], worker: str
) -> dict[str, Any]:
    editors = {"users": [worker], "domainUsersCanEdit": False}
    if spec.owner is not Owner.WORKER:
        place = _range(info.sheet_id, min(columns.values()), max(columns.values()))
        place |= {"startRowIndex": 0, "endRowIndex": FIRST_DATA_ROW}
        return {"description": HEADERS, "range": place, "editors": editors}
    protection: dict[str, Any] = {
        "description": OWN_TAB,
        "range": {"sheetId": info.sheet_id},
        "editors": editors,
    }
    people_s = [columns[column.field] for column in spec.columns if column.is_people_s]
    if people_s:
        protection["unprotectedRanges"] = [
            _range(info.sheet_id, *run) | {"startRowIndex": FIRST_DATA_ROW}
            for run in spans(people_s)
        ]
    return protection


def _range(sheet_id: int, first: int, last: int) -> dict[str, int]:
    return {"sheetId": sheet_id, "startColumnIndex": first, "endColumnIndex": last + 1}


def _holds(item: Mapping[str, Any], wanted: Mapping[str, Any], worker: str) -> bool:
    """Whether a protection of ours still covers what it should and still admits the worker.

    Other editors are left to it: the owner of the file is among them, and we cannot tell who is.
    """
    editors = item.get("editors", {})
    users = {user.casefold() for user in editors.get("users", [])}
    return (
        not item.get("warningOnly", False)
        and not editors.get("domainUsersCanEdit", False)
        and worker.casefold() in users
        and _covers(item.get("range", {}), wanted["range"])
        and _places(item.get("unprotectedRanges", []))
        == _places(wanted.get("unprotectedRanges", []))
    )


def _covers(place: Mapping[str, int], wanted: Mapping[str, int]) -> bool:
    """Whether a range takes in another; a side without an index is open."""
    return all(
        place.get(f"start{side}Index", 0) <= wanted.get(f"start{side}Index", 0)
        and (
            f"end{side}Index" not in place
            or place[f"end{side}Index"] >= wanted.get(f"end{side}Index", 0) > 0
        )
        for side in ("Row", "Column")
    )


def _places(ranges: list[Mapping[str, int]]) -> set[tuple[int, int | None]]:
    """Unprotected columns as numbers; Google leaves zeros out and may fill in the open end."""
    return {(place.get("startColumnIndex", 0), place.get("endColumnIndex")) for place in ranges}
