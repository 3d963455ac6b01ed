"""Signatures: from articles to the fingerprints by which copies are found.

Here belong the scheme (what exactly is hashed, permuted and kept) and the table made of it. The
minhashes are datasketch's affine32 scheme bit for bit, so anybody can check or use them with
datasketch. Not here: how the marks of a text are made (`dedup.prints.marking`, and in plain words
`dedup.prints.marks`), and what is done with fingerprints.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dedup.compiled.compiling import cores
from dedup.prints.marking import mark
from dedup.scheme import METADATA_KEY, SCHEME, SCHEME_VERSION
from dedup.tables import conform, require_table
from dedup.text.cleaning import clean_all
from lake.schema import ARTICLES, FINGERPRINTS

_COPIED: Final = ("article_id", "url_id", "version", "source_id", "published_at", "fetched_at")
_MAY_BE_NULL: Final = ("published_at", "title", "text", "agencies")
_NEEDED: Final = (*_COPIED, "content_hash", "title", "text", "agencies")
_fields = {field.name: field for field in ARTICLES.schema}
_ARTICLES: Final = pa.schema([_fields[n].with_nullable(n in _MAY_BE_NULL) for n in _NEEDED])
_ARTICLES_AT_ONCE: Final = 512
# Bounds the memory: a slice is worked on by one thread, and its texts are held twice.


def fingerprint(articles: pa.Table) -> pa.Table:
    """Makes the fingerprints of articles.

    Args:
        articles: Rows with ``article_id, url_id, version, source_id, title, text, agencies,
            published_at, fetched_at, content_hash`` as in `lake.schema.ARTICLES`; more columns do
            no harm. A null or empty text gives a row that nothing is related to.

    Returns:
        One row per article, in the same order, with the columns of `lake.schema.FINGERPRINTS`,
        and the scheme in the schema's metadata under ``taar.scheme``.

    Raises:
        TypeError: If it is no table.
        ValueError: If a column is missing, has nulls where none may be, or is of another type; text
            may be of any of Arrow's types for it, times of any unit and zone.
    """
    # Once for all rows, of which there may be none; then slice by slice, since texts are long.
    require_table(articles, "articles")
    _conform(articles.schema.empty_table())
    metadata = {**(FINGERPRINTS.schema.metadata or {}), METADATA_KEY: json.dumps(SCHEME).encode()}
    schema = FINGERPRINTS.schema.with_metadata(metadata)
    slices = [
        articles.slice(start, _ARTICLES_AT_ONCE)
        for start in range(0, articles.num_rows, _ARTICLES_AT_ONCE)
    ]
    with ThreadPoolExecutor(cores()) as pool:
        tables = list(pool.map(lambda part: _fingerprint_rows(part, schema), slices))
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _conform(articles: pa.Table) -> pa.Table:
    return conform(articles, _NEEDED, _ARTICLES, "articles")


def _fingerprint_rows(articles: pa.Table, schema: pa.Schema) -> pa.Table:
    articles = _conform(articles)
    texts = articles.column("text").to_pylist()
    agencies = articles.column("agencies").to_pylist()
    bodies = clean_all(texts, agencies)
    made = mark(pa.array(bodies, pa.large_string()), articles.column("title"))
    columns: dict[str, Any] = {name: articles.column(name) for name in (*_COPIED, "content_hash")}
    columns["effective_at"] = pc.coalesce(
        articles.column("published_at"), articles.column("fetched_at")
    )
    columns["scheme"] = pa.array([SCHEME_VERSION] * len(bodies), pa.int16())
    columns |= made
    return pa.table(
        {field.name: columns[field.name].cast(field.type) for field in schema}, schema=schema
    )
