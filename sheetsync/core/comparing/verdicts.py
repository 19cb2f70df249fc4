"""Three-way merge of a cell: what was settled, what the sheet shows, what the worker wishes.

The worker wishes what was settled, unless it has something new to say: a view, a value to be put
back, a number it gives, a change that somebody undoes, a request that was carried out and so is to
be blank. All of it is one table, and `verdict` is that table:

| who changed the cell | a person's column | … and locked  | a request     | the worker's column |
| -------------------- | ----------------- | ------------- | ------------- | ------------------- |
| nobody               | rests             | rests         | rests         | rests               |
| the sheet            | **changed**       | **put back**  | **asked**     | **typed over**      |
| the worker           | written           | written       | cleared       | written             |
| both, alike          | agreed            | agreed        | agreed        | agreed              |
| both, differently    | **clash**         | **put back**  | **clash**     | **typed over**      |

- *rests*, *agreed*: nothing is written.
- *changed*: the person's value stands, and is history. *Clash*: it stands too, and the finding
  edit-clash tells what the worker had wished.
- *put back*, *typed over*: the worker's wish is written over it; history and a finding
  (locked-field-edited, worker-field-edited, key-changed) keep what was typed.
- *asked*: left to approval and lifecycle. Once they carried it out it counts as settled, and the
  worker wishes it blank: *cleared*, unless something else was typed meanwhile, which is a clash and
  is looked at as a new request.
- *written*: the worker's wish stands.

Never: says whether a cell is locked (locking), or what the worker wishes (views, lifecycle).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sheetsync.core.model import RawCell
from sheetsync.core.rows import same_cell
from sheetsync.core.rulebook import ColumnSpec


class Side(StrEnum):
    """Whose cell it is: a column of the table."""

    PERSON = "a person's"
    LOCKED = "a person's, locked"
    REQUEST = "a request"
    WORKER = "the worker's"


class ChangedBy(StrEnum):
    """Who wants the cell otherwise than it was settled: a row of the table."""

    NOBODY = "nobody"
    SHEET = "the sheet"
    WORKER = "the worker"
    BOTH_ALIKE = "both, alike"
    BOTH = "both, differently"


class Verdict(StrEnum):
    """What becomes of the cell."""

    RESTS = "rests"
    CHANGED = "changed"
    ASKED = "asked"
    AGREED = "agreed"
    CLASH = "clash"
    WRITTEN = "written"
    CLEARED = "cleared"
    PUT_BACK = "put back"
    TYPED_OVER = "typed over"

    @property
    def is_written(self) -> bool:
        """Whether the cell is to show what the worker wishes; else it stays as the sheet has it."""
        return self in {Verdict.WRITTEN, Verdict.CLEARED, Verdict.PUT_BACK, Verdict.TYPED_OVER}


SIDES = (Side.PERSON, Side.LOCKED, Side.REQUEST, Side.WORKER)
TABLE: Mapping[ChangedBy, tuple[Verdict, Verdict, Verdict, Verdict]] = {
    ChangedBy.NOBODY: (Verdict.RESTS, Verdict.RESTS, Verdict.RESTS, Verdict.RESTS),
    ChangedBy.SHEET: (Verdict.CHANGED, Verdict.PUT_BACK, Verdict.ASKED, Verdict.TYPED_OVER),
    ChangedBy.WORKER: (Verdict.WRITTEN, Verdict.WRITTEN, Verdict.CLEARED, Verdict.WRITTEN),
    ChangedBy.BOTH_ALIKE: (Verdict.AGREED, Verdict.AGREED, Verdict.AGREED, Verdict.AGREED),
    ChangedBy.BOTH: (Verdict.CLASH, Verdict.PUT_BACK, Verdict.CLASH, Verdict.TYPED_OVER),
}
"""The table of this module, its columns in the order of `SIDES`."""


def verdict(settled: RawCell, shown: RawCell, wish: RawCell, side: Side) -> Verdict:
    """What becomes of a cell that was settled, that the sheet shows, and that the worker wishes."""
    return TABLE[changed_by(settled, shown, wish)][SIDES.index(side)]


def changed_by(settled: RawCell, shown: RawCell, wish: RawCell) -> ChangedBy:
    """Who wants the cell otherwise than it was settled."""
    by_sheet, by_worker = not same_cell(shown, settled), not same_cell(wish, settled)
    if by_sheet and by_worker:
        return ChangedBy.BOTH_ALIKE if same_cell(shown, wish) else ChangedBy.BOTH
    if by_sheet:
        return ChangedBy.SHEET
    return ChangedBy.WORKER if by_worker else ChangedBy.NOBODY


def side_of(column: ColumnSpec, *, is_locked: bool = False) -> Side:
    """Whose cell a column's is."""
    if column.request:
        return Side.REQUEST
    if not column.is_people_s:
        return Side.WORKER
    return Side.LOCKED if is_locked else Side.PERSON
