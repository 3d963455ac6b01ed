"""What every code point folds to, as arrays that the kernels read.

Here belongs the translation of the rules of `dedup.hindi` and `dedup.text.words` into tables: the
rules stay there, this module only asks them. Tables are made page by page (256 code points) when a
text first needs one. Not here: the automaton that walks over a text (`dedup.compiled.kernel`).

A kernel folds one code point at a time. That is right only for code points that canonical
composition and reordering cannot join with a neighbour; all others are marked `REFERENCE`, and a
text that holds one is folded by `dedup.hindi.fold` itself.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import hindi
from dedup.prints.hashing import U8, U32, U64, hash_tokens
from dedup.text.words import STOP_WORDS, is_content

I32 = npt.NDArray[np.int32]

# An entry: the value in bits 0 to 20, its type in bits 21 to 23, kinds of a letter above.
TYPE_AT: Final = 21
KIND_AT: Final = 24

# Types.
UNKNOWN: Final = 0
"""The page has not been made; the value is its number."""
LETTER: Final = 1
"""Becomes the letter, mark or digit in the value."""
BREAK: Final = 2
DROP: Final = 3
POINT: Final = 4
"""Full stop, comma or colon: what it means depends on its neighbours."""
MANY: Final = 5
"""Becomes several; the value is their place in the pool, the kind their number."""
AMPERSAND: Final = 6
REFERENCE: Final = 7
"""Only the reference can fold a text with it."""

# Kinds of a letter. Two neighbours with ``(first << NEXT) & second`` make a token that needs more
# than hashing. A virama hands on the nasal before it: last = kinds | ((last << NEXT) & HANDED_ON
# if it is a virama), so that a half nasal meets its stop. The bits lie so that no others meet.
NEXT: Final = 5
NASALS_AT: Final = 0
"""Bits 0 to 4: a nasal, one bit each; 5 to 9: it and a virama; 10 to 14: its stops."""
HANDED_ON: Final = 0b11111 << 5
STOPS_AT: Final = 10
HAND_ON: Final = 15
"""A virama has the bits 20 to 24: shifted down by so much they are `HANDED_ON`."""
START: Final = 1 << 30
MARK: Final = 1 << 35
ANUSVARA: Final = (1 << 31) | (1 << 36)
SUFFIX_FIRST: Final = 1 << 32
SUFFIX_SECOND: Final = 1 << 37
NO_NUMERAL: Final = 1 << 39

# What is known of a token.
NUMBER: Final = 1
CONTENT: Final = 2
ONE: Final = 4
"""The number 1: more often an article than a number."""

ASCII_AT: Final = 256
DEVANAGARI_AT: Final = 512
"""Where the entries of U+0000 and of U+0900 begin; the first page stays empty."""
_PAGE: Final = 256
_FIRST_PAGES: Final = (0x00, 0x09, 0x20)
_DEVANAGARI: Final = range(0x0900, 0x0980)
_JAMO: Final = range(0x1100, 0x1200)
_STEP: Final = np.uint64(40)


class Tables(NamedTuple):
    """The tables of the kernels.

    Attributes:
        entries: uint64, 256 for each page made.
        pages: int32 of 0x1100, where the entries of each page of Unicode begin; 0: not made.
        pool: uint64, entries of those that become several.
        nasals: uint32 of 128, for each letter of the Devanagari block the half nasal that is an
            anusvara before it, or 0.
        prefixes: uint32, one row each: length, then code points.
        suffixes: uint32, one row each: length, length of the replacement, then both.
        spelt: uint64, hash table of the tokens that are replaced; 0: free.
        spelling: uint64, the hashes that replace them, in the same places.
        spelling_flags: uint8, what is known of the replacement.
        stops: uint64, hash table of the words without content; 0: free.
        one: uint64 of 1, the hash of the token "1".
    """

    entries: U64
    pages: I32
    pool: U64
    nasals: U32
    prefixes: U32
    suffixes: U32
    spelt: U64
    spelling: U64
    spelling_flags: U8
    stops: U64
    one: U64


_lock: Final = Lock()
_made: list[Tables] = []


def tables() -> Tables:
    """The tables as far as they have been made."""
    with _lock:
        if not _made:
            _made.append(_start())
        return _made[0]


def learn(page: int) -> Tables:
    """Makes one more page.

    Args:
        page: Code point divided by 256.

    Returns:
        Tables that have it.
    """
    known = tables()
    with _lock:
        known = _made[0]
        if not known.pages[page]:
            _made[0] = _with_page(known, page)
        return _made[0]


def flags_of(word: str) -> int:
    """What is known of a folded token: `NUMBER`, `CONTENT`, `ONE`."""
    return (
        (NUMBER if hindi.is_number(word) else 0)
        | (CONTENT if is_content(word) else 0)
        | (ONE if word == "1" else 0)
    )


def slot(hashed: int, size: int) -> int:
    """Where the search for a hash begins in a table of `size` places (a power of 2)."""
    return (hashed >> int(_STEP)) & (size - 1)


def _start() -> Tables:
    spelt, spelling, flags = _spellings()
    blank = Tables(
        entries=np.zeros(_PAGE, dtype=np.uint64),
        pages=np.zeros(0x1100, dtype=np.int32),
        pool=np.zeros(1, dtype=np.uint64),
        nasals=_nasals(),
        prefixes=_rows([[len(p), *map(ord, p)] for p in _prefixes()]),
        suffixes=_rows([[len(old), len(new), *map(ord, old + new)] for old, new in hindi.SUFFIXES]),
        spelt=spelt,
        spelling=spelling,
        spelling_flags=flags,
        stops=_hash_table(hash_tokens(sorted(STOP_WORDS)))[0],
        one=hash_tokens(["1"]),
    )
    for page in _FIRST_PAGES:
        blank = _with_page(blank, page)
    return blank


def _with_page(known: Tables, page: int) -> Tables:
    pool = known.pool.tolist()
    made = [_entry(codepoint, pool) for codepoint in range(page * _PAGE, (page + 1) * _PAGE)]
    pages = known.pages.copy()
    pages[page] = len(known.entries)
    entries = np.concatenate((known.entries, np.array(made, dtype=np.uint64)))
    return known._replace(entries=entries, pages=pages, pool=np.array(pool, dtype=np.uint64))


def _entry(codepoint: int, pool: list[int]) -> int:
    """The entry of one code point; several results are appended to the pool."""
    if 0xD800 <= codepoint < 0xE000:
        return _pack(REFERENCE, 0)
    char = chr(codepoint)
    if char == "&":
        return _pack(AMPERSAND, 0)
    cased = unicodedata.normalize("NFD", unicodedata.normalize("NFD", char).casefold())
    folded = unicodedata.normalize("NFC", hindi.translate(cased))
    if not folded:
        return _pack(DROP, 0)
    if not all(_stays_alone(c) for c in (cased[0], *folded)):
        return _pack(REFERENCE, 0)
    if len(folded) == 1:
        return _single(folded)
    if any(c in ".,:" for c in folded):
        return _pack(REFERENCE, 0)
    place = len(pool)
    pool.extend(_single(c) for c in folded)
    return _pack(MANY, place, len(folded))


def _single(char: str) -> int:
    if char == " ":
        return _pack(BREAK, 0)
    return _pack(POINT if char in ".,:" else LETTER, ord(char), kind(char))


def _pack(sort: int, value: int, kinds: int = 0) -> int:
    return value | (sort << TYPE_AT) | (kinds << KIND_AT)


def _stays_alone(char: str) -> bool:
    """Whether normalisation never joins a folded character with, nor moves it past, a neighbour.

    The second characters of canonical compositions are marks, vowel and final jamo, and letters
    of a few scripts beyond the basic plane. Of the marks of Devanagari only the nukta is one.
    """
    category = unicodedata.category(char)
    if category[0] == "M":
        alone = unicodedata.combining(char) == 0 or char == hindi.VIRAMA
        return ord(char) in _DEVANAGARI and alone
    if category[0] in "LN":
        return ord(char) not in _JAMO and ord(char) < 0x10000
    return True


def kind(char: str) -> int:
    """The kinds of a folded letter, mark, number or full stop."""
    kinds = 0 if char in "0123456789." else NO_NUMERAL
    for number, (nasal, stops) in enumerate(hindi.NASALS):
        if char == nasal:
            kinds |= 1 << (NASALS_AT + number)
        if char in stops:
            kinds |= 1 << (STOPS_AT + number)
    if char == hindi.VIRAMA:
        kinds |= HANDED_ON << HAND_ON
    if char == hindi.ANUSVARA:
        kinds |= ANUSVARA
    if unicodedata.category(char)[0] == "M":
        kinds |= MARK
    if any(char == old[0] for old, _ in hindi.SUFFIXES):
        kinds |= SUFFIX_FIRST
    if any(char == old[1] for old, _ in hindi.SUFFIXES):
        kinds |= SUFFIX_SECOND
    return kinds


@lru_cache(maxsize=1)
def _nasals() -> U32:
    found = np.zeros(len(_DEVANAGARI), dtype=np.uint32)
    for nasal, stops in hindi.NASALS:
        for stop in stops:
            found[ord(stop) - _DEVANAGARI.start] = ord(nasal)
    return found


def _prefixes() -> list[str]:
    """The beginnings before a colon, with anusvara and with the half nasals that become one."""
    halves = [
        (hindi.ANUSVARA + stop, nasal + hindi.VIRAMA + stop)
        for nasal, stops in hindi.NASALS
        for stop in stops
    ]
    found = dict.fromkeys(hindi.COLON_PREFIXES)
    for prefix in hindi.COLON_PREFIXES:
        found |= dict.fromkeys(prefix.replace(one, other) for one, other in halves)
    return list(found)


def _rows(rows: list[list[int]]) -> U32:
    table = np.zeros((len(rows), max(map(len, rows), default=1)), dtype=np.uint32)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table


def _spellings() -> tuple[U64, U64, U8]:
    words = list(hindi.SPELLINGS)
    spelt, places = _hash_table(hash_tokens(words))
    spelling = np.zeros(len(spelt), dtype=np.uint64)
    flags = np.zeros(len(spelt), dtype=np.uint8)
    spelling[places] = hash_tokens([hindi.SPELLINGS[word] for word in words])
    flags[places] = [flags_of(hindi.SPELLINGS[word]) for word in words]
    return spelt, spelling, flags


def _hash_table(hashes: U64) -> tuple[U64, list[int]]:
    """An open table with linear probing, at most an eighth full, and where each hash went."""
    size = 8
    while size < 8 * len(hashes):
        size *= 2
    table = np.zeros(size, dtype=np.uint64)
    places: list[int] = []
    for value in hashes.tolist():
        place = slot(value, size)
        while table[place] and int(table[place]) != value:
            place = (place + 1) % size
        table[place] = value
        places.append(place)
    return table, places
