"""Blocks of objects that were read from a server, kept on this machine.

Here belongs a folder of blocks, bounded in size, that may be deleted at any time, as a whole or in
part, and that any number of processes share. Blocks are named by key and entity tag, so one that
has been replaced is never taken for its successor. Not here: which bytes are read
(`lake.storage.s3`).

Whole objects would be simpler, but a window needs a tenth of the bytes of its fingerprints.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final
from uuid import uuid4

BLOCK: Final = 1 << 18
"""Bytes in a block. Of 101 MB of fingerprints a window then holds 10 MB, in blocks of 1 MiB 16,
which is no faster (`benchmarks.cache`): neighbours that are missing come with one request."""

_PART: Final = 8 << 20
"""Bytes of one request: more are asked for in parallel."""

_PARALLEL: Final = 4
_CHECK: Final = 4
"""Bytes of the CRC-32 behind each block: after a power cut a file may be there and be empty."""

_SWEEP: Final = 16
"""The folder is looked over whenever a sixteenth of its limit was added."""


class BlockCache:
    """A bounded folder of blocks. No failure of the disk is an error: it is only a cache."""

    def __init__(self, folder: Path, limit: int) -> None:
        """Uses a folder; it is made when there is something to keep.

        Args:
            folder: Of this user and machine.
            limit: Bytes that are kept about.
        """
        self.folder = folder
        self.limit = limit
        self._added = limit  # So that what is too much already is noticed at once.

    def read(
        self,
        name: str,
        size: int,
        start: int,
        length: int,
        fetch: Callable[[int, int], bytes],
    ) -> bytes:
        """Reads a part of an object, from the cache where it can.

        Args:
            name: Of this content of the object: the same name, the same bytes.
            size: Of the object, bytes.
            start: First byte.
            length: Bytes; fewer at the end of the object.
            fetch: Gets bytes from the server, by start and length; called from several threads.
        """
        end = min(start + length, size)
        if start >= end:
            return b""
        stem = self._stem(name)
        numbers = range(start // BLOCK, (end - 1) // BLOCK + 1)
        blocks = {n: self._get(stem, n) for n in numbers}
        missing = list(_runs([n for n in numbers if blocks[n] is None]))

        def fill(run: range) -> None:
            data = fetch(run.start * BLOCK, min(run.stop * BLOCK, size) - run.start * BLOCK)
            for place, n in enumerate(run):
                block = data[place * BLOCK : (place + 1) * BLOCK]
                blocks[n] = block
                self._put(stem, n, block)

        if len(missing) > 1:
            with ThreadPoolExecutor(_PARALLEL) as pool:
                list(pool.map(fill, missing))
        else:
            for run in missing:
                fill(run)
        first = numbers[0] * BLOCK
        whole = b"".join(blocks[n] or b"" for n in numbers)
        return whole[start - first : end - first]

    def _stem(self, name: str) -> Path:
        digest = blake2b(name.encode(), digest_size=16).hexdigest()
        return self.folder / digest[:2] / digest[2:]

    def _get(self, stem: Path, number: int) -> bytes | None:
        try:
            with stem.with_name(f"{stem.name}-{number}").open("rb") as file:
                data = file.read()
                os.utime(file.fileno())  # The longest unread go first.
        except OSError:
            return None
        block, check = data[:-_CHECK], data[-_CHECK:]
        return block if check == zlib.crc32(block).to_bytes(_CHECK) else None

    def _put(self, stem: Path, number: int, block: bytes) -> None:
        temporary = self.folder / f"{uuid4().hex}.tmp"
        with suppress(OSError):
            try:
                stem.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_bytes(block + zlib.crc32(block).to_bytes(_CHECK))
                temporary.replace(stem.with_name(f"{stem.name}-{number}"))
            except OSError:
                temporary.unlink(missing_ok=True)
                raise
        self._added += len(block)
        if self._added * _SWEEP >= self.limit:
            self._added = 0
            self.sweep()

    def sweep(self) -> int:
        """Removes what was not read for longest, until what is left is within the limit.

        Returns:
            Bytes that are left.
        """
        found: list[tuple[float, int, Path]] = []
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = Path(folder, name)
                with suppress(OSError):
                    stat = path.stat()
                    found.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self.limit:
                break
            with suppress(OSError):
                path.unlink()
            total -= size
        return total


def _runs(numbers: list[int]) -> Iterator[range]:
    """Neighbours together, as far as one request goes."""
    most = _PART // BLOCK
    start = 0
    for place in range(1, len(numbers) + 1):
        ends = place == len(numbers) or numbers[place] != numbers[place - 1] + 1
        if ends or place - start == most:
            yield range(numbers[start], numbers[place - 1] + 1)
            start = place
