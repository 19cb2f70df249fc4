"""The strict defaults of the specification, for documents that bring their own settings."""

from __future__ import annotations

from pathlib import Path

from sheetsync.core.matching import MatchingRules
from sheetsync.errors import RulesError
from sheetsync.settings_file import Problem, error_of, parse, read_file

FILE = Path(__file__).with_name("strict.yaml")


def strict_rules() -> MatchingRules:
    """Nothing passes that is not exactly as agreed.

    Raises:
        RulesError: the file that came with sheetsync is damaged.
    """
    file = read_file(FILE, FILE.name)
    rules = (file,) if isinstance(file, Problem) else parse(file, MatchingRules)
    if isinstance(rules, tuple):
        raise error_of(rules, RulesError, "Install sheetsync again.")
    return rules
