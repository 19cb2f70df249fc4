"""Part is whole: with a memory of whatever was read before, the same is read and decided as without.

The memory is told nothing of what people did in between: rows are typed over, copied, moved and
deleted, suppliers change their notation, order numbers become known, headers come and go, days
pass. What is compared is compared to the letter, types and order included.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import pytest
from any_cells import CELLS
from builders import NOW, TODAY, column_rules, rulebook, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper import PaperSheet
from paper_acts import ACTS, do
from paper_day import confirmed_sheet

from sheetsync.core.columns import judging, read_again
from sheetsync.core.decide import decide
from sheetsync.core.memory import Memory
from sheetsync.core.model import TabKind
from sheetsync.core.rulebook import CellKind

TABS = snapshot("Supplier ACME | PO\nSupplier BOLT (private) | PO")
READ = set(TabKind) - {TabKind.EXCEPTIONS, TabKind.HISTORY, TabKind.STATUS}
LAW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
LIKELY = {
    CellKind.IDENTIFIER: ("PO-1", "po-1", "PO-2", "new1", "ACME", "acme", "BOLT", "ann", 7, "7"),
    CellKind.WHOLE_NUMBER: (1, 1.0, "01", 2),
    CellKind.QUANTITY: (5, 0, -1, "1.234"),
    CellKind.PERCENT: (19, "7 %", 0.07, -1),
    CellKind.RATIOS: ("1 BOX = 12 EA", "3 BOX = 100 EA; 1 PAL = 40 BOX", "BOX", 12),
    CellKind.SHARES: ("FREIGHT 50", "USD 1.10; GBP 0.86", "freight", 50),
    CellKind.MONEY: (5, 2.5, "1.234", "5 USD", 0.0),
    CellKind.CURRENCY: ("EUR", "eur", "DEM"),
    CellKind.DATE: (46_100, "24/3", "3/4", "2026-04-01"),
    CellKind.CHOICE: ("accept", "return", "credit", "?"),
    CellKind.FLAG: (True, False, 1),
    CellKind.TEXT: ("x", "much longer than twenty letters", None),
}
"""Cells that often make a whole row, a doubled key, another row of an invoice."""


def to_the_letter(value):
    """A value with all types, and in its own order; only sets have none."""
    if is_dataclass(value):
        cells = [(f.name, to_the_letter(getattr(value, f.name))) for f in fields(value)]
        return type(value).__name__, cells
    if isinstance(value, Mapping):
        return [(to_the_letter(key), to_the_letter(one)) for key, one in value.items()]
    if isinstance(value, frozenset | set):
        return sorted(repr(to_the_letter(one)) for one in value)
    if isinstance(value, tuple | list):
        return [to_the_letter(one) for one in value]
    return repr(value)


# -- reading --------------------------------------------------------------------------------------


class Office:
    """A sheet of anything, and all that a reading of it depends on."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a sheet of anything, no secret
        self.rules, self.today = column_rules(), TODAY
        self.known: set[str] = set()
        self.settled: dict = {}
        self.sheet = TABS
        for reading in TABS.tabs.values():
            if reading.place.kind in READ:
                for _ in range(self.random.randint(0, 4)):
                    self.write(reading.place.address, [*self.rows(reading), self.row(reading)])

    def rows(self, reading):
        return list(self.sheet.tabs[reading.place.address].rows)

    def row(self, reading):
        return tuple(self.cell(reading, at) for at in range(len(reading.fields)))

    def cell(self, reading, at: int):
        if self.random.random() < 0.15:
            return self.random.choice(CELLS)
        column = self.rules.tabs[reading.place.kind].columns[at]
        return self.random.choice(LIKELY[column.kind])

    def write(self, address, rows) -> None:
        reading = replace(self.sheet.tabs[address], rows=tuple(rows))
        self.sheet = replace(self.sheet, tabs={**self.sheet.tabs, address: reading})

    def act(self, what: str) -> None:
        readings = [r for r in self.sheet.tabs.values() if r.place.kind in READ]
        reading = self.random.choice(readings)
        getattr(self, what)(reading, self.rows(reading))

    def type(self, reading, rows) -> None:
        for _ in range(3):
            if rows:
                at, cell = self.random.randrange(len(rows)), self.random.randrange(len(rows[0]))
                rows[at] = (*rows[at][:cell], self.cell(reading, cell), *rows[at][cell + 1 :])
        self.write(reading.place.address, rows)

    def turn(self, reading, rows) -> None:
        """1 becomes TRUE becomes 1.0, and 0.0 becomes -0.0: equal for Python, not for people."""
        others = {bool: float, int: bool, float: lambda cell: -cell if cell == 0 else int(cell)}

        def turned(cell):
            return others[type(cell)](cell) if cell in (0, 1) and type(cell) in others else cell

        self.write(reading.place.address, [tuple(map(turned, row)) for row in rows])

    def insert(self, reading, rows) -> None:
        at = self.random.randint(0, len(rows))
        self.write(reading.place.address, [*rows[:at], self.row(reading), *rows[at:]])

    def copy(self, reading, rows) -> None:
        if rows:
            self.write(reading.place.address, [*rows, self.random.choice(rows)])

    def delete(self, reading, rows) -> None:
        self.write(reading.place.address, rows[1:])

    def sort(self, reading, rows) -> None:
        self.random.shuffle(rows)
        self.write(reading.place.address, rows)

    def reread(self, _reading, _rows) -> None:
        """The same once more, as the API gives it: other objects, equal to the letter."""
        for address, reading in self.sheet.tabs.items():
            self.write(address, [(*row[:1], *row[1:]) for row in reading.rows])

    def note(self, _reading, _rows) -> None:
        """A supplier writes otherwise from now on."""
        (suppliers,) = self.sheet.of_kind(TabKind.SUPPLIERS)
        said = {"supplier": self.random.choice(("ACME", "BOLT")), "name": "x"}
        said["number_notation"] = self.random.choice(("1,234.56", "1.234,56", "what?"))
        said["date_notation"] = self.random.choice(("dd/mm/yyyy", "mm/dd/yyyy", None))
        row = tuple(said.get(field) for field in suppliers.fields)
        self.write(suppliers.place.address, [row])

    def know(self, _reading, _rows) -> None:
        """An order comes into force under another spelling, or is forgotten."""
        self.known ^= {self.random.choice(("PO-1", "Po-1", "PO - 1", "PO-2"))}

    def settle(self, reading, _rows) -> None:
        """Every row of a tab was seen first at some time."""
        at = NOW + dt.timedelta(minutes=self.random.randint(0, 3))
        self.settled[reading.place.address] = at

    def lose(self, reading, _rows) -> None:
        """A header is lost, and found when another one is lost."""
        tabs = {a: replace(r, present=frozenset(r.fields)) for a, r in self.sheet.tabs.items()}
        lost = self.random.choice(reading.fields)
        address = reading.place.address
        tabs[address] = replace(reading, present=frozenset(reading.fields) - {lost})
        self.sheet = replace(self.sheet, tabs=tabs)

    def sleep(self, _reading, _rows) -> None:
        self.today += dt.timedelta(days=self.random.choice((60, 200, 400)))

    def amend(self, _reading, _rows) -> None:
        """The rules are loaded again, with one of them changed."""
        self.rules = self.rules.model_copy(
            update={"longest_text": 20 if self.rules.longest_text > 20 else 10_000}
        )

    def read(self, last):
        return read_again(
            self.sheet,
            self.rules,
            today=self.today,
            known_orders=self.known,
            first_seen=lambda tab, key: self.settled.get(tab) if hash(key) else None,
            last=last,
        )


