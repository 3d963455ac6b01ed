"""Threads: the same continuing story told in other words.

Here belong keywords, the search for articles that share them, and the edges of threads. Not here:
copies (`dedup.relations`): minhashes cannot find these pairs, whose 3-word shingles overlap by
2 %. Threads are edges and are never closed transitively: closed, every story would belong to one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dedup.frequencies import Frequencies, start_frequencies
from dedup.graph import components
from dedup.hashing import hash_tokens, upper32
from dedup.hindi import tokens
from dedup.relations import COPY_KINDS, Kind
from dedup.scores import Vectors, cosine_with, score_pairs, weigh
from dedup.settings import DEFAULT, DedupSettings
from dedup.sheet import I64, Ragged, Sheet, one_of_each, read_sheet
from dedup.words import is_content
from lake.schema import THREADS

Words = Mapping[int, str]
"""Hash of a content word -> the word as people write it."""

SHOWN_TERMS: Final = 10
"""Words shown in ``shared_terms``."""
_MICROSECOND: Final = timedelta(microseconds=1)


def keywords(vectors: Vectors, count: int) -> Ragged:
    """The weightiest content words of each text.

    Args:
        vectors: Weighted words.
        count: How many to keep of each.

    Returns:
        uint32 hashes, sorted within each row; ties in weight go to the smaller hash.
    """
    terms = vectors.terms
    order = np.lexsort((terms.values, -vectors.weights, terms.owners))
    rank = np.arange(len(order)) - np.repeat(terms.offsets[:-1], terms.lengths)
    kept = np.sort(order[rank < count])
    offsets = np.concatenate(([0], np.cumsum(np.minimum(terms.lengths, count))))
    return Ragged(terms.values[kept], offsets.astype(np.int64))


def find_threads(
    fingerprints: pa.Table,
    relations: pa.Table,
    settings: DedupSettings = DEFAULT,
    words: Words | Callable[[list[str]], Words] | None = None,
    frequencies: Frequencies | None = None,
) -> pa.Table:
    """Finds the thread edges among articles.

    Args:
        fingerprints: Fingerprints of all articles within ``settings.thread_window``.
        relations: Relations, resolved. Related pairs, and members of one family, are no threads,
            and neither are the issues of series, which share the words of their subject.
        settings: Thresholds.
        words: What the hashes in ``shared_terms`` stand for: a mapping, or a function that is
            asked once, with the sorted article_ids that have edges, and gives one (see
            `term_words`). Without it, ``shared_terms`` stays empty.
        frequencies: Weights; the start table if not given.

    Returns:
        `lake.schema.THREADS`, sorted, at most ``settings.thread_edges`` edges per article, the
        best first come. The later article of an edge comes first in it.

    Raises:
        ValueError: If the fingerprints were made by another scheme.
    """
    weights = frequencies if frequencies is not None else start_frequencies()
    sheet = read_sheet(one_of_each([fingerprints]))
    vectors = weigh(sheet.terms, sheet.term_counts, weights)
    apart = _Apart(sheet, relations)
    found = [
        edge
        for edge in _edges(sheet, vectors, settings)
        if not apart.related(edge.a, edge.b)
        and not apart.issues(edge.a, edge.b)
        and not _rates(sheet, edge.a, edge.b, settings)
    ]
    chosen = _best_edges(found, sheet, settings.thread_edges)
    ids = sorted({sheet.ids[row] for edge in chosen for row in (edge.a, edge.b)})
    told: Words = words(ids) if callable(words) else words or {}
    return _table(chosen, sheet, vectors, weights, told)


def term_words(texts: Iterable[str]) -> dict[int, str]:
    """Maps the hashes of content words back to words.

    Args:
        texts: Headlines and bodies as published.

    Returns:
        Hash -> the commonest spelling of the word in these texts (the first in code point order
        where two are as common).
    """
    spellings: dict[str, int] = {}
    for text in texts:
        for spelling in text.split():
            plain = spelling.strip("।,.!?:;\"'“”‘’()[]{}|–—-…%")
            spellings[plain] = spellings.get(plain, 0) + 1
    best: dict[str, str] = {}
    for spelling in sorted(spellings, key=lambda s: (-spellings[s], s)):
        folded = tokens(spelling)
        for token in folded:
            if is_content(token):
                best.setdefault(token, spelling if len(folded) == 1 else token)
    hashes = upper32(hash_tokens(list(best))).tolist()
    return dict(zip(hashes, best.values(), strict=True))


@dataclass(frozen=True, slots=True)
class _Edge:
    """Two rows of a sheet, and the cosine of their words."""

    a: int
    b: int
    cosine: float


class _Apart:
    """Which pairs are related already, as copies or otherwise, and which are issues of series."""

    def __init__(self, sheet: Sheet, relations: pa.Table) -> None:
        rows = relations.select(["article_id", "other_id", "kind"]).to_pylist()
        self._ids = sheet.ids
        self._urls = sheet.urls
        self._pairs = {frozenset((r["article_id"], r["other_id"])) for r in rows}
        self._series = Counter(
            r[name] for r in rows if r["kind"] == Kind.SERIES for name in ("article_id", "other_id")
        )
        copies = [(r["article_id"], r["other_id"]) for r in rows if r["kind"] in COPY_KINDS]
        self._family = {
            name: number for number, group in enumerate(components(copies)) for name in group
        }

    def related(self, a: int, b: int) -> bool:
        one, other = self._ids[a], self._ids[b]
        family = self._family.get(one)
        return (
            self._urls[a] == self._urls[b]
            or frozenset((one, other)) in self._pairs
            or (family is not None and family == self._family.get(other))
        )

    def issues(self, a: int, b: int) -> bool:
        """Whether two articles tell of rates or weather rather than of an affair.

        Two issues of whatever series do, and so does whatever is like an issue of a series of
        three days or more. One pair alone may be mistaken.
        """
        fewest, most = sorted((self._series[self._ids[a]], self._series[self._ids[b]]))
        return fewest > 0 or most > 1


def _rates(sheet: Sheet, a: int, b: int, settings: DedupSettings) -> bool:
    """Whether two articles are full of figures, and of different ones: two lists of rates."""
    lengths = sheet.numbers.lengths
    for row in (a, b):
        if lengths[row] < settings.thread_figures * sheet.token_counts[row]:
            return False
    shared = len(np.intersect1d(sheet.numbers.row(a), sheet.numbers.row(b), assume_unique=True))
    return shared < settings.thread_same_figures * min(int(lengths[a]), int(lengths[b]))


def _edges(sheet: Sheet, vectors: Vectors, settings: DedupSettings) -> Iterator[_Edge]:
    """Pairs that share enough keywords, are close enough in time, and alike enough in words."""
    keys = keywords(vectors, settings.keywords)
    order = np.lexsort((keys.owners, keys.values))
    sorted_terms, sorted_rows = keys.values[order], keys.owners[order]
    reach = settings.thread_window // _MICROSECOND
    for row in range(len(sheet)):
        own = keys.row(row)
        first = np.searchsorted(sorted_terms, own, side="left")
        last = np.searchsorted(sorted_terms, own, side="right")
        postings = [sorted_rows[f:e] for f, e in zip(first, last, strict=True)]
        if not postings:
            continue
        others, shared = np.unique(np.concatenate(postings), return_counts=True)
        close = np.abs(sheet.effective[others] - sheet.effective[row]) <= reach
        # Each pair from its first row only.
        picked: I64 = others[(shared >= settings.thread_shared) & close & (others > row)]
        for other, cosine in zip(
            picked.tolist(), cosine_with(vectors, row, picked).tolist(), strict=True
        ):
            if cosine >= settings.thread_cosine:
                yield _Edge(row, other, min(cosine, 1.0))


def _best_edges(edges: list[_Edge], sheet: Sheet, limit: int) -> list[_Edge]:
    """The best edges, best first, while neither end has its fill."""

    def rank(edge: _Edge) -> tuple[float, str, str]:
        names = sorted((sheet.ids[edge.a], sheet.ids[edge.b]))
        # Rounded, so that the last bit of a sum never decides an order.
        return -round(edge.cosine, 9), names[0], names[1]

    degree: dict[int, int] = {}
    chosen: list[_Edge] = []
    for edge in sorted(edges, key=rank):
        if degree.get(edge.a, 0) < limit and degree.get(edge.b, 0) < limit:
            degree[edge.a] = degree.get(edge.a, 0) + 1
            degree[edge.b] = degree.get(edge.b, 0) + 1
            chosen.append(edge)
    return chosen


def _table(
    edges: list[_Edge], sheet: Sheet, vectors: Vectors, weights: Frequencies, words: Words
) -> pa.Table:
    a = np.array([edge.a for edge in edges], dtype=np.int64)
    b = np.array([edge.b for edge in edges], dtype=np.int64)
    scores = score_pairs(sheet, a, sheet, b, weights)
    rows: list[dict[str, Any]] = []
    for index, edge in enumerate(edges):
        later, earlier = (
            (edge.a, edge.b) if sheet.later(edge.a, sheet, edge.b) else (edge.b, edge.a)
        )
        shared = shared_terms(vectors, edge.a, edge.b)
        rows.append(
            {
                "article_id": sheet.ids[later],
                "other_id": sheet.ids[earlier],
                "cosine": edge.cosine,
                "jaccard": float(scores.jaccard[index]),
                "containment": float(scores.containment[index]),
                "shared_terms": [words[t] for t in shared if t in words][:SHOWN_TERMS],
                "frequencies": weights.version,
            }
        )
    rows.sort(key=lambda row: (row["article_id"], row["other_id"]))
    return pa.Table.from_pylist(rows, schema=THREADS.schema)


def shared_terms(vectors: Vectors, a: int, b: int) -> list[int]:
    """Hashes of the words that two texts share, by how much they add to the cosine."""
    starts = vectors.terms.offsets
    common, at_a, at_b = np.intersect1d(
        vectors.terms.row(a), vectors.terms.row(b), assume_unique=True, return_indices=True
    )
    weight = vectors.weights[starts[a] + at_a] * vectors.weights[starts[b] + at_b]
    order = np.lexsort((common, -weight))
    return [int(term) for term in common[order]]
