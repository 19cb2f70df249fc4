"""Mails as messages: what typed text can and cannot do to them, and what a broken template says."""

from __future__ import annotations

import shutil
from email import message_from_bytes, policy

import mail_examples
import pytest
from mail_examples import QUEUED_AT, mail_line, order_mail

from sheetsync.errors import ConfigError, MailRefused, TemplateError


def rendered(mail, **said):
    """The message as it is read again from its bytes."""
    message = mail_examples.renderer(**said).render(mail, QUEUED_AT)
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def text_of(message):
    return message.get_body(("plain",)).get_content()


def html_of(message):
    return message.get_body(("html",)).get_content()


def test_a_mail_says_who_to_whom_when_and_that_it_is_a_machine():
    message = rendered(order_mail(), reply_to="anna@acme.example")

    assert message["From"] == "Acme Purchasing <purchasing@acme.example>"
    assert message["To"] == "Nordic Bolts AB <orders@nordic.example>"
    assert message["Reply-To"] == "anna@acme.example"
    assert message["Subject"] == "Purchase order PO-1042: please answer"
    assert message["Date"].datetime == QUEUED_AT
    assert message["Message-ID"] == "<M-order-1042-1@acme.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}


def test_the_same_mail_gives_the_same_bytes():
    first, second = (
        mail_examples.renderer().render(order_mail(), QUEUED_AT).as_bytes() for _ in range(2)
    )
    assert first == second


def test_a_long_mail_id_stays_one_message_id():
    mail_id = "M-" + "a1b2c3d4" * 12
    assert rendered(order_mail(mail_id=mail_id))["Message-ID"] == f"<{mail_id}@acme.example>"


def test_every_byte_is_ascii_however_people_write():
    mail = order_mail(recipient_name="مورّد 🚚 Größe", po_number="订单-7")
    message = mail_examples.renderer().render(mail, QUEUED_AT)

    assert message.as_bytes().isascii()
    again = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert again["To"].addresses[0].display_name == "مورّد 🚚 Größe"
    assert again["Subject"] == "Purchase order 订单-7: please answer"
    assert "مورّد 🚚 Größe" in text_of(again)


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_nothing_typed_adds_a_header_or_a_recipient(breaks):
    typed = f"Nordic{breaks}Bcc: thief@evil.example{breaks}{breaks}Hello"
    message = rendered(order_mail(recipient_name=typed, po_number=typed))

    assert message["Bcc"] is None
    assert [each.addr_spec for each in message["To"].addresses] == ["orders@nordic.example"]
    assert message["Subject"].startswith("Purchase order Nordic Bcc: thief@evil.example Hello")


def test_nothing_typed_adds_a_line_to_the_text():
    mail = order_mail(lines=(mail_line(description="Bolt\n\nNew bank account: DE00\r\n"),))

    text = text_of(rendered(mail))

    assert "Bolt New bank account: DE00" in text
    assert not any(line.startswith("New bank") for line in text.splitlines())


def test_nothing_typed_becomes_html():
    mail = order_mail(
        recipient_name='"><img src=x onerror=alert(1)>',
        requester="<b>me</b> & co",
        lines=(mail_line(item="<script>", description="{{ sender }}"),),
    )

    html = html_of(rendered(mail))

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;b&gt;me&lt;/b&gt; &amp; co" in html
    assert "{{ sender }}" in html
    assert "{{ sender }}, " not in html
    assert '"><img src=x onerror=alert(1)>' in text_of(rendered(mail))


