"""The server: from a request to an answer.

Connects: identity, quota, faults, routes, the state and its journal.
Decides: the order in which a request is judged, and that a refused one leaves no trace.
Never: listens anywhere but on 127.0.0.1.

Every call is carried out in one turn of one event loop, so no two calls ever mix.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import random
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sheetsync.localsheets import routes, wire
from sheetsync.localsheets.errors import GoogleError
from sheetsync.localsheets.faults import UNAVAILABLE, Fault, Faults
from sheetsync.localsheets.identity import Identities, Session, TokenRefused, check_scopes
from sheetsync.localsheets.journal import Entry, Journal
from sheetsync.localsheets.methods import masked
from sheetsync.localsheets.quota import Quota
from sheetsync.localsheets.routes import Route
from sheetsync.localsheets.world import OPEN, OPEN_OWNER, Call, World

Json = dict[str, Any]
LOG = logging.getLogger(__name__)
INTERNAL = {"error": {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}}
JSON_TYPE = "application/json; charset=UTF-8"
# These answer under their own mask, because masking the whole would cost more than answering.
SELF_MASKING = {"sheets.spreadsheets.get", "sheets.spreadsheets.create"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One answered call, for tests and measurements."""

    method: str
    path: str
    status: int
    seconds: float
    request_bytes: int
    response_bytes: int
    email: str


