"""Handing mails over: what is certain, what is not, and that a refusal is told in its words."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import mail_examples
import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from smtp_server import Inbox, LoopbackController, server_of

from sheetsync.errors import ConfigError, MailError, MailRefused, MailUncertain
from sheetsync.mail.send import FolderMailer, SmtpMailer, SmtpServer

QUEUED_AT = mail_examples.QUEUED_AT


# -- into a folder ---------------------------------------------------------------------------------


def test_folder_holds_the_mail_once_and_nothing_half_written(tmp_path):
    mailer = FolderMailer(tmp_path / "mails", mail_examples.renderer())

    first = mailer.send(mail_examples.order_mail(), QUEUED_AT)
    content = (tmp_path / "mails" / "M-order-1042-1.eml").read_bytes()
    second = mailer.send(mail_examples.order_mail(), QUEUED_AT)

    assert first == second == "<M-order-1042-1@acme.example>"
    assert [each.name for each in (tmp_path / "mails").iterdir()] == ["M-order-1042-1.eml"]
    assert (tmp_path / "mails" / "M-order-1042-1.eml").read_bytes() == content


def test_folder_mail_id_cannot_leave_the_folder(tmp_path):
    mailer = FolderMailer(tmp_path / "mails", mail_examples.renderer())

    mailer.send(mail_examples.order_mail(mail_id="../../PO 7/1"), QUEUED_AT)

    assert [each.name for each in tmp_path.iterdir()] == ["mails"]
    assert [each.name for each in (tmp_path / "mails").iterdir()] == ["..%2F..%2FPO%207%2F1.eml"]


def test_folder_that_cannot_be_written_is_a_certain_failure(tmp_path):
    (tmp_path / "mails").write_text("a file stands in the way")
    mailer = FolderMailer(tmp_path / "mails", mail_examples.renderer())

    with pytest.raises(MailError, match="could not be written"):
        mailer.send(mail_examples.order_mail(), QUEUED_AT)


def test_folder_failure_halfway_leaves_nothing(tmp_path, monkeypatch):
    mailer = FolderMailer(tmp_path, mail_examples.renderer())
    monkeypatch.setattr("os.fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "disk full")))

    with pytest.raises(MailError, match="disk full"):
        mailer.send(mail_examples.order_mail(), QUEUED_AT)

    assert list(tmp_path.iterdir()) == []


# -- a server that speaks SMTP ---------------------------------------------------------------------


def mailer_to(port, *, host="127.0.0.1", renderer=None, **said):
    usual = {"security": "none", "timeout_s": 5.0, "greet_as": "worker.example"}
    server = SmtpServer(host=host, port=port, **{**usual, **said})
    return SmtpMailer(server, renderer or mail_examples.renderer())


def test_smtp_server_receives_what_was_rendered():
    inbox = Inbox()
    mail = mail_examples.order_mail(
        recipient_name="Größe & Söhne",
        lines=(mail_examples.mail_line(description="برغي 🔩\n.\nQUIT"),),
    )
    with server_of(inbox) as port:
        message_id = mailer_to(port).send(mail, QUEUED_AT)

    received = inbox.only()
    assert inbox.envelopes[0].mail_from == "purchasing@acme.example"
    assert inbox.envelopes[0].rcpt_tos == ["orders@nordic.example"]
    assert received["Message-ID"] == message_id
    assert received["To"].addresses[0].display_name == "Größe & Söhne"
    assert "برغي 🔩 . QUIT" in received.get_body(("plain",)).get_content()
    assert "برغي 🔩 . QUIT" in received.get_body(("html",)).get_content()


def test_smtp_lines_that_begin_with_a_dot_arrive_whole(tmp_path):
    """A line that is only a dot would end the message early."""
    for template in mail_examples.TEMPLATES.iterdir():
        (tmp_path / template.name).write_text(template.read_text())
    (tmp_path / "order_supplier.txt.j2").write_text("before\n.\n..two\nafter\n")
    inbox = Inbox()
    with server_of(inbox) as port:
        mailer = mailer_to(port, renderer=mail_examples.renderer(templates=tmp_path))
        mailer.send(mail_examples.order_mail(), QUEUED_AT)

    text = inbox.only().get_body(("plain",)).get_content()
    assert text.splitlines() == ["before", ".", "..two", "after"]


def test_smtp_refused_address_is_told_in_the_server_s_words():
    inbox = Inbox(rcpt="550 5.1.1 No such mailbox here")
    with server_of(inbox) as port, pytest.raises(MailRefused) as told:
        mailer_to(port).send(mail_examples.order_mail(), QUEUED_AT)

    assert "550 5.1.1 No such mailbox here" in str(told.value)
    assert told.value.subject == "orders@nordic.example"
    assert not told.value.retryable


def test_smtp_full_mailbox_is_tried_again():
    inbox = Inbox(rcpt="452 4.2.2 Mailbox full")
    with server_of(inbox) as port, pytest.raises(MailError, match=r"452 4\.2\.2") as told:
        mailer_to(port).send(mail_examples.order_mail(), QUEUED_AT)

    assert told.type is MailError
    assert told.value.retryable


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("554 5.7.1 Looks like spam", MailRefused), ("451 4.3.0 Try later", MailError)],
)
def test_smtp_no_after_the_message_is_certain(answer, kind):
    inbox = Inbox(data=answer)
    with server_of(inbox) as port, pytest.raises(MailError) as told:
        mailer_to(port).send(mail_examples.order_mail(), QUEUED_AT)

    assert told.type is kind
    assert answer in str(told.value)


def test_smtp_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(MailError, match="Connection refused") as told:
        mailer_to(port).send(mail_examples.order_mail(), QUEUED_AT)
    assert told.value.subject == f"127.0.0.1:{port}"


def test_smtp_address_in_another_script_needs_a_server_that_takes_it():
    mail = mail_examples.order_mail(to="jörg@müller.example")
    inbox = Inbox()
    with server_of(inbox) as port:
        mailer_to(port).send(mail, QUEUED_AT)
    assert inbox.envelopes[0].rcpt_tos == ["jörg@xn--mller-kva.example"]
    assert "jörg@xn--mller-kva.example".encode() in inbox.envelopes[0].content

    with (
        server_of(Inbox(), enable_SMTPUTF8=False) as port,
        pytest.raises(MailRefused, match="plain letters"),
    ):
        mailer_to(port).send(mail, QUEUED_AT)


# -- protection ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of its own for localhost; returns the server's context and the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(pem) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


class Doorkeeper:
    """Knows one name and password."""

    def __call__(self, _server, _session, _envelope, _mechanism, credentials):
        known = (credentials.login, credentials.password) == (b"worker", b"secret")
        return AuthResult(success=known, handled=False)


class ProtectedController(LoopbackController):
    """A server that hears a name and a password only after STARTTLS."""

    def __init__(self, inbox, context):
        self._context = context
        super().__init__(inbox)

    def factory(self):
        return SMTP(
            self.handler,
            hostname="mx",
            tls_context=self._context,
            require_starttls=True,
            auth_required=True,
            authenticator=Doorkeeper(),
        )


@contextmanager
def protected(inbox, context):
    controller = ProtectedController(inbox, context)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def test_starttls_protects_the_password(certificate):
    context, trusted = certificate
    inbox = Inbox()
    said = {"host": "localhost", "security": "starttls", "user": "worker", "trusted": trusted}
    with protected(inbox, context) as port:
        mailer_to(port, password="secret", **said).send(mail_examples.order_mail(), QUEUED_AT)
        assert len(inbox.envelopes) == 1

        with pytest.raises(MailError, match="535") as told:
            mailer_to(port, password="wrong", **said).send(mail_examples.order_mail(), QUEUED_AT)

    assert "wrong" not in str(told.value)
    assert told.type is MailError


def test_starttls_never_falls_back(certificate):
    """A server without STARTTLS, or with somebody else's certificate, gets nothing."""
    context, _trusted = certificate
    inbox = Inbox()
    with server_of(inbox) as port, pytest.raises(MailError, match="STARTTLS"):
        mailer_to(port, host="localhost", security="starttls").send(
            mail_examples.order_mail(), QUEUED_AT
        )
    with protected(inbox, context) as port, pytest.raises(MailError, match=r"(?i)certificate"):
        mailer_to(port, host="localhost", security="starttls").send(
            mail_examples.order_mail(), QUEUED_AT
        )
    assert inbox.envelopes == []


