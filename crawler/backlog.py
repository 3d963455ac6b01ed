"""The backlog: the URLs that a crawl process has taken up, in a file until it is their turn.

Here belongs that file. A URL with its title and dates takes a kilobyte of memory, and a process
takes tens of thousands up within its first minute: what is held of one that waits is its place in
the file. Not here: which URL is next (`crawler.manners.waiting`), which are still to be settled
(`crawler.ledger`).

The file is no record of anything. What a crash must not lose is in the records; the file has no
name, so it ends with the process, however that ends, and nobody else ever meets it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from crawler.plan import Entry, Recheck
from crawler.records import Work
from crawler.source_model import Source
from lake.errors import StorageError
from lake.failpoints import failpoint
from lake.storage.files import os_errors

_READ: Final = 2048
"""Bytes read at once: most URLs have less."""


class Backlog:
    """URLs by their places in a file, in the order in which they came."""

    def __init__(self, folder: Path, sources: Mapping[str, Source]) -> None:
        """Makes nothing yet: a run in which nothing is new needs no file.

        Args:
            folder: Where the file lies; it is made with the first URL.
            sources: Those of the URLs, by id.
        """
        self._folder = folder
        self._sources = sources
        self._file: IO[bytes] | None = None
        self._end = 0

    def add(self, work: Work) -> int:
        """Puts a URL behind all others.

        Returns:
            Its place: 0 for the first, and larger for each that follows.

        Raises:
            StorageError: If the disk is full; the backlog stays as it was.
        """
        recheck = work.recheck.to_json() if work.recheck else None
        values = [work.source.id, work.entry.to_json(), recheck]
        # Escaped: whatever a listing has for a title, half a surrogate pair too, comes back.
        line = json.dumps(values, separators=(",", ":")).encode() + b"\n"
        with os_errors("set aside a URL that was taken up", self._folder):
            failpoint("backlog.add")
            handle, written = self._opened().fileno(), 0
            while written < len(line):
                written += os.pwrite(handle, line[written:], self._end + written)
        place = self._end
        self._end += len(line)
        return place

    def __getitem__(self, place: int) -> Work:
        """The URL of a place.

        Raises:
            StorageError: If the file cannot be read.
        """
        return self._work(self._line(place))

    def __iter__(self) -> Iterator[Work]:
        """All URLs that were ever added, in the order in which they came.

        Raises:
            StorageError: If the file cannot be read.
        """
        place = 0
        while place < self._end:
            line = self._line(place)
            yield self._work(line)
            place += len(line) + 1

    def close(self) -> None:
        """Gives the file up, and all that is in it."""
        if self._file is not None:
            self._file.close()
            self._file, self._end = None, 0

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Open for as long as the crawl is.
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115
        return self._file

    def _line(self, place: int) -> bytes:
        """The line of a place, without its end."""
        with os_errors("read a URL that was set aside", self._folder):
            handle, line = self._opened().fileno(), b""
            while b"\n" not in line:
                more = os.pread(handle, max(_READ, len(line)), place + len(line))
                if not more:
                    raise StorageError(
                        "a URL that was set aside is gone",
                        where=str(self._folder),
                        remedy="check the disk that it lies on, then run the same command again",
                    )
                line += more
        return line.partition(b"\n")[0]

    def _work(self, line: bytes) -> Work:
        source_id, entry, recheck = json.loads(line)
        return Work(
            Entry.from_json(entry),
            self._sources[source_id],
            Recheck.from_json(recheck) if recheck else None,
        )
