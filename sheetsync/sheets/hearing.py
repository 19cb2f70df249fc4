"""What the witness of a batch tells: which writes took with it, and where each of them landed.

The same lines are heard in the answer to the batch and by the next reading; see `witness`.
Never: decides what to do about it (see `core.mending`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sheetsync.core.model import (
    WITNESSED_LENGTH,
    RawCell,
    RowRef,
    TabAddress,
    Witness,
    WitnessedCell,
)
from sheetsync.core.rows import row_key, writable
from sheetsync.core.rulebook import Owner, TabSpec
from sheetsync.sheets.grid import (
    FIRST_DATA_ROW,
    columns_range,
    find_columns,
    quoted,
    same_value,
)

TITLE = "sheetsync witness"
ANSWER_FIELDS = "updatedSpreadsheet(sheets(data(rowData(values(effectiveValue)))))"
RANGE = columns_range(TITLE, 0, 701)
"""A to ZZ; Google clips it to the grid."""

OF_A_TAB = {"batch", "tab", "width", "columns", "appended", "rows", "taken"}
OF_A_ROW = {"key", "is", "by_content", "at", "fields", "columns", "expected", "values", "writes"}
"""What the two kinds of lines say; writes are called by their index in the plan."""

Specs = Mapping[str, tuple[TabAddress, TabSpec]]
"""The configured tabs of a spreadsheet, by the titles that they have there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one line says.

    Args:
        batch: Which batch laid it down; "" for what is not a line of ours.
        witness: What stood where it wrote, for the core; None where nothing stood.
        taken: The writes of the plan that took with the batch, written now or standing already.
        astray: Those that landed in another row or column than was meant.
        askew: New rows, some of whose cells landed in other columns.
    """

    batch: str = ""
    witness: Witness | None = None
    taken: frozenset[int] = frozenset()
    astray: frozenset[int] = frozenset()
    askew: frozenset[int] = frozenset()


def written_by(plan: str, lines: Iterable[Heard]) -> frozenset[int]:
    """The writes of a plan that took already: an answer was lost, or the worker died.

    People may have sorted, renamed, deleted and typed there since; they took all the same.
    """
    told = [line for line in lines if plan_of(line.batch) == plan]
    taken = chain.from_iterable(line.taken for line in told)
    return frozenset(taken).difference(*(line.astray for line in told))


def plan_of(label: str) -> str:
    """Which plan a batch carried out."""
    return label.partition(".")[0]


def short(value: RawCell) -> RawCell:
    """A value as a line of the witness says it."""
    value = writable(value)
    return value[:WITNESSED_LENGTH] if isinstance(value, str) else value


def answer_range(lines: int) -> str:
    """Where the lines of a batch stand after it."""
    return f"{quoted(TITLE)}!A{FIRST_DATA_ROW + 1}:ZZ{FIRST_DATA_ROW + lines}"


def answered_rows(answer: Mapping[str, Any]) -> list[list[RawCell]]:
    """The rows of the asked range in the answer to a batch."""
    sheets = answer.get("updatedSpreadsheet", {}).get("sheets", [])
    blocks = [block for sheet in sheets for block in sheet.get("data", [])]
    rows = [row for block in blocks for row in block.get("rowData", [])]
    return [
        [_raw(cell.get("effectiveValue", {})) for cell in row.get("values", [])] for row in rows
    ]


def _raw(value: Mapping[str, Any]) -> RawCell:
    for kind in ("stringValue", "numberValue", "boolValue"):
        if kind in value:
            found: RawCell = value[kind]
            return found
    return None


def hear(rows: Sequence[Sequence[RawCell]], specs: Specs) -> tuple[Heard, ...]:
    """What the lines say, aligned with them.

    Args:
        rows: The lines, newest first.
        specs: The configured tabs of this spreadsheet, by the titles that they have there.
    """
    heard: list[Heard] = []
    about: dict[str, Any] = {}
    columns: Mapping[int, str] = {}
    header: Sequence[RawCell] = ()
    number = 0
    for row in rows:
        said, cells = _said(row), list(row[1:])
        if "batch" in said:
            is_new = about.get("batch") != said["batch"]
            about, header, number = said, cells, 0 if is_new else number + 1
            known = find_columns(header, specs[said["tab"]][1]) if said["tab"] in specs else None
            columns = {at: name for name, at in known.columns.items()} if known else {}
            columns |= _renamed(said, columns, header) if known else {}
            witness = _of_appended(said, f"{said['batch']}/{number}", header, columns, specs)
            askew = _counted(said["rows"]) if witness else frozenset()
            lost = askew if witness and _is_beyond_reach(witness, specs[said["tab"]][1]) else ()
            line = Heard(
                batch=said["batch"],
                witness=witness,
                taken=_counted(said["taken"]),
                astray=frozenset(lost),
                askew=askew,
            )
        elif "fields" in said and about and about["tab"] in specs:
            number += 1
            place, witness_id = specs[about["tab"]], f"{about['batch']}/{number}"
            witness = _witness(said, witness_id, cells, header, columns, place)
            astray = _astray(said["writes"], witness)
            line = Heard(batch=about["batch"], witness=witness, astray=astray)
        else:
            line = Heard()
        heard.append(line)
    return tuple(heard)


def _renamed(
    said: Mapping[str, Any], columns: Mapping[int, str], header: Sequence[RawCell]
) -> Mapping[int, str]:
    """The columns whose header somebody changed in that instant, while all others stood still.

    Where the header row goes on beyond what was copied, the last columns may stand there, and what
    stands in their places is somebody's own.
    """
    meant: Mapping[str, int] = said["columns"]
    known = set(columns.values())
    if any(columns.get(at) != name for name, at in meant.items() if name in known):
        return {}
    goes_on = _header(header, said["width"] - 1).strip() != ""
    last = max(columns, default=-1) if goes_on else said["width"]
    return {
        at: name
        for name, at in meant.items()
        if name not in known and at not in columns and _header(header, at).strip() and at < last
    }


def _counted(runs: Iterable[Sequence[int]]) -> frozenset[int]:
    """Indexes said as runs, both ends included."""
    return frozenset(index for first, last in runs for index in range(first, last + 1))


def _astray(writes: Sequence[int], witness: Witness) -> frozenset[int]:
    """The writes to one row whose value stands in another row or column than was meant.

    Where a column was moved, those beside it landed where they were meant to. A history that is
    laid right is no write to a row: it says none.
    """
    return frozenset(
        index
        for index, cell in zip(writes, witness.cells, strict=False)
        if not witness.is_meant or cell.at_field != cell.field
    )


def _said(row: Sequence[RawCell]) -> dict[str, Any]:
    """What a line says, or nothing where it is not one of ours."""
    try:
        said = json.loads(str(row[0])) if row else {}
    except ValueError:
        return {}
    is_ours = isinstance(said, dict) and said.keys() in (OF_A_TAB, OF_A_ROW)
    return said if is_ours else {}


def _witness(
    said: Mapping[str, Any],
    witness_id: str,
    cells: Sequence[RawCell],
    header: Sequence[RawCell],
    columns: Mapping[int, str],
    place: tuple[TabAddress, TabSpec],
) -> Witness:
    address, spec = place
    known_at, count = said["at"], len(said["fields"])
    filled = [*cells, *[None] * (len(known_at) + count - len(cells))]
    stood = {columns.get(at): writable(cell) for at, cell in zip(known_at, filled, strict=False)}
    at = {name: stood[name] for name in said["is"] if name in stood}
    before = filled[len(known_at) : len(known_at) + count]
    ref = RowRef(key=tuple(said["key"]) if said["key"] else None)
    if said["by_content"]:
        is_meant = all(same_value(short(at.get(name)), was) for name, was in said["is"].items())
    else:
        is_meant = row_key([at.get(field) for field in spec.fields], spec) == ref.key
    return Witness(
        witness_id=witness_id,
        tab=address,
        ref=ref,
        is_meant=is_meant,
        at=at,
        cells=tuple(
            WitnessedCell(
                field=field,
                at_field=columns.get(column),
                header=_header(header, column),
                expected=expected,
                before=writable(stood),
                value=value,
            )
            for field, column, expected, value, stood in zip(
                said["fields"],
                said["columns"],
                said["expected"],
                said["values"],
                before,
                strict=True,
            )
        ),
    )


def _of_appended(
    said: Mapping[str, Any],
    witness_id: str,
    header: Sequence[RawCell],
    columns: Mapping[int, str],
    specs: Specs,
) -> Witness | None:
    """New rows stand on nothing; but while columns moved, their cells stand in wrong columns."""
    moved = [name for name, at in said["columns"].items() if columns.get(at) != name]
    if not said["appended"] or not moved or said["tab"] not in specs:
        return None
    return Witness(
        witness_id=witness_id,
        tab=specs[said["tab"]][0],
        ref=RowRef(key=tuple(said["appended"][0])),
        is_meant=True,
        at={},
        appended=tuple(map(tuple, said["appended"])),
        cells=tuple(
            WitnessedCell(
                field=name,
                at_field=columns.get(said["columns"][name]),
                header=_header(header, said["columns"][name]),
                expected=None,
                before=None,
                value=None,
            )
            for name in moved
        ),
    )


def _is_beyond_reach(witness: Witness, spec: TabSpec) -> bool:
    """Whether nobody could name the new rows of a worker's tab: no key, and nothing of people's.

    Such rows never come to stand anywhere, so they are written once more.
    """
    known = {spec.fields[index] for index in spec.content_indexes}
    moved = {cell.field: cell.at_field for cell in witness.cells}
    own = [column.field for column in spec.columns if not column.is_people_s]
    return spec.owner is Owner.WORKER and known.isdisjoint(
        moved.get(name, name) or "" for name in own
    )


def _header(header: Sequence[RawCell], column: int) -> str:
    return str(header[column] or "") if column < len(header) else ""
