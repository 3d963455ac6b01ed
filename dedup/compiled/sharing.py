"""Compiled: which articles of many share keywords.

Here belongs the count of what each pair shares, by the articles that each keyword has. Not here:
what a keyword is, and which pairs are threads (`dedup.threads`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from dedup.compiled.compiling import compiled, int64
from dedup.compiled.postings import I32
from dedup.prints.marks import I64
from dedup.prints.sheet import Ragged

PAIRS_AT_ONCE: Final = 1 << 20
"""Room for pairs, beside one row's fill."""


class Postings(NamedTuple):
    """The keywords of n articles, and the articles of each keyword.

    Attributes:
        keys: int32, numbers of keywords, article by article.
        offsets: int64, n + 1: where those of each article begin.
        rows: int32, articles, keyword by keyword, rising for each.
        starts: int64, where those of each keyword begin, and the end.
        effective: int64, the time of each article, microseconds.
    """

    keys: I32
    offsets: I64
    rows: I32
    starts: I64
    effective: I64


class Scratch(NamedTuple):
    """Memory of a search.

    Attributes:
        next_at: int64, for each keyword: the place in `Postings.rows` behind the last row seen.
        counts: int32 of n, zeros.
        touched: int32 of n.
        a: int32, where the earlier rows of pairs go.
        b: int32, where the later ones go; as long.
    """

    next_at: I64
    counts: I32
    touched: I32
    a: I32
    b: I32


@compiled
def _share(postings: Postings, row: int, least: int, reach: int, scratch: Scratch) -> int:
    """Writes down the pairs of rows from `row` on; returns the row to go on with.

    How many there are is left in the last place of `scratch.touched`, which has one more.
    """
    size = len(scratch.counts)
    found = 0
    while row < size and found + size <= len(scratch.a):
        touched = 0
        for place in range(postings.offsets[row], postings.offsets[row + 1]):
            key = int64(postings.keys[place])
            # Each pair from its first row only: rows come in order, so this one is the next.
            scratch.next_at[key] += 1
            for at in range(scratch.next_at[key], postings.starts[key + 1]):
                other = int64(postings.rows[at])
                if scratch.counts[other] == 0:
                    scratch.touched[touched] = other
                    touched += 1
                scratch.counts[other] += 1
        for place in range(touched):
            other = int64(scratch.touched[place])
            apart = abs(postings.effective[other] - postings.effective[row])
            if scratch.counts[other] >= least and apart <= reach:
                scratch.a[found] = row
                scratch.b[found] = other
                found += 1
            scratch.counts[other] = 0
        row += 1
    scratch.touched[size] = found
    return row


def sharing(keys: Ragged, effective: I64, least: int, reach: int) -> Iterator[tuple[I64, I64]]:
    """Finds the pairs of articles that share keywords.

    Args:
        keys: The keywords of n articles, distinct for each.
        effective: int64, their times, microseconds.
        least: Keywords that a pair shares at least; 1 or more.
        reach: Microseconds that the two may be apart.

    Yields:
        Rows of pairs, about `PAIRS_AT_ONCE` at a time: the earlier row, the later row. Each pair
        comes once, by the earlier row.
    """
    terms, numbers = np.unique(keys.values, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    starts = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(np.bincount(numbers, minlength=len(terms)), out=starts[1:])
    postings = Postings(
        numbers.astype(np.int32),
        keys.offsets,
        keys.owners[order].astype(np.int32),
        starts,
        effective,
    )
    size = len(effective)
    scratch = Scratch(
        next_at=starts[:-1].copy(),
        counts=np.zeros(size, dtype=np.int32),
        touched=np.empty(size + 1, dtype=np.int32),
        a=np.empty(size + PAIRS_AT_ONCE, dtype=np.int32),
        b=np.empty(size + PAIRS_AT_ONCE, dtype=np.int32),
    )
    row = 0
    while row < size:
        row = _share(postings, row, least, reach, scratch)
        found = int(scratch.touched[size])
        yield scratch.a[:found].astype(np.int64), scratch.b[:found].astype(np.int64)
