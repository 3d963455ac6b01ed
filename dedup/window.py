"""Candidates: which pairs of articles are worth comparing exactly.

The batch is indexed and the window is streamed past it, so that the memory needed is the batch's
and a slice of the window's, however long the window is. Here belongs what makes a pair a
candidate; it is symmetric, so a pair is proposed whichever of the two is in the batch. Not here:
the joins themselves (`dedup.compiled.joining`), and whether a pair is related (`dedup.relations`).

A pair is proposed when the two are not too far apart in time and have the same body, share a band
of the LSH (a superset of ``datasketch.MinHashLSH(params=(32, 4))``), share enough of their
containment sketches, or are versions of one URL. Texts without words are proposed for nothing
but their URL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from dedup.compiled import joining
from dedup.compiled.postings import I32, Postings, fill
from dedup.compiled.sifting import BLOCK, PLACES
from dedup.index import Index, Limits, Rows, Scratch
from dedup.prints.hashing import U32, U64
from dedup.prints.marks import BANDS, I64, NEAR_WORDS
from dedup.settings import DEFAULT, DedupSettings

PAIRS_AT_ONCE: Final = 1 << 16
"""Room for pairs of one thread, beside one row's fill: what is full is handed on first."""
_MICROSECOND: Final = timedelta(microseconds=1)
_32: Final = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs, each once.

    Attributes:
        mine: int64, rows of the batch.
        theirs: int64, rows of the window's slice.
    """

    mine: I64
    theirs: I64


def index_batch(rows: Rows) -> Index:
    """Indexes a batch.

    Args:
        rows: What is compared of its articles.
    """
    everyone = np.arange(len(rows.tokens), dtype=np.int32)
    worded = everyone[rows.tokens > 0]
    shingled = everyone[rows.tokens >= NEAR_WORDS]
    sampled = np.empty(len(everyone), dtype=np.int64)
    joining.sampled_counts(rows.sketches, rows.offsets, sampled)
    return Index(
        rows,
        sampled,
        _postings([_upper(rows.bodies[worded])], worded),
        _postings([_upper(rows.urls)], everyone),
        _postings([np.ascontiguousarray(rows.bands[shingled, b]) for b in range(BANDS)], shingled),
        _postings([rows.sketches], np.repeat(everyone, np.diff(rows.offsets))),
    )


def candidates(index: Index, window: Rows, settings: DedupSettings = DEFAULT) -> Iterator[Pairs]:
    """Proposes pairs of one article of the batch and one of a slice of the window.

    Args:
        index: The batch.
        window: A slice of the window, or the batch itself.
        settings: Thresholds of the containment sketch, and how far apart copies may be.

    Yields:
        Pairs, at most about `PAIRS_AT_ONCE` at a time, each pair in one of the yields only, by
        rows of the window. An article of the window that is in the batch too is paired with
        itself.
    """
    size = len(index.rows.tokens)
    if not size:
        return
    limits = Limits(
        settings.copy_window // _MICROSECOND,
        settings.sketch_shared,
        settings.sketch_containment,
        settings.sketch_few,
    )
    scratch = _scratch(size)
    row, end = 0, len(window.tokens)
    while row < end:
        scratch.counts[0] = 0
        row = joining.match(index, window, row, end, limits, scratch)
        found = int(scratch.counts[0])
        if found:
            mine = scratch.mine[:found].astype(np.int64)
            theirs = scratch.theirs[:found].astype(np.int64)
            order = np.lexsort((mine, theirs))
            yield Pairs(mine[order], theirs[order])


def _scratch(size: int) -> Scratch:
    return Scratch(
        shared=np.zeros(size, dtype=np.int32),
        wanted=np.zeros(size, dtype=np.uint8),
        touched=np.empty(size, dtype=np.int32),
        masks=np.empty(BLOCK, dtype=np.uint32),
        flags=np.empty(BLOCK, dtype=np.uint8),
        places=np.empty(PLACES, dtype=np.int32),
        mine=np.empty(size + PAIRS_AT_ONCE, dtype=np.int32),
        theirs=np.empty(size + PAIRS_AT_ONCE, dtype=np.int32),
        counts=np.zeros(1, dtype=np.int64),
    )


def _postings(columns: list[U32], rows: I32) -> Postings:
    """One hash table for each column of keys; `rows` are their owners."""
    entries = len(rows)
    # One bit in sixteen or fewer is set, and a bucket holds one or two.
    buckets = max(16, 1 << entries.bit_length())
    made = Postings(
        np.zeros((len(columns), buckets // 2), dtype=np.uint32),
        np.zeros((len(columns), buckets // 2), dtype=np.uint32),
        np.zeros((len(columns), buckets + 1), dtype=np.int32),
        np.empty((len(columns), entries), dtype=np.uint32),
        np.empty((len(columns), entries), dtype=np.int32),
    )
    for table, keys in enumerate(columns):
        fill(
            keys,
            rows,
            made.bits[table],
            made.more[table],
            made.heads[table],
            made.keys[table],
            made.rows[table],
        )
    return made


def _upper(hashes: U64) -> U32:
    return (hashes >> _32).astype(np.uint32)
