"""Permissions, comments and revisions of Drive files.

Decides: who may share, what a permission says.
Never: sends a notification.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.masks import parse_mask, select
from sheetsync.localsheets.world import RANK, Call, File, World, stamp

Json = dict[str, Any]
Answer = Callable[[World, Call], Any]
SHORT = ("kind", "id", "type", "role", "allowFileDiscovery")


def page_of(call: Call, usual: int) -> tuple[int, int]:
    """Where a page of a list begins and how long it is."""
    token = call.params.get("pageToken") or "0"
    if not token.isascii() or not token.isdigit():
        raise GoogleError(400, "Invalid Value", reason="invalid", location="pageToken")
    return int(token), call.params.get("pageSize", usual)


def permission_id(who: str) -> str:
    """A person's permission id: always the same, as Google's is."""
    digest = hashlib.sha256(who.casefold().encode()).hexdigest()
    return str(int(digest[:16], 16)).zfill(20)


def user(email: str, me: str) -> Json:
    """A User resource."""
    return {
        "kind": "drive#user",
        "displayName": email,
        "me": email.casefold() == me.casefold(),
        "permissionId": permission_id(email),
        "emailAddress": email,
    }


def permissions_of(file: File) -> list[Json]:
    """All permissions of a file, its owner's first."""
    found = []
    if file.owner:
        found.append(
            {
                "kind": "drive#permission",
                "id": permission_id(file.owner),
                "type": "user",
                "emailAddress": file.owner,
                "displayName": file.owner,
                "role": "owner",
                "deleted": False,
                "pendingOwner": False,
            }
        )
    return found + file.permissions


def _answered(call: Call, item: Json) -> Json:
    fields = call.params.get("fields")
    if fields:
        chosen: Json = select(item, parse_mask(fields))
        return chosen
    return {k: item[k] for k in SHORT if k in item}


def create_permission(world: World, call: Call) -> Json:
    """permissions.create: share with a person, a domain or anyone."""
    file = world.file(call, call.params["fileId"], "writer")
    body = call.body or {}
    kind, role = body.get("type"), body.get("role")
    if kind not in ("user", "group", "domain", "anyone"):
        raise _refused("The permission type field is required.", "required", "permission.type")
    if role not in RANK:
        raise _refused(
            "The specified role is invalid or not supported.", "invalid", "permission.role"
        )
    who = body.get("emailAddress") or body.get("domain") or ""
    if kind in ("user", "group") and "@" not in who:
        raise _refused(
            "The specified emailAddress is invalid or not applicable for the given "
            "permission type.",
            "invalid",
            "permission.emailAddress",
        )
    if role == "owner" and who.casefold() == (file.owner or "").casefold():
        return _answered(call, permissions_of(file)[0])
    if role == "owner":
        return _give_away(world, call, file, who)
    item = _permission(kind, role, who)
    rest = [p for p in file.permissions if p["id"] != item["id"]]
    if who.casefold() != (file.owner or "").casefold() or not who:
        world.undo.set(file, "permissions", [*rest, item])
    return _answered(call, item)


def _permission(kind: str, role: str, who: str) -> Json:
    item: Json = {"kind": "drive#permission", "type": kind, "role": role}
    if kind == "anyone":
        return item | {"id": "anyoneWithLink", "allowFileDiscovery": False}
    if kind == "domain":
        return item | {"id": permission_id(who) + "k", "domain": who, "allowFileDiscovery": False}
    names = {"emailAddress": who, "displayName": who, "deleted": False, "pendingOwner": False}
    return item | {"id": permission_id(who)} | names


def _give_away(world: World, call: Call, file: File, who: str) -> Json:
    """Hand the ownership over; the old owner stays as a writer."""
    offered = {
        p.get("emailAddress", "").casefold() for p in file.permissions if p.get("pendingOwner")
    }
    accepts = who.casefold() == call.email.casefold() and who.casefold() in offered
    if world.role(file, call.email) != "owner" and not accepts:
        raise _forbidden()
    if call.params.get("transferOwnership") not in (True, "true", "True"):
        raise GoogleError(
            403,
            "The transferOwnership parameter must be enabled when the permission role is 'owner'.",
            reason="forbidden",
            location="transferOwnership",
        )
    old = file.owner
    rest = [p for p in file.permissions if p["id"] != permission_id(who)]
    if old:
        rest.append(_permission("user", "writer", old))
    world.undo.set(file, "owner", who)
    world.undo.set(file, "permissions", rest)
    return _answered(call, permissions_of(file)[0])


def _refused(message: str, reason: str, location: str) -> GoogleError:
    return GoogleError(400, message, reason=reason, location=location)


def _forbidden() -> GoogleError:
    return GoogleError(
        403,
        "The user does not have sufficient permissions for this file.",
        reason="insufficientFilePermissions",
    )


def list_permissions(world: World, call: Call) -> Json:
    """permissions.list: for those who may edit."""
    file = world.file(call, call.params["fileId"], "writer")
    answer: Json = {"kind": "drive#permissionList", "permissions": permissions_of(file)}
    fields = call.params.get("fields")
    if fields:
        chosen: Json = select(answer, parse_mask(fields))
        return chosen
    short = [{k: p[k] for k in SHORT if k in p} for p in permissions_of(file)]
    return answer | {"permissions": short}


def _find(file: File, number: str) -> Json:
    for item in permissions_of(file):
        if item["id"] == number:
            return item
    raise GoogleError(
        404, f"Permission not found: {number}.", reason="notFound", location="permissionId"
    )


