"""What a tab still needs, and what is left alone."""

from dataclasses import replace

import pytest

from sheetsync.core.model import TabKind
from sheetsync.core.rulebook import TabSpec
from sheetsync.sheets.grid import find_columns
from sheetsync.sheets.protecting import HEADERS, OWN_TAB
from sheetsync.sheets.tab_layout import Ground, lay_out_tab, new_tab
from sheetsync.sheets.tabs import TabInfo, find_tab, read_tabs

WORKER = "worker@example.iam.gserviceaccount.com"
COLUMNS = [
    {"field": "receipt", "header": "Receipt", "kind": "identifier", "owner": "warehouse"},
    {"field": "kind", "header": "Kind", "kind": "choice", "owner": "warehouse",
     "choices": {"receipt": ["in"], "return": ["out"]}},
    {"field": "quantity", "header": "Quantity", "aliases": ["Qty"], "kind": "quantity",
     "owner": "warehouse"},
    {"field": "is_refused", "header": "Refused", "kind": "flag", "owner": "warehouse"},
    {"field": "message", "header": "Message", "kind": "text", "owner": "worker"},
]  # fmt: skip


def spec(owner="warehouse", columns=COLUMNS):
    return TabSpec.model_validate(
        {"title": "T", "owner": owner, "key": ["receipt"], "columns": columns}
    )


def ground(*header, kind=TabKind.RECEIPTS, owner="warehouse", rows=0, **more):
    info = TabInfo(sheet_id=7, title="T", row_count=100, column_count=10, frozen_rows=1)
    return Ground(
        kind=kind,
        info=info,
        spec=spec(owner),
        head=find_columns(header, spec(owner)),
        width=len(header),
        free_row=rows + 1,
        **more,
    )


FULL = ("Receipt", "Kind", "Quantity", "Refused", "Message")
PLAIN = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}


def rule(*words, message="Choose one of the list, or leave the cell empty."):
    values = [{"userEnteredValue": word} for word in words]
    return {
        "dataValidation": {
            "condition": {"type": "ONE_OF_LIST", "values": values},
            "inputMessage": message,
        }
    }


DONE_CELLS = {
    (1, 0): PLAIN,
    (1, 2): PLAIN,
    (1, 1): rule("receipt", "return"),
    (1, 3): rule("yes", "no"),
}


def protected(owner="warehouse", **changes):
    seen = ground(*FULL, owner=owner)
    [request] = requests(seen, "addProtectedRange")
    return {**request["protectedRange"], "protectedRangeId": 3, **changes}


def steps(seen):
    return list(lay_out_tab(seen, WORKER))


def requests(seen, kind):
    return [request[kind] for step in steps(seen) for request in step.requests if kind in request]


def with_protection(seen, *items):
    return replace(seen, info=replace(seen.info, protections=items))


def test_a_new_tab_is_made_with_everything():
    made = new_tab("T", TabKind.RECEIPTS, spec(), 9)

    assert [step.text for step in steps(made)] == [
        "made the tab",
        "added columns Receipt, Kind, Quantity, Refused, Message",
        "plain text where names and outsiders' figures go",
        "dropdown in Kind",
        "dropdown in Refused",
        "protected the headers",
    ]
    assert requests(made, "addSheet")[0]["properties"]["gridProperties"]["frozenRowCount"] == 1


def test_a_tab_that_has_everything_needs_nothing():
    assert steps(with_protection(ground(*FULL, cells=DONE_CELLS), protected())) == []


def test_missing_columns_go_to_the_right_of_what_is_there():
    seen = ground("Colour", "Qty", "receipt", "", "", "", "", "")

    [update] = requests(seen, "updateCells")
    [more] = requests(seen, "appendDimension")

    assert update["start"]["columnIndex"] == 8
    assert [cell["userEnteredValue"]["stringValue"] for cell in update["rows"][0]["values"]] == [
        "Kind",
        "Refused",
        "Message",
    ]
    assert (more["dimension"], more["length"]) == ("COLUMNS", 1)


def test_the_header_row_is_frozen_unless_people_froze_more():
    loose = ground(*FULL)

    assert requests(
        replace(loose, info=replace(loose.info, frozen_rows=0)), "updateSheetProperties"
    )
    assert not requests(
        replace(loose, info=replace(loose.info, frozen_rows=2)), "updateSheetProperties"
    )


def plain_ranges(seen):
    return [
        (place["startRowIndex"], place["startColumnIndex"], place["endColumnIndex"])
        for place in (request["range"] for request in requests(seen, "repeatCell"))
    ]


def test_plain_text_begins_below_what_people_typed():
    assert plain_ranges(ground("Receipt", "Quantity", rows=5)) == [(6, 0, 2)]


def test_a_new_column_is_plain_text_from_its_first_row():
    assert plain_ranges(ground("Quantity", rows=5)) == [(1, 1, 2), (6, 0, 1)]


def test_figures_of_the_buyers_own_tabs_stay_numbers():
    assert plain_ranges(ground(*FULL, kind=TabKind.ORDER_LINES)) == [(1, 0, 1)]


def test_a_full_grid_is_not_formatted():
    assert plain_ranges(ground(*FULL, rows=99)) == []


def dropdowns(seen):
    return [
        (request["range"]["startColumnIndex"], request["rule"]["strict"])
        for request in requests(seen, "setDataValidation")
    ]


def test_dropdowns_let_other_words_stand():
    assert dropdowns(ground(*FULL)) == [(1, False), (3, False)]


def test_a_validation_that_people_made_stays():
    cells = {(40, 1): rule("in", "out", message="Ask Anna"), (1, 3): rule("yes", "no")}

    assert dropdowns(ground(*FULL, cells=cells)) == []


