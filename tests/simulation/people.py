"""All that simulated people do, and how often: buyers, suppliers, warehouse, payables, an approver.

Each act is drawn from a seed of its own and done in one go. Never: cares for what becomes of it.
"""

from __future__ import annotations

from simulation import asking, meddling, mishaps, moving, typing_people
from simulation.hands import Act

ACTS: dict[str, tuple[int, Act]] = {
    "type_value": (14, typing_people.type_value),
    "type_note": (8, typing_people.type_note),
    "type_again": (4, typing_people.type_again),
    "type_nonsense": (3, typing_people.type_nonsense),
    "clear_cell": (2, typing_people.clear_cell),
    "paste_block": (4, typing_people.paste_block),
    "ask_of_order": (9, asking.ask_of_order),
    "ask_of_line": (5, asking.ask_of_line),
    "answer": (9, asking.answer),
    "decide": (6, asking.decide),
    "order_lines": (3, asking.order_lines),
    "receipt": (4, asking.receipt),
    "invoice": (4, asking.invoice),
    "sort_tab": (6, moving.sort_tab),
    "insert_rows": (7, moving.insert_rows),
    "insert_column": (3, moving.insert_column),
    "type_own": (3, moving.type_own),
    "move_column": (3, moving.move_column),
    "delete_row": (6, moving.delete_row),
    "undo_delete": (4, moving.undo_delete),
    "drag_row": (4, moving.drag_row),
    "cut_row": (3, moving.cut_row),
    "copy_row_down": (2, moving.copy_row_down),
    "rename_header": (2, moving.rename_header),
    "rename_back": (3, moving.rename_back),
    "type_over_worker": (4, typing_people.type_over_worker),
    "wipe_tab": (1, mishaps.wipe_tab),
    "paste_over_locked": (1, mishaps.paste_over_locked),
    "go_on": (1, mishaps.go_on),
    "respell_key": (2, typing_people.respell_key),
    "change_key": (1, typing_people.change_key),
    "edit_history": (2, meddling.edit_history),
    "insert_history": (1, meddling.insert_history),
    "delete_history": (1, meddling.delete_history),
    "sort_history": (1, meddling.sort_history),
}
"""Each act with how often it is done."""

MEDDLING = frozenset({"edit_history", "insert_history", "delete_history", "sort_history"})
"""The acts on Change history, where nobody but the worker writes."""
