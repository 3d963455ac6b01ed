"""An operator's mistakes with Prefect are one message in seconds, not tracebacks after minutes."""

from __future__ import annotations

import inspect
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL, temporary_settings

from flows import prefect_home
from flows.cli import main
from flows.prefect_home import require_database
from flows.running import _NOT_STARTED, run_to_end
from flows.settings import ROOT
from lake.errors import TaarError
from tests.flows.conftest import of_a_child

KNOWN = "a3b9c7d2e5f1"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A database as Prefect leaves it, as far as is asked before a start."""
    path = tmp_path / "prefect home" / "prefect.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table alembic_version (version_num text)")
        database.execute(f"insert into alembic_version values ('{KNOWN}')")
        database.execute("create table log (line text)")
        database.executemany("insert into log values (?)", [("x" * 100,)] * 1000)
        database.commit()
    return path


@contextmanager
def configured(place: Path) -> Iterator[None]:
    url = f"sqlite+aiosqlite:///{place}"
    with temporary_settings({PREFECT_SERVER_DATABASE_CONNECTION_URL: url}):
        yield


def told(place: Path) -> TaarError:
    with configured(place), pytest.raises(TaarError) as caught:
        require_database()
    assert caught.value.where == str(place)
    assert "--no-prefect" in str(caught.value.remedy)
    return caught.value


def test_a_database_that_is_well_or_not_there_yet_is_no_matter(place: Path) -> None:
    before = place.read_bytes()
    with configured(place):
        require_database()
    assert place.read_bytes() == before
    for other in (place.with_name("none.db"), place.with_name("empty.db")):
        place.with_name("empty.db").touch()
        with configured(other):
            require_database()
    assert not place.with_name("none.db").exists()
    postgres = "postgresql+asyncpg://nobody@127.0.0.1:9/prefect"
    with temporary_settings({PREFECT_SERVER_DATABASE_CONNECTION_URL: postgres}):
        require_database()


@pytest.mark.parametrize("cut", [slice(0, 20_000), slice(5, None)])
def test_a_damaged_database_is_to_be_moved_away(cut: slice, place: Path) -> None:
    place.write_bytes(place.read_bytes()[cut])
    assert "move it away" in str(told(place).remedy)


def test_a_locked_database_is_told_in_seconds(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_home, "_WAIT_S", 0.1)
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("begin exclusive")
        error = told(place)
        assert "locked" in error.what
        assert "end the process" in str(error.remedy)
    with configured(place):
        require_database()


def test_a_database_of_a_newer_prefect_is_told(place: Path) -> None:
    with closing(sqlite3.connect(place)) as database:
        database.execute("update alembic_version set version_num = 'ffffffffffff'")
        database.commit()
    error = told(place)
    assert "newer Prefect" in error.what
    assert "PREFECT_HOME" in str(error.remedy)


def test_the_commands_say_it_before_a_server_starts(place: Path, tmp_path: Path) -> None:
    place.write_bytes(b"no database" * 100)
    (tmp_path / "lake").mkdir()
    with configured(place):
        done = CliRunner().invoke(main, ["maintain", "--lake", str(tmp_path / "lake")])
    assert done.exit_code == 1
    assert str(place) in done.output
    assert "Traceback" not in done.output


def test_a_server_that_does_not_start_is_a_message_too() -> None:
    from prefect.server.api.server import SubprocessASGIServer

    source = inspect.getsource(SubprocessASGIServer.start)
    assert _NOT_STARTED in source, "Prefect says it in other words now"

    async def fail(words: str) -> None:
        raise RuntimeError(words)

    with pytest.raises(TaarError, match="does not start") as caught:
        run_to_end(fail(f"Timed out while attempting to {_NOT_STARTED}."))
    assert "--no-prefect" in str(caught.value.remedy)
    with pytest.raises(RuntimeError, match="something else"):
        run_to_end(fail("something else"))


def test_wrong_settings_of_prefect_and_a_server_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text("active = [no toml")
    command = [sys.executable, "-m", "flows.prefect_api"]
    for given, words in (
        ({}, "cannot read its settings"),
        ({"PREFECT_PROFILES_PATH": "/dev/null", "PREFECT_API_URL": "http://127.0.0.1:9/api"}, ":9"),
    ):
        env = of_a_child(PREFECT_HOME=str(tmp_path), **given)
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode in (1, 2)
        assert words in done.stderr
        assert "remedy:" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_flow_run_as_a_module_is_its_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flows.maintain", "--lake", "gopher://x"]
    done = subprocess.run(
        command, cwd=ROOT, env=of_a_child(PREFECT_HOME=str(tmp_path)), capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("taar: ")
    assert "gopher://" in done.stderr
