"""Every public method of gspread's Worksheet against the server."""

import pytest
from gspread import Cell
from gspread.exceptions import APIError
from gspread.utils import ValidationConditionType, ValueInputOption, ValueRenderOption


def grid(tab):
    return tab.get_all_values()


def test_cells(tab):
    tab.update_acell("A1", "x")
    tab.update_cell(2, 2, 42)
    assert tab.acell("A1").value == "x"
    assert tab.cell(2, 2).numeric_value == 42
    cells = tab.range("A1:B2")
    for number, cell in enumerate(cells):
        cell.value = number
    tab.update_cells(cells)
    assert grid(tab) == [["0", "1"], ["2", "3"]]
    tab.update_cells([Cell(1, 1, "a"), Cell(3, 3, "c")])
    assert grid(tab) == [["a", "1", ""], ["2", "3", ""], ["", "", "c"]]


def test_update_and_get(tab):
    tab.update([["a", "b"], ["c"]], "B2")
    assert tab.get("A1:C3") == [[], ["", "a", "b"], ["", "c"]]
    assert tab.get_values("B2:C3") == [["a", "b"], ["c", ""]]
    assert tab.row_values(2) == ["", "a", "b"]
    assert tab.col_values(2) == ["", "a", "c"]
    assert len(tab.get_all_cells()) == tab.row_count * tab.col_count


def test_input_options(tab):
    tab.update([["0042", "=1+2", "1.5"]], "A1", value_input_option=ValueInputOption.raw)
    assert grid(tab) == [["0042", "=1+2", "1.5"]]
    tab.update([["0042", "=1+2", "1.5"]], "A1", value_input_option=ValueInputOption.user_entered)
    assert grid(tab) == [["42", "3", "1.5"]]
    assert tab.get("A1:C1", value_render_option=ValueRenderOption.unformatted) == [[42, 3, 1.5]]
    assert tab.get("A1:C1", value_render_option=ValueRenderOption.formula) == [[42, "=1+2", 1.5]]


def test_swapped_arguments_are_refused(tab):
    with pytest.raises(APIError, match=r"Invalid value at 'data\.values'"):
        tab.client.values_update(
            tab.spreadsheet_id, "A1", {"valueInputOption": "RAW"}, {"values": "A1:D4"}
        )


def test_batch_get_and_update(tab):
    tab.batch_update([{"range": "A1:B1", "values": [["a", "b"]]}, {"range": "D4", "values": [[1]]}])
    assert tab.batch_get(["A1:B1", "D4"]) == [[["a", "b"]], [["1"]]]
    tab.batch_clear(["A1", "D4"])
    assert grid(tab) == [["", "b"]]
    tab.clear()
    assert grid(tab) == [[]]


def test_records(tab):
    tab.update([["name", "qty"], ["bolt", 12], ["nut", ""]], "A1")
    assert tab.get_all_records() == [{"name": "bolt", "qty": 12}, {"name": "nut", "qty": ""}]


def test_append(tab):
    tab.update([["name", "qty"], ["bolt", 12]], "A1")
    told = tab.append_row(["nut", 7])
    assert told["tableRange"] == "Sheet1!A1:B2"
    assert told["updates"]["updatedRange"] == "Sheet1!A3:B3"
    tab.append_rows([["a", 1], ["b", 2]], include_values_in_response=True)
    assert grid(tab)[2:] == [["nut", "7"], ["a", "1"], ["b", "2"]]


def test_append_follows_the_last_table(tab):
    tab.append_row(["x", "", "y"])
    told = tab.append_row(["x", "", "y"])
    assert told["tableRange"] == "Sheet1!C1"
    assert told["updates"]["updatedRange"] == "Sheet1!C2:E2"
    told = tab.append_row(["z"], table_range="A1")
    assert told["updates"]["updatedRange"] == "Sheet1!A2"


def test_append_grows_the_grid(hub):
    tab = hub.add_worksheet("small", 2, 2)
    tab.append_rows([["a", "b"], ["c", "d"], ["e", "f"]])
    tab.append_row(["g", "h"], insert_data_option="INSERT_ROWS")
    assert grid(tab) == [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]
    assert hub.worksheet("small").row_count >= 4


