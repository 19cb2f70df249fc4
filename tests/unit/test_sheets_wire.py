"""What really comes over a wire: bodies cut short or without end, no server, no TLS, no token.

A small server plays the bytes of each answer; google-auth, requests and urllib3 are the real ones.
"""

import gzip
import json
import socket
import threading
from contextlib import closing

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sheetsync.errors import AccessDenied, WorkbookUnavailable
from sheetsync.sheets import answers, tokens
from sheetsync.sheets.opening import SCOPES, _LocalCredentials
from sheetsync.sheets.transport import JITTER_S, SheetsHTTPClient

TLS = b"\x16"
"""The first byte of a TLS greeting."""

PATIENT_S = 5
"""Only a broken client lets the server wait so long."""


def head(status="200 OK", *, length=None, kind="application/json", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(body, status="200 OK", **headers):
    return head(status, length=len(body), **headers) + body


OK = whole(b'{"fine": true}')
TOKEN = whole(json.dumps({"access_token": "t", "expires_in": 3600}).encode())


class Playing:
    """Answers each request with the next piece; a piece is bytes, or an act on the connection."""

    def __init__(self):
        self.pieces = []
        self.asked = []
        self.failures = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        if self._socket.fileno() >= 0:
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(PATIENT_S)

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(PATIENT_S)
                try:
                    self._answer(connection)
                except OSError as failure:
                    self.failures.append(failure)

    def _answer(self, connection):
        asked = b""
        while b"\r\n\r\n" not in asked and not asked.startswith(TLS):
            asked += connection.recv(65_536)
        self.asked.append(asked.split(b"\r\n")[0].decode("latin-1"))
        piece = self.pieces.pop(0)
        if callable(piece):
            piece(connection)
        else:
            connection.sendall(piece.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))


@pytest.fixture
def server():
    with closing(Playing()) as playing:
        yield playing


@pytest.fixture(scope="module")
def private_key():
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def waited():
    return []


