"""A story of sample_sheets, played in an office of its own, and what stands in the tabs at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sheetsync.core.model import TabKind
from sheetsync.demo.office import Office, open_office
from sheetsync.demo.people import Desk
from sheetsync.demo.samples import COMPANY, records_of, type_in
from sheetsync.demo.stage import supplier_access

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
COLLEAGUES = ("ann@tandemworks.example", "bob@tandemworks.example")
MASTER = frozenset({TabKind.SUPPLIERS, TabKind.PEOPLE})


@contextmanager
def story_office(story: Path, folder: Path) -> Iterator[Office]:
    """The office of a story: its suppliers, the company's people, and its rows typed in."""
    named = " ".join(path.read_text(encoding="utf-8") for path in story.glob("*.csv")).upper()
    suppliers = tuple(each for each in supplier_access(COMPANY) if each.supplier in named)
    with open_office(folder, suppliers=suppliers, colleagues=COLLEAGUES, clock=MORNING) as office:
        type_in(office.hub, COMPANY, office.rules.columns, MASTER)
        type_in(office.hub, story, office.rules.columns)
        yield office


def play(office: Office, story: Path) -> None:
    """The worker runs to rest; suppliers answer, where the story has answers, and it runs again."""
    office.work()
    answers = story / "answers.csv"
    if answers.exists():
        for row in records_of(answers):
            where = {"po_number": row.pop("PO number"), "line": row.pop("Line")}
            office.supplier_desk(row.pop("Supplier")).type(where, **named(row))
        office.work()


def named(row: dict[str, str]) -> dict[str, str]:
    """Filled cells by header in lower case with underscores."""
    return {header.casefold().replace(" ", "_"): cell for header, cell in row.items() if cell}


def shown(office: Office, name: str, headers: Sequence[str]) -> list[list[str]]:
    """What a tab shows under these headers, as people see it, without blank rows.

    `answers` are the rows of the suppliers' tabs, `exceptions` the open findings.
    """
    if name == "answers":
        desks = [office.supplier_desk(supplier) for supplier in sorted(office.suppliers)]
    else:
        desks = [office.desk("ann", name.replace("_", " ").capitalize())]
    rows = [row for desk in desks for row in displayed(desk)]
    if name == "exceptions":
        rows = [row for row in rows if row["State"] == "open"]
    cells = [[row[header] for header in headers] for row in rows]
    return [row for row in cells if any(row)]


def displayed(desk: Desk) -> list[dict[str, str]]:
    """The rows of a tab as it displays them."""
    headers, *rows = desk.tab.get_values()
    return [dict(zip(headers, row, strict=True)) for row in rows]
