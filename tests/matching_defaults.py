"""The worked cases, the specification's and ours, and its default settings, for the tests."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from sheetsync.core.matching import MatchingRules

HERE = Path(__file__).parent
SPECIFICATION = json.loads((HERE / "matching_cases.json").read_text(encoding="utf-8"))
OURS = json.loads((HERE / "matching_cases_ours.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in (*SPECIFICATION["cases"], *OURS["cases"])}


def off_for_null(value):
    """The case file writes null where the rules file writes off."""
    if isinstance(value, dict):
        return {key: off_for_null(inner) for key, inner in value.items()}
    return "off" if value is None else value


DEFAULTS = MatchingRules.model_validate(off_for_null(SPECIFICATION["default_settings"]))


def by_value(found, wanted):
    """The part of `found` that `wanted` speaks of, with numbers as numbers."""
    if isinstance(wanted, dict):
        return {key: by_value(found[key], inner) for key, inner in wanted.items()}
    if isinstance(wanted, list):
        assert len(found) == len(wanted), (found, wanted)
        return [by_value(one, other) for one, other in zip(found, wanted, strict=True)]
    return found


def numbers(value):
    """Quantities and amounts as numbers, however they are written."""
    if isinstance(value, dict):
        return {
            key: as_number(inner) if key.endswith(("_qty", "_amount", "_net")) else numbers(inner)
            for key, inner in value.items()
        }
    return [numbers(inner) for inner in value] if isinstance(value, list) else value


def as_number(text):
    """A decimal, or a ratio n/d."""
    return Fraction(text) if "/" in text else Fraction(Decimal(text))
