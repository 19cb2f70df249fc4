"""What Google's JSON reader refuses, the server refuses in its words."""

import pytest
from localsheets.conftest import message


def refusal(answer):
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (400, "INVALID_ARGUMENT")
    return error["message"]


@pytest.mark.parametrize(
    ("request_body", "text"),
    [
        (
            {"repeatCell": {"rang": {}}},
            (
                'Invalid JSON payload received. Unknown name "rang" at '
                "'requests[0].repeat_cell': Cannot find field."
            ),
        ),
        (
            {"nope": {}},
            (
                "Invalid JSON payload received. Unknown name \"nope\" at 'requests[0]': "
                "Cannot find field."
            ),
        ),
        (
            {"addSheet": {"properties": {"index": "x"}}},
            "Invalid value at 'requests[0].add_sheet.properties.index' (TYPE_INT32), \"x\"",
        ),
        (
            {"addSheet": {"properties": {"title": 5}}},
            "Invalid value at 'requests[0].add_sheet.properties.title' (TYPE_STRING), 5",
        ),
        (
            {"addSheet": {"properties": {"hidden": "maybe"}}},
            "Invalid value at 'requests[0].add_sheet.properties.hidden' (TYPE_BOOL), \"maybe\"",
        ),
        (
            {"addSheet": {"properties": {"sheetType": "ROUND"}}},
            (
                "Invalid value at 'requests[0].add_sheet.properties.sheet_type' "
                '(type.googleapis.com/google.apps.sheets.v4.SheetType), "ROUND"'
            ),
        ),
        (
            {"addSheet": {"properties": {"title": ["x"]}}},
            (
                'Invalid JSON payload received. Unknown name "title" at '
                "'requests[0].add_sheet.properties': Proto field is not repeating, cannot start list."
            ),
        ),
        (
            {"addSheet": {"properties": 5}},
            (
                "Invalid value at 'requests[0].add_sheet.properties' "
                "(type.googleapis.com/google.apps.sheets.v4.SheetProperties), 5"
            ),
        ),
        (
            {"updateSheetProperties": {"properties": {"title": "x"}}},
            (
                "Invalid requests[0].updateSheetProperties: At least one field must be listed in "
                "'fields'. (Use '*' to indicate all fields.)"
            ),
        ),
        (
            {"updateCells": {"rows": [], "fields": "userEnteredValu"}},
            "Invalid requests[0].updateCells: Invalid field: userEnteredValu",
        ),
        ({}, "Invalid requests[0]: No request set."),
        (
            {"addSheet": {}, "deleteSheet": {}},
            "Invalid requests[0]: More than one request is set.",
        ),
        (
            {"addDataSource": {"dataSource": {}}},
            "Invalid requests[0].addDataSource: not served by the local server.",
        ),
        (
            {"updateCells": {"range": {"sheetId": 99}, "rows": [], "fields": "*"}},
            "Invalid requests[0].updateCells: No grid with id: 99",
        ),
        ({"deleteSheet": {"sheetId": 99}}, "Invalid requests[0].deleteSheet: No sheet with id: 99"),
    ],
)
def test_batch_update_refusals(buyer, hub, request_body, text):
    assert refusal(buyer.batch(hub, request_body)) == text


