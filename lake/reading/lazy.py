"""Datasets of Arrow over the lake that read nothing before somebody scans them.

Here belongs what lies under the views: the objects that hold a dataset, and the rows that have to
be left out of some of them. To know these means to read the ids of all articles, so it is done when
a query comes to it. Not here: the views (`lake.reading.views`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from lake import parquet
from lake.reading.catalog import Piece
from lake.reading.distinct import Surplus, leave_out
from lake.reading.scan import has_article_ids
from lake.schema import Dataset
from lake.storage import Storage

if TYPE_CHECKING:
    from lake.reading.catalog import Catalog
    from lake.tables import Lake
    from lake.upkeep.tombstones import Forgotten


CRAWL_DATE: Final = pa.field("crawl_date", pa.date32())
"""The partition column: it stands in the folders' names and not in the objects, and readers of a
plain glob have it too."""


class LazyDataset(ds.InMemoryDataset):
    """An Arrow dataset that is made at its first scan: it is empty until then."""

    def __init__(self, schema: pa.Schema, make: Callable[[], ds.Dataset]) -> None:
        """Promises a dataset.

        Args:
            schema: Of it.
            make: Makes it; called once, or again if it fails.
        """
        super().__init__(schema.empty_table())  # type: ignore[call-arg] # The stubs lack it.
        self._make = make
        self._made: ds.Dataset | None = None

    def scanner(self, *args: Any, **kwargs: Any) -> ds.Scanner:  # noqa: ANN401 - as Arrow's own.
        """Scans it: DuckDB reads an Arrow dataset by this method, and by `schema`."""
        if self._made is None:
            self._made = self._make()
        return self._made.scanner(*args, **kwargs)


def published(lake: Lake, catalog: Catalog, dataset: Dataset) -> LazyDataset:
    """A dataset that runs publish, each row once; which objects count is settled at once.

    Args:
        lake: The lake.
        catalog: A look at it.
        dataset: ARTICLES, FETCHES or SOURCE_RUNS of `lake.schema`.

    Returns:
        Its stored columns and, last, `CRAWL_DATE`; objects of dates that a query does not ask for
        are not read.
    """
    pieces = {
        piece: date.fromisoformat(day)
        for day in catalog.days(dataset)
        for piece in catalog.cover(dataset, day).pieces
    }

    def make() -> ds.Dataset:
        surplus = lake.distinct.surplus(catalog, dataset) if has_article_ids(dataset) else {}
        whole: dict[Piece, date] = {}
        partly: list[pa.Table] = []
        for piece, day in pieces.items():
            repeats = surplus and not surplus.keys().isdisjoint(catalog.held_by(piece))
            if piece.runs is None and not repeats:
                whole[piece] = day
            else:
                rows = _rows(lake.storage, dataset, piece, surplus)
                dates = pa.repeat(pa.scalar(day, CRAWL_DATE.type), rows.num_rows)
                partly.append(rows.append_column(CRAWL_DATE, dates))
        files = _of_days(lake.storage, dataset, whole)
        if not partly:
            return files
        return ds.dataset([files, ds.dataset(pa.concat_tables(partly))])

    return LazyDataset(dataset.stored_schema.append(CRAWL_DATE), make)


def derived(
    lake: Lake, dataset: Dataset, pieces: Sequence[Piece], forgotten: Forgotten
) -> ds.Dataset:
    """A dataset that is kept whole, without what was taken down.

    Args:
        lake: The lake.
        dataset: What it is.
        pieces: Its objects.
        forgotten: What was taken down.
    """
    if forgotten.matches(dataset) is None or not pieces:
        return of_files(lake.storage, dataset, pieces)

    def make() -> ds.Dataset:
        rows = pa.concat_tables(_rows(lake.storage, dataset, piece, {}) for piece in pieces)
        return ds.dataset(forgotten.honour(rows, dataset))

    return LazyDataset(dataset.stored_schema, make)


def of_files(storage: Storage, dataset: Dataset, pieces: Sequence[Piece]) -> ds.Dataset:
    """All rows of some objects."""
    return _files(storage, dataset.stored_schema, dict.fromkeys(pieces))


def _of_days(storage: Storage, dataset: Dataset, pieces: Mapping[Piece, date]) -> ds.Dataset:
    """All rows of some objects, with `CRAWL_DATE`."""
    known = {p: ds.field(CRAWL_DATE.name) == pa.scalar(day) for p, day in pieces.items()}
    return _files(storage, dataset.stored_schema.append(CRAWL_DATE), known)


def _files(
    storage: Storage, schema: pa.Schema, pieces: Mapping[Piece, pc.Expression | None]
) -> ds.Dataset:
    """All rows of some objects, with what is known of each."""
    if not pieces:
        return ds.dataset(schema.empty_table())
    filesystem = storage.filesystem
    # With checksums: a flipped bit is an error, and no other number in somebody's table.
    form = ds.ParquetFileFormat(
        default_fragment_scan_options=ds.ParquetFragmentScanOptions(
            pre_buffer=True, page_checksum_verification=True
        )
    )
    fragments = [
        form.make_fragment(
            piece.info.key,
            filesystem=filesystem,
            partition_expression=known,
            file_size=piece.info.size,
        )
        for piece, known in pieces.items()
    ]
    return ds.FileSystemDataset(fragments, schema, form, filesystem)


def _rows(storage: Storage, dataset: Dataset, piece: Piece, surplus: Surplus) -> pa.Table:
    with storage.open_input(piece.info.key, piece.info.size) as source:
        table, _ = parquet.read(source, piece.info.key, dataset, runs=piece.runs)
    return leave_out(table, surplus)
