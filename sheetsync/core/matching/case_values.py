"""Single values of a case file, read strictly: each complaint names its place and what to write.

Never: guesses; a number that is no number, or a day that is no day, is refused.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

LONGEST_NUMBER = 30

Word = TypeVar("Word", bound=StrEnum)


class CaseFileError(ValueError):
    """The file does not follow the schema; the message says where and what is expected."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One JSON object and its place in the file, as `invoices[0].lines[1]`."""

    place: str
    content: Mapping[str, Any]

    def at(self, key: str) -> str:
        """The place of one key; at the top of a file the key alone."""
        return f"{self.place}.{key}" if self.place else key

    def fail(self, key: str, expected: str) -> CaseFileError:
        """The complaint about one key."""
        seen = f"found {self.content[key]!r}" if key in self.content else "it is missing"
        return CaseFileError(f"{self.at(key)}: {seen}; expected {expected}")

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.content.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, "a text")
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or nothing."""
        value = self.content.get(key)
        is_blank = value is None or (isinstance(value, str) and not value.strip())
        return None if is_blank else self.text(key)

    def whole(self, key: str) -> int:
        """A whole number that must be there."""
        value = self.content.get(key)
        if isinstance(value, str) and value.strip().isdecimal():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fail(key, "a whole number")
        return value

    def whole_or_none(self, key: str) -> int | None:
        """A whole number, or nothing."""
        return None if self.content.get(key) is None else self.whole(key)

    def number(self, key: str) -> Decimal:
        """An exact decimal that must be there; a JSON number counts by its shortest form."""
        value = self.content.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise self.fail(key, 'a number such as "12.50"')
        try:
            found = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
        except InvalidOperation:
            raise self.fail(key, 'a number such as "12.50"') from None
        if not found.is_finite() or _is_beyond_use(found):
            raise self.fail(key, f"a number of at most {LONGEST_NUMBER} digits on either side")
        return found

    def number_or_none(self, key: str) -> Decimal | None:
        """An exact decimal, or nothing."""
        return None if self.content.get(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        """True or false; nothing is false."""
        value = self.content.get(key, False)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.fail(key, "true or false")
        return value

    def day(self, key: str) -> date:
        """A calendar day that must be there."""
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            raise self.fail(key, "a day such as 2026-03-01") from None

    def day_or_none(self, key: str) -> date | None:
        """A calendar day, or nothing."""
        return None if self.content.get(key) is None else self.day(key)

    def instant(self, key: str) -> datetime:
        """An instant that must be there; without a zone it is UTC."""
        try:
            moment = datetime.fromisoformat(self.text(key))
        except ValueError:
            raise self.fail(key, "an instant such as 2026-03-01T09:00") from None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

    def instant_or_none(self, key: str) -> datetime | None:
        """An instant, or nothing."""
        return None if self.content.get(key) is None else self.instant(key)

    def word(self, key: str, words: type[Word]) -> Word:
        """One of the known words."""
        value = self.content.get(key)
        if value not in tuple(words):
            asked = _meant(str(value or ""), tuple(words))
            raise self.fail(key, " or ".join(words) + asked)
        return words(value)

    def entries(self, key: str) -> Iterator[Entry]:
        """A list of objects; nothing is an empty list."""
        found = self.content.get(key)
        if not isinstance(found, list | None):
            raise self.fail(key, "a list")
        for place, content in enumerate(found or ()):
            if not isinstance(content, Mapping):
                raise CaseFileError(f"{self.at(key)}[{place}]: expected an object")
            yield Entry(f"{self.at(key)}[{place}]", content)

    def numbers_by_word(self, key: str) -> dict[str, Decimal]:
        """An object of numbers; nothing is an empty one."""
        found = self.content.get(key)
        if not isinstance(found, Mapping | None):
            raise self.fail(key, "an object of numbers")
        inner = Entry(self.at(key), found or {})
        return {word: inner.number(word) for word in inner.content}

    def only(self, *known: str) -> None:
        """Refuse keys that nobody reads: a misspelt key must not pass in silence."""
        unknown = sorted(set(self.content) - set(known))
        if unknown:
            asked = _meant(unknown[0], known) or f"; known are {', '.join(known)}"
            raise CaseFileError(f"{self.at(unknown[0])}: this is no key of the schema{asked}")


def _meant(word: str, known: Collection[str]) -> str:
    """A question for the nearest known word; nothing where none is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {str(near[0])!r}?" if near else ""


def _is_beyond_use(value: Decimal) -> bool:
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - finite numbers have a whole exponent
    return (
        value.adjusted() > LONGEST_NUMBER
        or -exponent > LONGEST_NUMBER
        or (len(digits) > 2 * LONGEST_NUMBER)
    )
