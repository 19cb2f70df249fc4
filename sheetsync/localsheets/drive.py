"""The methods of Drive v3 that spreadsheets need: files and their copies.

Decides: who owns a new file, what a copy keeps, which fields are answered by default.
Never: stores anything but spreadsheets, folders and shared drives.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sheetsync.localsheets.book import Book, Tab, default_properties, new_tab_props
from sheetsync.localsheets.drive_query import Seen, parse_query
from sheetsync.localsheets.errors import GoogleError, file_not_found
from sheetsync.localsheets.export import exported
from sheetsync.localsheets.masks import parse_mask, select
from sheetsync.localsheets.recalc import refresh
from sheetsync.localsheets.requests.tabs import copy_row
from sheetsync.localsheets.sharing import page_of, permissions_of, user
from sheetsync.localsheets.world import DRIVE, FOLDER, SPREADSHEET, Call, File, World, stamp

Json = dict[str, Any]
Answer = Callable[[World, Call], Any]
SHORT = ("kind", "id", "name", "mimeType")
EDITING_ROLES = ("writer", "fileOrganizer", "organizer", "owner")


# answers


def file_json(world: World, call: Call, file: File) -> Json:
    """A File resource with all that the server knows of it."""
    role = world.role(file, call.email) or "reader"
    can_edit = role in EDITING_ROLES
    version, modified = world.seen_version(file, call.at)
    shown: Json = {
        "kind": "drive#file",
        "id": file.id,
        "name": file.name,
        "mimeType": file.mime_type,
        "createdTime": stamp(file.created),
        "modifiedTime": stamp(modified),
        "version": str(version),
        "trashed": file.trashed,
        "explicitlyTrashed": file.trashed,
        "starred": False,
        "spaces": ["drive"],
        "parents": file.parents or ["root"],
        "capabilities": {"canEdit": can_edit, "canShare": can_edit, "canDelete": role == "owner"},
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{file.id}/edit",
        "lastModifyingUser": user(file.modified_by or file.owner or "", call.email),
        "ownedByMe": (file.owner or "").casefold() == call.email.casefold(),
        "shared": len(permissions_of(file)) > 1,
        **file.other,
    }
    if file.owner:
        shown["owners"] = [user(file.owner, call.email)]
    if file.drive_id:
        shown |= {"driveId": file.drive_id, "teamDriveId": file.drive_id}
    if can_edit:
        shown["permissions"] = permissions_of(file)
        shown["permissionIds"] = [p["id"] for p in shown["permissions"]]
    return shown


def answered(world: World, call: Call, file: File) -> Json:
    """The fields that were asked for; Drive answers four of them by itself."""
    shown = file_json(world, call, file)
    fields = call.params.get("fields")
    if fields:
        chosen: Json = select(shown, parse_mask(fields))
        return chosen
    return {name: shown[name] for name in SHORT}


# making


def refuse_homeless(call: Call, drive_id: str | None) -> None:
    """A service account has no storage of its own."""
    if call.kind == "service_account" and drive_id is None:
        raise GoogleError(
            403,
            "Service Accounts do not have storage quota. Leverage shared drives "
            "(https://developers.google.com/workspace/drive/api/guides/about-shareddrives), or "
            "use OAuth delegation (http://support.google.com/a/answer/7281227) instead.",
            reason="storageQuotaExceeded",
            domain="usageLimits",
        )


def _home(world: World, call: Call, parents: list[str]) -> tuple[list[str], str | None]:
    """The parents of a new file and the shared drive that they lie in."""
    kept = [p for p in parents if p != "root"]
    drive_id = None
    for parent in kept:
        file = world.file(call, parent, "writer")
        drive_id = file.id if file.mime_type == DRIVE else file.drive_id
    refuse_homeless(call, drive_id)
    return kept, drive_id


def new_file(world: World, call: Call, file_id: str, name: str, mime_type: str) -> File:
    """A file of the caller's own."""
    file = File(
        id=file_id,
        name=name,
        mime_type=mime_type,
        created=call.at,
        modified=call.at,
        owner=call.email,
        modified_by=call.email,
    )
    world.undo.put(world.files, file_id, file)
    return file


def add_spreadsheet(world: World, call: Call, book: Book) -> File:
    """Keep a new spreadsheet and its file."""
    world.undo.put(world.books, book.id, book)
    file = new_file(world, call, book.id, book.properties["title"], SPREADSHEET)
    world.touch(call, book.id)
    return file


def _place(world: World, call: Call, file: File, parents: list[str]) -> None:
    home, drive_id = _home(world, call, parents)
    file.parents, file.drive_id = home, drive_id
    if drive_id is not None:
        file.owner = None


def create(world: World, call: Call) -> Json:
    """files.create: a spreadsheet or a folder."""
    body = call.body if isinstance(call.body, dict) else {}
    mime_type = body.get("mimeType", "application/octet-stream")
    name = body.get("name") or "Untitled"
    _home(world, call, body.get("parents", []))
    file_id = world.new_file_id(call.rng)
    if mime_type == SPREADSHEET:
        book = Book(world.undo, file_id, default_properties(name))
        book.add_tab(new_tab_props(0, "Sheet1"))
        file = add_spreadsheet(world, call, book)
    else:
        file = new_file(world, call, file_id, name, mime_type)
    file.other = {
        k: v for k, v in body.items() if k in ("description", "properties", "appProperties")
    }
    _place(world, call, file, body.get("parents", []))
    return answered(world, call, file)


