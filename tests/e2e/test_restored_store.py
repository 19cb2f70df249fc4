"""A state store that was restored or lost, and a copied spreadsheet, on the local server."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from small_company import issue, open_small_company, order_line
from typer.testing import CliRunner

from sheetsync.cli import app
from sheetsync.demo.office import WORKER
from sheetsync.errors import SafetyStop


@pytest.fixture
def office(tmp_path):
    """Two orders, one with a private supplier; both went out, and then there was a backup."""
    with open_small_company(
        tmp_path, others=("wil@example.com",), clock=datetime.now(UTC) - timedelta(hours=6)
    ) as office:
        order(office, "new1", "S-100", 3)
        order(office, "new2", "S-200", 2)
        work(office)
        issue(office, "PO-1001", "PO-1002")
        back_up(office)
        afternoon(office)
        yield office
    # The commands log to a terminal that is gone after them.
    structlog.reset_defaults()


def order(office, mark: str, supplier: str, lines: int) -> None:
    office.desk("ann", "Order lines").add(
        *(order_line(mark, supplier, item=f"00{n}", quantity=10 + n) for n in range(lines))
    )


def work(office) -> None:
    office.clock += timedelta(minutes=5)
    office.work()


def afternoon(office) -> None:
    """What the backup does not know of."""
    bolt, seal = office.supplier_desk("S-100"), office.supplier_desk("S-200")
    bolt.type({"po_number": "PO-1001", "line": 1}, your_answer="accept")
    seal.type({"po_number": "PO-1002", "line": 1}, your_answer="accept", comment="gladly")
    seal.type(
        {"po_number": "PO-1002", "line": 2},
        your_answer="propose",
        your_price="13.10",
        your_reason="steel",
    )
    work(office)
    office.desk("wil", "Receipts").add(
        {
            "receipt": "GR-1",
            "po_number": "PO-1001",
            "line": 1,
            "quantity": 4,
            "received_on": "2026-03-02",
        }
    )
    order(office, "new3", "S-200", 1)
    work(office)
    issue(office, "PO-1003")
    office.desk("ann", "Orders").type({"po_number": "PO-1001"}, notes="urgent")
    work(office)
    office.clock += timedelta(hours=1)


def back_up(office) -> None:
    with (
        closing(sqlite3.connect(office.folder / "sheetsync.db")) as store,
        closing(sqlite3.connect(office.folder / "backup.db")) as backup,
    ):
        store.backup(backup)


def restore(office, *, is_lost: bool = False) -> None:
    office.ports.state.close()
    for path in office.folder.glob("sheetsync.db*"):
        if "history-key" not in path.name:
            path.unlink()
    if not is_lost:
        (office.folder / "backup.db").rename(office.folder / "sheetsync.db")


def shown(office) -> dict[str, list[list[object]]]:
    """All that people see, but for the worker's own lists."""
    found = {}
    for spreadsheet in (office.hub, *office.private.values()):
        for tab in spreadsheet.worksheets():
            if tab.title not in {"Status", "Exceptions", "Change history", "sheetsync witness"}:
                rows = tab.get_values(value_render_option="UNFORMATTED_VALUE")
                said = {rows[0].index(h) for h in ("Message", "Last checked") if h in rows[0]}
                found[f"{spreadsheet.title}: {tab.title}"] = [
                    [cell for place, cell in enumerate(row) if place not in said] for row in rows
                ]
    return found


def mailed(office) -> Counter[str]:
    return Counter(path.name for path in (office.folder / "mails").rglob("*.eml"))


def run(office, *words: str):
    return CliRunner().invoke(
        app, ["run", "--once", "--config", str(office.folder / "config.yaml"), *words]
    )


@pytest.mark.parametrize("is_lost", [False, True], ids=["restored", "lost"])
def test_the_sheet_stays_as_it_is_and_nothing_is_mailed_again(office, is_lost):
    restore(office, is_lost=is_lost)
    before, mails = shown(office), mailed(office)

    assert isinstance(run(office).exception, SafetyStop)
    done = run(office, "--confirm")

    assert done.exit_code == 0, (done.output, done.exception)
    assert "taken over from the change history" in done.output
    for _ in range(2):
        assert run(office).exit_code == 0
    assert shown(office) == before
    new = mailed(office) - mails
    assert not [name for name in new if "order-" in name]
    checked = CliRunner().invoke(
        app, ["history", "verify", "--config", str(office.folder / "config.yaml")]
    )
    assert checked.exit_code == 0, checked.output
    waiting = CliRunner().invoke(app, ["mails", "--config", str(office.folder / "config.yaml")])
    assert "order-PO-1003-v1" in waiting.output
    assert ("order-PO-1001-v1" in waiting.output) == is_lost
    [finding] = [
        row
        for row in office.desk("ann", "Exceptions").rows()
        if row["Code"] == "history-taken-over"
    ]
    assert "PO-1003 version 1" in str(finding["What and what to do"])


def test_what_people_typed_meanwhile_is_judged(office):
    restore(office)
    office.supplier_desk("S-200").type({"po_number": "PO-1003"}, your_answer="accept")
    office.supplier_desk("S-200").type({"po_number": "PO-1002", "line": 1}, unit_price=14)
    office.desk("ann", "Order lines").type({"po_number": "PO-1001", "line": 1}, quantity=99)
    office.desk("ann", "Order lines").type({"po_number": "PO-1001", "line": 2}, notes="soon")
    run(office)
    assert run(office, "--confirm").exit_code == 0
    for _ in range(2):
        run(office)

    lines = {
        (row["PO number"], row["Line"]): row for row in office.desk("ann", "Order lines").rows()
    }
    assert lines["PO-1003", 1]["Status"] == "confirmed"
    assert lines["PO-1002", 1]["Status"] == "change proposed"
    assert lines["PO-1002", 1]["Proposed price"] == 14
    assert (lines["PO-1002", 2]["Status"], lines["PO-1002", 2]["Proposed price"]) == (
        "change proposed",
        13.1,
    )
    assert lines["PO-1001", 1]["Quantity"] == 10
    told = [row for row in office.desk("ann", "Change history").rows() if row["New"] == "soon"]
    assert len(told) == 1


def unprotect(copy) -> None:
    """A copy's protections admit its owner alone, who takes them away; `init` makes them anew."""
    found = [
        each["protectedRangeId"]
        for sheet in copy.fetch_sheet_metadata()["sheets"]
        for each in sheet.get("protectedRanges", [])
    ]
    copy.batch_update(
        {"requests": [{"deleteProtectedRange": {"protectedRangeId": each}} for each in found]}
    )


def test_a_copied_spreadsheet_takes_the_store_over(office):
    copy = office.owner.client.copy(office.hub.id, title="The new hub")
    copy.share(WORKER, perm_type="user", role="writer", notify=False)
    unprotect(copy)
    text = (office.folder / "config.yaml").read_text("utf-8")
    (office.folder / "config.yaml").write_text(text.replace(office.hub.id, copy.id), "utf-8")
    office.ports.state.close()
    mails = mailed(office)

    config = str(office.folder / "config.yaml")
    assert CliRunner().invoke(app, ["init", "--config", config]).exit_code == 0

    assert isinstance(run(office).exception, SafetyStop)
    done = run(office, "--confirm")
    assert done.exit_code == 0, (done.output, done.exception)
    assert run(office).exit_code == 0
    assert not [name for name in mailed(office) - mails if "order-" in name]
    (office.folder / "config.yaml").write_text(text, "utf-8")
    assert isinstance(run(office).exception, SafetyStop)
