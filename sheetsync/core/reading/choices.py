"""Words from a list, yes and no, and free text.

A word is known by its canonical form or an alias, in any case. A misspelt word is never taken
for its nearest neighbour: the neighbour is offered in the advice.

Never: knows which words a column allows; the caller brings them.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from sheetsync.core.reading.cells import (
    RawCell,
    Unread,
    either,
    is_dash,
    is_error_value,
    seen_as,
    ticked,
    typed_text,
    unread,
    visible,
)

EXPECTED_FLAG: Final = "yes or no"
_YES: Final = frozenset(
    [
        "yes",
        "y",
        "true",
        "1",
        "x",
        "✓",
        "✔",
        "✅",
        "☑",
        "☒",
        "ja",
        "j",
        "oui",
        "si",
        "sí",
        "sim",
        "wahr",
        "vrai",
    ]
)
_NO: Final = frozenset(
    ["no", "n", "false", "0", "☐", "✗", "✘", "❌", "nein", "nee", "non", "não", "falsch", "faux"]
)


def read_choice(raw: RawCell, words: Mapping[str, Sequence[str]]) -> str | Unread | None:
    """Read one of a column's words; a blank is None.

    Args:
        raw: The cell's value.
        words: Canonical word -> its aliases. The canonical word need not repeat itself.

    Returns:
        The canonical word, None for a blank, or why it is not read: unknown, with the nearest
        known word, or an alias that two words share.
    """
    expected = either(*words)
    if raw is None:
        return None
    text = typed_text(raw if isinstance(raw, str) else seen_as(raw), expected)
    if not isinstance(text, str):
        return text
    meant = _meanings(words).get(_word(text), ())
    if len(meant) == 1:
        return meant[0]
    if meant:
        advice = f"{seen_as(raw)}: {either(*meant)}? Write one of them in full."
        return unread(raw, expected, advice, ambiguous=True)
    return unread(raw, expected, _offer(text, words, expected))


def _meanings(words: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Every known word in comparable form -> the canonical words it stands for."""
    meanings: dict[str, tuple[str, ...]] = {}
    for canonical, aliases in words.items():
        for said in dict.fromkeys(_word(word) for word in (canonical, *aliases)):
            meanings[said] = (*meanings.get(said, ()), canonical)
    return meanings


def _word(text: str) -> str:
    """A word in comparable form: case, dashes, underscores and a closing dot do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    spaced = "".join(" " if char == "_" or is_dash(char) else char for char in folded)
    return " ".join(spaced.strip(" .!,;:\"'").split())


def _offer(text: str, words: Mapping[str, Sequence[str]], expected: str) -> str:
    meanings = _meanings(words)
    near = difflib.get_close_matches(_word(text), meanings, n=1)
    if near:
        return f"Did you mean {either(*meanings[near[0]])}? Write {expected}."
    return f"This word is not known here. Write {expected}."


def read_flag(raw: RawCell) -> bool | Unread | None:
    """Read a tick box or a yes or no; a blank is None, an unticked box is False."""
    if raw is None or isinstance(raw, bool):
        return raw
    if not isinstance(raw, str):
        return _flag_of(raw, seen_as(raw))
    text = typed_text(raw, EXPECTED_FLAG)
    return _flag_of(raw, text) if isinstance(text, str) else text


def _flag_of(raw: RawCell, text: str) -> bool | Unread:
    word = _word(text)
    if word in _YES or word in _NO:
        return word in _YES
    return unread(raw, EXPECTED_FLAG, "Tick the box, or write yes or no.")


def read_text(raw: RawCell, max_length: int = 2000) -> str | Unread | None:
    """Read free text as it was typed; a blank is None.

    Line breaks stay; white space around the text goes. A number is read as it is seen. What no
    file can hold (half a character, a control character) becomes "�".

    Args:
        raw: The cell's value.
        max_length: More characters than this are refused, never cut.
    """
    expected = f"a text of at most {max_length} characters"
    if raw is None:
        return None
    if isinstance(raw, bool):
        return ticked(raw, expected)
    if not isinstance(raw, str):
        return seen_as(raw)
    return _typed_prose(raw, expected, max_length) if visible(raw) else None


def _typed_prose(raw: str, expected: str, max_length: int) -> str | Unread:
    text = re.sub(r"\r\n?", "\n", raw).strip()
    if is_error_value(text):
        return unread(raw, expected, "The formula in this cell fails. Write the text itself.")
    if len(text) > max_length:
        advice = f"This is too long ({len(text):,} characters). Write at most {max_length:,}."
        return unread(raw, expected, advice)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_writable(char) for char in text)


def _writable(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}:
        return char
    return "\N{REPLACEMENT CHARACTER}"
