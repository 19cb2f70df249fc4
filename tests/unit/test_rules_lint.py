"""Remarks on rules: what they mean in money, on which line, and what to write instead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builders import KNOWN, RULES

from sheetsync.rules_file import read_rules
from sheetsync.rules_lint import lint


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped rules that a test may change."""
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


TIERS = "  - {name: lead, above: 0, role: approver}\n  - {name: director, above: 25000, role: director}\n"


def edit(folder, stem, *changes):
    path = folder / f"{stem}.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")


def in_check(folder, check, **limits):
    """Limits of one check of matching.yaml, such as price."""
    path = folder / "matching.yaml"
    lines, inside = path.read_text(encoding="utf-8").splitlines(), False
    left = dict(limits)
    for index, line in enumerate(lines):
        if line and not line.startswith((" ", "#")):
            inside = line.startswith(f"{check}:")
        name = line.strip().partition(":")[0]
        if inside and name in left:
            lines[index] = f"  {name}: {left.pop(name)}"
    assert not left
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def remarks(folder):
    return lint(*read_rules(folder, KNOWN))


def said(folder):
    """Each remark in one line, and that the line it names holds what it speaks of."""
    return [str(each) for each in remarks(folder)]


def the_one(folder):
    found = remarks(folder)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def line_of(folder, each):
    name = each.file.partition("/")[2]
    return (folder / name).read_text(encoding="utf-8").splitlines()[each.line - 1]


def test_the_shipped_rules_leave_nothing_to_remark(folder):
    assert remarks(folder) == ()


# -- approval ------------------------------------------------------------------------------------


def test_without_a_tier_from_0_small_orders_need_nobodys_yes(folder):
    edit(folder, "approval", ("above: 0,", "above: 500,"))

    found = the_one(folder)

    assert "the lowest tier begins above 500.00 EUR" in found.seen
    assert "any number of orders up to 500.00 EUR each is issued without" in found.money
    assert "above: 0" in found.write
    assert "name: lead" in line_of(folder, found)


def test_without_any_tier_everything_is_approved(folder):
    edit(folder, "approval", ("tiers:  ", "tiers: []  "), (TIERS, ""))

    assert "of any amount is issued without anybody's yes" in the_one(folder).money


def test_a_tier_above_everything_is_never_asked(folder):
    edit(folder, "approval", ("above: 25000", f"above: 1{'0' * 22}"))

    found = the_one(folder)

    assert "'director' begins above all that an order can come to" in found.seen
    assert "director" in line_of(folder, found)


@pytest.mark.parametrize("role", ["Director", "the  director", "director; head"])
def test_a_role_that_nobody_can_have_stops_orders_for_ever(folder, role):
    edit(folder, "approval", ("role: director", f'role: "{role}"'))

    found = the_one(folder)

    assert f"nobody can have the role {role!r}" in found.seen
    assert "every order above 25,000.00 EUR waits for ever" in found.money
    assert found.write == f"Write role: {' '.join(role.lower().replace(';', ' ').split())}."


def test_a_role_of_signals_that_nobody_can_have_tells_no_manager(folder):
    edit(folder, "signals", ("role: manager", "role: Head of Finance"))

    found = the_one(folder)

    assert "no manager hears of them" in found.money
    assert found.write == "Write role: head of finance."


def test_two_tiers_of_one_role_are_one_persons_word(folder):
    edit(folder, "approval", ("role: director", "role: approver"))

    found = the_one(folder)

    assert "'lead' and 'director' ask the same role" in found.seen
    assert "above 25,000.00 EUR is issued on one person's word" in found.money


def test_two_tiers_that_begin_at_one_amount_overlap(folder):
    edit(folder, "approval", ("above: 25000", "above: 0"))

    found = the_one(folder)

    assert "begin at the same amount" in found.seen
    assert "every order of any amount waits for both, approver and director" in found.money


