"""What is kept of one text, in plain NumPy: the definition that the kernels reproduce.

Here belong the constants of the scheme, and from tokens to minhashes, shingles, content words and
numerals in the plainest way. The tests hold the kernels (`dedup.compiled.signing`) to it, and it
serves the few texts that they refuse. A change of anything here is a new
`dedup.scheme.SCHEME_VERSION`. Not here: Arrow, threads, speed (`dedup.prints.marking`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from dedup.hindi import is_number
from dedup.prints.hashing import (
    STEP,
    U8,
    U32,
    U64,
    hash_sequence,
    hash_shingles,
    hash_tokens,
    mix64,
    upper32,
)
from dedup.text.words import is_content

I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PERMUTATIONS: Final = 128
SEED: Final = 1
"""datasketch's defaults; with them `datasketch.MinHash()` gives the same signature."""
BANDS: Final = 32
"""The LSH of the scheme: 32 bands of 4 find a pair of Jaccard .5 with probability .87 (the rest
is found by containment), and 4 low bytes make one 32-bit key."""
NEAR_WORDS: Final = 3
CONTAINED_WORDS: Final = 5
"""Words in a shingle: 3 for likeness, 5 for containment, where chance has to be ruled out."""
SAMPLE: Final = 8
"""One in so many 5-word shingles is in the sketch of a long text."""
SHORT_TEXT: Final = 80
"""Tokens below which a sketch keeps every shingle: sampled, 15 % of contained texts of 30 words
would be lost."""
LONGEST: Final = 0xFFFF
"""Distinct shingles of a text whose order is kept: as many as 16 bits can tell apart."""
EMPTY: Final = np.uint32(0xFFFFFFFF)
"""What datasketch keeps where nothing was hashed."""

FMIX_1: Final = np.uint32(0x85EBCA6B)
FMIX_2: Final = np.uint32(0xC2B2AE35)
"""The finaliser of MurmurHash3, 32 bits (Appleby): datasketch premixes with it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is kept of one text; all arrays but `order3` sorted, values distinct.

    Attributes:
        token_count: Folded tokens of the cleaned body.
        body_key: Hash of their sequence; 0 for an empty text.
        shingles3: uint32, hashes of the 3-word shingles.
        shingles5: uint32, hashes of the 5-word shingles.
        order3: The place in `shingles3` of each 3-word shingle, in the order of the text; empty
            for a text of more than `LONGEST` shingles.
        terms: uint32, hashes of the content words of headline and body.
        term_counts: uint16, how often each of `terms` occurs.
        numbers: uint32, hashes of the numerals.
        slots: uint32, hashes of the words around each numeral; repeated where values differ.
        slot_values: uint32, hash of the numeral in each of `slots`.
    """

    token_count: int
    body_key: int
    shingles3: U32
    shingles5: U32
    order3: U32
    terms: U32
    term_counts: U32
    numbers: U32
    slots: U32
    slot_values: U32


@lru_cache(maxsize=1)
def permutations() -> tuple[U32, U32]:
    """The parameters (a, b) of the 128 permutations, from datasketch itself.

    Returns:
        Two uint32 arrays of length 128.
    """
    # Here, because datasketch pulls in SciPy, which a reader of fingerprints does not need.
    from datasketch import MinHash

    made: U32 = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme="affine32").permutations
    return made[0], made[1]


def minhash(shingles: U32) -> U32:
    """Signs a set of shingles: datasketch's affine32, bit for bit.

    Args:
        shingles: uint32 hashes; repeats change nothing.

    Returns:
        uint32 of length 128; all bits set where there are no shingles.
    """
    if not len(shingles):
        return np.full(PERMUTATIONS, EMPTY, dtype=np.uint32)
    hashes = shingles ^ (shingles >> np.uint32(16))
    hashes *= FMIX_1
    hashes ^= hashes >> np.uint32(13)
    hashes *= FMIX_2
    hashes ^= hashes >> np.uint32(16)
    a, b = permutations()
    signed: U32 = (a[:, None] * hashes + b[:, None]).min(axis=1)
    return signed


def low_bytes(signature: U32) -> U8:
    """The lowest byte of each minhash: 32 band keys of 4 bytes, and a Jaccard estimator."""
    return (signature & np.uint32(0xFF)).astype(np.uint8)


def sketch(shingles5: U32, token_count: int) -> U32:
    """The FracMinHash sketch of a text, from its distinct 5-word shingles.

    Args:
        shingles5: uint32, sorted.
        token_count: Tokens of the text; below `SHORT_TEXT` every shingle is kept.

    Returns:
        uint32, sorted: the hashes divisible by `SAMPLE`, or all of them.
    """
    if token_count < SHORT_TEXT:
        return shingles5
    kept: U32 = shingles5[shingles5 % np.uint32(SAMPLE) == 0]
    return kept


def marks(bodies: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]) -> Iterator[Marks]:
    """Hashes texts that are folded and cut into tokens.

    Args:
        bodies: The tokens of each body.
        titles: The tokens of each headline, as many as bodies; they count as terms only.

    Yields:
        The marks of each text, in order.
    """
    vocabulary: dict[str, int] = {}
    for text in (*bodies, *titles):
        for token in text:
            vocabulary.setdefault(token, len(vocabulary))
    words = list(vocabulary)
    hashes = hash_tokens(words)
    number = np.fromiter((is_number(word) for word in words), dtype=np.bool_, count=len(words))
    content = np.fromiter((is_content(word) for word in words), dtype=np.bool_, count=len(words))
    # एक is an article more often than a number.
    one = vocabulary.get("1", -1)
    for body, title in zip(bodies, titles, strict=True):
        ids = np.fromiter((vocabulary[t] for t in body), dtype=np.int64, count=len(body))
        heading = np.fromiter((vocabulary[t] for t in title), dtype=np.int64, count=len(title))
        told = hashes[ids]
        both = np.concatenate((ids, heading))
        terms, counts = np.unique(upper32(hashes[both[content[both]]]), return_counts=True)
        numeral = number[ids] & (ids != one)
        slots, slot_values = _slots(told, number[ids], numeral)
        shingles3, order3 = np.unique(hash_shingles(told, NEAR_WORDS), return_inverse=True)
        yield Marks(
            token_count=len(body),
            body_key=hash_sequence(told),
            shingles3=shingles3,
            shingles5=np.unique(hash_shingles(told, CONTAINED_WORDS)),
            order3=(order3 if len(shingles3) <= LONGEST else order3[:0]).astype(np.uint32),
            terms=terms,
            term_counts=np.minimum(counts, 0xFFFF).astype(np.uint32),
            numbers=np.unique(upper32(told[numeral])),
            slots=slots,
            slot_values=slot_values,
        )


def _slots(told: U64, is_numeral: Flags, wanted: Flags) -> tuple[U32, U32]:
    """The words around each numeral (one before, two after), and the numeral itself.

    A neighbour that is a numeral itself counts as a blank, so that the slot stays the same when
    it changes.
    """
    blank = np.where(is_numeral, np.uint64(1), told)
    padded = np.concatenate((np.zeros(1, np.uint64), blank, np.zeros(2, np.uint64)))
    at = np.flatnonzero(wanted)
    around = (padded[at] * STEP + padded[at + 2]) * STEP + padded[at + 3]
    pairs = np.unique(
        np.stack((upper32(mix64(around)), upper32(told[at])), axis=1).astype(np.uint32), axis=0
    )
    return pairs[:, 0].copy(), pairs[:, 1].copy()
