"""Which of many short strings are in a text, in one look at it.

Python's strings seek one string at a time, and in Devanagari slowly: they look for one byte of
two, which every tenth letter has. Here the text is an array, and each three characters of it in a
row a number. Not here: which strings are sought, and what follows from them.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint16]

UTF16: Final = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
"""The encoding of an array of 16-bit numbers on this machine."""
_CODES: Final = 0x10000
_BEYOND: Final = re.compile("[\U00010000-\U0010ffff\ud800-\udfff]")
_GRAM: Final = 3
_FACTORS: Final = (np.uint16(31), np.uint16(997))
# Frequent in Hindi: three characters with more of these are found more often.
_FREQUENT: Final = frozenset(" ािेकरीनहसंतोंम्प")


def codes(text: str) -> Codes:
    """The characters of a text as numbers, shape (len(text),).

    Those that are no 16-bit numbers, emoji for the most part, are U+FFFD.
    """
    try:
        array = np.frombuffer(text.encode(UTF16), np.uint16)
    except UnicodeEncodeError:
        array = np.empty(0, np.uint16)
    if len(array) != len(text):
        array = np.frombuffer(_BEYOND.sub("\ufffd", text).encode(UTF16), np.uint16)
    return array


class Finder:
    """Finds which of some strings stand in a text, in one look whatever their number.

    A string of three characters or more is sought by its rarest three, hashed to 16 bits; what
    that finds is compared. Shorter ones are sought by themselves: there should be few.
    """

    def __init__(self, needles: Sequence[str]) -> None:
        """Prepares the search.

        Args:
            needles: The strings, of characters of 16 bits.
        """
        self._short = tuple(needle for needle in needles if len(needle) < _GRAM)
        self._by_gram: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        self._wanted = np.zeros(_CODES, bool)
        for needle in needles:
            if len(needle) >= _GRAM:
                grams = _grams(codes(needle)).tolist()
                at = min(range(len(grams)), key=lambda i: _commonness(needle[i : i + _GRAM]))
                self._by_gram[grams[at]].append((at, needle))
                self._wanted[grams[at]] = True

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Gives each place where one of the strings stands, with the string; in no order."""
        for needle in self._short:
            place = text.find(needle)
            while place >= 0:
                yield place, needle
                place = text.find(needle, place + 1)
        if len(text) < _GRAM:
            return
        grams = _grams(codes(text))
        places = self._wanted.take(grams).nonzero()[0]
        for place, gram in zip(places.tolist(), grams.take(places).tolist(), strict=True):
            for at, needle in self._by_gram[gram]:
                if place >= at and text.startswith(needle, place - at):
                    yield place - at, needle


def _grams(array: Codes) -> Codes:
    """A number for each three characters in a row; arithmetic modulo 65,536."""
    grams: Codes = array[:-2] * _FACTORS[0]
    grams += array[1:-1] * _FACTORS[1]
    grams += array[2:]
    return grams


def _commonness(gram: str) -> int:
    return sum(char in _FREQUENT for char in gram)
