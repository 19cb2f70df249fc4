"""From config.yaml and rules/ to a worker's parts: the only file that names concrete adapters."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

from sheetsync.config import Config, SmtpSettings
from sheetsync.core.columns.reads import FIELDS_READ
from sheetsync.core.findings import Code
from sheetsync.core.life import Sheet
from sheetsync.core.lifecycle.requirements import REQUIREMENTS
from sheetsync.core.matching import HoldCode
from sheetsync.core.model import HUB, Mandate, Mode, Snapshot, TabAddress, TabKind, TabPlace
from sheetsync.core.rulebook import ColumnRules, Rulebook
from sheetsync.errors import ConfigError, StateError
from sheetsync.history_key import history_key
from sheetsync.mail.render import Renderer
from sheetsync.mail.send import FolderMailer, SmtpMailer, SmtpServer
from sheetsync.ports import Mailer, Ports
from sheetsync.rules_file import KnownWords, load_rules, read_rules
from sheetsync.rules_lint import Remark, lint
from sheetsync.sheets.gspread_workbook import GspreadWorkbook
from sheetsync.sheets.layout import LayoutReport, lay_out
from sheetsync.sheets.opening import connect
from sheetsync.sheets.quota import Quota
from sheetsync.sheets.transport import SheetsHTTPClient
from sheetsync.state import SqlStateStore
from sheetsync.state.archive import Archiving, read_archive
from sheetsync.state.looking import StoreToLookAt, is_chained
from sheetsync.verifying import ArchiveFile

KNOWN_WORDS = KnownWords(
    requirements=frozenset(REQUIREMENTS),
    codes=frozenset({*map(str, Code), *map(str, HoldCode)}),
    fields=FIELDS_READ,
)
"""The words that rules may name, told by the rooms that answer to them."""


def rules_of(config: Config) -> Rulebook:
    """The rules in force. Raises `RulesError`."""
    return rules_in(config.rules)


def rules_in(folder: Path) -> Rulebook:
    """The rules of a folder. Raises `RulesError`."""
    return load_rules(folder, KNOWN_WORDS)


def linted(folder: Path) -> tuple[Rulebook, tuple[Remark, ...]]:
    """The rules of a folder, and what is doubtful about them. Raises `RulesError`."""
    rules, files = read_rules(folder, KNOWN_WORDS)
    return rules, lint(rules, files)


def mandate_of(config: Config) -> Mandate:
    """How far the worker may go."""
    return Mandate(
        mode=Mode(config.mode),
        pilot_suppliers=frozenset(config.pilot_suppliers),
        time_zone=config.time_zone,
        heartbeat_s=config.heartbeat_minutes * 60,
        clock_slack_s=config.clock_slack_minutes * 60,
        operator=parseaddr(config.operator)[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Every configured tab, and each spreadsheet's id by its name."""

    tabs: tuple[TabPlace, ...]
    spreadsheets: dict[str, str]


def places_of(config: Config, columns: ColumnRules) -> Places:
    """Where every tab stands."""
    tabs = [
        TabPlace(address=TabAddress(HUB, spec.title), kind=kind)
        for kind, spec in columns.tabs.items()
        if kind is not TabKind.SUPPLIER
    ]
    spreadsheets = {HUB: config.spreadsheet}
    for place in config.suppliers:
        name = HUB if place.spreadsheet is None else place.supplier
        spreadsheets.setdefault(name, place.spreadsheet or config.spreadsheet)
        address = TabAddress(name, place.tab)
        tabs.append(TabPlace(address=address, kind=TabKind.SUPPLIER, supplier=place.supplier))
    return Places(tabs=tuple(tabs), spreadsheets=spreadsheets)


@contextmanager
def open_ports(config: Config, rules: Rulebook, *, confirmed: bool = False) -> Iterator[Ports]:
    """The worker's adapters, closed at the end; a store may be another's if that is confirmed."""
    workbook = workbook_of(config, rules.columns)
    mailer = mailer_of(config)
    # A file is written under the mail's own name: writing it again makes no second mail.
    is_safe = isinstance(mailer, FolderMailer)
    state = state_of(config, resend_is_safe=is_safe, may_be_anothers=confirmed)
    try:
        yield Ports(workbook=workbook, state=state, mailer=mailer)
    finally:
        state.close()
        workbook.close()


