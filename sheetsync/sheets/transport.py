"""The one way to Google: origin, time-outs, retries, counting, and Google's errors in our words.

gspread speaks through `SheetsHTTPClient`, unchanged. A read is repeated until the attempts are used
up. A write is never sent twice: after most failures nobody knows whether it took effect, and even
one that certainly did not was made from a reading that a pause has made old. Refused for quota, it
begins again with that reading; else the next cycle reads what stands and applies the rest.

Never: lets an exception of gspread, requests or google-auth out; judges a cell.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import google.auth.exceptions
import requests
import requests.exceptions
from google.auth.credentials import Credentials
from gspread.http_client import FileType, HTTPClient, ParamsType
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from sheetsync.errors import (
    AccessDenied,
    QuotaExceeded,
    SheetsyncError,
    TabMissing,
    WorkbookError,
    WorkbookUnavailable,
)
from sheetsync.ports import CallCount

ORIGINS = ("https://sheets.googleapis.com", "https://www.googleapis.com")
TIMEOUT_S = (10.0, 180.0)
"""To connect, and to wait for an answer; Google itself gives up after 180 s."""

MOST_ATTEMPTS = 5
QUOTA_WAIT_S = 61.0
"""Quotas are refilled every minute, and Google does not say when."""
LONGEST_WAIT_S = 120.0
"""All pauses of one request together; what takes longer is left to the next cycle."""

TOO_MANY = 429
FIRST_SERVER_ERROR = 500


T = TypeVar("T")


class _Failed(Exception):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What Google answered instead of what was asked: status, message, seconds to wait if told."""

    status: int
    message: str
    retry_after_s: float | None = None