ALL_ACTS = (
    *("type", "type", "turn", "insert", "copy", "delete", "sort", "reread"),
    *("note", "know", "settle", "lose", "sleep", "amend"),
)


@LAW
@given(st.integers(0, 2**32), st.permutations(ALL_ACTS).map(lambda acts: acts[:8]))
def test_what_is_taken_over_is_what_would_be_read(seed, acts):
    office = Office(seed)
    last = office.read(None)
    for act in acts:
        office.act(act)
        last, afresh = office.read(last), office.read(None)
        assert to_the_letter(last.records) == to_the_letter(afresh.records), act
        assert to_the_letter(last.findings) == to_the_letter(afresh.findings), act


# -- deciding -------------------------------------------------------------------------------------


class Doubting(PaperSheet):
    """A sheet on paper whose every cycle is decided twice: with its memory, and without."""

    def cycle(self, minutes: int = 5):
        reading, baseline = self.reading, self.baseline
        plan = super().cycle(minutes)
        reading = replace(reading, read_at=self.now)
        alone = decide(reading, baseline, self.rules, self.mandate, self.now)
        assert to_the_letter(plan) == to_the_letter(alone)
        return plan


def doubting(sheet: PaperSheet) -> Doubting:
    return Doubting(**{f.name: getattr(sheet, f.name) for f in fields(sheet)})


