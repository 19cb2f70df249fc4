"""Every kind of batchUpdate request that is served: an example of each, and what it does."""

import copy
import random
from datetime import UTC, datetime

import orjson
import pytest
from localsheets.discovery_schema import checker, document, without_nulls

from sheetsync.localsheets.book import Book, default_properties, new_tab_props
from sheetsync.localsheets.drive import new_file
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.journal import Entry
from sheetsync.localsheets.requests import KINDS
from sheetsync.localsheets.routes import find_route
from sheetsync.localsheets.server import perform
from sheetsync.localsheets.world import SPREADSHEET, Call, World

START = "1" + "s" * 43
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ME = "buyer@example.com"


def carry(world, verb, path, body=None, seed=1, email=ME):
    """One call on a state, checked against the documents, all or nothing."""
    raw = orjson.dumps(body) if body is not None else b""
    path, _, query = path.partition("?")
    entry = Entry(
        at=NOW,
        seed=seed,
        email=email,
        kind="person",
        verb=verb,
        path=path,
        query=query,
        media_type="",
        body=raw,
    )
    route = find_route(verb, path)
    try:
        answer = perform(world, entry, route)
    except GoogleError:
        world.undo.rollback()
        raise
    world.undo.commit()
    if route.method is not None and isinstance(answer, dict):
        name = "drive.v3" if route.is_drive else "sheets.v4"
        checker(name, route.method.response)(orjson.loads(orjson.dumps(answer)))
        if not route.is_drive and route.method.request:
            checker(name, route.method.request)(without_nulls(body))
    return answer


def area(top, bottom, left, right, sheet_id=0):
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def lines(dimension, start, end):
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def text(value):
    return {"userEnteredValue": {"stringValue": value}}


def build_world():
    """A spreadsheet with a bit of everything on it."""
    world = World()
    rng = random.Random(0)  # noqa: S311 - ids, not secrets
    call = Call(email=ME, kind="person", at=NOW, rng=rng, params={}, body=None)
    book = Book(world.undo, START, default_properties("Start"))
    book.add_tab(new_tab_props(0, "Sheet1", 20, 10))
    book.add_tab(new_tab_props(5, "Other", 20, 10))
    world.books[START] = book
    new_file(world, call, START, "Start", SPREADSHEET)
    world.undo.commit()
    rows = [["name", "qty", "price"], ["nut", 3, 1.5], ["bolt", 1, 2.5], ["nut", 3, 1.5]]
    path = f"/v4/spreadsheets/{START}/values/"
    carry(world, "PUT", path + "A1?valueInputOption=RAW", {"values": rows})
    typed = {"values": [["=B2*C2"], ["=SUM(B2:B4)"], ["  a  b "], ["x,y"]]}
    carry(world, "PUT", path + "D2?valueInputOption=USER_ENTERED", typed)
    for name in ORDER_OF_SETUP:
        body = {"requests": [copy.deepcopy(SETUP[name])]}
        carry(world, "POST", f"/v4/spreadsheets/{START}:batchUpdate", body)
    return world


