"""Drive's upload routes: CSV content for a spreadsheet.

Decides: how an uploaded CSV becomes the only tab, typed as if by a person.
Never: keeps files that are not spreadsheets.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import orjson

from sheetsync.localsheets import drive, entry
from sheetsync.localsheets.book import new_tab_props
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.sharing import permission_id
from sheetsync.localsheets.world import SPREADSHEET, Call, File, World, stamp

Json = dict[str, Any]
SELF = "https://www.googleapis.com/drive/v2/files"
IMPORT_ZONE = "America/Los_Angeles"
PICTURE = "https://lh3.googleusercontent.com/a/default-user=s64"
ICON = (
    "https://drive-thirdparty.googleusercontent.com/16/type/application/vnd.google-apps.spreadsheet"
)
ROOT = "0AROOT"
LABELS = {"viewed": True, "restricted": False, "starred": False, "hidden": False}
UNCHANGING: Json = {
    "copyable": True,
    "writersCanShare": True,
    "copyRequiresWriterPermission": False,
    "appDataContents": False,
    "spaces": ["drive"],
    "fileSize": "1024",
    "quotaBytesUsed": "1024",
}
CONVERSIONS = {
    "application/x-vnd.oasis.opendocument.spreadsheet": "ods",
    "text/tab-separated-values": "tsv",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/csv": "csv",
    "application/zip": "zip",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}


def read_csv(content: bytes) -> list[list[str]]:
    """Rows of a CSV text, whatever its line ends."""
    text = content.decode("utf-8-sig", "replace")
    return list(csv.reader(io.StringIO(text, newline="")))


def fill(world: World, call: Call, file_id: str, rows: list[list[str]]) -> None:
    """Replace all tabs of a spreadsheet by one with these rows."""
    book = world.books[file_id]
    undo = world.undo
    number = book.free_id(call.rng, set())
    title = re.sub(r"\.csv\Z", "", book.properties["title"])
    undo.set(book, "tabs", [])
    width = max(map(len, rows), default=1)
    tab = book.add_tab(new_tab_props(number, title, max(len(rows), 1000), max(width, 26)))
    # An import takes Google's own time zone, whatever the spreadsheet had before (recorded).
    undo.set(book, "properties", book.properties | {"timeZone": IMPORT_ZONE})
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            entry.write_typed(book, tab, r, c, text)
    book.stale = True
    world.touch(call, file_id)


def replace_content(world: World, call: Call) -> Json:
    """PUT or PATCH of an existing file's content."""
    file = world.file(call, call.params["fileId"], "writer")
    if file.id in world.books:
        fill(world, call, file.id, read_csv(_content(call)[1]))
    if call.params["version"] == "v2":
        return v2_json(world, call, file)
    return drive.answered(world, call, file)


def create_with_content(world: World, call: Call) -> Json:
    """POST of a new file with content."""
    about, content = _content(call)
    made = drive.create(world, replace(call, body={"mimeType": SPREADSHEET, **about}))
    if made["id"] in world.books:
        fill(world, call, made["id"], read_csv(content))
    return made


def _content(call: Call) -> tuple[Json, bytes]:
    """Metadata and content of a media or multipart upload."""
    if not call.media_type.startswith("multipart/"):
        return {}, call.body
    head = f"Content-Type: {call.media_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + call.body)
    parts = [part.get_payload(decode=True) for part in message.iter_parts()]
    if len(parts) != len(("metadata", "content")):
        raise GoogleError(400, "Bad multipart body.", reason="badContent")
    about, content = (part if isinstance(part, bytes) else b"" for part in parts)
    return orjson.loads(about), content


def v2_json(world: World, call: Call, file: File) -> Json:
    """A File resource of Drive v2, which gspread's CSV import receives."""
    own = f"{SELF}/{file.id}"
    role = world.role(file, call.email) or "reader"
    owner = file.owner or ""
    can = role in drive.EDITING_ROLES
    return {
        "kind": "drive#file",
        "id": file.id,
        "etag": f'"{file.version}"',
        "selfLink": own,
        "title": file.name,
        "mimeType": file.mime_type,
        "userPermission": {
            "id": "me",
            "type": "user",
            "role": role,
            "kind": "drive#permission",
            "selfLink": f"{own}/permissions/me",
            "etag": f'"{permission_id(call.email)}"',
            "pendingOwner": False,
        },
        "ownerNames": [owner],
        "owners": [_v2_user(owner, call)],
        "lastModifyingUserName": file.modified_by,
        "lastModifyingUser": _v2_user(file.modified_by, call),
        "parents": [_v2_parent(own, parent) for parent in file.parents or [ROOT]],
        "editable": can,
        "capabilities": {"canEdit": can, "canCopy": True},
        "shared": bool(file.permissions),
        "explicitlyTrashed": file.trashed,
        "labels": {**LABELS, "trashed": file.trashed},
        "version": str(file.version),
        **UNCHANGING,
        **_v2_times(file),
        **_v2_links(file, call),
    }


def _v2_parent(own: str, parent: str) -> Json:
    return {
        "kind": "drive#parentReference",
        "id": parent,
        "isRoot": parent == ROOT,
        "selfLink": f"{own}/parents/{parent}",
        "parentLink": f"{SELF}/{parent}",
    }


def _v2_times(file: File) -> Json:
    modified = ("modifiedDate", "modifiedByMeDate", "lastViewedByMeDate")
    return {
        "createdDate": stamp(file.created),
        "markedViewedByMeDate": "1970-01-01T00:00:00.000Z",
    } | dict.fromkeys(modified, stamp(file.modified))


def _v2_links(file: File, call: Call) -> Json:
    site = f"https://docs.google.com/spreadsheets/d/{file.id}"
    return {
        "alternateLink": f"{site}/edit?usp=drivesdk",
        "embedLink": f"{site}/htmlembed?ouid={permission_id(call.email)}",
        "iconLink": ICON,
        "thumbnailLink": f"https://docs.google.com/feeds/vt?gd=true&id={file.id}&v=1&sz=s220",
        "exportLinks": {
            kind: f"https://docs.google.com/spreadsheets/export?id={file.id}&exportFormat={short}"
            for kind, short in CONVERSIONS.items()
        },
    }


def _v2_user(email: str, call: Call) -> Json:
    return {
        "kind": "drive#user",
        "displayName": email,
        "isAuthenticatedUser": email.casefold() == call.email.casefold(),
        "permissionId": permission_id(email),
        "emailAddress": email,
        "picture": {"url": PICTURE},
    }
