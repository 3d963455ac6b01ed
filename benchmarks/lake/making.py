"""Rows and lakes for the benchmark: invented articles, whole runs, and days of runs.

Here belongs what is read and written; how long it takes is measured in `benchmarks.lake.work`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dedup import fingerprint
from lake import ids, keys, parquet
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, RUN_ID, SOURCE_RUNS, STATE, Dataset

BEGIN: Final = datetime(2024, 6, 1, tzinfo=UTC)
WORDS: Final = 380
"""Of an article: the median of the papers that Taar reads."""
SOURCES: Final = 40
_VOCABULARY: Final = 30_000
_SYLLABLES: Final = [c + v for c in "कखगघचजटडतथदधनपफबभमयरलवशसह" for v in ("", "ा", "ि", "े", "ो")]


def articles(count: int, run_id: str, seed: int) -> pa.Table:
    """Rows of ARTICLES: words that nobody says, as frequent as words are."""
    rng = np.random.default_rng(seed)
    words = np.array(
        ["".join(rng.choice(_SYLLABLES, size)) for size in rng.integers(1, 5, _VOCABULARY)]
    )
    ranks = (_VOCABULARY ** rng.random((count, WORDS))).astype(np.int64) - 1
    at = ids.run_time(run_id)
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(words[ranks].tolist()):
        sentences = [" ".join(row[start : start + 19]) + "।" for start in range(0, WORDS, 19)]
        source = f"source-{number % SOURCES}"
        url = f"https://{source}.example/news/{run_id}-{number}.html"
        url_id = ids.url_id(url)
        content = ids.content_hash(f"{run_id} {number}")
        published = at - timedelta(minutes=number % 60)
        rows.append(
            {
                "article_id": ids.article_id(url_id, 1, content),
                "url_id": url_id,
                "version": 1,
                "url": url,
                "requested_url": url,
                "source_id": source,
                "source_name": source,
                "title": " ".join(row[:9]),
                "text": "\n\n".join(sentences),
                "language": "hi",
                "published_at": published,
                "first_listed_at": published,
                "fetched_at": at,
                "word_count": WORDS,
                "content_hash": content,
                "run_id": run_id,
            }
        )
    return _filled(ARTICLES, rows)


def of_run(run_id: str, count: int, seed: int = 0) -> dict[str, pa.Table]:
    """The tables of a run that made so many articles, by dataset."""
    made = articles(count, run_id, seed)
    fetches = [
        {
            "run_id": run_id,
            "url_id": row["url_id"],
            "url": row["url"],
            "requested_url": row["url"],
            "canonical_url": row["url"],
            "article_url_id": row["url_id"],
            "article_id": row["article_id"],
            "source_id": row["source_id"],
            "first_listed_at": row["first_listed_at"],
            "fetched_at": row["fetched_at"],
            "outcome": "published",
            "final": True,
            "tries": 1,
        }
        for row in made.drop_columns(["text"]).to_pylist()
    ]
    sources = [
        {"source_id": f"source-{n}", "run_id": run_id, "outcomes": []} for n in range(SOURCES)
    ]
    state = [{"source_id": f"source-{n}", "feed_url": f"feed-{n}"} for n in range(SOURCES)]
    return {
        ARTICLES.name: made,
        FETCHES.name: _filled(FETCHES, fetches),
        SOURCE_RUNS.name: _filled(SOURCE_RUNS, sources),
        FINGERPRINTS.name: fingerprint(made),
        STATE.name: _filled(STATE, state),
    }


def runs(lake: Path, days: int, a_day: int, count: int, datasets: tuple[Dataset, ...]) -> None:
    """Writes runs that are published already: the objects of some datasets, and no more."""
    whole = of_run(ids.new_run_id(BEGIN), days * a_day * count)
    for number in range(days * a_day):
        run_id = ids.new_run_id(BEGIN + number * timedelta(days=1) / a_day)
        for dataset in datasets:
            held = whole[dataset.name]
            size = SOURCES if dataset is SOURCE_RUNS else count
            start = 0 if dataset is SOURCE_RUNS else number * count
            rows = held.slice(start, size)
            place = rows.schema.get_field_index(RUN_ID.name)
            if place >= 0:
                rows = rows.remove_column(place)
            rows = rows.append_column(RUN_ID.field, pa.array([run_id] * len(rows), pa.string()))
            target = lake / keys.run_key(dataset, run_id)
            target.parent.mkdir(parents=True, exist_ok=True)
            parquet.write(parquet.conform(rows, dataset, parquet.runs_metadata([run_id])), target)


def _filled(dataset: Dataset, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows with something in each required column."""
    for column in dataset.columns:
        if column.required:
            default = _anything(column.type)
            for row in rows:
                row.setdefault(column.name, default)
    return pa.Table.from_pylist(rows, schema=dataset.schema)


def _anything(kind: pa.DataType) -> object:
    if pa.types.is_timestamp(kind):
        return BEGIN
    if pa.types.is_string(kind):
        return ""
    if pa.types.is_boolean(kind):
        return False
    return [] if pa.types.is_nested(kind) else 0
