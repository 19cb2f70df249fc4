"""Who is told what, once: when a digest is due, for whom, in which order, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sheetsync.core.findings import Code, Finding, MoneyAtRisk, Severity
from sheetsync.core.model import HUB, OpenFinding, Person, RowRef, Source, TabAddress, Told
from sheetsync.core.planning.digest import digest, severity_of
from sheetsync.core.rulebook import DigestRules

NOW = datetime(2026, 4, 3, 8, 0, tzinfo=UTC)
INVOICES = TabAddress(HUB, "Invoices")
RULES = DigestRules(
    severity={"invalid-value": Severity.ERROR, "over-receipt": Severity.WARNING},
    hours_between=4,
    notice_hours=24,
)
BUYER = "buyer@acme.example"


def person(name, email):
    where = Source(TabAddress(HUB, "People"), 2)
    return Person(source=where, ref=RowRef(key=(name,)), person=name, name=name, email=email)


PEOPLE = {
    "Anna": person("Anna", " anna@acme.example "),
    "Ben": person("Ben", "ben@acme.example"),
    "Cem": person("Cem", None),
    "Dora": person("Dora", "ask me"),
}


def finding(document, amount=None, *, currency="EUR", **said):
    usual = {
        "code": Code.OVER_RECEIPT,
        "tab": INVOICES,
        "source": Source(INVOICES, 14),
        "document": document,
        "message": "Received 60, ordered 50.",
        "rule": "matching.over_receipt.pct_upper",
        "owner": "Anna",
        "risk": MoneyAtRisk(amount=Decimal(amount), currency=currency) if amount else None,
    }
    return Finding(**{**usual, **said})


def error(document, amount=None, **said):
    return finding(document, amount, code=Code.INVALID_VALUE, **said)


class Desk:
    """Cycles one after the other, as the worker would remember them."""

    def __init__(self):
        self.now = NOW
        self.told = {}
        self.since = {}

    def cycle(self, *findings, kept=(), hours=0):
        self.now += timedelta(hours=hours)
        ids = {each.finding_id for each in findings}
        self.since = {each: self.since.get(each, self.now) for each in ids}
        opened = {
            each.finding_id: OpenFinding(
                finding_id=each.finding_id,
                code=each.code,
                message=each.message,
                opened_at=self.since[each.finding_id],
            )
            for each in findings
        }
        opened |= {notice.finding_id: notice for notice in kept}
        mails, delta = digest(findings, opened, self.told, PEOPLE, RULES, self.now, fallback=BUYER)
        self.told |= delta
        return mails


def shown(mails):
    """Who was written to, and each line's state and document."""
    return {mail.to: [(line.state, line.document) for line in mail.lines] for mail in mails}


# -- severity --------------------------------------------------------------------------------------


def test_severity_is_the_rules_and_what_they_do_not_list_is_an_error():
    assert severity_of(finding("PO-1/1"), RULES) is Severity.WARNING
    assert severity_of(finding("PO-1/1", code=Code.TAB_MISSING), RULES) is Severity.ERROR


# -- for whom --------------------------------------------------------------------------------------


def test_each_owner_reads_their_own_findings():
    mails = Desk().cycle(finding("PO-1/1"), finding("PO-2/1", owner="Ben"))

    assert shown(mails) == {
        "anna@acme.example": [("new", "PO-1/1")],
        "ben@acme.example": [("new", "PO-2/1")],
    }
    assert [mail.recipient_name for mail in mails] == ["Anna", "Ben"]


@pytest.mark.parametrize("owner", [None, "Cem", "Dora", "Nobody"])
def test_a_finding_without_an_address_goes_to_the_buyers(owner):
    """No owner, an owner without address, with words for one, or unknown in People."""
    mails = Desk().cycle(finding("PO-1/1", owner=owner))

    assert shown(mails) == {BUYER: [("new", "PO-1/1")]}
    assert mails[0].recipient_name == ""


def test_nothing_to_tell_is_no_mail():
    assert Desk().cycle() == ()


# -- when ------------------------------------------------------------------------------------------


def test_what_was_told_is_not_told_again():
    desk = Desk()
    assert desk.cycle(finding("PO-1/1"))
    assert desk.cycle(finding("PO-1/1")) == ()
    assert desk.cycle(finding("PO-1/1"), hours=100) == ()


def test_a_new_warning_waits_and_then_comes_with_what_still_stands():
    desk = Desk()
    desk.cycle(finding("PO-1/1"))

    assert desk.cycle(finding("PO-1/1"), finding("PO-2/1"), hours=3.9) == ()
    mails = desk.cycle(finding("PO-1/1"), finding("PO-2/1"), hours=0.1)

    assert shown(mails) == {"anna@acme.example": [("new", "PO-2/1"), ("open", "PO-1/1")]}


