"""One atomic batch to a spreadsheet, with its fence and its witness, and where it really landed.

The fence is a named range on the witness tab, called by the last batch. Every batch takes down the
one that its first reading found, and puts up its own; Google refuses the whole batch when somebody
else's stands there. So a worker that slept over its lease, or an answer that was given up for lost,
cannot write after another batch. Never: decides what fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sheetsync.errors import WorkbookError, WorkbookUnavailable
from sheetsync.ports import Batch
from sheetsync.sheets.fitting import Fit
from sheetsync.sheets.grid import first_free_row
from sheetsync.sheets.hearing import (
    ANSWER_FIELDS,
    Heard,
    Specs,
    answer_range,
    answered_rows,
    hear,
    plan_of,
)
from sheetsync.sheets.tabs import TabInfo
from sheetsync.sheets.transport import SheetsHTTPClient, compact
from sheetsync.sheets.witness import Line, grown, lines_of, new_tab, testify
from sheetsync.sheets.writing import Request

FENCE = "sheetsync_last_write"
"""The name of the range; people see it under Data, Named ranges."""


@dataclass(slots=True)
class Book:
    """What is believed of a spreadsheet between the two readings of a cycle.

    Args:
        name: What it is called in the configuration.
        spreadsheet_id: Google's id of it.
        tabs: The configured tabs that are there, by their configured titles.
        specs: The same by the titles that they have there, and what they hold.
        sheet_ids: The ids of all its tabs.
        witness: Its witness tab, if it has one.
        fence: The id of the named range that the last batch put up, if there was one.
        earlier: The witness lines as the last reading found them, newest first.
        heard: The same, as long as they stand on top; None before a reading and after a batch.
    """

    name: str
    spreadsheet_id: str
    tabs: dict[str, TabInfo]
    specs: Specs
    sheet_ids: frozenset[int]
    witness: TabInfo | None
    fence: str | None = None
    earlier: tuple[Heard, ...] = ()
    heard: tuple[Heard, ...] | None = None

    def grew(self, fits: Sequence[Fit]) -> None:
        """New rows were inserted, so the next part finds larger grids."""
        for fit in fits:
            for title, info in self.tabs.items():
                if fit.rows and info.sheet_id == fit.sight.info.sheet_id:
                    rows = max(info.row_count, first_free_row(fit.sight.rows) + 1) + len(fit.rows)
                    self.tabs[title] = replace(info, row_count=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A batch ready to be sent.

    Args:
        body: As it goes out; empty where there is nothing to write.
        lines: What its witness says.
        witness: The witness tab as it is after the batch; None for a batch that needs none.
        fence: The id of the named range that it puts up.
    """

    body: bytes = b""
    lines: Sequence[Line] = ()
    witness: TabInfo | None = None
    fence: str = ""


def pack(book: Book, fits: Sequence[Fit], batch: Batch, account: str) -> Parcel:
    """Make one batch of what fits."""
    requests = [request for fit in fits for request in fit.requests()]
    if not requests:
        return Parcel()
    lines = lines_of(f"{batch.label}.{book.name}", fits)
    if not lines:
        return Parcel(body=compact({"requests": requests}))
    witness, made = _witness_of(book, account)
    fence = f"sheetsync_{batch.label}".replace(".", "_")
    guarded = [
        *made,
        *_fence(book.fence, fence, witness),
        *testify(witness, lines, _unheard(book, batch)),
        *requests,
    ]
    body = {
        "requests": guarded,
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": [answer_range(len(lines))],
    }
    after = grown(witness, lines)
    return Parcel(body=compact(body), lines=lines, witness=after, fence=fence)


def send(http: SheetsHTTPClient, book: Book, parcel: Parcel) -> tuple[Heard, ...]:
    """Send a batch; returns where it landed.

    Raises:
        WorkbookUnavailable: Nobody knows where it landed; the next reading will.
    """
    if not parcel.body:
        return ()
    if parcel.witness is None:
        http.write_batch(book.spreadsheet_id, parcel.body, "spreadsheetId")
        return ()
    with _only_after(book.fence):
        answer = http.write_batch(book.spreadsheet_id, parcel.body, ANSWER_FIELDS)
    # What the last reading found there stands lower now.
    book.witness, book.fence, book.heard = parcel.witness, parcel.fence, None
    heard = hear(answered_rows(answer), book.specs)
    if len(heard) != len(parcel.lines):
        message = "Google's answer does not show where the batch was written."
        raise WorkbookUnavailable(message)
    return heard


def _witness_of(book: Book, account: str) -> tuple[TabInfo, list[Request]]:
    """The tab of the witness, and what makes it where there is none."""
    if book.witness is not None:
        return book.witness, []
    return new_tab(book.sheet_ids, account)


def _fence(old: str | None, new: str, witness: TabInfo) -> list[Request]:
    taken_down: list[Request] = [{"deleteNamedRange": {"namedRangeId": old}}] if old else []
    place = {"sheetId": witness.sheet_id, "endRowIndex": 1, "endColumnIndex": 1}
    put_up = {"namedRangeId": new, "name": FENCE, "range": place}
    return [*taken_down, {"addNamedRange": {"namedRange": put_up}}]


@contextmanager
def _only_after(fence: str | None) -> Iterator[None]:
    try:
        yield
    except WorkbookError as refused:
        if "amedRange" in refused.message:
            message = f"Another batch than {fence} was the last one here; nothing was written."
            raise WorkbookUnavailable(message) from refused
        raise


def _unheard(book: Book, batch: Batch) -> int | None:
    """How many lines from the top must stay, because not all of them are heard."""
    if book.heard is None:
        return None
    places = [at for at, line in enumerate(book.heard) if _is_to_stay(line, batch)]
    return max(places, default=-1) + 1


def _is_to_stay(line: Heard, batch: Batch) -> bool:
    """Whether the core is still to hear the line, or this very plan may have to be begun again."""
    is_unheard = line.witness is not None and line.witness.witness_id not in batch.heard
    return is_unheard or plan_of(line.batch) == plan_of(batch.label)
