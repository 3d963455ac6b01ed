"""Compiled: which rows of a block of the window have anything of the batch.

Here belongs the first look, by whole columns: nearly all rows end with it. Not here: which pairs
the others make (`dedup.compiled.joining`).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from dedup.compiled.compiling import compiled, int64
from dedup.compiled.postings import FIVE, I32, ONE, WORD, Postings, shift_of, sift, spread
from dedup.index import Index, Rows, Scratch
from dedup.prints.hashing import U8, U32, U64
from dedup.prints.marks import BANDS, I64

_32: Final = np.uint64(32)
BLOCK: Final = 1024
"""Rows that are sifted together: their bands are 128 KB."""
PLACES: Final = 1 << 14
"""Keys that are sifted together."""


@compiled
def _mask_bands(
    bands: U32, postings: Postings, start: int, end: int, masks: U32, places: I32
) -> None:
    """Finds which bands of the rows from `start` to `end` are in the batch."""
    for row in range(end - start):
        masks[row] = np.uint32(0)
    for band in range(BANDS):
        found = sift(
            bands[:, band],
            start,
            end,
            postings.bits[band],
            postings.more[band],
            postings.heads[band],
            postings.keys[band],
            places,
        )
        for j in range(found):
            masks[places[j] - start] |= ONE << np.uint32(band)


@compiled
def _flag_sketches(
    sketches: U32,
    offsets: I64,
    start: int,
    end: int,
    postings: Postings,
    flags: U8,
    places: I32,
) -> None:
    """Flags the rows from `start` to `end` whose sketches have a hash of the batch."""
    row = start
    at = offsets[start]
    while at < offsets[end]:
        stop = min(at + PLACES, offsets[end])
        found = sift(
            sketches,
            at,
            stop,
            postings.bits[0],
            postings.more[0],
            postings.heads[0],
            postings.keys[0],
            places,
        )
        for j in range(found):
            while offsets[row + 1] <= places[j]:
                row += 1
            flags[row - start] = 1
        at = stop


@compiled
def _flag_whole(
    hashes: U64, start: int, end: int, bits: U32, heads: I32, keys: U32, flags: U8
) -> None:
    """Flags the rows from `start` to `end` that have the upper half of a 64-bit hash in a table."""
    shift = shift_of(len(bits) * 32)
    bucket_shift = shift_of(len(heads) - 1)
    for row in range(start, end):
        key = np.uint32(hashes[row] >> _32)
        mixed = spread(key)
        bit = mixed >> shift
        if (bits[int64(bit >> FIVE)] >> (bit & WORD)) & ONE:
            bucket = int64(mixed >> bucket_shift)
            for entry in range(heads[bucket], heads[bucket + 1]):
                if keys[entry] == key:
                    flags[row - start] = 1


@compiled
def flag_block(index: Index, window: Rows, start: int, end: int, scratch: Scratch) -> None:
    """Flags the rows of a block that have anything of the batch."""
    flags, masks = scratch.flags, scratch.masks
    _mask_bands(window.bands, index.bands, start, end, masks, scratch.places)
    for row in range(end - start):
        flags[row] = masks[row] != 0
    table = index.bodies
    _flag_whole(window.bodies, start, end, table.bits[0], table.heads[0], table.keys[0], flags)
    table = index.urls
    _flag_whole(window.urls, start, end, table.bits[0], table.heads[0], table.keys[0], flags)
    _flag_sketches(
        window.sketches, window.offsets, start, end, index.sketches, flags, scratch.places
    )
