"""A JSON file in the schema of tests/matching_cases.json, as what is to be matched.

What cannot be read is told with its place and left out; the rest goes on, and what it could have
stopped is held (`core/matching/case_salvage`). Settings are another matter: under rules
that nobody can read nothing is matched.

Never: fills in a value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sheetsync.core.matching import NO_LEVELS, Documents, MatchingLevels, MatchingRules
from sheetsync.core.matching.case_file import CaseFileError, merged_settings, read_settings
from sheetsync.core.matching.case_salvage import salvage_documents
from sheetsync.errors import AskedAmiss, RulesError, SheetsyncError
from sheetsync.settings_file import Problem, SettingsFile, error_of, fit, nearest, read_file

KEYS = ("purchase_orders", "receipts", "invoices", "settings", "as_of")
MORE_KEYS = ("releases", "payments", "unreadable")
ABOUT_A_CASE = frozenset({"id", "group", "title", "source", "rationale", "rules", "expected"})
"""What a worked case says about itself; it changes nothing."""
MEND_SETTINGS = "Correct the settings; nothing was matched."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be matched: documents, the rules, the last day that counts, and what is lost."""

    documents: Documents
    rules: MatchingRules
    levels: MatchingLevels
    as_of: date | None
    problems: tuple[str, ...]


def read_case(path: Path, base: MatchingRules, levels: MatchingLevels = NO_LEVELS) -> Asked:
    """The documents and settings of one file.

    Args:
        path: The file.
        base: The rules over which the file's own `settings` are laid, key by key.
        levels: Limits of single suppliers, categories and items; they go before both.

    Raises:
        AskedAmiss: the file is not there, or is not of this schema at all.
        RulesError: its settings cannot be used.
    """
    content = _content(path)
    known = (*KEYS, *MORE_KEYS)
    strange = [key for key in content if key not in known and key not in ABOUT_A_CASE]
    try:
        documents, problems = salvage_documents(content)
    except CaseFileError as problem:
        raise AskedAmiss(str(problem), subject=path.name, remedy="Correct the file.") from None
    return Asked(
        documents=documents,
        rules=_settings(content, path, base),
        levels=levels,
        as_of=_day(content.get("as_of"), path),
        problems=(
            *(f"{key}: nothing is read under this key; {nearest(key, known)}" for key in strange),
            *problems,
        ),
    )


def _content(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text, parse_float=Decimal, object_pairs_hook=_object)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise AskedAmiss(f"The file cannot be read ({reason}).", subject=str(path)) from error
    except UnicodeDecodeError as error:
        raise AskedAmiss("This is no UTF-8 text.", subject=path.name) from error
    except json.JSONDecodeError as error:
        raise AskedAmiss(
            f"This is no JSON: {error.msg.lower()}.",
            subject=f"{path.name} line {error.lineno}, column {error.colno}",
            remedy="Correct the file.",
        ) from error
    if not isinstance(content, dict):
        raise AskedAmiss(
            "The file must be one object with purchase_orders, receipts and invoices.",
            subject=path.name,
        )
    if "cases" in content:
        raise AskedAmiss(
            "This is a file of many cases; give one of them.",
            subject=path.name,
            remedy="Its keys are purchase_orders, receipts, invoices, settings.",
        )
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once: of two quantities nobody can tell which is meant."""
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise AskedAmiss(f"The key {doubled!r} stands twice in one object; keep one.")
    return content


def _settings(content: Mapping[str, Any], path: Path, base: MatchingRules) -> MatchingRules:
    overrides = content.get("settings")
    if overrides is None:
        return base
    if not isinstance(overrides, dict):
        problem = Problem(file=path.name, line=1, message="settings must be an object")
        raise error_of((problem,), RulesError, MEND_SETTINGS)
    try:
        return read_settings(overrides, base)
    except ValueError:
        raise _settings_error(overrides, path, base) from None


def _settings_error(
    overrides: Mapping[str, Any], path: Path, base: MatchingRules
) -> SheetsyncError:
    """What is wrong with the settings, by the lines of the file (JSON is YAML too)."""
    file = read_file(path, path.name)
    if isinstance(file, Problem):
        return error_of((file,), RulesError, MEND_SETTINGS)
    place = SettingsFile(name=path.name, tree=file.tree["settings"])
    fitted = fit(merged_settings(overrides, base), MatchingRules, place)
    problems = fitted if isinstance(fitted, tuple) else ()
    return error_of(problems, RulesError, MEND_SETTINGS)


def _day(value: object, path: Path) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise AskedAmiss(
            f"as_of: {value!r} is no day; write one such as 2026-03-01.", subject=path.name
        ) from None
