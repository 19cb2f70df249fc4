"""Requests about named ranges.

Decides: which names are allowed, and that each is given once.
Never: rewrites a formula that uses a name.
"""

from __future__ import annotations

import re
from typing import Any

from sheetsync.localsheets.a1 import parse_cells
from sheetsync.localsheets.book import Book
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.masks import change, parse_mask
from sheetsync.localsheets.requests.batch import Batch, required_mask
from sheetsync.localsheets.requests.locks import tidy_range

Json = dict[str, Any]
NAME = re.compile(r"[A-Za-z_\u0080-\U0010ffff][\w.\u0080-\U0010ffff]{0,249}\Z")


def add_named_range(batch: Batch, request: Json) -> Json:
    """Name a range."""
    book, asked = batch.book, request.get("namedRange", {})
    _check_name(book, asked.get("name", ""), None)
    tab = batch.tab(asked.get("range", {}).get("sheetId"))
    tab.box(asked.get("range", {}))
    taken = {n["namedRangeId"] for n in book.named_ranges}
    number = asked.get("namedRangeId") or str(batch.new_id(set()))
    if number in taken:
        raise bad_request(f"A named range with ID {number} already exists.")
    item = {
        "namedRangeId": number,
        "name": asked["name"],
        "range": tidy_range(asked.get("range", {})),
    }
    book.undo.set(book, "named_ranges", [*book.named_ranges, item])
    return {"namedRange": item}


def _check_name(book: Book, name: str, own: Json | None) -> None:
    if (
        not NAME.match(name)
        or parse_cells(name) is not None
        or name.casefold() in ("true", "false")
    ):
        raise bad_request(
            f'The name "{name}" is invalid. Names must begin with a letter or underscore, '
            "contain only letters, numbers, periods and underscores, and not look like a cell."
        )
    for item in book.named_ranges:
        if item is not own and item["name"].casefold() == name.casefold():
            raise bad_request(f'A named range with the name "{name}" already exists.')


def _named(book: Book, number: str) -> Json:
    for item in book.named_ranges:
        if item["namedRangeId"] == number:
            return item
    raise bad_request(f"No named range with id: {number}")


def update_named_range(batch: Batch, request: Json) -> None:
    """Rename or move a named range."""
    book, asked = batch.book, request.get("namedRange", {})
    old = _named(book, asked.get("namedRangeId", ""))
    new = change(old, asked, parse_mask(required_mask(request)))
    new["namedRangeId"] = old["namedRangeId"]
    _check_name(book, new.get("name", ""), old)
    batch.tab(new.get("range", {}).get("sheetId")).box(new.get("range", {}))
    new["range"] = tidy_range(new.get("range", {}))
    items = [new if item is old else item for item in book.named_ranges]
    book.undo.set(book, "named_ranges", items)


def delete_named_range(batch: Batch, request: Json) -> None:
    """Forget a name."""
    book = batch.book
    old = _named(book, request.get("namedRangeId", ""))
    book.undo.set(book, "named_ranges", [n for n in book.named_ranges if n is not old])


NAMED = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
}
