"""spreadsheets.values: read, write, append, clear.

Decides: how ranges are read and rendered, and where an append lands.
Never: answers a call by itself; see `methods.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sheetsync.localsheets import entry
from sheetsync.localsheets.a1 import Area, Box, column_letters
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.display import show_ahead, shown_cell, shown_row
from sheetsync.localsheets.errors import GoogleError, bad_request
from sheetsync.localsheets.grid import Row, trim
from sheetsync.localsheets.lines import insert_rows
from sheetsync.localsheets.protection import Guard
from sheetsync.localsheets.ranges import Found, named_box

Json = dict[str, Any]


def read(book: Book, found: Found, options: Json) -> Json:
    """One ValueRange."""
    box = found.box()
    dimension = options.get("majorDimension", "ROWS")
    if dimension == "DIMENSION_UNSPECIFIED":
        dimension = "ROWS"
    rows = read_rows(book, found.tab, box, options)
    answer: Json = {"range": named_box(found.tab, box), "majorDimension": dimension}
    if dimension == "COLUMNS":
        rows = transposed(rows)
    if rows:
        answer["values"] = rows
    return answer


def read_rows(book: Book, tab: Tab, box: Box, options: Json) -> list[list[Any]]:
    """The values of a box by rows, without trailing blanks and blank rows at the end."""
    render = options.get("valueRenderOption", "FORMATTED_VALUE")
    dates_as_text = options.get("dateTimeRenderOption") == "FORMATTED_STRING"
    found: list[list[Any]] = []
    for row in tab.grid.rows[box.top : box.bottom]:
        if row is None or not (row.values or row.extras):
            found.append([])
            continue
        if render == "FORMATTED_VALUE":
            cells: list[Any] = shown_row(row, book.locale)
        elif row.extras and (render == "FORMULA" or dates_as_text):
            cells = _special(book, row, render, dates_as_text=dates_as_text)
        else:
            cells = row.values
        if box.left or box.right < len(cells):
            cells = cells[box.left : box.right]
            trim(cells)
        found.append(cells)
    while found and not found[-1]:
        found.pop()
    return found


def _special(book: Book, row: Row, render: str, *, dates_as_text: bool) -> list[Any]:
    """A row with its formulas, or its dates as text."""
    cells: list[Any] = list(row.values)
    for column, extra in (row.extras or {}).items():
        if render == "FORMULA" and extra.formula is not None:
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = extra.formula
        elif dates_as_text and column < len(cells):
            shape = (extra.format or {}).get("numberFormat", {}).get("type")
            if shape in ("DATE", "TIME", "DATE_TIME"):
                cells[column] = shown_cell(row.values[column], extra, book.locale)
    return cells


def transposed(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows as columns, again without trailing blanks."""
    width = max(map(len, rows), default=0)
    columns = [[row[c] if c < len(row) else "" for row in rows] for c in range(width)]
    for column in columns:
        trim(column)
    return columns


# writing


def write(book: Book, guard: Guard, found: Found, data: Json, option: str) -> Json:
    """Write a ValueRange and answer its UpdateValuesResponse."""
    tab, area = found.tab, found.area
    rows = data.get("values", [])
    if data.get("majorDimension") == "COLUMNS":
        rows = _as_rows(rows)
    top, left = area.top or 0, area.left or 0
    if top >= tab.row_count or left >= tab.column_count:
        raise tab.beyond(text=found.text)
    if (area.bottom or 0) > tab.row_count or (area.right or 0) > tab.column_count:
        # A range with an end is held to the grid; only what spreads from one cell lets it grow.
        raise tab.beyond(text=found.text)
    width = max(map(len, rows), default=0)
    if not area.is_anchor:
        _check_fits(found, top, left, len(rows), width)
    target = Box(top, top + len(rows), left, left + width)
    return put_rows(book, guard, tab, target, rows, option)


