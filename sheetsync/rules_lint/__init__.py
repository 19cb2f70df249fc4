"""Rules that load and run, and do not do what they seem to say: each remark with what it costs.

`lint` is the one way in; each file asks one question. A remark is no mistake: the rules are in
force as they stand. What is refused is told by `rules_file`.

Rules looked at: all but the texts of columns. Never: changes a rule, opens a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetsync.core.rulebook import Rulebook
from sheetsync.rules_lint.approval import approval_remarks, signal_remarks
from sheetsync.rules_lint.currencies import currency_remarks
from sheetsync.rules_lint.levels import level_remarks
from sheetsync.rules_lint.limits import limit_doubts
from sheetsync.rules_lint.remarks import Files, Remark, remark
from sheetsync.rules_lint.undermined import undermining_remarks

__all__ = ["Remark", "lint"]


def lint(rules: Rulebook, files: Files) -> tuple[Remark, ...]:
    """Everything that is doubtful, once each, by file and line."""
    found = (
        *approval_remarks(rules, files),
        *signal_remarks(rules, files),
        *_of_limits(rules, files),
        *currency_remarks(rules, files),
        *level_remarks(rules, files),
        *undermining_remarks(rules, files),
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.file, each.line)))


def _of_limits(rules: Rulebook, files: Files) -> Iterator[Remark]:
    for doubt in limit_doubts(rules.matching):
        yield remark(
            files["matching"],
            tuple(doubt.key.split(".")),
            seen=doubt.seen,
            money=doubt.money,
            write=doubt.write,
        )
