"""Candidates: which pairs of articles are worth comparing exactly.

The batch is indexed and the window is streamed past it, so that the memory needed is the batch's
and a slice of the window's, however long the window is. Here belong the joins that propose
pairs; every one is symmetric, so a pair is proposed whichever of the two is in the batch. Not
here: whether a pair is related (`dedup.relations`).

A pair is proposed when the two have the same body, share a band of the LSH (a superset of
``datasketch.MinHashLSH(params=(32, 4))``), share enough of their containment sketches, or are
versions of one URL. Texts without words are proposed for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from dedup.hashing import U32, U64
from dedup.marks import BANDS, SAMPLE, SHORT_TEXT
from dedup.settings import DEFAULT, DedupSettings
from dedup.sheet import I64, Ragged, Sheet

_Number = TypeVar("_Number", np.uint32, np.uint64, np.int64)

MATCHES_AT_ONCE: Final = 2_000_000
"""Matches that one join may hold at a time: about 50 MB. A slice of the window with more (one
passage in every article) is halved until it fits."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs, each once.

    Attributes:
        mine: int64, rows of the batch.
        theirs: int64, rows of the window's slice.
    """

    mine: I64
    theirs: I64


@dataclass(frozen=True, slots=True)
class _Postings:
    """Sorted keys and the rows that hold them."""

    keys: npt.NDArray[np.uint32] | npt.NDArray[np.uint64] | I64
    rows: I64


@dataclass(frozen=True, slots=True)
class BatchIndex:
    """The batch, ready to have a window streamed past it.

    Attributes:
        sheet: The batch.
        sampled: int64, the sketch hashes of each row that survive sampling.
    """

    sheet: Sheet
    sampled: I64
    _bodies: _Postings
    _bands: tuple[_Postings, ...]
    _sketch: _Postings
    _urls: dict[str, list[int]]


def index_batch(sheet: Sheet) -> BatchIndex:
    """Indexes a batch.

    Args:
        sheet: The batch's fingerprints.
    """
    rows = np.arange(len(sheet), dtype=np.int64)
    worded = rows[sheet.token_counts > 0]
    shingled = rows[sheet.shingles3.lengths > 0]
    urls: dict[str, list[int]] = {}
    for row, url in enumerate(sheet.urls):
        urls.setdefault(url, []).append(row)
    return BatchIndex(
        sheet,
        sampled_counts(sheet.sketch),
        _postings(sheet.body_keys[worded], worded),
        tuple(_postings(sheet.bands[shingled, band], shingled) for band in range(BANDS)),
        _postings(sheet.sketch.values, sheet.sketch.owners),
        urls,
    )


def sampled_counts(sketches: Ragged) -> I64:
    """How many hashes of each sketch are in the sample that texts of all lengths keep."""
    kept = np.concatenate(([0], np.cumsum(sketches.values % np.uint32(SAMPLE) == 0)))
    counts: I64 = np.diff(kept[sketches.offsets])
    return counts


def candidates(
    index: BatchIndex, window: Sheet, settings: DedupSettings = DEFAULT
) -> Iterator[Pairs]:
    """Proposes pairs of one article of the batch and one of a slice of the window.

    Args:
        index: The batch.
        window: A slice of the window, or the batch itself.
        settings: Thresholds of the containment sketch.

    Yields:
        Pairs, each pair in one of the yields only. An article of the window that is in the batch
        too is paired with itself.
    """
    yield from _candidates(index, window, settings, 0, len(window))


def _candidates(
    index: BatchIndex, window: Sheet, settings: DedupSettings, start: int, end: int
) -> Iterator[Pairs]:
    """Proposes pairs with the rows from `start` to `end` of the window; halves them if need be."""
    if start >= end:
        return
    found = [_url_matches(index, window, start, end)]
    joins = [_body_matches, _sketch_matches, _band_matches]
    for join in joins:
        matches = join(index, window, settings, start, end)
        if matches is None:
            middle = (start + end) // 2
            yield from _candidates(index, window, settings, start, middle)
            yield from _candidates(index, window, settings, middle, end)
            return
        found.append(matches)
    packed = np.unique(np.concatenate(found))
    if len(packed):
        mine, theirs = _unpack(packed)
        yield Pairs(mine, theirs)


def _url_matches(index: BatchIndex, window: Sheet, start: int, end: int) -> U64:
    """Versions of one URL."""
    pairs = [
        (mine << 32) | theirs
        for theirs in range(start, end)
        for mine in index._urls.get(window.urls[theirs], ())
    ]
    return np.array(pairs, dtype=np.uint64)


def _body_matches(
    index: BatchIndex, window: Sheet, _: DedupSettings, start: int, end: int
) -> U64 | None:
    """Texts with the same body."""
    rows = np.arange(start, end, dtype=np.int64)
    rows = rows[window.token_counts[start:end] > 0]
    return _join(index._bodies, window.body_keys[rows], rows, end - start)


def _band_matches(
    index: BatchIndex, window: Sheet, _: DedupSettings, start: int, end: int
) -> U64 | None:
    """Texts that share a band of the LSH."""
    rows = np.arange(start, end, dtype=np.int64)
    rows = rows[window.shingles3.lengths[start:end] > 0]
    found: list[U64] = []
    total = 0
    for band in range(BANDS):
        matches = _join(index._bands[band], window.bands[rows, band], rows, end - start)
        if matches is None:
            return None
        total += len(matches)
        if total > MATCHES_AT_ONCE and end - start > 1:
            return None
        found.append(matches)
    return np.unique(np.concatenate(found))


def _sketch_matches(
    index: BatchIndex, window: Sheet, settings: DedupSettings, start: int, end: int
) -> U64 | None:
    """Texts whose sketches share enough for the smaller to be contained in the larger.

    Two short texts share any of their shingles; where one is long, only sampled hashes can be
    shared, and the estimate goes by those.
    """
    rows = np.arange(start, end, dtype=np.int64)
    part = window.sketch.take(rows)
    matches = _join(index._sketch, part.values, part.owners + start, end - start)
    if matches is None:
        return None
    packed, shared = np.unique(matches, return_counts=True)
    mine, theirs = _unpack(packed)
    batch = index.sheet
    both_short = (batch.token_counts[mine] < SHORT_TEXT) & (
        window.token_counts[theirs] < SHORT_TEXT
    )
    sampled = sampled_counts(window.sketch)
    smaller = np.where(
        both_short,
        np.minimum(batch.sketch.lengths[mine], window.sketch.lengths[theirs]),
        np.minimum(index.sampled[mine], sampled[theirs]),
    )
    enough = (shared >= settings.sketch_shared) & (shared >= settings.sketch_containment * smaller)
    enough |= smaller <= settings.sketch_few
    return packed[enough]


def _postings(keys: npt.NDArray[_Number], rows: I64) -> _Postings:
    order = np.argsort(keys, kind="stable")
    return _Postings(keys[order], rows[order])


def _join(postings: _Postings, keys: U32 | U64, rows: I64, slice_rows: int) -> U64 | None:
    """Matches keys of the window with those of the batch.

    Returns:
        uint64, ``batch row << 32 | window row`` for every match, or None when there are too many
        and the slice can be halved.
    """
    first = np.searchsorted(postings.keys, keys, side="left")
    counts = np.searchsorted(postings.keys, keys, side="right") - first
    total = int(counts.sum())
    if total > MATCHES_AT_ONCE and slice_rows > 1:
        return None
    begins = np.cumsum(counts) - counts
    at = np.repeat(first - begins, counts) + np.arange(total)
    mine = postings.rows[at].astype(np.uint64)
    return (mine << np.uint64(32)) | np.repeat(rows, counts).astype(np.uint64)


def _unpack(packed: U64) -> tuple[I64, I64]:
    mine = (packed >> np.uint64(32)).astype(np.int64)
    theirs = (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return mine, theirs
