"""rules/matching.yaml: exactly the keys of the specification, strict, exact."""

from decimal import Decimal
from pathlib import Path

import pytest
from matching_defaults import SPECIFICATION
from pydantic import ValidationError
from ruamel.yaml import YAML

from sheetsync.core.matching import MatchingRules
from sheetsync.core.matching.case_file import read_settings

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def shipped():
    return YAML().load((ROOT / "rules" / "matching.yaml").read_text(encoding="utf-8"))


def changed(shipped, path, value):
    *parents, last = path.split(".")
    inner = shipped
    for parent in parents:
        inner = inner[parent]
    inner[last] = value
    return MatchingRules.model_validate(shipped)


def test_the_shipped_file_holds_the_defaults_of_the_specification(shipped):
    rules = MatchingRules.model_validate(shipped)
    assert read_settings(SPECIFICATION["default_settings"], rules) == rules


def test_the_shipped_file_has_exactly_the_keys_of_the_specification(shipped):
    def keys(settings):
        return {
            key: keys(value) if isinstance(value, dict) else None for key, value in settings.items()
        }

    assert keys(shipped) == keys(SPECIFICATION["default_settings"])


@pytest.mark.parametrize(
    ("written", "held"),
    [
        (0.1, Decimal("0.1")),
        (2, Decimal(2)),
        ("2.50", Decimal("2.50")),
        (Decimal("0.05"), Decimal("0.05")),
        ("off", None),
        (" off ", None),
    ],
)
def test_a_limit_is_held_exactly_as_written(shipped, written, held):
    assert changed(shipped, "small_difference", written).small_difference == held


@pytest.mark.parametrize(
    ("path", "value", "advice"),
    [
        ("price.pct_upper", None, "may not be blank; write a number (0 allows nothing) or off"),
        ("price.pct_upper", "  ", "may not be blank"),
        ("price.pct_upper", -2, "may not be negative; write 2 or off"),
        ("price.pct_upper", 1000.5, "is over 1000 %"),
        ("qty_ordered.pct_upper", "5 %", "'5 %' is no number; write a number such as 2 or 2.5, or"),
        ("qty_ordered.abs_upper", True, "write a number such as 2 or 2.5, or off"),
        ("tax", "nan", "is no number we can count with"),
        ("tax", "1e99", "is no number we can count with"),
        ("price.pct_upperr", 1, "Extra inputs are not permitted"),
        ("price.lower_action", "stop", "'warn' or 'hold'"),
        ("limit_currency", "euro", "write a currency such as EUR, or off"),
        ("limit_currency", 7, "write a currency such as EUR, or off"),
        ("fx", {"EURUSD": 0}, "must be above 0"),
        ("fx", {"EURO": "1.1"}, "names no two currencies; write it like EURUSD"),
        ("fx", {"EUREUR": "1.1"}, "names no two currencies"),
        ("uom", {"BOX": {"EA": "12"}, "EA": {"BOX": "10"}}, "give one direction only"),
        ("uom_items", {"A": {"BOX": {"BOX": "2"}}}, "give one direction only"),
    ],
)
def test_what_is_no_setting_is_refused_with_advice(shipped, path, value, advice):
    with pytest.raises(ValidationError) as problem:
        changed(shipped, path, value)
    assert advice in str(problem.value)


def test_a_missing_key_is_refused(shipped):
    del shipped["tax"]
    with pytest.raises(ValidationError, match="tax"):
        MatchingRules.model_validate(shipped)


def test_conversions_that_agree_both_ways_are_taken(shipped):
    rules = changed(shipped, "uom", {"BOX": {"EA": "4"}, "EA": {"BOX": "0.25"}})
    assert rules.uom["BOX"]["EA"] == 4
    assert changed(shipped, "limit_currency", "EUR").limit_currency == "EUR"


def test_overrides_are_merged_key_by_key(shipped):
    base = MatchingRules.model_validate(shipped)
    rules = read_settings({"price": {"abs_upper": "5"}, "fx": {"EURUSD": "1.1"}}, base)
    assert rules.price.abs_upper == 5
    assert rules.price.pct_upper == 0
    assert rules.fx == {"EURUSD": Decimal("1.1")}


def test_an_override_that_is_no_key_is_refused(shipped):
    base = MatchingRules.model_validate(shipped)
    with pytest.raises(ValidationError):
        read_settings({"prize": {"abs_upper": "5"}}, base)
