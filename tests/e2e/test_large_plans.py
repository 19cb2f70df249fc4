"""A plan of many parts, broken off between any two: the next cycle leaves one result."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from small_company import BOLT, SEAL, come_to_rest, open_small_company, order_line

from sheetsync.errors import WorkbookError

LINES = 24
LIMIT = 9_000


@contextmanager
def opened(folder, limit):
    """Many orders stand in the sheet as issued when the worker first looks."""
    with open_small_company(folder) as office:
        office.desk("ann", "Order lines").add(*(line(number) for number in range(1, LINES + 1)))
        office.ports.workbook._payload_limit = limit
        office.server.calls.clear()
        yield office


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What stands in the end when nothing goes wrong and everything fits into one batch."""
    with opened(tmp_path_factory.mktemp("undisturbed"), 10_000_000) as office:
        come_to_rest(office)
        return shown(office)


def line(number):
    supplier = "S-100" if number % 2 else "S-200"
    return order_line(f"PO-{number:04}", supplier, line=1, quantity=number, status="issued")


def cycle(office):
    office.clock += timedelta(minutes=5)
    return office.cycle()


def shown(office):
    """What people see, without times."""
    lines = office.desk("ann", "Order lines").rows()
    suppliers = [
        (row["PO number"], row["Quantity"], row["Status"])
        for supplier in (BOLT, SEAL)
        for row in office.supplier_desk(supplier.supplier).rows()
    ]
    words = ("Event", "PO number", "Line", "Field", "Old", "New", "Decision")
    history = [
        tuple(row[word] for word in words) for row in office.desk("ann", "Change history").rows()
    ]
    return lines, sorted(suppliers), sorted(history, key=str)


@pytest.mark.parametrize("kind", ["503", "cut_before", "cut_after"])
def test_a_first_cycle_broken_off_again_and_again_ends_alike(tmp_path, kind, undisturbed):
    """Each cycle finishes a little more and breaks off somewhere else."""
    with opened(tmp_path, LIMIT) as office:
        broken = 0
        for nth in (2, 3, 2, 4, 1):
            office.server.set_faults(
                [{"kind": kind, "method": "spreadsheets.batchUpdate", "at": [nth]}]
            )
            try:
                cycle(office)
            except WorkbookError:
                broken += 1
        office.server.set_faults([])
        come_to_rest(office)

        assert broken >= 3
        sizes = [call.request_bytes for call in office.server.calls]
        assert LIMIT / 2 < max(sizes) <= LIMIT
        assert shown(office) == undisturbed
