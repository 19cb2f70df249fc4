"""A YAML file of settings into a frozen model, or every problem of it, with its line.

Strict: an unknown key, a missing key, a key that stands twice, a blank and a wrong kind of value
are all told at once, each with the nearest known word. Used for config.yaml and rules/*.yaml.

Never: fills in a default, knows what a setting means.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sheetsync.errors import SetupError

Model = TypeVar("Model", bound=BaseModel)

Place = tuple[str | int, ...]
"""The way to a value: keys and list positions."""

_DOUBLED = re.compile(r'duplicate key "([^"]*)"')
_WANTED = {
    "int": "a whole number",
    "decimal": "a number",
    "float": "a number",
    "string": "a text",
    "bool": "true or false",
    "tuple": "a list such as [a, b]",
    "list": "a list such as [a, b]",
    "dict": "keys with values, indented below it",
    "mapping": "keys with values, indented below it",
    "model": "keys with values, indented below it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a file; `line` is 1-based."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """A file that is well-formed YAML with keys at its top."""

    name: str
    tree: CommentedMap

    def problem(self, place: Place, message: str) -> Problem:
        """A problem with the value at a place, or with the nearest thing above it."""
        return Problem(file=self.name, line=self.line_of(place), message=message)

    def line_of(self, place: Place) -> int:
        """The 1-based line on which the value's key (or list item) stands."""
        node: object = self.tree
        line = self.tree.lc.line
        for part in place:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0]
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0]
            else:
                break
            node = node[part]
        return int(line) + 1


def error_of(problems: Iterable[Problem], kind: type[SetupError], remedy: str) -> SetupError:
    """All problems as one exception, in the order of files and lines."""
    ordered = sorted(problems, key=lambda problem: (problem.file, problem.line))
    first, *others = ordered
    message = "\n".join([first.message, *map(str, others)])
    return kind(message, subject=f"{first.file} line {first.line}", remedy=remedy)


def read_file(path: Path, name: str) -> SettingsFile | Problem:
    """Read one file; anything that is no YAML mapping is a problem.

    Args:
        path: The file.
        name: What people call it: "rules/matching.yaml".
    """
    try:
        tree = _tree(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or "cannot be opened").lower()
        return Problem(file=name, line=1, message=f"the file cannot be read ({reason})")
    except UnicodeDecodeError as error:
        return Problem(file=name, line=_line_of_byte(path, error.start), message="this is no UTF-8")
    except YAMLError as error:
        return _not_yaml(name, error)
    if not isinstance(tree, CommentedMap):
        return Problem(file=name, line=1, message="the file must consist of keys with values")
    return SettingsFile(name=name, tree=tree)


@lru_cache(maxsize=32)
def _tree(text: str) -> object:
    """The text as a tree. Rules are read again in every cycle, and hardly ever change between."""
    return YAML(typ="rt").load(text)


def _line_of_byte(path: Path, place: int) -> int:
    return path.read_bytes()[:place].count(b"\n") + 1


def _not_yaml(name: str, error: YAMLError) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    line = int(mark.line) + 1 if mark is not None else 1
    doubled = _DOUBLED.search(str(error)) if isinstance(error, DuplicateKeyError) else None
    if doubled:
        message = f"the key {doubled[1]!r} stands twice; keep one"
    else:
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        message = f"this is no YAML: {problem}"
    return Problem(file=name, line=line, message=message)


def parse(
    file: SettingsFile, model: type[Model], context: Mapping[str, object] | None = None
) -> Model | tuple[Problem, ...]:
    """The file as a model, or all that is wrong with its keys and values.

    Args:
        file: A well-formed file.
        model: What it must fit.
        context: What the model's validators may know beside the file.
    """
    return fit(plain(file.tree), model, file, context)


def fit(
    values: object,
    model: type[Model],
    file: SettingsFile,
    context: Mapping[str, object] | None = None,
) -> Model | tuple[Problem, ...]:
    """Values as a model, or all that is wrong with them, told by their places in the file."""
    try:
        return model.model_validate(values, context=context)
    except ValidationError as errors:
        details = errors.errors(include_url=False)
        misspelt = {_meant(model, detail["loc"]) for detail in details if _is_unknown(detail)}
        told = (detail for detail in details if detail["loc"] not in misspelt)
        return tuple(dict.fromkeys(_problem(file, model, detail) for detail in told))


