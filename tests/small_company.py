"""The small company of most end-to-end tests: Ann buys, Bob approves, Bolt and Seal supply.

Bolt's tab stands in the hub; Seal has a spreadsheet of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sheetsync.demo.office import Office, SupplierAccess, open_office

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BOLT = SupplierAccess(supplier="S-100", email="sales@bolt.example", tab="Bolt", is_private=False)
SEAL = SupplierAccess(supplier="S-200", email="sales@seal.example", tab="Orders", is_private=True)
NAMES = {BOLT: "Bolt", SEAL: "Seal"}


@contextmanager
def open_small_company(
    folder: Path,
    *,
    suppliers: tuple[SupplierAccess, ...] = (BOLT, SEAL),
    others: tuple[str, ...] = (),
    clock: datetime = MORNING,
) -> Iterator[Office]:
    """Ann, Bob and their suppliers are known; no order is typed yet, and no cycle was run.

    Args:
        folder: The office gets a folder of its own there.
        suppliers: Of `BOLT` and `SEAL`.
        others: Addresses of further colleagues, who may edit the hub and have no role.
        clock: The time of the first cycle.
    """
    colleagues = ("ann@example.com", "bob@example.com", *others)
    with open_office(
        folder / "office", suppliers=suppliers, colleagues=colleagues, clock=clock
    ) as office:
        office.desk("ann", "People").add(
            {"person": "ann", "name": "Ann", "email": "ann@example.com", "roles": "buyer"},
            {"person": "bob", "name": "Bob", "email": "bob@example.com", "roles": "approver"},
        )
        office.desk("ann", "Suppliers").add(
            *(
                {
                    "supplier": each.supplier,
                    "name": NAMES[each],
                    "email": each.email,
                    "approved": "yes",
                }
                for each in suppliers
            )
        )
        yield office


def order_line(mark: str, supplier: str, **cells: object) -> dict[str, object]:
    """Ten of item 0042 as Ann types them; `cells` say what is typed otherwise."""
    return {
        "po_number": mark,
        "requester": "ann",
        "supplier": supplier,
        "item": "0042",
        "quantity": 10,
        "unit": "EA",
        "unit_price": 12.5,
        "currency": "EUR",
        "need_by": "2026-04-20",
    } | cells


def issue(office: Office, *numbers: str) -> None:
    """Submitted, approved and sent to their suppliers, each at once for all."""
    for tab, word in (("Orders", "submit"), ("Approvals", "approve"), ("Orders", "issue")):
        column = "decision" if tab == "Approvals" else "action"
        for number in numbers:
            office.desk("bob", tab).type({"po_number": number}, **{column: word})
        office.work()


def come_to_rest(office: Office, most: int = 8) -> None:
    """Cycles, five minutes apart, until nothing is left to do."""
    for _ in range(most):
        office.clock += timedelta(minutes=5)
        report = office.cycle()
        if not report.cells_written and not report.wants_another:
            return
    raise AssertionError("the worker does not come to rest")
