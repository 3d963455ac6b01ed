"""What is compared of articles, a batch of them indexed, and the memory of a search.

Here belong the shapes that the compiled joins (`dedup.compiled.sifting`, `dedup.compiled.joining`)
are handed. Not
here: how they are filled (`dedup.window`, `dedup.prints.sheet`).
"""

from __future__ import annotations

from typing import NamedTuple

from dedup.compiled.postings import I32, Postings
from dedup.prints.hashing import U8, U32, U64
from dedup.prints.marks import I64


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
        masks: uint32 of `dedup.compiled.sifting.BLOCK`: which bands of each row of the window
        match.
        flags: uint8 of `dedup.compiled.sifting.BLOCK`: whether a row has any key of the batch.
        places: int32 of `dedup.compiled.sifting.PLACES`: for sifting.
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
