"""Edits: a share of the words replaced, and tolls brought up to date.

Here belongs what an editor changes within sentences. A word is replaced by another that desks use
for it (``data/synonyms.yaml``); where none is listed, by a word of the same ending from another
story, so that the vocabulary stays that of the news.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from benchmarks.yardstick.texts import read, stories
from dedup.hindi import fold
from press.chance import below, choose, number

_WORD: Final = re.compile(r"[\u0900-\u0963\u0970-\u097f]+")
_NUMERAL: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{2,3})*(?:\.\d+)?(?![\d.,]*\d)")
_COMMON: Final = 4
"""Words in so many stories may stand in for others; rarer ones are names."""
_CHOICE: Final = 10
"""An ending with fewer words than this is no choice."""


@lru_cache(maxsize=1)
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """A word to the words that may stand in its place."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in read("synonyms.yaml"):
        for word in row:
            found[word].update(other for other in row if other != word)
    return {word: tuple(sorted(others)) for word, others in found.items()}


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, tuple[str, ...]]:
    """The commoner words of all stories by their last character."""
    seen: dict[str, set[str]] = defaultdict(set)
    for story in stories().values():
        for word in _WORD.findall(" ".join(story.paragraphs)):
            if len(word) > 1:
                seen[word].add(story.id)
    by_end: dict[str, list[str]] = defaultdict(list)
    for word in sorted(seen):
        if len(seen[word]) >= _COMMON:
            by_end[word[-1]].append(word)
    return {end: tuple(group) for end, group in by_end.items()}


def replace_words(paragraphs: tuple[str, ...], rate: float, key: str) -> tuple[str, ...]:
    """Replaces a share of the words, spread evenly over the text.

    Args:
        paragraphs: The text.
        rate: Share of the Devanagari words to replace, 0 to 1.
        key: Chooses which, and by what.
    """
    total = sum(len(_WORD.findall(paragraph)) for paragraph in paragraphs)
    ranked = sorted(range(total), key=lambda place: number(key, "place", place))
    chosen = set(ranked[: round(total * rate)])
    place = -1

    def replaced(match: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return _other(match.group(), f"{key}/{place}") if place in chosen else match.group()

    return tuple(_WORD.sub(replaced, paragraph) for paragraph in paragraphs)


def _other(word: str, key: str) -> str:
    known = synonyms().get(word)
    if known:
        return choose(known, key, "synonym")
    group = _vocabulary().get(word[-1], ())
    if len(group) < _CHOICE:
        group = _vocabulary()["ा"]
    # A word that matching folds into the same would be no edit.
    start = below(len(group), key, "word")
    turned = (*group[start:], *group[:start])
    return next(other for other in turned if fold(other) != fold(word))


def update_toll(paragraphs: tuple[str, ...], key: str) -> tuple[str, ...] | None:
    """Raises one or two of the counts of a text, wherever they stand, as a toll that has risen.

    Returns:
        The text, or None where it has no count in digits.
    """
    text = "\n".join(paragraphs)
    numerals = sorted(set(_NUMERAL.findall(text)))
    counts = [n for n in numerals if n.isdigit() and 2 <= int(n) < 1900]
    if not counts:
        return None
    for step in range(1 + below(2, key, "tolls")):
        old = choose(counts, key, step)
        new = str(int(old) + 1 + below(max(int(old) // 2, 2), key, step, "more"))
        text = re.sub(rf"(?<![\d.,]){old}(?![\d.,]*\d)", new, text)
    return tuple(text.split("\n"))
