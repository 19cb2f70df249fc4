"""When a request is repeated, how long is waited, and Google's errors in our words."""

import io
import json

import google.auth.exceptions
import pytest
import requests
import urllib3
from google.auth.credentials import AnonymousCredentials

from sheetsync.errors import (
    AccessDenied,
    QuotaExceeded,
    TabMissing,
    WorkbookError,
    WorkbookUnavailable,
)
from sheetsync.sheets.quota import Quota
from sheetsync.sheets.transport import (
    JITTER_S,
    LONGEST_ANSWER_S,
    LONGEST_WAIT_S,
    PATIENCE_S,
    SheetsHTTPClient,
)

URL = "https://sheets.googleapis.com/v4/spreadsheets/abc"


def answer(status, message="", *, body=None, error=None, **headers):
    """What to answer; a response can be read once, so it is made when it is sent."""
    told = {"error": {"code": status, "message": message, **(error or {})}}
    text = json.dumps(told) if body is None else body

    def make():
        response = requests.Response()
        response.status_code = status
        response.reason = "Reason"
        response.headers.update({"Content-Type": "application/json", **headers})
        response.raw = urllib3.HTTPResponse(io.BytesIO(text.encode()), preload_content=False)
        return response

    return make


def page(status, **headers):
    return answer(status, body="<html>Sorry", **{"Content-Type": "text/html", **headers})


OK = answer(200, body='{"fine": true}')


class Clock:
    """Time passes only while somebody waits, or while an answer takes so long."""

    def __init__(self):
        self.now = 5_000.0
        self.waited = []

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.waited.append(seconds)
        self.now += seconds


class Line:
    """A session that plays a list of answers and errors."""

    def __init__(self, clock, replies, takes_s):
        self.clock, self.replies, self.takes_s = clock, list(replies), takes_s
        self.sent = []

    def request(self, **request):
        self.sent.append(request)
        self.clock.now += self.takes_s
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def waited(clock):
    return clock.waited


@pytest.fixture
def client(clock):
    def make(*replies, origin=None, quota=None, takes_s=0):
        made = SheetsHTTPClient(
            AnonymousCredentials(), api_origin=origin, quota=quota, wait=clock.wait, clock=clock
        )
        made.close()
        made.session = Line(clock, replies, takes_s)
        return made

    return make


def told(pause_s):
    """At least what was told, and a little more, so that not all come back together."""
    return pytest.approx(pause_s + JITTER_S / 2, abs=JITTER_S / 2)


def test_an_answer_comes_back_compact_and_in_time(client):
    made = client(OK)

    assert made.request("get", URL, params={"fields": "x"}).json() == {"fine": True}
    [sent] = made.session.sent
    assert sent["params"] == {"prettyPrint": "false", "fields": "x"}
    assert sent["timeout"] == (10, 180)
    assert sent["url"] == URL


def test_a_body_goes_out_compact(client):
    made = client(OK)

    made.request("post", URL, json={"requests": [{"a": "é"}]})

    [sent] = made.session.sent
    assert sent["data"] == rb'{"requests":[{"a":"\u00e9"}]}'
    assert sent["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize("host", ["sheets.googleapis.com", "www.googleapis.com"])
def test_the_origin_is_swapped(client, host):
    made = client(OK, origin="http://127.0.0.1:8080/")

    made.request("get", f"https://{host}/v4/x")

    assert made.session.sent[0]["url"] == "http://127.0.0.1:8080/v4/x"


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_read_is_repeated_after_what_passes(client, waited, status):
    made = client(answer(status), page(status), OK)

    made.request("get", URL)

    assert len(waited) == 2
    assert made.calls().reads == 3


@pytest.mark.parametrize("status", [501, 505])
def test_what_the_server_cannot_do_is_not_asked_again(client, waited, status):
    with pytest.raises(WorkbookUnavailable, match=str(status)):
        client(answer(status), OK).request("get", URL)

    assert not waited


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_a_page_refuses_nothing_for_good(client, waited, status):
    """A proxy's or front end's page must not stop the worker as if Google had refused it."""
    with pytest.raises(WorkbookUnavailable):
        client(page(status), OK).request("get", URL)

    assert not waited


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
    made = client(*[answer(503, "busy.")] * 9)

    with pytest.raises(WorkbookUnavailable, match=r"503: busy\.$"):
        made.request("get", URL)

    assert made.calls().reads == 5
    assert len(waited) == 4
    assert all(pause <= 30 for pause in waited)


def test_pauses_differ(client, waited):
    for _ in range(9):
        client(answer(503), OK).request("get", URL)
        client(answer(429), OK).request("get", URL)

    assert len(set(waited)) == 18


def test_answers_that_take_very_long_use_patience_up_too(client, clock):
    began = clock.now
    made = client(*[requests.ReadTimeout()] * 9, takes_s=190)

    with pytest.raises(WorkbookUnavailable):
        made.request("get", URL)

    assert made.calls().reads == 2
    assert clock.now - began <= PATIENCE_S + LONGEST_ANSWER_S


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_write_of_unclear_outcome_is_not_repeated(client, waited, status):
    made = client(answer(status), OK)

    with pytest.raises(WorkbookUnavailable):
        made.request("post", URL, json={})

    assert made.calls().writes == 1
    assert not waited


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectTimeout(),
        requests.ReadTimeout(),
        requests.ConnectionError("reset"),
        google.auth.exceptions.TransportError("no token just now"),
    ],
)
def test_a_write_whose_answer_is_lost_is_not_repeated(client, error):
    with pytest.raises(WorkbookUnavailable):
        client(error, OK).request("post", URL, json={})


