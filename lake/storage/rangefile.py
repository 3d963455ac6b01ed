"""Reading parts of an object: a seekable file over range requests, and a file system of them.

Here belongs what Arrow needs to read only the columns that are asked for from a storage that has
no files. Not here: the requests (`lake.storage.s3`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.fs as pafs

from lake.errors import ObjectMissingError

if TYPE_CHECKING:
    from lake.storage import Storage

_AHEAD: Final = 128 << 10
"""Bytes: fetched at least, so that the small reads of a Parquet footer are one request."""

_HOLE: Final = 1 << 20
"""Bytes between two parts that are fetched with them: a request of their own takes longer."""
_PART: Final = 8 << 20
"""Bytes of one request about: more are asked for in parallel."""
_PARALLEL: Final = 4


class RangeFile(io.RawIOBase):
    """An object as a seekable read-only file. The last block that was fetched is kept, and `held`.

    Attributes:
        held: Parts that were fetched ahead: first byte, and content.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], key: str, size: int) -> None:
        """Makes a file of range requests.

        Args:
            fetch: Gets bytes of the object, by start and length.
            key: The object, for messages.
            size: Its size, bytes.
        """
        super().__init__()
        self._fetch = fetch
        self._key = key
        self._size = size
        self._at = 0
        self._start = 0
        self._block = b""
        self.held: list[tuple[int, bytes]] = []

    def hold(self, parts: Iterable[tuple[int, int]], *, more: bool = False) -> None:
        """Fetches parts that are about to be read: reads within one of them need no request.

        Args:
            parts: First byte, and the one behind the last.
            more: Whether to keep those that are held already.
        """
        wanted = list(_together(parts))
        if len(wanted) > 1:
            with ThreadPoolExecutor(_PARALLEL) as pool:
                found = list(pool.map(lambda part: self._fetch(part[0], part[1] - part[0]), wanted))
        else:
            found = [self._fetch(start, end - start) for start, end in wanted]
        kept = self.held if more else []
        self.held = [
            *kept,
            *((start, data) for (start, _), data in zip(wanted, found, strict=True)),
        ]

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves the position."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def size(self) -> int:
        """The size of the object, bytes."""
        return self._size

    def read(self, size: int | None = -1) -> bytes:
        """Reads up to `size` bytes, all that is left by default."""
        return bytes(self.read_buffer(size))

    def read_buffer(self, size: int | None = -1) -> memoryview:
        """As `read`, without a copy; Arrow asks for this where there is one."""
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted == 0:
            return memoryview(b"")
        start, block = self._block_of(wanted)
        data = memoryview(block)[self._at - start : self._at - start + wanted]
        if len(data) < wanted:
            raise OSError(f"{self._key} ends before byte {self._at + wanted}")
        self._at += wanted
        return data

    def _block_of(self, wanted: int) -> tuple[int, bytes]:
        """A block that holds what comes next, and its first byte."""
        for start, block in (*self.held, (self._start, self._block)):
            if start <= self._at and self._at + wanted <= start + len(block):
                return start, block
        # Towards the end, where footers are read backwards, the block reaches back.
        length = max(wanted, _AHEAD)
        self._start = max(0, min(self._at, self._size - length))
        self._block = self._fetch(self._start, min(self._at + length, self._size) - self._start)
        return self._start, self._block


class FarFile(pa.PythonFile):
    """A `RangeFile` as Arrow has files.

    Attributes:
        ranges: The file behind it.
    """

    def __init__(self, ranges: RangeFile, mode: str = "r") -> None:
        """Wraps a file; Arrow itself takes the arguments before this."""
        del mode
        self.ranges = ranges


def _together(parts: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Parts that lie close together as one, as far as one request goes."""
    first, last = -1, -1
    for start, end in sorted(parts):
        if first >= 0 and start - last <= _HOLE and max(end, last) - first <= _PART:
            last = max(end, last)
            continue
        if first >= 0:
            yield first, last
        first, last = start, end
    if first >= 0:
        yield first, last


class ReadOnlyFileSystem(pafs.FileSystemHandler):
    """A storage as an Arrow file system, for readers that open the files themselves."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReadOnlyFileSystem) and other._storage is self._storage

    def __hash__(self) -> int:
        return id(self._storage)

    def get_type_name(self) -> str:
        """A name for messages."""
        return "taar"

    def normalize_path(self, path: str) -> str:
        """Keys are normal."""
        return path

    def get_file_info(self, paths: str | list[str]) -> list[pafs.FileInfo]:
        """Looks at objects."""
        infos = []
        for path in [paths] if isinstance(paths, str) else paths:
            info = self._storage.head(path)
            if info is None:
                infos.append(pafs.FileInfo(path, pafs.FileType.NotFound))
            else:
                infos.append(pafs.FileInfo(path, pafs.FileType.File, size=info.size))
        return infos

    def open_input_file(self, path: str) -> pa.NativeFile:
        """Opens an object for reading parts of it."""
        try:
            return self._storage.open_input(path)
        except ObjectMissingError as error:
            raise FileNotFoundError(path) from error

    open_input_stream = open_input_file

    def _refuse(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - stands for every writing method
        raise NotImplementedError("the lake is written by lake.tables alone")

    get_file_info_selector = _refuse
    create_dir = delete_dir = delete_dir_contents = delete_root_dir_contents = _refuse
    delete_file = move = copy_file = open_output_stream = open_append_stream = _refuse
