"""A lock that the kernel holds for a process, and lets go when the process dies.

Here belongs the lock on a file of this machine, for spools and local lakes. Never a lock that is
a file's existence: such a one outlives its owner and has to be stolen.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from pathlib import Path
from typing import Self

from lake.errors import LakeBusyError
from lake.storage.files import os_errors


class FileLock:
    """An exclusive lock on a file. Made by `take`; forked children would share it."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    def still_held(self) -> bool:
        """Whether the file that we have locked is still the one at its path."""
        if self._handle < 0:
            return False
        try:
            there, ours = self.path.stat(), os.fstat(self._handle)
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

    def moved(self, path: Path) -> None:
        """Tells the lock that its file has been renamed."""
        self.path = path

    def release(self) -> None:
        """Lets go."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def take(path: Path, what: str) -> FileLock:
    """Takes the lock, or says who holds it. The file stays when the lock is released.

    Args:
        path: The file; made if it is missing (its folder is not).
        what: What is locked, for the message.

    Raises:
        LakeBusyError: If another process, or another part of this one, holds it.
        StorageError: If the file system cannot lock.
    """
    with os_errors(f"lock {what}", path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
            os.close(handle)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise LakeBusyError(
                f"{what} is in use" + (f" by {holder}" if holder else ""),
                where=str(path),
                remedy="wait until it has ended, or end it; its lock goes with it",
            ) from None
        lock = FileLock(path, handle)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        except OSError:
            # Who holds it is only for messages: on a full disk the lock still counts.
            if not lock.still_held():
                raise
        return lock
