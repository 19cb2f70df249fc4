"""A state store that is not the one that its sheet was last served with.

An older one, restored from a backup, is brought up to what the change history tells; one that was
made for another spreadsheet goes over to a copy of that. Both only when the operator confirms it,
both only as far as the history proves it; anything else stands still, and says what to do.

Never: writes to a sheet, or decides what its cells mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from sheetsync.core.findings import Code
from sheetsync.core.history.chain import NOT_OURS, Journal, compare
from sheetsync.core.history.tab import HistoryReview, as_rows, review
from sheetsync.core.model import Mandate, Snapshot, TabKind, TabReading
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.takeover import Tail, tail_of, take_over
from sheetsync.errors import SafetyStop
from sheetsync.ports import Session
from sheetsync.safety import stop_mail_id

log = structlog.get_logger("sheetsync.catching_up")

ANOTHERS = "another-spreadsheet"
BEHIND = "store-behind"
SEE = "See docs/for-operators.md, `It stands still`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The sheet, what the state store recorded, and the change history of the one against it."""

    snapshot: Snapshot
    journal: Journal
    history: HistoryReview

    @property
    def tab(self) -> TabReading:
        """The change history as the sheet shows it."""
        return self.snapshot.of_kind(TabKind.HISTORY)[0]


def held_against_the_journal(snapshot: Snapshot, session: Session) -> Seen:
    """What the history tab shows, against what the state store recorded."""
    (reading,) = snapshot.of_kind(TabKind.HISTORY)
    ids = reading.fields.index("event_id")
    told = {str(row[ids]) for row in reading.rows if row[ids] is not None}
    baseline, tab = session.baseline(), reading.place.address
    heard = baseline.witnessed
    said = [w for w in snapshot.witnesses if w.tab == tab and w.witness_id not in heard]
    lost = {
        f.field
        for f in baseline.findings.values()
        if f.tab == tab and f.code == Code.MISSING_COLUMN
    }
    journal = session.journal(told)
    history = review(reading, journal, said, frozenset(name for name in lost if name))
    return Seen(snapshot=snapshot, journal=journal, history=history)


def go_over_to_copy(seen: Seen, session: Session, now: datetime) -> None:
    """Make a store that was made for another spreadsheet this one's, if this is a copy of that.

    Raises:
        SafetyStop: The change history does not continue the store's. Nothing was changed.
    """
    other = session.anothers()
    if other is None:
        return
    why = _no_copy(seen.tab, seen.journal)
    if session.interrupted() is not None:
        why = "a worker died in the middle of a cycle there, which must be finished there"
    if why:
        raise SafetyStop(
            (f"this state store belongs to the spreadsheet {other}, and {why}.",),
            remedy="Name this spreadsheet's own database in config.yaml (state). Without one, name "
            f"a new one: it begins empty and takes the statuses from the sheet. {SEE}",
            cause=ANOTHERS,
        )
    session.bind(now)
    log.warning("the state store goes over to this spreadsheet", was=other)


def _no_copy(reading: TabReading, journal: Journal) -> str:
    """Why the tab does not continue the journal; "" where it does."""
    if not journal.rows:
        return "it knows of no event that could tell this one for a copy"
    if not reading.exists or set(reading.fields) - reading.present:
        return "the tab Change history of this one, or a column of it, is not there"
    broken = compare(as_rows(reading), journal.rows, journal.before).broken
    if broken is None or broken.why == NOT_OURS:
        return ""
    return f"the tab Change history of this one does not continue it (row {broken.place + 2})"


def catch_up(
    seen: Seen,
    session: Session,
    rules: Rulebook,
    mandate: Mandate,
    now: datetime,
    *,
    confirmed: bool,
) -> int:
    """Take over what the sheet tells and the store never recorded; returns how many events.

    Raises:
        SafetyStop: It was not confirmed, cannot be, or grew since the operator was told.
    """
    if not seen.history.ahead:
        return 0
    tail = _lists_missing(seen.snapshot) or tail_of(seen.tab, seen.journal)
    stop = _behind(seen.history, tail)
    if tail.refusal or not confirmed:
        raise stop
    _stop_unless_told(stop, tail, session)
    taken = take_over(seen.snapshot, session.baseline(), tail, rules, mandate, now)
    session.take_over(taken, now)
    log.warning(
        "taken over from the change history",
        events=len(tail.events),
        head=tail.head,
        mails_in_doubt=len(taken.in_doubt),
    )
    return len(tail.events)


def _lists_missing(snapshot: Snapshot) -> Tail | None:
    """What of these lists is over stands nowhere but there, so they must be whole."""
    for kind in (TabKind.EXCEPTIONS, TabKind.APPROVALS):
        for reading in snapshot.of_kind(kind):
            lost = sorted(set(reading.fields) - reading.present)
            if lost:
                return Tail(
                    refusal=f"the tab {reading.place.address} lacks the header of {lost[0]}. Put "
                    "it back first."
                )
    return None


def _behind(history: HistoryReview, tail: Tail) -> SafetyStop:
    """An older store would mail again what was mailed, and put back what was agreed since."""
    seen = (
        f"The change history shows {len(history.ahead)} events (such as {history.ahead[-1]}) that "
        "the state store does not know: it is older than the sheet, or another's."
    )
    if tail.refusal:
        cure = f"These events cannot be taken over: {tail.refusal} {SEE}"
    else:
        cure = (
            "Is there a newer store, or another worker? Use that one. If not, `sheetsync run "
            f"--once --confirm` takes these events over; the last of them has the mac {tail.head}, "
            f"which the newest digest should name too. {SEE}"
        )
    return SafetyStop((seen,), remedy=cure, cause=BEHIND)


def _stop_unless_told(stop: SafetyStop, tail: Tail, session: Session) -> None:
    """A yes is to what was told; a history that grows since is written by another worker."""
    first = session.mail_queued_at(stop_mail_id(stop, session))
    if first is None:
        raise stop
    newest = max(event.at for event in tail.events)
    grown = SafetyStop(
        (
            (
                "The change history has grown since you were told: another worker writes to this "
                "sheet, with another state store."
            ),
        ),
        remedy="Stop that worker, or use its store. When nothing else is at work, run "
        f"`sheetsync run --once --confirm` again. {SEE}",
        cause=BEHIND,
        about=tail.head,
    )
    if first <= newest and session.mail_queued_at(stop_mail_id(grown, session)) is None:
        raise grown
