"""From events to the state of an order at any instant: what each event adds to what was known.

Only the journal is asked, never the baseline; a test holds the two against each other. Dates stand
as serial numbers, whatever they were typed as, so that one day has one form.
Never: decides anything, or makes sentences.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from sheetsync.core.history.event_rows import ROW, is_change, is_new_row, row_of
from sheetsync.core.model import RawCell, TabKind, TabPlace, Terms
from sheetsync.core.money import raw_of
from sheetsync.core.plan import Event
from sheetsync.core.rows import is_blank, key_text
from sheetsync.core.rulebook import CellKind, ColumnRules

Cells = Mapping[str, RawCell]

TERMS = {"quantity": "quantity", "price": "unit_price", "date": "promised_date"}
"""How an event names a term, and how `Terms` does."""

FOLLOWS = "follows from the status"
NEW_VERSION = "a new version of the order"
NO_REASON = "typed over the agreed value"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineThen:
    """An order line at an instant: its people's cells, and what was known beside them.

    `given_up` is what a short close or a cancellation gave up; `reason` is the proposal's.
    """

    line_number: str
    cells: Cells = field(default_factory=dict)
    status: str = "draft"
    agreed: Terms = field(default_factory=Terms)
    proposal: Terms = field(default_factory=Terms)
    reason: str | None = None
    given_up: Decimal = Decimal(0)

    def said(self, name: str) -> RawCell:
        """A cell of the line."""
        return self.cells.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an approver said to one version."""

    version: int
    tier: str
    approver: str
    is_yes: bool
    at: datetime
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A receipt or an invoice row at an instant."""

    kind: TabKind
    cells: Cells

    @property
    def po_number(self) -> str:
        """The order that it names, in comparable form."""
        return key_text(self.cells.get("po_number"))

    @property
    def line_number(self) -> str:
        """The order line that it names, in comparable form; "" where it names none."""
        name = "po_line" if self.kind is TabKind.INVOICES else "line_number"
        return key_text(self.cells.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderThen:
    """An order at an instant, as far as the journal tells."""

    po_number: str
    version: int = 1
    match_level: str | None = None
    lines: Mapping[str, LineThen] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    papers: Mapping[str, Paper] = field(default_factory=dict)

    @property
    def to_this_version(self) -> tuple[Answer, ...]:
        """What approvers said to the version in force."""
        return tuple(answer for answer in self.answers if answer.version == self.version)

    def papers_of(self, kind: TabKind, line_number: str | None) -> tuple[Paper, ...]:
        """The receipts or invoices of the order, of one line or of none ("") or of any (None)."""
        mine = key_text(self.po_number)
        return tuple(
            paper
            for paper in self.papers.values()
            if paper.kind is kind
            and paper.po_number == mine
            and (line_number is None or paper.line_number == line_number)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where tabs stand and what their columns are, to read events by.

    `once` are names that tabs had once, and what those were for (see `knowing`).
    """

    places: tuple[TabPlace, ...]
    columns: ColumnRules
    once: Mapping[str, TabKind] = field(default_factory=dict)

    def kind_of(self, event: Event) -> TabKind | None:
        """What the event's tab is for."""
        row = row_of(event, self.places, self.columns)
        return row.place.kind if row is not None else self.once.get(event.tab)

    def knowing(self, events: Iterable[Event]) -> Sheet:
        """The same, knowing tabs that have another title now by what their events say."""
        once = dict(self.once)
        for event in events:
            kind = self.kind_of(event) or self._kind_said(event)
            if kind is not None:
                once[event.tab] = kind
        return replace(self, once=once)

    def _kind_said(self, event: Event) -> TabKind | None:
        cells = cells_of(event).keys()
        for kind in (TabKind.RECEIPTS, TabKind.INVOICES, TabKind.ORDER_LINES):
            if cells and set(self.columns.tabs[kind].key) <= cells:
                return kind
        if event.rule.startswith("lifecycle.moves") or event.decision == FOLLOWS:
            return TabKind.ORDER_LINES
        return TabKind.ORDERS if event.decision == NEW_VERSION else None

    def read(self, kind: TabKind, cells: Cells) -> dict[str, RawCell]:
        """The people's cells of a row, days as serial numbers, blanks left out."""
        spec = self.columns.tabs[kind].by_field
        return {
            name: self.cell(kind, name, cell)
            for name, cell in cells.items()
            if name in spec and spec[name].is_people_s and not is_blank(cell)
        }

    def cell(self, kind: TabKind, name: str, cell: RawCell) -> RawCell:
        """A cell with its day as a serial number, where it is a day in ISO form."""
        if self.columns.tabs[kind].by_field[name].kind is CellKind.DATE and isinstance(cell, str):
            day = day_of(cell)
            return raw_of(day) if day is not None else cell
        return cell


def fold(po_number: str, events: Sequence[Event], sheet: Sheet) -> OrderThen:
    """The order after all these events, oldest first."""
    sheet = sheet.knowing(events)
    order = OrderThen(po_number=po_number)
    for event in events:
        order = after(order, event, sheet)
    return order


