"""Hand mails over: to an SMTP server, or into a folder as `.eml` files.

What matters is to know afterwards. A mail that was certainly not taken is a `MailError` and may be
tried again; one whose fate nobody knows is a `MailUncertain` and may not.

Never: retries, chooses what is sent, or remembers what was.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from sheetsync.core.plan import Mail
from sheetsync.errors import ConfigError, MailError, MailRefused, MailUncertain
from sheetsync.mail.render import Renderer, one_line

# Replies of RFC 5321, 4.2: done, send the message now, not at present, never.
_DONE: Final = 250
_TAKEN_ON: Final = frozenset({250, 251})
_GO_ON: Final = 354
_FIRST_REFUSAL: Final = 400
_FIRST_FINAL: Final = 500


class FolderMailer:
    """Writes every mail as `<mail_id>.eml` into a folder, whole or not at all.

    Args:
        folder: Made when it is not there.
        renderer: Writes the messages.
    """

    def __init__(self, folder: Path, renderer: Renderer) -> None:
        self._folder = folder
        self._renderer = renderer

    def send(self, mail: Mail, queued_at: datetime) -> str:
        """Write the mail; the same mail twice is one file. Promises as `ports.Mailer`."""
        message = self._renderer.render(mail, queued_at)
        target = self._folder / f"{quote(mail.mail_id, safe='')}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_whole(target, message.as_bytes())
        except OSError as trouble:
            raise MailError(
                f"the mail could not be written: {trouble.strerror or trouble}.",
                subject=str(target),
                remedy="Look at the folder's permissions and the space left on its disk.",
            ) from trouble
        return str(message["Message-ID"])


def _write_whole(target: Path, content: bytes) -> None:
    """Write beside the target, then rename: a reader sees the whole file or none."""
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name itself must outlive a power cut
    finally:
        os.close(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mails are handed over, and how.

    Args:
        host: Name or address.
        port: 587 with starttls and 465 with tls are usual.
        security: `starttls` and `tls` check the server's certificate; neither falls back to none.
        user: Name to log in with; None logs nobody in.
        password: Never shown in a message of ours.
        timeout_s: For connecting and for each answer.
        trusted: Certificates to trust (a file in PEM) in place of the system's.
        greet_as: Our own name in the greeting; None asks the system.
    """

    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_s: float = 20.0
    trusted: Path | None = None
    greet_as: str | None = None

    def __str__(self) -> str:
        """Host and port, as messages name it."""
        return f"{self.host}:{self.port}"


class SmtpMailer:
    """Hands every mail to one SMTP server, one connection each.

    Args:
        server: Where and how.
        renderer: Writes the messages.

    Raises:
        ConfigError: A password would travel unprotected to another machine.
    """

    def __init__(self, server: SmtpServer, renderer: Renderer) -> None:
        is_near = server.host in {"localhost", "127.0.0.1", "::1"}
        if server.user and server.security == "none" and not is_near:
            raise ConfigError(
                f"the password for {server} would travel unprotected.",
                subject="mail.smtp.security",
                remedy="Write starttls or tls.",
            )
        self._server = server
        self._renderer = renderer

    def send(self, mail: Mail, queued_at: datetime) -> str:
        """Hand over one mail. Promises as `ports.Mailer`."""
        message = self._renderer.render(mail, queued_at)
        with _certain_failures(self._server), _connected(self._server) as smtp:
            _announce(smtp, message)
            # A message without its closing dot is none (RFC 5321, 4.1.1.4): up to here every
            # failure is certain; from here on nothing is but the server's own word.
            smtp.send(_dotted(message.as_bytes()))
            _conclude(smtp, mail.mail_id)
        return str(message["Message-ID"])


@contextmanager
def _certain_failures(server: SmtpServer) -> Iterator[None]:
    """Whatever breaks in here, the mail was not taken."""
    try:
        yield
    except smtplib.SMTPResponseException as answer:
        raise _said(answer.smtp_code, answer.smtp_error, str(server)) from answer
    except (OSError, UnicodeError) as trouble:  # smtplib's and ssl's own are OSErrors too
        raise MailError(
            f"no mail could be handed over: {one_line(str(trouble))}.",
            subject=str(server),
            remedy="Look at mail.smtp in config.yaml and at the server.",
        ) from trouble


@contextmanager
def _connected(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """A greeted, protected and logged-in connection, closed afterwards come what may."""
    smtp = _opened(server)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=_trust(server))
            smtp.ehlo_or_helo_if_needed()
        if server.user is not None:
            smtp.login(server.user, server.password or "")
        yield smtp
    finally:
        with suppress(OSError):
            smtp.quit()
        smtp.close()


def _opened(server: SmtpServer) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(
            server.host,
            server.port,
            server.greet_as,
            timeout=server.timeout_s,
            context=_trust(server),
        )
    return smtplib.SMTP(server.host, server.port, server.greet_as, timeout=server.timeout_s)


def _trust(server: SmtpServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.trusted)


def _announce(smtp: smtplib.SMTP, message: EmailMessage) -> None:
    """Who writes, to whom, and that the message comes now."""
    sender = message["From"].addresses[0].addr_spec
    reader = message["To"].addresses[0].addr_spec
    is_ascii = (sender + reader).isascii()
    if not is_ascii and not smtp.has_extn("smtputf8"):
        raise MailRefused(
            "the mail server takes only addresses of plain letters (no SMTPUTF8).",
            subject=reader,
            remedy="Ask for another address.",
        )
    code, words = smtp.mail(sender, [] if is_ascii else ["SMTPUTF8"])
    if code != _DONE:
        raise _said(code, words, sender)
    code, words = smtp.rcpt(reader)
    if code not in _TAKEN_ON:
        raise _said(code, words, reader, is_about_reader=True)
    code, words = smtp.docmd("DATA")
    if code != _GO_ON:
        raise _said(code, words, reader, is_about_reader=True)


def _conclude(smtp: smtplib.SMTP, mail_id: str) -> None:
    """Close the message and hear whether it was taken."""
    try:
        smtp.send(b".\r\n")
        code, words = smtp.getreply()
    except OSError as trouble:
        raise MailUncertain(
            f"the connection broke before the server answered: {one_line(str(trouble))}.",
            subject=mail_id,
            remedy="Ask the reader, or the server's log, before it is sent again.",
        ) from trouble
    if code == _DONE:
        return
    if code < _FIRST_REFUSAL:
        raise MailUncertain(
            f"the server gave no clear answer: {code} {_words(words)}.",
            subject=mail_id,
            remedy="Ask the reader, or the server's log, before it is sent again.",
        )
    raise _said(code, words, mail_id, is_about_reader=True)


def _dotted(content: bytes) -> bytes:
    """The message as it travels: a line's leading dot doubled, a line break at its end."""
    return re.sub(rb"(?m)^\.", b"..", content.removesuffix(b"\r\n") + b"\r\n")


def _said(
    code: int, words: bytes | str, subject: str, *, is_about_reader: bool = False
) -> MailError:
    """The server's no, in its own words; for good when it begins with 5 and is about the reader."""
    is_final = is_about_reader and code >= _FIRST_FINAL
    kind = MailRefused if is_final else MailError
    return kind(
        f"the server says {code} {_words(words)}.",
        subject=subject,
        remedy="Correct the address, then queue the mail again." if is_final else "",
    )


def _words(reply: bytes | str) -> str:
    text = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
    return one_line(text).rstrip(".")