def sleep_a_night(sheet: PaperSheet) -> None:
    sheet.now += dt.timedelta(days=1)


def note_another_notation(sheet: PaperSheet) -> None:
    sheet.type("Suppliers", {"supplier": "ACME"}, number_notation="1.234,56")


def order_more(sheet: PaperSheet) -> None:
    sheet.add(
        "Order lines",
        po_number="new7",
        requester="ann",
        supplier="ACME",
        item="0044",
        quantity=1,
        uom="EA",
        unit_price=1,
        currency="EUR",
        need_by="2026-05-01",
    )


NIGHTS = st.sampled_from([sleep_a_night, note_another_notation, order_more])


@LAW
@given(st.lists(st.one_of(ACTS, NIGHTS), min_size=2, max_size=5))
def test_deciding_with_a_memory_is_deciding_without(acts):
    sheet = doubting(confirmed_sheet())
    for number, act in enumerate(acts):
        if callable(act):
            act(sheet)
        else:
            do(sheet, number, act)
        sheet.rest()


# -- what is saved --------------------------------------------------------------------------------


TWO_LINES = snapshot("""
    Order lines | PO   | Line | Item | Qty | Unit | Unit price | Currency
                | PO-1 | 1    | 0042 | 10  | EA   | 12.00      | EUR
                | PO-1 | 2    | 0043 | 5   | EA   | 3.50       | EUR
""")


@pytest.fixture
def judged_rows(monkeypatch):
    """How many rows are given to Pandera."""
    counted: list[int] = []
    judge = judging.failures

    def count(frames):
        counted.extend(len(frame.rows) for frame in frames)
        return judge(frames)

    monkeypatch.setattr(judging, "failures", count)
    return counted


def test_only_rows_that_are_new_or_changed_are_judged(judged_rows):
    office = Office(0)
    office.sheet = TWO_LINES
    last = office.read(None)
    assert sum(judged_rows) == 2
    judged_rows.clear()
    assert office.read(last).records is last.records
    assert sum(judged_rows) == 0
    (lines,) = TWO_LINES.of_kind(TabKind.ORDER_LINES)
    changed = list(lines.rows[1])
    changed[lines.fields.index("quantity")] = 6
    office.write(lines.place.address, [tuple(changed), lines.rows[0]])
    again = office.read(last)
    assert sum(judged_rows) == 1
    assert [line.quantity for line in again.records.order_lines] == [6, 10]


def test_copies_that_come_and_go_are_counted_on_every_row():
    """The first copy stands where it stood, and is still not the row that it was."""
    office = Office(0)
    office.sheet = TWO_LINES
    (lines,) = TWO_LINES.of_kind(TabKind.ORDER_LINES)
    last, one = office.read(None), lines.rows[0]
    for rows in ([one], [one, one], [one, one, one], [one, one], [one]):
        office.write(lines.place.address, rows)
        last, afresh = office.read(last), office.read(None)
        assert to_the_letter(last.records) == to_the_letter(afresh.records)
        assert to_the_letter(last.findings) == to_the_letter(afresh.findings)
        assert len(last.records.order_lines) == (len(rows) == 1)