SETUP = {
    "merge": {"mergeCells": {"range": area(10, 12, 0, 2)}},
    "lock": {
        "addProtectedRange": {"protectedRange": {"protectedRangeId": 7, "range": area(5, 9, 0, 3)}}
    },
    "name": {
        "addNamedRange": {
            "namedRange": {"namedRangeId": "n1", "name": "prices", "range": area(1, 4, 2, 3)}
        }
    },
    "rule": {
        "addConditionalFormatRule": {
            "rule": {
                "ranges": [area(1, 4, 1, 2)],
                "booleanRule": {
                    "condition": {"type": "NOT_BLANK"},
                    "format": {"backgroundColor": {"red": 1}},
                },
            }
        }
    },
    "view": {
        "addFilterView": {"filter": {"filterViewId": 3, "title": "v", "range": area(0, 4, 0, 3)}}
    },
    "band": {
        "addBanding": {
            "bandedRange": {
                "bandedRangeId": 4,
                "range": area(0, 4, 5, 7),
                "rowProperties": {"firstBandColor": {"red": 1}, "secondBandColor": {"blue": 1}},
            }
        }
    },
    "group": {"addDimensionGroup": {"range": lines("ROWS", 2, 6)}},
    "meta": {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataId": 9,
                "metadataKey": "po",
                "metadataValue": "1",
                "location": {"dimensionRange": lines("ROWS", 2, 3)},
                "visibility": "DOCUMENT",
            }
        }
    },
    "chart": {
        "addChart": {
            "chart": {
                "chartId": 11,
                "spec": {"title": "c", "basicChart": {"chartType": "COLUMN"}},
                "position": {"overlayPosition": {"anchorCell": {"rowIndex": 3, "columnIndex": 4}}},
            }
        }
    },
    "slicer": {
        "addSlicer": {
            "slicer": {
                "slicerId": 12,
                "spec": {"dataRange": area(0, 4, 0, 3), "columnIndex": 0},
                "position": {"overlayPosition": {"anchorCell": {"rowIndex": 3}}},
            }
        }
    },
    "table": {"addTable": {"table": {"tableId": "t1", "name": "T", "range": area(14, 16, 0, 2)}}},
    "filter": {"setBasicFilter": {"filter": {"range": area(0, 4, 0, 3)}}},
}
ORDER_OF_SETUP = tuple(SETUP)

