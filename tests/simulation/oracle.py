"""The judgement at the end: once people and faults have stopped and the worker rests.

The heart stands in `lost`: *no lost edit*. Here are the change history, the mails, rest, and the sums
of receipts; in `strange` what stands in people's cells.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from journal import as_folded, as_known

from sheetsync.core.decide import decide
from sheetsync.core.history.chain import compare, shown, verify
from sheetsync.core.history.tab import as_rows
from sheetsync.core.life import Sheet, fold
from sheetsync.core.model import RowKey, TabKind
from sheetsync.core.plan import CellWrite, OrderMail, Plan
from sheetsync.core.rows import key_text, same_cell
from sheetsync.core.takeover import TAKEN_OVER
from sheetsync.lookback import Lookback, Subject
from simulation.course import Course
from simulation.desk import Desk
from simulation.end import End
from simulation.lost import lost_edits, lost_requests, not_cleared, told_twice
from simulation.office import mandate, the_rules
from simulation.outcome import Violation
from simulation.record import (
    findings,
    misplaced,
    rows_after,
    shown_history,
)
from simulation.strange import doubled_rows, strange_cells
from simulation.worker import HISTORY_KEY


def judge(course: Course) -> None:
    """Hold all laws against the end of a course."""
    course.book.follow()
    with course.unwatched():
        snapshot = course.main.workbook.read(course.company.clock.now())
    told = rows_after(course.company.folder, 0)
    end = End(
        course=course,
        events=[event for _, event, _ in told],
        found=findings(course.company.office),
        standing=course.book.standing(),
        snapshot=snapshot,
        misplaced=misplaced(course.company.office),
        macs=[mac for _, _, mac in told],
    )
    checks = (
        lost_edits,
        lost_requests,
        not_cleared,
        told_twice,
        doubled_rows,
        strange_cells,
        history_tab,
        history_verifies,
        forgeries,
        journal_alone,
        mails,
        rest,
        quantities,
        invoiced,
    )
    for check in checks:
        course.violations.extend(check(end))


def history_tab(end: End) -> Iterator[Violation]:
    """The tab shows every event of the journal once, and no other."""
    shown = Counter(str(row.get("event_id")) for row in shown_history(end.course.company.office))
    known = {event.event_id for event in end.events}
    for event_id, times in sorted(shown.items()):
        if times > 1:
            yield Violation(law="history", what=f"{event_id} stands {times} times in the tab")
        if event_id not in known:
            yield Violation(law="history", what=f"{event_id} is in the tab and not in the journal")
    for event in end.events:
        if event.event_id not in shown:
            yield Violation(law="history", what=f"{event.event_id} is missing in the tab")


def history_verifies(end: End) -> Iterator[Violation]:
    """Journal and tab hold from the first row to the last, and are the same."""
    journal = [(*shown(event), mac) for event, mac in zip(end.events, end.macs, strict=True)]
    tab = as_rows(end.snapshot.of_kind(TabKind.HISTORY)[0])
    for name, verdict in (
        ("the journal", verify(journal, HISTORY_KEY)),
        ("the tab", verify(tab, HISTORY_KEY)),
        ("the tab against the journal", compare(tab, journal)),
    ):
        if verdict.broken is not None:
            where = f"row {verdict.broken.place + 1} ({verdict.broken.event_id})"
            what = f"{name}, {where} does not hold: {verdict.broken.why}"
            yield Violation(law="history", what=what)
    for event_id, times in Counter(event.event_id for event in end.events).items():
        if times > 1:
            yield Violation(law="history", what=f"{event_id} stands {times} times in the journal")


def forgeries(end: End) -> Iterator[Violation]:
    """What people did to Change history was found, told with all that they typed, and laid right."""
    laid = [event for event in end.events if event.decision.endswith("; restored")]
    for forged in end.course.book.forged:
        told = [event for event in laid if event.at >= forged.since]
        if not told:
            yield Violation(law="history", what=f"nobody found what #{forged.act} did to it")
        for text in sorted(forged.texts):
            if not any(text in str(event.old) for event in told):
                yield Violation(law="history", what=f"{text!r} of #{forged.act} is told nowhere")
    # A notice that the lost store had opened ends with it, if an older one takes over (decision 22).
    is_over = any(event.field == TAKEN_OVER for event in end.events)
    if laid and not is_over and not any(row.get("code") == "history-edited" for row in end.found):
        yield Violation(law="history", what="it was laid right and no finding says so")


def journal_alone(end: End) -> Iterator[Violation]:
    """The journal alone tells what every order is now."""
    places, state = end.course.company.office.places.tabs, end.course.main.state
    sheet = Sheet(places=places, columns=the_rules().columns)
    asked = Lookback(state=state, sheet=sheet, time_zone=mandate().time_zone)
    known = state.baseline()
    for po_number in known.orders:
        events = asked.events_of(Subject(po_number=po_number))
        folded = as_folded(fold(po_number, events, sheet), sheet)
        is_now = as_known(known, po_number, sheet)
        if folded != is_now:
            what = f"{po_number} is not what the journal alone tells: {_unlike(folded, is_now)}"
            yield Violation(law="journal alone", what=what)


def _unlike(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    return "; ".join(f"{a!r} is {b!r}" for a, b in zip(one, other, strict=True) if a != b)[:600]


def mails(end: End) -> Iterator[Violation]:
    """No mail arrived twice, and for each issued order there is one."""
    post = end.course.post
    arrived = Counter(post.arrived)
    if not post.is_folder:
        for mail_id, times in sorted(arrived.items()):
            if times > 1:
                yield Violation(law="mails", what=f"{mail_id} arrived {times} times")
    orders = Counter(
        (mail.po_number, mail.version)
        for mail in post.mails.values()
        if isinstance(mail, OrderMail)
    )
    issued = {
        (event.po_number, event.order_version)
        for event in end.events
        if event.field == "status"
        and event.new == "issued"
        and event.at > end.course.started_at
        and event.old == "approved"
        # A status that had landed in another row was taken back there; no order moved.
        and not event.decision.startswith("mended")
    }
    for order, times in sorted(orders.items()):
        if times > 1 or order not in issued:
            yield Violation(
                law="mails", what=f"order mail of {order}: {times} mails, issued: {sorted(issued)}"
            )
    for order in sorted(issued - orders.keys(), key=str):
        yield Violation(law="mails", what=f"no order mail of {order} arrived")


def rest(end: End) -> Iterator[Violation]:
    """Rest, same twice, order blind: an unchanged sheet gives an empty plan, in any order of rows."""
    if not end.course.at_rest:
        return
    now, baseline = end.course.company.clock.now(), end.course.main.state.baseline()
    plan = decide(end.snapshot, baseline, the_rules(), mandate(), now)
    if not plan.is_empty:
        yield Violation(law="rest", what=f"the worker rests and would write {_short(plan)}")
    shuffled = {}
    dice = random.Random(end.course.story.seed)  # noqa: S311 - a story, no secret
    for address, reading in end.snapshot.tabs.items():
        rows = list(reading.rows)
        dice.shuffle(rows)
        shuffled[address] = replace(reading, rows=tuple(rows))
    other = decide(replace(end.snapshot, tabs=shuffled), baseline, the_rules(), mandate(), now)
    keyed = [
        w for w in other.writes if not (isinstance(w, CellWrite) and w.ref.content is not None)
    ]
    if plan.is_empty and keyed:
        yield Violation(law="order blind", what=f"in another order it would write {keyed[:3]}")


def _short(plan: Plan) -> str:
    return f"{[*plan.writes][:3]} {[e.field for e in plan.events][:3]} {len(plan.mails)} mails"


def quantities(end: End) -> Iterator[Violation]:
    """What an order line shows as received is what the receipts in the tab come to, each once."""
    office = end.course.company.office
    receipts = Desk(office, office.places.of(TabKind.RECEIPTS))
    rows = [(receipts.key(row), receipts.cells(row)) for row in receipts.filled()]
    keys = Counter(key for key, _ in rows)
    sums: dict[RowKey, float] = {}
    unclear: set[RowKey] = set()
    for key, cells in rows:
        line = tuple(key_text(cells.get(name)) for name in ("po_number", "line_number"))
        try:
            quantity = float(str(cells.get("quantity", "")))
        except ValueError:
            unclear.add(line)
            continue
        kind = str(cells.get("kind", "receipt"))
        is_clear = (
            key is not None and keys[key] == 1 and kind == "receipt" and not cells.get("message")
        )
        if not is_clear or cells.get("uom", "EA") != "EA" or cells.get("accepted_quantity"):
            unclear.add(line)
        sums[line] = sums.get(line, 0) + quantity
    lines = Desk(office, office.places.of(TabKind.ORDER_LINES))
    spoken = Counter(lines.key(row) for row in lines.filled())
    for row in lines.filled():
        key, cells = lines.key(row), lines.cells(row)
        if key is None or key in unclear or spoken[key] > 1 or "received_quantity" not in cells:
            continue
        if not same_cell(cells["received_quantity"], sums.get(key, 0.0)):
            yield Violation(
                law="once only",
                what=f"{'/'.join(key)} shows {cells['received_quantity']} received, "
                f"the receipts come to {sums.get(key, 0.0):g}",
            )


def invoiced(end: End) -> Iterator[Violation]:
    """What an order line shows as invoiced is what its invoices come to, each once.

    Only where every invoice that names the line says all that is needed, once, and in its units.
    """
    office = end.course.company.office
    invoices = Desk(office, office.places.of(TabKind.INVOICES))
    rows = [(invoices.key(row), invoices.cells(row)) for row in invoices.filled()]
    keys = Counter(key[:2] for key, _ in rows if key is not None)
    refused = _not_in_force(end)
    sums: dict[RowKey, float] = {}
    unclear: set[RowKey] = set()
    for key, cells in rows:
        line = tuple(key_text(cells.get(name)) for name in ("po_number", "po_line"))
        if line[0] in refused and cells.get("holds") == "PO_NOT_APPROVED":
            continue  # the first gate that applies stops it: it takes no quantity
        quantity = cells.get("quantity")
        is_clear = key is not None and keys[key[:2]] == 1 and isinstance(quantity, int | float)
        if not is_clear or not _is_plain(cells):
            unclear |= {line, line[:1]}
            continue
        sums[line] = sums.get(line, 0.0) + float(quantity)
    yield from _against_lines(end, sums, unclear)


def _not_in_force(end: End) -> set[str]:
    """The orders that show a status in which no invoice on them counts."""
    office = end.course.company.office
    orders = Desk(office, office.places.of(TabKind.ORDERS))
    shown = (orders.cells(row) for row in orders.filled())
    return {
        key_text(cells.get("po_number"))
        for cells in shown
        if cells.get("status") in ("draft", "submitted", "approval rejected", "supplier rejected")
    }


def _is_plain(cells: Mapping[str, Any]) -> bool:
    """Whether an invoice line was counted, and no unit, item, charge or credit changes how."""
    counted = ("matched", "matched with variance", "on hold", "held")
    strange = ("uom", "item", "charge", "credits")
    is_invoice = cells.get("type", "invoice") == "invoice"
    is_counted = str(cells.get("match_status", "")).replace("_", " ") in counted
    return is_invoice and is_counted and not any(cells.get(name) for name in strange)


def _against_lines(
    end: End, sums: Mapping[RowKey, float], unclear: Collection[RowKey]
) -> Iterator[Violation]:
    office = end.course.company.office
    lines = Desk(office, office.places.of(TabKind.ORDER_LINES))
    spoken = Counter(lines.key(row) for row in lines.filled())
    for row in lines.filled():
        key, cells = lines.key(row), lines.cells(row)
        is_open = key is not None and spoken[key] == 1 and not {key, key[:1]} & set(unclear)
        # No billing: the line was given up, or is not issued, and no invoice on it counts.
        if key is None or not is_open or "billing_status" not in cells:
            continue
        shows, due = cells.get("invoiced_quantity", 0), sums.get(key, 0.0)
        billing = cells.get("billing_status")
        if not same_cell(shows, due) or (billing == "not invoiced" and due > 0):
            said = f"{'/'.join(key)} shows {shows} invoiced ({billing})"
            yield Violation(law="once only", what=f"{said}, the invoices come to {due:g}")
