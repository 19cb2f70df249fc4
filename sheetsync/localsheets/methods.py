"""The methods of Sheets v4.

Connects: a call with the spreadsheet it is about, the values and requests it carries out, and
the answer.
Never: knows HTTP; see `server.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheetsync.localsheets import values
from sheetsync.localsheets.book import Book, default_properties, new_tab_props
from sheetsync.localsheets.colors import with_color_styles
from sheetsync.localsheets.drive import add_spreadsheet, refuse_homeless
from sheetsync.localsheets.errors import GoogleError, bad_request, not_found
from sheetsync.localsheets.masks import ALL, Mask, parse_mask, select
from sheetsync.localsheets.protection import Caller, Guard
from sheetsync.localsheets.ranges import Found, find
from sheetsync.localsheets.recalc import refresh
from sheetsync.localsheets.render import sheet_properties, spreadsheet
from sheetsync.localsheets.requests import KINDS
from sheetsync.localsheets.requests.batch import Batch, carry_out
from sheetsync.localsheets.requests.cells import put_cell
from sheetsync.localsheets.requests.metadata import matching, ranges_of_filters
from sheetsync.localsheets.requests.tabs import copy_tab
from sheetsync.localsheets.world import Call, World

Json = dict[str, Any]
Answer = Callable[[World, Call], Any]


def _mask(call: Call) -> Mask:
    text = call.params.get("fields")
    return parse_mask(text) if text else ALL


# the spreadsheet as a whole


def create(world: World, call: Call) -> Json:
    """spreadsheets.create."""
    refuse_homeless(call, None)
    asked = with_color_styles(call.body or {})
    properties = asked.get("properties", {})
    title = properties.get("title") or "Untitled spreadsheet"
    book = Book(world.undo, world.new_file_id(call.rng), default_properties(title))
    book.properties |= {
        k: v for k, v in properties.items() if k in ("locale", "timeZone", "autoRecalc")
    }
    tabs = asked.get("sheets") or [{}]
    batch = Batch(book=book, caller=Caller(call.email, "owner"), call=call)
    for index, sheet in enumerate(tabs):
        _create_tab(batch, index, sheet, only=len(tabs) == 1)
    add_spreadsheet(world, call, book)
    return spreadsheet(book, batch.caller, None, _mask(call))


def _create_tab(batch: Batch, index: int, sheet: Json, *, only: bool) -> None:
    asked = sheet.get("properties", {})
    number = asked.get("sheetId")
    if number is None:
        number = 0 if only else batch.new_id({tab.id for tab in batch.book.tabs})
    props = new_tab_props(number, asked.get("title") or f"Sheet{index + 1}")
    # No rows or no columns means Google's own number of them.
    props["gridProperties"] |= {k: v for k, v in asked.get("gridProperties", {}).items() if v}
    extra = {k: v for k, v in asked.items() if k not in ("index", "gridProperties")}
    tab = batch.book.add_tab(props | extra | {"sheetId": number, "title": props["title"]})
    for data in sheet.get("data", []):
        top, left = data.get("startRow", 0), data.get("startColumn", 0)
        for r, row in enumerate(data.get("rowData", []), top):
            for c, cell in enumerate(row.get("values", []), left):
                put_cell(batch.book, tab, r, c, cell, ALL)
    if sheet.get("merges"):
        tab.set_items("merges", [tab.range_of(tab.box(m)) for m in sheet["merges"]])


def get(world: World, call: Call) -> Json:
    """spreadsheets.get."""
    book, caller = world.book(call, call.params["spreadsheetId"])
    boxes = None
    if call.params.get("ranges"):
        boxes = [(f.tab, f.box()) for f in (find(book, text) for text in call.params["ranges"])]
    refresh(book)
    grid = call.params.get("includeGridData", False)
    return spreadsheet(book, caller, boxes, _mask(call), grid_data=grid)


def get_by_data_filter(world: World, call: Call) -> Json:
    """spreadsheets.getByDataFilter."""
    book, caller = world.book(call, call.params["spreadsheetId"])
    refresh(book)
    filters = call.body.get("dataFilters")
    boxes = None
    if filters:
        boxes = [(f.tab, f.box()) for f, _ in ranges_of_filters(book, filters)]
    grid = call.body.get("includeGridData", False)
    return spreadsheet(book, caller, boxes, _mask(call), grid_data=grid)


def batch_update(world: World, call: Call) -> Json:
    """spreadsheets.batchUpdate."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    batch = Batch(book=book, caller=caller, call=call)
    body = call.body
    title = book.properties["title"]
    replies = carry_out(batch, body.get("requests", []), KINDS)
    if book.properties["title"] != title:
        world.undo.set(world.files[book.id], "name", book.properties["title"])
    world.touch(call, book.id)
    answer: Json = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        refresh(book)
        boxes = None
        if body.get("responseRanges"):
            boxes = [(f.tab, f.box()) for f in (find(book, t) for t in body["responseRanges"])]
        grid = body.get("responseIncludeGridData", False)
        answer["updatedSpreadsheet"] = spreadsheet(book, caller, boxes, grid_data=grid)
    return answer