def test_a_row_known_by_its_content_is_counted_anew_when_its_like_is_gone():
    office = Office(0)
    office.sheet = TWO_LINES
    (lines,) = TWO_LINES.of_kind(TabKind.ORDER_LINES)
    marked = ("new1", *lines.rows[0][1:])
    last = office.read(None)
    for rows in ([marked, marked], [lines.rows[1], marked], [marked, marked]):
        office.write(lines.place.address, rows)
        last, afresh = office.read(last), office.read(None)
        assert to_the_letter(last.records) == to_the_letter(afresh.records)


def test_an_invoice_follows_the_spelling_of_its_order():
    office = Office(0)
    office.sheet = snapshot("""
        Invoices | Supplier | Invoice | Invoice line | Invoice date | Currency | PO   | Qty | Unit price
                 | ACME     | INV-1   | 1            | 2026-03-02   | EUR      | po-1 | 1   | 12
    """)
    last = office.read(None)
    office.known = {"PO-1"}
    assert [line.po_number for line in office.read(last).records.invoices] == ["PO-1"]


def test_an_invoice_follows_when_its_rows_were_first_seen():
    """Settled for the first time, its rows are the same, and its place in the queue is another."""
    office = Office(0)
    office.sheet = snapshot("""
        Invoices | Supplier | Invoice | Invoice line | Invoice date | Currency | PO   | Qty | Unit price
                 | ACME     | INV-1   | 1            | 2026-03-02   | EUR      | PO-1 | 1   | 12
    """)
    (invoices,) = office.sheet.of_kind(TabKind.INVOICES)
    last = office.read(None)
    office.settled[invoices.place.address] = NOW
    again = office.read(last)
    assert [line.first_seen_at for line in last.records.invoices] == [None]
    assert [line.first_seen_at for line in again.records.invoices] == [NOW]


def test_a_finding_follows_the_spelling_of_its_order():
    """What is wrong with a row is told by names that other tabs give."""
    office = Office(0)
    office.sheet = snapshot("""
        Receipts | Receipt | PO   | Line | Qty | Received
                 | GR-1    | po-1 | 1    | -4  | 2026-03-02
    """)
    last = office.read(None)
    office.known = {"PO-1"}
    [(before, now)] = zip(last.findings, office.read(last).findings, strict=True)
    assert (before.document, now.document) == ("receipt GR-1 for po-1/1", "receipt GR-1 for PO-1/1")


def test_a_zero_below_zero_is_another_cell():
    """Equal for Python; but a row without a key of its own is known by its cells, to the letter."""
    office = Office(0)
    office.sheet = TWO_LINES
    (lines,) = TWO_LINES.of_kind(TabKind.ORDER_LINES)
    row, at, last = ["new1", *lines.rows[0][1:]], lines.fields.index("quantity"), None
    for cell in (0.0, -0.0, 0.0):
        row[at] = cell
        office.write(lines.place.address, [tuple(row)])
        last, afresh = office.read(last), office.read(None)
        assert [f.finding_id for f in last.findings] == [f.finding_id for f in afresh.findings]
        assert last.findings


def test_a_cycle_in_which_nothing_changed_judges_nothing(judged_rows):
    sheet = confirmed_sheet()
    sheet.memory = Memory()
    sheet.rest()
    assert sum(judged_rows) > 0
    judged_rows.clear()
    sheet.cycle()
    assert sum(judged_rows) == 0


def test_a_memory_holds_no_more_than_the_last_reading():
    office = Office(0)
    office.sheet = TWO_LINES
    last = office.read(None)
    office.sheet = TABS
    last = office.read(last)
    assert not any(tab.rows for tab in last.tabs.values())
    assert not any(made.records for made in last.made.values())
    assert last.said.lines == ()


def test_other_rules_are_other_columns():
    office = Office(0)
    last = office.read(None)
    office.rules = rulebook().columns
    again = office.read(last)
    assert again.tabs
    assert not any(tab is last.tabs[address] for address, tab in again.tabs.items())
