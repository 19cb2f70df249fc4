"""Requests about groups of rows and columns.

Decides: how groups nest.
Never: hides a line; a collapsed group is only remembered.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.book import Tab
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.masks import parse_mask
from sheetsync.localsheets.requests.batch import Batch, required_mask
from sheetsync.localsheets.requests.dimensions import lines_of
from sheetsync.localsheets.requests.rules import replace_item

Json = dict[str, Any]


def _group_list(dimension: str) -> str:
    return "rowGroups" if dimension == "ROWS" else "columnGroups"


def _group_range(tab: Tab, lines: tuple[str, int, int]) -> Json:
    dimension, start, end = lines
    place: Json = {"sheetId": tab.id} if tab.id else {}
    return place | {"dimension": dimension, "startIndex": start, "endIndex": end}


def add_dimension_group(batch: Batch, request: Json) -> Json:
    """Group lines; groups nest, and a group that only overlaps another is refused."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    batch.guard(tab).check_sheet()
    dimension, start, end = lines_of(tab, place)
    name = _group_list(dimension)
    groups = list(tab.items(name))
    depth = 1
    for group in groups:
        first, last = group["range"]["startIndex"], group["range"]["endIndex"]
        if first <= start and end <= last:
            depth = max(depth, group["depth"] + 1)
        elif first < end and start < last and not (start <= first and last <= end):
            raise bad_request("The group overlaps another group without containing it.")
    deeper = [g for g in groups if _within(g, start, end) and not _same(g, start, end)]
    groups = [g | {"depth": g["depth"] + 1} if g in deeper else g for g in groups]
    groups.append({"range": _group_range(tab, (dimension, start, end)), "depth": depth})
    tab.set_items(name, _sorted(groups))
    # The first group turns this on and it stays on (recorded for columns).
    control = "rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"
    tab.set_props(gridProperties=tab.props["gridProperties"] | {control: True})
    return {"dimensionGroups": tab.items(name)}


def _within(group: Json, start: int, end: int) -> bool:
    place = group["range"]
    return bool(start <= place["startIndex"] and place["endIndex"] <= end)


def _same(group: Json, start: int, end: int) -> bool:
    place = group["range"]
    return bool(start == place["startIndex"] and place["endIndex"] == end)


def _sorted(groups: list[Json]) -> list[Json]:
    return sorted(groups, key=lambda g: (g["range"]["startIndex"], g["depth"]))


def delete_dimension_group(batch: Batch, request: Json) -> Json:
    """Ungroup lines: the deepest group of exactly that range goes."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    batch.guard(tab).check_sheet()
    dimension, start, end = lines_of(tab, place)
    name = _group_list(dimension)
    exact = [g for g in tab.items(name) if _same(g, start, end)]
    if not exact:
        raise bad_request("No group exists over the given range.")
    gone = max(exact, key=lambda g: g["depth"])
    rest = [
        g | {"depth": g["depth"] - 1}
        if _within(g, start, end) and g["depth"] > gone["depth"]
        else g
        for g in tab.items(name)
        if g is not gone
    ]
    tab.set_items(name, _sorted(rest))
    return {"dimensionGroups": rest} if rest else {}


def update_dimension_group(batch: Batch, request: Json) -> None:
    """Collapse or open a group."""
    parse_mask(required_mask(request))
    asked = request.get("dimensionGroup", {})
    tab = batch.tab(asked.get("range", {}).get("sheetId"))
    batch.guard(tab).check_sheet()
    dimension, start, end = lines_of(tab, asked.get("range", {}))
    name = _group_list(dimension)
    for group in tab.items(name):
        if _same(group, start, end) and group["depth"] == asked.get("depth", 1):
            new = {k: v for k, v in group.items() if k != "collapsed"}
            replace_item(
                tab, name, group, new | ({"collapsed": True} if asked.get("collapsed") else {})
            )
            return
    raise bad_request("No group exists over the given range at the given depth.")


GROUPS = {
    "addDimensionGroup": add_dimension_group,
    "deleteDimensionGroup": delete_dimension_group,
    "updateDimensionGroup": update_dimension_group,
}
