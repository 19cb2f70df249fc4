"""The server as a process of its own.

Connects: the command line with a listening server; SIGTERM and SIGINT end it.
"""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import uvicorn

from sheetsync.localsheets.embed import DirectoryInUse, build, listen, unlock, uvicorn_config
from sheetsync.localsheets.server import Server


class _Announcing(uvicorn.Server):
    """A uvicorn server that prints its address once it is ready."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]  # uvicorn's own type varies between releases
        """Start to listen, then say so."""
        await super().startup(sockets)  # type: ignore[arg-type]  # the same
        print(self._address, flush=True)  # noqa: T201 - the one line that this program prints


def serve(*, port: int, data: Path, auth: str, quota: str, faults: Path | None) -> None:
    """Serve until SIGTERM; prints one line with the address when ready.

    Args:
        port: On 127.0.0.1; 0 takes a free one.
        data: Where spreadsheets and keys are kept.
        auth: `jwt` or `open`.
        quota: `google` or `off`.
        faults: A file of faults, or None.

    Raises:
        SystemExit: With one line that says why it could not start.
    """
    sock, app = _prepared(port=port, data=data, auth=auth, quota=quota, faults=faults)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    app.token_uri = url + "/token"
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops on the signal and then raises it again; by then it has done its work.
        signal.signal(number, lambda *_: None)
    try:
        _Announcing(uvicorn_config(app), f"Local Google Sheets at {url}").run(sockets=[sock])
    finally:
        if app.journal is not None:
            app.journal.close(app.world)
        unlock(data)


def _prepared(
    *, port: int, data: Path, auth: str, quota: str, faults: Path | None
) -> tuple[socket.socket, Server]:
    """The port taken and the state loaded, or one line for whoever started it."""
    try:
        sock = listen(port)
    except (OSError, OverflowError) as error:
        raise SystemExit(f"cannot listen on 127.0.0.1:{port}: {error}") from None
    try:
        return sock, build(data, auth=auth, quota=quota, faults=faults)
    except (DirectoryInUse, OSError, ValueError) as error:
        sock.close()
        raise SystemExit(f"cannot start: {error}") from None