def get_permission(world: World, call: Call) -> Json:
    """permissions.get."""
    file = world.file(call, call.params["fileId"], "writer")
    return _answered(call, _find(file, call.params["permissionId"]))


def update_permission(world: World, call: Call) -> Json:
    """permissions.update: another role."""
    file = world.file(call, call.params["fileId"], "writer")
    item = _find(file, call.params["permissionId"])
    body = call.body or {}
    role = body.get("role", item["role"])
    if role == "owner" and item["role"] != "owner":
        return _give_away(world, call, file, item.get("emailAddress", ""))
    if item["role"] == "owner":
        raise _forbidden()
    new = item | {"role": role}
    if "pendingOwner" in body:  # offered to somebody, who accepts by taking the role of owner
        if world.role(file, call.email) != "owner":
            raise _forbidden()
        new["pendingOwner"] = bool(body["pendingOwner"])
    world.undo.set(file, "permissions", [new if p is item else p for p in file.permissions])
    return _answered(call, new)


def delete_permission(world: World, call: Call) -> None:
    """permissions.delete: a writer may take anyone's but the owner's; anyone may leave."""
    own = call.params["permissionId"] == permission_id(call.email)
    file = world.file(call, call.params["fileId"], "reader" if own else "writer")
    item = _find(file, call.params["permissionId"])
    if item["role"] == "owner":
        raise _forbidden()
    world.undo.set(file, "permissions", [p for p in file.permissions if p is not item])


# comments


def create_comment(world: World, call: Call) -> Json:
    """comments.create."""
    file = world.file(call, call.params["fileId"], "commenter")
    body = call.body or {}
    now = stamp(call.at)
    item = {
        "kind": "drive#comment",
        "id": world.new_file_id(call.rng)[:11],
        "createdTime": now,
        "modifiedTime": now,
        "author": {"kind": "drive#user", "displayName": call.email, "me": True},
        "deleted": False,
        "content": body.get("content", ""),
        "htmlContent": body.get("content", ""),
        "replies": [],
    }
    item |= {k: body[k] for k in ("anchor", "quotedFileContent") if k in body}
    world.undo.set(file, "comments", [*file.comments, item])
    chosen: Json = select(item, parse_mask(call.params.get("fields") or "*"))
    return chosen


def list_comments(world: World, call: Call) -> Json:
    """comments.list."""
    file = world.file(call, call.params["fileId"])
    answer: Json = {"kind": "drive#commentList", "comments": file.comments}
    chosen: Json = select(answer, parse_mask(call.params.get("fields") or "*"))
    return chosen


def _comment(file: File, number: str) -> Json:
    for item in file.comments:
        if item["id"] == number:
            return item
    raise GoogleError(404, f"Comment not found: {number}.", reason="notFound", location="commentId")


def get_comment(world: World, call: Call) -> Json:
    """comments.get."""
    file = world.file(call, call.params["fileId"])
    item = _comment(file, call.params["commentId"])
    chosen: Json = select(item, parse_mask(call.params.get("fields") or "*"))
    return chosen


def delete_comment(world: World, call: Call) -> None:
    """comments.delete."""
    file = world.file(call, call.params["fileId"], "commenter")
    item = _comment(file, call.params["commentId"])
    world.undo.set(file, "comments", [c for c in file.comments if c is not item])


# revisions


def _revision(item: Json, me: str) -> Json:
    return {
        "kind": "drive#revision",
        "id": item["id"],
        "mimeType": "application/vnd.google-apps.spreadsheet",
        "modifiedTime": item["modifiedTime"],
        "published": False,
        "lastModifyingUser": user(item["by"], me),
    }


def list_revisions(world: World, call: Call) -> Json:
    """revisions.list, oldest first."""
    file = world.file(call, call.params["fileId"], "writer")
    found = [_revision(item, call.email) for item in file.revisions]
    start, size = page_of(call, 200)
    answer: Json = {"kind": "drive#revisionList", "revisions": found[start : start + size]}
    if start + size < len(found):
        answer["nextPageToken"] = str(start + size)
    fields = call.params.get("fields")
    if fields:
        chosen: Json = select(answer, parse_mask(fields))
        return chosen
    short = ("kind", "id", "mimeType", "modifiedTime")
    shown = [{k: r[k] for k in short} for r in answer["revisions"]]
    return answer | {"revisions": shown}


def get_revision(world: World, call: Call) -> Json:
    """revisions.get."""
    file = world.file(call, call.params["fileId"], "writer")
    for item in file.revisions:
        if item["id"] == call.params["revisionId"]:
            shown = _revision(item, call.email)
            chosen: Json = select(shown, parse_mask(call.params.get("fields") or "*"))
            return chosen
    number = call.params["revisionId"]
    raise GoogleError(
        404, f"Revision not found: {number}.", reason="notFound", location="revisionId"
    )


READS: dict[str, Answer] = {
    "drive.permissions.list": list_permissions,
    "drive.permissions.get": get_permission,
    "drive.comments.list": list_comments,
    "drive.comments.get": get_comment,
    "drive.revisions.list": list_revisions,
    "drive.revisions.get": get_revision,
}
WRITES: dict[str, Answer] = {
    "drive.permissions.create": create_permission,
    "drive.permissions.update": update_permission,
    "drive.permissions.delete": delete_permission,
    "drive.comments.create": create_comment,
    "drive.comments.delete": delete_comment,
}
