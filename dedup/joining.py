"""Compiled joins: the index of a batch, and rows of a window streamed past it.

Here belongs the kernel that proposes pairs. The window goes past in blocks, whose keys are sifted
together; only rows that have a key of the batch are looked at one by one. Not here: the tables of
the batch's keys (`dedup.postings`), what the keys are, Arrow, threads (`dedup.window`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from dedup.compiling import compiled, int64
from dedup.hashing import FNV_OFFSET, FNV_PRIME, U8, U32, U64
from dedup.kernel import mix
from dedup.marks import BANDS, I64, NEAR_WORDS, SAMPLE, SHORT_TEXT
from dedup.postings import FIVE, I32, ONE, WORD, Postings, shift_of, sift, spread

_32: Final = np.uint64(32)
_SAMPLE: Final = np.uint32(SAMPLE)
BLOCK: Final = 1024
"""Rows that are sifted together: their bands are 128 KB."""
PLACES: Final = 1 << 14
"""Keys that are sifted together."""


class Rows(NamedTuple):
    """What is compared of n articles.

    Attributes:
        effective: int64, microseconds since 1970 UTC.
        tokens: int64, number of tokens.
        bodies: uint64, hashes of whole bodies.
        urls: uint64, hashes of url_ids.
        bands: uint32, n x 32.
        sketches: uint32, the sketches one after another.
        offsets: int64, n + 1, where each sketch begins.
    """

    effective: I64
    tokens: I64
    bodies: U64
    urls: U64
    bands: U32
    sketches: U32
    offsets: I64


class Index(NamedTuple):
    """A batch, indexed.

    Attributes:
        rows: The batch.
        sampled: int64, how many hashes of each sketch texts of all lengths keep.
        bodies: By body; one table.
        urls: By URL; one table.
        bands: By band; 32 tables.
        sketches: By sketch hash; one table.
    """

    rows: Rows
    sampled: I64
    bodies: Postings
    urls: Postings
    bands: Postings
    sketches: Postings


class Limits(NamedTuple):
    """When a pair is proposed; see `dedup.settings.DedupSettings`.

    Attributes:
        reach: Microseconds that two articles may be apart.
        shared: Sketch hashes that they share at least.
        containment: Share of the smaller sketch that they share at least.
        few: Sampled hashes up to which one shared is enough.
    """

    reach: int
    shared: int
    containment: float
    few: int


class Scratch(NamedTuple):
    """Memory of one thread for a batch of n.

    Attributes:
        shared: int32 of n, zeros: sketch hashes shared with each row of the batch.
        wanted: uint8 of n, zeros: whether it is proposed for another reason.
        touched: int32 of n: the rows that are not zero.
        masks: uint32 of `BLOCK`: which bands of each row of the window match.
        flags: uint8 of `BLOCK`: whether a row has any key of the batch.
        places: int32 of `PLACES`: for sifting.
        mine: int32, where proposed rows of the batch go; n or more.
        theirs: int32, where proposed rows of the window go; as long.
        counts: int64 of 1: how many were proposed.
    """

    shared: I32
    wanted: U8
    touched: I32
    masks: U32
    flags: U8
    places: I32
    mine: I32
    theirs: I32
    counts: I64


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
def _flag(index: Index, window: Rows, start: int, end: int, scratch: Scratch) -> None:
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
        _flag(index, window, row, last, scratch)
        for here in range(row, last):
            if scratch.flags[here - row] == 0:
                continue
            if scratch.counts[0] > room:
                return here
            _look(index, window, here, scratch.masks[here - row], limits, scratch)
        row = last
    return row


@compiled
def hash_strings(data: U8, offsets: I64, out: U64) -> None:
    """Hashes strings in four lanes, each FNV-1a: for joins in memory, never stored."""
    for row in range(len(offsets) - 1):
        a = FNV_OFFSET
        b = FNV_OFFSET
        c = FNV_OFFSET
        d = FNV_OFFSET
        i = offsets[row]
        end = offsets[row + 1]
        a ^= np.uint64(end - i)
        while i + 4 <= end:
            a = (a ^ np.uint64(data[i])) * FNV_PRIME
            b = (b ^ np.uint64(data[i + 1])) * FNV_PRIME
            c = (c ^ np.uint64(data[i + 2])) * FNV_PRIME
            d = (d ^ np.uint64(data[i + 3])) * FNV_PRIME
            i += 4
        while i < end:
            a = (a ^ np.uint64(data[i])) * FNV_PRIME
            i += 1
        out[row] = mix(a ^ mix(b ^ mix(c ^ mix(d))))
