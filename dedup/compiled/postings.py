"""Compiled hash tables over the keys of a batch, and the sifting of many keys through one.

Here belong the tables and what a key is looked up by. A table is two bitmaps, which turn nearly
all keys away from memory that the cache holds, and buckets behind them. Sifting takes no branches
on what it finds, so that it runs at the speed of the cache. Not here: what the keys are
(`dedup.window`), and what is done with what is found (`dedup.compiled.joining`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.compiled.compiling import compiled, int64
from dedup.prints.hashing import U32

I32 = npt.NDArray[np.int32]

_SPREAD: Final = np.uint32(0x9E3779B1)
"""2**32 divided by the golden ratio, odd."""
_SPREAD_TOO: Final = np.uint32(0x85EBCA6B)
"""Another odd number, of MurmurHash3 (Appleby), for the second bitmap."""
FIVE: Final = np.uint32(5)
"""A bit's place, shifted down by so much, is its word's."""
WORD: Final = np.uint32(31)
"""A bit's place, masked with this, is its place in the word."""
ONE: Final = np.uint32(1)


class Postings(NamedTuple):
    """Hash tables of 32-bit keys: one for each of t kinds of key.

    Attributes:
        bits: uint32, t x words (a power of 2): a bitmap of the keys that are there.
        more: uint32, t x words: another, by another hash.
        heads: int32, t x (buckets + 1): where each bucket begins; buckets are a power of 2.
        keys: uint32, t x entries, by bucket.
        rows: int32, t x entries: the row of the batch that has the key.
    """

    bits: U32
    more: U32
    heads: I32
    keys: U32
    rows: I32


@compiled
def spread(key: np.uint32) -> np.uint32:
    """A key whose upper bits depend on all of it."""
    return np.uint32(key * _SPREAD)


@compiled
def shift_of(size: int) -> np.uint32:
    """By how much a spread key is shifted down for a table of `size` places (a power of 2)."""
    shift = np.uint32(32)
    while size > 1:
        size >>= 1
        shift -= ONE
    return shift


@compiled
def fill(keys: U32, rows: I32, bits: U32, more: U32, heads: I32, out_keys: U32, out: I32) -> None:
    """Fills one hash table of `Postings`; `bits`, `more` and `heads` are zeros."""
    bit_shift = shift_of(len(bits) * 32)
    bucket_shift = shift_of(len(heads) - 1)
    for i in range(len(keys)):
        mixed = spread(keys[i])
        bit = mixed >> bit_shift
        bits[int64(bit >> FIVE)] |= ONE << (bit & WORD)
        bit = np.uint32(keys[i] * _SPREAD_TOO) >> bit_shift
        more[int64(bit >> FIVE)] |= ONE << (bit & WORD)
        heads[int64(mixed >> bucket_shift) + 1] += 1
    for bucket in range(len(heads) - 1):
        heads[bucket + 1] += heads[bucket]
    # From the back, so that what was the end of each bucket becomes its beginning.
    for i in range(len(keys) - 1, -1, -1):
        bucket = int64(spread(keys[i]) >> bucket_shift)
        heads[bucket + 1] -= 1
        place = heads[bucket + 1]
        out_keys[place] = keys[i]
        out[place] = rows[i]
    for bucket in range(len(heads) - 2):
        heads[bucket] = heads[bucket + 1]
    heads[len(heads) - 2] = heads[len(heads) - 1]
    heads[len(heads) - 1] = len(keys)


@compiled
def sift(
    values: U32, start: int, end: int, bits: U32, more: U32, heads: I32, keys: U32, places: I32
) -> int:
    """Finds which of ``values[start:end]`` are keys of a table: `places`, rising; how many."""
    shift = shift_of(len(bits) * 32)
    found = 0
    for i in range(start, end):
        bit = spread(values[i]) >> shift
        places[found] = i
        found += int64((bits[int64(bit >> FIVE)] >> (bit & WORD)) & ONE)
    likely = 0
    for j in range(found):
        bit = np.uint32(values[places[j]] * _SPREAD_TOO) >> shift
        places[likely] = places[j]
        likely += int64((more[int64(bit >> FIVE)] >> (bit & WORD)) & ONE)
    bucket_shift = shift_of(len(heads) - 1)
    sure = 0
    for j in range(likely):
        key = values[places[j]]
        bucket = int64(spread(key) >> bucket_shift)
        for entry in range(heads[bucket], heads[bucket + 1]):
            if keys[entry] == key:
                places[sure] = places[j]
                sure += 1
                break
    return sure