def test_insert_and_delete_lines(tab):
    tab.update([["a", "b", "c"], ["d", "e", "f"]], "A1")
    tab.insert_row(["new"], index=2)
    assert grid(tab) == [["a", "b", "c"], ["new", "", ""], ["d", "e", "f"]]
    tab.insert_rows([["1"], ["2"]], row=1)
    tab.delete_rows(1, 2)
    tab.insert_cols([["x", "y"]], col=2)
    assert grid(tab)[:2] == [["a", "x", "b", "c"], ["new", "y", "", ""]]
    tab.delete_columns(2)
    tab.delete_rows(2)
    assert grid(tab) == [["a", "b", "c"], ["d", "e", "f"]]
    before = tab.row_count
    tab.add_rows(5)
    tab.add_cols(2)
    assert tab.row_count == before + 5


def test_resize(tab):
    tab.update([["a", "b"], ["c", "d"]], "A1")
    tab.resize(rows=1, cols=1)
    assert (grid(tab), tab.row_count, tab.col_count) == ([["a"]], 1, 1)
    with pytest.raises(APIError):
        tab.resize(rows=0)


def test_sort(tab):
    tab.update([[3, "c"], ["x", "t"], [1, "a"], ["", "blank"], [2, "b"]], "A1")
    tab.sort((1, "asc"), range="A1:B5")
    assert [row[1] for row in grid(tab)] == ["a", "b", "c", "t", "blank"]
    tab.sort((1, "des"), range="A1:B5")
    assert [row[1] for row in grid(tab)] == ["t", "c", "b", "a", "blank"]


def test_titles_colours_and_places(hub, tab):
    tab.update_title("Orders")
    tab.update_tab_color("#FF0080")
    assert hub.worksheet("Orders").get_tab_color() == "#FF0080"
    tab.clear_tab_color()
    assert hub.worksheet("Orders").get_tab_color() is None
    hub.add_worksheet("Other", 1, 1)
    tab.update_index(2)
    assert [w.title for w in hub.worksheets()] == ["Other", "Orders"]


def test_format(tab):
    tab.format("A1:B2", {"textFormat": {"bold": True}, "backgroundColor": {"red": 1}})
    tab.format("A1", {"numberFormat": {"type": "NUMBER", "pattern": "0.00"}})
    tab.batch_format([{"range": "B1", "format": {"horizontalAlignment": "CENTER"}}])
    tab.update([[1.5]], "A1")
    assert tab.acell("A1").value == "1.50"
    told = tab.client.fetch_sheet_metadata(
        tab.spreadsheet_id,
        params={
            "ranges": "Sheet1!A1:B1",
            "fields": "sheets.data.rowData.values.userEnteredFormat",
        },
    )
    first, second = [
        c["userEnteredFormat"] for c in told["sheets"][0]["data"][0]["rowData"][0]["values"]
    ]
    assert first["textFormat"] == {"bold": True}
    assert first["backgroundColorStyle"] == {"rgbColor": {"red": 1}}
    assert first["numberFormat"]["pattern"] == "0.00"
    assert second["horizontalAlignment"] == "CENTER"


def test_freeze_and_filter(hub, tab):
    tab.freeze(rows=1, cols=2)
    tab.update([["a", "b"], [1, 2]], "A1")
    tab.set_basic_filter("A1:B2")
    again = hub.worksheet("Sheet1")
    assert (again.frozen_row_count, again.frozen_col_count) == (1, 2)
    filtered = hub.fetch_sheet_metadata()["sheets"][0]["basicFilter"]["range"]
    assert filtered["endColumnIndex"] == 2
    tab.clear_basic_filter()
    assert "basicFilter" not in hub.fetch_sheet_metadata()["sheets"][0]


