"""Whatever stands in a sheet is read without harm, and the order of rows says nothing."""

from dataclasses import fields, replace

from any_cells import CELLS
from builders import TODAY, column_rules, never_seen, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetsync.core.columns import read_records
from sheetsync.core.model import LineKey, TabKind

TABS = snapshot("Supplier ACME | PO\nSupplier BOLT (private) | PO")
READ = set(TabKind) - {TabKind.EXCEPTIONS, TabKind.HISTORY, TabKind.STATUS}
SLOW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@st.composite
def sheets(draw):
    """Every tab with a few rows of anything."""
    random = draw(st.randoms(use_true_random=False))
    tabs = {
        address: replace(
            reading,
            rows=tuple(
                tuple(random.choice(CELLS) for _ in reading.fields)
                for _ in range(random.randint(0, 6))
            ),
        )
        if reading.place.kind in READ
        else reading
        for address, reading in TABS.tabs.items()
    }
    return replace(TABS, tabs=tabs)


def records_of(sheet):
    return read_records(sheet, column_rules(), today=TODAY, first_seen=never_seen)


@SLOW
@given(sheets())
def test_nothing_that_a_cell_may_hold_does_harm(sheet):
    records, findings = records_of(sheet)
    for finding in findings:
        assert finding.message
        assert len(finding.message) < 1000
        assert finding.rule.startswith("columns.")
        finding.message.encode("utf-8")
    assert all(line.quantity is None or line.quantity > 0 for line in records.order_lines)
    assert all(receipt.quantity > 0 for receipt in records.receipts)
    keys = [line.key for line in records.order_lines if line.key is not None]
    assert len(keys) == len(set(keys))
    assert all(isinstance(answer.key, LineKey) for answer in records.answers)


def without_places(records, findings):
    """Everything but where it stood, in an order of its own."""
    rows = [
        *records.order_lines,
        *records.answers,
        *records.decisions,
        *records.receipts,
        *records.invoices,
        *records.orders.values(),
        *records.suppliers.values(),
        *records.people.values(),
        *records.unreadable,
    ]
    said = sorted(repr(_said(row)) for row in rows)
    told = sorted(repr((f.code, f.document, f.field, f.message, f.finding_id)) for f in findings)
    return said, told


def _said(row):
    """A record without its place; sets in an order of their own."""
    cells = {
        field.name: getattr(row, field.name) for field in fields(row) if field.name != "source"
    }
    return [
        (name, sorted(cell) if isinstance(cell, frozenset) else cell)
        for name, cell in cells.items()
    ]


@SLOW
@given(sheets(), st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(sheet, random):
    def shuffled(reading):
        rows = list(reading.rows)
        random.shuffle(rows)
        return replace(reading, rows=tuple(rows))

    sorted_ = replace(
        sheet, tabs={address: shuffled(reading) for address, reading in sheet.tabs.items()}
    )
    assert without_places(*records_of(sheet)) == without_places(*records_of(sorted_))


def test_every_kind_of_tab_is_drawn():
    assert {reading.place.kind for reading in TABS.tabs.values()} == set(TabKind)