def test_a_move_past_the_tiers_is_told(folder):
    edit(
        folder,
        "lifecycle",
        ("{from: [issued, acknowledged], to: confirmed", "{from: [draft, issued], to: confirmed"),
    )

    found = the_one(folder)

    assert "an order goes from draft to confirmed here" in found.seen
    assert "issued without a yes, whatever rules/approval.yaml says" in found.money
    assert "from: [draft, issued]" in line_of(folder, found)


def test_a_way_round_the_tiers_in_several_moves_is_told_where_it_ends(folder):
    edit(
        folder,
        "lifecycle",
        ("requires: [complete_lines, approval, known_supplier]", "requires: [complete_lines]"),
    )
    # A yes is still asked on the way to approved.
    assert remarks(folder) == ()

    edit(
        folder,
        "lifecycle",
        ("requires: [complete_lines, approval]}", "requires: [complete_lines]}"),
    )

    found = the_one(folder)
    assert "from approved to issued here, and none of the moves on its way" in found.seen
    assert "on: issue" in line_of(folder, found)


def test_what_may_change_after_the_yes_is_told(folder):
    edit(folder, "approval", ("quantity, uom, unit_price,", "uom,"))

    found = the_one(folder)

    assert "void_on lacks quantity, unit_price" in found.seen
    assert "approved for 1.00 may be issued for up to 25,000.00 EUR" in found.money


def test_what_is_locked_by_then_may_be_missing_from_void_on(folder):
    edit(folder, "approval", ("void_on: [supplier, item", "void_on: [item"))

    assert remarks(folder) == ()


# -- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "limits", "key", "shown"),
    [
        ("price", {"abs_upper": 500}, "price.abs_upper", "500 in the order's currency"),
        ("qty_received", {"abs_upper": 3}, "qty_received.abs_upper", "3 units"),
        ("qty_ordered", {"pct_upper": 5, "abs_upper": 0}, "qty_ordered.pct_upper", "5 %"),
    ],
)
def test_a_limit_beside_0_never_decides(folder, check, limits, key, shown):
    in_check(folder, check, **limits)
    edit(folder, "matching", ("limit_currency: off", "limit_currency: EUR"))
    edit(
        folder,
        "matching",
        ("fx: {}", "fx: {USDEUR: 0.92, GBPEUR: 1.17, CHFEUR: 1.04, JPYEUR: 0.0061}"),
    )

    found = the_one(folder)

    shown = shown.replace("500 in the order's currency", "500.00 EUR")
    assert f"{key} " in found.seen
    assert "never decides" in found.seen
    assert f"although {shown} reads as if it passed" in found.money
    assert line_of(folder, found).strip().startswith(key.partition(".")[2])


def test_under_both_it_is_the_0_that_never_decides(folder):
    in_check(folder, "price", pct_upper=0, abs_upper=5)
    edit(folder, "matching", ("combine: either_exceeds", "combine: both_must_exceed"))

    found = next(each for each in remarks(folder) if "never decides" in each.seen)

    assert "price.pct_upper 0" in found.seen
    assert found.money.startswith("up to 5 in the order's currency passes")
    assert "pct_upper: 0" in line_of(folder, found)


def test_a_line_total_that_cannot_be_reached_never_decides(folder):
    in_check(folder, "price", pct_upper=2)
    in_check(folder, "qty_ordered", pct_upper=5)
    in_check(folder, "line_total", pct_upper=7.1)

    found = the_one(folder)

    assert "holds no bill that is not held anyway" in found.seen
    assert "let no more than 7.1 % pass together" in found.seen
    assert "at most 1,071.00 is billed without a hold, with this limit" in found.money

    in_check(folder, "line_total", pct_upper=7.09)
    assert remarks(folder) == ()


def test_goods_that_may_come_and_not_be_billed_are_told(folder):
    in_check(folder, "over_receipt", pct_upper=10)

    assert (
        "goods for 1,100.00 come without a word, and a bill above 1,000.00" in the_one(folder).money
    )

    in_check(folder, "qty_ordered", pct_upper=10)
    assert remarks(folder) == ()


def test_a_lower_action_without_a_limit_holds_nothing(folder):
    in_check(folder, "price", lower_action="hold")

    found = the_one(folder)

    assert "lower_action: hold holds nothing" in found.seen
    assert "lower_action" in line_of(folder, found)


