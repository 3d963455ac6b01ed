"""Objects in a folder of this machine: durable writes, atomic replacement.

Here belongs the storage of a local lake. A file is written under ``.tmp/`` in the root, where no
reader looks, and renamed into place when it is whole and on the disk.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyarrow as pa
import pyarrow.fs as pafs

from lake.errors import ConfigError, ObjectMissingError, StorageError
from lake.failpoints import failpoint
from lake.storage import ObjectInfo
from lake.storage.files import make_folders, os_errors, place_file, sync_folder, write_file

_TEMPORARY: Final = ".tmp"
_REMEDY: Final = "name another folder in TAAR_LAKE (or --lake)"


class LocalStorage:
    """A `lake.storage.Storage` in a folder. Made by `open_local`."""

    parallel = 2
    """Arrow already decodes columns in parallel; a second file hides the reading of the next."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def url(self) -> str:
        """The folder."""
        return str(self.root)

    @property
    def filesystem(self) -> pafs.FileSystem:
        """The folder as an Arrow file system."""
        return pafs.SubTreeFileSystem(str(self.root), pafs.LocalFileSystem())

    def path(self, key: str) -> Path:
        """The file of an object.

        Raises:
            ValueError: If the key would leave the root.
        """
        if not key or key.startswith("/") or ".." in key.split("/"):
            raise ValueError(f"not an object key: {key!r}")
        return self.root / key

    def put(self, key: str, data: bytes | Path) -> None:
        """Writes an object: a durable copy under a temporary name, then one rename."""
        target = self.path(key)
        temporary = self.root / _TEMPORARY / f"{uuid4().hex}.tmp"
        with os_errors(f"write {key}", self.root):
            try:
                make_folders(temporary.parent)
                make_folders(target.parent)
                failpoint("local.put")
                if isinstance(data, Path):
                    place_file(temporary, data)
                else:
                    write_file(temporary, data)
                failpoint("local.rename")
                temporary.replace(target)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise
            sync_folder(target.parent)

    def get(self, key: str) -> bytes:
        """Reads an object."""
        with self._reading(key):
            return self.path(key).read_bytes()

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Reads a part of an object."""
        with self._reading(key), self.path(key).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def open_input(self, key: str, size: int | None = None) -> pa.NativeFile:  # noqa: ARG002
        """Opens an object for reading parts of it; a deletion meanwhile does no harm."""
        with self._reading(key):
            return pa.OSFile(str(self.path(key)), "rb")

    def head(self, key: str) -> ObjectInfo | None:
        """Looks at an object."""
        with os_errors(f"look at {key}", self.root, reads=True):
            try:
                return self._info(key, self.path(key).stat())
            except (FileNotFoundError, NotADirectoryError):
                return None

    def list(self, prefix: str = "") -> list[ObjectInfo]:
        """The objects whose keys begin with `prefix`, sorted by key."""
        folder, _, _ = prefix.rpartition("/")
        with os_errors("list the folder", self.root / folder, reads=True):
            found = [i for i in self._walk(folder) if i.key.startswith(prefix)]
        return sorted(found, key=lambda info: info.key)

    def delete(self, keys: Iterable[str]) -> None:
        """Deletes objects."""
        for key in keys:
            with os_errors(f"delete {key}", self.root):
                self.path(key).unlink(missing_ok=True)

    def sweep(self, before: datetime) -> int:
        """Removes temporary files last written before a time."""
        removed = 0
        with os_errors("remove temporary files", self.root / _TEMPORARY):
            for path in sorted((self.root / _TEMPORARY).glob("*.tmp")):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def server_time(self) -> datetime | None:
        """None: the clock is this machine's."""
        return None

    def _walk(self, folder: str) -> Iterator[ObjectInfo]:
        for entry in _entries(self.root / folder):
            key = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from self._walk(key)
            else:
                try:
                    yield self._info(key, entry.stat())
                except FileNotFoundError:  # Deleted meanwhile.
                    continue

    @staticmethod
    def _info(key: str, stat: os.stat_result) -> ObjectInfo:
        etag = f"{stat.st_mtime_ns:x}-{stat.st_ino:x}-{stat.st_size:x}"
        return ObjectInfo(key, stat.st_size, etag, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _reading(self, key: str) -> _Reading:
        return _Reading(key, self.url)


class _Reading:
    """Turns the errors of opening a file into ours."""

    def __init__(self, key: str, root: str) -> None:
        self._key, self._root = key, root

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise ObjectMissingError(
                f"no such object: {self._key}",
                where=self._root,
                remedy="another writer may have removed it: run the command again",
            ) from error
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise StorageError(
                f"cannot read {self._key}: {reason}",
                where=self._root,
                remedy="give this user the right to read it, and each folder above it"
                if isinstance(error, PermissionError)
                else "check the disk that it lies on, then run the same command again",
            ) from error


def _entries(path: Path) -> list[os.DirEntry[str]]:
    # A folder may miss a file that was renamed into it while it was read, and yet lack one that
    # was deleted after: then a merged day would seem to be nowhere. So read until nothing moves.
    while True:
        try:
            before = path.stat().st_mtime_ns
            with os.scandir(path) as scan:
                entries = list(scan)
            if path.stat().st_mtime_ns == before:
                return entries
        except (FileNotFoundError, NotADirectoryError):
            return []


def open_local(root: Path, *, create: bool = True) -> LocalStorage:
    """Opens a folder as a storage.

    Args:
        root: The folder.
        create: Whether it is made if it is missing, and must be writable.

    Raises:
        ConfigError: If the path is a file, or no folder is there and none is to be made.
        StorageError: If the folder cannot be made or written to.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100 - symbolic links stay as they were given.
    if root.exists() and not root.is_dir():
        raise ConfigError(
            "the lake's path is a file, not a folder", where=str(root), remedy=_REMEDY
        )
    if not create:
        if not root.is_dir():
            raise ConfigError(
                "there is no lake here",
                where=str(root),
                remedy="run `taar collect` or `taar demo` first, or name another folder",
            )
        return LocalStorage(root)
    probe = root / _TEMPORARY / f"{uuid4().hex}.tmp"
    try:
        make_folders(probe.parent)
        failpoint("local.open")
        try:
            write_file(probe, b"probe")
        finally:
            probe.unlink(missing_ok=True)  # A full disk leaves an empty one.
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise ConfigError(
                "a part of the lake's path is a file", where=str(root), remedy=_REMEDY
            ) from error
        with os_errors("write to the lake's folder", root):
            raise
    return LocalStorage(root)
