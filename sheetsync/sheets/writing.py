"""Requests of one atomic batch: cells in as few blocks as they allow, rows inserted below the last.

New rows are *inserted* below the last row with content and then filled, all in one batch. A row
that did not exist a moment ago cannot hold what somebody is typing, so nothing is overwritten even
when people type, sort or insert between our reading and our write; `appendCells` would be as safe,
but lands below a column of unticked checkboxes, a thousand rows out of sight.

Rules: rules/columns.yaml (kinds decide number formats).
Never: sends anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sheetsync.core.model import RawCell
from sheetsync.core.rows import writable
from sheetsync.core.rulebook import CellKind, ColumnSpec

Request = dict[str, Any]
"""One request of spreadsheets.batchUpdate, as the API writes it."""

Cell = tuple[RawCell, ColumnSpec]
"""What to write and the column it goes to."""

DATE_FORMAT = {"type": "DATE", "pattern": "yyyy-mm-dd"}
PLAIN_TEXT = {"type": "TEXT", "pattern": "@"}
FORMULA_STARTS = ("=", "+", "'")
VALUE_ONLY = "userEnteredValue"
WITH_FORMAT = "userEnteredValue,userEnteredFormat.numberFormat"


def cell_data(value: RawCell, column: ColumnSpec) -> Request:
    """One cell as the API takes it, never parsed as if typed. A blank clears the cell.

    A date gets its format with it, or it would show as a number of days. A name becomes plain text,
    so that 0042 keeps its zeros even when somebody enters the cell again, and so does a text that
    would become a formula then. Other texts need no format, and a large plan no longer body.
    """
    value = writable(value)
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, str):
        cell: Request = {"userEnteredValue": {"stringValue": value}}
        is_name = column.kind is CellKind.IDENTIFIER or value.startswith(FORMULA_STARTS)
        return cell | _formatted(PLAIN_TEXT) if is_name else cell
    cell = {"userEnteredValue": {"numberValue": value}}
    return cell | _formatted(DATE_FORMAT) if column.kind is CellKind.DATE else cell


def _formatted(number_format: Mapping[str, str]) -> Request:
    return {"userEnteredFormat": {"numberFormat": dict(number_format)}}


def write_cells(
    sheet_id: int, cells: Mapping[tuple[int, int], Cell], formatted: Collection[int] = ()
) -> list[Request]:
    """Write single cells, given by row and column index, in as few blocks as possible.

    Neighbours in a row go together, then equal stretches of neighbouring rows. A cell that brings
    no number format is never in a block that sets one, so it keeps its own; cells of the columns
    in `formatted` have theirs already.
    """
    blocks: dict[tuple[int, int, str], list[tuple[int, list[list[Request]]]]] = {}
    for row, first, fields, stretch in _stretches(cells, formatted):
        column = blocks.setdefault((first, len(stretch), fields), [])
        if column and column[-1][0] + len(column[-1][1]) == row:
            column[-1][1].append(stretch)
        else:
            column.append((row, [stretch]))
    return [
        {
            "updateCells": {
                "start": {"sheetId": sheet_id, "rowIndex": top, "columnIndex": first},
                "rows": [{"values": stretch} for stretch in rows],
                "fields": fields,
            }
        }
        for (first, _, fields), column in blocks.items()
        for top, rows in column
    ]


def _stretches(
    cells: Mapping[tuple[int, int], Cell], formatted: Collection[int]
) -> list[tuple[int, int, str, list[Request]]]:
    """Runs of neighbouring cells of one row that set the same fields, in sheet order."""
    stretches: list[tuple[int, int, str, list[Request]]] = []
    for (row, column), (value, spec) in sorted(cells.items(), key=lambda item: item[0]):
        data = cell_data(value, spec)
        if column in formatted:
            data.pop("userEnteredFormat", None)
        fields = WITH_FORMAT if "userEnteredFormat" in data else VALUE_ONLY
        if stretches:
            last_row, first, last_fields, run = stretches[-1]
            if (last_row, first + len(run), last_fields) == (row, column, fields):
                run.append(data)
                continue
        stretches.append((row, column, fields, [data]))
    return stretches


def insert_rows(
    sheet_id: int, at: int, row_count: int, rows: Sequence[Mapping[int, Cell]]
) -> list[Request]:
    """Insert new rows at a row index and fill them; each row is its cells by column index.

    The new rows take the formats of the blank row below them; where the grid ends there is none, so
    one is appended first.
    """
    requests: list[Request] = []
    if at >= row_count:
        requests.append(append_row(sheet_id))
    place = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": at, "endIndex": at + len(rows)}
    requests.append({"insertDimension": {"range": place, "inheritFromBefore": False}})
    cells = {
        (at + offset, column): cell
        for offset, row in enumerate(rows)
        for column, cell in row.items()
    }
    formats = _column_formats(cells)
    requests += [
        {
            "repeatCell": {
                "range": {
                    "sheetId": sheet_id,
                    "startRowIndex": at,
                    "endRowIndex": at + len(rows),
                    "startColumnIndex": column,
                    "endColumnIndex": column + 1,
                },
                "cell": _formatted(number_format),
                "fields": "userEnteredFormat.numberFormat",
            }
        }
        for column, number_format in formats.items()
    ]
    return requests + write_cells(sheet_id, cells, formats)


def append_row(sheet_id: int) -> Request:
    """Make the grid one row longer."""
    return {"appendDimension": {"sheetId": sheet_id, "dimension": "ROWS", "length": 1}}


def delete_rows(sheet_id: int, first: int, end: int) -> Request:
    """Delete rows by their indexes, the end excluded."""
    place = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": first, "endIndex": end}
    return {"deleteDimension": {"range": place}}


def _column_formats(cells: Mapping[tuple[int, int], Cell]) -> dict[int, Mapping[str, str]]:
    """The format of whole columns of new rows, said once: half of a large plan is formats else."""
    formats = {CellKind.IDENTIFIER: PLAIN_TEXT, CellKind.DATE: DATE_FORMAT}
    return {
        column: formats[spec.kind]
        for (_, column), (_, spec) in sorted(cells.items(), key=lambda item: item[0][1])
        if spec.kind in formats
    }
