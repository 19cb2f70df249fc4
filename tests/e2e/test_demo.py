"""The demo plays its day, leaves what it says, and tells when an outcome did not come."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from journal import as_folded, as_known
from rich.console import Console

from sheetsync import wiring
from sheetsync.config import load_config
from sheetsync.core.life import fold
from sheetsync.demo import play as demo
from sheetsync.demo.day import Act, Check
from sheetsync.demo.telling import WIDTH, Teller
from sheetsync.errors import ConfigError
from sheetsync.lookback import Lookback, Subject


def teller() -> Teller:
    return Teller(Console(file=io.StringIO(), width=WIDTH, highlight=False))


def said(tell: Teller) -> str:
    return tell.console.file.getvalue()


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The whole day, once: its folder, what was told, and the exit code."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    tell = teller()
    code = demo.play(folder, tell)
    return folder, said(tell), code


def test_every_outcome_comes(played):
    _, text, code = played

    assert "✗" not in text
    assert code == 0
    assert len(text.splitlines()) < 150
    assert max(map(len, text.splitlines())) <= WIDTH


def test_it_leaves_mails_and_spreadsheets(played):
    folder, _, _ = played
    mails = [path.name for path in (folder / "mails").glob("*.eml")]
    books = sorted((folder / "spreadsheets").glob("*.xlsx"))

    assert [name for name in mails if name.startswith("order-")] == ["order-PO-1001-v1.eml"]
    assert len(mails) > 3
    assert len(books) == 5
    hub = openpyxl.load_workbook(folder / "spreadsheets" / "Purchase orders.xlsx")
    items = {row[4].value for row in hub["Order lines"].iter_rows(min_row=2)}
    assert {"0042", "0311"} <= items
    headers = [cell.value for cell in hub["Krause"][1]]
    assert hub["Krause"].cell(2, headers.index("Need by") + 1).is_date
    assert (folder / "config.yaml").exists()


def test_the_journal_alone_tells_every_order_as_the_baseline_knows_it(played):
    """`sheetsync history show --as-of` after the day, for each of its orders."""
    config = load_config(played[0] / "config.yaml")
    rules = wiring.rules_of(config)
    with wiring.open_state(config) as state:
        sheet = wiring.sheet_of(config, rules)
        told = Lookback(state=state, sheet=sheet, time_zone=config.time_zone)
        known = state.baseline()
        for po_number in known.orders:
            events = told.events_of(Subject(po_number=po_number))
            folded = fold(po_number, events, sheet)
            assert as_folded(folded, sheet) == as_known(known, po_number, sheet), po_number
            assert len(list(told.life(po_number))) > 1

    assert len(known.orders) > 10


def test_nothing_of_this_machine_is_told(played):
    _, text, _ = played

    assert not re.search(r"Traceback|site-packages", text)


def test_an_outcome_that_does_not_come_is_told_and_fails(tmp_path, monkeypatch):
    def told(_day):
        yield "What was seen."
        yield Check(what="the price", expected=12, seen=13)

    act = Act(at="08:00", who="Nobody", what="does nothing.", do=lambda _day: None, told=told)
    fails = Act(at="08:05", who="Ann", what="fails.", do=lambda _day: 1 / 0, told=told)
    monkeypatch.setattr(demo, "SCENES", (("Only this", (act, fails)),))
    tell = teller()

    assert demo.play(tmp_path / "demo", tell) == 1
    assert "the price: expected 12, seen 13" in said(tell)
    assert "ZeroDivisionError" in said(tell)


def test_a_broken_rule_is_noticed(tmp_path, monkeypatch):
    """The checks look at what happened: with a lax matching the over-billed invoice is paid."""
    at = {"08:00", "08:10", "08:20", "08:40", "08:45", "09:15", "12:10", "12:40", "13:15", "13:25"}
    scenes = [(title, tuple(act for act in acts if act.at in at)) for title, acts in demo.SCENES]
    monkeypatch.setattr(demo, "SCENES", tuple(scenes))
    strict = wiring.rules_of

    def lax(config):
        rules = strict(config)
        loose = rules.matching.qty_received.model_copy(update={"pct_upper": 50})
        matching = rules.matching.model_copy(update={"qty_received": loose})
        return rules.model_copy(update={"matching": matching})

    monkeypatch.setattr(wiring, "rules_of", lax)
    tell = teller()

    assert demo.play(tmp_path / "demo", tell) == 1
    assert "QTY_RECEIVED" in said(tell)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")

    with pytest.raises(ConfigError, match="no demo made it"):
        demo.play(folder, teller())
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]
