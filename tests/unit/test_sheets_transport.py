"""When a request is repeated, how long is waited, and Google's errors in our words."""

import json

import google.auth.exceptions
import pytest
import requests
from google.auth.credentials import AnonymousCredentials

from sheetsync.errors import (
    AccessDenied,
    QuotaExceeded,
    TabMissing,
    WorkbookError,
    WorkbookUnavailable,
)
from sheetsync.sheets.transport import LONGEST_WAIT_S, SheetsHTTPClient

URL = "https://sheets.googleapis.com/v4/spreadsheets/abc"


def answer(status, message="", *, body=None, **headers):
    response = requests.Response()
    response.status_code = status
    response.reason = "Reason"
    response.headers.update({"Content-Type": "application/json", **headers})
    text = body if body is not None else json.dumps({"error": {"code": status, "message": message}})
    response._content = text.encode()
    return response


OK = answer(200, body="{}")


class Line:
    """A session that plays a list of answers and errors."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.sent = []

    def request(self, **request):
        self.sent.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def waited():
    return []


@pytest.fixture
def client(waited):
    def make(*replies, origin=None):
        made = SheetsHTTPClient(AnonymousCredentials(), api_origin=origin, wait=waited.append)
        made.session.close()
        made.session = Line(*replies)
        return made

    return make


def test_an_answer_comes_back_compact_and_in_time(client):
    made = client(OK)

    assert made.request("get", URL, params={"fields": "x"}) is OK
    [sent] = made.session.sent
    assert sent["params"] == {"prettyPrint": "false", "fields": "x"}
    assert sent["timeout"] is not None
    assert sent["url"] == URL


@pytest.mark.parametrize("host", ["sheets.googleapis.com", "www.googleapis.com"])
def test_the_origin_is_swapped(client, host):
    made = client(OK, origin="http://127.0.0.1:8080/")

    made.request("get", f"https://{host}/v4/x")

    assert made.session.sent[0]["url"] == "http://127.0.0.1:8080/v4/x"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_repeated_after_a_server_error(client, waited, status):
    made = client(answer(status), answer(status, body="<html>"), OK)

    made.request("get", URL)

    assert len(waited) == 2
    assert made.calls().reads == 3


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("reset"),
        requests.ReadTimeout(),
        requests.exceptions.ChunkedEncodingError(),
    ],
)
def test_a_read_is_repeated_after_a_broken_connection(client, waited, error):
    client(error, OK).request("get", URL)

    assert len(waited) == 1


def test_patience_has_an_end(client, waited):
    made = client(*[answer(503, "busy")] * 9)

    with pytest.raises(WorkbookUnavailable, match="503: busy"):
        made.request("get", URL)

    assert made.calls().reads == 5
    assert len(waited) == 4
    assert all(pause <= 30 for pause in waited)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_of_unclear_outcome_is_not_repeated(client, waited, status):
    made = client(answer(status), OK)

    with pytest.raises(WorkbookUnavailable):
        made.request("post", URL, json={})

    assert made.calls().writes == 1
    assert not waited


@pytest.mark.parametrize("error", [requests.ConnectTimeout(), requests.ReadTimeout()])
def test_a_write_whose_answer_is_lost_is_not_repeated(client, error):
    with pytest.raises(WorkbookUnavailable):
        client(error, OK).request("post", URL, json={})


def test_a_full_quota_is_waited_out_by_a_read(client, waited):
    client(answer(429, "Quota exceeded"), OK).request("get", URL)

    assert waited == [61.0]


def test_a_write_into_a_full_quota_is_not_sent_again_after_a_minute(client, waited):
    """What it was made from is a minute old by then."""
    with pytest.raises(QuotaExceeded):
        client(answer(429, "Quota exceeded"), OK).request("post", URL)
    assert not waited


def test_what_reads_and_writes_begins_again_when_the_quota_is_full(client, waited):
    made = client(OK, answer(429, "Quota"), OK, OK)

    def act():
        made.request("get", URL)
        return made.request("post", URL)

    assert made.begin_again_when_full(act) is OK
    assert waited == [61.0]
    assert [sent["method"] for sent in made.session.sent] == ["GET", "POST"] * 2


def test_beginning_again_has_an_end(client, waited):
    made = client(*[answer(429, "Quota")] * 9)

    with pytest.raises(QuotaExceeded):
        made.begin_again_when_full(lambda: made.request("post", URL))

    assert len(made.session.sent) == 2
    assert len(waited) == 1


def test_nothing_else_begins_again(client, waited):
    made = client(answer(429, "Quota", **{"Retry-After": "900"}), answer(503), OK)

    with pytest.raises(QuotaExceeded):
        made.begin_again_when_full(lambda: made.request("post", URL))
    with pytest.raises(WorkbookUnavailable):
        made.begin_again_when_full(lambda: made.request("post", URL))
    assert not waited


def test_a_html_429_is_a_full_quota_too(client, waited):
    client(answer(429, body="<html>Sorry</html>", **{"Content-Type": "text/html"}), OK).request(
        "get", URL
    )

    assert waited == [61.0]


def test_retry_after_is_honoured(client, waited):
    made = client(answer(429, **{"Retry-After": "7"}), answer(503, **{"Retry-After": "3"}), OK)

    made.request("get", URL)

    assert waited == [7.0, 3.0]


def test_a_long_retry_after_is_left_to_the_next_cycle(client, waited):
    made = client(answer(429, "Quota", **{"Retry-After": "3600"}), OK)

    with pytest.raises(QuotaExceeded) as caught:
        made.request("get", URL)

    assert caught.value.retry_after_s == 3600
    assert not waited


def test_a_quota_that_stays_full_is_told(client, waited):
    made = client(*[answer(429, "Quota")] * 9)

    with pytest.raises(QuotaExceeded):
        made.request("get", URL)

    assert sum(waited) <= LONGEST_WAIT_S + 61


def test_a_page_instead_of_an_answer_is_no_answer(client):
    page = answer(200, body="<html>", **{"Content-Type": "text/html; charset=utf-8"})

    client(page, OK).request("get", URL)
    with pytest.raises(WorkbookUnavailable):
        client(page, OK).request("post", URL)


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (401, "unauthenticated", AccessDenied),
        (403, "The caller does not have permission", AccessDenied),
        (404, "Requested entity was not found.", AccessDenied),
        (400, "You are trying to edit a protected cell or object. Please", AccessDenied),
        (400, "Unable to parse range: NOPE!A5", TabMissing),
        (400, "Invalid requests[0].updateCells: no", WorkbookError),
    ],
)
def test_what_waiting_does_not_mend_is_told_at_once(client, waited, status, message, error):
    with pytest.raises(error, match=message[:20].replace("[", ".")) as caught:
        client(answer(status, message), OK).request("get", URL)

    assert type(caught.value) is error
    assert not waited


def test_a_refused_key_is_told_at_once(client, waited):
    refused = google.auth.exceptions.RefreshError("invalid_grant: no", {"error": "invalid_grant"})

    with pytest.raises(AccessDenied, match="invalid_grant"):
        client(refused, OK).request("get", URL)
    assert not waited


@pytest.mark.parametrize(
    "error",
    [
        google.auth.exceptions.TransportError("down"),
        google.auth.exceptions.RefreshError("<html>502"),
        google.auth.exceptions.RefreshError("busy", {"error": "busy"}, retryable=True),
    ],
)
def test_a_token_server_in_trouble_is_waited_for(client, waited, error):
    client(error, OK).request("get", URL)

    assert len(waited) == 1


def test_an_odd_error_body_is_survived(client):
    with pytest.raises(WorkbookError, match="Reason"):
        client(answer(400, body='{"error": "x"}')).request("get", URL)
