"""Requests about charts, slicers and tables: kept and given back, never drawn.

Decides: ids and places of objects that lie over or on the grid.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.book import Tab
from sheetsync.localsheets.colors import with_color_styles
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.masks import change, parse_mask
from sheetsync.localsheets.requests.batch import Batch, required_mask
from sheetsync.localsheets.requests.blocks import empty_cells, put_down
from sheetsync.localsheets.requests.rules import bounded, find_item, replace_item

Json = dict[str, Any]
WIDTH, HEIGHT = 600, 371


def _place(batch: Batch, item: Json) -> tuple[Tab, Json]:
    """The tab of an object and its position; `newSheet` makes a tab of its own."""
    position = item.get("position", {})
    if position.get("newSheet"):
        raise bad_request("Object sheets are not served by the local server.")
    overlay = position.get("overlayPosition", {})
    anchor = overlay.get("anchorCell", {})
    tab = batch.tab(anchor.get("sheetId", position.get("sheetId")))
    size = {"widthPixels": WIDTH, "heightPixels": HEIGHT}
    return tab, {"overlayPosition": size | overlay | {"anchorCell": anchor}}


def _add(batch: Batch, name: str, key: str, item: Json) -> Json:
    tab, position = _place(batch, item)
    taken = {i[key] for t in batch.book.tabs for i in t.items(name)}
    number = item.get(key)
    if number in taken:
        raise bad_request(f"An object with ID {number} already exists.")
    if number is None:
        number = batch.new_id(taken)
    made: Json = with_color_styles({key: number, **item}) | {"position": position}
    tab.set_items(name, [*tab.items(name), made])
    return made


def add_chart(batch: Batch, request: Json) -> Json:
    """Keep a chart."""
    if "spec" not in request.get("chart", {}):
        raise bad_request("No spec specified.")
    return {"chart": _add(batch, "charts", "chartId", request["chart"])}


def update_chart_spec(batch: Batch, request: Json) -> None:
    """Replace a chart's spec."""
    tab, old = find_item(batch.book, "charts", "chartId", request.get("chartId", 0), "chart")
    spec = with_color_styles(request.get("spec", {}))
    replace_item(tab, "charts", old, old | {"spec": spec})


def add_slicer(batch: Batch, request: Json) -> Json:
    """Keep a slicer."""
    return {"slicer": _add(batch, "slicers", "slicerId", request.get("slicer", {}))}


def update_slicer_spec(batch: Batch, request: Json) -> None:
    """Change a slicer's spec."""
    tab, old = find_item(batch.book, "slicers", "slicerId", request.get("slicerId", 0), "slicer")
    mask = parse_mask(required_mask(request))
    spec = change(old.get("spec", {}), request.get("spec", {}), mask)
    replace_item(tab, "slicers", old, old | {"spec": spec})


def _embedded(batch: Batch, number: int) -> tuple[Tab, str, Json]:
    for tab in batch.book.tabs:
        for name, key in (("charts", "chartId"), ("slicers", "slicerId")):
            for item in tab.items(name):
                if item[key] == number:
                    return tab, name, item
    raise bad_request(f"No object with ID: {number}")


def delete_embedded_object(batch: Batch, request: Json) -> None:
    """Remove a chart or slicer."""
    tab, name, item = _embedded(batch, request.get("objectId", 0))
    replace_item(tab, name, item, None)


def update_embedded_object_position(batch: Batch, request: Json) -> Json:
    """Move a chart or slicer, to another tab as well."""
    tab, name, item = _embedded(batch, request.get("objectId", 0))
    asked = request.get("newPosition", {})
    mask = parse_mask(request.get("fields") or "*")
    overlay = item["position"]["overlayPosition"]
    fresh = overlay | change(overlay, asked.get("overlayPosition", {}), mask)
    goal, position = _place(batch, {"position": {"overlayPosition": fresh}})
    new = item | {"position": position}
    replace_item(tab, name, item, new if goal is tab else None)
    if goal is not tab:
        goal.set_items(name, [*goal.items(name), new])
    return {"position": position}


def update_embedded_object_border(batch: Batch, request: Json) -> None:
    """Change a chart's border."""
    tab, name, item = _embedded(batch, request.get("objectId", 0))
    mask = parse_mask(required_mask(request))
    border = change(item.get("border", {}), with_color_styles(request.get("border", {})), mask)
    replace_item(tab, name, item, item | {"border": border})


def add_table(batch: Batch, request: Json) -> Json:
    """Make a table of a range."""
    asked = request.get("table", {})
    tab = batch.tab(asked.get("range", {}).get("sheetId"))
    number = asked.get("tableId") or str(batch.new_id(set()))
    name = asked.get("name") or f"Table{len(tab.items('tables')) + 1}"
    made: Json = with_color_styles({**asked, "tableId": number, "name": name})
    made["range"] = bounded(tab, asked.get("range", {}))
    for other in tab.items("tables"):
        if tab.box(other["range"]).meets(tab.box(made["range"])):
            raise bad_request("You can't add a table that overlaps another table.")
    tab.set_items("tables", [*tab.items("tables"), made])
    return {"table": made}


def update_table(batch: Batch, request: Json) -> None:
    """Change a table."""
    asked = with_color_styles(request.get("table", {}))
    tab, old = _table(batch, asked.get("tableId", ""))
    new = change(old, asked, parse_mask(required_mask(request)))
    new["range"] = bounded(tab, new.get("range", {}))
    replace_item(tab, "tables", old, new | {"tableId": old["tableId"]})


def delete_table(batch: Batch, request: Json) -> None:
    """Remove a table with its cells."""
    tab, old = _table(batch, request.get("tableId", ""))
    box = tab.box(old["range"])
    batch.guard(tab).check(box)
    put_down(tab, box.top, box.left, empty_cells(box))
    replace_item(tab, "tables", old, None)


def _table(batch: Batch, number: str) -> tuple[Tab, Json]:
    for tab in batch.book.tabs:
        for item in tab.items("tables"):
            if item["tableId"] == number:
                return tab, item
    raise bad_request(f"No table with ID: {number}")


OBJECTS = {
    "addChart": add_chart,
    "updateChartSpec": update_chart_spec,
    "addSlicer": add_slicer,
    "updateSlicerSpec": update_slicer_spec,
    "deleteEmbeddedObject": delete_embedded_object,
    "updateEmbeddedObjectPosition": update_embedded_object_position,
    "updateEmbeddedObjectBorder": update_embedded_object_border,
    "addTable": add_table,
    "updateTable": update_table,
    "deleteTable": delete_table,
}
