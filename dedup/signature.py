"""Signatures: from articles to the fingerprints by which copies are found.

Here belong the scheme (what exactly is hashed, permuted and kept) and the table made of it. The
minhashes are datasketch's affine32 scheme bit for bit, so anybody can check or use them with
datasketch. Not here: the hashes themselves (`dedup.hashing`), and what is done with fingerprints.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.debris import clean_for_matching
from dedup.hashing import (
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
from dedup.hindi import is_number, tokens
from dedup.words import is_content
from lake.schema import FINGERPRINTS

SCHEME_VERSION: Final = 1
"""Raised whenever folding, cleaning, hashing or sampling changes: old rows must be made anew."""

PERMUTATIONS: Final = 128
SEED: Final = 1
"""datasketch's defaults; with them `datasketch.MinHash()` gives the same signature."""
BANDS: Final = 32
BAND_ROWS: Final = 4
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
EMPTY: Final = np.uint32(0xFFFFFFFF)
"""What datasketch keeps where nothing was hashed."""

SCHEME: Final[dict[str, str | int]] = {
    "version": SCHEME_VERSION,
    "scheme": "affine32",
    "permutations": PERMUTATIONS,
    "seed": SEED,
    "shingle_words": NEAR_WORDS,
    "containment_words": CONTAINED_WORDS,
    "sample": SAMPLE,
    "short_text": SHORT_TEXT,
    "token_hash": "fnv1a64-codepoints+fmix64",
}
METADATA_KEY: Final = b"taar.scheme"
"""Metadata key under which a fingerprint table carries `SCHEME` as JSON."""

_FMIX_1: Final = np.uint32(0x85EBCA6B)
_FMIX_2: Final = np.uint32(0xC2B2AE35)
_COPIED: Final = ("article_id", "url_id", "version", "source_id", "published_at", "fetched_at")
_NEEDED: Final = (*_COPIED, "content_hash", "title", "text", "agencies")
_ARTICLES_AT_ONCE: Final = 256
# A vocabulary is built for so many articles at a time: bounds the memory, and most words repeat.


Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Marks:
    """What is kept of one text; all arrays sorted, values distinct.

    Attributes:
        token_count: Folded tokens of the cleaned body.
        body_key: Hash of their sequence; 0 for an empty text.
        shingles3: uint32, hashes of the 3-word shingles.
        shingles5: uint32, hashes of the 5-word shingles.
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
    hashes *= _FMIX_1
    hashes ^= hashes >> np.uint32(13)
    hashes *= _FMIX_2
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
        yield Marks(
            token_count=len(body),
            body_key=hash_sequence(told),
            shingles3=np.unique(hash_shingles(told, NEAR_WORDS)),
            shingles5=np.unique(hash_shingles(told, CONTAINED_WORDS)),
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


def fingerprint(articles: pa.Table) -> pa.Table:
    """Makes the fingerprints of articles.

    Args:
        articles: Rows with ``article_id, url_id, version, source_id, title, text, agencies,
            published_at, fetched_at, content_hash`` as in `lake.schema.ARTICLES`; more columns do
            no harm. A null or empty text gives a row that nothing is related to.

    Returns:
        One row per article, in the same order, with the columns of `lake.schema.FINGERPRINTS`,
        and the scheme in the schema's metadata under ``taar.scheme``.

    Raises:
        ValueError: If a column is missing.
    """
    missing = [name for name in _NEEDED if name not in articles.column_names]
    if missing:
        raise ValueError(f"articles lack the columns {', '.join(missing)}")
    metadata = {**(FINGERPRINTS.schema.metadata or {}), METADATA_KEY: json.dumps(SCHEME).encode()}
    schema = FINGERPRINTS.schema.with_metadata(metadata)
    tables = [
        _fingerprint_rows(articles.slice(start, _ARTICLES_AT_ONCE), schema)
        for start in range(0, articles.num_rows, _ARTICLES_AT_ONCE)
    ]
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _fingerprint_rows(articles: pa.Table, schema: pa.Schema) -> pa.Table:
    texts = articles.column("text").to_pylist()
    agencies = articles.column("agencies").to_pylist()
    bodies = [
        tokens(clean_for_matching(text or "", credited or ()))
        for text, credited in zip(texts, agencies, strict=True)
    ]
    titles = [tokens(title or "") for title in articles.column("title").to_pylist()]
    found = list(marks(bodies, titles))
    signatures = [minhash(m.shingles3) for m in found]
    columns: dict[str, Any] = {name: articles.column(name) for name in (*_COPIED, "content_hash")}
    columns["effective_at"] = pc.coalesce(
        articles.column("published_at"), articles.column("fetched_at")
    )
    columns["scheme"] = pa.array([SCHEME_VERSION] * len(found), pa.int16())
    columns["body_key"] = pa.array([m.body_key for m in found], pa.uint64())
    columns["token_count"] = pa.array([m.token_count for m in found], pa.int32())
    columns["low"] = pa.array([low_bytes(s).tobytes() for s in signatures], pa.binary(128))
    columns["minhash"] = pa.array([s.astype("<u4").tobytes() for s in signatures], pa.binary(512))
    columns["sketch"] = _lists([sketch(m.shingles5, m.token_count) for m in found])
    for name in ("shingles3", "shingles5", "terms", "numbers", "slots", "slot_values"):
        columns[name] = _lists([getattr(m, name) for m in found])
    columns["term_counts"] = _lists([m.term_counts for m in found])
    return pa.table(
        {field.name: columns[field.name].cast(field.type) for field in schema}, schema=schema
    )


def _lists(values: Sequence[U32]) -> pa.Array[Any]:
    """A list column of uint32 from one array per row."""
    offsets = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum([len(v) for v in values], out=offsets[1:])
    flat = np.concatenate(values) if values else np.empty(0, dtype=np.uint32)
    lists: pa.Array[Any] = pa.ListArray.from_arrays(  # The stubs know no NumPy integers.
        pa.array(offsets, pa.int32()), pa.array(flat, pa.uint32())
    )
    return lists


def check_scheme(fingerprints: pa.Table) -> None:
    """Refuses fingerprints that were made by another version of the scheme.

    Args:
        fingerprints: A fingerprint table, whole or some columns of it; ``scheme`` must be there.

    Raises:
        ValueError: If the column or the metadata names another version, or the column is missing.
    """
    remedy = "make the fingerprints anew from the articles"
    if "scheme" not in fingerprints.column_names:
        raise ValueError(f"fingerprints do not name their scheme: {remedy}")
    versions = set(fingerprints.column("scheme").unique().to_pylist())
    if versions - {SCHEME_VERSION}:
        raise ValueError(
            f"fingerprints of scheme {sorted(versions, key=str)} cannot be compared with scheme "
            f"{SCHEME_VERSION}: {remedy}"
        )
    noted = (fingerprints.schema.metadata or {}).get(METADATA_KEY)
    if noted is not None and json.loads(noted) != SCHEME:
        raise ValueError(f"fingerprints of scheme {noted.decode()} are not of {SCHEME}: {remedy}")