EXAMPLES = {
    "addSheet": {"addSheet": {"properties": {"title": "New", "tabColor": {"red": 1}}}},
    "deleteSheet": {"deleteSheet": {"sheetId": 5}},
    "duplicateSheet": {"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Twin"}},
    "updateSheetProperties": {
        "updateSheetProperties": {
            "properties": {"sheetId": 0, "title": "Orders", "gridProperties": {"rowCount": 17}},
            "fields": "title,gridProperties.rowCount",
        }
    },
    "updateSpreadsheetProperties": {
        "updateSpreadsheetProperties": {"properties": {"title": "T2"}, "fields": "title"}
    },
    "updateCells": {
        "updateCells": {
            "start": {"rowIndex": 1, "columnIndex": 1},
            "rows": [{"values": [text("x"), {"note": "n"}]}],
            "fields": "userEnteredValue,note",
        }
    },
    "appendCells": {
        "appendCells": {"sheetId": 0, "rows": [{"values": [text("last")]}], "fields": "*"}
    },
    "repeatCell": {
        "repeatCell": {
            "range": area(1, 4, 0, 3),
            "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}},
            "fields": "userEnteredFormat.textFormat.bold",
        }
    },
    "setDataValidation": {
        "setDataValidation": {
            "range": area(1, 4, 4, 5),
            "rule": {"condition": {"type": "BOOLEAN"}, "strict": True},
        }
    },
    "updateBorders": {
        "updateBorders": {"range": area(0, 4, 0, 3), "top": {"style": "SOLID", "color": {"red": 1}}}
    },
    "mergeCells": {"mergeCells": {"range": area(1, 3, 0, 2), "mergeType": "MERGE_COLUMNS"}},
    "unmergeCells": {"unmergeCells": {"range": area(10, 12, 0, 2)}},
    "insertDimension": {"insertDimension": {"range": lines("ROWS", 2, 4)}},
    "insertColumns": {
        "insertDimension": {"range": lines("COLUMNS", 1, 2), "inheritFromBefore": True}
    },
    "deleteDimension": {"deleteDimension": {"range": lines("COLUMNS", 1, 3)}},
    "deleteRows": {"deleteDimension": {"range": lines("ROWS", 2, 6)}},
    "moveDimension": {"moveDimension": {"source": lines("ROWS", 1, 2), "destinationIndex": 4}},
    "moveColumns": {"moveDimension": {"source": lines("COLUMNS", 2, 4), "destinationIndex": 0}},
    "appendDimension": {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 3}},
    "updateDimensionProperties": {
        "updateDimensionProperties": {
            "range": lines("COLUMNS", 0, 2),
            "properties": {"pixelSize": 50},
            "fields": "pixelSize",
        }
    },
    "hideRows": {
        "updateDimensionProperties": {
            "range": lines("ROWS", 0, 2),
            "properties": {"hiddenByUser": True},
            "fields": "hiddenByUser",
        }
    },
    "autoResizeDimensions": {"autoResizeDimensions": {"dimensions": lines("COLUMNS", 0, 3)}},
    "insertRange": {"insertRange": {"range": area(1, 2, 0, 2), "shiftDimension": "ROWS"}},
    "insertRight": {"insertRange": {"range": area(1, 2, 0, 2), "shiftDimension": "COLUMNS"}},
    "deleteRange": {"deleteRange": {"range": area(1, 2, 0, 2), "shiftDimension": "ROWS"}},
    "deleteLeft": {"deleteRange": {"range": area(1, 2, 0, 2), "shiftDimension": "COLUMNS"}},
    "copyPaste": {
        "copyPaste": {
            "source": area(1, 3, 0, 4),
            "destination": area(5, 7, 0, 4),
            "pasteType": "PASTE_NORMAL",
        }
    },
    "cutPaste": {
        "cutPaste": {"source": area(1, 3, 1, 3), "destination": {"rowIndex": 15, "columnIndex": 6}}
    },
    "pasteData": {
        "pasteData": {"coordinate": {"rowIndex": 8}, "data": "a\t1\nb\t2", "delimiter": "\t"}
    },
    "textToColumns": {"textToColumns": {"source": area(4, 5, 3, 4), "delimiterType": "COMMA"}},
    "autoFill": {
        "autoFill": {
            "sourceAndDestination": {
                "source": area(1, 3, 1, 2),
                "dimension": "ROWS",
                "fillLength": 3,
            }
        }
    },
    "sortRange": {
        "sortRange": {
            "range": area(1, 4, 0, 3),
            "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}],
        }
    },
    "randomizeRange": {"randomizeRange": {"range": area(1, 4, 0, 3)}},
    "deleteDuplicates": {"deleteDuplicates": {"range": area(1, 4, 0, 3)}},
    "trimWhitespace": {"trimWhitespace": {"range": area(0, 6, 0, 5)}},
    "findReplace": {"findReplace": {"find": "nut", "replacement": "screw", "allSheets": True}},
    "addProtectedRange": {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 5}}}},
    "updateProtectedRange": {
        "updateProtectedRange": {
            "protectedRange": {"protectedRangeId": 7, "description": "d"},
            "fields": "description",
        }
    },
    "deleteProtectedRange": {"deleteProtectedRange": {"protectedRangeId": 7}},
    "addConditionalFormatRule": {
        "addConditionalFormatRule": {
            "rule": {
                "ranges": [area(0, 2, 0, 2)],
                "gradientRule": {
                    "minpoint": {"type": "MIN", "color": {"red": 1}},
                    "maxpoint": {"type": "MAX", "color": {"green": 1}},
                },
            },
            "index": 0,
        }
    },
    "updateConditionalFormatRule": {
        "updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 0}
    },
    "deleteConditionalFormatRule": {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
    "addBanding": {
        "addBanding": {
            "bandedRange": {
                "range": area(6, 8, 0, 2),
                "rowProperties": {"firstBandColor": {"red": 1}, "secondBandColor": {"blue": 1}},
            }
        }
    },
    "updateBanding": {
        "updateBanding": {
            "bandedRange": {"bandedRangeId": 4, "range": area(0, 3, 5, 7)},
            "fields": "range",
        }
    },
    "deleteBanding": {"deleteBanding": {"bandedRangeId": 4}},
    "addFilterView": {"addFilterView": {"filter": {"title": "w", "range": area(0, 3, 0, 3)}}},
    "updateFilterView": {
        "updateFilterView": {"filter": {"filterViewId": 3, "title": "z"}, "fields": "title"}
    },
    "deleteFilterView": {"deleteFilterView": {"filterId": 3}},
    "duplicateFilterView": {"duplicateFilterView": {"filterId": 3}},
    "setBasicFilter": {"setBasicFilter": {"filter": {"range": area(0, 2, 0, 2)}}},
    "clearBasicFilter": {"clearBasicFilter": {"sheetId": 0}},
    "addNamedRange": {
        "addNamedRange": {"namedRange": {"name": "again", "range": area(0, 1, 0, 1)}}
    },
    "updateNamedRange": {
        "updateNamedRange": {
            "namedRange": {"namedRangeId": "n1", "name": "costs"},
            "fields": "name",
        }
    },
    "deleteNamedRange": {"deleteNamedRange": {"namedRangeId": "n1"}},
    "addDimensionGroup": {"addDimensionGroup": {"range": lines("ROWS", 3, 5)}},
    "updateDimensionGroup": {
        "updateDimensionGroup": {
            "dimensionGroup": {"range": lines("ROWS", 2, 6), "depth": 1, "collapsed": True},
            "fields": "collapsed",
        }
    },
    "deleteDimensionGroup": {"deleteDimensionGroup": {"range": lines("ROWS", 2, 6)}},
    "addChart": {
        "addChart": {
            "chart": {
                "spec": {"title": "d"},
                "position": {"overlayPosition": {"anchorCell": {"rowIndex": 1}}},
            }
        }
    },
    "updateChartSpec": {"updateChartSpec": {"chartId": 11, "spec": {"title": "e"}}},
    "addSlicer": {
        "addSlicer": {
            "slicer": {
                "spec": {"dataRange": area(0, 4, 0, 3)},
                "position": {"overlayPosition": {"anchorCell": {}}},
            }
        }
    },
    "updateSlicerSpec": {
        "updateSlicerSpec": {"slicerId": 12, "spec": {"title": "s"}, "fields": "title"}
    },
    "deleteEmbeddedObject": {"deleteEmbeddedObject": {"objectId": 11}},
    "updateEmbeddedObjectPosition": {
        "updateEmbeddedObjectPosition": {
            "objectId": 11,
            "newPosition": {"overlayPosition": {"offsetXPixels": 5}},
            "fields": "offsetXPixels",
        }
    },
    "updateEmbeddedObjectBorder": {
        "updateEmbeddedObjectBorder": {
            "objectId": 11,
            "border": {"color": {"red": 1}},
            "fields": "color",
        }
    },
    "addTable": {"addTable": {"table": {"range": area(17, 19, 0, 2)}}},
    "updateTable": {"updateTable": {"table": {"tableId": "t1", "name": "U"}, "fields": "name"}},
    "deleteTable": {"deleteTable": {"tableId": "t1"}},
    "createDeveloperMetadata": {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataKey": "k",
                "location": {"spreadsheet": True},
                "visibility": "PROJECT",
            }
        }
    },
    "updateDeveloperMetadata": {
        "updateDeveloperMetadata": {
            "dataFilters": [{"developerMetadataLookup": {"metadataKey": "po"}}],
            "developerMetadata": {"metadataValue": "2"},
            "fields": "metadataValue",
        }
    },
    "deleteDeveloperMetadata": {
        "deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": 9}}}
    },
}


