"""`sheetsync history verify`: whether journal, archives and tab hold, and at which row they do not.

The journal is checked first and without the lease, so that a broken one can be named although no
worker would start on it. The tab is read under the lease, so that no cycle comes in between.
Never: mends anything (the next cycle does).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sheetsync.core.history.chain import GENESIS, MAC, Row, Verdict, compare, event_id_of, verify
from sheetsync.core.history.tab import as_rows
from sheetsync.core.model import TabKind, TabReading
from sheetsync.errors import StateError
from sheetsync.ports import StateStore, Workbook

FIRST_ROW = 2
"""Of a tab and of an archive: row 1 holds the headers."""

NEXT_CYCLE = "The next cycle of the worker lays the tab right and tells it in Exceptions."

OR_THE_KEY = "Or this key is not the one that it was chained with: nothing holds with another one."


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """An archive as it was read: its path, the mac before its first row, its rows.

    `refusal` says why the file cannot be read as one, and what to do; "" where it can.
    """

    path: Path
    after: str = GENESIS
    rows: Sequence[Row] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One sentence of the outcome, and whether what it tells of holds."""

    text: str
    holds: bool = True


def check_archive(archive: ArchiveFile, key: bytes) -> Found:
    """One archive by itself, from outside: only the file and the key are needed."""
    if archive.refusal:
        return Found(text=f"{archive.path.name}: {archive.refusal}", holds=False)
    verdict = verify(archive.rows, key, archive.after)
    return _found(archive.path.name, "line", verdict, FIRST_ROW)


def check_journal(rows: Sequence[Row], key: bytes) -> Found:
    """The journal from its first event to its last."""
    verdict = verify(rows, key)
    found = _found("Journal", "event", verdict, 1)
    if verdict.broken is not None and verdict.broken.place == 0:
        return Found(text=f"{found.text} {OR_THE_KEY}", holds=False)
    return found


def check_archives(
    archives: Sequence[ArchiveFile], journal: Sequence[Row], archived: int, key: bytes
) -> Iterator[Found]:
    """Every file by itself, and that together they hold what left the tab.

    A file that is no archive is nobody's part of it.
    """
    found = [(archive, check_archive(archive, key)) for archive in archives]
    yield from (each for _, each in found)
    if all(each.holds for archive, each in found if not archive.refusal) and archived:
        yield _covered(archives, journal[:archived])


def check_tab(
    reading: TabReading, journal: Sequence[Row], archived: int, after: str, key: bytes
) -> Found:
    """The history tab by itself, and against the journal; all of its columns are there."""
    name = f"Tab {reading.place.address.tab}"
    rows = as_rows(reading)
    verdict = verify(rows, key, after)
    if verdict.broken is None:
        verdict = compare(rows, journal[archived:], after)
    found = _found(name, "row", verdict, FIRST_ROW)
    return found if found.holds else Found(text=f"{found.text} {NEXT_CYCLE}", holds=False)


def incomplete(reading: TabReading, headers: Mapping[str, str]) -> Found | None:
    """What of the tab is not there at all, so that its rows cannot be checked.

    Args:
        reading: The history tab.
        headers: How its columns are headed, by field.
    """
    name = f"Tab {reading.place.address.tab}"
    if not reading.exists:
        text = f"{name}: it is not there. Rename it back, or `sheetsync init` makes it anew."
        return Found(text=text, holds=False)
    lost = [headers[field] for field in reading.fields if field not in reading.present]
    if not lost:
        return None
    text = (
        f'{name}: no column is headed "{lost[0]}". Rename the header back; `sheetsync init` makes '
        "a column that never was there."
    )
    return Found(text=text, holds=False)


def check_all(
    state: StateStore,
    workbook: Workbook,
    archives: Sequence[ArchiveFile],
    key: bytes,
    headers: Mapping[str, str],
    now: datetime,
) -> Iterator[Found]:
    """Journal, archives and tab, and the head of the chain at the end.

    Args:
        state: Where the journal stands.
        workbook: Where the tab stands.
        archives: The files of what left the tab.
        key: Of the chain.
        headers: How the tab's columns are headed, by field.
        now: The time, UTC.

    Raises:
        LeaseHeld: A worker is in the middle of a cycle.
        StateError: A worker died in a cycle, which must be finished first.
    """
    journal = check_journal(state.journal_rows(), key)
    yield journal
    if not journal.holds:
        return
    with state.lease(now) as session:
        if session.interrupted() is not None:
            raise StateError(
                "a worker died in a cycle, so the tab may be ahead of the journal.",
                remedy="`sheetsync run --once` finishes it; check again after that.",
            )
        reading = workbook.read(now).of_kind(TabKind.HISTORY)[0]
        rows, (archived, after) = state.journal_rows(), state.archived()
    yield from check_archives(archives, rows, archived, key)
    lacking = incomplete(reading, headers)
    yield lacking or check_tab(reading, rows, archived, after, key)
    yield head_of(rows)


def head_of(rows: Sequence[Row]) -> Found:
    """The chain's head after these rows, as a digest prints it."""
    return Found(text=f"Head of the chain: {rows[-1][MAC] if rows else GENESIS}")


def _covered(archives: Sequence[ArchiveFile], gone: Sequence[Row]) -> Found:
    """Whether the files, one after another, are the archived rows."""
    by_start = {archive.after: archive for archive in archives if archive.rows}
    place, after = 0, GENESIS
    while place < len(gone):
        archive = by_start.pop(after, None)
        part = gone[place : place + len(archive.rows)] if archive is not None else ()
        if archive is None or tuple(part) != tuple(archive.rows):
            return Found(
                text=f"Archives: no file holds {event_id_of(gone[place])}, which left the tab for "
                "an archive. Bring the file back; the journal still has its rows.",
                holds=False,
            )
        place, after = place + len(archive.rows), str(archive.rows[-1][MAC])
    return Found(text=f"Archives: {len(gone)} rows that left the tab are all there.")


def _found(name: str, what: str, verdict: Verdict, first: int) -> Found:
    if verdict.broken is None:
        rows = "1 row holds" if verdict.rows == 1 else f"{verdict.rows} rows hold"
        return Found(text=f"{name}: {rows}.")
    event = f" ({verdict.broken.event_id})" if verdict.broken.event_id else ""
    place = verdict.broken.place + first
    return Found(
        text=f"{name}, {what} {place}{event} does not hold: {verdict.broken.why}.", holds=False
    )
