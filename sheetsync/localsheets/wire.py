"""The connection: one packet for header and body, and connections that can be cut.

Connects: uvicorn's HTTP protocol with a transport that gathers what is written in one turn of
the loop.
Never: looks at what is written.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

Ends = tuple[tuple[str, int], tuple[str, int]]
OPEN: dict[Ends, asyncio.Transport] = {}


class GatheringTransport:
    """A transport that sends what one answer writes in one piece."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Gather, to be sent when the loop comes round."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def _flush(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            if not self._transport.is_closing():
                self._transport.write(waiting[0] if len(waiting) == 1 else b"".join(waiting))

    def close(self) -> None:
        """Send what waits, then close."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Cut the connection; what waits is lost."""
        self._waiting.clear()
        self._transport.abort()


class OnePacketProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # uvicorn chooses its class when it is imported
    """uvicorn's protocol over a gathering transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Wrap the transport and remember it by its two ends."""
        gathering: Any = GatheringTransport(transport, asyncio.get_running_loop())
        self.ends = (transport.get_extra_info("sockname"), transport.get_extra_info("peername"))
        OPEN[self.ends] = gathering
        super().connection_made(gathering)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        OPEN.pop(self.ends, None)
        super().connection_lost(exc)


def cut(server: tuple[str, int], client: tuple[str, int]) -> None:
    """Cut a client's connection without an answer."""
    transport = OPEN.get((server, client))
    if transport is not None:
        transport.abort()