def run(*requests, **more):
    """The requests on the start state, and the state afterwards."""
    world = build_world()
    body = {"requests": [copy.deepcopy(r) for r in requests], **more}
    answer = carry(world, "POST", f"/v4/spreadsheets/{START}:batchUpdate", body)
    return world, answer["replies"]


def values(world, where="Sheet1", render="UNFORMATTED_VALUE"):
    path = f"/v4/spreadsheets/{START}/values/{where}?valueRenderOption={render}"
    return carry(world, "GET", path).get("values", [])


def sheet(world, number=0):
    return carry(world, "GET", f"/v4/spreadsheets/{START}")["sheets"][number]


def test_every_kind_has_an_example():
    shown = {kind for example in EXAMPLES.values() for kind in example}
    assert shown == set(KINDS)


def test_every_other_kind_is_refused_by_name():
    for kind in set(document("sheets.v4")["schemas"]["Request"]["properties"]) - set(KINDS):
        with pytest.raises(GoogleError, match=f"{kind}: not served by the local server") as caught:
            run({kind: {}})
        assert caught.value.code == 400


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_each_kind_is_carried_out(name):
    world, replies = run(EXAMPLES[name])
    assert len(replies) == 1
    assert world.files[START].version > 1
    whole = carry(world, "GET", f"/v4/spreadsheets/{START}?includeGridData=true")
    assert whole["sheets"]