def test_the_place_of_a_fault_is_told(buyer, hub):
    answer = buyer.batch(hub, {"addSheet": {}}, {"addSheet": {"propertis": {}}})
    details = answer.json()["error"]["details"][0]
    assert details["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert details["fieldViolations"][0]["field"] == "requests[1].add_sheet"


def test_no_requests(buyer, hub):
    assert refusal(buyer.batch(hub)) == "Must specify at least one request."


def test_values_refusals(buyer, hub):
    path = f"/v4/spreadsheets/{hub.id}/values/A1"

    def put(body, **params):
        return buyer.call("PUT", path, body, **params)

    assert refusal(put({"values": [[1]]})) == "'valueInputOption' is required but not specified"
    assert "Invalid value at 'value_input_option'" in refusal(
        put({"values": [[1]]}, valueInputOption="TYPED")
    )
    assert "Invalid value at 'data.values'" in refusal(put({"values": "x"}, valueInputOption="RAW"))
    assert refusal(put({"values": [[["x"]]]}, valueInputOption="RAW")) == (
        'Invalid values[0][0]: list_value {\n  values {\n    string_value: "x"\n  }\n}\n'
    )
    assert 'Invalid values[0][1]: struct_value {\n  fields {\n    key: "a"' in refusal(
        put({"values": [[1, {"a": 1}]]}, valueInputOption="USER_ENTERED")
    )
    assert "Unknown name \"vals\" at 'data'" in refusal(put({"vals": []}, valueInputOption="RAW"))
    assert 'Unknown name "nope": Cannot bind query parameter' in refusal(
        put({}, valueInputOption="RAW", nope="1")
    )


def test_ranges_beyond_the_grid(buyer, hub):

    def read(text):
        return message(buyer.call("GET", f"/v4/spreadsheets/{hub.id}/values/{text}"))

    beyond = "exceeds grid limits. Max rows: 1000, max columns: 26"
    assert read("Sheet1!A1017") == f"Range (Sheet1!A1017) {beyond}"
    assert read("AB1") == f"Range (Sheet1!AB1) {beyond}"
    assert read("NOPE!A1") == "Unable to parse range: NOPE!A1"


@pytest.mark.parametrize("where", ["A1:B1001", "A1:AA2", "Sheet1!Y1:AB"])
def test_a_written_range_is_held_to_the_grid(buyer, hub, where):
    """Reported for pygsheets' data frames: a range with an end does not let the grid grow."""
    path = f"/v4/spreadsheets/{hub.id}/values/{where}"
    told = refusal(buyer.call("PUT", path, {"values": [[1]]}, valueInputOption="RAW"))
    cells = where.removeprefix("Sheet1!")
    assert told == (f"Range (Sheet1!{cells}) exceeds grid limits. Max rows: 1000, max columns: 26")


@pytest.mark.parametrize(
    ("request_body", "text"),
    [
        (
            {"deleteDimension": {"range": {"dimension": "ROWS", "endIndex": 1000}}},
            "You can't delete all the rows on the sheet.",
        ),
        (
            {
                "deleteDimension": {
                    "range": {"dimension": "ROWS", "startIndex": 1000, "endIndex": 1001}
                }
            },
            (
                "Cannot delete a row that doesn't exist. Tried to delete row index 1000 but "
                "there are only 1000 rows."
            ),
        ),
        (
            {"insertDimension": {"range": {"dimension": "ROWS", "startIndex": -1, "endIndex": 6}}},
            "DimensionRange indexes must be >= 0",
        ),
        ({"deleteSheet": {}}, "You can't remove all the sheets in a document."),
        (
            {
                "updateSheetProperties": {
                    "properties": {"gridProperties": {"frozenRowCount": 1000}},
                    "fields": "gridProperties.frozenRowCount",
                }
            },
            "You can't freeze all visible rows on the sheet.",
        ),
        (
            {
                "updateSheetProperties": {
                    "properties": {"gridProperties": {"rowCount": 400_000, "columnCount": 1}},
                    "fields": "gridProperties(rowCount,columnCount)",
                }
            },
            (
                "This action would increase the number of cells in the workbook above the limit "
                "of 10000000 cells."
            ),
        ),
    ],
)
def test_reported_refusals(buyer, hub, request_body, text):
    """Texts that users of Google's API have reported in public threads."""
    kind = next(iter(request_body))
    assert refusal(buyer.batch(hub, request_body)) == f"Invalid requests[0].{kind}: {text}"


def test_writes_outside_the_named_range(buyer, hub):
    answer = buyer.call(
        "PUT",
        f"/v4/spreadsheets/{hub.id}/values/A1:B2",
        {"values": [[1, 2, 3]]},
        valueInputOption="RAW",
    )
    assert refusal(answer) == (
        "Requested writing within range [Sheet1!A1:B2], but tried writing to column [C]"
    )
    answer = buyer.batch(
        hub,
        {
            "updateCells": {
                "range": {"endRowIndex": 1, "endColumnIndex": 1},
                "rows": [{"values": [{}, {}]}],
                "fields": "note",
            }
        },
    )
    assert "Attempting to write column: 1, beyond the last requested column of: 0" in refusal(
        answer
    )


def test_cell_and_spreadsheet_limits(buyer, hub):
    long = buyer.call(
        "PUT",
        f"/v4/spreadsheets/{hub.id}/values/A1",
        {"values": [["x" * 50_001]]},
        valueInputOption="RAW",
    )
    assert "more than the maximum of 50000 characters" in refusal(long)
    huge = {"properties": {"gridProperties": {"rowCount": 400_000, "columnCount": 25}}}
    assert "above the limit of 10000000 cells" in refusal(buyer.batch(hub, {"addSheet": huge}))
    assert len(hub.worksheets()) == 1


def test_lenient_forms_are_converted(server, buyer, hub, monkeypatch, contract):
    answer = buyer.batch(
        hub, {"add_sheet": {"properties": {"sheet_id": "77", "title": "snake", "index": 1.0}}}
    )
    assert answer.json()["replies"][0]["addSheet"]["properties"]["sheetId"] == 77
    contract.clear()  # the documents name the JSON form only; Google reads both


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/v4/nope"),
        ("GET", "/"),
        ("POST", "/v4/spreadsheets/x/values/A1:nope"),
        ("PATCH", "/v4/spreadsheets/x"),
        ("GET", "/drive/v3/changes"),
        ("GET", "/v4/spreadsheets/%ff/values/%ff"),
        ("GET", "/drive/v3/files/x/permissions"),
    ],
)
def test_unknown_routes_are_4xx(buyer, verb, path):
    assert 400 <= buyer.call(verb, path).status_code < 500


