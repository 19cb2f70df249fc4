"""Core values to database rows and back: settled rows, the plan of an intent, events and mails.

Cells and keys go in as compact JSON. Keys are found by a digest of theirs, because people may type
50,000 characters into a key cell and no index takes that. Never: touches the database.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from sheetsync.core.model import RowKey, SettledRow, TabAddress
from sheetsync.core.plan import Event, Mail, Plan
from sheetsync.core.rows import key_text
from sheetsync.errors import StateError
from sheetsync.state.codec import codec_of, codec_without, to_json

T = TypeVar("T", bound=Hashable)

_NOT_PLAIN = re.compile("[\\\\\x00\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


def digest(text: str) -> str:
    """32 hexadecimal characters that stand for the text."""
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def key_digest(*parts: str | int) -> str:
    """The digest under which a key of one or more parts is found."""
    return digest(to_json(parts))


def order_digest(po_number: str) -> str:
    """The digest under which an order's events are found, however its number is written."""
    return key_digest(key_text(po_number).upper())


def to_plain(text: str) -> str:
    r"""Text that every database takes and people can read: NUL, surrogates and "\" as "\uXXXX"."""
    return _NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def from_plain(stored: str) -> str:
    """The text that `to_plain` was given."""
    if "\\" not in stored:
        return stored
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), stored)


# -- settled rows: by hand, because there are tens of thousands of them ---------------------------


def settled_row_values(tab: TabAddress, key: RowKey, row: SettledRow) -> dict[str, Any]:
    """A settled row as the columns of `settled_row`."""
    cells = to_json(dict(row.cells))
    return {
        **row_place(tab, key),
        "row_key": to_json(key),
        "cells": cells,
        "cells_digest": digest(cells),
        "first_seen_at": row.first_seen_at,
    }


def row_place(tab: TabAddress, key: RowKey) -> dict[str, str]:
    """The primary key of a settled row."""
    return {"spreadsheet": tab.spreadsheet, "tab": tab.tab, "row_digest": key_digest(*key)}


StoredRow = tuple[str, str, str, datetime]
"""`row_key`, `cells`, `cells_digest` and `first_seen_at` of one settled row."""


def settled_rows(stored: Sequence[StoredRow], tab: TabAddress) -> dict[RowKey, SettledRow]:
    """The rows of one tab, in the order of their keys.

    Raises:
        StateError: A row does not stand as the worker settled it.
    """
    for row_key, cells, cells_digest, _ in stored:
        if digest(cells) != cells_digest:
            raise StateError(
                f"the settled row {row_key} was changed outside the worker.",
                subject=str(tab),
                remedy="Restore the state store from its last backup.",
            )
    keys = parse_all(row_key for row_key, _, _, _ in stored)
    cells_of = parse_all(cells for _, cells, _, _ in stored)
    rows = {
        tuple(key): SettledRow(cells=cells, first_seen_at=first_seen_at)
        for key, cells, (_, _, _, first_seen_at) in zip(keys, cells_of, stored, strict=True)
    }
    return dict(sorted(rows.items()))


def parse_all(texts: Iterable[str]) -> list[Any]:
    """Many JSON texts as one, which shares the field names and is twice as fast."""
    return cast("list[Any]", json.loads("[" + ",".join(texts) + "]"))


# -- everything else: by type ---------------------------------------------------------------------


def to_stored(kind: type[T], value: T) -> str:
    """A value of a core type as JSON."""
    return to_json(codec_of(kind).encode(value))


def from_stored(kind: type[T], stored: str) -> T:
    """The value that `to_stored` was given."""
    return cast("T", codec_of(kind).decode(json.loads(stored)))


def all_from_stored(kind: type[T], stored: Iterable[str]) -> list[T]:
    """The values of many stored texts of one kind."""
    return list(map(codec_of(kind).decode, parse_all(stored)))


def plan_to_stored(plan: Plan) -> str:
    """A plan without its findings: whoever finishes it needs only what it does."""
    return to_json(codec_without(Plan, "findings").encode(plan))


def plan_from_stored(stored: str) -> Plan:
    """The plan that an intent holds; its `findings` are empty."""
    return cast("Plan", codec_without(Plan, "findings").decode(json.loads(stored)))


def mail_to_stored(mail: Mail) -> str:
    """A mail, with the name of its kind."""
    return to_json(codec_of(Mail).encode(mail))


def mail_from_stored(stored: str) -> Mail:
    """The mail that `mail_to_stored` was given."""
    return cast("Mail", codec_of(Mail).decode(json.loads(stored)))


def event_values(event: Event) -> dict[str, Any]:
    """An event as the columns of `journal`, without its place in the order and its cycle."""
    return {
        "event_id": event.event_id,
        "at": event.at,
        "order_digest": order_digest(event.po_number),
        "po_number": event.po_number,
        "line_number": event.line_number,
        "event": to_stored(Event, event),
    }


def event_from_stored(stored: str) -> Event:
    """The event that a journal row holds."""
    return from_stored(Event, stored)