def test_rows_move_with_all_they_carry():
    world, _ = run(EXAMPLES["moveDimension"])
    assert [row[0] for row in values(world)[:4]] == ["name", "bolt", "nut", "nut"]
    assert values(world, "D2:D4", "FORMULA")[2] == ["=B4*C4"]


def test_insertion_shifts_everything_that_names_a_range():
    world, _ = run(EXAMPLES["insertDimension"])
    now = sheet(world)
    assert now["merges"][0]["startRowIndex"] == 12
    assert now["protectedRanges"][0]["range"]["startRowIndex"] == 7
    assert now["rowGroups"][0]["range"]["startIndex"] == 4
    assert now["bandedRanges"][0]["range"]["endRowIndex"] == 6
    assert now["charts"][0]["position"]["overlayPosition"]["anchorCell"]["rowIndex"] == 5
    assert now["basicFilter"]["range"]["endRowIndex"] == 6
    assert world.books[START].named_ranges[0]["range"]["endRowIndex"] == 6
    found = world.books[START].metadata[0]["location"]["dimensionRange"]
    assert (found["startIndex"], found["endIndex"]) == (4, 5)
    assert values(world, "D2:D5", "FORMULA") == [["=B2*C2"], [], [], ["=SUM(B2:B6)"]]


def test_deletion_takes_along_what_lay_inside():
    world, _ = run(EXAMPLES["deleteRows"])
    now = sheet(world)
    assert "rowGroups" not in now
    assert world.books[START].metadata == []
    assert now["protectedRanges"][0]["range"]["startRowIndex"] == 2
    assert now["properties"]["gridProperties"]["rowCount"] == 16


def test_a_deleted_reference_is_broken():
    world, _ = run({"deleteDimension": {"range": lines("COLUMNS", 2, 3)}})
    assert values(world, "C2", "FORMULA") == [["=B2*#REF!"]]
    assert values(world, "C2") == [["#REF!"]]


def test_append_cells_lands_below_the_last_data():
    world, _ = run(EXAMPLES["appendCells"])
    assert values(world, "A6:A7") == [["last"]]


def test_checkboxes_are_false_at_first():
    world, _ = run(EXAMPLES["setDataValidation"])
    assert values(world, "E2:E4") == [[False]] * 3


def test_duplicates_go_and_the_rest_moves_up():
    world, replies = run(EXAMPLES["deleteDuplicates"])
    assert replies[0]["deleteDuplicates"] == {"duplicatesRemovedCount": 1}
    assert [row[:1] for row in values(world, "A1:A5")] == [["name"], ["nut"], ["bolt"]]


