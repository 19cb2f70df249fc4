"""Cells as the API takes them, in as few blocks as possible."""

import pytest

from sheetsync.core.rulebook import ColumnSpec
from sheetsync.sheets.writing import cell_data, insert_rows, write_cells


def column(kind):
    return ColumnSpec.model_validate({"field": "x", "header": "X", "kind": kind, "owner": "worker"})


NUMBER, DATE, NAME, TEXT, CHOICE = map(column, ["quantity", "date", "identifier", "text", "choice"])
PLAIN = {"numberFormat": {"type": "TEXT", "pattern": "@"}}


@pytest.mark.parametrize(
    ("value", "spec", "data"),
    [
        (12.5, NUMBER, {"userEnteredValue": {"numberValue": 12.5}}),
        (0, NUMBER, {"userEnteredValue": {"numberValue": 0}}),
        (True, NUMBER, {"userEnteredValue": {"boolValue": True}}),
        (None, NAME, {}),
        ("", DATE, {}),
        ("accept", CHOICE, {"userEnteredValue": {"stringValue": "accept"}}),
        ("0042", NAME, {"userEnteredValue": {"stringValue": "0042"}, "userEnteredFormat": PLAIN}),
        ("=1+1", TEXT, {"userEnteredValue": {"stringValue": "=1+1"}, "userEnteredFormat": PLAIN}),
        ("fine", TEXT, {"userEnteredValue": {"stringValue": "fine"}}),
        ("soon", DATE, {"userEnteredValue": {"stringValue": "soon"}}),
        (7, NAME, {"userEnteredValue": {"numberValue": 7}}),
    ],
)
def test_one_cell(value, spec, data):
    assert cell_data(value, spec) == data


def test_a_date_brings_its_format():
    assert cell_data(46113, DATE)["userEnteredFormat"] == {
        "numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}
    }


def blocks(requests):
    return [
        (
            block["start"]["rowIndex"],
            block["start"]["columnIndex"],
            [len(row["values"]) for row in block["rows"]],
            block["fields"],
        )
        for request in requests
        for block in [request["updateCells"]]
    ]


def test_neighbours_go_together():
    cells = {(row, col): (row + col, NUMBER) for row in (1, 2, 5) for col in (3, 4)}

    assert blocks(write_cells(0, cells)) == [
        (1, 3, [2, 2], "userEnteredValue"),
        (5, 3, [2], "userEnteredValue"),
    ]


def test_a_cell_without_a_format_is_never_in_a_block_that_sets_one():
    cells = {(1, 0): ("a", NAME), (1, 1): (3, NUMBER), (1, 2): (None, TEXT), (2, 0): ("b", NAME)}

    assert sorted(blocks(write_cells(0, cells))) == [
        (1, 0, [1, 1], "userEnteredValue,userEnteredFormat.numberFormat"),
        (1, 1, [2], "userEnteredValue"),
    ]


def test_a_stretch_ends_with_its_row():
    cells = {(1, 0): (1, NUMBER), (2, 1): (2, NUMBER)}

    assert sorted(blocks(write_cells(0, cells))) == [
        (1, 0, [1], "userEnteredValue"),
        (2, 1, [1], "userEnteredValue"),
    ]


def test_rows_are_inserted_and_then_filled():
    rows = [{0: ("a", CHOICE), 3: (1, NUMBER)}, {0: ("b", CHOICE)}]

    first, *rest = insert_rows(9, 4, 100, rows)

    assert first["insertDimension"] == {
        "range": {"sheetId": 9, "dimension": "ROWS", "startIndex": 4, "endIndex": 6},
        "inheritFromBefore": False,
    }
    assert sorted(blocks(rest)) == [
        (4, 0, [1, 1], "userEnteredValue"),
        (4, 3, [1], "userEnteredValue"),
    ]


def test_new_rows_say_a_column_s_format_once():
    rows = [{0: ("0042", NAME), 1: (46000, DATE)}, {0: ("0043", NAME), 1: (46001, DATE)}]

    _, *rest = insert_rows(9, 4, 100, rows)

    formats = [request["repeatCell"] for request in rest if "repeatCell" in request]
    assert [
        (
            each["range"]["startColumnIndex"],
            each["cell"]["userEnteredFormat"]["numberFormat"]["type"],
        )
        for each in formats
    ] == [(0, "TEXT"), (1, "DATE")]
    assert all(each["range"]["endRowIndex"] == 6 for each in formats)
    assert blocks([r for r in rest if "updateCells" in r]) == [(4, 0, [2, 2], "userEnteredValue")]


def test_at_the_end_of_the_grid_a_blank_row_is_appended_first():
    requests = insert_rows(9, 4, 4, [{0: ("a", CHOICE)}])

    assert [next(iter(request)) for request in requests] == [
        "appendDimension",
        "insertDimension",
        "updateCells",
    ]
