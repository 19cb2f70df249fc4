"""Methods beside values and batchUpdate, and the snapshot of all that they make."""

import random

import pytest
from localsheets.test_atomic import picture
from localsheets.test_requests import (
    EXAMPLES,
    ME,
    NOW,
    START,
    area,
    build_world,
    carry,
    lines,
    run,
    sheet,
    values,
)

from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.message_reader import read_message
from sheetsync.localsheets.snapshot import restore, snapshot_lines
from sheetsync.localsheets.world import Call, World


@pytest.mark.parametrize("name", [None, *sorted(EXAMPLES)])
def test_a_snapshot_restores_everything(name):
    world = build_world() if name is None else run(EXAMPLES[name])[0]
    again = World()
    restore(again, snapshot_lines(world))
    assert picture(again) == picture(world)
    assert values(again, "A1:J20", "FORMULA") == values(world, "A1:J20", "FORMULA")
    assert values(again, "A1:J20") == values(world, "A1:J20")


def test_cells_that_share_their_look_share_it_after_a_restart():
    world, _ = run(EXAMPLES["repeatCell"])
    again = World()
    restore(again, snapshot_lines(world))
    grid = again.books[START].tabs[0].grid
    assert grid.extra_at(1, 0) is grid.extra_at(2, 1)


def test_create_with_tabs_and_cells():
    world = World()
    cell = {"userEnteredValue": {"stringValue": "x"}, "note": "n"}
    made = carry(
        world,
        "POST",
        "/v4/spreadsheets",
        {
            "properties": {"title": "Made", "locale": "de_DE"},
            "sheets": [
                {
                    "properties": {"title": "Orders", "gridProperties": {"frozenRowCount": 1}},
                    "data": [{"startRow": 1, "rowData": [{"values": [{}, cell]}]}],
                    "merges": [area(5, 6, 0, 2)],
                },
                {"properties": {"sheetId": 7, "gridProperties": {"rowCount": 0}}},
            ],
        },
    )
    first, second = made["sheets"]
    assert made["properties"]["locale"] == "de_DE"
    assert first["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert len(first["merges"]) == 1
    assert (second["properties"]["title"], second["properties"]["sheetId"]) == ("Sheet2", 7)
    assert second["properties"]["gridProperties"]["rowCount"] == 1000
    path = f"/v4/spreadsheets/{made['spreadsheetId']}/values/Orders"
    assert carry(world, "GET", path)["values"] == [[], ["", "x"]]
    short = carry(world, "POST", "/v4/spreadsheets?fields=spreadsheetId", {}, seed=2)
    assert list(short) == ["spreadsheetId"]


def test_copy_to_another_spreadsheet():
    world = build_world()
    other = carry(world, "POST", "/v4/spreadsheets", {})["spreadsheetId"]
    path = f"/v4/spreadsheets/{START}/sheets/0:copyTo"
    told = carry(world, "POST", path, {"destinationSpreadsheetId": other})
    again = carry(world, "POST", path, {"destinationSpreadsheetId": other}, seed=5)
    assert told["title"] == "Copy of Sheet1"
    assert again["title"] != told["title"]
    copied = carry(world, "GET", f"/v4/spreadsheets/{other}")["sheets"][1]
    assert {place["sheetId"] for place in copied["merges"]} == {told["sheetId"]}
    with pytest.raises(GoogleError) as caught:
        carry(world, "POST", path.replace("/0:", "/99:"), {"destinationSpreadsheetId": other})
    assert caught.value.code == 404


def test_duplicated_tabs_have_objects_of_their_own():
    world, _ = run(EXAMPLES["duplicateSheet"])
    twin, start = sheet(world, 0), sheet(world, 1)
    for name, key in (("protectedRanges", "protectedRangeId"), ("charts", "chartId")):
        assert twin[name][0][key] != start[name][0][key]
    assert values(world, "Twin!D2", "FORMULA") == [["=B2*C2"]]


def test_moved_columns_take_everything_along():
    world, _ = run(
        {
            "updateDimensionProperties": {
                "range": lines("COLUMNS", 2, 3),
                "properties": {"pixelSize": 50},
                "fields": "pixelSize",
            }
        },
        EXAMPLES["moveColumns"],
    )
    assert values(world, "A1:D1") == [["price", "", "name", "qty"]]
    assert values(world, "B2", "FORMULA") == [["=D2*A2"]]
    assert world.books[START].tabs[0].columns == {0: {"pixelSize": 50}}
    assert world.books[START].named_ranges[0]["range"]["startColumnIndex"] == 0


def test_inserted_columns_take_after_a_neighbour():
    world, _ = run(EXAMPLES["repeatCell"], EXAMPLES["insertColumns"])
    grid = world.books[START].tabs[0].grid
    assert grid.extra_at(1, 1).format == {"textFormat": {"bold": True}}
    assert values(world, "A1:C1") == [["name", "", "qty"]]


def test_deleted_frozen_rows_thaw():
    freeze = {
        "updateSheetProperties": {
            "properties": {"gridProperties": {"frozenRowCount": 2}},
            "fields": "gridProperties.frozenRowCount",
        }
    }
    world, _ = run(freeze, {"deleteDimension": {"range": lines("ROWS", 0, 1)}})
    assert sheet(world)["properties"]["gridProperties"]["frozenRowCount"] == 1
    rest = {"deleteDimension": {"range": lines("ROWS", 2, 20)}}
    with pytest.raises(GoogleError, match="not possible to delete all non-frozen rows"):
        run(freeze, rest)


def test_locations_of_metadata():
    def make(place):
        item = {"metadataKey": "k", "location": place, "visibility": "DOCUMENT"}
        return {"createDeveloperMetadata": {"developerMetadata": item}}

    world, replies = run(
        make({"spreadsheet": True}), make({"sheetId": 5}),
        make({"dimensionRange": {**lines("COLUMNS", 1, 2), "sheetId": 5}}),
    )  # fmt: skip
    kinds = [
        reply["createDeveloperMetadata"]["developerMetadata"]["location"]["locationType"]
        for reply in replies
    ]
    assert kinds == ["SPREADSHEET", "SHEET", "COLUMN"]

    def found(data_filter):
        path = f"/v4/spreadsheets/{START}/developerMetadata:search"
        told = carry(world, "POST", path, {"dataFilters": [data_filter]})
        return len(told.get("matchedDeveloperMetadata", []))

    assert found({"a1Range": "Other"}) == 2
    assert found({"a1Range": "Other!C1:D2"}) == 0
    assert found({"gridRange": area(0, 9, 0, 3)}) == 1
    near = {"locationMatchingStrategy": "INTERSECTING_LOCATION"}
    assert found({"developerMetadataLookup": near | {"metadataLocation": {"sheetId": 5}}}) == 2
    assert (
        found({"developerMetadataLookup": near | {"metadataLocation": {"spreadsheet": True}}}) == 4
    )
    for place in (
        {},
        {"dimensionRange": lines("ROWS", 1, 3)},
        {"dimensionRange": lines("ROWS", 30, 31)},
    ):
        with pytest.raises(GoogleError):
            run(make(place))
    long = {"metadataKey": "k", "metadataValue": "x" * 30_001, "visibility": "DOCUMENT"}
    item = {"developerMetadata": long | {"location": {"spreadsheet": True}}}
    with pytest.raises(GoogleError, match="exceeds the limit of 30000 characters"):
        run({"createDeveloperMetadata": item})


def test_files_move_between_folders_and_are_ordered():
    world = build_world()
    folder = {"name": "F", "mimeType": "application/vnd.google-apps.folder"}
    made = carry(world, "POST", "/drive/v3/files", folder)["id"]
    path = f"/drive/v3/files/{START}"
    carry(world, "PATCH", f"{path}?addParents={made}", {})
    assert carry(world, "GET", f"{path}?fields=parents")["parents"] == [made]
    carry(world, "PATCH", f"{path}?removeParents={made}", {})
    assert carry(world, "GET", f"{path}?fields=parents")["parents"] == ["root"]
    names = [f["name"] for f in carry(world, "GET", "/drive/v3/files?orderBy=folder,name")["files"]]
    assert names == ["F", "Start"]
    with pytest.raises(GoogleError):
        carry(world, "POST", f"/drive/v3/files/{made}/copy", {})


def test_about_and_shared_drives():
    world = build_world()
    told = carry(world, "GET", "/drive/v3/about?fields=user(emailAddress)")
    assert told == {"user": {"emailAddress": ME}}
    with pytest.raises(GoogleError, match="'fields' parameter is required"):
        carry(world, "GET", "/drive/v3/about")
    made = carry(world, "POST", "/drive/v3/drives?requestId=1", {"name": "D"})
    assert carry(world, "GET", f"/drive/v3/drives/{made['id']}")["name"] == "D"
    assert len(carry(world, "GET", "/drive/v3/drives")["drives"]) == 1


def test_uploads_of_new_files(open_server, bare):
    body = (
        b'--x\r\nContent-Type: application/json\r\n\r\n{"name": "up"}\r\n'
        b"--x\r\nContent-Type: text/csv\r\n\r\na,1\r\nb,2\r\n--x--"
    )
    made = bare.post(
        f"{open_server.url}/upload/drive/v3/files?uploadType=multipart",
        data=body,
        headers={"Content-Type": "multipart/related; boundary=x"},
    ).json()
    assert made["name"] == "up"
    told = bare.get(f"{open_server.url}/v4/spreadsheets/{made['id']}/values/up").json()
    assert told["values"] == [["a", "1"], ["b", "2"]]
    bad = bare.post(
        f"{open_server.url}/upload/drive/v3/files", data=b"--x--",
        headers={"Content-Type": "multipart/related; boundary=x"},
    )  # fmt: skip
    assert bad.status_code == 400


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"sheet_id": "5"}, {"sheetId": 5}),
        ({"sheetId": 5.0, "title": None}, {"sheetId": 5}),
        ({"hidden": "true", "sheetType": 1}, {"hidden": True, "sheetType": "GRID"}),
        ({"tabColor": {"red": "0.5"}}, {"tabColor": {"red": 0.5}}),
    ],
)
def test_lenient_forms(given, read):
    assert read_message("sheets.v4", "SheetProperties", given) == read


