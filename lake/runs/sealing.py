"""The seal of a spool: the final objects and the manifest that vouches for them.

Here belongs how one object is laid down and what is recorded of it. Not here: when a spool is
sealed, and its lock (`lake.runs.spool`).
"""

from __future__ import annotations

import io
import json
import os
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

from lake import parquet
from lake.failpoints import failpoint
from lake.storage.files import DIGEST_BYTES, checksum, write_file

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@dataclass(frozen=True, slots=True)
class SealedObject:
    """One final object: its key in the lake, size in bytes, blake2b (32 hex characters)."""

    key: str
    bytes: int
    blake2b: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a sealed spool publishes, in the order of publication."""

    run_id: str
    objects: tuple[SealedObject, ...]

    def to_json(self) -> bytes:
        """The manifest as it is stored."""
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """Reads a stored manifest."""
        raw = json.loads(data)
        return cls(raw["run_id"], tuple(SealedObject(**entry) for entry in raw["objects"]))


def add_object(sealing: Path, key: str, content: Path | bytes | pa.Table) -> SealedObject:
    """Lays one object down under its key, durably.

    Args:
        sealing: The folder that becomes the seal.
        key: The object's key in the lake.
        content: A file, which is linked or copied; bytes; or a table as `lake.parquet.conform`
            returns it.
    """
    failpoint("seal.object")
    target = sealing / key
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        _link(content, target)
        return SealedObject(key, target.stat().st_size, checksum(target))
    with target.open("xb") as file:
        hashed = _Hashed(file)
        if isinstance(content, bytes):
            hashed.write(content)
        else:  # Not by way of memory: a buffer that grows as large as a run costs more.
            parquet.write(content, pa.PythonFile(hashed, mode="w"))
        file.flush()
        os.fsync(file.fileno())
    return SealedObject(key, hashed.tell(), hashed.digest())


class _Hashed(io.RawIOBase):
    """A file that is hashed as it is written; whoever opened it closes it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._digest = blake2b(digest_size=DIGEST_BYTES)
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        failpoint("seal.write")
        self._digest.update(data)
        self._file.write(data)
        size = memoryview(data).nbytes
        self._written += size
        return size

    def tell(self) -> int:
        return self._written

    def digest(self) -> str:
        """The blake2b of what was written: hex characters."""
        return self._digest.hexdigest()


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # Another disk, or a file system without links.
        write_file(target, source)
        return
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