def test_sorted_formulas_look_along_their_own_row():
    formulas = {
        "rows": [
            {"values": [{"userEnteredValue": {"formulaValue": f"=B{n}*C{n}"}}]} for n in (2, 3, 4)
        ],
        "fields": "userEnteredValue",
    }
    start = {"start": {"rowIndex": 1, "columnIndex": 3}}
    by_name = {"sortRange": {"range": area(1, 4, 0, 4), "sortSpecs": [{"dimensionIndex": 0}]}}
    world, _ = run({"updateCells": formulas | start}, by_name)
    assert [row[0] for row in values(world, "A2:A4")] == ["bolt", "nut", "nut"]
    assert values(world, "D2:D4", "FORMULA") == [["=B2*C2"], ["=B3*C3"], ["=B4*C4"]]
    assert values(world, "D2:D4") == [[2.5], [4.5], [4.5]]


def test_sorted_rows_take_their_notes_and_leave_heights_behind():
    note = {
        "updateCells": {
            "start": {"rowIndex": 2, "columnIndex": 0},
            "rows": [{"values": [{"note": "on bolt"}]}],
            "fields": "note",
        }
    }
    tall = {
        "updateDimensionProperties": {
            "range": lines("ROWS", 3, 4),
            "properties": {"pixelSize": 99},
            "fields": "pixelSize",
        }
    }
    by_name = {"sortRange": {"range": area(1, 9, 0, 10), "sortSpecs": [{"dimensionIndex": 0}]}}
    world, _ = run(note, tall, by_name)
    grid = world.books[START].tab(0).grid
    assert [grid.extra_at(row, 0).note for row in (1, 2, 3)] == ["on bolt", None, None]
    assert [grid.rows[row].props for row in (1, 2, 3)] == [None, None, {"pixelSize": 99}]
    assert [row[0] for row in values(world, "A2:A4")] == ["bolt", "nut", "nut"]


def test_formulas_follow_a_renamed_tab_and_break_with_a_deleted_one():
    def write(formula):
        value = {"userEnteredValue": {"formulaValue": formula}}
        rows = {"rows": [{"values": [value]}], "fields": "userEnteredValue"}
        return {"updateCells": rows | {"start": {"rowIndex": 0, "columnIndex": 8}}}

    rename = {
        "updateSheetProperties": {
            "properties": {"sheetId": 5, "title": "the other's"},
            "fields": "title",
        }
    }
    world, _ = run(write('=Other!A1&"Other!A1"'), rename)
    assert values(world, "I1", "FORMULA") == [["='the other''s'!A1&\"Other!A1\""]]
    world, _ = run(write("=Other!A1"), {"deleteSheet": {"sheetId": 5}})
    assert values(world, "I1", "FORMULA") == [["=#REF!"]]
    assert values(world, "I1") == [["#REF!"]]


def test_html_is_pasted_as_its_table():
    html = "<table><tr><th>a</th><td>1</td></tr><tr><td>b<br>c</td></tr></table>"
    world, _ = run({"pasteData": {"coordinate": {"rowIndex": 12}, "data": html, "html": True}})
    assert values(world, "A13:B14") == [["a", 1], ["b\nc"]]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"timeZone": "Mars/Olympus"}, "Invalid time zone: Mars/Olympus"),
        ({"locale": "not a locale"}, "Unsupported locale: not a locale"),
    ],
)
def test_properties_that_are_refused(changes, text):
    fields = ",".join(changes)
    with pytest.raises(GoogleError, match=text):
        run({"updateSpreadsheetProperties": {"properties": changes, "fields": fields}})


@pytest.mark.parametrize(
    "condition",
    [{"type": "NOT_BLANK"}, {"type": "TEXT_STARTS_WITH"}, {"type": "NUMBER_BETWEEN"}, {}],
)
def test_conditions_that_validation_does_not_take(condition):
    rule = {"range": area(0, 1, 0, 1), "rule": {"condition": condition}}
    with pytest.raises(GoogleError, match="Condition type"):
        run({"setDataValidation": rule})