def test_a_cap_of_0_holds_every_line(folder):
    edit(folder, "matching", ("line_amount_cap: off", "line_amount_cap: 0"))

    assert "every invoice line of 0.01 or more is held" in the_one(folder).money


# -- currencies ----------------------------------------------------------------------------------


def test_an_amount_that_is_much_in_one_currency_and_little_in_another(folder):
    edit(folder, "matching", ("small_difference: 0", "small_difference: 100"))

    found = the_one(folder)

    assert "small_difference 100 count in each order's own currency" in found.seen
    assert "100 is 117.00 EUR on an order in GBP and 0.61 EUR on one in JPY" in found.money
    assert "limit_currency" in line_of(folder, found)


def test_limits_in_a_currency_without_a_rate_let_nothing_pass(folder):
    edit(
        folder,
        "matching",
        ("small_difference: 0", "small_difference: 1"),
        ("limit_currency: off", "limit_currency: EUR"),
        ("fx: {}", "fx: {EURUSD: 1.0869, GBPEUR: 1.17, CHFEUR: 1.04}"),
    )

    found = the_one(folder)

    assert "fx has no rate for JPY" in found.seen
    assert "not even 0.01, where small_difference lets 1.00 EUR pass" in found.money
    assert found.write == "Write JPYEUR with its rate into fx."


def test_a_rate_that_does_not_turn_round(folder):
    edit(folder, "matching", ("fx: {}", "fx: {EURUSD: 1.10, USDEUR: 0.92}"))

    found = the_one(folder)

    assert found.money == "100.00 EUR go there and come back as 101.20 EUR."
    assert "Keep one of the two" in found.write


def test_two_files_with_two_rates(folder):
    edit(folder, "matching", ("fx: {}", "fx: {EURUSD: 1.25}"))

    found = the_one(folder)

    assert found.money == "1,000.00 USD are approved as 920.00 EUR and matched as 800.00 EUR."
    assert "USD: 0.92" in line_of(folder, found)


# -- levels --------------------------------------------------------------------------------------


def levels(folder, text):
    (folder / "matching_levels.yaml").write_text(text, encoding="utf-8")


def test_a_level_that_says_what_all_say_changes_nothing(folder):
    levels(folder, "suppliers:\n  KRAUSE:\n    price: {pct_upper: 0}\ncategories: {}\nitems: {}\n")

    found = the_one(folder)

    assert (
        "suppliers.KRAUSE.price.pct_upper is 0, and so it is in rules/matching.yaml" in found.seen
    )
    assert found.line == 3


def test_an_item_may_say_so_where_its_supplier_says_otherwise(folder):
    levels(
        folder,
        "suppliers:\n  KRAUSE:\n    price: {pct_upper: 2}\ncategories: {}\n"
        'items:\n  "0815":\n    price: {pct_upper: 0}\n',
    )

    assert remarks(folder) == ()


def test_a_limit_of_a_level_beside_0_never_decides(folder):
    levels(
        folder, "suppliers: {}\ncategories: {}\nitems:\n  A:\n    qty_received: {abs_upper: 2}\n"
    )

    found = the_one(folder)

    assert found.seen.startswith("for items.A, qty_received.abs_upper 2 never decides")
    assert found.line == 5


def test_an_empty_level_and_two_spellings(folder):
    levels(
        folder,
        "suppliers:\n  Krause: {}\n  KRAUSE:\n    tax: 1\n"
        "categories:\n  bolts:\n    price: {pct_upper: 3}\nitems: {}\n",
    )

    found = said(folder)

    assert any("line 2: suppliers.Krause says nothing" in each for each in found)
    assert any("two spellings of one name" in each for each in found)


# -- tolerances and tiers ------------------------------------------------------------------------


