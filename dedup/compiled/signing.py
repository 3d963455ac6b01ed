"""Compiled arithmetic on hashes: shingles, minhashes, sorted sets.

Here belongs what turns the token hashes of texts into what is kept of them; `dedup.prints.marks`
says the same in plain NumPy, and the two agree bit for bit. Not here: how a text becomes token
hashes (`dedup.compiled.kernel`), and Arrow (`dedup.prints.marking`).

Ragged arguments are a flat array and offsets (int64, one more than rows). Where a function writes
rows one after another, the flat array must have room for as many values as its arguments have.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from dedup.compiled.compiling import compiled, int64
from dedup.compiled.kernel import mix, tokenise
from dedup.prints.hashing import STEP, U8, U32, U64
from dedup.prints.marks import FMIX_1, FMIX_2, I64, LONGEST, NEAR_WORDS, SAMPLE, SHORT_TEXT
from dedup.text.letters import CONTENT, NUMBER, ONE, Tables

_16: Final = np.uint32(16)
_13: Final = np.uint32(13)
_32: Final = np.uint64(32)
_EMPTY: Final = np.uint32(0xFFFFFFFF)
_FEW: Final = 48
"""Up to so many values, insertion is faster than counting."""


@compiled
def shingle(hashes: U64, start: int, end: int, words: int, out: U32) -> int:
    """Hashes every run of `words` tokens of ``hashes[start:end]``; returns how many there are."""
    count = end - start - words + 1
    salt = np.uint64(words)
    for i in range(count):
        state = np.uint64(0)
        for k in range(words):
            state = state * STEP + hashes[start + i + k]
        out[i] = np.uint32(mix(state ^ salt) >> _32)
    return max(count, 0)


@compiled
def sign(shingles: U32, count: int, a: U32, b: U32, out: U32) -> None:
    """Writes the minhashes of ``shingles[:count]``, which are overwritten."""
    for i in range(count):
        h = shingles[i]
        h ^= h >> _16
        h = np.uint32(h * FMIX_1)
        h ^= h >> _13
        h = np.uint32(h * FMIX_2)
        h ^= h >> _16
        shingles[i] = h
    for p in range(len(a)):
        factor = a[p]
        summand = b[p]
        least = _EMPTY
        for i in range(count):
            value = np.uint32(factor * shingles[i] + summand)
            least = min(least, value)
        out[p] = least


@compiled
def sort(values: U32, count: int, scratch: U32, digits: I64) -> None:
    """Sorts ``values[:count]`` in place.

    Args:
        values: uint32.
        count: How many of them.
        scratch: uint32, at least `count`.
        digits: int64 of 1024.
    """
    if count <= _FEW:
        for i in range(1, count):
            value = values[i]
            j = i
            while j > 0 and values[j - 1] > value:
                values[j] = values[j - 1]
                j -= 1
            values[j] = value
        return
    # By bytes, the lowest first; all four histograms are taken in one pass.
    digits[:] = 0
    for i in range(count):
        value = int64(values[i])
        digits[value & 255] += 1
        digits[256 + ((value >> 8) & 255)] += 1
        digits[512 + ((value >> 16) & 255)] += 1
        digits[768 + (value >> 24)] += 1
    for part in range(4):
        total = 0
        for digit in range(256):
            here = digits[part * 256 + digit]
            digits[part * 256 + digit] = total
            total += here
    for i in range(count):
        place = int64(values[i]) & 255
        scratch[digits[place]] = values[i]
        digits[place] += 1
    for i in range(count):
        place = 256 + ((int64(scratch[i]) >> 8) & 255)
        values[digits[place]] = scratch[i]
        digits[place] += 1
    for i in range(count):
        place = 512 + ((int64(values[i]) >> 16) & 255)
        scratch[digits[place]] = values[i]
        digits[place] += 1
    for i in range(count):
        place = 768 + (int64(scratch[i]) >> 24)
        values[digits[place]] = scratch[i]
        digits[place] += 1


@compiled
def tokenise_texts(
    data: U8,
    offsets: I64,
    row: int,
    tables: Tables,
    codes: U32,
    hashes: U64,
    flags: U8,
    ends: I64,
) -> int:
    """Runs `dedup.compiled.kernel.tokenise` over texts, until one is refused.

    Args:
        data: uint8, UTF-8.
        offsets: int64, where each text begins and ends.
        row: The first text; its tokens go behind those of the one before.
        tables: What each code point becomes.
        codes: uint32, scratch.
        hashes: uint64, the tokens.
        flags: uint8, what is known of each.
        ends: int64, ``ends[i + 1]`` is where the tokens of text i end.

    Returns:
        The number of texts, if all went well; else the row of the one that was refused, and
        ``ends[row + 1]`` is the status.
    """
    while row < len(offsets) - 1:
        at = tokenise(data, offsets[row], offsets[row + 1], tables, codes, hashes, flags, ends[row])
        ends[row + 1] = at
        if at < 0:
            return row
        row += 1
    return row


@compiled
def sign_texts(
    data: U8,
    offsets: I64,
    row: int,
    tables: Tables,
    codes: U32,
    hashes: U64,
    flags: U8,
    scratch: U32,
    permutations: tuple[U32, U32],
    out: U32,
    status: I64,
) -> int:
    """Folds, hashes and signs texts in one pass, until one is refused.

    Args:
        data: uint8, UTF-8.
        offsets: int64, where each text begins and ends.
        row: The first text.
        tables: What each code point becomes.
        codes: uint32, scratch of the longest text.
        hashes: uint64, scratch of the longest text.
        flags: uint8, of length 0.
        scratch: uint32, likewise.
        permutations: The factors and summands.
        out: uint32, n x 128.
        status: int64 of 1, where the status of a refused text goes.

    Returns:
        The number of texts, or the row of the one that was refused.
    """
    a, b = permutations
    while row < len(offsets) - 1:
        at = tokenise(data, offsets[row], offsets[row + 1], tables, codes, hashes, flags, 0)
        if at < 0:
            status[0] = at
            return row
        sign(scratch, shingle(hashes, 0, at, NEAR_WORDS, scratch), a, b, out[row])
        row += 1
    return row


@compiled
def sign_rows(
    hashes: U64, offsets: I64, scratch: U32, permutations: tuple[U32, U32], out: U32
) -> None:
    """Signs texts that are token hashes already; `out` is n x 128."""
    a, b = permutations
    for row in range(len(offsets) - 1):
        count = shingle(hashes, offsets[row], offsets[row + 1], NEAR_WORDS, scratch)
        sign(scratch, count, a, b, out[row])


@compiled
def body_keys(hashes: U64, offsets: I64, out: U64) -> None:
    """Hashes each text as a whole; 0 for one without tokens."""
    for row in range(len(offsets) - 1):
        state = np.uint64(0)
        for i in range(offsets[row], offsets[row + 1]):
            state = state * STEP + hashes[i]
        length = offsets[row + 1] - offsets[row]
        out[row] = mix(state ^ np.uint64(length)) if length else np.uint64(0)


@compiled
def shingle_sets(
    hashes: U64, offsets: I64, words: int, scratch: U32, digits: I64, out: U32, ends: I64
) -> None:
    """Writes the distinct shingles of each text, sorted, one text after another."""
    at = 0
    for row in range(len(offsets) - 1):
        begin = at
        count = shingle(hashes, offsets[row], offsets[row + 1], words, out[begin:])
        sort(out[begin:], count, scratch, digits)
        for i in range(begin, begin + count):
            if i == begin or out[i] != out[at - 1]:
                out[at] = out[i]
                at += 1
        ends[row + 1] = at


@compiled
def orders(
    hashes: U64, offsets: I64, words: int, sets: U32, set_ends: I64, scratch: U32, ends: I64
) -> None:
    """Overwrites each shingle in the order of the text by its place in the sorted set.

    A text with more than `dedup.prints.marks.LONGEST` distinct ones has none: the places have 16
    bits.
    """
    at = 0
    for row in range(len(offsets) - 1):
        first, last = set_ends[row], set_ends[row + 1]
        if last - first <= LONGEST:
            count = shingle(hashes, offsets[row], offsets[row + 1], words, scratch[at:])
            for i in range(at, at + count):
                low, high = first, last
                while low < high:
                    middle = (low + high) >> 1
                    if sets[middle] < scratch[i]:
                        low = middle + 1
                    else:
                        high = middle
                scratch[i] = np.uint32(low - first)
            at += count
        ends[row + 1] = at


@compiled
def sketches(shingles: U32, offsets: I64, tokens: I64, out: U32, ends: I64) -> None:
    """Writes the sample of each text's shingles: all of them in a short text."""
    at = 0
    for row in range(len(offsets) - 1):
        short = tokens[row + 1] - tokens[row] < SHORT_TEXT
        for i in range(offsets[row], offsets[row + 1]):
            if short or shingles[i] % np.uint32(SAMPLE) == 0:
                out[at] = shingles[i]
                at += 1
        ends[row + 1] = at


