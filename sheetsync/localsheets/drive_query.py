"""The search language of files.list: `mimeType='…' and name contains 'x'`.

Decides: which files a `q` finds.
Never: guesses; a text that cannot be read is Drive's 400.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.world import Call, File, World


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as a query looks at it: with the state around it and the call that asks."""

    world: World
    call: Call
    file: File


Test = Callable[[Seen], bool]

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<sign><=|>=|!=|=|<|>|\(|\))|(?P<word>[\w.]+))"
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def parse_query(text: str) -> Test:
    """A test of files from a query; an empty one lets all pass."""
    if not text.strip():
        return lambda _: True
    reader = _Reader(text)
    test = reader.either()
    if reader.peek() is not None:
        raise _invalid()
    return test


def _invalid() -> GoogleError:
    return GoogleError(400, "Invalid Value", reason="invalid", location="q")


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise _invalid()
            self.tokens.append(found[0].strip())
            at = found.end()
        self.at = 0

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise _invalid()
        self.at += 1
        return token

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == "or":
            self.take()
            tests.append(self.both())
        return lambda seen: any(t(seen) for t in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.peek() == "and":
            self.take()
            tests.append(self.one())
        return lambda seen: all(t(seen) for t in tests)

    def one(self) -> Test:
        word = self.take()
        if word == "not":
            inner = self.one()
            return lambda seen: not inner(seen)
        if word == "(":
            inner = self.either()
            if self.take() != ")":
                raise _invalid()
            return inner
        if word[0] in "'\"":
            if self.take() != "in":
                raise _invalid()
            return _membership(_text(word), self.take())
        sign = self.take()
        if sign == "in":  # gspread turns it round: parents in "…"
            return _membership(_text(self.take()), word)
        return _comparison(word, sign, self.take())


def _text(token: str) -> str:
    if token[0] not in "'\"":
        raise _invalid()
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def _membership(value: str, field: str) -> Test:
    if field == "parents":
        return lambda seen: value in (seen.file.parents or ["root"])
    if field == "owners":
        return lambda seen: _is_me(value, seen.file.owner or "", seen.call)
    if field in ("writers", "readers"):
        roles = ("owner", "writer", "organizer", "fileOrganizer")
        return lambda seen: (
            (role := seen.world.role(seen.file, seen.call.email if value == "me" else value))
            is not None
            and (field == "readers" or role in roles)
        )
    raise _invalid()


def _is_me(value: str, owner: str, call: Call) -> bool:
    wanted = call.email if value == "me" else value
    return owner.casefold() == wanted.casefold()


def _comparison(field: str, sign: str, value: str) -> Test:
    if field == "name":
        return _name_test(sign, _text(value))
    if field == "mimeType":
        wanted = _text(value)
        if sign == "contains":
            return lambda seen: wanted in seen.file.mime_type
        return lambda seen: _compare(sign, seen.file.mime_type, wanted)
    if field in ("trashed", "starred", "sharedWithMe"):
        return _flag_test(field, sign, value)
    if field in ("modifiedTime", "createdTime"):
        moment = _moment(_text(value))
        name = "modified" if field == "modifiedTime" else "created"
        return lambda seen: _compare(sign, getattr(seen.file, name), moment)
    if field == "fullText":
        wanted = _text(value).casefold()
        return lambda seen: wanted in seen.file.name.casefold()
    raise _invalid()


def _compare(sign: str, left: Any, right: Any) -> bool:
    test = COMPARE.get(sign)
    if test is None:
        raise _invalid()
    return test(left, right)


def _name_test(sign: str, wanted: str) -> Test:
    folded = wanted.casefold()
    if sign == "contains":
        return lambda seen: (
            any(
                word.startswith(folded)
                for word in (
                    seen.file.name.casefold(),
                    *re.split(r"\W+", seen.file.name.casefold()),
                )
            )
            or f" {folded}" in f" {seen.file.name.casefold()}"
        )
    if sign not in ("=", "!="):
        raise _invalid()
    return lambda seen: (seen.file.name.casefold() == folded) == (sign == "=")


def _flag_test(field: str, sign: str, value: str) -> Test:
    if value not in ("true", "false") or sign not in ("=", "!="):
        raise _invalid()
    wanted = (value == "true") == (sign == "=")
    if field == "trashed":
        return lambda seen: seen.file.trashed == wanted
    if field == "starred":
        return lambda _: not wanted
    return lambda seen: ((seen.file.owner or "").casefold() != seen.call.email.casefold()) == wanted


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _invalid() from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
