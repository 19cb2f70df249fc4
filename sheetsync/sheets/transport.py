"""The one way to Google: origin, quota, time-outs, retries and counting.

gspread speaks through `SheetsHTTPClient`, unchanged. A read is repeated until the attempts, the
pauses or the time are used up. A write is never sent twice: after most failures nobody knows
whether it took effect, and even one that certainly did not was made from a reading that a pause has
made old. Refused for quota, it begins again with that reading; else the next cycle reads what
stands and applies the rest.

Never: lets an exception of gspread, requests or google-auth out; judges a cell.
"""

from __future__ import annotations

import json as as_json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, TypeVar

import google.auth.exceptions
import requests
from google.auth.credentials import Credentials
from google.auth.transport.requests import AuthorizedSession
from gspread.http_client import FileType, HTTPClient, ParamsType
from gspread.urls import SPREADSHEET_BATCH_UPDATE_URL
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random,
    wait_random_exponential,
)

from sheetsync.errors import AccessDenied, QuotaExceeded, SheetsyncError
from sheetsync.ports import CallCount
from sheetsync.sheets.answers import Answer, receive
from sheetsync.sheets.quota import Quota
from sheetsync.sheets.refusals import (
    QUOTA_WAIT_S,
    Failed,
    judge,
    read_refusal,
    without_answer,
    without_token,
)
from sheetsync.sheets.tokens import TokenRequest

JSON = "application/json"
ORIGINS = ("https://sheets.googleapis.com", "https://www.googleapis.com")
TIMEOUT_S = (10.0, 180.0)
"""To connect, and to wait for the next byte; Google itself gives up after 180 s."""
LONGEST_ANSWER_S = 240.0
"""From sending to the last byte."""

MOST_ATTEMPTS = 5
LONGEST_WAIT_S = 130.0
"""All pauses of one request together: two full quotas. Else it is left to the next cycle."""
PATIENCE_S = 300.0
"""No new attempt begins later than this after the first."""
JITTER_S = 2.0
"""Added to pauses that are told, so that workers who were refused together do not come together."""

T = TypeVar("T")


