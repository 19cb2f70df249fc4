"""One atomic batch to a spreadsheet, with its witness, and where it really landed.

Never: decides what fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsync.core.model import Witness
from sheetsync.errors import WorkbookUnavailable
from sheetsync.ports import Batch
from sheetsync.sheets.fitting import Fit
from sheetsync.sheets.hearing import (
    ANSWER_FIELDS,
    Specs,
    answer_range,
    answered_rows,
    hear,
    went_astray,
)
from sheetsync.sheets.tabs import TabInfo
from sheetsync.sheets.transport import SheetsHTTPClient
from sheetsync.sheets.witness import lines_of, new_tab, testify
from sheetsync.sheets.writing import Request


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
        heard: The witness lines as the last reading found them, newest first; None before one.
    """

    name: str
    spreadsheet_id: str
    tabs: dict[str, TabInfo]
    specs: Specs
    sheet_ids: frozenset[int]
    witness: TabInfo | None
    heard: tuple[Witness | None, ...] | None = None


def send(http: SheetsHTTPClient, book: Book, fits: Sequence[Fit], batch: Batch) -> set[int]:
    """Send what fits; returns the writes that landed in another row or column than was meant.

    Raises:
        WorkbookUnavailable: Nobody knows where it landed; the next reading will.
    """
    requests = [request for fit in fits for request in fit.requests()]
    if not requests:
        return set()
    lines = lines_of(f"{batch.label}.{book.name}", fits)
    if not lines:
        http.batch_update(book.spreadsheet_id, {"requests": requests})
        return set()
    witness, made = _witness_of(book, http.account)
    answer = http.write_batch(
        book.spreadsheet_id,
        {
            "requests": [*made, *testify(witness, lines, _unheard(book, batch)), *requests],
            "includeSpreadsheetInResponse": True,
            "responseIncludeGridData": True,
            "responseRanges": [answer_range(len(lines))],
        },
        ANSWER_FIELDS,
    )
    # What the last reading found there stands lower now.
    book.witness, book.heard = witness, None
    heard = hear(answered_rows(answer), book.specs)
    if len(heard) != len(lines):
        message = "Google's answer does not show where the batch was written."
        raise WorkbookUnavailable(message)
    return {
        index
        for line, testimony in zip(lines, heard, strict=True)
        if went_astray(testimony)
        for index in line.writes
    }


def _witness_of(book: Book, account: str) -> tuple[TabInfo, list[Request]]:
    """The tab of the witness, and what makes it where there is none."""
    if book.witness is not None:
        return book.witness, []
    return new_tab(book.sheet_ids, account)


def _unheard(book: Book, batch: Batch) -> int | None:
    """How many lines from the top must stay, because not all of them are heard."""
    if book.heard is None:
        return None
    places = [
        at for at, line in enumerate(book.heard) if line and line.witness_id not in batch.heard
    ]
    return max(places, default=-1) + 1