def test_an_old_dropdown_of_ours_is_renewed():
    assert dropdowns(ground(*FULL, cells={**DONE_CELLS, (1, 1): rule("receipt")})) == [(1, False)]


BOX = {"field": "go_on", "header": "Go on", "kind": "flag", "owner": "buyer", "request": True}


def with_a_box(**more):
    seen = ground(*FULL, "Go on", **more)
    columns = spec(columns=[*COLUMNS, BOX])
    return replace(seen, spec=columns, head=find_columns([*FULL, "Go on"], columns))


def test_a_yes_that_is_cleared_again_has_boxes_as_far_as_the_tab_reaches():
    [*_, boxes] = requests(with_a_box(cells=DONE_CELLS), "setDataValidation")

    assert boxes["rule"]["condition"] == {"type": "BOOLEAN"}
    assert boxes["rule"]["strict"] is False
    assert boxes["range"] == {
        "sheetId": 7,
        "startRowIndex": 1,
        "endRowIndex": 100,
        "startColumnIndex": 5,
        "endColumnIndex": 6,
    }


def test_boxes_are_made_once():
    box = {"dataValidation": {"condition": {"type": "BOOLEAN"}}}
    seen = with_a_box(cells={**DONE_CELLS, (1, 5): box})

    assert requests(seen, "setDataValidation") == []


def test_a_tab_that_lost_its_header_row_gets_no_other_over_its_rows():
    [step] = steps(replace(ground(rows=5), is_headless=True))

    assert step.requests == ()
    assert "left as it is" in step.text


def test_headers_are_protected_as_far_as_there_are_headers():
    item = protected()

    assert item["description"] == HEADERS
    assert item["range"] == {
        "sheetId": 7,
        "startRowIndex": 0,
        "endRowIndex": 1,
        "startColumnIndex": 0,
        "endColumnIndex": 5,
    }
    assert item["editors"] == {"users": [WORKER], "domainUsersCanEdit": False}


def test_a_tab_of_the_workers_own_is_protected_whole_but_for_peoples_columns():
    item = protected("worker")

    assert item["description"] == OWN_TAB
    assert item["range"] == {"sheetId": 7}
    assert item["unprotectedRanges"] == [
        {"sheetId": 7, "startRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 4}
    ]
    seen = ground(*FULL, owner="worker", cells=DONE_CELLS)
    assert steps(with_protection(seen, item)) == []


def test_a_tab_without_peoples_columns_has_no_holes():
    columns = [{**column, "owner": "worker"} for column in COLUMNS]
    made = new_tab("T", TabKind.STATUS, spec("worker", columns), 9)

    [request] = requests(made, "addProtectedRange")

    assert "unprotectedRanges" not in request["protectedRange"]


@pytest.mark.parametrize(
    "drift",
    [
        {"warningOnly": True},
        {"editors": {"users": [WORKER], "domainUsersCanEdit": True}},
        {"editors": {"users": ["buyer@example.com"]}},
        {"range": {"sheetId": 7, "endRowIndex": 1, "startColumnIndex": 1}},
        {"range": {"sheetId": 7, "endRowIndex": 1, "endColumnIndex": 4}},
    ],
)
def test_a_protection_that_drifted_is_mended(drift):
    seen = with_protection(ground(*FULL, cells=DONE_CELLS), protected(**drift))

    [request] = requests(seen, "updateProtectedRange")

    assert request["protectedRange"]["protectedRangeId"] == 3
    assert [step.text for step in steps(seen)] == ["mended the protection of the headers"]


@pytest.mark.parametrize(
    "same",
    [
        {"editors": {"users": ["owner@example.com", WORKER.upper()]}},
        {"range": {"sheetId": 7, "endRowIndex": 1, "endColumnIndex": 8}},
        {"range": {"sheetId": 7, "endRowIndex": 1}},
    ],
)
def test_a_protection_that_does_its_work_stays(same):
    assert steps(with_protection(ground(*FULL, cells=DONE_CELLS), protected(**same))) == []


def test_holes_that_moved_are_mended():
    item = protected("worker", unprotectedRanges=[{"sheetId": 7, "endColumnIndex": 5}])
    seen = ground(*FULL, owner="worker", cells=DONE_CELLS)

    assert len(requests(with_protection(seen, item), "updateProtectedRange")) == 1


def test_a_protection_that_people_made_is_not_ours():
    seen = ground(*FULL, cells=DONE_CELLS)
    people_s = {**protected(), "description": "please do not touch"}

    assert len(requests(with_protection(seen, people_s), "addProtectedRange")) == 1


# -- tabs ------------------------------------------------------------------------------------------


def test_tabs_are_read_with_what_google_leaves_out():
    answer = {
        "sheets": [
            {"properties": {"title": "A", "gridProperties": {"rowCount": 5}}},
            {"properties": {"title": "Chart", "sheetId": 4, "sheetType": "OBJECT"}},
        ]
    }

    assert read_tabs(answer) == {"A": TabInfo(sheet_id=0, title="A", row_count=5, column_count=0)}
    assert read_tabs({}) == {}


def test_a_tab_is_found_by_its_title_as_people_write_it():
    tabs = {
        title: TabInfo(sheet_id=number, title=title, row_count=1, column_count=1)
        for number, title in enumerate(["Orders", "Change history ", "two", "Two "])
    }

    assert find_tab(tabs, "Orders").sheet_id == 0
    assert find_tab(tabs, "change  History").sheet_id == 1
    assert find_tab(tabs, "TWO") is None
    assert find_tab(tabs, "None") is None