class SheetsHTTPClient(HTTPClient):
    """gspread's HTTP client with a bounded patience. One thread at a time uses it.

    Args:
        auth: google-auth credentials.
        api_origin: Where the Sheets API is, such as http://127.0.0.1:8080; None is Google.
        quota: How many requests a minute; None is without limit.
        wait: Waits so many seconds.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        auth: Credentials,
        *,
        api_origin: str | None = None,
        quota: Quota | None = None,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_session = requests.Session()
        token_request = TokenRequest(self._token_session, clock=clock)
        super().__init__(auth, session=AuthorizedSession(auth, auth_request=token_request))
        self.auth = auth  # gspread sets it only for a session that it made itself
        self.set_timeout(TIMEOUT_S)
        self._origin = api_origin.rstrip("/") if api_origin else None
        self._quota = quota
        self._wait = wait
        self._clock = clock
        self._made: Counter[bool] = Counter()
        self._booked: Counter[bool] = Counter()

    def calls(self) -> CallCount:
        """Requests made so far, repeated ones counted each time as Google does."""
        return CallCount(reads=self._made[True], writes=self._made[False])

    @property
    def account(self) -> str:
        """The e-mail address under which spreadsheets are shared with the worker."""
        return str(getattr(self.auth, "service_account_email", ""))

    def close(self) -> None:
        """Let go of the connections."""
        self.session.close()
        self._token_session.close()

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
        if json is not None:
            data = compact(json)
            headers = {**(headers or {}), "Content-Type": JSON}
        content = {"data": data, "files": files, "headers": headers}
        try:
            return self._retrying(_may_repeat, self._patience(), _pause_s)(
                self._attempt, method.upper(), url, asked, content
            )
        except Failed as failed:
            if isinstance(failed.error, AccessDenied) and self.account:
                # Who sets this up has the sheet's Share button in front of them.
                named = f"the worker's account, {self.account},"
                failed.error.remedy = failed.error.remedy.replace("the worker's account", named)
            raise failed.error from failed.__cause__

    def write_batch(self, spreadsheet_id: str, body: bytes, fields: str) -> Any:
        """`spreadsheets.batchUpdate` of a compact body, whose answer's fields alone are wanted."""
        url = SPREADSHEET_BATCH_UPDATE_URL % spreadsheet_id
        headers: MutableMapping[str, str] = {"Content-Type": JSON}
        return self.request("post", url, {"fields": fields}, body, headers=headers).json()

    def begin_again_when_full(self, act: Callable[[], T]) -> T:
        """Do what reads and then writes; wait and do it all once more if a quota was full.

        The slots of the last reading and of the write are waited for before, so that no pause of
        ours lies between the two. `act` must be such that doing it twice gives one result.
        """

        def booked() -> T:
            for is_read in (False, True):
                self._wait_for_slot(is_read=is_read)
                self._booked[is_read] = 1
            try:
                return act()
            finally:
                # What was not used is gone: later it would fall into another minute.
                self._booked.clear()

        return self._retrying(_is_full, stop_after_attempt(2), _until_refilled)(booked)

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

    def _patience(self) -> Callable[[RetryCallState], bool]:
        until = self._clock() + PATIENCE_S

        def is_over(state: RetryCallState) -> bool:
            return (
                state.attempt_number >= MOST_ATTEMPTS
                or state.idle_for + state.upcoming_sleep > LONGEST_WAIT_S
                or self._clock() + state.upcoming_sleep > until
            )

        return is_over

    def _at_origin(self, endpoint: str) -> str:
        for origin in ORIGINS if self._origin else ():
            endpoint = endpoint.replace(origin, self._origin or origin, 1)
        return endpoint

    def _wait_for_slot(self, *, is_read: bool) -> None:
        if self._booked[is_read]:
            self._booked[is_read] -= 1
        elif self._quota is not None:
            pause_s = self._quota.book(is_read=is_read)
            if pause_s:
                self._wait(pause_s)

    def _attempt(
        self, method: str, url: str, params: Mapping[str, Any], content: Mapping[str, Any]
    ) -> Answer:
        is_read = method == "GET"
        self._wait_for_slot(is_read=is_read)
        self._made[is_read] += 1
        until = self._clock() + LONGEST_ANSWER_S
        try:
            head = self.session.request(
                method=method,
                url=url,
                params=params,
                timeout=self.timeout,
                stream=True,
                # The API never sends us elsewhere; who does shall not see a token.
                allow_redirects=False,
                **content,
            )
            answer = receive(head, until=until, clock=self._clock)
        except google.auth.exceptions.GoogleAuthError as error:
            raise without_token(error, is_read=is_read) from error
        except requests.RequestException as error:
            raise without_answer(error, is_read=is_read) from error
        if answer.status_code == requests.codes.ok and answer.is_whole:
            return answer
        raise judge(read_refusal(answer), is_read=is_read)


def compact(body: Mapping[str, Any]) -> bytes:
    """A request's body as it goes out."""
    return as_json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii")


@contextmanager
def about(name: str) -> Iterator[None]:
    """Name the spreadsheet in what goes wrong with it."""
    try:
        yield
    except SheetsyncError as error:
        error.subject = error.subject or f"spreadsheet {name}"
        raise


def _may_repeat(error: BaseException) -> bool:
    return isinstance(error, Failed) and error.may_repeat


_growing = wait_random_exponential(multiplier=1, max=30)
_jitter = wait_random(0, JITTER_S)


def _pause_s(state: RetryCallState) -> float:
    """Seconds until the next attempt: at least what was told, or growing; with jitter."""
    failed = state.outcome.exception() if state.outcome else None
    if isinstance(failed, Failed) and failed.pause_s is not None:
        return failed.pause_s + _jitter(state)
    return _growing(state)


def _is_full(error: BaseException) -> bool:
    return isinstance(error, QuotaExceeded) and error.retry_after_s <= LONGEST_WAIT_S


def _until_refilled(state: RetryCallState) -> float:
    full = state.outcome.exception() if state.outcome else None
    told_s = full.retry_after_s if isinstance(full, QuotaExceeded) else QUOTA_WAIT_S
    return told_s + _jitter(state)
