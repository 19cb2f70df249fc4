"""The architecture as a test: imports, homes of libraries, purity, names, lengths, rules and codes.

The data stands in `house`; docs/architecture.md tells it in words.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import house
import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from sheetsync.core.findings import Code
from sheetsync.core.matching import HoldCode
from sheetsync.rules_file import MODELS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sheetsync"
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """A file as the house calls it: core/rows, core/matching/match; a folder by its own name."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "/".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in FILES}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, dotted; `from x import y` as x.y."""
    found: list[str] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


def ours(dotted: str) -> str | None:
    """The file that an import reaches, as the house calls it."""
    parts = dotted.split(".")
    if parts[0] != "sheetsync":
        return None
    for length in range(len(parts), 1, -1):
        name = "/".join(parts[1:length])
        if name in NAMES:
            return name
    return "__init__"


def is_in(name: str, room: str) -> bool:
    return name == room or (room.endswith("/") and f"{name}/".startswith(room))


def room_of(name: str) -> str | None:
    """The nearest room that the table names."""
    return max((room for room in house.MAY_IMPORT if is_in(name, room)), key=len, default=None)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_file_imports_only_what_its_room_may(name):
    room = room_of(name)
    assert room is not None, f"{name} has no room in tests/house.py"

    # A folder's own modules may lean on each other; a named one in it only on what it names.
    own = room if room.endswith("/") else None
    allowed = house.MAY_IMPORT[room]
    reached = {other for dotted in imports_of(NAMES[name]) if (other := ours(dotted)) is not None}
    strangers = {
        other
        for other in reached
        if other != name
        and not (own and is_in(other, own))
        and not any(is_in(other, each) for each in allowed)
    }

    assert strangers == set()


def test_every_room_of_the_table_is_there():
    empty = [room for room in house.MAY_IMPORT if not any(is_in(name, room) for name in NAMES)]

    assert empty == []


def test_no_arrow_of_the_table_is_unused():
    """An arrow that no import uses is a door left open."""
    unused = []
    for room, allowed in house.MAY_IMPORT.items():
        if room == "core/decide":
            continue
        reached = {
            other
            for name, path in NAMES.items()
            if room_of(name) == room
            for dotted in imports_of(path)
            if (other := ours(dotted)) is not None
        }
        groups = (*house.WORDS, *house.VALUES)
        unused += [
            f"{room} -> {each}"
            for each in allowed
            if each not in groups and not any(is_in(other, each) for other in reached)
        ]

    assert unused == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_libraries_live_in_their_homes(name):
    away = []
    for dotted in imports_of(NAMES[name]):
        library = next((lib for lib in house.LIVES_IN if f"{dotted}.".startswith(f"{lib}.")), None)
        if library is None:
            top = dotted.split(".")[0]
            if top != "sheetsync" and top not in sys.stdlib_module_names:
                away.append(f"{dotted}: no home in tests/house.py")
        elif not any(is_in(name, home) for home in house.LIVES_IN[library]):
            away.append(dotted)

    assert away == []


def test_no_home_of_a_library_stands_empty():
    empty = []
    for library, homes in house.LIVES_IN.items():
        users = {
            name
            for name, path in NAMES.items()
            if any(f"{dotted}.".startswith(f"{library}.") for dotted in imports_of(path))
        }
        empty += [f"{library}: {home}" for home in homes if not any(is_in(u, home) for u in users)]

    # psycopg is named in a database address and loaded by SQLAlchemy.
    assert empty == ["psycopg: state/"]


@pytest.mark.parametrize("name", sorted(name for name in NAMES if name.startswith("core")))
def test_the_core_touches_nothing_outside_its_arguments(name):
    outside = {
        top
        for dotted in imports_of(NAMES[name])
        if (top := dotted.split(".")[0]) in sys.stdlib_module_names
        and top not in house.CORE_STANDARD_LIBRARY
    }
    calls = {
        called
        for node in ast.walk(tree_of(NAMES[name]))
        if isinstance(node, ast.Call)
        and (called := getattr(node.func, "attr", getattr(node.func, "id", "")))
        in house.IMPURE_CALLS
    }

    assert (outside, calls) == (set(), set())


def test_imported_libraries_are_declared():
    """What the package imports is a dependency of its own or of an extra of its own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    declared = {
        re.split(r"[\[<>=!~; ]", line)[0].lower() for line in (*project["dependencies"], *extras)
    }
    # Under which distribution a module comes, where the names differ or another one brings it along.
    comes_with = {
        "google": "google-auth",
        "ruamel": "ruamel.yaml",
        "pydantic_core": "pydantic",
        "cryptography": "google-auth",
        "googleapiclient": "google-api-python-client",
        "pyrate_limiter": "pyrate-limiter",
    }
    imported = {
        dotted.split(".")[0] for path in FILES for dotted in imports_of(path)
    } - sys.stdlib_module_names
    missing = {comes_with.get(top, top) for top in imported - {"sheetsync"}} - declared

    assert missing == set()


def test_modules_are_of_readable_length():
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in NAMES.items()}
    long = {name for name, count in lines.items() if count > house.MOST_LINES}

    assert long == set(house.TOO_LONG), "split it, or take a debt that is paid out of the list"


def is_raised_again(handler: ast.ExceptHandler) -> bool:
    """Whether the handler only tidies up and lets the exception go on."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_exceptions_are_caught_by_name():
    """`except Exception` stands where a reason for it stands in the table, and nowhere else."""
    found = {
        name
        for name, path in NAMES.items()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not is_raised_again(node)
    }

    assert found == set(house.CATCHES_EVERYTHING) & set(NAMES)