def copy_file(world: World, call: Call) -> Json:
    """files.copy: a spreadsheet with everything but its permissions, comments and editors."""
    source = world.file(call, call.params["fileId"])
    book = world.books.get(source.id)
    if book is None:
        raise GoogleError(403, "This file cannot be copied by the user.", reason="cannotCopyFile")
    body = call.body or {}
    name = body.get("name") or f"Copy of {source.name}"
    parents = body.get("parents") or []
    _home(world, call, parents)
    twin = Book(world.undo, world.new_file_id(call.rng), copy.deepcopy(book.properties))
    twin.properties["title"] = name
    twin.tabs = [_copied_tab(world, tab) for tab in book.tabs]
    twin.named_ranges, twin.metadata = list(book.named_ranges), list(book.metadata)
    twin.stale = True
    file = add_spreadsheet(world, call, twin)
    _place(world, call, file, parents)
    return answered(world, call, file)


def _copied_tab(world: World, source: Tab) -> Tab:
    tab = Tab(world.undo, dict(source.props))
    tab.columns, tab.basic_filter = dict(source.columns), source.basic_filter
    tab.grid.rows = [copy_row(row) for row in source.grid.rows]
    tab.grid.has_formulas = source.grid.has_formulas
    tab.grid.has_validation = source.grid.has_validation
    tab.lists = {name: list(items) for name, items in source.lists.items()}
    if tab.lists.get("protectedRanges"):
        tab.lists["protectedRanges"] = [
            item if item.get("warningOnly") else item | {"editors": {}}
            for item in tab.lists["protectedRanges"]
        ]
    return tab


# reading


def get(world: World, call: Call) -> Json:
    """files.get."""
    return answered(world, call, world.file(call, call.params["fileId"]))


def list_files(world: World, call: Call) -> Json:
    """files.list: what the caller may read, newest first."""
    query = parse_query(call.params.get("q", ""))
    mine = [
        f
        for f in world.files.values()
        if f.mime_type != DRIVE and world.role(f, call.email) and query(Seen(world, call, f))
    ]
    mine = _ordered(mine, call.params.get("orderBy", ""))
    start, size = page_of(call, 100)
    page = mine[start : start + size]
    fields = call.params.get("fields")
    answer: Json = {"kind": "drive#fileList", "incompleteSearch": False}
    if start + size < len(mine):
        answer["nextPageToken"] = str(start + size)
    if fields:
        answer["files"] = [file_json(world, call, file) for file in page]
        chosen: Json = select(answer, parse_mask(fields))
        return chosen
    answer["files"] = [answered(world, call, file) for file in page]
    return answer


def _ordered(files: list[File], order: str) -> list[File]:
    found = sorted(files, key=lambda f: (f.modified, f.id), reverse=True)
    for part in reversed([p for p in order.split(",") if p]):
        name, _, way = part.strip().partition(" ")
        keys: dict[str, Callable[[File], Any]] = {
            "name": lambda f: f.name.casefold(),
            "name_natural": lambda f: f.name.casefold(),
            "createdTime": lambda f: f.created,
            "modifiedTime": lambda f: f.modified,
            "folder": lambda f: f.mime_type != FOLDER,
        }
        if name in keys:
            found.sort(key=keys[name], reverse=way == "desc")
    return found


def export(world: World, call: Call) -> tuple[str, bytes]:
    """files.export: CSV of the first tab, or the whole as xlsx."""
    file = world.file(call, call.params["fileId"])
    book = world.books.get(file.id)
    if book is None:
        raise file_not_found(file.id)
    refresh(book)
    return exported(book, call.params.get("mimeType", ""))


# changing


def update(world: World, call: Call) -> Json:
    """files.update: name, trash, parents."""
    file = world.file(call, call.params["fileId"], "writer")
    body = call.body if isinstance(call.body, dict) else {}
    undo = world.undo
    if body.get("name"):
        undo.set(file, "name", body["name"])
        book = world.books.get(file.id)
        if book is not None:
            undo.set(book, "properties", book.properties | {"title": body["name"]})
    if "trashed" in body:
        undo.set(file, "trashed", bool(body["trashed"]))
    kept = ("description", "properties", "appProperties")
    undo.set(file, "other", file.other | {k: v for k, v in body.items() if k in kept})
    added = [p for p in call.params.get("addParents", "").split(",") if p]
    gone = call.params.get("removeParents", "").split(",")
    if added:
        home, drive_id = _home(world, replace(call, kind="person"), added)
        undo.set(file, "parents", [p for p in file.parents if p not in gone] + home)
        undo.set(file, "drive_id", drive_id)
    elif any(gone):
        undo.set(file, "parents", [p for p in file.parents if p not in gone])
    world.touch(call, file.id)
    return answered(world, call, file)


def delete(world: World, call: Call) -> None:
    """files.delete: the owner's right."""
    file = world.file(call, call.params["fileId"])
    if world.role(file, call.email) not in ("owner", "organizer"):
        raise GoogleError(
            403,
            "The user does not have sufficient permissions for this file.",
            reason="insufficientFilePermissions",
        )
    world.undo.drop(world.files, file.id)
    world.undo.put(world.gone, file.id, value=True)
    if file.id in world.books:
        world.undo.drop(world.books, file.id)


READS: dict[str, Answer] = {
    "drive.files.get": get,
    "drive.files.list": list_files,
    "drive.files.export": export,
}
WRITES: dict[str, Answer] = {
    "drive.files.create": create,
    "drive.files.copy": copy_file,
    "drive.files.update": update,
    "drive.files.delete": delete,
}