@pytest.mark.parametrize(
    ("condition", "given", "good", "bad"),
    [
        ("ONE_OF_LIST", ["yes", "5"], ["yes", "5"], ["no", "6"]),
        ("ONE_OF_RANGE", ["=Sheet1!A2:A3"], ["nut"], ["washer"]),
        ("BOOLEAN", [], ["TRUE", "false"], ["yes", "1"]),
        ("NUMBER_GREATER", ["10"], ["10.5"], ["10", "ten"]),
        ("NUMBER_BETWEEN", ["1", "5"], ["1", "5"], ["0", "6"]),
        ("DATE_AFTER", ["1/1/2024"], ["2/1/2024"], ["12/31/2023", "soon"]),
        ("DATE_IS_VALID", [], ["2/1/2024"], ["soon"]),
        ("TEXT_CONTAINS", ["po"], ["PO-1"], ["1"]),
        ("TEXT_IS_EMAIL", [], ["a@example.com"], ["a.example.com"]),
    ],
)
def test_strict_rules_hold_typed_input(condition, given, good, bad):
    rule = {
        "condition": {"type": condition, "values": [{"userEnteredValue": v} for v in given]},
        "strict": True,
    }
    world, _ = run({"setDataValidation": {"range": area(0, 1, 9, 10), "rule": rule}})
    path = f"/v4/spreadsheets/{START}/values/J1?valueInputOption="
    for text_ in good:
        carry(world, "PUT", path + "USER_ENTERED", {"values": [[text_]]})
    for text_ in bad:
        with pytest.raises(GoogleError, match="violates the data validation rules"):
            carry(world, "PUT", path + "USER_ENTERED", {"values": [[text_]]})
    carry(world, "PUT", path + "RAW", {"values": [[bad[0]]]})


def test_find_replace_counts():
    world, replies = run(EXAMPLES["findReplace"])
    assert replies[0]["findReplace"] == {
        "valuesChanged": 2,
        "rowsChanged": 2,
        "sheetsChanged": 1,
        "occurrencesChanged": 2,
    }
    assert values(world, "A2:A4") == [["screw"], ["bolt"], ["screw"]]


def test_fills_continue_steps():
    world, _ = run(EXAMPLES["autoFill"])
    assert values(world, "B2:B6") == [[3], [1], [-1], [-3], [-5]]


def test_cut_cells_take_their_references_along():
    world, _ = run(EXAMPLES["cutPaste"])
    assert values(world, "D2", "FORMULA") == [["=G16*H16"]]
    assert values(world, "B2:C3") == []


def test_ranges_shift_right_and_left():
    world, _ = run(EXAMPLES["insertRight"])
    assert values(world, "A2:D2") == [["", "", "nut", 3]]
    world, _ = run(EXAMPLES["deleteLeft"])
    assert values(world, "A2:B2", "FORMULA")[0][0] == 1.5


def test_what_lies_on_shifted_cells_goes_along():
    shift = {"range": area(3, 5, 0, 3), "shiftDimension": "ROWS"}
    world, _ = run({"insertRange": shift})
    assert sheet(world)["merges"][0]["startRowIndex"] == 12
    assert sheet(world)["protectedRanges"][0]["range"]["startRowIndex"] == 7
    world, _ = run({"deleteRange": shift})
    assert sheet(world)["merges"][0]["startRowIndex"] == 8
    world, _ = run({"deleteRange": {"range": area(9, 13, 0, 2), "shiftDimension": "ROWS"}})
    assert "merges" not in sheet(world)
    with pytest.raises(GoogleError, match="partly cover a merge"):
        run({"insertRange": {"range": area(3, 5, 0, 1), "shiftDimension": "ROWS"}})


def test_texts_split_into_columns():
    world, _ = run(EXAMPLES["textToColumns"])
    assert values(world, "D5:E5") == [["x", "y"]]


