"""What would have happened, in words: the holds of the past under other rules.

Never: guesses what people would have done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sheetsync.core.reading import show_date
from sheetsync.core.whatif.outlook import StandingHold
from sheetsync.core.whatif.replay import OtherTiers, Replay, Span
from sheetsync.core.whatif.telling import Part, by_code, counted, cut, listing, sums

HEADS = ("Would not have come", "Would have come")


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """What would have been otherwise: whole holds, and those that would have lasted otherwise."""

    never: tuple[StandingHold, ...]
    new: tuple[StandingHold, ...]
    otherwise: tuple[StandingHold, ...]

    @property
    def is_none(self) -> bool:
        """Whether nothing would."""
        return not (self.never or self.new or self.otherwise)


def otherwise(replayed: Replay) -> Otherwise:
    """Each hold that came under one of the rules only, or at other times."""
    now, then = replayed.spans("now"), replayed.spans("then")
    both = [key for key in now if key in then]
    return Otherwise(
        never=tuple(spans[0].held for key, spans in now.items() if key not in then),
        new=tuple(spans[0].held for key, spans in then.items() if key not in now),
        otherwise=tuple(now[key][0].held for key in both if _times(now[key]) != _times(then[key])),
    )


def _times(spans: Iterable[Span]) -> list[tuple[datetime | None, datetime | None]]:
    return [(span.came, span.went) for span in spans]


def first_sentence_of_past(replayed: Replay, zone: ZoneInfo) -> str:
    """What would have happened if these rules had been in force since then."""
    found = otherwise(replayed)
    since = f"Since {show_date(replayed.since.astimezone(zone).date())}"
    all_now = counted(len(replayed.spans("now")), "hold") or "no hold"
    asked = counted(len(replayed.tiers), "order")
    tiers = f" {asked} would have been asked other tiers for a yes." if asked else ""
    if found.is_none:
        return f"{since} no hold would have been otherwise ({all_now} stood).{tiers}"
    said = [
        f"{len(found.never)} of {all_now} would not have come" if found.never else "",
        f"{counted(len(found.new), 'other')} would have come" if found.new else "",
        f"{len(found.otherwise)} would have lasted otherwise" if found.otherwise else "",
    ]
    free, stopped = _bills(replayed.now), _bills(replayed.then)
    less = [held for key, held in free.items() if key not in stopped]
    more = [held for key, held in stopped.items() if key not in free]
    bills = [
        f"{counted(len(less), 'invoice')} would not have waited ({_money(less)})" if less else "",
        f"{counted(len(more), 'invoice')} more would have ({_money(more)})" if more else "",
    ]
    text = f"{since} {listing(part for part in said if part)}"
    waited = listing(part for part in bills if part)
    return f"{text}{': ' + waited if waited else ''}.{tiers}"


def _bills(spans: Iterable[Span]) -> dict[str, StandingHold]:
    """The invoices that waited, each by its largest held amount."""
    found: dict[str, StandingHold] = {}
    for span in spans:
        key, known = span.held.hold.invoice_id, found.get(span.held.hold.invoice_id)
        if known is None or span.held.amount > known.amount:
            found[key] = span.held
    return found


def _money(holds: Iterable[StandingHold]) -> str:
    return sums((hold.amount, hold.currency) for hold in holds)


def told_by(replayed: Replay, zone: ZoneInfo) -> str:
    """On what it all rests."""
    moments = counted(replayed.moments, "moment") or "no moment"
    text = (
        f"Told by the change history alone, at {moments} of it; what people did is taken as done."
    )
    if replayed.began is not None and replayed.began > replayed.since:
        text += f" It begins on {_time(replayed.began, zone)}."
    return text


def parts_of_past(replayed: Replay, zone: ZoneInfo) -> Iterator[Part]:
    """By code, then each invoice whose holds would have come and gone otherwise."""
    found = otherwise(replayed)
    if found.never or found.new:
        yield Part(title="Holds by code", rows=by_code(found.never, found.new, HEADS))
    changed = {each.hold.invoice_id for each in (*found.never, *found.new, *found.otherwise)}
    lines = [
        line
        for document, name in sorted(_names(replayed).items())
        if document in changed
        for line in _invoice(document, name, replayed, zone)
    ]
    if lines:
        yield Part(title="Invoices whose holds would have come and gone otherwise", lines=(*lines,))
    if replayed.tiers:
        told = [_other_tiers(each, zone) for each in replayed.tiers]
        title = "Orders that would have been asked other tiers for a yes"
        yield Part(title=title, lines=cut(told, len(told)))


def _names(replayed: Replay) -> dict[str, str]:
    found: dict[str, str] = {}
    for span in (*replayed.now, *replayed.then):
        held = span.held
        kind = "credit note" if held.type == "credit_note" else "invoice"
        found[held.hold.invoice_id] = f"{kind} {held.invoice_number} of {held.supplier}"
    return found


def _invoice(document: str, name: str, replayed: Replay, zone: ZoneInfo) -> Iterator[str]:
    yield name
    for title, spans in (("in force", replayed.now), ("with these", replayed.then)):
        mine = defaultdict(list)
        for span in spans:
            if span.held.hold.invoice_id == document:
                mine[span.held.key].append(span)
        if not mine:
            yield f"  {title}: no hold"
        for held in mine.values():
            times = listing(_span(span, replayed, zone) for span in held)
            line = f" line {held[0].held.hold.line_no}" if held[0].held.hold.line_no else ""
            amount = sums([(held[0].held.amount, held[0].held.currency)])
            yield f"  {title}: {held[0].held.code}{line} ({amount}) {times}"


def _span(span: Span, replayed: Replay, zone: ZoneInfo) -> str:
    came = span.came or replayed.since
    went = span.went or replayed.until
    begun = "from before" if span.came is None else f"from {_time(came, zone)}"
    ended = "and still" if span.went is None else f"to {_time(went, zone)}"
    return f"{begun} {ended} ({lasted(went - came)})"


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def lasted(time: timedelta) -> str:
    """How long, in days and hours."""
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _other_tiers(each: OtherTiers, zone: ZoneInfo) -> str:
    now, then = (listing(tiers) or "nobody" for tiers in (each.now, each.then))
    return f"{each.po_number} of {each.supplier}, {_time(each.at, zone)}: {then} instead of {now}"
