"""What happened to a whole tab at once that is nobody's daily work.

All rows are gone and nothing came instead (of Suppliers and People also where they were few, while
orders rest on them); most rows are gone; many cells that nobody may type over
were typed over, as by a paste in the wrong place or a sort of half the columns. A first cycle knows
no rows and no locked cells, and a column that is blank from top to bottom was made anew by
`sheetsync init`: both are nobody's accident.

Rules: rules/merging.yaml `tab_emptied_rows`, `vanished_pct`, `vanished_rows`; rules/locking.yaml
`locked_pct`, `locked_cells`. Findings: named here, told by `standstill`.
Never: says what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.comparing.locking import OPEN_WHEN_FIXED, is_fixed, is_locked, locked_fields
from sheetsync.core.differences import VanishedRow
from sheetsync.core.findings import Code
from sheetsync.core.model import (
    LISTS,
    Baseline,
    Change,
    LineState,
    RowKey,
    RowRef,
    SettledRow,
    TabKind,
    TabReading,
)
from sheetsync.core.rows import is_blank, line_row
from sheetsync.core.rulebook import Rulebook

OWN_LISTS = LISTS | {TabKind.HISTORY}
"""The worker's own: what vanishes or is typed over there is simply written again."""

RESTED_UPON = frozenset({TabKind.SUPPLIERS, TabKind.PEOPLE})
"""Tabs that a small company fills with a row or two, and on which every order rests."""


DRAFT = "draft"
"""What nobody relies upon yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident:
    """One reason why a tab is not believed, and all that it is about."""

    code: Code
    rule: str
    seen: str
    about: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A tab with what differs on it.

    Args:
        reading: The tab.
        settled: Its settled rows.
        vanished: Those of them that it no longer shows.
        renamed: How many of these it shows under another key.
        changes: Its cells that differ, people's and the worker's.
        refs: Who its rows are.
    """

    reading: TabReading
    settled: Mapping[RowKey, SettledRow]
    vanished: Sequence[VanishedRow] = ()
    renamed: int = 0
    changes: Sequence[Change] = ()
    refs: Sequence[RowRef | None] = ()


def accidents(
    tab: Differing, baseline: Baseline, rules: Rulebook, now: datetime
) -> Iterator[Accident]:
    """All that happened to a tab at once, the rows first."""
    if tab.reading.place.kind in OWN_LISTS:
        return
    if is_emptied(tab, baseline, rules):
        yield Accident(
            code=Code.TAB_EMPTIED,
            rule="merging.tab_emptied_rows",
            seen=_all_gone(len(tab.settled)) + _renamed(tab),
            about=tuple(sorted(tab.settled)),
        )
    elif is_mostly_gone(tab, rules):
        yield Accident(
            code=Code.TOO_MANY_VANISHED,
            rule="merging.vanished_pct",
            seen=f"{len(tab.vanished)} of the {len(tab.settled)} rows are gone at once"
            + _renamed(tab),
            about=tuple(sorted(row.key for row in tab.vanished)),
        )
    if len(tab.changes) >= rules.locking.locked_cells:
        yield from _typed_over(tab, baseline, rules, now)


def is_emptied(tab: Differing, baseline: Baseline, rules: Rulebook) -> bool:
    """Whether all rows of a tab are gone at once and nothing came instead: nobody's daily work."""
    least = 1 if _is_rested_upon(tab, baseline) else rules.merging.tab_emptied_rows
    all_gone = least <= len(tab.settled) == len(tab.vanished)
    return all_gone and not any(ref is not None and ref.key is not None for ref in tab.refs)


def _is_rested_upon(tab: Differing, baseline: Baseline) -> bool:
    """Whether orders that wait for approval, or went out and are not over, rest on the rows."""
    is_under_way = any(
        state.closed_at is None and state.status != DRAFT for state in baseline.lines.values()
    )
    return tab.reading.place.kind in RESTED_UPON and is_under_way


def _all_gone(count: int) -> str:
    return f"All {count} rows are gone at once" if count > 1 else "The only row is gone"


def is_mostly_gone(tab: Differing, rules: Rulebook) -> bool:
    """Whether so many rows are gone at once that a person must look first."""
    gone, rows = len(tab.vanished), len(tab.settled)
    return gone >= rules.merging.vanished_rows and gone * 100 > rows * rules.merging.vanished_pct


def _renamed(tab: Differing) -> str:
    return f" ({tab.renamed} of them stand there under another key or none)" if tab.renamed else ""


def _typed_over(
    tab: Differing, baseline: Baseline, rules: Rulebook, now: datetime
) -> Iterator[Accident]:
    """Many locked cells at once: a paste in the wrong place, or a sort of half the columns."""
    statuses = {line_row(key): state for key, state in baseline.lines.items()}
    spec = rules.columns.tabs[tab.reading.place.kind]
    over = [
        change
        for change in tab.changes
        if not spec.by_field[change.field].is_people_s
        or is_locked(change, statuses, baseline, rules, now)
    ]
    blanked = {change.field for change in over if is_blank(change.after)}
    made_anew = {f for f in blanked if all(is_blank(r[spec.index[f]]) for r in tab.reading.rows)}
    over = [change for change in over if change.field not in made_anew]
    if len(over) < rules.locking.locked_cells:
        return
    locked = sum(
        _locked_cells(key, row, tab, statuses, baseline, rules, now)
        for key, row in tab.settled.items()
    )
    if len(over) * 100 > locked * rules.locking.locked_pct:
        yield Accident(
            code=Code.TOO_MANY_LOCKED,
            rule="locking.locked_pct",
            seen=f"{len(over)} of the {locked} locked cells were typed over at once",
            about=tuple(sorted((c.key, c.field, repr(c.after)) for c in over)),
        )


def _locked_cells(
    key: RowKey,
    row: SettledRow,
    tab: Differing,
    statuses: Mapping[RowKey, LineState],
    baseline: Baseline,
    rules: Rulebook,
    now: datetime,
) -> int:
    """How many filled cells of a settled row nobody may type over."""
    kind = tab.reading.place.kind
    locked: frozenset[str] = frozenset()
    if kind is TabKind.ORDER_LINES and key in statuses:
        locked = locked_fields(statuses[key], rules)
    elif kind in OPEN_WHEN_FIXED and is_fixed(kind, row, baseline, rules, now):
        locked = frozenset(row.cells) - OPEN_WHEN_FIXED[kind]
    spec = rules.columns.tabs[kind]
    return sum(
        field in locked or not spec.by_field[field].is_people_s
        for field in row.cells
        if field in spec.by_field
    )
