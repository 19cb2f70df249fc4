"""Developer metadata: made, changed, found, and the ranges that data filters mean.

Decides: what a DataFilter and a DeveloperMetadataLookup match.
Never: keeps values in cells; metadata is invisible to the sheet's editors.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.a1 import Area
from sheetsync.localsheets.book import Book
from sheetsync.localsheets.errors import GoogleError, bad_request
from sheetsync.localsheets.masks import change, parse_mask
from sheetsync.localsheets.ranges import Found, find
from sheetsync.localsheets.requests.batch import Batch, required_mask

Json = dict[str, Any]
ROOM = 30_000


def create_developer_metadata(batch: Batch, request: Json) -> Json:
    """Attach metadata to the spreadsheet, a tab, a row or a column."""
    book, asked = batch.book, dict(request.get("developerMetadata", {}))
    if not asked.get("metadataKey"):
        raise bad_request("developerMetadata.metadataKey must be set.")
    if asked.get("visibility", "DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED").endswith("UNSPECIFIED"):
        raise bad_request("developerMetadata.visibility must be set.")
    taken = {m["metadataId"] for m in book.metadata}
    number = asked.get("metadataId")
    if number in taken:
        raise bad_request(f"Developer metadata with ID {number} already exists.")
    item = {
        "metadataId": number if number is not None else batch.new_id(taken),
        "metadataKey": asked["metadataKey"],
        **({"metadataValue": asked["metadataValue"]} if asked.get("metadataValue") else {}),
        "location": _location(book, asked.get("location", {})),
        "visibility": asked["visibility"],
    }
    _keep(book, [*book.metadata, item])
    return {"developerMetadata": item}


def _keep(book: Book, items: list[Json]) -> None:
    used = sum(len(m["metadataKey"]) + len(m.get("metadataValue", "")) for m in items)
    if used > ROOM:
        raise bad_request(
            f"Developer metadata exceeds the limit of {ROOM} characters of the spreadsheet."
        )
    book.undo.set(book, "metadata", items)


def _location(book: Book, place: Json) -> Json:
    if place.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if "dimensionRange" in place:
        lines = place["dimensionRange"]
        tab = book.tab(lines.get("sheetId", 0))
        dimension = lines.get("dimension")
        start, end = lines.get("startIndex"), lines.get("endIndex")
        if dimension not in ("ROWS", "COLUMNS") or start is None or end != start + 1:
            raise bad_request("A location's dimensionRange must span exactly one row or column.")
        if end > (tab.row_count if dimension == "ROWS" else tab.column_count):
            raise bad_request("The location lies beyond the grid.")
        kept = {k: v for k, v in lines.items() if k != "sheetId"}
        if tab.id:
            kept = {"sheetId": tab.id} | kept
        kind = "ROW" if dimension == "ROWS" else "COLUMN"
        return {"locationType": kind, "dimensionRange": kept}
    if "sheetId" in place:
        book.tab(place["sheetId"])
        return {"locationType": "SHEET", "sheetId": place["sheetId"]}
    raise bad_request("No location specified.")


def update_developer_metadata(batch: Batch, request: Json) -> Json:
    """Change every metadata that a filter matches."""
    book, mask = batch.book, parse_mask(required_mask(request))
    asked = request.get("developerMetadata", {})
    found = matching(book, request.get("dataFilters", []))
    fresh = {}
    for item in found:
        new = change(item, asked, mask) if mask else item | asked
        if "location" in asked and (not mask or "location" in mask):
            new["location"] = _location(book, asked["location"])
        new["metadataId"] = item["metadataId"]
        fresh[item["metadataId"]] = new
    _keep(book, [fresh.get(m["metadataId"], m) for m in book.metadata])
    return {"developerMetadata": list(fresh.values())} if fresh else {}


def delete_developer_metadata(batch: Batch, request: Json) -> Json:
    """Remove every metadata that a filter matches."""
    book = batch.book
    found = matching(book, [request.get("dataFilter", {})])
    gone = {m["metadataId"] for m in found}
    book.undo.set(book, "metadata", [m for m in book.metadata if m["metadataId"] not in gone])
    return {"deletedDeveloperMetadata": found} if found else {}


# matching


def matching(book: Book, filters: list[Json]) -> list[Json]:
    """The metadata that any of the data filters matches, in order of their making."""
    return [item for item in book.metadata if any(_matches(book, item, f) for f in filters)]


def _matches(book: Book, item: Json, data_filter: Json) -> bool:
    lookup = data_filter.get("developerMetadataLookup")
    if lookup is not None:
        return _looked_up(item, lookup)
    return _inside(item["location"], range_of_filter(book, data_filter))


def _looked_up(item: Json, lookup: Json) -> bool:
    for key in ("metadataId", "metadataKey", "metadataValue", "visibility"):
        if key in lookup and item.get(key) != lookup[key]:
            return False
    kind = lookup.get("locationType")
    location = item["location"]
    if kind is not None and location["locationType"] != kind:
        return False
    place = lookup.get("metadataLocation")
    if place is None:
        return True
    if lookup.get("locationMatchingStrategy") == "INTERSECTING_LOCATION":
        return _intersects(location, place)
    return _lines(location) == _lines(place) and _kind(location) == _kind(place)


def _kind(place: Json) -> str:
    if place.get("spreadsheet"):
        return "SPREADSHEET"
    return "LINES" if "dimensionRange" in place else "SHEET"


def _lines(place: Json) -> tuple[Any, ...]:
    lines = place.get("dimensionRange")
    if lines is None:
        return (place.get("sheetId", 0), place.get("spreadsheet", False))
    return tuple(lines.get(k, 0) for k in ("sheetId", "dimension", "startIndex", "endIndex"))


def _intersects(location: Json, place: Json) -> bool:
    if place.get("spreadsheet"):
        return True
    if location.get("spreadsheet"):
        return False
    mine = location.get("dimensionRange")
    theirs = place.get("dimensionRange")
    own = (mine or location).get("sheetId", 0)
    if own != (theirs or place).get("sheetId", 0):
        return False
    if mine is None or theirs is None:
        return theirs is None
    if mine["dimension"] != theirs.get("dimension"):
        return True
    return bool(
        mine["startIndex"] < theirs.get("endIndex", 1 << 40)
        and mine["endIndex"] > theirs.get("startIndex", 0)
    )


def range_of_filter(book: Book, data_filter: Json) -> Found:
    """The range of a data filter by A1 text or grid range."""
    if "a1Range" in data_filter:
        return find(book, data_filter["a1Range"])
    if "gridRange" in data_filter:
        place = data_filter["gridRange"]
        return Found(book.tab(place.get("sheetId", 0)), area_of(place), "")
    raise bad_request("No data filter specified.")


def area_of(place: Json) -> Area:
    """A GridRange as an area."""
    return Area(
        place.get("startRowIndex"),
        place.get("endRowIndex"),
        place.get("startColumnIndex"),
        place.get("endColumnIndex"),
    )


def _inside(location: Json, found: Found) -> bool:
    """Whether metadata lies on a range: its tab's, or one of its rows or columns."""
    if location.get("spreadsheet"):
        return False
    lines = location.get("dimensionRange")
    if (lines or location).get("sheetId", 0) != found.tab.id:
        return False
    if lines is None:
        return found.area == Area()
    try:
        box = found.box()
    except GoogleError:
        return False
    first, last = (box.top, box.bottom) if lines["dimension"] == "ROWS" else (box.left, box.right)
    return bool(first <= lines["startIndex"] < last)


def ranges_of_filters(book: Book, filters: list[Json]) -> list[tuple[Found, list[Json]]]:
    """Every range that the filters mean, with the filters that mean it."""
    found: list[tuple[Found, list[Json]]] = []
    for data_filter in filters:
        if "developerMetadataLookup" not in data_filter:
            found.append((range_of_filter(book, data_filter), [data_filter]))
            continue
        for item in matching(book, [data_filter]):
            place = _area_of_location(book, item["location"])
            if place is not None:
                found.append((place, [data_filter]))
    return found


def _area_of_location(book: Book, location: Json) -> Found | None:
    if location.get("spreadsheet"):
        return None
    lines = location.get("dimensionRange")
    if lines is None:
        return Found(book.tab(location.get("sheetId", 0)), Area(), "")
    start, end = lines["startIndex"], lines["endIndex"]
    rows = lines["dimension"] == "ROWS"
    area = Area(start, end) if rows else Area(None, None, start, end)
    return Found(book.tab(lines.get("sheetId", 0)), area, "")


METADATA = {
    "createDeveloperMetadata": create_developer_metadata,
    "updateDeveloperMetadata": update_developer_metadata,
    "deleteDeveloperMetadata": delete_developer_metadata,
}
