"""The stage of the demo: a fresh folder, the firm of sample_sheets/company, and its office.

Half of the suppliers answer on a tab of the hub, half in a spreadsheet of their own.
Never: deletes what an earlier demo did not make.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from gspread.utils import ExportFormat

from sheetsync.demo.office import Office, SupplierAccess, open_office
from sheetsync.demo.samples import COMPANY, records_of
from sheetsync.errors import ConfigError

TODAY = date(2026, 3, 2)
"""The day that is played: a Monday to which the samples' dates belong."""

PRIVATE = frozenset({"SHEFF", "DELTA", "OSAKA", "ALPINE"})
WITHOUT_TAB = frozenset({"GRIND"})
MARKER = ".made-by-sheetsync-demo"
MADE_HERE = ("config.yaml", "service-account.json", "mails", "spreadsheets", "local")
STATE_FILES = "*.db*"


def clear(folder: Path) -> None:
    """Make the folder as fresh as before the first demo.

    Raises:
        ConfigError: It holds something that no demo made.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise ConfigError(
            "This folder is not empty, and no demo made it.",
            subject=str(folder),
            remedy="Name another one with --folder, or empty it.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Emptied by the next demo.\n", encoding="utf-8")
    for path in (*(folder / name for name in MADE_HERE), *folder.glob(STATE_FILES)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def supplier_access(folder: Path) -> tuple[SupplierAccess, ...]:
    """Who answers where, by the story's list of suppliers."""
    return tuple(
        SupplierAccess(
            supplier=row["Supplier"],
            email=row["E-mail"].strip(),
            tab="Orders" if row["Supplier"] in PRIVATE else row["Supplier"].title(),
            is_private=row["Supplier"] in PRIVATE,
        )
        for row in records_of(folder / "suppliers.csv")
        if row["Supplier"] not in WITHOUT_TAB
    )


def colleagues(folder: Path) -> tuple[str, ...]:
    """The addresses of those who work in the hub; the first owns it."""
    return tuple(row["E-mail"] for row in records_of(folder / "people.csv"))


@contextmanager
def open_stage(folder: Path) -> Iterator[Office]:
    """The office in the morning: everything laid out, nothing typed yet."""
    with open_office(
        folder,
        suppliers=supplier_access(COMPANY),
        colleagues=colleagues(COMPANY),
        clock=datetime(TODAY.year, TODAY.month, TODAY.day, 7, tzinfo=UTC),
        data=folder / "local",
    ) as office:
        yield office


def export(office: Office) -> tuple[Path, ...]:
    """Every spreadsheet as .xlsx, fetched by its owner."""
    folder = office.folder / "spreadsheets"
    folder.mkdir(exist_ok=True)
    paths = []
    for spreadsheet in (office.hub, *office.private.values()):
        path = folder / f"{spreadsheet.title}.xlsx"
        path.write_bytes(office.owner.client.export(spreadsheet.id, ExportFormat.EXCEL))
        paths.append(path)
    return tuple(paths)
