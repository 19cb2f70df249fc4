"""`sheetsync match`: every worked case through the command, and what it says about bad files."""

import copy
import json

import pytest
from matching_defaults import CASES, DEFAULTS, SPECIFICATION, by_value, numbers
from typer.testing import CliRunner

from sheetsync.cli import app
from sheetsync.errors import AskedAmiss, RulesError
from sheetsync.matching_files.strict import strict_rules


def run(*arguments):
    return CliRunner().invoke(app, ["match", *map(str, arguments)])


@pytest.fixture
def written(tmp_path):
    def write(case):
        path = tmp_path / "documents.json"
        path.write_text(case if isinstance(case, str) else json.dumps(case), encoding="utf-8")
        return path

    return write


def case(case_id="Q03", **changes):
    return {**copy.deepcopy(CASES[case_id]), **changes}


def changed(way, value, case_id="Q03"):
    content = case(case_id)
    *parents, last = way.split(".")
    place = content
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    place[last] = value
    return content


def test_the_strict_rules_are_those_of_the_specification():
    assert strict_rules() == DEFAULTS


@pytest.mark.parametrize("case_id", [each["id"] for each in SPECIFICATION["cases"]])
def test_every_case_through_the_command(case_id, written):
    done = run("--documents", written(CASES[case_id]))
    assert done.exit_code == 0, done.output
    found, expected = json.loads(done.stdout), CASES[case_id]["expected"]
    assert numbers(by_value(found["invoices"], expected["invoices"])) == numbers(
        expected["invoices"]
    )
    assert set(found) == {"invoices", "po_lines", "receipt_exceptions"}
    assert len(found["po_lines"]) == sum(
        len(order["lines"]) for order in CASES[case_id]["purchase_orders"]
    )


def test_as_of_goes_before_the_file_s_own_day(written):
    path = written(case(as_of="2026-12-31"))
    assert json.loads(run("--documents", path).stdout)["invoices"]
    assert not json.loads(run("--documents", path, "--as-of", "2026-01-01").stdout)["invoices"]


def test_the_table_says_it_in_words(written):
    told = run("--documents", written(case()), "--table").stdout
    assert "Invoice INV1 of ACME: HELD" in told
    assert "billed 60 EA, received 50 EA (GR1): +10 EA (+20 %)" in told
    assert "Releases by itself when 10 EA more are received" in told


def test_the_table_of_every_case_can_be_made(written):
    for each in CASES.values():
        done = run("--documents", written(each), "--table")
        assert done.exit_code == 0, (each["id"], done.output)


@pytest.mark.parametrize(
    ("way", "value", "told", "code"),
    [
        ("receipts.0.qty", "50 or so", "receipts[0].qty: found '50 or so'; expected a num", "UNR"),
        ("receipts.0.qyt", "5", "receipts[0].qyt: this is no key of the schema; did you me", "UNR"),
        ("receipts.0.kind", "reciept", "did you mean 'receipt'? (GR1). It is left out", "UNREAD"),
        ("receipts.0.line", "one", "receipts[0].line: found 'one'; expected a whole number", "UNR"),
        ("purchase_orders.0.lines.0.qty", "x", "(PO-1). It is left out", "UNKNOWN_PO"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_and_holds_back(way, value, told, code, written):
    done = run("--documents", written(changed(way, value)))
    assert done.exit_code == 1
    assert told in done.stderr
    (invoice,) = json.loads(done.stdout)["invoices"].values()
    assert any(hold.startswith(code) for hold in invoice["holds"])


def test_an_unreadable_invoice_holds_the_others_of_its_order_line(written):
    content = case("T04")
    content["invoices"][1]["date"] = "soon"
    done = run("--documents", written(content))
    found = json.loads(done.stdout)["invoices"]
    assert "invoices[1].date: found 'soon'; expected a day such as 2026-03-01" in done.stderr
    assert [invoice["holds"] for invoice in found.values()] == [["UNREADABLE"]]


def test_an_unreadable_payment_stops_what_might_be_paid_twice(written):
    content = case("Q01", payments=[{"invoice": "INV1", "amount": "x", "date": "2026-03-01"}])
    found = json.loads(run("--documents", written(content)).stdout)["invoices"]
    assert found["INV1"]["holds"] == ["UNREADABLE"]


def test_two_orders_with_one_number_are_both_left_out(written):
    content = case()
    content["purchase_orders"] *= 2
    done = run("--documents", written(content))
    assert "2 orders are numbered PO-1. It is left out" in done.stderr
    (invoice,) = json.loads(done.stdout)["invoices"].values()
    assert invoice["holds"] == ["UNKNOWN_PO"]


def test_two_invoices_with_one_id_wait(written):
    content = case("Q01")
    content["invoices"] *= 2
    done = run("--documents", written(content))
    assert "the later one is left out" in done.stderr
    (invoice,) = json.loads(done.stdout)["invoices"].values()
    assert "UNREADABLE" in invoice["holds"]


def test_two_lines_with_one_number_spoil_their_order(written):
    content = case("Q01")
    content["purchase_orders"][0]["lines"] *= 2
    assert "order PO-1 has two lines 1" in run("--documents", written(content)).stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"invoices": [', "This is no JSON"),
        ("[]", "must be one object"),
        ('{"cases": []}', "a file of many cases"),
        ('{"receipts": {}}', "receipts: found {}; expected a list"),
        ('{"as_of": "soon"}', "as_of: 'soon' is no day"),
        ('{"as_of": null, "as_of": null}', "The key 'as_of' stands twice"),
    ],
)
def test_a_file_that_is_none_is_refused(content, told, written):
    done = run("--documents", written(content))
    assert isinstance(done.exception, AskedAmiss)
    assert told in str(done.exception)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"price": {"pct_uper": 2}},
            "line 4: unknown key price.pct_uper; did you mean 'pct_upper'",
        ),
        ({"tax": -1}, "may not be negative; write 1 or off"),
        ({"price": {"pct_upper": 2000}}, "2000 % is over 1000 %"),
        ({"tax": " "}, "a limit may not be blank"),
        ([1], "settings must be an object"),
    ],
)
def test_settings_that_nobody_can_read_stop_everything(settings, told, tmp_path):
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({"settings": settings}, indent=0), encoding="utf-8")
    done = run("--documents", path)
    assert isinstance(done.exception, RulesError)
    assert told in str(done.exception)


def test_an_unknown_list_is_told(written):
    done = run("--documents", written(case(invoice=[])))
    assert "invoice: nothing is read under this key; did you mean 'invoices'?" in done.stderr
    assert done.exit_code == 1


def test_a_number_is_read_as_it_is_written(written):
    content = json.dumps(case()).replace('"qty": "60"', '"qty": 60.10')
    (invoice,) = json.loads(run("--documents", written(content)).stdout)["invoices"].values()
    assert invoice["lines"][0]["matched_qty"] == "50"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "There is nothing to match"),
        (("--documents", "a", "--orders", "b"), "two sets of documents"),
        (("--documents", "absent.json"), "cannot be read"),
    ],
)
def test_what_is_asked_amiss(arguments, told):
    done = run(*arguments)
    assert isinstance(done.exception, AskedAmiss)
    assert told in str(done.exception)


def test_a_day_that_is_none(written):
    done = run("--documents", written(case()), "--as-of", "3/4")
    assert "write it like 2026-03-01".lower() in str(done.exception).lower()
