"""The life of an order or of one of its lines: one plain sentence for each event.

Never: tells what the journal does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sheetsync.core.history.event_rows import ROW, UNDO_OF, is_change, is_new_row, went_on
from sheetsync.core.life.folding import (
    FOLLOWS,
    TERMS,
    Cells,
    LineThen,
    OrderThen,
    Sheet,
    after,
    cells_of,
    name_of_paper,
)
from sheetsync.core.life.state_said import line_said, paper_name, paper_said
from sheetsync.core.life.wording import (
    KNOWN_BY,
    moment,
    said_cell,
    status_said,
    term_said,
    who,
    why,
)
from sheetsync.core.model import RawCell, TabKind
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text
from sheetsync.core.wording import shown_cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What one event says, and when it was."""

    event_id: str
    at: str
    text: str


def tell(
    order: OrderThen, events: Sequence[Event], line_number: str | None, sheet: Sheet, zone: tzinfo
) -> Iterator[Sentence]:
    """One sentence for each event, oldest first.

    Args:
        order: The order before the first of them.
        events: Those of the order, and those of the rows of its invoices.
        line_number: Only what concerns this line, and the order as a whole; None for all of it.
        sheet: Where tabs stand.
        zone: The time zone that instants are told in.
    """
    sheet = sheet.knowing(events)
    for event in events:
        told = after(order, event, sheet)
        if _is_told(event, order, told, line_number, sheet):
            text = sentence(event, order, told, sheet)
            yield Sentence(event_id=event.event_id, at=moment(event.at, zone), text=text)
        order = told


def _is_told(
    event: Event, before: OrderThen, then: OrderThen, line_number: str | None, sheet: Sheet
) -> bool:
    kind = sheet.kind_of(event)
    mine = key_text(before.po_number)
    lines = {event.line_number} if key_text(event.po_number) == mine else set()
    if kind in {TabKind.RECEIPTS, TabKind.INVOICES}:
        name = name_of_paper(event, kind)
        papers = [order.papers[name] for order in (before, then) if name in order.papers]
        lines |= {paper.line_number for paper in papers if paper.po_number == mine}
    return bool(lines) and (line_number is None or bool(lines & {line_number, ""}))


def sentence(event: Event, before: OrderThen, then: OrderThen, sheet: Sheet) -> str:
    """The event in words, given the order before and after it."""
    kind = sheet.kind_of(event)
    subject, cells = _subject(event, kind, before, then)
    if event.decision in {"granted", "refused"}:
        return _answered(event)
    if event.field == ROW:
        return f"{subject} {_row(event, kind, before, then)}"
    if kind is TabKind.ORDER_LINES and _is_move(event):
        return f"{subject} {_moved(event)}"
    if event.decision == FOLLOWS:
        return f"{subject} {_term(event, cells)}"
    if kind is TabKind.ORDERS and event.field == "version":
        return f"Version {event.new} of the order began; what was approved before counts no more."
    return f"{subject} {_cell(event, kind, cells, sheet)}"


def _subject(
    event: Event, kind: TabKind | None, before: OrderThen, then: OrderThen
) -> tuple[str, Cells]:
    """What the sentence is about, and the cells beside the one it tells of."""
    if kind in {TabKind.RECEIPTS, TabKind.INVOICES}:
        name = name_of_paper(event, kind)
        paper = then.papers.get(name) or before.papers.get(name)
        if paper is not None:
            return f"{_capital(paper_name(paper))}:", paper.cells
    number = event.line_number
    line = then.lines.get(number) or before.lines.get(number) or LineThen(line_number=number)
    if kind is TabKind.ORDER_LINES or number:
        return f"Line {number}:", line.cells
    return ("The order:" if kind is TabKind.ORDERS else f"{event.tab}:"), {}


def _is_move(event: Event) -> bool:
    return event.field == "status" and event.decision != "put back"


def _moved(event: Event) -> str:
    if event.decision.startswith("adopted"):
        return f"taken over as {status_said(event.new)} when sheetsync began."
    return f"{status_said(event.old)} became {status_said(event.new)}: {why(event)}."


def _answered(event: Event) -> str:
    tier = event.rule.partition(" @")[0].removeprefix("approval.tiers.")
    approver = event.field.removeprefix("decision of ").removesuffix(f" for {tier}")
    word = "yes" if event.decision == "granted" else "no"
    version = event.order_version
    known = KNOWN_BY.get(event.proof, event.proof)
    return f"{approver} ({known}) said {word} to version {version}, as {tier}."


def _row(event: Event, kind: TabKind | None, before: OrderThen, then: OrderThen) -> str:
    """A row that was typed or deleted."""
    said = _row_said(event, kind, then if is_new_row(event) else before)
    said = f": {said}" if said else ""
    undone = event.decision.removeprefix(UNDO_OF)
    match event.decision:
        case _ if undone != event.decision:
            return f"written again by {who(event)}, undoing {undone}{said}."
        case "added":
            return f"typed by {who(event)}{said}."
        case "deleted" if went_on(event):
            return f"its key was typed over by {who(event)}; the row went on without it{said}."
        case "deleted":
            return f"the row was deleted by {who(event)}. It said{said or ' nothing'}."
        case "deleted, restored":
            return f"the row was deleted by {who(event)}, and written again."
        case _:
            return f"{event.decision}, by {who(event)}."


def _row_said(event: Event, kind: TabKind | None, order: OrderThen) -> str:
    if kind in {TabKind.RECEIPTS, TabKind.INVOICES}:
        paper = order.papers.get(name_of_paper(event, kind))
        return paper_said(paper) if paper is not None else ""
    if kind is TabKind.ORDER_LINES and event.line_number in order.lines:
        return line_said(order.lines[event.line_number].cells)
    return "; ".join(f"{name}: {shown_cell(cell)}" for name, cell in cells_of(event).items())


def _term(event: Event, cells: Cells) -> str:
    """A value that was agreed, proposed or given up."""
    if event.field == "cancelled_quantity":
        return f"{term_said('quantity', event.new, cells)} will not be delivered any more."
    word, _, term = event.field.partition("_")
    if term not in TERMS:
        return f"{event.field.replace('_', ' ')} is {event.new}."
    was = term_said(term, event.old, cells) if event.old is not None else ""
    now = term_said(term, event.new, cells) if event.new is not None else ""
    if word == "agreed":
        if not now:
            return f"the agreed {term} of {was} is open again."
        return f"the {term} agreed upon is {now}" + (f", before it was {was}." if was else ".")
    if not now:
        return f"the proposed {term} of {was} waits no more."
    return f"the {term} proposed is {now}."


def _cell(event: Event, kind: TabKind | None, cells: Cells, sheet: Sheet) -> str:
    """A cell that was changed, or typed over and put back."""
    spec = sheet.columns.tabs[kind].by_field if kind is not None else {}
    header = spec[event.field].header if event.field in spec else event.field.replace("_", " ")

    def said(cell: RawCell) -> str:
        return said_cell(kind, event.field, cell, cells, sheet.columns)

    old, new = said(event.old), said(event.new)
    if is_change(event):
        undone = event.decision.removeprefix(UNDO_OF)
        undoing = f", undoing {undone}" if event.decision.startswith(UNDO_OF) else ""
        return f"{header} was changed from {old} to {new} by {who(event)}{undoing}."
    if event.decision == "put back":
        return f"{who(event)} typed {new} over {header}; it shows {old} again."
    return f"{header}, {old} before and {new} after: {event.decision}, by {who(event)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
