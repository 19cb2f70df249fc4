"""rules/*.yaml into the Rulebook: strict, all or nothing, every problem with its file and line.

A bad edit leaves the last good rules in force; who keeps those is the worker's business. What the
code can do (the words of `requires`, the codes of findings) is told by the caller, so that nothing
here leans on a rule module.

Rules: every file of `rules/`. Never: decides anything, fills in a default.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path

from pydantic import BaseModel

from sheetsync.core.matching.levels import MatchingLevels
from sheetsync.core.matching.settings import MatchingRules
from sheetsync.core.rulebook import (
    ApprovalRules,
    ColumnRules,
    DigestRules,
    LifecycleRules,
    LockingRules,
    MergingRules,
    Rulebook,
    SignalRules,
)
from sheetsync.errors import RulesError, SetupError
from sheetsync.rules_checks import KnownWords, crosswise
from sheetsync.settings_file import Problem, SettingsFile, error_of, nearest, parse, read_file

__all__ = ["MODELS", "KnownWords", "fingerprint_of", "load_rules", "read_rules"]

MODELS: Mapping[str, type[BaseModel]] = {
    "columns": ColumnRules,
    "merging": MergingRules,
    "locking": LockingRules,
    "matching": MatchingRules,
    "matching_levels": MatchingLevels,
    "approval": ApprovalRules,
    "lifecycle": LifecycleRules,
    "digest": DigestRules,
    "signals": SignalRules,
}
"""The stem of each rules file, and the model that it must fit."""

FINGERPRINT_DIGITS = 12


def load_rules(folder: Path, known: KnownWords) -> Rulebook:
    """Load all rules files of a folder; see `read_rules`."""
    return read_rules(folder, known)[0]


def read_rules(folder: Path, known: KnownWords) -> tuple[Rulebook, Mapping[str, SettingsFile]]:
    """The rules of a folder, and the files by their stems, where somebody asks for lines.

    Args:
        folder: Where they stand.
        known: The words that the code knows, against which the files are checked.

    Raises:
        RulesError: Naming each file and line, what is wrong, and the nearest known word.
    """
    files, problems = _read(folder)
    models: dict[str, BaseModel] = {}
    for stem, file in files.items():
        parsed = parse(file, MODELS[stem])
        if isinstance(parsed, tuple):
            problems += parsed
        else:
            models[stem] = parsed
    if problems:
        raise _error(folder, problems)
    rules = Rulebook.model_validate({**models, "fingerprint": fingerprint_of(models)})
    problems += crosswise(rules, files, known)
    if problems:
        raise _error(folder, problems)
    return rules, files


def _read(folder: Path) -> tuple[dict[str, SettingsFile], list[Problem]]:
    files: dict[str, SettingsFile] = {}
    problems = list(_strangers(folder))
    for stem in MODELS:
        read = read_file(folder / f"{stem}.yaml", f"{folder.name}/{stem}.yaml")
        if isinstance(read, Problem):
            problems.append(read)
        else:
            files[stem] = read
    return files, problems


def _strangers(folder: Path) -> Iterator[Problem]:
    """Files that look like rules and would silently be none."""
    for path in sorted(folder.glob("*.y*ml")):
        if path.suffix != ".yaml" or path.stem not in MODELS:
            message = f"no rules are read from this file; {nearest(path.stem, _names())}"
            yield Problem(file=f"{folder.name}/{path.name}", line=1, message=message)


def _names() -> Collection[str]:
    return [f"{stem}.yaml" for stem in MODELS]


def _error(folder: Path, problems: Iterable[Problem]) -> SetupError:
    remedy = f"Mend the files in {folder.name}/; until then no changed rule is in force."
    return error_of(problems, RulesError, remedy)


def fingerprint_of(models: Mapping[str, BaseModel]) -> str:
    """A digest of what the rules say: comments, order of keys and layout do not count."""
    said = {stem: model.model_dump(mode="python") for stem, model in models.items()}
    text = json.dumps(_canonical(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def _canonical(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(_canonical(key)): _canonical(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
