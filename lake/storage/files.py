"""Files that survive a power cut: writing, renaming, and what the operating system says.

Here belongs what `lake.storage.local` and `lake.runs.spool` share. Not here: keys, objects, locks.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final

from lake.errors import StorageError

DIGEST_BYTES: Final = 16
"""Of the blake2b of a file."""

_BLOCK: Final = 1 << 20
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def os_errors(doing: str, where: str | Path, *, reads: bool = False) -> Iterator[None]:
    """Turns an OSError into a `StorageError` that says what to do.

    Args:
        doing: What was being done, to be read after "cannot".
        where: The file or folder.
        reads: Whether nothing was to be written.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(error, doing, where, reads=reads) from error


def storage_error(
    error: OSError, doing: str, where: str | Path, *, reads: bool = False
) -> StorageError:
    """What an OSError means for the person who runs the command; arguments as for `os_errors`."""
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        remedy = "free some space on that disk, then run the same command again: nothing is lost"
        return StorageError(
            f"the disk is full: cannot {doing} ({reason})", where=str(where), remedy=remedy
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        right = "read it, and each folder above it" if reads else "write there"
        remedy = f"give this user the right to {right}, or name another folder"
    elif error.errno == errno.EISDIR:
        remedy = "a folder has that name: name a file, or move the folder away"
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        wrong = _file_in(Path(error.filename or where))
        remedy = f"{wrong} is a file, and should be a folder: move it away, or name another path"
    elif error.errno == errno.ENOENT:
        remedy = "check that the path exists and that each part of it is a folder"
    else:
        remedy = "check the disk that it lies on, then run the same command again"
    return StorageError(f"cannot {doing}: {reason}", where=str(where), remedy=remedy)


def _file_in(path: Path) -> Path:
    """The part of a path that is a file; all of it if none is."""
    parts = (part for part in (path, *path.parents) if os.access(part, os.F_OK))
    there = next(parts, path)
    return path if there.is_dir() else there


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(path: Path) -> None:
    """Makes a folder and its parents, durably."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def place_file(path: Path, source: Path) -> None:
    """Gives a file a second name, or copies it where that cannot be; durable, but for the name.

    Args:
        path: The new name.
        source: The file. One that has other names already is copied: somebody may write to it.
    """
    if source.stat().st_nlink == 1:
        try:
            os.link(source, path)
        except OSError:  # Another disk, or a file system without links.
            pass
        else:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            return
    write_file(path, source)


def write_file(path: Path, data: bytes | memoryview | Path) -> None:
    """Writes a new file, or a copy of one, and makes its content (not yet its name) durable."""
    with path.open("xb") as target:
        if isinstance(data, Path):
            with data.open("rb") as source:
                for block in blocks(source):
                    target.write(block)
        else:
            target.write(data)
        target.flush()
        os.fsync(target.fileno())


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """The rest of a stream in blocks of 1 MiB."""
    while block := source.read(_BLOCK):
        yield block


def checksum(path: Path) -> str:
    """The blake2b of a file's content: 32 hex characters."""
    digest = blake2b(digest_size=DIGEST_BYTES)
    with path.open("rb") as source:
        for block in blocks(source):
            digest.update(block)
    return digest.hexdigest()
