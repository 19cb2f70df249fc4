"""Findings into digests: who is told what, once.

One digest gathers what stands for one reader. It is due when something stands that the reader was
not told of; at most every `hours_between` hours, sooner when an error is among it. When all of it
is closed, one last digest says so to a reader who had been told of an error.

Rules: rules/digest.yaml (severity, hours_between). Findings: none of its own.
Never: sends a mail, opens or closes a finding, converts currencies.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sheetsync.core.findings import ABOUT_TABS, Finding, MoneyAtRisk, Severity
from sheetsync.core.model import OpenFinding, Person, Told
from sheetsync.core.money import rounded
from sheetsync.core.plan import DigestLine, DigestMail
from sheetsync.core.reading import show_date
from sheetsync.core.rulebook import DigestRules

NEW, OPEN, CLOSED = "new", "open", "closed"
"""The states of a digest's lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A standing finding as a digest needs it."""

    finding_id: str
    code: str
    severity: Severity
    document: str
    place: str
    message: str
    supplier: str | None
    owner: str | None
    risk: MoneyAtRisk | None
    opened_at: datetime

    @property
    def rank(self) -> tuple[Decimal, datetime, str, str, str]:
        """By amount at risk, whatever its currency, the largest first; then the oldest first."""
        amount = self.risk.amount if self.risk else Decimal(0)
        return (-amount, self.opened_at, self.document, self.code, self.finding_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """One reader: what stands for them, by rank, and what of the last digest is closed."""

    address: str
    name: str
    items: tuple[_Item, ...]
    last: Told | None
    closed: tuple[str, ...]

    def is_new(self, item: _Item) -> bool:
        """Whether the reader was not told of it since it opened."""
        return not self.was_told(item) or (self.last is not None and item.opened_at > self.last.at)

    def was_told(self, item: _Item) -> bool:
        """Whether it stood in the last digest."""
        return self.last is not None and item.finding_id in self.last.finding_ids


def severity_of(finding: Finding | OpenFinding, rules: DigestRules) -> Severity:
    """How much a finding matters; a code that the rules do not list is an error."""
    return _weight(finding.code, rules)


def digest(
    findings: Sequence[Finding],
    opened: Mapping[str, OpenFinding],
    told: Mapping[str, Told],
    people: Mapping[str, Person],
    rules: DigestRules,
    now: datetime,
    *,
    fallback: str,
) -> tuple[tuple[DigestMail, ...], dict[str, Told]]:
    """Write the digests that are due.

    Args:
        findings: What stands at this reading, any order.
        opened: The open findings after this cycle, by id: all of `findings`, and the notices that
            are kept open.
        told: What each reader was last told of, by address.
        people: Who is who, by the name that findings carry as owner.
        rules: When, and how much each code matters.
        now: Days in the mails are counted in its time zone.
        fallback: The address for findings without an owner, or whose owner has no address.

    Returns:
        The digests, by address, and what their readers are now told of: the change of `told`.
    """
    items = _standing(findings, opened, rules, now)
    due = [each for each in _readers(items, told, people, fallback) if _is_due(each, rules, now)]
    mails = tuple(_mail(reader, rules, now) for reader in due)
    return mails, {reader.address: _told(reader.items, now) for reader in due}


def _readers(
    items: Sequence[_Item], told: Mapping[str, Told], people: Mapping[str, Person], fallback: str
) -> list[_Reader]:
    """Everybody for whom something stands or who was ever told of something, by address."""
    of_reader: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        of_reader[_address_of(item.owner, people) or fallback].append(item)
    names = {_address_of(key, people): person.name or "" for key, person in people.items()}
    # What stands for somebody else now is no longer this reader's, but it is not closed.
    standing = {item.finding_id for item in items}
    return [
        _Reader(
            address=address,
            name=names.get(address, ""),
            items=tuple(of_reader.get(address, ())),
            last=told.get(address),
            closed=tuple(sorted(told[address].finding_ids - standing)) if address in told else (),
        )
        for address in sorted(of_reader.keys() | told.keys())
    ]


def _standing(
    findings: Sequence[Finding],
    opened: Mapping[str, OpenFinding],
    rules: DigestRules,
    now: datetime,
) -> list[_Item]:
    """Every open finding once, those of this reading with the row where they stand."""
    seen = {finding.finding_id: finding for finding in findings}
    items = [
        _Item(
            finding_id=finding_id,
            code=finding.code,
            severity=severity_of(finding, rules),
            document=finding.document,
            place=str(finding.source or finding.tab),
            message=finding.message,
            supplier=finding.supplier,
            owner=finding.owner,
            risk=finding.risk if finding.risk and finding.risk.amount else None,
            opened_at=opened[finding_id].opened_at if finding_id in opened else now,
        )
        for finding_id, finding in seen.items()
    ]
    items += [_kept(notice, rules) for notice in opened.values() if notice.finding_id not in seen]
    return sorted(items, key=lambda item: item.rank)


def _kept(notice: OpenFinding, rules: DigestRules) -> _Item:
    """A notice that is kept open although its cause is mended; its row is no longer known."""
    risk = None
    if notice.at_risk and notice.currency:
        risk = MoneyAtRisk(amount=notice.at_risk, currency=notice.currency)
    return _Item(
        finding_id=notice.finding_id,
        code=notice.code,
        severity=severity_of(notice, rules),
        document=notice.document,
        place=str(notice.tab or ""),
        message=notice.message,
        supplier=notice.supplier,
        owner=notice.owner,
        risk=risk,
        opened_at=notice.opened_at,
    )


def _address_of(owner: str | None, people: Mapping[str, Person]) -> str:
    """The owner's address, or "" where none is known."""
    person = people.get(owner) if owner else None
    address = (person.email or "").strip() if person else ""
    return address if "@" in address else ""


def _is_due(reader: _Reader, rules: DigestRules, now: datetime) -> bool:
    """Whether the reader should hear now."""
    if reader.last is None:
        return bool(reader.items)
    has_waited = now - reader.last.at >= timedelta(hours=rules.hours_between)
    if not reader.items:
        return has_waited and any(
            _weight(reader.last.codes[each], rules) is Severity.ERROR
            for each in reader.closed
            if each in reader.last.codes
        )
    is_urgent = any(
        item.severity is Severity.ERROR and _is_news(item, reader) for item in reader.items
    )
    return is_urgent or (has_waited and any(map(reader.is_new, reader.items)))


def _is_news(item: _Item, reader: _Reader) -> bool:
    """Whether an error is told at once.

    One that comes back waits its turn, because a cell that flickers must not mail every time; but
    a tab that stands still again is told again.
    """
    return reader.is_new(item) if item.code in ABOUT_TABS else not reader.was_told(item)


def _weight(code: str, rules: DigestRules) -> Severity:
    return rules.severity.get(code, Severity.ERROR)


def _mail(reader: _Reader, rules: DigestRules, now: datetime) -> DigestMail:
    """The digest: what is new, what still stands, each by rank, and what is closed, in short."""
    fresh = [item for item in reader.items if reader.is_new(item)]
    known = [item for item in reader.items if not reader.is_new(item)]
    return DigestMail(
        mail_id=_mail_id(reader),
        to=reader.address,
        recipient_name=reader.name,
        written_at=now,
        lines=(
            *(_line(NEW, item, now) for item in fresh),
            *(_line(OPEN, item, now) for item in known),
            *_closed_lines(reader, rules),
        ),
        summary=_summary(reader.items, len(fresh)),
    )


def _mail_id(reader: _Reader) -> str:
    """The same for the same decision: from one state of what was told only one digest follows."""
    last = reader.last
    before = (last.at.isoformat(), sorted(last.finding_ids)) if last else ()
    text = repr((reader.address, sorted(item.finding_id for item in reader.items), before))
    return "M-digest-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _line(state: str, item: _Item, now: datetime) -> DigestLine:
    return DigestLine(
        state=state,
        severity=item.severity,
        code=item.code,
        document=item.document,
        place=item.place,
        message=item.message,
        at_risk=_shown(item.risk.amount, item.risk.currency) if item.risk else "",
        since=show_date(item.opened_at.astimezone(now.tzinfo).date()),
    )


def _closed_lines(reader: _Reader, rules: DigestRules) -> list[DigestLine]:
    if reader.last is None:
        return []
    codes, documents = reader.last.codes, reader.last.documents
    closed = sorted((documents.get(each, ""), codes.get(each, "")) for each in reader.closed)
    return [
        DigestLine(
            state=CLOSED,
            severity=_weight(code, rules),
            code=code,
            document=document,
            place="",
            message="",
            at_risk="",
            since="",
        )
        for document, code in closed
    ]


def _summary(items: Sequence[_Item], new: int) -> str:
    """The first line: "3 need you, 2 of them new; 4,210.00 EUR at risk"."""
    if not items:
        return "Nothing needs you any more: all is closed"
    count = f"{len(items)} needs you" if len(items) == 1 else f"{len(items)} need you"
    news = f"{new} of them new"
    if new == len(items):
        news = "new" if new == 1 else "all new"
    amounts = _at_risk(items)
    return f"{count}, {news}" + (f"; {amounts} at risk" if amounts else "")


def _at_risk(items: Sequence[_Item]) -> str:
    """The amounts at risk by currency, the largest first.

    Several findings on one document put the same money at risk, so it counts once.
    """
    once: dict[tuple[str, str | None, str], Decimal] = {}
    for item in items:
        if item.risk:
            key = (item.risk.currency, item.supplier, item.document or item.finding_id)
            once[key] = max(once.get(key, Decimal(0)), item.risk.amount)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for (currency, _, _), amount in once.items():
        totals[currency] += amount
    ranked = sorted(totals.items(), key=lambda total: (-total[1], total[0]))
    *most, final = [_shown(amount, currency) for currency, amount in ranked] or [""]
    return f"{', '.join(most)} and {final}" if most else final


def _shown(amount: Decimal, currency: str) -> str:
    """An amount as people read it in a mail: "4,210.00 EUR"."""
    return f"{rounded(amount, currency):,} {currency}"


def _told(items: Sequence[_Item], now: datetime) -> Told:
    return Told(
        at=now,
        finding_ids=frozenset(item.finding_id for item in items),
        codes={item.finding_id: str(item.code) for item in items},
        # What is about a tab has no document; its closing is told by the tab.
        documents={item.finding_id: item.document or item.place for item in items},
    )
