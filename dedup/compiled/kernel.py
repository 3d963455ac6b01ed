"""The compiled kernels over UTF-8: fold, cut into tokens, hash, sign, in one pass.

Here belongs the automaton that gives, bit for bit, what `dedup.hindi.tokens` and
`dedup.prints.hashing.hash_tokens` give, some five hundred times as fast, and the arithmetic on the
hashes. Every rule comes in through `dedup.text.letters.Tables`. A text that the automaton cannot
fold (malformed UTF-8, character references, marks of other scripts) is refused with a status, and
the caller takes the reference instead. Not here: Arrow, threads and fallbacks
(`dedup.prints.marking`).

No function here raises, allocates without bound, or reads outside of ``data[start:end]``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from dedup.compiled.compiling import compiled, int64
from dedup.prints.hashing import FNV_OFFSET, FNV_PRIME, MIX_1, MIX_2, U8, U32, U64
from dedup.text.letters import (
    AMPERSAND,
    ASCII_AT,
    BREAK,
    CONTENT,
    DEVANAGARI_AT,
    DROP,
    HAND_ON,
    HANDED_ON,
    KIND_AT,
    LETTER,
    MANY,
    MARK,
    NEXT,
    NO_NUMERAL,
    NUMBER,
    ONE,
    POINT,
    REFERENCE,
    START,
    TYPE_AT,
    UNKNOWN,
    Tables,
)

NEEDS_REFERENCE: Final = -1
"""Status: only the reference can fold this text."""
NEEDS_PAGE: Final = -2
"""Status: the page ``-2 - status`` of Unicode is to be made first."""

_BREAK_ENTRY: Final = np.uint64(BREAK << TYPE_AT)
_REFERENCE_ENTRY: Final = np.uint64(REFERENCE << TYPE_AT)
_NOTHING: Final = np.uint64(0)
_START: Final = np.uint64(START)
_NO_NUMERAL: Final = np.uint64(NO_NUMERAL)
_TYPE: Final = np.uint64(TYPE_AT)
_KIND: Final = np.uint64(KIND_AT)
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_ANY_NASAL: Final = 0b11111
_VALUE: Final = np.uint64((1 << TYPE_AT) - 1)
_SLOT: Final = np.uint64(40)
_NEXT: Final = np.uint64(NEXT)
_HAND_ON: Final = np.uint64(HAND_ON)
_HANDED_ON: Final = np.uint64(HANDED_ON)
_33: Final = np.uint64(33)
_ANUSVARA: Final = np.uint32(0x0902)
_VIRAMA: Final = np.uint32(0x094D)


@compiled
def mix(value: np.uint64) -> np.uint64:
    """`dedup.prints.hashing.mix64` of one number."""
    value ^= value >> _33
    value *= MIX_1
    value ^= value >> _33
    value *= MIX_2
    value ^= value >> _33
    return value


@compiled
def _rare(data: U8, i: int, end: int, tables: Tables) -> tuple[np.uint64, int]:
    """The entry of a code point outside of ASCII and Devanagari, and where the next one begins."""
    first = int64(data[i])
    left = end - i
    if 0xC2 <= first <= 0xDF and left >= 2:
        second = int64(data[i + 1])
        if second & 0xC0 != 0x80:
            return _REFERENCE_ENTRY, end
        code = ((first & 0x1F) << 6) | (second & 0x3F)
        length = 2
    elif 0xE0 <= first <= 0xEF and left >= 3:
        second, third = int64(data[i + 1]), int64(data[i + 2])
        code = ((first & 0x0F) << 12) | ((second & 0x3F) << 6) | (third & 0x3F)
        broken = second & 0xC0 != 0x80 or third & 0xC0 != 0x80
        if broken or code < 0x800 or 0xD800 <= code < 0xE000:
            return _REFERENCE_ENTRY, end
        length = 3
    elif 0xF0 <= first <= 0xF4 and left >= 4:
        second, third, fourth = int64(data[i + 1]), int64(data[i + 2]), int64(data[i + 3])
        code = (
            ((first & 0x07) << 18) | ((second & 0x3F) << 12) | ((third & 0x3F) << 6) | fourth & 0x3F
        )
        broken = second & 0xC0 != 0x80 or third & 0xC0 != 0x80 or fourth & 0xC0 != 0x80
        if broken or code < 0x10000 or code > 0x10FFFF:
            return _REFERENCE_ENTRY, end
        length = 4
    else:
        return _REFERENCE_ENTRY, end
    begin = int64(tables.pages[code >> 8])
    if begin == 0:
        return np.uint64(code >> 8), end
    return tables.entries[begin + (code & 0xFF)], i + length


@compiled
def _peek(data: U8, i: int, end: int, tables: Tables) -> int:
    """What the next code point that is not dropped becomes; a space for a break or the end."""
    while i < end:
        first = int64(data[i])
        if first < 0x80:
            entry = tables.entries[ASCII_AT + first]
            i += 1
        else:
            entry, i = _rare(data, i, end, tables)
        sort = int64(entry >> _TYPE) & 7
        if sort == UNKNOWN:
            return NEEDS_PAGE - int64(entry)
        if sort == REFERENCE:
            return NEEDS_REFERENCE
        if sort == MANY:
            entry = tables.pool[int64(entry & _VALUE)]
            sort = int64(entry >> _TYPE) & 7
        if sort in (LETTER, POINT):
            return int64(entry & _VALUE)
        if sort != DROP:
            return 0x20
    return 0x20


@compiled
def _is_digit(code: int) -> bool:
    return 48 <= code <= 57


@compiled
def _is_in(table: U64, hashed: np.uint64) -> int:
    """Where a hash is in a hash table, or -1."""
    mask = len(table) - 1
    place = int64(hashed >> _SLOT) & mask
    while table[place] != 0:
        if table[place] == hashed:
            return place
        place = (place + 1) & mask
    return -1


@compiled
def _store(
    hashed: np.uint64,
    number: bool,
    content: bool,
    tables: Tables,
    hashes: U64,
    flags: U8,
    at: int,
) -> None:
    """Writes one token, spelt as the rules want it."""
    place = _is_in(tables.spelt, hashed)
    if place >= 0:
        hashes[at] = tables.spelling[place]
        if len(flags):
            flags[at] = tables.spelling_flags[place]
        return
    hashes[at] = hashed
    if len(flags):
        known = 0
        if number:
            known = NUMBER | ONE if hashed == tables.one[0] else NUMBER
        elif content and _is_in(tables.stops, hashed) < 0:
            known = CONTENT
        flags[at] = known


@compiled
def _is_mark(code: int, tables: Tables) -> bool:
    begin = int64(tables.pages[code >> 8])
    entry = tables.entries[begin + (code & 0xFF)]
    return begin > 0 and (int64(entry >> _KIND) & MARK) != 0


@compiled
def _piece(
    codes: U32, start: int, end: int, tables: Tables, hashes: U64, flags: U8, at: int
) -> bool:
    """Applies the rules for whole tokens to ``codes[start:end]``, and writes the token if any."""
    while start < end and _is_mark(int64(codes[start]), tables):
        start += 1
    if start == end:
        return False
    length = end - start
    state = FNV_OFFSET
    kept = end
    replacement = -1
    for row in range(len(tables.suffixes)):
        old = int64(tables.suffixes[row, 0])
        if old > length:
            continue
        fits = True
        for k in range(old):
            if codes[end - old + k] != tables.suffixes[row, 2 + k]:
                fits = False
                break
        if fits:
            if old < length and codes[end - old - 1] != _VIRAMA:
                kept = end - old
                replacement = row
            break
    number = True
    for k in range(start, kept):
        state = (state ^ np.uint64(codes[k])) * FNV_PRIME
        number = number and (_is_digit(int64(codes[k])) or codes[k] == 46)
    letters = kept - start
    if replacement >= 0:
        number = False
        old = int64(tables.suffixes[replacement, 0])
        new = int64(tables.suffixes[replacement, 1])
        letters += new
        for k in range(new):
            state = (state ^ np.uint64(tables.suffixes[replacement, 2 + old + k])) * FNV_PRIME
    content = letters > 1 and not _is_digit(int64(codes[start]))
    _store(mix(state), number, content, tables, hashes, flags, at)
    return True


@compiled
def _is_visarga(codes: U32, base: int, edge: int, n: int, tables: Tables) -> bool:
    """Whether a colon behind ``codes[base:n]`` may stand for a visarga, as behind दु, नि, अंत.

    Args:
        codes: Letters.
        base: Where the token begins.
        edge: Where it began anew behind such a colon.
        n: Where the colon stands.
        tables: The rules.
    """
    for row in range(len(tables.prefixes)):
        length = int64(tables.prefixes[row, 0])
        start = n - length
        if start < base:
            continue
        fits = True
        for k in range(length):
            if codes[start + k] != tables.prefixes[row, 1 + k]:
                fits = False
                break
        alone = start in (base, edge)
        if fits and (alone or not 0x0900 <= codes[start - 1] < 0x0980):
            return True
    return False


@compiled
def _point(
    data: U8, i: int, end: int, code: int, codes: U32, base: int, edge: int, n: int, tables: Tables
) -> tuple[int, int]:
    """What a full stop, comma or colon is: an entry type, and the letter it becomes."""
    if n == base:
        return BREAK, 0
    before = int64(codes[n - 1])
    if _is_digit(before):
        after = _peek(data, i, end, tables)
        if after < 0:
            return UNKNOWN, after
        if _is_digit(after):
            return (DROP, 0) if code == 44 else (LETTER, 46)
        return BREAK, 0
    if code == 58 and 0x0900 <= before < 0x0980 and _is_visarga(codes, base, edge, n, tables):
        after = _peek(data, i, end, tables)
        if after < 0:
            return UNKNOWN, after
        if 0x0915 <= after <= 0x0939:
            begin = int64(tables.pages[after >> 8])
            kinds = int64(tables.entries[begin + (after & 0xFF)] >> _KIND)
            if kinds & _ANY_NASAL != 0:
                # It may become an anusvara, which no visarga stands before.
                return REFERENCE, 0
            return DROP, 58
    return BREAK, 0


@compiled
def _unnasal(codes: U32, start: int, n: int, tables: Tables) -> int:
    """Makes half nasals before their stops anusvaras, and several anusvaras one; in place."""
    m = start
    j = start
    in_run = False
    while j < n:
        code = codes[j]
        half = False
        if j + 2 < n and codes[j + 1] == _VIRAMA and 0x0900 <= codes[j + 2] < 0x0980:
            half = tables.nasals[int64(codes[j + 2]) - 0x0900] == code
        if half or code == _ANUSVARA:
            if not in_run:
                codes[m] = _ANUSVARA
                m += 1
            in_run = True
            j += 2 if half else 1
        else:
            codes[m] = code
            m += 1
            in_run = False
            j += 1
    return m


@compiled
def _settle(
    codes: U32, first: int, tables: Tables, hashes: U64, flags: U8, begin: int, at: int
) -> int:
    """Folds the tokens that were put off, and closes the gaps of those that were only marks.

    Args:
        codes: The letters of the tokens that were put off; a 0 ends each.
        first: Where the last of them goes, counted from `begin`, plus 1; 0: there is none.
        tables: The rules.
        hashes: The tokens; one that was put off holds where its letters begin, and in the upper
            half where the one before it goes, as in `first`.
        flags: As for `tokenise`.
        begin: Where the text's tokens begin.
        at: Where they end.
    """
    gaps = False
    while first > 0:
        place = begin + first - 1
        start = int64(hashes[place] & _LOW)
        first = int64(hashes[place] >> _HALF)
        end = start
        while codes[end] != 0:
            end += 1
        end = _unnasal(codes, start, end, tables)
        if not _piece(codes, start, end, tables, hashes, flags, place):
            gaps = True
            hashes[place] = 0
    if not gaps:
        return at
    kept = begin
    for place in range(begin, at):
        if hashes[place] != 0:
            hashes[kept] = hashes[place]
            if len(flags):
                flags[kept] = flags[place]
            kept += 1
    return kept


@compiled
def tokenise(  # noqa: C901 - one automaton; calls in its loop cost more than they tell.
    data: U8, start: int, end: int, tables: Tables, codes: U32, hashes: U64, flags: U8, at: int
) -> int:
    """Folds a text, cuts it into tokens and hashes them.

    Args:
        data: uint8, UTF-8; only ``data[start:end]`` is looked at.
        start: First byte of the text.
        end: Behind its last byte.
        tables: What each code point becomes.
        codes: uint32, scratch: a place more than the text has bytes is enough for most texts.
        hashes: uint64, where the hashes go.
        flags: uint8, where goes what is known of each token; of length 0 if nobody wants it.
        at: Where in `hashes` and `flags` the first token goes.

    Returns:
        Behind the last token; or a negative status, and then what was written is to be ignored.
    """
    begin = at
    put_off = 0
    base = 0
    edge = 0
    n = 0
    state = FNV_OFFSET
    seen = _NOTHING
    trouble = _NOTHING
    last = _START
    i = start
    pool_at = 0
    pool_end = 0
    while True:
        if pool_at < pool_end:
            entry = tables.pool[pool_at]
            pool_at += 1
        elif i < end:
            first = int64(data[i])
            if (
                first == 0xE0
                and i + 2 < end
                and data[i + 1] & 0xFE == 0xA4
                and data[i + 2] & 0xC0 == 0x80
            ):
                place = ((int64(data[i + 1]) & 1) << 6) | (int64(data[i + 2]) & 0x3F)
                entry = tables.entries[DEVANAGARI_AT + place]
                i += 3
            elif first < 0x80:
                entry = tables.entries[ASCII_AT + first]
                i += 1
            else:
                entry, i = _rare(data, i, end, tables)
        else:
            i += 1
            entry = _BREAK_ENTRY
        sort = int64(entry >> _TYPE) & 7
        code = entry & _VALUE
        kinds = entry >> _KIND
        if sort == POINT:
            sort, letter = _point(data, i, end, int64(code), codes, base, edge, n, tables)
            if sort == UNKNOWN:
                return letter
            if letter == 58:
                edge = n
            code = np.uint64(letter)
            kinds = _NOTHING
        elif sort == AMPERSAND:
            # A break, unless it may begin a character reference.
            if i < end and (data[i] == 35 or 65 <= data[i] <= 90 or 97 <= data[i] <= 122):
                return NEEDS_REFERENCE
            sort = BREAK
        if sort == LETTER:
            if n + 1 >= len(codes):
                return NEEDS_REFERENCE
            codes[n] = np.uint32(code)
            n += 1
            state = (state ^ code) * FNV_PRIME
            seen |= kinds
            before = last << _NEXT
            trouble |= before & kinds
            last = kinds | (before & (kinds >> _HAND_ON) & _HANDED_ON)
        elif sort == BREAK:
            if n > base:
                if at >= len(hashes):
                    return NEEDS_REFERENCE
                if trouble == 0:
                    content = n > base + 1 and not _is_digit(int64(codes[base]))
                    number = seen & _NO_NUMERAL == 0
                    _store(mix(state), number, content, tables, hashes, flags, at)
                    n = base
                else:
                    hashes[at] = np.uint64(base) | (np.uint64(put_off) << _HALF)
                    put_off = at - begin + 1
                    codes[n] = 0
                    n += 1
                    base = n
                at += 1
                edge = base
                state = FNV_OFFSET
                seen = _NOTHING
                trouble = _NOTHING
                last = _START
            if i > end:
                return _settle(codes, put_off, tables, hashes, flags, begin, at)
        elif sort == MANY:
            pool_at = int64(code)
            pool_end = pool_at + int64(kinds)
        elif sort == UNKNOWN:
            return NEEDS_PAGE - int64(code)
        elif sort == REFERENCE:
            return NEEDS_REFERENCE