def test_a_password_is_never_shown():
    server = SmtpServer(host="mx.example", port=587, user="worker", password="secret")
    assert "secret" not in f"{server} {server!r}"


def test_tls_from_the_first_byte(certificate):
    context, trusted = certificate
    inbox = Inbox()
    said = {"host": "localhost", "security": "tls"}
    with server_of(inbox, ssl_context=context) as port:
        mailer_to(port, trusted=trusted, **said).send(mail_examples.order_mail(), QUEUED_AT)
        assert len(inbox.envelopes) == 1

        with pytest.raises(MailError, match=r"(?i)certificate"):
            mailer_to(port, **said).send(mail_examples.order_mail(), QUEUED_AT)


def test_a_password_is_not_sent_unprotected_to_another_machine():
    with pytest.raises(ConfigError, match="unprotected"):
        mailer_to(25, host="mx.example", user="worker", password="secret")


# -- connections that break ------------------------------------------------------------------------

GREETING, EHLO, MAIL, RCPT, DATA, MESSAGE = range(6)
ANSWERS = (
    b"220 mx\r\n",
    b"250 mx\r\n",
    b"250 OK\r\n",
    b"250 OK\r\n",
    b"354 go on\r\n",
    b"250 OK\r\n",
)


class Scripted:
    """A server that answers by a script up to one step, and there does something else."""

    def __init__(self, step, instead):
        self._step, self._instead = step, instead
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.message_whole = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_trouble):
        self._door.close()
        self._thread.join(timeout=5)

    def _serve(self):
        line, _where = self._door.accept()
        with line, line.makefile("rb") as heard:
            line.settimeout(5)
            for step in (GREETING, EHLO, MAIL, RCPT, DATA, MESSAGE):
                if step == MESSAGE:
                    self.message_whole = self._hear_message(heard)
                elif step != GREETING:
                    heard.readline()
                if step == self._step:
                    self._instead(line)
                    return
                line.sendall(ANSWERS[step])

    @staticmethod
    def _hear_message(heard):
        return any(line == b".\r\n" for line in iter(heard.readline, b""))


