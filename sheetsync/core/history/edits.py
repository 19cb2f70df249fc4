"""What people did to the history tab, as a finding and as events of the history itself.

The rows stand again as the journal has them (`history_tab`); here it is told, and what was typed is
kept. Findings: history-edited. Never: guesses who it was; the API does not say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sheetsync.core.findings import Code, Finding
from sheetsync.core.history.event_rows import ROW
from sheetsync.core.history.events import Chronicle
from sheetsync.core.history.typed import HistoryEdits, TypedRow
from sheetsync.core.model import RawCell, Source, TabAddress, TabKind
from sheetsync.core.plan import Event, HistoryMend, Write
from sheetsync.core.rulebook import TabSpec
from sheetsync.core.wording import shown_cell

RULE = "columns.tabs.history"
MOST_CHARACTERS = 40_000
"""What one event holds of what was typed; a cell ends at 50,000."""

TYPED_THEN = "edited just as it was laid right"
SOMEBODY, UNVERIFIED = "somebody", "unverified"


def history_findings(
    edits: HistoryEdits | None, tab: TabAddress, spec: TabSpec
) -> Iterable[Finding]:
    """One finding for all that was done to the tab since the last cycle."""
    if edits is None:
        return
    typed = (*edits.typed, *edits.overwritten)
    ids = [row.event_id for row in typed if row.event_id] + list(edits.deleted)
    count = f"{edits.count} rows were" if edits.count != 1 else "One row was"
    yield Finding(
        code=Code.HISTORY_EDITED,
        tab=tab,
        source=Source(tab, edits.first_row),
        document=ids[0] if ids else f"row {edits.first_row}",
        message=f"{count} changed by hand ({_counted(edits)}). {_first(edits, spec)}"
        "The rows stand again as the worker recorded them, and what was typed is kept in the "
        "history. Nobody but the worker writes here: put notes into a column of your own, and "
        "look who can edit this tab; `sheetsync init` protects it again.",
        rule=RULE,
    )


def _counted(edits: HistoryEdits) -> str:
    parts = (
        (len(edits.typed), "edited or inserted"),
        (len(edits.deleted), "deleted"),
        (edits.moved, "moved or copied"),
        (len(edits.overwritten), TYPED_THEN),
    )
    return ", ".join(f"{count} {word}" for count, word in parts if count)


def _first(edits: HistoryEdits, spec: TabSpec) -> str:
    """What stood in the first row, in words."""
    rows = edits.typed or edits.overwritten
    if not rows:
        return ""
    typed = rows[0]
    field, cell = next(iter(typed.cells.items()))
    event = f" ({typed.event_id})" if typed.event_id else ""
    row = f"Row {typed.row}" if typed.row else "A row"
    return f"{row}{event} showed {shown_cell(cell)} as {spec.by_field[field].header}. "


def history_mended(
    edits: HistoryEdits | None, writes: Iterable[Write], say: Chronicle
) -> Iterable[Event]:
    """That the tab was laid right, with all that was typed there; more than one cell in parts."""
    if edits is None:
        return
    tab = say.columns.tabs[TabKind.HISTORY].title

    def event(part: str, done: HistoryEdits, needs: int | None) -> Event:
        return say.event(
            tab=tab,
            field=ROW,
            old=part or None,
            new=", ".join(done.deleted)[:MOST_CHARACTERS] or None,
            actor=SOMEBODY,
            proof=UNVERIFIED,
            decision=f"{_counted(done)}; restored",
            rule=RULE,
            needs=needs,
        )

    needs = next((i for i, write in enumerate(writes) if isinstance(write, HistoryMend)), None)
    seen = replace(edits, overwritten=())
    if needs is not None and seen.count:
        yield from (event(part, seen, needs) for part in _in_parts(seen.typed) or [""])
    # That was laid right already, whatever becomes of this plan.
    then = HistoryEdits(overwritten=edits.overwritten, first_row=edits.first_row)
    yield from (event(part, then, None) for part in _in_parts(then.overwritten))


def _in_parts(typed: Iterable[TypedRow]) -> list[str]:
    """The typed rows as JSON texts, none longer than a cell may be."""
    parts: list[str] = []
    said: list[str] = []
    length = 0
    for row in typed:
        for text in _texts(row):
            if said and length + len(text) > MOST_CHARACTERS:
                parts.append(f"[{','.join(said)}]")
                said, length = [], 0
            said.append(text)
            length += len(text) + 1
    return [*parts, f"[{','.join(said)}]"] if said else parts


def _texts(row: TypedRow) -> Iterable[str]:
    """One row in one text, or each long cell of it in several."""
    text = _json(row, row.cells)
    if len(text) <= MOST_CHARACTERS:
        yield text
        return
    step = MOST_CHARACTERS // 8  # what JSON escapes is up to six times as long
    for name, cell in row.cells.items():
        whole = cell if isinstance(cell, str) else json.dumps(cell)
        for start in range(0, len(whole), step):
            # Said with its place, for two equal stretches would be one event.
            yield _json(row, {"from": start, name: whole[start : start + step]})


def _json(row: TypedRow, cells: Mapping[str, RawCell]) -> str:
    place = {"row": row.row} if row.row is not None else {}
    return json.dumps({**place, **cells}, ensure_ascii=False)
