"""`sheetsync check`: what it says and how it ends, as an admin types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builders import ROOT, RULES
from typer.testing import CliRunner

from sheetsync.cli import app


@pytest.fixture
def folder(tmp_path):
    """A config.yaml and the shipped rules, which a test may change."""
    shutil.copytree(RULES, tmp_path / "rules")
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    private = text.index("  - supplier: S-200")
    text = text[:private] + text[text.index("\n# Where mails come from") :]
    (tmp_path / "config.yaml").write_text(
        text.replace("PASTE-THE-ADDRESS-HERE", "1" * 44), encoding="utf-8"
    )
    return tmp_path


def check(folder, *options):
    return CliRunner().invoke(app, ["check", "--config", str(folder / "config.yaml"), *options])


def doubtful(folder: Path) -> Path:
    """A copy of the rules under which small orders need nobody's yes."""
    other = Path(shutil.copytree(folder / "rules", folder / "draft"))
    text = (other / "approval.yaml").read_text(encoding="utf-8")
    (other / "approval.yaml").write_text(text.replace("above: 0,", "above: 500,"), "utf-8")
    return other


def test_rules_without_a_remark_are_in_order(folder):
    done = check(folder, "--strict")

    assert done.exit_code == 0
    assert "are in order (rules " in done.stdout
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_a_remark_is_told_with_its_line_and_is_no_mistake(folder, options, code):
    rules = doubtful(folder)
    typed = (rules / "approval.yaml").read_text(encoding="utf-8").splitlines()
    [line] = [number for number, text in enumerate(typed, start=1) if "above: 500," in text]

    done = check(folder, "--rules", str(rules), *options)

    lines = done.stdout.splitlines()
    assert done.exit_code == code
    assert lines[1].startswith("One remark;")
    lowest = f"draft/approval.yaml line {line}: the lowest tier begins above 500.00"
    assert lines[2].startswith(lowest)
    assert lines[3].startswith("    In money: any number of orders up to 500.00 EUR each")
    assert lines[4].startswith("    Write above: 0")
