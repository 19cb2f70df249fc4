"""Drive's side: versions, revisions, queries, comments."""

from datetime import timedelta

import pytest
from localsheets.conftest import message
from localsheets.test_requests import ME, NOW, START, build_world, carry

from sheetsync.localsheets import server as server_module
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.journal import Entry
from sheetsync.localsheets.routes import find_route
from sheetsync.localsheets.world import World


def test_every_change_counts(buyer, hub):
    def told():
        fields = "version,modifiedTime,lastModifyingUser(emailAddress)"
        return buyer.call("GET", f"/drive/v3/files/{hub.id}", fields=fields).json()

    before = told()
    hub.sheet1.update([[1]], "A1")
    after = told()
    assert int(after["version"]) == int(before["version"]) + 1
    assert after["modifiedTime"] >= before["modifiedTime"]
    hub.sheet1.get("A1")
    assert told() == after


def test_a_refused_change_does_not_count(buyer, hub):
    path = f"/drive/v3/files/{hub.id}"
    before = buyer.call("GET", path, fields="version").json()
    buyer.batch(hub, {"addSheet": {}}, {"deleteSheet": {"sheetId": 99}})
    assert buyer.call("GET", path, fields="version").json() == before


def test_revisions_say_who(buyer, hub, shared):
    hub.sheet1.update([[1]], "A1")
    shared.sheet1.update([[2]], "A1")
    hub.sheet1.update([[3]], "A1")
    told = buyer.call("GET", f"/drive/v3/files/{hub.id}/revisions", fields="*").json()["revisions"]
    who = [r["lastModifyingUser"]["emailAddress"] for r in told]
    assert who == ["buyer@example.com", "supplier@example.com", "buyer@example.com"]
    one = buyer.call("GET", f"/drive/v3/files/{hub.id}/revisions/{told[1]['id']}", fields="id")
    assert one.json() == {"id": told[1]["id"]}


def test_changes_are_gathered_when_asked_for():
    """With coalescing a change shows after a while, and never not at all."""
    world = build_world()
    world.coalesce = timedelta(minutes=3)
    file = world.files[START]
    file.modified = NOW

    def at(minutes, verb, path, body=None):
        raw = b'{"values": [[1]]}' if body else b""
        entry = Entry(
            at=NOW + timedelta(minutes=minutes), seed=1, email=ME, kind="person", verb=verb,
            path=path, query="fields=version,modifiedTime" if not body else "valueInputOption=RAW",
            media_type="", body=raw,
        )  # fmt: skip
        return server_module.perform(world, entry, find_route(verb, path))

    def version(minutes):
        return int(at(minutes, "GET", f"/drive/v3/files/{START}")["version"])

    start = version(0)
    write = ("PUT", f"/v4/spreadsheets/{START}/values/A1", True)
    at(1, *write)
    at(2, *write)
    assert [version(2), version(2.9), version(3)] == [start, start, start + 1]
    at(4, *write)
    assert [version(4), version(5), version(9)] == [start + 1, start + 2, start + 2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("mimeType='application/vnd.google-apps.spreadsheet'", True),
        ("mimeType!='application/vnd.google-apps.spreadsheet'", False),
        ("name='Start' and trashed=false", True),
        ("name = 'start' or name = 'nope'", True),
        ("name contains 'Sta'", True),
        ("name contains 'tart'", False),
        ("not name = 'Start'", False),
        ("(name = 'Start') and not (trashed = true)", True),
        ("'me' in owners", True),
        ("'root' in parents", True),
        ('parents in "root"', True),
        ("'nowhere' in parents", False),
        ("modifiedTime > '2026-01-01T00:00:00'", True),
        ("modifiedTime > '2027-01-01T00:00:00Z'", False),
        ("'supplier@example.com' in writers", False),
        ("sharedWithMe", None),
        ("name = ", None),
        ("name ~ 'x'", None),
        ("colour = 'red'", None),
        ("name = 'unclosed", None),
    ],
)
def test_queries(query, found):
    world = build_world()
    path = f"/drive/v3/files?q={query.replace(' ', '%20')}"
    if found is None:
        with pytest.raises(GoogleError) as caught:
            carry(world, "GET", path)
        assert (caught.value.code, caught.value.reason) == (400, "invalid")
        return
    assert [f["id"] for f in carry(world, "GET", path)["files"]] == ([START] if found else [])


def test_pages():
    world = build_world()
    body = {"name": "more", "mimeType": "application/vnd.google-apps.spreadsheet"}
    for seed in range(4):
        carry(world, "POST", "/drive/v3/files", body, seed)
    first = carry(world, "GET", "/drive/v3/files?pageSize=3")
    assert len(first["files"]) == 3
    rest = carry(world, "GET", f"/drive/v3/files?pageSize=3&pageToken={first['nextPageToken']}")
    assert "nextPageToken" not in rest
    assert len({f["id"] for f in first["files"] + rest["files"]}) == 5


def test_trash_and_rename(buyer, hub):
    path = f"/drive/v3/files/{hub.id}"
    buyer.call("PATCH", path, {"name": "Better", "trashed": True})
    told = buyer.call("GET", path, fields="name,trashed").json()
    assert told == {"name": "Better", "trashed": True}
    assert buyer.client.open_by_key(hub.id).title == "Better"


def test_comments(buyer, hub):
    base = f"/drive/v3/files/{hub.id}/comments"
    made = buyer.call("POST", base, {"content": "why?"}, fields="*").json()
    assert buyer.call("GET", f"{base}/{made['id']}", fields="content").json() == {"content": "why?"}
    assert buyer.call("DELETE", f"{base}/{made['id']}").status_code == 204
    assert buyer.call("GET", base, fields="comments").json() == {"comments": []}


def test_drive_refusals(buyer, hub):
    path = f"/drive/v3/files/{hub.id}"
    strange = buyer.call("GET", path, fields="nope")
    assert (strange.status_code, message(strange)) == (400, "Invalid field selection nope")
    for body in ({}, {"type": "user"}, {"type": "user", "role": "king"}):
        assert buyer.call("POST", path + "/permissions", body).status_code == 400
    no_mail = {"type": "user", "role": "reader", "emailAddress": "nobody"}
    assert buyer.call("POST", path + "/permissions", no_mail).status_code == 400
    assert buyer.call("DELETE", path + "/permissions/123").status_code == 404


def test_an_empty_world_has_no_files():
    assert carry(World(), "GET", "/drive/v3/files")["files"] == []
