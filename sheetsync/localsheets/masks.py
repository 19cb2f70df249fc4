"""Field masks: `a,b(c,d),e.f` and `e/f`.

Decides: which parts of an answer are given, and which fields a change touches.
Never: knows what the fields mean.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.errors import GoogleError

Json = dict[str, Any]
Mask = dict[str, Any]  # name -> Mask; an empty Mask means everything below
ALL: Mask = {}


def parse_mask(text: str) -> Mask:
    """Read a mask; `*` is everything."""
    mask, rest = _list(text.replace(" ", ""), text)
    if rest:
        raise invalid_mask(text)
    return ALL if "*" in mask else mask


def invalid_mask(path: str) -> GoogleError:
    """The refusal of a mask that cannot be read or names what is not there."""
    violation = {
        "field": path,
        "description": "Error expanding 'fields' parameter. Cannot find matching fields for "
        f"path '{path}'.",
    }
    kind = "type.googleapis.com/google.rpc.BadRequest"
    return GoogleError(
        400,
        "Request contains an invalid argument.",
        details=[{"@type": kind, "fieldViolations": [violation]}],
    )


def _list(text: str, whole: str) -> tuple[Mask, str]:
    mask: Mask = {}
    while True:
        text = _path(mask, text, whole)
        if not text.startswith(","):
            return mask, text
        text = text[1:]


def _path(mask: Mask, text: str, whole: str) -> str:
    node = mask
    fresh = True
    while True:
        end = 0
        while end < len(text) and text[end] not in ",()./":
            end += 1
        name, text = text[:end], text[end:]
        if not name:
            raise invalid_mask(whole)
        was_there = name in node
        wide = was_there and not node[name]
        child: Mask = node.setdefault(name, {})
        fresh = not wide
        if text[:1] in (".", "/"):
            text = text[1:]
            node = child if fresh else {}
            continue
        if text[:1] == "(":
            inner, text = _list(text[1:], whole)
            if not text.startswith(")"):
                raise invalid_mask(whole)
            if fresh and "*" not in inner:
                _merge(child, inner)
            return text[1:]
        if was_there:
            node[name] = {}
        return text


def _merge(into: Mask, more: Mask) -> None:
    for name, inner in more.items():
        if name not in into:
            into[name] = inner
        elif into[name] and inner:
            _merge(into[name], inner)
        else:
            into[name] = {}


def select(value: Any, mask: Mask) -> Any:
    """The masked parts of an answer; messages stay, even empty, lists keep their places."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [select(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: select(value[name], inner) for name, inner in mask.items() if name in value}


def wants(mask: Mask, *path: str) -> bool:
    """Whether the mask asks for something at or below the path."""
    for name in path:
        if not mask or "*" in mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True


def narrowed(mask: Mask, *path: str) -> Mask:
    """The mask below a path."""
    for name in path:
        mask = mask.get(name, {})
    return mask


def change(old: Json, new: Json, mask: Mask) -> Json:
    """The old message with the masked fields taken from the new one; absent ones are cleared."""
    if not mask or "*" in mask:
        return dict(new)
    result = dict(old)
    for name, inner in mask.items():
        if inner and (isinstance(new.get(name), dict) or isinstance(old.get(name), dict)):
            part = change(old.get(name) or {}, new.get(name) or {}, inner)
            if part or name in new:
                result[name] = part
            else:
                result.pop(name, None)
        elif name in new:
            result[name] = new[name]
        else:
            result.pop(name, None)
    return result
