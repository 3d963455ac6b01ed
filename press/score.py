"""A plain reference for the likeness of two texts, independent of the engine it judges.

Here belong words, shingles and the three thresholds that the labels of the truth follow. Texts
are compared as their desk wrote them, before any change of orthography, so no folding is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Letters, marks and digits: `\\w` would break words at vowel signs.
_WORD: Final = re.compile(r"[0-9A-Za-z\u00c0-\u024f\u0900-\u0963\u0966-\u097f]+")

NEAR_JACCARD: Final = 0.5
PARTIAL_CONTAINMENT: Final = 0.6
PARTIAL_SHARED: Final = 20
"""Thresholds of the data contract: 3-word Jaccard for near, 5-word containment and the number of
shared shingles for partial."""


@dataclass(frozen=True, slots=True)
class Score:
    """How alike two texts are.

    Attributes:
        same: Whether the words are the same in the same order.
        jaccard: Of the sets of 3-word shingles; 0 to 1.
        containment: Share of the 5-word shingles of the text with fewer of them; 0 to 1.
        shared: Number of 5-word shingles that both have.
    """

    same: bool
    jaccard: float
    containment: float
    shared: int

    @property
    def label(self) -> str:
        """One of ``exact``, ``near``, ``partial`` and ``none``."""
        if self.same:
            return "exact"
        if self.jaccard >= NEAR_JACCARD:
            return "near"
        if self.containment >= PARTIAL_CONTAINMENT and self.shared >= PARTIAL_SHARED:
            return "partial"
        return "none"

    @property
    def margin(self) -> float:
        """How far the scores are from tipping the label over."""
        if self.same:
            return 1.0
        away = abs(self.jaccard - NEAR_JACCARD)
        if self.jaccard >= NEAR_JACCARD:
            return away
        return min(away, abs(self.containment - PARTIAL_CONTAINMENT))


def words(text: str) -> tuple[str, ...]:
    """Returns the words of a text, in lower case."""
    return tuple(_WORD.findall(text.lower()))


@lru_cache(maxsize=4096)
def shingles(paragraphs: tuple[str, ...], size: int) -> frozenset[tuple[str, ...]]:
    """Returns the distinct runs of `size` words of the whole text."""
    run = words(" ".join(paragraphs))
    return frozenset(run[i : i + size] for i in range(len(run) - size + 1))


def score(a: tuple[str, ...], b: tuple[str, ...]) -> Score:
    """Compares two texts, each given as its paragraphs."""
    three_a, three_b = shingles(a, 3), shingles(b, 3)
    five_a, five_b = shingles(a, 5), shingles(b, 5)
    either = len(three_a | three_b)
    smaller = min(len(five_a), len(five_b))
    shared = len(five_a & five_b)
    return Score(
        same=words(" ".join(a)) == words(" ".join(b)),
        jaccard=len(three_a & three_b) / either if either else 0.0,
        containment=shared / smaller if smaller else 0.0,
        shared=shared,
    )
