"""Requests that write cells: updateCells, appendCells, repeatCell, borders, validation.

Decides: what a CellData under a mask makes of a cell.
Never: moves cells.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

from sheetsync.localsheets import entry, refs
from sheetsync.localsheets.a1 import Box
from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.colors import with_color_styles
from sheetsync.localsheets.contract import condition_uses
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.grid import EMPTY, Extra, Scalar
from sheetsync.localsheets.masks import Mask, change, parse_mask
from sheetsync.localsheets.requests.batch import Batch, required_mask
from sheetsync.localsheets.values import grow

Json = dict[str, Any]

TWIN_FIELDS = {
    "backgroundColor": "backgroundColorStyle",
    "foregroundColor": "foregroundColorStyle",
}


@functools.lru_cache(maxsize=256)
def cell_mask(text: str) -> Mask:
    """A mask of CellData, not to be changed; the twin of a colour goes along with it."""
    mask = parse_mask(text)
    look = mask.get("userEnteredFormat")
    if look:
        _with_twins(look)
        if look.get("textFormat"):
            _with_twins(look["textFormat"])
    return mask


def _with_twins(mask: Mask) -> None:
    for plain, style in TWIN_FIELDS.items():
        if plain in mask or style in mask:
            mask[plain] = mask[style] = {}


def put_cell(book: Book, tab: Tab, row: int, column: int, cell: Json, mask: Mask) -> None:
    """Write the masked parts of a CellData into a cell."""
    old = tab.grid.extra_at(row, column)
    value: Scalar = tab.grid.value(row, column)
    extra = old
    if not mask or "userEnteredValue" in mask:
        value, formula = entered(cell.get("userEnteredValue"))
        if formula is not None or extra is not EMPTY:
            extra = replace(extra, formula=formula, error=None, runs=None)
        if formula is not None or tab.grid.has_formulas:
            book.stale = True
    if mask == {"userEnteredValue": {}}:
        tab.grid.put(row, column, value, extra)
        return
    tab.grid.put(row, column, value, _decorated(extra, cell, mask))


def _decorated(extra: Extra, cell: Json, mask: Mask) -> Extra:
    changes: Json = {}
    if not mask or "userEnteredFormat" in mask:
        inner = mask.get("userEnteredFormat", {}) if mask else {}
        new = change(extra.format or {}, cell.get("userEnteredFormat") or {}, inner)
        changes["format"] = new or None
    if not mask or "note" in mask:
        changes["note"] = cell.get("note") or None
    if not mask or "dataValidation" in mask:
        changes["validation"] = cell.get("dataValidation")
    if not mask or "textFormatRuns" in mask:
        changes["runs"] = cell.get("textFormatRuns") or None
    if not mask or "pivotTable" in mask:
        pivot = cell.get("pivotTable")
        changes["other"] = {"pivotTable": pivot} if pivot else None
    return replace(extra, **changes)


def entered(value: Json | None) -> tuple[Scalar, str | None]:
    """An ExtendedValue as value and formula."""
    if not value:
        return "", None
    if "stringValue" in value:
        return entry.check_length(value["stringValue"]), None
    if "numberValue" in value:
        return entry.number(value["numberValue"]), None
    if "boolValue" in value:
        return bool(value["boolValue"]), None
    if "formulaValue" in value:
        formula = value["formulaValue"]
        if not formula.startswith("="):
            raise bad_request(
                f"Invalid formula: {formula}. Formulas must start with an equal sign."
            )
        return "", entry.check_length(formula)
    raise bad_request("An error value can not be set by the user.")


# requests


def update_cells(batch: Batch, request: Json) -> None:
    """Write rows of CellData from a corner or over a range."""
    mask = cell_mask(required_mask(request))
    rows = (
        with_color_styles(request.get("rows", [])) if _has_looks(mask) else request.get("rows", [])
    )
    tab, box = _target(batch, request, rows)
    batch.guard(tab).check(box)
    for r in range(box.height):
        cells = rows[r].get("values", []) if r < len(rows) else []
        if len(cells) > box.width:
            raise bad_request(
                f"Attempting to write column: {box.left + len(cells) - 1}, beyond the last "
                f"requested column of: {box.right - 1}"
            )
        for c in range(box.width):
            cell = cells[c] if c < len(cells) else {}
            put_cell(batch.book, tab, box.top + r, box.left + c, cell, mask)


def _has_looks(mask: Mask) -> bool:
    return not mask or "userEnteredFormat" in mask or "textFormatRuns" in mask


def _target(batch: Batch, request: Json, rows: list[Json]) -> tuple[Tab, Box]:
    """The box that a request writes to: its range, or what its rows cover from a corner."""
    if "range" in request:
        place = request["range"]
        tab = batch.tab(place.get("sheetId"))
        box = tab.box(place)
        if len(rows) > box.height:
            raise bad_request(
                f"Attempting to write row: {box.top + len(rows) - 1}, beyond the last "
                f"requested row of: {box.bottom - 1}"
            )
        return tab, box
    start = request.get("start", {})
    tab = batch.tab(start.get("sheetId"))
    top, left = tab.corner(start)
    width = max((len(row.get("values", [])) for row in rows), default=0)
    if top + len(rows) > tab.row_count:
        raise bad_request(
            f"Attempting to write row: {top + len(rows) - 1}, beyond the last requested row "
            f"of: {tab.row_count - 1}"
        )
    if left + width > tab.column_count:
        raise bad_request(
            f"Attempting to write column: {left + width - 1}, beyond the last requested column "
            f"of: {tab.column_count - 1}"
        )
    return tab, Box(top, top + len(rows), left, left + width)


def append_cells(batch: Batch, request: Json) -> None:
    """Write rows after the last row with data, growing the grid as needed."""
    mask = cell_mask(required_mask(request))
    rows = (
        with_color_styles(request.get("rows", [])) if _has_looks(mask) else request.get("rows", [])
    )
    tab = batch.tab(request.get("sheetId"))
    top = tab.grid.last_row()
    width = max((len(row.get("values", [])) for row in rows), default=0)
    box = Box(top, top + len(rows), 0, width)
    batch.guard(tab).check(box)
    grow(batch.book, tab, box)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row.get("values", [])):
            put_cell(batch.book, tab, top + r, c, cell, mask)


def repeat_cell(batch: Batch, request: Json) -> None:
    """Write one CellData into every cell of a range; formulas are copied relatively."""
    mask = cell_mask(required_mask(request))
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    batch.guard(tab).check(box)
    cell = with_color_styles(request.get("cell", {}))
    formula = cell.get("userEnteredValue", {}).get("formulaValue")
    if mask and "userEnteredValue" not in mask:
        _decorate_all(tab, box, cell, mask)
        return
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            if formula is not None:
                moved = refs.copied(formula, row - box.top, column - box.left)
                cell = cell | {"userEnteredValue": {"formulaValue": moved}}
            put_cell(batch.book, tab, row, column, cell, mask)


def _decorate_all(tab: Tab, box: Box, cell: Json, mask: Mask) -> None:
    """Decorate every cell of a box; cells that carried the same go on sharing what they carry."""
    known: dict[int, tuple[Extra, Extra]] = {}
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            old = tab.grid.extra_at(row, column)
            found = known.get(id(old))
            if found is None:
                found = known[id(old)] = (old, _decorated(old, cell, mask))
            tab.grid.put(row, column, tab.grid.value(row, column), found[1])


def set_data_validation(batch: Batch, request: Json) -> None:
    """Set or clear the validation rule of a range."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    batch.guard(tab).check(box)
    rule = request.get("rule")
    if rule is not None:
        _check_condition(rule.get("condition", {}))
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            extra = tab.grid.extra_at(row, column)
            if rule is None and extra.validation is None:
                continue
            value = tab.grid.value(row, column)
            if rule is not None and value == "" and extra.formula is None:
                value = _unchecked(rule)
            tab.grid.put(row, column, value, replace(extra, validation=rule))


