"""Compiled joins: the index of a batch, and rows of a window streamed past it.

Here belongs the kernel that proposes pairs. The window goes past in blocks, whose keys are sifted
together (`dedup.compiled.sifting`); only rows that have a key of the batch are looked at one by
one, here. Not here: the tables of the batch's keys (`dedup.compiled.postings`), what the keys are,
Arrow, threads (`dedup.window`).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from dedup.compiled.compiling import compiled, int64
from dedup.compiled.postings import FIVE, ONE, WORD, Postings, shift_of, spread
from dedup.compiled.sifting import BLOCK, flag_block
from dedup.index import Index, Limits, Rows, Scratch
from dedup.prints.hashing import U32, U64
from dedup.prints.marks import BANDS, I64, NEAR_WORDS, SAMPLE, SHORT_TEXT

_32: Final = np.uint64(32)
_SAMPLE: Final = np.uint32(SAMPLE)


@compiled
def sampled_counts(sketches: U32, offsets: I64, out: I64) -> None:
    """Counts the hashes of each sketch that texts of all lengths keep."""
    for row in range(len(offsets) - 1):
        count = 0
        for i in range(offsets[row], offsets[row + 1]):
            if sketches[i] % _SAMPLE == 0:
                count += 1
        out[row] = count


@compiled
def _touch(row: int, scratch: Scratch, touched: int) -> int:
    if scratch.shared[row] == 0 and scratch.wanted[row] == 0:
        scratch.touched[touched] = row
        return touched + 1
    return touched


@compiled
def _whole(
    postings: Postings, hashed: np.uint64, all_of_batch: U64, scratch: Scratch, touched: int
) -> int:
    """Wants the rows of the batch whose 64-bit hash is the same."""
    key = np.uint32(hashed >> _32)
    mixed = spread(key)
    bucket = int64(mixed >> shift_of(postings.heads.shape[1] - 1))
    for entry in range(postings.heads[0, bucket], postings.heads[0, bucket + 1]):
        row = int64(postings.rows[0, entry])
        if all_of_batch[row] == hashed:
            touched = _touch(row, scratch, touched)
            scratch.wanted[row] = 1
    return touched


@compiled
def _banded(
    bands: U32, row: int, mask: np.uint32, postings: Postings, scratch: Scratch, touched: int
) -> int:
    """Wants the rows of the batch that share a band."""
    shift = shift_of(postings.heads.shape[1] - 1)
    for band in range(BANDS):
        if (mask >> np.uint32(band)) & ONE:
            key = bands[row, band]
            bucket = int64(spread(key) >> shift)
            for entry in range(postings.heads[band, bucket], postings.heads[band, bucket + 1]):
                if postings.keys[band, entry] == key:
                    mine = int64(postings.rows[band, entry])
                    touched = _touch(mine, scratch, touched)
                    scratch.wanted[mine] = 1
    return touched


@compiled
def _sketched(
    sketches: U32, start: int, end: int, postings: Postings, scratch: Scratch, touched: int
) -> int:
    """Counts the sketch hashes that each row of the batch shares."""
    bits = postings.bits[0]
    bit_shift = shift_of(len(bits) * 32)
    shift = shift_of(postings.heads.shape[1] - 1)
    for i in range(start, end):
        mixed = spread(sketches[i])
        bit = mixed >> bit_shift
        if (bits[int64(bit >> FIVE)] >> (bit & WORD)) & ONE:
            bucket = int64(mixed >> shift)
            for entry in range(postings.heads[0, bucket], postings.heads[0, bucket + 1]):
                if postings.keys[0, entry] == sketches[i]:
                    mine = int64(postings.rows[0, entry])
                    touched = _touch(mine, scratch, touched)
                    scratch.shared[mine] += 1
    return touched


@compiled
def _propose(
    index: Index, window: Rows, row: int, limits: Limits, scratch: Scratch, touched: int
) -> None:
    """Writes down the pairs of one row of the window, and clears the scratch."""
    begin, end = window.offsets[row], window.offsets[row + 1]
    sampled = 0
    for i in range(begin, end if touched else begin):
        if window.sketches[i] % _SAMPLE == 0:
            sampled += 1
    for place in range(touched):
        mine = int64(scratch.touched[place])
        shared = int64(scratch.shared[mine])
        wanted = scratch.wanted[mine] != 0
        if shared > 0 and not wanted:
            # Two short texts share any of their shingles; where one is long, sampled ones only.
            if index.rows.tokens[mine] < SHORT_TEXT and window.tokens[row] < SHORT_TEXT:
                mine_kept = index.rows.offsets[mine + 1] - index.rows.offsets[mine]
                smaller = min(mine_kept, end - begin)
            else:
                smaller = min(index.sampled[mine], sampled)
            enough = shared >= limits.shared and shared >= limits.containment * smaller
            wanted = enough or smaller <= limits.few
        if wanted and abs(index.rows.effective[mine] - window.effective[row]) <= limits.reach:
            scratch.mine[scratch.counts[0]] = mine
            scratch.theirs[scratch.counts[0]] = row
            scratch.counts[0] += 1
        scratch.shared[mine] = 0
        scratch.wanted[mine] = 0


@compiled
def _look(
    index: Index, window: Rows, row: int, mask: np.uint32, limits: Limits, scratch: Scratch
) -> None:
    """Proposes the pairs of one row of the window."""
    touched = 0
    if window.tokens[row] > 0:
        touched = _whole(index.bodies, window.bodies[row], index.rows.bodies, scratch, touched)
    touched = _whole(index.urls, window.urls[row], index.rows.urls, scratch, touched)
    if mask != 0 and window.tokens[row] >= NEAR_WORDS:
        touched = _banded(window.bands, row, mask, index.bands, scratch, touched)
    touched = _sketched(
        window.sketches,
        window.offsets[row],
        window.offsets[row + 1],
        index.sketches,
        scratch,
        touched,
    )
    _propose(index, window, row, limits, scratch, touched)


@compiled
def match(index: Index, window: Rows, row: int, end: int, limits: Limits, scratch: Scratch) -> int:
    """Proposes pairs of a batch and the rows of a window, until there is no room for more.

    Args:
        index: The batch.
        window: The window.
        row: Its first row to look at.
        end: Behind its last row.
        limits: When a pair is proposed.
        scratch: Memory; the pairs are added behind those that are there.

    Returns:
        The row to go on with; `end` when all is done.
    """
    room = len(scratch.mine) - len(scratch.shared)
    while row < end:
        last = min(row + BLOCK, end)
        flag_block(index, window, row, last, scratch)
        for here in range(row, last):
            if scratch.flags[here - row] == 0:
                continue
            if scratch.counts[0] > room:
                return here
            _look(index, window, here, scratch.masks[here - row], limits, scratch)
        row = last
    return row
