"""Hindi and Latin letters -> the consonants that both write, for telling one name in two scripts.

Here belongs a comparison that is rough on purpose: sites spell Hindi in Latin letters as they
please ("Deshbandhu", "Desh Bandhu"), so vowels, breath and doubled letters are left aside. Not
here: what is concluded from it (`authors`, `jsonld`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SAME: Final = (
    ("k", "cqकखचछ"),
    ("g", "गघ"),
    ("j", "zजझ"),
    ("t", "टठतथ"),
    ("n", "mनणङञम\u0902\u0901"),
    ("p", "fपफ"),
    ("b", "बभ"),
    # "Pahadi" and "Pahari" are one word: the flap is spelled both ways.
    ("r", "dडढदधरऋ\u0943"),
    ("l", "लळ"),
    ("v", "wव"),
    ("s", "शषस"),
)


class _Letters(dict[int, str]):
    """Translation table that drops what is in it for no letter."""

    def __missing__(self, code: int) -> str:
        self[code] = ""
        return ""


_LETTERS: Final = _Letters(
    {ord(other): kept for kept, others in _SAME for other in (kept, *others)} | {ord("x"): "ks"}
)
_WORD: Final = re.compile("[A-Za-z]+|[\u0900-\u0963]+")
_DOUBLED: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=2_000)
def consonants(text: str) -> str:
    """The consonants of a text in either script, one letter for all that are spelled alike.

    Cached: the pages of a site share its name and its writers.

    Args:
        text: A name; marks, digits and spaces in it count for nothing.

    Returns:
        Letters of "kgjtnpbrlvs": "rsbnr" for both "देशबन्धु" and "deshbandhu".
    """
    return _DOUBLED.sub(r"\1", text.lower().translate(_LETTERS))


def sounds_of(text: str, least: int) -> set[str]:
    """The consonants of each word of a text, of the words that have at least so many."""
    found = {consonants(word) for word in _WORD.findall(text)}
    return {word for word in found if len(word) >= least}
