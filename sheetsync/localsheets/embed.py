"""A local Google Sheets inside another process: started, spoken to over HTTP, stopped.

Connects: the server with a thread of its own and a port on 127.0.0.1.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import uvicorn

from sheetsync.localsheets.faults import Faults
from sheetsync.localsheets.identity import Identities
from sheetsync.localsheets.journal import Journal
from sheetsync.localsheets.quota import Quota
from sheetsync.localsheets.routes import find_route
from sheetsync.localsheets.server import CallRecord, Server, perform
from sheetsync.localsheets.wire import OnePacketProtocol
from sheetsync.localsheets.world import World

Hook = Callable[[str, str, str], None]
HOST = "127.0.0.1"


def build(
    data_dir: Path | None,
    *,
    auth: str = "jwt",
    quota: str = "off",
    faults: Path | None = None,
    coalesce_s: float = 0.0,
) -> Server:
    """A server with its state loaded, not yet listening."""
    if auth not in ("jwt", "open"):
        raise ValueError(f"auth is jwt or open, not {auth!r}")
    if quota not in ("google", "off"):
        raise ValueError(f"quota is google or off, not {quota!r}")
    rules = Faults.load(faults) if faults is not None else None
    world = World(coalesce_s=coalesce_s)
    journal = None
    keys = None
    if data_dir is not None:
        data_dir.mkdir(parents=True, exist_ok=True)
        _lock(data_dir)
        journal = Journal(data_dir / "state")
        keys = data_dir / "identities.json"
        for entry in journal.load(world):
            perform(world, entry, find_route(entry.verb, entry.path))
            world.undo.commit()
    return Server(
        world=world,
        identities=Identities(keys),
        journal=journal,
        open_auth=auth == "open",
        quota=Quota() if quota == "google" else None,
        faults=rules,
    )


LOCKS: dict[Path, int] = {}


class DirectoryInUse(RuntimeError):
    """Another server keeps its spreadsheets there."""


def _lock(folder: Path) -> None:
    """Two servers must not write one directory."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise DirectoryInUse(f"another server is using {folder}") from None
    LOCKS[folder.resolve()] = lock


def unlock(folder: Path) -> None:
    """Let another server have the directory."""
    lock = LOCKS.pop(folder.resolve(), None)
    if lock is not None:
        os.close(lock)


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 takes a free one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    sock.listen(128)
    return sock


def uvicorn_config(app: Server) -> uvicorn.Config:
    """How uvicorn is run: quietly and with one packet an answer."""
    return uvicorn.Config(
        app,
        http=OnePacketProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_level="error",
        timeout_keep_alive=600,
        timeout_graceful_shutdown=1,
        server_header=False,
    )


class LocalSheets:
    """A running server.

    Attributes:
        url: Its origin, `http://127.0.0.1:PORT`.
        before_call: Called with method, path and the caller's email just before each API call is
            handled; may itself call the server, also from the same thread.
        calls: The API calls answered so far; may be cleared.
    """

    def __init__(self, app: Server, sock: socket.socket, data_dir: Path | None) -> None:
        self._app = app
        self._data_dir = data_dir
        self._uvicorn = uvicorn.Server(uvicorn_config(app))
        self._ready = threading.Event()
        self._thread = threading.Thread(
            target=self._uvicorn.run, kwargs={"sockets": [sock]}, name="localsheets", daemon=True
        )
        self.url = f"http://{HOST}:{sock.getsockname()[1]}"
        app.token_uri = self.url + "/token"

    @classmethod
    def start(
        cls,
        data_dir: Path | None = None,
        *,
        port: int = 0,
        auth: str = "jwt",
        quota: str = "off",
        faults: Path | None = None,
        coalesce_s: float = 0.0,
    ) -> Self:
        """Start a server on a thread.

        Args:
            data_dir: Where spreadsheets and keys are kept; None keeps them in memory.
            port: 0 takes a free one.
            auth: `jwt` or `open`.
            quota: `google` or `off`.
            faults: A file of faults, see `faults.py`.
            coalesce_s: Seconds within which changes share one version and modified time.
        """
        sock = listen(port)
        try:
            app = build(data_dir, auth=auth, quota=quota, faults=faults, coalesce_s=coalesce_s)
        except BaseException:
            sock.close()
            raise
        server = cls(app, sock, data_dir)
        server._run()
        return server

    def _run(self) -> None:
        self._thread.start()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise RuntimeError("the local server did not start")
            self._ready.wait(0.005)

    def register(self, email: str, kind: str = "person") -> dict[str, Any]:
        """The key of a person or service account, for `from_service_account_info`."""
        return self._app.identities.register(email, kind, self._app.token_uri)

    @property
    def before_call(self) -> Hook | None:
        """The hook."""
        return self._app.before_call

    @before_call.setter
    def before_call(self, hook: Hook | None) -> None:
        self._app.before_call = hook

    @property
    def calls(self) -> deque[CallRecord]:
        """The calls answered so far."""
        return self._app.calls

    def set_faults(self, rules: list[dict[str, Any]], seed: int = 0) -> None:
        """Replace the fault rules while running."""
        self._app.faults = Faults(rules, seed) if rules else None

    def stop(self) -> None:
        """Stop, fold the journal, and raise what a hook raised."""
        if self._thread.is_alive():
            self._uvicorn.should_exit = True
            self._thread.join(10)
        if self._app.journal is not None:
            self._app.journal.close(self._app.world)
            self._app.journal = None
        if self._data_dir is not None:
            unlock(self._data_dir)
        if self._app.hook_errors:
            raise self._app.hook_errors.pop(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
