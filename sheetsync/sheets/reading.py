"""Which ranges of a tab to ask for, and the answer put together into rows again.

The first reading takes whole tabs. The second takes the header and the columns that tell rows apart
or are to be written.

Rules: rules/columns.yaml. Never: sends anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sheetsync.core.model import RawCell, TabPlace, TabReading
from sheetsync.core.plan import CellWrite, HistoryMend, RowAppend, Write
from sheetsync.core.rulebook import TabSpec
from sheetsync.sheets.fitting import Sight
from sheetsync.sheets.grid import (
    FIRST_DATA_ROW,
    HEADER_ROW,
    Head,
    align_rows,
    assemble,
    columns_range,
    find_columns,
    is_torn,
    row_range,
    spans,
    strayed_headers,
)
from sheetsync.sheets.tabs import TabInfo

VALUES = {
    "valueRenderOption": "UNFORMATTED_VALUE",
    "dateTimeRenderOption": "SERIAL_NUMBER",
    "majorDimension": "ROWS",
}
"""Values as they are: no display text, dates as days."""

LONGEST_QUERY = 6_000
"""Characters of all ranges in one address; Google refuses addresses of some 20,000."""

Block = Sequence[Sequence[RawCell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of one tab.

    Args:
        info: The tab.
        spec: Its columns.
        columns: Where the asked fields are expected; None asks for every column.
        with_notes: Look also in which rows people wrote into columns of their own.
    """

    info: TabInfo
    spec: TabSpec
    columns: Mapping[str, int] | None = None
    with_notes: bool = False

    @property
    def ranges(self) -> list[str]:
        """The A1 ranges to ask for."""
        title = self.info.title
        if self.columns is None:
            return [columns_range(title, 0, max(self.info.column_count - 1, 0))]
        runs = [columns_range(title, *run) for run in spans(self.columns.values())]
        return [row_range(title, HEADER_ROW), *runs]


def in_one_address(questions: Sequence[Question]) -> Iterator[list[Question]]:
    """Questions in groups whose ranges fit into the address of one request."""
    group: list[Question] = []
    length = 0
    for question in questions:
        more = sum(len(quote(part)) + len("&ranges=") for part in question.ranges)
        if group and length + more > LONGEST_QUERY:
            yield group
            group, length = [], 0
        group.append(question)
        length += more
    if group:
        yield group


def ask_again(info: TabInfo, spec: TabSpec, head: Head | None, writes: Iterable[Write]) -> Question:
    """What to read again before writing: the header, the keys and the targets.

    Where a write names its row by content, also the people's columns; where a row is appended, the
    worker's, by which a row of that key is known to be that row. A tab whose columns are not known
    yet, because another worker read it, is read whole.
    """
    if head is None:
        return Question(info=info, spec=spec)
    writes = list(writes)
    if any(isinstance(write, HistoryMend) and write.removed for write in writes):
        return Question(info=info, spec=spec, with_notes=True)
    fields = set(spec.key)
    if any(isinstance(write, RowAppend) for write in writes):
        fields |= {column.field for column in spec.columns if not column.is_people_s}
    for write in writes:
        if isinstance(write, HistoryMend):
            fields.update(*write.cells.values())
        if not isinstance(write, CellWrite):
            continue
        fields |= {write.field, *write.beside}
        if write.ref.content is not None:
            fields |= {spec.fields[index] for index in spec.content_indexes}
    known = {name: head.columns[name] for name in fields if name in head.columns}
    return Question(info=info, spec=spec, columns=known)


def see(question: Question, blocks: Sequence[Block]) -> Sight:
    """The tab as the answer shows it; `blocks` are the values of the question's ranges."""
    spec, asked = question.spec, question.columns
    # Either way the first block begins with the header row.
    head = find_columns(blocks[0][HEADER_ROW] if blocks[0] else (), spec)
    rows = blocks[0]
    if asked is not None:
        starts = [first for first, _ in spans(asked.values())]
        rows = assemble(list(zip(starts, blocks[1:], strict=True)))
    columns = head.columns if asked is None else asked
    return Sight(
        info=question.info,
        spec=spec,
        head=head,
        columns=columns,
        rows=align_rows(rows[FIRST_DATA_ROW:], columns, spec.fields),
        has_moved=any(head.columns.get(name) != place for name, place in columns.items()),
        headers_at=strayed_headers(rows, spec) if asked is None and is_torn(head, spec) else 0,
        noted=_noted(rows[FIRST_DATA_ROW:], head) if question.with_notes else frozenset(),
    )


def _noted(rows: Block, head: Head) -> frozenset[int]:
    known = set(head.columns.values())
    return frozenset(
        place
        for place, row in enumerate(rows)
        if any(cell not in ("", None) for at, cell in enumerate(row) if at not in known)
    )


def as_reading(place: TabPlace, sight: Sight) -> TabReading:
    """A sight as the core knows it."""
    return TabReading(
        place=place,
        fields=sight.spec.fields,
        present=frozenset(sight.head.columns),
        duplicates=sight.head.duplicates,
        unknown=sight.head.unknown,
        rows=sight.rows,
        headers_at=sight.headers_at,
    )


def missing(place: TabPlace, spec: TabSpec, refusal: str = "") -> TabReading:
    """The reading of a tab that is not there, or whose spreadsheet does not open for us."""
    return TabReading(
        place=place, exists=False, refusal=refusal, fields=spec.fields, present=frozenset()
    )


def blocks_of(answer: Mapping[str, Any]) -> list[Block]:
    """The values of a batchGet in the order of the asked ranges; an empty range has none."""
    return [part.get("values", []) for part in answer.get("valueRanges", [])]
