"""What one tab needs: headers, frozen header row, plain text, dropdowns, protections; as requests.

A tab that people use already is only added to: missing columns to the right of what is there,
formats on rows that are still blank, dropdowns where nobody chose other ones. Nothing is renamed,
moved, deleted or converted, and a tab that has everything needs no request.

Yes-or-no columns get a dropdown, not checkboxes: an unticked checkbox is FALSE, not blank, and a
column of them makes a tab look filled to its last row, to people and to appends alike. Only a yes
that is asked for and cleared again (Go on, in Status) has boxes to tick, as far as its tab reaches
in practice.

Rules: rules/columns.yaml.
Never: sends anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetsync.core.model import TabKind
from sheetsync.core.rulebook import CellKind, ColumnSpec, TabSpec
from sheetsync.sheets.grid import FIRST_DATA_ROW, Head, spans
from sheetsync.sheets.protecting import protect
from sheetsync.sheets.tabs import TabInfo
from sheetsync.sheets.writing import PLAIN_TEXT, Request

NEW_TAB_ROWS = 1000
SPARE_COLUMNS = 4
"""For columns of people's own; whoever may not edit the headers cannot widen the tab."""
OUR_DROPDOWN = "Choose one of the list"
"""How a dropdown of ours begins its message; others are people's and stay as they are."""

HEADLESS = (
    "left as it is, for its rows have no header row above them: bring that back into row 1 "
    "(File, Version history), then run this again"
)
OUR_BOXES = "Tick the box, or write yes"
BOX_ROWS = 100
"""So many rows have boxes; below them a yes is typed."""

