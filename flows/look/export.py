"""One file out of the lake: a view, for a range of days, as Parquet or CSV.

Here belongs the way from a view to one file of the user's. The views are `lake.reading.views`. The
file appears whole or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from flows.settings import Settings
from lake.errors import ConfigError, StorageError
from lake.ids import is_run_id
from lake.schema import ARTICLES, DATASETS, Dataset
from lake.storage.files import os_errors
from lake.tables import Lake

VIEWS: Final = {
    "latest": ARTICLES,
    "originals": ARTICLES,
    **{dataset.name: dataset for dataset in DATASETS if dataset.public},
}
"""What can be exported, each with the dataset whose columns it has."""

SUFFIXES: Final = (".parquet", ".csv")

_ROWS: Final = 16_384
"""Rows in a row group: texts are long."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        file: Its path.
        rows: Its rows.
        bytes: Its size.
        newest_run: The newest run that was looked at: what ``--since-run`` takes the next time.
    """

    file: str
    rows: int
    bytes: int
    newest_run: str | None = None


def export(
    settings: Settings,
    out: Path,
    *,
    view: str = "latest",
    since: date | None = None,
    until: date | None = None,
    since_run: str | None = None,
) -> Exported:
    """Writes the rows of a view into one file, sorted as in the lake; replaces one that is there.

    Args:
        settings: Where the lake is.
        out: ``*.parquet``, with types and descriptions as in the lake, or ``*.csv``, with lists as
            JSON.
        view: One of `VIEWS`.
        since: First crawl date, UTC; for what runs publish alone, as the next two.
        until: Last crawl date, included.
        since_run: Only what runs after this one have published.

    Raises:
        ConfigError: If the suffix, the view, the dates or the run are wrong, or the file would lie
            in the lake; nothing was written.
        LakeFormatError: If an object of the lake is damaged.
        StorageError: If the lake cannot be read, or the file cannot be written.
    """
    from flows.opening import open_lake, refuse_inside_lake
    from lake.reading.views import LIST_RUNS, connect

    _check(out, view, since, until, since_run)
    as_parquet = out.suffix.lower() == ".parquet"
    refuse_inside_lake(settings, out, "--out")
    if since_run is not None and not is_run_id(since_run):
        raise ConfigError(
            f"{since_run!r} is no run id",
            where="--since-run",
            remedy="give the newest_run of an earlier export, or any run_id of the lake",
        )
    lake = open_lake(settings, create=False)
    # Before the views are made: what is committed in between comes twice rather than never.
    if since_run is not None and not lake.has_run(since_run):
        raise ConfigError(
            f"there is no run {since_run}",
            where="--since-run",
            remedy=f"give the newest_run of an earlier export, or {LIST_RUNS}",
        )
    newest = lake.newest_run()
    connection = connect(lake)
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    with ExitStack() as stack:
        stack.enter_context(os_errors("write the export", out))
        temporary.touch(exist_ok=False)  # Better to know now than after a long query.
        stack.callback(temporary.unlink, missing_ok=True)
        query = _query(view, since, until, since_run, nested=as_parquet)
        batches = _batches(lake, connection, query)
        rows = (_write_parquet if as_parquet else _write_csv)(temporary, VIEWS[view], batches)
        size = temporary.stat().st_size
        temporary.replace(out)
    return Exported(str(out), rows, size, newest)


def _check(
    out: Path, view: str, since: date | None, until: date | None, since_run: str | None
) -> None:
    if out.suffix.lower() not in SUFFIXES:
        # Of a name such as `.csv` Python says that it has no suffix at all.
        ends = f"ends in {out.suffix!r}" if out.suffix else f"is {out.name!r}"
        raise ConfigError(
            f"the export's name {ends}, and that says no format",
            where=str(out),
            remedy="name it *.parquet or *.csv",
        )
    if view not in VIEWS:
        raise ConfigError(
            f"there is no view {view!r} to export",
            where="--view",
            remedy=f"one of {', '.join(VIEWS)}",
        )
    limits = {"--from": since, "--to": until, "--since-run": since_run}
    given = [name for name, value in limits.items() if value is not None]
    if given and not VIEWS[view].by_run:
        raise ConfigError(
            f"{view} is of all days at once, and its rows are of no run",
            where=", ".join(given),
            remedy=f"leave out {' and '.join(given)}: all of {view} is written",
        )
    if since is not None and until is not None and until < since:
        raise ConfigError(
            f"the range ends on {until} and begins later, on {since}",
            where="--from, --to",
            remedy="swap them",
        )


def _query(
    view: str, since: date | None, until: date | None, since_run: str | None, *, nested: bool
) -> str:
    # Run ids begin with the time, so they tell the crawl date and are in the files' statistics.
    limits = []
    if since is not None:
        limits.append(f"run_id >= '{_digits(since)}'")
    if until is not None:
        # "~" sorts after all that may follow; there is no day after the last one of the calendar.
        limits.append(f"run_id < '{_digits(until)}~'")
    if since_run is not None:
        limits.append(f"run_id > '{since_run}'")
    dataset = VIEWS[view]
    columns = [
        f"to_json({c.name}) as {c.name}" if not nested and pa.types.is_nested(c.type) else c.name
        for c in dataset.columns
    ]
    where = f"where {' and '.join(limits)}" if limits else ""
    order = [*dataset.sort_by, *(["run_id"] if dataset.by_run else [])]
    # Names of ours, dates and run ids only: no text of the user's gets into the query.
    return f"select {', '.join(columns)} from {view} {where} order by {', '.join(order)}"  # noqa: S608


def _digits(day: date) -> str:
    # Not strftime: it writes years before 1000 with fewer digits, and those sort elsewhere.
    return day.isoformat().replace("-", "")


def _batches(lake: Lake, connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pa.Table]:
    from lake.reading.views import damage_named

    try:
        with damage_named(lake):
            reader = connection.execute(query).to_arrow_reader(_ROWS)
            yield reader.schema.empty_table()
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except (duckdb.Error, pa.ArrowException) as error:
        raise StorageError(
            f"the lake could not be read to the end: {str(error).strip()}",
            where="export",
            remedy="run it again: its files may have been merged meanwhile; else `taar verify`",
        ) from error


def _write_parquet(path: Path, dataset: Dataset, batches: Iterator[pa.Table]) -> int:
    rows = 0
    schema = dataset.schema
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_index=True) as writer:
        for batch in batches:
            writer.write_table(batch.cast(schema))
            rows += batch.num_rows
    return rows


def _write_csv(path: Path, dataset: Dataset, batches: Iterator[pa.Table]) -> int:
    rows = 0
    schema = pa.schema(
        [(c.name, pa.string() if pa.types.is_nested(c.type) else c.type) for c in dataset.columns]
    )
    with pc.CSVWriter(path, schema) as writer:
        for batch in batches:
            writer.write_table(batch.cast(schema))
            rows += batch.num_rows
    return rows
