"""Why an event cannot be undone by writing a cell, and what does it instead.

Rules: rules/lifecycle.yaml (which action leads back). Never: decides about cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sheetsync.core.history.event_rows import ROW, is_change, is_new_row, went_on
from sheetsync.core.model import LineKey, LineState, RawCell
from sheetsync.core.plan import Event
from sheetsync.core.rows import key_text, line_row
from sheetsync.core.rulebook import LifecycleRules, MoveRules, Party, Scope

BEFORE = "before"

WHERE = {
    (Party.BUYER, Scope.ORDER): "Action on the tab Orders",
    (Party.BUYER, Scope.LINE): "Action on the tab Order lines",
    (Party.SUPPLIER, Scope.LINE): "Your answer on the supplier's tab",
}


INSTEAD: tuple[tuple[Callable[[Event], bool], str], ...] = (
    (
        is_new_row,
        "A row is taken away by deleting it in the sheet; once it counts, by cancelling.",
    ),
    (
        lambda event: event.decision == "put back" or event.decision.endswith("restored"),
        "It was put back already: the sheet shows what it showed before.",
    ),
    (
        lambda event: event.decision.startswith("finding "),
        "A finding closes by itself when its cause is mended.",
    ),
)
WENT_ON = (
    "The row went on under another key, so it would stand there twice: type the old key over that "
    "one in the sheet."
)
FOLLOWS = "It follows from something else: undo that, and this follows."


def why_not(event: Event, lines: Mapping[LineKey, LineState], rules: LifecycleRules) -> str | None:
    """What to do instead, or None where the event tells of a person's cell or a deleted row."""
    if went_on(event):
        return WENT_ON
    if is_change(event) or (event.field == ROW and event.decision == "deleted"):
        return None
    if event.decision in {"granted", "refused"}:
        return f"An answer to a version stands. {_new_version(rules)}"
    if event.field == "status" and event.decision != "put back":
        return _move_back(event, lines, rules)
    return next((why for says, why in INSTEAD if says(event)), FOLLOWS)


def _move_back(event: Event, lines: Mapping[LineKey, LineState], rules: LifecycleRules) -> str:
    """The action that leads from where the line stands now to where it stood."""
    status = _status_now(event, lines)
    stands = _words(status)
    # A supplier's new proposal leads to the status before an agreement, not back to before it.
    back = [
        edge
        for edge in _edges(status, rules)
        if edge.to == BEFORE or (edge.to == event.old and edge.by is not Party.SUPPLIER)
    ]
    if status == event.new and back:
        return f"A status is moved, not undone: {_asked(back[0])} takes it back."
    to_draft = [edge for edge in _edges(status, rules) if edge.to == "draft"]
    if to_draft:
        return (
            f"A status is moved, not undone. It is {stands} now: {_asked(to_draft[0])} takes the "
            "order back to draft, to be changed and sent again."
        )
    others = [edge for edge in _edges(status, rules) if edge.by is Party.BUYER]
    if others:
        ways = "; or ".join(dict.fromkeys(_asked(edge) for edge in others))
        return f"A status is moved, not undone. It is {stands} now. Possible: {ways}."
    return f"A status is moved, not undone, and nothing leads on from {stands}."


def _status_now(event: Event, lines: Mapping[LineKey, LineState]) -> RawCell:
    row = (key_text(event.po_number), event.line_number)
    state = next((state for key, state in lines.items() if line_row(key) == row), None)
    return state.status if state is not None else event.new


def _edges(status: RawCell, rules: LifecycleRules) -> list[MoveRules]:
    """What people may ask for from there, the buyer first."""
    found = [edge for edge in rules.moves if edge.on and status in edge.from_]
    return sorted(found, key=lambda edge: edge.by is not Party.BUYER)


def _asked(edge: MoveRules) -> str:
    return f"`{edge.on}` in {WHERE.get((edge.by, edge.scope), 'the sheet')}"


def _new_version(rules: LifecycleRules) -> str:
    word = next((edge.on for edge in rules.moves if edge.to == "draft" and edge.on), None)
    if word is None:
        return "Another version of the order asks again."
    return f"`{word}` in Action on the tab Orders begins another version, which asks again."


def _words(status: RawCell) -> str:
    return str(status or "nothing").replace("_", " ")
