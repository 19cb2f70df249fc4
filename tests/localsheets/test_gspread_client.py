"""Every public method of gspread's Client and Spreadsheet against the server."""

import gspread
import pytest
from gspread.exceptions import APIError, SpreadsheetNotFound, WorksheetNotFound
from gspread.utils import ExportFormat


def test_create_and_open(buyer, hub):
    assert buyer.client.open_by_key(hub.id).id == hub.id
    assert buyer.client.open(hub.title).id == hub.id
    assert buyer.client.open_by_url(hub.url).title == hub.title
    assert hub.id in [s.id for s in buyer.client.openall()]
    assert [s.id for s in buyer.client.openall(hub.title)] == [hub.id]


def test_list_spreadsheet_files(buyer, hub):
    (mine,) = buyer.client.list_spreadsheet_files(hub.title)
    assert {"id", "name", "createdTime", "modifiedTime"} == set(mine)


def test_a_folder_holds_its_spreadsheets(buyer):
    folder = buyer.call(
        "POST",
        "/drive/v3/files",
        {"name": "Orders", "mimeType": "application/vnd.google-apps.folder"},
    ).json()["id"]
    inside = buyer.client.create("Inside", folder_id=folder)
    listed = buyer.client.list_spreadsheet_files("Inside", folder_id=folder)
    assert [f["id"] for f in listed] == [inside.id]
    assert buyer.client.list_spreadsheet_files("Inside", folder_id="nowhere") == []
    as_spreadsheet = buyer.call("GET", f"/v4/spreadsheets/{folder}")
    assert as_spreadsheet.json()["error"]["status"] == "FAILED_PRECONDITION"


def test_unknown_spreadsheets(buyer):
    with pytest.raises(SpreadsheetNotFound):
        buyer.client.open_by_key("test")
    with pytest.raises(SpreadsheetNotFound):
        buyer.client.open("no such thing at all")


def test_copy_with_permissions_and_comments(buyer, hub, supplier):
    hub.sheet1.update([["a", 1]], "A1")
    hub.share(supplier.email, perm_type="user", role="writer")
    buyer.call("POST", f"/drive/v3/files/{hub.id}/comments", {"content": "look"}, fields="*")
    twin = buyer.client.copy(hub.id, copy_permissions=True, copy_comments=True)
    assert twin.title == f"Copy of {hub.title}"
    assert twin.sheet1.get_all_values() == [["a", "1"]]
    assert {p.get("emailAddress") for p in twin.list_permissions()} == {buyer.email, supplier.email}
    comments = buyer.call("GET", f"/drive/v3/files/{twin.id}/comments", fields="comments/content")
    assert comments.json() == {"comments": [{"content": "look"}]}


def test_copy_leaves_the_source_alone(buyer, hub):
    hub.sheet1.update([["a"]], "A1")
    twin = buyer.client.copy(hub.id, title="Twin")
    twin.sheet1.update([["b"]], "A1")
    assert hub.sheet1.acell("A1").value == "a"


def test_delete(buyer):
    gone = buyer.client.create("Gone")
    buyer.client.del_spreadsheet(gone.id)
    with pytest.raises(SpreadsheetNotFound):
        buyer.client.open_by_key(gone.id)


def test_import_csv(buyer, hub):
    buyer.client.import_csv(hub.id, b'name,qty\nbolt,12\n"a, b",3.5\n')
    again = buyer.client.open_by_key(hub.id)
    assert again.sheet1.get_all_values() == [["name", "qty"], ["bolt", "12"], ["a, b", "3.5"]]
    assert again.sheet1.get("B2", value_render_option="UNFORMATTED_VALUE") == [[12]]


def test_export(buyer, hub):
    hub.sheet1.update([["a1", 'say "b", c'], ["x"]], "A1")
    assert hub.export(ExportFormat.CSV) == b'a1,"say ""b"", c"\r\nx,'
    assert buyer.client.export(hub.id, ExportFormat.TSV) == b'a1\tsay "b", c\r\nx\t'
    assert hub.export(ExportFormat.EXCEL).startswith(b"PK")
    with pytest.raises(APIError, match="conversion is not supported"):
        hub.export(ExportFormat.PDF)


