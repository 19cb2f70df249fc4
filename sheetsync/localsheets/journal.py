"""What outlives the process: a snapshot and a journal of the calls since.

Decides: when an answered write is safe (its journal line is on the disk), and when the journal
is folded into a new snapshot (when it has grown as large as the snapshot).
Never: rewrites a workbook because one cell changed.
"""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from sheetsync.localsheets.snapshot import restore, snapshot_lines
from sheetsync.localsheets.world import World

SMALLEST_LIMIT = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call with all that decided its outcome."""

    at: datetime
    seed: int
    email: str
    kind: str
    verb: str
    path: str
    query: str
    media_type: str
    body: bytes


def _line(entry: Entry) -> bytes:
    raw: dict[str, Any] = {
        "at": entry.at.isoformat(),
        "seed": entry.seed,
        "email": entry.email,
        "kind": entry.kind,
        "verb": entry.verb,
        "path": entry.path,
        "query": entry.query,
        "media_type": entry.media_type,
    }
    try:
        raw["text"] = entry.body.decode()
    except UnicodeDecodeError:
        raw["bytes"] = base64.b64encode(entry.body).decode()
    content = orjson.dumps(raw)
    return b"%08x %s\n" % (zlib.crc32(content), content)


def _entry(content: bytes) -> Entry:
    raw = orjson.loads(content)
    body = raw["text"].encode() if "text" in raw else base64.b64decode(raw["bytes"])
    return Entry(
        at=datetime.fromisoformat(raw["at"]),
        seed=raw["seed"],
        email=raw["email"],
        kind=raw["kind"],
        verb=raw["verb"],
        path=raw["path"],
        query=raw["query"],
        media_type=raw["media_type"],
        body=body,
    )


class Journal:
    """The files of a data directory: `snapshot-N` and the `journal-N` that follows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [
            int(p.name.partition("-")[2])
            for p in folder.glob("snapshot-[0-9]*")
            if p.name.partition("-")[2].isdigit()
        ]
        self.number = max(numbers, default=0)
        self._limit = SMALLEST_LIMIT
        if self.number:
            self._limit = max(self._snapshot.stat().st_size, SMALLEST_LIMIT)
        self._file = self._open()
        self._size = self._path.stat().st_size
        self._broken = False

    @property
    def _snapshot(self) -> Path:
        return self.folder / f"snapshot-{self.number}"

    @property
    def _path(self) -> Path:
        return self.folder / f"journal-{self.number}"

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)

    @property
    def is_long(self) -> bool:
        """Whether it is time to fold the journal into a snapshot."""
        return self._size > self._limit

    def append(self, entry: Entry) -> None:
        """Put a call on the disk before it is answered."""
        line = _line(entry)
        if self._broken:
            raise OSError("the journal could not be mended after a failed write")
        try:
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
            os.fdatasync(self._file)
        except OSError:
            # Half a line would hide every line after it from the next start.
            self._broken = True
            os.ftruncate(self._file, self._size)
            self._broken = False
            raise
        self._size += len(line)

    def load(self, world: World) -> Iterator[Entry]:
        """Restore the snapshot, then give the calls since, and cut off a torn last line."""
        if self.number:
            with self._snapshot.open("rb") as file:
                restore(world, file)
        good = 0
        with self._path.open("rb") as file:
            for line in file:
                checksum, _, content = line.partition(b" ")
                if not line.endswith(b"\n") or _torn(checksum, content[:-1]):
                    break
                good += len(line)
                yield _entry(content[:-1])
        os.ftruncate(self._file, good)
        self._size = good

    def compact(self, world: World) -> None:
        """Write a snapshot and begin a new journal; a crash in between leaves the old pair."""
        old, old_file = (self._snapshot, self._path), self._file
        draft = self.folder / "snapshot.new"
        with draft.open("wb") as file:
            file.writelines(snapshot_lines(world))
            file.flush()
            os.fsync(file.fileno())
        self.number += 1
        self._path.unlink(missing_ok=True)
        self._file = self._open()
        draft.replace(self._snapshot)
        self._sync_folder()
        os.close(old_file)
        for path in old:
            path.unlink(missing_ok=True)
        self._size, self._limit = 0, max(self._snapshot.stat().st_size, SMALLEST_LIMIT)

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self, world: World | None) -> None:
        """Fold what is left into a snapshot, if a state is given, and close."""
        if world is not None and self._size:
            self.compact(world)
        os.close(self._file)


def _torn(checksum: bytes, content: bytes) -> bool:
    try:
        return int(checksum, 16) != zlib.crc32(content)
    except ValueError:
        return True
