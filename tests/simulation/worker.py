"""A worker process of the simulation: the real parts, and the steps at which it may die.

Everything that reaches out of the process is a step: each call of the API and each transaction of
the state store that writes. A worker that died does nothing more, whatever its code still tries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from google.oauth2 import service_account

from sheetsync.core.plan import Mail
from sheetsync.cycle import CycleReport, run_cycle
from sheetsync.errors import LeaseHeld, MailError, MailUncertain, SheetsyncError, StateError
from sheetsync.localsheets.server import Server
from sheetsync.mail.render import Renderer
from sheetsync.mail.send import FolderMailer
from sheetsync.ports import Ports
from sheetsync.sheets.gspread_workbook import GspreadWorkbook
from sheetsync.sheets.opening import SCOPES
from sheetsync.sheets.quota import Quota
from sheetsync.sheets.transport import SheetsHTTPClient
from sheetsync.state import SqlStateStore
from sheetsync.state.database import Database
from sheetsync.worker import Worker
from simulation.office import ROOT, WORKER, Clock, Office, mandate, the_rules
from simulation.wire import ORIGIN, InProcess

LEASE_S = 600.0
HISTORY_KEY = b"a key of thirty-two bytes or more"


class Killed(BaseException):
    """The process is gone; nothing of the worker may catch this."""


class Steps(Protocol):
    """What the course of events does at the steps of a worker."""

    def step(self, life: Life, place: str, *, is_after: bool) -> None:
        """A step is about to be made, or was made; may raise `Killed`."""


COMPILED: dict[str, Any] = {}
"""The dialect of the first life's store, with the SQL that it compiled."""


def _share_statements(database: Database) -> None:
    """Compile no statement twice in a process; connections stay each life's own."""
    first = COMPILED.setdefault("engine", database.engine)
    for engine in (database.engine, database._reads):
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


class _Credentials(service_account.Credentials):  # type: ignore[misc]
    """A key of the local server; nobody else is asked about it."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


@cache
def credentials(server: Server) -> Any:
    """The worker's key, made once in a process."""
    key = server.identities.register(WORKER, "service_account", server.token_uri)
    return _Credentials.from_service_account_info(key, scopes=SCOPES)


@dataclass(kw_only=True)
class Post:
    """Where mails arrive: every delivery counts, the worker's memory of it does not."""

    folder: Path
    is_folder: bool
    arrived: list[str] = field(default_factory=list)
    mails: dict[str, Mail] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class Life:
    """One worker process from its start to its end."""

    name: str
    office: Office
    clock: Clock
    steps: Steps
    post: Post
    url: str
    is_dead: bool = False
    reports: list[CycleReport] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    cycles: int = 0
    is_confirmed: bool = False

    def __post_init__(self) -> None:
        self._state = SqlStateStore(
            self.url,
            workbook_id="the hub",
            worker_id=self.name,
            lease_s=LEASE_S,
            resend_is_safe=self.post.is_folder,
            history_key=HISTORY_KEY,
        )
        _share_statements(self._state._database)
        self._writing = self._state._database.writing
        self._state._database.writing = self._transaction  # type: ignore[method-assign]
        places = self.office.places
        self.workbook = GspreadWorkbook(
            self._http(),
            spreadsheets=dict(places.spreadsheets),
            places=places.tabs,
            columns=the_rules().columns,
        )
        self.ports = Ports(workbook=self.workbook, state=self._state, mailer=_Mailer(self))
        self.worker = Worker(self._cycle, every_minutes=5, told=self.reports.append)

    @property
    def state(self) -> SqlStateStore:
        """The store, as this worker holds it."""
        return self._state

    def _http(self) -> SheetsHTTPClient:
        http = SheetsHTTPClient(
            credentials(self.office.server),
            api_origin=ORIGIN,
            quota=Quota(reads_per_minute=55, writes_per_minute=55, clock=self.clock.seconds),
            wait=self.clock.wait,
            clock=self.clock.seconds,
        )
        # There is no proxy on the way; looking for one costs more than the call.
        http.session.trust_env = http._token_session.trust_env = False
        wire = InProcess(self.office.server, _Gate(self))
        http.session.mount(ORIGIN, wire)
        http._token_session.mount(ORIGIN, wire)
        return http

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        """A writing transaction of the store, with a step before and one after it."""
        self.step("store", is_after=False)
        with self._writing() as connection:
            yield connection
        self.step("store", is_after=True)

    def step(self, place: str, *, is_after: bool) -> None:
        """Let happen what happens here; the dead do nothing."""
        if self.is_dead:
            # A StateError is what leaving a lease behind expects, so that nothing is told of it.
            raise StateError("this process is gone.")
        try:
            self.steps.step(self, place, is_after=is_after)
        except Killed:
            self.is_dead = True
            raise

    def tick(self) -> None:
        """What the schedule calls every few minutes. Raises `Killed`."""
        self.worker.tick()

    def _cycle(self, _now: datetime) -> CycleReport:
        """One cycle at the time of the simulation; what goes wrong is remembered, then told."""
        try:
            report = run_cycle(
                self.ports,
                the_rules(),
                mandate(),
                self.clock.now(),
                confirmed=self.is_confirmed,
                clock=self.clock.now,
            )
        except LeaseHeld:
            raise
        except (SheetsyncError, Exception) as error:
            self.cycles += 1
            self.errors.append(error)
            raise
        self.cycles += 1
        self.is_confirmed = False
        return report

    def close(self) -> None:
        """The process ends, or is buried."""
        self._state.close()
        self.workbook.close()


class _Gate:
    """The worker's calls as steps."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def before(self, path: str, *, is_write: bool) -> None:
        """Just before the call reaches the server."""
        del path
        self._life.step("write" if is_write else "read", is_after=False)

    def after(self, path: str, *, is_write: bool) -> None:
        """The call was carried out."""
        del path
        self._life.step("write" if is_write else "read", is_after=True)


class _Mailer:
    """A folder, or a mail server that takes every message and may lose its answer."""

    def __init__(self, life: Life) -> None:
        self._life = life
        renderer = _renderer()
        self._folder = FolderMailer(life.post.folder, renderer)

    def send(self, mail: Mail, queued_at: datetime) -> str:
        """Hand over one mail."""
        life, post = self._life, self._life.post
        life.step("mail", is_after=False)
        trouble = post.trouble.pop(0) if post.trouble else ""
        if trouble == "refused":
            raise MailError("the server is busy.")
        message_id = (
            self._folder.send(mail, queued_at)
            if post.is_folder
            else str(_renderer().render(mail, queued_at)["Message-ID"])
        )
        post.arrived.append(mail.mail_id)
        post.mails[mail.mail_id] = mail
        life.step("mail", is_after=True)
        if trouble == "uncertain" and not post.is_folder:
            raise MailUncertain("the line broke before the server answered.", subject=mail.mail_id)
        return message_id


@cache
def _renderer() -> Renderer:
    return Renderer(ROOT / "templates", sender="Purchasing <purchasing@example.com>")


Act = Callable[[], None]
