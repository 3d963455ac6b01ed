"""Rows by number out of columns that are stored plainly, without decoding their neighbours.

Here belongs which columns of an object allow it, and how their bytes come to Arrow. Not here: the
walk over the pages, which is handed in, because it wants to be compiled (`dedup.compiled.paging`),
and which rows (`lake.reading.picking`).
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]

Locate: TypeAlias = Callable[[U8, I64, I64, I64], int]
"""Given a column chunk and rising row numbers, writes where each value begins and ends, and
returns how many it has found: `dedup.compiled.paging.locate`."""

_PLAINLY: Final = frozenset({"PLAIN", "RLE", "BIT_PACKED"})
"""Encodings of values, and of levels that a column without nulls does not have."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a column lies in an object: first byte and the one behind the last."""

    start: int
    end: int


def plain_chunks(file: pq.ParquetFile, group: int, columns: Sequence[str]) -> dict[str, Chunk]:
    """The columns of a row group that can be read by row: bytes, never null, as they are.

    Args:
        file: The object.
        group: The row group.
        columns: Which columns to look at.
    """
    metadata = file.metadata.row_group(group)
    found = {}
    for place in range(metadata.num_columns):
        chunk: Any = metadata.column(place)
        name = chunk.path_in_schema
        if (
            name in columns
            and chunk.physical_type == "BYTE_ARRAY"
            and chunk.compression == "UNCOMPRESSED"
            and not chunk.has_dictionary_page
            and _PLAINLY.issuperset(chunk.encodings)
            and file.schema.column(place).max_definition_level == 0
        ):
            start = chunk.data_page_offset
            found[name] = Chunk(start, start + chunk.total_compressed_size)
    return found


def take_plain(
    source: pa.NativeFile,
    chunks: Mapping[str, Chunk],
    types: Mapping[str, pa.DataType],
    rows: I64,
    locate: Locate,
) -> dict[str, pa.Array[Any]] | None:
    """Reads some rows of some columns.

    Args:
        source: The object.
        chunks: The columns and where they lie.
        types: Their Arrow types, strings or binary.
        rows: int64, rising row numbers within the row group.
        locate: Finds values in a chunk.

    Returns:
        The columns; None if their pages are not as they should be.
    """
    taken = {}
    for names, data, first in _regions(source, chunks):
        for name in names:
            chunk = chunks[name]
            content = data[chunk.start - first : chunk.end - first]
            begins, ends = np.empty_like(rows), np.empty_like(rows)
            if locate(content, rows, begins, ends) < len(rows):
                return None
            taken[name] = _array(content, begins, ends, types[name])
    return taken if len(taken) == len(chunks) else None


def _regions(
    source: pa.NativeFile, chunks: Mapping[str, Chunk]
) -> Iterator[tuple[list[str], U8, int]]:
    """The bytes of chunks: names, bytes, and where in the object these begin."""
    try:
        descriptor = source.fileno()
    except io.UnsupportedOperation:
        for name, chunk in chunks.items():
            source.seek(chunk.start)
            data: Any = source.read_buffer(chunk.end - chunk.start)
            yield [name], np.frombuffer(data, dtype=np.uint8), chunk.start
        return
    # A file of this machine is not read but mapped, so that only pages that are touched count.
    first = min((chunk.start for chunk in chunks.values()), default=0)
    end = max((chunk.end for chunk in chunks.values()), default=0)
    first -= first % mmap.ALLOCATIONGRANULARITY
    if first < end <= source.size():  # Else a footer is damaged: Arrow tells.
        mapped = mmap.mmap(descriptor, end - first, access=mmap.ACCESS_READ, offset=first)
        yield list(chunks), np.frombuffer(mapped, dtype=np.uint8), first


def _array(content: U8, begins: I64, ends: I64, kind: pa.DataType) -> pa.Array[Any]:
    """Values as an Arrow array of 32-bit offsets."""
    offsets = np.zeros(len(begins) + 1, dtype=np.int32)
    np.cumsum(ends - begins, out=offsets[1:])
    view = content.data
    data = b"".join([view[b:e] for b, e in zip(begins.tolist(), ends.tolist(), strict=True)])
    buffers = [None, pa.py_buffer(offsets.data), pa.py_buffer(data)]
    made: pa.Array[Any] = pa.Array.from_buffers(kind, len(begins), buffers)
    return made
