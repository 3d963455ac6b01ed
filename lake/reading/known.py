"""Known URLs: what is done with, as a compact index over fetches.

Here belongs how fetches become the rows of `lake.schema.KNOWN` and how generations of the index
follow each other. The index is derived: lost, it is built anew from the fetches that are kept, and
from the articles of days whose fetches are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids, keys, parquet
from lake.failpoints import failpoint
from lake.outcomes import Outcome
from lake.reading.catalog import Catalog, Piece
from lake.schema import ARTICLES, FETCHES, KNOWN, TIME
from lake.storage import Storage

KEEP: Final = timedelta(days=400)
"""How long a URL is remembered after it was last fetched or listed."""

_MADE: Final = pa.array([Outcome.PUBLISHED.value, Outcome.UPDATED.value])
_FETCHED: Final = (
    *("url_id", "url", "canonical_url", "article_url_id", "article_id", "source_id"),
    *("fetched_at", "outcome", "etag", "last_modified"),
)
_VERSION: Final = ("article_id", "version", "content_hash", "published_at")


@dataclass(frozen=True, slots=True)
class Index:
    """The newest index and what it was built from.

    Attributes:
        table: Rows of `lake.schema.KNOWN`, or the columns asked for.
        pieces: Keys of the objects of fetches that went into it.
        runs: The runs of those that were objects of one run.
    """

    table: pa.Table
    pieces: frozenset[str]
    runs: frozenset[str]


NO_INDEX: Final = Index(KNOWN.stored_schema.empty_table(), frozenset(), frozenset())


def read_index(storage: Storage, catalog: Catalog) -> Index:
    """Reads the newest index; an empty one if there is none."""
    newest = next(reversed(catalog.flat(KNOWN).values()), None)
    if newest is None:
        return NO_INDEX
    with storage.open_input(newest.key, newest.size) as source:
        table, metadata = parquet.read(source, newest.key, KNOWN)
    return Index(
        table,
        frozenset(parquet.names_in(metadata, parquet.INDEXED, newest.key)),
        frozenset(parquet.names_in(metadata, parquet.RUNS, newest.key)),
    )


def _pieces(catalog: Catalog) -> list[Piece]:
    return [p for date in catalog.days(FETCHES) for p in catalog.cover(FETCHES, date).pieces]


def known_table(storage: Storage, catalog: Catalog, *, afresh: bool = False) -> pa.Table:
    """All known URLs: the index, and the committed fetches that are not in it.

    Args:
        storage: Of the lake.
        catalog: The lake.
        afresh: From the fetches alone, whatever the index says.

    Returns:
        Rows of `lake.schema.KNOWN`, sorted by url_id, one for each. The canonical URL of an
        article has its newest version; another address of it has no article_id.
    """
    index = NO_INDEX if afresh else read_index(storage, catalog)
    new = []
    for piece in _pieces(catalog):
        if piece.info.key in index.pieces:
            continue
        held = catalog.held_by(piece)
        if not held <= index.runs:
            # Rows that the index has already do no harm: the newest wins.
            new.append((piece, held))
    with ThreadPoolExecutor(storage.parallel) as pool:
        rows = list(pool.map(lambda p: _rows(storage, catalog, *p), new))
        if index is NO_INDEX:
            bare = sorted(set(catalog.days(ARTICLES)) - set(catalog.days(FETCHES)))
            pieces = [piece for date in bare for piece in catalog.cover(ARTICLES, date).pieces]
            rows += pool.map(lambda piece: _of_articles(storage, piece), pieces)
    return _newest([index.table, *rows])


def _rows(storage: Storage, catalog: Catalog, piece: Piece, runs: frozenset[str]) -> pa.Table:
    final = pc.equal(pc.field("final"), pc.scalar(True))
    with storage.open_input(piece.info.key, piece.info.size) as source:
        fetches, _ = parquet.read(source, piece.info.key, FETCHES, _FETCHED, final, piece.runs)
    versions = _versions(storage, catalog, runs)
    asked = _table(
        {
            "url_id": fetches.column("url_id"),
            "last_seen_at": fetches.column("fetched_at"),
            "url": pc.coalesce(fetches.column("canonical_url"), fetches.column("url")),
            "source_id": fetches.column("source_id"),
        }
    )
    looked_at = fetches.filter(
        pc.and_(
            pc.or_kleene(
                pc.is_valid(fetches.column("article_url_id")),
                pc.is_valid(fetches.column("article_id")),
            ),
            pc.invert(
                pc.is_in(
                    fetches.column("outcome"),
                    value_set=pa.array([Outcome.DUPLICATE_URL.value, Outcome.DEFERRED.value]),
                )
            ),
        )
    )
    articles = _table(
        {
            "url_id": pc.coalesce(looked_at.column("article_url_id"), looked_at.column("url_id")),
            "last_seen_at": looked_at.column("fetched_at"),
            "checked_at": looked_at.column("fetched_at"),
            "url": pc.coalesce(looked_at.column("canonical_url"), looked_at.column("url")),
            "source_id": looked_at.column("source_id"),
            "etag": looked_at.column("etag"),
            "last_modified": looked_at.column("last_modified"),
            "article_id": pc.if_else(
                pc.is_in(looked_at.column("outcome"), value_set=_MADE),
                looked_at.column("article_id"),
                pa.scalar(None, pa.string()),
            ),
        }
    ).join(versions, "article_id", join_type="left outer")
    # A row that was left out because an older run has it too: that run's fetch brings it in.
    named = pc.if_else(
        pc.is_valid(articles.column("version")),
        articles.column("article_id"),
        pa.scalar(None, pa.string()),
    )
    articles = articles.set_column(
        articles.schema.get_field_index("article_id"), "article_id", named
    )
    return pa.concat_tables([_widen(asked), _widen(articles)])


def _of_articles(storage: Storage, piece: Piece) -> pa.Table:
    """What articles say of their own URLs, where no fetch is kept that does."""
    names = [*_VERSION, "url_id", "url", "source_id", "fetched_at"]
    with storage.open_input(piece.info.key, piece.info.size) as source:
        table, _ = parquet.read(source, piece.info.key, ARTICLES, names, runs=piece.runs)
    seen = table.column("fetched_at")
    named = {name: table.column(name) for name in names if name != "fetched_at"}
    return _widen(_table({**named, "last_seen_at": seen, "checked_at": seen}))


def _table(columns: dict[str, pa.ChunkedArray[Any]]) -> pa.Table:
    return pa.table(list(columns.values()), names=list(columns))


def _versions(storage: Storage, catalog: Catalog, runs: frozenset[str]) -> pa.Table:
    """The versions that some runs have published."""
    names = [*_VERSION, "run_id"]
    tables = [ARTICLES.stored_schema.empty_table().select(names)]
    for date in sorted({ids.crawl_date(run) for run in runs}):
        for piece in catalog.cover(ARTICLES, date).pieces:
            wanted = catalog.held_by(piece) & runs
            if wanted:
                with storage.open_input(piece.info.key, piece.info.size) as source:
                    table, _ = parquet.read(
                        source, piece.info.key, ARTICLES, names, runs=frozenset(wanted)
                    )
                tables.append(table)
    return pa.concat_tables(tables, promote_options="permissive").select(_VERSION)


def _widen(table: pa.Table) -> pa.Table:
    columns = [
        table.column(f.name).cast(f.type)
        if f.name in table.column_names
        else pa.chunked_array([pa.nulls(table.num_rows, f.type)], f.type)
        for f in KNOWN.stored_schema
    ]
    return pa.table(columns, schema=KNOWN.stored_schema)


def _newest(tables: Iterable[pa.Table]) -> pa.Table:
    """One row for each url_id, each value the newest that is not null."""
    rows = pa.concat_tables(tables)
    seen = pc.coalesce(rows.column("checked_at"), rows.column("last_seen_at"))
    ordered = rows.append_column("at", seen).sort_by(
        [("at", "ascending"), ("version", "ascending")]
    )
    latest = [n for n in KNOWN.stored_schema.names if n not in ("url_id", "last_seen_at")]
    merged = ordered.group_by("url_id", use_threads=False).aggregate(
        [("last_seen_at", "max"), *((name, "last") for name in latest)]
    )
    columns = [
        merged.column("url_id"),
        merged.column("last_seen_at_max"),
        *(merged.column(f"{name}_last") for name in latest),
    ]
    names = ["url_id", "last_seen_at", *latest]
    table = pa.table(columns, names=names).select(KNOWN.stored_schema.names)
    return table.cast(KNOWN.stored_schema).sort_by("url_id")


def _listed(state: pa.Table, known: pa.Table) -> pa.Table:
    """Known URLs that a feed still lists: seen when the feed last answered."""
    listed = state.column("listed").combine_chunks()
    seen = state.column("last_polled_at").combine_chunks().take(pc.list_parent_indices(listed))
    rows = pa.table({"url_id": pc.list_flatten(listed), "last_seen_at": seen})
    done_with = pc.is_in(rows.column("url_id"), value_set=known.column("url_id"))
    return _widen(rows.filter(pc.and_(done_with, pc.is_valid(rows.column("last_seen_at")))))


def build(
    storage: Storage,
    catalog: Catalog,
    state: pa.Table,
    now: datetime,
    keep: timedelta = KEEP,
    *,
    afresh: bool = False,
) -> int:
    """Writes a new generation of the index, then deletes the older ones.

    Args:
        storage: Of the lake.
        catalog: The lake.
        state: Rows of `lake.schema.STATE`: what a feed lists is not forgotten.
        now: The clock.
        keep: How long a URL is remembered after it was last fetched or listed.
        afresh: From the fetches alone, whatever the index says.

    Returns:
        Number of URLs in the index.
    """
    pieces = _pieces(catalog)
    known = known_table(storage, catalog, afresh=afresh)
    table = _newest([known, _listed(state, known)])
    table = table.filter(
        pc.greater_equal(table.column("last_seen_at"), pa.scalar(now - keep, TIME))
    )
    older = catalog.flat(KNOWN)
    metadata = {
        parquet.INDEXED: json.dumps(sorted(p.info.key for p in pieces)).encode(),
        **parquet.runs_metadata(p.run_id for p in pieces if p.run_id is not None),
    }
    key = keys.flat_key(KNOWN, ids.new_run_id(now, max(older, default=None)))
    failpoint("known.put")
    storage.put(key, parquet.encode(parquet.conform(table, KNOWN, metadata)))
    failpoint("known.delete")
    storage.delete(info.key for info in older.values())
    return table.num_rows
