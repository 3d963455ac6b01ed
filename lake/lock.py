"""One writer per lake: a kernel lock for a folder, a lease with an expiry for a bucket.

Here belongs the politeness between writers. Exactly-once does not depend on it: two writers at
once cost double work, and `lake.catalog` and `lake.distinct` keep the rows right.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from lake import flock, keys
from lake.errors import LakeBusyError, ObjectMissingError
from lake.local import LocalStorage
from lake.storage import Storage

LEASE: Final = timedelta(minutes=30)
"""Longer than a run with the default budget of 10 minutes; a writer that dies blocks the others
on other machines for so long."""

_WHAT: Final = "the lake"


@contextmanager
def hold(storage: Storage, now: datetime, lease: timedelta = LEASE) -> Iterator[None]:
    """Holds the lake's lock for as long as the block runs.

    In a folder it is a kernel lock, which goes with the process. In a bucket it is a lease, as
    good as one can be without conditional writes: two writers that ask at the same moment may
    both get it.

    Args:
        storage: Of the lake.
        now: The clock, for the expiry of a lease.
        lease: How long a lease counts.

    Raises:
        LakeBusyError: If another writer holds it.
    """
    if isinstance(storage, LocalStorage):
        with flock.take(storage.path(keys.LOCK), _WHAT):
            yield
        return
    token = _take_lease(storage, now, lease)
    try:
        yield
    finally:
        if (_lease(storage) or {}).get("token") == token:
            storage.delete([keys.LOCK])


def _take_lease(storage: Storage, now: datetime, lease: timedelta) -> str:
    held = _lease(storage)
    if held is not None and _counts(held, now):
        raise _busy(storage, held)
    token = secrets.token_hex(16)
    mine = {
        "token": token,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "expires_at": (now + lease).isoformat(),
    }
    storage.put(keys.LOCK, json.dumps(mine).encode())
    # Of two that write at once the last one wins, and the other sees it here, most of the time.
    winner = _lease(storage)
    if winner is not None and winner.get("token") != token:
        raise _busy(storage, winner)
    return token


def _lease(storage: Storage) -> dict[str, Any] | None:
    with suppress(ObjectMissingError, ValueError):
        held = json.loads(storage.get(keys.LOCK))
        if isinstance(held, dict) and {"token", "host", "pid", "expires_at"} <= held.keys():
            return held
    return None


def _counts(held: dict[str, Any], now: datetime) -> bool:
    if datetime.fromisoformat(held["expires_at"]) <= now:
        return False
    return held["host"] != socket.gethostname() or _alive(int(held["pid"]))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _busy(storage: Storage, held: dict[str, Any]) -> LakeBusyError:
    return LakeBusyError(
        f"{_WHAT} is in use by process {held['pid']} on {held['host']}",
        where=storage.url,
        remedy=f"wait until it has ended; if it died, its lease ends at {held['expires_at']}",
    )
