"""Rows by id: the few that are asked for, out of objects that hold very many.

Here belongs how they are found without reading the rest: by the statistics of row groups, then by
the ids alone, then by the columns of the row groups that are left. Not here: who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake import parquet
from lake.catalog import Catalog, Piece
from lake.schema import Dataset
from lake.storage import Storage

I64 = npt.NDArray[np.int64]

_ID: Final = "article_id"
_AT_ONCE: Final = 512
"""Rows that are read at a time: about 3 MB of fingerprints."""


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


def pick(
    storage: Storage, catalog: Catalog, dataset: Dataset, columns: Sequence[str], wanted: Wanted
) -> pa.Table:
    """Reads the rows of some articles.

    Args:
        storage: Of the lake.
        catalog: The lake, seen just now.
        dataset: ARTICLES or FINGERPRINTS of `lake.schema`.
        columns: Which to return, in this order.
        wanted: Ids that a scan of the lake has returned; others may be found although readers
            are not to see them.

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
            return pick_from(source, piece.info.key, dataset, columns, wanted)

    with ThreadPoolExecutor(storage.parallel) as pool:
        found = [table for tables in pool.map(read, pieces) for table in tables]
    return pa.concat_tables([empty, *found])


def pick_from(
    source: pa.NativeFile, key: str, dataset: Dataset, columns: Sequence[str], wanted: Wanted
) -> list[pa.Table]:
    """Reads the rows of some articles from one object.

    Args:
        source: The object.
        key: Its key, for messages.
        dataset: What it holds rows of.
        columns: Which to return, in this order.
        wanted: What to look for.

    Returns:
        A table for each row group that has any.

    Raises:
        LakeFormatError: If it is damaged.
    """
    found = []
    with parquet.damage_told(key):
        file = parquet.open_file(source)
        held = [name for name in columns if name in file.schema_arrow.names]
        for group in _groups(file, dataset.sort_by[0], wanted):
            # Objects are read side by side: more threads for each would get in each other's way.
            ids = file.read_row_group(group, [_ID], use_threads=False).column(_ID)
            rows = pc.indices_nonzero(pc.is_in(ids, value_set=wanted.ids))
            if len(rows):
                table = _take(file, group, held, rows.to_numpy().astype(np.int64))
                found.append(parquet.fitted(table, dataset, columns, len(rows)))
    return found


def _take(file: pq.ParquetFile, group: int, columns: list[str], rows: I64) -> pa.Table:
    """Some rows of a row group, which is read a cacheful at a time."""
    taken = []
    start = 0
    for batch in file.iter_batches(_AT_ONCE, [group], columns, use_threads=False):
        here = rows[np.searchsorted(rows, start) : np.searchsorted(rows, start + len(batch))]
        taken.append(batch.take(here - start))
        start += len(batch)
    return pa.Table.from_batches(taken)


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