def after(order: OrderThen, event: Event, sheet: Sheet) -> OrderThen:
    """The order once the event has happened; what does not concern it leaves it as it was."""
    kind = sheet.kind_of(event)
    is_mine = key_text(event.po_number) == key_text(order.po_number)
    if kind in {TabKind.RECEIPTS, TabKind.INVOICES}:
        return replace(order, papers=_papers_after(order.papers, kind, event, sheet))
    if not is_mine:
        return order
    if event.decision in {"granted", "refused"}:
        return replace(order, answers=(*order.answers, _answer(event)))
    if kind is TabKind.ORDER_LINES:
        return _lines_after(order, event, sheet)
    return _head_after(order, event) if kind is TabKind.ORDERS else order


def _head_after(order: OrderThen, event: Event) -> OrderThen:
    """What the tab Orders says: a match level chosen there, or a new version."""
    cells = cells_of(event) if is_new_row(event) else {}
    if is_change(event) or cells:
        cells = cells or {event.field: event.new}
        level = cells.get("match_level", order.match_level)
        return replace(order, match_level=None if is_blank(level) else str(level))
    if event.order_version is not None:
        return replace(order, version=event.order_version)
    return order


def _lines_after(order: OrderThen, event: Event, sheet: Sheet) -> OrderThen:
    lines = dict(order.lines)
    known = lines.get(event.line_number) or LineThen(line_number=event.line_number)
    if event.field == ROW and event.decision == "deleted":
        lines.pop(event.line_number, None)
        # An order without lines is forgotten; the same number typed again is another order.
        forgotten = OrderThen(po_number=order.po_number, papers=order.papers)
        return replace(order, lines=lines) if lines else forgotten
    line = _line_after(known, event, sheet)
    if line is not None:
        lines[event.line_number] = line
    version = event.order_version if event.order_version is not None else order.version
    return replace(order, lines=lines, version=version)


def _line_after(line: LineThen, event: Event, sheet: Sheet) -> LineThen | None:
    name, _, term = event.field.partition("_")
    if is_new_row(event):
        return replace(line, cells=sheet.read(TabKind.ORDER_LINES, cells_of(event)))
    if is_change(event):
        cell = sheet.cell(TabKind.ORDER_LINES, event.field, event.new)
        kept = {name: said for name, said in line.cells.items() if name != event.field}
        return replace(line, cells=kept if is_blank(cell) else {**kept, event.field: cell})
    if event.decision == FOLLOWS and name in {"agreed", "proposed"} and term in TERMS:
        what = "agreed" if name == "agreed" else "proposal"
        terms = replace(getattr(line, what), **{TERMS[term]: value_of(term, event.new)})
        return replace(line, **{what: terms})
    if event.decision == FOLLOWS and event.field == "cancelled_quantity":
        return replace(line, given_up=Decimal(str(event.new or 0)))
    if event.field == "status" and event.decision != "put back":
        is_proposed = event.new == "change_proposed"
        given = event.decision.partition(": ")[2] or NO_REASON
        return replace(line, status=str(event.new), reason=given if is_proposed else None)
    return None


def _papers_after(
    papers: Mapping[str, Paper], kind: TabKind, event: Event, sheet: Sheet
) -> Mapping[str, Paper]:
    name = name_of_paper(event, kind)
    known = papers.get(name)
    paper = paper_after(known, kind, event, sheet)
    if paper is None:
        return {other: each for other, each in papers.items() if other != name}
    return papers if paper is known else {**papers, name: paper}


def paper_after(known: Paper | None, kind: TabKind, event: Event, sheet: Sheet) -> Paper | None:
    """The row once the event has happened; None while it is not there."""
    if is_new_row(event):
        return Paper(kind=kind, cells=sheet.read(kind, cells_of(event)))
    if event.field == ROW and event.decision == "deleted":
        return None
    if known is not None and is_change(event):
        cells = sheet.read(kind, {**known.cells, event.field: event.new})
        return replace(known, cells=cells)
    return known


def name_of_paper(event: Event, kind: TabKind) -> str:
    """Which receipt or invoice row it is; a receipt's order and line are part of its key."""
    if kind is TabKind.INVOICES:
        return event.tab
    return f"{event.tab} {key_text(event.po_number)} {event.line_number}"


def _answer(event: Event) -> Answer:
    tier = event.rule.partition(" @")[0].removeprefix("approval.tiers.")
    approver = event.field.removeprefix("decision of ").removesuffix(f" for {tier}")
    return Answer(
        version=event.order_version or 1,
        tier=tier,
        approver=approver,
        is_yes=event.decision == "granted",
        at=event.at,
        proof=event.proof,
    )


def cells_of(event: Event) -> dict[str, RawCell]:
    """The cells of the row that the event tells of; none where it tells of one cell."""
    text = event.new if event.new is not None else event.old
    if event.field != ROW or not isinstance(text, str):
        return {}
    cells = json.loads(text)
    return cells if isinstance(cells, dict) else {}


def value_of(term: str, cell: RawCell) -> Decimal | date | None:
    """An agreed or proposed value as an event says it."""
    if cell is None:
        return None
    return day_of(str(cell)) if term == "date" else Decimal(str(cell))


def day_of(text: str) -> date | None:
    """A day in ISO form, and nothing else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
