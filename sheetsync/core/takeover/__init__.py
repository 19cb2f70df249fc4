"""A state store that is older than its sheet, brought up to what the change history tells.

    tail        the rows of the tab that follow the journal, by their macs
    states      orders and lines after these events
    rows        people's cells after these events
    rehearsal   what the worker's columns showed by then
    ─► the baseline of then; the next cycle judges what the sheet shows now against it

Rules: none of its own. Findings: history-taken-over.
Never: writes a cell, mails, or takes over what the chain does not prove.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sheetsync.core.findings import Code, Finding
from sheetsync.core.life.folding import Sheet
from sheetsync.core.lifecycle.adoption import adopted_grant
from sheetsync.core.model import (
    Baseline,
    Mandate,
    Move,
    OpenFinding,
    OrderState,
    Snapshot,
    TabKind,
)
from sheetsync.core.orders import BEFORE_ISSUE, OrderBook, build_orders
from sheetsync.core.plan import BaselineDelta, Event, OrderMail, TakenOver
from sheetsync.core.planning.order_mails import order_mails
from sheetsync.core.rows import key_text
from sheetsync.core.rulebook import Rulebook
from sheetsync.core.takeover.rehearsal import Here, Known, Rehearsed, rehearse
from sheetsync.core.takeover.rows import rows_after
from sheetsync.core.takeover.states import States, states_after
from sheetsync.core.takeover.tail import Tail, tail_of
from sheetsync.core.takeover.witnesses import mended_since
from sheetsync.core.wording import shown_time

__all__ = ["Tail", "tail_of", "take_over"]

TAKEN_OVER = "taken over"
"""The field of the event that tells of it; its new value is the number of the next cycle."""

CYCLES_APART = 1_000_000
"""Ids of events come from the cycle's number. The store that is gone has used the next ones."""

MOST_NAMED, MOST_CHARACTERS = 10, 40_000
"""So many cells are named in one finding; the event holds them all."""

K = TypeVar("K")
V = TypeVar("V")


def take_over(
    snapshot: Snapshot,
    baseline: Baseline,
    tail: Tail,
    rules: Rulebook,
    mandate: Mandate,
    now: datetime,
) -> TakenOver:
    """The baseline after the events that the tab tells and the journal does not.

    Args:
        snapshot: The sheet as it is now.
        baseline: What the store knew.
        tail: The events after its newest one, all of which hold.
        rules: All rules in force.
        mandate: How far the worker may go.
        now: When it is taken over.
    """
    events = tail.events
    places = tuple(reading.place for reading in snapshot.tabs.values())
    sheet = Sheet(places=places, columns=rules.columns).knowing(events)
    cycle = _next_cycle(baseline, events)
    states = states_after(baseline, events, sheet, rules.lifecycle.numbering)
    then = replace(
        baseline,
        cycle=cycle,
        numbered=states.numbered,
        orders=states.orders,
        lines=states.lines,
        findings=_findings_after(baseline, events),
    )
    folded = rows_after(baseline, events, snapshot, sheet)
    here = Here(rules=rules, mandate=mandate, then=max(event.at for event in events))
    shown = rehearse(then, folded, _known(then, events), snapshot, here)
    book = build_orders(shown.records, states.orders, states.lines)
    orders = _with_adopted(states, book, rules, events[0].at)
    in_doubt, over = _mails(states, book, shown)
    told = _event(events, cycle, shown.doubtful, rules, now)
    finding = _finding(events, in_doubt, shown.doubtful, snapshot, rules, now)
    after = replace(
        then,
        rows=shown.rows,
        orders=orders,
        findings={**shown.findings, finding.finding_id: finding},
        told=shown.told,
        witnessed=baseline.witnessed | mended_since(snapshot),
    )
    return TakenOver(
        cycle=cycle,
        events=tail.events,
        head=tail.head,
        told=told,
        delta=_delta(baseline, after),
        in_doubt=in_doubt,
        over=over,
    )