@contextlib.contextmanager
def collecting_later() -> Iterator[None]:
    """Keep the collector from walking all cells again and again while one call makes objects."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Server:
    """The ASGI application."""

    def __init__(
        self,
        *,
        world: World,
        identities: Identities,
        journal: Journal | None,
        open_auth: bool,
        quota: Quota | None,
        faults: Faults | None,
    ) -> None:
        self.world = world
        self.identities = identities
        self.journal = journal
        self.open_auth = open_auth
        self.quota = quota
        self.faults = faults
        self.token_uri = ""
        self.calls: deque[CallRecord] = deque(maxlen=200_000)
        self.before_call: Callable[[str, str, str], None] | None = None
        self.hook_errors: list[BaseException] = []
        self._hook_runs = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        answer = await self._respond(request, body)
        if answer is None:
            wire.cut(tuple(scope["server"]), tuple(scope["client"]))
            await receive()  # uvicorn learns that the client is gone
            return
        await answer(scope, receive, send)

    async def _respond(self, request: Request, body: bytes) -> Response | None:
        path = request.scope["raw_path"].decode("ascii", "replace")
        if path == "/token":
            return self._token(body)
        started = time.perf_counter()
        try:
            session = self._session(request)
            route = routes.find_route(request.method, path)
        except GoogleError as refusal:
            return _answer(refusal.code, refusal.body(), {})
        waited = time.perf_counter()
        await self._call_hook(request.method, path, session.email)
        started += time.perf_counter() - waited
        return await self._guarded(request, body, session, route, started)

    async def _guarded(
        self, request: Request, body: bytes, session: Session, route: Route, started: float
    ) -> Response | None:
        """One API call with the faults that are due."""
        fault = self.faults.due(route.id) if self.faults is not None else None
        if fault is not None and fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault is not None and fault.kind == "cut_before":
            self._record(request, route, session, 0, started, body, 0)
            return None
        response = _faulty(fault)
        if response is None:
            with collecting_later():
                response = self._carry_out(request, body, session, route)
        size = len(response.body)
        cut = fault is not None and fault.kind == "cut_after"
        status = 0 if cut else response.status_code
        self._record(request, route, session, status, started, body, size)
        return None if cut else response

    def _record(
        self,
        request: Request,
        route: Route,
        session: Session,
        status: int,
        started: float,
        body: bytes,
        size: int,
    ) -> None:
        self.calls.append(
            CallRecord(
                method=request.method,
                path=route.template,
                status=status,
                seconds=time.perf_counter() - started,
                request_bytes=len(body),
                response_bytes=size,
                email=session.email,
            )
        )

    async def _call_hook(self, verb: str, path: str, email: str) -> None:
        """Let a test act between two calls; calls that it makes itself run no hook."""
        if self.before_call is None or self._hook_runs:
            return
        self._hook_runs = True
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self.before_call, verb, path, email)
        except Exception as error:  # noqa: BLE001 - the test's own error, given back to it at stop()
            self.hook_errors.append(error)
        finally:
            self._hook_runs = False

    # one call

    def _session(self, request: Request) -> Session:
        header = request.headers.get("authorization")
        if self.open_auth and not (header and header.startswith("Basic ")):
            # Recordings come without their bearer tokens: none is as good as any here.
            return Session(email=OPEN_OWNER, kind=OPEN, scopes=frozenset(), expires_at=float("inf"))
        return self.identities.session(header)

    def _carry_out(self, request: Request, body: bytes, session: Session, route: Route) -> Response:
        query = request.scope["query_string"].decode("ascii", "replace")
        params: Json = dict(parse_qsl(query))
        try:
            if route.method is not None and not self.open_auth:
                check_scopes(session, route.method.scopes)
            if self.quota is not None:
                self.quota.take(session.email, writes=route.writes, drive=route.is_drive)
            entry = Entry(
                at=datetime.now(UTC),
                seed=secrets.randbits(62),
                email=session.email,
                kind=session.kind,
                verb=request.method,
                path=request.scope["raw_path"].decode("ascii", "replace"),
                query=query,
                media_type=request.headers.get("content-type", ""),
                body=body,
            )
            return _answer(200, self._apply(entry, route), params)
        except GoogleError as refusal:
            self.world.undo.rollback()
            return _answer(refusal.code, refusal.body(), params)
        except OSError:  # the journal could not be written: nothing happened, so say so
            self.world.undo.rollback()
            return _answer(503, UNAVAILABLE, params)
        except Exception:
            # A fault of ours: nothing of the call stays, and the log says what it was.
            self.world.undo.rollback()
            LOG.exception("%s %s failed", request.method, route.template)
            return _answer(500, INTERNAL, params)

    def _apply(self, entry: Entry, route: Route) -> Any:
        answer = perform(self.world, entry, route)
        if route.writes and self.journal is not None:
            self.journal.append(entry)
        self.world.undo.commit()
        if self.journal is not None and self.journal.is_long:
            self.journal.compact(self.world)
        return answer

    def _token(self, body: bytes) -> Response:
        form = dict(parse_qsl(body.decode("ascii", "replace")))
        try:
            return _answer(200, self.identities.token(form, self.token_uri), {})
        except TokenRefused as refusal:
            return _answer(400, refusal.body, {})


def perform(world: World, entry: Entry, route: Route) -> Any:
    """Carry out one call on the state; the same entry always does the same."""
    params = routes.read_params(route, entry.query)
    world.open = entry.kind == OPEN
    call = Call(
        email=entry.email,
        kind=entry.kind,
        at=entry.at,
        rng=random.Random(entry.seed),  # noqa: S311 - ids, not secrets
        params=params,
        body=routes.read_body(route, entry.body),
        media_type=entry.media_type,
    )
    answer = routes.carry(route)(world, call)
    if params.get("fields") and not route.is_drive and route.id not in SELF_MASKING:
        return masked(call, answer)
    return answer


def _answer(status: int, content: Any, params: Json) -> Response:
    """JSON as Google writes it: indented unless told otherwise."""
    if content is None:
        return Response(status_code=204)
    if isinstance(content, tuple):
        media_type, raw = content
        return Response(raw, media_type=media_type)
    pretty = str(params.get("prettyPrint", "true")).casefold() != "false"
    option = orjson.OPT_INDENT_2 if pretty else None
    headers = {"content-type": JSON_TYPE, "vary": "Origin, X-Origin, Referer"}
    return Response(orjson.dumps(content, option=option), status_code=status, headers=headers)


def _faulty(fault: Fault | None) -> Response | None:
    """The answer of a fault that stands in for the real one."""
    if fault is None or fault.status is None:
        return None
    if isinstance(fault.body, str):
        return Response(
            fault.body, status_code=fault.status, media_type="text/html", headers=fault.headers
        )
    headers = {"content-type": JSON_TYPE, **fault.headers}
    content = orjson.dumps(fault.body, option=orjson.OPT_INDENT_2)
    return Response(content, status_code=fault.status, headers=headers)