def put_rows(
    book: Book, guard: Guard, tab: Tab, target: Box, rows: list[list[Any]], option: str
) -> Json:
    """Write rows of JSON values into a box, growing the grid where they need it."""
    answer: Json = {"spreadsheetId": book.id}
    if not target.height or not target.width:
        one = Box(target.top, target.top + 1, target.left, target.left + 1)
        return answer | {"updatedRange": named_box(tab, one)}
    guard.check(target)
    grow(book, tab, target)
    typed = option == "USER_ENTERED"
    cells, touched_rows, touched_columns = 0, 0, set[int]()
    for r, row in enumerate(rows):
        if not typed and _write_plain(tab, target.top + r, target.left, row):
            written: Sequence[int] = range(len(row))
        else:
            written = _write_cells(book, tab, target, r, row, typed=typed)
        touched_columns.update(written)
        touched_rows += bool(written)
        cells += len(written)
    if tab.grid.has_formulas:
        book.stale = True
    else:
        show_ahead(tab.grid.rows[target.top : target.bottom], book.locale)
    counts = {
        "updatedRange": named_box(tab, target),
        "updatedRows": touched_rows,
        "updatedColumns": len(touched_columns),
        "updatedCells": cells,
    }
    return answer | {k: v for k, v in counts.items() if v}


def _write_plain(tab: Tab, row: int, left: int, values: list[Any]) -> bool:
    """Write a row of plain values at once, if that is all they are and all that stands there."""
    for value in values:
        kind = value.__class__
        if kind is str:
            if len(value) > entry.MAX_CHARACTERS:
                return False
        elif kind is float:
            if value.is_integer() or value in (math.inf, -math.inf):
                return False
        elif kind is int:
            if not -entry.EXACT <= value <= entry.EXACT:
                return False
        elif kind is not bool:
            return False
    return tab.grid.put_plain(row, left, values)


def _write_cells(
    book: Book, tab: Tab, target: Box, r: int, row: list[Any], *, typed: bool
) -> Sequence[int]:
    """Write a row cell by cell; gives the places that were written."""
    written = [c for c, value in enumerate(row) if value is not None]
    for c in written:
        _write_cell(book, tab, target, r, c, row[c], typed=typed)
    return written


def _write_cell(
    book: Book, tab: Tab, target: Box, r: int, c: int, value: Any, *, typed: bool
) -> None:
    row, column = target.top + r, target.left + c
    if isinstance(value, (list, dict)):
        raise bad_request(f"Invalid values[{r}][{c}]: {proto_text(value)}")
    try:
        if typed:
            entry.write_typed(book, tab, row, column, value)
        else:
            entry.write_raw(tab, row, column, value)
    except GoogleError as refusal:
        raise refusal.within(f"values[{r}][{c}]") from None


def proto_text(value: Any, indent: str = "") -> str:
    """A JSON value as protobuf's text form writes a google.protobuf.Value."""
    inner = indent + "  "
    if isinstance(value, list):
        parts = "".join(
            f"{inner}values {{\n{proto_text(item, inner + '  ')}{inner}}}\n" for item in value
        )
        return f"{indent}list_value {{\n{parts}{indent}}}\n"
    if isinstance(value, dict):
        parts = "".join(
            f'{inner}fields {{\n{inner}  key: "{key}"\n{inner}  value {{\n'
            f"{proto_text(item, inner + '    ')}{inner}  }}\n{inner}}}\n"
            for key, item in value.items()
        )
        return f"{indent}struct_value {{\n{parts}{indent}}}\n"
    if isinstance(value, bool):
        return f"{indent}bool_value: {str(value).lower()}\n"
    if value is None:
        return f"{indent}null_value: NULL_VALUE\n"
    if isinstance(value, str):
        return f'{indent}string_value: "{value}"\n'
    return f"{indent}number_value: {float(value):g}\n"


def _as_rows(columns: list[list[Any]]) -> list[list[Any]]:
    height = max(map(len, columns), default=0)
    return [[col[r] if r < len(col) else None for col in columns] for r in range(height)]


def _check_fits(found: Found, top: int, left: int, height: int, width: int) -> None:
    area = found.area
    where = named_box(found.tab, found.box())
    if area.bottom is not None and top + height > area.bottom:
        raise bad_request(
            f"Requested writing within range [{where}], but tried writing to row "
            f"[{area.bottom + 1}]"
        )
    if area.right is not None and left + width > area.right:
        raise bad_request(
            f"Requested writing within range [{where}], but tried writing to column "
            f"[{column_letters(area.right)}]"
        )