def test_permissions(buyer, hub, supplier):
    buyer.client.insert_permission(hub.id, supplier.email, perm_type="user", role="reader")
    shared = {p["emailAddress"]: p for p in buyer.client.list_permissions(hub.id)}
    assert shared[supplier.email]["role"] == "reader"
    buyer.client.remove_permission(hub.id, shared[supplier.email]["id"])
    assert [p["role"] for p in hub.list_permissions()] == ["owner"]


def test_share_and_remove_by_value(hub, supplier):
    hub.share(supplier.email, perm_type="user", role="writer")
    assert len(hub.list_permissions()) == 2
    assert len(hub.remove_permissions(supplier.email, role="writer")) == 1
    assert len(hub.list_permissions()) == 1


def test_share_with_anyone(hub, supplier):
    hub.share("", perm_type="anyone", role="reader")
    assert supplier.client.open_by_key(hub.id).id == hub.id


def test_transfer_ownership(hub, buyer, supplier):
    hub.share(supplier.email, perm_type="user", role="writer")
    (entry,) = [p for p in hub.list_permissions() if p.get("emailAddress") == supplier.email]
    answer = buyer.call(
        "PATCH",
        f"/drive/v3/files/{hub.id}/permissions/{entry['id']}",
        {"role": "owner"},
        transferOwnership="true",
    )
    assert answer.json()["role"] == "owner"
    roles = {p["emailAddress"]: p["role"] for p in hub.list_permissions()}
    assert roles == {supplier.email: "owner", buyer.email: "writer"}


def test_offered_ownership_is_accepted(hub, supplier, buyer, person):
    hub.share(supplier.email, perm_type="user", role="writer")
    (entry,) = [p for p in hub.list_permissions() if p["emailAddress"] == supplier.email]
    seen = supplier.client.open_by_key(hub.id)
    with pytest.raises(APIError):
        seen.accept_ownership(entry["id"])
    hub.transfer_ownership(entry["id"])
    seen.accept_ownership(entry["id"])
    roles = {p["emailAddress"]: p["role"] for p in seen.list_permissions()}
    assert roles == {supplier.email: "owner", buyer.email: "writer"}


def test_drive_metadata(hub, buyer):
    assert hub.creationTime.endswith("Z")
    before = hub.get_lastUpdateTime()
    hub.sheet1.update([[1]], "A1")
    hub.update_drive_metadata()
    assert hub.get_lastUpdateTime() >= before
    told = buyer.client.get_file_drive_metadata(hub.id)
    assert told["name"] == hub.title


def test_tabs_of_a_spreadsheet(hub):
    second = hub.add_worksheet("Second", 10, 5)
    third = hub.add_worksheet("Third", 10, 5, index=0)
    assert [w.title for w in hub.worksheets()] == ["Third", "Sheet1", "Second"]
    assert [w.title for w in hub] == ["Third", "Sheet1", "Second"]
    assert hub.get_worksheet(2).id == second.id
    assert hub.get_worksheet_by_id(third.id).title == "Third"
    assert hub.worksheet("Second").row_count == 10
    hub.reorder_worksheets([second, hub.worksheet("Sheet1"), third])
    assert [w.title for w in hub.worksheets()] == ["Second", "Sheet1", "Third"]
    hub.del_worksheet(second)
    hub.del_worksheet_by_id(third.id)
    assert [w.title for w in hub.worksheets()] == ["Sheet1"]
    with pytest.raises(WorksheetNotFound):
        hub.worksheet("Second")
    with pytest.raises(APIError, match="You can't remove all the sheets in a document"):
        hub.del_worksheet(hub.sheet1)


