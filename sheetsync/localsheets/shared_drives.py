"""Shared drives, and who is asking.

Decides: the maker of a shared drive organizes it; whatever lies in it belongs to it.
Never: keeps files; see `drive.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheetsync.localsheets.drive import new_file
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.masks import parse_mask, select
from sheetsync.localsheets.sharing import permission_id, user
from sheetsync.localsheets.world import DRIVE, Call, World

Json = dict[str, Any]
Answer = Callable[[World, Call], Any]


def about(_world: World, call: Call) -> Json:
    """about.get."""
    shown = {
        "kind": "drive#about",
        "user": user(call.email, call.email),
        "storageQuota": {"limit": "16106127360", "usage": "0"},
    }
    fields = call.params.get("fields")
    if not fields:
        raise GoogleError(
            400,
            "The 'fields' parameter is required for this method.",
            reason="required",
            location="fields",
        )
    chosen: Json = select(shown, parse_mask(fields))
    return chosen


def create_drive(world: World, call: Call) -> Json:
    """drives.create: the maker organizes it."""
    name = (call.body or {}).get("name")
    if not name:
        raise GoogleError(400, "The name field is required.", reason="required")
    drive_id = "0A" + world.new_file_id(call.rng)[2:19]
    file = new_file(world, call, drive_id, name, DRIVE)
    file.owner = None
    file.permissions = [
        {
            "kind": "drive#permission",
            "id": permission_id(call.email),
            "type": "user",
            "emailAddress": call.email,
            "role": "organizer",
        }
    ]
    return {"kind": "drive#drive", "id": drive_id, "name": name}


def list_drives(world: World, call: Call) -> Json:
    """drives.list."""
    drives = [f for f in world.files.values() if f.mime_type == DRIVE]
    mine = [f for f in drives if world.role(f, call.email)]
    shown = [{"kind": "drive#drive", "id": f.id, "name": f.name} for f in mine]
    return {"kind": "drive#driveList", "drives": shown}


def get_drive(world: World, call: Call) -> Json:
    """drives.get."""
    file = world.file(call, call.params["driveId"])
    return {"kind": "drive#drive", "id": file.id, "name": file.name}


READS: dict[str, Answer] = {
    "drive.about.get": about,
    "drive.drives.list": list_drives,
    "drive.drives.get": get_drive,
}
WRITES: dict[str, Answer] = {"drive.drives.create": create_drive}
