"""Which releases count, and what each of them lets pass.

A release counts when it names a document that is here and a person who may release so much: by a
role and the limit on the tab People. What it is worth is its own limit, Up to, in money; for a hold
that measures nothing it is what the line or the document bills. Matching is asked again without
those that are worth too much, until only releases are left that count.

Rules: rules/approval.yaml `release_roles`, `base_currency`, `exchange_rates`.
Findings: release-refused.
Never: decides whether a hold stands; matching does, given the releases that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sheetsync.core.findings import Code, Finding
from sheetsync.core.lifecycle.approval import in_base
from sheetsync.core.matched.naming import Papers, name_of, not_here
from sheetsync.core.matching import (
    Documents,
    Hold,
    HoldCode,
    HoldState,
    LastMatched,
    Matches,
    MatchingRules,
    match,
)
from sheetsync.core.matching.codes import Measure
from sheetsync.core.matching.documents import Invoice, Release
from sheetsync.core.matching.exact import number
from sheetsync.core.matching.sentences import meaning
from sheetsync.core.matching.wording import enough_to_release, plain
from sheetsync.core.model import Person, Records, ReleaseRow, TabKind, Tabs
from sheetsync.core.money import as_decimal
from sheetsync.core.reading import show_number
from sheetsync.core.rulebook import ApprovalRules, Rulebook
from sheetsync.core.wording import shown_amount

NOTHING_STANDS = "nothing: no such hold stands now"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRelease:
    """A row of Releases, and what became of it.

    Args:
        row: The row.
        invoice: The document that it names, where that is one.
        refusal: Why it does not count, in words; "" where it does.
        passed: The holds that it lifts now.
    """

    row: ReleaseRow
    invoice: Invoice | None = None
    refusal: str = ""
    passed: tuple[Hold, ...] = ()

    @property
    def lets_pass(self) -> str:
        """What it lets pass now, in words; "" where it does not count."""
        if self.refusal:
            return ""
        return "; ".join(map(_passed, self.passed)) or NOTHING_STANDS


def match_released(
    documents: Documents,
    records: Records,
    rules: Rulebook,
    limits: MatchingRules,
    as_of: date | None,
    last: LastMatched | None = None,
) -> tuple[Matches, tuple[JudgedRelease, ...]]:
    """Match the documents under the releases that count.

    Args:
        documents: Everything matching looks at, but for the releases.
        records: The rows of Releases, and the people whose they are.
        rules: Who may release, and which levels there are.
        limits: What passes, with the conversions of Items.
        as_of: The last day whose documents count.
        last: What was matched last, so that only what changed is.

    Returns:
        The results, and every readable row of Releases with what became of it.
    """
    papers = Papers(documents.invoices) if records.releases else None
    judged = tuple(
        _judged(row, papers, records.people, rules.approval)
        for row in records.releases
        if papers is not None and _is_whole(row)
    )
    while True:
        given = tuple(_release(each) for each in judged if not each.refusal)
        matches = match(
            replace(documents, releases=given),
            limits,
            as_of=as_of,
            levels=rules.matching_levels,
            last=last,
        )
        weighed = tuple(_weighed(each, matches, records.people, rules.approval) for each in judged)
        if all(each.refusal == was.refusal for each, was in zip(weighed, judged, strict=True)):
            return matches, tuple(_looked_at(each, matches) for each in weighed)
        judged = weighed


def releases_that_count(
    documents: Documents, records: Records, rules: Rulebook, limits: MatchingRules
) -> tuple[Release, ...]:
    """The releases for those who match by themselves, whatever day they look at."""
    _, judged = match_released(documents, records, rules, limits, None)
    return tuple(_release(each) for each in judged if not each.refusal)


def release_findings(judged: Iterable[JudgedRelease], tabs: Tabs) -> Iterator[Finding]:
    """Every release that does not count, with the reason."""
    for each in judged:
        if each.refusal:
            row = each.row
            yield Finding(
                code=Code.RELEASE_REFUSED,
                tab=tabs.of_kind[TabKind.RELEASES],
                ref=row.ref,
                source=row.source,
                document=f"release {row.release} of {row.supplier}",
                message=f"This release lets nothing pass. {each.refusal}",
                rule="approval.release_roles",
                supplier=row.supplier,
            )


def _is_whole(row: ReleaseRow) -> bool:
    """Whether all of it could be read; what is missing or unreadable is told on its cell."""
    said = (row.supplier, row.invoice_number, row.hold, row.reason, row.released_by)
    return not row.unread and all(said)


def _judged(
    row: ReleaseRow, papers: Papers, people: Mapping[str, Person], rules: ApprovalRules
) -> JudgedRelease:
    """What can be told of a release before anything is matched."""
    invoice = papers.named(row.supplier, row.invoice_number)
    if invoice is None:
        return JudgedRelease(row=row, refusal=not_here(row.supplier, row.invoice_number))
    refusal = (
        _not_to_be_lifted(row)
        or _without_the_line(row, invoice)
        or _without_the_right(row, people, rules)
    )
    return JudgedRelease(row=row, invoice=invoice, refusal=refusal)


def _not_to_be_lifted(row: ReleaseRow) -> str:
    if row.hold == HoldCode.DUPLICATE:
        return "A number that is here already is never released; correct the number instead."
    if row.hold == HoldCode.OVERPAID:
        return "Name the hold behind it, which the invoice's Message tells."
    return ""


def _without_the_line(row: ReleaseRow, invoice: Invoice) -> str:
    lines = {line.line_no for line in invoice.lines}
    if row.invoice_line is None or row.invoice_line in lines:
        return ""
    shown = ", ".join(map(str, sorted(lines)))
    return f"{name_of(invoice)} has no line {row.invoice_line}; it has {shown or 'none'}."


def _without_the_right(row: ReleaseRow, people: Mapping[str, Person], rules: ApprovalRules) -> str:
    """Why this person may not release anything at all."""
    person = people.get(row.released_by or "")
    if person is None:
        return f"{row.released_by} (Released by) is not on the tab People."
    roles = " or ".join(rules.release_roles)
    if not person.roles.intersection(rules.release_roles):
        return f"{person.person} needs the role {roles} (People, Roles)."
    if person.release_limit is None:
        return f"{person.person} has no limit yet; an admin fills in Releases up to on People."
    return ""


def _release(each: JudgedRelease) -> Release:
    assert each.invoice is not None  # noqa: S101 - without a document it is refused
    row = each.row
    return Release(
        invoice_id=each.invoice.invoice_id,
        code=row.hold or "",
        line_no=row.invoice_line,
        up_to=row.up_to,
        released_by=row.released_by or "",
        reason=row.reason or "",
    )


def _weighed(
    each: JudgedRelease, matches: Matches, people: Mapping[str, Person], rules: ApprovalRules
) -> JudgedRelease:
    """The release, refused where a hold that it would lift is more than its person may release."""
    person = people.get(each.row.released_by or "")
    if each.refusal or each.invoice is None or person is None:
        return each
    limit = person.release_limit or Decimal(0)
    for hold in _meant(each, matches):
        amount, currency = _worth(hold, each)
        worth = in_base(amount, currency, rules)
        shown = shown_amount(amount, currency)
        if worth is None:
            return replace(each, refusal=_no_rate(shown, currency, rules))
        if worth > limit:
            return replace(
                each,
                refusal=f"It is worth {shown}, and {person.person} may release up to "
                f"{shown_amount(limit, rules.base_currency)} (People, Releases up to). "
                "Somebody with a higher limit releases it, or Up to is made smaller.",
            )
    return each


def _no_rate(shown: str, currency: str, rules: ApprovalRules) -> str:
    return (
        f"It is worth {shown}, and there is no rate from {currency} to {rules.base_currency}. "
        "An admin adds it to rules/approval.yaml, exchange_rates."
    )


def _meant(each: JudgedRelease, matches: Matches) -> tuple[Hold, ...]:
    """The holds that the release speaks of, lifted or not."""
    found = matches.invoices.get(each.invoice.invoice_id) if each.invoice else None
    if found is None or each.invoice is None:
        return ()
    line_no, is_short = each.row.invoice_line, len(each.invoice.lines) == 1
    return tuple(
        hold
        for hold in found.details
        if hold.code == each.row.hold
        and hold.state is not HoldState.WARNED
        and (hold.line_no == line_no or (line_no is None and is_short))
    )


def _worth(hold: Hold, each: JudgedRelease) -> tuple[Decimal, str]:
    """What may pass under the release, in money: by its own limit, or else all that is billed."""
    assert each.invoice is not None  # noqa: S101 - only releases of a document are weighed
    figures, up_to = hold.figures, abs(each.row.up_to or Decimal(0))
    one = (
        {
            Measure.AMOUNT: Decimal(1),
            Measure.QUANTITY: figures.unit_price,
            Measure.UNIT_PRICE: figures.billed_now,
        }.get(hold.measure)
        if hold.measure is not None
        else None
    )
    if one is not None and figures.currency:
        return abs(as_decimal(number(one)) * up_to), figures.currency
    return _billed(each.invoice, hold.line_no), each.invoice.currency


def _billed(invoice: Invoice, line_no: int | None) -> Decimal:
    """What a line bills, or (without a line) all of the document."""
    lines = sum(
        (
            abs(line.amount if line.amount is not None else line.quantity * line.unit_price)
            for line in invoice.lines
            if line_no in {None, line.line_no}
        ),
        Decimal(0),
    )
    if line_no is not None:
        return lines
    others = sum((abs(charge.amount) for charge in invoice.charges), abs(invoice.tax or Decimal(0)))
    return max(lines + others, abs(invoice.total or Decimal(0)))


def _looked_at(each: JudgedRelease, matches: Matches) -> JudgedRelease:
    """The release with what it lifts, or why it lifts nothing although its hold stands."""
    if each.refusal:
        return each
    meant = _meant(each, matches)
    standing = [hold for hold in meant if hold.state is not HoldState.RELEASED]
    if standing:
        return replace(each, refusal=_too_little(each.row, standing[0]))
    elsewhere = () if meant else _on_other_lines(each, matches)
    if elsewhere:
        lines = ", ".join(map(str, elsewhere))
        return replace(each, refusal=f"This hold stands on line {lines}: write it (Invoice line).")
    return replace(each, passed=meant)


def _on_other_lines(each: JudgedRelease, matches: Matches) -> tuple[int, ...]:
    """The lines on which the hold stands, where the release names none of them."""
    found = matches.invoices.get(each.invoice.invoice_id) if each.invoice else None
    lines = {
        hold.line_no
        for hold in (found.details if found else ())
        if hold.code == each.row.hold and hold.state is HoldState.HELD
    }
    return tuple(sorted(line for line in lines if line is not None))


def _too_little(row: ReleaseRow, hold: Hold) -> str:
    needed = plain(enough_to_release(hold))
    if row.up_to is None:
        return f"Up to is empty; the difference is {needed} now."
    return f"Up to says {show_number(row.up_to)}, and the difference is {needed} now."


def _passed(hold: Hold) -> str:
    """One hold that was lifted: "price higher than ordered, line 1: 0.60 EUR"."""
    line = f", line {hold.line_no}" if hold.line_no is not None else ""
    said = meaning(hold.code)
    text = f"{said[:1].lower()}{said[1:]}{line}"
    if hold.measure is None:
        return text
    figures = hold.figures
    unit = figures.uom if hold.measure is Measure.QUANTITY else figures.currency
    return f"{text}: {plain(enough_to_release(hold))} {unit or ''}".rstrip()