TYPED_BY_OUTSIDERS = frozenset({TabKind.SUPPLIER, TabKind.RECEIPTS})
"""Tabs on which Google would turn 12.5 or 3/4 into a date before we see it."""
READ_AS_TYPED = frozenset({CellKind.QUANTITY, CellKind.MONEY, CellKind.DATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A tab as it stands before it is laid out.

    Args:
        kind: What the tab is for.
        info: The tab; a new one with the size and the sheetId that it is going to have.
        spec: Its columns.
        head: What its header row says.
        width: How many columns are in use, by headers or by cells.
        free_row: The first row below all content.
        cells: Formats and data validation of the cells that were looked at.
        is_new: Whether it is still to be made.
        is_headless: Whether its header row is gone from row 1, but not its rows.
    """

    kind: TabKind
    info: TabInfo
    spec: TabSpec
    head: Head = field(default_factory=lambda: Head(columns={}))
    width: int = 0
    free_row: int = FIRST_DATA_ROW
    cells: Mapping[tuple[int, int], Mapping[str, Any]] = field(default_factory=dict)
    is_new: bool = False
    is_headless: bool = False

    @property
    def missing(self) -> tuple[ColumnSpec, ...]:
        """The columns that the tab does not have yet."""
        return tuple(
            column for column in self.spec.columns if column.field not in self.head.columns
        )

    @property
    def columns(self) -> dict[str, int]:
        """Where every column stands once the missing ones are added."""
        added = {column.field: self.width + place for place, column in enumerate(self.missing)}
        return {**self.head.columns, **added}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do on a tab: in words, and as requests."""

    text: str
    requests: tuple[Request, ...]


def lay_out_tab(ground: Ground, worker: str) -> Iterator[Step]:
    """Everything that the tab still needs, in the order in which it must be done.

    Args:
        ground: The tab as it stands.
        worker: The e-mail address of the worker's account, who stays an editor everywhere.
    """
    if ground.is_headless:
        # Headers written anew would stand over no column or over the wrong one.
        yield Step(text=HEADLESS, requests=())
        return
    if ground.is_new:
        yield _make(ground)
    if ground.missing:
        yield _add_columns(ground)
    if ground.info.frozen_rows < 1:
        yield _freeze(ground)
    yield from _make_plain_text(ground)
    yield from _offer_choices(ground)
    yield from _offer_boxes(ground)
    for text, request in protect(ground.info, ground.spec, ground.columns, worker):
        yield Step(text=text, requests=(request,))


def new_tab(title: str, kind: TabKind, spec: TabSpec, sheet_id: int) -> Ground:
    """The ground of a tab that is not there yet."""
    info = TabInfo(
        sheet_id=sheet_id,
        title=title,
        row_count=NEW_TAB_ROWS,
        column_count=len(spec.columns) + SPARE_COLUMNS,
        frozen_rows=1,
    )
    return Ground(kind=kind, info=info, spec=spec, is_new=True)


def _make(ground: Ground) -> Step:
    info = ground.info
    grid = {
        "rowCount": info.row_count,
        "columnCount": info.column_count,
        "frozenRowCount": info.frozen_rows,
    }
    properties = {"sheetId": info.sheet_id, "title": info.title, "gridProperties": grid}
    return Step(text="made the tab", requests=({"addSheet": {"properties": properties}},))


def _add_columns(ground: Ground) -> Step:
    info, missing = ground.info, ground.missing
    requests: list[Request] = []
    lacking = ground.width + len(missing) - info.column_count
    if lacking > 0:
        more = {"sheetId": info.sheet_id, "dimension": "COLUMNS", "length": lacking}
        requests.append({"appendDimension": more})
    headers = [
        {
            "userEnteredValue": {"stringValue": column.header},
            "userEnteredFormat": {"textFormat": {"bold": True}},
        }
        for column in missing
    ]
    start = {"sheetId": info.sheet_id, "rowIndex": 0, "columnIndex": ground.width}
    fields = "userEnteredValue,userEnteredFormat.textFormat.bold"
    update = {"start": start, "rows": [{"values": headers}], "fields": fields}
    requests.append({"updateCells": update})
    names = ", ".join(column.header for column in missing)
    return Step(text=f"added columns {names}", requests=tuple(requests))


def _freeze(ground: Ground) -> Step:
    properties = {"sheetId": ground.info.sheet_id, "gridProperties": {"frozenRowCount": 1}}
    update = {"properties": properties, "fields": "gridProperties.frozenRowCount"}
    return Step(text="froze the header row", requests=({"updateSheetProperties": update},))


# -- plain text ------------------------------------------------------------------------------------


def is_plain_text(kind: TabKind, column: ColumnSpec) -> bool:
    """Whether what is typed must reach us as typed: names of things, and outsiders' figures."""
    if column.kind is CellKind.IDENTIFIER:
        return True
    return kind in TYPED_BY_OUTSIDERS and column.is_people_s and column.kind in READ_AS_TYPED


def _make_plain_text(ground: Ground) -> Iterator[Step]:
    """Plain text for the rows below all content: a format on a date would show it as a number."""
    starts: dict[int, list[int]] = {}
    for column in ground.spec.columns:
        if not is_plain_text(ground.kind, column):
            continue
        place = ground.columns[column.field]
        first = ground.free_row if column.field in ground.head.columns else FIRST_DATA_ROW
        probe = ground.cells.get((first, place), {}).get("userEnteredFormat", {})
        is_done = probe.get("numberFormat", {}).get("type") == PLAIN_TEXT["type"]
        if not is_done and first < ground.info.row_count:
            starts.setdefault(first, []).append(place)
    requests = tuple(
        _plain_text(ground.info.sheet_id, first, run)
        for first, places in starts.items()
        for run in spans(places)
    )
    if requests:
        yield Step(text="plain text where names and outsiders' figures go", requests=requests)


def _plain_text(sheet_id: int, first_row: int, run: tuple[int, int]) -> Request:
    return {
        "repeatCell": {
            "range": {
                "sheetId": sheet_id,
                "startRowIndex": first_row,
                "startColumnIndex": run[0],
                "endColumnIndex": run[1] + 1,
            },
            "cell": {"userEnteredFormat": {"numberFormat": PLAIN_TEXT}},
            "fields": "userEnteredFormat.numberFormat",
        }
    }


# -- dropdowns -------------------------------------------------------------------------------------


def choices_of(column: ColumnSpec) -> tuple[str, ...]:
    """The words that a column's dropdown offers; none for a column that has no dropdown."""
    if not column.is_people_s or is_box(column):
        return ()
    return ("yes", "no") if column.kind is CellKind.FLAG else tuple(column.choices)


def is_offered(column: ColumnSpec) -> bool:
    """Whether a column offers something to choose or to tick."""
    return is_box(column) or bool(choices_of(column))


def is_box(column: ColumnSpec) -> bool:
    """Whether a column holds boxes to tick."""
    return column.kind is CellKind.FLAG and column.request


def _offer_choices(ground: Ground) -> Iterator[Step]:
    for column in ground.spec.columns:
        words = choices_of(column)
        place = ground.columns[column.field]
        if words and ground.info.row_count > FIRST_DATA_ROW and _is_free(ground, place, words):
            yield Step(
                text=f"dropdown in {column.header}",
                requests=(_dropdown(ground.info.sheet_id, place, words),),
            )


def _offer_boxes(ground: Ground) -> Iterator[Step]:
    for column in filter(is_box, ground.spec.columns):
        place = ground.columns[column.field]
        if ground.info.row_count > FIRST_DATA_ROW and not _validated(ground, place):
            yield Step(
                text=f"boxes to tick in {column.header}",
                requests=(_boxes(ground.info, place),),
            )


def _validated(ground: Ground, place: int) -> list[Mapping[str, Any]]:
    """The validation rules that stand in a column."""
    return [
        cell["dataValidation"]
        for (_, column), cell in ground.cells.items()
        if column == place and "dataValidation" in cell
    ]


def _is_free(ground: Ground, place: int, words: tuple[str, ...]) -> bool:
    """Whether a column has no validation at all, or an old one of ours."""
    found = _validated(ground, place)
    is_ours = all(rule.get("inputMessage", "").startswith(OUR_DROPDOWN) for rule in found)
    return is_ours and (not found or any(_words(rule) != words for rule in found))


def _words(rule: Mapping[str, Any]) -> tuple[str, ...]:
    values = rule.get("condition", {}).get("values", [])
    return tuple(value.get("userEnteredValue", "") for value in values)


def _dropdown(sheet_id: int, place: int, words: tuple[str, ...]) -> Request:
    """A list to choose from that lets other words stand: people's synonyms are read as meant."""
    return {
        "setDataValidation": {
            "range": {
                "sheetId": sheet_id,
                "startRowIndex": FIRST_DATA_ROW,
                "startColumnIndex": place,
                "endColumnIndex": place + 1,
            },
            "rule": {
                "condition": {
                    "type": "ONE_OF_LIST",
                    "values": [{"userEnteredValue": word} for word in words],
                },
                "inputMessage": f"{OUR_DROPDOWN}, or leave the cell empty.",
                "strict": False,
                "showCustomUi": True,
            },
        }
    }


def _boxes(info: TabInfo, place: int) -> Request:
    """Boxes that let words stand: whoever has none types yes."""
    return {
        "setDataValidation": {
            "range": {
                "sheetId": info.sheet_id,
                "startRowIndex": FIRST_DATA_ROW,
                "endRowIndex": min(FIRST_DATA_ROW + BOX_ROWS, info.row_count),
                "startColumnIndex": place,
                "endColumnIndex": place + 1,
            },
            "rule": {
                "condition": {"type": "BOOLEAN"},
                "inputMessage": f"{OUR_BOXES}: it is meant so, go on.",
                "strict": False,
            },
        }
    }
