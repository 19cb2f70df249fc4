"""Everything the server keeps: spreadsheets, Drive files and shared drives.

Decides: who has which role on a file, and what a change does to a file's version and times.
Never: reads the wall clock or draws chance by itself; each call brings both, so that a journal
of calls can be replayed to the same state.
"""

from __future__ import annotations

import functools
import random
import re
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sheetsync.localsheets.book import Book
from sheetsync.localsheets.errors import GoogleError, file_not_found, forbidden, not_found
from sheetsync.localsheets.protection import Caller
from sheetsync.localsheets.undo import Undo

Json = dict[str, Any]

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"
DRIVE = "application/vnd.google-apps.drive"
OPEN = "open"  # the kind of caller that is everybody's owner
OPEN_OWNER = "owner@example.com"
RANK = {
    "reader": 1,
    "commenter": 2,
    "writer": 3,
    "fileOrganizer": 4,
    "organizer": 5,
    "owner": 6,
}
ID_CHARACTERS = string.ascii_letters + string.digits + "-_"
GOOGLES_ID = re.compile(r"1[\w-]{43}", re.ASCII)
# Edits of one person within this span are one revision, as Google gathers them.
# Two changes never share a modified time, which has milliseconds.
INSTANT = timedelta(milliseconds=1)
REVISION_SPAN = timedelta(minutes=3)


@dataclass(slots=True, kw_only=True)
class File:
    """A file of Drive. Its lists and dicts are replaced, never changed in place."""

    id: str
    name: str
    mime_type: str
    created: datetime
    modified: datetime
    owner: str | None
    version: int = 1
    modified_by: str = ""
    trashed: bool = False
    parents: list[str] = field(default_factory=list)
    drive_id: str | None = None
    permissions: list[Json] = field(default_factory=list)
    comments: list[Json] = field(default_factory=list)
    revisions: list[Json] = field(default_factory=list)
    pending: datetime | None = None
    other: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, understood: who, when, what."""

    email: str
    kind: str
    at: datetime
    rng: random.Random
    params: Json
    body: Any
    media_type: str = ""


def stamp(moment: datetime) -> str:
    """RFC 3339 with milliseconds, as Drive writes it."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


class World:
    """The state behind the server."""

    def __init__(self, *, coalesce_s: float = 0.0) -> None:
        self.undo = Undo()
        self.books: dict[str, Book] = {}
        self.files: dict[str, File] = {}
        self.gone: dict[str, bool] = {}  # ids of deleted files, which stay unknown to all
        self.open = False
        self.coalesce = timedelta(seconds=coalesce_s)

    # who may

    def role(self, file: File, email: str) -> str | None:
        """The highest role of a person on a file, through its folder or shared drive too."""
        if self.open and email == OPEN_OWNER:
            return "owner"
        folded = email.casefold()
        best: str | None = "owner" if (file.owner or "").casefold() == folded else None
        for entry in file.permissions:
            if self._applies(entry, folded) and RANK[entry["role"]] > RANK.get(best or "", 0):
                best = entry["role"]
        above = [*file.parents, *([file.drive_id] if file.drive_id else [])]
        for parent_id in above:
            parent = self.files.get(parent_id)
            inherited = self.role(parent, email) if parent is not None else None
            if inherited and RANK[inherited] > RANK.get(best or "", 0):
                best = "writer" if inherited == "owner" and file.owner else inherited
        return best

    @staticmethod
    def _applies(entry: Json, folded: str) -> bool:
        if entry["type"] == "anyone":
            return True
        if entry["type"] == "domain":
            return folded.endswith("@" + str(entry.get("domain", "")).casefold())
        return str(entry.get("emailAddress", "")).casefold() == folded

    def file(self, call: Call, file_id: str, need: str = "reader") -> File:
        """A file for a Drive call: strangers are told that it does not exist."""
        file = self.files.get(file_id)
        role = self.role(file, call.email) if file is not None else None
        if file is None or role is None:
            raise file_not_found(file_id)
        if RANK[role] < RANK[need]:
            raise _insufficient()
        return file

    def book(self, call: Call, spreadsheet_id: str, need: str = "reader") -> tuple[Book, Caller]:
        """A spreadsheet for a Sheets call, and the caller as it sees them."""
        book = self.books.get(spreadsheet_id)
        file = self.files.get(spreadsheet_id)
        role = self.role(file, call.email) if file is not None else None
        if file is not None and book is None and role is not None:
            raise GoogleError(
                400,
                "This operation is not supported for this document",
                status="FAILED_PRECONDITION",
            )
        if file is None and self._is_elsewhere(spreadsheet_id):
            raise forbidden()
        if book is None or file is None:
            raise not_found()
        if role is None or RANK[role] < RANK[need]:
            raise forbidden()
        book.today = call.at.astimezone(_zone(book.properties.get("timeZone", ""))).date()
        return book, Caller(call.email, role)

    def _is_elsewhere(self, spreadsheet_id: str) -> bool:
        """Whether an id may be of a spreadsheet beyond this server: then it is somebody else's.

        What was never given out here and has the form of Google's ids cannot be told from a
        private spreadsheet, and whoever asks for one must be ready for Google's 403.
        """
        return spreadsheet_id not in self.gone and bool(GOOGLES_ID.fullmatch(spreadsheet_id))

    # changes

    def new_file_id(self, rng: random.Random) -> str:
        """An id of Google's form."""
        return "1" + "".join(rng.choices(ID_CHARACTERS, k=43))

    def touch(self, call: Call, file_id: str) -> None:
        """Count a change of a file: version, modified time and who, revision."""
        file = self.files[file_id]
        undo = self.undo
        undo.set(file, "modified_by", call.email)
        undo.set(file, "revisions", _with_revision(file.revisions, call))
        version, modified = self.seen_version(file, call.at)
        if call.at - modified < self.coalesce and version > 1:
            undo.set(file, "pending", call.at)
        else:
            version, modified = version + 1, max(call.at, modified + INSTANT)
            undo.set(file, "pending", None)
        undo.set(file, "version", version)
        undo.set(file, "modified", modified)

    def seen_version(self, file: File, now: datetime) -> tuple[int, datetime]:
        """Version and modified time as they show at a moment.

        With coalescing a change shows only after a while, together with those that came after.
        """
        if file.pending is not None and now - file.modified >= self.coalesce:
            return file.version + 1, file.pending
        return file.version, file.modified


@functools.lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC


def _with_revision(revisions: list[Json], call: Call) -> list[Json]:
    now = stamp(call.at)
    if revisions:
        last = revisions[-1]
        since = call.at - datetime.fromisoformat(last["started"])
        if last["by"] == call.email and since < REVISION_SPAN:
            return [*revisions[:-1], last | {"modifiedTime": now}]
    number = int(revisions[-1]["id"]) + 1 if revisions else 1
    made = {"id": str(number), "started": now, "modifiedTime": now, "by": call.email}
    return [*revisions[-999:], made]


def _insufficient() -> Exception:
    return GoogleError(
        403,
        "The user does not have sufficient permissions for this file.",
        reason="insufficientFilePermissions",
    )
