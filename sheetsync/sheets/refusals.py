"""What a failed request means: refusals and silences in our words, and what may be repeated.

The status code decides. A read may be repeated after whatever passes with time; a write never,
because after most failures nobody knows whether it took effect. What a front end or a proxy says in
HTML is not the Sheets API's word: it refuses nothing for good.

Never: sends, waits or repeats anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import google.auth.exceptions
import requests
import requests.exceptions

from sheetsync.errors import (
    AccessDenied,
    QuotaExceeded,
    SheetsyncError,
    TabMissing,
    WorkbookError,
    WorkbookUnavailable,
)

QUOTA_WAIT_S = 61.0
"""Quotas are refilled every minute, and Google does not say when."""

TOO_MANY = 429
PASSING = frozenset({408, 425, 500, 502, 503, 504})
"""Statuses that time mends. A 501 or 505 is as true a minute later."""
FIRST_SERVER_ERROR = 500
QUOTA_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
"""Some of Google's APIs answer a full quota with 403 and one of these."""


class Failed(Exception):
    """A failed attempt: what it means, whether it may be repeated, and after how long.

    `pause_s` is None where nobody said how long to wait; then pauses grow with the attempts.
    """

    def __init__(
        self, error: SheetsyncError, *, may_repeat: bool, pause_s: float | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.may_repeat = may_repeat
        self.pause_s = pause_s


class TokenServerBusy(google.auth.exceptions.TransportError):
    """The token server could not answer just now; seconds to wait if told."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)  # type: ignore[no-untyped-call]  # google-auth has no types
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What came instead of what was asked.

    Args:
        status: The HTTP status; below 400 where the answer itself cannot be used.
        message: What it says.
        retry_after_s: Seconds to wait, if told.
        is_of_the_api: Whether the API itself speaks, and not a front end, a proxy or half a body.
        is_full: Whether it says that a quota is used up.
    """

    status: int
    message: str
    retry_after_s: float | None = None
    is_of_the_api: bool = True
    is_full: bool = False


def read_refusal(response: requests.Response) -> Refusal:
    """Read a refusal; front ends answer HTML, which says nothing worth showing."""
    told = _told(response)
    error = told.get("error")
    message = response.reason or "no reason given"
    if isinstance(error, Mapping) and "message" in error:
        message = str(error["message"])
    elif response.ok:
        message = "no whole answer of the Sheets API"
    return Refusal(
        status=response.status_code,
        message=message,
        retry_after_s=retry_after_s(response.headers),
        is_of_the_api=isinstance(error, Mapping) and "message" in error,
        is_full=response.status_code == TOO_MANY or not QUOTA_REASONS.isdisjoint(_reasons(error)),
    )


def _told(response: requests.Response) -> Mapping[str, object]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, Mapping) else {}


def _reasons(error: object) -> Iterator[str]:
    if isinstance(error, Mapping):
        for part in (*_listed(error.get("errors")), *_listed(error.get("details"))):
            yield str(part.get("reason"))


def _listed(parts: object) -> list[Mapping[str, object]]:
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, told as such or as a moment; a moment is held against the answer's own Date.

    Both are the server's, so this machine's clock has no part in it.
    """
    after = headers.get("Retry-After", "").strip()
    if after.isascii() and after.isdecimal():
        return float(after)
    try:
        then, now = (parsedate_to_datetime(text) for text in (after, headers.get("Date", "")))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError):  # no date, or only one of the two with a zone
        return None


def judge(refusal: Refusal, *, is_read: bool) -> Failed:
    """What a refusal means, and whether the request may be sent again."""
    status, message, told_s = refusal.status, refusal.message, refusal.retry_after_s
    if refusal.is_full:
        wait_s = QUOTA_WAIT_S if told_s is None else told_s
        full = QuotaExceeded(message, retry_after_s=wait_s)
        return Failed(full, may_repeat=is_read, pause_s=wait_s)
    down = WorkbookUnavailable(f"Google Sheets answered {status}: {message.rstrip('. ')}.")
    if status in PASSING or status < requests.codes.bad_request:
        return Failed(down, may_repeat=is_read, pause_s=told_s)
    if status >= FIRST_SERVER_ERROR or not refusal.is_of_the_api:
        return Failed(down, may_repeat=False)
    return Failed(_mendable(status, message), may_repeat=False)


def _mendable(status: int, message: str) -> SheetsyncError:
    """A refusal that repeating does not mend."""
    if status in (requests.codes.unauthorized, requests.codes.forbidden, requests.codes.not_found):
        return AccessDenied(
            message,
            remedy="Share the spreadsheet with the worker's account as an editor, "
            "and check its id in `config.yaml`.",
        )
    if "protected cell or object" in message:
        return AccessDenied(
            message, remedy="Add the worker's account to the editors of that protected range."
        )
    if "Unable to parse range" in message:
        return TabMissing(message, remedy="Put the tab back, or run `sheetsync init`.")
    return WorkbookError(f"Google Sheets refused the request ({status}): {message}")


def without_answer(error: Exception, *, is_read: bool) -> Failed:
    """The connection gave no answer, or only half of one."""
    return Failed(_silence(error, "Google Sheets"), may_repeat=is_read)


def without_token(error: google.auth.exceptions.GoogleAuthError, *, is_read: bool) -> Failed:
    """Only an answer that names an OAuth error is a refusal; anything else passes with time."""
    answer = error.args[1] if len(error.args) > 1 else None
    if error.retryable or not isinstance(answer, Mapping) or "error" not in answer:
        pause_s = error.retry_after_s if isinstance(error, TokenServerBusy) else None
        down = _silence(error.__cause__ or error, "the token server")
        return Failed(down, may_repeat=is_read, pause_s=pause_s)
    refused = AccessDenied(
        f"The service account's key was refused: {error.args[0]}.",
        remedy="Check the key file that `config.yaml` names, and this machine's clock.",
    )
    return Failed(refused, may_repeat=False)


def _silence(error: BaseException, who: str) -> WorkbookUnavailable:
    down = WorkbookUnavailable(f"No answer from {who}: {type(error).__name__}.")
    if isinstance(error, requests.exceptions.SSLError):
        down.remedy = "If it stays: check this machine's clock and its list of certificates."
    return down