def test_a_new_error_does_not_wait():
    desk = Desk()
    desk.cycle(finding("PO-1/1"))

    mails = desk.cycle(finding("PO-1/1"), error("PO-2/1"), hours=0.1)

    assert shown(mails) == {"anna@acme.example": [("new", "PO-2/1"), ("open", "PO-1/1")]}


def test_an_error_of_one_reader_does_not_hurry_another():
    desk = Desk()
    desk.cycle(finding("PO-1/1"), finding("PO-3/1", owner="Ben"))

    mails = desk.cycle(finding("PO-1/1"), error("PO-2/1"), finding("PO-4/1", owner="Ben"), hours=1)

    assert [mail.to for mail in mails] == ["anna@acme.example"]


def test_an_error_that_comes_and_goes_waits_its_turn():
    desk = Desk()
    desk.cycle(error("PO-1/1"))
    assert desk.cycle(hours=0.1) == ()
    assert desk.cycle(error("PO-1/1"), hours=0.1) == ()

    mails = desk.cycle(error("PO-1/1"), hours=4)

    assert shown(mails) == {"anna@acme.example": [("new", "PO-1/1")]}


def test_a_warning_that_comes_back_after_weeks_is_new_again():
    desk = Desk()
    desk.cycle(finding("PO-1/1"))
    assert desk.cycle(hours=24) == ()

    assert shown(desk.cycle(finding("PO-1/1"), hours=500)) == {
        "anna@acme.example": [("new", "PO-1/1")]
    }


# -- closing ---------------------------------------------------------------------------------------


def test_what_closed_is_named_in_the_next_digest():
    desk = Desk()
    desk.cycle(finding("PO-1/1"), finding("PO-2/1"))

    mails = desk.cycle(finding("PO-2/1"), finding("PO-3/1"), hours=5)

    assert shown(mails) == {
        "anna@acme.example": [("new", "PO-3/1"), ("open", "PO-2/1"), ("closed", "PO-1/1")]
    }
    assert [line.code for line in mails[0].lines] == ["over-receipt"] * 3


def test_what_closed_on_a_whole_tab_is_named_by_the_tab():
    desk = Desk()
    desk.cycle(error("", source=None))

    mails = desk.cycle(hours=5)

    assert shown(mails) == {"anna@acme.example": [("closed", "Invoices")]}


def test_who_was_told_of_an_error_hears_once_that_all_is_closed():
    desk = Desk()
    desk.cycle(error("PO-1/1"), finding("PO-2/1"))

    assert desk.cycle(hours=1) == ()
    mails = desk.cycle(hours=3)

    assert shown(mails) == {"anna@acme.example": [("closed", "PO-1/1"), ("closed", "PO-2/1")]}
    assert mails[0].summary == "Nothing needs you any more: all is closed"
    assert desk.cycle(hours=100) == ()


def test_who_was_told_of_warnings_only_hears_nothing_of_their_end():
    desk = Desk()
    desk.cycle(finding("PO-1/1"))
    assert desk.cycle(hours=100) == ()


def test_what_stands_for_somebody_else_now_is_not_called_closed():
    desk = Desk()
    desk.cycle(error("PO-1/1"))

    mails = desk.cycle(error("PO-1/1", owner="Ben"), hours=10)

    assert shown(mails) == {"ben@acme.example": [("new", "PO-1/1")]}


def test_told_without_codes_says_nothing_of_closing():
    """What a store remembered before codes were kept."""
    desk = Desk()
    desk.told = {"anna@acme.example": Told(at=NOW, finding_ids=frozenset({"F-1"}))}
    assert desk.cycle(hours=10) == ()


# -- notices ---------------------------------------------------------------------------------------


def notice(**said):
    usual = {
        "finding_id": "F-kept",
        "code": Code.LOCKED_FIELD_EDITED,
        "message": "Price put back to 12.00.",
        "opened_at": NOW,
        "keep_until": NOW + timedelta(hours=24),
        "tab": TabAddress(HUB, "Order lines"),
        "document": "PO-9/1",
        "owner": "Ben",
        "at_risk": Decimal(500),
        "currency": "SEK",
    }
    return OpenFinding(**{**usual, **said})


def test_a_kept_notice_reaches_its_owner_after_its_cause_was_mended():
    (mail,) = Desk().cycle(kept=[notice()])

    assert mail.to == "ben@acme.example"
    (line,) = mail.lines
    assert (line.document, line.place, line.at_risk) == ("PO-9/1", "Order lines", "500.00 SEK")


def test_a_notice_without_owner_place_or_money_is_told_all_the_same():
    (mail,) = Desk().cycle(kept=[notice(owner=None, tab=None, at_risk=None)])

    assert mail.to == BUYER
    assert (mail.lines[0].place, mail.lines[0].at_risk) == ("", "")


