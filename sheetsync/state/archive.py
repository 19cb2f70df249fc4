"""Closed years of the change history as CSV files, whose chain still verifies.

A file's first row names the mac of the row before it. Cells tell a number from a text as people
do in spreadsheets: what would read as something else, or as a formula, stands behind an apostrophe.
A file is complete on the disk before anything else relies on it, and none is ever overwritten.

Never: forgets an event; the journal keeps them all.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sheetsync.core.history.chain import CHAIN, FIELDS, GENESIS, MAC, Row
from sheetsync.core.model import RawCell
from sheetsync.errors import StateError

PREDECESSOR = "predecessor"
HEADER = (*FIELDS, CHAIN, PREDECESSOR)

_AT = FIELDS.index("at")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?|-?inf", re.IGNORECASE)
_WORDS = {"TRUE": True, "FALSE": False}
_NOT_PLAIN = ("'", "=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving:
    """When closed years leave the tab, and where to.

    Args:
        folder: Where the files go.
        most_rows: The history tab may hold so many rows.
        time_zone: IANA name; years end there.
    """

    folder: Path
    most_rows: int
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One archive file: its rows, and the mac of the row before the first."""

    after: str
    rows: tuple[Row, ...]


def closed_years(
    rows: Sequence[Row], archiving: Archiving, now: datetime
) -> Iterator[tuple[int, int]]:
    """Which years are to leave: each with the number of rows up to its end, the oldest first.

    Years leave whole, and only closed ones, until the tab holds no more than it may.
    """
    zone = ZoneInfo(archiving.time_zone)
    this_year, taken = now.astimezone(zone).year, 0
    while len(rows) - taken > archiving.most_rows:
        year = _year(rows[taken], zone)
        if year >= this_year:
            return
        until = taken
        while until < len(rows) and _year(rows[until], zone) <= year:
            until += 1
        taken = until
        yield year, until


def _year(row: Row, zone: ZoneInfo) -> int:
    return datetime.fromisoformat(str(row[_AT])).replace(tzinfo=UTC).astimezone(zone).year


def write_archive(folder: Path, year: int, after: str, rows: Sequence[Row]) -> Path:
    """Write the file, once and for good; returns its path.

    Raises:
        StateError: The folder cannot be written.
    """
    text = _text(after, rows).encode("utf-8", "surrogatepass")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in _names(folder, year):
            if not path.exists():
                _write(path, text)
                return path
            if path.read_bytes() == text:
                return path
    except OSError as error:
        raise StateError(
            f"the history of {year} cannot be archived: {error}",
            subject=str(folder),
            remedy="Make the folder `archive` of config.yaml writable.",
        ) from error
    raise AssertionError("names do not end")  # pragma: no cover


def _names(folder: Path, year: int) -> Iterator[Path]:
    """The year's name, and others where a file of other content has it."""
    yield folder / f"history-{year}.csv"
    number = 2
    while True:
        yield folder / f"history-{year}-{number}.csv"
        number += 1


def _write(path: Path, text: bytes) -> None:
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _text(after: str, rows: Sequence[Row]) -> str:
    told = io.StringIO(newline="")
    writer = csv.writer(told)
    writer.writerow(HEADER)
    for place, row in enumerate(rows):
        writer.writerow([*map(_cell_text, row), "" if place else after])
    return told.getvalue()


def _cell_text(cell: RawCell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, str):
        is_plain = not (cell in _WORDS or _NUMBER.fullmatch(cell) or cell.startswith(_NOT_PLAIN))
        return cell if is_plain else f"'{cell}"
    return repr(cell)


def _cell(text: str) -> RawCell:
    if text.startswith("'"):
        return text[1:]
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return text or None


def read_archive(path: Path) -> Archive:
    """Read a file back, for checking.

    Raises:
        StateError: It cannot be opened, or is no archive of a change history.
    """
    try:
        text = path.read_bytes().decode("utf-8", "surrogatepass")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _none(path, f"it cannot be read as an archive: {error}.") from error
    if not lines or tuple(lines[0]) != HEADER:
        raise _none(path, "it is no archive of a change history.")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(HEADER):
            raise _none(path, f"line {number} has {len(line)} cells instead of {len(HEADER)}.")
    after = lines[1][-1] if len(lines) > 1 else GENESIS
    return Archive(
        after=after, rows=tuple(tuple(map(_cell, line[: MAC + 1])) for line in lines[1:])
    )


def _none(path: Path, why: str) -> StateError:
    return StateError(
        why,
        subject=str(path),
        remedy="Bring it back from a backup; or, if sheetsync did not write it, move it elsewhere.",
    )
