"""config.yaml into a Config: where and when the worker works, and where it finds its secrets.

What is allowed stands in rules/*.yaml; no key is in both. Passwords never stand here, only the
names of the environment variables that hold them. Paths are relative to the file itself.

Never: opens a spreadsheet, a store or a connection, or reads an environment variable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from sheetsync.errors import ConfigError
from sheetsync.settings_file import Problem, error_of, parse, read_file

PLACEHOLDER = "PASTE-THE-ADDRESS-HERE"
"""What the shipped config.yaml says in place of a spreadsheet's address."""

_ID = re.compile(r"[A-Za-z0-9_-]+")
_ID_IN_ADDRESS = re.compile(r"/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]+)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SQLITE_FILE = re.compile(r"(sqlite(?:\+\w+)?:///)(?!/)(?!:memory:)(.+)")


def _spreadsheet_id(value: str) -> str:
    """The id in a spreadsheet's address, or the id itself."""
    text = value.strip()
    if PLACEHOLDER in text:
        raise ValueError("paste the address of your own spreadsheet here")
    found = _ID_IN_ADDRESS.search(text)
    if found:
        return found[1]
    if not _ID.fullmatch(text):
        raise ValueError(
            "write the address from the browser's address bar, or the part of it after /d/"
        )
    return text


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is no time zone; write one such as Europe/Berlin") from None
    return value


def _address(value: str) -> str:
    name, address = parseaddr(value)
    local, at, host = address.partition("@")
    if not (local and at and host) or any(char.isspace() for char in address):
        raise ValueError("write a mail address such as purchasing@example.com")
    return f"{name} <{address}>" if name else address


def _variable(value: str) -> str:
    # The value is not repeated: somebody may have written the password itself.
    if not _VARIABLE.fullmatch(value):
        raise ValueError("write the name of an environment variable, never the password itself")
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write an address such as http://127.0.0.1:8099")
    return value.rstrip("/")


def _beside(value: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    return Path(folder) / value.expanduser()


def _store(value: str, info: ValidationInfo) -> str:
    if "://" not in value:
        raise ValueError("write a database address such as sqlite:///sheetsync.db")
    if urlsplit(value).password is not None:
        raise ValueError("take the password out of it; PostgreSQL reads it from PGPASSWORD")
    file = _SQLITE_FILE.fullmatch(value)
    return f"{file[1]}{_beside(Path(file[2]), info).resolve()}" if file else value


SpreadsheetId = Annotated[str, AfterValidator(_spreadsheet_id)]
Address = Annotated[str, AfterValidator(_address)]
Beside = Annotated[Path, AfterValidator(_beside)]
"""A path; a relative one starts where config.yaml stands."""

Name = Annotated[str, Field(min_length=1)]
Minutes = Annotated[int, Field(ge=1)]
PerMinute = Annotated[int, Field(ge=1)]
Workers = Annotated[int, Field(ge=1)]

MOST_MB = 9
"""Google was seen to refuse requests of more than 10 MiB."""

FEWEST_READS = 3
"""One spreadsheet costs three reads in a cycle that writes; with fewer none would ever end."""


class _Part(BaseModel):
    """Strict and frozen: an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class SupplierPlace(_Part):
    """Where a supplier's tab stands.

    `shared`: in the buyer's spreadsheet, where everybody who can open it reads every tab.
    `private`: in a spreadsheet of its own, shared with that supplier alone.
    """

    supplier: Name
    access: Literal["shared", "private"]
    tab: Name
    spreadsheet: SpreadsheetId | None = None

    @model_validator(mode="after")
    def _private_ones_stand_apart(self) -> SupplierPlace:
        if self.access == "private" and self.spreadsheet is None:
            raise ValueError("a private tab needs its spreadsheet: add the key spreadsheet")
        if self.access == "shared" and self.spreadsheet is not None:
            raise ValueError("a shared tab stands in the hub: take spreadsheet out, or say private")
        return self


class SmtpSettings(_Part):
    """A mail server. `password_env` names the environment variable that holds the password."""

    host: Name
    port: int = Field(ge=1, le=65535)
    security: Literal["starttls", "tls", "none"]
    user: str | None = None
    password_env: Annotated[str, AfterValidator(_variable)] | None = None

    @model_validator(mode="after")
    def _user_and_password_go_together(self) -> SmtpSettings:
        if (self.user is None) != (self.password_env is None):
            raise ValueError("user and password_env go together: give both, or neither")
        return self


class MailSettings(_Part):
    """Who mails come from, and where they go: into a folder, or to a mail server."""

    sender: Address
    folder: Beside | None = None
    smtp: SmtpSettings | None = None

    @model_validator(mode="after")
    def _one_way(self) -> MailSettings:
        if (self.folder is None) == (self.smtp is None):
            raise ValueError("give either folder or smtp")
        return self


class QuotaSettings(_Part):
    """How many requests a minute may go to Google, and with how many workers they are shared.

    Args:
        reads_per_minute: Of one service account, whichever workers use it.
        writes_per_minute: The same for writes; a batch is one.
        project_reads_per_minute: Of all accounts of one Google Cloud project together.
        project_writes_per_minute: The same for writes.
        account_workers: How many workers use this service account.
        project_workers: How many workers use accounts of this project, those included.
    """

    reads_per_minute: PerMinute = 54
    writes_per_minute: PerMinute = 54
    project_reads_per_minute: PerMinute = 270
    project_writes_per_minute: PerMinute = 270
    account_workers: Workers = 1
    project_workers: Workers = 1

    @property
    def reads(self) -> int:
        """This worker's share of the reads of a minute."""
        return self._share(self.reads_per_minute, self.project_reads_per_minute)

    @property
    def writes(self) -> int:
        """This worker's share of the writes of a minute."""
        return self._share(self.writes_per_minute, self.project_writes_per_minute)

    def _share(self, account: int, project: int) -> int:
        return min(account // self.account_workers, project // self.project_workers)

    @model_validator(mode="after")
    def _shares_suffice(self) -> QuotaSettings:
        if self.project_workers < self.account_workers:
            raise ValueError(
                "project_workers counts the account_workers too: give at least as many"
            )
        if self.reads < FEWEST_READS or self.writes < 1:
            raise ValueError(
                f"each worker gets {self.reads} reads and {self.writes} writes a minute, and needs "
                f"{FEWEST_READS} and 1: use more service accounts or projects"
            )
        return self


class Config(_Part):
    """config.yaml. Keys without a default must be given; the shipped file explains each."""

    spreadsheet: SpreadsheetId
    credentials: Beside
    api_origin: Annotated[str, AfterValidator(_origin)] | None = None
    time_zone: Annotated[str, AfterValidator(_time_zone)]
    mode: Literal["observe", "pilot", "live"]
    pilot_suppliers: tuple[Name, ...] = ()
    every_minutes: Minutes = 5
    heartbeat_minutes: Minutes = 15
    clock_slack_minutes: Minutes = 5
    lease_minutes: Minutes = 10
    quota: QuotaSettings = QuotaSettings()
    payload_limit_mb: Annotated[float, Field(gt=0, le=MOST_MB)] = 2
    state: Annotated[str, AfterValidator(_store)] = "sqlite:///sheetsync.db"
    history_key_env: Annotated[str, AfterValidator(_variable)] | None = None
    history_key_file: Beside | None = None
    history_rows: int = Field(default=20_000, ge=1)
    archive: Beside = Path("archive")
    rules: Beside = Path("rules")
    templates: Beside = Path("templates")
    suppliers: tuple[SupplierPlace, ...]
    mail: MailSettings
    operator: Address

    @property
    def quota_kept(self) -> QuotaSettings | None:
        """The quota to keep; a local server has none, unless one is written down for it."""
        return self.quota if self.api_origin is None or "quota" in self.model_fields_set else None

    @model_validator(mode="after")
    def _suppliers_stand_apart(self) -> Config:
        _refuse_twice("suppliers", (place.supplier.casefold() for place in self.suppliers))
        places = [(place.spreadsheet or self.spreadsheet, place.tab) for place in self.suppliers]
        _refuse_twice("suppliers: the tab", (tab for _, tab in _doubled(places)))
        for place in self.suppliers:
            if place.spreadsheet == self.spreadsheet:
                raise ValueError(
                    f"suppliers: {place.supplier} is private, but its spreadsheet is the hub"
                )
            if place.access == "private" and place.supplier.casefold() == "hub":
                raise ValueError("suppliers: hub is the name of the buyer's own spreadsheet")
        return self

    @model_validator(mode="after")
    def _one_history_key(self) -> Config:
        if self.history_key_env is not None and self.history_key_file is not None:
            raise ValueError("give either history_key_env or history_key_file")
        return self

    @model_validator(mode="after")
    def _pilots_are_suppliers(self) -> Config:
        known = {place.supplier for place in self.suppliers}
        for supplier in self.pilot_suppliers:
            if supplier not in known:
                raise ValueError(f"pilot_suppliers: {supplier!r} is not among the suppliers")
        if self.mode == "pilot" and not self.pilot_suppliers:
            raise ValueError("mode: pilot serves the pilot_suppliers, and none is given")
        return self


def _doubled(places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [place for place, times in Counter(places).items() for _ in range(times) if times > 1]


def _refuse_twice(what: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"{what}: {name!r} stands twice")


def load_config(path: Path) -> Config:
    """Load config.yaml.

    Raises:
        ConfigError: Naming the file and line, what is wrong, and the nearest known word.
    """
    remedy = f"Mend {path.name}, then start again."
    file = read_file(path, path.name)
    if isinstance(file, Problem):
        raise error_of([file], ConfigError, remedy)
    config = parse(file, Config, {"folder": path.resolve().parent})
    if isinstance(config, tuple):
        raise error_of(config, ConfigError, remedy)
    return config
