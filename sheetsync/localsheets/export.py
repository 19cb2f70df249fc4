"""files.export: a spreadsheet as CSV, TSV or xlsx.

Decides: what of a spreadsheet the formats keep.
Never: needs openpyxl unless xlsx is asked for.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from sheetsync.localsheets.a1 import Box, cell_name
from sheetsync.localsheets.book import Book
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.formats import pattern_of
from sheetsync.localsheets.grid import Extra, Row, Scalar
from sheetsync.localsheets.sheet_locale import sheet_locale
from sheetsync.localsheets.values import read_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(book: Book, mime_type: str) -> tuple[str, bytes]:
    """The media type and the bytes."""
    if mime_type == "text/csv":
        return mime_type, as_text(book, ",")
    if mime_type == "text/tab-separated-values":
        return mime_type, as_text(book, "\t")
    if mime_type == XLSX:
        return mime_type, as_xlsx(book)
    raise GoogleError(
        400,
        "The requested conversion is not supported.",
        reason="badRequest",
        location="convertTo",
    )


def as_text(book: Book, delimiter: str) -> bytes:
    """The first tab as it shows, every row as wide as the widest."""
    tab = book.tabs[0]
    rows = read_rows(book, tab, Box(0, tab.row_count, 0, tab.column_count), {})
    width = max(map(len, rows), default=0)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    if delimiter == "\t":
        lines = ["\t".join(c.replace("\t", " ").replace("\n", " ") for c in row) for row in padded]
        return "\r\n".join(lines).encode()
    text = io.StringIO()
    csv.writer(text).writerows(padded)
    return text.getvalue().removesuffix("\r\n").encode()


def as_xlsx(book: Book) -> bytes:
    """Every tab with values, formulas, number formats, bold text and frozen rows and columns."""
    from openpyxl import Workbook  # noqa: PLC0415 - only who exports xlsx needs openpyxl

    made = Workbook(write_only=True)
    for tab in book.tabs:
        sheet = made.create_sheet(tab.title[:31])
        grid = tab.props.get("gridProperties", {})
        frozen = (grid.get("frozenRowCount", 0), grid.get("frozenColumnCount", 0))
        if any(frozen):
            sheet.freeze_panes = cell_name(*frozen)
        for row in tab.grid.rows:
            sheet.append([] if row is None else _xlsx_cells(sheet, row, book.locale))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _xlsx_cells(sheet: Any, row: Row, locale: str) -> list[Any]:
    width = max(len(row.values), 1 + max(row.extras or {}, default=-1))
    return [
        _xlsx_cell(sheet, row.value(column), row.extra_at(column), locale)
        for column in range(width)
    ]


def _xlsx_cell(sheet: Any, value: Scalar, extra: Extra, locale: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - the same
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 - the same
    from openpyxl.styles import Font  # noqa: PLC0415 - the same

    look = extra.format or {}
    is_bold = look.get("textFormat", {}).get("bold", False)
    pattern = pattern_of(look.get("numberFormat"), sheet_locale(locale))
    if value == "" and extra.formula is None and not is_bold:
        return None
    text = value if not isinstance(value, str) else ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, extra.formula or text)
    if extra.formula is None and isinstance(value, str):
        cell.data_type = "s"  # a text that begins with "=" is no formula
    if pattern is not None:
        cell.number_format = pattern
    if is_bold:
        cell.font = Font(bold=True)
    return cell
