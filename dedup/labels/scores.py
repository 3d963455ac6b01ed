"""Exact scores of pairs, from stored shingle hashes.

Here belongs the arithmetic of likeness: Jaccard, containment, weighted cosine. Not here: which
pairs are scored (`dedup.window`, `dedup.threads`) and what the scores mean (`dedup.relations`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dedup.compiled import scoring
from dedup.frequencies import F64, Frequencies
from dedup.prints.marks import CONTAINED_WORDS
from dedup.prints.sheet import I64, Ragged, Sheet

_WEIGHED_AT_ONCE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of n pairs.

    Attributes:
        jaccard: float64, of the 3-word shingles, 0 to 1.
        containment: float64, 5-word shingles shared / of the text that has fewer, 0 to 1.
        cosine: float64, of the weighted content words, 0 to 1.
        shared: int64, distinct 5-word shingles shared.
        running: int64, words of the longest passage in common: a lower bound.
    """

    jaccard: F64
    containment: F64
    cosine: F64
    shared: I64
    running: I64


@dataclass(frozen=True, slots=True)
class Vectors:
    """Weighted content words: ``(1 + log tf) * idf``, unnormalised.

    Attributes:
        terms: The words of each text.
        weights: float64, one for each value of `terms`.
        norms: float64, the length of each text's vector.
    """

    terms: Ragged
    weights: F64
    norms: F64


def weigh(terms: Ragged, term_counts: Ragged, frequencies: Frequencies) -> Vectors:
    """Weighs the content words of texts.

    Args:
        terms: Hashes of the words of each text.
        term_counts: How often each occurs, in the same order.
        frequencies: The table that says how rare each word is.
    """
    most = int(term_counts.values.max(initial=1))
    tf = 1.0 + np.log(np.maximum(np.arange(most + 1, dtype=np.float64), 1.0))
    weights = frequencies.idf(terms.values)
    # A part at a time: what is made on the way takes several times the memory.
    for start in range(0, len(weights), _WEIGHED_AT_ONCE):
        part = slice(start, start + _WEIGHED_AT_ONCE)
        weights[part] *= tf[term_counts.values[part]]
    return Vectors(terms, weights, np.sqrt(_row_sums(weights * weights, terms)))


def score_pairs(
    batch: Sheet, mine: I64, window: Sheet, theirs: I64, frequencies: Frequencies
) -> Scores:
    """Scores pairs exactly.

    Args:
        batch: Fingerprints that `mine` points into.
        mine: int64, a row of the batch for each pair.
        window: Fingerprints that `theirs` points into; may be the batch.
        theirs: int64, a row of the window for each pair.
        frequencies: Weights for the cosine.

    Returns:
        The scores, in the order of the pairs.
    """
    shared3 = _shared(batch.shingles3, mine, window.shingles3, theirs)
    shared5 = _shared(batch.shingles5, mine, window.shingles5, theirs)
    cosine = _cosines(batch, mine, window, theirs, frequencies)
    union = batch.shingles3.lengths[mine] + window.shingles3.lengths[theirs] - shared3
    smaller = np.minimum(batch.shingles5.lengths[mine], window.shingles5.lengths[theirs])
    return Scores(
        jaccard=shared3 / np.maximum(union, 1),
        containment=shared5 / np.maximum(smaller, 1),
        cosine=np.minimum(cosine, 1.0),
        shared=shared5,
        running=running_words(shared3, shared5),
    )


def running_words(shared3: I64, shared5: I64) -> I64:
    """The least that the longest passage in common can measure, in words.

    A passage of L words in common makes L - 2 shared 3-word shingles and L - 4 shared 5-word
    ones, so there are at most half as many passages of 5 words or more as the two counts differ
    by; the longest of them is no shorter than the average.

    Args:
        shared3: int64, distinct 3-word shingles shared.
        shared5: int64, distinct 5-word shingles shared.
    """
    passages = np.maximum((shared3 - shared5) // 2, 1)
    longest: I64 = -(-shared5 // passages) + CONTAINED_WORDS - 1
    return np.where(shared5 > 0, longest, 0)


def cosines_of(vectors: Vectors, a: I64, b: I64) -> F64:
    """The cosines of pairs of texts of the same vectors; 0 where one has no words."""
    terms, weights = vectors.terms, vectors.weights
    sums = np.empty(len(a), dtype=np.float64)
    scoring.dots(
        terms.values, weights, terms.offsets, a, terms.values, weights, terms.offsets, b, sums
    )
    return _normalise(sums, vectors.norms[a] * vectors.norms[b])


def _cosines(batch: Sheet, mine: I64, window: Sheet, theirs: I64, frequencies: Frequencies) -> F64:
    """The cosines of pairs; only the rows that are in a pair are weighed."""
    rows_a, at_a = np.unique(mine, return_inverse=True)
    rows_b, at_b = np.unique(theirs, return_inverse=True)
    a = weigh(batch.terms.take(rows_a), batch.term_counts.take(rows_a), frequencies)
    b = weigh(window.terms.take(rows_b), window.term_counts.take(rows_b), frequencies)
    sums = np.empty(len(mine), dtype=np.float64)
    scoring.dots(
        a.terms.values,
        a.weights,
        a.terms.offsets,
        at_a,
        b.terms.values,
        b.weights,
        b.terms.offsets,
        at_b,
        sums,
    )
    return _normalise(sums, a.norms[at_a] * b.norms[at_b])


def _normalise(dots: F64, lengths: F64) -> F64:
    return np.divide(dots, lengths, out=np.zeros_like(dots), where=lengths > 0)


def _shared(a: Ragged, mine: I64, b: Ragged, theirs: I64) -> I64:
    """How many values the rows of each pair share."""
    counts = np.empty(len(mine), dtype=np.int64)
    scoring.shared(a.values, a.offsets, mine, b.values, b.offsets, theirs, counts)
    return counts


def _row_sums(values: F64, rows: Ragged) -> F64:
    """Sums of each row; row by row, so that a row's sum does not depend on its neighbours."""
    sums = np.zeros(len(rows.offsets) - 1, dtype=np.float64)
    filled = np.flatnonzero(rows.lengths > 0)
    if len(filled):
        sums[filled] = np.add.reduceat(values, rows.offsets[filled])
    return sums
