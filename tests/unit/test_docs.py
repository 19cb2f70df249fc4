"""The documents say what there is: every code, every key of the rules, every command, every link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel
from ruamel.yaml import YAML

from sheetsync.cli import app
from sheetsync.core.findings import Code
from sheetsync.core.lifecycle.requirements import REQUIREMENTS
from sheetsync.core.matching import HoldCode
from sheetsync.cycle import CycleReport
from sheetsync.rules_file import MODELS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def leaves(group, path: str = "") -> Iterator[tuple[str, object]]:
    """Every command under the words that call it: "run", "history show"."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


COMMANDS = dict(leaves(typer.main.get_command(app)))
GROUPS = {name.split()[0] for name in COMMANDS if " " in name}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def first_cells(text: str) -> set[str]:
    """What stands in backticks in the first column of the text's tables."""
    rows = (line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


# -- codes and rules -----------------------------------------------------------------------------


def test_every_code_is_explained_and_nothing_else():
    explained = first_cells(text_of("docs/findings.md"))

    assert explained == {*map(str, Code), *map(str, HoldCode)}


@pytest.mark.parametrize("line", re.findall(r"(?m)^\| `.*$", text_of("docs/findings.md")))
def test_every_code_says_what_it_means(line):
    code, meaning, who, cure = (cell.strip() for cell in line.strip("|").split("|"))

    is_explained = bool(meaning and who)
    assert is_explained, f"{code} lacks its meaning or its reader: {cure}"


def keys_of(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for attribute, field in model.model_fields.items():
        key = f"{path}{field.alias or attribute}"
        inner = list(models_in(field.annotation))
        yield key
        for each in inner:
            yield from keys_of(each, f"{key}.")


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from models_in(part)


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level = heading.split(" ", maxsplit=1)[0]
    start = text.index(f"\n{heading}\n") + len(heading)
    end = re.search(rf"(?m)^#{{1,{len(level)}}} ", text[start:])
    return text[start : start + end.start()] if end else text[start:]


@pytest.mark.parametrize("stem", [stem for stem in MODELS if stem != "matching"])
def test_every_rules_key_is_explained_to_admins(stem):
    told = first_cells(section(text_of("docs/for-admins.md"), f"### rules/{stem}.yaml"))

    assert set(keys_of(MODELS[stem])) <= told


def test_every_requirement_is_explained_to_admins():
    told = first_cells(section(text_of("docs/for-admins.md"), "### rules/lifecycle.yaml"))

    assert set(REQUIREMENTS) <= told


def matching_as_shipped() -> dict[str, str]:
    """Every key of rules/matching.yaml that holds a value, as the README writes both."""
    loaded = YAML(typ="safe").load((ROOT / "rules" / "matching.yaml").read_text(encoding="utf-8"))
    flat: dict[str, str] = {}
    for key, value in loaded.items():
        if isinstance(value, dict) and value:
            flat |= {f"{key}.{inner}": str(one) for inner, one in value.items()}
        else:
            flat[key] = str(value)
    return flat


def test_the_readme_shows_matching_as_it_is_shipped():
    rows = re.findall(
        r"(?m)^\| `([^`]+)` \| `([^`]+)` \|", section(text_of("README.md"), "## Matching")
    )

    assert dict(rows) == matching_as_shipped()


# -- commands ------------------------------------------------------------------------------------


def shown_commands() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every `sheetsync …` that a document shows, with its options."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        # What the demo prints is speech, not commands.
        text = re.sub(r"(?ms)^```text$.*?^```$", "", text)
        shown = [line for line in text.splitlines() if line.startswith("    ")]
        shown += re.findall(r"`([^`\n]+)`", text)
        for line in shown:
            for command, rest in re.findall(r"(?<![\w/.-])sheetsync ([a-z-]+)([^#`\n]*)", line):
                if command == "witness":
                    continue  # a tab is called "sheetsync witness"
                words = f"{command} {rest.split()[0]}" if command in GROUPS else command
                yield name_of(path), words, tuple(re.findall(r"--[a-z-]+", rest))


SHOWN = sorted(set(shown_commands()))


def test_commands_are_shown():
    assert {command for _, command, _ in SHOWN} == set(COMMANDS)


@pytest.mark.parametrize(("document", "command", "options"), SHOWN)
def test_every_command_shown_is_there(document, command, options):
    assert command in COMMANDS, document
    known = {option for parameter in COMMANDS[command].params for option in parameter.opts}
    assert set(options) <= known, document


def test_every_make_target_shown_is_there():
    targets = set(re.findall(r"(?m)^([a-z0-9]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    shown = {
        target
        for path in DOCUMENTS
        for target in re.findall(
            r"(?:^    |`)make ([a-z0-9]+)", path.read_text("utf-8"), re.MULTILINE
        )
    }

    assert shown <= targets
    assert {"demo", "test"} <= shown


def test_the_readme_begins_with_the_two_commands():
    commands = re.findall(r"(?m)^    (make \w+)", text_of("README.md"))

    assert commands[:2] == ["make demo", "make test"]


def test_the_readme_explains_every_field_of_the_report():
    told = first_cells(section(text_of("README.md"), "## Running it"))

    assert set(CycleReport.__dataclass_fields__) <= told


# -- links ---------------------------------------------------------------------------------------


def anchors_of(text: str) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", text)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors_of(there.read_text("utf-8"))):
            lost.append(target)

    assert lost == []


def test_every_decision_has_its_own_number_and_parts():
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert re.findall(r"(?m)^## (.+)$", text) == ["Context", "Choice", "What we gave up"]
