"""Protections are held against whoever is calling, in Google's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from localsheets.conftest import message

from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.protection import subtract

REFUSAL = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner "
    "to remove protection if you need to edit."
)


def protect(person, hub, **item):
    return person.batch(hub, {"addProtectedRange": {"protectedRange": item}})


def columns(start, end, sheet_id=0):
    return {"sheetId": sheet_id, "startColumnIndex": start, "endColumnIndex": end}


WRITES = {
    "values.update": lambda p, h: p.call(
        "PUT", f"/v4/spreadsheets/{h.id}/values/A2", {"values": [["x"]]}, valueInputOption="RAW"
    ),
    "values.batchUpdate": lambda p, h: p.call(
        "POST",
        f"/v4/spreadsheets/{h.id}/values:batchUpdate",
        {"valueInputOption": "RAW", "data": [{"range": "A2", "values": [["x"]]}]},
    ),
    "values.clear": lambda p, h: p.call("POST", f"/v4/spreadsheets/{h.id}/values/A2:clear", {}),
    "values.append": lambda p, h: p.call(
        "POST",
        f"/v4/spreadsheets/{h.id}/values/A2:append",
        {"values": [["x"]]},
        valueInputOption="RAW",
    ),
    "updateCells": lambda p, h: p.batch(
        h,
        {
            "updateCells": {
                "start": {"rowIndex": 1},
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}],
                "fields": "userEnteredValue",
            }
        },
    ),
    "repeatCell": lambda p, h: p.batch(
        h, {"repeatCell": {"range": columns(0, 1), "cell": {"note": "n"}, "fields": "note"}}
    ),
    "appendCells": lambda p, h: p.batch(
        h,
        {
            "appendCells": {
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}],
                "fields": "*",
            }
        },
    ),
    "deleteDimension": lambda p, h: p.batch(
        h,
        {"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}}},
    ),
    "sortRange": lambda p, h: p.batch(
        h, {"sortRange": {"range": {"endRowIndex": 3}, "sortSpecs": [{"dimensionIndex": 0}]}}
    ),
    "findReplace": lambda p, h: p.batch(
        h, {"findReplace": {"find": "a", "replacement": "b", "allSheets": True}}
    ),
    "cutPaste": lambda p, h: p.batch(
        h,
        {"cutPaste": {"source": {"endRowIndex": 1, "endColumnIndex": 1}, "destination": {}}},
    ),
    "setDataValidation": lambda p, h: p.batch(h, {"setDataValidation": {"range": columns(0, 1)}}),
    "mergeCells": lambda p, h: p.batch(h, {"mergeCells": {"range": columns(0, 2)}}),
    "deleteSheet": lambda p, h: p.batch(h, {"deleteSheet": {"sheetId": 0}}),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_locked_column_is_refused_to_others_and_open_to_the_owner(
    name, hub, shared, buyer, supplier
):
    hub.sheet1.update([["a"], ["a"], ["a"]], "A1")
    hub.add_worksheet("Second", 1, 1)
    protect(buyer, hub, range=columns(0, 1), editors={"users": [buyer.email]})
    answer = WRITES[name](supplier, shared)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert message(answer).endswith(REFUSAL)
    assert WRITES[name](buyer, hub).status_code == 200


def test_an_editor_of_the_range_may_write(hub, shared, buyer, supplier):
    protect(buyer, hub, range=columns(0, 1), editors={"users": [supplier.email.upper()]})
    assert WRITES["values.update"](supplier, shared).status_code == 200


def test_beside_the_locked_cells_all_may_write(hub, shared, buyer):
    protect(buyer, hub, range=columns(0, 1), editors={"users": [buyer.email]})
    shared.sheet1.update([["x"]], "B2")
    assert hub.sheet1.acell("B2").value == "x"


def test_a_locked_tab_with_holes(hub, shared, buyer, supplier):
    holes = [{"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 3}]
    protect(
        buyer,
        hub,
        range={"sheetId": 0},
        unprotectedRanges=holes,
        editors={"users": [buyer.email]},
    )
    shared.sheet1.update([["x", "y"]], "B2:C2")
    over = supplier.call(
        "PUT",
        f"/v4/spreadsheets/{hub.id}/values/C2:D2",
        {"values": [["x", "y"]]},
        valueInputOption="RAW",
    )
    assert message(over) == REFUSAL
    assert hub.sheet1.get("A2:D2") == [["", "x", "y"]]


STRUCTURAL = [
    {"updateSheetProperties": {"properties": {"title": "mine"}, "fields": "title"}},
    {"appendDimension": {"dimension": "ROWS", "length": 1}},
    {"addDimensionGroup": {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}}},
    {"setBasicFilter": {"filter": {"range": {"endRowIndex": 3}}}},
    {
        "updateDimensionProperties": {
            "range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2},
            "properties": {"hiddenByUser": True},
            "fields": "hiddenByUser",
        }
    },
]


@pytest.mark.parametrize("request_body", STRUCTURAL, ids=lambda r: next(iter(r)))
def test_the_make_up_of_a_tab_is_locked_with_the_tab(request_body, hub, shared, buyer, supplier):
    protect(buyer, hub, range=columns(0, 1), editors={"users": [buyer.email]})
    assert supplier.batch(shared, request_body).status_code == 200
    protect(buyer, hub, range={"sheetId": 0}, editors={"users": [buyer.email]})
    again = (
        {
            **request_body,
            "updateSheetProperties": {"properties": {"title": "again"}, "fields": "title"},
        }
        if "updateSheetProperties" in request_body
        else request_body
    )
    assert message(supplier.batch(shared, again)).endswith(REFUSAL)


def test_a_warning_stops_nobody_and_takes_no_editors(hub, shared, buyer, supplier):
    assert protect(buyer, hub, range=columns(0, 1), warningOnly=True).status_code == 200
    assert WRITES["values.update"](supplier, shared).status_code == 200
    refused = protect(
        buyer, hub, range=columns(1, 2), warningOnly=True, editors={"users": [buyer.email]}
    )
    assert refused.status_code == 400


def test_only_editors_see_editors_and_lift_the_lock(hub, shared, buyer, supplier):
    told = protect(buyer, hub, range=columns(0, 1), editors={"users": [buyer.email]}).json()
    number = told["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    (mine,) = hub.list_protected_ranges(0)
    (theirs,) = shared.list_protected_ranges(0)
    assert (mine["editors"]["users"], mine["requestingUserCanEdit"]) == ([buyer.email], True)
    assert "editors" not in theirs
    assert "requestingUserCanEdit" not in theirs
    lift = {"deleteProtectedRange": {"protectedRangeId": number}}
    assert message(supplier.batch(shared, lift)).endswith(REFUSAL)
    assert buyer.batch(hub, lift).status_code == 200


def test_whoever_locks_stays_an_editor(hub, shared, supplier):
    protect(supplier, shared, range=columns(0, 1), editors={"users": []})
    assert WRITES["values.update"](supplier, shared).status_code == 200


def test_a_lock_follows_inserted_lines(hub, shared, buyer, supplier):
    block = {"startRowIndex": 4, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 1}
    protect(buyer, hub, range=block, editors={"users": [buyer.email]})
    lines = {"dimension": "ROWS", "startIndex": 0, "endIndex": 2}
    assert supplier.batch(shared, {"insertDimension": {"range": lines}}).status_code == 200
    shared.sheet1.update([["free"]], "A5")
    with pytest.raises(Exception, match="protected cell"):
        shared.sheet1.update([["locked"]], "A7")


def test_a_protection_can_be_changed(hub, shared, buyer, supplier):
    told = protect(buyer, hub, range=columns(0, 1), editors={"users": [buyer.email]}).json()
    number = told["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    change = {
        "updateProtectedRange": {
            "protectedRange": {"protectedRangeId": number, "range": columns(3, 4)},
            "fields": "range",
        }
    }
    assert buyer.batch(hub, change).status_code == 200
    assert WRITES["values.update"](supplier, shared).status_code == 200


def test_a_named_range_can_be_locked(hub, shared, buyer, supplier):
    hub.sheet1.define_named_range("A1:A5", "locked_cells")
    (named,) = hub.list_named_ranges()
    protect(buyer, hub, namedRangeId=named["namedRangeId"], editors={"users": [buyer.email]})
    assert message(WRITES["values.update"](supplier, shared)) == REFUSAL


def test_a_copy_forgets_editors(hub, buyer, supplier):
    users = [buyer.email, supplier.email]
    protect(buyer, hub, range=columns(0, 1), editors={"users": users})
    twin = buyer.client.copy(hub.id)
    (item,) = twin.list_protected_ranges(0)
    assert item["editors"].get("users", []) in ([], [buyer.email])


boxes = st.builds(
    lambda t, h, left, w: Box(t, t + h, left, left + w),
    st.integers(0, 5),
    st.integers(1, 5),
    st.integers(0, 5),
    st.integers(1, 5),
)


def cells(box):
    return {(r, c) for r in range(box.top, box.bottom) for c in range(box.left, box.right)}


@given(boxes, st.lists(boxes, max_size=3))
def test_what_holes_leave_is_counted_cell_by_cell(box, holes):
    rest, expected = [box], cells(box)
    for hole in holes:
        rest = subtract(rest, hole)
        expected -= cells(hole)
    found = [cell for part in rest for cell in cells(part)]
    assert len(found) == len(set(found))
    assert set(found) == expected
