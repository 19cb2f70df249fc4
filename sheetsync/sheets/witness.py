"""The witness of a batch: what stands where it writes, copied by Google itself in the same instant.

The API has no conditional write. Between our last look and our write rows may move, columns may be
inserted, people may type. So the first requests of every batch copy what the others will write over
(the header row, the cells by which each row is known, the cells themselves) to the top of a hidden
tab. The batch is atomic, so the copies are the truth; they come back with its answer, and they
stand there for the next reading when no answer came or the worker died (see `hearing`).

Lines stay until the state store has settled what they say. Never: judges what a line means.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheetsync.core.model import RowKey, RowRef
from sheetsync.core.plan import CellWrite
from sheetsync.core.rows import row_key
from sheetsync.core.rulebook import TabSpec
from sheetsync.sheets.fitting import Fit
from sheetsync.sheets.grid import FIRST_DATA_ROW, HEADER_ROW, spans
from sheetsync.sheets.hearing import TITLE, short
from sheetsync.sheets.tabs import TabInfo
from sheetsync.sheets.writing import Request

SAYS = (
    "What stood where sheetsync wrote, copied in the same instant, so that nothing typed just then "
    "is lost. Leave this tab alone; it is cleared by itself."
)
KEYS_SAID = 25_000
SPARE = 3
"""Cells of the header row beyond the last one in use: a column may be inserted in that instant."""
RUNS_SAID = 1_000
"""Characters of keys, and runs of indexes, that one cell holds beside everything else it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line to be written: what it says, and where the cells stand that it copies.

    `copied` are runs of columns, both ends included, in the order in which they are laid down.
    """

    text: str
    sheet_id: int
    row: int
    copied: tuple[tuple[int, int], ...]


def lines_of(batch: str, fits: Sequence[Fit]) -> list[Line]:
    """The lines of a batch: for each tab its header row, then every row with a written cell."""
    return [line for fit in fits if fit.taken or fit.rows for line in _of_tab(batch, fit)]


def _of_tab(batch: str, fit: Fit) -> Iterator[Line]:
    sight, info = fit.sight, fit.sight.info
    used = max(sight.head.width, max(sight.head.columns.values(), default=0) + 1)
    width = max(used, min(used + SPARE, info.column_count))
    said = {
        "batch": batch,
        "tab": info.title,
        "width": width,
        "columns": dict(sight.head.columns),
        "appended": list(_as_many_as_fit(write.key for write in fit.appended.values())),
        "rows": _runs(fit.appended),
        "taken": _runs(fit.taken),
    }
    yield Line(
        text=_json(said),
        sheet_id=info.sheet_id,
        row=HEADER_ROW,
        copied=((0, width - 1),),
    )
    rows: dict[int, dict[int, tuple[int, CellWrite]]] = {}
    for (row, column), target in fit.targets.items():
        rows.setdefault(row, {})[column] = target
    for row, targets in sorted(rows.items()):
        yield _of_row(fit, row, dict(sorted(targets.items())))
    yield from _of_mend(fit)


def _of_mend(fit: Fit) -> Iterator[Line]:
    """The rows of the history that are laid right.

    Where they land is no matter, for the tab is looked at again as a whole; but what was typed
    there meanwhile stands nowhere else.
    """
    sight = fit.sight
    rows: dict[int, list[int]] = {}
    for row, column in sorted(fit.mended):
        rows.setdefault(row, []).append(column)
    for row, columns in rows.items():
        shown = sight.rows[row - FIRST_DATA_ROW]
        told = [fit.mended[row, column] for column in columns]
        known_at = _around((sight.columns[name] for name in sight.spec.key), sight.info)
        said = {
            "key": row_key(shown, sight.spec),
            "is": {name: short(shown[sight.spec.index[name]]) for name in sight.spec.key},
            "by_content": False,
            "at": known_at,
            "fields": [name for name, _, _ in told],
            "columns": columns,
            "expected": [short(stood) for _, stood, _ in told],
            "values": [short(value) for _, _, value in told],
            "writes": [],
        }
        copied = (*spans(known_at), *spans(columns))
        yield Line(text=_json(said), sheet_id=sight.info.sheet_id, row=row, copied=copied)


def _around(columns: Iterable[int], info: TabInfo) -> list[int]:
    """With neighbours: a column that is inserted in that instant shifts the key by one.

    Only those inside the grid, for Google refuses a whole batch that reaches beyond.
    """
    shifted = {at + by for at in columns for by in (-1, 0, 1)}
    return sorted(at for at in shifted if 0 <= at < info.column_count)


def _of_row(fit: Fit, row: int, targets: Mapping[int, tuple[int, CellWrite]]) -> Line:
    sight = fit.sight
    writes = [write for _, write in targets.values()]
    ref = writes[0].ref
    known_by = _known_by(ref, sight.spec)
    is_at = {name: sight.columns[name] for name in known_by if name in sight.columns}
    shown = sight.rows[row - FIRST_DATA_ROW]
    known_at = _around(is_at.values(), sight.info)
    said = {
        "key": ref.key,
        "is": {name: short(shown[sight.spec.index[name]]) for name in is_at},
        "by_content": ref.content is not None,
        "at": known_at,
        "fields": [write.field for write in writes],
        "columns": list(targets),
        "expected": [short(write.expected) for write in writes],
        "values": [short(write.value) for write in writes],
        "writes": [index for index, _ in targets.values()],
    }
    return Line(
        text=_json(said),
        sheet_id=sight.info.sheet_id,
        row=row,
        copied=(*spans(known_at), *spans(targets)),
    )


def _runs(indexes: Iterable[int]) -> Sequence[tuple[int, int]]:
    """The indexes as runs; nothing where a cell could not hold them, and the redo looks itself."""
    runs = spans(indexes)
    return runs if len(runs) <= RUNS_SAID else []


def _as_many_as_fit(keys: Iterable[RowKey]) -> Iterator[RowKey]:
    room = KEYS_SAID
    for key in keys:
        room -= len(_json(key)) + 1
        if room < 0:
            return
        yield key


def _known_by(ref: RowRef, spec: TabSpec) -> Sequence[str]:
    if ref.content is None:
        return spec.key
    return [spec.fields[index] for index in spec.content_indexes]


def _json(said: Mapping[str, Any] | RowKey) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


# -- writing ---------------------------------------------------------------------------------------


def new_tab(taken: Collection[int], worker: str) -> tuple[TabInfo, list[Request]]:
    """A hidden, protected tab for the witness, and the requests that make it."""
    sheet_id = next(number for number in range(7_000_000, 8_000_000) if number not in taken)
    info = TabInfo(sheet_id=sheet_id, title=TITLE, row_count=2, column_count=26)
    properties = {
        "sheetId": sheet_id,
        "title": TITLE,
        "hidden": True,
        "gridProperties": {"rowCount": info.row_count, "columnCount": info.column_count},
    }
    protection = {
        "description": "sheetsync: written by the worker",
        "range": {"sheetId": sheet_id},
        "editors": {"users": [worker] if worker else [], "domainUsersCanEdit": False},
    }
    heading = {
        "start": {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": 0},
        "rows": [{"values": [{"userEnteredValue": {"stringValue": SAYS}}]}],
        "fields": "userEnteredValue",
    }
    return info, [
        {"addSheet": {"properties": properties}},
        {"addProtectedRange": {"protectedRange": protection}},
        {"updateCells": heading},
    ]


def testify(info: TabInfo, lines: Sequence[Line], kept: int | None) -> list[Request]:
    """The requests that lay the lines down; they come before everything that they witness.

    Args:
        info: The witness tab.
        lines: What to lay down, on top of what stands there.
        kept: How many of the lines below are still to be heard; None when nobody knows.
    """
    count = len(lines)
    if not count:
        return []
    requests: list[Request] = []
    missing = _width(lines) - info.column_count
    if missing > 0:
        more = {"sheetId": info.sheet_id, "dimension": "COLUMNS", "length": missing}
        requests.append({"appendDimension": more})
    place = _rows(info, FIRST_DATA_ROW, FIRST_DATA_ROW + count)
    requests.append({"insertDimension": {"range": place, "inheritFromBefore": False}})
    requests.append(
        {
            "updateCells": {
                "start": {"sheetId": info.sheet_id, "rowIndex": FIRST_DATA_ROW, "columnIndex": 0},
                "rows": [
                    {"values": [{"userEnteredValue": {"stringValue": line.text}}]} for line in lines
                ],
                "fields": "userEnteredValue",
            }
        }
    )
    requests += _copies(info, lines)
    if kept is not None and info.row_count > FIRST_DATA_ROW + kept + 1:
        # Rows above may have come meanwhile, so the end is cut off, not what was seen there.
        heard = _rows(info, FIRST_DATA_ROW + count + kept, info.row_count + count - 1)
        requests.append({"deleteDimension": {"range": heard}})
    return requests


def grown(info: TabInfo, lines: Sequence[Line]) -> TabInfo:
    """The witness tab once the lines are laid down, so that the next batch widens it no more."""
    columns = max(info.column_count, _width(lines))
    return replace(info, row_count=info.row_count + len(lines), column_count=columns)


def _width(lines: Sequence[Line]) -> int:
    return 1 + max(sum(last - first + 1 for first, last in line.copied) for line in lines)


def _rows(info: TabInfo, first: int, end: int) -> Request:
    return {"sheetId": info.sheet_id, "dimension": "ROWS", "startIndex": first, "endIndex": end}


def _copies(info: TabInfo, lines: Sequence[Line]) -> Iterator[Request]:
    """Neighbouring rows of one shape are copied together."""
    top = 0
    while top < len(lines):
        first, end = lines[top], top + 1
        while end < len(lines) and _goes_on(first, lines[end], end - top):
            end += 1
        across = 1
        for left, right in first.copied:
            yield {
                "copyPaste": {
                    "source": _box(first.sheet_id, first.row, end - top, left, right),
                    "destination": _box(
                        info.sheet_id,
                        FIRST_DATA_ROW + top,
                        end - top,
                        across,
                        across + right - left,
                    ),
                    "pasteType": "PASTE_VALUES",
                }
            }
            across += right - left + 1
        top = end


def _goes_on(first: Line, line: Line, below: int) -> bool:
    there = (line.sheet_id, line.row, line.copied)
    return there == (first.sheet_id, first.row + below, first.copied)


def _box(sheet_id: int, top: int, height: int, left: int, right: int) -> Request:
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "endRowIndex": top + height,
        "startColumnIndex": left,
        "endColumnIndex": right + 1,
    }
