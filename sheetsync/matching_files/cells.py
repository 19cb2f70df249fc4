"""The cells of a tab in a CSV or .xlsx file, as Google Sheets would hand them over.

Text stays text, numbers and days of a workbook become what an unformatted cell shows. A formula
that nobody calculated stays the formula, which no reader takes for a value.

Never: knows what a column means.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.utils.exceptions import InvalidFileException

from sheetsync.core.model import RawCell
from sheetsync.core.rulebook import TabSpec
from sheetsync.errors import AskedAmiss
from sheetsync.sheets.grid import find_columns

Cells = Sequence[Sequence[RawCell]]

DELIMITERS = (",", ";", "\t")
WORKBOOKS = {".xlsx", ".xlsm"}


def read_cells(path: Path, spec: TabSpec, *, beside: bool = False) -> Cells | None:
    """All rows of a tab, headers first.

    Args:
        path: A CSV file, or a workbook.
        spec: The tab that it holds.
        beside: Whether the workbook holds it beside another tab; then it may be absent.

    Raises:
        AskedAmiss: the file cannot be read as what it seems to be.
    """
    try:
        if path.suffix.lower() in WORKBOOKS:
            return _of_workbook(path, spec, beside=beside)
        return None if beside else _of_text(path.read_text(encoding="utf-8-sig"), spec)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise AskedAmiss(f"The file cannot be read ({reason}).", subject=str(path)) from error
    except UnicodeDecodeError as error:
        raise AskedAmiss(
            "This is no UTF-8 text.", subject=path.name, remedy="Save it as CSV UTF-8."
        ) from error
    except csv.Error as error:
        raise AskedAmiss(f"This is no CSV: {error}.", subject=path.name) from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise AskedAmiss(f"This is no .xlsx workbook: {error}.", subject=path.name) from error


def _of_text(text: str, spec: TabSpec) -> Cells:
    """CSV, by whichever delimiter makes the most headers known."""

    def rows(delimiter: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))

    def known(delimiter: str) -> int:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return len(find_columns(first, spec).columns)

    return rows(max(DELIMITERS, key=known))


def _of_workbook(path: Path, spec: TabSpec, *, beside: bool) -> Cells | None:
    values = load_workbook(path, data_only=True)
    title = _title(values, spec, path, beside=beside)
    if title is None:
        return None
    typed = load_workbook(path)[title]
    return [
        [_raw(value, formula) for value, formula in zip(shown, written, strict=True)]
        for shown, written in zip(
            values[title].iter_rows(values_only=True),
            typed.iter_rows(values_only=True),
            strict=True,
        )
    ]


def _title(book: Workbook, spec: TabSpec, path: Path, *, beside: bool) -> str | None:
    """The sheet that is titled as the tab, or the only one."""
    titles = book.sheetnames
    named = [title for title in titles if title.strip().casefold() == spec.title.casefold()]
    if named:
        return named[0]
    if beside:
        return None
    if len(titles) > 1:
        raise AskedAmiss(
            f"No sheet is titled {spec.title!r}; there are {_listed(titles)}.",
            subject=path.name,
            remedy=f"Title the sheet {spec.title!r}, or leave only that one.",
        )
    return titles[0]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(repr, words))


def _raw(value: object, formula: object) -> RawCell:
    """A cell as the Sheets API would give it: days as serial numbers."""
    if value is None:
        return str(formula) if formula is not None else None
    if isinstance(value, datetime | date | time):
        return float(to_excel(value))  # type: ignore[no-untyped-call]
    if isinstance(value, bool | int | float | str):
        return value
    return str(value)
