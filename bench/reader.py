"""The bare read: unchanged gspread takes all tabs in one call, in a process that does nothing else.

An ordinary script has no worker's memory beside it that the garbage collector must walk.
"""

from __future__ import annotations

import gc
import json
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Self

from bench.server import SPAWN, ServerProcess
from sheetsync.demo.people import Person

OPTIONS = {
    "valueRenderOption": "UNFORMATTED_VALUE",
    "dateTimeRenderOption": "SERIAL_NUMBER",
}
READER = "reader@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the other process needs to be a person: where the server is, and a key."""

    url: str
    key: dict[str, Any]

    def register(self, _email: str) -> dict[str, Any]:
        """The key that was handed over."""
        return self.key


class BareReader:
    """Reads the given tabs whenever it is asked to; the spreadsheet is shared with `READER`."""

    def __init__(self, server: ServerProcess, spreadsheet_id: str, titles: list[str]) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        known = Known(url=server.url, key=server.register(READER))
        self._process = SPAWN.Process(
            target=_read_on_demand, args=(theirs, known, spreadsheet_id, titles), daemon=True
        )
        self._process.start()
        theirs.close()
        self._pipe.recv()

    def read(self) -> tuple[float, float]:
        """Seconds of one read, from the call to decoded values: by the clock, and of the CPU."""
        self._pipe.send("read")
        seconds: tuple[float, float] = self._pipe.recv()
        return seconds

    def counted(self) -> tuple[int, int, int]:
        """How many cells and rows the answer has, and how many bytes as compact JSON."""
        self._pipe.send("count")
        counted: tuple[int, int, int] = self._pipe.recv()
        return counted

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.join(10)


def _read_on_demand(pipe: Connection, known: Known, spreadsheet_id: str, titles: list[str]) -> None:
    person = Person(known, READER)  # type: ignore[arg-type]  # all of a server that a person needs
    http = person.client.http_client
    http.fetch_sheet_metadata(spreadsheet_id)
    pipe.send("ready")
    while True:
        try:
            wish = pipe.recv()
        except EOFError:
            return
        gc.collect()
        began, cpu_began = time.perf_counter(), time.process_time()
        answer = http.values_batch_get(spreadsheet_id, titles, dict(OPTIONS))
        seconds = time.perf_counter() - began, time.process_time() - cpu_began
        pipe.send(seconds if wish == "read" else _counted(answer))


def _counted(answer: Any) -> tuple[int, int, int]:
    rows = [row for part in answer["valueRanges"] for row in part.get("values", [])]
    compact = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return sum(map(len, rows)), len(rows), len(compact.encode())