# -- order and words -------------------------------------------------------------------------------


def test_the_most_money_comes_first_then_the_oldest():
    desk = Desk()
    desk.cycle(finding("PO-5/1", owner="Ben"))
    old = finding("PO-5/1")

    mails = desk.cycle(
        finding("PO-4/1"),
        finding("PO-3/1", "10"),
        old,
        finding("PO-2/1", "900", currency="JPY"),
        finding("PO-1/1", "10.01"),
        hours=1,
    )

    assert [line.document for line in mails[0].lines] == [
        "PO-2/1",
        "PO-1/1",
        "PO-3/1",
        "PO-5/1",
        "PO-4/1",
    ]


def test_a_line_says_all_that_is_needed_to_act():
    desk = Desk()
    desk.cycle(finding("PO-1/1", "4210", owner="Ben"))

    (line,) = desk.cycle(finding("PO-1/1", "4210"), hours=30)[0].lines

    assert line.severity == "warning"
    assert line.code == "over-receipt"
    assert line.place == "Invoices row 14"
    assert line.message == "Received 60, ordered 50."
    assert line.at_risk == "4,210.00 EUR"
    assert line.since == "Fri 3 Apr 2026"


def test_days_are_those_of_the_clock_s_zone():
    opened = {"F-kept": notice(opened_at=datetime(2026, 4, 3, 23, 30, tzinfo=UTC))}
    now = datetime(2026, 4, 5, tzinfo=ZoneInfo("Asia/Tokyo"))
    mails, _ = digest([], opened, {}, PEOPLE, RULES, now, fallback=BUYER)
    assert mails[0].lines[0].since == "Sat 4 Apr 2026"


@pytest.mark.parametrize(
    ("findings", "summary"),
    [
        ([finding("A")], "1 needs you, new"),
        ([finding("A"), finding("B", "3")], "2 need you, all new; 3.00 EUR at risk"),
        ([finding("A", "0.00")], "1 needs you, new"),
        (
            [finding("A", "4000.10"), finding("B", "209.90"), finding("C", "300", currency="USD")],
            "3 need you, all new; 4,210.00 EUR and 300.00 USD at risk",
        ),
        (
            [finding("A", "1"), finding("B", "2", currency="USD")],
            "2 need you, all new; 2.00 USD and 1.00 EUR at risk",
        ),
        (
            [finding(each, "1", currency=each) for each in ("JPY", "KWD", "EUR")],
            "3 need you, all new; 1.00 EUR, 1 JPY and 1.000 KWD at risk",
        ),
    ],
)
def test_the_first_line_sums_up(findings, summary):
    assert Desk().cycle(*findings)[0].summary == summary


def test_the_first_line_tells_new_from_old():
    desk = Desk()
    desk.cycle(finding("A", "10"))
    (mail,) = desk.cycle(finding("A", "10"), error("B"), error("C"))
    assert mail.summary == "3 need you, 2 of them new; 10.00 EUR at risk"


def test_money_of_one_document_is_at_risk_once():
    """Two holds on one invoice endanger the same money; two suppliers' INV-9 do not."""
    mails = Desk().cycle(
        finding("invoice INV-9", "100", supplier="S-1"),
        error("invoice INV-9", "80", supplier="S-1"),
        finding("invoice INV-9", "7", supplier="S-2", field="total"),
    )
    assert mails[0].summary == "3 need you, all new; 107.00 EUR at risk"


# -- the mail's id ---------------------------------------------------------------------------------


def test_the_same_decision_has_the_same_id_and_every_other_digest_another():
    first, again, desk = Desk(), Desk(), Desk()
    again.now += timedelta(minutes=5)
    (one,) = first.cycle(finding("A"))
    (same,) = again.cycle(finding("A"))
    assert one.mail_id == same.mail_id

    (to_ben,) = Desk().cycle(finding("A", owner="Ben"))
    assert to_ben.mail_id != one.mail_id

    ids = {mail.mail_id for mail in desk.cycle(finding("A"), finding("A", owner="Ben", field="x"))}
    ids |= {mail.mail_id for mail in desk.cycle(error("B"), hours=5)}
    ids |= {mail.mail_id for mail in desk.cycle(hours=5)}
    ids |= {mail.mail_id for mail in desk.cycle(error("B"), hours=5)}
    ids |= {mail.mail_id for mail in desk.cycle(hours=5)}
    assert len(ids) == 6


def test_the_order_of_the_findings_does_not_matter():
    some = [finding("A", "1"), error("B"), finding("C", owner="Ben")]
    assert Desk().cycle(*some) == Desk().cycle(*reversed(some))
