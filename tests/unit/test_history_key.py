"""The key of the change history: where it comes from, and that it is never replaced."""

from __future__ import annotations

import stat
from types import SimpleNamespace

import pytest

from sheetsync.errors import ConfigError
from sheetsync.history_key import history_key

LONG = "0123456789abcdef0123456789abcdef"


def config(tmp_path, **said):
    state = {"state": f"sqlite:///{tmp_path / 'sheetsync.db'}"}
    return SimpleNamespace(**{"history_key_env": None, "history_key_file": None, **state, **said})


def test_a_key_is_made_beside_the_state_once_for_this_user_alone(tmp_path, capsys):
    first = history_key(config(tmp_path))
    told = capsys.readouterr().out
    file = tmp_path / "sheetsync.db.history-key"

    assert history_key(config(tmp_path)) == first == file.read_bytes().strip()
    assert len(first) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert str(file) in told
    assert first.decode() not in told
    assert "made a key" not in capsys.readouterr().out


def test_of_two_workers_that_make_it_at_once_both_use_the_same(tmp_path, monkeypatch):
    """The other one makes it between our looking and our making."""
    settings, file = config(tmp_path), tmp_path / "sheetsync.db.history-key"
    link = "sheetsync.history_key.os.link"

    def late(_unfinished, place):
        place.write_text(LONG)
        raise FileExistsError

    monkeypatch.setattr(link, late)
    assert history_key(settings) == LONG.encode()
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_variable_or_a_file_holds_it(tmp_path, monkeypatch):
    (tmp_path / "key").write_text(f"{LONG}\n")
    monkeypatch.setenv("THE_KEY", f" {LONG} ")

    for said in ({"history_key_env": "THE_KEY"}, {"history_key_file": tmp_path / "key"}):
        assert history_key(config(tmp_path, **said)) == LONG.encode()
    assert not (tmp_path / "sheetsync.db.history-key").exists()


def test_a_named_key_that_is_not_there_is_not_made(tmp_path, monkeypatch):
    monkeypatch.delenv("THE_KEY", raising=False)

    with pytest.raises(ConfigError, match="THE_KEY is not set"):
        history_key(config(tmp_path, history_key_env="THE_KEY"))
    with pytest.raises(ConfigError, match="cannot be read"):
        history_key(config(tmp_path, history_key_file=tmp_path / "key"))
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_can_be_guessed_is_refused_and_not_repeated(tmp_path, monkeypatch):
    monkeypatch.setenv("THE_KEY", "hunter2")

    with pytest.raises(ConfigError, match="7 characters") as refused:
        history_key(config(tmp_path, history_key_env="THE_KEY"))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("state", ["postgresql://user@host/name", "sqlite:///:memory:"])
def test_a_store_that_is_no_file_needs_a_named_key(tmp_path, state):
    with pytest.raises(ConfigError, match="no place beside it"):
        history_key(config(tmp_path, state=state))


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(ConfigError, match="cannot be made"):
        history_key(config(tmp_path, state=f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}"))
