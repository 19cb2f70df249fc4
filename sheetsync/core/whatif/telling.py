"""What would happen, in words: the first sentence answers the question, tables say more.

Never: counts what `difference` did not find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sheetsync.core.findings import Finding
from sheetsync.core.lifecycle.approval import Request
from sheetsync.core.model import Move
from sheetsync.core.whatif.difference import BillChange, Difference
from sheetsync.core.whatif.outlook import StandingHold
from sheetsync.core.wording import shown_amount

MOST = 20
"""So many of one kind are told; the rest is counted."""

Money = tuple[Decimal, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading with rows below it; the first row names the columns. `lines` stand alone."""

    title: str
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


def first_sentence(found: Difference) -> str:
    """What happens if somebody does this."""
    if found.is_none:
        return (
            "Nothing would change: as things stand, these rules decide exactly as the ones in "
            "force."
        )
    said = [f"With these rules {_holds(found)}", _payable(found.bills)]
    beside = [
        counted(len(found.warnings_come) + len(found.warnings_go), "warning"),
        counted(len(found.moves_come) + len(found.moves_go), "move"),
        counted(len(found.requests_come) + len(found.requests_go), "question for approval"),
        counted(len(found.findings_come) + len(found.findings_go), "other finding"),
    ]
    differs = listing(part for part in beside if part)
    text = ": ".join(part for part in said if part) + "."
    if differs:
        text += f" Beside that {differs} would differ."
    if found.still_come:
        text += f" {listing(found.still_come)} would stand still until somebody has looked."
    return text


def _holds(found: Difference) -> str:
    go, come = len(found.go), len(found.come)
    if not go and not come:
        return "no hold would come or go"
    if go and come:
        return f"{counted(go, 'hold')} would go and {come} would come"
    return f"{counted(go or come, 'hold')} would {'go' if go else 'come'}, and none would " + (
        "come" if go else "go"
    )


def _payable(bills: Sequence[BillChange]) -> str:
    more = [each for each in bills if each.more > 0]
    less = [each for each in bills if each.more < 0]
    said = [
        f"{sums((abs(b.more), b.now.currency) for b in changed)} {word} could be paid "
        f"({counted(len(changed), 'invoice')})"
        for word, changed in (("more", more), ("less", less))
        if changed
    ]
    if not said:
        return "what can be paid stays the same" if not bills else ""
    return " and ".join(said)


def parts(found: Difference) -> Iterator[Part]:
    """All that would differ, the holds first."""
    if found.go or found.come:
        yield Part(title="Holds by code", rows=by_code(found.go, found.come))
        yield Part(title="Holds by supplier", rows=_by_supplier(found))
    for title, holds in (
        ("Holds that would go", found.go),
        ("Holds that would come", found.come),
        ("Warnings that would go", found.warnings_go),
        ("Warnings that would come", found.warnings_come),
    ):
        if holds:
            yield Part(title=title, lines=cut(map(_hold, holds), len(holds)))
    for title, lines in (
        ("Moves that would happen now", [_move(each) for each in found.moves_come]),
        ("Moves that would not happen now", [_move(each) for each in found.moves_go]),
        ("Who would be asked for a yes", [_request(each) for each in found.requests_come]),
        ("Who would not be asked any more", [_request(each) for each in found.requests_go]),
        ("Other findings that would come", [_finding(each) for each in found.findings_come]),
        ("Other findings that would go", [_finding(each) for each in found.findings_go]),
        ("Tabs that would stand still", list(found.still_come)),
        ("Tabs that would go on", list(found.still_go)),
    ):
        if lines:
            yield Part(title=title, lines=cut(lines, len(lines)))


def by_code(
    go: Iterable[StandingHold],
    come: Iterable[StandingHold],
    heads: tuple[str, str] = ("Would go", "Would come"),
) -> tuple[tuple[str, ...], ...]:
    """How many of each code would go and come, and what they bill."""
    gone, came = tuple(go), tuple(come)
    head = ("Code", heads[0], "Billed", heads[1], "Billed", "Meaning")
    codes = {hold.code: hold.meaning for hold in (*gone, *came)}
    rows = [
        (code, *_tally(gone, "code", code), *_tally(came, "code", code), codes[code])
        for code in sorted(codes)
    ]
    return (head, *rows)


def _tally(holds: Iterable[StandingHold], name: str, value: str) -> tuple[str, str]:
    found = [hold for hold in holds if getattr(hold, name) == value]
    if not found:
        return ("", "")
    return (str(len(found)), sums((hold.amount, hold.currency) for hold in found))


def _by_supplier(found: Difference) -> tuple[tuple[str, ...], ...]:
    head = (
        "Supplier",
        "Would go",
        "Billed",
        "Would come",
        "Billed",
        "More payable",
        "Less payable",
    )
    names = {hold.supplier for hold in (*found.go, *found.come)}
    names |= {each.now.supplier for each in found.bills}
    rows = []
    for name in sorted(names):
        bills = [each for each in found.bills if each.now.supplier == name]
        more = sums((b.more, b.now.currency) for b in bills if b.more > 0)
        less = sums((-b.more, b.now.currency) for b in bills if b.more < 0)
        tallies = (*_tally(found.go, "supplier", name), *_tally(found.come, "supplier", name))
        rows.append((name, *tallies, more, less))
    return (head, *rows)


def _hold(hold: StandingHold) -> str:
    amount = shown_amount(hold.amount, hold.currency)
    return f"{hold.document} ({amount}), {hold.code}: {hold.sentence}"


def _move(move: Move) -> str:
    return f"{move.key}: {move.from_status} to {move.to_status} ({move.because})"


def _request(asked: Request) -> str:
    total = shown_amount(asked.total, asked.currency)
    return f"{asked.po_number} version {asked.version} ({total}): {asked.approver}, as {asked.tier}"


def _finding(finding: Finding) -> str:
    return f"{finding.code} {finding.document or finding.tab}: {finding.message}"


def cut(lines: Iterable[str], count: int) -> tuple[str, ...]:
    """The first of them, the rest counted."""
    shown = tuple(line for line, _ in zip(lines, range(MOST), strict=False))
    return shown if count <= MOST else (*shown, f"and {count - MOST} more (--json tells all)")


def counted(number: int, noun: str) -> str:
    """So many of them; "" for none."""
    if not number:
        return ""
    return f"1 {noun}" if number == 1 else f"{number} {_plural(noun)}"


def _plural(noun: str) -> str:
    return noun.replace("question", "questions") if noun.startswith("question") else f"{noun}s"


def sums(amounts: Iterable[Money]) -> str:
    """Amounts added up, each currency for itself."""
    found: dict[str, Decimal] = {}
    for amount, currency in amounts:
        found[currency] = found.get(currency, Decimal(0)) + amount
    return listing(shown_amount(found[currency], currency) for currency in sorted(found))


def listing(words: Iterable[str]) -> str:
    """Words with commas and an and."""
    *rest, last = [*words] or [""]
    return f"{', '.join(rest)} and {last}" if rest else last
