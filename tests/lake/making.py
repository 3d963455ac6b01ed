"""Small lakes for tests: rows, spools and whole runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from lake import ids, keys, schema
from lake.runs.spool import Spool
from lake.storage import Storage, open_storage
from lake.tables import Lake

NOW = datetime(2024, 6, 18, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_EMPTY: Mapping[str, Any] = {
    "outcomes": [("published", 1)],
    "extractor": "generic",
    "language": "hi",
    "with_date": 0,
    "with_author": 0,
    "with_agency": 0,
    "feeds_not_modified": 0,
    "feeds_failed": 0,
}


def row(dataset: schema.Dataset, **values: object) -> dict[str, Any]:
    """A row with something in each required column."""
    filled: dict[str, Any] = {}
    for column in dataset.columns:
        if column.name in values:
            filled[column.name] = values[column.name]
        elif column.required:
            filled[column.name] = _anything(column)
    return filled


def _anything(column: schema.Column) -> object:
    kind = column.type
    if column.name in _EMPTY:
        return _EMPTY[column.name]
    if pa.types.is_timestamp(kind):
        return NOW
    if pa.types.is_string(kind):
        return "x"
    if pa.types.is_boolean(kind):
        return True
    if pa.types.is_fixed_size_binary(kind):
        return bytes(kind.byte_width)
    if pa.types.is_binary(kind):
        return b""
    if pa.types.is_list(kind):
        return []
    return 1


def table(dataset: schema.Dataset, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([dict(r) for r in rows], schema=dataset.schema)


def article(name: str, run_id: str, *, version: int = 1, **values: object) -> dict[str, Any]:
    """One version of the article at http://a.test/NAME; the same name is the same article_id."""
    url_id = ids.url_id(f"http://a.test/{name}")
    content = ids.content_hash(f"{name} {version}")
    return row(
        schema.ARTICLES,
        **{
            "article_id": ids.article_id(url_id, version, content),
            "url_id": url_id,
            "version": version,
            "url": f"http://a.test/{name}",
            "source_id": "a",
            "title": f"शीर्षक {name}",
            "text": f"हिन्दी का पाठ {name} {version}",
            "content_hash": content,
            "fetched_at": ids.run_time(run_id),
            "published_at": ids.run_time(run_id) - HOUR,
            "run_id": run_id,
            **values,
        },
    )


def fetch(of: Mapping[str, Any], **values: object) -> dict[str, Any]:
    """The fetch that an article was made from."""
    return row(
        schema.FETCHES,
        **{
            "run_id": of["run_id"],
            "url_id": of["url_id"],
            "url": of["url"],
            "requested_url": of["url"],
            "canonical_url": of["url"],
            "article_url_id": of["url_id"],
            "article_id": of["article_id"],
            "source_id": of["source_id"],
            "first_listed_at": of["fetched_at"],
            "fetched_at": of["fetched_at"],
            "outcome": "published" if of["version"] == 1 else "updated",
            "final": True,
            "tries": 1,
            "etag": f'"{of["content_hash"][:8]}"',
            **values,
        },
    )


def fingerprint(of: Mapping[str, Any]) -> dict[str, Any]:
    return row(
        schema.FINGERPRINTS,
        **{
            name: of[name]
            for name in (
                *("article_id", "url_id", "version", "source_id", "content_hash"),
                *("published_at", "fetched_at"),
            )
        },
        effective_at=of["published_at"] or of["fetched_at"],
    )


def seal(
    lake: Lake,
    spool: Spool,
    articles: Sequence[Mapping[str, Any]] = (),
    *,
    fetches: Sequence[Mapping[str, Any]] | None = None,
    listed: Collection[str] = (),
    pages: int = 1,
) -> None:
    """Seals a run that made these articles."""
    run_id = spool.run_id
    files = []
    for number in range(pages):
        path = spool.shard_path(number) / "pages-000.warc.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"warc" * 100)
        files.append((number, path))
    lake.seal(
        spool,
        articles=table(schema.ARTICLES, articles),
        fetches=table(
            schema.FETCHES, fetches if fetches is not None else [fetch(a) for a in articles]
        ),
        source_runs=table(schema.SOURCE_RUNS, [row(schema.SOURCE_RUNS, run_id=run_id)]),
        fingerprints=table(schema.FINGERPRINTS, [fingerprint(a) for a in articles]),
        state=table(
            schema.STATE,
            [
                row(
                    schema.STATE,
                    feed_url="http://a.test/feed",
                    listed=list(listed),
                    last_polled_at=ids.run_time(run_id),
                    etag=run_id,
                )
            ],
        ),
        pages=files,
    )


def spool_of(
    lake: Lake,
    root: Path,
    names: Sequence[str] = (),
    *,
    at: datetime = NOW,
    run_id: str | None = None,
    version: int = 1,
    **more: Any,
) -> Spool:
    """A sealed spool of a run that made version `version` of these articles."""
    run_id = run_id or lake.new_run_id(at)
    spool = Spool.create(root, run_id)
    seal(lake, spool, [article(n, run_id, version=version) for n in names], **more)
    return spool


def publish(
    lake: Lake, root: Path, names: Sequence[str] = (), *, at: datetime = NOW, **more: Any
) -> str:
    """One whole run."""
    spool = spool_of(lake, root, names, at=at, **more)
    lake.publish(spool)
    spool.remove()
    return spool.run_id


def overlap(storage: Storage, runs: Sequence[str], scratch: Path) -> None:
    """Puts two day files of articles in place of three runs: one of 0 and 1, one of 1 and 2.

    That is what two compactions at once may leave, each of which has not seen one of the runs.
    """
    objects = {run: storage.get(keys.run_key(schema.ARTICLES, run)) for run in runs}
    for number, pair in enumerate((runs[:2], runs[1:])):
        other = Lake(open_storage(str(scratch / f"compaction-{number}")))
        for run in pair:
            other.storage.put(keys.run_key(schema.ARTICLES, run), objects[run])
        other.compact(NOW + 4 * DAY)
        for info in other.storage.list("articles/"):
            storage.put(info.key, other.storage.get(info.key))
    storage.delete(keys.run_key(schema.ARTICLES, run) for run in runs)


def names_in(lake: Lake, **options: Any) -> list[str]:
    """The names of the articles in the lake, as `publish` was given them; sorted."""
    urls = lake.read(schema.ARTICLES, ["url"], **options).column("url").to_pylist()
    return sorted(str(url).rpartition("/")[2] for url in urls)


def glob_names(root: Path) -> list[str]:
    """The same by a plain glob over the files of a local lake."""
    import duckdb

    urls = duckdb.sql(f"select url from read_parquet('{root}/articles/**/*.parquet')").fetchall()
    return sorted(url.rpartition("/")[2] for (url,) in urls)