def test_merges(hub, tab):
    tab.update([["a", "b", "x"], ["c", "d", "y"]], "A1")
    tab.merge_cells("A1:B2")
    assert grid(tab) == [["a", "", "x"], ["", "", "y"]]
    assert tab.get("A1:C2", combine_merged_cells=True) == [["a", "a", "x"], ["a", "a", "y"]]
    with pytest.raises(APIError, match="You must select all cells in a merged range"):
        tab.unmerge_cells("A1:A2")
    tab.unmerge_cells("A1:B2")
    tab.batch_merge([{"range": "C1:D1", "mergeType": "MERGE_ALL"}])
    assert len(hub.fetch_sheet_metadata()["sheets"][0]["merges"]) == 1


def test_notes(tab):
    tab.update_note("A1", "one")
    tab.insert_note("B2", "two")
    tab.update_notes({"C3": "three"})
    tab.insert_notes({"D4": "four"})
    assert tab.get_note("B2") == "two"
    assert tab.get_notes(grid_range="A1:B2") == [["one"], ["", "two"]]
    tab.clear_note("A1")
    tab.clear_notes(["B2"])
    assert tab.get_note("A1") == ""
    assert tab.get_notes()[2] == ["", "", "three"]


def test_protect(hub, tab):
    tab.add_protected_range("A1:B2")
    (item,) = hub.list_protected_ranges(tab.id)
    tab.delete_protected_range(item["protectedRangeId"])
    assert hub.list_protected_ranges(tab.id) == []


def test_groups_and_hidden_lines(tab):
    tab.add_dimension_group_rows(1, 3)
    tab.add_dimension_group_columns(0, 2)
    assert tab.list_dimension_group_rows()[0]["range"]["startIndex"] == 1
    assert tab.list_dimension_group_columns()[0]["depth"] == 1
    tab.delete_dimension_group_rows(1, 3)
    tab.delete_dimension_group_columns(0, 2)
    assert tab.list_dimension_group_rows() == []
    tab.hide_columns(0, 1)
    tab.hide_rows(1, 2)
    data = tab.client.fetch_sheet_metadata(tab.spreadsheet_id, params={"includeGridData": "true"})
    data = data["sheets"][0]["data"][0]
    assert data["columnMetadata"][0] == {"pixelSize": 100, "hiddenByUser": True}
    assert data["rowMetadata"][1] == {"pixelSize": 21, "hiddenByUser": True}
    tab.unhide_columns(0, 1)
    tab.unhide_rows(1, 2)
    tab.columns_auto_resize(0, 1)
    tab.rows_auto_resize(0, 1)


def test_gridlines(hub, tab):
    tab.hide_gridlines()
    assert hub.worksheet("Sheet1").is_gridlines_hidden
    tab.show_gridlines()
    assert not hub.worksheet("Sheet1").is_gridlines_hidden


def test_copy_and_cut(tab):
    tab.update([["a", "=A1"], ["b", "=A2"]], "A1", raw=False)
    tab.copy_range("A1:B2", "C1:D2")
    assert tab.get("A1:D2", value_render_option=ValueRenderOption.formula) == [
        ["a", "=A1", "a", "=C1"],
        ["b", "=A2", "b", "=C2"],
    ]
    tab.cut_range("A1:A2", "E1")
    assert grid(tab) == [["", "a", "a", "a", "a"], ["", "b", "b", "b", "b"]]


def test_find(tab):
    tab.update([["bolt", "nut"], ["Bolt", "bolts"]], "A1")
    assert tab.find("bolt").address == "A1"
    assert [c.address for c in tab.findall("bolt", case_sensitive=False)] == ["A1", "A2"]


def test_validation(tab):
    tab.add_validation("A1", ValidationConditionType.one_of_list, ["yes", "no"], strict=True)
    tab.update([["yes"]], "A1", raw=False)
    with pytest.raises(APIError, match="violates the data validation rules"):
        tab.update([["perhaps"]], "A1", raw=False)
    assert tab.acell("A1").value == "yes"


def test_expand(tab):
    tab.update([["a", "b"], ["c", "d"]], "B2")
    assert tab.expand("B2") == [["a", "b"], ["c", "d"]]


def test_a_tab_may_be_called_like_a_cell(hub):
    tab = hub.add_worksheet("D3", 2, 2)
    tab.update([["in D3"]], "A1")
    assert tab.get_all_values() == [["in D3"]]
    assert hub.values_get("'D3'!A1")["range"] == "'D3'!A1"
