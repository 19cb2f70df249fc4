"""The key with which the change history is chained: from a variable, a file, or made on first use.

It never stands in a spreadsheet, in the state store or in config.yaml: whoever can write those
could else forge history. Never: changes or replaces a key.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import structlog

from sheetsync.config import Config
from sheetsync.errors import ConfigError

log = structlog.get_logger("sheetsync.history_key")

SHORTEST = 32
"""Characters; what can be guessed protects nothing. A key that is made here has 64."""

_SQLITE = "sqlite"


def history_key(config: Config, *, make: bool = True) -> bytes:
    """The key that config.yaml names, or the one beside the state store.

    Args:
        config: What names it.
        make: Make the one beside the state store if it is not there; whoever only checks does not.

    Raises:
        ConfigError: It is not there, too short, or cannot be made.
    """
    if config.history_key_env is not None:
        return _from_variable(config.history_key_env)
    if config.history_key_file is not None:
        return _from_file(config.history_key_file, "history_key_file")
    place = _beside_the_state(config.state)
    if make and not place.exists():
        _make(place)
    return _from_file(place, str(place))


def _from_variable(name: str) -> bytes:
    text = os.environ.get(name)
    if text is None:
        raise ConfigError(
            f"The environment variable {name} is not set.",
            subject="history_key_env",
            remedy="Set it to the key of the change history, then start again.",
        )
    return _long_enough(text.encode("utf-8", "surrogateescape"), "history_key_env")


def key_in_file(path: Path) -> bytes:
    """The key that somebody brings along in a file. Raises `ConfigError`."""
    return _from_file(path, str(path))


def _from_file(path: Path, subject: str) -> bytes:
    try:
        return _long_enough(path.read_bytes(), subject)
    except OSError as error:
        raise ConfigError(
            f"The key of the change history cannot be read: {error}",
            subject=subject,
            remedy="Give the file back; docs/history.md says what to do if it is lost.",
        ) from error


def _long_enough(text: bytes, subject: str) -> bytes:
    key = text.strip()
    if len(key) < SHORTEST:
        raise ConfigError(
            f"The key of the change history has {len(key)} characters; {SHORTEST} are the least.",
            subject=subject,
            remedy="Make one with: openssl rand -hex 32",
        )
    return key


def _beside_the_state(state: str) -> Path:
    kind, _, file = state.partition(":///")
    if kind.partition("+")[0] != _SQLITE or not file or file.startswith(":memory:"):
        raise ConfigError(
            "A state store that is no file has no place beside it for the key of the change "
            "history.",
            subject="history_key_file",
            remedy="Name a file, or with history_key_env a variable; every worker needs the same.",
        )
    return Path(file.partition("?")[0] + ".history-key")


def _make(place: Path) -> None:
    """Make the key, for this user alone; of two workers that make it at once, one does."""
    unfinished = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_hex(32).encode("ascii") + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(unfinished, place)
        finally:
            unfinished.unlink()
    except FileExistsError:
        return
    except OSError as error:
        raise ConfigError(
            f"The key of the change history cannot be made: {error}",
            subject=str(place),
            remedy="Name a file with history_key_file, or a variable with history_key_env.",
        ) from error
    log.warning(
        "made a key for the change history",
        file=str(place),
        why="without it nobody can check the history: keep a copy apart from the state store",
    )
