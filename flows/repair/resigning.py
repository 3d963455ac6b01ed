"""Whether fingerprints are those of their articles: made again, and compared.

Here belongs the comparison of one day. Not here: the making (`dedup.signature`), and what is done
about those that are not (`flows.repair.rebuild`).
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dedup import fingerprint
from lake.parquet import strings
from lake.schema import ARTICLES, FINGERPRINTS, RUN_ID
from lake.tables import Lake

_NEEDED: Final = (
    *("article_id", "url_id", "version", "source_id", "published_at", "fetched_at"),
    *("content_hash", "title", "text", "agencies", RUN_ID.name),
)
"""Columns of articles that fingerprints are made of, and the run, by which each has its own."""


def stored_prints(lake: Lake, day: date) -> pa.Table:
    """The fingerprints of a crawl date, with their ``run_id``: every byte is read and compared.

    Of an article that two runs have published each has its own.

    Args:
        lake: The lake.
        day: The crawl date.

    Raises:
        LakeFormatError: If an object is damaged.
    """
    schema = FINGERPRINTS.stored_schema
    found = lake.scan(FINGERPRINTS, schema.names, since=day, until=day, repeats=True)
    return pa.concat_tables([schema.empty_table(), *found], promote_options="permissive")


def unlike(lake: Lake, day: date, stored: pa.Table) -> set[str]:
    """Articles of a crawl date whose fingerprints are not what is made of them.

    Those that have none are not among them.

    Args:
        lake: The lake.
        day: The crawl date.
        stored: Its `stored_prints`.

    Raises:
        LakeFormatError: If an object of articles is damaged.
    """
    names = FINGERPRINTS.schema.names
    places = {key: place for place, key in enumerate(_keys(stored))}
    found: set[str] = set()
    for part in lake.scan(ARTICLES, _NEEDED, since=day, until=day, repeats=True):
        of_each = [places.get(key) for key in _keys(part)]
        mine = part.filter(pa.array([place is not None for place in of_each], pa.bool_()))
        old = stored.take(pa.array([place for place in of_each if place is not None], pa.int64()))
        made = fingerprint(mine)
        for name in names:
            found |= set(strings(mine.filter(_differ(made[name], old[name]))["article_id"]))
    return found


def _differ(one: pa.ChunkedArray[Any], other: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Whether two columns differ, row by row; null is like null alone."""
    same: Any = pc.equal(one, other.cast(one.type))
    both = pc.and_(pc.is_null(one), pc.is_null(other))
    differ: pa.ChunkedArray[Any] = pc.invert(pc.or_(pc.fill_null(same, False), both))
    return differ


def _keys(rows: pa.Table) -> list[tuple[object, ...]]:
    columns = (rows.column(name).to_pylist() for name in (RUN_ID.name, "article_id"))
    return list(zip(*columns, strict=True))