def grow(book: Book, tab: Tab, target: Box) -> None:
    """Make the grid large enough for a box."""
    rows, columns = max(tab.row_count, target.bottom), max(tab.column_count, target.right)
    if rows != tab.row_count or columns != tab.column_count:
        tab.set_size(rows=rows, columns=columns)
        book.check_size()


def clear(book: Book, guard: Guard, found: Found) -> str:
    """Empty a range of its values; formats, notes and validation stay."""
    tab, box = found.tab, found.box()
    guard.check(box)
    clear_box(tab, box)
    if tab.grid.has_formulas:
        book.stale = True
    return named_box(tab, box)


def clear_box(tab: Tab, box: Box) -> None:
    """Empty the values of a box, at the cost of what stands there."""
    grid = tab.grid
    for index in range(box.top, min(box.bottom, len(grid.rows))):
        row = grid.rows[index]
        if row is None:
            continue
        for column in range(box.left, min(box.right, row.width)):
            extra = row.extra_at(column)
            if row.value(column) != "" or extra.formula is not None:
                grid.put_value(index, column, "")


# appending


def append(book: Book, guard: Guard, found: Found, data: Json, options: Json) -> Json:
    """Append a ValueRange after the table that the range points at."""
    tab = found.tab
    rows = data.get("values", [])
    if data.get("majorDimension") == "COLUMNS":
        rows = _as_rows(rows)
    table = find_table(tab, found.box())
    area = found.area if table is None else Area(table.bottom, None, table.left, None)
    top, left = area.top or 0, area.left or 0
    target = Box(top, top + len(rows), left, left + max(map(len, rows), default=0))
    if options.get("insertDataOption") == "INSERT_ROWS" and target.height:
        insert_rows(book, tab, min(top, tab.row_count), target.height)
    updates = put_rows(book, guard, tab, target, rows, options.get("valueInputOption", ""))
    answer: Json = {"spreadsheetId": book.id}
    if table is not None:
        answer["tableRange"] = named_box(tab, table)
    return answer | {"updates": updates}


def find_table(tab: Tab, box: Box) -> Box | None:
    """The last table that has a cell in the box: a block with blanks all round it."""
    grid = tab.grid
    for index in range(min(box.bottom, len(grid.rows)) - 1, box.top - 1, -1):
        row = grid.rows[index]
        if row is None:
            continue
        for column in range(min(box.right, len(row.values)) - 1, box.left - 1, -1):
            if row.values[column] != "":
                return _spread(tab, Box(index, index + 1, column, column + 1))
    return None


def _spread(tab: Tab, box: Box) -> Box:
    """Grow a box until no value touches it, corners included."""
    rows = tab.grid.rows
    top, bottom, left, right = box.top, box.bottom, box.left, box.right
    while True:
        before = (top, bottom, left, right)
        while _across(rows, top - 1, left - 1, right + 1):
            top -= 1
        while _across(rows, bottom, left - 1, right + 1):
            bottom += 1
        while _down(rows, left - 1, top - 1, bottom + 1):
            left -= 1
        while _down(rows, right, top - 1, bottom + 1):
            right += 1
        if before == (top, bottom, left, right):
            return Box(top, bottom, left, right)


def _across(rows: list[Row | None], index: int, left: int, right: int) -> bool:
    """Whether a row has a value between two columns."""
    row = rows[index] if 0 <= index < len(rows) else None
    if row is None or not row.values:
        return False
    if left <= 0 and right >= len(row.values):
        return True  # the last value of a row is never a blank
    return any(v != "" for v in row.values[max(left, 0) : right])


def _down(rows: list[Row | None], column: int, top: int, bottom: int) -> bool:
    """Whether a column has a value between two rows."""
    return column >= 0 and any(
        row is not None and len(row.values) > column and row.values[column] != ""
        for row in rows[max(top, 0) : bottom]
    )
