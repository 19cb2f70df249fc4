"""The whole state as lines of JSON, and back.

Decides: the form on the disk.
Never: writes or reads a file by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.display import show_ahead
from sheetsync.localsheets.grid import Extra, Row
from sheetsync.localsheets.world import File, World

Json = dict[str, Any]
FORM = 1
EXTRA_FIELDS = ("formula", "format", "note", "validation", "runs", "error", "other")
CHUNK = 500
TIMES = ("created", "modified", "pending")


def snapshot_lines(world: World) -> Iterator[bytes]:
    """One line per file, spreadsheet and tab, and chunks of rows."""
    yield _line({"form": FORM})
    yield _line({"gone": list(world.gone)})
    for file in world.files.values():
        yield _line({"file": _file_json(file)})
    for book in world.books.values():
        yield _line(
            {
                "book": book.id,
                "properties": book.properties,
                "named_ranges": book.named_ranges,
                "metadata": book.metadata,
            }
        )
        for tab in book.tabs:
            yield from _tab_lines(tab)


def _line(content: Json) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS) + b"\n"


def _file_json(file: File) -> Json:
    shown = {name: getattr(file, name) for name in File.__slots__}
    times = {name: moment.isoformat() for name in TIMES if (moment := getattr(file, name))}
    return shown | times


def _tab_lines(tab: Tab) -> Iterator[bytes]:
    known: dict[int, int] = {}
    yield _line(
        {
            "tab": tab.props,
            "columns": tab.columns,
            "lists": tab.lists,
            "basic_filter": tab.basic_filter,
        }
    )
    rows = tab.grid.rows
    for start in range(0, len(rows), CHUNK):
        fresh: list[Json] = []
        shown = [_row_json(row, known, fresh) for row in rows[start : start + CHUNK]]
        yield _line({"extras": fresh, "rows": shown})


def _row_json(row: Row | None, known: dict[int, int], fresh: list[Json]) -> Any:
    """A row; extras that cells share are written once and named by number."""
    if row is None or row.is_empty:
        return None
    if not row.extras and not row.props:
        return row.values
    places = {}
    for column, extra in (row.extras or {}).items():
        number = known.get(id(extra))
        if number is None:
            number = known[id(extra)] = len(known)
            fresh.append({n: v for n in EXTRA_FIELDS if (v := getattr(extra, n)) is not None})
        places[column] = number
    return {"values": row.values, "extras": places, "props": row.props}


def restore(world: World, lines: Iterable[bytes]) -> None:
    """Fill an empty state from its lines."""
    book: Book | None = None
    tab: Tab | None = None
    extras: list[Extra] = []
    for line in lines:
        content = orjson.loads(line)
        if "gone" in content:
            world.gone = dict.fromkeys(content["gone"], True)
        elif "file" in content:
            file = _file(content["file"])
            world.files[file.id] = file
        elif "book" in content:
            book = Book(world.undo, content["book"], content["properties"])
            book.named_ranges, book.metadata = content["named_ranges"], content["metadata"]
            book.stale = True
            world.books[book.id] = book
        elif "tab" in content and book is not None:
            tab, extras = _tab(book, content), []
        elif "rows" in content and book is not None and tab is not None:
            extras += [Extra(**raw) for raw in content["extras"]]
            rows = [_row(raw, extras) for raw in content["rows"]]
            show_ahead(rows, book.locale)
            tab.grid.rows += rows
            tab.grid.has_formulas |= any("formula" in raw for raw in content["extras"])
            tab.grid.has_validation |= any("validation" in raw for raw in content["extras"])


def _file(raw: Json) -> File:
    times = {name: datetime.fromisoformat(raw[name]) for name in TIMES if raw[name]}
    return File(**{**raw, **times})


def _tab(book: Book, content: Json) -> Tab:
    tab = Tab(book.undo, content["tab"])
    tab.columns = {int(k): v for k, v in content["columns"].items()}
    tab.lists, tab.basic_filter = content["lists"], content["basic_filter"]
    book.tabs = [*book.tabs, tab]
    return tab


def _row(raw: Any, extras: list[Extra]) -> Row | None:
    if raw is None:
        return None
    row = Row()
    if isinstance(raw, list):
        row.values = raw
        return row
    row.values, row.props = raw["values"], raw["props"]
    row.extras = {int(column): extras[number] for column, number in raw["extras"].items()} or None
    return row