def workbook_of(config: Config, columns: ColumnRules) -> GspreadWorkbook:
    """The hub and the suppliers' spreadsheets, under these columns."""
    places = places_of(config, columns)
    return GspreadWorkbook(
        connect_to(config),
        spreadsheets=places.spreadsheets,
        places=places.tabs,
        columns=columns,
        payload_limit=int(config.payload_limit_mb * 1_000_000),
    )


@contextmanager
def open_state(config: Config) -> Iterator[SqlStateStore]:
    """The state store alone, for commands that touch no spreadsheet."""
    state = state_of(config)
    try:
        yield state
    finally:
        state.close()


@contextmanager
def open_to_look(config: Config) -> Iterator[StoreToLookAt]:
    """The state store for looking: nothing is made, migrated or leased, and no key is asked for."""
    state = StoreToLookAt(config.state, workbook_id=config.spreadsheet)
    try:
        yield state
    finally:
        state.close()


def read_once(config: Config, columns: ColumnRules, now: datetime) -> Snapshot:
    """The spreadsheets as they stand, under these columns; nothing is written to them."""
    workbook = workbook_of(config, columns)
    try:
        return workbook.read(now)
    finally:
        workbook.close()


def state_of(
    config: Config, *, resend_is_safe: bool = False, may_be_anothers: bool = False
) -> SqlStateStore:
    """What the worker remembers, opened under a name of this process's own."""
    return SqlStateStore(
        config.state,
        workbook_id=config.spreadsheet,
        worker_id=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
        lease_s=config.lease_minutes * 60,
        resend_is_safe=resend_is_safe,
        may_be_anothers=may_be_anothers,
        history_key=key_of(config),
        archiving=Archiving(
            folder=config.archive, most_rows=config.history_rows, time_zone=config.time_zone
        ),
    )


def key_of(config: Config) -> bytes:
    """The key of the change history, made on first use.

    A lost one is not: another in its place would only hide that it is lost.
    """
    is_named = config.history_key_env is not None or config.history_key_file is not None
    return history_key(config, make=not is_named and not is_chained(config.state))


def archive_files(config: Config) -> tuple[Path, ...]:
    """The archives of the change history, by name."""
    return tuple(sorted(config.archive.glob("history-*.csv")))


def history_headers(rules: Rulebook) -> dict[str, str]:
    """How the columns of the change history are headed, by field."""
    return {
        field: column.header
        for field, column in rules.columns.tabs[TabKind.HISTORY].by_field.items()
    }


def archive_in(path: Path) -> ArchiveFile:
    """One file of the archive folder, to be checked; one that is no archive says so."""
    try:
        archive = read_archive(path)
    except StateError as error:
        return ArchiveFile(path=path, refusal=f"{error.message} {error.remedy}")
    return ArchiveFile(path=path, after=archive.after, rows=archive.rows)


def sheet_of(config: Config, rules: Rulebook) -> Sheet:
    """Where tabs stand and what their columns are, to read events by."""
    return Sheet(places=places_of(config, rules.columns).tabs, columns=rules.columns)


def connect_to(config: Config) -> SheetsHTTPClient:
    """One client for all spreadsheets, so that they share the quota."""
    kept = config.quota_kept
    quota = Quota(reads_per_minute=kept.reads, writes_per_minute=kept.writes) if kept else None
    return connect(config.credentials, config.api_origin, quota=quota)


def mailer_of(config: Config) -> Mailer:
    """A folder, or a mail server."""
    renderer = Renderer(config.templates, sender=config.mail.sender)
    if config.mail.smtp is None:
        return FolderMailer(config.mail.folder or Path("outbox"), renderer)
    return SmtpMailer(smtp_server(config.mail.smtp), renderer)


def smtp_server(settings: SmtpSettings) -> SmtpServer:
    """The server with its password from the environment."""
    password = None
    if settings.password_env is not None:
        password = os.environ.get(settings.password_env)
        if password is None:
            raise ConfigError(
                f"The environment variable {settings.password_env} is not set.",
                subject="mail.smtp.password_env",
                remedy="Set it to the password of the mail server, then start again.",
            )
    return SmtpServer(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        user=settings.user,
        password=password,
    )


def lay_out_workbook(config: Config, rules: Rulebook) -> LayoutReport:
    """Create what is missing of tabs, headers, dropdowns and protections."""
    places = places_of(config, rules.columns)
    http = connect_to(config)
    return lay_out(
        http, spreadsheets=places.spreadsheets, places=places.tabs, columns=rules.columns
    )
