"""The undo log: what makes a batch all or nothing.

Connects: every change of a cell, a tab or a file is noted here with the way back.
Never: copies a workbook; a rollback costs what the changes cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Undo:
    """The way back from everything done since the last commit."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps: list[tuple[Any, ...]] = []

    def note(self, back: Callable[..., None], *arguments: Any) -> None:
        """Remember one step back."""
        self.steps.append((back, *arguments))

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute, remembering the old one.

        Lists and dicts held in such attributes are never changed in place.
        """
        self.steps.append((setattr, owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def put(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        """Set a key of a mapping, remembering what stood there."""
        if key in mapping:
            self.steps.append((mapping.__setitem__, key, mapping[key]))
        else:
            self.steps.append((mapping.pop, key, None))
        mapping[key] = value

    def drop(self, mapping: dict[Any, Any], key: Any) -> None:
        """Remove a key of a mapping, remembering what stood there."""
        self.steps.append((mapping.__setitem__, key, mapping[key]))
        del mapping[key]

    def commit(self) -> None:
        """Let the changes stand."""
        self.steps.clear()

    def rollback(self) -> None:
        """Undo everything since the last commit, newest first."""
        while self.steps:
            back, *arguments = self.steps.pop()
            back(*arguments)
