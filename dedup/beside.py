"""Two texts laid side by side.

Here belongs what a person wants to see of two lists of words: the longest passage in common, and
the places in which they differ. Not here: what follows from it (`dedup.explain`), and the passages
that the engine judges by, which it knows from hashes (`dedup.labels.passages`).
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import Final

import numpy as np
import numpy.typing as npt

SHOWN_DIFFERENCES: Final = 40
"""Places in which two copies differ that are shown."""
SHOWN_WORDS: Final = 12
"""Words of each side of such a place that are shown."""
SIDE_BY_SIDE: Final = 2_000
"""Words of each text, from the first that differs, that are laid side by side: a long article's."""
ANCHORED_PLACES: Final = 50_000
"""Pairs of places with the same word up to which every word may anchor the comparison; an article
beside its copy has a tenth."""
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
"""Of the hash of a run: odd, and with bits well mixed (2^64 / golden ratio)."""


def differences(a: list[str], b: list[str]) -> tuple[tuple[str, str], ...]:
    """Where two texts differ, side by side.

    Args:
        a: Tokens of one text.
        b: Tokens of the other.

    Returns:
        At most `SHOWN_DIFFERENCES` places: what the first says there, and what the second. What
        follows `SIDE_BY_SIDE` words behind the first place is not looked at, however long the
        texts are, so that the steps are bounded.
    """
    if a == b:
        return ()
    begin = _same_words(a, b)
    end = min(_same_words(a[::-1], b[::-1]), min(len(a), len(b)) - begin)
    one, other = a[begin : len(a) - end], b[begin : len(b) - end]
    cut = max(len(one), len(other)) > SIDE_BY_SIDE
    one, other = one[:SIDE_BY_SIDE], other[:SIDE_BY_SIDE]
    counts = Counter(one), Counter(other)
    steps = sum(count * counts[1][word] for word, count in counts[0].items())
    # The commonest words are then no anchors: each would be tried in every place of the other.
    matcher = SequenceMatcher(None, one, other, autojunk=steps > ANCHORED_PLACES)
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if cut and len(codes) > 1 and (codes[-1][2] == len(one) or codes[-1][4] == len(other)):
        del codes[-1]  # It may be of the cut, not of the texts.
    return tuple(
        (_shown(one[i1:i2]), _shown(other[j1:j2]))
        for _, i1, i2, j1, j2 in codes[:SHOWN_DIFFERENCES]
    )


def _same_words(a: list[str], b: list[str]) -> int:
    """How many words two texts begin with alike."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(a), len(b)))


def _shown(words: list[str]) -> str:
    rest = len(words) - SHOWN_WORDS
    return " ".join(words[:SHOWN_WORDS]) + (f" … (+{rest})" if rest > 0 else "")


def longest_passage(a: list[str], b: list[str]) -> list[str]:
    """The longest run of tokens in both; the first in `a` where there are several.

    Args:
        a: Tokens of one text.
        b: Tokens of the other.

    Returns:
        The run; empty where no token is shared. A run in common has runs of every lesser length
        in it, so the length is found by halving: n log n steps for each of log n lengths.
    """
    numbers = {token: number for number, token in enumerate(dict.fromkeys([*a, *b]), start=1)}
    one, other = (np.array([numbers[token] for token in text], dtype=np.uint64) for text in (a, b))
    sums = _prefix_sums(one), _prefix_sums(other)
    low, high, found = 0, min(len(a), len(b)), 0
    while low < high:
        length = (low + high + 1) // 2
        at = _first_in_both(one, other, sums, length)
        if at is None:
            high = length - 1
        else:
            low, found = length, at
    return a[found : found + low]


def _prefix_sums(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Sums of number x _BASE^place, modulo 2^64: of every beginning of a text."""
    powers = np.full(len(numbers), _BASE, dtype=np.uint64)
    powers[:1] = 1
    sums = np.zeros(len(numbers) + 1, dtype=np.uint64)
    np.cumsum(numbers * np.cumprod(powers, dtype=np.uint64), out=sums[1:])
    return sums


def _first_in_both(
    one: npt.NDArray[np.uint64],
    other: npt.NDArray[np.uint64],
    sums: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]],
    length: int,
) -> int | None:
    """Where in the first text a run of this length begins that the other has as well."""
    most = max(len(one), len(other)) - length
    lifts = np.full(most + 1, _BASE, dtype=np.uint64)
    lifts[:1] = 1
    lifts = np.cumprod(lifts, dtype=np.uint64)[::-1]
    # A run is multiplied up to the place of the last one, wherever it begins.
    hashes = [(text[length:] - text[:-length]) * lifts[: len(text) - length] for text in sums]
    order = np.argsort(hashes[1], kind="stable")
    places = np.searchsorted(hashes[1], hashes[0], sorter=order)
    places[places == len(order)] = 0
    for at in np.flatnonzero(hashes[1][order[places]] == hashes[0]).tolist():
        begin = int(order[places[at]])
        # Two runs may have one hash; only the first place of a hash in the other is looked at.
        if np.array_equal(one[at : at + length], other[begin : begin + length]):
            return at
    return None