def test_endless_numbers_are_refused(server, buyer, hub):
    for option in ("RAW", "USER_ENTERED"):
        answer = buyer.session.put(
            f"{server.url}/v4/spreadsheets/{hub.id}/values/A1?valueInputOption={option}",
            data=b'{"values": [[1e999]]}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 400


def test_bad_json_is_400(server, buyer, hub):
    answer = buyer.session.post(
        f"{server.url}/v4/spreadsheets/{hub.id}:batchUpdate",
        data=b"{nope",
        headers={"Content-Type": "application/json"},
    )
    assert refusal(answer).startswith("Invalid JSON payload received.")


def test_masks(buyer, hub):
    path = f"/v4/spreadsheets/{hub.id}"
    short = buyer.call("GET", path, fields="spreadsheetId,sheets(properties(title,sheetId))")
    assert short.json() == {
        "spreadsheetId": hub.id,
        "sheets": [{"properties": {"title": "Sheet1", "sheetId": 0}}],
    }
    assert buyer.call("GET", path, fields="sheets/properties/title").json() == {
        "sheets": [{"properties": {"title": "Sheet1"}}]
    }
    assert buyer.call("GET", path, fields="sheets((").status_code == 400
    assert buyer.call("GET", path, fields="nope").status_code == 400


def test_answers_are_indented_unless_told_otherwise(buyer, hub):
    path = f"/v4/spreadsheets/{hub.id}"
    assert buyer.call("GET", path, fields="spreadsheetId").text == (
        f'{{\n  "spreadsheetId": "{hub.id}"\n}}'
    )
    tight = buyer.call("GET", path, fields="spreadsheetId", prettyPrint="false")
    assert tight.text == f'{{"spreadsheetId":"{hub.id}"}}'
