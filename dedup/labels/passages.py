"""Passages: the running words that texts have in common.

Here belongs what needs the order of a text's words or shingles: the exact length of the longest
passage in common, and the gaps between what several texts share. Not here: what follows from them
(`dedup.relations`, `dedup.labels.templates`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from dedup.prints.hashing import U32, U64
from dedup.prints.marks import NEAR_WORDS

_MATCHES: Final = 1 << 18
"""Pairs of equal shingles that are looked at one by one: some 15 MB. Texts that repeat one passage
a hundred times over have millions."""
_32: Final = np.uint64(32)


def in_order(shingles: U32, order: U32) -> U32:
    """The 3-word shingles of a text as they follow one another.

    Args:
        shingles: uint32, sorted and distinct.
        order: The place in `shingles` of each shingle of the text.
    """
    ordered: U32 = shingles[order]
    return ordered


def longest_run(a: U32, b: U32) -> int:
    """The length of the longest passage that two texts have in common, in words.

    Args:
        a: 3-word shingles of one text, in its order.
        b: Those of the other.

    Returns:
        Words; 0 where no three running words are shared.
    """
    by_value = np.argsort(b, kind="stable")
    ordered = b[by_value]
    first = np.searchsorted(ordered, a, side="left")
    counts = np.searchsorted(ordered, a, side="right") - first
    total = int(counts.sum())
    if not total:
        return 0
    if total > _MATCHES:
        longest, _ = longest_in_common(a.astype(np.uint64), b.astype(np.uint64))
        return longest + NEAR_WORDS - 1
    begins = np.cumsum(counts) - counts
    places_a = np.repeat(np.arange(len(a)), counts)
    places_b = by_value[np.repeat(first - begins, counts) + np.arange(total)]
    # A passage runs down one diagonal: both places go up by one from word to word.
    diagonal = places_a - places_b
    order = np.lexsort((places_a, diagonal))
    diagonal, places_a = diagonal[order], places_a[order]
    breaks = np.flatnonzero((np.diff(diagonal) != 0) | (np.diff(places_a) != 1)) + 1
    edges = np.concatenate(([0], breaks, [total]))
    return int(np.diff(edges).max()) + NEAR_WORDS - 1


def longest_in_common(a: U64, b: U64) -> tuple[int, int]:
    """The longest row of values in both of two, in memory and time that grow with them alone.

    Rows of 1, 2, 4, 8 ... values are numbered, equal ones alike: a row is known by the numbers of
    its two halves. One of any other length is known by two of these that overlap.

    Args:
        a: uint64, the values of one, in order.
        b: Those of the other.

    Returns:
        How long it is, and where in `a` the first one of that length begins; 0 and 0 where no
        value is in both.
    """
    numbers = _numbered(a, b)
    if not np.intersect1d(*numbers).size:
        return 0, 0
    size = 1
    while longer := _joined(numbers, size):
        longer = _numbered(*longer)
        if not np.intersect1d(*longer).size:
            break
        numbers, size = longer, 2 * size
    least, beyond, place = size, 2 * size, _first_in_both(_joined(numbers, 0))
    while least + 1 < beyond:
        middle = (least + beyond) // 2
        at = _first_in_both(_joined(numbers, middle - size))
        if at is None:
            beyond = middle
        else:
            least, place = middle, at
    return least, place or 0


def _first_in_both(rows: tuple[U64, U64] | None) -> int | None:
    """The first place in the one of what is in the other too."""
    if rows is None:
        return None
    there = np.flatnonzero(np.isin(rows[0], rows[1]))
    return int(there[0]) if len(there) else None


def _numbered(a: U64, b: U64) -> tuple[U64, U64]:
    """Equal values as equal numbers of 32 bits."""
    _, numbers = np.unique(np.concatenate((a, b)), return_inverse=True)
    return numbers[: len(a)].astype(np.uint64), numbers[len(a) :].astype(np.uint64)


def _joined(numbers: tuple[U64, U64], apart: int) -> tuple[U64, U64] | None:
    """Each number with the one so far behind it; None where a text is too short for any."""
    if min(map(len, numbers)) <= apart:
        return None
    a, b = ((n[: len(n) - apart] << _32) | n[apart:] for n in numbers)
    return a, b


def gaps(text: U32, common: U32) -> Mapping[tuple[int, int], bytes]:
    """What stands between the shingles that a text has in common with others.

    Args:
        text: 3-word shingles in the order of the text.
        common: The shingles in common, sorted.

    Returns:
        For each gap, known by the shingles before and after it, what fills it; where a gap comes
        twice, its first filling. What stands before the first shingle in common or after the
        last is no gap.
    """
    known = np.flatnonzero(np.isin(text, common))
    found: dict[tuple[int, int], bytes] = {}
    for place in np.flatnonzero(np.diff(known) > 1).tolist():
        start, end = int(known[place]), int(known[place + 1])
        key = (int(text[start]), int(text[end]))
        found.setdefault(key, text[start + 1 : end].tobytes())
    return found