@pytest.mark.parametrize("cut", ['{"fine": tr', "", "[1]", "<html>"])
def test_half_an_answer_is_none(client, waited, cut):
    """The write may have taken effect, so it is not sent again either."""
    half = answer(200, body=cut)

    client(half, OK).request("get", URL)
    assert len(waited) == 1
    with pytest.raises(WorkbookUnavailable):
        client(half, OK).request("post", URL)
    assert len(waited) == 1


@pytest.mark.parametrize("status", [204, 302, 307])
def test_nobody_sends_us_elsewhere(client, status):
    made = client(answer(status, body="{}", Location="https://elsewhere.example/"), OK)

    made.request("get", URL)

    assert [sent["allow_redirects"] for sent in made.session.sent] == [False, False]
    assert [sent["url"] for sent in made.session.sent] == [URL, URL]


def test_a_full_quota_is_waited_out_by_a_read(client, waited):
    client(answer(429, "Quota exceeded"), OK).request("get", URL)

    assert waited == [told(61)]


@pytest.mark.parametrize(
    "error",
    [
        {"errors": [{"reason": "userRateLimitExceeded"}]},
        {"details": [{"@type": "ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}]},
    ],
)
def test_a_full_quota_that_says_403_is_no_refusal(client, waited, error):
    client(answer(403, "Rate Limit Exceeded", error=error), OK).request("get", URL)

    assert waited == [told(61)]


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

    assert made.begin_again_when_full(act).ok
    assert waited == [told(61)]
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
    client(page(429), OK).request("get", URL)

    assert waited == [told(61)]


def test_retry_after_is_honoured(client, waited):
    made = client(answer(429, **{"Retry-After": "7"}), answer(503, **{"Retry-After": "3"}), OK)

    made.request("get", URL)

    assert waited == [told(7), told(3)]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_may_be_a_moment(client, waited, status):
    """Held against the answer's own Date: this machine's clock may be wrong."""
    date, then = "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:44 GMT"

    client(answer(status, Date=date, **{"Retry-After": then}), OK).request("get", URL)

    assert waited == [told(44)]


@pytest.mark.parametrize(
    ("after", "date"),
    [
        ("soon", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ("Wed, 21 Oct 2015 07:28:44 GMT", ""),
        ("Wed, 21 Oct 2015 07:28:44 GMT", "Wed, 21 Oct 2015 07:28:00"),
        ("-5", ""),
        ("٣", ""),
    ],
)
def test_a_retry_after_that_says_nothing_is_none(client, waited, after, date):
    client(answer(429, Date=date, **{"Retry-After": after}), OK).request("get", URL)

    assert waited == [told(61)]


def test_a_moment_that_has_passed_is_now(client, waited):
    date, then = "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:00:00 GMT"

    client(answer(503, Date=date, **{"Retry-After": then}), OK).request("get", URL)

    assert waited == [told(0)]


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

    assert waited == [told(61)] * 2
    assert sum(waited) <= LONGEST_WAIT_S


def test_pauses_are_bounded_together(client, waited):
    made = client(*[answer(503, **{"Retry-After": "50"})] * 9)

    with pytest.raises(WorkbookUnavailable):
        made.request("get", URL)

    assert waited == [told(50)] * 2


@pytest.mark.parametrize("after", ["3600", "9" * 400])
def test_a_very_long_pause_is_never_made(client, waited, after):
    with pytest.raises(WorkbookUnavailable):
        client(answer(503, **{"Retry-After": after}), OK).request("get", URL)

    assert not waited


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


# -- slots -----------------------------------------------------------------------------------------


def slots(clock, reads=3, writes=2):
    return Quota(reads_per_minute=reads, writes_per_minute=writes, clock=clock)


def test_requests_keep_within_the_quota(client, clock, waited):
    made = client(*[OK] * 8, quota=slots(clock))

    for _ in range(7):
        made.request("get", URL)
    made.request("post", URL)

    assert len(waited) == 2
    assert all(60 < pause < 62 for pause in waited)


def test_repeated_requests_take_slots_too(client, clock):
    made = client(*[answer(503)] * 3, OK, quota=slots(clock, reads=3))
    began = clock.now

    made.request("get", URL)

    assert clock.now - began > 60


def test_no_pause_lies_between_the_last_reading_and_the_write(client, clock):
    """However full the minute is: both slots are waited for before."""
    made = client(*[OK] * 60, quota=slots(clock, reads=5, writes=3))
    took = []

    def act():
        began = clock.now
        made.request("get", URL)
        made.request("post", URL)
        took.append(clock.now - began)

    for _ in range(15):
        made.request("get", URL)
        made.begin_again_when_full(act)

    assert took == [0] * 15
    assert sum(clock.waited) > 100


def test_a_slot_that_was_not_used_is_not_used_later(client, clock, waited):
    """A minute later it would be one more than the limit."""
    made = client(*[OK] * 9, quota=slots(clock, reads=1))
    made.begin_again_when_full(lambda: None)

    made.request("get", URL)

    assert len(waited) == 1
