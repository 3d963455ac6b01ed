"""A run's work folder: created, locked, sealed, adopted.

Here belongs the life of the folder between the first record and the publication. Not here: what
the records say (`crawler`), which objects a run has (`lake.tables`), or sending them anywhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

import pyarrow as pa

from lake.errors import LakeBusyError, LakeFormatError, StorageError
from lake.failpoints import failpoint
from lake.ids import is_run_id
from lake.runs.naming import KNOWN, PLAN, RECORDS
from lake.runs.records import RecordLog, is_written, read_records
from lake.runs.sealing import Manifest, SealedObject, add_object
from lake.storage.files import checksum, make_folders, os_errors, sync_folder, write_file
from lake.storage.flock import FileLock, take

__all__ = [
    "KNOWN",
    "PLAN",
    "RECORDS",
    "Manifest",
    "RecordLog",
    "SealedObject",
    "Spool",
    "list_orphans",
    "read_records",
]

_LOCK: Final = "lock"
_SEALING: Final = "sealing"
_SEALED: Final = "sealed"
_MANIFEST: Final = "manifest.json"
_NEW: Final = ".new-"
_GONE: Final = ".gone-"


_Stamp: TypeAlias = tuple[int, int, int]
"""What tells whether a file is as it was: its number, size, and time of the last write."""


class Spool:
    """A run's work folder, whose lock we hold. Made by `create` and `adopt`."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock
        self._sealed: dict[str, _Stamp] = {}

    @classmethod
    def create(cls, root: Path, run_id: str) -> Spool:
        """Makes the folder of a new run, locked from its first moment.

        Args:
            root: The folder of all spools of one lake on this machine.
            run_id: As `lake.ids.new_run_id` returns it.

        Raises:
            ValueError: If it is no run id.
            StorageError: If the folder cannot be written, or the disk is full.
        """
        if not is_run_id(run_id):
            raise ValueError(f"not a run id: {run_id!r}")
        path = root / run_id
        with os_errors("make the work folder of the run", path):
            make_folders(root)
            failpoint("spool.create")
            hidden, lock = _locked_folder(root, run_id)
            # Under its name it is never without its lock, so nobody takes it for an orphan.
            hidden.rename(path)
            lock.moved(path / _LOCK)
            sync_folder(root)
        return cls(path, lock)

    @classmethod
    def adopt(cls, path: Path) -> Spool:
        """Takes over the spool of a run whose process has died.

        Raises:
            LakeBusyError: If its owner lives, or another has adopted or removed it meanwhile.
        """
        gone = LakeBusyError(
            "the spool is gone", where=str(path), remedy="nothing: another process has done it"
        )
        if not path.is_dir():
            raise gone
        lock = take(path / _LOCK, "the spool")
        if not lock.still_held():
            lock.release()
            raise gone
        return cls(path, lock)

    @property
    def run_id(self) -> str:
        """The run that the spool was made for."""
        return self.path.name

    @property
    def known_path(self) -> Path:
        """Where the known URLs lie: sorted uint64, the first 8 bytes of each url_id."""
        return self.path / KNOWN

    @property
    def sealed_path(self) -> Path:
        """Where the final objects lie, by key, once the spool is sealed."""
        return self.path / _SEALED

    def shard_path(self, shard: int) -> Path:
        """The folder of one crawl process; `shard` counts from 0."""
        return self.path / f"shard-{shard:02d}"

    def shard_paths(self) -> list[Path]:
        """The folders of all crawl processes, in order."""
        return sorted(path for path in self.path.glob("shard-*") if path.is_dir())

    def records(self) -> Iterator[dict[str, Any]]:
        """The complete records of all crawl processes."""
        for shard in self.shard_paths():
            yield from read_records(shard / RECORDS)

    def in_use(self) -> bool:
        """Whether a crawl process of its run lives on, and writes.

        It ends by itself within seconds of the run that started it.
        """
        return any(is_written(shard / RECORDS) for shard in self.shard_paths())

    def still_owned(self) -> bool:
        """Whether the spool is still ours: nobody removed or replaced it while we slept."""
        return self._lock.still_held()

    @property
    def sealed(self) -> bool:
        """Whether the spool is sealed."""
        return self.sealed_path.is_dir()

    def seal(self, objects: Sequence[tuple[str, Path | bytes | pa.Table]]) -> Manifest:
        """Writes the final objects and the manifest, then makes them count by one rename.

        Args:
            objects: Key and content of each, in the order of publication. Files are linked or
                copied; tables are such as `lake.parquet.conform` returns.

        Returns:
            The manifest.

        Raises:
            ValueError: If the spool is sealed already, or a key comes twice.
            LakeBusyError: If the spool is no longer ours.
            StorageError: If the disk is full; the spool is then open as before.
        """
        if self.sealed:
            raise ValueError(f"{self.path} is sealed already")
        if len({key for key, _ in objects}) < len(objects):
            raise ValueError("an object key comes twice")
        self.require_owned()
        sealing = self.path / _SEALING
        with os_errors("seal the run", self.path):
            if sealing.exists():
                shutil.rmtree(sealing)
            sealing.mkdir()
            # Two at a time: encoding takes one core each, and they are two large tables.
            with ThreadPoolExecutor(2) as pool:
                added = pool.map(lambda entry: add_object(sealing, *entry), objects)
                manifest = Manifest(self.run_id, tuple(added))
            failpoint("seal.manifest")
            write_file(sealing / _MANIFEST, manifest.to_json())
            for folder, _, _ in os.walk(sealing, topdown=False):
                sync_folder(Path(folder))
            failpoint("seal.rename")
            sealing.rename(self.sealed_path)
            sync_folder(self.path)
            paths = {entry.key: self.sealed_path / entry.key for entry in manifest.objects}
            self._sealed = {key: _stamp(path) for key, path in paths.items()}
            failpoint("seal.done")
        return manifest

    def unseal(self) -> None:
        """Makes a sealed spool an open one again: its records are still there.

        For a run that is not committed when a newer one is: that one may have published the same
        URLs, so its records are to be settled anew.
        """
        with os_errors("open the seal", self.path):
            discarded = self.path / _SEALING
            if discarded.exists():
                shutil.rmtree(discarded)
            failpoint("spool.unseal")
            self.sealed_path.rename(discarded)
            failpoint("spool.unsealed")
            shutil.rmtree(discarded)

    def manifest(self) -> Manifest:
        """The manifest of a sealed spool.

        Raises:
            ValueError: If it is not sealed.
            LakeFormatError: If it is damaged.
        """
        path = self.sealed_path / _MANIFEST
        if not self.sealed:
            raise ValueError(f"{self.path} is not sealed")
        try:
            return Manifest.from_json(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LakeFormatError(
                f"the manifest of the spool is damaged: {error}",
                where=str(path),
                remedy="remove the spool: its URLs are fetched again",
            ) from error

    def sealed_file(self, entry: SealedObject) -> Path:
        """The file of a sealed object, after a look at its checksum.

        Raises:
            LakeFormatError: If it is not what was sealed.
        """
        path = self.sealed_path / entry.key
        with os_errors("read the sealed spool", path, reads=True):
            whole = path.is_file() and path.stat().st_size == entry.bytes
            # What this process has just written, and nobody has touched, need not be read again.
            known = whole and self._sealed.get(entry.key) == _stamp(path)
            if not whole or not (known or checksum(path) == entry.blake2b):
                raise LakeFormatError(
                    "the sealed object is not what was sealed",
                    where=str(path),
                    remedy="remove the spool: its URLs are fetched again",
                )
        return path

    def require_owned(self) -> None:
        """Stops an owner that has lost its spool.

        Raises:
            LakeBusyError: If the spool is no longer ours.
        """
        if not self.still_owned():
            raise LakeBusyError(
                "the spool of this run was taken away while it ran",
                where=str(self.path),
                remedy="start a new run: nothing of this one is published by halves",
            )

    def remove(self) -> None:
        """Removes the folder and lets the lock go."""
        with os_errors("remove the spool", self.path):
            if self.still_owned():
                gone = self.path.with_name(f"{_GONE}{self.run_id}")
                self.path.rename(gone)
                failpoint("spool.remove")
                shutil.rmtree(gone)
        self.release()

    def release(self) -> None:
        """Lets the lock go and leaves the folder, for another to adopt."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _stamp(path: Path) -> _Stamp:
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def _locked_folder(root: Path, run_id: str) -> tuple[Path, FileLock]:
    # `list_orphans` of another process may tidy a folder away before we have its lock.
    for attempt in range(10):
        hidden = root / f"{_NEW}{run_id}-{attempt}"
        hidden.mkdir()
        try:
            lock = take(hidden / _LOCK, "the spool")
        except (LakeBusyError, StorageError):
            continue
        if lock.still_held():
            return hidden, lock
        lock.release()
    raise LakeBusyError(
        "other processes keep removing the work folder of the run",
        where=str(root),
        remedy="run the same command again",
    )


def list_orphans(root: Path) -> list[Path]:
    """The spools whose owners have died, oldest first; folders half made or half gone are tidied.

    Args:
        root: The folder of all spools of one lake on this machine.
    """
    orphans = []
    with os_errors("look for the spools of earlier runs", root, reads=True):
        for path in sorted(root.iterdir()) if root.is_dir() else []:
            hidden = path.name.startswith((_NEW, _GONE))
            if not path.is_dir() or not (hidden or is_run_id(path.name)):
                continue
            try:
                lock = take(path / _LOCK, "the spool")
            except LakeBusyError:
                continue
            with lock:
                if hidden and lock.still_held():
                    shutil.rmtree(path)
                elif lock.still_held():
                    orphans.append(path)
    return orphans
