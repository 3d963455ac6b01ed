"""Relations and threads on real articles, against the exact truth of all pairs.

    python -m benchmarks.dedup_real ARTICLES.jsonl.gz... [--pair A.txt B.txt] [--json]

Each line of the input is a JSON object with ``text``. The truth is the exact score of every pair
of articles: Jaccard of the 3-word shingles, containment of the 5-word ones. The texts named by
``--pair`` are compared too, and their cosine is placed among those of all pairs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix, csr_matrix

from benchmarks.make_frequencies import articles
from dedup import DedupSettings, compare, find_relations, fingerprint, start_frequencies
from dedup.scores import cosine_with, weigh
from dedup.sheet import Ragged, Sheet, read_sheet

Pairs = set[tuple[int, int]]


def main() -> None:
    """Measures, and prints a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--pair", nargs=2, type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts: list[str] = []
    for file in options.files:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            texts += [json.loads(line)["text"] for line in stream]
    tables = measure(texts)
    if options.pair:
        tables |= place(texts, *(path.read_text(encoding="utf-8") for path in options.pair))
    if options.json:
        print(json.dumps(tables))
        return
    for table, systems in tables.items():
        for system, metrics in systems.items():
            told = "  ".join(f"{name} {value:.6g}" for name, value in metrics.items())
            print(f"{table:10} {system:6} {told}")


def measure(texts: list[str]) -> dict[str, dict[str, dict[str, float]]]:
    """Precision and recall against all pairs, and the time that it took."""
    begun = time.perf_counter()
    prints = fingerprint(articles([""] * len(texts), texts, 0))
    signed = time.perf_counter()
    found = find_relations(prints, [])
    matched = time.perf_counter()
    near, partial = truth(read_sheet(prints), DedupSettings())
    copies: Pairs = set()
    for row in found.to_pylist():
        a, b = sorted((int(row["article_id"], 16), int(row["other_id"], 16)))
        if row["kind"] in ("exact", "near", "partial"):
            copies.add((a, b))
    everything = near | partial
    return {
        "real": {
            "taar": {
                "articles": len(texts),
                "true_pairs": len(everything),
                "precision": len(copies & everything) / max(len(copies), 1),
                "recall": len(copies & everything) / max(len(everything), 1),
                "near_recall": len(copies & near) / max(len(near), 1),
                "partial_recall": len(copies & partial) / max(len(partial), 1),
                "sign_s": signed - begun,
                "match_s": matched - signed,
            }
        }
    }


def truth(sheet: Sheet, settings: DedupSettings) -> tuple[Pairs, Pairs]:
    """All pairs of Jaccard and containment over the thresholds, counted exactly."""
    near: Pairs = set()
    partial: Pairs = set()
    three, five = sheet.shingles3.lengths, sheet.shingles5.lengths
    pairs = _shared(sheet.shingles3)
    for a, b, shared in zip(pairs.row, pairs.col, pairs.data, strict=True):
        if a < b and shared / (three[a] + three[b] - shared) >= settings.near_jaccard:
            near.add((int(a), int(b)))
    pairs = _shared(sheet.shingles5)
    for a, b, shared in zip(pairs.row, pairs.col, pairs.data, strict=True):
        contained = shared / min(five[a], five[b]) >= settings.partial_containment
        if a < b and contained and shared >= settings.partial_shared:
            partial.add((int(a), int(b)))
    return near, partial


def _shared(shingles: Ragged) -> coo_matrix:
    """How many values each two rows share."""
    values, columns = np.unique(shingles.values, return_inverse=True)
    matrix = csr_matrix(
        (np.ones(len(columns), dtype=np.int32), columns, shingles.offsets),
        shape=(len(shingles.offsets) - 1, len(values)),
    )
    return (matrix @ matrix.T).tocoo()


def place(texts: list[str], one: str, other: str) -> dict[str, dict[str, dict[str, float]]]:
    """Where the cosine of two texts lies among those of all pairs of articles."""
    comparison = compare(one, other)
    prints: pa.Table = fingerprint(articles([""] * len(texts), texts, 0))
    sheet = read_sheet(prints)
    vectors = weigh(sheet.terms, sheet.term_counts, start_frequencies())
    rows = range(len(texts))
    cosines = np.concatenate(
        [cosine_with(vectors, row, np.arange(row + 1, len(texts))) for row in rows]
    )
    threshold = DedupSettings().thread_cosine
    return {
        "pair": {
            "taar": {
                "jaccard": comparison.jaccard,
                "containment": comparison.containment,
                "cosine": comparison.cosine,
                "is_thread": float(comparison.kind == "thread"),
                "percentile": float((cosines < comparison.cosine).mean() * 100),
                "p99_9": float(np.percentile(cosines, 99.9)),
                "pairs_over_threshold": float((cosines >= threshold).mean()),
            }
        }
    }


if __name__ == "__main__":
    main()
