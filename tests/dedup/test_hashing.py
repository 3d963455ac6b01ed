from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.hindi import tokens
from dedup.prints.hashing import hash_sequence, hash_shingles, hash_tokens, upper32

MASK = (1 << 64) - 1


def mix(value: int) -> int:
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def token_hash(token: str) -> int:
    """The definition, code point by code point."""
    state = 0xCBF29CE484222325
    for letter in token:
        state = (state ^ ord(letter)) * 0x100000001B3 & MASK
    return mix(state)


def sequence_hash(hashes: list[int]) -> int:
    state = 0
    for value in hashes:
        state = (state * 0x9E3779B97F4A7C15 + value) & MASK
    return mix(state ^ len(hashes))


TOKENS = st.lists(st.text(min_size=1, max_size=8), max_size=12)


@given(TOKENS)
def test_tokens_hash_as_defined(words: list[str]) -> None:
    words = [w for w in words if w.isprintable()]
    assert hash_tokens(words).tolist() == [token_hash(word) for word in words]


@given(TOKENS, st.integers(1, 6))
def test_shingles_hash_as_defined(words: list[str], length: int) -> None:
    words = [w for w in words if w.isprintable()]
    hashes = hash_tokens(words)
    plain = [token_hash(word) for word in words]
    runs = [plain[i : i + length] for i in range(len(plain) - length + 1)]
    assert hash_shingles(hashes, length).tolist() == [sequence_hash(run) >> 32 for run in runs]
    assert hash_sequence(hashes) == (sequence_hash(plain) if plain else 0)


def test_the_hashes_are_frozen() -> None:
    """These numbers are in every lake: another result needs another SCHEME_VERSION."""
    hashes = hash_tokens(tokens("भारत और नेपाल के बीच 15 समझौते"))
    assert upper32(hashes).tolist() == FROZEN_TOKENS
    assert hash_shingles(hashes, 3).tolist() == FROZEN_SHINGLES
    assert hash_sequence(hashes) == FROZEN_SEQUENCE


def test_order_and_length_matter() -> None:
    ab = hash_tokens(["क", "ख"])
    assert hash_sequence(ab) != hash_sequence(ab[::-1])
    assert hash_shingles(ab, 2)[0] != hash_shingles(ab, 1)[0]


def test_a_shingle_has_a_word() -> None:
    with pytest.raises(ValueError, match="not 0"):
        hash_shingles(np.zeros(3, dtype=np.uint64), 0)


FROZEN_TOKENS = [3574482664, 418189099, 1616195829, 3820490269, 3764516120, 472201237, 2202355341]
FROZEN_SHINGLES = [2119128918, 2793128265, 3145180506, 1343721113, 2704344078]
FROZEN_SEQUENCE = 9659318889740724006
