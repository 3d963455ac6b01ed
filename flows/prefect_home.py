"""Whether a Prefect server of this machine can work: its home, its profiles, its database.

Here belongs what is asked before a flow starts. Prefect's own server starts again and again on a
database that it cannot open, and gives up after minutes with pages of tracebacks. Not here: a
server that runs elsewhere (`flows.prefect_api`).
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from lake.errors import ConfigError, TaarError

WITHOUT: Final = "or run without Prefect: --no-prefect"
"""The last of all remedies."""

_WAIT_S: Final = 5.0
"""How long another process may hold the database; a write of Prefect's takes milliseconds."""

_LOOKED_THROUGH: Final = 64 << 20
"""A database of so many bytes is looked through in under a second; of a larger one only the
beginning is read."""

_MIGRATIONS: Final = Path("server", "database", "_migrations", "versions", "sqlite")
_REVISION: Final = re.compile(r'^revision = "(\w+)"', re.MULTILINE)


def require_home() -> None:
    """Makes sure that Prefect's own server can keep its database on this machine.

    It is for runs without a server of their own; nothing of Prefect is imported yet.

    Raises:
        ConfigError: If its home cannot be written.
    """
    if os.environ.get("PREFECT_API_URL"):
        return
    named = os.environ.get("PREFECT_HOME") or "~/.prefect"
    try:
        home = Path(named).expanduser()
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home of that user.
        raise ConfigError(
            f"Prefect has nowhere to keep its database: {error}",
            where=f"PREFECT_HOME ({named})",
            remedy=f"set PREFECT_HOME to a folder that can be written, {WITHOUT}",
        ) from None


@contextmanager
def settings_told() -> Iterator[None]:
    """Around the first import of Prefect: it reads its profiles and variables then.

    Raises:
        ConfigError: If one of them is wrong.
    """
    try:
        yield
    except ValueError as error:  # Of TOML, or of pydantic.
        raise ConfigError(
            f"Prefect cannot read its settings: {error}",
            where="the variables PREFECT_..., and profiles.toml in PREFECT_HOME",
            remedy=f"correct what the message names, {WITHOUT}",
        ) from None


def require_database() -> None:
    """Makes sure that Prefect's own server can open and write its database.

    Raises:
        TaarError: If it is damaged, locked, read-only, or of a newer Prefect.
    """
    place = _database()
    if place is None or not place.exists() or not place.stat().st_size:
        return  # On another server, or made anew.
    try:
        with closing(sqlite3.connect(_uri(place), timeout=_WAIT_S, uri=True)) as database:
            database.isolation_level = None
            if place.stat().st_size <= _LOOKED_THROUGH:
                ((told,),) = database.execute("pragma quick_check(1)").fetchall()
                if told != "ok":
                    raise sqlite3.DatabaseError(told)
            database.execute("begin immediate")
            database.execute("rollback")
            _require_revision(database, place)
    except sqlite3.DatabaseError as error:
        locked = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        mend = (
            "end the process that holds it (`prefect server start`, a backup, a tool that looks "
            "into it), and run the command again"
            if locked
            else "move it away: Prefect makes a new one, and only its record of past runs is lost"
        )
        raise TaarError(
            f"Prefect cannot use its database: {error}",
            where=str(place),
            remedy=f"{mend}, {WITHOUT}",
        ) from None


def _uri(place: Path) -> str:
    return f"file:{quote(str(place))}?mode=rw"


def _database() -> Path | None:
    """The file of an SQLite database; None if it is no file."""
    with settings_told():
        from prefect.settings import get_current_settings

        url = get_current_settings().server.database.connection_url
    if url is None:
        return None
    scheme, _, rest = url.get_secret_value().partition(":///")
    path = rest.partition("?")[0]
    return Path(path) if scheme.startswith("sqlite") and path and ":memory:" not in path else None


def _require_revision(database: sqlite3.Connection, place: Path) -> None:
    """Refuses a database that a newer Prefect has changed: ours would not start on it."""
    import prefect

    try:
        found = database.execute("select version_num from alembic_version").fetchone()
    except sqlite3.OperationalError:
        return  # Nothing was ever made in it.
    texts = (Path(prefect.__file__).parent / _MIGRATIONS).glob("*.py")
    known = {name for text in texts for name in _REVISION.findall(text.read_text())}
    if found is not None and known and found[0] not in known:
        raise TaarError(
            f"Prefect cannot use its database: a newer Prefect than {prefect.__version__} made it",
            where=str(place),
            remedy=f"set PREFECT_HOME to a folder of its own, {WITHOUT}",
        )
