"""SQL over the lake: a DuckDB connection with one view for each public dataset.

Here belongs what the views say. They show the lake as it was when the connection was made; their
rows are exactly those of `lake.tables.Lake.scan` and `read_derived`. DuckDB reads through Arrow,
so it works the same over a folder and a bucket, and needs no files of its own: it may open none.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.dataset as ds

from lake import keys, parquet
from lake.reading.catalog import Catalog, Piece
from lake.reading.lazy import derived, published
from lake.schema import ARTICLES, DAYS, FETCHES, SOURCE_RUNS, TOMBSTONES, Dataset
from lake.storage import ObjectInfo
from lake.tables import Lake
from lake.upkeep.tombstones import NAMED_BY, REDACTED, Forgotten

if TYPE_CHECKING:
    import duckdb

LATEST: Final = """
create view latest as
select * from articles where article_id in (
    select arg_max(article_id, (version, fetched_at, run_id)) from articles group by url_id
)"""
"""The newest version of each article."""

ORIGINALS: Final = """
create view originals as
select a.* from articles a left join families f using (article_id)
where case f.role when 'first' then true when 'copy' then false when 'update' then false
      else a.copy_of is null end"""
"""Articles without an earlier copy: as `link` has found out, else as known at publication."""

LIST_RUNS: Final = (
    "list the runs with: select run_id from articles union select run_id from source_runs "
    "order by all"
)
"""A run need not have published an article, and its rows of source_runs may be past keeping."""
_NO_RUN: Final = "articles_since takes a run id, and this is none: "
_UNKNOWN_RUN: Final = "there is no run "
_MISTAKES: Final = (_NO_RUN, _UNKNOWN_RUN)

SINCE: Final = rf"""
create macro articles_since(run) as table
select * from articles where run_id > case
    when coalesce(regexp_full_match(run::varchar, '\d{{8}}T\d{{12}}Z-[0-9a-f]{{16}}'), false)
    then case when has_run(run::varchar) then run::varchar
         else error('{_UNKNOWN_RUN}' || run::varchar || '; {LIST_RUNS}') end
    else error('{_NO_RUN}' || coalesce(run::varchar, 'null')) end"""  # noqa: S608 - words of ours.
"""What is new since a run: run ids sort by time. What is no run id (`lake.ids`), or that of no run
of the lake, is an error as soon as there is a row to compare it with: no rows would be taken for no
news."""

_LOCKED: Final = (
    # No file of this machine and no address can be read or written, and no extension loaded ...
    "set enable_external_access = false",
    # ... no variable of a Python caller can be read as a table ...
    "set python_enable_replacements = false",
    # ... and no query can undo that.
    "set lock_configuration = true",
)


def connect(lake: Lake) -> duckdb.DuckDBPyConnection:
    """Opens a DuckDB connection with the views over a lake.

    The views are articles, latest, originals, fetches, source_runs, relations, families, threads,
    tombstones and days; ``articles_since(RUN_ID)`` is a table of what is new since a run. Those of
    an empty lake are empty and have the right columns. The connection reaches nothing but them:
    no file, no address, no extension, no other database, and its settings are locked. Rows are
    read when a query asks for them, with the ids of all articles when it asks for articles.

    Raises:
        StorageError: If the lake cannot be read.
        LakeFormatError: If an object that says which objects count is damaged.
    """
    return lake.look(lambda catalog: _connect(lake, catalog))


@contextmanager
def damage_named(lake: Lake) -> Iterator[None]:
    """Wraps queries: if one fails, looks for a damaged object under the views.

    Of what Arrow could not read DuckDB tells the words alone, not the object.

    Raises:
        LakeFormatError: If there is one; names it, and what to do about it. Else the query's own
            error comes through.
    """
    import duckdb

    try:
        yield
    except (
        *(duckdb.ParserException, duckdb.SyntaxException, duckdb.BinderException),
        *(duckdb.CatalogException, duckdb.DataError, duckdb.PermissionException),
        duckdb.OutOfMemoryException,
    ):
        raise  # It has nothing to do with the objects, and to look means to read them all.
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if not any(words in str(error) for words in _MISTAKES):
            lake.look(lambda catalog: _require_sound(lake, catalog))
        raise


def _require_sound(lake: Lake, catalog: Catalog) -> None:
    wanted = [
        (dataset, piece.info)
        for dataset in (ARTICLES, FETCHES, SOURCE_RUNS)
        for date in catalog.days(dataset)
        for piece in catalog.cover(dataset, date).pieces
    ]
    for dataset in (*keys.DERIVED, TOMBSTONES, DAYS):
        wanted += [(dataset, piece.info) for piece in _flat(catalog, dataset)]

    def read(at: tuple[Dataset, ObjectInfo]) -> None:
        dataset, info = at
        with lake.storage.open_input(info.key, info.size) as source:
            parquet.read(source, info.key, dataset, checksums=True)

    with ThreadPoolExecutor(lake.storage.parallel) as pool:
        list(pool.map(read, wanted))


def _connect(lake: Lake, catalog: Catalog) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    forgotten = lake.tombstones.of(catalog)
    stored: dict[str, pa.Table | ds.Dataset] = {
        dataset.name: published(lake, catalog, dataset)
        for dataset in (ARTICLES, FETCHES, SOURCE_RUNS)
    }
    for dataset in (*keys.DERIVED, TOMBSTONES, DAYS):
        stored[dataset.name] = derived(lake, dataset, _flat(catalog, dataset), forgotten)
    stored["forgotten"] = pa.table({"id": pa.array(forgotten.url_ids, pa.string())})
    # In a schema of their own: `show tables` is to list the views, and not what lies under them.
    connection.execute("create schema stored")
    connection.execute("set schema = 'stored'")
    for name, rows in stored.items():
        connection.from_arrow(rows).create_view(name)
    connection.execute("set schema = 'main'")
    for dataset in (ARTICLES, FETCHES, SOURCE_RUNS):
        connection.execute(_view(dataset, forgotten))
    for dataset in (*keys.DERIVED, TOMBSTONES, DAYS):
        connection.execute(f"create view {dataset.name} as from stored.{dataset.name}")
    connection.execute(LATEST)
    connection.execute(ORIGINALS)
    connection.create_function("has_run", catalog.has_run, ["VARCHAR"], "BOOLEAN")
    connection.execute(SINCE)
    for setting in _LOCKED:
        connection.execute(setting)
    return connection


def _flat(catalog: Catalog, dataset: Dataset) -> list[Piece]:
    infos = list(catalog.flat(dataset).values())
    # Of tombstones all objects count together; of the others the newest is all of it.
    return [Piece(info) for info in (infos if dataset is TOMBSTONES else infos[-1:])]


def _view(dataset: Dataset, forgotten: Forgotten) -> str:
    """The view of a dataset that runs publish, without what was taken down."""
    name = dataset.name
    columns, where = "*", ""
    if forgotten.matches(dataset) is not None:
        mine = " or ".join(
            f"coalesce({n} in (from stored.forgotten), false)" for n in NAMED_BY[name]
        )
        if dataset is FETCHES:
            empty = [f"case when {mine} then null else {n} end as {n}" for n in REDACTED]
            columns = f"* replace ({', '.join(empty)})"
        else:
            where = f"where not ({mine})"
    # Names of ours only: no text of the user's gets into the query.
    return f"create view {name} as select {columns} from stored.{name} {where}"  # noqa: S608
