"""spreadsheets.values: what is read, written, appended and cleared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from localsheets.test_requests import START, build_world, carry, values

from sheetsync.localsheets.a1 import (
    Area,
    Box,
    box_name,
    cell_name,
    column_index,
    column_letters,
    parse_cells,
    quoted,
    split_title,
)
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.grid import EMPTY, Extra, Grid
from sheetsync.localsheets.undo import Undo


def put(world, where, rows, option="RAW", **body):
    path = f"/v4/spreadsheets/{START}/values/{where}?valueInputOption={option}"
    return carry(world, "PUT", path, {"values": rows, **body})


def append(world, where, rows, option="RAW", more=""):
    path = f"/v4/spreadsheets/{START}/values/{where}:append?valueInputOption={option}{more}"
    return carry(world, "POST", path, {"values": rows})


def other(cells):
    return f"Other!{cells}"


@pytest.fixture
def world():
    return build_world()


def test_null_skips_and_empty_text_clears(world):
    put(world, "Other!A1", [["a", "b", "c"]])
    told = put(world, "Other!A1", [[None, "", "d"]])
    assert values(world, "Other") == [["a", "", "d"]]
    assert told["updatedCells"] == 2


def test_blank_ends_are_left_out(world):
    put(world, "Other!B2", [["x", "", ""], ["", ""], ["y"], [""]])
    assert values(world, "Other!A1:E9") == [[], ["", "x"], [], ["", "y"]]
    assert values(world, "Other!D1:E9") == []


def test_columns(world):
    told = put(world, "Other!A1", [["a", "b"], ["c"]], majorDimension="COLUMNS")
    assert told["updatedRange"] == "Other!A1:B2"
    assert values(world, "Other") == [["a", "c"], ["b"]]
    path = f"/v4/spreadsheets/{START}/values/Other?majorDimension=COLUMNS"
    assert carry(world, "GET", path)["values"] == [["a", "b"], ["c"]]


def test_the_answered_range_is_clipped_to_the_grid(world):
    path = f"/v4/spreadsheets/{START}/values/"
    assert carry(world, "GET", path + "A18:Z99")["range"] == "Sheet1!A18:J20"
    assert carry(world, "GET", path + "B:C")["range"] == "Sheet1!B1:C20"
    assert carry(world, "GET", path + "3:4")["range"] == "Sheet1!A3:J4"
    assert carry(world, "GET", path + "C3:D")["range"] == "Sheet1!C3:D20"
    assert carry(world, "GET", path + "R2C3")["range"] == "Sheet1!C2"
    assert carry(world, "GET", path + "prices")["range"] == "Sheet1!C2:C4"
    assert carry(world, "GET", path + "B4:A2")["range"] == "Sheet1!A2:B4"


def test_writing_past_the_end_grows_the_grid(world):
    put(world, "Other!J20", [["a", "b"], ["c", "d"]])
    grid = world.books[START].tabs[1].props["gridProperties"]
    assert grid == {"rowCount": 21, "columnCount": 11}


def test_dates_are_serials_or_texts(world):
    put(world, "Other!A1", [["2024-05-06", "1:30 PM", "5%"]], "USER_ENTERED")

    def read(more):
        return carry(world, "GET", f"/v4/spreadsheets/{START}/values/Other?{more}")["values"]

    assert read("valueRenderOption=UNFORMATTED_VALUE")[0][0] == 45418
    text = read("valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=FORMATTED_STRING")[0]
    assert text[0] == "2024-05-06"
    assert text[2] == 0.05
    assert read("valueRenderOption=FORMULA")[0][0] == 45418


def test_a_date_without_a_year_is_of_this_year(world):
    put(world, "Other!A1", [["5/6"]], "USER_ENTERED")
    assert values(world, "Other") == [[46148]]


def test_numbers_lose_nothing_and_gain_nothing(world):
    put(world, "Other!A1", [[1, 1.0, 1.5, 2**53, 12345678901234567890, -0.0, True, 0.1 + 0.2]])
    (row,) = values(world, "Other")
    assert row == [1, 1, 1.5, 2**53, 1.2345678901234567e19, 0, True, 0.1 + 0.2]
    assert [type(v) for v in row[:2]] == [int, int]


def test_a_text_cell_keeps_what_is_typed(world):
    look = {"numberFormat": {"type": "TEXT", "pattern": "@"}}
    request = {
        "repeatCell": {
            "range": {"sheetId": 5, "endRowIndex": 1, "endColumnIndex": 1},
            "cell": {"userEnteredFormat": look},
            "fields": "userEnteredFormat.numberFormat",
        }
    }
    carry(world, "POST", f"/v4/spreadsheets/{START}:batchUpdate", {"requests": [request]})
    put(world, "Other!A1", [["0042"]], "USER_ENTERED")
    assert values(world, "Other") == [["0042"]]


def test_values_come_back_on_request(world):
    path = (
        f"/v4/spreadsheets/{START}/values/Other!A1?valueInputOption=USER_ENTERED"
        "&includeValuesInResponse=true&responseValueRenderOption=UNFORMATTED_VALUE"
    )
    told = carry(world, "PUT", path, {"values": [["=1+1"]]})
    assert told["updatedData"] == {
        "range": "Other!A1",
        "majorDimension": "ROWS",
        "values": [[2]],
    }


def test_the_part_of_a_batch_at_fault_is_named(world):
    path = f"/v4/spreadsheets/{START}/values:batchUpdate"
    for where, rows, text in (
        ("NOPE!A1", [[1]], r"Invalid data\[1\]: Unable to parse range: NOPE!A1"),
        (
            "A1:B1",
            [[1, 2, 3]],
            r"Invalid data\[1\]: Requested writing within range \[Sheet1!A1:B1\]",
        ),
        ("A1", [[1, []]], r"Invalid data\[1\].values\[0\]\[1\]: list_value"),
    ):
        data = [{"range": "A1", "values": [["x"]]}, {"range": where, "values": rows}]
        with pytest.raises(GoogleError, match=text):
            carry(world, "POST", path, {"valueInputOption": "RAW", "data": data})


# append: the examples of Google's guide, two tables A1:C2 and B4:D6


@pytest.fixture
def two_tables(world):
    put(world, "Other!A1", [["x", "y", "z"], ["x", "y", "z"]])
    put(world, "Other!B4", [["x", "y"], ["y", "z"], ["x", "y"]])
    put(world, "Other!D5", [["z"], ["z"]])
    return world


@pytest.mark.parametrize(
    ("where", "landed"),
    [
        ("Other", "B7"),
        ("Other!B4", "B7"),
        ("Other!C5:D5", "B7"),
        ("Other!B2:D4", "B7"),
        ("Other!A3:G10", "B7"),
        ("Other!A1", "A3"),
        ("Other!E4", "E4"),
        ("Other!A4", "A4"),
    ],
)
def test_where_an_append_lands(two_tables, where, landed):
    assert append(two_tables, where, [["new"]])["updates"]["updatedRange"] == f"Other!{landed}"


def test_a_blank_row_on_top_parts_the_table(world):
    put(world, "Other!A2", [["header"]])
    told = append(world, "Other!A1", [["new"]])
    assert told["updates"]["updatedRange"] == "Other!A1"
    assert "tableRange" not in told


def test_inserted_rows_push_down_what_lies_below(two_tables):
    append(two_tables, "Other!A1", [["new"]], more="&insertDataOption=INSERT_ROWS")
    assert values(two_tables, "Other!A3:B5") == [["new"], [], ["", "x"]]


# by data filter


def test_by_data_filter(world):
    base = f"/v4/spreadsheets/{START}"
    row = {"developerMetadataLookup": {"metadataKey": "po"}}
    told = carry(world, "POST", f"{base}/values:batchGetByDataFilter", {"dataFilters": [row]})
    assert told["valueRanges"][0]["valueRange"]["range"] == "Sheet1!A3:J3"
    body = {
        "valueInputOption": "RAW",
        "data": [{"dataFilter": row, "majorDimension": "ROWS", "values": [["washer"]]}],
    }
    told = carry(world, "POST", f"{base}/values:batchUpdateByDataFilter", body)
    assert told["totalUpdatedCells"] == 1
    assert values(world, "A3") == [["washer"]]
    cleared = {"dataFilters": [{"a1Range": "A3"}, {"gridRange": {"startRowIndex": 3}}]}
    told = carry(world, "POST", f"{base}/values:batchClearByDataFilter", cleared)
    assert told["clearedRanges"] == ["Sheet1!A3", "Sheet1!A4:J20"]
    told = carry(world, "POST", f"{base}:getByDataFilter", {"dataFilters": [row]})
    assert [s["properties"]["title"] for s in told["sheets"]] == ["Sheet1"]


def test_metadata_is_found_and_told(world):
    base = f"/v4/spreadsheets/{START}/developerMetadata"
    assert carry(world, "GET", f"{base}/9")["metadataValue"] == "1"
    with pytest.raises(GoogleError) as caught:
        carry(world, "GET", f"{base}/8")
    assert caught.value.code == 404

    def search(lookup):
        told = carry(
            world,
            "POST",
            f"{base}:search",
            {"dataFilters": [{"developerMetadataLookup": lookup}]},
        )
        return told.get("matchedDeveloperMetadata", [])

    assert len(search({"metadataKey": "po", "locationType": "ROW"})) == 1
    assert search({"metadataKey": "po", "metadataValue": "2"}) == []
    place = {"dimensionRange": {"dimension": "ROWS", "startIndex": 0, "endIndex": 9}}
    near = {"metadataLocation": place, "locationMatchingStrategy": "INTERSECTING_LOCATION"}
    assert len(search(near)) == 1
    assert search({"metadataLocation": place}) == []


# ranges as texts


@given(st.integers(0, 18_277))
def test_columns_have_letters(index):
    assert column_index(column_letters(index)) == index


@given(st.text(min_size=1, max_size=20))
def test_any_title_survives_its_quotes(title):
    assert split_title(f"{quoted(title)}!A1") == (title, "A1")


@given(st.integers(0, 999), st.integers(0, 99), st.integers(1, 99), st.integers(1, 99))
def test_a_box_is_read_as_it_is_written(top, left, height, width):
    box = Box(top, top + height, left, left + width)
    assert parse_cells(box_name(box)) == Area(box.top, box.bottom, box.left, box.right)


@pytest.mark.parametrize("text", ["", "A0", "1", "A", "A1:", "A1:B2:C3", "ABCD1", "Å1", "A1 B2"])
def test_what_is_no_range(text):
    assert parse_cells(text) is None


@pytest.mark.parametrize("title", ["D3", "R1C1", "my tab", "it's", "🌵 x", "R", "1st", "a-b"])
def test_titles_that_need_quotes(title):
    assert quoted(title) == "'" + title.replace("'", "''") + "'"


# the grid against a plain model


cells = st.tuples(st.integers(0, 5), st.integers(0, 5))
scalars = st.one_of(st.just(""), st.integers(0, 3), st.booleans(), st.sampled_from("ab"))
steps = st.one_of(
    st.tuples(st.just("put"), cells, scalars, st.sampled_from([EMPTY, Extra(note="n")])),
    st.tuples(st.just("insert_columns"), st.integers(0, 5), st.integers(1, 2)),
    st.tuples(st.just("delete_columns"), st.integers(0, 5), st.integers(1, 2)),
    st.tuples(st.just("insert_rows"), st.integers(0, 5), st.integers(1, 2)),
    st.tuples(st.just("delete_rows"), st.integers(0, 5), st.integers(1, 2)),
    st.tuples(st.just("put_plain"), cells, st.lists(scalars, max_size=4)),
)


def play(grid, model, step):
    """One step on the grid and on a model of twelve by twelve cells."""
    kind, *given_ = step
    if kind == "put":
        (row, column), value, extra = given_
        grid.put(row, column, value, extra)
        model[row][column] = (value, extra)
    elif kind == "put_plain":
        (row, column), line = given_
        if grid.put_plain(row, column, line):
            for place, value in enumerate(line, column):
                model[row][place] = (value, EMPTY)
    elif kind == "insert_rows":
        at, count = given_
        grid.insert_rows(at, [None] * count)
        model[at:at] = [[("", EMPTY)] * 40 for _ in range(count)]
    elif kind == "delete_rows":
        at, count = given_
        grid.delete_rows(at, count)
        del model[at : at + count]
        model += [[("", EMPTY)] * 40 for _ in range(count)]
    else:
        at, count = given_
        getattr(grid, kind)(at, count)
        for line in model:
            if kind == "insert_columns":
                line[at:at] = [("", EMPTY)] * count
            else:
                del line[at : at + count]
                line.extend([("", EMPTY)] * count)


def picture(grid):
    return [[(grid.value(r, c), grid.extra_at(r, c)) for c in range(10)] for r in range(10)]


@given(st.lists(steps, max_size=12), st.integers(0, 12))
def test_the_grid_is_what_was_written_and_undo_takes_it_back(played, kept):
    undo = Undo()
    grid = Grid(undo)
    model = [[("", EMPTY)] * 40 for _ in range(40)]
    for step in played[:kept]:
        play(grid, model, step)
    undo.commit()
    before = picture(grid)
    for step in played[kept:]:
        play(grid, model, step)
    assert picture(grid) == [line[:10] for line in model[:10]]
    assert all(not r.values or r.values[-1] != "" for r in grid.rows if r is not None)
    undo.rollback()
    assert picture(grid) == before


def test_a_cell_has_a_name():
    assert cell_name(0, 26) == "AA1"