def test_no_name_turns_round_what_follows():
    mail = order_mail(recipient_name="\u202egro.evil\u202c", po_number="\u2066PO-1\u2069")

    message = rendered(mail)

    assert message["To"].addresses[0].display_name == "gro.evil"
    assert message["Subject"] == "Purchase order PO-1: please answer"
    assert not set(text_of(message)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_half_a_character_does_not_stop_a_mail():
    """A broken surrogate pair can come out of a JSON document and has no UTF-8."""
    assert "Bolt ?" in text_of(rendered(order_mail(lines=(mail_line(description="Bolt \ud83d"),))))


def test_an_endless_subject_is_cut():
    assert len(rendered(order_mail(po_number="9" * 5000))["Subject"]) == 200


def test_a_changed_order_says_so_first():
    message = rendered(order_mail(version=3))

    assert message["Subject"] == "Changed order PO-1042, version 3: please answer"
    assert "takes the place of every earlier one" in text_of(message)
    assert "takes the place of every earlier one" in html_of(message)
    assert "takes the place" not in text_of(rendered(order_mail()))


def test_the_html_loads_nothing_from_elsewhere():
    html = html_of(rendered(order_mail()))
    assert not any(word in html for word in ("http:", "https:", "src=", "<link", "<script", "url("))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "orders",
        "@nordic.example",
        "orders@",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "a@@b.example",
        "Anna <a@b.example>",
        "a b@c.example",
        "a@b..example",
        ".a@b.example",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@b\u200b.example",
        "a\u200b@b.example",
        "a@größe.example",
        "a@" + "x" * 70 + ".example",
    ],
)
def test_what_is_no_address_is_refused_with_the_words_typed(typed):
    with pytest.raises(MailRefused, match="is no mail address") as told:
        mail_examples.renderer().render(order_mail(to=typed), QUEUED_AT)
    assert "orders@example.com" in told.value.remedy


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" orders@nordic.example ", "orders@nordic.example"),
        ("o'brien+po@sub.nordic.example", "o'brien+po@sub.nordic.example"),
        ("Orders@MÜLLER.example", "Orders@xn--mller-kva.example"),
        ("orders@Nordic.example", "orders@Nordic.example"),
        ("orders@localhost", "orders@localhost"),
    ],
)
def test_addresses_as_they_travel(typed, meant):
    assert rendered(order_mail(to=typed))["To"].addresses[0].addr_spec == meant


@pytest.mark.parametrize("key", ["sender", "reply_to"])
def test_a_configured_address_that_is_none_stops_at_the_start(key):
    with pytest.raises(ConfigError, match=rf"mail\.{key}: 'Purchasing' is no mail address"):
        mail_examples.renderer(**{key: "Purchasing"})


# -- broken templates ------------------------------------------------------------------------------


@pytest.fixture
def templates(tmp_path):
    return shutil.copytree(mail_examples.TEMPLATES, tmp_path / "templates")


def test_a_name_that_no_mail_has_is_told_with_template_and_line(templates):
    (templates / "order_supplier.txt.j2").write_text("Hello\n\n{{ mail.totl }}\n")

    with pytest.raises(TemplateError) as told:
        rendered(order_mail(), templates=templates)

    assert str(told.value).startswith(f"{templates / 'order_supplier.txt.j2'} line 3: ")
    assert "'totl'" in str(told.value)
    assert "mail.total" in told.value.remedy


def test_a_name_that_nobody_knows_is_told_too(templates):
    (templates / "order_supplier.subject.j2").write_text("{{ ordr.po_number }}")

    with pytest.raises(TemplateError, match=r"subject\.j2 line 1: 'ordr' is undefined"):
        rendered(order_mail(), templates=templates)


def test_a_value_used_as_what_it_is_not_is_the_template_s_fault(templates):
    (templates / "order_supplier.html.j2").write_text("<p>\n{{ mail.total + 1 }}")

    with pytest.raises(TemplateError, match=r"html\.j2 line 2"):
        rendered(order_mail(), templates=templates)


def test_a_template_that_does_not_parse_stops_at_the_start(templates):
    (templates / "digest_buyer.txt.j2").write_text("{% if mail %}\n{% endfor %}\n")

    with pytest.raises(TemplateError, match=r"digest_buyer\.txt\.j2 line 2"):
        mail_examples.renderer(templates=templates)


def test_a_missing_template_stops_at_the_start(templates):
    (templates / "order_supplier.html.j2").unlink()

    with pytest.raises(TemplateError, match=r"order_supplier\.html\.j2: the template is missing"):
        mail_examples.renderer(templates=templates)
