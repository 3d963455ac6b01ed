"""Two texts laid side by side.

Here belongs what a person wants to see of two lists of words: the longest passage in common, and
the places in which they differ. Not here: what follows from it (`dedup.explain`), and how a passage
in common is found (`dedup.labels.passages`).
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import Final

import numpy as np

from dedup.labels.passages import longest_in_common

SHOWN_DIFFERENCES: Final = 40
"""Places in which two copies differ that are shown."""
SHOWN_WORDS: Final = 12
"""Words of each side of such a place that are shown."""
SIDE_BY_SIDE: Final = 2_000
"""Words of each text, from the first that differs, that are laid side by side: a long article's."""
ANCHORED_PLACES: Final = 50_000
"""Pairs of places with the same word up to which every word may anchor the comparison; an article
beside its copy has a tenth."""


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
        The run; empty where no token is shared.
    """
    numbers = {token: number for number, token in enumerate(dict.fromkeys([*a, *b]))}
    one, other = (np.array([numbers[token] for token in text], dtype=np.uint64) for text in (a, b))
    length, at = longest_in_common(one, other)
    return a[at : at + length]
