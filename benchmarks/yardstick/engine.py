"""The yardstick handed to the engine, and what it found.

Here belongs the way from texts to fingerprints, relations and threads. Counting what is right is
in `benchmarks.yardstick.marks`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from benchmarks.yardstick.corpus import Yardstick
from benchmarks.yardstick.texts import Text
from dedup import (
    DedupSettings,
    find_relations,
    find_threads,
    fingerprint,
    resolve_relations,
)
from lake.schema import ARTICLES

Found = Mapping[frozenset[str], str]
"""Ids of two texts and the kind of their relation."""

_THREADED = ("written", "edited05", "shortened", "extended", "chrome", "series")
"""Texts that threads are looked for among: with every version of every story there, ten edges
would be spent on versions."""


def articles(texts: Iterable[Text]) -> pa.Table:
    """The texts as rows of `lake.schema.ARTICLES`, as far as the engine needs them."""
    rows = [
        {
            "article_id": text.id,
            "url_id": hashlib.blake2b(text.id.encode(), digest_size=16).hexdigest(),
            "version": 1,
            "source_id": text.source,
            "title": text.headline,
            "text": "\n\n".join(text.shown),
            "agencies": [],
            "published_at": text.at,
            "fetched_at": text.at,
            "content_hash": "",
        }
        for text in texts
    ]
    schema = pa.schema([ARTICLES.schema.field(name) for name in _columns()])
    return pa.Table.from_pylist(rows, schema=schema)


def _columns() -> list[str]:
    return [
        "article_id", "url_id", "version", "source_id", "title", "text", "agencies",
        "published_at", "fetched_at", "content_hash",
    ]  # fmt: skip


def relations(yardstick: Yardstick, settings: DedupSettings | None = None) -> Found:
    """The copies, excerpts, series and round-ups that the engine finds."""
    chosen = settings or DedupSettings()
    prints = fingerprint(articles(yardstick.texts.values()))
    found = resolve_relations(find_relations(prints, [], chosen), chosen, prints)
    return _pairs(found, "kind")


def threads(yardstick: Yardstick, settings: DedupSettings | None = None) -> Found:
    """The threads that the engine finds."""
    chosen = settings or DedupSettings()
    texts = [text for text in yardstick.texts.values() if text.how in _THREADED]
    prints = fingerprint(articles(texts))
    found = resolve_relations(find_relations(prints, [], chosen), chosen, prints)
    edges = find_threads(prints, found, chosen)
    return dict.fromkeys(_pairs(edges, "frequencies"), "thread")


def _pairs(table: pa.Table, column: str) -> dict[frozenset[str], str]:
    rows: list[dict[str, Any]] = table.select(["article_id", "other_id", column]).to_pylist()
    return {frozenset((row["article_id"], row["other_id"])): row[column] for row in rows}