class SheetsHTTPClient(HTTPClient):
    """gspread's HTTP client with a bounded patience.

    Args:
        auth: google-auth credentials.
        api_origin: Where the Sheets API is, such as http://127.0.0.1:8080; None is Google.
        wait: Waits so many seconds.
    """

    def __init__(
        self,
        auth: Credentials,
        *,
        api_origin: str | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(auth)
        self.set_timeout(TIMEOUT_S)
        self._origin = api_origin.rstrip("/") if api_origin else None
        self._wait = wait
        self._reads = 0
        self._writes = 0

    def calls(self) -> CallCount:
        """Requests made so far, repeated ones counted each time as Google does."""
        return CallCount(reads=self._reads, writes=self._writes)

    @property
    def account(self) -> str:
        """The e-mail address under which spreadsheets are shared with the worker."""
        return str(getattr(self.auth, "service_account_email", ""))

    def close(self) -> None:
        """Let go of the connections."""
        self.session.close()

    def request(
        self,
        method: str,
        endpoint: str,
        params: ParamsType | None = None,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        files: FileType = None,
        headers: MutableMapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request; the one place that decides whether it is sent again.

        Raises:
            AccessDenied: Google refuses this account, this spreadsheet or this range.
            TabMissing: A range names a tab that is not there.
            QuotaExceeded: Still too many requests after waiting.
            WorkbookUnavailable: No usable answer; a write may or may not have taken effect.
        """
        url = self._at_origin(endpoint)
        # Answers are indented unless one asks: twice the bytes.
        asked = {"prettyPrint": "false", **(params or {})}
        content = {"data": data, "json": json, "files": files, "headers": headers}
        try:
            return self._retrying(_may_repeat, _patience_is_over, _pause_s)(
                self._attempt, method.upper(), url, asked, content
            )
        except _Failed as failed:
            if isinstance(failed.error, AccessDenied) and self.account:
                # Who sets this up has the sheet's Share button in front of them.
                named = f"the worker's account, {self.account},"
                failed.error.remedy = failed.error.remedy.replace("the worker's account", named)
            raise failed.error from failed.__cause__

    def begin_again_when_full(self, act: Callable[[], T]) -> T:
        """Do what reads and then writes; wait and do it all once more if a quota was full.

        `act` must be such that doing it twice gives one result.
        """
        return self._retrying(_is_full, stop_after_attempt(2), _until_refilled)(act)

    def _retrying(
        self,
        may_repeat: Callable[[BaseException], bool],
        stop: Callable[[RetryCallState], bool],
        pause_s: Callable[[RetryCallState], float],
    ) -> Retrying:
        return Retrying(
            retry=retry_if_exception(may_repeat),
            stop=stop,
            wait=pause_s,
            sleep=self._wait,
            reraise=True,
        )

    def _at_origin(self, endpoint: str) -> str:
        for origin in ORIGINS if self._origin else ():
            endpoint = endpoint.replace(origin, self._origin or origin, 1)
        return endpoint

    def _attempt(
        self, method: str, url: str, params: Mapping[str, Any], content: Mapping[str, Any]
    ) -> requests.Response:
        is_read = method == "GET"
        if is_read:
            self._reads += 1
        else:
            self._writes += 1
        try:
            response = self.session.request(
                method=method, url=url, params=params, timeout=self.timeout, **content
            )
        except google.auth.exceptions.GoogleAuthError as error:
            raise _without_token(error, is_read=is_read) from error
        except requests.RequestException as error:
            raise _Failed(_no_answer(error, "Google Sheets"), may_repeat=is_read) from error
        if response.ok and "html" not in response.headers.get("Content-Type", ""):
            return response
        raise judge(read_refusal(response), is_read=is_read)


@contextmanager
def about(name: str) -> Iterator[None]:
    """Name the spreadsheet in what goes wrong with it."""
    try:
        yield
    except SheetsyncError as error:
        error.subject = error.subject or f"spreadsheet {name}"
        raise


def _may_repeat(error: BaseException) -> bool:
    return isinstance(error, _Failed) and error.may_repeat


def _patience_is_over(state: RetryCallState) -> bool:
    return state.attempt_number >= MOST_ATTEMPTS or state.idle_for >= LONGEST_WAIT_S


_growing = wait_random_exponential(multiplier=1, max=30)


def _pause_s(state: RetryCallState) -> float:
    """Seconds until the next attempt: as told, or growing with jitter."""
    failed = state.outcome.exception() if state.outcome else None
    if isinstance(failed, _Failed) and failed.pause_s is not None:
        return failed.pause_s
    return _growing(state)


def _is_full(error: BaseException) -> bool:
    return isinstance(error, QuotaExceeded) and error.retry_after_s <= LONGEST_WAIT_S


def _until_refilled(state: RetryCallState) -> float:
    full = state.outcome.exception() if state.outcome else None
    return full.retry_after_s if isinstance(full, QuotaExceeded) else QUOTA_WAIT_S


def _no_answer(error: Exception, who: str) -> WorkbookUnavailable:
    return WorkbookUnavailable(f"No answer from {who}: {type(error).__name__}.")


def _without_token(error: google.auth.exceptions.GoogleAuthError, *, is_read: bool) -> _Failed:
    """Only an answer that names an OAuth error is a refusal; anything else passes with time."""
    answer = error.args[1] if len(error.args) > 1 else None
    if error.retryable or not isinstance(answer, Mapping) or "error" not in answer:
        return _Failed(_no_answer(error, "the token server"), may_repeat=is_read)
    refused = AccessDenied(
        f"The service account's key was refused: {error.args[0]}.",
        remedy="Check the key file that `config.yaml` names, and this machine's clock.",
    )
    return _Failed(refused, may_repeat=False)


# -- reading Google's refusals ---------------------------------------------------------------------


def read_refusal(response: requests.Response) -> Refusal:
    """Status and message of a refusal; front ends answer HTML, which says nothing worth showing."""
    try:
        message = str(response.json()["error"]["message"])
    except (ValueError, LookupError, TypeError):
        message = response.reason or "an answer that is not of the Sheets API"
    after = response.headers.get("Retry-After", "").strip()
    return Refusal(
        status=response.status_code,
        message=message,
        retry_after_s=float(after) if after.isdecimal() else None,
    )


def judge(refusal: Refusal, *, is_read: bool) -> _Failed:
    """What a refusal means, and whether the request may be sent again."""
    status, message = refusal.status, refusal.message
    if status == TOO_MANY:
        wait_s = QUOTA_WAIT_S if refusal.retry_after_s is None else refusal.retry_after_s
        full = QuotaExceeded(message, retry_after_s=wait_s)
        return _Failed(full, may_repeat=is_read and wait_s <= LONGEST_WAIT_S, pause_s=wait_s)
    if status >= FIRST_SERVER_ERROR or status < requests.codes.bad_request:
        down = WorkbookUnavailable(f"Google Sheets answered {status}: {message}.")
        may_wait = (refusal.retry_after_s or 0) <= LONGEST_WAIT_S
        return _Failed(down, may_repeat=is_read and may_wait, pause_s=refusal.retry_after_s)
    return _Failed(_mendable(status, message), may_repeat=False)


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
