"""An answer as it came: its head, its body whole and within its time, parsed once.

A time-out of `requests` runs anew with each byte, so a body that drips would never end; here the
whole body has one deadline and a largest size. A body that was cut short is not an answer.

Never: judges what a status means.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests
import requests.exceptions
import urllib3.exceptions

CHUNK = 65_536
LARGEST_ANSWER = 256_000_000
"""Bytes, unpacked; a spreadsheet of the ten million cells that Google allows stays below."""


class AnswerNeverEnds(requests.RequestException):
    """More time or more bytes than any answer needs."""


class Answer(requests.Response):
    """A response whose body is here.

    Args:
        head: The response, its body not read yet.
        body: What was read of it.
    """

    def __init__(self, head: requests.Response, body: bytes) -> None:
        super().__init__()
        self.__dict__.update(vars(head))
        self._content = body
        self._parsed = _parse(body)

    @property
    def is_whole(self) -> bool:
        """Whether this is what the API gives: one JSON object, not a page and not half of one."""
        return isinstance(self._parsed, dict)

    def json(self, **_: Any) -> Any:
        """The body as JSON, None where it is not."""
        return self._parsed


def receive(head: requests.Response, *, until: float, clock: Callable[[], float]) -> Answer:
    """Read the body.

    Args:
        head: The response, asked for with `stream=True`.
        until: When patience ends, on the clock's scale.
        clock: Seconds that only grow.

    Raises:
        requests.RequestException: The body broke off or does not end. With a status that says
            what went wrong anyhow, the body is left out instead.
    """
    try:
        return Answer(head, _read(head, until, clock))
    except requests.RequestException:
        head.close()
        if head.ok:
            raise
        return Answer(head, b"")


def _read(head: requests.Response, until: float, clock: Callable[[], float]) -> bytes:
    body = bytearray()
    try:
        # `read1` gives what there is; `read` would wait for a whole chunk, however slowly it comes.
        while chunk := head.raw.read1(CHUNK, decode_content=True):
            body += chunk
            if clock() > until or len(body) > LARGEST_ANSWER:
                raise AnswerNeverEnds
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    return bytes(body)


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
