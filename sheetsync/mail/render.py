"""A mail of the plan as an e-mail message: plain text and HTML from the templates folder.

Everything a person typed arrives as one line of plain characters, so that no cell can add a
header, a recipient or a line that looks like ours. The same mail gives the same bytes, so that
handing it over twice can be noticed.

Never: chooses a recipient, counts, adds up, or decides anything else about what the mail says.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from types import TracebackType
from typing import Final
from urllib.parse import quote

import jinja2

from sheetsync.core.plan import DigestMail, Mail, OrderMail, StopMail
from sheetsync.errors import ConfigError, MailRefused, TemplateError

TEMPLATES: Final[Mapping[type[Mail], str]] = {
    OrderMail: "order_supplier",
    DigestMail: "digest_buyer",
    StopMail: "stop_operator",
}
PARTS: Final = ("subject", "txt", "html")

# 7bit: a server may not speak 8BITMIME; a message that does not lean on it arrives everywhere.
_POLICY: Final = policy.SMTP.clone(cte_type="7bit")
# Marks that turn the direction of what follows; a name must not turn round the amount after it.
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What a template can raise when it misuses a value it was given.
_MISUSE: Final = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
# One plain address; quoted local parts and lists are no address that a person means to type.
_USER: Final = re.compile(r'[^\s@,;:<>()\[\]\\".]+(\.[^\s@,;:<>()\[\]\\".]+)*')
_DOMAIN: Final = re.compile(r"[\w-]+(\.[\w-]+)*")
_LONGEST_SUBJECT: Final = 200


class Renderer:
    """Turns mails into messages by the templates of one folder.

    Args:
        templates: The folder that holds `<name>.subject.j2`, `<name>.txt.j2`, `<name>.html.j2`.
        sender: Who writes, as "Name <address>" or a bare address.
        reply_to: Where answers go, when not to the sender.

    Raises:
        ConfigError: `sender` or `reply_to` is no address.
        TemplateError: A template is missing or does not parse.
    """

    def __init__(self, templates: Path, *, sender: str, reply_to: str | None = None) -> None:
        self._folder = templates
        self.sender = _configured(sender, "sender")
        self._reply_to = _configured(reply_to, "reply_to") if reply_to else None
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(templates),
            undefined=jinja2.StrictUndefined,
            autoescape=jinja2.select_autoescape(("html.j2",), default=False),
            finalize=_plain_value,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        # Read at the start: a broken template stops the worker before it has claimed a mail.
        self._templates = {
            (name, part): self._load(f"{name}.{part}.j2")
            for name in TEMPLATES.values()
            for part in PARTS
        }

    def render(self, mail: Mail, queued_at: datetime) -> EmailMessage:
        """Write the message; equal arguments give equal bytes.

        Args:
            mail: What it says, and to whom.
            queued_at: The message's Date, aware.

        Raises:
            MailRefused: The recipient's address cannot be one.
            TemplateError: A template uses a name that this kind of mail does not have.
        """
        subject, text, html = (self._fill(TEMPLATES[type(mail)], part, mail) for part in PARTS)
        reader = _recipient(mail)
        # A name before the @ in another script travels only as UTF-8 (RFC 6532).
        is_ascii = (self.sender.username + reader.username).isascii()
        message = EmailMessage(policy=_POLICY if is_ascii else _POLICY.clone(utf8=True))
        message["From"] = self.sender
        message["To"] = reader
        if self._reply_to:
            message["Reply-To"] = self._reply_to
        message["Subject"] = one_line(subject)[:_LONGEST_SUBJECT]
        message["Date"] = queued_at
        message["Message-ID"] = f"<{quote(mail.mail_id, safe='')}@{self.sender.domain}>"
        # RFC 3834: no holiday answers, please; the second is how Exchange is told.
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(_storable(text))
        message.add_alternative(_storable(html), subtype="html")
        message.set_boundary("=_" + hashlib.sha256(mail.mail_id.encode()).hexdigest()[:32])
        return message

    def _load(self, name: str) -> jinja2.Template:
        try:
            return self._environment.get_template(name)
        except jinja2.TemplateNotFound as missing:
            raise TemplateError(
                "the template is missing.",
                subject=str(self._folder / (missing.name or name)),
                remedy="Put it back; the shipped templates hold one of that name.",
            ) from missing
        except jinja2.TemplateSyntaxError as broken:
            raise TemplateError(
                f"{broken.message}.",
                subject=f"{self._folder / (broken.name or name)} line {broken.lineno}",
                remedy="Mend the template.",
            ) from broken

    def _fill(self, name: str, part: str, mail: Mail) -> str:
        template = self._templates[name, part]
        try:
            return template.render(mail=mail, sender=self.sender)
        except (jinja2.TemplateError, *_MISUSE) as broken:
            line = _line_of(broken.__traceback__, str(self._folder))
            known = ", ".join(f"mail.{each.name}" for each in fields(mail))
            raise TemplateError(
                f"{broken}.",
                subject=f"{self._folder / (template.name or name)}{line}",
                remedy=f"What this mail knows: {known}, sender.",
            ) from broken


def one_line(text: str) -> str:
    """What was typed as one line of characters that show: no breaks, controls or direction marks.

    Format characters inside words (the joiners of emoji and of some scripts) stay.
    """
    seen = _TURNS.sub("", text)
    spaced = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in seen)
    return _storable(" ".join(spaced.split()))


def _storable(text: str) -> str:
    """The text with halves of broken surrogate pairs, which no charset can carry, as `?`."""
    return text.encode("utf-8", "replace").decode()


def _plain_value(value: object) -> object:
    """What a template prints: text in one line; a number, or text already escaped, as it is."""
    return one_line(value) if type(value) is str else value


def _line_of(trace: TracebackType | None, folder: str) -> str:
    """Where in a template it happened, as " line 7"; the innermost place, "" where unknown."""
    line = ""
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(folder):
            line = f" line {trace.tb_lineno}"
        trace = trace.tb_next
    return line


def _configured(text: str, key: str) -> Address:
    name, address = parseaddr(text)
    try:
        return _address(name, address)
    except ValueError as wrong:
        raise ConfigError(
            f"{text!r} is no mail address.",
            subject=f"mail.{key}",
            remedy='Write it as "Purchasing <purchasing@example.com>".',
        ) from wrong


def _recipient(mail: Mail) -> Address:
    try:
        return _address(mail.recipient_name, mail.to)
    except ValueError as wrong:
        raise MailRefused(
            f"{one_line(mail.to)!r} is no mail address.",
            subject=mail.mail_id,
            remedy="Write one address, such as orders@example.com, beside the name in the sheet.",
        ) from wrong


def _address(name: str, address: str) -> Address:
    """An address as it travels: the domain in ASCII (IDNA), the name in one line.

    Raises:
        ValueError: It is not one address.
    """
    user, _, domain = address.strip().rpartition("@")
    if not (address.isprintable() and _USER.fullmatch(user) and _DOMAIN.fullmatch(domain)):
        raise ValueError(address)
    travelling = domain.encode("idna")
    # The codec is that of IDNA 2003, where ß becomes ss: another domain, other people.
    if travelling.decode("idna").lower() != unicodedata.normalize("NFC", domain).lower():
        raise ValueError(address)
    return Address(one_line(name), user, travelling.decode("ascii"))
