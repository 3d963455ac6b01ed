"""From texts in Arrow columns to what is kept of them, by the kernels.

Here belongs the border between Arrow and compiled code: buffers, scratch memory, and the texts
that the automaton refuses, which go through the plain definition (`dedup.hindi`,
`dedup.prints.marks`) instead. Nothing is shared between calls but tables that only grow, so any
number of threads may call at once. Not here: which text of an article is marked
(`dedup.signature`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.compiled import signing
from dedup.compiled.kernel import NEEDS_PAGE
from dedup.hindi import tokens
from dedup.prints.hashing import U8, U32, U64, hash_shingles, hash_tokens
from dedup.prints.marks import (
    CONTAINED_WORDS,
    I64,
    NEAR_WORDS,
    PERMUTATIONS,
    low_bytes,
    minhash,
    permutations,
)
from dedup.text.letters import flags_of, learn, tables

Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The folded tokens of n texts.

    Attributes:
        hashes: uint64, one text after another.
        flags: uint8, what is known of each: `dedup.text.letters.NUMBER`, ``CONTENT``, ``ONE``.
        offsets: int64, n + 1: the tokens of text i are ``hashes[offsets[i]:offsets[i + 1]]``.
        refused: How many texts only the plain definition could fold.
    """

    hashes: U64
    flags: U8
    offsets: I64
    refused: int


def tokenise(texts: Column) -> Tokens:
    """Folds texts and hashes their tokens: `dedup.hindi.tokens`, then `hashing.hash_tokens`.

    Args:
        texts: Strings, or binary that is meant to be UTF-8 (each malformed sequence breaks a
            token, as U+FFFD would). Nulls are empty texts.
    """
    data, offsets = _utf8(texts)
    codes = np.empty(_longest(offsets) + 1, dtype=np.uint32)
    hashes = np.empty(len(data) + len(offsets), dtype=np.uint64)
    flags = np.empty(len(hashes), dtype=np.uint8)
    ends = np.zeros(len(offsets), dtype=np.int64)
    row = refused = 0
    known = tables()
    while True:
        row = signing.tokenise_texts(data, offsets, row, known, codes, hashes, flags, ends)
        if row == len(offsets) - 1:
            end = int(ends[-1])
            return Tokens(hashes[:end], flags[:end], ends, refused)
        if ends[row + 1] <= NEEDS_PAGE:
            known = learn(NEEDS_PAGE - int(ends[row + 1]))
            continue
        words = tokens(_decoded(data, offsets, row))
        start = int(ends[row])
        end = ends[row + 1] = start + len(words)
        if end > len(hashes) - len(data):  # It may have more tokens than bytes: every % is a word.
            hashes = np.concatenate((hashes, np.empty(end, dtype=np.uint64)))
            flags = np.concatenate((flags, np.empty(end, dtype=np.uint8)))
        hashes[start:end] = hash_tokens(words)
        flags[start:end] = [flags_of(word) for word in words]
        row += 1
        refused += 1


def sign(texts: Column) -> U32:
    """Signs texts as they are: folded, but nothing cut off.

    Args:
        texts: As for `tokenise`.

    Returns:
        uint32, n x 128: the minhashes of the 3-word shingles, datasketch's affine32 bit for bit.
    """
    data, offsets = _utf8(texts)
    longest = _longest(offsets) + 1
    codes, scratch = np.empty(longest, dtype=np.uint32), np.empty(longest, dtype=np.uint32)
    hashes = np.empty(longest, dtype=np.uint64)
    out = np.empty((len(offsets) - 1, PERMUTATIONS), dtype=np.uint32)
    status = np.zeros(1, dtype=np.int64)
    flags = np.empty(0, dtype=np.uint8)
    row = 0
    known = tables()
    while True:
        row = signing.sign_texts(
            data, offsets, row, known, codes, hashes, flags, scratch, permutations(), out, status
        )
        if row == len(out):
            return out
        if status[0] <= NEEDS_PAGE:
            known = learn(NEEDS_PAGE - int(status[0]))
            continue
        words = tokens(_decoded(data, offsets, row))
        out[row] = minhash(hash_shingles(hash_tokens(words), NEAR_WORDS))
        row += 1


def mark(bodies: Column, titles: Column) -> dict[str, pa.Array[Any]]:
    """Makes the columns of `lake.schema.FINGERPRINTS` that rest on a text.

    Args:
        bodies: Cleaned bodies, as for `tokenise`.
        titles: Headlines, as many; they count as terms only.

    Returns:
        ``token_count, body_key, minhash, low, sketch, shingles3, shingles5, order3, terms,
        term_counts, numbers, slots, slot_values``.
    """
    return mark_tokens(tokenise(bodies), tokenise(titles))


