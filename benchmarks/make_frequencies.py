"""Counts the document frequencies that ship with the project.

    python -m benchmarks.make_frequencies ARTICLES.jsonl.gz... --out dedup/data

Each line of the input is a JSON object with ``text``, and perhaps ``title``. Copies are counted
once. What is written holds hashes of words and counts, and no text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from dedup.frequencies import START_VERSION, count_documents
from dedup.signature import fingerprint
from lake.schema import ARTICLES

BATCH = 512
_DEVANAGARI = re.compile(r"[\u0904-\u0939]")


def main() -> None:
    """Reads the articles, counts, writes the table, and says how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("dedup/data"))
    parser.add_argument("--version", default=START_VERSION)
    options = parser.parse_args()
    table = count_documents(_once(_fingerprints(options.files)), options.version)
    options.out.mkdir(parents=True, exist_ok=True)
    target = options.out / f"frequencies-{table.version}.npz"
    np.savez_compressed(
        target,
        documents=np.int64(table.documents),
        terms=table.terms,
        counts=table.counts.astype(np.uint16 if table.documents < 1 << 16 else np.uint32),
    )
    print(
        f"{target}: {len(table.terms)} words of {table.documents} articles, "
        f"{target.stat().st_size} bytes"
    )


def _fingerprints(files: list[Path]) -> Iterator[pa.Table]:
    rows: list[tuple[str, str]] = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                title = record.get("title") or ""
                # One of the corpora has file names in the place of headlines.
                rows.append((title if _DEVANAGARI.search(title) else "", record["text"]))
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        yield fingerprint(articles([t for t, _ in part], [b for _, b in part], start))


def _once(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Leaves out bodies that came before."""
    seen: set[int] = set()
    for table in tables:
        keys = table.column("body_key").to_numpy().tolist()
        fresh = [i for i, key in enumerate(keys) if key not in seen and keys.index(key) == i]
        seen.update(keys)
        yield table.take(pa.array(fresh, pa.int64()))


def articles(titles: list[str], texts: list[str], first: int) -> pa.Table:
    """Articles that have nothing but a headline and a body."""
    count = len(texts)
    now = pa.array([datetime(2025, 1, 1, tzinfo=UTC)] * count, pa.timestamp("us", tz="UTC"))
    return pa.table(
        {
            "article_id": [f"{first + i:032x}" for i in range(count)],
            "url_id": [f"{first + i:032x}" for i in range(count)],
            "version": pa.array([1] * count, pa.int32()),
            "source_id": ["corpus"] * count,
            "title": titles,
            "text": texts,
            "agencies": pa.array([[]] * count, ARTICLES.schema.field("agencies").type),
            "published_at": pa.array([None] * count, pa.timestamp("us", tz="UTC")),
            "fetched_at": now,
            "content_hash": [""] * count,
        }
    )


if __name__ == "__main__":
    main()
