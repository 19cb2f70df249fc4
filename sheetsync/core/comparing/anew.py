"""Requests that are asked once more: the same word as was carried out, beside something else.

A request is a whole: a word (an action, an answer, a decision) and what stands beside it, a reason
or values. Once it is carried out it counts as settled until it is cleared, so that it is not
carried out twice. Where the clearing was dropped because somebody typed there, the word alone does
not tell the old request from a new one; what stands beside it does.

| the word shows    | beside it                                | it is                        |
| ----------------- | ---------------------------------------- | ---------------------------- |
| what was settled  | what was settled, more, or blanks        | the old one, to be cleared   |
| what was settled  | something else where something was settled | a new one: nothing was settled |
| something else    | anything                                 | a new one, cell by cell      |

Never: says what comes of a request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sheetsync.core.model import (
    Baseline,
    RawCell,
    RowKey,
    SettledRow,
    Snapshot,
    TabAddress,
    TabReading,
)
from sheetsync.core.rows import is_blank, row_refs, same_cell
from sheetsync.core.rulebook import ColumnRules, TabSpec


def asked_anew(snapshot: Snapshot, baseline: Baseline, columns: ColumnRules) -> Baseline:
    """The baseline without the requests that are asked once more, which nobody has settled yet."""
    rows: dict[TabAddress, Mapping[RowKey, SettledRow]] = {}
    for address, reading in snapshot.tabs.items():
        settled = baseline.rows.get(address, {})
        fresh = dict(_renewed(reading, settled, columns.tabs[reading.place.kind]))
        if fresh:
            rows[address] = {**settled, **fresh}
    return replace(baseline, rows={**baseline.rows, **rows}) if rows else baseline


def _renewed(
    reading: TabReading, settled: Mapping[RowKey, SettledRow], spec: TabSpec
) -> Iterator[tuple[RowKey, SettledRow]]:
    word = spec.word
    asked = {key: row for key, row in settled.items() if word in row.cells} if word else {}
    if word is None or not asked:
        return
    for ref, cells in zip(row_refs(reading.rows, spec), reading.rows, strict=True):
        key = ref.key if ref is not None and ref.content is None else None
        known = asked.get(key) if key is not None else None
        if key is None or known is None:
            continue
        shown = dict(zip(spec.fields, cells, strict=True))
        others = [name for name in spec.beside_word if _is_other(shown[name], known, name)]
        if others and same_cell(shown[word], known.cells[word]):
            gone = {word, *spec.beside_word}
            kept = {name: cell for name, cell in known.cells.items() if name not in gone}
            yield key, replace(known, cells=kept)


def _is_other(shown: RawCell, known: SettledRow, name: str) -> bool:
    """Whether something was settled here and something else stands here."""
    settled = known.cells.get(name)
    return not is_blank(settled) and not is_blank(shown) and not same_cell(shown, settled)
