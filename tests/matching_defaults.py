"""The worked cases, the specification's and ours, and its default settings, for the tests."""

import json
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
