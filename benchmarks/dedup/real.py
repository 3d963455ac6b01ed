"""Relations and threads on real articles, against the exact truth of all pairs.

Here belong the table ``real``: precision and recall over a folder of real articles
(``*.jsonl.gz``, a JSON object with ``text`` on each line), whose truth is the exact score of every
pair: Jaccard of the 3-word shingles, containment of the 5-word ones; and the table ``pair``: where
the cosine of the two pieces on Putin and Kim lies among those of all pairs of these articles.
Both are left out where the folder is not there.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from benchmarks.dedup.running import ROOT, Measured, Options
from benchmarks.make_frequencies import articles
from dedup import DedupSettings, compare, find_relations, fingerprint, start_frequencies
from dedup.labels.scores import cosines_of, weigh
from dedup.prints.sheet import Ragged, Sheet, read_sheet

Pairs = set[tuple[int, int]]
Table = dict[str, dict[str, float]]

_SMALL: Final = 200
_COPIES: Final = ("exact", "near", "partial", "series")


def measure(options: Options) -> Measured:
    """Measures on the real articles, if they are there.

    Args:
        options: ``corpus`` is the folder; ``small`` takes the first 200 articles.
    """
    if options.corpus is None:
        return Measured({}, notes=("no real articles: the tables real and pair are left out",))
    texts: list[str] = []
    for file in sorted(options.corpus.glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            texts += [json.loads(line)["text"] for line in stream]
    texts = texts[:_SMALL] if options.small else texts
    sheet = read_sheet(fingerprint(articles([""] * len(texts), texts, 0)))
    tables = {"real": real(texts, sheet)}
    for name, files in _pieces(options.corpus.parent / "seeds").items():
        one, other = (file.read_text(encoding="utf-8") for file in files)
        tables[name] = place(sheet, one, other)
    return Measured(tables)


def _pieces(originals: Path) -> dict[str, list[Path]]:
    """The two pieces: as retold in the project, and the originals if they are there."""
    found = {"pair": sorted((ROOT / "seeds").glob("putin_kim_*.txt"))}
    if originals.is_dir():
        found["pair_originals"] = sorted(originals.glob("*.txt"))
    return {name: files for name, files in found.items() if len(files) == 2}


def real(texts: list[str], sheet: Sheet) -> Table:
    """Precision and recall against all pairs.

    A pair that its numerals show to be a series counts as found: by the scores it is alike.
    """
    found = find_relations(fingerprint(articles([""] * len(texts), texts, 0)), [])
    near, partial = truth(sheet, DedupSettings())
    copies: Pairs = set()
    for row in found.to_pylist():
        a, b = sorted((int(row["article_id"], 16), int(row["other_id"], 16)))
        if row["kind"] in _COPIES:
            copies.add((a, b))
    everything = near | partial
    return {
        "taar": {
            "articles": len(texts),
            "true_pairs": len(everything),
            "precision": len(copies & everything) / max(len(copies), 1),
            "recall": len(copies & everything) / max(len(everything), 1),
            "near_recall": len(copies & near) / max(len(near), 1),
            "partial_recall": len(copies & partial) / max(len(partial), 1),
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


def place(sheet: Sheet, one: str, other: str) -> Table:
    """Where the cosine of two texts lies among those of all pairs of articles."""
    comparison = compare(one, other)
    vectors = weigh(sheet.terms, sheet.term_counts, start_frequencies())
    count = len(sheet)
    cosines = cosines_of(vectors, *np.triu_indices(count, 1))
    return {
        "taar": {
            "jaccard": comparison.jaccard,
            "containment": comparison.containment,
            "cosine": comparison.cosine,
            "is_thread": float(comparison.kind == "thread"),
            "percentile": float((cosines < comparison.cosine).mean() * 100),
            "p99_9": float(np.percentile(cosines, 99.9)),
            "pairs_over_threshold": float((cosines >= DedupSettings().thread_cosine).mean()),
        }
    }
