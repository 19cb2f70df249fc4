"""The wire of the simulation: unchanged gspread on one end, the local server on the other, no socket.

`requests` hands each prepared request to `InProcess`, which lets the local server answer it in the
same thread: the same routes, identities, faults and grid as over 127.0.0.1, but nothing runs beside
anything else, so that the same seed is the same story. Never: decides what happens; the gate does.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from starlette.requests import Request
from starlette.responses import Response as Answer

from sheetsync.localsheets.server import Server

ORIGIN = "http://127.0.0.1:9"
"""Where the API is said to be; nothing listens there."""

TOKEN_PATH = "/token"
RPC_WRITE = ":batchUpdate"
ADAPTER = HTTPAdapter()
"""Makes responses; it never connects."""


class Gate(Protocol):
    """What may happen around a call of a worker: people act, faults strike, the worker dies."""

    def before(self, path: str, *, is_write: bool) -> None:
        """Just before the call reaches the server."""

    def after(self, path: str, *, is_write: bool) -> None:
        """The server has carried the call out; the worker does not have the answer yet."""


class InProcess(BaseAdapter):
    """Answers what a `requests` session sends, by the server, through a gate."""

    def __init__(self, server: Server, gate: Gate) -> None:
        super().__init__()
        self._server = server
        self._gate = gate

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the signature of requests
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002 - the same
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Let the server answer, or break the line as its fault says."""
        del stream, timeout, verify, cert, proxies
        path = urlsplit(request.url or "").path
        if path == TOKEN_PATH:
            answer = carried_out(self._server, request)
            assert answer is not None
            return as_response(request, answer)
        is_write = path.endswith(RPC_WRITE)
        self._gate.before(path, is_write=is_write)
        kind = getattr(self._server.faults, "kind", "")
        answer = carried_out(self._server, request)
        self._gate.after(path, is_write=is_write)
        if answer is None and kind == "cut_before":
            raise requests.ConnectionError("the line broke before the request arrived")
        if answer is None:
            raise requests.ReadTimeout("the answer was lost")
        return as_response(request, answer)

    def close(self) -> None:
        """Nothing is open."""


def carried_out(server: Server, request: requests.PreparedRequest) -> Answer | None:
    """The server's answer, or None where its fault cuts the line."""
    url = urlsplit(request.url or "")
    body = request.body or b""
    scope = {
        "type": "http",
        "method": request.method,
        "path": url.path,
        "raw_path": url.path.encode("ascii"),
        "query_string": url.query.encode("ascii"),
        "headers": [
            (name.lower().encode("latin-1"), as_bytes(value))
            for name, value in request.headers.items()
        ],
    }
    raw = body.encode() if isinstance(body, str) else bytes(body)
    coroutine = server._respond(Request(scope), raw)
    # Without hooks and delays nothing in it waits, so it ends at the first step.
    try:
        coroutine.send(None)
    except StopIteration as end:
        found: Answer | None = end.value
        return found
    coroutine.close()
    raise AssertionError("the server waited for something")


def as_bytes(value: str | bytes) -> bytes:
    """A header's value as bytes."""
    return value if isinstance(value, bytes) else value.encode("latin-1")


def as_response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    """The answer as it comes off a wire, its body still to be read."""
    raw = urllib3.HTTPResponse(
        body=io.BytesIO(bytes(answer.body)),
        headers=dict(answer.headers.items()),
        status=answer.status_code,
        preload_content=False,
        decode_content=False,
    )
    response: requests.Response = ADAPTER.build_response(request, raw)
    return response
