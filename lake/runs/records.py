"""Append-only logs of JSON records: what a crawl process leaves behind, line by line.

Here belongs the file format: one complete record per line, an incomplete last line does not
count. Not here: what the records say (`crawler`).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self

from lake.errors import LakeBusyError, LakeFormatError
from lake.failpoints import failpoint
from lake.storage.files import os_errors

_TAIL: Final = 1 << 16
_AT_ONCE: Final = 100
"""Values of a list that are encoded at once."""


class RecordLog:
    """Appends records to a file. What `append` returned from survives a kill -9.

    While it is open the file is locked: the kernel says whether its writer lives.
    """

    def __init__(self, path: Path) -> None:
        """Opens or makes the file; what a kill cut off at its end is dropped.

        Raises:
            LakeBusyError: If another process writes to it.
            StorageError: If the file cannot be written.
        """
        self.path = path
        with os_errors("open the record log", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.close()
                raise LakeBusyError(
                    "another process writes to the record log",
                    where=str(path),
                    remedy="wait until it has ended",
                ) from None
            self._end = _end_of_last_line(self._handle)
            os.ftruncate(self._handle, self._end)

    def append(self, record: Mapping[str, Any]) -> None:
        """Writes one record, in one line.

        Raises:
            StorageError: If the disk is full; the log stays as it was.
        """
        line = memoryview(_line(record))
        with os_errors("append a record", self.path):
            try:
                failpoint("records.append")
                written = 0
                while written < len(line):
                    written += os.pwrite(self._handle, line[written:], self._end + written)
            except OSError:
                os.ftruncate(self._handle, self._end)
                raise
        self._end += len(line)

    def close(self) -> None:
        """Closes the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_written(path: Path) -> bool:
    """Whether a living process has the log open for writing."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _end_of_last_line(handle: int) -> int:
    end = os.fstat(handle).st_size
    while end > 0:
        start = max(0, end - _TAIL)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Reads the complete records of a log.

    An incomplete last line is skipped; so is anything unreadable at the very end, which is what
    a power cut leaves. A missing file has no records.

    Raises:
        LakeFormatError: If an unreadable line is followed by a readable one.
        StorageError: If the file cannot be read.
    """
    if not path.exists():
        return
    bad: int | None = None
    with os_errors("read the record log", path, reads=True), path.open("rb") as file:
        for number, line in enumerate(file, 1):
            record = _parse(line)
            if record is None:
                bad = bad or number
                continue
            if bad is not None:
                raise LakeFormatError(
                    "a record in the middle of the log is damaged",
                    where=f"{path}:{bad}",
                    remedy="remove that line, or the whole spool: its URLs are fetched again",
                )
            yield record


def _line(record: Mapping[str, Any]) -> bytearray:
    """One line, long lists part by part: a feed of 2,000 entries would take 5 MB as a whole."""
    line, mark = bytearray(b"{"), b""
    for name, value in record.items():
        line += mark + _json(name) + b":"
        mark = b","
        if isinstance(value, list) and len(value) > _AT_ONCE:
            for at in range(0, len(value), _AT_ONCE):
                line += (b"," if at else b"[") + _json(value[at : at + _AT_ONCE])[1:-1]
            line += b"]"
        else:
            line += _json(value)
    line += b"}\n"
    return line


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _parse(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
    except ValueError:  # Of JSON and of UTF-8.
        return None
    return record if isinstance(record, dict) else None
