"""Limits of one supplier, category or item: the nearest level decides, and is named."""

import pytest
from builders import RULES, rulebook
from matching_defaults import CASES, DEFAULTS
from pydantic import ValidationError

from sheetsync.core.matching import MatchingLevels, match
from sheetsync.core.matching.case_file import read_documents, read_settings
from sheetsync.core.matching.sentences import receipt_sentence, sentence
from sheetsync.rules_file import MODELS
from sheetsync.settings_file import SettingsFile, parse, read_file


def levels(**said):
    return MatchingLevels.model_validate({"suppliers": {}, "categories": {}, "items": {}, **said})


def found(case_id, said, change=lambda case: case):
    case = change({**CASES[case_id]})
    return match(read_documents(case), read_settings(case["settings"], DEFAULTS), levels=said)


def holds(matches):
    return [hold for invoice in matches.invoices.values() for hold in invoice.details]


def of_category(case):
    order = case["purchase_orders"][0]
    lines = [{**line, "category": "bolts"} for line in order["lines"]]
    return {**case, "purchase_orders": [{**order, "lines": lines}]}


TWENTY = {"qty_received": {"pct_upper": 20}}
TEN = {"qty_received": {"pct_upper": 10}}


@pytest.mark.parametrize("kind", ["suppliers", "items", "categories"])
def test_a_level_lets_pass_what_the_default_holds(kind):
    """Q03 bills 60 where 50 came: 20 % too many."""
    name = {"suppliers": "ACME", "items": "A", "categories": "bolts"}[kind]
    assert not holds(found("Q03", levels(**{kind: {name: TWENTY}}), of_category))
    assert holds(found("Q03", levels(**{kind: {"other": TWENTY}}), of_category))


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"suppliers": {"ACME": TEN}}, "matching_levels.suppliers.ACME.qty_received.pct_upper"),
        (
            {"suppliers": {"ACME": TWENTY}, "items": {"A": TEN}},
            "matching_levels.items.A.qty_received.pct_upper",
        ),
        (
            {"suppliers": {"ACME": TWENTY}, "categories": {"bolts": TEN}},
            "matching_levels.categories.bolts.qty_received.pct_upper",
        ),
        (
            {"categories": {"bolts": TWENTY}, "items": {"A": TEN}},
            "matching_levels.items.A.qty_received.pct_upper",
        ),
        ({"items": {"A": {"qty_ordered": {"pct_upper": 5}}}}, "matching.qty_received.pct_upper"),
    ],
)
def test_the_nearest_level_decides_and_is_named(said, rule):
    (hold,) = holds(found("Q03", levels(**said), of_category))
    assert hold.rule == rule
    level = rule.split(".")[1] if "levels" in rule else ""
    words = {"suppliers": "supplier ACME", "items": "item A", "categories": "category bolts"}
    assert (
        (f"set for {words[level]})" in sentence(hold)) if level else "set for" not in sentence(hold)
    )


def test_a_level_says_single_limits_and_the_rest_stays():
    said = levels(items={"A": {"qty_received": {"abs_upper": 20}}})
    (hold,) = holds(found("Q03", said))
    assert hold.rule == "matching.qty_received.pct_upper"


def test_a_level_may_switch_a_limit_off():
    assert not holds(found("Q03", levels(items={"A": {"qty_received": {"pct_upper": "off"}}})))


def test_a_supplier_s_level_is_asked_of_documents_too():
    (hold,) = holds(found("C09", levels(suppliers={"ACME": {"tax": 50}})))
    assert hold.rule == "matching_levels.suppliers.ACME.tax"
    assert not holds(found("C09", levels(suppliers={"ACME": {"tax": 100}})))


def test_over_receipts_have_levels():
    """T12 lets 5 % pass, 10 % came."""
    assert not found(
        "T12", levels(items={"A": {"over_receipt": {"pct_upper": 10}}})
    ).receipt_exceptions
    (told,) = found(
        "T12", levels(items={"A": {"over_receipt": {"pct_upper": 9}}})
    ).receipt_exceptions
    assert told.rule == "matching_levels.items.A.over_receipt.pct_upper"
    assert "up to 9 % passes (matching_levels.items.A.over_receipt.pct_upper, set for item A)" in (
        receipt_sentence(told)
    )


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("suppliers:\n  X:\n    prise: {pct_upper: 2}", 3, "did you mean 'price'?"),
        ("suppliers:\n  X:\n    price: {pct_upper: }", 3, "a limit may not be blank"),
        ("suppliers:\n  X:\n    price: {pct_upper: -2}", 3, "may not be negative; write 2 or off"),
        ("suppliers:\n  X:\n    price: {pct_upper: 1001}", 3, "is over 1000 %"),
        ("items:\n  X:\n    tax: 2", 3, "unknown key items.X.tax"),
        ("suppliers: {}", 1, "the key items is missing"),
    ],
)
def test_what_is_no_level_is_refused_with_its_line(text, line, told, tmp_path):
    every = {"suppliers", "categories", "items"}
    rest = (
        ""
        if "missing" in told
        else "".join(f"\n{key}: {{}}" for key in sorted(every) if not text.startswith(key))
    )
    path = tmp_path / "matching_levels.yaml"
    path.write_text(text + rest, encoding="utf-8")
    file = read_file(path, path.name)
    assert isinstance(file, SettingsFile)
    problems = parse(file, MatchingLevels)
    assert any(told in each.message and each.line == line for each in problems), problems


def test_the_shipped_file_says_nothing_and_a_dump_says_what_was_said():
    shipped = parse(read_file(RULES / "matching_levels.yaml", "x"), MODELS["matching_levels"])
    assert shipped == levels()
    said = levels(items={"A": {"price": {"pct_upper": "off"}}})
    assert said.model_dump()["items"] == {"A": {"price": {"pct_upper": None}}}
    assert rulebook().matching_levels == shipped


def test_a_level_s_blank_is_refused():
    with pytest.raises(ValidationError, match="may not be blank"):
        levels(items={"A": {"tax": None, "line_amount_cap": None}})