def _is_unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _meant(model: type[BaseModel], place: Place) -> Place | None:
    """The key that a misspelt one stands for, which is then missing for no other reason."""
    near = _near(str(place[-1]), known_keys(model, place[:-1]))
    return (*place[:-1], near) if near is not None else None


def plain(node: object) -> Any:
    """The tree as plain Python values."""
    if isinstance(node, CommentedMap):
        return {plain(key): plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [plain(value) for value in node]
    # The loader's own kinds of text and number remember how they were written.
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node) if isinstance(node, CommentedBase) else node


def _problem(file: SettingsFile, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    place = tuple(part for part in detail["loc"] if part != "[key]")
    kind, value = detail["type"], detail["input"]
    if kind == "missing":
        return file.problem(place, f"the key {_dotted(place)} is missing")
    if kind == "extra_forbidden":
        known = known_keys(model, place[:-1])
        message = f"unknown key {_dotted(place)}; {nearest(str(place[-1]), known)}"
        return file.problem(place, message)
    said = _said(model, place, detail)
    if kind == "value_error":
        # What is wrong between several keys names its key itself.
        at = place or (said.partition(":")[0],)
        return file.problem(at, f"{_dotted(place)}: {said}" if place else said)
    seen = "is blank" if value is None else f"says {_short(value)}"
    return file.problem(place, f"{_dotted(place)} {seen}; {said}")


def _said(model: type[BaseModel], place: Place, detail: ErrorDetails) -> str:
    """What was expected instead."""
    kind, message = detail["type"], detail["msg"]
    if kind in {"enum", "literal_error"}:
        return nearest(str(detail["input"]), _words(_type_at(model, place)))
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    wanted = _WANTED.get(kind.split("_")[0])
    if wanted and not kind.startswith(("string_too", "string_pattern")):
        return f"write {wanted}"
    return message[:1].lower() + message[1:].replace("Input should", "it should")


def nearest(word: str, known: Collection[str]) -> str:
    """A question for the nearest known word, or the list of them."""
    near = _near(word, known)
    if near is not None:
        return f"did you mean {near!r}?"
    return f"known are {', '.join(sorted(known))}" if known else "nothing may stand here"


def _near(word: str, known: Collection[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.5)), None)


def known_keys(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    """The keys that may stand at a place of the model; none where any key may."""
    found = _type_at(model, place)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return tuple(field.alias or name for name, field in found.model_fields.items())
    return ()


def _type_at(model: type[BaseModel], place: Place) -> Any:
    found: Any = model
    for part in place:
        found = _child(_bare(found), part)
    return _bare(found)


def _child(found: Any, part: str | int) -> Any:
    """The type below a model, a mapping or a list."""
    if isinstance(found, type) and issubclass(found, BaseModel):
        by_key = {field.alias or name: field for name, field in found.model_fields.items()}
        field = by_key.get(str(part))
        return field.annotation if field is not None else None
    arguments = typing.get_args(found)
    if typing.get_origin(found) in {dict, Mapping}:
        # A place that ends at a key of a mapping may be about the key itself.
        return arguments[0] if _refuses_key(arguments[0], part) else arguments[1]
    return arguments[0] if arguments else None


def _refuses_key(kind: Any, part: str | int) -> bool:
    """Whether the key's own kind is a list of words that does not hold this key."""
    return isinstance(kind, type) and issubclass(kind, Enum) and part not in _words(kind)


def _bare(found: Any) -> Any:
    """A type without its annotations and without `None`."""
    while typing.get_origin(found) is Annotated:
        found = typing.get_args(found)[0]
    if typing.get_origin(found) in {typing.Union, types.UnionType}:
        rest = [kind for kind in typing.get_args(found) if kind is not type(None)]
        return _bare(rest[0])
    return found


def _words(found: Any) -> tuple[str, ...]:
    if isinstance(found, type) and issubclass(found, Enum):
        return tuple(str(member.value) for member in found)
    if typing.get_origin(found) is Literal:
        return tuple(str(word) for word in typing.get_args(found))
    return ()


def _dotted(place: Sequence[str | int]) -> str:
    """A place as people follow it: moves[3].requires."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 a readable length
