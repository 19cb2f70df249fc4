"""`sheetsync plan` as an admin types it: what would happen, with nothing written anywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from builders import ROOT, RULES
from stories import play, story_office
from typer.testing import CliRunner

from sheetsync.cli import app
from sheetsync.demo.office import WORKER
from sheetsync.errors import AskedAmiss, StateError

SCHEMA = json.loads((ROOT / "docs" / "plan.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The story of a changed price: an invoice waits for it."""
    story = ROOT / "sample_sheets" / "price_changed"
    with story_office(story, tmp_path_factory.mktemp("plan") / "office") as office:
        play(office, story)
        yield office


@pytest.fixture
def loose(tmp_path) -> Path:
    """Rules under which prices may be 100 % higher."""
    folder = Path(shutil.copytree(RULES, tmp_path / "loose"))
    text = (folder / "matching.yaml").read_text(encoding="utf-8")
    start = text.index("\nprice:")
    text = text[:start] + text[start:].replace("pct_upper: 0", "pct_upper: 100", 1)
    (folder / "matching.yaml").write_text(text, encoding="utf-8")
    return folder


def plan(office, rules, *options):
    words = ["plan", "--rules", str(rules), "--config", str(office.folder / "config.yaml")]
    return CliRunner().invoke(app, [*words, *options])


def state(office):
    with closing(sqlite3.connect(office.folder / "sheetsync.db")) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("options", [(), ("--settled",), ("--since", "2026-01-01")])
def test_the_first_line_says_what_happens_and_nothing_is_written(office, loose, options):
    stored, files = state(office), sorted(office.folder.rglob("*"))
    asked: list[str] = []

    def listen(method: str, path: str, email: str) -> None:
        if email == WORKER:
            asked.append(f"{method} {path}")

    office.server.before_call = listen
    with office.ports.state.lease(datetime.now(UTC)):
        leased = state(office)
        done = plan(office, loose, *options)
        assert state(office) == leased
    office.server.before_call = None

    assert done.exit_code == 0, done.output
    first = done.stdout.splitlines()[0]
    assert "1 hold" in first
    assert "would" in first
    assert "matching.price.pct_upper: 0 to 100" in done.stdout
    assert done.stdout.rstrip().endswith("Nothing was written, leased or mailed.")
    assert all(each.startswith("GET") or "token" in each for each in asked), asked
    assert bool([each for each in asked if "values" in each]) == (options == ())
    assert [row for row in state(office) if "lease" not in row] == [
        row for row in stored if "lease" not in row
    ]
    assert sorted(office.folder.rglob("*")) == files


@pytest.mark.parametrize("options", [(), ("--settled",), ("--since", "2026-01-01")])
def test_as_json_it_keeps_to_its_schema(office, loose, options):
    done = plan(office, loose, "--json", *options)

    said = json.loads(done.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(said)
    assert said["rules"]["changed"] == [
        {"key": "matching.price.pct_upper", "in_force": "0", "with_these": "100"}
    ]
    if "--since" in options:
        [span] = [each for each in said["past"]["in_force"] if each["code"] == "PRICE_HIGH"]
        assert not [e for e in said["past"]["with_these"] if e["code"] == "PRICE_HIGH"]
        assert span["came"] is not None
    else:
        [hold] = said["present"]["holds"]["go"]
        assert hold["code"] == "PRICE_HIGH"
        assert hold["sentence"].startswith("Held: ")


def test_the_rules_in_force_change_nothing(office):
    done = plan(office, RULES)

    assert done.stdout.startswith("Nothing would change")
    assert "The rules are those in force" in done.stdout


def test_a_broken_folder_of_rules_is_refused(office, loose):
    text = (loose / "matching.yaml").read_text(encoding="utf-8")
    (loose / "matching.yaml").write_text(text.replace("combine:", "combin:"), encoding="utf-8")

    done = plan(office, loose)

    assert "did you mean 'combine'" in str(done.exception)


def test_a_time_that_is_none_is_refused(office, loose):
    done = plan(office, loose, "--since", "last week")

    assert isinstance(done.exception, AskedAmiss)


def test_without_a_store_none_is_made(office, loose, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text((office.folder / "config.yaml").read_text("utf-8"), "utf-8")

    done = CliRunner().invoke(
        app, ["plan", "--rules", str(loose), "--config", str(config), "--settled"]
    )

    assert isinstance(done.exception, StateError)
    assert "there is no such file" in str(done.exception)
    assert [path.name for path in tmp_path.iterdir() if path != loose] == ["config.yaml"]
