"""What a run comes to: what happened, counted, and which laws were broken."""

from __future__ import annotations

from dataclasses import dataclass


class Broken(BaseException):
    """The simulation itself is wrong; nothing of the worker may catch this."""


@dataclass(kw_only=True, slots=True)
class Tally:
    """What happened, counted."""

    cycles: int = 0
    acts: int = 0
    faults: int = 0
    deaths: int = 0
    rivals: int = 0
    sleeps: int = 0
    restores: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A law that was broken."""

    law: str
    what: str
    sort: str = ""

    def __str__(self) -> str:
        """In one line."""
        return f"{self.law}: {self.what}"


def where(error: BaseException) -> str:
    """The last place in our code, for a story."""
    trace, found = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "/sheetsync/" in name:
            found = f"({name.rsplit('/sheetsync/', 1)[1]}:{trace.tb_lineno})"
        trace = trace.tb_next
    return found