@pytest.mark.parametrize(
    ("schema", "given", "text"),
    [
        ("SheetProperties", {"sheetId": 2**31}, "(TYPE_INT32), 2147483648"),
        ("SheetProperties", {"sheetId": True}, "(TYPE_INT32), true"),
        ("SheetProperties", {"sheetId": "1.5"}, '(TYPE_INT32), "1.5"'),
        ("Color", {"red": "NaN"}, '(TYPE_DOUBLE), "NaN"'),
        ("Color", {"red": {}}, "Proto field is not a message, cannot start object."),
        ("SheetProperties", {"sheetType": 99}, "SheetType), 99"),
        ("FilterView", {"criteria": 5}, "(Map), 5"),
    ],
)
def test_wrong_types(schema, given, text):
    with pytest.raises(GoogleError) as caught:
        read_message("sheets.v4", schema, given, "start")
    assert caught.value.message.endswith(text)


def test_a_lone_value_stands_for_a_list_of_one():
    found = read_message("sheets.v4", "BatchClearValuesRequest", {"ranges": "A1"})
    assert found == {"ranges": ["A1"]}


def test_a_call_knows_its_day():
    world = build_world()
    call = Call(email=ME, kind="person", at=NOW, rng=random.Random(1), params={}, body=None)  # noqa: S311 - ids, not secrets
    world.books[START].properties["timeZone"] = "Pacific/Kiritimati"
    world.book(call, START)
    assert world.books[START].today.isoformat() == "2026-05-05"
