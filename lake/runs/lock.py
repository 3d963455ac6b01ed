"""One writer per lake: a kernel lock for a folder, a lease with an expiry for a bucket.

Here belongs the politeness between writers. Exactly-once does not depend on it: two writers at
once cost double work, and `lake.reading.catalog` and `lake.reading.distinct` keep the rows right.

A lease is renewed for as long as its owner works, by a thread of its own. An owner that finds it
gone (its machine slept, or was cut off for so long) stops before it publishes anything.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from lake import keys
from lake.errors import LakeBusyError, ObjectMissingError, StorageError
from lake.storage import Storage, flock
from lake.storage.flock import FileLock
from lake.storage.local import LocalStorage

LEASE: Final = timedelta(minutes=30)
"""A writer that dies blocks the others on other machines for so long."""

_RENEWALS: Final = 6
"""A lease is renewed so often in its time: some renewals may fail without harm."""

_WHAT: Final = "the lake"


class Held(Protocol):
    """The lock of a lake, while we have it."""

    def require(self) -> None:
        """Stops an owner that has lost it.

        Raises:
            LakeBusyError: If the lock is no longer ours.
        """
        ...


@contextmanager
def hold(storage: Storage, now: datetime, lease: timedelta = LEASE) -> Iterator[Held]:
    """Holds the lake's lock for as long as the block runs.

    In a folder it is a kernel lock, which goes with the process. In a bucket it is a lease, as
    good as one can be without conditional writes: two writers that ask at the same moment may
    both get it.

    Args:
        storage: Of the lake.
        now: The clock, for the expiry of a lease.
        lease: How long a lease counts, unless it is renewed.

    Raises:
        LakeBusyError: If another writer holds it.
    """
    if isinstance(storage, LocalStorage):
        with flock.take(storage.path(keys.LOCK), _WHAT) as taken:
            yield _Folder(storage, taken)
        return
    held = _Lease(storage, now, lease)
    held.take()
    renewing = threading.Thread(target=held.renew_until_let_go, name="lease", daemon=True)
    renewing.start()
    try:
        yield held
    finally:
        held.let_go()
        renewing.join()


class _Folder:
    """The kernel lock of a folder."""

    def __init__(self, storage: LocalStorage, lock: FileLock) -> None:
        self._storage = storage
        self._lock = lock

    def require(self) -> None:
        if not self._lock.still_held():
            raise _lost(self._storage, None)


class _Lease:
    """A lease on a bucket: an object that says who writes, and until when that counts."""

    def __init__(self, storage: Storage, now: datetime, lease: timedelta) -> None:
        self._storage = storage
        self._now = now
        self._lease = lease
        self._token = secrets.token_hex(16)
        self._began = time.monotonic()
        self._done = threading.Event()
        self._writing = threading.Lock()

    def take(self) -> None:
        held = _read(self._storage)
        if held is not None and _counts(held, self._now):
            raise _busy(self._storage, held)
        self._write()
        # Of two that write at once the last one wins, and the other sees it here, most of the time.
        winner = _read(self._storage)
        if winner is not None and winner.get("token") != self._token:
            raise _busy(self._storage, winner)

    def require(self) -> None:
        held = _read(self._storage)
        if held is None or held["token"] != self._token:
            raise _lost(self._storage, held)

    def renew_until_let_go(self) -> None:
        """Writes the lease anew, until it is lost or let go; to be run in a thread."""
        while not self._done.wait(self._lease.total_seconds() / _RENEWALS):
            try:
                with self._writing:
                    if self._done.is_set():
                        return
                    self.require()
                    self._write()
            except LakeBusyError:
                return  # It is another's now; the owner is told where it asks.
            except StorageError:
                continue  # The server may answer the next time.

    def let_go(self) -> None:
        self._done.set()
        with self._writing:
            if (_read(self._storage) or {}).get("token") == self._token:
                self._storage.delete([keys.LOCK])

    def _write(self) -> None:
        # The caller's clock, and the time that has gone by since it was read.
        gone_by = timedelta(seconds=time.monotonic() - self._began)
        mine = {
            "token": self._token,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "expires_at": (self._now + gone_by + self._lease).isoformat(),
        }
        self._storage.put(keys.LOCK, json.dumps(mine).encode())


def _read(storage: Storage) -> dict[str, Any] | None:
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


def _lost(storage: Storage, held: dict[str, Any] | None) -> LakeBusyError:
    by = f" by process {held['pid']} on {held['host']}" if held else ""
    return LakeBusyError(
        f"the lock of {_WHAT} was taken away{by} while this run went on",
        where=storage.url,
        remedy="run the same command again: what this one has done is in its spool",
    )
