"""Compiled comparison of sorted rows: what two texts share.

Here belong merges of two sorted, distinct rows, for many pairs of rows at once. Not here: what the
numbers mean (`dedup.scores`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.compiling import compiled
from dedup.hashing import U32
from dedup.marks import I64

F64 = npt.NDArray[np.float64]


@compiled
def shared(
    a: U32, a_offsets: I64, mine: I64, b: U32, b_offsets: I64, theirs: I64, out: I64
) -> None:
    """Counts the values that the rows of each pair share.

    Args:
        a: uint32, rows one after another, each sorted and distinct.
        a_offsets: int64, where each begins and ends.
        mine: int64, a row of `a` for each pair.
        b: As `a`; may be the same.
        b_offsets: As `a_offsets`.
        theirs: int64, a row of `b` for each pair.
        out: int64, where the counts go.
    """
    for pair in range(len(mine)):
        i, i_end = a_offsets[mine[pair]], a_offsets[mine[pair] + 1]
        j, j_end = b_offsets[theirs[pair]], b_offsets[theirs[pair] + 1]
        count = 0
        while i < i_end and j < j_end:
            one, other = a[i], b[j]
            count += one == other
            i += one <= other
            j += other <= one
        out[pair] = count


@compiled
def dots(
    a: U32,
    a_weights: F64,
    a_offsets: I64,
    mine: I64,
    b: U32,
    b_weights: F64,
    b_offsets: I64,
    theirs: I64,
    out: F64,
) -> None:
    """Multiplies weighted rows: the sum, over shared values, of the products of their weights.

    The sum goes by rising values, so that it does not depend on which of the two comes first.

    Args:
        a: uint32, rows one after another, each sorted and distinct.
        a_weights: float64, one for each value.
        a_offsets: int64, where each row begins and ends.
        mine: int64, a row of `a` for each pair.
        b: As `a`; may be the same.
        b_weights: As `a_weights`.
        b_offsets: As `a_offsets`.
        theirs: int64, a row of `b` for each pair.
        out: float64, where the sums go.
    """
    for pair in range(len(mine)):
        i, i_end = a_offsets[mine[pair]], a_offsets[mine[pair] + 1]
        j, j_end = b_offsets[theirs[pair]], b_offsets[theirs[pair] + 1]
        total = 0.0
        while i < i_end and j < j_end:
            one, other = a[i], b[j]
            if one == other:
                total += a_weights[i] * b_weights[j]
            i += one <= other
            j += other <= one
        out[pair] = total
