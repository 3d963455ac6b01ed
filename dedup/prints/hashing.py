"""How tokens and shingles become numbers.

Here belong the definitions that every stored hash rests on, in NumPy: they are written so that a
compiled kernel (`dedup.compiled.kernel`) can reproduce them bit for bit. A change of any of them is
a new `dedup.scheme.SCHEME_VERSION`. Not here: which hashes are kept (`dedup.signature`).

All arithmetic is modulo 2**64. With T the token hashes of a text and n a window of words:

- token: the loop of FNV-1a 64 over the code points of the folded token, then `mix64` (over its
  bytes it would take three multiplications a letter, one after another);
- sequence: ``h = 0; for t in T: h = h * STEP + t``, then ``mix64(h ^ n)``;
- shingle, term, number, slot: the upper 32 bits of a sequence or token hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

FNV_OFFSET: Final = np.uint64(0xCBF29CE484222325)
FNV_PRIME: Final = np.uint64(0x100000001B3)
"""FNV-1a, 64 bits: Fowler, Noll, Vo (draft-eastlake-fnv)."""
MIX_1: Final = np.uint64(0xFF51AFD7ED558CCD)
MIX_2: Final = np.uint64(0xC4CEB9FE1A85EC53)
"""The finaliser of MurmurHash3, 64 bits (Appleby)."""
STEP: Final = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio, odd: the multiplier of a sequence."""
_SHIFT: Final = np.uint64(33)
_HALF: Final = np.uint64(32)


def mix64(values: U64) -> U64:
    """The finaliser of MurmurHash3: spreads every bit of the input over all of the output.

    Args:
        values: uint64, any shape; left as it is.

    Returns:
        uint64, the same shape.
    """
    mixed = values ^ (values >> _SHIFT)
    mixed *= MIX_1
    mixed ^= mixed >> _SHIFT
    mixed *= MIX_2
    mixed ^= mixed >> _SHIFT
    return mixed


def upper32(values: U64) -> U32:
    """The upper 32 bits of 64-bit hashes."""
    return (values >> _HALF).astype(np.uint32)


def hash_tokens(tokens: Sequence[str]) -> U64:
    """Hashes tokens: FNV-1a 64 over their code points, then `mix64`.

    Args:
        tokens: Folded tokens; repeated ones are hashed anew, so hand in distinct ones.

    Returns:
        uint64, one for each token.
    """
    lengths = np.fromiter((len(t) for t in tokens), dtype=np.int64, count=len(tokens))
    order = np.argsort(-lengths, kind="stable")
    flat = np.frombuffer("".join(tokens).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    starts = (np.cumsum(lengths) - lengths)[order]
    descending = lengths[order]
    state = np.full(len(tokens), FNV_OFFSET, dtype=np.uint64)
    # Letter by letter over all tokens at once; the longest come first, so those that still have
    # a letter are a prefix.
    for position in range(int(descending[0]) if tokens else 0):
        alive = int(np.searchsorted(-descending, -position, side="left"))
        state[:alive] ^= flat[starts[:alive] + position]
        state[:alive] *= FNV_PRIME
    hashes = np.empty_like(state)
    hashes[order] = state
    return mix64(hashes)


def hash_shingles(token_hashes: U64, words: int) -> U32:
    """Hashes every run of `words` tokens.

    Args:
        token_hashes: uint64 of length m, in the order of the text.
        words: Length of a shingle; 1 or more.

    Returns:
        uint32 of length ``max(0, m - words + 1)``, in the order of the text, repeats included.

    Raises:
        ValueError: If `words` is below 1.
    """
    if words < 1:
        raise ValueError(f"a shingle has 1 word or more, not {words}")
    count = len(token_hashes) - words + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint32)
    state = np.zeros(count, dtype=np.uint64)
    for offset in range(words):
        state *= STEP
        state += token_hashes[offset : offset + count]
    return upper32(mix64(state ^ np.uint64(words)))


def hash_sequence(token_hashes: U64) -> int:
    """Hashes a whole text, order included; 0 words give 0.

    Args:
        token_hashes: uint64 of length m, in the order of the text.

    Returns:
        An integer of 64 bits.
    """
    length = len(token_hashes)
    if not length:
        return 0
    powers = np.ones(length, dtype=np.uint64)
    powers[1:] = STEP
    np.multiply.accumulate(powers, out=powers)
    state = (token_hashes * powers[::-1]).sum(dtype=np.uint64)
    return int(mix64(np.asarray([state ^ np.uint64(length)], dtype=np.uint64))[0])
