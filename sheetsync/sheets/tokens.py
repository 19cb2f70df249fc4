"""The way to the token server: google-auth's questions, with our time-outs.

google-auth by itself sends them without a bound on the whole answer, repeats them with pauses of
its own, and stumbles over a page where it expects a token. Here one question is one request; what
passes with time goes up to the transport, which repeats and waits for all requests alike.

Never: judges a key; what the token server refuses in its own words is google-auth's to read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import google.auth.exceptions
import google.auth.transport
import requests

from sheetsync.sheets.answers import receive
from sheetsync.sheets.refusals import PASSING, TOO_MANY, TokenServerBusy, retry_after_s

TIMEOUT_S = (10.0, 30.0)
LONGEST_ANSWER_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told(google.auth.transport.Response):
    """An answer as google-auth takes it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class TokenRequest(google.auth.transport.Request):
    """google-auth's transport for everything that is about tokens.

    Args:
        session: Sends the requests.
        clock: Seconds that only grow.
    """

    def __init__(
        self, session: requests.Session, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._clock = clock

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: object = None,  # noqa: ARG002 - ours for every question
        **_: Any,
    ) -> _Told:
        """Send one request; the time-out is ours, whatever is asked for.

        Raises:
            google.auth.exceptions.TransportError: No usable answer just now.
        """
        until = self._clock() + LONGEST_ANSWER_S
        try:
            head = self._session.request(
                method, url, data=body, headers=headers, timeout=TIMEOUT_S, stream=True
            )
            answer = receive(head, until=until, clock=self._clock)
        except requests.RequestException as error:
            raise google.auth.exceptions.TransportError(error) from error
        status = answer.status_code
        if status in PASSING or status == TOO_MANY or (answer.ok and not answer.is_whole):
            raise TokenServerBusy(f"it answered {status}", retry_after_s(answer.headers))
        return _Told(status=status, headers=answer.headers, data=answer.content)
