"""Rendered mails as people get them, kept under tests/golden and compared whole.

To accept a change: delete the file, run the test (it writes the file and fails), look at it.
"""

from __future__ import annotations

from pathlib import Path

import mail_examples
import pytest
from mail_examples import digest_line, digest_mail, mail_line, order_mail, stop_mail

GOLDEN = Path(__file__).parents[1] / "golden"

WARNING = {"severity": "warning", "state": "open", "since": "Mon 30 Mar 2026"}
CLOSED = {"state": "closed", "place": "", "message": "", "at_risk": "", "since": ""}
MAILS = {
    "order": order_mail(
        total="4,210.00",
        lines=(
            mail_line(),
            mail_line(
                line_number="2",
                item="B-77",
                description="Washer <8 mm> & nut, box of 100 🔩",
                quantity="12.5",
                uom="BOX",
                unit_price="55.20",
                amount="690.00",
                need_by="Mon 13 Apr 2026",
            ),
            mail_line(
                line_number="3",
                item="برغي-٩",
                description="لوحة فولاذ 2 مم",
                quantity="25",
                uom="KG",
                unit_price="100.00",
                amount="2,500.00",
                need_by="",
            ),
        ),
    ),
    "order_changed": order_mail(
        version=2, recipient_name="", requester="", lines=(mail_line(description=""),)
    ),
    "digest": digest_mail(
        summary="4 need you, 2 of them new; 4,200.00 EUR and 300.00 USD at risk",
        chain_head="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        lines=(
            digest_line(),
            digest_line(
                code="ambiguous-value",
                document="PO-1042/3",
                place="Nordic Bolts row 9",
                message='Your date "3/4": 3 April or 4 March? Write 2026-04-03.',
                at_risk="",
            ),
            digest_line(
                **WARNING,
                code="proposal-waits",
                document="PO-1040/1",
                place="Order lines row 31",
                message="مورّد الشرق proposes 12.60 USD in place of 12.00 USD. Accept or decline.",
                at_risk="300.00 USD",
            ),
            digest_line(
                **WARNING,
                code="locked-field-edited",
                document="PO-1017/2",
                place="Order lines",
                message="Unit price 9.99 was put back to 12.00, as confirmed.",
                at_risk="200.00 EUR",
            ),
            digest_line(**CLOSED, document="PO-1001/1", code="over-receipt", severity="warning"),
            digest_line(**CLOSED, document="", code="missing-column"),
        ),
    ),
    "digest_closed": digest_mail(
        summary="Nothing needs you any more: all is closed",
        lines=(digest_line(**CLOSED, document="invoice INV-9", code="QTY_RECEIVED"),),
    ),
    "stop": stop_mail(),
    "digest_long": digest_mail(
        summary="23 need you, all new; 92,000.00 EUR at risk",
        lines=tuple(digest_line(document=f"invoice INV-{n}") for n in range(1, 24)),
    ),
}


def parts_of(mail):
    message = mail_examples.renderer().render(mail, mail_examples.QUEUED_AT)
    headers = "".join(f"{name}: {value}\n" for name, value in message.items())
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    return {"txt": f"{headers}\n{text}", "html": html}


@pytest.mark.parametrize("part", ["txt", "html"])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_looks_as_it_was_agreed(name, part):
    rendered = parts_of(MAILS[name])[part].replace("\r\n", "\n")
    golden = GOLDEN / f"{name}.{part}"
    if not golden.exists():
        golden.write_text(rendered, encoding="utf-8")
        pytest.fail(f"{golden.name} was not there; it is now: look at it")
    assert rendered == golden.read_text(encoding="utf-8")


def test_nothing_lies_in_golden_that_no_test_reads():
    known = {f"{name}.{part}" for name in MAILS for part in ("txt", "html")}
    assert {each.name for each in GOLDEN.iterdir()} == known
