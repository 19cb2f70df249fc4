"""What every Mailer promises: a mail arrives whole, and is the same at every attempt."""

from __future__ import annotations

import shutil
from email import message_from_bytes, policy

import mail_examples
import pytest
from mail_examples import QUEUED_AT, digest_mail, order_mail
from smtp_server import Inbox, server_of

from sheetsync.errors import MailError, MailRefused, TemplateError
from sheetsync.mail.send import FolderMailer, SmtpMailer, SmtpServer


class Folder:
    """A folder of mails."""

    def __init__(self, where):
        self._folder = where / "mails"

    def mailer(self, renderer):
        return FolderMailer(self._folder, renderer)

    def received(self):
        return [file.read_bytes() for file in sorted(self._folder.glob("*"))]

    def refuse(self):
        self._folder.write_text("no folder any more")


class Server:
    """An SMTP server."""

    def __init__(self, inbox, port):
        self._inbox = inbox
        self._port = port

    def mailer(self, renderer):
        server = SmtpServer(
            host="127.0.0.1", port=self._port, security="none", greet_as="worker.example"
        )
        return SmtpMailer(server, renderer)

    def received(self):
        return [envelope.content for envelope in self._inbox.envelopes]

    def refuse(self):
        self._inbox.rcpt = "451 4.3.0 Come back later"


@pytest.fixture(params=["folder", "smtp"])
def place(request, tmp_path):
    """Where mails go."""
    if request.param == "folder":
        yield Folder(tmp_path)
        return
    inbox = Inbox()
    with server_of(inbox) as port:
        yield Server(inbox, port)


@pytest.mark.parametrize("mail", [order_mail(), digest_mail(summary="1 needs you, new")])
def test_a_mail_arrives_whole(place, mail):
    renderer = mail_examples.renderer()

    message_id = place.mailer(renderer).send(mail, QUEUED_AT)

    (content,) = place.received()
    received = message_from_bytes(content, policy=policy.default)
    rendered = renderer.render(mail, QUEUED_AT)
    assert received["Message-ID"] == rendered["Message-ID"] == message_id
    for header in ("From", "To", "Subject", "Date", "Auto-Submitted"):
        assert received[header] == rendered[header]
    for kind in ("plain", "html"):
        expected = rendered.get_body((kind,)).get_content()
        assert received.get_body((kind,)).get_content().splitlines() == expected.splitlines()


def test_the_same_mail_is_the_same_message_at_every_attempt(place):
    mailers = [place.mailer(mail_examples.renderer()) for _ in range(2)]

    assert len({mailer.send(order_mail(), QUEUED_AT) for mailer in mailers}) == 1
    # With one Message-ID and one content, a reader's mailbox can tell that it is one mail.
    assert len(set(place.received())) == 1


def test_different_mails_are_different_messages(place):
    mailer = place.mailer(mail_examples.renderer())

    assert mailer.send(order_mail(), QUEUED_AT) != mailer.send(digest_mail(), QUEUED_AT)
    assert len(place.received()) == 2


def test_what_is_not_taken_now_is_a_failure_to_retry(place):
    place.refuse()
    with pytest.raises(MailError) as told:
        place.mailer(mail_examples.renderer()).send(order_mail(), QUEUED_AT)
    assert told.value.retryable


def test_an_address_that_is_none_is_refused_for_good(place):
    with pytest.raises(MailRefused) as told:
        place.mailer(mail_examples.renderer()).send(order_mail(to="ask Sven"), QUEUED_AT)
    assert not told.value.retryable
    assert place.received() == []


def test_a_broken_template_hands_nothing_over(place, tmp_path):
    templates = shutil.copytree(mail_examples.TEMPLATES, tmp_path / "templates")
    (templates / "order_supplier.html.j2").write_text("{{ mail.totl }}")

    with pytest.raises(TemplateError, match="totl"):
        place.mailer(mail_examples.renderer(templates=templates)).send(order_mail(), QUEUED_AT)
    assert place.received() == []
