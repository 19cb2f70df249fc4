"""What a remark on the rules is: rules that load and run, and do not do what they seem to say.

Never: refuses a file; what is wrong with one is a `Problem` of `settings_file`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetsync.core.wording import shown_amount
from sheetsync.settings_file import Place, SettingsFile

Files = Mapping[str, SettingsFile]
"""The rules files by their stems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that an admin should look at; `line` is 1-based.

    Args:
        file: The file as people call it, such as rules/approval.yaml.
        line: Where to edit.
        seen: What the rules say, and why that is doubtful.
        money: What it means in money.
        write: What to write instead.
    """

    file: str
    line: int
    seen: str
    money: str
    write: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.seen} In money: {self.money} {self.write}"


def remark(file: SettingsFile, place: Place, *, seen: str, money: str, write: str) -> Remark:
    """A remark on the value at a place of the file."""
    return Remark(file=file.name, line=file.line_of(place), seen=seen, money=money, write=write)


def limit_money(limit: Decimal, currency: str | None) -> str:
    """An amount limit as people read it; without `limit_currency` it is the order's own money."""
    return shown_amount(limit, currency) if currency else f"{limit:,f} in the order's currency"


def plain(limit: Decimal | None) -> str:
    """A limit as it is written in the file."""
    return "off" if limit is None else f"{limit.normalize():f}"