def test_duplicate_sheet(hub):
    hub.sheet1.update([["a", "=A1"]], "A1", raw=False)
    twin = hub.duplicate_sheet(hub.sheet1.id, insert_sheet_index=1, new_sheet_name="Twin")
    assert twin.get_all_values() == [["a", "a"]]
    assert [w.title for w in hub.worksheets()] == ["Sheet1", "Twin"]
    assert hub.sheet1.duplicate(new_sheet_name="Third").index == 0


def test_a_title_stands_once(hub):
    with pytest.raises(APIError, match='A sheet with the name "Sheet1" already exists'):
        hub.add_worksheet("Sheet1", 1, 1)


def test_hidden_tabs(hub):
    other = hub.add_worksheet("Other", 2, 2)
    other.hide()
    assert hub.worksheet("Other").isSheetHidden
    assert [w.title for w in hub.worksheets(exclude_hidden=True)] == ["Sheet1"]
    other.show()
    assert not hub.worksheet("Other").isSheetHidden


def test_properties(hub):
    hub.update_title("Renamed")
    hub.update_timezone("Europe/Berlin")
    hub.update_locale("de_DE")
    assert (hub.title, hub.timezone, hub.locale) == ("Renamed", "Europe/Berlin", "de_DE")
    assert hub.client.get_file_drive_metadata(hub.id)["name"] == "Renamed"


def test_values_calls(hub):
    hub.values_update("Sheet1!A1", {"valueInputOption": "RAW"}, {"values": [["a", "b"]]})
    hub.values_append("Sheet1!A1", {"valueInputOption": "RAW"}, {"values": [["c"]]})
    assert hub.values_get("Sheet1!A1:B2")["values"] == [["a", "b"], ["c"]]
    both = hub.values_batch_get(["Sheet1!A:A", "Sheet1!B:B"])
    assert [r["values"] for r in both["valueRanges"]] == [[["a"], ["c"]], [["b"]]]
    hub.values_batch_update(
        {"valueInputOption": "RAW", "data": [{"range": "Sheet1!D4", "values": [[1]]}]}
    )
    assert hub.values_batch_clear(body={"ranges": ["Sheet1!A1", "Sheet1!D4"]})["clearedRanges"] == [
        "Sheet1!A1",
        "Sheet1!D4",
    ]
    assert hub.values_clear("Sheet1!B:B")["clearedRange"] == "Sheet1!B1:B1000"


def test_named_ranges_of_a_spreadsheet(hub):
    hub.sheet1.update([[1, 2]], "A1")
    hub.sheet1.define_named_range("A1:B1", "both")
    assert [[c.value for c in hub.named_range("both")]] == [["1", "2"]]
    (item,) = hub.list_named_ranges()
    hub.sheet1.delete_named_range(item["namedRangeId"])
    assert hub.list_named_ranges() == []


def test_protected_ranges_are_listed(hub, buyer):
    hub.sheet1.add_protected_range("A1:B2", [buyer.email], description="ours")
    (item,) = hub.list_protected_ranges(hub.sheet1.id)
    assert item["description"] == "ours"
    assert item["editors"]["users"] == [buyer.email]


def test_copy_to_another_spreadsheet(hub, buyer):
    hub.sheet1.update([["a"]], "A1")
    other = buyer.client.create("Other")
    told = hub.sheet1.copy_to(other.id)
    assert told["title"] == "Copy of Sheet1"
    assert other.get_worksheet_by_id(told["sheetId"]).acell("A1").value == "a"


def test_expired_tokens_are_renewed(server, buyer, hub):
    server._app.identities._sessions.clear()
    assert buyer.client.open_by_key(hub.id).id == hub.id


def test_unknown_tab_fails_the_whole_batch(hub):
    with pytest.raises(APIError, match="Unable to parse range: NOPE!A5:F15"):
        hub.values_batch_get(["Sheet1!A1", "NOPE!A5:F15"])


def test_gspread_is_unchanged():
    assert gspread.urls.SPREADSHEETS_API_V4_BASE_URL.startswith("https://sheets.googleapis.com")
