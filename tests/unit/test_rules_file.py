"""Rules files: all or nothing, and every problem with its file, its line and the nearest word."""

import json
import shutil
from pathlib import Path

import pytest
from builders import KNOWN, RULES, rulebook
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from sheetsync.core.model import TabKind
from sheetsync.core.rulebook import CellKind
from sheetsync.errors import RulesError
from sheetsync.rules_checks import KnownWords
from sheetsync.rules_file import MODELS, load_rules
from sheetsync.rules_schemas import schemas, write_schemas

FLAVOUR = "field: flavour, header: Flavour, kind: choice"


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped rules that a test may spoil."""
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def edited(folder, stem, before, after):
    """The text of a rules file with one passage changed; the line on which it stands."""
    path = folder / f"{stem}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) >= 1, f"{before!r} is not in {stem}.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def refusal(folder, known=KNOWN):
    with pytest.raises(RulesError) as caught:
        load_rules(folder, known)
    return caught.value


def test_the_shipped_rules_are_in_order():
    rules = load_rules(RULES, KNOWN)
    assert rules.approval.tiers[0].name == "lead"
    assert len(rules.fingerprint) == 12
    assert int(rules.fingerprint, 16) >= 0


@pytest.mark.parametrize(
    ("stem", "before", "after", "says"),
    [
        ("matching", "over_receipt:", "over_reciept:", "did you mean 'over_receipt'?"),
        ("matching", "lower_action: warn", "lower_action: wran", "did you mean 'warn'?"),
        ("matching", "combine: either_exceeds", "combine:", "is blank; known are both_must"),
        ("approval", "base_currency: EUR", "base_curency: EUR", "did you mean 'base_currency'?"),
        ("approval", "above: 25000", "above: plenty", "'plenty'; write a number"),
        ("approval", "above: 25000", "above: ", "tiers[2].above is blank; write a number"),
        ("approval", "above: 25000", "above: -1", "should be greater than or equal to 0"),
        ("approval", "requester_may_approve: false", "requester_may_approve: maybe", "true or"),
        ("digest", "hours_between: 4", "hours_between: four", "write a whole number"),
        ("digest", "invalid-value: error", "invalid-value: eror", "did you mean 'error'?"),
        (
            "lifecycle",
            "to: submitted, by: buyer",
            "to: submitted, by: byer",
            "did you mean 'buyer'",
        ),
        ("lifecycle", "on: submit,", "on: sumbit,", "unknown word 'sumbit'; did you mean 'submit'"),
        ("lifecycle", "on: submit, ", "", "does not say on which word of 'Action'"),
        ("lifecycle", "known_supplier, q", "known_suplier, q", "did you mean 'known_supplier'?"),
        ("lifecycle", "to: submitted, ", "to: submited, ", "did you mean 'submitted'?"),
        ("lifecycle", "requires: [refusal]", "on: no, requires: [refusal]", "by no word here"),
        (
            "lifecycle",
            "scope: line, on: acknowledge",
            "scope: order, on: acknowledge",
            "cannot ask",
        ),
        ("locking", "  approved:", "  aproved:", "did you mean 'approved'?"),
        ("locking", "cost_code, requester]", "cost_kode, requester]", "did you mean 'cost_code'?"),
        ("locking", "quantity: proposed_quantity", "quantity: proposed_qty", "'proposed_quantity'"),
        (
            "merging",
            "restore_vanished: [order_lines",
            "restore_vanished: [order_line",
            "order_lines",
        ),
        ("merging", "tab_emptied_rows: 3", "tab_emptied_rows: [3]", "write a whole number"),
        ("columns", "kind: whole_number", "kind: whole_numbr", "did you mean 'whole_number'?"),
        ("columns", "mark: new", "mark: New", "write the mark 'new'"),
        ("columns", "header: Need by, aliases: [Needed", "header: Need by, aliases: [Qty", "'Qty'"),
        ("columns", "date: ask ", "date: 3.4.2026 ", "or ask"),
        ("columns", "longest_text: 2000", "longest_text: 0", "greater than 0"),
    ],
)
def test_a_bad_edit_is_told_with_its_line(folder, stem, before, after, says):
    line = edited(folder, stem, before, after)
    error = refusal(folder)
    assert says in error.message
    assert error.subject == f"rules/{stem}.yaml line {line}"


@pytest.mark.parametrize(
    ("stem", "before", "after", "says"),
    [
        ("approval", "base_currency: EUR\n", "", "the key base_currency is missing"),
        ("merging", "tab_emptied_rows: 3", "tab_emptied_rows: 3\ntab_emptied_rows: 4", "twice"),
        ("merging", "tab_emptied_rows: 3", "tab_emptied_rows: [3", "this is no YAML"),
        ("digest", "invalid-value: error", "invalid-valu: error", "unknown code 'invalid-valu'"),
        ("digest", "  tab-missing: error\n", "", "nothing is said of tab-missing"),
        ("lifecycle", "to: acknowledged", "to: issued", "no move reaches 'acknowledged'"),
        ("lifecycle", "statuses: [draft,", "statuses: [draft, draft,", "'draft' stands twice"),
        ("lifecycle", "order_shows: [on_hold,", "order_shows: [", "'on_hold' is missing"),
        ("lifecycle", "order_shows: [on_hold,", "order_shows: [onhold, on_hold,", "'onhold'"),
        ("lifecycle", "{from: [on_hold]", "{from: [onhold]", "did you mean 'on_hold'?"),
        ("lifecycle", "{from: [on_hold]", "{from: on_hold", "write a list such as [a, b]"),
        ("approval", "{name: director", "{name: lead", "two tiers are named 'lead'"),
        ("approval", "  USD: 0.92", "  EUR: 1", "its rate is 1 and needs no line"),
        ("approval", "void_on: [", "void_on: [prise, ", "unknown column of Order lines 'prise'"),
        ("columns", "  people:", "  peple:", "tabs.peple"),
        (
            "columns",
            "header: Reason, kind: text",
            "header: Reason, kind: quantity",
            "must stay text",
        ),
        ("columns", "{field: item,", "{field: itm,", "field 'item' is missing"),
        ("columns", "field: notes,", "field: reason,", "the field 'reason' stands twice"),
        ("columns", "key: [po_number, line_number]", "key: [po, line_number]", "is no column of"),
        ("columns", "field: message, header: Message, kind: text", FLAVOUR, "choice columns have"),
    ],
)
def test_a_bad_edit_is_told(folder, stem, before, after, says):
    edited(folder, stem, before, after)
    error = refusal(folder)
    assert says in error.message
    assert f"rules/{stem}.yaml" in error.subject


def test_a_blank_limit_is_refused(folder):
    path = folder / "matching.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  pct_upper:"))
    lines[at] = "  pct_upper:"
    path.write_text("\n".join(lines), encoding="utf-8")
    error = refusal(folder)
    assert "qty_ordered.pct_upper: a limit may not be blank" in error.message
    assert error.subject == f"rules/matching.yaml line {at + 1}"


def test_several_problems_are_told_at_once(folder):
    edited(folder, "approval", "base_currency", "base_curency")
    edited(folder, "merging", "tab_emptied_rows: 3", "tab_emptied_rows: three")
    error = refusal(folder)
    assert error.subject.startswith("rules/approval.yaml line ")
    assert len(error.message.splitlines()) == 2
    assert "rules/merging.yaml line " in error.message
    assert "in rules/" in error.remedy


def test_a_missing_file_is_told(folder):
    (folder / "locking.yaml").unlink()
    error = refusal(folder)
    assert error.subject == "rules/locking.yaml line 1"
    assert "cannot be read" in error.message


def test_a_file_that_nobody_reads_is_told(folder):
    (folder / "locking.yaml").rename(folder / "loking.yaml")
    error = refusal(folder)
    assert "did you mean 'locking.yaml'?" in error.message


def test_another_ending_is_not_overlooked(folder):
    (folder / "locking.yml").write_text("locked: {}\n", encoding="utf-8")
    assert "no rules are read from this file" in refusal(folder).message


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n", "# nothing\n"])
def test_a_file_without_keys_is_told(folder, text):
    (folder / "merging.yaml").write_text(text, encoding="utf-8")
    error = refusal(folder)
    assert error.subject == "rules/merging.yaml line 1"
    assert "must consist of keys with values" in error.message


def test_a_file_in_another_encoding_is_told(folder):
    (folder / "merging.yaml").write_bytes(b"tab_emptied_rows: 3\n# caf\xe9\n")
    error = refusal(folder)
    assert error.subject == "rules/merging.yaml line 2"
    assert "UTF-8" in error.message


def test_a_tab_that_is_missing_is_told(folder):
    path = folder / "columns.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  status:\n    title: Status")], encoding="utf-8")
    assert "the tab 'status' is missing" in refusal(folder).message


def test_the_words_of_the_code_are_the_caller_s():
    few = KnownWords(requirements=KNOWN.requirements - {"proposal"}, codes=KNOWN.codes)
    assert "unknown requirement 'proposal'" in refusal(RULES, few).message
    more = KnownWords(requirements=KNOWN.requirements, codes={*KNOWN.codes, "new-code"})
    assert "nothing is said of new-code" in refusal(RULES, more).message
    other = KnownWords(
        requirements=KNOWN.requirements,
        codes=KNOWN.codes,
        fields={TabKind.PEOPLE: {"shoe_size": CellKind.QUANTITY}},
    )
    assert "people: the column with field 'shoe_size' is missing" in refusal(RULES, other).message


# -- fingerprint ----------------------------------------------------------------------------------


def test_comments_and_layout_do_not_change_the_fingerprint(folder):
    before = load_rules(folder, KNOWN).fingerprint
    edited(folder, "merging", "tab_emptied_rows: 3", "# a remark\ntab_emptied_rows:    3  # rows")
    edited(folder, "approval", "above: 25000", "above: 25000.0")
    assert load_rules(folder, KNOWN).fingerprint == before


@pytest.mark.parametrize(
    ("stem", "moved"), [("locking", "receipt_grace"), ("digest", "  tab-miss")]
)
def test_the_order_of_keys_does_not_change_the_fingerprint(folder, stem, moved):
    before = load_rules(folder, KNOWN).fingerprint
    path = folder / f"{stem}.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(moved))
    lines.append(lines.pop(at))
    path.write_text("\n".join(lines), encoding="utf-8")
    assert load_rules(folder, KNOWN).fingerprint == before


@pytest.mark.parametrize(
    ("stem", "before", "after"),
    [
        ("merging", "tab_emptied_rows: 3", "tab_emptied_rows: 4"),
        ("approval", "above: 25000", "above: 25000.01"),
        ("matching", "pct_upper: 0", "pct_upper: off"),
        ("columns", "aliases: [Qty, Ordered]", "aliases: [Qty, Ordred]"),
    ],
)
def test_any_other_rule_changes_the_fingerprint(folder, stem, before, after):
    old = load_rules(folder, KNOWN).fingerprint
    edited(folder, stem, before, after)
    assert load_rules(folder, KNOWN).fingerprint != old


# -- for editors and for tests --------------------------------------------------------------------


def test_the_shipped_schemas_are_those_of_the_models(tmp_path):
    write_schemas(tmp_path)
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (RULES / "schema").iterdir()}
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert shipped == made, "run: python -m sheetsync.rules_schemas rules/schema"
    assert made.keys() == {f"{stem}.json" for stem in MODELS}


@pytest.mark.parametrize("stem", MODELS)
def test_the_shipped_rules_fit_their_schema_and_name_it(stem):
    text = (RULES / f"{stem}.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema=schema/{stem}.json\n")
    schema = json.loads(schemas()[stem])
    Draft202012Validator.check_schema(schema)
    said = YAML(typ="safe").load(text)
    assert list(Draft202012Validator(schema).iter_errors(said)) == []


def test_the_schema_refuses_what_the_worker_refuses():
    schema = Draft202012Validator(json.loads(schemas()["matching"]))
    said = YAML(typ="safe").load((RULES / "matching.yaml").read_text(encoding="utf-8"))
    assert list(schema.iter_errors({**said, "tax": None}))
    assert list(schema.iter_errors({**said, "taxes": 0}))
    assert not list(schema.iter_errors({**said, "tax": "off"}))


def test_a_test_may_change_single_rules():
    rules = rulebook({"matching.price.pct_upper": 2, "approval.tiers.0.above": 5})
    assert (rules.matching.price.pct_upper, rules.approval.tiers[0].above) == (2, 5)
    assert rules.lifecycle == rulebook().lifecycle