def cut(line):
    line.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("step", [GREETING, EHLO, MAIL, RCPT, DATA])
def test_a_line_cut_before_the_message_is_a_certain_failure(step):
    with Scripted(step, cut) as server, pytest.raises(MailError) as told:
        mailer_to(server.port).send(mail_examples.order_mail(), QUEUED_AT)
    assert told.type is MailError


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        (MAIL, "550 5.7.1 Not a sender of ours", MailError),
        (MAIL, "451 4.3.0 Busy", MailError),
        (DATA, "554 5.5.1 No valid recipients", MailRefused),
        (DATA, "421 4.3.2 Shutting down", MailError),
    ],
)
def test_a_no_before_the_message_is_certain(step, answer, kind):
    """Only what is about the reader is for good: a sender is mended in config.yaml."""

    def answer_and_leave(line):
        line.sendall(f"{answer}\r\n".encode())

    with Scripted(step, answer_and_leave) as server, pytest.raises(MailError) as told:
        mailer_to(server.port).send(mail_examples.order_mail(), QUEUED_AT)

    assert told.type is kind
    assert answer in str(told.value)


def test_a_line_cut_after_the_message_is_uncertain():
    """The server has the whole mail; whether it delivers it, nobody knows."""
    with Scripted(MESSAGE, cut) as server, pytest.raises(MailUncertain) as told:
        mailer_to(server.port).send(mail_examples.order_mail(), QUEUED_AT)

    assert server.message_whole
    assert not isinstance(told.value, MailError)
    assert not told.value.retryable
    assert told.value.subject == "M-order-1042-1"


def test_silence_after_the_message_is_uncertain():
    def say_nothing(line):
        line.recv(1)  # returns when the other side gives up

    with Scripted(MESSAGE, say_nothing) as server, pytest.raises(MailUncertain, match="timed out"):
        mailer_to(server.port, timeout_s=0.2).send(mail_examples.order_mail(), QUEUED_AT)


@pytest.mark.parametrize("noise", [b"what?\r\n", b"354 go on\r\n", b"2" * 9000 + b"\r\n"])
def test_an_answer_that_is_none_is_uncertain(noise):
    with (
        Scripted(MESSAGE, lambda line: line.sendall(noise)) as server,
        pytest.raises(MailUncertain),
    ):
        mailer_to(server.port).send(mail_examples.order_mail(), QUEUED_AT)


def test_a_server_that_leaves_without_goodbye_has_taken_the_mail():
    def accept_and_leave(line):
        line.sendall(b"250 OK\r\n")
        cut(line)

    with Scripted(MESSAGE, accept_and_leave) as server:
        assert mailer_to(server.port).send(mail_examples.order_mail(), QUEUED_AT)
