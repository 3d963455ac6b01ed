"""The truth about a pair of clean texts, by counting.

Here belong the definitions of the data contract over plain words (`press.score`), and the longest
run of words in common. Independent of the engine: no hashes, no folding, no cleaning.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final

from press.score import Score, score, shingles, words

EXCERPT_WORDS: Final = 20
EXCERPT_CONTAINMENT: Final = 0.2
"""An excerpt: a passage of 20 running words or more, containment of .2 up to that of `partial`."""

Paragraphs = tuple[str, ...]


def containment(a: Paragraphs, b: Paragraphs) -> float:
    """Share of the 5-word shingles of the smaller text that the other has."""
    return score(a, b).containment


@lru_cache(maxsize=8192)
def _words(paragraphs: Paragraphs) -> tuple[str, ...]:
    return words(" ".join(paragraphs))


def longest_run(a: Paragraphs, b: Paragraphs) -> int:
    """The number of words in the longest passage that both have."""
    first, second = _words(a), _words(b)
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(second):
        places[word].append(place)
    best = 0
    runs: dict[int, int] = {}
    for word in first:
        runs = {place: runs.get(place - 1, 0) + 1 for place in places.get(word, ())}
        best = max(best, *runs.values(), 0)
    return best


def label(a: Paragraphs, b: Paragraphs) -> tuple[str, Score]:
    """The kind of a pair by its words alone: exact, near, partial, excerpt or none."""
    found = score(a, b)
    if (
        found.label == "none"
        and found.containment >= EXCERPT_CONTAINMENT
        and longest_run(a, b) >= EXCERPT_WORDS
    ):
        return "excerpt", found
    return found.label, found


def alike(texts: Mapping[str, Paragraphs], least: int = 16) -> Iterable[tuple[str, str]]:
    """All pairs that share so many 5-word shingles; no other pair can be related.

    An excerpt shares 16 at least, since 20 running words have as many.
    """
    postings: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, paragraphs in texts.items():
        for shingle in shingles(paragraphs, 5):
            postings[shingle].append(name)
    groups: Counter[tuple[str, ...]] = Counter()
    for names in postings.values():
        if len(names) > 1:
            groups[tuple(names)] += 1
    shared: Counter[tuple[str, str]] = Counter()
    for group, count in groups.items():
        for pair in combinations(group, 2):
            shared[pair] += count
    return [pair for pair, count in shared.items() if count >= least or _short(texts, pair)]


def _short(texts: Mapping[str, Paragraphs], pair: Sequence[str]) -> bool:
    return min(len(_words(texts[name])) for name in pair) < 40