def copy_to(world: World, call: Call) -> Json:
    """spreadsheets.sheets.copyTo."""
    source, _ = world.book(call, call.params["spreadsheetId"])
    book, caller = world.book(call, call.body.get("destinationSpreadsheetId", ""), "writer")
    tab = next((t for t in source.tabs if t.id == int(call.params["sheetId"])), None)
    if tab is None:
        raise not_found()
    batch = Batch(book=book, caller=caller, call=call)
    title, number = f"Copy of {tab.title}", 1
    while book.titled(title) is not None:
        number += 1
        title = f"Copy of {tab.title} {number}"
    new_id = batch.new_id({t.id for t in book.tabs})
    made = copy_tab(batch, tab, book, new_id, title, None)
    world.touch(call, book.id)
    return sheet_properties(book, made)


# values


def values_get(world: World, call: Call) -> Json:
    """spreadsheets.values.get."""
    book, _ = world.book(call, call.params["spreadsheetId"])
    found = find(book, call.params["range"])
    refresh(book)
    return values.read(book, found, call.params)


def values_batch_get(world: World, call: Call) -> Json:
    """spreadsheets.values.batchGet."""
    book, _ = world.book(call, call.params["spreadsheetId"])
    wanted = [find(book, text) for text in call.params.get("ranges", [])]
    refresh(book)
    answer: Json = {"spreadsheetId": book.id}
    if wanted:
        answer["valueRanges"] = [values.read(book, found, call.params) for found in wanted]
    return answer


def values_batch_get_by_data_filter(world: World, call: Call) -> Json:
    """spreadsheets.values.batchGetByDataFilter."""
    book, _ = world.book(call, call.params["spreadsheetId"])
    refresh(book)
    found = ranges_of_filters(book, call.body.get("dataFilters", []))
    matched = [
        {"valueRange": values.read(book, place, call.body), "dataFilters": filters}
        for place, filters in found
    ]
    return {"spreadsheetId": book.id} | ({"valueRanges": matched} if matched else {})


def _option(text: str | None) -> str:
    if text not in ("RAW", "USER_ENTERED"):
        raise bad_request("'valueInputOption' is required but not specified")
    return text


def _with_values(book: Book, answer: Json, options: Json, *, wanted: bool) -> Json:
    """An update's answer with the values as they now stand, if they were asked for."""
    if wanted:
        refresh(book)
        place = find(book, answer["updatedRange"])
        asked = {
            "valueRenderOption": options.get("responseValueRenderOption", "FORMATTED_VALUE"),
            "dateTimeRenderOption": options.get("responseDateTimeRenderOption", "SERIAL_NUMBER"),
        }
        answer["updatedData"] = values.read(book, place, asked)
    return answer


def values_update(world: World, call: Call) -> Json:
    """spreadsheets.values.update."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    option = _option(call.params.get("valueInputOption"))
    found = find(book, call.params["range"])
    stated = call.body.get("range")
    if stated and find(book, stated).area != found.area:
        raise bad_request(
            f"Requested range [{call.params['range']}] does not match the range of the values "
            f"[{stated}]"
        )
    guard = Guard(book, found.tab, caller)
    answer = values.write(book, guard, found, call.body, option)
    world.touch(call, book.id)
    wanted = bool(call.params.get("includeValuesInResponse"))
    return _with_values(book, answer, call.params, wanted=wanted)


def values_batch_update(world: World, call: Call) -> Json:
    """spreadsheets.values.batchUpdate."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    option = _option(call.body.get("valueInputOption"))
    wanted = call.body.get("includeValuesInResponse", False)
    answers = []
    for index, data in enumerate(call.body.get("data", [])):
        try:
            place = find(book, data.get("range", ""))
            guard = Guard(book, place.tab, caller)
            answer = values.write(book, guard, place, data, option)
        except GoogleError as refusal:
            raise _placed(refusal, index) from None
        answers.append(_with_values(book, answer, call.body, wanted=wanted))
    world.touch(call, book.id)
    total = totals_of(book, answers)
    return total | ({"responses": answers} if answers else {})


def _placed(refusal: GoogleError, index: int) -> GoogleError:
    """Which part of the data a refusal is about: `Invalid data[0]: …`."""
    text = refusal.message.removeprefix("Invalid ")
    if text != refusal.message and text.startswith("values["):
        return GoogleError(refusal.code, f"Invalid data[{index}].{text}")
    return refusal.within(f"data[{index}]")


def totals_of(book: Book, answers: list[Json]) -> Json:
    """Totals: cells add up, rows and columns count each line of a tab once."""
    rows: set[tuple[int, int]] = set()
    columns: set[tuple[int, int]] = set()
    tabs: set[int] = set()
    for answer in answers:
        if not answer.get("updatedCells"):
            continue
        place = find(book, answer["updatedRange"])
        box = place.box()
        tabs.add(place.tab.id)
        rows |= {(place.tab.id, r) for r in range(box.top, box.bottom)}
        columns |= {(place.tab.id, c) for c in range(box.left, box.right)}
    counts = {
        "totalUpdatedRows": len(rows),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": sum(a.get("updatedCells", 0) for a in answers),
        "totalUpdatedSheets": len(tabs),
    }
    return {"spreadsheetId": book.id} | {k: v for k, v in counts.items() if v}


