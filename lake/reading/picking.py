"""Rows by id: the few that are asked for, out of objects that hold very many.

Here belongs how they are found without reading the rest: by the statistics of row groups, then by
their times, then by the ids at these times. Not here: who asks, and how a few rows of a column are
read (`lake.reading.plain`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake import parquet
from lake.reading.catalog import Catalog, Piece
from lake.reading.plain import I64, Locate, plain_chunks, take_plain
from lake.schema import Dataset
from lake.storage import Storage

_ID: Final = "article_id"
_AT_ONCE: Final = 3 << 20
"""Bytes that are decoded at a time: what the processor's cache holds."""
_SMALL: Final = 256 << 10
"""Bytes of a column of a row group that may be fetched before it is known whether it is needed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for.

    Attributes:
        ids: article_ids.
        times: int64, rising: the values that their rows have in the first column by which the
            dataset is sorted, microseconds since 1970 UTC.
    """

    ids: pa.Array[Any]
    times: I64

    def may_lie(self, first: int, last: int) -> bool:
        """Whether any of the times is between two, both included."""
        at = int(np.searchsorted(self.times, first))
        return at < len(self.times) and int(self.times[at]) <= last

    def among(self, times: I64) -> I64:
        """Which of some times are wanted: their numbers, int64, rising."""
        if not len(self.times):
            return np.empty(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.times, times), len(self.times) - 1)
        return np.flatnonzero(self.times[at] == times)


def pick(
    storage: Storage,
    catalog: Catalog,
    dataset: Dataset,
    columns: Sequence[str],
    wanted: Wanted,
    locate: Locate | None = None,
) -> pa.Table:
    """Reads the rows of some articles.

    Args:
        storage: Of the lake.
        catalog: The lake, seen just now.
        dataset: ARTICLES or FINGERPRINTS of `lake.schema`.
        columns: Which to return, in this order.
        wanted: Ids that a scan of the lake has returned; others may be found although readers
            are not to see them.
        locate: As for `pick_from`.

    Returns:
        The rows, in order of crawl dates. One that two runs have published may come twice.

    Raises:
        ObjectMissingError: If an object has been deleted since it was listed.
        LakeFormatError: If an object is damaged.
    """
    pieces = [p for day in catalog.days(dataset) for p in catalog.cover(dataset, day).pieces]
    schema = dataset.stored_schema
    empty = pa.schema([schema.field(name) for name in columns]).empty_table()

    def read(piece: Piece) -> list[pa.Table]:
        with storage.open_input(piece.info.key, piece.info.size) as source:
            return pick_from(source, piece.info.key, dataset, columns, wanted, locate)

    with ThreadPoolExecutor(storage.parallel) as pool:
        found = [table for tables in pool.map(read, pieces) for table in tables]
    return pa.concat_tables([empty, *found])


def pick_from(
    source: pa.NativeFile,
    key: str,
    dataset: Dataset,
    columns: Sequence[str],
    wanted: Wanted,
    locate: Locate | None = None,
) -> list[pa.Table]:
    """Reads the rows of some articles from one object.

    Args:
        source: The object.
        key: Its key, for messages.
        dataset: What it holds rows of.
        columns: Which to return, in this order.
        wanted: What to look for.
        locate: Finds values in columns that are stored plainly, whose other rows need not be
            decoded then (`lake.reading.plain`); without it Arrow decodes whole row groups.

    Returns:
        A table for each row group that has any.

    Raises:
        LakeFormatError: If it is damaged.
    """
    found = []
    with parquet.damage_told(key):
        # What is stored plainly is not even decoded here, so nothing compares its checksums.
        file = parquet.open_file(source, checksums=False, ahead=False)
        schema = file.schema_arrow  # Made anew each time that it is asked for.
        held = [name for name in columns if name in schema.names]
        for group in _groups(file, dataset.sort_by[0], wanted):
            reader = _Group(source, file, schema, group, locate)
            rows = reader.find(dataset.sort_by[0], held, wanted)
            if len(rows):
                found.append(parquet.fitted(reader.take(held, rows), dataset, columns, len(rows)))
    return found


class _Group:
    """One row group; objects are read side by side, so Arrow's threads would be in the way."""

    def __init__(
        self,
        source: pa.NativeFile,
        file: pq.ParquetFile,
        schema: pa.Schema,
        group: int,
        locate: Locate | None,
    ) -> None:
        self._source = source
        self._file = file
        self._schema = schema
        self._group = group
        self._locate = locate
        self._read: dict[str, pa.ChunkedArray[Any]] = {}

    def find(self, timed: str, columns: Sequence[str], wanted: Wanted) -> I64:
        """The numbers of the wanted rows, rising; `columns` will be taken of them."""
        # What is far away comes with two requests about: the ids with all that is small, the rest.
        first = [timed, _ID, *(name for name in columns if self._size([name]) <= _SMALL)]
        parquet.hold(self._source, self._file.metadata, [self._group], first)
        times = self._file.read_row_group(self._group, [timed], use_threads=False).column(0)
        self._read[timed] = times
        rows = wanted.among(np.asarray(pc.cast(times, pa.int64()).to_numpy(), dtype=np.int64))
        if len(rows):
            ids = self.take([_ID], rows).column(_ID)
            rows = rows[pc.is_in(ids, value_set=wanted.ids).to_numpy()]
        if len(rows):
            rest = [name for name in columns if name not in first]
            parquet.hold(self._source, self._file.metadata, [self._group], rest, more=True)
        return rows

    def take(self, columns: Sequence[str], rows: I64) -> pa.Table:
        """Some rows of some columns."""
        at = pa.array(rows, pa.int64())
        table: dict[str, Any] = {
            name: column.take(at) for name, column in self._read.items() if name in columns
        }
        if self._locate is not None:
            chunks = plain_chunks(self._file, self._group, columns)
            types = {name: self._schema.field(name).type for name in chunks}
            table |= take_plain(self._source, chunks, types, rows, self._locate) or {}
        rest = [name for name in columns if name not in table]
        if rest:
            decoded = self._decode(rest, rows)
            table |= {name: decoded.column(name) for name in rest}
        return pa.table({name: table[name] for name in columns})

    def _decode(self, columns: Sequence[str], rows: I64) -> pa.Table:
        """Some rows of columns that are decoded whole, a cacheful at a time."""
        rows_of_it = self._file.metadata.row_group(self._group).num_rows
        at_once = rows_of_it * _AT_ONCE // max(self._size(columns), _AT_ONCE)
        taken = []
        start = 0
        for batch in self._file.iter_batches(
            max(1, at_once), [self._group], list(columns), use_threads=False
        ):
            here = rows[np.searchsorted(rows, start) : np.searchsorted(rows, start + len(batch))]
            if len(here):
                taken.append(batch.take(here - start))
            start += len(batch)
        return pa.Table.from_batches(taken)

    def _size(self, columns: Sequence[str]) -> int:
        """Bytes of some columns, decoded."""
        group = self._file.metadata.row_group(self._group)
        chunks = [group.column(place) for place in range(group.num_columns)]
        return sum(c.total_uncompressed_size for c in chunks if c.path_in_schema in columns)


def _groups(file: pq.ParquetFile, column: str, wanted: Wanted) -> list[int]:
    """The row groups in which the wanted rows may be."""
    metadata = file.metadata
    place = metadata.schema.names.index(column)
    groups = []
    for group in range(metadata.num_row_groups):
        told: Any = metadata.row_group(group).column(place).statistics
        if told is None or not told.has_min_max or wanted.may_lie(told.min_raw, told.max_raw):
            groups.append(group)
    return groups
