"""Threads: the same continuing story told in other words.

Here belong keywords, the search for articles that share them, and the edges of threads. Not here:
copies (`dedup.relations`): minhashes cannot find these pairs, whose 3-word shingles overlap by
2 %. Threads are edges and are never closed transitively: closed, every story would belong to one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dedup.compiled.scoring import F64
from dedup.compiled.sharing import sharing
from dedup.frequencies import Frequencies, start_frequencies
from dedup.hindi import tokens
from dedup.labels.graph import components
from dedup.labels.scores import Vectors, cosines_of, score_pairs, weigh
from dedup.prints.hashing import hash_tokens, upper32
from dedup.prints.sheet import I64, Ragged, Sheet, one_of_each, read_sheet
from dedup.relations import COPY_KINDS, Kind
from dedup.settings import DEFAULT, DedupSettings
from dedup.tables import pairs_of
from dedup.text.words import is_content
from lake.schema import THREADS

Words = Mapping[int, str]
"""Hash of a content word -> the word as people write it."""

SHOWN_TERMS: Final = 10
"""Words shown in ``shared_terms``."""
_RANKED_AT_ONCE: Final = 8192
"""Articles whose words are ranked together."""
_MICROSECOND: Final = timedelta(microseconds=1)


def keywords(vectors: Vectors, count: int) -> Ragged:
    """The weightiest content words of each text.

    Args:
        vectors: Weighted words.
        count: How many to keep of each.

    Returns:
        uint32 hashes, sorted within each row; ties in weight go to the smaller hash.
    """
    kept = [np.empty(0, dtype=np.uint32)]
    size = len(vectors.terms.offsets) - 1
    # A part at a time: sorting takes six times the memory of what is sorted.
    for start in range(0, size, _RANKED_AT_ONCE):
        offsets = vectors.terms.offsets[start : start + _RANKED_AT_ONCE + 1]
        part = slice(int(offsets[0]), int(offsets[-1]))
        terms = Ragged(vectors.terms.values[part], offsets - offsets[0])
        order = np.lexsort((terms.values, -vectors.weights[part], terms.owners))
        rank = np.arange(len(order)) - np.repeat(terms.offsets[:-1], terms.lengths)
        kept.append(terms.values[np.sort(order[rank < count])])
    offsets = np.concatenate(([0], np.cumsum(np.minimum(vectors.terms.lengths, count))))
    return Ragged(np.concatenate(kept), offsets.astype(np.int64))


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

    def allowed(a: int, b: int) -> bool:
        return not (apart.related(a, b) or apart.issues(a, b) or two_lists(sheet, a, b, settings))

    found = _edges(sheet, vectors, settings)
    chosen = _best_edges(found, sheet, settings.thread_edges, allowed)
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
        rows = pairs_of(relations)
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


def two_lists(sheet: Sheet, a: int, b: int, settings: DedupSettings) -> bool:
    """Whether two articles are full of figures, and of different ones: two lists of rates."""
    lengths = sheet.numbers.lengths
    for row in (a, b):
        if lengths[row] < settings.thread_figures * sheet.token_counts[row]:
            return False
    shared = len(np.intersect1d(sheet.numbers.row(a), sheet.numbers.row(b), assume_unique=True))
    return shared < settings.thread_same_figures * min(int(lengths[a]), int(lengths[b]))


@dataclass(frozen=True, slots=True)
class _Found:
    """Edges that are alike enough, whatever else is known of them.

    Attributes:
        a: int64, rows of a sheet.
        b: int64, rows of it, each later in it than that of `a`.
        cosines: float64, of their words.
    """

    a: I64
    b: I64
    cosines: F64


def _edges(sheet: Sheet, vectors: Vectors, settings: DedupSettings) -> _Found:
    """Pairs that share enough keywords, are close enough in time, and alike enough in words."""
    keys = keywords(vectors, settings.keywords)
    reach = settings.thread_window // _MICROSECOND
    none = np.empty(0, dtype=np.int64)
    parts = [(none, none, np.empty(0, dtype=np.float64))]
    for a, b in sharing(keys, sheet.effective, settings.thread_shared, reach):
        cosines = cosines_of(vectors, a, b)
        alike = cosines >= settings.thread_cosine
        parts.append((a[alike], b[alike], np.minimum(cosines[alike], 1.0)))
    return _Found(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _best_edges(
    found: _Found, sheet: Sheet, limit: int, allowed: Callable[[int, int], bool]
) -> list[_Edge]:
    """The best allowed edges, best first, while neither end has its fill."""
    rank = np.empty(len(sheet), dtype=np.int64)
    rank[sorted(range(len(sheet)), key=sheet.ids.__getitem__)] = np.arange(len(sheet))
    names = np.sort((rank[found.a], rank[found.b]), axis=0)
    # Rounded, so that the last bit of a sum never decides an order.
    order = np.lexsort((names[1], names[0], -np.round(found.cosines, 9)))
    degree = [0] * len(sheet)
    chosen: list[_Edge] = []
    for place in order:
        a, b = int(found.a[place]), int(found.b[place])
        # Few are looked at closely: most come when their ends have their fill.
        if degree[a] < limit and degree[b] < limit and allowed(a, b):
            degree[a] += 1
            degree[b] += 1
            chosen.append(_Edge(a, b, float(found.cosines[place])))
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