def test_a_tolerance_wider_than_the_tier_is_told_with_the_amount_it_lets_through(folder):
    in_check(folder, "price", pct_upper="off", abs_upper=25001)
    edit(
        folder,
        "matching",
        ("limit_currency: off", "limit_currency: EUR"),
        ("fx: {}", "fx: {USDEUR: 0.92, GBPEUR: 1.17, CHFEUR: 1.04, JPYEUR: 0.0061}"),
    )

    found = the_one(folder)

    assert "price lets 25,001.00 EUR more be billed than ordered" in found.seen
    assert "'director' begins above 25,000.00 EUR" in found.seen
    assert found.money == (
        "an order of 1.00 EUR that director never saw may be billed and paid up to 25,001.00 EUR."
    )
    assert "line_amount_cap of 25000 at most" in found.write

    edit(folder, "matching", ("line_amount_cap: off", "line_amount_cap: 25000"))
    assert remarks(folder) == ()


def test_a_tolerance_as_wide_as_the_tier_is_let_pass(folder):
    in_check(folder, "price", pct_upper="off", abs_upper=25000)
    edit(
        folder,
        "matching",
        ("limit_currency: off", "limit_currency: EUR"),
        ("fx: {}", "fx: {USDEUR: 0.92, GBPEUR: 1.17, CHFEUR: 1.04, JPYEUR: 0.0061}"),
    )

    assert remarks(folder) == ()


def test_limits_that_are_off_undermine_every_tier(folder):
    in_check(folder, "price", pct_upper="off")

    found = the_one(folder)

    assert "the limits of price are off" in found.seen
    assert "may be billed and paid up to any amount" in found.money

    in_check(folder, "line_total", pct_upper=1)
    assert remarks(folder) == ()


def test_a_percent_jumps_a_narrow_tier(folder):
    edit(folder, "approval", (TIERS, TIERS + "  - {name: board, above: 26000, role: board}\n"))
    in_check(folder, "price", pct_upper=5)

    found = the_one(folder)

    assert "an order of 25,000.00 EUR that board never saw" in found.money
    assert "up to 26,250.00 EUR" in found.money
    assert "a percent of 4 at most" in found.write

    in_check(folder, "price", pct_upper=4)
    assert remarks(folder) == ()


def test_charges_and_small_differences_undermine_too(folder):
    in_check(folder, "charge_unplanned", abs_upper="off")
    edit(folder, "matching", ("small_difference: 0", "small_difference: off"))

    assert [each.seen.partition(" The tier")[0] for each in remarks(folder)] == [
        "the limits of charge_unplanned are off, so nothing that is billed is too much.",
        "the limits of small_difference are off, so nothing that is billed is too much.",
    ]


def test_a_level_that_undermines_is_told_at_the_level(folder):
    levels(folder, "suppliers:\n  S-1:\n    price: {pct_upper: off}\ncategories: {}\nitems: {}\n")

    found = the_one(folder)

    assert found.seen.startswith("for suppliers.S-1, the limits of price are off")
    assert found.line == 3


def test_a_category_that_a_tab_names_is_met(folder):
    levels(folder, "suppliers: {}\ncategories:\n  bolts:\n    price: {pct_upper: 3}\nitems: {}\n")
    column = "      - {field: category, header: Category, kind: identifier, owner: buyer}"
    edit(
        folder,
        "columns",
        (
            "      - {field: description, header: Description",
            f"{column}\n      - {{field: description, header: Description",
        ),
    )

    assert remarks(folder) == ()


def test_what_is_doubtful_for_all_is_not_told_again_for_a_level(folder):
    in_check(folder, "price", pct_upper="off")
    in_check(folder, "over_receipt", pct_upper=10)
    levels(
        folder,
        "suppliers:\n  S-1:\n    price: {abs_upper: off}\n    qty_ordered: {pct_upper: 1}\n"
        "categories: {}\nitems: {}\n",
    )

    found = said(folder)

    assert sum("the limits of price are off" in each for each in found) == 1
    assert sum("lets more come than" in each for each in found) == 1


def test_under_both_other_limits_may_let_the_goods_be_billed(folder):
    in_check(folder, "over_receipt", pct_upper=10)
    in_check(folder, "qty_ordered", pct_upper=1, abs_upper=5)
    edit(folder, "matching", ("combine: either_exceeds", "combine: both_must_exceed"))

    assert remarks(folder) == ()
