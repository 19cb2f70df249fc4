"""Drive's upload routes: CSV content for a spreadsheet.

Decides: how an uploaded CSV becomes the only tab, typed as if by a person.
Never: keeps files that are not spreadsheets.
"""

from __future__ import annotations

import csv
import io
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import orjson

from sheetsync.localsheets import drive, entry
from sheetsync.localsheets.book import new_tab_props
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.sharing import permission_id, user
from sheetsync.localsheets.world import SPREADSHEET, Call, File, World, stamp

Json = dict[str, Any]
SELF = "https://www.googleapis.com/drive/v2/files"
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
    tab = book.add_tab(new_tab_props(number, title, max(len(rows), 1), max(width, 1)))
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
    from dataclasses import replace

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
    if len(parts) != 2:
        raise GoogleError(400, "Bad multipart body.", reason="badContent")
    about, content = (part if isinstance(part, bytes) else b"" for part in parts)
    return orjson.loads(about), content


def v2_json(world: World, call: Call, file: File) -> Json:
    """A File resource of Drive v2, which gspread's CSV import receives."""
    own = f"{SELF}/{file.id}"
    role = world.role(file, call.email) or "reader"
    owner = file.owner or ""
    site = f"https://docs.google.com/spreadsheets/d/{file.id}"
    can = role in drive.EDITING_ROLES
    person = user(owner, call.email)
    person = {
        "kind": "drive#user",
        "displayName": owner,
        "isAuthenticatedUser": person["me"],
        "permissionId": person["permissionId"],
        "emailAddress": owner,
    }
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
        "owners": [person],
        "lastModifyingUserName": file.modified_by,
        "lastModifyingUser": person,
        "editable": can,
        "writersCanShare": True,
        "alternateLink": f"{site}/edit",
        "embedLink": f"{site}/htmlembed",
        "createdDate": stamp(file.created),
        "modifiedDate": stamp(file.modified),
        "exportLinks": {
            kind: f"https://docs.google.com/spreadsheets/export?id={file.id}&exportFormat={short}"
            for kind, short in CONVERSIONS.items()
        },
    }