def _next_cycle(baseline: Baseline, events: Iterable[Event]) -> int:
    """A number that no store of this workbook has come to."""
    said = [e.new for e in events if e.field == TAKEN_OVER and isinstance(e.new, int | float)]
    return (max(baseline.cycle, *map(int, said), 0) // CYCLES_APART + 1) * CYCLES_APART


def _findings_after(baseline: Baseline, events: Iterable[Event]) -> dict[str, OpenFinding]:
    """What stands open by the events; what is not known of a finding is found again."""
    findings = dict(baseline.findings)
    for event in events:
        if event.decision == "finding opened":
            code, _, document = str(event.new).partition(" ")
            findings[event.field] = OpenFinding(
                finding_id=event.field,
                code=code,
                message="",
                opened_at=event.at,
                document=document,
                rule=event.rule.partition(" @")[0],
            )
        elif event.decision.startswith("finding closed"):
            findings.pop(event.field, None)
    return findings


def _known(then: Baseline, events: Iterable[Event]) -> Known:
    """All findings that were ever told of, and every version that an order came to."""
    told = {event.field for event in events if event.decision.startswith("finding ")}
    return Known(
        findings=frozenset(map(key_text, told | then.findings.keys())),
        versions={key_text(po_number): state.version for po_number, state in then.orders.items()},
    )


def _with_adopted(
    states: States, book: OrderBook, rules: Rulebook, began_at: datetime
) -> Mapping[str, OrderState]:
    """Orders that sheetsync found under way brought a yes along, which no event tells of."""
    orders = dict(states.orders)
    for po_number, version in states.adopted.items():
        order = book.get(po_number)
        if order is not None and po_number in orders:
            state = orders[po_number]
            grant = adopted_grant(order, version, rules.approval, began_at)
            orders[po_number] = replace(state, grants=(grant, *state.grants))
    return orders


def _mails(
    states: States, book: OrderBook, shown: Rehearsed
) -> tuple[tuple[OrderMail, ...], tuple[OrderMail, ...]]:
    """The mails of versions that went out meanwhile: those in force, and all others."""
    moves = [
        Move(
            key=key,
            from_status=BEFORE_NOW,
            to_status="issued",
            actor="",
            proof="",
            because="",
            rule="",
        )
        for (po_number, version), keys in states.issued.items()
        for key in keys
        if po_number in book and book[po_number].state.version == version
    ]
    mails = order_mails(moves, book, shown.records)
    known = {mail.mail_id for mail in mails}
    others = (OrderMail.named(po_number, version) for po_number, version in states.issued)
    return mails, tuple(mail for mail in others if mail.mail_id not in known)


BEFORE_NOW = min(BEFORE_ISSUE)
"""Any status before the order goes out makes a move to issued a new issue."""


def _event(
    events: Sequence[Event],
    cycle: int,
    doubtful: Sequence[str],
    rules: Rulebook,
    now: datetime,
) -> Event:
    text = repr((cycle, events[-1].event_id, len(events)))
    return Event(
        event_id="E-" + hashlib.sha256(text.encode()).hexdigest()[:16],
        at=now,
        tab=rules.columns.tabs[TabKind.HISTORY].title,
        field=TAKEN_OVER,
        old="; ".join(doubtful)[:MOST_CHARACTERS] or None,
        new=cycle,
        actor="operator",
        proof="worker",
        decision=f"the state store was older than the sheet: {len(events)} events were taken over, "
        f"from {shown_time(events[0].at)} to {shown_time(events[-1].at)} UTC",
    )


def _finding(
    events: Sequence[Event],
    in_doubt: Sequence[OrderMail],
    doubtful: Sequence[str],
    snapshot: Snapshot,
    rules: Rulebook,
    now: datetime,
) -> OpenFinding:
    """What the operator reads in Exceptions and in the next digest."""
    (history,) = snapshot.of_kind(TabKind.HISTORY)
    orders = ", ".join(f"{mail.po_number} version {mail.version}" for mail in in_doubt)
    waits = (
        f"Nobody knows whether these orders were mailed: {orders}. They are not mailed again by "
        "themselves: ask the suppliers, then see `sheetsync mails`. "
        if in_doubt
        else ""
    )
    finding = Finding(
        code=Code.HISTORY_TAKEN_OVER,
        tab=history.place.address,
        document=events[-1].event_id,
        message=f"The state store was older than the sheet, and {len(events)} events from "
        f"{shown_time(events[0].at)} to {shown_time(events[-1].at)} UTC were taken over from this "
        f"tab. {waits}{_said_of(doubtful)}What else the sheet shows otherwise than these events "
        "say is judged as if it was typed now: look through what is new here.",
        rule="columns.tabs.history",
    )
    return OpenFinding(
        finding_id=finding.finding_id,
        code=str(finding.code),
        message=finding.message,
        opened_at=now,
        keep_until=now + timedelta(hours=rules.digest.notice_hours),
        tab=finding.tab,
        document=finding.document,
        rule=finding.rule,
    )


def _said_of(doubtful: Sequence[str]) -> str:
    """What stood in the worker's cells and is written over now, so that it stands somewhere."""
    if not doubtful:
        return ""
    more = f" and {len(doubtful) - MOST_NAMED} more" if len(doubtful) > MOST_NAMED else ""
    return (
        "These cells of sheetsync's own show something else than follows from the events, and are "
        f"written anew: {'; '.join(doubtful[:MOST_NAMED])}{more}. "
    )


def _delta(before: Baseline, after: Baseline) -> BaselineDelta:
    """What changes from one baseline to the other."""
    tabs = {**before.rows, **after.rows}
    rows = {tab: _changed(before.rows.get(tab, {}), after.rows.get(tab, {})) for tab in tabs}
    return BaselineDelta(
        rows={tab: of_tab for tab, of_tab in rows.items() if of_tab},
        orders=_changed(before.orders, after.orders),
        lines=_changed(before.lines, after.lines),
        findings=_changed(before.findings, after.findings),
        told=_changed(before.told, after.told),
        numbered=after.numbered,
        witnessed=after.witnessed if after.witnessed != before.witnessed else None,
    )


def _changed(before: Mapping[K, V], after: Mapping[K, V]) -> dict[K, V | None]:
    changed: dict[K, V | None] = {k: v for k, v in after.items() if before.get(k) != v}
    return {**changed, **{key: None for key in before if key not in after}}