@pytest.fixture
def made(server, private_key, waited):
    """Makes a client; it has a token already unless the server's pieces bring one."""
    clients = []

    def make(*pieces, has_token=True, origin="http://127.0.0.1:{}", step_s=0):
        server.pieces = list(pieces)
        info = {
            "client_email": "worker@example.com",
            "private_key": private_key,
            "token_uri": f"http://127.0.0.1:{server.port}/token",
        }
        auth = _LocalCredentials.from_service_account_info(info, scopes=SCOPES)
        if has_token:
            auth.token = "t"
        now = iter(range(0, 10_000_000, step_s or 1))
        client = SheetsHTTPClient(
            auth,
            api_origin=origin.format(server.port),
            wait=waited.append,
            clock=(lambda: next(now)) if step_s else (lambda: 0),
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def get(client):
    return client.request("get", "https://sheets.googleapis.com/v4/x").json()


def post(client):
    return client.request("post", "https://sheets.googleapis.com/v4/x", json={}).json()


GZIP = gzip.compress(b'{"fine": true}')
CUT = {
    "shorter than its length": head(length=100) + b'{"fine": true}',
    "json without its end": head() + b'{"fine": tr',
    "a chunk without its end": head(Transfer_Encoding="chunked") + b"20\r\n" + b'{"fine": true}',
    "no last chunk": head(Transfer_Encoding="chunked") + b"5\r\n" + b'{"fi\r\n',
    "no chunk at all": head(Transfer_Encoding="chunked") + b"zz\r\n",
    "half of a packed body": head(Content_Encoding="gzip") + GZIP[:-12],
    "not packed": head(Content_Encoding="gzip", length=9) + b"not gzip!",
    "nothing": b"",
    "no http": b"hello\r\n\r\n",
}


@pytest.mark.parametrize("cut", CUT.values(), ids=CUT)
def test_an_answer_cut_short_is_asked_for_again(server, made, waited, cut):
    assert get(made(cut, OK)) == {"fine": True}

    assert len(waited) == 1
    assert server.asked == ["GET /v4/x?prettyPrint=false HTTP/1.1"] * 2


@pytest.mark.parametrize("cut", CUT.values(), ids=CUT)
def test_a_write_whose_answer_was_cut_short_is_not_sent_again(server, made, waited, cut):
    with pytest.raises(WorkbookUnavailable):
        post(made(cut, OK))

    assert not waited
    assert len(server.asked) == 1


def test_packed_and_chunked_answers_are_read(made):
    packed = whole(GZIP, Content_Encoding="gzip")
    chunked = head(Transfer_Encoding="chunked") + b'8\r\n{"fine":\r\n6\r\n true}\r\n0\r\n\r\n'

    client = made(packed, chunked)

    assert [get(client), get(client)] == [{"fine": True}] * 2


def test_the_status_counts_even_when_the_page_is_cut(made, waited):
    """A quota that is used up is waited out, whatever becomes of the words about it."""
    busy = head("429 Too Many Requests", length=900, kind="text/html") + b"<html>"

    get(made(busy, OK))

    assert 61 <= waited[0] <= 61 + JITTER_S


def without_end(connection):
    """As good as: far more than a client takes that looks at its clock or at the size."""
    connection.sendall(head())
    for _ in range(2_000):
        connection.sendall(b" " * 65_536)


def one_byte(connection):
    """Then nothing until the other side leaves: a time-out between bytes alone would wait on."""
    connection.sendall(head(length=9_000_000) + b"{")
    connection.recv(1)


@pytest.mark.parametrize("endless", [without_end, one_byte])
def test_a_body_without_end_is_left(server, made, endless):
    with pytest.raises(WorkbookUnavailable, match="AnswerNeverEnds"):
        post(made(endless, step_s=300))

    server.close()
    assert [type(failure) for failure in server.failures] in (
        [],
        [ConnectionResetError],
        [BrokenPipeError],
    )


def test_a_body_larger_than_any_answer_is_left(made, monkeypatch):
    monkeypatch.setattr(answers, "LARGEST_ANSWER", 1_000_000)

    with pytest.raises(WorkbookUnavailable, match="AnswerNeverEnds"):
        post(made(without_end))


def test_nobody_is_there(server, made, waited):
    client = made()
    server.close()

    with pytest.raises(WorkbookUnavailable, match="ConnectionError"):
        get(client)

    assert len(waited) == 4


def test_no_tls(made):
    client = made(*[b"no TLS here\r\n\r\n"] * 5, origin="https://127.0.0.1:{}")

    with pytest.raises(WorkbookUnavailable, match="SSLError") as caught:
        get(client)

    assert "certificates" in caught.value.remedy


# -- tokens ----------------------------------------------------------------------------------------


def test_a_token_is_fetched_once(server, made):
    client = made(TOKEN, OK, OK, has_token=False)

    get(client)
    get(client)

    assert [line.split()[1] for line in server.asked] == [
        "/token",
        "/v4/x?prettyPrint=false",
        "/v4/x?prettyPrint=false",
    ]


def test_the_token_server_has_time_outs_of_its_own(made, monkeypatch):
    client = made(TOKEN, OK, has_token=False)
    asked, send = [], client._token_session.request
    monkeypatch.setattr(
        client._token_session, "request", lambda *a, **k: asked.append(k) or send(*a, **k)
    )

    get(client)

    assert [question["timeout"] for question in asked] == [tokens.TIMEOUT_S]


SAYS_NOTHING = {
    "503": whole(b"{}", "503 Busy"),
    "502 page": whole(b"<html>", "502 Bad Gateway", kind="text/html"),
    "429": whole(b"{}", "429 Too Many Requests"),
    "a page": whole(b"<html>", kind="text/html"),
    "half a token": head() + b'{"access_token": "t',
    "nothing": b"",
    "not even that": whole(b'{"strange": 1}'),
}


@pytest.mark.parametrize("trouble", SAYS_NOTHING.values(), ids=SAYS_NOTHING)
def test_a_token_server_in_trouble_is_asked_again(server, made, waited, trouble):
    get(made(trouble, TOKEN, OK, has_token=False))

    assert len(waited) == 1
    assert len(server.asked) == 3


def test_a_token_server_says_when_to_come_back(made, waited):
    busy = whole(b"{}", "429 Too Many Requests", Retry_After="7")

    get(made(busy, TOKEN, OK, has_token=False))

    assert 7 <= waited[0] <= 7 + JITTER_S


@pytest.mark.parametrize("endless", [without_end, one_byte])
def test_a_token_without_end_is_left(made, endless):
    with pytest.raises(WorkbookUnavailable, match="the token server: AnswerNeverEnds"):
        post(made(endless, has_token=False, step_s=300))


def test_a_key_that_is_refused(made, waited):
    refused = whole(b'{"error": "invalid_grant", "error_description": "no"}', "400 Bad Request")

    with pytest.raises(AccessDenied, match="invalid_grant"):
        get(made(refused, has_token=False))

    assert not waited


def test_a_token_that_ran_out_is_fetched_anew(server, made):
    """A 401 says that nothing was done, so even a write goes out again."""
    ran_out = whole(b'{"error": {"message": "expired"}}', "401 Unauthorized")

    assert post(made(ran_out, TOKEN, OK)) == {"fine": True}
    assert len(server.asked) == 3