def mark_tokens(body: Tokens, title: Tokens) -> dict[str, pa.Array[Any]]:
    """Makes the columns that `mark` makes, of texts that are tokens already.

    Args:
        body: The tokens of the bodies.
        title: The tokens of as many headlines.
    """
    size = len(body.hashes) + len(title.hashes)
    scratch, digits = np.empty(size, dtype=np.uint32), np.empty(1024, dtype=np.int64)
    signed = np.empty((len(body.offsets) - 1, PERMUTATIONS), dtype=np.uint32)
    signing.sign_rows(body.hashes, body.offsets, scratch, permutations(), signed)
    keys = np.empty(len(signed), dtype=np.uint64)
    signing.body_keys(body.hashes, body.offsets, keys)
    three, three_ends = _shingles(body, NEAR_WORDS, scratch, digits)
    five, five_ends = _shingles(body, CONTAINED_WORDS, scratch, digits)
    order, order_ends = np.empty(len(body.hashes), dtype=np.uint32), np.zeros_like(body.offsets)
    signing.orders(body.hashes, body.offsets, NEAR_WORDS, three, three_ends, order, order_ends)
    sample, sample_ends = np.empty_like(five), np.zeros_like(body.offsets)
    signing.sketches(five, five_ends, body.offsets, sample, sample_ends)
    terms, counts = np.empty(size, dtype=np.uint32), np.empty(size, dtype=np.uint32)
    term_ends = np.zeros_like(body.offsets)
    signing.term_sets(
        body.hashes,
        body.flags,
        body.offsets,
        title.hashes,
        title.flags,
        title.offsets,
        scratch,
        digits,
        terms,
        counts,
        term_ends,
    )
    numbers, number_ends = np.empty(len(body.hashes), dtype=np.uint32), np.zeros_like(body.offsets)
    signing.number_sets(
        body.hashes, body.flags, body.offsets, scratch, digits, numbers, number_ends
    )
    slots, slot_ends = _slots(body)
    return {
        "token_count": pa.array(np.diff(body.offsets)),
        "body_key": pa.array(keys),
        "minhash": _fixed(signed.astype("<u4", copy=False).view(np.uint8)),
        "low": _fixed(low_bytes(signed)),
        "sketch": _packed(sample, sample_ends),
        "shingles3": _packed(three, three_ends),
        "shingles5": _packed(five, five_ends),
        "order3": _packed(order, order_ends, "<u2"),
        "terms": _packed(terms, term_ends),
        "term_counts": _packed(counts, term_ends, "<u2"),
        "numbers": _packed(numbers, number_ends),
        "slots": _packed((slots >> _32).astype(np.uint32), slot_ends),
        "slot_values": _packed((slots & _LOW).astype(np.uint32), slot_ends),
    }


_32: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)
_LARGEST: Final = 2**31 - 1
"""Bytes of a column that 32-bit offsets can reach."""


def _shingles(body: Tokens, words: int, scratch: U32, digits: I64) -> tuple[U32, I64]:
    out, ends = np.empty(len(body.hashes), dtype=np.uint32), np.zeros_like(body.offsets)
    signing.shingle_sets(body.hashes, body.offsets, words, scratch, digits, out, ends)
    return out, ends


def _slots(body: Tokens) -> tuple[U64, I64]:
    """Slot and value in one number, distinct and sorted within each text."""
    found, ends = np.empty(len(body.hashes), dtype=np.uint64), np.zeros_like(body.offsets)
    signing.slot_sets(body.hashes, body.flags, body.offsets, found, ends)
    found = found[: ends[-1]]
    owners = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    order = np.lexsort((found, owners))
    found, owners = found[order], owners[order]
    new = np.ones(len(found), dtype=np.bool_)
    new[1:] = (found[1:] != found[:-1]) | (owners[1:] != owners[:-1])
    counts = np.bincount(owners[new], minlength=len(ends) - 1)
    return found[new], np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _utf8(texts: Column) -> tuple[U8, I64]:
    """The bytes of texts and where each begins, both checked."""
    flat = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    array: Any = flat.cast(pa.large_binary())
    if array.null_count:
        array = pc.fill_null(array, b"")
    if not len(array):
        return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    _, places, content = array.buffers()
    offsets = np.frombuffer(places, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(content or b"", dtype=np.uint8)
    if offsets[0] < 0 or offsets[-1] > len(data) or np.any(offsets[1:] < offsets[:-1]):
        raise ValueError(f"texts with broken offsets: {offsets[0]} to {offsets[-1]}")
    return data[offsets[0] : offsets[-1]], offsets - offsets[0]


def _longest(offsets: I64) -> int:
    return int(np.diff(offsets).max(initial=0))


def _decoded(data: U8, offsets: I64, row: int) -> str:
    return data[offsets[row] : offsets[row + 1]].tobytes().decode("utf-8", errors="replace")


def _fixed(rows: U8) -> pa.Array[Any]:
    """A column of fixed-size binary from a row of bytes each."""
    kind = pa.binary(rows.shape[1])
    made: pa.Array[Any] = pa.Array.from_buffers(kind, len(rows), [None, pa.py_buffer(rows.data)])
    return made


def _packed(values: U32, ends: I64, kind: str = "<u4") -> pa.Array[Any]:
    """A column of `lake.schema.PACKED`; a number is `kind`."""
    content = values[: ends[-1]].astype(kind, copy=False)
    if content.nbytes > _LARGEST:
        raise ValueError(f"{content.nbytes} bytes of hashes at once: mark fewer texts at a time")
    places = (ends * content.itemsize).astype(np.int32)
    made: pa.Array[Any] = pa.Array.from_buffers(
        pa.binary(), len(ends) - 1, [None, pa.py_buffer(places.data), pa.py_buffer(content.data)]
    )
    return made