def test_names_say_what_things_are():
    bad = [name for name in NAMES if name.split("/")[-1] in house.FORBIDDEN_MODULES]
    for name, path in NAMES.items():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and node.name.endswith(house.FORBIDDEN_ENDINGS):
                bad.append(f"{name}: {node.name}")
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and node.name in house.FORBIDDEN_FUNCTIONS:
                bad.append(f"{name}: {node.name}()")

    assert bad == []


def test_every_module_says_what_it_is_for():
    silent = [
        name
        for name, path in NAMES.items()
        if path.read_text("utf-8").strip() and not ast.get_docstring(tree_of(path))
    ]

    assert silent == []


# -- rules ---------------------------------------------------------------------------------------


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Every model that a field's type mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from models_in(part)


def keys_of(model: type[BaseModel], path: str) -> Iterator[tuple[str, str]]:
    """Every key of a rules file with its path: ("over_receipt.pct_upper", "pct_upper")."""
    for attribute, field in model.model_fields.items():
        here = f"{path}.{field.alias or attribute}"
        yield here, attribute
        for inner in models_in(field.annotation):
            yield from keys_of(inner, here)


KEYS = [key for stem, model in MODELS.items() for key in keys_of(model, stem)]
LOADING = ("core/rulebook", "core/matching/settings", "rules_checks", "rules_file", "rules_schemas")


@cache
def attributes_read() -> frozenset[str]:
    """Attributes read anywhere but where rules are defined and loaded.

    By name alone: it cannot tell `rules.number` from another `number`, so of short names it proves
    little; a key with a name of its own that nobody reads is found.
    """
    return frozenset(
        node.attr
        for name, path in NAMES.items()
        if name not in LOADING
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
    )


@pytest.mark.parametrize(("path", "attribute"), KEYS, ids=[path for path, _ in KEYS])
def test_every_rules_key_is_read(path, attribute):
    assert attribute in attributes_read()


def named_functions() -> Iterator[tuple[str, str]]:
    """Each key of rules/matching.yaml, and the functions that its comment names."""
    text = (ROOT / "rules" / "matching.yaml").read_text(encoding="utf-8")
    for line in text.splitlines():
        match = re.match(r"(\w+):[^#]*#\s*(.+)", line)
        if match:
            for function in re.findall(r"\b[a-z_]+\.[a-z_]+\b", match[2]):
                yield match[1], function


def test_each_key_of_matching_names_its_function():
    said = {key for key, _ in named_functions()}
    loaded = YAML(typ="safe").load((ROOT / "rules" / "matching.yaml").read_text(encoding="utf-8"))

    assert said == set(loaded)


@pytest.mark.parametrize(("key", "function"), sorted(named_functions()))
def test_the_named_function_reads_the_key(key, function):
    module, name = function.split(".")
    path = NAMES[f"core/matching/{module}"]
    found = getattr(importlib.import_module(f"sheetsync.core.matching.{module}"), name, None)

    assert callable(found), f"rules/matching.yaml names {function}, which is not there"
    read = {n.attr for n in ast.walk(tree_of(path)) if isinstance(n, ast.Attribute)}
    given = {n.arg for n in ast.walk(tree_of(path)) if isinstance(n, ast.arg)}
    assert key in read | given, f"{module}.py does not read {key}"


# -- codes ---------------------------------------------------------------------------------------


def is_frozen_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "frozenset"


def produced(enum: str, outside: tuple[str, ...]) -> set[str]:
    """Members of a code that some function makes a finding or a hold of.

    Members that are merely listed, looked up or compared do not count.
    """
    found: set[str] = set()
    for name, path in NAMES.items():
        if name in outside:
            continue
        listed = {
            id(inner)
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Compare | ast.Dict) or is_frozen_set(node)
            for part in (node.keys if isinstance(node, ast.Dict) else [node])
            if part is not None
            for inner in ast.walk(part)
        }
        found |= {
            node.attr
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Attribute)
            and id(node) not in listed
            and getattr(node.value, "id", "") == enum
        }
    return found


def test_every_code_is_produced():
    unused = {code.name for code in Code} - produced("Code", ("core/findings",))

    assert unused == set(house.NOT_PRODUCED), "raise it, or take it out of both lists"


def test_every_hold_is_produced():
    wordings = ("core/matching/codes", "core/matching/sentences", "core/matching/meanings")

    assert {code.name for code in HoldCode} - produced("HoldCode", wordings) == set()
