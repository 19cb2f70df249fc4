"""Whatever people do to rows and keys: no line loses its state, no value vanishes, nothing counts twice.

Days are drawn as bursts of acts between two cycles: sorting, inserting, cutting and pasting, copying
down, deleting, typing over keys (with other numbers, with those of other rows, in other notations,
with nothing) and typing notes beside them.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper import PaperSheet
from paper_day import confirmed_sheet, of_its_own

from sheetsync.core.model import LineKey
from sheetsync.core.rows import row_key

NOTES = {
    "Order lines": "notes",
    "Orders": "notes",
    "ACME": "comment",
    "Approvals": "comment",
    "Receipts": "notes",
}
KEYS = {
    "Order lines": ("po_number", "line_number"),
    "Orders": ("po_number",),
    "ACME": ("po_number", "line_number"),
    "Approvals": ("po_number", "version", "tier", "approver"),
    "Receipts": ("receipt_number", "po_number", "line_number"),
}
TYPED = st.sampled_from(
    [
        *(None, "PO-1001", "po-1001 ", "PO\N{EN DASH}1001", "PO-01001", "PO-77", "new1", "X"),
        *(1, 2, 3, 9, "0002", "1.0", " 1", "\N{ARABIC-INDIC DIGIT TWO}", "GR-1", "gr-2", "ann"),
    ]
)
TABS = st.sampled_from(sorted(KEYS))
ROWS = st.integers(0, 3)

MOVES = st.one_of(
    st.tuples(st.just("sort"), TABS, st.integers(0, 9)),
    st.tuples(st.just("insert"), TABS, ROWS),
    st.tuples(st.just("cut"), TABS, ROWS, ROWS),
    st.tuples(st.just("note"), TABS, ROWS),
)
RETYPING = st.tuples(st.just("retype"), TABS, ROWS, st.integers(0, 3), TYPED)
COPYING = st.tuples(st.just("copy"), TABS, ROWS)
DELETING = st.tuples(st.just("delete"), TABS, ROWS)


def bursts(*acts):
    return st.lists(
        st.lists(st.one_of(MOVES, *acts), min_size=1, max_size=3), min_size=1, max_size=4
    )


class Day:
    """A sheet under way, and the notes that were typed on it."""

    def __init__(self) -> None:
        self.sheet = of_its_own(_started())
        self.notes: list[str] = []
        self.unseen: set[str] = set()
        self.counted = count()
        self.told = len(self.sheet.events)

    def play(self, days: list[list[tuple]]) -> PaperSheet:
        for burst in days:
            for act in burst:
                self.do(*act)
            self.sheet.rest(8)
            self.unseen.clear()
        return self.sheet

    def do(self, what: str, tab: str, *how) -> None:
        getattr(self, what)(tab, *how)

    def sort(self, tab: str, seed: int) -> None:
        order = random.Random(seed)  # noqa: S311 - an order of rows, no secret
        self.sheet.change(tab, lambda rows: order.sample(rows, len(rows)))

    def insert(self, tab: str, row: int) -> None:
        self.sheet.change(tab, lambda rows: [*rows[:row], [None] * len(rows[0]), *rows[row:]])

    def cut(self, tab: str, row: int, to: int) -> None:
        def edit(rows):
            taken = rows.pop(row % len(rows))
            return [*rows[:to], taken, *rows[to:]]

        self.sheet.change(tab, edit)

    def copy(self, tab: str, row: int) -> None:
        self.sheet.change(tab, lambda rows: [*rows, list(rows[row % len(rows)])])

    def delete(self, tab: str, row: int) -> None:
        def edit(rows):
            del rows[row % len(rows)]
            return rows or [[None] * len(self.sheet.reading.tabs[self.sheet.tab(tab)].fields)]

        self.sheet.change(tab, edit)

    def retype(self, tab: str, row: int, part: int, value) -> None:
        self._type(tab, row, KEYS[tab][part % len(KEYS[tab])], value)

    def note(self, tab: str, row: int) -> None:
        self.notes.append(f"note {next(self.counted)}")
        self._type(tab, row, NOTES[tab], self.notes[-1])
        self.unseen.add(self.notes[-1])

    def _type(self, tab: str, row: int, field: str, value) -> None:
        fields = self.sheet.reading.tabs[self.sheet.tab(tab)].fields

        def edit(rows):
            cells = rows[row % len(rows)]
            # What a person types over before anybody saw it, nobody can keep.
            if cells[fields.index(field)] in self.unseen:
                self.notes.remove(cells[fields.index(field)])
            cells[fields.index(field)] = value
            return rows

        self.sheet.change(tab, edit)


@cache
def _started() -> PaperSheet:
    """A confirmed order with a received line, an old receipt, a bill and a draft beside them."""
    sheet = confirmed_sheet()
    receipt = {"po_number": "PO-1001", "line_number": 1, "received_date": "2026-03-02"}
    sheet.add("Receipts", receipt_number="GR-1", quantity=4, **receipt)
    sheet.add("Receipts", receipt_number="GR-2", quantity=1, **{**receipt, "line_number": 2})
    bill = {"supplier": "ACME", "invoice_number": "INV-1", "invoice_line": 1, "currency": "EUR"}
    line = {"po_number": "PO-1001", "po_line": 1, "quantity": 3, "unit_price": 12}
    sheet.add("Invoices", **bill, **line, invoice_date="2026-03-02")
    draft = {"requester": "ann", "supplier": "ACME", "item": "0044", "quantity": 7, "uom": "EA"}
    price = {"unit_price": 2, "currency": "EUR", "need_by": "2026-04-20"}
    sheet.add("Order lines", po_number="PO-5", line_number=1, **draft, **price)
    sheet.rest()
    sheet.cycle(minutes=60 * 30)
    sheet.rest()
    return sheet


KEPT = {LineKey("PO-1001", 1): ("0042", 10, 12), LineKey("PO-1001", 2): ("0043", 5, 3.5)}

RECEIVED = {"0042": 4, "0043": 1}

laws = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def assert_lines_stand(sheet: PaperSheet) -> None:
    """Lines that went out keep their states, and stand on rows that say what they are."""
    started = _started().baseline.lines
    for key, (item, quantity, price) in KEPT.items():
        assert sheet.baseline.lines[key] == started[key]
        rows = [
            row
            for row in keyed(sheet, "Order lines")
            if row[0] == ("po-1001", str(key.line_number))
        ]
        assert rows
        if len(rows) == 1:
            cells = rows[0][1]
            assert (cells["item"], cells["quantity"], cells["unit_price"]) == (
                item,
                quantity,
                price,
            )
            assert cells["agreed_quantity"] == quantity


def keyed(sheet: PaperSheet, tab: str) -> list[tuple[tuple[str, ...], dict]]:
    reading = sheet.reading.tabs[sheet.tab(tab)]
    spec = sheet.rules.columns.tabs[reading.place.kind]
    found = ((row_key(row, spec), row) for row in reading.rows)
    return [(key, dict(zip(reading.fields, row, strict=True))) for key, row in found if key]


def assert_no_note_is_lost(day: Day) -> None:
    """What was typed stands in the sheet, or the history says that it did."""
    shown = {cell for tab in day.sheet.reading.tabs.values() for row in tab.rows for cell in row}
    said = " ".join(f"{event.old} {event.new}" for event in day.sheet.events[day.told :])
    for note in day.notes:
        assert note in shown or note in said, note


@laws
@given(bursts(RETYPING, COPYING, DELETING))
def test_no_line_loses_its_state_and_no_note_is_lost(days):
    day = Day()
    sheet = day.play(days)
    assert_lines_stand(sheet)
    assert sheet.cycle(minutes=1).is_empty


@laws
@given(bursts(RETYPING))
def test_nothing_counts_twice_and_every_note_stays(days):
    """Without copies and deletions, nothing that people typed may vanish or be there twice."""
    day = Day()
    sheet = day.play(days)
    assert_lines_stand(sheet)
    assert_no_note_is_lost(day)
    for tab in ("Order lines", "ACME", "Receipts"):
        assert counting(sheet, tab) == counting(_started(), tab)
    for line in sheet.rows("Order lines"):
        if line["agreed_quantity"]:
            assert line["received_quantity"] == RECEIVED[line["item"]]


def counting(sheet: PaperSheet, tab: str) -> Counter:
    """The rows that say a quantity, by what they say it of."""
    rows = sheet.rows(tab)
    return Counter(str(row.get("item", row["quantity"])) for row in rows if row["quantity"])


@laws
@given(bursts(COPYING))
def test_copies_alone_change_no_quantity(days):
    sheet = Day().play(days)
    assert_lines_stand(sheet)
    assert sheet.baseline.lines == _started().baseline.lines
    for line in sheet.rows("Order lines"):
        if line["agreed_quantity"] and line["message"] is None:
            assert line["received_quantity"] == RECEIVED[line["item"]]


@laws
@given(st.lists(st.one_of(MOVES), min_size=1, max_size=6))
def test_moving_rows_is_nothing_to_the_worker(acts):
    day = Day()
    day.play([acts])
    assert not [
        f for f in day.sheet.rows("Exceptions") if f["state"] == "open" and f["code"] in NEW
    ]
    assert_no_note_is_lost(day)


NEW = {"key-changed", "key-notation", "row-deleted", "line-vanished", "duplicate-key"}
