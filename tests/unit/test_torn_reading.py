"""A row that one reading misses is forgotten only when the reading before the write misses it too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from paper import PaperSheet
from paper_day import START, confirmed_sheet

from sheetsync.core.findings import Code
from sheetsync.core.plan import RowAppend

DRAFT = {"po_number": "PO-1001", "line_number": 2}


@pytest.fixture
def sheet():
    sheet = PaperSheet.of(START)
    sheet.rest()
    return sheet


def torn(sheet, tab, **where):
    """The next cycle decides on a reading without the row; the sheet itself keeps it."""
    whole, decided = sheet.reading, sheet.apply
    sheet.delete(tab, **where)

    def apply(writes, *others):
        sheet.reading = replace(whole, read_at=sheet.now)
        return decided(writes, *others)

    sheet.apply = apply
    plan = sheet.cycle()
    sheet.apply = decided
    return plan


def words(sheet):
    return [event.decision for event in sheet.events]


def test_a_torn_reading_forgets_nothing_and_tells_nothing(sheet):
    known, told = sheet.baseline, words(sheet)

    torn(sheet, "Order lines", **DRAFT)

    assert "deleted" not in words(sheet)[len(told) :]
    assert sheet.baseline.lines == known.lines
    assert sheet.baseline.orders == known.orders
    tab = sheet.tab("Order lines")
    assert sheet.baseline.rows[tab] == known.rows[tab]
    assert sheet.rest().is_empty


def test_an_order_that_a_torn_reading_misses_whole_is_kept(sheet):
    sheet.delete("Order lines", line_number=1)
    sheet.rest()

    torn(sheet, "Order lines", **DRAFT)

    assert list(sheet.baseline.orders) == ["PO-1001"]
    assert sheet.rest().is_empty


def test_a_row_that_both_readings_miss_is_gone(sheet):
    sheet.delete("Order lines", **DRAFT)
    sheet.rest()

    assert words(sheet).count("deleted") == 1
    assert [key.line_number for key in sheet.baseline.lines] == [1]


def test_a_row_that_somebody_brings_back_before_the_write_is_not_taken_for_the_one_written():
    """Else what the worker writes on a restored row would seem to be typed over by the old row."""
    sheet = confirmed_sheet()
    told = words(sheet)

    plan = torn(sheet, "ACME", line_number=1)
    sheet.rest()

    assert any(isinstance(write, RowAppend) and write.tab.tab == "ACME" for write in plan.writes)
    assert not {"put back", "deleted, restored"} & set(words(sheet)[len(told) :])
    blamed = {Code.WORKER_FIELD_EDITED, Code.LOCKED_FIELD_EDITED}
    assert not blamed & {finding.code for plan in sheet.plans for finding in plan.findings}
