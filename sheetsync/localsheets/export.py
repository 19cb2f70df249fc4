"""files.export: a spreadsheet as CSV, TSV or xlsx.

Decides: what of a spreadsheet the formats keep.
Never: needs openpyxl unless xlsx is asked for.
"""

from __future__ import annotations

import csv
import io

from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Book
from sheetsync.localsheets.errors import GoogleError
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
    """Every tab with values and formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 - only who exports xlsx needs openpyxl

    made = Workbook(write_only=True)
    for tab in book.tabs:
        sheet = made.create_sheet(tab.title[:31])
        for row in tab.grid.rows:
            cells = list(row.values) if row is not None else []
            for column, extra in (row.extras or {}).items() if row is not None else ():
                if extra.formula is not None:
                    cells.extend([""] * (column + 1 - len(cells)))
                    cells[column] = extra.formula
            sheet.append([None if cell == "" else cell for cell in cells])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()
