"""The local Sheets server in a process of its own, so that its work is not the worker's.

Connects: a pipe to the measuring process (keys, call records, going back to a kept state) with the
server's parts. Never: answers an API call differently from the server that tests use.
"""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection
from typing import Any, Self

import uvicorn

from sheetsync.localsheets.embed import HOST, build, listen, uvicorn_config
from sheetsync.localsheets.server import CallRecord, Server
from sheetsync.localsheets.snapshot import restore, snapshot_lines

SPAWN = multiprocessing.get_context("spawn")


class ServerProcess:
    """A running server.

    Attributes:
        url: Its origin.
    """

    def __init__(self) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.url: str = self._pipe.recv()

    def register(self, email: str, kind: str = "person") -> dict[str, Any]:
        """The key of a person or service account."""
        key: dict[str, Any] = self._ask("register", email, kind)
        return key

    def calls(self) -> list[CallRecord]:
        """The calls that were answered since this was last asked."""
        calls: list[CallRecord] = self._ask("calls")
        return calls

    def keep(self) -> None:
        """Remember all spreadsheets as they stand."""
        self._ask("keep")

    def go_back(self) -> None:
        """Put all spreadsheets back to where they were kept."""
        self._ask("go_back")

    def _ask(self, *words: str) -> Any:
        self._pipe.send(words)
        return self._pipe.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.join(10)


def _serve(pipe: Connection) -> None:
    """The other process: the server on a thread, and the measuring process's wishes."""
    app = build(None)
    sock = listen(0)
    url = f"http://{HOST}:{sock.getsockname()[1]}"
    app.token_uri = url + "/token"
    server = uvicorn.Server(uvicorn_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    pipe.send(url)
    kept: list[bytes] = []
    while True:
        try:
            wish, *words = pipe.recv()
        except EOFError:
            return
        pipe.send(_granted(wish, words, app, kept))


def _granted(wish: str, words: list[str], app: Server, kept: list[bytes]) -> Any:
    # No call is under way while the measuring process waits here for its answer.
    match wish:
        case "register":
            return app.identities.register(words[0], words[1], app.token_uri)
        case "calls":
            calls = list(app.calls)
            app.calls.clear()
            return calls
        case "keep":
            kept[:] = snapshot_lines(app.world)
        case "go_back":
            app.world.books.clear()
            app.world.files.clear()
            restore(app.world, kept)
    return None