def test_whitespace_is_trimmed():
    world, replies = run(EXAMPLES["trimWhitespace"])
    assert replies[0]["trimWhitespace"] == {"cellsChangedCount": 1}
    assert values(world, "D4") == [["a b"]]


def test_formats_change_by_mask():
    world, _ = run(
        EXAMPLES["repeatCell"],
        {
            "repeatCell": {
                "range": area(1, 2, 0, 1),
                "cell": {"userEnteredFormat": {"backgroundColor": {"blue": 1}}},
                "fields": "userEnteredFormat.backgroundColor",
            }
        },
    )
    path = f"/v4/spreadsheets/{START}?ranges=A2:B2&fields=sheets.data.rowData.values"
    first, second = carry(world, "GET", path)["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert first["userEnteredFormat"]["textFormat"] == {"bold": True}
    assert first["effectiveFormat"]["backgroundColor"] == {"blue": 1}
    assert first["effectiveFormat"]["textFormat"]["fontSize"] == 10
    assert "backgroundColor" not in second["userEnteredFormat"]


def test_only_what_is_asked_for_is_shown_of_a_cell():
    world, _ = run(EXAMPLES["updateCells"], EXAMPLES["repeatCell"])
    base = f"/v4/spreadsheets/{START}?ranges=B1:D3&fields=sheets.data.rowData.values."

    def rows(fields):
        return carry(world, "GET", base + fields)["sheets"][0]["data"][0].get("rowData", [])

    assert rows("note") == [{}, {"values": [{}, {"note": "n"}]}]
    assert rows("userEnteredValue.formulaValue")[1]["values"][2:] == [
        {"userEnteredValue": {"formulaValue": "=B2*C2"}}
    ]
    assert rows("effectiveValue")[0]["values"] == [
        {"effectiveValue": {"stringValue": "qty"}},
        {"effectiveValue": {"stringValue": "price"}},
    ]
    looks = rows("effectiveFormat.textFormat(bold,fontFamily)")[1]["values"]
    font = {"bold": True, "fontFamily": "Arial"}
    assert looks[0] == {"effectiveFormat": {"textFormat": font}}
    assert rows("dataValidation") == []
    path = f"/v4/spreadsheets/{START}?ranges=B2:C3&fields=sheets.data("
    (data,) = carry(world, "GET", path + "startRow,rowMetadata.hiddenByUser)")["sheets"][0]["data"]
    assert data == {"startRow": 1, "rowMetadata": [{}, {}]}
    (data,) = carry(world, "GET", path + "startColumn,columnMetadata.pixelSize)")["sheets"][0][
        "data"
    ]
    assert data == {"startColumn": 1, "columnMetadata": [{"pixelSize": 100}] * 2}


def test_the_spreadsheet_may_come_with_the_replies():
    world = build_world()
    body = {
        "requests": [EXAMPLES["updateCells"]],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["Sheet1!A1:B2"],
        "responseIncludeGridData": True,
    }
    told = carry(world, "POST", f"/v4/spreadsheets/{START}:batchUpdate", body)
    rows = told["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"]
    assert rows[1]["values"][1]["formattedValue"] == "x"


def test_formulas_show_their_errors():
    world = build_world()
    path = f"/v4/spreadsheets/{START}/values/H1?valueInputOption=USER_ENTERED"
    carry(world, "PUT", path, {"values": [["=1/0", "=H1+1", "=J1", "=A1&H5"]]})
    told = carry(world, "GET", f"/v4/spreadsheets/{START}?ranges=H1:J1&includeGridData=true")
    cells = told["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cells[0]["effectiveValue"]["errorValue"]["type"] == "DIVIDE_BY_ZERO"
    assert cells[0]["formattedValue"] == "#DIV/0!"
    assert cells[1]["effectiveValue"]["errorValue"]["type"] == "DIVIDE_BY_ZERO"
    assert cells[2]["effectiveValue"]["errorValue"]["type"] == "REF"
