"""Compiled: hashes of names, for joins in memory.

Here belongs what turns ids into numbers that are compared and never stored. Not here: the hashes
of words, which are stored (`dedup.prints.hashing`, `dedup.compiled.kernel`).
"""

from __future__ import annotations

import numpy as np

from dedup.compiled.compiling import compiled
from dedup.compiled.kernel import mix
from dedup.prints.hashing import FNV_OFFSET, FNV_PRIME, U8, U64
from dedup.prints.marks import I64


@compiled
def hash_strings(data: U8, offsets: I64, out: U64) -> None:
    """Hashes strings in four lanes, each FNV-1a: for joins in memory, never stored."""
    for row in range(len(offsets) - 1):
        a = FNV_OFFSET
        b = FNV_OFFSET
        c = FNV_OFFSET
        d = FNV_OFFSET
        i = offsets[row]
        end = offsets[row + 1]
        a ^= np.uint64(end - i)
        while i + 4 <= end:
            a = (a ^ np.uint64(data[i])) * FNV_PRIME
            b = (b ^ np.uint64(data[i + 1])) * FNV_PRIME
            c = (c ^ np.uint64(data[i + 2])) * FNV_PRIME
            d = (d ^ np.uint64(data[i + 3])) * FNV_PRIME
            i += 4
        while i < end:
            a = (a ^ np.uint64(data[i])) * FNV_PRIME
            i += 1
        out[row] = mix(a ^ mix(b ^ mix(c ^ mix(d))))