def _check_condition(condition: Json) -> None:
    """Refuse a condition that Google's document does not give to data validation."""
    kind = condition.get("type", "CONDITION_TYPE_UNSPECIFIED")
    supported, fewest, most = condition_uses()[kind]
    if "data validation" not in supported:
        raise bad_request(f"Condition type {kind} is not supported by data validation.")
    count = len(condition.get("values", []))
    if not fewest <= count <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise bad_request(f"Condition type {kind} takes {wanted} values, not {count}.")


def _unchecked(rule: Json) -> Scalar:
    """A blank cell that becomes a checkbox holds FALSE."""
    condition = rule["condition"]
    if condition["type"] == "BOOLEAN" and not condition.get("values"):
        return False
    return ""


def update_borders(batch: Batch, request: Json) -> None:
    """Set the borders of a range, outer and inner."""
    place = request.get("range", {})
    tab = batch.tab(place.get("sheetId"))
    box = tab.box(place)
    batch.guard(tab).check(box)
    given = with_color_styles({k: v for k, v in request.items() if k != "range"})
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            edges = {
                "top": given.get("top" if row == box.top else "innerHorizontal"),
                "bottom": given.get("bottom" if row == box.bottom - 1 else "innerHorizontal"),
                "left": given.get("left" if column == box.left else "innerVertical"),
                "right": given.get("right" if column == box.right - 1 else "innerVertical"),
            }
            _put_borders(tab, row, column, {k: v for k, v in edges.items() if v is not None})


def _put_borders(tab: Tab, row: int, column: int, edges: Json) -> None:
    if not edges:
        return
    extra = tab.grid.extra_at(row, column)
    borders = {**(extra.format or {}).get("borders", {}), **edges}
    borders = {k: v for k, v in borders.items() if v.get("style", "NONE") != "NONE"}
    look = {k: v for k, v in (extra.format or {}).items() if k != "borders"}
    if borders:
        look["borders"] = borders
    tab.grid.put(row, column, tab.grid.value(row, column), replace(extra, format=look or None))


CELLS = {
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_data_validation,
    "updateBorders": update_borders,
}