@compiled
def term_sets(
    hashes: U64,
    flags: U8,
    offsets: I64,
    title_hashes: U64,
    title_flags: U8,
    title_offsets: I64,
    scratch: U32,
    digits: I64,
    out: U32,
    counts: U32,
    ends: I64,
) -> None:
    """Writes the content words of body and headline, sorted, and how often each occurs."""
    at = 0
    for row in range(len(offsets) - 1):
        begin = at
        end = at
        for i in range(offsets[row], offsets[row + 1]):
            if flags[i] & CONTENT:
                out[end] = np.uint32(hashes[i] >> _32)
                end += 1
        for i in range(title_offsets[row], title_offsets[row + 1]):
            if title_flags[i] & CONTENT:
                out[end] = np.uint32(title_hashes[i] >> _32)
                end += 1
        sort(out[begin:], end - begin, scratch, digits)
        for i in range(begin, end):
            if i > begin and out[i] == out[at - 1]:
                counts[at - 1] += 1 if counts[at - 1] < 0xFFFF else 0
            else:
                out[at] = out[i]
                counts[at] = 1
                at += 1
        ends[row + 1] = at


@compiled
def number_sets(
    hashes: U64, flags: U8, offsets: I64, scratch: U32, digits: I64, out: U32, ends: I64
) -> None:
    """Writes the distinct numerals of each text, sorted."""
    at = 0
    for row in range(len(offsets) - 1):
        begin = at
        end = at
        for i in range(offsets[row], offsets[row + 1]):
            if flags[i] & NUMBER and not flags[i] & ONE:
                out[end] = np.uint32(hashes[i] >> _32)
                end += 1
        sort(out[begin:], end - begin, scratch, digits)
        for i in range(begin, end):
            if i == begin or out[i] != out[at - 1]:
                out[at] = out[i]
                at += 1
        ends[row + 1] = at


@compiled
def _beside(hashes: U64, flags: U8, start: int, end: int, i: int) -> np.uint64:
    """A neighbour of a numeral: 0 beyond the text, 1 for another numeral, else its hash."""
    if i < start or i >= end:
        return np.uint64(0)
    return np.uint64(1) if flags[i] & NUMBER else hashes[i]


@compiled
def slot_sets(hashes: U64, flags: U8, offsets: I64, out: U64, ends: I64) -> None:
    """Writes the numerals of each text with their places: slot << 32 | value, not yet sorted."""
    at = 0
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        for i in range(start, end):
            if flags[i] & NUMBER and not flags[i] & ONE:
                around = _beside(hashes, flags, start, end, i - 1) * STEP
                around = (around + _beside(hashes, flags, start, end, i + 1)) * STEP
                around += _beside(hashes, flags, start, end, i + 2)
                out[at] = ((mix(around) >> _32) << _32) | (hashes[i] >> _32)
                at += 1
        ends[row + 1] = at
