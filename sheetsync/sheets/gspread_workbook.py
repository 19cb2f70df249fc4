"""The hub and the suppliers' spreadsheets as one workbook: read(), then apply().

A cycle costs at most three reads and one write for each spreadsheet, whatever the number of rows:
what tabs there are, their cells, the cells of the writes once more, and one atomic batch.

Rules: rules/columns.yaml. Never: decides what to write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count

from sheetsync.core.model import (
    HUB,
    RawCell,
    Snapshot,
    TabAddress,
    TabKind,
    TabPlace,
    TabReading,
)
from sheetsync.core.plan import Applied, Write
from sheetsync.core.rulebook import ColumnRules
from sheetsync.errors import AccessDenied, SheetsyncError, TabMissing, WorkbookUnavailable
from sheetsync.ports import Batch, CallCount, Tell
from sheetsync.sheets.applying import (
    Due,
    Look,
    Outcome,
    Part,
    Row,
    guess_of,
    next_part,
    rows_together,
)
from sheetsync.sheets.fitting import Sight
from sheetsync.sheets.grid import Head
from sheetsync.sheets.hearing import RANGE, TITLE, Heard, hear
from sheetsync.sheets.payload import RECOMMENDED
from sheetsync.sheets.reading import (
    VALUES,
    Question,
    as_reading,
    ask_again,
    blocks_of,
    in_one_address,
    missing,
    see,
)
from sheetsync.sheets.sending import FENCE, Book, send
from sheetsync.sheets.tabs import TAB_FIELDS, TabInfo, find_tab, read_tabs
from sheetsync.sheets.transport import SheetsHTTPClient, about

NOT_CONFIGURED = "its spreadsheet is not configured any more"
NO_ACCESS = "the spreadsheet refuses to be written"


class GspreadWorkbook:
    """`ports.Workbook` on Google Sheets.

    Between the two readings of a cycle it remembers which tabs there are and where their columns
    stand, so that the second reading can ask for less. After a failure it forgets both.

    Args:
        http: gspread's client with our transport.
        spreadsheets: The id of each spreadsheet by name; `HUB` is one of them.
        places: The tabs of the workbook.
        columns: What each kind of tab holds.
        payload_limit: How many bytes one batch may have.
    """

    def __init__(
        self,
        http: SheetsHTTPClient,
        *,
        spreadsheets: Mapping[str, str],
        places: Sequence[TabPlace],
        columns: ColumnRules,
        payload_limit: int = RECOMMENDED,
    ) -> None:
        self._http = http
        self._ids = dict(spreadsheets)
        self._places = {place.address: place for place in places}
        self._columns = columns
        self._payload_limit = payload_limit
        self._books: dict[str, Book] = {}
        self._heads: dict[TabAddress, Head] = {}

    def calls(self) -> CallCount:
        """How many requests were made so far."""
        return self._http.calls()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    # -- reading -----------------------------------------------------------------------------------

    def read(self, now: datetime) -> Snapshot:
        """Read every configured tab.

        A supplier's spreadsheet that does not open for us stops that supplier's tab, not the rest.
        """
        readings: dict[TabAddress, TabReading] = {}
        for name in self._ids:
            try:
                with self._about(name):
                    readings |= self._read_spreadsheet(name)
            except AccessDenied as refused:
                if name == HUB:
                    raise
                readings |= self._closed(name, f"{refused.message}. {refused.remedy}".strip())
        lines = (line for book in self._books.values() for line in book.earlier)
        witnesses = [line.witness for line in lines if line.witness is not None]
        return Snapshot(
            read_at=now,
            tabs={place: readings[place] for place in self._places},
            witnesses=tuple(witnesses),
        )

    def _read_spreadsheet(self, name: str) -> dict[TabAddress, TabReading]:
        book = self._look(name)
        tabs = book.tabs
        places = [place for place in self._places.values() if place.address.spreadsheet == name]
        there = [place for place in places if place.address.tab in tabs]
        readings = {
            place.address: missing(place, self._columns.tabs[place.kind]) for place in places
        }
        questions = [
            Question(info=tabs[place.address.tab], spec=self._columns.tabs[place.kind])
            for place in there
        ]
        # The witness is asked for first: what it tells must not be newer than the tabs.
        sights, lines = self._ask(name, questions, [RANGE] if book.witness else [])
        book.earlier = book.heard = hear(lines[0][1:] if lines else (), book.specs)
        for place, sight in zip(there, sights, strict=True):
            self._heads[place.address] = sight.head
            readings[place.address] = as_reading(place, sight)
        return readings

    def _closed(self, name: str, refusal: str) -> dict[TabAddress, TabReading]:
        """The tabs of a spreadsheet that does not open for us."""
        return {
            place.address: missing(place, self._columns.tabs[place.kind], refusal)
            for place in self._places.values()
            if place.address.spreadsheet == name
        }

    def _look(self, name: str) -> Book:
        """The tabs that are there, by the titles under which they are configured."""
        answer = self._http.fetch_sheet_metadata(self._ids[name], {"fields": TAB_FIELDS})
        tabs = read_tabs(answer)
        titles = [place.tab for place in self._places if place.spreadsheet == name]
        found = {title: find_tab(tabs, title) for title in titles}
        self._books[name] = Book(
            name=name,
            spreadsheet_id=self._ids[name],
            specs={
                info.title: (
                    TabAddress(name, title),
                    self._columns.tabs[self._places[TabAddress(name, title)].kind],
                )
                for title, info in found.items()
                if info is not None
            },
            tabs={title: info for title, info in found.items() if info is not None},
            witness=tabs.get(TITLE),
            fence=next(
                (
                    named["namedRangeId"]
                    for named in answer.get("namedRanges", [])
                    if named["name"] == FENCE
                ),
                None,
            ),
            sheet_ids=frozenset(
                sheet["properties"].get("sheetId", 0) for sheet in answer.get("sheets", [])
            ),
        )
        return self._books[name]

    def _ask(
        self, name: str, questions: Sequence[Question], first: Sequence[str] = ()
    ) -> tuple[list[Sight], list[Sequence[Sequence[RawCell]]]]:
        """All questions to one spreadsheet, in one request unless there are very many tabs.

        The blocks of the ranges in `first` come apart; they are asked for with the first questions.
        """
        sights: list[Sight] = []
        apart: list[Sequence[Sequence[RawCell]]] = []
        for group in in_one_address(questions) if questions else [[]]:
            ranges = [part for question in group for part in question.ranges]
            now, first = [*first], ()
            if not now and not ranges:
                continue
            answer = self._http.values_batch_get(self._ids[name], [*now, *ranges], dict(VALUES))
            blocks = iter(blocks_of(answer))
            apart += [next(blocks) for _ in now]
            sights += [see(question, [next(blocks) for _ in question.ranges]) for question in group]
        return sights, apart

    # -- writing -----------------------------------------------------------------------------------

    def apply(self, writes: Sequence[Write], tell: Tell | None, batch: Batch) -> Applied:
        """Carry out the writes that still fit, and tell what happened in the change history.

        The hub comes last, so that its history says only what took in the other spreadsheets.
        """
        outcome = Outcome()
        grouped: dict[str, dict[int, Write]] = {}
        for index, write in enumerate(writes):
            if write.tab in self._places:
                grouped.setdefault(write.tab.spreadsheet, {})[index] = write
            else:
                outcome.skipped[index] = NOT_CONFIGURED
        for name in sorted(self._ids, key=lambda name: name == HUB):
            group = grouped.get(name, {})
            telling = tell if name == HUB else None
            if group or telling is not None:
                try:
                    with self._about(name):
                        self._apply_to(name, rows_together(group), telling, batch, outcome)
                except AccessDenied:
                    if name == HUB:
                        raise
                    left = group.keys() - outcome.taken - outcome.skipped.keys()
                    outcome.skipped |= dict.fromkeys(left, NO_ACCESS)
        return outcome.applied()

    def _apply_to(
        self, name: str, rows: Sequence[Row], tell: Tell | None, batch: Batch, outcome: Outcome
    ) -> None:
        """Send everything that fits, in as few batches as the payload limit allows."""
        guess = guess_of(rows, self._payload_limit)
        due = Due(rows=rows, tell=tell, taken=frozenset(outcome.taken), batch=batch, guess=guess)
        for number in count(1):
            act = partial(self._send_part, name, due)
            part, landed = self._http.begin_again_when_full(act)
            outcome.add(part, landed)
            if part.is_last:
                return
            named = replace(batch, label=f"{batch.label}.{number}")
            due = due.after(part, outcome.taken, named)

    def _send_part(self, name: str, due: Due) -> tuple[Part, tuple[Heard, ...]]:
        """Read again, keep what fits, and send it as one atomic batch."""
        look = self._look_again(name, due)
        part = next_part(due, look, account=self._http.account, limit=self._payload_limit)
        landed = send(self._http, look.book, part.parcel)
        look.book.grew(part.fits)
        return part, landed

    def _look_again(self, name: str, due: Due) -> Look:
        """Only what tells the rows of this part apart, and what is to be written."""
        book = self._books.get(name) or self._look(name)
        writes: dict[str, list[Write]] = {}
        for row in due.near:
            for _, write in row:
                if write.tab.tab in book.tabs:
                    writes.setdefault(write.tab.tab, []).append(write)
        history = self._history_title(book.tabs) if due.is_to_tell else None
        titles = [*writes, *([history] if history and history not in writes else [])]
        sights = self._see_again(name, book.tabs, titles, writes)
        return Look(book=book, sights=dict(zip(titles, sights, strict=True)), history=history)

    def _history_title(self, tabs: Mapping[str, TabInfo]) -> str | None:
        for place in self._places.values():
            if place.kind is TabKind.HISTORY and place.address.tab in tabs:
                return place.address.tab
        return None

    def _see_again(
        self,
        name: str,
        tabs: Mapping[str, TabInfo],
        titles: Sequence[str],
        writes: Mapping[str, Sequence[Write]],
    ) -> list[Sight]:
        questions = []
        for title in titles:
            address = TabAddress(name, title)
            spec = self._columns.tabs[self._places[address].kind]
            group = writes.get(title, ())
            questions.append(ask_again(tabs[title], spec, self._heads.get(address), group))
        return self._ask(name, questions)[0]

    @contextmanager
    def _about(self, name: str) -> Iterator[None]:
        """Name the spreadsheet in what goes wrong, and forget what we believed of it."""
        try:
            with about(name):
                yield
        except SheetsyncError as error:
            self._books.pop(name, None)
            for address in [place for place in self._heads if place.spreadsheet == name]:
                del self._heads[address]
            if isinstance(error, TabMissing):
                # It was there a moment ago; the next cycle finds it missing and says so.
                raise WorkbookUnavailable(error.message, subject=error.subject) from error
            raise