def values_batch_update_by_data_filter(world: World, call: Call) -> Json:
    """spreadsheets.values.batchUpdateByDataFilter."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    option = _option(call.body.get("valueInputOption"))
    answers = []
    for data in call.body.get("data", []):
        data_filter = data.get("dataFilter", {})
        for place, _ in ranges_of_filters(book, [data_filter]):
            guard = Guard(book, place.tab, caller)
            answer = values.write(book, guard, place, data, option)
            wanted = call.body.get("includeValuesInResponse", False)
            answer = _with_values(book, answer, call.body, wanted=wanted)
            del answer["spreadsheetId"]
            answers.append(answer | {"dataFilter": data_filter})
    world.touch(call, book.id)
    return totals_of(book, answers) | ({"responses": answers} if answers else {})


def values_append(world: World, call: Call) -> Json:
    """spreadsheets.values.append."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    option = _option(call.params.get("valueInputOption"))
    found = find(book, call.params["range"])
    guard = Guard(book, found.tab, caller)
    options = call.params | {"valueInputOption": option}
    answer = values.append(book, guard, found, call.body, options)
    world.touch(call, book.id)
    wanted = bool(call.params.get("includeValuesInResponse"))
    answer["updates"] = _with_values(book, answer["updates"], call.params, wanted=wanted)
    return answer


def values_clear(world: World, call: Call) -> Json:
    """spreadsheets.values.clear."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    found = find(book, call.params["range"])
    cleared = values.clear(book, Guard(book, found.tab, caller), found)
    world.touch(call, book.id)
    return {"spreadsheetId": book.id, "clearedRange": cleared}


def _clear_all(world: World, call: Call, book: Book, caller: Caller, places: list[Found]) -> Json:
    cleared = [values.clear(book, Guard(book, p.tab, caller), p) for p in places]
    world.touch(call, book.id)
    return {"spreadsheetId": book.id} | ({"clearedRanges": cleared} if cleared else {})


def values_batch_clear(world: World, call: Call) -> Json:
    """spreadsheets.values.batchClear."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    places = [find(book, text) for text in call.body.get("ranges", [])]
    return _clear_all(world, call, book, caller, places)


def values_batch_clear_by_data_filter(world: World, call: Call) -> Json:
    """spreadsheets.values.batchClearByDataFilter."""
    book, caller = world.book(call, call.params["spreadsheetId"], "writer")
    places = [p for p, _ in ranges_of_filters(book, call.body.get("dataFilters", []))]
    return _clear_all(world, call, book, caller, places)


# developer metadata


def metadata_get(world: World, call: Call) -> Json:
    """spreadsheets.developerMetadata.get."""
    book, _ = world.book(call, call.params["spreadsheetId"])
    number = int(call.params["metadataId"])
    for item in book.metadata:
        if item["metadataId"] == number:
            return item
    raise not_found()


def metadata_search(world: World, call: Call) -> Json:
    """spreadsheets.developerMetadata.search."""
    book, _ = world.book(call, call.params["spreadsheetId"])
    filters = call.body.get("dataFilters", [])
    found = [
        {
            "developerMetadata": item,
            "dataFilters": [f for f in filters if item in matching(book, [f])],
        }
        for item in matching(book, filters)
    ]
    return {"matchedDeveloperMetadata": found} if found else {}


def masked(call: Call, answer: Json) -> Json:
    """An answer under the call's mask; spreadsheets.get has done it itself."""
    mask = _mask(call)
    chosen: Json = select(answer, mask) if mask else answer
    return chosen


READS: dict[str, Answer] = {
    "sheets.spreadsheets.get": get,
    "sheets.spreadsheets.getByDataFilter": get_by_data_filter,
    "sheets.spreadsheets.values.get": values_get,
    "sheets.spreadsheets.values.batchGet": values_batch_get,
    "sheets.spreadsheets.values.batchGetByDataFilter": values_batch_get_by_data_filter,
    "sheets.spreadsheets.developerMetadata.get": metadata_get,
    "sheets.spreadsheets.developerMetadata.search": metadata_search,
}
WRITES: dict[str, Answer] = {
    "sheets.spreadsheets.create": create,
    "sheets.spreadsheets.batchUpdate": batch_update,
    "sheets.spreadsheets.sheets.copyTo": copy_to,
    "sheets.spreadsheets.values.update": values_update,
    "sheets.spreadsheets.values.batchUpdate": values_batch_update,
    "sheets.spreadsheets.values.batchUpdateByDataFilter": values_batch_update_by_data_filter,
    "sheets.spreadsheets.values.append": values_append,
    "sheets.spreadsheets.values.clear": values_clear,
    "sheets.spreadsheets.values.batchClear": values_batch_clear,
    "sheets.spreadsheets.values.batchClearByDataFilter": values_batch_clear_by_data_filter,
}
