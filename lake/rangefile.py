"""Reading parts of an object: a seekable file over range requests, and a file system of them.

Here belongs what Arrow needs to read only the columns that are asked for from a storage that has
no files. Not here: the requests (`lake.s3`).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.fs as pafs

from lake.errors import ObjectMissingError

if TYPE_CHECKING:
    from lake.storage import Storage

_AHEAD: Final = 128 << 10
"""Bytes: fetched at least, so that the small reads of a Parquet footer are one request."""


class RangeFile(io.RawIOBase):
    """An object as a seekable read-only file. One block is kept, the last that was fetched."""

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
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted == 0:
            return b""
        offset = self._at - self._start
        if offset < 0 or offset + wanted > len(self._block):
            # Towards the end, where footers are read backwards, the block reaches back.
            length = max(wanted, _AHEAD)
            self._start = max(0, min(self._at, self._size - length))
            self._block = self._fetch(self._start, min(self._at + length, self._size) - self._start)
            offset = self._at - self._start
        data = self._block[offset : offset + wanted]
        if len(data) < wanted:
            raise OSError(f"{self._key} ends before byte {self._at + wanted}")
        self._at += wanted
        return data


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
